r"""Text that is shown, never sent: control and escape characters appear as ``\x1b``."""

import unicodedata


def visible(text: str) -> str:
    r"""Return text with everything a terminal could obey, or a reader could miss, escaped.

    >>> print(visible("a\x1b[2Jb\u00a0c"))
    a\x1b[2Jb\xa0c
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


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
