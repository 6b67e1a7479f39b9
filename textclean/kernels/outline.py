"""From the source of a page to what is left of it for a tree builder: blocks and text.

The rules, and why each, stand with the twin in ``stages/markup/_skeleton.py``; this is the same
pass over UTF-8 bytes. The caller allocates, and asks ``source.survey`` first.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Unsigned
from textclean.kernels.elements import (
    AS_PRE,
    DRAWING,
    GONE,
    IMPLIED,
    INLINE,
    IS_PRE,
    KIND_MASK,
    LINK,
    PROGRAM,
    RAW_GONE,
    TEXT_ONLY,
    UNKNOWN,
    UNWRITTEN,
    VOID,
    ElementTable,
)
from textclean.kernels.jit import kernel
from textclean.kernels.source import (
    DEPTH,
    DRAWN,
    HAS_HIDDEN,
    LINK_ENDED,
    OUT,
    PRE_DEPTH,
    SHORT,
    Page,
    declaration_end,
)
from textclean.kernels.tags import (
    EQUALS,
    GREATER,
    HYPHEN,
    LESS,
    SLASH,
    find,
    find_end_tag,
    hides,
    is_digit,
    is_letter,
    lower,
    name_end,
    name_hash,
    rest,
    short_rest,
    traits_of,
)

_LOW_LINE, _DOT = ord("_"), ord(".")
_COLON, _AMPERSAND, _HASH, _LONGEST_REFERENCE = ord(":"), ord("&"), ord("#"), 40
_PRE, _HIDDEN = np.frombuffer(b"pre", np.uint8), np.frombuffer(b" hidden", np.uint8)
_LESS_WRITTEN, _BREAK = np.frombuffer(b"&lt;", np.uint8), np.frombuffer(b"<br>", np.uint8)
_EMPTY_COMMENT = np.frombuffer(b"<!---->", np.uint8)


@kernel
def outline(page: Page, table: ElementTable, maximum_depth: int) -> Unsigned:
    """Write the outline of a page; return its length."""
    text, at = page.text, 0
    while True:
        start = find(text, at, LESS)
        if start < 0:
            break
        begins = start + 1 < len(text)
        is_end = begins and text[start + 1] == SLASH
        name = start + 1 + is_end
        if begins and name < len(text) and is_letter(text[name]):
            end = _tag(page, table, at, start, maximum_depth)
        else:
            end = declaration_end(page, start) if begins and not is_end else -1
            if end >= 0:
                _write_text(page.text, page.out, page.state, at, start)
                _keep_apart(page.out, page.state)
        if end < 0:  # no markup after all
            _write_text(page.text, page.out, page.state, at, start + 1)
            end = start + 1
        at = end
    _write_text(page.text, page.out, page.state, at, len(text))
    return page.state[OUT]


@kernel
def _write(out: Bytes, state: Counts, piece: Bytes) -> None:
    place = state[OUT]
    for offset in range(len(piece)):
        out[place + offset] = piece[offset]
    state[OUT] = place + len(piece)


@kernel
def _write_text(text: Bytes, out: Bytes, state: Counts, start: int, end: int) -> None:
    """Write text as it stands, a ``<`` in it as a reference."""
    if start == end:
        return
    state[LINK_ENDED] = 0
    place = state[OUT]
    for at in range(start, end):
        byte = text[at]
        if byte == LESS:
            for offset in range(4):
                out[place + offset] = _LESS_WRITTEN[offset]
            place += 4
        else:
            out[place] = byte
            place += 1
    state[OUT] = place


@kernel
def _keep_apart(out: Bytes, state: Counts) -> None:
    """Keep half a character reference from growing together with what follows."""
    last = at = state[OUT] - 1
    while at >= 0 and at > last - _LONGEST_REFERENCE:
        byte = out[at]
        if byte == _AMPERSAND:
            _write(out, state, _EMPTY_COMMENT)
            return
        if not (is_letter(byte) or is_digit(byte) or byte == _HASH):
            return
        at -= 1


@kernel
def _tag(page: Page, table: ElementTable, at: int, start: int, maximum_depth: int) -> int:
    """Write the text before a tag, and the tag as far as it matters; return where to go on."""
    text, state = page.text, page.state
    is_end = text[start + 1] == SLASH
    name = start + 1 + is_end
    stop = name_end(text, name)
    word = name_hash(text, name, stop)
    traits = traits_of(table, word)
    if traits == UNKNOWN and not (is_end or _is_foreign(page, name, stop, word)):
        return -1
    end = -1 if state[SHORT] else rest(text, stop)
    if end < 0:
        state[SHORT] = 1
        end = short_rest(text, stop)
        if end < 0:
            return -1
    _write_text(page.text, page.out, page.state, at, start)
    if traits == UNKNOWN:
        traits = INLINE | (0 if _is_custom(text, name, stop) else VOID)
    if traits & KIND_MASK == RAW_GONE:
        _keep_apart(page.out, page.state)
        return end if is_end else _skip_raw(page, name, stop, end, traits)
    if traits & DRAWING:
        _keep_apart(page.out, page.state)
        return end if is_end else _drawing_end(page, start, end)
    if traits & LINK:
        _separate_links(page.out, page.state, is_end)
    hidden = not (is_end or traits & VOID) and hides(text, stop, end - 1)
    if _is_transparent(
        page.ends, page.written, traits, word, is_end, hidden, text[end - 2] == SLASH
    ):
        _keep_apart(page.out, page.state)
    elif is_end:
        _write_end(page, name, stop, traits, word, maximum_depth)
    else:
        return _write_start(page, name, stop, end, traits, word, hidden, maximum_depth)
    return end


@kernel
def _is_foreign(page: Page, name: int, stop: int, word: int) -> bool:
    """Whether an unlisted name is an element all the same: a custom or XML one."""
    text = page.text
    if _end_of(page.ends, word) >= 0 or _is_xml_name(text, name, stop):
        return True
    end = short_rest(text, stop)
    for at in range(stop, end):  # noqa: SIM110 - the compiler knows no generators
        if text[at] == EQUALS:
            return True
    return False


@kernel
def _is_xml_name(text: Bytes, name: int, stop: int) -> bool:
    """Whether a name has a hyphen or colon inside, and nothing that an address has."""
    marks = 0
    for at in range(name, stop):
        byte = text[at]
        mark = byte in (HYPHEN, _COLON)
        marks += mark
        if not (mark or is_letter(byte) or is_digit(byte) or byte in (_LOW_LINE, _DOT)):
            return False
    return marks > 0 and text[stop - 1] not in (HYPHEN, _COLON)


@kernel
def _is_custom(text: Bytes, name: int, stop: int) -> bool:
    """Whether a name is one that the tree builder will give back: letters, digits, a hyphen."""
    hyphens = 0
    for at in range(name, stop):
        byte = text[at]
        hyphens += byte == HYPHEN
        if not (is_letter(byte) or is_digit(byte) or byte == HYPHEN):
            return False
    return hyphens > 0


@kernel
def _end_of(ends: Longs, word: int) -> Unsigned:
    """Return the number of a name among those with an end tag, or -1.

    (The names are few: halving by hand takes less than ``np.searchsorted``.)
    """
    first, last = 0, len(ends)
    while first < last:
        middle = (first + last) >> 1
        if ends[middle] < word:
            first = middle + 1
        else:
            last = middle
    return first if first < len(ends) and ends[first] == word else -1


@kernel
def _skip_raw(page: Page, name: int, stop: int, end: int, traits: int) -> int:
    """Return the end of an element whose content is no text."""
    _, close = _end_tag(page, name, stop, end)
    if close >= 0:
        return close
    return len(page.text) if traits & PROGRAM else end


@kernel
def _end_tag(page: Page, name: int, stop: int, at: int) -> tuple[int, int]:
    """Find the next end tag of a name; one that is absent is looked for only once."""
    number = _end_of(page.ends, name_hash(page.text, name, stop))
    if number < 0 or page.absent[number]:
        return -1, -1
    start, close = find_end_tag(page.text, at, name, stop)
    page.absent[number] = close < 0
    return start, close


@kernel
def _drawing_end(page: Page, start: int, end: int) -> Unsigned:
    """Return the end of a drawing, or of its start tag when it never ends."""
    number = page.state[DRAWN]
    while number < len(page.drawings) and page.drawings[number, 0] < start:
        number += 1
    page.state[DRAWN] = number
    if number < len(page.drawings) and page.drawings[number, 0] == start:
        return max(end, page.drawings[number, 1])
    return end


@kernel
def _separate_links(out: Bytes, state: Counts, is_end: bool) -> None:  # noqa: FBT001 - no keywords in kernels
    """Two links side by side are two words, whatever style sheet keeps them apart."""
    if is_end:
        state[LINK_ENDED] = 1
    elif state[LINK_ENDED] and not state[PRE_DEPTH]:
        out[state[OUT]] = ord(" ")
        state[OUT] += 1


@kernel
def _is_transparent(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    ends: Longs,
    written: Bytes,
    traits: int,
    word: int,
    is_end: bool,  # noqa: FBT001
    hidden: bool,  # noqa: FBT001
    closed: bool,  # noqa: FBT001
) -> Unsigned:
    """Whether a tag may be left out: the tree's text is the same without it."""
    kind, number = traits & KIND_MASK, _end_of(ends, word)
    if kind == GONE:
        return not is_end and (closed or number < 0)
    if kind != INLINE:
        return traits & UNWRITTEN != 0
    if number < 0 or traits & VOID:
        return True
    if hidden:
        written[number] = 1
    return written[number] == 0


@kernel
def _write_tag(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    text: Bytes, out: Bytes, state: Counts, name: int, stop: int, traits: int, mark: int
) -> None:
    """Write a tag; ``mark`` 1: an end tag, 2: a hidden element's."""
    place = state[OUT]
    out[place] = LESS
    place += 1
    if mark == 1:
        out[place] = SLASH
        place += 1
    if traits & AS_PRE:
        for offset in range(len(_PRE)):
            out[place + offset] = _PRE[offset]
        place += len(_PRE)
    else:
        for at in range(name, stop):
            out[place] = lower(text[at])
            place += 1
    if mark == 2:  # noqa: PLR2004
        for offset in range(len(_HIDDEN)):
            out[place + offset] = _HIDDEN[offset]
        place += len(_HIDDEN)
    out[place] = GREATER
    state[OUT] = place + 1


@kernel
def _write_start(  # noqa: PLR0913, PLR0917 - as its twin
    page: Page,
    name: int,
    stop: int,
    end: int,
    traits: int,
    word: int,
    hidden: bool,  # noqa: FBT001
    maximum_depth: int,
) -> int:
    """Write a start tag, with its content where that is text only; return where to go on."""
    state = page.state
    mark = 2 if hidden and not traits & VOID else 0
    state[HAS_HIDDEN] |= mark != 0
    if traits & TEXT_ONLY:
        start, close = _end_tag(page, name, stop, end)
        if close < 0:
            _keep_apart(page.out, page.state)
            return end
        _write_tag(page.text, page.out, page.state, name, stop, traits, mark)
        _write_text(page.text, page.out, page.state, end, start)
        _write_tag(page.text, page.out, page.state, name, stop, traits, 1)
        return close
    if not traits & (VOID | IMPLIED):
        state[DEPTH] += 1
        state[PRE_DEPTH] += traits & IS_PRE != 0
        number = _end_of(page.ends, word)
        if number >= 0:
            page.opened[number] += 1
        if state[DEPTH] > maximum_depth:
            _write(page.out, page.state, _BREAK)
            return end
    _write_tag(page.text, page.out, page.state, name, stop, traits, mark)
    return end


@kernel
def _write_end(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    page: Page, name: int, stop: int, traits: int, word: int, maximum_depth: int
) -> None:
    state, number = page.state, _end_of(page.ends, word)
    if not traits & IMPLIED and page.opened[number]:
        page.opened[number] -= 1
        state[DEPTH] -= 1
        state[PRE_DEPTH] -= traits & IS_PRE != 0
        if state[DEPTH] >= maximum_depth:
            _keep_apart(page.out, page.state)
            return
    _write_tag(page.text, page.out, page.state, name, stop, traits, 1)
