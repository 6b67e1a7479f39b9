"""Markup out of articles: HTML, entities, shortcodes, BBCode.

A page (HTML source) is parsed as a browser parses it and laid out in lines. A text that is mostly
plain, with a few leftovers in it, is edited only around them. What merely looks like markup
(`a < b`, `List<String>`, `<nick>`, an address in angle brackets) is text and stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textclean.edits import Edit
from textclean.stage import TextStage
from textclean.stages.markup._rounds import markup_edits, settle
from textclean.stages.markup._tree import text_of_soup
from textclean.stages.markup._triage import might_hold
from textclean.stages.shown import SHOWN_BRACKETS, stand_ins

if TYPE_CHECKING:
    import bs4

    from textclean.kernels.arrays import Flags
    from textclean.kernels.columns import Columns

__all__ = ["StripMarkup", "text_from_soup"]


@dataclass(frozen=True, slots=True)
class StripMarkup(TextStage):
    r"""Turn HTML into lines of text, and take leftover markup out of plain text.

    Block elements become line breaks, list items begin with a dash, tabs separate table cells,
    entities become characters once, after the tags are gone. An entity that would spell
    a tag or another entity stays as it is: `&lt;b&gt;` in a tutorial.

    >>> from textclean.document import Document
    >>> [outcome] = StripMarkup().process([Document("a", "<p>AT&amp;T: a < b</p><p>x<y>z</p>")])
    >>> outcome.text
    'AT&T: a < b\nx<y>z'
    """

    name: ClassVar[str] = "markup"
    reasons: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "markup.html": "HTML source was laid out as text.",
            "markup.tag": "A leftover HTML tag was taken out.",
            "markup.comment": "An HTML comment was taken out.",
            "markup.declaration": "A doctype, processing instruction or CDATA mark was taken out.",
            "markup.script": "A script, a style sheet or an embedded frame was taken out.",
            "markup.hidden": "An element that no browser shows was taken out.",
            "markup.entity": "A character reference was replaced by its character.",
            "markup.shortcode": "A shortcode of a content management system was taken out.",
            "markup.bbcode": "BBCode was taken out.",
        }
    )

    def might_change(self, text: str) -> bool:
        """Triage: whether a known tag, a reference or a known code begins somewhere."""
        return might_hold(text)

    def triage(self, columns: "Columns", /) -> "Flags":
        """Tell which texts of a column hold a sign that markup begins with."""
        from textclean.kernels.markers import MARKUP

        found: Flags = columns.markers & MARKUP != 0
        return found

    def find_edits(self, text: str, language: str | None) -> Iterable[Edit]:  # noqa: ARG002
        """Return the edits that leave no markup."""
        return markup_edits(text)


def text_from_soup(soup: "bs4.Tag") -> str:
    r"""Return the text of a soup, as ``StripMarkup`` gives it for the same HTML.

    For callers who hold a BeautifulSoup object; best built with html5lib, which makes the same tree
    as a browser. What the parser has already dropped (`<String>` read as a tag) cannot come back.

    >>> from bs4 import BeautifulSoup
    >>> text_from_soup(BeautifulSoup("<ul><li>a<li>b</ul>", "html5lib"))
    '- a\n- b'
    """
    brackets = dict(zip(map(ord, SHOWN_BRACKETS), stand_ins(soup.get_text()), strict=False))
    return settle(text_of_soup(soup, brackets), brackets)
