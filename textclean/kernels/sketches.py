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
    tokens: Longs, count: int, size: int, shorter: Bytes, least: int, sketch: Bytes, longer: Bytes
) -> int:
    """Fill ``longer`` with the counts of n-grams, of which only those recur whose parts do.

    Returns the highest.

    Args:
        tokens: ``uint64[>= count]``.
        count: How many tokens there are.
        size: Tokens of an n-gram.
        shorter: Counts of the n-grams that are one token shorter, zeros behind them.
        least: Count below which nothing is of interest.
        sketch: Scratch.
        longer: ``uint8[>= count + 3]``, filled; 0 where a part is too rare.
    """
    found = 0
    for index in range(count):
        longer[index] = (shorter[index] >= least) & (shorter[index + 1] >= least)
        found += int(longer[index])
    longer[count : count + 3] = 0
    if found == 0:
        return 0
    bits = sketch_bits(found)
    shift = np.uint64(64 - bits)
    sketch[: 1 << bits] = 0
    most = np.uint8(0)
    for turn in range(2):
        for index in range(count):
            if longer[index] == 0:
                continue
            value = tokens[index]
            for offset in range(1, size):
                value = (value ^ (value >> HALF)) * SHINGLE_FACTOR + tokens[index + offset]
            slot = (value ^ (value >> HALF)) * TOKEN_FACTOR >> shift
            if turn == 0:
                sketch[slot] += sketch[slot] < FULL
            else:
                longer[index] = sketch[slot]
                most = max(most, sketch[slot])
    return int(most)
