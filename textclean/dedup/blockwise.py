"""Near-duplicates of a corpus that lies in blocks: each step a pure function of some of them.

Whoever runs the steps (``engines/ray_shuffle.py``) moves arrays between them and decides nothing:

1. ``band_keys`` of a block; rows with equal keys must meet.
2. ``bucket_pairs`` of the rows that met: candidate pairs, and of buckets too large for pairs the
   documents that are *crowded* there.
3. ``Side`` of documents that are paired; ``verified`` where the two sides meet.
4. ``settle`` of whole components of the graph that verified pairs and crowded buckets make: the
   first survivors of those without a crowd. What a crowd can touch is decided by the memory of a
   stream (``CrowdMemory``), since a family's bounds depend on all of it.

The answer is that of ``NearDuplicateIndex`` on the same documents in the order of keeping, exactly:

- A document none of whose buckets holds more than ``BUCKET_LIMIT`` documents meets no full bucket
  there: every earlier survivor in its buckets is compared with it, so the verified pairs say all.
- All others, and whatever verified pairs connect to them, are shown to the same memory in the same
  order. It misses only documents that share a bucket with one of these and are not similar enough:
  they neither fill one of the large buckets (whose members are all there), nor are ever an answer.

Crowds of more than ``CROWD_ROOM`` documents in all get several memories, a component whole in one.
The index finds one pair more where two texts of different components are similar, every band has
missed that (the bands' stated chance), and its list of all crowds happens to know it; and one
fewer where all its crowds together have more than the ``SEARCHED`` whose bit signatures are kept.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.dedup.bands import Bands
from textclean.dedup.components import Edges, Numbers, distinct_pairs
from textclean.dedup.measures import Measures
from textclean.dedup.memory import Memory
from textclean.kernels import graph
from textclean.kernels.graph import STAYS, Side
from textclean.kernels.proposals import BUCKET_LIMIT

Keys = npt.NDArray[np.uint64]

#: Documents of crowds that share a memory, about; a memory is shown so many at a time.
CROWD_ROOM = 2**18
_BATCH_SIZE = 256


class Candidates(NamedTuple):
    """What some buckets hold.

    Attributes:
        left: Documents that share a bucket with the one at the same place in ``right``; smaller.
        right: The others.
        crowds: The documents of each bucket too large for pairs, hung under the first of them.
    """

    left: Numbers
    right: Numbers
    crowds: Edges


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
    """Return the distinct candidate pairs of whole buckets, and who is crowded there with whom.

    >>> keys, documents = np.array([7, 7, 9, 9, 8], np.uint64), np.array([4, 2, 4, 2, 3])
    >>> found = bucket_pairs(keys, documents)
    >>> found.left.tolist(), found.right.tolist(), found.crowds.nodes.tolist()
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
    pairs = distinct_pairs(np.concatenate(left), np.concatenate(right))
    is_large = np.repeat(sizes > BUCKET_LIMIT, sizes)
    is_large[starts] = False  # what the others hang under
    crowds = distinct_pairs(documents[is_large], np.repeat(documents[starts], sizes)[is_large])
    return Candidates(*pairs, Edges(*crowds))


def verified(left: Side, right: Side, bands: Bands, threshold: float) -> npt.NDArray[np.float64]:
    """Return the exact Jaccard of each pair; 0.0 where it is below the threshold."""
    similarity = np.empty(len(left.places))
    graph.verify(left, right, threshold, bands.least_agreement(threshold), similarity)
    return similarity


class Drops(NamedTuple):
    """Documents that go.

    Attributes:
        documents: ``int64[drops]``.
        survivors: ``int64[drops]``: the document that each repeats.
        similarities: ``float64[drops]``: how similar the two are.
    """

    documents: Numbers
    survivors: Numbers
    similarities: npt.NDArray[np.float64]


class Crowd(NamedTuple):
    """Documents that a memory must see, sorted by memory and then in the order of keeping.

    Attributes:
        documents: ``int64[n]``.
        memories: ``int64[n]``: number of the memory, from 0.
        places: ``int64[n]``: place in the order of that memory, from 0.
    """

    documents: Numbers
    memories: Numbers
    places: Numbers


def settle(
    pairs: Verified,
    crowds: Edges,
    documents: Numbers,
    order: Numbers,
    room: int = CROWD_ROOM,
) -> tuple[Drops, Crowd]:
    """Decide on whole components of the graph of verified pairs and crowded buckets.

    Args:
        pairs: All verified pairs of these components, in any order.
        crowds: Documents that are crowded together.
        documents: All documents in either, sorted.
        order: Their places in the order of keeping, the best first.
        room: Documents of crowds that share a memory, about.
    """
    ranks = np.empty(len(documents), np.int64)
    ranks[order] = np.arange(len(documents))
    one, other = (ranks[np.searchsorted(documents, side)] for side in (pairs.left, pairs.right))
    joined = Edges(*(ranks[np.searchsorted(documents, side)] for side in crowds))
    parents = np.arange(len(documents))
    graph.join_components(one, other, parents)
    graph.join_components(joined.nodes, joined.neighbors, parents)
    graph.settle(parents)
    is_crowd = np.zeros(len(documents), bool)
    is_crowd[parents[joined.nodes]] = True
    in_crowd = is_crowd[parents]
    free = ~in_crowd[one]
    earlier, later = np.minimum(one, other)[free], np.maximum(one, other)[free]
    by_later = np.lexsort((earlier, later))
    survivors, similarities = np.full(len(documents), STAYS, np.int64), np.zeros(len(documents))
    graph.first_survivors(
        later[by_later],
        earlier[by_later],
        pairs.similarity[free][by_later],
        survivors,
        similarities,
    )
    names = documents[order]
    gone = np.flatnonzero(survivors != STAYS)
    drops = Drops(names[gone], names[survivors[gone]], similarities[gone])
    crowded = np.flatnonzero(in_crowd)
    memories, places = _packed(parents[crowded], room)
    by_memory = np.lexsort((places, memories))
    return drops, Crowd(names[crowded][by_memory], memories[by_memory], places[by_memory])


def _packed(components: Numbers, room: int) -> tuple[Numbers, Numbers]:
    """Return the memory of each document, and its place there.

    Args:
        components: Of documents in the order of keeping.
        room: Documents that share a memory, about.
    """
    _, inverse, sizes = np.unique(components, return_inverse=True, return_counts=True)
    memory_of = (np.cumsum(sizes) - sizes) // room
    _, memories = np.unique(memory_of[inverse], return_inverse=True)
    order = np.argsort(memories, kind="stable")
    counts = np.bincount(memories)
    places = np.empty(len(memories), np.int64)
    places[order] = np.arange(len(memories)) - np.repeat(np.cumsum(counts) - counts, counts)
    return memories, places


class CrowdMemory:
    """Decides on a crowd as a stream does, some documents at a time.

    Args:
        bands: The bands of the keys.
        threshold: Above 0, at most 1.
    """

    def __init__(self, bands: Bands, threshold: float) -> None:
        self._memory = Memory(bands, threshold)
        self._kept = np.zeros(0, np.int64)  # documents, by the number that the memory gave them

    def decide(self, documents: Numbers, measures: Measures) -> Drops:
        """Decide on the next documents in the order of keeping.

        Args:
            documents: Their numbers.
            measures: Theirs.
        """
        gone, survivors, similarities = [], [], []
        known = len(self._kept)
        kept = np.concatenate([self._kept, np.zeros(len(measures), np.int64)])
        for start in range(0, len(measures), _BATCH_SIZE):
            numbers = documents[start : start + _BATCH_SIZE]
            batch = measures[start : start + _BATCH_SIZE]
            repeats, similar = self._memory.decide(batch)
            stays = (repeats < 0) & (np.diff(batch.ends) > 0)
            kept[known : known + stays.sum()] = numbers[stays]
            known += int(stays.sum())
            goes = repeats >= 0
            gone.append(numbers[goes])
            survivors.append(kept[repeats[goes]])
            similarities.append(similar[goes])
        self._kept = kept[:known]
        none = np.zeros(0, np.int64)
        return Drops(
            np.concatenate([none, *gone]),
            np.concatenate([none, *survivors]),
            np.concatenate([np.zeros(0), *similarities]),
        )
