"""Find the sentences of a text, with exact offsets, by the segmenter and by each other."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textclean.stages.repetition.marks import INNER_END, POSSIBLE_END, mark_table
from textclean.stages.repetition.segmenter import LARGEST_PIECE, MAXIMUM_COSTLY, Boundaries
from textclean.stages.repetition.units import Unit, Units

if TYPE_CHECKING:
    from textclean.kernels.arrays import Starts
    from textclean.stages.repetition.layout import Layout
    from textclean.stages.repetition.tokens import TokenArrays

#: Words that make a piece between two possible ends a sentence when it is one elsewhere.
KNOWN_WORDS = 4


def find_sentences(layout: "Layout") -> Units:
    """Return the sentences of a text that hold a token, in order."""
    arrays = layout.arrays
    if arrays is None:
        return _split_known(layout, Units(list(_placed(layout, _pieces(layout)))))
    return _split_known(layout, Units.of(_rows_of_sentences(layout, arrays)))


def _rows_of_sentences(layout: "Layout", arrays: "TokenArrays") -> "Starts":
    """Return what the segmenter sees as sentences in the paragraphs, as rows."""
    import numpy as np

    from textclean.kernels.marks import count_costly
    from textclean.kernels.units import place_sentences
    from textclean.kernels.words import class_table

    rows, classes = layout.paragraphs.rows, class_table()
    costs, counts = np.empty(len(rows), np.int32), np.zeros(len(rows), np.int32)
    count_costly(arrays.points, mark_table(), classes, rows, costs)
    asked = np.flatnonzero(costs >= 0)
    ends: list[int] = []
    if len(asked):
        boundaries = Boundaries(layout.segmenter_language())
        spans = zip(asked.tolist(), rows[asked, :2].tolist(), costs[asked].tolist(), strict=True)
        for number, (start, end), cost in spans:
            piece = layout.text[start:end]
            is_cheap = cost <= MAXIMUM_COSTLY and len(piece) <= LARGEST_PIECE
            found = boundaries.ask(piece) if is_cheap else boundaries.split(piece)
            counts[number] = len(found)
            ends += [start + each for each in found]
    return place_sentences(
        arrays.points, classes, arrays.starts, rows, counts, np.array(ends, np.int32)
    )


def _pieces(layout: "Layout") -> Iterator[tuple[int, int]]:
    """Yield the same as spans; they fill the paragraphs."""
    boundaries: Boundaries | None = None
    text = layout.text
    inner = [match.start() for match in INNER_END.finditer(text)]
    inner.append(len(text))
    at = 0
    for start, end, _, _ in layout.paragraphs:
        while inner[at] < start:
            at += 1
        if inner[at] >= end - 1:  # nothing inside may end one
            yield start, end
            continue
        boundaries = boundaries or Boundaries(layout.segmenter_language())
        reached = start
        for size in boundaries.split(text[start:end]):
            yield reached, start + size
            reached = start + size


def _placed(layout: "Layout", pieces: Iterator[tuple[int, int]]) -> Iterator[Unit]:
    """Yield those pieces that hold a token, without white space around."""
    last = 0
    for reached, end in pieces:
        piece = layout.text[reached:end]
        start, stop = end - len(piece.lstrip()), reached + len(piece.rstrip())
        first = bisect_left(layout.starts, start, last)
        last = bisect_left(layout.starts, stop, first)
        if first < last:
            yield Unit(start, stop, first, last)


def _split_known(layout: "Layout", sentences: Units) -> Units:
    """Part a sentence from its neighbor where it stands alone elsewhere.

    The segmenter takes "5 May." for an abbreviation, and what was put in after it for the same
    sentence; a piece that is a whole sentence elsewhere settles it.
    """
    likely = _likely(layout, sentences)
    if not likely:
        return sentences
    known = {layout.keys(unit) for unit in sentences if unit.size >= KNOWN_WORDS}
    found: list[Unit] = []
    for number, sentence in enumerate(sentences):
        if number in likely:
            found += _parted(layout, sentence, known)
        else:
            found.append(sentence)
    return Units([unit for unit in found if unit.size])


def _likely(layout: "Layout", sentences: Units) -> set[int]:
    """Return the numbers of the sentences that hold a piece which may stand alone elsewhere."""
    arrays = layout.arrays
    if arrays is not None:
        import numpy as np

        from textclean.kernels.marks import find_ends
        from textclean.kernels.recurrence import find_known
        from textclean.kernels.words import class_table

        ends = find_ends(arrays.points, mark_table(), class_table(), arrays.starts)
        chosen = np.empty(len(sentences), np.uint8)
        find_known(arrays.numbers, sentences.rows, ends, KNOWN_WORDS, chosen)
        return set(np.flatnonzero(chosen).tolist())
    spans = [match.span() for match in POSSIBLE_END.finditer(layout.text)]
    found: set[int] = set()
    at = 0
    for number, sentence in enumerate(sentences):
        while at < len(spans) and spans[at][0] < sentence.start:
            at += 1
        if at < len(spans) and spans[at][1] <= sentence.end:
            found.add(number)
    return found


def _parted(layout: "Layout", sentence: Unit, known: set[tuple[str, ...]]) -> Iterator[Unit]:
    reached = sentence.start
    for piece in layout.pieces(sentence):
        if piece == sentence or piece.size < KNOWN_WORDS or layout.keys(piece) not in known:
            continue
        if layout.text[reached : piece.start].strip():
            yield layout.stripped(reached, piece.start)
        yield piece
        reached = piece.end
    if reached == sentence.start:
        yield sentence
    elif layout.text[reached : sentence.end].strip():
        yield layout.stripped(reached, sentence.end)
