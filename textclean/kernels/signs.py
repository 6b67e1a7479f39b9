"""What each code point is to the repetition stage: how it folds, what it ends or separates.

Kept apart from ``characters.py``: the stage compares words as its regular expressions cut them
(apostrophes inside, marks that follow a character of an unspaced script), not as shingles do.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.kernels.code_points import LAST_CASED, folded, plane_categories, spans_of

#: An entry of the table: 21 bits of folded code point, 2 bits of kind, then one bit each.
POINT_MASK = np.uint32(0x1FFFFF)
KIND_SHIFT = np.uint32(21)
KIND_MASK = np.uint32(3)
LETTER_SHIFT = np.uint32(23)
GAP_SHIFT = np.uint32(24)
MARK = np.uint32(1 << 30)
EXPANDS = np.uint32(1 << 31)

#: The kinds: outside tokens, in one, one by itself, and what takes a closer look.
WORD, ALONE, SPECIAL = np.uint32(1), np.uint32(2), np.uint32(3)

#: Signs of a gap between tokens: a sentence may end in it; a list separates its items by it; a
#: line ends; a full stop before a blank, where the stage cuts whatever the segmenter says; what
#: ends a statement, of which a line without one is none; an end that is no line's; a blank line;
#: the text ends.
SENTENCE, LIST, LINE, STOP = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
STATEMENT, PROSE, BLOCK, END = np.uint8(16), np.uint8(32), np.uint8(64), np.uint8(128)
LINE_TO_BLOCK = np.uint64(4)
ENTRY_STOP = np.uint32(1 << 27)

#: First and last of the scripts without spaces, as ``stages/repetition/layout.py`` has them.
ALONE_RANGES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
)

#: Beyond ASCII every punctuation mark ends a sentence somewhere; these do in ASCII, the last two
#: only in Greek and Armenian.
SENTENCE_ENDS = ".!?:;"
OTHER_ENDS = ":;"
STOPS = ".!?…"
STATEMENT_ENDS = ".!?…。！？؟۔।॥։።．｡"
LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
LIST_SEPARATORS = ",;|/·•:、،，；-–—>"
APOSTROPHES = "'’"
MODIFIER_APOSTROPHE = 0x2BC

#: Marks are looked for here, as in ``layout.py``.
MARKS = range(0x300, 0x1F000)


class SignTable(NamedTuple):
    """The table in the form kernels read.

    Attributes:
        entries: ``uint32[0x110000]``, by code point.
        plain: ``uint8[256]``, by byte: what a letter or digit of ASCII folds to, else 0.
        signs: ``uint8[256]``: the signs of ASCII; from 128 on, where a colon and a semicolon end
            sentences, as in Armenian and Greek.
        expansions: ``uint32[n, 3]``: what a character folds to when that is more than one.
    """

    entries: npt.NDArray[np.uint32]
    plain: npt.NDArray[np.uint8]
    signs: npt.NDArray[np.uint8]
    expansions: npt.NDArray[np.uint32]


@cache
def sign_table() -> SignTable:
    """Build the table, once per process: a fiftieth of a second."""
    entries = np.arange(0x110000, dtype=np.uint32)
    for first, end in spans_of(r"\w+"):
        entries[first:end] |= WORD << KIND_SHIFT | np.uint32(1) << LETTER_SHIFT
    for first, end in spans_of(r"\d+"):
        entries[first:end] &= ~(np.uint32(1) << LETTER_SHIFT)
    expansions = _fold(entries)
    _sort_out(entries)
    plain = np.zeros(256, np.uint8)
    ascii_entries = entries[:0x80]
    is_word = ascii_entries >> KIND_SHIFT & KIND_MASK == WORD
    plain[:0x80] = np.where(is_word, ascii_entries & POINT_MASK, 0)
    signs = np.concatenate([ascii_entries, ascii_entries]) >> GAP_SHIFT & np.uint32(0x3F)
    signs[list(map(ord, OTHER_ENDS))] &= ~np.uint32(SENTENCE | PROSE)
    return SignTable(entries, plain, signs.astype(np.uint8), np.array(expansions, np.uint32))


def _fold(entries: npt.NDArray[np.uint32]) -> list[list[int]]:
    """Enter what characters fold to; return the rows of those that fold to several."""
    single = np.array([(point, ord(fold)) for point, fold in folded() if len(fold) == 1], np.uint32)
    entries[single[:, 0]] = entries[single[:, 0]] & ~POINT_MASK | single[:, 1]
    several = [(point, fold) for point, fold in folded() if len(fold) > 1]
    numbers = np.arange(len(several), dtype=np.uint32)
    look = SPECIAL << KIND_SHIFT | EXPANDS | np.uint32(1) << LETTER_SHIFT
    entries[[point for point, _ in several]] = numbers | look
    rows = [[ord(each) for each in fold.ljust(3, "\0")] for _, fold in several]
    return [[ord("'") if each == MODIFIER_APOSTROPHE else each for each in row] for row in rows]


def _sort_out(entries: npt.NDArray[np.uint32]) -> None:
    """Enter scripts without spaces, marks, and what stands between tokens."""
    for first, last in ALONE_RANGES:
        block = entries[first : last + 1]
        block &= POINT_MASK
        block |= ALONE << KIND_SHIFT | np.uint32(1) << LETTER_SHIFT
    _mark(entries)
    for character in SENTENCE_ENDS:
        entries[ord(character)] |= np.uint32(SENTENCE | LIST | PROSE) << GAP_SHIFT
    for character in STOPS:
        entries[ord(character)] |= ENTRY_STOP
    for character in STATEMENT_ENDS:
        entries[ord(character)] |= np.uint32(STATEMENT) << GAP_SHIFT
    for character in LINE_ENDS:
        entries[ord(character)] |= np.uint32(SENTENCE | LINE) << GAP_SHIFT
    for character in LIST_SEPARATORS:
        entries[ord(character)] |= np.uint32(LIST) << GAP_SHIFT
    for character in APOSTROPHES:
        entries[ord(character)] = SPECIAL << KIND_SHIFT | np.uint32(ord("'"))
    entries[MODIFIER_APOSTROPHE] = entries[MODIFIER_APOSTROPHE] & ~POINT_MASK | ord("'")


def _mark(entries: npt.NDArray[np.uint32]) -> None:
    """Enter marks, and the punctuation of all scripts."""
    cased = entries[:LAST_CASED]  # none beyond ends a sentence either
    category = plane_categories()[:LAST_CASED]
    is_mark = (category == b"Mn") | (category == b"Mc")
    is_mark[: MARKS.start] = is_mark[MARKS.stop :] = False
    cased[is_mark] |= MARK | np.uint32(1) << LETTER_SHIFT
    cased[is_mark & (cased >> KIND_SHIFT & KIND_MASK == 0)] |= WORD << KIND_SHIFT
    ends = category == b"Po"
    ends[:0x80] = False  # of those of ASCII, only some
    cased[ends] |= np.uint32(SENTENCE | LIST | PROSE) << GAP_SHIFT
