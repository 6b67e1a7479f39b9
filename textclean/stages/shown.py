"""What a text shows instead of using: code, and tags in quotes."""

import re
from collections.abc import Iterator
from html import unescape

#: Elements that show what they hold as it stands.
CODE_ELEMENTS = frozenset({"pre", "code", "kbd", "samp", "tt", "xmp", "listing", "textarea"})
#: What codes begin with: shortcodes and BBCode, and templates that stand for posts.
SHOWN_BRACKETS = "[{"
_CODE_NAMES = "|".join(sorted(CODE_ELEMENTS))
_CODE_TAG = re.compile(rf"<(/?)({_CODE_NAMES})(?=[\s/>])[^<>]*+>", re.IGNORECASE | re.ASCII)
_CODE_END = re.compile(rf"</(?:{_CODE_NAMES})[\s/>]", re.IGNORECASE | re.ASCII)
#: A bracket, or its reference; not those of CDATA sections and conditional comments.
_BRACKET = re.compile(
    r"(?<!<!)(?<!<!\[CDATA)\[|\{|&#(?:0*+91|x0*+5b|0*+123|x0*+7b);|&(?:lbrack|lsqb|lbrace|lcub);",
    re.IGNORECASE,
)
_PRIVATE_PLANES = range(0xF0000, 0x10FFFE)
#: So many stand-ins are looked for one by one: seldom are more needed.
_FEW_STAND_INS = 8
#: Signs of cuneiform: as rare in a page, and printable.
PRINTABLE_SIGNS = range(0x12000, 0x1239A)
#: (The backtick stands first: to look for a character is quick.)
_INLINE_CODE = re.compile(r"`(?<!``)[^`\n]{1,200}`(?!`)")
_FENCE, _FENCE_INDENT = "```", 3
_QUOTES = {"`": "`", '"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“"}


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether a span stands alone in quotes: it is being talked about.

    >>> is_quoted('the "<b>" tag', 5, 8)
    True
    """
    close = _QUOTES.get(text[start - 1 : start]) if start else None
    return close is not None and text.startswith(close, end)


def code_regions(text: str) -> list[tuple[int, int]]:
    """Return the spans of code in Markdown, in order: shown as they stand.

    >>> code_regions("use `<b>` here")
    [(4, 9)]
    """
    if "`" not in text:
        return []
    marks = list(_fences(text))
    blocks = list(zip(marks[::2], marks[1::2], strict=False))
    lines = [match.span() for match in _INLINE_CODE.finditer(text)]
    return sorted([*blocks, *lines])


def _fences(text: str) -> Iterator[int]:
    """Yield where the lines begin that open or close a block of code."""
    at = text.find(_FENCE)
    while at >= 0:
        start = at
        while start and at - start < _FENCE_INDENT and text[start - 1] in " \t":
            start -= 1
        if not start or text[start - 1] == "\n":
            yield start
        at = text.find(_FENCE, at + len(_FENCE))


def stand_ins(characters: str, codes: range = _PRIVATE_PLANES) -> Iterator[str]:
    """Yield characters that are absent from a text, private ones unless told otherwise."""
    for code in codes[:_FEW_STAND_INS]:  # (to collect what a page holds takes longer)
        if chr(code) not in characters:
            yield chr(code)
    present = set(characters)
    yield from (chr(code) for code in codes[_FEW_STAND_INS:] if chr(code) not in present)


def brackets_of_code(html: str, codes: range = _PRIVATE_PLANES) -> dict[int, str]:
    """Return characters, absent from a page, for the brackets that its code shows.

    Empty when the page shows none.

    Args:
        html: The page.
        codes: Where to take them from.

    >>> brackets_of_code("<code>a[0]</code>")[ord("[")]
    '\U000f0000'
    """
    if not _BRACKET.search(html) or not _CODE_END.search(html):
        return {}
    return dict(zip(map(ord, SHOWN_BRACKETS), stand_ins(html, codes), strict=False))


def with_stand_ins(html: str, brackets: dict[int, str], *, references: bool = True) -> str:
    """Put the private characters in the place of the brackets inside code of a page.

    Args:
        html: The page.
        brackets: What ``brackets_of_code`` returns for it.
        references: Whether references to brackets are replaced, too; else the length stays.

    >>> with_stand_ins("[b] <code>[b]</code>", {ord("["): "("})
    '[b] <code>(b]</code>'
    """
    if not brackets:
        return html

    def stand_in(match: re.Match[str]) -> str:
        kept = len(match[0]) > 1 and not references
        return match[0] if kept else brackets.get(ord(unescape(match[0])), match[0])

    pieces: list[str] = []
    reached = 0
    for start, end in _code_elements(html):
        pieces += (html[reached:start], _BRACKET.sub(stand_in, html[start:end]))
        reached = end
    return "".join([*pieces, html[reached:]])


def _code_elements(html: str) -> Iterator[tuple[int, int]]:
    """Yield the outermost spans between the tags of code elements."""
    opened: dict[str, list[int]] = {}
    spans: list[tuple[int, int]] = []
    for match in _CODE_TAG.finditer(html):
        name = match[2].lower()
        if not match[1]:
            opened.setdefault(name, []).append(match.end())
        elif opened.get(name):
            spans.append((opened[name].pop(), match.start()))
    reached = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            yield start, end
            reached = end


class Regions:
    """Answers, for positions that only grow, whether they lie in a region."""

    def __init__(self, regions: list[tuple[int, int]]) -> None:
        self._rest = iter(regions)
        self._region = next(self._rest, None)

    def end_at(self, position: int) -> int:
        """Return the end of the region a position lies in; 0 when it is in none.

        >>> regions = Regions([(4, 9)])
        >>> regions.end_at(2), regions.end_at(5), regions.end_at(9)
        (0, 9, 0)
        """
        while self._region is not None and self._region[1] <= position:
            self._region = next(self._rest, None)
        if self._region is None or position < self._region[0]:
            return 0
        return self._region[1]
