"""Markup in a text that is mostly plain: which spans of it are markup at all.

A page is parsed as a browser would. A plain text with a few tags in it is not a page: there
`<b>` may be a letter in brackets, `<input>` a placeholder, `<p>` the subject of the sentence. So
a tag counts only in the shape that markup has: attributes, a partner, or a name that is no word.
"""

import re

from textclean.stages.markup._mentions import BETWEEN, Token, mentioned
from textclean.stages.markup._skeleton import is_hidden
from textclean.stages.markup._spans import Span
from textclean.stages.markup._tables import elements
from textclean.stages.shown import Regions, code_regions, is_quoted

_OPEN = re.compile(
    r"<(?:(/?)([A-Za-z][^\s/<>]*+)|!--|!\[(?:CDATA\[|if\b|endif\b|else\b)|!doctype\b|\?(?:xml|php)\b)",
    re.IGNORECASE,
)
#: The rest of a tag. Neither form passes the next ``<``: so the time is linear.
_REST = re.compile(r"""[^<>=]*+(?:=\s*+(?:"[^"<]*+"|'[^'<]*+')?+[^<>=]*+)*+>""")
_SHORT_REST = re.compile(r"[^<>]*+>")
_VALUE = r"""(?:"[^"]*+"|'[^']*+'|[“”″„][^“”″„]*+[“”″„]|[^\s"'<>=]++)"""
_NAME = r"[A-Za-z_@:*][\w:.@*-]*+"
_ATTRIBUTES = re.compile(rf"(?:[\s/]++|{_NAME}(?:\s*+=\s*+{_VALUE})?+)*+")
#: Broken further on, but nobody writes a name, an equals sign and a quote after `<b ` in prose.
_QUOTED_ATTRIBUTE = re.compile(rf"\s++{_NAME}\s*+=\s*+[\"'“”″][^\"'“”″]")
#: From the first letter of a run that can begin a name; the others would read to the same sign.
_VALUED = re.compile(
    rf"(?<![\w:.@*-])(?:(?![A-Za-z_@:*])[\w:.@*-])*+{_NAME}"
    r"\s*+=\s*+(?:[\"'“”″„][^\"'“”″„]|[^\s\"'“”″„<>=])"
)
_BOOLEAN = frozenset(
    [
        "compact",
        "controls",
        "muted",
        "defer",
        "hidden",
        "nomodule",
        "async",
        "open",
        "disabled",
        "readonly",
        "autoplay",
        "loop",
        "allowfullscreen",
        "checked",
        "ismap",
        "noshade",
        "nowrap",
        "multiple",
        "selected",
        "reversed",
        "itemscope",
        "novalidate",
        "required",
    ]
)
_DECLARATION_END = re.compile(r"[^<>]*+>")
_FOREIGN_NAME = re.compile(r"[a-z][a-z0-9]*+(?:[-:][a-z0-9_.]++)++")
_RAW = "raw-gone"


def find_tags(text: str) -> list[Span]:
    """Return the spans of tags, comments and declarations in a plain text, in order.

    >>> text = "a <b>bold</b> word, x<b, <nick> and <b>"
    >>> [text[span.start:span.end] for span in find_tags(text)]
    ['<b>', '</b>']
    """
    tokens = _Scanner(text).tokens()
    partner = _pair(tokens)
    talked_about = mentioned(text, tokens, partner)
    certain = any(
        token.loaded or (number in partner and number not in talked_about)
        for number, token in enumerate(tokens)
    )
    spans: list[Span] = []
    reached = 0
    for number, token in enumerate(tokens):
        if token.start < reached or number in talked_about:
            continue
        other = tokens[partner[number]] if number in partner else None
        if not certain and other is None and text[token.start + 1 : token.start + 3].isupper():
            continue  # `<P>` is a ticker or a variable where nothing else is markup
        span = _span(token, other)
        if span is not None:
            spans.append(span)
            reached = span.end
    return spans


class _Scanner:
    """Finds what has the form of markup."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._absent: set[str] = set()
        self._raw_ends: dict[str, tuple[int, int]] = {}  # the next one, looked for only once
        self._section_end = 0  # of the CDATA section that is open
        self._code = Regions(code_regions(text))

    def tokens(self) -> list[Token]:
        text, found, position = self._text, list[Token](), 0
        while (match := _OPEN.search(text, position)) is not None:
            start = match.start()
            if code_end := self._code.end_at(start):
                position = code_end
                continue
            tokens = self._tag(match) if match[2] else self._declaration(match)
            tokens = [token for token in tokens if not is_quoted(text, token.start, token.end)]
            found += tokens
            position = tokens[0].end if tokens else start + 1
        found.sort()
        return found

    def _tag(self, match: re.Match[str]) -> list[Token]:
        text, name = self._text, match[2].lower()
        element = elements().get(name)
        if element is None:
            return self._foreign(match)
        rest = _REST.match(text, match.end()) or _SHORT_REST.match(text, match.end())
        if rest is None:
            return []
        attributes = rest[0][:-1]
        start, end = match.start(), rest.end()
        if match[1]:
            return [] if attributes.strip() else [Token(start, end, name, "end")]
        loaded = _is_loaded(attributes)
        if not loaded and not _is_bare(attributes):
            return []
        if element.kind == _RAW:
            close_start, close = self._end_of_raw(name, end)
            # (Between "<script> and </script>" stands no script.)
            if close >= 0 and (loaded or not BETWEEN.fullmatch(text, end, close_start)):
                return [Token(start, close, name, "whole", reason="markup.script")]
        hidden = element.kind == "gone" or (
            name not in {"html", "head", "body"} and is_hidden(attributes)
        )
        return [Token(start, end, name, "start", loaded, hidden)]

    def _foreign(self, match: re.Match[str]) -> list[Token]:
        """A custom or XML element: only with the two signs no other text has."""
        name = match[2].lower()
        if not _FOREIGN_NAME.fullmatch(name):
            return []
        rest = _REST.match(self._text, match.end())
        if rest is None or "//" in rest[0][:2]:
            return []
        start, end = match.start(), rest.end()
        if match[1]:
            return [Token(start, end, f"?{name}", "end")]
        loaded = _is_loaded(rest[0][:-1])
        if not loaded and rest[0].strip(" />"):
            return []
        return [Token(start, end, f"?{name}", "start", loaded)]

    def _end_of_raw(self, name: str, position: int) -> tuple[int, int]:
        start, end = self._raw_ends.get(name, (0, 0))
        if end >= 0 and start < position:
            found = _end_tag(name).search(self._text, position)
            start, end = found.span() if found else (-1, -1)
            self._raw_ends[name] = start, end
        return start, end

    def _declaration(self, match: re.Match[str]) -> list[Token]:
        text, start, after = self._text, match.start(), match.end()
        if match[0].lower() == "<![cdata[":
            return self._section(start, after)
        reason = "markup.declaration"
        if match[0] == "<!--":
            end, reason = self._find("-->", after - 2), "markup.comment"
        elif match[0][1] == "?":
            end = self._find("?>", after)
        else:
            closed = _DECLARATION_END.match(text, after)
            end = closed.end() if closed else -1
        return [Token(start, end, "", "mark", reason=reason)] if end >= 0 else []

    def _section(self, start: int, after: int) -> list[Token]:
        """The two marks of a CDATA section; what stands between is text."""
        if after < self._section_end:
            return []
        end = self._find("]]>", after)
        if end < 0:
            return []
        self._section_end = end
        marks = ((start, after), (end - 3, end))
        return [Token(*mark, "", "mark", reason="markup.declaration") for mark in marks]

    def _find(self, mark: str, position: int) -> int:
        """End of the next mark, or -1; an absent one is looked for only once."""
        if mark in self._absent:
            return -1
        found = self._text.find(mark, position)
        if found < 0:
            self._absent.add(mark)
            return -1
        return found + len(mark)


def _pair(tokens: list[Token]) -> dict[int, int]:
    """Map each tag that has a partner to it, both ways."""
    waiting: dict[str, list[int]] = {}
    partner: dict[int, int] = {}
    for number, token in enumerate(tokens):
        if token.shape == "start":
            waiting.setdefault(token.name, []).append(number)
        elif token.shape == "end" and waiting.get(token.name):
            other = waiting[token.name].pop()
            partner[number], partner[other] = other, number
    return partner


def _span(token: Token, other: Token | None) -> Span | None:
    """The span to take out for a token; None when it is text."""
    if token.shape in {"mark", "whole"}:
        return Span(token.start, token.end, "inline", token.reason)
    element = elements().get(token.name)
    if element is None:
        if token.loaded or other is not None:
            return Span(token.start, token.end, "inline", token.reason, token.shape == "end")
        return None
    is_end = token.shape == "end"
    if token.hidden and other is not None and not is_end:
        return Span(token.start, other.end, "inline", "markup.hidden")
    alone = not is_end and not token.loaded and other is None
    if alone and not element.bare:
        return None
    effect = element.kind if element.kind in _EFFECTS else "inline"
    effect = "block" if effect == "pre" else effect
    return Span(token.start, token.end, effect, token.reason, is_end)


_EFFECTS = frozenset({"block", "item", "row", "cell", "break", "pre"})


def _is_loaded(attributes: str) -> bool:
    """Whether a tag's rest has the form of attributes and one of them a value."""
    if "=" not in attributes or not _VALUED.search(attributes):
        return False
    return bool(_ATTRIBUTES.fullmatch(attributes) or _QUOTED_ATTRIBUTE.match(attributes))


def _is_bare(attributes: str) -> bool:
    """Whether a tag's rest is empty, or attributes without a value."""
    if not attributes.strip(" \t\r\n/"):
        return True
    if "=" in attributes:
        return _ATTRIBUTES.fullmatch(attributes) is not None
    return all(word.lower() in _BOOLEAN for word in attributes.strip("/").split())


def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\s/>])[^<>]*+>", re.IGNORECASE)
