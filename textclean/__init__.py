r"""textclean turns a dirty stream of articles into a clean one.

>>> import textclean
>>> textclean.clean("Opening hours:\u00c2 daily")
'Opening hours: daily'

Importing this package loads no kernel, HTML parser or language profile: each loads on first
use. So does all else, dataclasses included: what the command does before it can answer Ctrl-C
is to load this file.
"""

import sys

from textclean.version import __version__

TYPE_CHECKING = False  # the name that type checkers know; ``typing`` takes a while to load
if TYPE_CHECKING:
    from typing import Any

    import bs4

    from textclean.adapters.arrow import clean_table as clean_table
    from textclean.adapters.batches import map_batch as map_batch
    from textclean.dedup.deduplicate import deduplicate as deduplicate
    from textclean.dedup.index import Match as Match
    from textclean.dedup.index import NearDuplicateIndex as NearDuplicateIndex
    from textclean.dedup.shared import SharedIndex as SharedIndex
    from textclean.dedup.signatures import shingle_hash as shingle_hash
    from textclean.dedup.signatures import shingles as shingles
    from textclean.dedup.signatures import signature as signature
    from textclean.document import Document as Document
    from textclean.edits import Edit as Edit
    from textclean.pipeline import Pipeline as Pipeline
    from textclean.pipeline import Result as Result
    from textclean.recipe import Recipe as Recipe
    from textclean.stage import replay as replay
    from textclean.stages.markup import text_from_soup as text_from_soup

#: Where each lazily loaded name lives (PEP 562).
_HOMES = {
    "Document": "textclean.document",
    "Edit": "textclean.edits",
    "Match": "textclean.dedup.index",
    "NearDuplicateIndex": "textclean.dedup.index",
    "Pipeline": "textclean.pipeline",
    "Recipe": "textclean.recipe",
    "Result": "textclean.pipeline",
    "SharedIndex": "textclean.dedup.shared",
    "clean_table": "textclean.adapters.arrow",
    "deduplicate": "textclean.dedup.deduplicate",
    "map_batch": "textclean.adapters.batches",
    "replay": "textclean.stage",
    "shingle_hash": "textclean.dedup.signatures",
    "shingles": "textclean.dedup.signatures",
    "signature": "textclean.dedup.signatures",
    "text_from_soup": "textclean.stages.markup",
}

__all__ = [
    "Document",
    "Edit",
    "Match",
    "NearDuplicateIndex",
    "Pipeline",
    "Recipe",
    "Result",
    "SharedIndex",
    "__version__",
    "clean",
    "clean_table",
    "deduplicate",
    "explain",
    "map_batch",
    "replay",
    "shingle_hash",
    "shingles",
    "signature",
    "text_from_soup",
]


def clean(text: "str | bs4.Tag", recipe: "Recipe | None" = None) -> str:
    r"""Return the text repaired: mojibake, embedded posts, markup and stuffing gone.

    A BeautifulSoup object, or an element of one, is taken as the HTML it stands for.

    One text has no near-duplicates: a recipe's ``duplicates`` stage does nothing here, and a
    ``language`` that drops leaves the text as it stands.

    >>> clean("Tickets cost \u00c2\u00a35.")
    'Tickets cost £5.'
    """
    return explain(text, recipe).text


def explain(text: "str | bs4.Tag", recipe: "Recipe | None" = None) -> "Result":
    r"""Clean one text and return what happened: ``.text``, ``.edits``; prints as a diff.

    The edits of a BeautifulSoup object are those of ``str(soup)``.

    Raises:
        TypeError: ``text`` is neither ``str`` nor a soup; bytes must be decoded first.

    >>> print(explain("Opening hours:\u00c2 daily"))
    mojibake: 1 edit
         1  Opening hours:[-Â-] daily                             mojibake.lost-nbsp
    """
    from textclean.document import Document
    from textclean.pipeline import single_text_pipeline
    from textclean.recipe import Recipe

    if _is_soup(text):
        text = str(text)
    if not isinstance(text, str):
        message = f"text must be str, not {type(text).__name__}; decode bytes first"
        raise TypeError(message)
    return single_text_pipeline(recipe or Recipe()).process([Document("text", text)])[0]


def _is_soup(text: object) -> bool:
    """Whether this is a caller's BeautifulSoup object; who has one has loaded bs4."""
    bs4 = sys.modules.get("bs4")
    return bs4 is not None and isinstance(text, bs4.Tag)


def __getattr__(name: str) -> "Any":
    if name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    message = f"module 'textclean' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
