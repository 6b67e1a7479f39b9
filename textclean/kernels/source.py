"""The source of a page: what its whole text tells beforehand, and where declarations end.

Which names have an end tag, and where drawings end, is known only from the whole text.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs
from textclean.kernels.jit import kernel
from textclean.kernels.tags import (
    GREATER,
    HYPHEN,
    LESS,
    SLASH,
    find,
    is_letter,
    lower,
    name_end,
    name_hash,
    short_rest,
    spells,
)

#: Where the state of a run has what.
OUT, DEPTH, PRE_DEPTH, LINK_ENDED, SHORT, HAS_HIDDEN, DRAWN = range(7)
NO_COMMENT_END, NO_GREATER, NO_PHP_END, STATE_SIZE = 7, 8, 9, 10

_BANG, _QUESTION, _BRACKET, _S = ord("!"), ord("?"), ord("["), ord("s")
_SVG, _PHP = np.frombuffer(b"svg", np.uint8), np.frombuffer(b"php", np.uint8)


class Page(NamedTuple):
    """What one run reads and fills.

    Attributes:
        text: ``uint8[n]``, UTF-8, line ends as line feeds.
        ends: ``uint64[m]``, sorted: hashes of all names that have an end tag.
        opened: ``int64[m]``, zeros: how many of each are open.
        written: ``uint8[m]``, zeros: inline names whose tags are written since one was hidden.
        absent: ``uint8[m]``, zeros: names whose end tag does not occur any more.
        drawings: ``int64[d, 2]``: where drawings begin and end, 0 for one that never does.
        out: ``uint8[n + 8 * k + 64]``, k the number of ``<``: the outline.
        state: ``int64[STATE_SIZE]``, zeros.
    """

    text: Bytes
    ends: Longs
    opened: Counts
    written: Bytes
    absent: Bytes
    drawings: Counts
    out: Bytes
    state: Counts


@kernel
def survey(text: Bytes, ends: Longs, drawings: Counts, waiting: Counts) -> tuple[int, int, int]:
    """Fill in the names of all end tags, and the spans of drawings; count both, and each ``<``.

    Where an array is too short its count still holds: call again with longer ones.
    """
    count = drawn = open_drawings = signs = at = 0
    while True:
        at = find(text, at, LESS) + 1
        if at == 0:
            return count, drawn, signs
        signs += 1
        is_end = at < len(text) and text[at] == SLASH
        start = at + is_end
        if start >= len(text) or not (is_end or lower(text[start]) == _S):
            continue
        stop = name_end(text, start)
        if is_end and is_letter(text[start]):
            if count < len(ends):
                ends[count] = name_hash(text, start, stop)
            count += 1
        if spells(text, start, stop, _SVG) and stop < len(text) and text[stop] != LESS:
            close = short_rest(text, stop)
            if is_end and open_drawings and close >= 0:
                open_drawings -= 1
                drawings[waiting[open_drawings], 1] = close
            elif not is_end and close >= 0 and text[close - 2] != SLASH:
                open_drawings += _begin_drawing(at - 1, drawn, open_drawings, drawings, waiting)
                drawn += 1


@kernel
def _begin_drawing(
    start: int, number: int, open_drawings: int, drawings: Counts, waiting: Counts
) -> bool:
    """Enter a drawing while there is room; tell whether there was."""
    if number >= len(drawings):
        return False
    drawings[number, 0], drawings[number, 1] = start, 0
    waiting[open_drawings] = number
    return True


@kernel
def declaration_end(page: Page, start: int) -> int:
    """Return where a comment, declaration or instruction ends; -1 when it is text."""
    text, after = page.text, start + 2
    if after >= len(text):
        return -1
    kind, first = text[start + 1], text[after]
    if kind == _BANG and first == HYPHEN and after + 1 < len(text) and text[after + 1] == HYPHEN:
        return _comment_end(page, after + 2)
    if kind == _QUESTION and is_letter(first):
        if after + 3 <= len(text) and spells(text, after, after + 3, _PHP):
            return _php_end(page, after + 3)
    elif not (kind == _BANG and (is_letter(first) or first in (_BRACKET, HYPHEN))):
        return -1
    return _greater_end(page, after)


@kernel
def _greater_end(page: Page, at: int) -> int:
    if page.state[NO_GREATER]:
        return -1
    close = find(page.text, at, GREATER)
    page.state[NO_GREATER] = close < 0
    return close + 1 if close >= 0 else -1


@kernel
def _php_end(page: Page, at: int) -> int:
    """Return the end of a program, or of the tag it begins with when it has none."""
    text, close = page.text, at
    while not page.state[NO_PHP_END]:
        close = find(text, close, _QUESTION)
        if close < 0 or close + 1 >= len(text):
            page.state[NO_PHP_END] = 1
        elif text[close + 1] == GREATER:
            return close + 2
        close += 1
    return _greater_end(page, at - 3)


@kernel
def _comment_end(page: Page, after: int) -> int:
    """Return the end of a comment; of one that never ends, of its mark."""
    text = page.text
    if after < len(text) and text[after] == GREATER:
        return after + 1
    if after + 1 < len(text) and text[after] == HYPHEN and text[after + 1] == GREATER:
        return after + 2
    at = after
    while not page.state[NO_COMMENT_END]:
        at = find(text, at, GREATER)
        if at < 0:
            page.state[NO_COMMENT_END] = 1
            break
        dash = at - 1 - (text[at - 1] == _BANG)
        at += 1
        if dash > after and text[dash] == HYPHEN and text[dash - 1] == HYPHEN:
            return at
    return after
