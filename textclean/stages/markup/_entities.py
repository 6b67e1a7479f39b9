"""Character references in text: which are decoded, to what."""

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5, name2codepoint

from textclean.edits import Edit
from textclean.stages.markup._tables import elements
from textclean.stages.shown import Regions, code_regions, is_quoted

#: What has the form of a character reference.
REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
#: A tag that is shown, not used: "write &lt;b&gt; for bold".
_SHOWN_TAG = re.compile(r"&lt;/?([A-Za-z][A-Za-z0-9]*+)(?:\s[^<>&\n]{0,200}+)?&gt;")
#: Shorter names that HTML 5 added are words and letters: ``&in;``, ``&or;``, ``&Re;``.
_MINIMUM_NEW_NAME = 5
_CARRIAGE_RETURN = "\r"
_LINE_FEEDS = ("\n", "&#10;", "&#xa;", "&#xA;")


def decode_reference(reference: str) -> str | None:
    """Return the character of ``&name;`` or ``&#number;``; None when it is to stay.

    >>> decode_reference("&eacute;"), decode_reference("&#8217;"), decode_reference("&QL;")
    ('é', '’', None)
    """
    name = reference[1:-1]
    if name[0] != "#":
        known = name in name2codepoint or name == "apos"
        known = known or (len(name) >= _MINIMUM_NEW_NAME and f"{name};" in html5)
        return unescape(reference) if known else None
    decoded = unescape(reference)
    if not decoded or decoded == "\ufffd":
        return None
    if decoded in {"\t", "\n", _CARRIAGE_RETURN}:
        return decoded
    # a control character, a surrogate or no character at all: whoever wrote it meant no text
    return decoded if decoded.isprintable() or decoded.isspace() or _is_format(decoded) else None


def find_references(text: str) -> Iterator[Edit]:
    """Yield an edit for each character reference that stands for a character.

    >>> [edit.replacement for edit in find_references("AT&amp;T, `&amp;`")]
    ['&']
    """
    if "&" not in text:
        return
    code = Regions(sorted([*code_regions(text), *_shown_tags(text)]))
    for match in REFERENCE.finditer(text):
        start, end = match.span()
        if code.end_at(start) or is_quoted(text, start, end):
            continue
        decoded = decode_reference(match[0])
        if decoded == _CARRIAGE_RETURN:
            decoded = "" if text.startswith(_LINE_FEEDS, end) else "\n"
        if decoded is not None:
            yield Edit(start, end, decoded, "markup.entity")


def _shown_tags(text: str) -> Iterator[tuple[int, int]]:
    if "&lt;" in text:
        for match in _SHOWN_TAG.finditer(text):
            if match[1].lower() in elements():
                yield match.span()


def _is_format(decoded: str) -> bool:
    """Soft hyphen, joiners, direction marks: invisible, but text."""
    return bool(decoded) and all(
        char in "\u00ad\u200b\u200c\u200d\u200e\u200f\ufeff\u2060" for char in decoded
    )
