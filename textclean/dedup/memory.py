"""The memory of the survivors: the arrays that kernels read and write, and their growth.

A kept text costs 12 bytes for each band (a tag and a value in a table that is between 0.65 and 0.8
full), a byte for each mark and 24 bytes for its place; its shingle set 8 bytes a shingle, of many
texts on the disk (``mapped.py``); one that came from a crowded template 2 to 5 KB more. All grow
by a quarter, in place where the system can (``growing.py``); what takes longest, a step with each
batch (``tables.py``).
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from textclean.dedup.bands import Bands, bits_needed, farthest_bits, long_bands
from textclean.dedup.growing import GrowingArray
from textclean.dedup.mapped import MappedHashes
from textclean.dedup.measures import Hashes, Measures, Offsets, permutations
from textclean.dedup.tables import BucketTables
from textclean.kernels import decisions, survivors
from textclean.kernels.bit_signatures import COARSE_BITS, COARSE_WORDS, Bits
from textclean.kernels.crowd import SEARCHED, Crowd, tags_by_part

#: For each text: the number of the survivor it repeats, or -1; and their similarity.
Answers = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]

#: So many sets are read between two times that pages are given back: each may have mapped 64 KiB.
_READ = 64
#: Look-ups are numbered in 32 bits; then the stamps start again.
_LAST_STAMP = 2**32 - 1
#: Parts of a band's table, in bits; and of the one in which the crowd's shingles are listed, of
#: which each text has many.
_PARTS, _LISTED_PARTS = 6, 10
#: Survivors are numbered in 31 bits.
MAXIMUM_SURVIVORS = 2**31 - 1


class Memory:
    """Kept texts, and the decision whether another one repeats any of them.

    Attributes:
        is_whole: False from when a batch is taken in until its owner has noted what was kept: an
            exception may come in between (Ctrl-C, an alarm). Room is made before that, and may be
            left half made.
    """

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
        bits = bits_needed(threshold, COARSE_BITS)
        farthest = farthest_bits(threshold, COARSE_BITS), farthest_bits(threshold, bits)
        self.rule = survivors.Rule(threshold, least, contained, farthest)
        self._recent = np.empty(0, np.uint64)
        self._ends = GrowingArray(np.zeros(1, np.int64))
        self._marks = GrowingArray(np.zeros((0, bands.marks), np.uint8))
        self._stamps = GrowingArray(np.zeros(0, np.uint32))
        self._shared = GrowingArray(np.zeros(0, np.uint32))
        self._counts = np.zeros(4, np.int64)
        self._bands = BucketTables(bands.count, _PARTS)
        far = long_bands(threshold)
        self._listed = BucketTables(1, _LISTED_PARTS)
        self._long_bands = BucketTables(1 + far.count, _PARTS)
        #: Bit signatures tell Jaccards apart, and no containment.
        self._searched = 0 if contained else SEARCHED
        self._permutations = permutations(far.slots if contained else max(far.slots, bits))
        self._long_rows = far.rows
        self._coarse_bits = GrowingArray(np.zeros((0, COARSE_WORDS), np.uint64))
        self._fine_bits = GrowingArray(np.zeros((0, bits // 64 - COARSE_WORDS), np.uint64))
        self._holders, self._sizes = (GrowingArray(np.zeros(0, np.uint32)) for _ in range(2))
        self._joined = np.zeros(1, np.int64)
        self.is_whole = True

    @property
    def _survivors(self) -> survivors.Survivors:
        """What kernels take: made for each call, and gone before anything grows."""
        return survivors.Survivors(
            self._hashes.hashes,
            self._recent,
            self._ends.array,
            self._marks.array,
            self._stamps.array,
            self._shared.array,
            self._counts,
            self._bands.view,
            Crowd(
                self._listed.view,
                self._long_bands.view,
                *self._permutations,
                self._long_rows,
                Bits(self._coarse_bits.array, self._fine_bits.array),
                self._holders.array,
                self._sizes.array,
                self._joined,
            ),
        )

    def __len__(self) -> int:
        return int(self._counts[0])

    @property
    def comparisons(self) -> int:
        """Pairs of shingle sets compared so far."""
        return int(self._counts[2])

    @property
    def index_bytes(self) -> int:
        """Bytes held besides the shingle sets."""
        return _bytes(self._survivors[1:])

    @property
    def shingle_bytes(self) -> int:
        """Bytes of the shingle sets, in memory or in a file."""
        return 8 * int(self._ends.array[len(self)])

    def decide(self, measures: Measures) -> Answers:
        """Decide in order; return the survivor each text repeats (or -1), and how similar it is."""
        repeats, similarities = _answers(len(measures))
        batch, start = _batch(measures), 0
        self.make_room(measures)
        self.is_whole = False
        with np.errstate(over="ignore"):
            while True:
                start = decisions.decide(
                    batch, start, self._survivors, self.rule, repeats, similarities
                )
                if start == len(measures):
                    break
                self.make_room_for(measures[start].shingles)
        self._store_recent()
        return repeats, similarities

    def query(self, measures: Measures) -> Answers:
        """Look up without keeping anything; the answer is of the same form."""
        repeats, similarities = _answers(len(measures))
        self._renew_stamps(2 * len(measures))
        with np.errstate(over="ignore"):
            decisions.query(
                _batch(measures),
                self._survivors,
                self.rule,
                repeats,
                similarities,
            )
        return repeats, similarities

    def restore(self, measures: Measures) -> None:
        """Keep all texts, none of which repeats another, in order and without deciding."""
        batch, start = _batch(measures), 0
        self.make_room(measures)
        self.is_whole = False
        with np.errstate(over="ignore"):
            while True:
                start = decisions.restore(batch, start, self._survivors, self.rule)
                if start == len(measures):
                    break
                self.make_room_for(measures[start].shingles)
        self._store_recent()

    def sets_since(self, first: int) -> tuple[Hashes, Offsets]:
        """Return copies of the shingle sets of all survivors but the first ones, and offsets."""
        return self.sets_between(first, len(self))

    def sets_between(self, first: int, last: int) -> tuple[Hashes, Offsets]:
        """Return copies of the sets of some survivors, of which the memory need not be whole."""
        ends = self._ends.array[first : last + 1]
        return self._hashes.hashes[ends[0] : ends[-1]].copy(), ends - ends[0]

    def set_of(self, survivor: int) -> Hashes:
        """Return a copy of the shingle set of one survivor."""
        ends = self._ends.array
        return self._hashes.hashes[ends[survivor] : ends[survivor + 1]].copy()

    def size(self, survivor: int) -> int:
        """Return how many shingles a survivor has."""
        ends = self._ends.array
        return int(ends[survivor + 1] - ends[survivor])

    def make_room(self, measures: Measures) -> None:
        """Grow until every text of a batch could be kept, and do a step of what takes long.

        Raises:
            OverflowError: An index holds no more texts.
        """
        kept = len(self) + len(measures)
        if kept > MAXIMUM_SURVIVORS:
            message = f"an index holds at most {MAXIMUM_SURVIVORS} texts"
            raise OverflowError(message)
        # a text has up to two numbers, and is looked up again after growth
        self._renew_stamps(4 * len(measures))
        self._ends.make_room(kept + 1)
        for array in (self._marks, self._stamps, self._shared):
            array.make_room(kept)
        latest = min(int(self._joined[0]) + len(measures), self._searched)
        for array in (self._coarse_bits, self._fine_bits, self._holders, self._sizes):
            array.make_room(latest)
        self._hashes.make_room(len(measures.shingles))
        if len(self._recent) < len(measures.shingles):
            self._recent = np.empty(len(measures.shingles), np.uint64)
        self._bands.grow_on(len(measures), 2 * self._bands.bands * len(measures))
        self._long_bands.grow_on(len(measures))
        self._listed.grow_on(len(measures.shingles))

    def make_room_for(self, shingles: Hashes) -> None:
        """Grow the tables of buckets until a survivor of these shingles fits in."""
        links = 2 * self._bands.bands
        if not self._bands.fits(links):
            self._bands.make_room(links)
            return
        self._long_bands.make_room(2 * self._long_bands.bands)
        self._listed.make_room(2 * len(shingles), tags_by_part(shingles, _LISTED_PARTS))

    def _store_recent(self) -> None:
        """Put the sets of the latest survivors behind the others."""
        end = int(self._ends.array[len(self)])
        self._hashes.append(self._recent[: end - len(self._hashes)])
        self._counts[3] = end
        if self.comparisons - self._given_back >= _READ:
            self._hashes.give_back()
            self._given_back = self.comparisons

    def _renew_stamps(self, lookups: int) -> None:
        """Start the stamps again before their number overflows."""
        if int(self._counts[1]) + lookups > _LAST_STAMP:
            self._stamps.array.fill(0)
            self._counts[1] = 0


def _batch(measures: Measures) -> survivors.Batch:
    return survivors.Batch(measures.shingles, measures.ends, measures.tags, measures.marks)


def _answers(count: int) -> Answers:
    return np.empty(count, np.int64), np.empty(count, np.float64)


def _bytes(arrays: tuple[object, ...]) -> int:
    return sum(
        array.nbytes if isinstance(array, np.ndarray) else _bytes(array)
        for array in arrays
        if isinstance(array, np.ndarray | tuple)
    )
