"""HTML that is escaped by its type: whatever is no ``Html`` is text, and is escaped.

No template language: an element is a function call, so that text cannot become markup by being
forgotten. Knows no page and no style.
"""

from collections.abc import Iterable
from html import escape


class Html(str):
    """Markup made by ``element``; everything else is text."""

    __slots__ = ()


#: Elements that have no end tag.
_VOID = frozenset({"br", "input", "link", "meta", "img"})

Child = str | Iterable[str] | None


def element(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """Return an element; text in it and its attributes is escaped.

    Args:
        name: Its tag.
        children: Text, ``Html``, several of either, or None.
        attributes: By name, ``_`` for ``-``, one at the end dropped (``class_``). True: the name
            alone; False and None: left out.

    >>> print(element("p", "a < b", element("br"), class_="note", hidden=True))
    <p class="note" hidden>a &lt; b<br></p>
    """
    opening = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        word = key.rstrip("_").replace("_", "-")
        opening.append(word if value is True else f'{word}="{escape(str(value))}"')
    start = f"<{' '.join(opening)}>"
    return Html(start if name in _VOID else f"{start}{join(*children)}</{name}>")


def join(*children: Child) -> Html:
    """Return children one after the other; text is escaped.

    >>> print(join("<", element("b", "x")))
    &lt;<b>x</b>
    """
    pieces: list[str] = []
    for child in children:
        if child is None:
            continue
        several = (child,) if isinstance(child, str) else child
        pieces += (piece if isinstance(piece, Html) else escape(piece) for piece in several)
    return Html("".join(pieces))
