"""From code points to the lines and sentences of a text: where they are, which words they hold."""

import numpy as np

from textclean.kernels.arrays import Bytes, Flags, Starts
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.jit import allocating_kernel
from textclean.kernels.marks import LINE_END, LINE_FEED
from textclean.kernels.words import BLANK

_RETURN = np.uint32(ord("\r"))


@allocating_kernel
def cut_lines(points: Codes, marked: Starts, entries: Codes, starts: Starts) -> Starts:
    """Return the lines of a text as ``str.splitlines`` cuts them, without their ends.

    A line end is followed by one more line, if an empty one.

    Args:
        points: ``uint32[n]``, the code points of the text.
        marked: From ``find_marked``.
        entries: Of the ``SignTable``.
        starts: ``int32[words]``: where its words start.

    Returns:
        ``int32[lines, 4]``: where each starts and ends, its first word, and the one behind it.
    """
    rows = np.empty((len(marked) + 1, 4), np.int32)
    number, start, word, size = 0, 0, 0, len(points)
    for place in range(len(marked) + 1):
        at = marked[place] if place < len(marked) else size
        if at < start or (at < size and not entries[points[at]] & LINE_END):
            continue
        rows[number, 0], rows[number, 1], rows[number, 2] = start, at, word
        while word < len(starts) and starts[word] < at:
            word += 1
        rows[number, 3] = word
        number += 1
        is_pair = at + 1 < size and points[at] == _RETURN and points[at + 1] == LINE_FEED
        start = at + 1 + is_pair
    return rows[:number]


@allocating_kernel
def place_sentences(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes, classes: Bytes, starts: Starts, rows: Starts, asked: Flags, sizes: Starts
) -> Starts:
    """Return the pieces of paragraphs that hold a word, without white space around.

    Args:
        points: ``uint32[n]``, the code points of the text.
        classes: What each code point is.
        starts: ``int32[words]``: where its words start.
        rows: ``int32[paragraphs, 4]``, in order.
        asked: ``bool[paragraphs]``: of which there are sizes; another one is one piece.
        sizes: Of their pieces, which fill them; behind each paragraph one number more.

    Returns:
        ``int32[sentences, 4]``: where each starts and ends, its first word, and the one behind it.
    """
    found = np.empty((len(rows) + len(sizes), 4), np.int32)
    number, word, place = 0, 0, 0
    for paragraph in range(len(rows)):
        reached = rows[paragraph, 0]
        while reached < rows[paragraph, 1]:
            start, end = reached, rows[paragraph, 1]
            if asked[paragraph]:
                end = reached + sizes[place]
                place += 1
            reached = end
            while word < len(starts) and starts[word] < start:
                word += 1
            while start < end and classes[points[start]] & BLANK:
                start += 1
            while end > start and classes[points[end - 1]] & BLANK:
                end -= 1
            found[number, 0], found[number, 1], found[number, 2] = start, end, word
            while word < len(starts) and starts[word] < end:
                word += 1
            found[number, 3] = word
            number += found[number, 2] < word
        place += asked[paragraph]
    return found[:number]
