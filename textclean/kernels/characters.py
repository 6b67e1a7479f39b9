"""What each code point is to the tokenizer: how it folds, and whether it belongs to a token.

The table is made once per process from this Python's Unicode database, on first use (about a
thirtieth of a second); characters a later Unicode version adds count as separators until then.
"""

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.kernels.code_points import PLANES, categories, folded, plane_categories
from textclean.kernels.hashing import TOKEN_BASIS

#: An entry of the table: 21 bits of folded code point, 2 bits of kind, 1 bit "see expansions".
POINT_MASK = np.uint32(0x1FFFFF)
KIND_SHIFT = np.uint32(21)
KIND_MASK = np.uint32(3)
EXPANDS = np.uint32(1 << 23)

#: The kinds of characters.
SEPARATOR, WORD, ALONE = np.uint32(0), np.uint32(1), np.uint32(2)

#: Unicode blocks whose letters, marks and digits are tokens of their own, first and last: these
#: scripts put no spaces between words.
ALONE_BLOCKS = (
    (0x0E00, 0x0E7F),  # Thai
    (0x0E80, 0x0EFF),  # Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # CJK radicals: symbols today, so separators; named for completeness
    (0x3005, 0x3007),  # Han: iteration mark, closing mark, zero
    (0x3021, 0x3029),  # Han: Hangzhou numerals
    (0x3038, 0x303B),  # Han: more of both
    (0x3040, 0x309F),  # Hiragana
    (0x30A0, 0x30FF),  # Katakana
    (0x31F0, 0x31FF),  # Katakana, small letters for Ainu
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xA9E0, 0xA9FF),  # Myanmar, extended B
    (0xAA60, 0xAA7F),  # Myanmar, extended A
    (0xF900, 0xFAFF),  # Han, compatibility
    (0xFF66, 0xFF9F),  # Katakana, half-width
    (0x116D0, 0x116FF),  # Myanmar, extended C
    (0x16FF0, 0x16FF6),  # Han: reading marks
    (0x1AFF0, 0x1B16F),  # Kana supplement and extensions
    (0x20000, 0x3FFFF),  # Han, supplementary planes
)

#: Code points that have a category other than "unassigned" lie here (PUA and tags aside).
ASSIGNED = (range(PLANES), range(0xE0000, 0xE1000))


class CharacterTable(NamedTuple):
    """The table in the form kernels read.

    Attributes:
        entries: ``uint32[0x110000]``, by code point.
        expansions: ``uint32[n, 3]``: the entries a character folds to when they are more than one.
        ascii: ``uint64[256]``: for each ASCII character, all ones if it is part of a word, else 0;
            and its folded code point, exclusive-ored with TOKEN_BASIS.
    """

    entries: npt.NDArray[np.uint32]
    expansions: npt.NDArray[np.uint32]
    ascii: npt.NDArray[np.uint64]


def kind_of(character: str) -> int:
    """Tell what one character is: 0 a separator, 1 part of a word, 2 a token of its own.

    >>> [kind_of(character) for character in " -a_1م漢"]
    [0, 0, 1, 1, 1, 1, 2]
    """
    if character != "_" and unicodedata.category(character)[0] not in "LMN":
        return int(SEPARATOR)
    point = ord(character)
    alone = any(first <= point <= last for first, last in ALONE_BLOCKS)
    return int(ALONE if alone else WORD)


@cache
def character_table() -> CharacterTable:
    """Build the table, once per process."""
    entries = np.zeros(0x110000, np.uint32)  # pages nobody reads are never made
    for points in ASSIGNED:
        kinds = _kinds(points)
        entries[points.start : points.stop] = kinds << KIND_SHIFT | np.arange(
            points.start, points.stop, dtype=np.uint32
        )
    expansions: list[list[int]] = []
    for point, fold in folded():
        if len(fold) > 1:
            entries[point] = EXPANDS | np.uint32(len(expansions))
            expansions.append([_entry(each) for each in fold.ljust(3, "\0")])
        else:
            entries[point] = _entry(fold)
    is_word = entries[:128] >> KIND_SHIFT == WORD
    mixed = (entries[:128] & POINT_MASK).astype(np.uint64) ^ TOKEN_BASIS
    pairs = np.stack([np.where(is_word, ~np.uint64(0), np.uint64(0)), mixed], axis=1)
    return CharacterTable(entries, np.array(expansions, np.uint32), pairs.ravel())


def _kinds(points: range) -> npt.NDArray[np.uint32]:
    """Return the kind of each code point in a range."""
    named = plane_categories() if points.stop <= PLANES else categories(points)
    initials = named.view(np.uint8)[::2]
    kinds = np.isin(initials, list(b"LMN")).astype(np.uint32) * WORD
    if points.start == 0:
        kinds[ord("_")] = WORD
    for first, last in ALONE_BLOCKS:
        block = kinds[max(first - points.start, 0) : max(last + 1 - points.start, 0)]
        block[block == WORD] = ALONE
    return kinds


def _entry(character: str) -> int:
    """Return the entry of a character that folds to itself; NUL pads expansions."""
    return ord(character) | kind_of(character) << int(KIND_SHIFT)
