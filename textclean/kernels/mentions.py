"""Whether n-grams stand as often, densely and widely as a stuffed phrase, whatever their words are.

What ``phrases.py`` looks at closely; most texts have none.
"""

from typing import NamedTuple

from textclean.kernels.arrays import Bytes
from textclean.kernels.jit import kernel
from textclean.kernels.thresholds import (
    PHRASE_DENSITY,
    PHRASE_LONGEST,
    PHRASE_MENTIONS,
    PHRASE_SPREAD,
    RIGID_DENSITY,
    WHOLE,
)

#: Sizes of n-grams that the level counts otherwise than longer ones, and that of the longer ones.
PAIR, TRIPLE, LONG = sorted(PHRASE_MENTIONS)

#: Mentions and density by length, 0 where there is no phrase.
MENTIONS_NEEDED = tuple(PHRASE_MENTIONS.get(min(size, LONG), 0) for size in range(8))
DENSITY_NEEDED = tuple(PHRASE_DENSITY.get(min(size, LONG), 0) for size in range(8))

#: A count of the sketch that may stand for any higher one.
FULL = 255


class GramCounts(NamedTuple):
    """How often the n-grams of a text stand, at least.

    Attributes:
        pairs: ``uint8[count + 3]``: the 2-gram at each token; zeros behind.
        triples: The same of 3-grams.
        fours: The same of 4-grams.
        most_pairs: The highest of them.
        most_triples: The same of 3-grams.
        most_fours: The same of 4-grams.
    """

    pairs: Bytes
    triples: Bytes
    fours: Bytes
    most_pairs: int
    most_triples: int
    most_fours: int


@kernel
def fewest_words(letters: Bytes) -> int:
    """Return how many words a text has at least: what is several tokens here may be one figure.

    Args:
        letters: From ``scan``.
    """
    fewest = len(letters)
    for index in range(1, len(letters)):
        fewest -= int(letters[index] | letters[index - 1] == 0)
    return fewest


@kernel
def may_recur(counts: GramCounts, fewest: int) -> bool:
    """Whether n-grams of any length stand as often, densely and widely as a phrase, or more so.

    Args:
        counts: Of the text; of those longer than four tokens, how often their beginnings stand.
        fewest: Words of the text, at least.
    """
    pair = least_mentions(PAIR, DENSITY_NEEDED[PAIR], PAIR, fewest)
    triple = least_mentions(TRIPLE, RIGID_DENSITY, TRIPLE, fewest)
    long = least_mentions(LONG, RIGID_DENSITY, PHRASE_LONGEST, fewest)
    return (
        (counts.most_pairs >= pair and are_wide(counts.pairs, pair, fewest))
        or (counts.most_triples >= triple and are_wide(counts.triples, triple, fewest))
        or (counts.most_fours >= long and are_wide(counts.fours, long, fewest))
    )


@kernel
def least_mentions(size: int, density: int, longest: int, fewest: int) -> int:
    """Return how often n-grams of a size, or up to a longest, stand at least; a sketch's most.

    Args:
        size: Their words.
        density: Share of the text's words that all standings are, of ``WHOLE``.
        longest: Words of the longest.
        fewest: Words of the text.
    """
    whole = longest * WHOLE
    return min(FULL, max(MENTIONS_NEEDED[size], (density * fewest + whole - 1) // whole))


@kernel
def are_wide(counts: Bytes, least: int, fewest: int) -> bool:
    """Whether the places of counts that are high enough are as far apart as a phrase's mentions.

    Args:
        counts: ``uint8[n]``, one of which is high enough.
        least: The lowest that is.
        fewest: Words of the text, at least.
    """
    first, last = 0, len(counts) - 1
    while counts[first] < least:
        first += 1
    while counts[last] < least:
        last -= 1
    return is_wide(first, last, fewest)


@kernel
def is_wide(first: int, last: int, fewest: int) -> bool:
    """Whether so much of a text with so many words lies between two of its tokens."""
    return bool(WHOLE * (last - first) >= PHRASE_SPREAD * fewest)
