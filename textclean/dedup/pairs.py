"""All pairs of a sample with their exact similarity, and what thresholds would make of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textclean.dedup.bands import choose_bands
from textclean.dedup.measures import shingle_sets
from textclean.kernels.neighbors import jaccards

#: Pairs less similar than this are not looked at.
LOWEST = 0.3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts and their exact Jaccard; ``first`` stands before ``second``."""

    first: int
    second: int
    jaccard: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What a threshold does to a sample.

    Attributes:
        dropped: Texts with an earlier kept one at or above the threshold.
        missed: How many of them the bands are expected not to propose.
    """

    dropped: int
    missed: float


def all_pairs(texts: Sequence[str], shingle_size: int, lowest: float = LOWEST) -> list[Pair]:
    """Return every pair at or above a Jaccard, by the position of the later text.

    >>> all_pairs(["The pier opens today.", "Nothing.", "the pier opens TODAY"], 2)
    [Pair(first=0, second=2, jaccard=1.0)]
    """
    sets, ends = shingle_sets(texts, shingle_size)
    row = np.zeros(len(texts), np.float64)
    found = []
    for number in range(1, len(texts)):
        jaccards(sets, ends, number, lowest, row)
        found += [
            Pair(int(other), number, float(row[other])) for other in row[:number].nonzero()[0]
        ]
    return found


def effect(pairs: Sequence[Pair], threshold: float) -> Effect:
    """Return what a threshold does: the first copy stays, as in a stream.

    Args:
        pairs: As ``all_pairs`` gives them, from a Jaccard not above the threshold.
        threshold: Above 0, at most 1.

    >>> effect([Pair(0, 1, 0.9), Pair(1, 2, 0.9), Pair(0, 2, 0.7)], 0.8).dropped
    1
    """
    bands = choose_bands(threshold)
    gone: dict[int, float] = {}
    for pair in pairs:
        if pair.jaccard >= threshold and pair.first not in gone:
            missed = 1.0 - bands.probability(pair.jaccard)
            gone[pair.second] = gone.get(pair.second, 1.0) * missed
    return Effect(len(gone), sum(gone.values()))
