"""Near-duplicates of a corpus that lies in blocks: each step a pure function of some of them.

Whoever runs the steps (``engines/ray.py``) moves arrays between them and decides nothing:

1. ``band_keys`` of a block; rows with equal keys must meet.
2. ``bucket_pairs`` of the rows that met: candidate pairs, and *crowded* documents, whose bucket is
   too large for pairs.
3. ``Side`` of documents that are paired; ``verified`` where the two sides meet.
4. ``Decisions`` from all verified pairs. What a crowd can touch is decided by the memory of a
   stream (``crowd``), since a family's bounds depend on all of it.

The answer is that of ``NearDuplicateIndex`` on the same documents in the order of keeping, exactly:

- A document none of whose buckets holds more than ``BUCKET_LIMIT`` documents meets no full bucket
  there: every earlier survivor in its buckets is compared with it, so the verified pairs say all.
- All others, and whatever verified pairs connect to them, are shown to the same memory in the same
  order. It misses only documents that share a bucket with one of these and are not similar enough:
  they neither fill one of the large buckets (whose members are all there), nor are ever an answer.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.dedup.bands import Bands
from textclean.dedup.measures import Measures
from textclean.dedup.memory import Memory
from textclean.kernels import graph
from textclean.kernels.graph import STAYS, Side
from textclean.kernels.survivors import BUCKET_LIMIT

Numbers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_BATCH_SIZE = 256


class Candidates(NamedTuple):
    """What some buckets hold.

    Attributes:
        left: Documents that share a bucket with the one at the same place in ``right``; smaller.
        right: The others.
        crowded: Documents in buckets too large for pairs.
    """

    left: Numbers
    right: Numbers
    crowded: Numbers


class Verified(NamedTuple):
    """Pairs of documents with a similarity at or above the threshold."""

    left: Numbers
    right: Numbers
    similarity: npt.NDArray[np.float64]


def band_keys(measures: Measures, first: int) -> tuple[Keys, Numbers]:
    """Return the key of each document's bucket in each band, and the documents.

    Args:
        measures: Of the documents of a block.
        first: Number of the first of them; the others follow.
    """
    with_tokens = np.flatnonzero(np.diff(measures.ends))
    bands = np.arange(measures.tags.shape[1], dtype=np.uint64) << np.uint64(32)
    keys = (measures.tags[with_tokens].astype(np.uint64) | bands).ravel()
    return keys, np.repeat(with_tokens + first, measures.tags.shape[1])


def bucket_pairs(keys: Keys, documents: Numbers) -> Candidates:
    """Return the distinct candidate pairs of whole buckets, and who is crowded there.

    >>> keys, documents = np.array([7, 7, 9, 9, 8], np.uint64), np.array([4, 2, 4, 2, 3])
    >>> found = bucket_pairs(keys, documents)
    >>> found.left.tolist(), found.right.tolist(), found.crowded.tolist()
    ([2], [4], [])
    """
    order = np.lexsort((documents, keys))
    keys, documents = keys[order], documents[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else order
    sizes = np.diff(np.append(starts, len(keys)))
    left, right = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in range(2, BUCKET_LIMIT + 1):
        members = documents[starts[sizes == size, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        left.append(members[:, one].ravel())
        right.append(members[:, other].ravel())
    large = np.repeat(sizes > BUCKET_LIMIT, sizes)
    pairs = distinct_pairs(np.concatenate(left), np.concatenate(right))
    return Candidates(*pairs, np.unique(documents[large]))


def distinct_pairs(left: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """Return each pair once, sorted by the left and then the right document."""
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    new = np.ones(len(left), bool)
    new[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return left[new], right[new]


def verified(left: Side, right: Side, bands: Bands, threshold: float) -> npt.NDArray[np.float64]:
    """Return the exact Jaccard of each pair; 0.0 where it is below the threshold."""
    similarity = np.empty(len(left.places))
    graph.verify(left, right, threshold, bands.least_agreement(threshold), similarity)
    return similarity


@dataclass(frozen=True, slots=True)
class Decisions:
    """Which documents of a corpus stay.

    Attributes:
        survivors: ``int64[documents]``: the document that each repeats, or -1.
        similarities: ``float64[documents]``: how similar the two are, or 0.0.
    """

    survivors: Numbers
    similarities: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.survivors)


class Clustering:
    """Verified pairs put together.

    Args:
        pairs: All of them, in any order.
        crowded: Documents in large buckets.
        order: All documents in the order of keeping, the best first; None: by number.
        count: Documents of the corpus.
    """

    def __init__(
        self, pairs: Verified, crowded: Numbers, order: Numbers | None, count: int
    ) -> None:
        self._order = np.arange(count) if order is None else order
        self._ranks = np.empty(count, np.int64)
        self._ranks[self._order] = np.arange(count)
        one, other = self._ranks[pairs.left], self._ranks[pairs.right]
        self._earlier, self._later = np.minimum(one, other), np.maximum(one, other)
        self._similarity = pairs.similarity
        in_crowd = self._reached(self._ranks[crowded])
        #: Documents that the crowd's memory must see, in the order of keeping.
        self.crowd: Numbers = self._order[in_crowd]
        self._in_crowd = in_crowd

    def _reached(self, crowded: Numbers) -> Numbers:
        """Return the ranks of all that pairs connect to crowded ones, these included, sorted."""
        if not len(crowded):
            return crowded
        parents = np.arange(len(self._order))
        graph.join_components(self._earlier, self._later, parents)
        ones = np.full(len(crowded) - 1, crowded[0])
        graph.join_components(ones, crowded[1:], parents)
        graph.settle(parents)
        return np.flatnonzero(parents == parents[crowded[0]])

    def decide(self, crowd: Decisions | None = None) -> Decisions:
        """Return the decisions on all documents.

        Args:
            crowd: What ``decide_crowd`` gave for ``self.crowd``, by place there; None where that
                is empty.
        """
        order = np.lexsort((self._earlier, self._later))
        count = len(self._order)
        ranks, found = np.full(count, STAYS, np.int64), np.zeros(count)
        graph.first_survivors(
            self._later[order], self._earlier[order], self._similarity[order], ranks, found
        )
        if crowd is not None:
            gone = crowd.survivors != STAYS
            ranks[self._in_crowd] = np.where(gone, self._in_crowd[crowd.survivors], STAYS)
            found[self._in_crowd] = crowd.similarities
        survivors, similarities = np.full(count, STAYS, np.int64), np.zeros(count)
        survivors[self._order] = np.where(ranks == STAYS, STAYS, self._order[ranks])
        similarities[self._order] = found
        return Decisions(survivors, similarities)


def decide_crowd(measures: Measures, bands: Bands, threshold: float) -> Decisions:
    """Decide on a crowd as a stream does.

    Args:
        measures: Of ``Clustering.crowd``, in that order.
        bands: The bands of the keys.
        threshold: Above 0, at most 1.
    """
    memory = Memory(bands, threshold)
    places = np.empty(len(measures), np.int64)  # of the survivors, in the order of their numbers
    known = 0
    survivors, similarities = np.full(len(measures), STAYS, np.int64), np.zeros(len(measures))
    for start in range(0, len(measures), _BATCH_SIZE):
        batch = measures[start : start + _BATCH_SIZE]
        repeats, similarities[start : start + len(batch)] = memory.decide(batch)
        kept = (repeats < 0) & (np.diff(batch.ends) > 0)
        places[known : known + kept.sum()] = start + np.flatnonzero(kept)
        known += int(kept.sum())
        gone = np.flatnonzero(repeats >= 0)
        survivors[start + gone] = places[repeats[gone]]
    return Decisions(survivors, similarities)
