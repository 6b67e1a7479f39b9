"""Bit signatures: one bit from each slot of a signature, and which of many are nearest to one.

Signatures agree in a slot with a probability equal to their Jaccard ``J``, so that bits made from
their slots differ with ``(1 - J) / 2`` (Li and König, "b-Bit Minwise Hashing", 2010, with b = 1).
To look at 131,072 of them takes about as long as to compare a few hundred shingle sets.
"""

import numpy as np

from textclean.kernels.arrays import Counts, Longs, Unsigned, Words
from textclean.kernels.jit import allocating_kernel, kernel

#: Bits of one: enough to tell, at thresholds of 0.5 and above, a pair 0.05 above it from those
#: that a template makes.
BITS = 1024
BIT_WORDS = BITS // 64

_MIX = np.uint32(0x9E3779B1)
_TOP = np.uint32(31)
_PAIRS, _FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_BYTES, _ONES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_BY_ONE, _BY_TWO, _BY_FOUR = np.uint64(1), np.uint64(2), np.uint64(4)
_SUM = np.uint64(56)


@kernel
def take_bits(slots: Words, bits: Longs) -> None:
    """Fill the bits of a signature.

    Args:
        slots: ``uint32[>= BITS]``.
        bits: ``uint64[BIT_WORDS]``, filled.
    """
    for word in range(len(bits)):
        value = np.uint64(0)
        for place in range(64):
            # a minimum's upper bits are zeros, its lowest that of a shingle's hash in every slot
            bit = np.uint32(slots[64 * word + place] * _MIX) >> _TOP
            value = value << _BY_ONE | np.uint64(bit)
        bits[word] = value


@kernel
def count_bits(value: Unsigned) -> Unsigned:
    """Return how many bits of a word are set (compilers know this form and have one command)."""
    value = value - ((value >> _BY_ONE) & _PAIRS)
    value = (value & _FOURS) + ((value >> _BY_TWO) & _FOURS)
    value = (value + (value >> _BY_FOUR)) & _BYTES
    return (value * _ONES) >> _SUM


@kernel
def distance(left: Longs, right: Longs) -> int:
    """Return in how many bits two bit signatures differ."""
    differing = np.uint64(0)
    for word in range(BIT_WORDS):
        differing += count_bits(left[word] ^ right[word])
    return int(np.int64(differing))


@allocating_kernel
def find_nearest(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    bits: Longs,
    others: Longs,
    sizes: Words,
    least: float,
    most: float,
    farthest: int,
    found: Words,
) -> int:
    """Fill ``found`` with the rows nearest to a bit signature, in their order; return how many.

    Args:
        bits: ``uint64[BIT_WORDS]``.
        others: ``uint64[n, BIT_WORDS]``.
        sizes: ``uint32[n]``: of the sets; rows below ``least`` or above ``most`` are left out.
        least: A number of shingles.
        most: A number of shingles.
        farthest: Rows at a greater distance are left out.
        found: ``uint32``: of more rows than it has room for, the nearest; of equals the first.
    """
    distances = np.empty(len(others), np.int16)
    counts: Counts = np.zeros(BITS + 2, np.int64)
    for row in range(len(others)):
        apart = BITS + 1
        if least <= sizes[row] <= most:
            apart = distance(bits, others[row])
        distances[row] = apart
        counts[apart] += 1
    nearer = 0
    last = 0
    while last < farthest and nearer + counts[last] <= len(found):
        nearer += counts[last]
        last += 1
    room_at_last = len(found) - nearer
    total = 0
    for row in range(len(others)):
        if distances[row] > last:
            continue
        if distances[row] == last:
            if room_at_last == 0:
                continue
            room_at_last -= 1
        found[total] = row
        total += 1
    return total
