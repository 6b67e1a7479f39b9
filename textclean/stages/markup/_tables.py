"""The tables of the markup stage, read once: elements, shortcodes, BBCode."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any, NamedTuple


class Element(NamedTuple):
    """What one HTML element does to the text.

    Attributes:
        kind: See the head of ``tables/markup_elements.toml``.
        bare: Whether a tag without attributes and without partner is markup at all.
        void: Whether it has no end tag.
    """

    kind: str
    bare: bool
    void: bool


@cache
def elements() -> dict[str, Element]:
    """Return every known element by its lower-case name.

    >>> elements()["p"].kind, "nick" in elements()
    ('block', False)
    """
    return {
        name: Element(row["kind"], row.get("bare", True), row.get("void", False))
        for row in _load("markup_elements.toml")["element"]
        for name in row["names"]
    }


@cache
def codes(family: str) -> dict[str, str]:
    """Return the shape each ``bbcode`` or ``shortcode`` name must have to be markup.

    >>> codes("bbcode")["b"], codes("shortcode")["gallery"]
    ('pair', 'loaded')
    """
    return {
        name: row["shape"]
        for row in _load("markup_codes.toml")[family]
        if row["shape"] != "prefix"
        for name in row["names"]
    }


@cache
def code_prefixes() -> tuple[str, ...]:
    """Return the prefixes of page builders' shortcodes.

    >>> "vc_row".startswith(code_prefixes())
    True
    """
    rows = _load("markup_codes.toml")["shortcode"]
    return tuple(name for row in rows if row["shape"] == "prefix" for name in row["names"])


@cache
def code_attributes() -> tuple[str, ...]:
    """Return the names of attributes that show a shortcode even where their value is unquoted.

    >>> "ids" in code_attributes(), "level" in code_attributes()
    (True, False)
    """
    return tuple(name for row in _load("markup_codes.toml")["attribute"] for name in row["names"])


def _load(file: str) -> dict[str, Any]:
    text = resources.files("textclean.stages").joinpath("tables", file).read_text("utf-8")
    return tomllib.loads(text)
