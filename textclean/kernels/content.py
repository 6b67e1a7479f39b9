"""Which words of sentences state something: those of no introduction, and no fillers.

The same as ``stages/repetition/content.py`` says of one sentence, for all of them in one call.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Flags, Starts
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.choosing import places_of
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.recurrence import FIRST, LAST, bag_hashes, find_equal

#: What a word of a sentence is: part of its core, and of its content.
CORE, CONTENT = np.uint8(1), np.uint8(2)


class Introductions(NamedTuple):
    """Sequences of listed words that lead into a statement, by their first word.

    Attributes:
        of: ``int32[listed + 2]``: the first sequence that begins with each word, and so the one
            behind its last.
        places: ``int32[sequences + 1]``: where each begins.
        words: ``int32``: their numbers, one sequence behind the other.
        marks: ``uint32``: the characters that set one off inside a sentence.
    """

    of: Starts
    places: Starts
    words: Starts
    marks: Codes


@allocating_kernel
def mark_content(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes,
    words: Starts,
    listed: Starts,
    rows: Starts,
    introductions: Introductions,
    light: Flags,
    least: int,
) -> Bytes:
    """Return for each word whether it is ``CORE`` and ``CONTENT`` of its sentence.

    Args:
        points: ``uint32[n]``, the code points of the text.
        words: ``int32[3, words]``: where each starts and ends, and its number.
        listed: ``int32[distinct]``: which listed word that is, 0 without.
        rows: ``int32[sentences, 4]``.
        introductions: Of the language.
        light: ``bool[listed + 1]``: which words add nothing.
        least: Words of a core; a sentence with fewer is its own.
    """
    own, found = listed[words[2]], np.zeros(len(words[2]), np.uint8)
    following = np.empty(len(own), np.int32)
    for number in range(len(rows)):
        first, last = rows[number, FIRST], rows[number, LAST]
        found[first:last] = CORE
        left_out = leave_out(points, words, own, rows[number], introductions, following, found)
        if last - first - left_out < least:
            found[first:last] = CORE
        for place in range(first, last):
            if found[place] and not light[own[place]]:
                found[place] |= CONTENT
    return found


@kernel
def leave_out(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes,
    words: Starts,
    own: Starts,
    row: Starts,
    introductions: Introductions,
    following: Starts,
    found: Bytes,
) -> int:
    """Set the marks of the introductions of a sentence to 0; return of how many words.

    Args:
        points: The code points of the text.
        words: Where its words start and end.
        own: ``int32[words]``: which listed word each is.
        row: The sentence.
        introductions: Of the language.
        following: ``int32[words]``: room: the first word left at or behind each.
        found: ``uint8[words]``: changed.
    """
    first, last, count = row[FIRST], row[LAST], 0
    for place in range(last - 1, first - 1, -1):  # what follows is as it is left
        following[place] = place
        if introductions.of[own[place]] == introductions.of[own[place] + 1]:
            continue
        after = place
        for _ in range(introduction_at(points, words, own, row, introductions, place)):
            if after < last:
                found[after] = 0
                count += 1
                after = following[after + 1] if after + 1 < last else last
        following[place] = after
    return count


@kernel
def introduction_at(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes,
    words: Starts,
    own: Starts,
    row: Starts,
    introductions: Introductions,
    place: int,
) -> int:
    """Return the length of the introduction that stands at a word of a sentence, 0 without one."""
    first, last = row[FIRST], row[LAST]
    for number in range(introductions.of[own[place]], introductions.of[own[place] + 1]):
        begin = introductions.places[number]
        size, same = introductions.places[number + 1] - begin, 0
        if place + size > last:
            continue
        while same < size and introductions.words[begin + same] == own[place + same]:
            same += 1
        if same < size:
            continue
        if place == first:
            return int(size)
        ends = place + size == last or is_set_off(points, words, introductions, place + size)
        return int(size) if ends and is_set_off(points, words, introductions, place) else 0
    return 0


@kernel
def is_set_off(points: Codes, words: Starts, introductions: Introductions, number: int) -> bool:
    """Whether a comma or dash stands before a word."""
    for at in range(words[1, number - 1], words[0, number]):
        for mark in introductions.marks:
            if points[at] == mark:
                return True
    return False


@allocating_kernel
def choose_of_one_content(numbers: Starts, marked: Bytes, rows: Starts) -> Starts:
    """Return the sentences that may have the content of another one, in any order.

    Args:
        numbers: ``int32[words]``.
        marked: ``uint8[words]``, from ``mark_content``.
        rows: ``int32[n, 4]``.
    """
    own, bags = np.empty(len(numbers), np.int32), np.empty(len(rows), np.uint64)
    for place in range(len(numbers)):
        own[place] = numbers[place] if marked[place] & CONTENT else -1
    bag_hashes(own, rows, bags)
    chosen = np.ones(len(rows), np.uint8)
    find_equal(bags, chosen)
    return places_of(chosen)
