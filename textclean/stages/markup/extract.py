"""The main text of whole pages, found by trafilatura: no menus, teasers or comments.

No stage of the default recipe. It needs the extra ``extract``; trafilatura loads on first use.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from types import MappingProxyType
from typing import ClassVar, Literal

from textclean.edits import Edit
from textclean.errors import MissingExtraError, RecipeError
from textclean.stage import TextStage
from textclean.stages.shown import PRINTABLE_SIGNS, brackets_of_code, with_stand_ins

__all__ = ["ExtractMain"]

#: A whole page says so itself; a fragment or a plain text has no menu to be rid of.
_PAGE = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)
#: Characters no tree carries: the parser behind trafilatura refuses a text that has one.
_UNCARRIED = re.compile("[\0\ud800-\udfff]")

#: Trafilatura decodes its output once more: a reference that the page shows must bear that.
_SHOWN_REFERENCE = re.compile(r"&(?:amp|#38|#x26);(?=#?\w{1,32};)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ExtractMain(TextStage):
    """Replace a whole page by its main text.

    A page in which trafilatura finds none stays as it is: the stages after this one clean all of
    it, so that nothing is lost.

    Args:
        what: ``"main"``, the only choice so far.

    >>> from textclean.document import Document
    >>> [outcome] = ExtractMain().process([Document("a", "Fewer than 3 < 4 pages.")])
    >>> outcome.text
    'Fewer than 3 < 4 pages.'
    """

    name: ClassVar[str] = "extract"
    reasons: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"extract.main": "The main text of the page, without menus, teasers and comments."}
    )

    what: Literal["main"] = "main"

    def __post_init__(self) -> None:
        """Refuse what cannot be extracted, and a run that would fail at its first page."""
        if self.what != "main":
            message = f"extract must be 'main', not {self.what!r}"
            raise RecipeError(message)
        if find_spec("trafilatura") is None:
            need = "--extract main needs trafilatura"
            raise MissingExtraError(extra="extract", need=need)

    def might_change(self, text: str) -> bool:
        """Triage: whether the text is a page."""
        return "<" in text and _PAGE.search(text) is not None

    def find_edits(self, text: str, language: str | None) -> Iterable[Edit]:  # noqa: ARG002
        """Return the edit that puts the main text in the page's place."""
        if not self.might_change(text):
            return ()
        from textclean.stages.markup._rounds import settle

        page = _SHOWN_REFERENCE.sub("&amp;amp;", _UNCARRIED.sub("", text))
        brackets = brackets_of_code(page, PRINTABLE_SIGNS)  # it drops others
        # What the page shows of tags and references is decoded now; the stages that follow would
        # read it as source.
        main = settle(_extractor()(with_stand_ins(page, brackets)) or "", brackets)
        if not main or self.might_change(main):
            return ()
        return (Edit(0, len(text), main, "extract.main"),)


@cache
def _extractor() -> Callable[[str], str | None]:
    """Return trafilatura's function with our settings; it logs every page it cannot read."""
    import logging

    from trafilatura import extract

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

    def main_text(page: str) -> str | None:
        return extract(page, include_comments=False)

    return main_text
