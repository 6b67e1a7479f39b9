"""Find what a text states that must not get lost: the *facts* of ``facts.py``.

They are looked for around what may go: what is marked once a line, the rest once a *segment*, some
words of a line that no name leaves.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate

from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.marked import MARKED, marked_pattern, rows_seen
from textclean.stages.repetition.name_runs import NameRuns
from textclean.stages.repetition.sites import sites
from textclean.stages.repetition.units import Unit

#: A day, month and year in one: losing the combination loses the date.
DATE = re.compile(
    r"(?<!\w)\d{1,2}(?:\.|st|nd|rd|th|º|er)? (?:de |of )?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}(?!\w)"
    r"|(?<!\w)[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?, \d{4}(?!\w)"
)

#: What follows the figure of an hour: "9 am", "9 p.m."
HOUR = re.compile(r" ?[AaPp](?:\.[Mm]\.|[Mm])(?!\w)")
#: What stands before figures that count: "№ 5", "§ 4".
NUMBER_SIGNS = "№§#"

_BLANKS = "\u00a0\u202f\u2009\t\n\r"

#: The month that small is a word of grammar.
MAY = "may"

#: No date begins further before its year; digits of a year.
DATE_REACH = 40
YEAR_DIGITS = 4

#: Words of a segment, at least.
SEGMENT_WORDS = 24

#: Words behind a figure that belong to it, at most.
MOST_UNIT_WORDS = 2

#: A fact touches a span if its last word is no further before it, or behind it.
FACT_REACH = DATE_REACH + YEAR_DIGITS + 1

#: Spans in order, and how far each and those before it reach.
_Placed = tuple[list[tuple[int, int]], list[int]]


def _placed(spans: Iterable[tuple[int, int]]) -> _Placed:
    ordered = sorted(set(spans))
    if len(ordered) > 1:
        return ordered, list(accumulate([end for _, end in ordered], max))
    return ordered, [end for _, end in ordered]


def _touching(placed: _Placed, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield those of the spans that touch one."""
    spans, reached = placed
    place = bisect_left(spans, (end,)) - 1
    while place >= 0 and reached[place] > start:
        if spans[place][1] > start:
            yield spans[place]
        place -= 1


class FactFinder:
    """Knows the facts around any place of a text.

    >>> finder = FactFinder(Layout("Rent rose to $1,200 in 2024. Anna Berg paid.", "en"))
    >>> [finder.flat[slice(*span)] for span in finder.touching(20, 35)]
    ['2024', 'Anna Berg']
    """

    def __init__(self, layout: Layout) -> None:
        """Know the text; nothing is looked for yet."""
        self._layout = layout
        self._marked_in: dict[int, _Placed] = {}  # by line
        self._segments_of: dict[int, list[int]] = {}
        self._found_in: dict[int, _Placed] = {}  # by first word of a segment

    @cached_property
    def flat(self) -> str:
        """The text with all white space as blanks, at the same offsets."""
        flat = self._layout.text
        for blank in _BLANKS:
            flat = flat.replace(blank, " ")
        return flat

    @cached_property
    def _names(self) -> NameRuns:
        """The runs of capitalized words."""
        return NameRuns(self._layout, self.flat)

    @cached_property
    def _signs_there(self) -> list[tuple[int, tuple[str, ...]]]:
        """The rows of ``MARKED`` that have a sign in the text, and their signs."""
        text, seen = self._layout.text, rows_seen(self._layout.points)
        return [
            (number, signs)
            for number, (signs, _) in enumerate(MARKED)
            if seen >> number & 1 and any(sign in text for sign in signs)
        ]

    def touching(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the spans of the facts that touch a span, in order."""
        lines, starts = self._layout.lines, self._layout.line_starts
        low, high = self._words_around(start, end)
        # A figure may have its unit in the next line, a year its month in the one before.
        first = max(0, bisect_right(starts, start) - 2)
        last = min(len(starts), bisect_right(starts, end) + 1)
        found: set[tuple[int, int]] = set()
        for number in range(first, last):
            line = lines[number]
            if line.first == line.last:
                continue
            if line.start < end and start < line.end and self._signs_there:
                found.update(_touching(self._marked_of(number), start, end))
            if line.first < high and low < line.last:
                for placed in self._segments_within(number, low, high):
                    if placed[0]:
                        found.update(_touching(placed, start, end))
        return sorted(found)

    def _words_around(self, start: int, end: int) -> tuple[int, int]:
        """Return the first word, and the one behind the last, that facts touching a span have."""
        starts = self._layout.starts
        touched = bisect_right(starts, start) - 1
        first = min(bisect_left(starts, start - FACT_REACH), touched - MOST_UNIT_WORDS)
        return first, max(bisect_left(starts, end + FACT_REACH), bisect_left(starts, end) + 1)

    def _marked_of(self, number: int) -> _Placed:
        """Return what is marked in a line."""
        known = self._marked_in.get(number)
        if known is None:
            known = self._marked_in[number] = _placed(self._marked(self._layout.lines[number]))
        return known

    def _segments_within(self, number: int, first: int, last: int) -> Iterator[_Placed]:
        """Yield the facts of those segments of a line that hold any of some words."""
        bounds = self._segments(number, last)
        place = max(0, bisect_right(bounds, first) - 1)
        while place + 1 < len(bounds) and bounds[place] < last:
            known = self._found_in.get(bounds[place])
            if known is None:
                known = _placed(self._facts_of(bounds[place], bounds[place + 1]))
                self._found_in[bounds[place]] = known
            yield known
            place += 1

    def _segments(self, number: int, last: int) -> list[int]:
        """Return where the segments of a line begin, up to a word or to where the last one ends."""
        line = self._layout.lines[number]
        bounds = self._segments_of.setdefault(number, [line.first])
        while bounds[-1] < min(last, line.last):
            bounds.append(self._after_names(bounds[-1] + SEGMENT_WORDS, line.last))
        return bounds

    def _after_names(self, number: int, last: int) -> int:
        """Return the first word, of those from a number on, that is in no name."""
        layout, connectors = self._layout, self._names.connectors
        while number < last and (layout.capitals[number] or layout.all_keys[number] in connectors):
            number += 1
        return min(number, last)

    def _facts_of(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield the names, sites, numbers and dates of some words in a row."""
        yield from self._names.between(first, last)
        yield from sites(self._layout, first, last)
        if self._layout.numerals.find(1, first, last) >= 0:
            yield from self._numbers(first, last)
            yield from self._dates(first, last)

    def _marked(self, line: Unit) -> Iterator[tuple[int, int]]:
        """Yield quotations, addresses and handles in a line; of a wrapped one, also in the next."""
        layout, text, end = self._layout, self._layout.text, line.end
        if layout.wrapped:
            text = self.flat
            following = bisect_right(layout.line_starts, line.start)
            end = layout.lines[min(following, len(layout.lines) - 1)].end
        piece = text[line.start : end]
        present = [number for number, signs in self._signs_there if any(map(piece.count, signs))]
        if present:
            for match in marked_pattern(tuple(present)).finditer(text, line.start, end):
                yield match.span()

    def _dates(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield the dates whose year is one of some words."""
        layout = self._layout
        number = layout.numerals.find(1, first, last)
        while number >= 0:
            if layout.all_keys[number][:YEAR_DIGITS].isdecimal():
                start = layout.starts[number]
                low = max(0, start - DATE_REACH)
                for match in DATE.finditer(self.flat, low, start + YEAR_DIGITS + 1):
                    yield match.span()
            number = layout.numerals.find(1, number + 1, last)

    def _numbers(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield figures with their sign and unit, and with the name before them: "Boeing 747"."""
        layout, text = self._layout, self.flat
        number = layout.numerals.find(1, first, last)
        while number >= 0:
            start, end = layout.starts[number], layout.ends[number]
            yield self._with_signs(number)
            if number and layout.capitals[number - 1]:
                before, after = layout.starts[number - 1], layout.ends[number - 1]
                if text[after:start] == " ":
                    yield before, end
            number = layout.numerals.find(1, number + 1, last)

    def _with_signs(self, number: int) -> tuple[int, int]:
        layout, text = self._layout, self.flat
        start, end = layout.starts[number], layout.ends[number]
        if start and unicodedata.category(text[start - 1]) == "Sc":
            start -= 1
        before = start - (text[start - 1 : start] == " ")
        if before and text[before - 1] in NUMBER_SIGNS:
            start = before - 1
        if start and text[start - 1] in "-−±" and text[max(0, start - 2) : start - 1] in ("", " "):
            start -= 1
        hour = HOUR.match(text, end)
        if hour is not None:
            return start, hour.end()
        sign = end + (text[end : end + 1] == " ")  # "20 %", "5 €"
        if sign < len(text) and (text[sign] in "%‰°" or unicodedata.category(text[sign]) == "Sc"):
            return start, sign + 1
        return start, layout.ends[number + self._unit_words(number)]

    def _unit_words(self, number: int) -> int:
        """Count the words behind a figure that belong to it: "5 kg", "5 May", "5 de mayo"."""
        layout, text = self._layout, self.flat
        ends, starts, keys = layout.ends, layout.starts, layout.all_keys
        if number + 1 >= layout.size or text[ends[number] : starts[number + 1]] not in (" ", "-"):
            return 0
        if keys[number + 1] not in layout.words.function_words:
            return 1
        if keys[number + 1] == MAY and layout.capitals[number + 1]:
            return 1
        is_date = number + 2 < layout.size and keys[number + 2] in shared_words("calendar")
        return 2 if is_date and text[ends[number + 1] : starts[number + 2]] == " " else 0
