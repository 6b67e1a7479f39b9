"""Find what a text states that must not get lost: the *facts* of ``facts.py``.

They are looked for around what may go, each once: what is marked by the line, a name by the stretch
of capitals that it stands in, a figure by itself.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.lazy import Lazy
from textclean.stages.repetition.marked import MARKED, marked_pattern, rows_seen
from textclean.stages.repetition.name_runs import NameRuns, Spans
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

#: Words behind a figure that belong to it, at most.
MOST_UNIT_WORDS = 2

#: A fact touches a span if its last word is no further before it, or behind it.
FACT_REACH = DATE_REACH + YEAR_DIGITS + 1


class FactFinder:
    """Knows the facts around any place of a text.

    >>> finder = FactFinder(Layout("Rent rose to $1,200 in 2024. Anna Berg paid.", "en"))
    >>> [finder.flat[slice(*span)] for span in finder.touching(20, 35)]
    ['2024', 'Anna Berg']
    """

    def __init__(self, layout: Layout) -> None:
        """Know the text; nothing is looked for yet."""
        self._layout = layout
        self._marked_in: dict[int, Spans] = {}  # by line
        self._around: dict[tuple[int, int], list[tuple[int, int]]] = {}  # by span
        self._figures_at: dict[int, list[tuple[int, int]]] = {}  # by word

    @Lazy
    def flat(self) -> str:
        """The text with all white space as blanks, at the same offsets."""
        flat = self._layout.text
        for blank in _BLANKS:
            flat = flat.replace(blank, " ")
        return flat

    @Lazy
    def _names(self) -> NameRuns:
        """The runs of capitalized words."""
        return NameRuns(self._layout, self.flat)

    @Lazy
    def _signs_there(self) -> list[tuple[int, tuple[str, ...]]]:
        """The rows of ``MARKED`` that have a sign in the text, and their signs."""
        text, seen = self._layout.text, rows_seen(self._layout.text, self._layout.points)
        return [
            (number, signs)
            for number, (signs, _) in enumerate(MARKED)
            if seen >> number & 1 and any(sign in text for sign in signs)
        ]

    @Lazy
    def _sites(self) -> Spans:
        return Spans(sites(self._layout))

    def touching(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the spans of the facts that touch a span, in order; found once."""
        known = self._around.get((start, end))
        if known is None:
            known = self._around[start, end] = self._touching(start, end)
        return known

    def _touching(self, start: int, end: int) -> list[tuple[int, int]]:
        found = self._names.touching(start, end)
        found += self._sites.touching(start, end)
        if self._signs_there:
            found += self._marked_touching(start, end)
        numerals = self._layout.numerals
        first, last = self._words_around(start, end)
        number = numerals.find(1, first, last)
        while number >= 0:
            found += [
                span for span in self._figures_of(number) if span[0] < end and start < span[1]
            ]
            number = numerals.find(1, number + 1, last)
        return sorted(set(found)) if found else found

    def is_marked(self, start: int, end: int) -> bool:
        """Whether any quotation, address or the like touches a span."""
        return bool(self._signs_there) and bool(self._marked_touching(start, end))

    def _words_around(self, start: int, end: int) -> tuple[int, int]:
        """Return the first word, and the one behind the last, that facts touching a span have."""
        starts = self._layout.starts
        touched = bisect_right(starts, start) - 1
        first = min(bisect_left(starts, start - FACT_REACH), touched - MOST_UNIT_WORDS)
        last = max(bisect_left(starts, end + FACT_REACH), bisect_left(starts, end) + 1)
        return max(0, first), last

    def _marked_touching(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return what touches a span and is marked in its lines, or in a wrapped one above them."""
        starts = self._layout.line_starts
        found: list[tuple[int, int]] = []
        number = max(0, bisect_right(starts, start) - 1 - self._layout.wrapped)
        while number < len(starts) and starts[number] < end:
            known = self._marked_in.get(number)
            if known is None:
                line = self._layout.lines[number]
                known = self._marked_in[number] = Spans(self._marked(line) if line.size else ())
            found += known.touching(start, end)
            number += 1
        return found

    def _figures_of(self, number: int) -> list[tuple[int, int]]:
        """Return the figure that a word is, and the dates whose year it is."""
        known = self._figures_at.get(number)
        if known is None:
            known = [*self._numbers(number), *self._dates(number)]
            self._figures_at[number] = known
        return known

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

    def _dates(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield the dates whose year a word is."""
        key, start = self._layout.all_keys[number], self._layout.starts[number]
        is_year = len(key) >= YEAR_DIGITS and key[:YEAR_DIGITS].isdecimal()
        if is_year and self.flat[start - 1 : start] == " ":
            low = max(0, start - DATE_REACH)
            for match in DATE.finditer(self.flat, low, start + YEAR_DIGITS + 1):
                yield match.span()

    def _numbers(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield a figure with its sign and unit, and with the name before it: "Boeing 747"."""
        layout = self._layout
        yield self._with_signs(number)
        if number and layout.capitals[number - 1]:
            before, after = layout.starts[number - 1], layout.ends[number - 1]
            if self.flat[after : layout.starts[number]] == " ":
                yield before, layout.ends[number]

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
