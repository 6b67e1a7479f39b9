"""Which units of a text a level of repetition looks at: by number, each answer in one call.

Units are rows, ``int32[n, 4]``: where each starts and ends, its first word, and the one behind.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Flags, Starts
from textclean.kernels.grams import find_grams
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.recurrence import (
    ANY_FIGURE,
    FIRST,
    LAST,
    bag_hashes,
    count_alike,
    count_same,
    cover,
    find_covered,
    find_different,
    find_equal,
    sequence_hash,
)
from textclean.kernels.words import ALPHA, DECIMAL, FIGURE, UNSPACED

#: Slots in which three words in a row are counted; several may share one.
TRIPLE_BITS = 12


@allocating_kernel
def places_of(chosen: Bytes) -> Starts:
    """Return the numbers of what is chosen, ``int32[n]``."""
    found, count = np.empty(len(chosen), np.int32), 0
    for number in range(len(chosen)):
        found[count] = number
        count += chosen[number] != 0
    return found[:count]


@allocating_kernel
def choose_repeated(numbers: Starts, kinds: Bytes, rows: Starts, needed: Starts) -> Starts:
    """Return the units that stand more than once and have enough words, figures aside.

    Args:
        numbers: ``int32[words]``.
        kinds: ``uint8[words]``.
        rows: Units.
        needed: How many words, by how often a unit stands, the last of them for more, too.
    """
    times, chosen = np.empty(len(rows), np.int32), np.zeros(len(rows), np.uint8)
    count_same(numbers, rows, times)
    for number in range(len(rows)):
        if times[number] > 1:
            words = 0
            for place in range(rows[number, FIRST], rows[number, LAST]):
                words += kinds[place] & (ALPHA | UNSPACED) != 0
            chosen[number] = words >= needed[min(times[number], len(needed) - 1)]
    return places_of(chosen)


@allocating_kernel
def choose_covered(numbers: Starts, kinds: Bytes, rows: Starts, size: int, permille: int) -> Starts:
    """Return the units most of which lies in sequences that stand more than once in units.

    Args:
        numbers: ``int32[words]``.
        kinds: ``uint8[words]``.
        rows: Units.
        size: Words of a sequence.
        permille: How many of 1,000 words have to, figures aside.
    """
    within, chosen = np.zeros(len(numbers), np.uint8), np.empty(len(rows), np.uint8)
    cover(numbers, rows, size, within)
    find_covered(within, kinds & FIGURE, rows, permille, chosen)
    return places_of(chosen)


@allocating_kernel
def choose_equal(numbers: Starts, rows: Starts, least: int, most: int) -> Starts:
    """Return the units of so many words that may have those of another one in any order."""
    bags, chosen = np.empty(len(rows), np.uint64), np.empty(len(rows), np.uint8)
    for number in range(len(rows)):
        chosen[number] = least <= rows[number, LAST] - rows[number, FIRST] <= most
    bag_hashes(numbers, rows, bags)
    find_equal(bags, chosen)
    return places_of(chosen)


@allocating_kernel
def choose_same_start(numbers: Starts, rows: Starts, least: int, most: int, size: int) -> Starts:
    """Return the units of so many words that may begin with as many words as another one does.

    Args:
        numbers: ``int32[words]``.
        rows: Units.
        least: Words of a unit; more than of a beginning.
        most: The same.
        size: Words of a beginning.
    """
    hashes, chosen = np.zeros(len(rows), np.uint64), np.zeros(len(rows), np.uint8)
    for number in range(len(rows)):
        first, last = rows[number, FIRST], rows[number, LAST]
        if least <= last - first <= most:
            chosen[number] = 1
            hashes[number] = sequence_hash(numbers, first, first + size)
    find_equal(hashes, chosen)
    return places_of(chosen)


@allocating_kernel
def choose_within(numbers: Starts, listed: Flags, rows: Starts, units: Starts) -> Starts:
    """Return the rows of the units all of whose words are listed or in some units.

    Args:
        numbers: ``int32[words]``.
        listed: ``bool[distinct]``.
        rows: Units.
        units: Those whose words are allowed, as rows.
    """
    allowed = listed.copy()
    for number in range(len(units)):
        for place in range(units[number, FIRST], units[number, LAST]):
            allowed[numbers[place]] = True
    chosen = np.ones(len(rows), np.uint8)
    for number in range(len(rows)):
        for place in range(rows[number, FIRST], rows[number, LAST]):
            if not allowed[numbers[place]]:
                chosen[number] = 0
                break
    return rows[places_of(chosen)]


@allocating_kernel
def choose_crowded(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    numbers: Starts,
    kinds: Bytes,
    rows: Starts,
    grammar: Flags,
    again: int,
    times: int,
    wide_times: int,
) -> Starts:
    """Return the units in which words stood before, and one of them as often as a keyword.

    Args:
        numbers: ``int32[words]``.
        kinds: ``uint8[words]``.
        rows: Units.
        grammar: ``bool[distinct]``: words that are no keyword.
        again: How many words stood before.
        times: How often a keyword stands.
        wide_times: How often three words in a row stand, in a unit with one of a script without
            spaces; as often may others do that are counted together.
    """
    counted, chosen = np.zeros(len(grammar), np.int32), np.empty(len(rows), np.uint8)
    together = np.zeros(1 << TRIPLE_BITS, np.int32)
    for number in range(len(rows)):
        first, last = rows[number, FIRST], rows[number, LAST]
        repeats, most, is_wide = 0, 0, False
        for place in range(first, last):
            counted[numbers[place]] += 1
            standing = counted[numbers[place]]
            repeats += standing > 1
            most = most if grammar[numbers[place]] else max(most, standing)
            is_wide |= kinds[place] & UNSPACED != 0
        for place in range(first, last):
            counted[numbers[place]] = 0
        is_keyword = most >= times or (
            is_wide and most_triples(numbers, first, last, together) >= wide_times
        )
        chosen[number] = repeats >= again and is_keyword
    return places_of(chosen)


@kernel
def most_triples(numbers: Starts, first: int, last: int, together: Starts) -> int:
    """Return how often three words in a row stand, at most; counted in zeros, which are restored.

    Args:
        numbers: ``int32[words]``.
        first: Word.
        last: The one behind the last.
        together: ``int32[1 << TRIPLE_BITS]``, zeros.
    """
    most = 0
    for place in range(first, last - 2):
        slot = int(sequence_hash(numbers, place, place + 3)) & (len(together) - 1)
        together[slot] += 1
        most = max(most, together[slot])
    for place in range(first, last - 2):
        together[int(sequence_hash(numbers, place, place + 3)) & (len(together) - 1)] = 0
    return most


@allocating_kernel
def choose_different(numbers: Starts, kinds: Bytes, rows: Starts, least: int) -> tuple[Starts, int]:
    """Return the first of the units with the same words, and how many of them are built alike.

    Args:
        numbers: ``int32[words]``.
        kinds: ``uint8[words]``.
        rows: Units.
        least: Words of such a unit, and of a beginning or an end that two share.
    """
    chosen = np.empty(len(rows), np.uint8)
    find_different(numbers, rows, least, chosen)
    found = rows[places_of(chosen)]
    return found, count_built_alike(numbers, kinds, found, least)


@allocating_kernel
def count_built_alike(numbers: Starts, kinds: Bytes, rows: Starts, size: int) -> int:
    """Return how many units begin or end with the same words as another one, figures aside.

    Args:
        numbers: ``int32[words]``.
        kinds: ``uint8[words]``.
        rows: Units with different words.
        size: How many words that is; twice as many where one is of a script without spaces.
    """
    plain = np.empty(len(numbers), np.int32)
    for place in range(len(numbers)):
        plain[place] = ANY_FIGURE if kinds[place] & DECIMAL else numbers[place]
    return count_alike(plain, kinds & UNSPACED, rows, size)


@allocating_kernel
def choose_grams(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    numbers: Starts, kinds: Bytes, rows: Starts, inner: Flags, least: int, needed: Starts
) -> Starts:
    """Return the n-grams that begin and end with content and stand in enough units.

    Args:
        numbers: ``int32[words]``.
        kinds: ``uint8[words]``.
        rows: Units.
        inner: ``bool[distinct]``: words that an n-gram may have inside only.
        least: What stands less often is not looked at.
        needed: ``int32[longest + 1]``: units, by length of the n-gram.

    Returns:
        ``int32[n, 3]``: where each stands first, its words, its units.
    """
    times, often = np.zeros(len(inner), np.int32), np.zeros(len(numbers), np.uint8)
    most = 0
    for number in numbers:
        times[number] += 1
        most = max(most, times[number])
    if most < least:
        return np.empty((0, 3), np.int32)
    edges = np.zeros(len(numbers), np.uint8)
    for place in range(len(numbers)):
        often[place] = times[numbers[place]] >= least
        if kinds[place] & ALPHA:
            edges[place] = 1 if inner[numbers[place]] else 2
    found = np.empty((2 * len(numbers) + 2, 3), np.int32)
    return found[: find_grams(numbers, rows, often, edges, least, needed, found)].copy()


@allocating_kernel
def find_sequence(numbers: Starts, wanted: Starts) -> Starts:
    """Return where some words stand in a row, ``int32[n]``."""
    found, count, size = np.empty(len(numbers), np.int32), 0, len(wanted)
    for place in range(len(numbers) - size + 1):
        same = 0
        while same < size and numbers[place + same] == wanted[same]:
            same += 1
        if same == size:
            found[count] = place
            count += 1
    return found[:count].copy()
