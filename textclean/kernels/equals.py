"""Whether a stretch between two possible sentence ends stands again, word for word."""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Words
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR, TOKEN_FACTOR
from textclean.kernels.jit import kernel
from textclean.kernels.signs import SENTENCE

#: Words of a unit that may go when it stands twice; four have to stand three times and three four
#: times, with figures between them, of which this many are not looked through.
LONG_UNIT = 5
SHORT_UNIT_WORDS, SHORT_UNIT_TIMES, SHORT_UNIT_SUM = 4, 3, 7
MOST_FIGURES = 64
FULL = 255

#: Tokens compared for each token of the text, and for any text; whoever needs more is flagged.
BUDGET, LEAST_BUDGET = 8, 1024

SMALLEST_BITS = 8


@kernel
def has_exact(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs, gaps: Bytes, letters: Bytes, triples: Bytes, count: int, places: Words
) -> bool:
    """Whether a whole stretch between possible sentence ends may stand so often as to go.

    A unit and its repeat both begin behind a possible end, with a 3-gram that recurs: so each
    such beginning is compared with the earlier ones of its 3-gram.

    Args:
        tokens: From ``scan``.
        gaps: From ``scan``.
        letters: From ``scan``.
        triples: Counts of 3-grams, at least.
        count: How many tokens there are.
        places: Scratch, ``uint32[>= 2 * count + 256]``: the last beginning of each slot, and for
            each beginning the one before it; one more than its number, 0 for none.
    """
    bits = SMALLEST_BITS
    while 1 << bits < count // 4:
        bits += 1
    size = 1 << bits
    places[:size] = 0
    left = BUDGET * count + LEAST_BUDGET
    for index in range(count):
        if triples[index] < 2 or not gaps[index] & SENTENCE:  # noqa: PLR2004 - stands once
            continue
        if short_stands(gaps, letters, triples, index, count):
            return True
        slot = first_slot(tokens, index, bits)
        earlier = int(places[slot])
        while earlier > 0:
            left -= common_unit(tokens, gaps, letters, earlier - 1, index, count)
            if left < 0:
                return True
            earlier = int(places[size + earlier - 1])
        places[size + index] = places[slot]
        places[slot] = index + 1
    return False


@kernel
def first_slot(tokens: Longs, index: int, bits: int) -> int:
    """Return the slot of the 3-gram at a token."""
    value = tokens[index] * SHINGLE_FACTOR + tokens[index + 1]
    value = (value ^ (value >> HALF)) * SHINGLE_FACTOR + tokens[index + 2]
    return int((value ^ (value >> HALF)) * TOKEN_FACTOR >> np.uint64(64 - bits))


@kernel
def common_unit(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs, gaps: Bytes, letters: Bytes, first: int, second: int, count: int
) -> int:
    """Return how many tokens were compared to see that no long unit begins at both places.

    More than any budget where one does; the two do not overlap.
    """
    words, size, most = 0, 0, min(second - first, count - second)
    while size < most and tokens[first + size] == tokens[second + size]:
        words += letters[first + size]
        size += 1
        if words >= LONG_UNIT and gaps[first + size] & gaps[second + size] & SENTENCE:
            return (BUDGET + 1) * count + LEAST_BUDGET
    return size + 1


@kernel
def short_stands(gaps: Bytes, letters: Bytes, triples: Bytes, start: int, count: int) -> bool:
    """Whether a unit of three or four words at ``start`` stands often enough."""
    words, times = 0, FULL
    for number in range(start, count):
        words += letters[number]
        if number >= start + 2:
            times = min(times, triples[number - 2])
        if words > SHORT_UNIT_WORDS or times < SHORT_UNIT_TIMES:
            return False
        if gaps[number + 1] & SENTENCE and words + times >= SHORT_UNIT_SUM and words > 2:  # noqa: PLR2004 - three
            return True
        if number - start > MOST_FIGURES:
            return True
    return False
