"""Verified pairs as a graph: its components, and the first survivors of each.

Texts are numbered by their place in the order of keeping, the best first. The rule on each
component is that of a stream (``decisions.py``), with all pairs known beforehand: a text goes if
and only if one before it stays and is similar enough.
"""

from typing import NamedTuple

from textclean.kernels.arrays import Bytes, Counts, Longs, Reals
from textclean.kernels.jit import kernel
from textclean.kernels.overlap import agreement, jaccard_at_least

STAYS = -1


@kernel
def root(parents: Counts, text: int) -> int:
    """Return the text that stands for a component; the way to it is halved (Tarjan's rule)."""
    while parents[text] != text:
        parents[text] = parents[parents[text]]
        text = parents[text]
    return text


@kernel
def join_components(left: Counts, right: Counts, parents: Counts) -> None:
    """Join the components of each pair; the smallest text stands for a component.

    Args:
        left: ``int64[pairs]``.
        right: ``int64[pairs]``.
        parents: ``int64[texts]``: 0, 1, 2 ... before the first pair; changed.
    """
    for pair in range(len(left)):
        first = root(parents, left[pair])
        second = root(parents, right[pair])
        if first < second:
            parents[second] = first
        else:
            parents[first] = second


@kernel
def settle(parents: Counts) -> None:
    """Make every text point to the one that stands for its component."""
    for text in range(len(parents)):
        parents[text] = root(parents, text)


@kernel
def first_survivors(
    later: Counts, earlier: Counts, similarity: Reals, survivors: Counts, similarities: Reals
) -> None:
    """Decide on the texts of some components: each repeats the most similar earlier one that stays.

    Args:
        later: ``int64[pairs]``: sorted, and where equal by ``earlier``, so that of equally similar
            survivors the earliest is taken.
        earlier: ``int64[pairs]``: before ``later`` in each pair.
        similarity: ``float64[pairs]``.
        survivors: ``int64[texts]``: all STAYS; filled.
        similarities: ``float64[texts]``: all 0.0; filled.
    """
    for pair in range(len(later)):
        text = later[pair]
        if survivors[earlier[pair]] == STAYS and similarity[pair] > similarities[text]:
            similarities[text] = similarity[pair]
            survivors[text] = earlier[pair]


class Side(NamedTuple):
    """One side of some texts that are paired.

    Attributes:
        sets: ``uint64``: the shingle sets of the texts, one after the other.
        ends: ``int64[texts + 1]``: where they begin and end.
        marks: ``uint8[texts, n]``.
        places: ``int64[pairs]``: which of the texts is in a pair.
    """

    sets: Longs
    ends: Counts
    marks: Bytes
    places: Counts


@kernel
def verify(left: Side, right: Side, threshold: float, least: int, similarity: Reals) -> None:
    """Fill in the Jaccard of pairs of texts; 0.0 where it is below the threshold.

    Args:
        left: ``Side``.
        right: ``Side``.
        threshold: In (0, 1].
        least: Pairs that agree in fewer marks are not compared.
        similarity: ``float64[pairs]``, filled.
    """
    for pair in range(len(similarity)):
        similarity[pair] = 0.0
        one, other = left.places[pair], right.places[pair]
        if agreement(left.marks[one], right.marks[other]) >= least:
            mine = left.sets[left.ends[one] : left.ends[one + 1]]
            theirs = right.sets[right.ends[other] : right.ends[other + 1]]
            similarity[pair] = jaccard_at_least(mine, theirs, threshold)
