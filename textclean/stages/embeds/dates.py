"""Dates as the networks print them beside posts, compiled once and only where one can stand."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from textclean.stages.embeds.tables import date_pattern, months

_DIGIT = re.compile(r"\d")
#: No date has its first digit later.
_FIRST_DIGIT = 80
#: No date is longer, nor one with the handle, name and weekday before it.
_LONGEST, _LONGEST_BEHIND = 300, 600
#: Stands for the months of all languages.
_EVERY = frozenset[str]()
#: For the months of so many languages, at most, it is compiled before it is for those of all.
_MOST_LANGUAGES = 2


class Dated:
    """A pattern with a date in it, compiled for a language that has all the months at hand.

    To compile it for the months of all languages takes as long as to clean two hundred articles.
    Which of the two is asked makes no difference: a month that is not there does not match.

    Args:
        build: Returns the pattern, given that of a date.

    >>> day = Dated(lambda date: re.compile(f"On {date}"))
    >>> piece = "On May 1, 2020"
    >>> day.within(piece).search(piece)[0], day.whole().search(piece)[0]
    ('On May 1, 2020', 'On May 1, 2020')
    """

    def __init__(self, build: Callable[[str], re.Pattern[str]]) -> None:
        self._build = build
        self._known: dict[frozenset[str], re.Pattern[str]] = {}

    def within(self, piece: str) -> re.Pattern[str]:
        """Return the pattern for a piece of text that holds all of each match."""
        if _EVERY in self._known:
            return self._known[_EVERY]
        there = _months_in(piece)
        for names, pattern in self._known.items():
            if there <= names:
                return pattern
        if len(self._known) < _MOST_LANGUAGES:
            for names in months():
                if there <= names:
                    return self._of(names)
        return self.whole()

    def whole(self) -> re.Pattern[str]:
        """Return the pattern for any text."""
        return self._known.get(_EVERY) or self._of(_EVERY)

    def _of(self, names: frozenset[str]) -> re.Pattern[str]:
        known = names or frozenset().union(*months())
        made = self._build(date_pattern(known))
        self._known = {**self._known, names: made}  # another thread may be going through it
        return made


def _months_in(piece: str) -> frozenset[str]:
    """Return the names of months that may stand in a piece of text, those that do among them.

    >>> sorted(_months_in("7 MAI 2020, mailed 8 Mar"))
    ['mai', 'mar']
    """
    folded = _folded(piece)
    return frozenset([name for name, fold in _folded_months() if _is_word(fold, folded)])


def _is_word(word: str, text: str) -> bool:
    """Whether a word stands in a text with no letter behind it."""
    at = text.find(word)
    while at >= 0 and text[at + len(word) : at + len(word) + 1].isalpha():
        at = text.find(word, at + 1)
    return at >= 0


@cache
def _folded_months() -> tuple[tuple[str, str], ...]:
    return tuple((name, _folded(name)) for name in sorted(frozenset().union(*months())))


def _folded(text: str) -> str:
    """Return what two texts share that are the same but for case: to re, every i is one letter."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


DATE = Dated(re.compile)

#: A line that is a date and nothing else.
DATE_LINE = Dated(lambda date: re.compile(rf"[\W_]{{0,3}}{date}[\W_]{{0,3}}"))


def date_at(text: str, at: int) -> re.Match[str] | None:
    """Return the date that begins there.

    >>> date_at("on May 1, 2020.", 3)[0], date_at("on May Day", 3)
    ('May 1, 2020', None)
    """
    if _DIGIT.search(text, at, at + _FIRST_DIGIT) is None:
        return None
    return DATE.within(text[at : at + _LONGEST]).match(text, at)


def is_date_line(line: str) -> bool:
    """Whether a line is a date and nothing else."""
    return DATE_LINE.within(line).fullmatch(line) is not None


def behind(openings: re.Pattern[str], text: str) -> str:
    """Return what stands in a text from each of some openings of a dated attribution on."""
    return "\n".join(_behind(openings, text))


def _behind(openings: re.Pattern[str], text: str) -> Iterator[str]:
    reached = 0
    for match in openings.finditer(text):
        end = match.end() + _LONGEST_BEHIND
        yield text[max(reached, match.start()) : end]
        reached = end
