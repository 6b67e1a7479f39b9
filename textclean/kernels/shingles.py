"""From UTF-8 bytes to shingle hashes: decode, fold, tokenize, hash and combine in one pass.

The hash of a token with folded code points ``c1 ... cn``::

    h = TOKEN_BASIS;  for c: h = (h ^ c) * TOKEN_FACTOR;  h = h ^ (h >> 32)

and of a shingle of tokens with hashes ``t1 ... tk``, the finalizer of MurmurHash3 over a
polynomial, which can roll from one shingle to the next (Karp and Rabin, 1987)::

    mix(t1 * SHINGLE_FACTOR^(k-1) + ... + tk),  all modulo 2^64

No token is hashed twice, and no shingle is ever a string.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Starts, Unsigned, Words
from textclean.kernels.characters import (
    ALONE,
    KIND_MASK,
    KIND_SHIFT,
    POINT_MASK,
    WORD,
    CharacterTable,
)
from textclean.kernels.hashing import (
    HALF,
    MIX_FIRST,
    MIX_SECOND,
    MIX_SHIFT,
    SHINGLE_FACTOR,
    TOKEN_BASIS,
    TOKEN_FACTOR,
)
from textclean.kernels.jit import kernel

#: Lead bytes from here on announce sequences of so many bytes (Unicode Standard, table 3-6).
FIRST_LEAD_OF_TWO, FIRST_LEAD_OF_THREE, FIRST_LEAD_OF_FOUR = 0x80, 0xE0, 0xF0

#: More than this many hashes with equal leading bits are no chance: leave them to a general sort.
LARGEST_BUCKET = 24
LARGEST_BUCKET_BITS = 20


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
def largest_bytes(data: Bytes, offsets: Counts, largest: Bytes) -> None:
    """Fill in the largest byte of each text of a batch; of an empty one 0.

    Args:
        data: ``uint8``.
        offsets: ``int64[texts + 1]`` into it.
        largest: ``uint8[texts]``, filled.
    """
    for index in range(len(largest)):
        found = np.uint8(0)
        for position in range(offsets[index], offsets[index + 1]):
            found = max(found, data[position])
        largest[index] = found


@kernel
def token_hashes(text: Bytes, entries: Words, expansions: Words, tokens: Longs) -> int:
    """Fill ``tokens`` with the hashes of a text's tokens, in order; return how many.

    Args:
        text: ``uint8[n]``, valid UTF-8.
        entries: ``uint32[0x110000]``, see ``CharacterTable``.
        expansions: ``uint32[n, 3]``, see there.
        tokens: ``uint64[n // 2 + 2]`` at least: two tokens without a separator between them take
            three bytes at least; one place more is scribbled on.
    """
    state = TOKEN_BASIS
    count = 0
    position = 0
    while position < len(text):
        point, position = decode(text, position)
        entry = entries[point]
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
            row = expansions[entry & POINT_MASK]
            state, count = step_expanded(state, row, tokens, count)
    tokens[count] = state
    return count + int(state != TOKEN_BASIS)


@kernel
def mix(value: Unsigned) -> Unsigned:
    """Return the 64-bit finalizer of MurmurHash3: every input bit reaches every output bit."""
    value = (value ^ (value >> MIX_SHIFT)) * MIX_FIRST
    value = (value ^ (value >> MIX_SHIFT)) * MIX_SECOND
    return value ^ (value >> MIX_SHIFT)


@kernel
def shingle_hashes(tokens: Longs, count: int, size: int, shingles: Longs) -> int:
    """Fill ``shingles`` with the hash of each shingle, in order; return how many.

    Args:
        tokens: ``uint64[>= count]``.
        count: How many tokens there are; fewer than ``size`` make one shingle, none make none.
        size: Tokens in a shingle.
        shingles: ``uint64[max(1, count - size + 1)]`` at least.
    """
    if count == 0:
        return 0
    width = min(size, count)
    leaving = np.uint64(1)  # SHINGLE_FACTOR ** width: the weight of the token that goes
    rolling = np.uint64(0)
    for index in range(width):
        leaving *= SHINGLE_FACTOR
        rolling = rolling * SHINGLE_FACTOR + tokens[index]
    shingles[0] = mix(rolling)
    for index in range(width, count):
        # rolling = sum of tokens[index - width + 1 + j] * SHINGLE_FACTOR ** (width - 1 - j)
        rolling = rolling * SHINGLE_FACTOR + tokens[index] - tokens[index - width] * leaving
        shingles[index - width + 1] = mix(rolling)
    return count - width + 1


@kernel
def scatter(values: Longs, count: int, scratch: Longs, starts: Starts) -> bool:
    """Copy hashes to ``scratch``, ordered by their leading bits; tell whether they spread evenly.

    Returns:
        False, with ``scratch`` unfinished, when some bucket holds more than LARGEST_BUCKET.
    """
    bits = 1
    while 1 << bits < count and bits < LARGEST_BUCKET_BITS:
        bits += 1
    shift = np.uint64(64 - bits)
    starts[: (1 << bits) + 1] = 0
    for index in range(count):
        starts[int(values[index] >> shift) + 1] += 1
    for bucket in range(1 << bits):
        if starts[bucket + 1] > LARGEST_BUCKET:
            return False
        starts[bucket + 1] += starts[bucket]
    for index in range(count):
        bucket = int(values[index] >> shift)
        scratch[starts[bucket]] = values[index]
        starts[bucket] += 1
    return True


@kernel
def sort_distinct(values: Longs, count: int, scratch: Longs, starts: Starts) -> int:
    """Sort the first ``count`` hashes in place, drop repeats, and return how many are left.

    Hashes are spread evenly, so that one distribution by leading bits leaves them almost sorted
    and insertion finishes in linear time; any others go to the library's sort.
    """
    if scatter(values, count, scratch, starts):
        for index in range(1, count):
            value = scratch[index]
            hole = index
            while hole > 0 and scratch[hole - 1] > value:
                scratch[hole] = scratch[hole - 1]
                hole -= 1
            scratch[hole] = value
    else:
        scratch[:count] = values[:count]
        scratch[:count].sort()
    kept = 0
    for index in range(count):
        if index == 0 or scratch[index] != scratch[index - 1]:
            values[kept] = scratch[index]
            kept += 1
    return kept


@kernel
def shingle_sets(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    data: Bytes, offsets: Counts, table: CharacterTable, size: int, shingles: Longs, ends: Counts
) -> None:
    """Fill ``shingles`` with the shingle set of each text of a batch, one after the other.

    Args:
        data: ``uint8``, the batch's UTF-8.
        offsets: ``int64[texts + 1]`` into it.
        table: ``CharacterTable``.
        size: Tokens in a shingle.
        shingles: ``uint64``; room for ``bytes // 2 + 1`` hashes a text.
        ends: ``int64[texts + 1]``, filled: set ``i`` is ``shingles[ends[i]:ends[i + 1]]``, sorted,
            distinct. ``ends[0]`` is 0.
    """
    longest = 0
    for index in range(len(ends) - 1):
        longest = max(longest, offsets[index + 1] - offsets[index])
    tokens = np.empty(longest // 2 + 2, np.uint64)
    buckets = 2
    while buckets < len(tokens) and buckets < 1 << LARGEST_BUCKET_BITS:
        buckets *= 2
    starts = np.empty(buckets + 1, np.int32)
    ends[0] = 0
    for index in range(len(ends) - 1):
        text = data[offsets[index] : offsets[index + 1]]
        room = shingles[ends[index] :]
        count = token_hashes(text, table.entries, table.expansions, tokens)
        count = shingle_hashes(tokens, count, size, room)
        # the tokens are no longer needed: their array serves as scratch
        ends[index + 1] = ends[index] + sort_distinct(room, count, tokens, starts)
