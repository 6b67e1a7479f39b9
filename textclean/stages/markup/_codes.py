"""Square-bracket markup: WordPress shortcodes and BBCode, by table of known names.

Brackets are also what programs, logs and sentences are full of. So a known name is not enough: a
shortcode stands alone on its line or between sentences, as publishing systems leave it, and has
the attributes that shortcodes have; or it is closed again, with something in between.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from textclean.stages.markup._spans import Span
from textclean.stages.markup._tables import code_attributes, code_prefixes, codes
from textclean.stages.shown import Regions, code_regions

#: Attributes hold no bracket and end with the line: a longer one is text.
_CODE = re.compile(r"\[(/?)([A-Za-z][\w-]*+|\*)((?:[\s=][^\[\]\n]*+)?)\](?!\()")
_ATTRIBUTE = re.compile(r"[\w-]\s*=")
_ADDRESS = re.compile(r"\s*https?://\S+\s*")
_QUOTED = re.compile(r"[\w-]\s*=\s*(?:[\"'“”″„‘’«]|&(?:quot|#\d{2,4});)")
_WITH_ADDRESS = re.compile(r"[\s=\"'](?:https?://|www\.)")
#: Directly behind a word these are formatting, other brackets an index: `H[sub]2[/sub]O`, `a[i]`.
_BESIDE_WORDS = frozenset({"sub", "sup", "*"})
_GAP = " \t\u00a0"
_SENTENCE_END = frozenset('.!?…。！？"”»’')
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

    >>> [text[s.start:s.end] for text in ["[b]x[/b] a[i] [video]"] for s in find_codes(text)]
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
    return list(_Reader(text, found).spans()) if found else []


def _read(text: str, match: re.Match[str]) -> _Code | None:
    start, end = match.span()
    if text.startswith("[", start - 1) and start and text.startswith("]", end):
        return None  # `[[name]]` is how WordPress shows a shortcode
    name = match[2].lower()
    known = name in codes("bbcode") or name in codes("shortcode") or name == "*"
    if not known and not name.startswith(code_prefixes()):
        return None
    if not (match[1] or match[3] or name in _BESIDE_WORDS) and start:
        before = text[start - 1]
        if before == "_" or (before.isascii() and before.isalnum()):
            return None
    return _Code(start, end, name, bool(match[1]), match[3])


def _pair(found: list[_Code]) -> dict[int, int]:
    """Map each tag that has a partner to it, both ways; with nothing between, they are none."""
    waiting: dict[str, list[int]] = {}
    partner: dict[int, int] = {}
    for number, code in enumerate(found):
        if not code.is_end:
            waiting.setdefault(code.name, []).append(number)
        elif waiting.get(code.name):
            other = waiting[code.name].pop()
            if found[other].end < code.start:
                partner[number], partner[other] = other, number
    return partner


#: How the line begins that names a post's author.
_DASHES = ("\u2014", "\u2015")


class _Reader:
    """Decides which of the codes of one text are markup."""

    def __init__(self, text: str, found: list[_Code]) -> None:
        self._text = text
        self._found = found
        self._partner = _pair(found)
        worthy = [self._is_worthy(number) for number in range(len(found))]
        self._left = self._edges(worthy, step=1)
        self._right = self._edges(worthy, step=-1)
        self._bbcode = self._is_bbcode_used()

    def spans(self) -> Iterator[Span]:
        reached = 0
        list_end = 0
        for number, code in enumerate(self._found):
            if code.start < reached:
                continue
            other = self._other(number)
            if code.name == "list" and other is not None and not code.is_end:
                list_end = max(list_end, other.start)
            span = self._bbcode_span(code, other, in_list=code.start < list_end)
            span = span or self._shortcode_span(number)
            if span is not None:
                yield span
                reached = span.end

    def _other(self, number: int) -> _Code | None:
        return self._found[self._partner[number]] if number in self._partner else None

    def _is_worthy(self, number: int) -> bool:
        """Whether a code could be markup, wherever it stands."""
        code = self._found[number]
        if number in self._partner or code.name == "*":
            return True
        shape = codes("shortcode").get(code.name)
        if shape is None and not code.name.startswith(code_prefixes()):
            return False
        if code.attributes[:1] == "=":
            return _WITH_ADDRESS.search(code.attributes) is not None
        return shape != "loaded" or code.is_end or _is_attributed(code.attributes)

    def _edges(self, worthy: list[bool], step: int) -> list[str]:
        """Say for each code what it stands at on one side: ``line``, ``sentence`` or nothing.

        Other codes that could be markup do not count as neighbours.
        """
        edges = [""] * len(worthy)
        found = self._found
        for number in range(len(found))[::step]:
            at = self._past_gap(found[number], step)
            neighbour = number - step
            if (
                0 <= neighbour < len(found)
                and worthy[neighbour]
                and at == (found[neighbour].end - 1 if step > 0 else found[neighbour].start)
            ):
                edges[number] = edges[neighbour]
            else:
                edges[number] = self._edge(at, step)
                if step < 0 and found[number].is_end and self._text[at : at + 1] in _DASHES:
                    # Whoever signs a post: once that is gone, a sentence would follow.
                    edges[number] = "sentence"
        return edges

    def _past_gap(self, code: _Code, step: int) -> int:
        """Return where the next character stands that is no blank."""
        at = code.start - 1 if step > 0 else code.end
        while 0 <= at < len(self._text) and self._text[at] in _GAP:
            at -= step
        return at

    def _edge(self, at: int, step: int) -> str:
        if not 0 <= at < len(self._text):
            return "line"
        char = self._text[at]
        if char in "\r\n" or char == (">" if step > 0 else "<"):
            return "line"
        if step > 0:
            return "sentence" if char in _SENTENCE_END else ""
        return "sentence" if char.isalnum() and not char.islower() else ""

    def _is_bbcode_used(self) -> bool:
        """Whether some pair is more than one bare pair between the words of a sentence.

        `Write [b]bold[/b] for bold` is as likely talk of BBCode as a use of it.
        """
        bare = 0
        for number, code in enumerate(self._found):
            if code.is_end or number not in self._partner or code.name not in codes("bbcode"):
                continue
            at_line = "line" in {self._left[number], self._right[self._partner[number]]}
            if code.attributes or at_line or code.name in _EFFECTS:
                return True
            bare += 1
            if bare > 1 or codes("bbcode")[code.name] == "content":
                return True
        return False

    def _bbcode_span(self, code: _Code, other: _Code | None, *, in_list: bool) -> Span | None:
        if code.name == "*":
            return Span(code.start, code.end, "item", "markup.bbcode") if in_list else None
        shape = codes("bbcode").get(code.name)
        if shape is None or other is None or not self._bbcode:
            return None
        opener = other if code.is_end else code
        if opener.attributes[:1].isspace() and not _ATTRIBUTE.search(opener.attributes):
            return None  # `[quote of the day] ... [/quote]`
        if shape == "content":
            if code.is_end or "\n" in self._text[code.end : other.start]:
                return None
            return Span(code.start, other.end, "inline", "markup.bbcode")
        effect = _EFFECTS.get(code.name, "inline")
        return Span(code.start, code.end, effect, "markup.bbcode", is_end=code.is_end)

    def _shortcode_span(self, number: int) -> Span | None:
        code, other = self._found[number], self._other(number)
        shape = codes("shortcode").get(code.name)
        if shape is None and not code.name.startswith(code_prefixes()):
            return None
        if not self._is_worthy(number) or (other is None and not self._is_set_off(number)):
            return None
        end = code.end
        holds = other is not None and not code.is_end
        if holds and other and _ADDRESS.fullmatch(self._text, code.end, other.start):
            end = other.end
        return Span(code.start, end, "inline", "markup.shortcode")

    def _is_set_off(self, number: int) -> bool:
        """Whether a code without a partner stands where a publishing system leaves it."""
        code = self._found[number]
        left, right = self._left[number], self._right[number]
        if code.is_end:
            return bool(right)  # of a text whose beginning is lost
        if left == right == "line":
            return True
        loose = codes("shortcode").get(code.name) == "loaded" and not _QUOTED.search(
            code.attributes
        )
        return bool(left and right) and not loose


def _is_attributed(attributes: str) -> bool:
    """Whether there is a value in quotes, an address, or a value that shortcodes have."""
    return any(
        pattern.search(attributes) for pattern in (_QUOTED, _WITH_ADDRESS, _known_attribute())
    )


@cache
def _known_attribute() -> re.Pattern[str]:
    names = "|".join(map(re.escape, code_attributes()))
    return re.compile(rf"(?<![\w-])(?:{names})\s*=\s*\w", re.IGNORECASE)
