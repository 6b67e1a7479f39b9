"""From a tree, written out as HTML, to lines of text: the layout of the markup stage.

The rules, and why each, stand with the twin in ``stages/markup/_renderer.py``. What comes in is a
serialized tree: every element that is open is closed, and the only attribute is ``hidden``.
"""

from typing import NamedTuple

from textclean.kernels.arrays import Bytes, Counts, Unsigned
from textclean.kernels.elements import (
    BOXED,
    BREAK,
    CELL,
    GONE,
    INLINE,
    ITEM,
    KIND_MASK,
    PRE,
    ROW,
    UNKNOWN,
    VOID,
    ElementTable,
)
from textclean.kernels.jit import kernel
from textclean.kernels.tags import (
    FORM_FEED,
    GREATER,
    LESS,
    LINE_FEED,
    RETURN,
    SLASH,
    SPACE,
    TAB,
    find,
    name_end,
    name_hash,
    traits_of,
)

#: Where the state of a run has what: bytes written, white space due, depths.
OUT, NEWLINES, TABS, PENDING, BULLET, PRE_DEPTH, PRE_BEGINS, BREAKS, ROWS = range(9)
STATE_SIZE = 9

_BANG, _HYPHEN, _AMPERSAND = ord("!"), ord("-"), ord("&")
#: NO-BREAK SPACE in UTF-8.
_NBSP_FIRST, _NBSP_SECOND = 0xC2, 0xA0
_NBSP_LENGTH = 6
_MAXIMUM_NEWLINES = 2


class Sheet(NamedTuple):
    """What one run reads and fills.

    Attributes:
        html: ``uint8[n]``: the serialized tree.
        out: ``uint8[n + 64]``: the text, and behind it the white space that is due.
        rows: ``int64[r, 2]``: of each open table row, where its text began, and the breaks up to
            its current cell.
        state: ``int64[STATE_SIZE]``, zeros.
    """

    html: Bytes
    out: Bytes
    rows: Counts
    state: Counts


@kernel
def lay_out(sheet: Sheet, table: ElementTable) -> Unsigned:
    """Write the text of a tree; return its length."""
    html, at = sheet.html, 0
    while at < len(html):
        if html[at] != LESS:
            at = _text(sheet, at)
        elif html[at + 1] == _BANG:
            at = _comment_end(html, at)
        else:
            at = _tag(sheet, table, at)
    return sheet.state[OUT]


@kernel
def _comment_end(html: Bytes, at: int) -> int:
    if html[at + 2] != _HYPHEN:
        return find(html, at, GREATER) + 1
    at += 6
    while not (html[at] == GREATER and html[at - 1] == _HYPHEN and html[at - 2] == _HYPHEN):
        at += 1
    return at + 1


@kernel
def _tag(sheet: Sheet, table: ElementTable, at: int) -> int:
    """Take note of a tag; return where to go on, behind the element when it is not shown."""
    html = sheet.html
    is_end = html[at + 1] == SLASH
    start = at + 1 + is_end
    stop = name_end(html, start)
    end = find(html, stop, GREATER) + 1
    traits = traits_of(table, name_hash(html, start, stop))
    kind = INLINE if traits == UNKNOWN else traits & KIND_MASK
    if is_end:
        _close(sheet, kind)
    elif kind == GONE or html[stop] != GREATER:
        return _element_end(html, table, end)
    else:
        _open(sheet, kind)
    return end


@kernel
def _element_end(html: Bytes, table: ElementTable, at: int) -> int:
    """Return the end of the element whose start tag ends there."""
    depth = 1
    while depth and at < len(html):
        at = find(html, at, LESS)
        if html[at + 1] == _BANG:
            at = _comment_end(html, at)
            continue
        is_end = html[at + 1] == SLASH
        start = at + 1 + is_end
        stop = name_end(html, start)
        traits = traits_of(table, name_hash(html, start, stop))
        if is_end:
            depth -= 1
        elif traits == UNKNOWN or not traits & VOID:
            depth += 1
        at = find(html, stop, GREATER) + 1
    return at


@kernel
def _open(sheet: Sheet, kind: int) -> None:
    state = sheet.state
    if kind == CELL:
        _open_cell(sheet)
    elif kind == BREAK:
        state[NEWLINES] += 1
        state[PENDING] = 0
    elif kind == BOXED:
        _owe_space(sheet)
    elif kind != INLINE:
        _break_line(state)
        if kind == ITEM:
            state[BULLET] = 1
        elif kind == ROW:
            sheet.rows[state[ROWS], 0] = state[OUT]
            sheet.rows[state[ROWS], 1] = 0
            state[ROWS] += 1
        elif kind == PRE:
            state[PRE_DEPTH] += 1
            state[PRE_BEGINS] = 1


@kernel
def _close(sheet: Sheet, kind: int) -> None:
    state = sheet.state
    if kind == BOXED:
        _owe_space(sheet)
    elif kind not in (INLINE, CELL, BREAK):
        _break_line(state)
        if kind == ITEM:
            state[BULLET] = 0
        elif kind == ROW:
            state[ROWS] -= 1
        elif kind == PRE:
            state[PRE_DEPTH] -= 1


@kernel
def _break_line(state: Counts) -> None:
    state[NEWLINES] = max(state[NEWLINES], 1)
    state[TABS] = 0
    state[PENDING] = 0


@kernel
def _open_cell(sheet: Sheet) -> None:
    state, number = sheet.state, sheet.state[ROWS] - 1
    if number < 0 or state[OUT] == sheet.rows[number, 0]:
        _break_line(state)  # nothing of this row stands yet
    elif state[BREAKS] > sheet.rows[number, 1]:
        _break_line(state)  # the cell before was a column of a layout, not a datum
    else:
        state[NEWLINES] = 0
        state[TABS] += 1
        state[PENDING] = 0
    if number >= 0:
        due = state[NEWLINES] != 0 and state[OUT] != 0
        sheet.rows[number, 1] = state[BREAKS] + due


@kernel
def _owe_space(sheet: Sheet) -> None:
    """Remember a space that is due, one for all in a row."""
    place = sheet.state[OUT] + sheet.state[PENDING]
    if sheet.state[PENDING] == 0 or sheet.out[place - 1] != SPACE:
        sheet.out[place] = SPACE
        sheet.state[PENDING] += 1


@kernel
def _flush(sheet: Sheet) -> None:
    """Write the white space that is due before a text."""
    state, out = sheet.state, sheet.out
    place = state[OUT]
    if state[NEWLINES]:
        if place:
            for _ in range(min(state[NEWLINES], _MAXIMUM_NEWLINES)):
                out[place] = LINE_FEED
                place += 1
            state[BREAKS] += 1
    elif state[TABS]:
        for _ in range(state[TABS]):
            out[place] = TAB
            place += 1
    elif place:
        place += state[PENDING]
    if state[BULLET]:
        out[place] = _HYPHEN
        out[place + 1] = SPACE
        place += 2
    state[OUT] = place
    state[NEWLINES] = state[TABS] = state[PENDING] = state[BULLET] = 0


@kernel
def _text(sheet: Sheet, at: int) -> int:
    """Take a text up to the next tag; return where it ends."""
    html, state, out = sheet.html, sheet.state, sheet.out
    end = find(html, at, LESS)
    end = len(html) if end < 0 else end
    if state[PRE_DEPTH]:
        _preformatted(sheet, at, end)
        return end
    while at < end:
        byte = html[at]
        if byte in (SPACE, TAB, LINE_FEED, FORM_FEED, RETURN):
            _owe_space(sheet)
            at += 1
            continue
        step, first, second = _character(html, at)
        if first == _NBSP_FIRST and second == _NBSP_SECOND:
            place = state[OUT] + state[PENDING]
            out[place], out[place + 1] = _NBSP_FIRST, _NBSP_SECOND
            state[PENDING] += 2
        else:
            if state[NEWLINES] or state[TABS] or state[PENDING] or state[BULLET]:
                _flush(sheet)
            out[state[OUT]] = first
            state[OUT] += 1
        at += step
    return end


@kernel
def _character(html: Bytes, at: int) -> tuple[int, int, int]:
    """Return how many bytes a character's first byte takes in, that byte, and the next.

    The next counts only for a NO-BREAK SPACE. A serializer writes four references and no others.
    """
    byte = html[at]
    if byte == _NBSP_FIRST and html[at + 1] == _NBSP_SECOND:
        return 2, _NBSP_FIRST, _NBSP_SECOND
    if byte != _AMPERSAND:
        return 1, byte, 0
    second = html[at + 1]
    if second == ord("n"):
        return _NBSP_LENGTH, _NBSP_FIRST, _NBSP_SECOND
    if second == ord("l"):
        return 4, LESS, 0
    if second == ord("g"):
        return 4, GREATER, 0
    return 5, _AMPERSAND, 0


@kernel
def _preformatted(sheet: Sheet, start: int, end: int) -> None:
    """Take a text whose white space is meant."""
    html, state = sheet.html, sheet.state
    first, last = start, end
    while first < last and html[first] == LINE_FEED:
        first += 1
    while first < last and html[last - 1] == LINE_FEED:
        last -= 1
    if not state[PRE_BEGINS]:
        state[NEWLINES] += first - start
    if first == last:
        return
    _flush(sheet)
    state[PRE_BEGINS] = 0
    at, place = first, state[OUT]
    while at < last:
        step, byte, second = _character(html, at)
        sheet.out[place] = byte
        place += 1
        if second:
            sheet.out[place] = second
            place += 1
        at += step
    state[OUT] = place
    state[NEWLINES] += end - last
