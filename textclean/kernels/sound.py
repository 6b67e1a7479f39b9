"""Runs that no code page explains enough of: what the careful path finds nothing in."""

import numpy as np

from textclean.kernels.arrays import Bytes, Words
from textclean.kernels.jit import kernel
from textclean.kernels.misread import TYPOGRAPHIC, MisreadTable
from textclean.kernels.sequences import TABLE_SIZE, UNDECIDED, byte_at, sequence

#: As ``judge.py`` of the stage has it: the share of its odd characters that must be explained.
_SHARE, _SHARE_OF_LONG, _SHORT = 0.5, 0.6, 6
_REPLACEMENT = 0xFFFD
#: What may be the first half of a surrogate pair, or of the plane of tags; no other rare lead is
#: one.
_LEAD_OF_PAIRS, _LEAD_OF_TAGS = 0xED, 0xF3
_FIRST_TAIL, _LAST_TAIL = 0xA0, 0xAF


@kernel
def _covered(points: Words, start: int, end: int, page: Bytes) -> int:
    """Return how many characters of a run stand in sequences; -1 where the kernel cannot tell."""
    at, covered = start, 0
    while at < end:
        result, length = sequence(points, at, end, page)
        if length == 0 and result == UNDECIDED:
            lead, second = byte_at(points, at, end, page), byte_at(points, at + 1, end, page)
            if lead in (_LEAD_OF_PAIRS, _LEAD_OF_TAGS) and _FIRST_TAIL <= second <= _LAST_TAIL:
                return -1
        covered += length
        at += max(1, length)
    return covered


@kernel
def _odd_count(points: Words, start: int, end: int, table: MisreadTable) -> int:
    """Count the characters of a run that are no typography, 1 at least; 0 where a byte was lost."""
    count = 0
    for at in range(start, end):
        point = points[at]
        if point == _REPLACEMENT:
            return 0
        if point >= np.uint32(TABLE_SIZE) or table.touches_words[point] != TYPOGRAPHIC:
            count += 1
    return max(1, count)


@kernel
def is_sound(points: Words, start: int, end: int, table: MisreadTable) -> bool:
    """Whether every code page explains too little of a run, which is whole through none."""
    odd = _odd_count(points, start, end, table)
    if odd == 0:
        return False
    least = (_SHARE if odd <= _SHORT else _SHARE_OF_LONG) * odd
    for page in range(len(table.bytes_of)):
        covered = _covered(points, start, end, table.bytes_of[page])
        if covered < 0 or (covered and covered >= least):
            return False
    return True
