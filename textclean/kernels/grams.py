"""Which n-grams of words stand in many sentences: what a stuffed phrase is looked for among.

All work on word numbers (``words.cut_words``), and exactly: an n-gram is known by the one that is
a word shorter and by its last word.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Starts, Unsigned
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR, TOKEN_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.recurrence import FIRST, LAST, new_slots

#: Columns of what is known of an n-gram: where it stands first, in how many sentences, and the end
#: of the last of these.
PLACE, MENTIONS, SENTENCE = 0, 1, 2

PAIR = 2


class Grams(NamedTuple):
    """N-grams of one length.

    Attributes:
        rows: ``int32[n, 3]``.
        of: ``int32[words]``: the number of the one at each word; -1 without.
    """

    rows: Starts
    of: Starts


@allocating_kernel
def find_grams(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    numbers: Starts,
    rows: Starts,
    often: Bytes,
    edges: Bytes,
    least: int,
    needed: Starts,
    found: Starts,
) -> int:
    """Find the n-grams that begin and end with content and stand in so many sentences.

    Args:
        numbers: ``int32[words]``.
        rows: ``int32[sentences, 4]``.
        often: ``uint8[words]``: whether each word stands ``least`` times.
        edges: ``uint8[words]``: 0 for what no phrase has in it, 1 for what it has inside only, 2
            for what it may begin and end with.
        least: N-grams that stand in fewer sentences are in no longer one.
        needed: ``int32[longest + 1]``, by length: sentences.
        found: ``int32[2 * words, 3]``, filled: where each stands first, its words, its sentences.

    Returns:
        How many there are; by length, then by where they stand first.
    """
    ends = np.zeros(len(numbers) + 1, np.int32)
    for number in range(len(rows)):
        ends[rows[number, FIRST] : rows[number, LAST]] = rows[number, LAST]
    before, count = recurring_pairs(numbers, often, least), 0
    of = numbers
    for length in range(PAIR, len(needed)):
        grams = lengthen(numbers, of, before, ends, length)
        for number in range(len(grams.rows)):
            place, mentions = grams.rows[number, PLACE], grams.rows[number, MENTIONS]
            if mentions >= needed[length] and has_edges(edges, place, place + length):
                found[count, 0], found[count, 1], found[count, 2] = place, length, mentions
                count += 1
        of = grams.of
        for place in range(len(numbers)):
            before[place] = of[place] >= 0 and grams.rows[of[place], MENTIONS] >= least
    return count


@kernel
def has_edges(edges: Bytes, first: int, last: int) -> bool:
    """Whether words may be a phrase by those it begins and ends with, and by those inside."""
    lowest = edges[first]
    for place in range(first, last):
        lowest = min(lowest, edges[place])
    return bool(lowest > 0 and edges[first] > 1 and edges[last - 1] > 1)


@allocating_kernel
def recurring_pairs(numbers: Starts, often: Bytes, least: int) -> Bytes:
    """Return for each word whether the pair there stands so often, 0 behind the last."""
    before = np.zeros(len(numbers) + 1, np.uint8)
    total = 0
    for place in range(len(numbers) - 1):
        before[place] = often[place] & often[place + 1]
        total += int(before[place])
    slots, times = new_slots(total), np.zeros(total + 1, np.int32)
    keys, of = np.empty(total + 1, np.uint64), np.zeros(len(numbers), np.int32)
    count = 0
    for place in range(len(numbers) - 1):
        if before[place]:
            keys[count] = key_of(numbers[place], numbers[place + 1])
            of[place] = enter(keys, count, slots)
            count += of[place] == count
            times[of[place]] += 1
    for place in range(len(numbers)):
        before[place] = before[place] and times[of[place]] >= least
    return before


@kernel
def key_of(shorter: int, word: int) -> Unsigned:
    """Return what an n-gram is known by."""
    return np.uint64(shorter) << HALF | np.uint64(word)


@kernel
def enter(keys: Longs, count: int, slots: Starts) -> int:
    """Return the number of the key that is equal to the one behind the last, ``count`` if new."""
    mask, value = len(slots) - 1, keys[count] * TOKEN_FACTOR
    slot = int((value ^ (value >> HALF)) * SHINGLE_FACTOR >> HALF) & mask
    while slots[slot] and keys[slots[slot] - 1] != keys[count]:
        slot = slot + 1 & mask
    if slots[slot] == 0:
        slots[slot] = count + 1
    return int(slots[slot] - 1)


@allocating_kernel
def lengthen(numbers: Starts, of: Starts, before: Bytes, ends: Starts, length: int) -> Grams:
    """Return the n-grams of a length in sentences.

    Args:
        numbers: ``int32[words]``.
        of: ``int32[words]``: the number of the n-gram one word shorter at each.
        before: ``uint8[words + 1]``: whether that stands often enough, 0 behind the last.
        ends: ``int32[words + 1]``: the word behind the sentence of each; 0 outside sentences.
        length: Words.
    """
    total = 0
    for place in range(len(numbers)):
        total += int(before[place])
    slots, keys = new_slots(total), np.empty(total + 1, np.uint64)
    rows, own = np.empty((total, 3), np.int32), np.full(len(numbers), -1, np.int32)
    count = 0
    for place in range(len(numbers)):
        is_part = length == PAIR or before[place + 1]
        if not before[place] or not is_part or place + length > ends[place]:
            continue
        keys[count] = key_of(of[place], numbers[place + length - 1])
        number = enter(keys, count, slots)
        if number == count:
            rows[count, PLACE], rows[count, MENTIONS], rows[count, SENTENCE] = place, 0, -1
            count += 1
        rows[number, MENTIONS] += rows[number, SENTENCE] != ends[place]
        rows[number, SENTENCE] = ends[place]
        own[place] = number
    return Grams(rows[:count], own)
