"""Find the sentences of a text, with exact offsets, by the segmenter and by each other."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textclean.stages.repetition.cutting import SAMPLE
from textclean.stages.repetition.marks import (
    INNER_END,
    OTHER_ENDS,
    OTHER_SCRIPT,
    OWN_LETTERS,
    POSSIBLE_END,
    mark_table,
)
from textclean.stages.repetition.segmenter import (
    LARGEST_PIECE,
    MAXIMUM_COSTLY,
    SCRIPT_LANGUAGES,
    Boundaries,
)
from textclean.stages.repetition.units import Unit, Units

if TYPE_CHECKING:
    from textclean.kernels.arrays import Flags
    from textclean.kernels.arrays import Words as Codes
    from textclean.kernels.cutting import Cut
    from textclean.stages.repetition.layout import Layout

#: Words that make a piece between two possible ends a sentence when it is one elsewhere.
KNOWN_WORDS = 4


def find_sentences(layout: "Layout") -> Units:
    """Return the sentences of a text that hold a token, in order."""
    arrays, points = layout.arrays, layout.points
    if arrays is None or points is None:
        sentences = Units(list(_placed(layout, _pieces(layout))))
        return _split_known(layout, sentences, _likely(layout, sentences))
    import numpy as np

    from textclean.kernels.parting import cut_sentences
    from textclean.kernels.words import class_table

    rows = layout.paragraphs.rows
    asked, sizes = _sizes_within(layout, points, arrays)
    words = arrays.starts, arrays.numbers, arrays.stops
    parts = rows, asked, np.array(sizes, np.int32)
    return Units.of(cut_sentences(points, class_table(), words, parts, KNOWN_WORDS))


def _sizes_within(layout: "Layout", points: "Codes", arrays: "Cut") -> "tuple[Flags, list[int]]":
    """Return of which paragraphs the segmenter is asked, and how long it says their sentences are.

    It is asked only where something inside may end one.
    """
    import numpy as np

    rows, costs = layout.paragraphs.rows, arrays.costs
    if layout.wrapped:  # the paragraphs are no lines
        from textclean.kernels.marks import count_costly
        from textclean.kernels.words import class_table

        costs = np.empty(len(rows), np.int32)
        count_costly(points, arrays.marked, mark_table(), class_table(), rows, costs)
    asked = costs >= 0
    spans = rows[asked, :2].tolist()
    if not spans:
        return asked, []
    pieces = [layout.text[start:end] for start, end in spans]
    is_cheap = costs.max() <= MAXIMUM_COSTLY and max(map(len, pieces)) <= LARGEST_PIECE
    return asked, Boundaries(segmenter_language(layout)).sizes(pieces, is_cheap=is_cheap)


def segmenter_language(layout: "Layout") -> str:
    """Return the language by whose rules the sentences of a text end."""
    if layout.language is not None:
        code = layout.language.split("-")[0].lower()
        is_odd = code in OTHER_ENDS and OWN_LETTERS.search(layout.text) is None
        return "en" if is_odd else code
    own = layout.words.code if layout.words.code != "und" else "en"
    if not _may_be_foreign(layout):
        return own
    sample = layout.text[:SAMPLE]
    counts = [(len(pattern.findall(sample)), code) for pattern, code in SCRIPT_LANGUAGES]
    count, code = max(counts)
    return code if count > len(sample) // 5 else own


def _may_be_foreign(layout: "Layout") -> bool:
    """Whether any letter at the start is of a script that is not Latin."""
    if layout.arrays is None:
        return OTHER_SCRIPT.search(layout.text, 0, SAMPLE) is not None
    return layout.arrays.is_foreign


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
        boundaries = boundaries or Boundaries(segmenter_language(layout))
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


def _split_known(layout: "Layout", sentences: Units, likely: set[int]) -> Units:
    """Part a sentence from its neighbor where it stands alone elsewhere.

    The segmenter takes "5 May." for an abbreviation, and what was put in after it for the same
    sentence; a piece that is a whole sentence elsewhere settles it.
    """
    if not likely:
        return sentences
    numbers = sorted(likely)
    pieces = (piece for number in numbers for piece in layout.pieces(sentences[number]))
    known = {layout.keys(piece) for piece in pieces if piece.size >= KNOWN_WORDS}
    known.intersection_update(map(layout.keys, sentences.of_any_size(set(map(len, known)))))
    if not known:
        return sentences
    found: list[Unit] = []
    reached = 0
    for number in numbers:
        found += sentences[reached:number]
        found += [unit for unit in _parted(layout, sentences[number], known) if unit.size]
        reached = number + 1
    return Units([*found, *sentences[reached:]])


def _likely(layout: "Layout", sentences: Units) -> set[int]:
    """Return the numbers of the sentences that hold a piece which may stand alone elsewhere."""
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
