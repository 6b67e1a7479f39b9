"""From UTF-8 bytes to token hashes: decode, fold, tokenize and hash in one pass.

The hash of a token with folded code points ``c1 ... cn``::

    h = TOKEN_BASIS;  for c: h = (h ^ c) * TOKEN_FACTOR;  h = h ^ (h >> 32)

Each step waits for the one before, so that a processor that could do four things at a time does
one. A longer text is therefore read in pieces, and each in two halves at once, cut where no token
can be.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Unsigned, Words
from textclean.kernels.characters import (
    ALONE,
    KIND_MASK,
    KIND_SHIFT,
    POINT_MASK,
    SEPARATOR,
    WORD,
    CharacterTable,
)
from textclean.kernels.hashing import HALF, TOKEN_BASIS, TOKEN_FACTOR
from textclean.kernels.jit import kernel

#: Lead bytes from here on announce sequences of so many bytes (Unicode Standard, table 3-6).
FIRST_LEAD_OF_TWO, FIRST_LEAD_OF_THREE, FIRST_LEAD_OF_FOUR = 0x80, 0xE0, 0xF0
#: Shorter texts are not read in halves.
WORTH_HALVES = 96
#: Nor are those in which more than one byte of so many is beyond ASCII.
RARE = 64
#: Where to cut is looked for in so many bytes.
_REACH = 256
#: Bytes of a piece, a character's rest aside.
PIECE = 1 << 13
#: Room for tokens that are 0: a half of a piece, and _REACH, have no more.
SCRATCH = PIECE + 2 * _REACH + 8
#: All bytes of a sequence but the first, and the bits that tell.
CONTINUATION, CONTINUATION_MASK = 0x80, 0xC0


@kernel
def absorb(state: Unsigned, entry: Unsigned) -> Unsigned:
    """Return a token's hash state after one more folded character."""
    state = (state ^ np.uint64(entry & POINT_MASK)) * TOKEN_FACTOR
    return state ^ (state >> HALF)


@kernel
def step(state: Unsigned, entry: Unsigned, tokens: Longs, count: int) -> tuple[Unsigned, int]:
    """Feed one folded character to the tokenizer; return its state and the tokens so far.

    ``state == TOKEN_BASIS`` means that no token is open (one token in 2^64 ends in that state).
    """
    kind = (entry >> KIND_SHIFT) & KIND_MASK
    if kind == WORD:
        return absorb(state, entry), count
    if state != TOKEN_BASIS:
        tokens[count] = state
        count += 1
    if kind == ALONE:
        tokens[count] = absorb(TOKEN_BASIS, entry)
        count += 1
    return TOKEN_BASIS, count


@kernel
def step_expanded(
    state: Unsigned, characters: Words, tokens: Longs, count: int
) -> tuple[Unsigned, int]:
    """Feed all characters that one character folded to; zeros pad them."""
    for entry in characters:
        if entry:
            state, count = step(state, entry, tokens, count)
    return state, count


@kernel
def decode(data: Bytes, position: int) -> tuple[Unsigned, int]:
    """Return the code point at a position of valid UTF-8 and the position after it."""
    lead = np.uint32(data[position])
    if lead < FIRST_LEAD_OF_TWO:
        return lead, position + 1
    second = np.uint32(data[position + 1] & 0x3F)
    if lead < FIRST_LEAD_OF_THREE:
        return np.uint32((lead & 0x1F) << 6 | second), position + 2
    third = np.uint32(data[position + 2] & 0x3F)
    if lead < FIRST_LEAD_OF_FOUR:
        return np.uint32((lead & 0x0F) << 12 | second << 6 | third), position + 3
    fourth = np.uint32(data[position + 3] & 0x3F)
    return np.uint32((lead & 0x07) << 18 | second << 12 | third << 6 | fourth), position + 4


@kernel
def read_on(
    text: Bytes, state: Unsigned, table: CharacterTable, tokens: Longs, count: int
) -> tuple[Unsigned, int]:
    """Feed a piece of text to the tokenizer; return its state and the tokens so far.

    Args:
        text: ``uint8[n]``, valid UTF-8.
        state: Of the token that is open, or TOKEN_BASIS.
        table: ``CharacterTable``.
        tokens: ``uint64``, filled from ``count`` on; one place more is scribbled on.
        count: How many tokens there are.
    """
    position = 0
    while position < len(text):
        point, position = decode(text, position)
        entry = table.entries[point]
        kind = entry >> KIND_SHIFT
        if kind <= WORD:
            # state, count = step(state, entry, tokens, count), without a branch to mispredict
            # at every border of a word: three times as fast
            tokens[count] = state
            count += (kind != WORD) & (state != TOKEN_BASIS)
            absorbed = absorb(state, entry)
            state = absorbed if kind == WORD else TOKEN_BASIS
        elif kind == ALONE:
            tokens[count] = state
            count += state != TOKEN_BASIS
            tokens[count] = absorb(TOKEN_BASIS, entry)
            count += 1
            state = TOKEN_BASIS
        else:
            row = table.expansions[entry & POINT_MASK]
            state, count = step_expanded(state, row, tokens, count)
    return state, count


@kernel
def feed(
    byte: Unsigned, state: Unsigned, count: Unsigned, ascii_table: Longs, found: Longs
) -> tuple[Unsigned, Unsigned]:
    """Feed one ASCII character to the tokenizer; return its state and the tokens so far.

    Here a state, like a token in ``found``, is exclusive-ored with TOKEN_BASIS, so that no open
    token is 0, and a mask closes one. A token is noted at each character that is of no word, so
    that some are 0 and count for nothing: no branch is there to be mispredicted.
    """
    entry = np.uint64(byte) + np.uint64(byte)
    in_word = ascii_table[entry]
    found[count] = state
    count += in_word + np.uint64(1)  # all ones and 1 is 0
    # what ``absorb`` does
    absorbed = (state ^ ascii_table[entry + np.uint64(1)]) * TOKEN_FACTOR
    return (absorbed ^ TOKEN_BASIS ^ (absorbed >> HALF)) & in_word, count


@kernel
def feed_beyond(
    text: Bytes, state: Unsigned, count: Unsigned, table: CharacterTable, found: Longs
) -> tuple[Unsigned, Unsigned, int]:
    """Do the same with the characters beyond ASCII at the beginning; return how long they are."""
    end = 0
    while end < len(text) and text[end] >= FIRST_LEAD_OF_TWO:
        end += 1
    before = int(np.int64(count))
    state, after = read_on(text[:end], state ^ TOKEN_BASIS, table, found, before)
    for place in range(before, after):
        found[place] ^= TOKEN_BASIS
    return state ^ TOKEN_BASIS, np.uint64(after), end


@kernel
def gather(found: Longs, more: Unsigned, tokens: Longs, count: int) -> int:
    """Append the tokens of ``feed`` that are not 0 to the others; return how many there are."""
    total = np.uint64(count)
    for place in range(more):
        tokens[total] = found[place] ^ TOKEN_BASIS
        total += np.uint64(found[place] != 0)
    return int(np.int64(total))


@kernel
def read_halves(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    first: Bytes, second: Bytes, state: Unsigned, table: CharacterTable, tokens: Longs, count: int
) -> tuple[Unsigned, int]:
    """Feed two adjacent pieces of a text to the tokenizer, both at a time.

    Args:
        first: ``uint8[n]``.
        second: ``uint8[m]``; begins with a separator.
        state: As in ``read_on``.
        table: ``CharacterTable``.
        tokens: ``uint64``, filled from ``count`` on; its last SCRATCH places are scribbled on.
        count: How many tokens there are.

    Returns:
        What ``read_on`` returns.
    """
    scratch = tokens[len(tokens) - SCRATCH :]
    found, others = scratch[: SCRATCH // 2], scratch[SCRATCH // 2 :]
    # unsigned indices: signed ones are asked at each use whether they count from the end
    more, other_more = np.uint64(0), np.uint64(0)
    state, other = state ^ TOKEN_BASIS, np.uint64(0)
    while True:
        place, both = np.uint64(0), np.uint64(min(len(first), len(second)))
        while place < both:
            if (first[place] | second[place]) >= FIRST_LEAD_OF_TWO:
                break
            state, more = feed(first[place], state, more, table.ascii, found)
            other, other_more = feed(second[place], other, other_more, table.ascii, others)
            place += np.uint64(1)
        first, second = first[place:], second[place:]
        if place == both:
            break
        state, more, size = feed_beyond(first, state, more, table, found)
        first = first[size:]
        other, other_more, size = feed_beyond(second, other, other_more, table, others)
        second = second[size:]
    count = gather(found, more, tokens, count)
    state, count = read_on(first, state ^ TOKEN_BASIS, table, tokens, count)
    tokens[count] = state
    count += int(state != TOKEN_BASIS)
    count = gather(others, other_more, tokens, count)
    return read_on(second, other ^ TOKEN_BASIS, table, tokens, count)


@kernel
def middle_of(text: Bytes, table: CharacterTable) -> int:
    """Return the place of a separator about the middle of a piece; 0 where it is not worth it."""
    if len(text) < WORTH_HALVES:
        return 0
    beyond = 0
    for place in range(len(text)):
        beyond += int(text[place] >> 7)
    if beyond * RARE > len(text):
        return 0
    for place in range(len(text) // 2, min(len(text), len(text) // 2 + _REACH)):
        byte = text[place]
        if byte < FIRST_LEAD_OF_TWO and table.entries[byte] >> KIND_SHIFT == SEPARATOR:
            return place
    return 0


@kernel
def piece_end(text: Bytes, start: int) -> int:
    """Return where the piece that starts there ends: between two characters."""
    end = min(start + PIECE, len(text))
    while end < len(text) and text[end] & CONTINUATION_MASK == CONTINUATION:
        end += 1
    return end


@kernel
def token_hashes(text: Bytes, table: CharacterTable, tokens: Longs) -> int:
    """Fill ``tokens`` with the hashes of a text's tokens, in order; return how many.

    Args:
        text: ``uint8[n]``, valid UTF-8.
        table: ``CharacterTable``.
        tokens: ``uint64[n // 2 + 2 + SCRATCH]`` at least: two tokens without a separator between
            them take three bytes at least; the last SCRATCH places are scribbled on.
    """
    state, count = TOKEN_BASIS, 0
    start = 0
    while start < len(text):
        piece = text[start : piece_end(text, start)]
        start += len(piece)
        middle = middle_of(piece, table)
        if middle:
            halves = piece[:middle], piece[middle:]
            state, count = read_halves(halves[0], halves[1], state, table, tokens, count)
        else:
            state, count = read_on(piece, state, table, tokens, count)
    tokens[count] = state
    return count + int(state != TOKEN_BASIS)
