"""From UTF-8 bytes to token hashes: decode, fold, tokenize and hash in one pass.

The hash of a token with folded code points ``c1 ... cn``::

    h = TOKEN_BASIS;  for c: h = (h ^ c) * TOKEN_FACTOR;  h = h ^ (h >> 32)

Each step waits for the one before, so that a processor that could do four things at a time does
one. A longer text is therefore read in two halves at once, cut where no token can be.
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
def read_beyond(
    text: Bytes, state: Unsigned, table: CharacterTable, tokens: Longs, count: int
) -> tuple[Unsigned, int, int]:
    """Do the same with the characters beyond ASCII at the beginning; return how long they are."""
    end = 0
    while end < len(text) and text[end] >= FIRST_LEAD_OF_TWO:
        end += 1
    state, count = read_on(text[:end], state, table, tokens, count)
    return state, count, end


@kernel
def read_halves(
    first: Bytes, second: Bytes, table: CharacterTable, tokens: Longs, others: Longs
) -> tuple[Unsigned, int, int]:
    """Feed two texts to two tokenizers in turn.

    Args:
        first: ``uint8[n]``; what follows it is a separator, or nothing.
        second: ``uint8[m]``.
        table: ``CharacterTable``.
        tokens: ``uint64[n // 2 + 2]``: filled with the tokens of the first.
        others: ``uint64[m // 2 + 2]``: with those of the second but the last, if that is open.

    Returns:
        The second's state, and how many tokens each has.
    """
    entries = table.entries
    state, other_state = TOKEN_BASIS, TOKEN_BASIS
    # unsigned indices: signed ones are asked at each use whether they count from the end
    count, other_count = np.uint64(0), np.uint64(0)
    while True:
        place, both = np.uint64(0), np.uint64(min(len(first), len(second)))
        while place < both:
            byte, other = first[place], second[place]
            if (byte | other) >= FIRST_LEAD_OF_TWO:
                break
            # as in ``read_on``, in both at a time
            entry = entries[byte]
            kind = entry >> KIND_SHIFT
            tokens[count] = state
            count += np.uint64((kind != WORD) & (state != TOKEN_BASIS))
            absorbed = absorb(state, entry)
            state = absorbed if kind == WORD else TOKEN_BASIS
            entry = entries[other]
            kind = entry >> KIND_SHIFT
            others[other_count] = other_state
            other_count += np.uint64((kind != WORD) & (other_state != TOKEN_BASIS))
            absorbed = absorb(other_state, entry)
            other_state = absorbed if kind == WORD else TOKEN_BASIS
            place += np.uint64(1)
        first, second = first[place:], second[place:]
        if place == both:
            break
        state, reached, size = read_beyond(first, state, table, tokens, int(np.int64(count)))
        count, first = np.uint64(reached), first[size:]
        other_state, reached, size = read_beyond(
            second, other_state, table, others, int(np.int64(other_count))
        )
        other_count, second = np.uint64(reached), second[size:]
    state, total = read_on(first, state, table, tokens, int(np.int64(count)))
    tokens[total] = state
    total += int(state != TOKEN_BASIS)
    other_state, reached = read_on(second, other_state, table, others, int(np.int64(other_count)))
    return other_state, total, reached


@kernel
def middle_of(text: Bytes, table: CharacterTable) -> int:
    """Return the place of a separator about the middle of a text; 0 where it is not worth it."""
    if len(text) < WORTH_HALVES:
        return 0
    beyond = 0
    for place in range(len(text)):
        beyond += text[place] >> 7
    if beyond * RARE > len(text):
        return 0
    for place in range(len(text) // 2, min(len(text), len(text) // 2 + _REACH)):
        byte = text[place]
        if byte < FIRST_LEAD_OF_TWO and table.entries[byte] >> KIND_SHIFT == SEPARATOR:
            return place
    return 0


@kernel
def token_hashes(text: Bytes, table: CharacterTable, tokens: Longs) -> int:
    """Fill ``tokens`` with the hashes of a text's tokens, in order; return how many.

    Args:
        text: ``uint8[n]``, valid UTF-8.
        table: ``CharacterTable``.
        tokens: ``uint64[n // 2 + 4]`` at least: two tokens without a separator between them take
            three bytes at least, and each half has a place more to scribble on.
    """
    middle = middle_of(text, table)
    if middle:
        others = tokens[middle // 2 + 2 :]
        state, count, more = read_halves(text[:middle], text[middle:], table, tokens, others)
        for place in range(more):
            tokens[count + place] = others[place]
        count += more
    else:
        state, count = read_on(text, TOKEN_BASIS, table, tokens, 0)
    tokens[count] = state
    return count + int(state != TOKEN_BASIS)
