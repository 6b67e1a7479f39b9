"""Words by their first letters, and those that add nothing to a statement in some language."""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Unsigned, Words
from textclean.kernels.hashing import HALF, TOKEN_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.scan import BEYOND_ASCII, ONE, mixed, turned
from textclean.kernels.signs import (
    EXPANDS,
    KIND_MASK,
    KIND_SHIFT,
    POINT_MASK,
    WORD,
    SignTable,
)
from textclean.kernels.tokens import decode

#: Letters that two forms of one word share at least, as in the level ``near``.
STEM_LETTERS = 5
STEM = np.uint64(STEM_LETTERS)

APOSTROPHE = ord("'")

#: Of the capitals of Latin-1 in UTF-8: the lead, and the second bytes of the last and of a sign.
LATIN_LEAD, LAST_CAPITAL, TIMES_SIGN = 0xC3, 0x9E, 0x97

#: What stands for every word that adds nothing.
LIGHT = np.uint64(0)


@kernel
def stem(text: Bytes, start: int, table: SignTable) -> Unsigned:
    """Return a hash of the first letters of the word that starts at a byte.

    Words that the stage holds for equal, or for forms of one word, have the same: an apostrophe,
    of which there are several, ends it.
    """
    state, size, position = np.uint64(0), 0, start
    while position < len(text) and size < STEM_LETTERS:
        plain = table.plain[text[position]]
        if plain:
            state = turned(state) ^ np.uint64(plain)
            position += 1
            size += 1
            continue
        point, position = decode(text, position)
        entry = table.entries[point]
        if entry & EXPANDS:
            for each in table.expansions[entry & POINT_MASK]:
                if each and size < STEM_LETTERS:
                    if each == APOSTROPHE:
                        return mixed(state) | ONE
                    state = turned(state) ^ np.uint64(each)
                    size += 1
            continue
        alone = (entry >> KIND_SHIFT) & KIND_MASK != WORD
        if (size > 0 and alone) or entry & POINT_MASK == APOSTROPHE:
            break
        state = turned(state) ^ np.uint64(entry & POINT_MASK)
        size += 1
        if alone:  # a character of a script without spaces is a word of its own
            break
    return mixed(state) | ONE


@kernel
def slot_of(value: Unsigned, keys: Longs) -> int:
    """Return where a value stands in a table, or the empty slot where it would; never 0."""
    mask = len(keys) - 1
    slot = int(value * TOKEN_FACTOR >> HALF) & mask
    while keys[slot] != LIGHT and keys[slot] != value:
        slot = slot + 1 & mask
    return slot


@kernel
def enter_light(text: Bytes, starts: Words, table: SignTable, light: Longs) -> None:
    """Enter the words of a list.

    Args:
        text: ``uint8``, UTF-8.
        starts: ``uint32[words]``: where each starts, from ``scan``.
        table: What each code point is.
        light: ``uint64[2**n]``, zeros where nothing is entered; twice as many as words at least.
    """
    for start in starts:
        value = stem(text, int(start), table)
        light[slot_of(value, light)] = value


@kernel
def is_capital(text: Bytes, start: int) -> bool:
    """Whether a capital of ASCII or Latin-1 stands at a byte."""
    byte = text[start]
    if byte == LATIN_LEAD and start + 1 < len(text):
        return bool(text[start + 1] <= LAST_CAPITAL and text[start + 1] != TIMES_SIGN)
    return bool(ord("A") <= byte <= ord("Z"))


@allocating_kernel
def capitals_of(text: Bytes, starts: Words) -> Bytes:
    """Return for each token whether it begins with a capital of ASCII or Latin-1."""
    capitals = np.empty(len(starts), np.uint8)
    for index in range(len(starts)):
        capitals[index] = is_capital(text, int(starts[index]))
    return capitals


@kernel
def classify(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    text: Bytes, starts: Words, letters: Bytes, table: SignTable, light: Longs, classes: Longs
) -> None:
    """Tell of each word which it is.

    Args:
        text: ``uint8``, UTF-8.
        starts: ``uint32[count]``, from ``scan``, as is ``letters``.
        letters: ``uint8[count]``.
        table: What each code point is.
        light: Table of the stems of light words.
        classes: ``uint64[count]``, the hashes of the tokens: filled for words, with the stem or
            ``LIGHT``; figures keep theirs.
    """
    plain, end, mask = table.plain, np.uint64(len(text)), len(light) - 1
    for index in range(len(classes)):
        if not letters[index]:
            continue
        position, state = np.uint64(starts[index]), np.uint64(0)
        most = min(end, position + STEM)
        while position < most and plain[text[position]]:  # in place: a call counts references
            state = turned(state) ^ np.uint64(plain[text[position]])
            position += ONE
        value = mixed(state) | ONE
        if position < most and text[position] >= BEYOND_ASCII:  # in ASCII, the word ends there
            value = stem(text, int(starts[index]), table)
        slot = int(value * TOKEN_FACTOR >> HALF) & mask
        while light[slot] != LIGHT and light[slot] != value:
            slot = slot + 1 & mask
        classes[index] = LIGHT if light[slot] == value else value
