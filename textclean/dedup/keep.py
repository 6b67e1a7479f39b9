"""Which of several copies survives: rules that put the documents of a corpus in an order."""

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from email.utils import parsedate_to_datetime
from typing import Any, Literal, cast, get_args

#: What a rule looks at.
Kind = Literal["first", "longest", "newest", "max", "prefer"]
#: Seconds since 1970 that are later than the year 5000: they are milliseconds.
_MILLISECONDS_FROM = 1e11
#: A number in a string; a date without hyphens, 20240501, has eight digits.
_SECONDS = re.compile(r"[0-9]{1,7}|[0-9]{9,400}", re.ASCII)
#: The kinds that need to be told a field, or a source.
_WITH_ARGUMENT = ("newest", "max", "prefer")


@dataclass(frozen=True, slots=True)
class KeepRule:
    """A rule; of equals the first in the input survives.

    Attributes:
        kind: ``first``; ``longest`` text in characters; ``newest`` by a field with a date (ISO
            8601, RFC 2822, or seconds or milliseconds since 1970); ``max`` by a field with a
            number, of which some 15 digits count (a double's); ``prefer`` a source.
        argument: The field's or the source's name.

    >>> KeepRule.parse("newest:published")
    KeepRule(kind='newest', argument='published')
    """

    kind: Kind = "first"
    argument: str = ""

    @classmethod
    def parse(cls, text: str) -> "KeepRule":
        """Return the rule that is written so.

        Raises:
            ValueError: There is no such rule.
        """
        kind, colon, argument = text.partition(":")
        if kind in get_args(Kind) and bool(argument) == (kind in _WITH_ARGUMENT) == bool(colon):
            return cls(cast(Kind, kind), argument)
        near = get_close_matches(kind, get_args(Kind), 1)
        hint = f"; did you mean {near[0]!r}?" if near and near[0] != kind else ""
        message = (
            f"keep is first, longest, newest:FIELD, max:FIELD or prefer:SOURCE, not {text!r}{hint}"
        )
        raise ValueError(message)

    def value(self, text: str, fields: Mapping[str, Any], source: str) -> float:
        """Return how much a document is to be kept; without the field, less than any with it.

        >>> KeepRule.parse("max:score").value("", {"score": 3}, "a.jsonl")
        3.0
        """
        match self.kind:
            case "first":
                return 0.0
            case "longest":
                return float(len(text))
            case "newest":
                return _seconds(fields.get(self.argument))
            case "max":
                return _number(fields.get(self.argument))
            case "prefer":
                return float(source == self.argument)


def _number(value: object) -> float:
    """Return a finite number, also one that stands in a string; -inf for anything else.

    A whole one that is too large for a double is as much as the largest.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return -math.inf
    try:
        number = float(value)
    except ValueError:
        return -math.inf
    except OverflowError:
        return sys.float_info.max if cast(int, value) > 0 else -sys.float_info.max
    return number if math.isfinite(number) else -math.inf


def _seconds(value: object) -> float:
    """Return the seconds since 1970 of a date; without a zone, in UTC; -inf for anything else."""
    if isinstance(value, str) and not _SECONDS.fullmatch(value.strip()):
        for read in (datetime.fromisoformat, parsedate_to_datetime):
            try:
                moment = read(value.strip())
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
            except (ValueError, OverflowError):
                continue
    seconds = _number(value)
    return seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds
