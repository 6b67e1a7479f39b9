"""Find the sentences of a text, with exact offsets, by the segmenter and by each other."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textclean.stages.repetition.segmenter import INNER_END, Boundaries
from textclean.stages.repetition.units import Unit, rows_of, units_of

if TYPE_CHECKING:
    from textclean.stages.repetition.layout import Layout

#: What could end a sentence where the segmenter saw an abbreviation, and the words that make a
#: piece between two such places a sentence when it is one elsewhere.
POSSIBLE_END = re.compile(r"[.!?…][\"'”’»)]{0,3}\s|[。！？]")
KNOWN_WORDS = 4


def find_sentences(layout: "Layout") -> list[Unit]:
    """Return the sentences of a text that hold a token, in order."""
    return _split_known(layout, _placed(layout, list(_pieces(layout))))


def _pieces(layout: "Layout") -> Iterator[tuple[int, int]]:
    """Yield what the segmenter sees as sentences; they fill the paragraphs."""
    boundaries = Boundaries(layout.segmenter_language())
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
        reached = start
        for size in boundaries.split(text[start:end]):
            yield reached, start + size
            reached = start + size


def _placed(layout: "Layout", pieces: list[tuple[int, int]]) -> list[Unit]:
    """Return those pieces that hold a token, without white space around."""
    arrays = layout.tokens.arrays
    if arrays is not None:
        import numpy as np

        from textclean.kernels.units import place_sentences
        from textclean.kernels.words import class_table

        spans = np.array(pieces, np.int32).reshape(-1, 2)
        return units_of(place_sentences(arrays.points, class_table(), arrays.starts, spans))
    found: list[Unit] = []
    last = 0
    for reached, end in pieces:
        piece = layout.text[reached:end]
        start, stop = end - len(piece.lstrip()), reached + len(piece.rstrip())
        first = bisect_left(layout.starts, start, last)
        last = bisect_left(layout.starts, stop, first)
        if first < last:
            found.append(Unit(start, stop, first, last))
    return found


def _split_known(layout: "Layout", sentences: list[Unit]) -> list[Unit]:
    """Part a sentence from its neighbor where it stands alone elsewhere.

    The segmenter takes "5 May." for an abbreviation, and what was put in after it for the same
    sentence; a piece that is a whole sentence elsewhere settles it.
    """
    ends = [match.span() for match in POSSIBLE_END.finditer(layout.text)]
    likely = _likely(layout, sentences, ends)
    if not likely:
        return sentences
    known = {layout.keys(unit) for unit in sentences if unit.size >= KNOWN_WORDS}
    found: list[Unit] = []
    for number, sentence in enumerate(sentences):
        if number in likely:
            found += _parted(layout, sentence, known)
        else:
            found.append(sentence)
    return [unit for unit in found if unit.size]


def _likely(layout: "Layout", sentences: list[Unit], ends: list[tuple[int, int]]) -> set[int]:
    """Return the numbers of the sentences that hold a piece which may stand alone elsewhere.

    Args:
        layout: The text.
        sentences: Its sentences.
        ends: All that could end one.
    """
    arrays = layout.tokens.arrays
    if arrays is not None and sentences and ends:
        import numpy as np

        from textclean.kernels.recurrence import find_known

        rows, spans = rows_of(sentences), np.array(ends, np.int32)
        cuts = np.searchsorted(arrays.starts, spans[:, 1]).astype(np.int32)
        chosen = np.empty(len(rows), np.uint8)
        find_known(arrays.numbers, rows, spans, cuts, KNOWN_WORDS, chosen)
        return set(np.flatnonzero(chosen).tolist())
    found: set[int] = set()
    at = 0
    for number, sentence in enumerate(sentences):
        while at < len(ends) and ends[at][0] < sentence.start:
            at += 1
        if at < len(ends) and ends[at][1] <= sentence.end:
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
