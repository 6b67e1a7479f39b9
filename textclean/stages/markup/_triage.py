"""Whether anything in a text has the beginning that all markup has."""

import re
from functools import cache

from textclean.stages.markup._entities import REFERENCE
from textclean.stages.markup._tables import code_prefixes, codes, elements


def might_hold(text: str) -> bool:
    """Tell whether a known tag, a reference or a known code could begin somewhere.

    A sign alone says little: agencies write `<GM>` for a share, editors `[sic]`.

    >>> [might_hold(text) for text in ("shares of <GM> rose [sic]", "a <b", "AT&T", "AT&amp;T")]
    [False, True, False, True]
    """
    if "<" in text and _tag().search(text) is not None:
        return True
    if "&" in text and REFERENCE.search(text) is not None:
        return True
    return "[" in text and _code().search(text) is not None


@cache
def _tag() -> re.Pattern[str]:
    """Return the pattern of what a tag begins with: the name known, or with a hyphen or colon."""
    names = "|".join(map(re.escape, sorted(elements(), key=len, reverse=True)))
    return re.compile(
        rf"<(?:[!?]|/?(?:(?:{names})(?![^\s/<>])|[A-Za-z][^\s/<>]*[-:]))", re.IGNORECASE
    )


@cache
def _code() -> re.Pattern[str]:
    known = {*codes("bbcode"), *codes("shortcode")}
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    prefixes = "|".join(map(re.escape, code_prefixes()))
    return re.compile(rf"\[/?(?:\*|(?:{names})(?![\w-])|{prefixes})", re.IGNORECASE)
