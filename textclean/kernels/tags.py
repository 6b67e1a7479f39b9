"""Where tags, their names and their attributes begin and end, after the HTML standard.

Small pieces that the kernels of the markup stage share; each is linear in what it passes over.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Unsigned
from textclean.kernels.elements import NAME_BASIS, NAME_FACTOR, SLOTS, UNKNOWN, ElementTable
from textclean.kernels.jit import kernel

LESS, GREATER, SLASH, EQUALS = ord("<"), ord(">"), ord("/"), ord("=")
QUOTE, APOSTROPHE, HYPHEN = ord('"'), ord("'"), ord("-")
SPACE, TAB, LINE_FEED, FORM_FEED, RETURN = 0x20, 0x09, 0x0A, 0x0C, 0x0D
_SMALL, _CAPITAL = 0x20, 0xDF  # the bit that tells a small letter of ASCII from its capital
_A, _Z, _ZERO, _NINE = ord("A"), ord("Z"), ord("0"), ord("9")
ONE = np.uint64(1)


@kernel
def is_space(byte: Unsigned) -> Unsigned:
    """Whether a byte is white space of ASCII."""
    return byte == SPACE or TAB <= byte <= RETURN


@kernel
def lower(byte: Unsigned) -> Unsigned:
    """Return the byte, a capital letter of ASCII as a small one."""
    return np.uint8(byte | _SMALL) if _A <= byte <= _Z else np.uint8(byte)


@kernel
def is_letter(byte: Unsigned) -> Unsigned:
    """Whether a byte is a letter of ASCII."""
    return _A <= (byte & _CAPITAL) <= _Z


@kernel
def is_digit(byte: Unsigned) -> Unsigned:
    """Whether a byte is a digit of ASCII."""
    return _ZERO <= byte <= _NINE


@kernel
def name_end(text: Bytes, at: int) -> int:
    """Return where the name that begins there ends."""
    place, end = np.uint64(at), np.uint64(len(text))
    while place < end:
        byte = text[place]
        if is_space(byte) or byte in (SLASH, LESS, GREATER):
            break
        place += ONE
    return int(np.int64(place))


@kernel
def name_hash(text: Bytes, start: int, end: int) -> Unsigned:
    """Return the hash of a name, its case aside."""
    state = NAME_BASIS
    for at in range(np.uint64(start), np.uint64(end)):
        state = (state ^ np.uint64(lower(text[at]))) * NAME_FACTOR
    return state


@kernel
def traits_of(table: ElementTable, name: Unsigned) -> Unsigned:
    """Return the traits of the element of that hash, or ``UNKNOWN``."""
    slot = np.int64(name & np.uint64(SLOTS - 1))
    while table.hashes[slot] != 0:
        if table.hashes[slot] == name:
            return table.traits[slot]
        slot = (slot + 1) & (SLOTS - 1)
    return UNKNOWN


@kernel
def same_name(text: Bytes, at: int, start: int, end: int) -> Unsigned:
    """Whether the name ``text[start:end]`` stands there, whatever its case, and ends there."""
    stop = at + end - start
    if stop >= len(text):
        return False
    for offset in range(end - start):
        if lower(text[at + offset]) != lower(text[start + offset]):
            return False
    return is_space(text[stop]) or text[stop] == SLASH or text[stop] == GREATER


@kernel
def find(text: Bytes, at: int, byte: int) -> int:
    """Return where a byte stands next, or -1.

    (What is unsigned here and below could not point behind the end: that would be asked of each
    byte.)
    """
    place, end, wanted = np.uint64(at), np.uint64(len(text)), np.uint8(byte)
    while place < end:
        if text[place] == wanted:
            return int(np.int64(place))
        place += ONE
    return -1


@kernel
def short_rest(text: Bytes, at: int) -> int:
    """Return the end of a tag that may not reach over the next ``<``; -1 when it has none."""
    place, end = np.uint64(at), np.uint64(len(text))
    while place < end and text[place] != LESS:
        place += ONE
        if text[place - ONE] == GREATER:
            return int(np.int64(place))
    return -1


@kernel
def rest(text: Bytes, at: int) -> int:
    """Return the end of a tag, quotes respected right after ``=``; -1 when it has none."""
    place, end = np.uint64(at), np.uint64(len(text))
    while place < end:
        byte = text[place]
        place += ONE
        if byte == GREATER:
            return int(np.int64(place))
        if byte == EQUALS:
            while place < end and is_space(text[place]):
                place += ONE
            if place < end and (text[place] == QUOTE or text[place] == APOSTROPHE):
                close = find(text, int(np.int64(place)) + 1, text[place])
                if close >= 0:  # else a stray character: no further one of it follows
                    place = np.uint64(close) + ONE
    return -1


@kernel
def find_end_tag(text: Bytes, at: int, start: int, end: int) -> tuple[int, int]:
    """Return where the next end tag of a name begins and ends; twice -1 when there is none."""
    while True:
        at = find(text, at, LESS)
        if at < 0:
            return -1, -1
        if at + 2 < len(text) and text[at + 1] == SLASH and same_name(text, at + 2, start, end):
            close = short_rest(text, at + 2)
            if close >= 0:
                return at, close
        at += 1


@kernel
def spells(text: Bytes, start: int, end: int, word: Bytes) -> bool:
    """Whether a span is a word in lower case, whatever the case of the span."""
    if end - start != len(word):
        return False
    for offset in range(len(word)):  # noqa: SIM110 - the compiler knows no generators
        if lower(text[start + offset]) != word[offset]:
            return False
    return True


@kernel
def skip_spaces(text: Bytes, at: int, end: int) -> int:
    """Return where white space ends."""
    while at < end and is_space(text[at]):
        at += 1
    return at


@kernel
def value_end(text: Bytes, at: int, end: int) -> int:
    """Return the end of an attribute's value, its closing quote aside."""
    if at < end and (text[at] == QUOTE or text[at] == APOSTROPHE):
        quote = text[at]
        at += 1
        while at < end and text[at] != quote:
            at += 1
        return at
    while at < end and not is_space(text[at]):
        at += 1
    return at


@kernel
def attribute_end(text: Bytes, at: int, end: int) -> int:
    """Return the end of an attribute's name."""
    at += 1
    while at < end and not (is_space(text[at]) or text[at] == SLASH or text[at] == EQUALS):
        at += 1
    return at


_HIDDEN, _STYLE = np.frombuffer(b"hidden", np.uint8), np.frombuffer(b"style", np.uint8)
_DISPLAY, _NONE = np.frombuffer(b"display", np.uint8), np.frombuffer(b"none", np.uint8)
_COLON, _SEMICOLON = ord(":"), ord(";")


@kernel
def hides(text: Bytes, at: int, end: int) -> bool:
    """Whether the attributes in a span keep their element from being shown."""
    while True:
        while at < end and (is_space(text[at]) or text[at] == SLASH):
            at += 1
        if at >= end:
            return False
        start, stop = at, attribute_end(text, at, end)
        if spells(text, start, stop, _HIDDEN):
            return True
        at = skip_spaces(text, stop, end)
        if at >= end or text[at] != EQUALS:
            continue
        value = skip_spaces(text, at + 1, end)
        at = value_end(text, value, end)
        if spells(text, start, stop, _STYLE) and displays_nothing(text, value, at):
            return True
        if at < end and not is_space(text[at]):
            at += 1  # the closing quote


@kernel
def displays_nothing(text: Bytes, start: int, end: int) -> bool:
    """Whether a style has ``display: none``."""
    for at in range(start, end - len(_DISPLAY)):
        if not spells(text, at, at + len(_DISPLAY), _DISPLAY):
            continue
        before = text[at - 1]
        starts = at == start or is_space(before) or before == _SEMICOLON
        if not (starts or before in (QUOTE, APOSTROPHE)):
            continue
        after = skip_spaces(text, at + len(_DISPLAY), end)
        if after < end and text[after] == _COLON:
            after = skip_spaces(text, after + 1, end)
            if after + len(_NONE) <= end and spells(text, after, after + len(_NONE), _NONE):
                return True
    return False
