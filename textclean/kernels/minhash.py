"""MinHash signatures from shingle sets, in the ``affine32`` scheme of datasketch 2.

For a shingle with 32-bit hash ``x`` (the upper half of its 64-bit hash), slot ``k`` of the
signature is the minimum over the set of::

    a_k * fmix32(x) + b_k  mod 2^32,   a_k odd

where ``fmix32`` is the 32-bit finalizer of MurmurHash3. The family is 2-universal, not proven
min-wise independent; the accuracy is measured (``tests/test_dedup.py``). See Broder, "On the
resemblance and containment of documents" (1997).
"""

import numpy as np

from textclean.kernels.arrays import Counts, Longs, Unsigned, Words
from textclean.kernels.jit import allocating_kernel, kernel

HALF = np.uint64(32)
LARGEST = np.uint32(0xFFFFFFFF)
MIX_FIRST = np.uint32(0x85EBCA6B)
MIX_SECOND = np.uint32(0xC2B2AE35)
WIDE, NARROW = np.uint32(16), np.uint32(13)
TAG_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@kernel
def fmix32(value: Unsigned) -> Unsigned:
    """Return the 32-bit finalizer of MurmurHash3, a bijection."""
    value = np.uint32((value ^ (value >> WIDE)) * MIX_FIRST)
    value = np.uint32((value ^ (value >> NARROW)) * MIX_SECOND)
    return np.uint32(value ^ (value >> WIDE))


@kernel
def minimize(hashes: Words, multipliers: Words, increments: Words, slots: Words) -> None:
    """Lower each slot to the least ``multiplier * hash + increment``.

    Several hashes meet all slots before the next do: the slots stand side by side in vectors, and
    the loads of their parameters and minima are shared. (The hashes in vectors, one slot after the
    other, take half as long again, since at the end of each the lanes of a vector must be joined.)

    Args:
        hashes: ``uint32[n]``, mixed.
        multipliers: ``uint32[slots]``, odd.
        increments: ``uint32[slots]``.
        slots: ``uint32[slots]``, lowered.
    """
    whole = len(hashes) // 4 * 4
    for index in range(0, whole, 4):
        first, second = hashes[index], hashes[index + 1]
        third, fourth = hashes[index + 2], hashes[index + 3]
        for slot in range(len(slots)):
            a, b = multipliers[slot], increments[slot]
            least = min(np.uint32(first * a + b), np.uint32(second * a + b))
            others = min(np.uint32(third * a + b), np.uint32(fourth * a + b))
            slots[slot] = min(least, others, slots[slot])
    for index in range(whole, len(hashes)):
        last = hashes[index]
        for slot in range(len(slots)):
            hashed = np.uint32(last * multipliers[slot] + increments[slot])
            slots[slot] = min(slots[slot], hashed)


@allocating_kernel
def signatures(
    shingles: Longs, ends: Counts, multipliers: Words, increments: Words, slots: Words
) -> None:
    """Fill the signature of each set of a batch; that of an empty set is all ones.

    Args:
        shingles: ``uint64``, the sets one after the other.
        ends: ``int64[texts + 1]`` into it.
        multipliers: ``uint32[slots]``.
        increments: ``uint32[slots]``.
        slots: ``uint32[texts, slots]``, filled.
    """
    largest = 0
    for index in range(len(ends) - 1):
        largest = max(largest, ends[index + 1] - ends[index])
    mixed = np.empty(largest, np.uint32)
    slots[:] = LARGEST
    for index in range(len(ends) - 1):
        count = ends[index + 1] - ends[index]
        part = shingles[ends[index] : ends[index + 1]]
        for place in range(count):
            mixed[place] = fmix32(np.uint32(part[place] >> HALF))
        minimize(mixed[:count], multipliers, increments, slots[index])


@kernel
def band_tags(slots: Words, rows: int, tags: Words) -> None:
    """Fill the 32-bit tag of each band of each signature: equal rows, equal tag; never 0.

    Args:
        slots: ``uint32[texts, >= bands * rows]``.
        rows: Slots in a band.
        tags: ``uint32[texts, bands]``, filled.
    """
    for text in range(tags.shape[0]):
        for band in range(tags.shape[1]):
            state = TAG_FACTOR
            for row in range(rows):
                state = (state ^ np.uint64(slots[text, band * rows + row])) * TAG_FACTOR
                state = state ^ (state >> HALF)
            tags[text, band] = max(np.uint32(1), np.uint32(state >> HALF))
