"""Which words of a text are listed ones, such as those that carry a language's grammar."""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Longs, Starts
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.hashing import HALF, TOKEN_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel


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
def hash_words(letters: Codes, places: Starts, hashes: Longs) -> None:
    """Fill in hashes of words.

    Args:
        letters: Their code points.
        places: ``int32[n + 1]``: where each begins, and what stands behind the last.
        hashes: ``uint64[n]``, filled.
    """
    for number in range(len(hashes)):
        state = np.uint64(0)
        for place in range(places[number], places[number + 1]):
            state = (state ^ np.uint64(letters[place])) * TOKEN_FACTOR
            state ^= state >> HALF
        hashes[number] = state


@kernel
def enter_listed(hashes: Longs, slots: Starts) -> None:
    """Fill in the slots of ``ListedWords``, zeros before; number 0 is no word."""
    mask = len(slots) - 1
    for number in range(1, len(hashes)):
        slot = int(hashes[number] >> HALF) & mask
        while slots[slot]:
            slot = slot + 1 & mask
        slots[slot] = number


@kernel
def find_listed(
    folded: Codes, places: Starts, hashes: Longs, words: ListedWords, listed: Starts
) -> None:
    """Fill in which listed word each distinct word of a text is.

    Args:
        folded: The distinct words, a line feed behind each.
        places: ``int32[distinct + 1]``: where each begins, and what stands behind the last.
        hashes: ``uint64[distinct]``: of each.
        words: The listed ones.
        listed: ``int32[distinct]``, filled: the number of each, 0 without.
    """
    letters, own, slots, mask = words.letters, words.places, words.slots, len(words.slots) - 1
    for word in range(len(listed)):
        start, size = places[word], places[word + 1] - 1 - places[word]
        slot, found = int(hashes[word] >> HALF) & mask, 0
        while slots[slot] and not found:
            number = slots[slot]
            first = own[number]
            if own[number + 1] - first == size:  # in place: a call counts references
                same = 0
                while same < size and letters[first + same] == folded[start + same]:
                    same += 1
                found = number if same == size else 0
            slot = slot + 1 & mask
        listed[word] = found


@allocating_kernel
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
