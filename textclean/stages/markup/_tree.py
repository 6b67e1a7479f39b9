"""HTML to text over a tree: the engine's, or a soup the caller holds."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from textclean.stages.markup import _compiled
from textclean.stages.markup._renderer import Renderer
from textclean.stages.markup._skeleton import Skeleton, build_skeleton, is_hidden
from textclean.stages.markup._tables import elements
from textclean.stages.shown import CODE_ELEMENTS, stand_ins

if TYPE_CHECKING:
    import bs4
    from selectolax.lexbor import LexborNode

#: Code points no HTML tree carries: UTF-8 has no surrogates, parsers drop or replace NUL.
_UNCARRIED = re.compile("[\0\ud800-\udfff]")
#: Characters of text that are no dialogue or menu any more.
_LARGE_PART = 1_000
#: A page with all its dialogues and menus is at most some three times what it shows.
_MAIN_SHARE = 4
#: A run of signs is looked at once, from its beginning.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++(?=[\s\"”»’)]|\Z)|[。！？]")
#: Where words are not spaced, characters count.
_WORDS_OF_SENTENCE, _CHARACTERS_OF_SENTENCE = 6, 12
_FEW_SENTENCES = 3
_HIDDEN_TAG = re.compile(r"(<[^<>\s]++) hidden>")


class Outline(NamedTuple):
    """What is left of a page before its tree is built.

    Attributes:
        skeleton: The blocks and the text.
        text_of: Lays out the text of such a skeleton.
        uncarried: What stands in it for characters that no tree carries.
    """

    skeleton: Skeleton
    text_of: Callable[[str], str]
    uncarried: dict[int, str]


def text_of_html(html: str) -> str:
    r"""Return the text of a page or fragment, laid out in lines.

    >>> text_of_html("<ul><li>a<li>b</ul><table><tr><td>1<td>2</table>")
    '- a\n- b\n1\t2'
    """
    return text_of_outline(outline_of_html(html))


def outline_of_html(html: str) -> Outline:
    """Return the outline of a page or fragment."""
    uncarried: dict[int, str] = {}
    source = _encoded(html)
    if source is None:
        uncarried = _stand_ins(html)
        source = html.translate(uncarried).encode()
    if _compiled.is_compiled(source):
        skeleton, text_of = _compiled.build_skeleton(source), _compiled.text_of_skeleton
    else:
        skeleton, text_of = build_skeleton(source.decode()), text_of_tree
    return Outline(skeleton, text_of, uncarried)


def text_of_outline(outline: Outline) -> str:
    """Return the text of an outline, laid out in lines."""
    text = _shown_part(outline.skeleton, outline.text_of)
    if outline.uncarried:
        text = text.translate({ord(new): old for old, new in outline.uncarried.items()})
    return text


def _encoded(text: str) -> bytes | None:
    """Return a text in UTF-8, or None when a character in it is one that no tree carries."""
    try:
        source = text.encode()
    except UnicodeEncodeError:
        return None
    return None if b"\0" in source else source


def _shown_part(skeleton: Skeleton, text_of: Callable[[str], str]) -> str:
    text = text_of(skeleton.html)
    if not skeleton.has_hidden or len(skeleton.html) < _MAIN_SHARE * len(text):
        return text
    whole = text_of(_HIDDEN_TAG.sub(r"\1>", skeleton.html))
    return whole if _is_main_part_hidden(text, whole) else text


def _is_main_part_hidden(shown: str, whole: str) -> bool:
    """Whether far more is hidden than shown: then a script shows it, and it is the article.

    Not where what is shown is an article itself, however short.
    """
    if len(whole) <= max(len(shown) + _LARGE_PART, _MAIN_SHARE * len(shown)):
        return False
    return not _reads_like_article(shown)


def _reads_like_article(text: str) -> bool:
    """Whether a text has several sentences, each ending the line or sentence it stands in.

    >>> _reads_like_article("The ferry leaves the quay at noon. " * 3), _reads_like_article("a. b.")
    (True, False)
    """
    pieces = (piece.rsplit("\n", 1)[-1] for piece in _SENTENCE_END.split(text)[:-1])
    sentences = sum(
        len(piece.split()) >= _WORDS_OF_SENTENCE
        or (" " not in piece.strip() and len(piece) >= _CHARACTERS_OF_SENTENCE)
        for piece in pieces
    )
    return sentences >= _FEW_SENTENCES


def text_of_soup(soup: "bs4.Tag", brackets: Mapping[int, str] = MappingProxyType({})) -> str:
    """Return the text of a soup, laid out as that of the engine's tree.

    Args:
        soup: The part of a page.
        brackets: Characters to put in the place of the brackets that its code shows.
    """
    text = _text_of_soup(soup, brackets, with_hidden=False)
    if len(soup.get_text()) < _MAIN_SHARE * len(text):
        return text
    whole = _text_of_soup(soup, brackets, with_hidden=True)
    return whole if _is_main_part_hidden(text, whole) else text


def _text_of_soup(soup: "bs4.Tag", brackets: Mapping[int, str], *, with_hidden: bool) -> str:
    from bs4 import NavigableString, PageElement, Tag
    from bs4.element import PreformattedString

    renderer = Renderer()
    kinds = elements()
    node: PageElement | None = soup
    open_kinds: list[str] = []
    codes = 0
    while node is not None:
        inside: PageElement | None = None
        if isinstance(node, Tag):
            codes += node.name in CODE_ELEMENTS
            element = kinds.get(node.name)
            kind = "link" if node.name == "a" else element.kind if element else "inline"
            if kind in {"gone", "raw-gone"} or not (with_hidden or _is_shown(node)):
                kind = "inline"
            else:
                renderer.open(kind)
                inside = node.contents[0] if node.contents else None
            open_kinds.append(kind)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            text = str(node)
            renderer.add_text(text.translate(brackets) if codes else text)
        if inside is not None:
            node = inside
            continue
        while node is not None:
            if isinstance(node, Tag):
                renderer.close(open_kinds.pop())
                codes -= node.name in CODE_ELEMENTS
            if node is soup:
                node = None
            elif node.next_sibling is not None:
                node = node.next_sibling
                break
            else:
                node = node.parent
    return renderer.text()


def _is_shown(tag: "bs4.Tag") -> bool:
    if tag.name in {"html", "head", "body"}:
        return True
    style = tag.get("style")
    return not (tag.has_attr("hidden") or (style is not None and is_hidden(f' style="{style}"')))


def _stand_ins(text: str) -> dict[int, str]:
    """Return private characters, absent from the text, for those no tree carries."""
    found = sorted(set(_UNCARRIED.findall(text)))
    return {ord(old): new for old, new in zip(found, stand_ins(text), strict=False)}


def text_of_tree(html: str) -> str:
    """Return the text of a skeleton without the kernels."""
    root = _parser()(html).root
    renderer = Renderer()
    if root is not None:
        hidden = {node.mem_id for node in root.css("[hidden]")} if " hidden>" in html else set()
        _walk(root, renderer, hidden)
    return renderer.text()


def _walk(root: "LexborNode", renderer: Renderer, hidden: set[int]) -> None:
    """Tell the renderer every start, end and text below a node, without recursion."""
    kinds = {name: element.kind for name, element in elements().items()}
    open_kinds: list[str] = []
    node: LexborNode | None = root.first_child
    while node is not None:
        if node.is_text_node:
            renderer.add_text(node.text_content or "")
        elif node.is_element_node:
            kind = kinds.get(node.tag or "", "inline")
            if kind != "gone" and (not hidden or node.mem_id not in hidden):
                renderer.open(kind)
                child = node.first_child
                if child is not None:
                    open_kinds.append(kind)
                    node = child
                    continue
                renderer.close(kind)
        following = node.next
        while following is None and open_kinds:
            renderer.close(open_kinds.pop())
            parent = node.parent if node is not None else None
            if parent is None:
                return
            node, following = parent, parent.next
        node = following


@cache
def _parser() -> Callable[[str], Any]:
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser
