"""The runs of many texts, decoded where they leave no doubt; what was misread twice, in one go."""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Spans, Starts, Words
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.misread import UNKNOWN, MisreadTable, leaves_no_doubt
from textclean.kernels.sequences import NOT_WHOLE, UNDECIDED, decode, sequence
from textclean.kernels.sound import is_sound

#: In place of the bits for code pages: nothing of a run was misread.
SOUND = 1 << 14
#: Texts with more runs are read line by line; which pages share theirs is not asked.
_FEW_RUNS = 64
#: Characters on either side that a judgement may look at.
_NEIGHBORS = 3


@kernel
def _explaining(points: Words, start: int, end: int, first: int, table: MisreadTable) -> int:
    """Return a bit for each code page, from ``first`` on, in which a run is whole sequences.

    ``UNKNOWN`` is added where one of them cannot be told here.
    """
    found = 0
    for page in range(first, len(table.bytes_of)):
        at, length = start, 1
        result = 0
        while at < end and length:
            result, length = sequence(points, at, end, table.bytes_of[page])
            at += length
        if length:
            found |= 1 << page
        elif result == UNDECIDED:
            found |= UNKNOWN
    return found


@kernel
def _clear_runs(  # noqa: PLR0913, PLR0917 - a kernel fills what its caller gives
    points: Words,
    spans: Spans,
    table: MisreadTable,
    explaining: Starts,
    out: Words,
    offsets: Counts,
) -> None:
    """Decode each run of one text that leaves no doubt; see ``clear_texts``."""
    reached, runs = 0, len(explaining)
    for number in range(runs):
        start, end = spans[0, number], spans[1, number]
        offsets[number] = reached
        explaining[number] = 0
        count = NOT_WHOLE
        for page in range(len(table.bytes_of)):
            room = out[reached:]
            count = decode(points, start, end, table.bytes_of[page], room)
            if count == NOT_WHOLE:
                continue
            if count > 0 and leaves_no_doubt(points, start, end, room, count, page, table):
                explaining[number] = 1 << page | UNKNOWN
                if runs < _FEW_RUNS:
                    explaining[number] = _explaining(points, start, end, page, table)
                reached += count
            break
        if count < 0 and is_sound(points, start, end, table):
            explaining[number] = SOUND
    offsets[runs] = reached


@kernel
def _page_of_all(explaining: Starts) -> int:
    """Return the number of the page that all runs are read through; -1 for none."""
    first = explaining[0] & -explaining[0]
    for bits in explaining:
        if bits in (SOUND, 0) or bits & -bits != first:
            return -1
    page = 0
    while first > 1:
        first >>= 1
        page += 1
    return page


@kernel
def _between_neighbors(
    points: Words, span: tuple[int, int], out: Words, scratch: Words
) -> tuple[int, int]:
    """Put a decoded run between what stands beside it; return its start there, and the end of all.

    No judgement looks farther than ``_NEIGHBORS`` characters.
    """
    start, end = span
    size = 0
    for at in range(max(0, start - _NEIGHBORS), start):
        scratch[size] = points[at]
        size += 1
    first = size
    for point in out:
        scratch[size] = point
        size += 1
    for at in range(end, min(len(points), end + _NEIGHBORS)):
        scratch[size] = points[at]
        size += 1
    return first, size


@allocating_kernel
def _decode_again(here: Words, first: int, last: int, page: int, table: MisreadTable) -> Words:
    """Return what a decoded run was before; nothing unless it leaves no doubt again."""
    room = np.empty(last - first, np.uint32)
    for earlier in range(page):
        if decode(here, first, last, table.bytes_of[earlier], room) != NOT_WHOLE:
            return room[:0]
    count = decode(here, first, last, table.bytes_of[page], room)
    if count <= 0 or not leaves_no_doubt(here, first, last, room, count, page, table):
        return room[:0]
    return room[:count]


@allocating_kernel
def _clear_again(  # noqa: PLR0913, PLR0917 - a kernel fills what its caller gives
    points: Words,
    spans: Spans,
    table: MisreadTable,
    explaining: Starts,
    out: Words,
    offsets: Counts,
) -> bool:
    """Decode once more what ``_clear_runs`` decoded, if each run leaves no doubt again.

    Returns:
        Whether all is decoded through the page again; if not, what was given stays as it was.
    """
    page = _page_of_all(explaining)
    if page < 0:
        return False
    runs, reached = len(explaining), 0
    scratch = np.empty(offsets[runs] + 2 * _NEIGHBORS, np.uint32)
    again, ends = np.empty(offsets[runs], np.uint32), np.empty(runs, np.int64)
    for number in range(runs):
        decoded = out[offsets[number] : offsets[number + 1]]
        span = spans[0, number], spans[1, number]
        first, size = _between_neighbors(points, span, decoded, scratch)
        deeper = _decode_again(scratch[:size], first, first + len(decoded), page, table)
        if len(deeper) == 0:
            return False
        again[reached : reached + len(deeper)] = deeper
        reached += len(deeper)
        ends[number] = reached
    out[:reached] = again[:reached]
    offsets[1:] = ends
    return True


@kernel
def clear_texts(  # noqa: PLR0913, PLR0917 - a kernel fills what its caller gives
    points: Words,
    bounds: Counts,
    spans: Spans,
    table: MisreadTable,
    explaining: Starts,
    out: Words,
    offsets: Counts,
    levels: Bytes,
) -> None:
    """Decode each run that leaves no doubt.

    Args:
        points: ``uint32[n]``, the code points of some texts, end to end.
        bounds: ``int64[2, texts + 1]``: where each text begins among the points, and its runs among
            the runs.
        spans: ``int32[2, runs]``, where the runs begin and end, each in its own text.
        table: What is known of code pages and characters.
        explaining: ``int32[runs]``, filled: a bit for each code page that explains a run, the first
            of which does; 0 for a run in doubt, ``SOUND`` for one that no page explains.
        out: ``uint32[n]``, filled with the code points that the runs were: those of a text begin
            where the text does.
        offsets: ``int64[runs + texts]``, filled: where each run of a text begins in it, and where
            the last one ends.
        levels: ``uint8[texts]``: 1 where what a text was may be read back once more; set to how
            often it was.
    """
    for text in range(len(levels)):
        here = points[bounds[0, text] : bounds[0, text + 1]]
        first, last = bounds[1, text], bounds[1, text + 1]
        own, found = spans[:, first:last], explaining[first:last]
        room, places = out[bounds[0, text] :], offsets[first + text : last + text + 1]
        _clear_runs(here, own, table, found, room, places)
        may_be_deeper = levels[text] == 1
        levels[text] = 1
        if may_be_deeper and _clear_again(here, own, table, found, room, places):
            levels[text] = 2
