"""Skipping plain text: where the first byte stands that a triage has to look at.

Eight bytes at a time, as one integer (Warren, Hacker's Delight, 2nd edition, section 6-1): with
``H`` the high bit and ``k`` a byte, each eight times over, the high bits of ::

    (x | H) - k        tell which of the bytes below 0x80 are at least k
    ((x ^ k) | H) - 1  tell which of them differ from k
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Unsigned
from textclean.kernels.jit import kernel

_EIGHT = 8
_LINE_FEED, _SPACE, _QUESTION_MARK, _DELETE = 0x0A, 0x20, 0x3F, 0x7F
_TAB, _FORM_FEED, _RETURN = 0x09, 0x0C, 0x0D


def _eight_times(byte: int) -> np.uint64:
    return np.uint64(int.from_bytes(bytes([byte]) * _EIGHT, "little"))


_HIGH, _ONES, _SPACES = _eight_times(0x80), _eight_times(1), _eight_times(_SPACE)
_LINE_FEEDS, _QUESTION_MARKS = _eight_times(_LINE_FEED), _eight_times(_QUESTION_MARK)


def words_of(data: Bytes) -> Longs:
    """Return the same bytes as integers of eight; the rest that fills none is left out.

    Args:
        data: ``uint8[n]``, aligned to eight bytes, as fresh arrays and bytes objects are.
    """
    return data[: len(data) // _EIGHT * _EIGHT].view(np.uint64)


@kernel
def is_odd(byte: Unsigned) -> bool:
    """Whether a byte is a question mark, or no printable ASCII, tab, line or form feed, return."""
    if _SPACE <= byte < _DELETE:
        return bool(byte == _QUESTION_MARK)
    return bool(
        byte >= _DELETE or not (_TAB <= byte <= _LINE_FEED or _FORM_FEED <= byte <= _RETURN)
    )


@kernel
def _odd_bits(word: Unsigned) -> Unsigned:
    """Return the high bits of those of eight bytes that are odd; a tab or return passes for odd."""
    control = ~((word | _HIGH) - _SPACES)
    other_than_line_feed = ((word ^ _LINE_FEEDS) | _HIGH) - _ONES
    question_mark = ~(((word ^ _QUESTION_MARKS) | _HIGH) - _ONES)
    delete = (word & ~_HIGH) + _ONES
    return (word | control & other_than_line_feed | question_mark | delete) & _HIGH


@kernel
def first_odd(data: Bytes, words: Longs, start: int, end: int) -> int:
    """Return where the first odd byte stands; ``end`` when none does.

    Args:
        data: ``uint8[n]``.
        words: The same bytes, see ``words_of``.
        start: First byte looked at.
        end: The byte after the last one.
    """
    at = start
    while at < end:
        if at % _EIGHT == 0:
            while at + _EIGHT <= end and _odd_bits(words[at // _EIGHT]) == 0:
                at += _EIGHT
            if at >= end:
                break
        if is_odd(data[at]):
            return at
        at += 1
    return end
