"""Elements of some names in the source of a page, each with its end tag.

The pass of ``stages/embeds/scan.py``, over one byte per code point (others than ASCII stand as
``?``), so that offsets are those of the text. What cannot matter is left out of the answer: an
element in whose start tag no word of the caller's stands.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Unsigned
from textclean.kernels.elements import UNKNOWN, ElementTable
from textclean.kernels.jit import kernel
from textclean.kernels.tags import (
    GREATER,
    HYPHEN,
    LESS,
    SLASH,
    find,
    find_end_tag,
    is_letter,
    lower,
    name_end,
    name_hash,
    rest,
    traits_of,
)

#: Columns of an element.
NAME, START, OPEN_END, CLOSE_START, END, KEPT, BELOW, COLUMNS = range(8)
#: Traits of a name: its number, whether its content is no markup, its bits among the hints.
NUMBER_MASK, RAW, HINT_SHIFT, HINT_MASK = 255, 256, 16, 255
#: Bytes of a hint, and its hashes.
HINT_LENGTH, HINTS = 7, 1 << 16
#: A trait of names that no start tag makes a post: they are told by their name alone.
NEVER_HINTED = 512
_FACTOR = np.uint32(31)
_FACTOR_OF_LAST = np.uint32(31**HINT_LENGTH % 2**32)

_BANG = ord("!")


@kernel
def hint_hash(text: Bytes, at: int) -> Unsigned:
    """Return the hash of the bytes that stand there, their case aside."""
    state = np.uint32(0)
    for offset in range(HINT_LENGTH):
        state = state * _FACTOR + np.uint32(lower(text[at + offset]))
    return state & np.uint32(HINTS - 1)


@kernel
def pair_elements(  # noqa: C901, PLR0913, PLR0917 - one pass; a kernel takes up to seven
    text: Bytes, table: ElementTable, hints: Bytes, top: Counts, found: Counts, comments: Counts
) -> tuple[int, int]:
    """Fill in elements, by their start, and comments; return how many of each.

    An unfinished tag, comment or program ends the pass.

    Args:
        text: ``uint8[n]``.
        table: Traits by name.
        hints: ``uint8[HINTS]``: for which names a hash is one of a word that matters.
        top: ``int64[names]``, all -1: the innermost open element of each name.
        found: ``int64[m, COLUMNS]``, m the number of ``<`` at most.
        comments: ``int64[k, 2]``, likewise.
    """
    count = commented = at = 0
    while True:
        start = find(text, at, LESS)
        if start < 0 or start + 1 >= len(text):
            return count, commented
        at = start + 1
        if text[at] == _BANG and _begins_comment(text, at):
            at = _comment_end(text, at + 3)
            if at < 0:
                return count, commented
            comments[commented, 0], comments[commented, 1] = start, at
            commented += 1
            continue
        is_end = text[at] == SLASH
        name = at + is_end
        if name >= len(text) or not is_letter(text[name]):
            continue
        stop = name_end(text, name)
        traits = traits_of(table, name_hash(text, name, stop))
        if traits == UNKNOWN or stop >= len(text) or text[stop] == LESS:
            continue
        at = rest(text, stop)
        if at < 0:
            return count, commented
        if is_end:
            _close(found, top, traits & NUMBER_MASK, start, at)
            continue
        found[count, NAME], found[count, START] = traits & NUMBER_MASK, start
        found[count, OPEN_END] = found[count, CLOSE_START] = found[count, END] = at
        found[count, KEPT] = _is_hinted(text, stop, at, traits, hints)
        count += 1
        if traits & RAW:
            close, at = find_end_tag(text, at, name, stop)
            if at < 0:
                return count, commented
            found[count - 1, CLOSE_START], found[count - 1, END] = close, at
        else:
            found[count - 1, BELOW] = top[traits & NUMBER_MASK]
            top[traits & NUMBER_MASK] = count - 1


@kernel
def _begins_comment(text: Bytes, at: int) -> bool:
    return at + 2 < len(text) and text[at + 1] == HYPHEN and text[at + 2] == HYPHEN


@kernel
def _comment_end(text: Bytes, at: int) -> int:
    """Return the end of a comment whose mark ends there; -1 when it has none."""
    first = at
    while True:
        at = find(text, at, GREATER)
        if at < 0:
            return -1
        if at >= first + 2 and text[at - 1] == HYPHEN and text[at - 2] == HYPHEN:
            return at + 1
        at += 1


@kernel
def _close(found: Counts, top: Counts, number: int, start: int, end: int) -> None:
    """Give the innermost open element of a name its end tag."""
    opened = top[number]
    if opened >= 0:
        found[opened, CLOSE_START], found[opened, END] = start, end
        top[number] = found[opened, BELOW]


@kernel
def _is_hinted(text: Bytes, start: int, end: int, traits: int, hints: Bytes) -> Unsigned:
    """Whether a word that matters may stand in a start tag; where none is asked for, always."""
    wanted = (traits >> HINT_SHIFT) & HINT_MASK
    if wanted == 0:
        return traits & NEVER_HINTED == 0
    # hint_hash(text, at - HINT_LENGTH), each made from the one before
    state = np.uint32(0)
    for at in range(start, end):
        state = state * _FACTOR + np.uint32(lower(text[at]))
        if at >= start + HINT_LENGTH:
            state -= _FACTOR_OF_LAST * np.uint32(lower(text[at - HINT_LENGTH]))
        if at >= start + HINT_LENGTH - 1 and hints[state & np.uint32(HINTS - 1)] & wanted:
            return True
    return False
