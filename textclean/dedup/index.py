"""The near-duplicate index in memory.

What a duplicate is stands in the package's docstring.
"""

import copy
import itertools
import threading
from array import array
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt

from textclean.dedup import measures as measuring
from textclean.dedup.bands import Bands, choose_bands
from textclean.dedup.measures import Hashes, Measures, Offsets
from textclean.dedup.memory import Memory
from textclean.dedup.signatures import check_shingle_size

IdT = TypeVar("IdT", bound=Hashable)

#: What a text and a survivor are measured by.
Measure = Literal["jaccard", "containment"]
#: Texts measured in one call.
_BATCH_SIZE = 256


@dataclass(frozen=True, slots=True)
class Match(Generic[IdT]):
    """The survivor a text repeats.

    Attributes:
        id: The survivor's id.
        jaccard: The exact Jaccard of the two shingle sets.
        containment: The exact share of the text's own set that the survivor holds, when that is
            what the index decides by; else None.
        length: Code points of the text. It and what follows is no part of the match's value.
        survivor_length: Code points of the survivor.
        restored: The survivor was kept by an earlier run, and this one has not met it.
    """

    id: IdT
    jaccard: float
    containment: float | None = None
    length: int = field(default=0, compare=False)
    survivor_length: int = field(default=0, compare=False)
    restored: bool = field(default=False, compare=False)

    @property
    def similarity(self) -> float:
        """What was compared with the threshold."""
        return self.jaccard if self.containment is None else self.containment

    def __repr__(self) -> str:
        settings = f"id={self.id!r}, jaccard={self.jaccard}"
        if self.containment is not None:
            settings += f", containment={self.containment}"
        return f"Match({settings})"


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What an index holds of kept texts besides their ids.

    Attributes:
        shingles: ``uint64``: the shingle sets, one after the other; each sorted and distinct.
        ends: ``int64[texts + 1]``: where they begin and end.
        lengths: ``int64[texts]``: code points of the texts.
    """

    shingles: Hashes
    ends: Offsets
    lengths: npt.NDArray[np.int64]


class NearDuplicateIndex(Generic[IdT]):
    """Kept texts, and which of them a new text repeats.

    A text repeats a kept one when the Jaccard of their shingle sets is at or above the threshold;
    the match names the most similar (of equals the first kept). What is dropped is always proven.
    What is found: a text exactly at the threshold with a probability of 0.999 or more
    (``index.bands.probability(jaccard)`` has the curve).

    **Bound.** A bucket of the bands holds 32 survivors, and a text is compared with those in its
    buckets, and with at most 12,288 others.
    Once a template has filled buckets, its later texts are found by their rare shingles (those that
    fewer than 128 of them hold), by long bands, and by the bit signatures of the latest 131,072
    such texts, of all templates together. What that gives up: in a family of more than 32 kept
    texts of one template, a repeat at or just above the threshold may be missed, or a less similar
    text named. At ``threshold + 0.05`` and above nothing is given up but where few of the text's
    shingles are rare, or those find more texts than may be compared (65,536, of which 4,096 share
    enough), and then the kept text has 131,072 later ones of templates behind it, or 8,192 others
    have bit signatures as near: at thresholds of 0.5 to 0.95 with a probability of 0.0001 even if
    all 131,072 are just below the threshold to the new text. A text of a template takes about 1 ms
    (0.2 to 4 ms for 200 to 1,000 words, more for longer ones) and 2 to 5 KB of memory beside its
    shingle set. Families and stars of up to 100,000 texts: ``benchmarks/template_families.py``.

    **Containment** is the share of the *new* text's shingles that stand in one kept text: 1.0 for
    any cut-out of it. Each shingle is listed with the first 128 kept texts that hold it, and a text
    is compared with those that hold enough of its shingles whose lists are not full. Where those
    are so few that a text may hold enough without any, as for a cut-out of boilerplate, it is
    compared with the texts that hold enough of its shingles by the full lists. So it is found for
    certain, and the text that holds most of it named, unless as large a part of its shingles as
    ``threshold`` stands in 128 kept texts each, and not in the same 128 first ones (a header that
    some texts filled first, and a footer that others did); or 65,536 kept texts are in its lists,
    or 4,096 hold as much of what is rare as a repeat must. The lists take several times the memory
    of the shingle sets.

    **Threads.** Any method may be called from several threads at once: the calls have the effect of
    the same calls one after the other, in some order. ``measure``, the larger part of the work,
    runs in parallel with everything, since its kernels do not hold Python's lock; decisions and
    look-ups take turns. An ``async`` program awaits ``asyncio.to_thread(index.add, id, text)``.

    **Interrupts.** A call that an exception from outside breaks off (Ctrl-C, an alarm) has kept all
    of its texts or none; if it was broken off in the middle, the next call makes the memory anew
    from the texts kept before, which takes some seconds for a million.

    Memory: ``memory_bytes``.

    Args:
        threshold: Above 0, at most 1.
        shingle_size: Tokens in a shingle.
        measure: ``jaccard``, or ``containment``, by which a text that is part of a kept one repeats
            it, and one that adds to it does not.
        spill_to: A folder on whose disk the shingle sets lie, in a file without a name that goes
            with the index; None: in memory up to 1 MiB, then in the system's folder for temporary
            files (if there is room; else in memory).

    Raises:
        ValueError: A setting is out of range.

    >>> index = NearDuplicateIndex(threshold=0.6)
    >>> index.add("a", "The harbour opens its new pier to ferries and visitors on Monday.")
    >>> index.add("b", "The harbour opens its new pier to ferries and visitors on Tuesday.")
    Match(id='a', jaccard=0.7777777777777778)
    >>> len(index)
    1
    >>> parts = NearDuplicateIndex(threshold=0.8, measure="containment")
    >>> parts.add("a", "The harbour opens its new pier to ferries and visitors on Monday.")
    >>> parts.add("b", "The harbour opens its new pier to ferries.")
    Match(id='a', jaccard=0.5, containment=1.0)
    """

    def __init__(
        self,
        threshold: float = 0.8,
        shingle_size: int = 5,
        *,
        measure: Measure = "jaccard",
        spill_to: Path | None = None,
    ) -> None:
        check_shingle_size(shingle_size)
        check_measure(measure)
        self.bands: Bands = choose_bands(threshold)
        self.threshold = float(threshold)
        self.shingle_size = shingle_size
        self.similarity: Measure = measure
        self._spill_to = spill_to
        self._memory = self._new_memory()
        #: Held while kept texts are looked at or joined; never while texts are measured.
        self._lock = threading.Lock()
        self._ids: list[IdT] = []
        self._lengths = array("q")
        #: What calls that came to their end left: how many texts, and of how many ``_met``.
        self._done = 0, 0
        #: Restored survivors that this run has met: the next text of such an id is a copy.
        self._met: dict[int, None] = {}
        self._restored = 0

    def _new_memory(self) -> Memory:
        contained = self.similarity == "containment"
        return Memory(self.bands, self.threshold, contained=contained, spill_to=self._spill_to)

    def _settle(self) -> None:
        """Undo what a call did that an exception broke off (Ctrl-C); the lock is held."""
        if not self._memory.is_whole:
            self._undo()

    def _undo(self) -> None:
        """Make the memory anew from the texts that were kept before the call that was broken off.

        Their shingle sets, ids and lengths only ever get more behind them. Whatever ends this, it
        can be begun again.
        """
        memory, (count, met) = self._new_memory(), self._done
        for first in range(0, count, _BATCH_SIZE):
            last = min(first + _BATCH_SIZE, count)
            sets, ends = self._memory.sets_between(first, last)
            lengths = np.array(self._lengths[first:last], np.int64)
            memory.restore(measuring.measure_sets(sets, ends, lengths, self.bands))
        memory.is_whole = True
        del self._ids[count:], self._lengths[count:]
        self._met = dict.fromkeys(itertools.islice(self._met, met))
        self._restored = min(self._restored, count)
        self._memory = memory

    def __getstate__(self) -> dict[str, object]:
        """Return copies of all but the lock, of which each index has its own."""
        with self._lock:
            self._settle()
            return copy.deepcopy({k: v for k, v in vars(self).items() if k != "_lock"})

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state, _lock=threading.Lock())

    def __len__(self) -> int:
        """Return the number of texts kept; those without tokens are not remembered."""
        return self._done[0]

    def __repr__(self) -> str:
        settings = f"threshold={self.threshold}, shingle_size={self.shingle_size}"
        return f"<NearDuplicateIndex {settings}: {len(self)} texts>"

    @property
    def memory_bytes(self) -> tuple[int, int]:
        """Bytes held by the index, and by the shingle sets; the ids come on top."""
        with self._lock:  # who looks at arrays keeps them from growing in place
            self._settle()
            return self._memory.index_bytes, self._memory.shingle_bytes

    @property
    def comparisons(self) -> int:
        """How many pairs of shingle sets have been compared exactly: the work done so far."""
        return self._memory.comparisons

    def add(self, id: IdT, text: str) -> Match[IdT] | None:  # noqa: A002 - the word users have
        """Keep a text unless it repeats a kept one; return the match, or None when it was kept."""
        return self.decide([id], self.measure([text]))[0]

    def query(self, text: str) -> Match[IdT] | None:
        """Return the match of a text, and keep nothing."""
        measures = self.measure([text])
        sizes = len(measures.shingles), len(text)
        with self._lock:
            self._settle()
            repeats, similarities = self._memory.query(measures)
            if repeats[0] < 0:
                return None
            return self._match(int(repeats[0]), float(similarities[0]), *sizes)

    def shingles_of(self, id: IdT, text: str) -> Hashes:  # noqa: A002 - the word users have
        """Return the shingle hashes of the kept text of this id that is most like a text.

        Args:
            id: Of a kept text; several may have it.
            text: The text that repeats it.

        Raises:
            KeyError: No kept text has this id.
        """
        own = self.measure([text]).shingles
        with self._lock:
            self._settle()
            found = [number for number, kept in enumerate(self._ids) if kept == id]
            sets = [self._memory.set_of(number) for number in found]
        if not found:
            raise KeyError(id)
        return max(sets, key=lambda other: _jaccard(own, other))

    def measure(self, texts: Sequence[str]) -> Measures:
        """Measure a batch of texts: the larger part of the work, which needs no memory."""
        return measuring.measure(texts, self.bands, self.shingle_size)

    def decide(self, ids: Sequence[IdT], measures: Measures) -> list[Match[IdT] | None]:
        """Do what ``add`` does for each text of a batch, in order.

        Args:
            ids: One for each text.
            measures: What ``measure`` gave for the texts, with the same settings.
        """
        answers: list[Match[IdT] | None] = [None] * len(ids)
        for number, match in self.find_matches(ids, measures).items():
            answers[number] = match
        return answers

    def find_matches(self, ids: Sequence[IdT], measures: Measures) -> dict[int, Match[IdT]]:
        """Do the same; return the matches by the places of their texts in the batch."""
        if len(ids) != len(measures):
            message = f"{len(ids)} ids for the measures of {len(measures)} texts"
            raise ValueError(message)
        if (measures.tags.shape[1], measures.marks.shape[1]) != (
            self.bands.count,
            self.bands.marks,
        ):
            message = (
                f"the measures are of {measures.tags.shape[1]} bands, those of the index of "
                f"{self.bands.count}: measure the texts with the index's own settings"
            )
            raise ValueError(message)
        with self._lock:
            self._settle()
            return self._find_matches(ids, measures)

    def _find_matches(self, ids: Sequence[IdT], measures: Measures) -> dict[int, Match[IdT]]:
        repeats, similarities = self._memory.decide(measures)
        sizes, lengths = np.diff(measures.ends), measures.lengths
        # kept texts first: a match in the same batch names one of them
        kept = (repeats < 0) & (sizes > 0)
        self._ids.extend(itertools.compress(ids, kept.tolist()))
        self._lengths.frombytes(lengths[kept].tobytes())
        matches, met = {}, dict[int, None]()
        gone = np.flatnonzero(repeats >= 0)
        found = zip(
            gone.tolist(),
            *(column[gone].tolist() for column in (repeats, similarities, sizes, lengths)),
            strict=True,
        )
        for number, survivor, similarity, size, length in found:
            match = self._match(survivor, similarity, size, length)
            if survivor in met:
                match = replace(match, restored=False)
            if match.restored and match.jaccard == 1.0 and match.id == ids[number]:
                met[survivor] = None
            else:
                matches[number] = match
        self._met.update(met)
        self._end_call()
        return matches

    def _end_call(self) -> None:
        """Count what was kept; from here on it stays, whatever comes."""
        self._done = len(self._ids), len(self._met)
        self._memory.is_whole = True

    def restore(self, ids: Sequence[IdT], kept: Kept) -> None:
        """Keep what ``kept_since`` gave of an index with the same settings, without deciding.

        A text of the same id and the same shingles is then not a repeat of itself, but its first
        copy: what was done before can be done again.

        Args:
            ids: One for each text.
            kept: The texts.
        """
        for start in range(0, len(ids), _BATCH_SIZE):
            part = kept.ends[start : start + _BATCH_SIZE + 1]
            sets = np.ascontiguousarray(kept.shingles[part[0] : part[-1]], np.uint64)
            lengths = kept.lengths[start : start + _BATCH_SIZE]
            measures = measuring.measure_sets(sets, part - part[0], lengths, self.bands)
            with self._lock:
                self._settle()
                self._memory.restore(measures)
                self._ids.extend(ids[start : start + _BATCH_SIZE])
                self._lengths.extend(lengths.tolist())
                self._restored = len(self._ids)
                self._end_call()

    def kept_since(self, first: int) -> tuple[list[IdT], Kept]:
        """Return ids and what else there is of the texts kept, but for the first ones."""
        with self._lock:
            self._settle()
            lengths = np.array(self._lengths[first:], np.int64)
            return self._ids[first:], Kept(*self._memory.sets_since(first), lengths)

    def _match(self, survivor: int, similarity: float, size: int, length: int) -> Match[IdT]:
        jaccard, containment = similarity, None
        if self.similarity == "containment":
            common = round(similarity * size)
            jaccard = common / (size + self._memory.size(survivor) - common)
            containment = similarity
        return Match(
            self._ids[survivor],
            jaccard,
            containment,
            length,
            self._lengths[survivor],
            survivor < self._restored and survivor not in self._met,
        )


def _jaccard(left: Hashes, right: Hashes) -> float:
    common = len(np.intersect1d(left, right, assume_unique=True))
    return common / (len(left) + len(right) - common)


def check_measure(measure: str) -> None:
    """Raise ``ValueError`` unless there is such a measure."""
    if measure not in get_args(Measure):
        message = f"measure must be one of {', '.join(get_args(Measure))}, not {measure!r}"
        raise ValueError(message)
