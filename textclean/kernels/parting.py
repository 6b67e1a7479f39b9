"""The sentences of a text; what stands alone elsewhere in it is parted from what is around it."""

import numpy as np

from textclean.kernels.arrays import Bytes, Flags, Starts
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.recurrence import END, FIRST, LAST, START, new_slots, slot_of
from textclean.kernels.units import place_sentences
from textclean.kernels.words import BLANK


@allocating_kernel
def cut_sentences(
    points: Codes,
    classes: Bytes,
    words: tuple[Starts, Starts, Starts],
    parts: tuple[Starts, Flags, Starts],
    least: int,
) -> Starts:
    """Return the sentences of paragraphs; what is one elsewhere stands by itself.

    Args:
        points: ``uint32[n]``, the code points of the text.
        classes: What each code point is.
        words: Where words start, their numbers, and what could end a sentence (``find_ends``).
        parts: Paragraphs, of which there are sizes, and these, as for ``place_sentences``.
        least: Words of what is parted.
    """
    starts, numbers, stops = words
    rows, asked, sizes = parts
    sentences = place_sentences(points, classes, starts, rows, asked, sizes)
    return part_known(points, classes, numbers, sentences, stops, least)


@allocating_kernel
def part_known(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes, classes: Bytes, numbers: Starts, rows: Starts, stops: Starts, least: int
) -> Starts:
    """Return sentences, parted around the pieces that have all the words of another sentence.

    Args:
        points: ``uint32[n]``, the code points of the text.
        classes: What each code point is.
        numbers: ``int32[words]``.
        rows: ``int32[n, 4]``: sentences without white space around, in order.
        stops: ``int32[m, 3]``, in order: where what could end a sentence starts and ends, and the
            first word behind it.
        least: Words of such a piece.
    """
    slots, count, at = new_slots(len(rows)), 0, 0
    for number in range(len(rows)):
        first, last = rows[number, FIRST], rows[number, LAST]
        if last - first >= least:
            slots[slot_of(numbers, rows, first, last, slots)] = number + 1
    found = np.empty((len(rows) + len(stops), 4), np.int32)
    for number in range(len(rows)):
        start, end = rows[number, START], rows[number, END]
        begin, first = start, rows[number, FIRST]  # of a piece
        reached, kept = begin, first  # of what is not put out yet
        while at < len(stops) and stops[at, 0] < start:
            at += 1
        is_within = at < len(stops) and stops[at, 1] <= end
        while is_within or begin > start:
            stop = stops[at, 1] if is_within else end
            last = stops[at, 2] if is_within else rows[number, LAST]
            is_piece = begin > start or stop < end
            if (
                is_piece
                and last - first >= least
                and slots[slot_of(numbers, rows, first, last, slots)]
            ):
                count += put_words(points, classes, (reached, begin, kept, first), found[count:])
                count += put_words(points, classes, (begin, stop, first, last), found[count:])
                reached, kept = stop, last
            begin, first = stop, last
            if not is_within:
                break
            at += 1
            is_within = at < len(stops) and stops[at, 1] <= end
        rest = reached, end, kept, rows[number, LAST]
        count += put_words(points, classes, rest, found[count:])
    return found[:count]


@kernel
def put_words(
    points: Codes, classes: Bytes, unit: tuple[int, int, int, int], found: Starts
) -> bool:
    """Fill in the first row with a unit, without white space around; not one without words."""
    start, end, first, last = unit
    if first == last:
        return False
    while classes[points[start]] & BLANK:
        start += 1
    while classes[points[end - 1]] & BLANK:
        end -= 1
    found[0, START], found[0, END], found[0, FIRST], found[0, LAST] = start, end, first, last
    return True
