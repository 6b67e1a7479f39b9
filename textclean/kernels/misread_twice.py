"""What was misread twice, read back in one go: texts that are damaged so from end to end."""

import numpy as np

from textclean.kernels.arrays import Counts, Starts, Words
from textclean.kernels.jit import kernel
from textclean.kernels.misread import MisreadTable, leaves_no_doubt
from textclean.kernels.sequences import NOT_WHOLE, decode

#: Characters on either side that a judgement may look at.
_NEIGHBORS = 3


@kernel
def _between_neighbors(
    points: Words, span: tuple[int, int], out: Words, count: int, scratch: Words
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
    for at in range(count):
        scratch[size] = out[at]
        size += 1
    for at in range(end, min(len(points), end + _NEIGHBORS)):
        scratch[size] = points[at]
        size += 1
    return first, size


@kernel
def clear_again(  # noqa: PLR0913, PLR0917 - a kernel fills what its caller gives
    points: Words,
    starts: Starts,
    ends: Starts,
    table: MisreadTable,
    page: int,
    out: Words,
    offsets: Counts,
) -> bool:
    """Decode once more what ``clear_runs`` decoded, if each run leaves no doubt again.

    Args:
        points: See ``clear_runs``.
        starts: See there.
        ends: See there.
        table: See there.
        page: The number of the code page that all runs were read through.
        out: What the runs were; overwritten with what that was before.
        offsets: Where each was; overwritten with where it is.

    Returns:
        Whether all is decoded through the page again; if not, what was given is spoiled.
    """
    reached, before = 0, 0
    scratch = np.empty(len(out) + 2 * _NEIGHBORS, np.uint32)
    for number in range(len(starts)):
        span, count = (starts[number], ends[number]), offsets[number + 1] - before
        first, size = _between_neighbors(points, span, out[before:], count, scratch)
        before = offsets[number + 1]
        again, last = scratch[:size], first + count
        room = out[reached:before]
        for earlier in range(page):
            if decode(again, first, last, table.bytes_of[earlier], room) != NOT_WHOLE:
                return False
        decoded = decode(again, first, last, table.bytes_of[page], room)
        if decoded <= 0 or not leaves_no_doubt(again, first, last, room, decoded, page, table):
            return False
        reached += decoded
        offsets[number + 1] = reached
    return True
