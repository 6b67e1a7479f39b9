"""What a text states that must not get lost, and the keeper that refuses to lose it.

A *fact* is a number with its unit or in words, a date or its day or month, a quoted span, a URL or
address, and a capitalized name. Every removal of the stage goes through ``FactKeeper.remove``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from textclean.stages.repetition.finding import FactFinder
from textclean.stages.repetition.languages import all_modifiers, shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.names import (
    begins_with_name,
    is_name_only,
    is_named,
    is_noun,
    may_be_name,
)
from textclean.stages.repetition.units import Unit

#: Characters that a search for another standing may read, per character of the text.
SEARCH_BUDGET = 64

#: What counts some words more, or less.
_Counting = Callable[[Iterable[str]], None]


class Keyword(NamedTuple):
    """What a list turns around.

    Attributes:
        words: In folded case.
        first: The first token of the list.
        last: The token behind it.
    """

    words: frozenset[str]
    first: int
    last: int


class FactKeeper:
    """Knows every fact of a text and what is left of it while pieces are removed."""

    def __init__(self, layout: Layout) -> None:
        """Know the text; its facts are found when the first removal is asked for."""
        self._layout = layout
        self._finder = FactFinder(layout)
        self._standings: dict[str, int] = {}  # where each fact was found to stand last
        self._gone = bytearray(len(layout.text))
        self._budget = SEARCH_BUDGET * len(layout.text) + 1_000_000
        self._removed = Counter[str]()  # how often each word stands in what was removed
        self._removed_capitals = Counter[str]()  # and stands there with a capital

    def _alive(self, key: str) -> int:
        """Return how often a word stands outside what was removed."""
        return self._layout.standings[key] - self._removed[key]

    @cached_property
    def _capitals(self) -> Counter[str]:
        """How often each word stands with a capital."""
        return Counter(compress(self._layout.all_keys, self._layout.capitals))

    def facts(self, start: int, end: int) -> list[str]:
        """Return the facts that touch a span.

        >>> text = "Rent rose to $1,200 in 2024."
        >>> FactKeeper(Layout(text, "en")).facts(0, len(text))
        ['$1,200', '2024']
        """
        return [self._finder.flat[s:e] for s, e in self._touching([(start, end)])]

    def has_facts(self, start: int, end: int) -> bool:
        """Whether any fact touches the span."""
        return bool(self._touching([(start, end)]))

    def new_words(self, unit: Unit, without: Unit) -> int:
        """Count content words of ``unit``, less those of ``without``, that stand nowhere else."""
        layout = self._layout
        words = layout.words
        keys = [*layout.all_keys[unit.first : without.first]]
        keys += layout.all_keys[max(unit.first, without.last) : unit.last]
        new = [key for key, count in Counter(keys).items() if self._alive(key) <= count]
        return sum(key not in words.function_words and key not in words.small for key in new)

    def has_new_figure(self, unit: Unit) -> bool:
        """Whether the unit has a figure in words, or a day or month, that stands nowhere else."""
        words, dates, keys = self._layout.words, shared_words("calendar"), self._layout.all_keys
        inside: Counter[str] = Counter()
        number = unit.first
        while number < unit.last:
            first = number
            while number < unit.last and words.is_figure_in_words(keys[number]):
                number += 1
            if number - first > 1 and not self._stands_outside(keys[first:number], unit):
                return True
            inside.update(keys[first:number])
            if number < unit.last and keys[number] in dates:
                inside[keys[number]] += 1
            number += 1
        return any(self._alive(key) <= count for key, count in inside.items())

    def _stands_outside(self, keys: tuple[str, ...], unit: Unit) -> bool:
        """Whether words stand in this order outside a unit, untouched."""
        starts = self._layout.starts
        return any(
            not unit.first <= place < unit.last
            and not self.is_gone(starts[place], starts[place] + 1)
            for place in self._layout.places(keys)
        )

    def remove(self, spans: Sequence[tuple[int, int]], keyword: Keyword | None = None) -> bool:
        """Remove the spans if every fact they touch still stands elsewhere; say whether.

        Args:
            spans: What goes.
            keyword: That of the list whose items they are. Where its words have capitals, as in
                "Cheap Flights, BEST CHEAP FLIGHTS", neither they nor the words of such lists are
                names, and other words are none that stand in the list once more.
        """
        if any(self._gone.find(1, start, end) >= 0 for start, end in spans):
            return False
        for start, end in spans:
            self._gone[start:end] = b"\1" * (end - start)
        if keyword is not None and not self._shouts(spans, keyword):
            keyword = None
        light = frozenset[str]() if keyword is None else keyword.words | all_modifiers()
        facts = self._touching(spans)
        if all(self._stands(*fact) or self._stands_in_parts(*fact, keyword) for fact in facts):
            for start, end in spans:
                self._count(start, end, self._removed.update, self._removed_capitals.update)
            if not any(self._loses_word(start, end, light) for start, end in spans):
                return True
            for start, end in spans:
                self._count(start, end, self._removed.subtract, self._removed_capitals.subtract)
        for start, end in spans:
            self._gone[start:end] = bytes(end - start)
        return False

    def _shouts(self, spans: Sequence[tuple[int, int]], keyword: Keyword) -> bool:
        """Whether the words of a keyword all have capitals where they stand in some spans."""
        layout = self._layout
        units = [layout.unit(start, end) for start, end in spans]
        numbers = [each for unit in units for each in range(unit.first, unit.last)]
        own = [number for number in numbers if layout.all_keys[number] in keyword.words]
        return bool(own) and all(layout.capitals[number] for number in own)

    def is_gone(self, start: int, end: int) -> bool:
        """Whether any of the span has been removed."""
        return self._gone.find(1, start, end) >= 0

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """Leave out what an earlier removal took at either side."""
        while start < end and self._gone[start]:
            start += 1
        while end > start and self._gone[end - 1]:
            end -= 1
        return start, end

    def new_names(self, start: int, end: int, *, leading: bool) -> int:
        """Count capitalized words of the span that stand nowhere outside it.

        Args:
            start: Start of the span.
            end: Its end.
            leading: Whether the span starts a sentence, where a capital says nothing.
        """
        layout = self._layout
        unit = layout.unit(start, end)
        number = layout.capitals.find(1, unit.first + leading, unit.last)
        count = 0
        while number >= 0:
            count += not is_noun(layout, number) and self._is_new(number, unit)
            number = layout.capitals.find(1, number + 1, unit.last)
        return count

    def _is_new(self, number: int, unit: Unit) -> bool:
        """Whether a word of a unit, with its capital, stands nowhere outside it."""
        layout = self._layout
        key, keys = layout.all_keys[number], layout.keys(unit)
        stem = key.split("'")[0]
        others = self._alive(key) - keys.count(key)
        others += self._alive(stem) if stem != key else self._alive(stem + "'s")
        if others <= 0:
            return key not in layout.small_keys
        if key not in layout.small_keys or key in layout.words.begin_no_name:
            return False
        # "Baker", where the text has a baker, too.
        own = compress(keys, layout.capitals[unit.first : unit.last])
        alive = self._capitals[key] - self._removed_capitals[key]
        return alive <= sum(each == key for each in own)

    def _count(self, start: int, end: int, words: _Counting, capitals: _Counting) -> None:
        """Count the words of a span, and those with a capital."""
        layout = self._layout
        unit = layout.unit(start, end)
        words(layout.keys(unit))
        capitals(compress(layout.keys(unit), layout.capitals[unit.first : unit.last]))

    def _loses_word(self, start: int, end: int, light: AbstractSet[str]) -> bool:
        """Whether a word that stands nowhere any more is a name, a day or a figure in words.

        Those of a set are no names.
        """
        layout = self._layout
        words, dates = layout.words, shared_words("calendar")
        unit = layout.unit(start, end)
        for number in range(unit.first, unit.last):
            key = layout.all_keys[number]
            if self._alive(key) <= 0 and (
                key in dates
                or words.is_figure_in_words(key)
                or (key not in light and is_named(layout, number))
                or may_be_name(layout, number)
            ):
                return True
        return False

    def begins_with_new_name(self, sentence: Unit) -> bool:
        """Whether the first word of a sentence may be a name that stands nowhere else."""
        key = self._layout.all_keys[sentence.first]
        times = self._layout.keys(sentence).count(key)
        return self._alive(key) <= times and begins_with_name(self._layout, sentence)

    def _touching(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        return [fact for span in spans for fact in self._finder.touching(*span)]

    def _stands(self, start: int, end: int) -> bool:
        """Whether the same characters stand, untouched, somewhere."""
        fact = self._finder.flat[start:end]
        at = self._standings.get(fact)
        if at is not None and not self.is_gone(at, at + len(fact)):
            return True
        return self._search(fact)

    def _stands_in_parts(self, start: int, end: int, keyword: Keyword | None) -> bool:
        """Whether a name is words of a list, which stands in it once more without its keyword."""
        layout = self._layout
        name = layout.unit(start, end)
        if keyword is None or not is_name_only(layout, name):
            return False
        if layout.capitals.find(0, name.first, name.last) >= 0:
            return False
        light, number = keyword.words | all_modifiers(), name.first
        while number < name.last:
            first = number
            while number < name.last and layout.all_keys[number] not in light:
                number += 1
            if number > first and not self._stands_in(layout.all_keys[first:number], keyword):
                return False
            number += 1
        return True

    def _stands_in(self, keys: tuple[str, ...], keyword: Keyword) -> bool:
        """Whether words stand in this order in what is left of a list."""
        starts = self._layout.starts
        return any(
            keyword.first <= place < keyword.last
            and not self.is_gone(starts[place], starts[place] + 1)
            for place in self._layout.places(keys)
        )

    def _search(self, fact: str) -> bool:
        flat = self._finder.flat
        at = flat.find(fact)
        while at >= 0 and self._budget > 0:
            end = at + len(fact)
            if not self.is_gone(at, end) and _is_whole(flat, at, end):
                self._standings[fact] = at
                return True
            step = flat.find(fact, at + 1)
            self._budget -= (step if step >= 0 else len(flat)) - at
            at = step
        self._budget -= len(flat) if at < 0 else 0
        return False


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a find is no part of a longer word or number."""
    if start and text[start].isalnum() and text[start - 1].isalnum():
        return False
    if end < len(text) and text[end - 1].isalnum():
        if text[end].isalnum():
            return False
        after = text[end + 1 : end + 2]
        return not (text[end] in ".,:/" and text[end - 1].isdigit() and after.isdigit())
    return not (
        start > 1
        and text[start].isdigit()
        and text[start - 1] in ".,:/"
        and text[start - 2].isdigit()
    )
