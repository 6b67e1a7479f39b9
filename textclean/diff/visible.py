r"""Text that is shown, never sent: control and escape characters appear as ``\x1b``."""

import unicodedata

#: Of a longer name only the ends are shown.
MAXIMUM_NAME = 120


def visible(text: str) -> str:
    r"""Return text with everything a terminal could obey, or a reader could miss, escaped.

    >>> print(visible("a\x1b[2Jb\u00a0c"))
    a\x1b[2Jb\xa0c
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def visible_name(name: str) -> str:
    r"""Return an id or another name as it is shown: escaped, and of a long one both ends.

    >>> visible_name("a\x1b"), visible_name("x" * 1_000_000)[58:100]
    ('a\\x1b', 'xx … 999,880 more characters … xxxxxxxxxxx')
    """
    half = MAXIMUM_NAME // 2
    if len(name) <= MAXIMUM_NAME:
        return visible(name)
    more = f" … {len(name) - 2 * half:,} more characters … "
    return visible(name[:half]) + more + visible(name[-half:])


def width(text: str) -> int:
    """Return how many columns visible text takes on a terminal.

    >>> width("abc"), width("東京"), width("e\N{COMBINING ACUTE ACCENT}")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(character)
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _escape(character: str) -> str:
    if character == "\n":
        return "⏎"
    return character.encode("unicode_escape").decode("ascii")
