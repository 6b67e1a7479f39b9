"""The words of the listed languages by number, so that all words of a text are looked up at once.

The same answers as with sets of words, for texts whose words have numbers.
"""

from functools import cache
from itertools import accumulate, chain
from operator import itemgetter
from typing import TYPE_CHECKING

from textclean.kernels.thresholds import GUESS_WORDS
from textclean.stages.repetition.languages import (
    UNKNOWN,
    LanguageWords,
    best_language,
    language_table,
    shared_words,
)

#: What stands around an introduction inside a sentence.
SETTING_OFF = ",–—،"

if TYPE_CHECKING:
    from textclean.kernels.arrays import Flags, Starts
    from textclean.kernels.content import Introductions
    from textclean.kernels.listed import ListedWords


@cache
def listed_words() -> dict[str, int]:
    """Return the number of each word that a text is asked for; from 1, in their order."""
    words = set(shared_words("connectors"))
    for row in language_table().values():
        words |= row.function_words | row.aside
    return {word: number for number, word in enumerate(sorted(words), 1)}


@cache
def listed_table() -> "ListedWords":
    """Return the listed words as kernels look them up; made once per process."""
    import numpy as np

    from textclean.kernels.listed import ListedWords, enter_listed, hash_words

    words = ["", *listed_words()]
    letters = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    places = np.array([0, *accumulate(map(len, words))], np.int32)
    slots = np.zeros(1 << (2 * len(words)).bit_length(), np.int32)
    hashes = np.empty(len(words), np.uint64)
    hash_words(letters, places, hashes)
    enter_listed(hashes, slots)
    languages = np.zeros(len(words), np.uint64)
    for bit, row in enumerate(language_table().values()):
        languages[listed_among(row.function_words)] |= np.uint64(1 << bit)
    return ListedWords(letters, places, slots, languages)


@cache
def listed_among(words: frozenset[str]) -> "Flags":
    """Return for each listed number whether its word is one of these, ``bool[listed + 1]``."""
    import numpy as np

    numbers = listed_words()
    found = np.zeros(len(numbers) + 1, np.bool_)
    found[[numbers[word] for word in words]] = True
    return found


@cache
def introduction_table(sequences: tuple[tuple[str, ...], ...]) -> "Introductions":
    """Return introductions as kernels look them up."""
    import numpy as np

    from textclean.kernels.content import Introductions

    numbers = listed_words()
    rows = sorted(([numbers[word] for word in words] for words in sequences), key=itemgetter(0))
    of = np.searchsorted([row[0] for row in rows], range(len(numbers) + 2)).astype(np.int32)
    places = np.array([0, *accumulate(map(len, rows))], np.int32)
    marks = np.array(list(map(ord, SETTING_OFF)), np.uint32)
    return Introductions(of, places, np.array([*chain.from_iterable(rows)], np.int32), marks)


def language_of(grammar: "Starts", words: int) -> LanguageWords:
    """Return the listed language whose function words clearly lead, or ``UNKNOWN``.

    Args:
        grammar: ``int32[languages]``: how many words are such words, by language.
        words: How many words there are.
    """
    if words < GUESS_WORDS:
        return UNKNOWN
    return best_language(dict(zip(language_table(), grammar.tolist(), strict=True)), words)
