"""Bit signatures: one bit from each slot of a signature, and which of many are nearest to one.

Signatures agree in a slot with a probability equal to their Jaccard ``J``, so that bits made from
their slots differ with ``(1 - J) / 2`` (Li and König, "b-Bit Minwise Hashing", 2010, with b = 1).
Most pairs are told apart by their first bits, which lie by themselves: to look at those of 131,072
takes about as long as to compare a few hundred shingle sets.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Counts, Longs, Unsigned, Words
from textclean.kernels.jit import allocating_kernel, kernel

#: The first bits: enough to tell a pair 0.05 above the threshold from most that a template makes.
COARSE_BITS = 1024
COARSE_WORDS = COARSE_BITS // 64

_MIX = np.uint32(0x9E3779B1)
_TOP = np.uint32(31)
_PAIRS, _FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_BYTES, _ONES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_BY_ONE, _BY_TWO, _BY_FOUR = np.uint64(1), np.uint64(2), np.uint64(4)
_SUM = np.uint64(56)


class Bits(NamedTuple):
    """A bit signature, or many of them.

    Attributes:
        coarse: ``uint64[COARSE_WORDS]``, or a row for each.
        fine: ``uint64[m]``, or a row for each: the rest.
    """

    coarse: Longs
    fine: Longs


@kernel
def take_bits(slots: Words, bits: Longs) -> None:
    """Fill the bits of a signature.

    Args:
        slots: ``uint32[64 * n]``.
        bits: ``uint64[n]``, filled.
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
    """Return in how many bits two of equal length differ."""
    differing = np.uint64(0)
    for word in range(len(left)):
        differing += count_bits(left[word] ^ right[word])
    return int(np.int64(differing))


@allocating_kernel
def find_nearest(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    bits: Bits,
    others: Bits,
    sizes: Words,
    least: float,
    most: float,
    farthest: tuple[int, int],
    found: Words,
) -> int:
    """Fill ``found`` with the rows nearest to a bit signature, in their order; return how many.

    Args:
        bits: One.
        others: ``n`` or more.
        sizes: ``uint32[n]``: of the sets; rows below ``least`` or above ``most`` are left out.
        least: A number of shingles.
        most: A number of shingles.
        farthest: Rows at a greater distance are left out: by the first bits, and by all.
        found: ``uint32``: of more rows than it has room for, the nearest; of equals the first.
    """
    out = 64 * (len(bits.coarse) + len(bits.fine)) + 1
    distances = np.empty(len(sizes), np.int16)
    counts: Counts = np.zeros(out + 1, np.int64)
    for row in range(len(sizes)):
        apart = out
        if least <= sizes[row] <= most:
            at_first = distance(bits.coarse, others.coarse[row])
            if at_first <= farthest[0]:
                apart = at_first + distance(bits.fine, others.fine[row])
        distances[row] = apart
        counts[apart] += 1
    nearer = 0
    last = 0
    while last < farthest[1] and nearer + counts[last] <= len(found):
        nearer += counts[last]
        last += 1
    room_at_last = len(found) - nearer
    total = 0
    for row in range(len(sizes)):
        if distances[row] > last:
            continue
        if distances[row] == last:
            if room_at_last == 0:
                continue
            room_at_last -= 1
        found[total] = row
        total += 1
    return total
