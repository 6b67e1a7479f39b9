"""Which words of a text are listed ones, such as those that carry a language's grammar."""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Longs, Starts, Unsigned
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.hashing import HALF, TOKEN_FACTOR
from textclean.kernels.jit import kernel
from textclean.kernels.words import LINE_FEED


class ListedWords(NamedTuple):
    """Words, by number from 1, to look others up among.

    Attributes:
        letters: ``uint32``: their code points, one word behind the other.
        places: ``int32[words + 2]``: where each begins; that of 0 is empty.
        slots: ``int32[2**k]``: the number of each, by hash; 0 without.
        languages: ``uint64[words + 1]``: a bit for each language whose grammar a word carries.
    """

    letters: Codes
    places: Starts
    slots: Starts
    languages: Longs


@kernel
def letters_hash(letters: Codes, first: int, last: int) -> Unsigned:
    """Return a hash of some code points."""
    state = np.uint64(0)
    for place in range(first, last):
        state = (state ^ np.uint64(letters[place])) * TOKEN_FACTOR
        state ^= state >> HALF
    return state


@kernel
def enter_listed(letters: Codes, places: Starts, slots: Starts) -> None:
    """Fill in the slots of ``ListedWords``, zeros before."""
    mask = len(slots) - 1
    for number in range(1, len(places) - 1):
        slot = int(letters_hash(letters, places[number], places[number + 1]) >> HALF) & mask
        while slots[slot]:
            slot = slot + 1 & mask
        slots[slot] = number


@kernel
def listed_number(letters: Codes, first: int, last: int, words: ListedWords) -> int:
    """Return the number of the listed word that has these letters, 0 without."""
    mask = len(words.slots) - 1
    slot = int(letters_hash(letters, first, last) >> HALF) & mask
    while words.slots[slot]:
        number = words.slots[slot]
        start = words.places[number]
        if words.places[number + 1] - start == last - first:
            same = 0
            while same < last - first and words.letters[start + same] == letters[first + same]:
                same += 1
            if same == last - first:
                return int(number)
        slot = slot + 1 & mask
    return 0


@kernel
def find_listed(folded: Codes, words: ListedWords, listed: Starts) -> int:
    """Fill in which listed word each distinct word of a text is; return how many these are.

    Args:
        folded: The distinct words, a line feed behind each.
        words: The listed ones.
        listed: ``int32[>= distinct]``, filled: the number of each, 0 without.
    """
    start, count = 0, 0
    for place in range(len(folded)):
        if folded[place] == LINE_FEED:
            listed[count] = listed_number(folded, start, place, words)
            count += 1
            start = place + 1
    return count


@kernel
def count_grammar(numbers: Starts, listed: Starts, languages: Longs, totals: Starts) -> None:
    """Add up how many words of a text carry the grammar of each language.

    Args:
        numbers: ``int32[words]``: which distinct word each is.
        listed: ``int32[distinct]``: which listed word that is, 0 without.
        languages: Of ``ListedWords``.
        totals: ``int32[languages]``, zeros, filled.
    """
    times = np.zeros(len(listed), np.int32)
    for number in numbers:
        times[number] += 1
    for word in range(len(listed)):
        mask, language = languages[listed[word]], 0
        while mask:
            if mask & np.uint64(1):
                totals[language] += times[word]
            mask >>= np.uint64(1)
            language += 1
