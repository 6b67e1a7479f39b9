"""Whether a sentence, line or block stands again, word for word; a superset of ``exact``.

A unit is what stands between two possible ends. Those that go over lines are blocks or sentences
of hard-wrapped text, which begin and end where no mere line does.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Unsigned
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR, TOKEN_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.signs import BLOCK, END, LINE, PROSE, SENTENCE, STATEMENT
from textclean.kernels.thresholds import (
    CALL_WORDS,
    REFRAIN_PERMILLE,
    REFRAIN_WORDS,
    SLIP_WORDS,
    STATEMENT_WORDS,
)

#: In place of a number: shorter units never go.
NEVER = 9

#: The words of the shortest unit that may go.
FEWEST_WORDS = min(STATEMENT_WORDS.values())


def _times(needed: Mapping[int, int]) -> tuple[int, ...]:
    """Return how often a unit of so many words has to stand, by words, from the reverse."""
    listed = [(words, times) for times, words in needed.items()]
    return tuple(
        min((times for words, times in listed if own >= words), default=NEVER)
        for own in range(REFRAIN_WORDS)
    )


#: How often a unit of so many words has to stand, if a statement ends behind one of them and if
#: none does; longer ones twice.
STATEMENT_TIMES, CALL_TIMES = _times(STATEMENT_WORDS), _times(CALL_WORDS)

#: Tokens looked at for each token of the text, and for any; whoever needs more is flagged.
BUDGET, LEAST_BUDGET = 8, 1024

SMALLEST_BITS = 8
NONE = np.uint64(0)
STRONG = np.uint8(PROSE | BLOCK)

#: What is known of a unit: how often it stands, where it ended last, whether a statement ends
#: behind one of them.
TIMES, REACHED, STATES = 0, 1, 2
COLUMNS = 3


class Units(NamedTuple):
    """The units met so far, by the hash of their tokens.

    Attributes:
        keys: ``uint64[2**n]``, 0 for none.
        rows: ``int64[2**n, COLUMNS]``.
        state: ``int64[3]``: words of the text, units entered, and tokens that may be looked at.
    """

    keys: Longs
    rows: Counts
    state: Counts


@allocating_kernel
def has_exact(tokens: Longs, gaps: Bytes, letters: Bytes, triples: Bytes, count: int) -> bool:
    """Whether a whole unit may stand so often that its repeats go.

    Args:
        tokens: From ``scan``.
        gaps: From ``scan``.
        letters: From ``scan``.
        triples: Counts of 3-grams, at least.
        count: How many tokens there are.
    """
    starts, words = 0, 0
    for index in range(count):
        starts += (triples[index] > 1) & (gaps[index] & SENTENCE != 0)
        words += int(letters[index])
    if starts < 2:  # noqa: PLR2004 - a unit and its repeat
        return False
    bits = SMALLEST_BITS
    while 1 << bits < 8 * starts:
        bits += 1
    units = Units(
        np.zeros(1 << bits, np.uint64),
        np.zeros((1 << bits, COLUMNS), np.int64),
        np.array([words, 0, BUDGET * count + LEAST_BUDGET]),
    )
    for first in range(count):
        if triples[first] > 1 and gaps[first] & SENTENCE:
            last = recurring_end(gaps, triples, first, count)
            if goes(tokens[first:last], gaps[first : last + 1], letters[first:last], units, first):
                return True
    return False


@kernel
def recurring_end(gaps: Bytes, triples: Bytes, first: int, count: int) -> int:
    """Return where the longest unit ends that begins at a token and may recur."""
    last = first + 2
    while last < count and triples[last - 2] > 1:
        if gaps[last] & LINE and not gaps[first] & STRONG:
            return last
        last += 1
    return min(last, count)


@kernel
def goes(tokens: Longs, gaps: Bytes, letters: Bytes, units: Units, first: int) -> bool:
    """Enter the units that begin with these tokens; return whether one stands often enough.

    Args:
        tokens: ``uint64[n]``: those of the longest unit.
        gaps: ``uint8[n + 1]``, from before the first to behind the last.
        letters: ``uint8[n]``.
        units: What was met so far: changed.
        first: Number of the first token.
    """
    words, entered, left = units.state
    own, value, has_figure, over_lines = 0, np.uint64(0), False, False
    for index in range(len(tokens)):
        over_lines |= index > 0 and gaps[index] & LINE != 0
        own += int(letters[index])
        has_figure |= letters[index] == 0
        value = (value ^ (value >> HALF)) * SHINGLE_FACTOR + tokens[index]
        left -= 1
        behind = gaps[index + 1]
        if own < FEWEST_WORDS or not behind & (STRONG if over_lines else SENTENCE):
            continue
        entered += 1
        if left < 0 or 2 * entered >= len(units.keys):
            return True
        row = units.rows[slot_of(value, units.keys)]
        note(row, first, index + 1, behind)
        if is_frequent(row, own, index + 1, words) and (
            row[TIMES] > 2  # noqa: PLR2004 - what stands twice may be meant to
            or own >= SLIP_WORDS
            or gaps[0] & behind & LINE
            or not (has_figure or behind & END)
        ):
            return True
    units.state[1], units.state[2] = entered, left
    return False


@kernel
def slot_of(value: Unsigned, keys: Longs) -> int:
    """Return the row of a unit by its hash, entering it when it is new."""
    key = value | np.uint64(1)
    mask = len(keys) - 1
    slot = int((value ^ (value >> HALF)) * TOKEN_FACTOR >> HALF) & mask
    while keys[slot] not in (NONE, key):
        slot = slot + 1 & mask
    keys[slot] = key
    return slot


@kernel
def note(row: Counts, first: int, size: int, behind: Unsigned) -> None:
    """Count a unit, if it does not overlap with the one before."""
    if first >= row[REACHED]:
        row[TIMES] += 1
        row[REACHED] = first + size
    row[STATES] |= behind & STATEMENT


@kernel
def is_frequent(row: Counts, own: int, size: int, words: int) -> bool:
    """Whether a unit stands as often as one has to that goes.

    Args:
        row: What is known of it.
        own: Its words.
        size: Its tokens.
        words: Words of the text.
    """
    times = int(row[TIMES])
    if own >= REFRAIN_WORDS:
        return times > 1
    needed = STATEMENT_TIMES[own] if row[STATES] else CALL_TIMES[own]
    return times >= needed and 1000 * times * size >= REFRAIN_PERMILLE * words
