"""What a text shows instead of using: code, and tags in quotes."""

import re

_INLINE_CODE = re.compile(r"(?<!`)`[^`\n]{1,200}`(?!`)")
_FENCE = re.compile(r"^[ \t]{0,3}```", re.MULTILINE)
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
    marks = [match.start() for match in _FENCE.finditer(text)]
    blocks = list(zip(marks[::2], marks[1::2], strict=False))
    lines = [match.span() for match in _INLINE_CODE.finditer(text)]
    return sorted([*blocks, *lines])


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
