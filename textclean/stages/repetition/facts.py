"""What a text states that must not get lost, and the keeper that refuses to lose it.

A *fact* is a number with its unit, a date, a quoted span, a URL or address, and a capitalized
name of two words or more. Every removal of the stage goes through ``FactKeeper.remove``.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout, Unit

#: Spans a reader can quote or follow. Each class excludes its own opening mark, so that a row
#: of unclosed marks is read once.
MARKED = re.compile(
    r"(?:https?://|www\.)[^\s<>\"“”«»]{1,2000}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}"
    r"|(?<!\w)[@#]\w{2,64}"
    r"|“[^“”\n]{1,600}”"
    r"|„[^„“”\n]{1,600}[“”]"
    r"|«[^«»\n]{1,600}»"
    r"|「[^「」\n]{1,300}」"
    r"|『[^『』\n]{1,300}』"
    r"|‘[^‘’\n]{2,300}’(?!\w)"
    # A straight mark opens after a blank and closes after none: pairing by count would take
    # what stands between two quotations for one.
    r"|(?<![^\s(\[\u2014])\"(?=[^\s\"])[^\"\n]{0,600}(?<=[^\s\"])\"(?!\w)",
)

#: A day, month and year in one: losing the combination loses the date.
DATE = re.compile(
    r"(?<!\w)\d{1,2}(?:\.|st|nd|rd|th|º|er)? (?:de |of )?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}(?!\w)"
    r"|(?<!\w)[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?, \d{4}(?!\w)"
)

#: Longer runs of capitals are headlines or shouting; they are facts in pieces of this size.
MAXIMUM_NAME_WORDS = 8

#: What joins the words of a name: "Dunkin’ Donuts", "Jean-Luc".
NAME_GAPS = frozenset((" ", "\u00a0", "-", "’ ", "' "))

#: Characters that a search for another standing may read, per character of the text.
SEARCH_BUDGET = 64

_APOSTROPHES = "'’ʼ"
_FLAT = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\t\n\r", " "))


def _is_capitalized(word: str) -> bool:
    return word[0].isupper() or word[0].istitle()


class FactKeeper:
    """Knows every fact of a text and what is left of it while pieces are removed."""

    def __init__(self, layout: Layout) -> None:
        """Know the text; its facts are found when the first removal is asked for."""
        self._layout = layout
        self._gone = bytearray(len(layout.text))
        self._budget = SEARCH_BUDGET * len(layout.text) + 1_000_000

    @cached_property
    def _flat(self) -> str:
        return self._layout.text.translate(_FLAT)  # same length: offsets stay

    @cached_property
    def _alive(self) -> Counter[str]:
        """How often each word stands outside what was removed."""
        return Counter(token.key for token in self._layout.tokens)

    @cached_property
    def _lower_seen(self) -> set[str]:
        text = self._layout.text
        return {token.key for token in self._layout.tokens if text[token.start].islower()}

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return sorted(set(self._find_facts()))

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self._spans]

    @cached_property
    def _longest(self) -> int:
        return max((end - start for start, end in self._spans), default=0)

    @cached_property
    def _standings(self) -> dict[str, list[int]]:
        """Where each fact stands, the last standing first."""
        standings: dict[str, list[int]] = defaultdict(list)
        for start, end in reversed(self._spans):
            standings[self._flat[start:end]].append(start)
        return standings

    def facts(self, start: int, end: int) -> list[str]:
        """Return the facts that touch a span.

        >>> text = "Rent rose to $1,200 in 2024."
        >>> FactKeeper(Layout(text, "en")).facts(0, len(text))
        ['$1,200', '2024']
        """
        return [self._flat[s:e] for s, e in self._touching([(start, end)])]

    def has_facts(self, start: int, end: int) -> bool:
        """Whether any fact touches the span."""
        return bool(self._touching([(start, end)]))

    def new_words(self, unit: Unit, without: Unit) -> int:
        """Count content words of ``unit``, less those of ``without``, that stand nowhere else."""
        layout = self._layout
        words = layout.words
        keys = [
            token.key
            for token in layout.tokens[unit.first : unit.last]
            if not without.start <= token.start < without.end
        ]
        inside = Counter(keys)
        return sum(
            self._alive[key] <= inside[key]
            for key in inside
            if key not in words.function_words and key not in words.fillers
        )

    def has_new(self, listed: frozenset[str], unit: Unit) -> bool:
        """Whether the unit has a word of a list that stands nowhere else."""
        inside = Counter(key for key in self._layout.keys(unit) if key in listed)
        return any(self._alive[key] <= count for key, count in inside.items())

    def remove(self, spans: Sequence[tuple[int, int]]) -> bool:
        """Remove the spans if every fact they touch still stands elsewhere; say whether."""
        if any(self._gone.find(1, start, end) >= 0 for start, end in spans):
            return False
        for start, end in spans:
            self._gone[start:end] = b"\1" * (end - start)
        if all(self._stands(start, end) for start, end in self._touching(spans)):
            for start, end in spans:
                self._count(start, end)
            return True
        for start, end in spans:
            self._gone[start:end] = bytes(end - start)
        return False

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
        inside = Counter(layout.keys(unit))
        count = 0
        for number in range(unit.first, unit.last):
            token = layout.tokens[number]
            if leading and number == unit.first:
                continue
            if _is_capitalized(layout.text[token.start]) and token.key not in self._lower_seen:
                stem = token.key.split("'")[0]
                others = self._alive[token.key] - inside[token.key]
                others += self._alive[stem] if stem != token.key else self._alive[stem + "'s"]
                count += others <= 0
        return count

    def _count(self, start: int, end: int) -> None:
        for key in self._layout.keys(self._layout.unit(start, end)):
            self._alive[key] -= 1

    def _touching(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for start, end in spans:
            at = bisect_left(self._starts, start - self._longest)
            while at < len(self._spans) and self._spans[at][0] < end:
                if self._spans[at][1] > start:
                    found.append(self._spans[at])
                at += 1
        return found

    def _stands(self, start: int, end: int) -> bool:
        """Whether the same characters stand, untouched, somewhere."""
        fact = self._flat[start:end]
        known = self._standings[fact]
        while known:  # sorted backwards: the last is the first standing
            at = known[-1]
            if not self.is_gone(at, at + len(fact)):
                return True
            known.pop()  # if this removal is refused after all, the search finds it again
        return self._search(fact)

    def _search(self, fact: str) -> bool:
        flat = self._flat
        at = flat.find(fact)
        while at >= 0 and self._budget > 0:
            end = at + len(fact)
            if not self.is_gone(at, end) and _is_whole(flat, at, end):
                self._standings[fact].append(at)
                return True
            step = flat.find(fact, at + 1)
            self._budget -= (step if step >= 0 else len(flat)) - at
            at = step
        self._budget -= len(flat) if at < 0 else 0
        return False

    def _find_facts(self) -> Iterator[tuple[int, int]]:
        text = self._flat
        for pattern in (MARKED, DATE):
            for match in pattern.finditer(text if pattern is DATE else self._layout.text):
                yield match.span()
        yield from self._numbers()
        yield from self._names()

    def _numbers(self) -> Iterator[tuple[int, int]]:
        tokens, text = self._layout.tokens, self._flat
        function_words = self._layout.words.function_words
        figures = {key for key in self._alive if any(map(str.isdigit, key))}
        for number, token in enumerate(tokens) if figures else ():
            if token.key not in figures:
                continue
            start, end = token.start, token.end
            if start and unicodedata.category(text[start - 1]) == "Sc":
                start -= 1
            if (
                start
                and text[start - 1] in "-−±"
                and text[max(0, start - 2) : start - 1] in ("", " ")
            ):
                start -= 1
            if end < len(text) and (text[end] in "%‰°" or unicodedata.category(text[end]) == "Sc"):
                end += 1
            elif number + 1 < len(tokens):
                after = tokens[number + 1]
                if text[end : after.start] in (" ", "-") and after.key not in function_words:
                    end = after.end
            yield start, end
            if number:
                before = tokens[number - 1]
                if text[before.end : token.start] == " " and _is_capitalized(text[before.start]):
                    yield before.start, token.end

    def _names(self) -> Iterator[tuple[int, int]]:
        """Yield runs of capitalized words, with and without the small words inside them."""
        layout, text = self._layout, self._layout.text
        connectors = shared_words("connectors")
        run: list[tuple[int, int]] = []
        reached = 0  # where the last word of the run ends, its possessive included
        for token in layout.tokens:
            if run:
                gap = text[reached : token.start]
                joins = gap in NAME_GAPS or (gap == ". " and run[-1][1] - run[-1][0] == 1)
                if not joins or len(run) >= MAXIMUM_NAME_WORDS:
                    yield from self._name_spans(run)
                    run = []
            reached = token.end
            if _is_capitalized(text[token.start]):
                run.append((token.start, self._without_possessive(token.start, token.end)))
            elif not run:
                continue
            elif token.key in connectors:
                run.append((token.start, token.end))
            else:
                yield from self._name_spans(run)
                run = []
        yield from self._name_spans(run)

    def _without_possessive(self, start: int, end: int) -> int:
        """Cut "'s" off a word, so that "Sharif's" is one more standing of "Sharif"."""
        for mark in _APOSTROPHES:
            at = self._flat.find(mark, start, end)
            if at > start + 1 and end - at <= 3:  # noqa: PLR2004 - the mark and two letters
                return at
        return end

    def _name_spans(self, run: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        text = self._flat
        words = [(s, e) for s, e in run]
        if words and self._only_looks_capitalized(words[0], words[1:]):
            words = words[1:]
        while words and not _is_capitalized(text[words[-1][0]]):
            words.pop()
        while words and not _is_capitalized(text[words[0][0]]):
            words = words[1:]
        if len(words) < 2:  # noqa: PLR2004 - a name of two words or more
            return
        yield words[0][0], words[-1][1]
        piece: list[tuple[int, int]] = []
        for word in [*words, None]:
            if word is not None and _is_capitalized(text[word[0]]):
                piece.append(word)
                continue
            if 2 <= len(piece) < len(words):  # noqa: PLR2004 - the same
                yield piece[0][0], piece[-1][1]
            piece = []

    def _only_looks_capitalized(
        self, word: tuple[int, int], others: Sequence[tuple[int, int]]
    ) -> bool:
        """Whether the first word of a run owes its capital to the start of a sentence.

        Of two words, it does when either stands small elsewhere.
        """
        start = word[0]
        before = self._flat[max(0, start - 3) : start].rstrip()
        starts = start == 0 or self._layout.text[start - 1] in "\n\r" or before[-1:] in '.!?:;-•*"“'
        if not starts or self._key(word) in self._lower_seen:
            return starts
        if len(others) == 1 and self._key(others[0]) not in self._lower_seen:
            return False
        return self._key(word) in self._layout.words.determiners

    def _key(self, word: tuple[int, int]) -> str:
        return self._flat[word[0] : word[1]].casefold()


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
