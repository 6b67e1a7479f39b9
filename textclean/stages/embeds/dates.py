"""Dates as the networks print them beside posts, compiled once and only where one can stand."""

import re
from functools import cache

from textclean.stages.embeds.tables import date_pattern

_DIGIT = re.compile(r"\d")
#: No date has its first digit later.
_FIRST_DIGIT = 80


@cache
def date() -> re.Pattern[str]:
    """Return the pattern of a date; to compile it takes as long as to clean a hundred articles."""
    return re.compile(date_pattern())


def date_at(text: str, at: int) -> re.Match[str] | None:
    """Return the date that begins there.

    >>> date_at("on May 1, 2020.", 3)[0], date_at("on May Day", 3)
    ('May 1, 2020', None)
    """
    if _DIGIT.search(text, at, at + _FIRST_DIGIT) is None:
        return None
    return date().match(text, at)


@cache
def date_line() -> re.Pattern[str]:
    """Return the pattern of a line that is a date and nothing else."""
    return re.compile(rf"[\W_]{{0,3}}{date_pattern()}[\W_]{{0,3}}")
