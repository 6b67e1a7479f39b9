"""How often n-grams of tokens stand, at least: counting sketches, which collide upwards only."""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Words
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR, TOKEN_FACTOR
from textclean.kernels.jit import kernel

#: Slots of a counting sketch per n-gram: one in eight n-grams shares a slot.
SKETCH_ROOM = 8
SMALLEST_SKETCH_BITS, LARGEST_SKETCH_BITS = 8, 24
FULL = 255


@kernel
def sketch_bits(count: int) -> int:
    """Return the size of a sketch for so many n-grams, as a power of two."""
    bits = SMALLEST_SKETCH_BITS
    while 1 << bits < count * SKETCH_ROOM and bits < LARGEST_SKETCH_BITS:
        bits += 1
    return bits


@kernel
def count_pairs(tokens: Longs, count: int, sketch: Bytes, slots: Words, pairs: Bytes) -> int:
    """Fill ``pairs`` with how often the 2-gram at each token stands at most; return the highest."""
    bits = sketch_bits(count)
    shift = np.uint64(64 - bits)
    sketch[: 1 << bits] = 0
    for index in range(count - 1):
        value = tokens[index] * SHINGLE_FACTOR + tokens[index + 1]
        slot = (value ^ (value >> HALF)) * TOKEN_FACTOR >> shift
        slots[index] = slot
        sketch[slot] += sketch[slot] < FULL
    most = np.uint8(0)
    for index in range(count - 1):
        pairs[index] = sketch[slots[index]]
        most = max(most, pairs[index])
    pairs[max(0, count - 1) : count + 3] = 0
    return int(most)


@kernel
def count_longer(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs, count: int, size: int, shorter: Bytes, sketch: Bytes, slots: Words, longer: Bytes
) -> int:
    """Fill ``longer`` with the counts of n-grams that may recur: those whose parts do.

    Returns the highest.

    Args:
        tokens: ``uint64[>= count]``.
        count: How many tokens there are.
        size: Tokens of an n-gram.
        shorter: Counts of the n-grams that are one token shorter, zeros behind them.
        sketch: Scratch.
        slots: Scratch, two places each.
        longer: ``uint8[>= count + 3]``, filled; 0 where a part does not recur.
    """
    found = 0
    for index in range(count):
        slots[2 * found] = index
        found += (shorter[index] > 1) & (shorter[index + 1] > 1)
    longer[: count + 3] = 0
    bits = sketch_bits(found)
    shift = np.uint64(64 - bits)
    sketch[: 1 << bits] = 0
    for number in range(found):
        index = int(slots[2 * number])
        value = tokens[index]
        for offset in range(1, size):
            value = (value ^ (value >> HALF)) * SHINGLE_FACTOR + tokens[index + offset]
        slot = (value ^ (value >> HALF)) * TOKEN_FACTOR >> shift
        slots[2 * number + 1] = slot
        sketch[slot] += sketch[slot] < FULL
    most = np.uint8(0)
    for number in range(found):
        times = sketch[slots[2 * number + 1]]
        longer[slots[2 * number]] = times
        most = max(most, times)
    return int(most)
