"""From UTF-8 bytes to the repetition stage's tokens, and to the signs that stand between them."""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Unsigned, Words
from textclean.kernels.hashing import TOKEN_BASIS
from textclean.kernels.jit import kernel
from textclean.kernels.shingles import absorb, decode
from textclean.kernels.signs import (
    ALONE,
    ENTRY_STOP,
    EXPANDS,
    GAP_SHIFT,
    KIND_MASK,
    KIND_SHIFT,
    LETTER_SHIFT,
    LINE,
    LIST,
    MARK,
    POINT_MASK,
    SENTENCE,
    SPECIAL,
    STOP,
    WORD,
    SignTable,
)

#: What a character outside tokens says about the gap it stands in.
SIGNS = np.uint8(SENTENCE | LIST | LINE)
NONE = np.uint64(0)


@kernel
def scan(text: Bytes, table: SignTable, tokens: Longs, gaps: Bytes, letters: Bytes) -> int:
    """Cut a text into tokens as the stage does; return how many.

    A figure such as 1,200 is several tokens here and one there, which makes nothing unequal.

    Args:
        text: ``uint8[n]``, valid UTF-8.
        table: What each code point is.
        tokens: ``uint64[n // 2 + 4]``, filled with hashes.
        gaps: ``uint8[n // 2 + 4]``, filled: ``gaps[i]`` has the signs before token ``i``.
        letters: ``uint8[n // 2 + 4]``, filled: whether a token has anything but digits.
    """
    state, count, letter, alone = TOKEN_BASIS, 0, 0, False
    position, pending, carried = 0, np.uint64(SIGNS), NONE
    while position < len(text):
        point, position = decode(text, position)
        entry = table.entries[point]
        kind = (entry >> KIND_SHIFT) & KIND_MASK
        signs = np.uint64(entry >> GAP_SHIFT) & np.uint64(SIGNS)
        tokens[count] = state
        letters[count] = letter
        if kind <= WORD and not alone:  # without a branch, as in ``shingles.token_hashes``
            closes = (kind != WORD) & (state != TOKEN_BASIS)
            count += closes
            pending = (
                pending & (np.uint64(closes) - np.uint64(1)) | signs
            )  # none kept where it closes
            if entry & ENTRY_STOP and position < len(text) and is_blank(text[position]):
                pending |= np.uint64(STOP)
            gaps[count] = pending
            letter = int(entry >> LETTER_SHIFT) & 1 | letter & -int(state != TOKEN_BASIS)
            absorbed = absorb(state, entry)
            state = absorbed if kind == WORD else TOKEN_BASIS
        elif continues(text, position, entry, state, letter, alone, table.entries):
            state = absorb(state, entry)
            letter |= int(entry >> LETTER_SHIFT) & 1
        else:
            if state != TOKEN_BASIS and (alone or not entry & EXPANDS):
                count += 1
                pending, carried, state = carried, NONE, TOKEN_BASIS
            pending |= signs
            gaps[count] = pending
            alone = kind == ALONE
            carried = signs if alone else NONE  # a full stop that is a token ends what it is in
            letter = int(entry >> LETTER_SHIFT) & 1 | (letter if state != TOKEN_BASIS else 0)
            if kind != SPECIAL or entry & EXPANDS:
                state = unfolded(state, entry, table.expansions) if kind else TOKEN_BASIS
    tokens[count] = state
    letters[count] = letter
    closes = state != TOKEN_BASIS
    count += int(closes)
    gaps[count] = (NONE if closes else pending) | np.uint64(SIGNS | STOP)
    return count


@kernel
def is_blank(byte: Unsigned) -> Unsigned:
    """Whether a byte is white space by itself."""
    return byte == ord(" ") or ord("\t") <= byte <= ord("\r")


@kernel
def continues(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    text: Bytes,
    position: int,
    entry: Unsigned,
    state: Unsigned,
    letter: int,
    alone: bool,  # noqa: FBT001 - the compiler has no keywords
    entries: Words,
) -> Unsigned:
    """Whether an unusual character belongs to the open token: a mark, or an apostrophe inside."""
    if state == TOKEN_BASIS:
        return False
    if entry & MARK:
        return True
    if (entry >> KIND_SHIFT) & KIND_MASK != KIND_MASK or entry & EXPANDS:
        return False
    if alone or letter == 0 or position >= len(text):
        return False
    after, _ = decode(text, position)
    following = entries[after]
    kind = (following >> KIND_SHIFT) & KIND_MASK
    return kind == WORD or following & (MARK | EXPANDS) != 0


@kernel
def unfolded(state: Unsigned, entry: Unsigned, expansions: Words) -> Unsigned:
    """Return the state after a character that folds to one or to several."""
    if not entry & EXPANDS:
        return absorb(state, entry)
    for point in expansions[entry & POINT_MASK]:
        if point:
            state = absorb(state, point)
    return state
