"""Which texts of a batch hold a sign that tags, shortcodes, references or posts begin with.

One pass for the triage of the stages ``embeds`` (in both forms) and ``markup``. A block of bytes is
first asked as a whole, in a loop without branches that the compiler turns into vector
instructions: a byte equals ``c`` where ``byte ^ c`` is 0, two neighbors are ``c`` and ``d`` where
``(first ^ c) | (second ^ d)`` is 0, and the minimum of all such values over a block tells whether
one of them is. Only where it is are the bytes of the block looked at one by one.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Unsigned
from textclean.kernels.jit import kernel
from textclean.kernels.tags import is_digit, is_letter

#: Bytes asked at once, and bytes beyond them that the question reaches.
BLOCK, REACH = 256, 3

#: The flags of a text: what ``markup`` looks for; what an embedded element or a shortcode begins
#: with; what stands in every flattened post.
MARKUP, ELEMENT, POST = 1, 2, 4
_ALL = MARKUP | ELEMENT | POST

_SLASH, _BANG, _QUESTION, _HASH, _STAR, _PERCENT = map(ord, "/!?#*%")
_DOT, _UNDERSCORE = ord("."), ord("_")
_SMALL_I, _CAPITAL_I = ord("i"), ord("I")
_BEYOND_ASCII = 0x80

#: What a post holds, in UTF-8: "t.co/", "pic.", "nstagram", "NSTAGRAM", "Posted by", by four of
#: their letters; "u/"; the end of the Hebrew name of Instagram; and the wide commercial at.
_LINK, _PICTURE, _NETWORK, _SHOUTED, _POSTED = (
    tuple(np.uint8(byte) for byte in word) for word in (b".co/", b"pic.", b"tagr", b"TAGR", b"Post")
)
_USER, _HEBREW, _WIDE_AT = (
    tuple(np.uint8(byte) for byte in word) for word in (b"u/", b"\xd7\x9d", b"\xef\xbc")
)
_LESS, _AND, _BRACKET, _BRACE, _AT = (np.uint8(byte) for byte in b"<&[{@")


@kernel
def _off_two(first: Unsigned, second: Unsigned, word: tuple[Unsigned, ...]) -> Unsigned:
    """Return 0 where two bytes spell a word. Without ``np.uint8`` they would widen."""
    return np.uint8(np.uint8(first ^ word[0]) | np.uint8(second ^ word[1]))


@kernel
def _off_four(
    first: Unsigned,
    second: Unsigned,
    third: Unsigned,
    fourth: Unsigned,
    word: tuple[Unsigned, ...],
) -> Unsigned:
    """Return 0 where four bytes spell a word."""
    beginning = _off_two(first, second, (word[0], word[1]))
    return np.uint8(beginning | _off_two(third, fourth, (word[2], word[3])))


@kernel
def _off_words(first: Unsigned, second: Unsigned, third: Unsigned, fourth: Unsigned) -> Unsigned:
    """Return 0 where four bytes begin with a word that a post holds."""
    least = _off_four(first, second, third, fourth, _LINK)
    least = min(least, _off_four(first, second, third, fourth, _PICTURE))
    least = min(least, _off_four(first, second, third, fourth, _NETWORK))
    least = min(least, _off_four(first, second, third, fourth, _SHOUTED))
    least = min(least, _off_four(first, second, third, fourth, _POSTED))
    least = min(least, _off_two(first, second, _USER))
    least = min(least, _off_two(first, second, _HEBREW))
    return min(least, _off_two(first, second, _WIDE_AT))


@kernel
def _block_asks(block: Bytes) -> bool:
    """Whether any byte of a block begins what is looked for; it has ``BLOCK + REACH`` bytes."""
    least = np.uint8(0xFF)
    for at in range(BLOCK):
        first = block[at]
        off = _off_words(first, block[at + 1], block[at + 2], block[at + 3])
        off = min(off, np.uint8(first ^ _LESS), np.uint8(first ^ _AND), np.uint8(first ^ _AT))
        least = min(least, off, np.uint8(first ^ _BRACKET), np.uint8(first ^ _BRACE))
    return bool(least == 0)


@kernel
def _byte(data: Bytes, at: int, end: int) -> Unsigned:
    return data[at] if at < end else np.uint8(0)


@kernel
def _is_handle(data: Bytes, at: int, start: int, end: int) -> bool:
    """Whether a commercial at could begin a handle: before a word, not inside an address."""
    following = _byte(data, at + 1, end)
    if not (_is_word(following) or following >= _BEYOND_ASCII):
        return False
    return at == start or not (_is_word(data[at - 1]) or data[at - 1] == _DOT)


@kernel
def _is_word(byte: Unsigned) -> Unsigned:
    return is_letter(byte) or is_digit(byte) or byte == _UNDERSCORE


@kernel
def _flags_at(data: Bytes, at: int, start: int, end: int) -> int:
    """Return the flags of what begins at a byte of a text."""
    first, following = data[at], _byte(data, at + 1, end)
    if first == _LESS:
        named = is_letter(following) or following in (_SLASH, _BANG, _QUESTION)
        element = following in (_SLASH, _BANG, _SMALL_I, _CAPITAL_I)
        return (MARKUP if named else 0) | (ELEMENT if element else 0)
    if first == _AND:
        return MARKUP if is_letter(following) or following == _HASH else 0
    if first == _BRACKET:
        named = is_letter(following) or following >= _BEYOND_ASCII
        markup = named or following in (_SLASH, _STAR)
        return (MARKUP if markup else 0) | (ELEMENT | POST if named else 0)
    if first == _BRACE:
        return ELEMENT | POST if following in (ord("{"), _PERCENT) else 0
    if first == _AT:
        return POST if _is_handle(data, at, start, end) else 0
    words = _off_words(first, following, _byte(data, at + 2, end), _byte(data, at + 3, end))
    return POST if words == 0 else 0


@kernel
def _text_flags(data: Bytes, start: int, end: int) -> int:
    """Return the flags of one text."""
    flags, at = 0, start
    while at < end and flags != _ALL:
        stop = min(at + BLOCK, end)
        if at + BLOCK + REACH > len(data) or _block_asks(data[at : at + BLOCK + REACH]):
            for position in range(at, stop):
                flags |= _flags_at(data, position, start, end)
        at = stop
    return flags


@kernel
def marker_flags(data: Bytes, offsets: Counts, flags: Bytes) -> None:
    """Fill ``flags`` with what each text of a batch holds: MARKUP, ELEMENT, POST.

    Args:
        data: ``uint8``, the batch's UTF-8.
        offsets: ``int64[texts + 1]`` into it.
        flags: ``uint8[texts]``, filled.
    """
    for number in range(len(flags)):
        flags[number] = _text_flags(data, offsets[number], offsets[number + 1])
