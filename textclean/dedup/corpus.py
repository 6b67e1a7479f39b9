"""Near-duplicates of a whole corpus, seen before anything is decided, in two passes.

The first pass measures the documents and puts what it finds on the disk. The second goes through
them in the order of a keep rule, the best first, as a stream would: so a document goes if and only
if one that is better by the rule stays and is similar enough. Clusters are stars, never chains. In
memory are about 0.4 KB of index a survivor and 40 bytes a document; texts and shingle sets are not.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textclean.dedup.index import Measure, NearDuplicateIndex
from textclean.dedup.keep import KeepRule
from textclean.dedup.mapped import Spool
from textclean.dedup.measures import Measures
from textclean.document import Document

_BATCH_SIZE = 256


@dataclass(frozen=True, slots=True)
class Member:
    """A document that went because of a survivor.

    Attributes:
        record: Its place in the corpus, from 1.
        id: Its id.
        similarity: Its exact similarity to the survivor.
    """

    record: int
    id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """A survivor, and the documents that repeat it.

    Attributes:
        record: The survivor's place in the corpus, from 1.
        survivor: Its id.
        members: In the order of the corpus.
    """

    record: int
    survivor: str
    members: tuple[Member, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the cluster as a line of a clusters file has it."""
        members = [
            {"record": member.record, "id": member.id, "similarity": member.similarity}
            for member in self.members
        ]
        return {"survivor": self.survivor, "members": members}


class CorpusDeduplication:
    """Which documents of a corpus stay.

    Args:
        keep: Which of several copies survives.
        threshold: Similarity at and above which a document repeats another; above 0, at most 1.
        shingle_size: Tokens in a shingle.
        measure: ``jaccard`` or ``containment`` (of what goes in what stays).
        folder: Where to put temporary files, which have no names and go with this object; None: the
            system's place for them.

    Raises:
        ValueError: A setting is out of range.

    >>> notice = "The harbour opens its new pier to ferries and visitors on Monday."
    >>> documents = [Document("a", notice), Document("b", notice + " Bring a coat.")]
    >>> corpus = CorpusDeduplication(KeepRule.parse("longest"), threshold=0.7)
    >>> corpus.add(documents)
    >>> corpus.decide()
    >>> [corpus.survivor(number) for number in range(2)]
    [(1, 0.7272727272727273), None]
    >>> [cluster.as_json() for cluster in corpus.clusters()]
    [{'survivor': 'b', 'members': [{'record': 1, 'id': 'a', 'similarity': 0.7272727272727273}]}]
    """

    def __init__(
        self,
        keep: KeepRule | None = None,
        threshold: float = 0.8,
        shingle_size: int = 5,
        *,
        measure: Measure = "jaccard",
        folder: Path | None = None,
    ) -> None:
        self.keep = keep or KeepRule()
        room = folder or Path(tempfile.gettempdir())
        self._new_index: Callable[[], NearDuplicateIndex[int]] = partial(
            NearDuplicateIndex, threshold, shingle_size, measure=measure, spill_to=room
        )
        self._measuring: NearDuplicateIndex[int] = self._new_index()
        bands = self._measuring.bands
        self._shingles = Spool(room, "u8")
        self._sizes = Spool(room, "i8")
        self._tags = Spool(room, "u4", bands.count)
        self._marks = Spool(room, "u1", bands.marks)
        self._values = Spool(room, "f8")
        self._ids = Spool(room, "u1")
        self._id_sizes = Spool(room, "i8")
        self._records = Spool(room, "i8")
        self._lengths = Spool(room, "i8")
        self._given = 0
        self._names: tuple[Any, Any] | None = None
        self._texts: npt.NDArray[np.int64] | None = None
        self._survivors: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._similarities: npt.NDArray[np.float64] = np.zeros(0)

    def __len__(self) -> int:
        """Return the number of documents decided on."""
        return len(self._survivors)

    def measure(self, batch: Sequence[Document]) -> Measures:
        """Measure documents: the larger part of the work, which may be done elsewhere."""
        return self._measuring.measure([document.text for document in batch])

    def add(
        self,
        batch: Sequence[Document],
        source: str = "",
        measures: Measures | None = None,
        records: Sequence[int] | None = None,
    ) -> None:
        """Take the next documents of the corpus; the first pass.

        Args:
            batch: Documents, in the order of the corpus.
            source: Where they come from, for ``prefer``.
            measures: What ``measure`` gave for them; None: measure now.
            records: Their places in the input, from 1; None: all documents of it are given.
        """
        measures = measures or self.measure(batch)
        if records is None:
            records = range(self._given + 1, self._given + 1 + len(batch))
        self._given += len(batch)
        self._records.append(np.array(records, np.int64))
        self._shingles.append(measures.shingles)
        self._sizes.append(np.diff(measures.ends))
        self._tags.append(measures.tags)
        self._marks.append(measures.marks)
        self._lengths.append(measures.lengths)
        values = [self.keep.value(document.text, document.fields, source) for document in batch]
        self._values.append(np.array(values, np.float64))
        ids = [document.id.encode("utf-8", "surrogatepass") for document in batch]
        self._ids.append(np.frombuffer(b"".join(ids), np.uint8))
        self._id_sizes.append(np.array([len(name) for name in ids], np.int64))

    def has_values(self) -> bool:
        """Return whether the keep rule found a value in some document."""
        return bool(np.isfinite(self._values.read()).any())

    def decide(self) -> None:
        """Decide on all documents; the second pass."""
        values = self._values.read()
        # the greatest value first, of equals the first: a stable sort of what is negated
        order = np.argsort(-values, kind="stable")
        self._survivors = np.full(len(values), -1, np.int64)
        self._similarities = np.zeros(len(values))
        measured = _Measured(self._shingles, self._sizes, self._tags, self._marks, self._lengths)
        index = self._new_index()  # to decide again gives the same
        for start in range(0, len(order), _BATCH_SIZE):
            numbers = order[start : start + _BATCH_SIZE].tolist()
            matches = index.decide(numbers, measured.of(numbers))
            for number, match in zip(numbers, matches, strict=True):
                if match is not None:
                    self._survivors[number] = match.id
                    self._similarities[number] = match.similarity

    def survivor(self, number: int) -> tuple[int, float] | None:
        """Return the place of the survivor that a document repeats, and their similarity.

        Args:
            number: The document's place in the corpus, from 0.

        Returns:
            None when the document stays.
        """
        survivor = int(self._survivors[number])
        return (survivor, float(self._similarities[number])) if survivor >= 0 else None

    def length_of(self, number: int) -> int:
        """Return the code points of a document by its place in the corpus, from 0."""
        if self._texts is None:
            self._texts = self._lengths.read()
        return int(self._texts[number])

    def id_of(self, number: int) -> str:
        """Return the id of a document by its place in the corpus, from 0; after ``decide``."""
        if self._names is None:
            ends = np.concatenate([[0], np.cumsum(self._id_sizes.read())])
            self._names = self._ids.read(), ends
        ids, ends = self._names
        return bytes(ids[ends[number] : ends[number + 1]]).decode("utf-8", "surrogatepass")

    def clusters(self) -> Iterator[Cluster]:
        """Yield every survivor that something repeats, in the order of the corpus."""
        records = self._records.read()
        gone = np.flatnonzero(self._survivors >= 0)
        gone = gone[np.argsort(self._survivors[gone], kind="stable")]
        borders = np.flatnonzero(np.diff(self._survivors[gone])) + 1
        for numbers in np.split(gone, borders) if len(gone) else ():
            survivor = int(self._survivors[numbers[0]])
            members = tuple(
                Member(int(records[number]), self.id_of(number), float(self._similarities[number]))
                for number in numbers.tolist()
            )
            yield Cluster(int(records[survivor]), self.id_of(survivor), members)


class _Measured:
    """The measures of a corpus, on the disk."""

    def __init__(
        self, shingles: Spool, sizes: Spool, tags: Spool, marks: Spool, lengths: Spool
    ) -> None:
        self._shingles = shingles.read()
        self._ends = np.concatenate([[0], np.cumsum(sizes.read())])
        self._tags, self._marks, self._lengths = tags.read(), marks.read(), lengths.read()

    def of(self, numbers: Sequence[int]) -> Measures:
        """Return the measures of some documents, in this order."""
        sets = [self._shingles[self._ends[i] : self._ends[i + 1]] for i in numbers]
        ends = np.zeros(len(numbers) + 1, np.int64)
        np.cumsum([len(shingles) for shingles in sets], out=ends[1:])
        flat = np.concatenate(sets)
        rows = (table[numbers] for table in (self._tags, self._marks, self._lengths))
        return Measures(flat, ends, *rows)
