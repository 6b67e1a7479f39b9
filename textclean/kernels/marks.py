"""Where characters stand that may end a sentence or change what it says.

What each character may be, its *marks*, the caller says: a byte for each of the first 65,536.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Starts
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.signs import GAP_SHIFT, LINE
from textclean.kernels.words import BLANK, DECIMAL

#: Code points that marks are kept for.
MARKED = 0x10000

#: May end a sentence inside a line; in most languages, before white space, and without; what may
#: stand behind such an end; what the segmenter takes long for, the second of them where no blank
#: follows; what makes equal words another statement, the second of them before a figure.
INNER, POSSIBLE, WIDE, CLOSING = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
COSTLY, COSTLY_ALONE, SIGN, DASH = np.uint8(16), np.uint8(32), np.uint8(64), np.uint8(128)

#: What may close behind the end of a sentence.
MOST_CLOSING = 3

LINE_FEED = np.uint32(ord("\n"))
#: Of an entry of the ``SignTable``: ends a line.
LINE_END = np.uint32(LINE) << GAP_SHIFT


@kernel
def has_between(points: Codes, ranges: Starts) -> bool:
    """Whether any code point is in one of some ranges, ``int32[n, 2]``: the first and the last.

    Args:
        points: ``uint32[n]``.
        ranges: In ascending order.
    """
    lowest = ranges[0, 0]
    for point in points:
        if point < lowest:
            continue
        for number in range(len(ranges)):
            if ranges[number, 0] <= point <= ranges[number, 1]:
                return True
    return False


@allocating_kernel
def find_marked(points: Codes, marks: Bytes, entries: Codes) -> Starts:
    """Return where a character stands that has a mark or ends a line, ``int32[found]``.

    Args:
        points: ``uint32[n]``, the code points of the text.
        marks: What each may be.
        entries: Of the ``SignTable``.
    """
    found, count = np.empty(len(points), np.int32), 0
    for at in range(len(points)):
        point = points[at]
        found[count] = at
        count += point < MARKED and (marks[point] != 0 or entries[point] & LINE_END != 0)
    return found[:count].copy()


@allocating_kernel
def find_signs(points: Codes, marked: Starts, marks: Bytes, classes: Bytes) -> Starts:
    """Return where a ``SIGN`` stands, or a ``DASH`` before a digit, ``int32[found]``."""
    found, count = np.empty(len(marked), np.int32), 0
    for at in marked:
        mark = marks[points[at]]
        if mark & SIGN or (
            mark & DASH and at + 1 < len(points) and classes[points[at + 1]] & DECIMAL
        ):
            found[count] = at
            count += 1
    return found[:count].copy()


@allocating_kernel
def find_ends(
    points: Codes, marked: Starts, marks: Bytes, classes: Bytes, starts: Starts
) -> Starts:
    """Return what could end a sentence in any language: a mark and white space, or a wide one.

    Args:
        points: ``uint32[n]``, the code points of the text.
        marked: From ``find_marked``.
        marks: What each may be.
        classes: What each is.
        starts: ``int32[words]``: where its words start.

    Returns:
        ``int32[found, 3]``: where each starts, where it ends, and the first word behind it.
    """
    found, count, reached, word = np.empty((64, 3), np.int32), 0, 0, 0
    for at in marked:
        if not marks[points[at]] & (POSSIBLE | WIDE) or at < reached:
            continue
        end = end_behind(points, marks, classes, at)
        if end == at:
            continue
        if count == len(found):
            longer = np.empty((2 * count, 3), np.int32)
            longer[:count] = found
            found = longer
        while word < len(starts) and starts[word] < end:
            word += 1
        found[count, 0], found[count, 1], found[count, 2] = at, end, word
        count += 1
        reached = end
    return found[:count]


@kernel
def end_behind(points: Codes, marks: Bytes, classes: Bytes, at: int) -> int:
    """Return where a possible end of a sentence ends that starts at a place; the place without."""
    mark = marks[points[at]] if points[at] < MARKED else np.uint8(0)
    if mark & WIDE:
        return at + 1
    end = at + 1
    if not mark & POSSIBLE:
        return at
    while (
        end < len(points)
        and end <= at + MOST_CLOSING
        and points[end] < MARKED
        and marks[points[end]] & CLOSING
    ):
        end += 1
    return end + 1 if end < len(points) and classes[points[end]] & BLANK else at


@kernel
def count_costly(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes, marked: Starts, marks: Bytes, classes: Bytes, rows: Starts, costs: Starts
) -> None:
    """Fill in how many costly marks there are in each unit; -1 where nothing inside may end one.

    Args:
        points: ``uint32[n]``, the code points of the text.
        marked: From ``find_marked``.
        marks: What each may be.
        classes: What each is.
        rows: ``int32[units, 4]``, in order.
        costs: ``int32[units]``, filled.
    """
    place = 0
    for number in range(len(rows)):
        end, cost, is_inner = rows[number, 1], 0, False
        while place < len(marked) and marked[place] < rows[number, 0]:
            place += 1
        while place < len(marked) and marked[place] < end:
            at = marked[place]
            place += 1
            mark = marks[points[at]]
            is_followed = at + 1 < end
            is_inner |= mark & INNER != 0 and is_followed and points[at + 1] != LINE_FEED
            cost += mark & COSTLY != 0
            cost += mark & COSTLY_ALONE != 0 and is_followed and not classes[points[at + 1]] & BLANK
        costs[number] = cost if is_inner else -1
