"""Whether two stretches of a text, from a possible sentence end to another, may be alike at all.

What ``alike.py`` looks at closely; most texts have none.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Unsigned, Words
from textclean.kernels.hashing import HALF
from textclean.kernels.jit import kernel
from textclean.kernels.signs import BLOCK, LINE, PROSE, SENTENCE
from textclean.kernels.sketches import SMALLEST_SKETCH_BITS
from textclean.kernels.thresholds import NEAR_MOST_WORDS, NEAR_PERMILLE, NEAR_WORDS

#: Where a sentence may begin or end that goes over lines.
STRONG = np.uint32(PROSE | BLOCK)

#: Stretches looked at for each token of a text; whoever needs more is flagged.
NEAR_BUDGET = 16


@kernel
def may_be_near(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs,
    gaps: Bytes,
    letters: Bytes,
    fours: Bytes,
    stretches: Words,
    table: Words,
) -> bool:
    """Whether two possible sentences recur for the most part, or have the same words in any order.

    Args:
        tokens: ``uint64[count]``, from ``scan``.
        gaps: From ``scan``.
        letters: From ``scan``.
        fours: Counts of 4-grams.
        stretches: Scratch, four places each: words, covered words, and the signs before and behind.
        table: Scratch: the sums of the stretches so far, by open addressing.
    """
    count, size = len(tokens), 1 << SMALLEST_SKETCH_BITS
    while size < 2 * (count // NEAR_WORDS):
        size *= 2
    table[:size] = 0
    number, rich, has_moved = 0, 0, False
    words, covered, reached, before, total = 0, 0, -1, gaps[0], np.uint64(0)
    for index in range(count):
        reached = index + 3 if fours[index] > 1 else reached
        words += int(letters[index])
        covered += int(letters[index] & (reached >= index))
        total += tokens[index]
        if not gaps[index + 1] & SENTENCE:
            continue
        row = stretches[4 * number : 4 * number + 4]
        row[0], row[1], row[2], row[3] = words, covered, before, gaps[index + 1]
        rich += covered > 0 and 1000 * covered >= NEAR_PERMILLE * words
        if words >= NEAR_WORDS and not has_moved:
            has_moved = stands_before(total, table, size)
        words, covered, before, total = 0, 0, gaps[index + 1], np.uint64(0)
        number += 1
    # What recurs for the most part has a stretch that does.
    return has_moved or (rich > 1 and has_covered(stretches, number, NEAR_BUDGET * count))


@kernel
def stands_before(total: Unsigned, table: Words, size: int) -> bool:
    """Whether a sum is in a table of so many slots; it is entered."""
    value = np.uint32(total >> HALF) | np.uint32(1)
    slot = int(value >> np.uint32(1)) & (size - 1)
    while table[slot] != 0:
        if table[slot] == value:
            return True
        slot = (slot + 1) & (size - 1)
    table[slot] = value
    return False


@kernel
def has_covered(stretches: Words, number: int, budget: int) -> bool:
    """Whether two possible sentences have half of their words in recurring 4-grams.

    Args:
        stretches: As in ``may_be_near``.
        number: How many there are.
        budget: Stretches that may be looked at.
    """
    earliest = number
    for first in range(number):
        last = covered_end(stretches, first, number)
        budget -= abs(last) - first
        if budget < 0 or (last > 0 and earliest <= first):
            return True
        earliest = min(earliest, last) if last > 0 else earliest
    return False


@kernel
def covered_end(stretches: Words, first: int, count: int) -> int:
    """Return where the shortest possible sentence ends that begins with a stretch and recurs.

    Without any, where the look for it ended, negative.
    """
    words, covered, size, over_lines = 0, 0, 0, False
    for last in range(first, count):
        row = stretches[4 * last : 4 * last + 4]
        over_lines |= last > first and row[2] & LINE != 0
        words += int(row[0])
        covered += int(row[1])
        size += int(row[0]) + int(row[0] == 0 and row[2] & LINE != 0)
        if size > NEAR_MOST_WORDS or (over_lines and not stretches[4 * first + 2] & STRONG):
            return -last - 1
        is_sentence = words >= NEAR_WORDS and (not over_lines or row[3] & STRONG != 0)
        if is_sentence and 1000 * covered >= NEAR_PERMILLE * words:
            return last + 1
    return -count
