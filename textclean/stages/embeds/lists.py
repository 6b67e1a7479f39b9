"""Lists whose entries look like attributions: changes, people, events, results.

What tells them from posts is that posts have words between their attributions.
"""

import re
from collections.abc import Sequence

from textclean.stages.embeds.dates import date_at
from textclean.stages.embeds.handles import HANDLE
from textclean.stages.embeds.lines import Line, line_at
from textclean.stages.embeds.networks import Attribution

#: What may be an entry of a list: Instagram's and Reddit's own sentences are none.
_KINDS = frozenset({"dated", "hyphen", "plain"})
#: Handle and date at the end of an entry take no more; the mark of an item is shorter.
_WINDOW = 120
#: Marks of items, such as "-", "[x]" or "12."; and how an item with a hyphen begins.
_MARK = re.compile(r"(?:[-–—*•·+|>]|\[[ xX]\]|\(?\d{1,3}[.):]|\s){1,12}")
_ITEM = re.compile(r"(?:-|–|--)\s")
#: What may stand behind an entry without saying anything.
_TRAILING = " \t\u00a0.,·|"
#: Entries of one list have fewer blank lines between them.
_NEAR_BLANKS = 8


#: What parts the handle of an entry from its date, which begins with none of these.
_BEFORE_DATE = re.compile(r"[\s,;:|·•-]{0,6}(?:on\s{1,3})?")


def is_entry(string: str) -> bool:
    """Whether a line ends in a handle and a date, whatever stands before: as entries of lists do.

    >>> is_entry("- Fix the quay (@annek) 2020-05-01"), is_entry("@pier is open since May 1, 2020")
    (True, False)
    """
    for match in HANDLE.finditer(string):
        before = _BEFORE_DATE.match(string, match.end())
        dated = date_at(string, before.end()) if before else None
        if dated is not None and not string[dated.end() :].strip(_TRAILING):
            return True
    return False


class Lists:
    """The entries of one text."""

    def __init__(self, text: str, lines: list[Line], attributions: Sequence[Attribution]) -> None:
        self._text = text
        self._lines = lines
        self._firsts: set[int] = set()
        self._lasts: set[int] = set()
        for attribution in attributions:
            self._note(attribution)

    def _note(self, attribution: Attribution) -> None:
        """Remember the lines of an attribution that stands alone, or behind the mark of an item."""
        first = line_at(self._lines, attribution.start)
        last = line_at(self._lines, attribution.end - 1)
        # (Cut at the window at once: a line may be the whole text, and hold any number of these.)
        start, end = self._lines[first].first, attribution.end
        opening = self._text[start : min(attribution.start, start + _WINDOW)]
        after = self._text[end : min(self._lines[last].last, end + _WINDOW)]
        alone = not opening or _MARK.fullmatch(opening) is not None
        if attribution.kind in _KINDS and alone and not after.strip(_TRAILING):
            self._firsts.add(first)
            self._lasts.add(last)

    def hold(self, attribution: Attribution, first: int, last: int) -> bool:
        """Whether an attribution on these lines is an entry of a list.

        Beside an entry stands another one, and beside an item with a hyphen another item.
        """
        kind = attribution.kind
        alone = first in self._firsts
        if kind not in _KINDS or not (alone or kind == "hyphen"):
            return False
        above, below = self._filled(first, -1), self._filled(last, 1)
        if alone and (above in self._lasts or below in self._firsts):
            return True
        if alone and above is not None and self._is_entry(above):
            return True
        beside = [line for line in (above, below) if line is not None]
        if kind != "dated" and any(map(self._is_entry, beside)):
            return True
        return kind == "hyphen" and alone and any(map(self._is_item, beside))

    def _is_entry(self, number: int) -> bool:
        line = self._lines[number]
        return is_entry(self._text[max(line.first, line.last - _WINDOW) : line.last])

    def _is_item(self, number: int) -> bool:
        return _ITEM.match(self._text, self._lines[number].first) is not None

    def _filled(self, number: int, step: int) -> int | None:
        """Return the nearest line in a direction that is not blank; None without one near."""
        for candidate in range(number + step, number + _NEAR_BLANKS * step, step):
            if not 0 <= candidate < len(self._lines):
                break
            if not self._lines[candidate].blank:
                return candidate
        return None
