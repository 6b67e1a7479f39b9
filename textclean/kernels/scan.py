"""From UTF-8 bytes to the repetition stage's tokens, and to the signs that stand between them."""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Unsigned, Words
from textclean.kernels.hashing import HALF, TOKEN_FACTOR
from textclean.kernels.jit import kernel
from textclean.kernels.signs import (
    ALONE,
    BLOCK,
    END,
    EXPANDS,
    GAP_SHIFT,
    KIND_MASK,
    KIND_SHIFT,
    LETTER_SHIFT,
    LINE,
    LINE_TO_BLOCK,
    LIST,
    MARK,
    POINT_MASK,
    PROSE,
    SENTENCE,
    SPECIAL,
    STATEMENT,
    STOP,
    WORD,
    SignTable,
)
from textclean.kernels.tokens import decode

#: What a character outside tokens says about the gap it stands in, and what an edge of the text.
SIGNS = np.uint8(SENTENCE | LIST | LINE | STOP | STATEMENT | PROSE)
EDGE = np.uint64(SENTENCE | LIST | LINE | PROSE | BLOCK)
NONE, ONE = np.uint64(0), np.uint64(1)
NO_ENTRY: Unsigned = np.uint32(0)

#: A token's state is turned by so many bits for each folded character that it takes in: seven
#: characters of ASCII stand side by side.
TURN, TURN_BACK = np.uint64(9), np.uint64(64 - 9)

SPACE, APOSTROPHE, FULL_STOP = np.uint8(ord(" ")), np.uint8(ord("'")), np.uint8(ord("."))
BEYOND_ASCII = np.uint8(0x80)

#: Set in every folded letter of ASCII, and in no digit.
LETTER_BIT = np.uint64(6)

#: Lead bytes of Greek and of Armenian, in which a semicolon and a colon end sentences.
FIRST_GREEK, LAST_GREEK, FIRST_ARMENIAN, LAST_ARMENIAN = 0xCD, 0xCF, 0xD4, 0xD6
OTHER_SIGNS = np.uint64(0x80)


@kernel
def scan(  # noqa: C901, PLR0913, PLR0917 - calls would take longer; a kernel takes up to seven
    text: Bytes, table: SignTable, tokens: Longs, starts: Words, gaps: Bytes, letters: Bytes
) -> int:
    """Cut a text into tokens as the stage does; return how many.

    A figure such as 1,200 is several tokens here and one there, which makes nothing unequal.

    Args:
        text: ``uint8[n]``, valid UTF-8.
        table: What each code point is.
        tokens: ``uint64[n // 2 + 4]``, filled with hashes.
        starts: ``uint32[n // 2 + 4]``, filled: the byte at which each begins.
        gaps: ``uint8[n // 2 + 4]``, filled: ``gaps[i]`` has the signs before token ``i``.
        letters: ``uint8[n // 2 + 4]``, filled: whether a token has anything but digits.
    """
    position, end, count = np.uint64(0), np.uint64(len(text)), np.uint64(0)
    state, letter, is_open, alone = NONE, NONE, False, False
    pending, carried = EDGE, NONE
    signs_at = OTHER_SIGNS if has_other_ends(text) else NONE
    while position < end:
        begin, byte = position, text[position]
        if table.plain[byte] and not alone:
            if not is_open:
                starts[count] = position
            gaps[count], is_open = pending, True
            position, state, letter = plain_word(text, position, table.plain, state, letter)
            if position < end and text[position] == SPACE:  # what ends most words
                tokens[count], letters[count] = mixed(state), letter
                count, position = count + ONE, position + ONE
                state, letter, is_open, pending = NONE, NONE, False, NONE
            continue
        kind, entry, goes_on, signs = NO_ENTRY, NO_ENTRY, False, NONE
        if byte < BEYOND_ASCII and byte != APOSTROPHE and not table.plain[byte]:
            position += ONE
            if byte != FULL_STOP or not is_inner(text, begin):
                signs = np.uint64(table.signs[signs_at + byte])
        else:
            point, after = decode(text, int(position))
            position = np.uint64(after)
            entry = table.entries[point]
            kind = (entry >> KIND_SHIFT) & KIND_MASK
            signs = np.uint64(entry >> GAP_SHIFT) & np.uint64(SIGNS)
            goes_on = is_open and continues(text, after, entry, letter, alone, table.entries)
        if is_open and not goes_on:
            tokens[count], letters[count] = mixed(state), letter
            count += ONE
            state, letter, is_open, pending, carried = NONE, NONE, False, carried, NONE
        if not goes_on:
            alone = kind == ALONE
            carried = signs & ~np.uint64(STOP) if alone else NONE  # a token that is a full stop
            if signs & np.uint64(STOP) and not (position < end and is_blank(text[position])):
                signs &= ~np.uint64(STOP)
            pending |= (pending & signs & np.uint64(LINE)) << LINE_TO_BLOCK | signs
            gaps[count], starts[count] = pending, begin
        if kind and (goes_on or kind != SPECIAL or entry & EXPANDS):
            state, is_open = unfolded(state, entry, table.expansions), True
            letter |= np.uint64(entry >> LETTER_SHIFT) & ONE
    if is_open:
        tokens[count], letters[count] = mixed(state), letter
        count += ONE
        pending = carried
    gaps[count] = pending | EDGE | np.uint64(STOP | END)
    return int(count)


@kernel
def has_other_ends(text: Bytes) -> bool:
    """Whether a text may have letters of a script in which a colon or semicolon ends sentences."""
    found = False
    for byte in text:
        found |= FIRST_GREEK <= byte <= LAST_GREEK
        found |= FIRST_ARMENIAN <= byte <= LAST_ARMENIAN
    return found


@kernel
def is_inner(text: Bytes, position: Unsigned) -> bool:
    """Whether a full stop stands inside a word or figure of ASCII, where no sentence ends.

    No segmenter ends one before a small letter or digit: "example.com", "3.5", "i.e".
    """
    if position == NONE or position + ONE >= np.uint64(len(text)):
        return False
    before, after = text[position - ONE], text[position + ONE]
    if not (ord("a") <= after <= ord("z") or ord("0") <= after <= ord("9")):
        return False
    return bool(
        ord("a") <= before <= ord("z")
        or ord("0") <= before <= ord("9")
        or ord("A") <= before <= ord("Z")
    )


@kernel
def turned(state: Unsigned) -> Unsigned:
    """Make room for one more character in a token's state."""
    return state << TURN | state >> TURN_BACK


@kernel
def mixed(state: Unsigned) -> Unsigned:
    """Return the hash of a token whose characters are all in its state."""
    value = state * TOKEN_FACTOR
    return value ^ (value >> HALF)


@kernel
def is_blank(byte: Unsigned) -> Unsigned:
    """Whether a byte is white space by itself."""
    return byte == ord(" ") or ord("\t") <= byte <= ord("\r")


@kernel
def plain_word(
    text: Bytes, position: Unsigned, plain: Bytes, state: Unsigned, letter: Unsigned
) -> tuple[Unsigned, Unsigned, Unsigned]:
    """Read letters and digits of ASCII; return where they end, and the token's state and kind."""
    end, point = np.uint64(len(text)), np.uint64(plain[text[position]])
    while point:
        state = turned(state) ^ point
        letter |= point >> LETTER_BIT
        position += ONE
        point = np.uint64(plain[text[position]]) if position < end else NONE
    return position, state, letter


@kernel
def continues(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    text: Bytes,
    position: int,
    entry: Unsigned,
    letter: Unsigned,
    alone: bool,  # noqa: FBT001 - the compiler has no keywords
    entries: Words,
) -> Unsigned:
    """Whether a character belongs to the open token; an apostrophe does inside a word."""
    if entry & MARK:
        return True
    kind = (entry >> KIND_SHIFT) & KIND_MASK
    if alone or not kind & WORD:  # that bit is set in a special one, too
        return False
    if kind == WORD or entry & EXPANDS:
        return True
    if letter == NONE or position >= len(text):
        return False
    after, _ = decode(text, position)
    following = entries[after]
    kind = (following >> KIND_SHIFT) & KIND_MASK
    return kind == WORD or following & (MARK | EXPANDS) != 0


@kernel
def unfolded(state: Unsigned, entry: Unsigned, expansions: Words) -> Unsigned:
    """Return the state after a character that folds to one or to several."""
    if not entry & EXPANDS:
        return turned(state) ^ np.uint64(entry & POINT_MASK)
    for point in expansions[entry & POINT_MASK]:
        if point:
            state = turned(state) ^ np.uint64(point)
    return state
