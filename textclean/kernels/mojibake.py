"""Triage of the mojibake stage: which code points, side by side, any of its rules could touch.

What a code point can be (a lead or a continuation byte in one of the code pages, a residue, a
control character) stands in a table of bits; the stage that owns the rules fills it.
"""

import numpy as np

from textclean.kernels.arrays import Counts, Longs, Starts, Unsigned, Words
from textclean.kernels.jit import kernel

#: Code points the table has entries for; no code page holds one beyond.
TABLE_SIZE = 0x10000
#: Code pages at most: each has its bit in each of the four groups.
MAXIMUM_PAGES = 9

#: Groups of ``MAXIMUM_PAGES`` bits of an entry: lead bytes of two, three and four, continuations.
LEAD_OF_TWO, LEAD_OF_THREE, LEAD_OF_FOUR, CONTINUATION = 0, 9, 18, 27
#: Bits of an entry that are flags as they stand, whatever follows.
ALONE_SHIFT = 36
#: Further bits: firsts of pairs, each with its second; a stray letter; leads that a space follows.
FIRSTS, SECONDS = 42, 45
PAIR_KINDS = 3
STRAY, BEFORE_SPACE, SPACED_TWO, SPACED_THREE, SPACED_FOUR = 48, 49, 50, 51, 52

#: The flags of a text.
NBSP, C1, LOST, BOM = 1, 2, 4, 8  # from the bits at ALONE_SHIFT
CONTROL, CANDIDATE, STUMP, STRAY_LETTER, LETTER_AND_SPACE, SPACED = 16, 32, 64, 128, 256, 512

_PAGES = np.uint64(2**MAXIMUM_PAGES - 1)
_ALONE = np.uint64(15)
_PAIRS = np.uint64(2**PAIR_KINDS - 1)
_ONE = np.uint64(1)
_SPACE, _DELETE = 0x20, 0x7F
_TAB, _LINE_FEED = np.uint32(0x09), np.uint32(0x0A)
_FORM_FEED, _RETURN = np.uint32(0x0C), np.uint32(0x0D)
_BLANK, _TILDE = np.uint32(0x20), np.uint32(0x7E)


@kernel
def _entry(points: Words, at: int, end: int, classes: Longs) -> Unsigned:
    """Return the entry of the code point there; nothing beyond the text or the table."""
    if at >= end or points[at] >= np.uint32(TABLE_SIZE):
        return np.uint64(0)
    return classes[points[at]]


@kernel
def _is_sequence(points: Words, at: int, end: int, classes: Longs) -> bool:
    """Whether a lead and all its continuations stand there, in one of the code pages."""
    entry = classes[points[at]]
    leads = entry & np.uint64(2**CONTINUATION - 1)
    if leads == 0:
        return False
    tails = _entry(points, at + 1, end, classes) >> np.uint64(CONTINUATION) & _PAGES
    if leads & tails:
        return True
    tails &= _entry(points, at + 2, end, classes) >> np.uint64(CONTINUATION)
    if leads >> np.uint64(LEAD_OF_THREE) & tails:
        return True
    tails &= _entry(points, at + 3, end, classes) >> np.uint64(CONTINUATION)
    return bool(leads >> np.uint64(LEAD_OF_FOUR) & tails)


@kernel
def _is_space(points: Words, at: int, end: int) -> bool:
    return bool(at < end and points[at] == np.uint32(_SPACE))


@kernel
def _is_beyond_ascii(points: Words, at: int, end: int) -> bool:
    return bool(at < end and points[at] > np.uint32(_DELETE))


@kernel
def _is_letter(points: Words, at: int, end: int) -> bool:
    """Whether an ASCII letter stands there, or anything beyond ASCII."""
    if at >= end:
        return False
    if points[at] > np.uint32(_DELETE):
        return True
    return bool(np.uint32(0x61) <= points[at] | np.uint32(0x20) <= np.uint32(0x7A))


@kernel
def _residue(points: Words, at: int, end: int, classes: Longs) -> int:
    """Return the flags of what lost a byte."""
    entry = classes[points[at]]
    flags = 0
    if entry >> np.uint64(FIRSTS) & _PAIRS:
        seconds = _entry(points, at + 1, end, classes) >> np.uint64(SECONDS)
        if entry >> np.uint64(FIRSTS) & _PAIRS & seconds:
            flags |= STUMP
    if entry >> np.uint64(STRAY) == 0:
        return flags
    if entry >> np.uint64(STRAY) & _ONE and not _is_letter(points, at + 1, end):
        flags |= STRAY_LETTER
    if entry >> np.uint64(BEFORE_SPACE) & _ONE and _is_space(points, at + 1, end):
        flags |= LETTER_AND_SPACE
    if entry >> np.uint64(SPACED_TWO) & _ONE and _is_space(points, at + 1, end):
        flags |= SPACED
    if entry >> np.uint64(SPACED_THREE) != 0 and _is_spaced(points, at, end):
        flags |= SPACED
    if (
        entry >> np.uint64(SPACED_FOUR) & _ONE
        and _is_beyond_ascii(points, at + 1, end)
        and _is_beyond_ascii(points, at + 2, end)
        and _is_space(points, at + 3, end)
    ):
        flags |= SPACED
    return flags


@kernel
def _is_spaced(points: Words, at: int, end: int) -> bool:
    """Whether one of the two that follow a lead is a space, and the other is beyond ASCII."""
    if _is_space(points, at + 1, end):
        return _is_beyond_ascii(points, at + 2, end)
    return _is_beyond_ascii(points, at + 1, end) and _is_space(points, at + 2, end)


@kernel
def _is_odd(point: Unsigned) -> bool:
    """Whether a code point is no printable ASCII, tab, line feed, form feed or carriage return."""
    if _BLANK <= point <= _TILDE:
        return False
    return not (_TAB <= point <= _LINE_FEED or _FORM_FEED <= point <= _RETURN)


@kernel
def _first_odd(points: Words, start: int, end: int) -> int:
    """Return where the first odd code point stands."""
    at = start
    while at < end and not _is_odd(points[at]):
        at += 1
    return at


@kernel
def scan(  # noqa: PLR0913, PLR0917 - a kernel fills what its caller gives
    points: Words, start: int, end: int, classes: Longs, starts: Starts, ends: Starts
) -> tuple[int, int]:
    """Return the flags of one text, and how many runs of it hold a candidate.

    Args:
        points: Code points.
        start: Where the text begins.
        end: Where it ends.
        classes: The table, by code point.
        starts: Filled with the beginnings of those runs of characters beyond ASCII, as far as
            there is room.
        ends: Filled with their ends.
    """
    flags, count, at = 0, 0, start
    while True:
        at = _first_odd(points, at, end)
        if at == end:
            return flags, count
        if points[at] <= np.uint32(_DELETE):
            flags |= CONTROL
            at += 1
            continue
        run = at
        here: Unsigned = 0
        while at < end and points[at] > np.uint32(_DELETE):
            entry = _entry(points, at, end, classes)
            if entry:
                is_last = at + 1 == end or points[at + 1] <= np.uint32(_DELETE)
                if not is_last and not here & CANDIDATE and _is_sequence(points, at, end, classes):
                    here |= CANDIDATE
                here |= np.int64(entry >> np.uint64(ALONE_SHIFT) & _ALONE)
                if entry >> np.uint64(FIRSTS):
                    here |= _residue(points, at, end, classes)
            at += 1
        flags |= here
        if here & CANDIDATE and count < len(starts):
            starts[count] = run
            ends[count] = at
            count += 1


@kernel
def scan_batch(points: Words, text_ends: Counts, classes: Longs, flags: Counts) -> None:
    """Fill in the flags of each text of a batch; text ``i`` ends at ``text_ends[i]``."""
    nothing = np.zeros(0, np.int32)
    start = 0
    for number in range(len(text_ends)):
        flags[number] = scan(points, start, text_ends[number], classes, nothing, nothing)[0]
        start = text_ends[number]
