"""The words of the listed languages by number, so that all words of a text are looked up at once.

The same answers as with sets of words, for texts whose words have numbers.
"""

from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

from textclean.stages.repetition.languages import (
    MINIMUM_GUESS_WORDS,
    UNKNOWN,
    LanguageWords,
    best_language,
    language_table,
)

if TYPE_CHECKING:
    from textclean.kernels.arrays import Counts, Flags, Reals, Starts


@cache
def listed_words() -> dict[str, int]:
    """Return the number of each word that ``is_among`` may be asked for; from 1, in their order."""
    words = set[str]()
    for row in language_table().values():
        words |= row.function_words | row.light | row.introductions_begin.keys()
    return {word: number for number, word in enumerate(sorted(words), 1)}


def number_listed(distinct: list[str]) -> "Starts":
    """Return the number of each of some words, ``int32[n]``; 0 for one that is not listed."""
    import numpy as np

    found = map(listed_words().get, distinct, repeat(0))
    return np.fromiter(found, np.int32, len(distinct))


@cache
def listed_among(words: frozenset[str]) -> "Flags":
    """Return for each listed number whether its word is one of these, ``bool[listed + 1]``."""
    import numpy as np

    numbers = listed_words()
    found = np.zeros(len(numbers) + 1, np.bool_)
    found[[numbers[word] for word in words]] = True
    return found


@cache
def _table_of_languages() -> "tuple[tuple[str, ...], Reals]":
    """Return the languages, and of each listed word a row of 1 for those it is grammar in."""
    import numpy as np

    codes = tuple(language_table())
    rows = [listed_among(language_table()[code].function_words) for code in codes]
    return codes, np.array(rows, np.float64).T.copy()


def guess_numbered(times: "Counts", listed: "Starts") -> LanguageWords:
    """Return the listed language whose function words fill a text best, or ``UNKNOWN``.

    Args:
        times: ``int64[n]``: how often each distinct word stands.
        listed: ``int32[>= n]``: its number among the listed words.
    """
    import numpy as np

    words = int(times.sum())
    if words < MINIMUM_GUESS_WORDS:
        return UNKNOWN
    codes, table = _table_of_languages()
    known = np.flatnonzero(listed[: len(times)])
    totals = times[known].astype(np.float64) @ table[listed[known]]  # exact: far below 2**53
    return best_language(dict(zip(codes, totals.tolist(), strict=True)), words)
