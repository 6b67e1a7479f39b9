"""Find names of several words: runs of words with capitals, and what joins them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise

from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.lazy import Lazy

#: Longer runs of capitals are headlines or shouting; they are facts in pieces of this size.
MAXIMUM_NAME_WORDS = 8

#: What joins the words of a name: "Dunkin’ Donuts", "Jean-Luc".
NAME_GAPS = frozenset((" ", "\u00a0", "-", "’ ", "' "))

#: How many times as often the other words of a name have to stand as the one before it.
OWES_CAPITAL = 4

_APOSTROPHES = "'’ʼ"

#: Words that have capitals (bit 1), join others (bit 2), or both; two at least have capitals.
_STRETCH = re.compile(rb"[\1\3](?:\x02*+[\1\3])++\x02*+")


class Spans:
    """Spans of a text, found again by what they touch.

    >>> Spans([(4, 9), (0, 3)]).touching(2, 5)
    [(0, 3), (4, 9)]
    """

    __slots__ = ("_reached", "_spans")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        """Know the spans, in any order."""
        self._spans = sorted(spans)
        ends = [end for _, end in self._spans]
        self._reached = list(accumulate(ends, max)) if len(ends) > 1 else ends

    def touching(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return those that touch a span, in order."""
        spans, reached = self._spans, self._reached
        if not spans or reached[-1] <= start or spans[0][0] >= end:
            return []
        behind = bisect_left(spans, (end,))
        first = bisect_right(reached, start, 0, behind)  # none before it reaches so far
        return [span for span in spans[first:behind] if span[1] > start]


class NameRuns:
    """Knows the names of several words of a text.

    >>> layout = Layout("Then Anna Berg of Port Malvona paid.", "en")
    >>> [layout.text[slice(*span)] for span in NameRuns(layout, layout.text).between(0, 7)]
    ['Then Anna Berg of Port Malvona', 'Then Anna Berg', 'Port Malvona']
    """

    def __init__(self, layout: Layout, flat: str) -> None:
        """Know the text, and the same with all white space as blanks."""
        self._layout = layout
        self._flat = flat
        self._found: dict[int, Spans] = {}  # by stretch

    @Lazy
    def connectors(self) -> frozenset[str]:
        """What joins the words of a name; "der" joins any two nouns where all have capitals."""
        words = self._layout.words
        listed = shared_words("connectors")
        return listed - words.function_words if words.nouns_capitalized else listed

    @Lazy
    def _stretches(self) -> list[tuple[int, int]]:
        """Where several words with capitals stand in a row, with such as join them."""
        kinds = bytearray(self._layout.capitals)
        for number in self._layout.standing(self.connectors):
            kinds[number] |= 2
        return [match.span() for match in _STRETCH.finditer(kinds)]

    def touching(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the names that touch a span."""
        stretches, starts = self._stretches, self._layout.starts
        # The first stretch that ends behind the first word of the span.
        first = max(0, bisect_right(starts, start) - 1)
        place = bisect_right(stretches, (first,))
        place -= place > 0 and stretches[place - 1][1] > first
        found: list[tuple[int, int]] = []
        while place < len(stretches) and starts[stretches[place][0]] < end:
            known = self._found.get(place)
            if known is None:
                known = self._found[place] = Spans(self._within(*stretches[place]))
            found += known.touching(start, end)
            place += 1
        return found

    def _within(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield the names of a stretch; a name may begin in each of its lines."""
        layout = self._layout
        bounds = [first, last]
        if layout.wrapped:
            lines = [bisect_right(layout.line_starts, at) for at in layout.starts[first:last]]
            places = range(first + 1, last)
            bounds[1:1] = [
                place for place in places if lines[place - first] > lines[place - first - 1]
            ]
        for begin, end in pairwise(bounds):
            yield from self.between(begin, end)

    def between(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield runs of capitalized words, with and without the small words inside them."""
        layout, connectors = self._layout, self.connectors
        behind = min(last + MAXIMUM_NAME_WORDS, layout.size) if layout.wrapped else last
        number = layout.capitals.find(1, first, last)
        while number >= 0:
            after = reached = number + 1
            # Most capitals begin a sentence and no name.
            if after < behind and (layout.capitals[after] or layout.all_keys[after] in connectors):
                reached = self._run_end(number, behind)
            if reached > after:
                yield from self._name_spans(number, reached)
            number = layout.capitals.find(1, reached, last)

    def _run_end(self, number: int, last: int) -> int:
        """Return the token behind the run of capitalized and joining words from a token on."""
        layout, connectors = self._layout, self.connectors
        text = self._flat if layout.wrapped else layout.text  # a name may go over lines then
        end = min(last, number + MAXIMUM_NAME_WORDS)
        for each in range(number + 1, end):
            gap = text[layout.ends[each - 1] : layout.starts[each]]
            initial = layout.ends[each - 1] - layout.starts[each - 1] == 1
            if gap not in NAME_GAPS and not (gap == ". " and initial):
                return each
            if not layout.capitals[each] and layout.all_keys[each] not in connectors:
                return each
        return end

    def _end(self, number: int) -> int:
        """Return where a word ends, without "'s": "Sharif's" is one more standing of "Sharif"."""
        start, end = self._layout.starts[number], self._layout.ends[number]
        if "'" not in self._layout.all_keys[number]:
            return end
        for mark in _APOSTROPHES:
            at = self._flat.find(mark, start, end)
            if at > start + 1 and end - at <= 3:  # noqa: PLR2004 - the mark and two letters
                return at
        return end

    def _name_spans(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield the names in a run: all of it, and the words with capitals between small ones."""
        starts, capitals = self._layout.starts, self._layout.capitals
        first = capitals.find(1, first + self._only_looks_capitalized(first, last), last)
        last = capitals.rfind(1, max(0, first), last) + 1
        if first < 0 or last - first < 2:  # noqa: PLR2004 - a name of two words or more
            return
        yield starts[first], self._end(last - 1)
        small = capitals.find(0, first, last)
        while small >= 0:
            if small - first > 1:
                yield starts[first], self._end(small - 1)
            first = small + 1
            small = capitals.find(0, first, last)
            if small < 0 and last - first > 1:
                yield starts[first], self._end(last - 1)

    def _only_looks_capitalized(self, first: int, last: int) -> bool:
        """Whether the first word of a run owes its capital to the start of a sentence.

        A word of grammar does where nouns have capitals: "Ohne Zweifel", but not "Der Spiegel".
        Of two words, it does when either stands small elsewhere; of more, also when the others
        stand so much more often that they are the name by themselves: "Meanwhile Anna Berg".
        """
        if not self._begins(first):
            return False
        words, small_keys, key = self._layout.words, self._layout.small_keys, self._key(first)
        if words.nouns_capitalized and key in words.particles:
            return True
        is_two = last - first == 2  # noqa: PLR2004 - it and another one
        if key in small_keys:
            # Of "Port Malvona", where the text has a port, both words are the name.
            is_one = is_two and self._key(first + 1) not in small_keys
            is_name = is_one and not words.nouns_capitalized
            return not is_name or key in words.begin_no_name
        times = self._layout.standings
        rarely = OWES_CAPITAL * times.get(key, 0)
        others = map(self._key, range(first + 1, last))
        if not is_two and all(times.get(other, 0) >= rarely for other in others):
            return True
        if is_two and self._key(first + 1) not in small_keys:
            return False
        return key in words.determiners

    def _begins(self, number: int) -> bool:
        """Whether a word may begin a sentence or a line."""
        start = self._layout.starts[number]
        before = self._flat[max(0, start - 3) : start].rstrip()
        return start == 0 or self._layout.text[start - 1] in "\n\r" or before[-1:] in '.!?:;-•*"“'

    def _key(self, number: int) -> str:
        """Return what a word is compared by, without "'s"."""
        key = self._layout.all_keys[number]
        if "'" not in key:
            return key
        return self._flat[self._layout.starts[number] : self._end(number)].casefold()
