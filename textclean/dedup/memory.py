"""The memory of the survivors: the arrays that kernels read and write, and their growth.

A kept text costs 12 bytes for each band (a tag and a value in a table that is between 0.57 and 0.75
full), a byte for each mark and 16 bytes for its place; its shingle set 8 bytes a shingle, of many
texts on the disk (``mapped.py``); one that came from a crowded template about 2 KB more. All grow
by a quarter, in place where the system can; what takes longest, a step with each batch
(``tables.py``).
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from textclean.dedup.bands import Bands, long_bands
from textclean.dedup.mapped import MappedHashes
from textclean.dedup.measures import Hashes, Measures, Offsets, permutations
from textclean.dedup.tables import empty_buckets, grow, grow_links, grow_tables
from textclean.kernels import survivors
from textclean.kernels.crowd import Crowd

#: For each text: the number of the survivor it repeats, or -1; and their similarity.
Answers = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]

#: So many sets are read between two times that pages are given back: each may have mapped 64 KiB.
_READ = 64
#: Look-ups are numbered in 32 bits; then the stamps start again.
_LAST_STAMP = 2**32 - 1
#: Survivors are numbered in 31 bits.
MAXIMUM_SURVIVORS = 2**31 - 1


class Memory:
    """Kept texts, and the decision whether another one repeats any of them."""

    def __init__(
        self,
        bands: Bands,
        threshold: float,
        *,
        contained: bool = False,
        spill_to: Path | None = None,
    ) -> None:
        self._hashes = MappedHashes(spill_to)
        self._given_back = 0  # comparisons until pages were given back the last time
        least = 0 if contained else bands.least_agreement(threshold)
        self.rule = survivors.Rule(threshold, least, contained)
        self._survivors = survivors.Survivors(
            shingles=self._hashes.hashes,
            recent=np.empty(0, np.uint64),
            ends=np.zeros(1, np.int64),
            marks=np.zeros((0, bands.marks), np.uint8),
            stamps=np.zeros(0, np.uint32),
            shared=np.zeros(0, np.uint32),
            counts=np.zeros(4, np.int64),
            bands=empty_buckets(bands.count),
            crowd=_empty_crowd(long_bands(threshold)),
        )

    def __len__(self) -> int:
        return int(self._survivors.counts[0])

    @property
    def comparisons(self) -> int:
        """Pairs of shingle sets compared so far."""
        return int(self._survivors.counts[2])

    @property
    def index_bytes(self) -> int:
        """Bytes held besides the shingle sets."""
        return self._bytes(self._survivors._replace(shingles=self._survivors.shingles[:0]))

    @property
    def shingle_bytes(self) -> int:
        """Bytes of the shingle sets, in memory or in a file."""
        return 8 * int(self._survivors.ends[len(self)])

    def decide(self, measures: Measures) -> Answers:
        """Decide in order; return the survivor each text repeats (or -1), and how similar it is."""
        batch = _batch(measures)
        repeats, similarities = _answers(len(measures))
        self._make_room(measures)
        start = 0
        with np.errstate(over="ignore"):
            while True:
                start = survivors.decide(
                    batch,
                    start,
                    self._survivors,
                    self.rule,
                    repeats,
                    similarities,
                )
                if start == len(measures):
                    break
                self._make_room_in_crowd(int(measures.ends[start + 1] - measures.ends[start]))
        self._store_recent()
        return repeats, similarities

    def query(self, measures: Measures) -> Answers:
        """Look up without keeping anything; the answer is of the same form."""
        repeats, similarities = _answers(len(measures))
        self._renew_stamps(len(measures))
        with np.errstate(over="ignore"):
            survivors.query(
                _batch(measures),
                self._survivors,
                self.rule,
                repeats,
                similarities,
            )
        return repeats, similarities

    def restore(self, measures: Measures) -> None:
        """Keep all texts, none of which repeats another, in order and without deciding."""
        self._make_room(measures)
        start = 0
        with np.errstate(over="ignore"):
            while True:
                start = survivors.restore(_batch(measures), start, self._survivors, self.rule)
                if start == len(measures):
                    break
                self._make_room_in_crowd(int(measures.ends[start + 1] - measures.ends[start]))
        self._store_recent()

    def sets_since(self, first: int) -> tuple[Hashes, Offsets]:
        """Return copies of the shingle sets of all survivors but the first ones, and offsets."""
        ends = self._survivors.ends[first : len(self) + 1]
        return self._survivors.shingles[ends[0] : ends[-1]].copy(), ends - ends[0]

    def set_of(self, survivor: int) -> Hashes:
        """Return a copy of the shingle set of one survivor."""
        ends = self._survivors.ends
        return self._survivors.shingles[ends[survivor] : ends[survivor + 1]].copy()

    def size(self, survivor: int) -> int:
        """Return how many shingles a survivor has."""
        ends = self._survivors.ends
        return int(ends[survivor + 1] - ends[survivor])

    def _make_room(self, measures: Measures) -> None:
        """Grow until every text of the batch could be kept."""
        store = self._survivors
        kept = len(self) + len(measures)
        if kept > MAXIMUM_SURVIVORS:
            message = f"an index holds at most {MAXIMUM_SURVIVORS} texts"
            raise OverflowError(message)
        self._renew_stamps(2 * len(measures))  # a text is looked up again after the crowd's growth
        grow(store.ends, kept + 1)
        grow(store.marks, kept)
        grow(store.stamps, kept)
        grow(store.shared, kept)
        self._hashes.make_room(len(measures.shingles))
        if len(store.recent) < len(measures.shingles):
            store = store._replace(recent=np.empty(len(measures.shingles), np.uint64))
        store = store._replace(shingles=self._hashes.hashes)
        grow_links(store.bands, 2 * store.bands.tables.shape[1] * len(measures))
        grow_tables(store.bands, kept, len(measures))
        self._survivors = store

    def _store_recent(self) -> None:
        """Put the sets of the latest survivors behind the others."""
        store = self._survivors
        end = int(store.ends[len(self)])
        self._hashes.append(store.recent[: end - len(self._hashes)])
        store.counts[3] = end
        if self.comparisons - self._given_back >= _READ:
            self._hashes.give_back()
            self._given_back = self.comparisons

    def _make_room_in_crowd(self, shingles: int) -> None:
        """Grow what the crowd remembers until a survivor with so many shingles can join."""
        listed, bands = self._survivors.crowd[:2]
        grow_links(listed, 2 * shingles)
        grow_tables(listed, int(listed.used[1]) + shingles)
        grow_links(bands, 2 * bands.tables.shape[1])
        grow_tables(bands, int(bands.used[1]) + 1)

    def _renew_stamps(self, lookups: int) -> None:
        """Start the stamps again before their number overflows."""
        if int(self._survivors.counts[1]) + lookups > _LAST_STAMP:
            self._survivors.stamps.fill(0)
            self._survivors.counts[1] = 0

    def _bytes(self, arrays: tuple[object, ...]) -> int:
        return sum(
            array.nbytes if isinstance(array, np.ndarray) else self._bytes(array)
            for array in arrays
            if isinstance(array, np.ndarray | tuple)
        )


def _batch(measures: Measures) -> survivors.Batch:
    return survivors.Batch(measures.shingles, measures.ends, measures.tags, measures.marks)


def _answers(count: int) -> Answers:
    return np.empty(count, np.int64), np.empty(count, np.float64)


def _empty_crowd(bands: Bands) -> Crowd:
    multipliers, increments = permutations(bands.slots)
    return Crowd(empty_buckets(1), empty_buckets(1 + bands.count), multipliers, increments)
