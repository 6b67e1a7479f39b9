"""Triage of the mojibake stage: which code points, side by side, any of its rules could touch.

What a code point can be (a lead or a continuation byte in one of the code pages, a residue, a
control character) stands in a table of bits; the stage that owns the rules fills it.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Spans, Starts, Unsigned
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.plain import first_odd
from textclean.kernels.tokens import decode

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
QUESTION = 1024

_PAGES = np.uint64(2**MAXIMUM_PAGES - 1)
_ALONE = np.uint64(15)
_PAIRS = np.uint64(2**PAIR_KINDS - 1)
_ONE = np.uint64(1)
_SPACE, _DELETE = 0x20, 0x7F
_QUESTION_MARK = ord("?")
_FIRST_LETTER, _LAST_LETTER, _LOWER = ord("a"), ord("z"), 0x20  # an ASCII capital has no such bit


@kernel
def _entry(data: Bytes, at: int, end: int, classes: Longs) -> tuple[Unsigned, int]:
    """Return the entry of the code point there and the position after it.

    Nothing beyond the text or the table.
    """
    if at >= end:
        return np.uint64(0), at
    point, after = decode(data, at)
    if point >= np.uint32(TABLE_SIZE):
        return np.uint64(0), after
    return classes[point], after


@kernel
def _is_sequence(data: Bytes, after: int, end: int, leads: Unsigned, classes: Longs) -> bool:
    """Whether all continuations that a lead asks for follow it, in one of the code pages.

    ``leads`` is the entry of the lead, ``after`` the position behind it.
    """
    entry, after = _entry(data, after, end, classes)
    tails = entry >> np.uint64(CONTINUATION) & _PAGES
    if leads & tails:
        return True
    if tails == 0:
        return False
    entry, after = _entry(data, after, end, classes)
    tails &= entry >> np.uint64(CONTINUATION)
    if leads >> np.uint64(LEAD_OF_THREE) & tails:
        return True
    entry, after = _entry(data, after, end, classes)
    tails &= entry >> np.uint64(CONTINUATION)
    return bool(leads >> np.uint64(LEAD_OF_FOUR) & tails)


@kernel
def _is_space(data: Bytes, at: int, end: int) -> bool:
    return bool(at < end and data[at] == _SPACE)


@kernel
def _past_one(data: Bytes, at: int, end: int) -> int:
    """Return the position after a character beyond ASCII; where none stands, 0."""
    if at >= end or data[at] <= _DELETE:
        return 0
    return decode(data, at)[1]


@kernel
def _is_letter(data: Bytes, at: int, end: int) -> bool:
    """Whether an ASCII letter stands there, or anything beyond ASCII."""
    if at >= end:
        return False
    if data[at] > _DELETE:
        return True
    return bool(_FIRST_LETTER <= (data[at] | _LOWER) <= _LAST_LETTER)


@kernel
def _residue(data: Bytes, after: int, end: int, entry: Unsigned, classes: Longs) -> int:
    """Return the flags of what lost a byte, at a character with that entry."""
    flags = 0
    if entry >> np.uint64(FIRSTS) & _PAIRS:
        seconds = _entry(data, after, end, classes)[0] >> np.uint64(SECONDS)
        if entry >> np.uint64(FIRSTS) & _PAIRS & seconds:
            flags |= STUMP
    if entry >> np.uint64(STRAY) == 0:
        return flags
    if entry >> np.uint64(STRAY) & _ONE and not _is_letter(data, after, end):
        flags |= STRAY_LETTER
    if entry >> np.uint64(BEFORE_SPACE) & _ONE and _is_space(data, after, end):
        flags |= LETTER_AND_SPACE
    if entry >> np.uint64(SPACED_TWO) & _ONE and _is_space(data, after, end):
        flags |= SPACED
    if entry >> np.uint64(SPACED_THREE) != 0 and _is_spaced(data, after, end):
        flags |= SPACED
    if entry >> np.uint64(SPACED_FOUR) & _ONE:
        second = _past_one(data, after, end)
        third = _past_one(data, second, end) if second else 0
        if third and _is_space(data, third, end):
            flags |= SPACED
    return flags


@kernel
def _is_spaced(data: Bytes, at: int, end: int) -> bool:
    """Whether of the two characters there one is a space, and the other is beyond ASCII."""
    if _is_space(data, at, end):
        return _past_one(data, at + 1, end) > 0
    second = _past_one(data, at, end)
    return second > 0 and _is_space(data, second, end)


@kernel
def _ascii_flag(data: Bytes, at: int, start: int, end: int) -> int:
    """Return the flag of an odd character of ASCII: a control, or the mark in ``don?t``."""
    if data[at] != _QUESTION_MARK:
        return CONTROL
    inside = start < at and at + 1 < end
    return QUESTION if inside and data[at - 1] == ord("n") and data[at + 1] == ord("t") else 0


@kernel
def _scan_run(data: Bytes, at: int, end: int, classes: Longs) -> tuple[int, int, int]:
    """Return the flags of a run of characters beyond ASCII, where it ends, how many they are."""
    flags, count = 0, 0
    while at < end and data[at] > _DELETE:
        entry, after = _entry(data, at, end, classes)
        if entry:
            leads = entry & np.uint64(2**CONTINUATION - 1)
            if leads and not flags & CANDIDATE and _is_sequence(data, after, end, leads, classes):
                flags |= CANDIDATE
            flags |= int(entry >> np.uint64(ALONE_SHIFT) & _ALONE)
            if entry >> np.uint64(FIRSTS):
                flags |= _residue(data, after, end, entry, classes)
        at = after
        count += 1
    return flags, at, count


@kernel
def scan(  # noqa: PLR0913, PLR0917 - a kernel fills what its caller gives
    data: Bytes, words: Longs, start: int, end: int, classes: Longs, starts: Starts, ends: Starts
) -> tuple[int, int]:
    """Return the flags of one text, and how many runs of it hold a candidate.

    Args:
        data: Valid UTF-8; lone surrogates as three bytes.
        words: The same bytes, see ``plain.words_of``.
        start: Where the text begins.
        end: Where it ends.
        classes: The table, by code point.
        starts: Filled with the beginnings of those runs of characters beyond ASCII, as far as
            there is room: code points from the start of the text.
        ends: Filled with their ends.
    """
    flags, count, at = 0, 0, start
    before = start  # the position less the code points before it
    while True:
        at = first_odd(data, words, at, end)
        if at == end:
            return flags, count
        if data[at] <= _DELETE:
            flags |= _ascii_flag(data, at, start, end)
            at += 1
            continue
        first = at - before
        here, after, characters = _scan_run(data, at, end, classes)
        before += after - at - characters
        at = after
        flags |= here
        if here & CANDIDATE and count < len(starts):
            starts[count] = first
            ends[count] = first + characters
            count += 1


@allocating_kernel
def scan_batch(data: Bytes, words: Longs, offsets: Counts, classes: Longs, flags: Counts) -> None:
    """Fill in the flags of each text of a batch; text ``i`` begins at ``offsets[i]``."""
    nothing = np.zeros(0, np.int32)
    for number in range(len(flags)):
        start, end = offsets[number], offsets[number + 1]
        flags[number] = scan(data, words, start, end, classes, nothing, nothing)[0]


@kernel
def scan_texts(  # noqa: PLR0913, PLR0917 - a kernel fills what its caller gives
    data: Bytes,
    words: Longs,
    offsets: Counts,
    classes: Longs,
    flags: Counts,
    bounds: Counts,
    spans: Spans,
) -> None:
    """Fill in the flags of each text of a batch, and where its runs stand that hold a candidate.

    Args:
        data: See ``scan``.
        words: See there.
        offsets: ``int64[texts + 1]``: text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        classes: See there.
        flags: ``int64[texts]``, filled.
        bounds: ``int64[texts + 1]``, filled: the runs of text ``i`` are those from ``bounds[i]``
            to ``bounds[i + 1]``.
        spans: ``int32[2, n]``, filled with the beginnings and ends of the runs, in code points
            from the start of their text; there is room for one in four bytes and one more.
    """
    bounds[0] = reached = 0
    for number in range(len(flags)):
        start, end = offsets[number], offsets[number + 1]
        starts, ends = spans[0, reached:], spans[1, reached:]
        flags[number], count = scan(data, words, start, end, classes, starts, ends)
        reached += count
        bounds[number + 1] = reached
