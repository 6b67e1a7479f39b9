"""Which sentences, lines or paragraphs of a text share words with others of their kind.

All work on word numbers (``words.cut_words``): two words are equal if and only if their numbers
are. What is looked up by hash is compared word by word, is only nominated for a closer look, or
is told apart by 64 bits.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Starts, Unsigned
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR, TOKEN_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel

#: Columns of the rows that units are: where they start and end in the text, the first of their
#: words, and the one behind the last.
START, END, FIRST, LAST = 0, 1, 2, 3

#: Slots of a table, at least.
SMALLEST_BITS = 6

#: In place of the number of any word that begins with a digit.
ANY_FIGURE = -1


@allocating_kernel
def new_slots(count: int) -> Starts:
    """Return an empty table for so many entries: one more than the number of each, by hash."""
    bits = SMALLEST_BITS
    while 1 << bits < 2 * count:
        bits += 1
    return np.zeros(1 << bits, np.int32)


@kernel
def sequence_hash(numbers: Starts, first: int, last: int) -> Unsigned:
    """Return a hash of words in their order."""
    value = np.uint64(last - first)
    for place in range(first, last):
        value = (value ^ (value >> HALF)) * SHINGLE_FACTOR + np.uint64(numbers[place])
    value = (value ^ (value >> HALF)) * TOKEN_FACTOR
    return value ^ (value >> HALF)


@kernel
def is_same(numbers: Starts, one: int, two: int, size: int) -> bool:
    """Whether the same words follow two places."""
    same = 0
    while same < size and numbers[one + same] == numbers[two + same]:
        same += 1
    return bool(same == size)


@kernel
def slot_of(numbers: Starts, rows: Starts, first: int, last: int, slots: Starts) -> int:
    """Return the slot of the unit that has all these words, or the empty one where it would be."""
    mask, size = len(slots) - 1, last - first
    slot = int(sequence_hash(numbers, first, last)) & mask
    while slots[slot]:
        other = rows[slots[slot] - 1, FIRST], rows[slots[slot] - 1, LAST]
        if other[1] - other[0] == size and is_same(numbers, other[0], first, size):
            break
        slot = slot + 1 & mask
    return slot


@allocating_kernel
def count_same(numbers: Starts, rows: Starts, times: Starts) -> None:
    """Fill in how many units have the same words in the same order as each.

    Args:
        numbers: ``int32[words]``.
        rows: ``int32[n, 4]``.
        times: ``int32[n]``, filled.
    """
    slots = new_slots(len(rows))
    firsts = np.empty(len(rows), np.int32)
    for number in range(len(rows)):
        slot = slot_of(numbers, rows, rows[number, FIRST], rows[number, LAST], slots)
        if slots[slot] == 0:
            slots[slot] = number + 1
        firsts[number] = slots[slot] - 1
        times[number] = 0
        times[firsts[number]] += 1
    for number in range(len(rows)):
        times[number] = times[firsts[number]]


@allocating_kernel
def cover(numbers: Starts, rows: Starts, size: int, within: Bytes) -> None:
    """Mark the words in sequences that stand more than once in units.

    Args:
        numbers: ``int32[words]``.
        rows: ``int32[n, 4]``.
        size: Words of a sequence.
        within: ``uint8[words]``, zeros, filled.
    """
    total = 0
    for number in range(len(rows)):
        total += max(0, rows[number, LAST] - rows[number, FIRST] - size + 1)
    slots = new_slots(total)
    mask, begins = len(slots) - 1, np.zeros(len(within), np.uint8)
    for number in range(len(rows)):
        for place in range(rows[number, FIRST], rows[number, LAST] - size + 1):
            slot = int(sequence_hash(numbers, place, place + size)) & mask
            while slots[slot] and not is_same(numbers, slots[slot] - 1, place, size):
                slot = slot + 1 & mask
            if slots[slot]:
                begins[place] = begins[slots[slot] - 1] = 1
            else:
                slots[slot] = place + 1
    reached = 0
    for place in range(len(within)):
        reached = place + size if begins[place] else reached
        within[place] = place < reached


@kernel
def find_covered(within: Bytes, figures: Bytes, rows: Starts, permille: int, chosen: Bytes) -> None:
    """Choose the units of whose words so many of 1,000 are marked; figures count neither way.

    Args:
        within: ``uint8[words]``, from ``cover``.
        figures: ``uint8[words]``: whether each is a figure.
        rows: ``int32[n, 4]``.
        permille: Share.
        chosen: ``uint8[n]``, filled; 0 where no word is marked.
    """
    for number in range(len(rows)):
        marked, own, words = 0, 0, 0
        for place in range(rows[number, FIRST], rows[number, LAST]):
            marked += int(within[place])
            own += int(within[place] and figures[place] == 0)
            words += figures[place] == 0
        chosen[number] = marked > 0 and 1000 * own >= permille * words


@kernel
def bag_hashes(numbers: Starts, rows: Starts, bags: Longs) -> None:
    """Fill in hashes of the words of units in any order; words with a negative number are none.

    Args:
        numbers: ``int32[words]``.
        rows: ``int32[n, 4]``.
        bags: ``uint64[n]``, filled.
    """
    for number in range(len(rows)):
        total = np.uint64(0)
        for place in range(rows[number, FIRST], rows[number, LAST]):
            if numbers[place] >= 0:
                total += word_weight(np.uint64(numbers[place]))
        bags[number] = total


@kernel
def word_weight(number: Unsigned) -> Unsigned:
    """Return what a word adds to the hash of a bag."""
    value = (number + np.uint64(1)) * TOKEN_FACTOR
    return (value ^ (value >> HALF)) * SHINGLE_FACTOR


@allocating_kernel
def find_equal(hashes: Longs, chosen: Bytes) -> None:
    """Choose those of the hashes chosen already that another one of them is equal to.

    Args:
        hashes: ``uint64[n]``.
        chosen: ``uint8[n]``: changed.
    """
    slots, counted = new_slots(len(hashes)), np.zeros(len(hashes), np.int32)
    firsts = np.empty(len(hashes), np.int32)
    for number in range(len(hashes)):
        if chosen[number]:
            firsts[number] = enter_hash(hashes, number, slots)
            counted[firsts[number]] += 1
    for number in range(len(hashes)):
        chosen[number] = chosen[number] != 0 and counted[firsts[number]] > 1


@kernel
def find_periodic(numbers: Starts, rows: Starts, longest: int, periods: int, chosen: Bytes) -> None:
    """Choose the units in which words stand again and again at an even distance.

    Args:
        numbers: ``int32[words]``.
        rows: ``int32[n, 4]``.
        longest: Words of the longest period.
        periods: How many have to follow each other.
        chosen: ``uint8[n]``, filled.
    """
    for number in range(len(rows)):
        first, last = rows[number, FIRST], rows[number, LAST]
        chosen[number] = 0
        for period in range(1, min(longest, (last - first) // periods) + 1):
            matched = 0
            for place in range(first + period, last):
                matched = matched + 1 if numbers[place] == numbers[place - period] else 0
                if matched >= (periods - 1) * period:
                    chosen[number] = 1
                    break


@allocating_kernel
def find_different(numbers: Starts, rows: Starts, least: int, chosen: Bytes) -> None:
    """Choose the first of the units with the same words, if they have so many.

    Args:
        numbers: ``int32[words]``.
        rows: ``int32[n, 4]``.
        least: Words.
        chosen: ``uint8[n]``, filled.
    """
    slots = new_slots(len(rows))
    for number in range(len(rows)):
        first, last = rows[number, FIRST], rows[number, LAST]
        slot = slot_of(numbers, rows, first, last, slots)
        chosen[number] = last - first >= least and slots[slot] == 0
        if chosen[number]:
            slots[slot] = number + 1


@allocating_kernel
def count_alike(numbers: Starts, wide: Bytes, rows: Starts, size: int) -> int:
    """Return how many units begin or end with the same words as another one does.

    Args:
        numbers: ``int32[words]``.
        wide: ``uint8[words]``: whether each is of a script without spaces.
        rows: ``int32[n, 4]``.
        size: Words of a beginning or an end; twice as many where one is of such a script.
    """
    firsts, lasts = new_slots(len(rows)), new_slots(len(rows))
    hashes, times = np.empty((2, len(rows)), np.uint64), np.zeros((2, len(rows)), np.int32)
    same = np.empty((2, len(rows)), np.int32)
    for number in range(len(rows)):
        first, last = rows[number, FIRST], rows[number, LAST]
        edge = size
        for place in range(first, last):
            edge = 2 * size if wide[place] else edge
        edge = min(edge, last - first)
        hashes[0, number] = sequence_hash(numbers, first, first + edge)
        hashes[1, number] = sequence_hash(numbers, last - edge, last)
        same[0, number] = enter_hash(hashes[0], number, firsts)
        same[1, number] = enter_hash(hashes[1], number, lasts)
        times[0, same[0, number]] += 1
        times[1, same[1, number]] += 1
    alike = 0
    for number in range(len(rows)):
        alike += times[0, same[0, number]] > 1 or times[1, same[1, number]] > 1
    return alike


@kernel
def enter_hash(hashes: Longs, number: int, slots: Starts) -> int:
    """Return the number of the first hash that is equal to this one, itself if it is that."""
    mask = len(slots) - 1
    slot = int(hashes[number]) & mask
    while slots[slot] and hashes[slots[slot] - 1] != hashes[number]:
        slot = slot + 1 & mask
    if slots[slot] == 0:
        slots[slot] = number + 1
    return int(slots[slot] - 1)
