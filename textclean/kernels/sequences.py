"""UTF-8 sequences in characters that stand for bytes: text read back through one code page.

A sequence is whole when its bytes are what the Unicode Standard's table 3-7 allows.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Flags, Spans, Words
from textclean.kernels.jit import kernel

#: Code points that may stand for bytes.
TABLE_SIZE = 0x10000

#: Results of decoding other than a length.
NOT_WHOLE, UNDECIDED = -1, -2

_LEAD_OF_THREE, _LEAD_OF_FOUR = 0xE0, 0xF0
_SURROGATES, _FIRST_TAIL_OF_SURROGATES = 0xED, 0xA0  # these may be halves of a pair
_FIRST_LEAD, _FIRST_TAIL, _LAST_TAIL = 0xC2, 0x80, 0xBF
_FIRST_TAIL_OF_THREE, _FIRST_TAIL_OF_FOUR = 0xA0, 0x90  # after E0 and F0: not overlong
_POINT_OF_TWO, _POINT_OF_THREE, _POINT_OF_FOUR = 0x7FF, 0xFFFF, 0x1FFFFF
_LAST_OF_ASCII = 0x7F
_LINE_FEED = 0x0A


@kernel
def byte_at(points: Words, at: int, end: int, page: Bytes) -> int:
    """Return the byte beyond ASCII that stands there; 0 for none."""
    if at >= end or points[at] >= np.uint32(TABLE_SIZE):
        return 0
    return int(page[points[at]])


@kernel
def _is_tail(byte: int) -> bool:
    return _FIRST_TAIL <= byte <= _LAST_TAIL


@kernel
def sequence(points: Words, at: int, end: int, page: Bytes) -> tuple[int, int]:
    """Return the code point of the UTF-8 sequence there and its length; a result, 0 for none."""
    lead = byte_at(points, at, end, page)
    second = byte_at(points, at + 1, end, page)
    if lead > _LEAD_OF_FOUR or (lead == _SURROGATES and second >= _FIRST_TAIL_OF_SURROGATES):
        return UNDECIDED, 0
    if lead < _FIRST_LEAD or not _is_tail(second):
        return NOT_WHOLE, 0
    point = lead << 6 | second & 0x3F
    if lead < _LEAD_OF_THREE:
        return point & _POINT_OF_TWO, 2
    third = byte_at(points, at + 2, end, page)
    fourth = byte_at(points, at + 3, end, page)
    if _is_tail(third) and (lead > _LEAD_OF_THREE or second >= _FIRST_TAIL_OF_THREE):
        point = point << 6 | third & 0x3F
        if lead < _LEAD_OF_FOUR:
            return point & _POINT_OF_THREE, 3
        if _is_tail(fourth) and second >= _FIRST_TAIL_OF_FOUR:
            return (point << 6 | fourth & 0x3F) & _POINT_OF_FOUR, 4
    return NOT_WHOLE, 0


@kernel
def decode(points: Words, start: int, end: int, page: Bytes, out: Words) -> int:
    """Fill ``out`` with what a run was before it was misread; return its length or a result."""
    at, count = start, 0
    while at < end:
        point, length = sequence(points, at, end, page)
        if length == 0:
            return point
        out[count] = point
        count += 1
        at += length
    return count


@kernel
def _parts(points: Words, start: int, end: int) -> bool:
    """Whether a line ends between two runs, or anything beyond ASCII stands there."""
    for at in range(start, end):  # noqa: SIM110 - the compiler knows no any()
        if points[at] == _LINE_FEED or points[at] > _LAST_OF_ASCII:
            return True
    return False


@kernel
def decode_lines(  # noqa: PLR0913, PLR0917 - a kernel fills what its caller gives
    points: Words, spans: Spans, is_read: Flags, page: Bytes, out: Words, lines: Counts
) -> int:
    """Decode runs through one page, with the ASCII that stands between them in a line.

    Args:
        points: ``uint32[n]``, the code points of a text.
        spans: ``int32[2, runs]``, where the runs begin and end.
        is_read: ``bool[runs]``: which of them are decoded.
        page: ``uint8[0x10000]``: the byte that a code point stands for; 0 for none.
        out: ``uint32[n + 1]``, filled with what the lines were, from first run to last.
        lines: ``int64[3, runs]``, filled: start and end of each in the text, end in ``out``.

    Returns:
        The count of lines; 0 when a run is not whole sequences.
    """
    reached, count, before = 0, 0, 0
    for number in range(len(is_read)):
        if not is_read[number]:
            continue
        start, end = spans[0, number], spans[1, number]
        if count == 0 or _parts(points, before, start):
            lines[0, count] = start
            count += 1
        else:
            for at in range(before, start):
                out[reached] = points[at]
                reached += 1
        length = decode(points, start, end, page, out[reached:])
        if length < 0:
            return 0
        reached += length
        before = end
        lines[1, count - 1] = end
        lines[2, count - 1] = reached
    return count
