"""Square-bracket markup: WordPress shortcodes and BBCode, by table of known names."""

import re
from typing import NamedTuple

from textclean.stages.markup._shown import Regions, code_regions
from textclean.stages.markup._spans import Span
from textclean.stages.markup._tables import code_prefixes, codes

#: Attributes hold no bracket and end with the line: a longer one is text.
_CODE = re.compile(r"\[(/?)([A-Za-z][\w-]*+|\*)((?:[\s=][^\[\]\n]*+)?)\](?!\()")
_ATTRIBUTE = re.compile(r"[\w-]\s*=")
_ADDRESS = re.compile(r"\s*https?://\S+\s*")
#: What a BBCode tag does to the line, by the name of the HTML element that does the same.
_EFFECTS = {
    "quote": "block", "code": "block", "center": "block", "left": "block", "right": "block",
    "justify": "block", "align": "block", "indent": "block", "list": "block", "ul": "block",
    "ol": "block", "table": "block", "pre": "block", "h1": "block", "h2": "block", "h3": "block",
    "h4": "block", "spoiler": "block", "li": "item", "*": "item", "tr": "row", "td": "cell",
    "th": "cell",
}  # fmt: skip


class _Code(NamedTuple):
    start: int
    end: int
    name: str
    is_end: bool
    attributes: str


def find_codes(text: str) -> list[Span]:
    """Return the spans of shortcodes and BBCode tags, in order.

    >>> [text[s.start:s.end] for text in ["a[i] [b]x[/b] [video]"] for s in find_codes(text)]
    ['[b]', '[/b]']
    """
    if "[" not in text:
        return []
    shown = Regions(code_regions(text))
    found = [
        code
        for match in _CODE.finditer(text)
        if not shown.end_at(match.start()) and (code := _read(text, match)) is not None
    ]
    partner = _pair(found)
    spans: list[Span] = []
    reached = 0
    list_end = 0
    for number, code in enumerate(found):
        if code.start < reached:
            continue
        other = found[partner[number]] if number in partner else None
        if code.name == "list" and other is not None and not code.is_end:
            list_end = max(list_end, other.start)
        span = _bbcode(text, code, other, in_list=code.start < list_end)
        span = span or _shortcode(text, code, other)
        if span is not None:
            spans.append(span)
            reached = span.end
    return spans


def _read(text: str, match: re.Match[str]) -> _Code | None:
    start, end = match.span()
    if text.startswith("[", start - 1) and start and text.startswith("]", end):
        return None  # `[[name]]` is how WordPress shows a shortcode
    name = match[2].lower()
    known = name in codes("bbcode") or name in codes("shortcode") or name == "*"
    if not known and not name.startswith(code_prefixes()):
        return None
    return _Code(start, end, name, bool(match[1]), match[3])


def _pair(found: list[_Code]) -> dict[int, int]:
    """Map each tag that has a partner to it, both ways."""
    waiting: dict[str, list[int]] = {}
    partner: dict[int, int] = {}
    for number, code in enumerate(found):
        if not code.is_end:
            waiting.setdefault(code.name, []).append(number)
        elif waiting.get(code.name):
            other = waiting[code.name].pop()
            partner[number], partner[other] = other, number
    return partner


def _bbcode(text: str, code: _Code, other: _Code | None, *, in_list: bool) -> Span | None:
    if code.name == "*":
        return Span(code.start, code.end, "item", "markup.bbcode") if in_list else None
    shape = codes("bbcode").get(code.name)
    if shape is None or other is None:
        return None
    opener = other if code.is_end else code
    if opener.attributes[:1].isspace() and not _ATTRIBUTE.search(opener.attributes):
        return None  # `[quote of the day] ... [/quote]`
    if shape == "content":
        if code.is_end or "\n" in text[code.end : other.start]:
            return None
        return Span(code.start, other.end, "inline", "markup.bbcode")
    effect = _EFFECTS.get(code.name, "inline")
    return Span(code.start, code.end, effect, "markup.bbcode", is_end=code.is_end)


def _shortcode(text: str, code: _Code, other: _Code | None) -> Span | None:
    shape = codes("shortcode").get(code.name)
    if shape is None and not code.name.startswith(code_prefixes()):
        return None
    if code.attributes[:1] == "=":
        return None
    loaded = code.is_end or other is not None or _ATTRIBUTE.search(code.attributes) is not None
    if shape == "loaded" and not loaded:
        return None
    end = code.end
    if other is not None and not code.is_end and _ADDRESS.fullmatch(text, code.end, other.start):
        end = other.end
    return Span(code.start, end, "inline", "markup.shortcode")
