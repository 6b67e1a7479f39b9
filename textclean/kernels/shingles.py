"""From token hashes to shingle sets: combine, sort, and drop what comes twice.

The hash of a shingle of tokens with hashes ``t1 ... tk`` (``tokens.py``) is the finalizer of
MurmurHash3 over a polynomial, which can roll from one shingle to the next (Karp and Rabin, 1987)::

    mix(t1 * SHINGLE_FACTOR^(k-1) + ... + tk),  all modulo 2^64

No token is hashed twice, and no shingle is ever a string.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Starts, Unsigned
from textclean.kernels.characters import CharacterTable
from textclean.kernels.hashing import MIX_FIRST, MIX_SECOND, MIX_SHIFT, SHINGLE_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.tokens import SCRATCH, token_hashes

#: More than this many hashes with equal leading bits are no chance: leave them to a general sort.
LARGEST_BUCKET = 24
LARGEST_BUCKET_BITS = 20


@kernel
def mix(value: Unsigned) -> Unsigned:
    """Return the 64-bit finalizer of MurmurHash3: every input bit reaches every output bit."""
    value = (value ^ (value >> MIX_SHIFT)) * MIX_FIRST
    value = (value ^ (value >> MIX_SHIFT)) * MIX_SECOND
    return value ^ (value >> MIX_SHIFT)


@kernel
def polynomial(tokens: Longs, start: int, width: int) -> Unsigned:
    """Return what ``mix`` is given for the shingle that begins at a token."""
    value = np.uint64(0)
    for index in range(start, start + width):
        value = value * SHINGLE_FACTOR + tokens[index]
    return value


@kernel
def roll(tokens: Longs, width: int, leaving: Unsigned, shingles: Longs, half: int) -> None:
    """Fill in the polynomials of two halves of the shingles; those of ``0`` and ``half`` are there.

    Each is made from the one before, and waits for it: so both halves at a time.
    """
    # unsigned indices: signed ones are asked at each use whether they count from the end
    place, other, behind = np.uint64(0), np.uint64(half), np.uint64(width)
    first, second = shingles[place], shingles[other]
    while place + np.uint64(1) < np.uint64(half):
        # sum of tokens[place + 1 + j] * SHINGLE_FACTOR ** (width - 1 - j)
        first = first * SHINGLE_FACTOR + tokens[place + behind] - tokens[place] * leaving
        second = second * SHINGLE_FACTOR + tokens[other + behind] - tokens[other] * leaving
        place += np.uint64(1)
        other += np.uint64(1)
        shingles[place], shingles[other] = first, second


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
    for _ in range(width):
        leaving *= SHINGLE_FACTOR
    total = count - width + 1
    half = total // 2
    for place in (0, half, total - 1):
        shingles[place] = polynomial(tokens, place, width)
    roll(tokens, width, leaving, shingles, half)
    for place in range(total):
        shingles[place] = mix(shingles[place])
    return total


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
        starts[(values[index] >> shift) + np.uint64(1)] += 1
    total = 0
    largest = 0
    for bucket in range(1, (1 << bits) + 1):
        largest = max(largest, starts[bucket])
        total += starts[bucket]
        starts[bucket] = total
    if largest > LARGEST_BUCKET:
        return False
    for index in range(count):
        bucket = values[index] >> shift
        scratch[np.uint64(starts[bucket])] = values[index]
        starts[bucket] += 1
    return True


@allocating_kernel
def sort_distinct(values: Longs, count: int, scratch: Longs, starts: Starts) -> int:
    """Sort the first ``count`` hashes in place, drop repeats, and return how many are left.

    Hashes are spread evenly, so that one distribution by leading bits leaves them almost sorted;
    one pass that swaps neighbours leaves little to insertion, whose every move is mispredicted, and
    that finishes in linear time; any others go to the library's sort.
    """
    if count == 0:
        return 0
    if scatter(values, count, scratch, starts):
        carried = scratch[0]
        for index in range(1, count):
            value = scratch[index]
            scratch[index - 1] = min(carried, value)
            carried = max(carried, value)
        scratch[count - 1] = carried
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
    kept = np.uint64(0)
    last = ~scratch[0]
    for index in range(count):
        value = scratch[index]
        values[kept] = value  # without a branch: what comes twice is overwritten
        kept += np.uint64(value != last)
        last = value
    return int(np.int64(kept))


@allocating_kernel
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
    tokens = np.empty(longest // 2 + 2 + SCRATCH, np.uint64)
    buckets = 2
    while buckets < longest // 2 + 4 and buckets < 1 << LARGEST_BUCKET_BITS:
        buckets *= 2
    starts = np.empty(buckets + 1, np.int32)
    ends[0] = 0
    for index in range(len(ends) - 1):
        text = data[offsets[index] : offsets[index + 1]]
        room = shingles[ends[index] :]
        count = token_hashes(text, table, tokens)
        count = shingle_hashes(tokens, count, size, room)
        # the tokens are no longer needed: their array serves as scratch
        ends[index + 1] = ends[index] + sort_distinct(room, count, tokens, starts)
