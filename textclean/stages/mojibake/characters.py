"""Characters: ftfy's other fixers, each an option and off by default.

They change sound text on purpose: ligatures, wide characters, curly quotes, odd line breaks
and lone surrogates are no damage, but some users want none of them. The tables are ftfy's.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from textclean.edits import Edit
from textclean.errors import RecipeError

REASONS = {
    "characters.ligature": "A Latin ligature became its letters.",
    "characters.width": "A character of double or half width became the usual one.",
    "characters.quote": "A curly quotation mark or apostrophe became the straight one.",
    "characters.line-break": "A line break of another system became a line feed.",
    "characters.surrogate": "Surrogates became the character they spell, or U+FFFD.",
}
_HIGH_LOW = re.compile("([\ud800-\udbff])([\udc00-\udfff])|[\ud800-\udfff]")


class _Fixer(NamedTuple):
    """One option.

    Attributes:
        pattern: What it replaces.
        replacement: What a match becomes.
        reason: Registered code.
    """

    pattern: re.Pattern[str]
    replacement: Callable[[re.Match[str]], str]
    reason: str


#: The names of the options.
CHARACTERS = ("ligatures", "width", "quotes", "line-breaks", "surrogates")


def check_characters(names: Collection[str]) -> None:
    """Raise ``RecipeError`` unless all names are options.

    >>> check_characters(["quotes", "width"])
    >>> check_characters(["quote"])
    Traceback (most recent call last):
    textclean.errors.RecipeError: characters: no option 'quote'; did you mean 'quotes'?
    """
    for name in names:
        if name not in CHARACTERS:
            near = get_close_matches(name, CHARACTERS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(CHARACTERS)}"
            message = f"characters: no option {name!r}; {hint}"
            raise RecipeError(message)


def holds_characters(text: str, names: Collection[str]) -> bool:
    """Whether one of the options has something to replace.

    >>> holds_characters("ﬁne", ["ligatures"]), holds_characters("fine", ["ligatures", "width"])
    (True, False)
    """
    return any(_fixer(name).pattern.search(text) for name in names)


def find_characters(text: str, names: Collection[str]) -> Iterator[Edit]:
    """Yield the edits of the options named; not sorted.

    >>> [edit[:3] for edit in find_characters("“ﬁne”", ["ligatures", "quotes"])]
    [(1, 2, 'fi'), (0, 1, '"'), (4, 5, '"')]
    """
    for name in CHARACTERS:
        if name not in names:
            continue
        fixer = _fixer(name)
        for match in fixer.pattern.finditer(text):
            yield Edit(match.start(), match.end(), fixer.replacement(match), fixer.reason)


@cache
def _fixer(name: str) -> _Fixer:
    makers = {
        "ligatures": _ligatures,
        "width": _width,
        "quotes": _quotes,
        "line-breaks": _line_breaks,
        "surrogates": _surrogates,
    }
    return makers[name]()


def _mapped(mapping: dict[int, str], reason: str) -> _Fixer:
    """A fixer that translates runs of the characters of a mapping."""
    pattern = re.compile("[" + "".join(map(re.escape, map(chr, mapping))) + "]+")
    return _Fixer(pattern, lambda match: match[0].translate(mapping), reason)


def _ligatures() -> _Fixer:
    from ftfy.chardata import LIGATURES

    return _mapped(dict(LIGATURES), "characters.ligature")


def _width() -> _Fixer:
    from ftfy.chardata import WIDTH_MAP

    fixer = _mapped(dict(WIDTH_MAP), "characters.width")

    def composed(match: re.Match[str]) -> str:  # a kana and its voicing mark are two when narrow
        return unicodedata.normalize("NFC", fixer.replacement(match))

    return fixer._replace(replacement=composed)


def _quotes() -> _Fixer:
    from ftfy.chardata import DOUBLE_QUOTE_RE, SINGLE_QUOTE_RE

    single, double = SINGLE_QUOTE_RE.pattern, DOUBLE_QUOTE_RE.pattern
    return _Fixer(
        re.compile(f"(?P<single>{single})|{double}"),
        lambda match: "'" if match["single"] else '"',
        "characters.quote",
    )


def _line_breaks() -> _Fixer:
    # NEXT LINE (U+0085) is left out: on the web it is the ellipsis of Windows-1252
    return _Fixer(re.compile("\r\n?|[\u2028\u2029]"), lambda _: "\n", "characters.line-break")


def _surrogates() -> _Fixer:
    def replacement(match: re.Match[str]) -> str:
        if match[1] is None:
            return "\ufffd"
        return match[0].encode("utf-16", "surrogatepass").decode("utf-16")

    return _Fixer(_HIGH_LOW, replacement, "characters.surrogate")
