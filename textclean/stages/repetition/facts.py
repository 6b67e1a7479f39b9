"""What a text states that must not get lost, and the keeper that refuses to lose it.

A *fact* is a number with its unit or in words, a date or its day or month, a quoted span, a URL or
address, and a capitalized name. Every removal of the stage goes through ``FactKeeper.remove``.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import compress, groupby
from typing import NamedTuple

from textclean.stages.repetition.finding import FactFinder
from textclean.stages.repetition.languages import LanguageWords, all_modifiers, shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.lazy import Lazy
from textclean.stages.repetition.names import (
    begins_with_name,
    is_name_only,
    is_named,
    is_noun,
    may_be_name,
)
from textclean.stages.repetition.twins import is_twin
from textclean.stages.repetition.units import Unit

#: Characters that a search for another standing may read, per character of the text.
SEARCH_BUDGET = 64


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

    def is_light(self, key: str) -> bool:
        """Whether a word is of the keyword or of such lists."""
        return key in self.words or key in all_modifiers()


#: What a word may be: a day or month, or a figure.
IS_DATE, IS_FIGURE = 1, 2


class _FigureWords(dict[str, int]):
    """What each word of a text is of those, 0 for neither; each is found out once."""

    def __init__(self, words: LanguageWords) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, key: str) -> int:
        is_date = key in shared_words("calendar")
        kind = IS_FIGURE if self._words.is_figure_in_words(key) else IS_DATE * is_date
        self[key] = kind
        return kind


class FactKeeper:
    """Knows every fact of a text and what is left of it while pieces are removed."""

    def __init__(self, layout: Layout) -> None:
        """Know the text; its facts are found when the first removal is asked for."""
        self._layout = layout
        self._finder = FactFinder(layout)
        self._standings: dict[str, int] = {}  # where each fact was found to stand last
        self._gone = bytearray(len(layout.text))
        self._budget = SEARCH_BUDGET * len(layout.text) + 1_000_000
        self._figures = _FigureWords(layout.words)
        self._uncounted: list[Unit] = []  # removed, and still counted by ``_capitals``
        self._pending: list[Unit] = []  # removed, and still counted by ``_standing``

    @Lazy
    def _standing(self) -> dict[str, int]:
        """How often each word stands."""
        return dict(self._layout.standings)

    @property
    def _left(self) -> dict[str, int]:
        """How often each word stands outside what was removed."""
        left = self._standing
        for unit in self._pending:
            for key in self._layout.keys(unit):
                left[key] -= 1
        self._pending.clear()
        return left

    @Lazy
    def _capitals(self) -> Counter[str]:
        """How often each word stands with a capital."""
        return Counter(compress(self._layout.all_keys, self._layout.capitals))

    def facts(self, start: int, end: int) -> list[str]:
        """Return the facts that touch a span.

        >>> text = "Rent rose to $1,200 in 2024."
        >>> FactKeeper(Layout(text, "en")).facts(0, len(text))
        ['$1,200', '2024']
        """
        return [self._finder.flat[s:e] for s, e in self._finder.touching(start, end)]

    def new_words(self, unit: Unit, without: Unit) -> int:
        """Count content words of ``unit``, less those of ``without``, that stand nowhere else."""
        words, all_keys, left = self._layout.words, self._layout.all_keys, self._left
        keys = all_keys[unit.first : without.first]
        keys += all_keys[max(unit.first, without.last) : unit.last]
        new = [key for key in set(keys) if left[key] <= keys.count(key)]
        return sum([key not in words.function_words and key not in words.small for key in new])

    def has_new_figure(self, unit: Unit) -> bool:
        """Whether the unit has a figure in words, or a day or month, that stands nowhere else."""
        keys = self._layout.keys(unit)
        kinds = list(map(self._figures.__getitem__, keys))
        if not any(kinds):
            return False  # as in most
        for kind, run in groupby(range(len(keys)), kinds.__getitem__):
            first, *others = run
            words = keys[first : first + 1 + len(others)]
            if kind == IS_FIGURE and others and not self._stands_outside(words, unit):
                return True
        figures = Counter(compress(keys, kinds))
        return any(self._left[key] <= times for key, times in figures.items())

    def _stands_outside(self, keys: tuple[str, ...], unit: Unit) -> bool:
        """Whether words stand in this order outside a unit, untouched."""
        starts = self._layout.starts
        return any(
            not unit.first <= place < unit.last
            and not self.is_gone(starts[place], starts[place] + 1)
            for place in self._layout.places(keys)
        )

    def remove(self, start: int, end: int, keyword: Keyword | None = None) -> bool:
        """Remove a span if every fact it touches still stands elsewhere; say whether.

        Args:
            start: Start of what goes.
            end: Its end.
            keyword: That of the list whose item it is. Where its words have capitals, as in
                "Cheap Flights, BEST CHEAP FLIGHTS", neither they nor the words of such lists are
                names, and other words are none that stand in the list once more.
        """
        if self.is_gone(start, end):
            return False
        unit, left = self._layout.unit(start, end), self._left
        if keyword is not None and not self._shouts(unit, keyword):
            keyword = None
        self._gone[start:end] = b"\1" * (end - start)
        for key in self._layout.keys(unit):
            left[key] -= 1
        if not self._loses_word(unit, keyword) and all(
            self._stands(*fact) or self._stands_in_parts(*fact, keyword)
            for fact in self._finder.touching(start, end)
        ):
            self._uncounted.append(unit)
            return True
        self._gone[start:end] = bytes(end - start)
        for key in self._layout.keys(unit):
            left[key] += 1
        return False

    def remove_repeat(self, start: int, end: int, first: Unit, repeat: Unit) -> bool:
        """Remove a unit that stood before as ``remove`` does, with the white space around it.

        Where it was the same characters that stood, its facts are not even looked for.
        """
        if (
            self.is_gone(start, end)
            or self.is_gone(first.start, first.end)
            or not is_twin(self._layout, first, repeat)
            or self._finder.is_marked(start, end)
        ):
            return self.remove(start, end)
        self._gone[start:end] = b"\1" * (end - start)
        removed = self._layout.unit(start, end)
        self._pending.append(removed)
        self._uncounted.append(removed)
        return True

    def _shouts(self, unit: Unit, keyword: Keyword) -> bool:
        """Whether the words of a keyword all have capitals where they stand in a unit."""
        layout = self._layout
        keys, capitals = layout.keys(unit), layout.capitals[unit.first : unit.last]
        own = [capital for key, capital in zip(keys, capitals, strict=True) if key in keyword.words]
        return bool(own) and all(own)

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
        layout, left = self._layout, self._left
        key, keys = layout.all_keys[number], layout.keys(unit)
        stem = key.split("'")[0]
        others = left[key] - keys.count(key)
        others += left.get(stem if stem != key else stem + "'s", 0)
        if others <= 0:
            return key not in layout.small_keys
        if key not in layout.small_keys or key in layout.words.begin_no_name:
            return False
        # "Baker", where the text has a baker, too.
        return self._left_with_capital(key) <= list(self._with_capitals(unit)).count(key)

    def _left_with_capital(self, key: str) -> int:
        """Return how often a word stands with a capital outside what was removed."""
        for unit in self._uncounted:
            self._capitals.subtract(self._with_capitals(unit))
        self._uncounted.clear()
        return self._capitals[key]

    def _with_capitals(self, unit: Unit) -> Iterator[str]:
        """Return the words of a unit that have a capital."""
        layout = self._layout
        return compress(layout.keys(unit), layout.capitals[unit.first : unit.last])

    def _loses_word(self, unit: Unit, keyword: Keyword | None) -> bool:
        """Whether a word that stands nowhere any more is a name, a day or a figure in words.

        Those of a keyword and of the lists around it are no names.
        """
        layout, left = self._layout, self._left
        numbers = [n for n in range(unit.first, unit.last) if left[layout.all_keys[n]] <= 0]
        for number in numbers:
            key = layout.all_keys[number]
            is_light = keyword is not None and keyword.is_light(key)
            if (
                self._figures[key]
                or (not is_light and is_named(layout, number))
                or may_be_name(layout, number)
            ):
                return True
        return False

    def begins_with_new_name(self, sentence: Unit) -> bool:
        """Whether the first word of a sentence may be a name that stands nowhere else."""
        key = self._layout.all_keys[sentence.first]
        times = self._layout.keys(sentence).count(key)
        return self._left[key] <= times and begins_with_name(self._layout, sentence)

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
        number = name.first
        while number < name.last:
            first = number
            while number < name.last and not keyword.is_light(layout.all_keys[number]):
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
