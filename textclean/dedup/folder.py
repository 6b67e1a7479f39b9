"""The persistent index: a folder of immutable segments and a manifest that names those that count.

A run opens the folder, decides with what earlier runs kept, and makes what it kept itself visible
with ``commit``, or leaves the folder as it was. A commit writes a segment (``prepare``), then
replaces the manifest (``publish``): whenever a process dies, the folder holds the state before or
the state after. Between the two the outputs of a run get their names.
"""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np

from textclean.dedup.index import Kept, Measure, NearDuplicateIndex
from textclean.dedup.manifest import Entry, Parameters, state_of
from textclean.dedup.segments import Segment
from textclean.dedup.store import Store
from textclean.errors import RefusedIndexError


@dataclass(frozen=True, slots=True)
class Pending:
    """What a run kept, written and not yet counted.

    Attributes:
        base: The ``state`` it goes on from.
        entry: Its segment; None: nothing was kept.
        last: How many texts of the open index are in the folder then; None: another run's.
    """

    base: str
    entry: Entry | None
    last: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the values that a journal keeps."""
        return {"base": self.base, "entry": None if self.entry is None else self.entry.as_json()}

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> "Pending":
        """Return what ``as_json`` gave."""
        entry = table["entry"]
        return cls(table["base"], None if entry is None else Entry.from_json(entry))


class IndexFolder(Store):
    """A persistent index, open for one run.

    Any number of runs may read it at a time, one may write. Its methods may be called from several
    threads at once, and while others add to ``index``: what they keep meanwhile is committed next.

    Args:
        path: The folder; a writer makes it where there is none.
        parameters: Those the index must have; None: whatever it has, and for a new one the default.
        run: Digest of what the run is. If the last segment is of the very same run, this one
            repeats it: it decides as if that one had not been, and takes its place.
        read_only: Only look up; needs no right to write, and no lock.
        spill_to: A folder for temporary files in which the shingle sets lie; None: as in
            ``NearDuplicateIndex``.

    Raises:
        RefusedIndexError: It is damaged, has other parameters, is being written by another process,
            or is not there to be read.

    Attributes:
        index: What earlier runs kept, and this one.

    >>> import tempfile
    >>> notice = "The harbour opens its new pier to ferries and visitors on Monday."
    >>> with tempfile.TemporaryDirectory() as name:
    ...     with IndexFolder(Path(name) / "seen") as folder:
    ...         print(folder.index.add("monday", notice))
    ...         folder.commit()
    ...     with IndexFolder(Path(name) / "seen") as folder:
    ...         print(folder.index.add("monday", notice), folder.index.add("copy", notice.upper()))
    None
    None Match(id='monday', jaccard=1.0)
    """

    def __init__(
        self,
        path: Path | str,
        parameters: Parameters | None = None,
        *,
        run: str = "",
        read_only: bool = False,
        spill_to: Path | None = None,
    ) -> None:
        super().__init__(path, read_only=read_only)
        self._run = run
        self._turn = threading.RLock()
        try:
            self.manifest, parts = self._read(parameters)
            self._repeated: tuple[Entry, Segment] | None = None
            #: The state that a call is making, and what is committed with it.
            self._making: tuple[tuple[Entry, ...], int] | None = None
            known = self.manifest.segments
            if run and known and known[-1].run == run:
                self._repeated = known[-1], parts.pop()
            found = self.manifest.parameters
            self.index: NearDuplicateIndex[str] = NearDuplicateIndex(
                found.threshold,
                found.shingle_size,
                measure=cast(Measure, found.similarity),
                spill_to=spill_to,
            )
            for part in parts:
                self.index.restore(part.ids, Kept(part.shingles, part.ends, part.lengths))
            self._committed = len(self.index)
        except BaseException:
            self.close()
            raise

    @property
    def _base(self) -> tuple[Entry, ...]:
        """The segments that this run goes on from."""
        known = self.manifest.segments
        return known if self._repeated is None else known[:-1]

    @property
    def state(self) -> str:
        """Digest of what this run decides with, its own texts aside."""
        return state_of(self.manifest.parameters, self._base)

    def commit(self, day: date | None = None) -> None:
        """Make the texts kept since the last commit part of the folder.

        Args:
            day: The day they count as kept on, for ``expire``; None: today in UTC.
        """
        with self._turn:
            self.publish(self.prepare(day))

    def prepare(self, day: date | None = None) -> Pending:
        """Write the texts kept since the last commit to disk, where nobody sees them yet.

        Args:
            day: The day they count as kept on, for ``expire``; None: today in UTC.

        Raises:
            TypeError: An id is no ``str``.
            OutputError: They cannot be written.
        """
        self._check_writer()
        with self._turn, self._writing():
            self._catch_up()
            return self._prepare(day)

    def _prepare(self, day: date | None) -> Pending:
        ids, kept = self.index.kept_since(self._committed)
        for each in itertools.filterfalse(_is_text, ids):
            message = f"ids of an index in a folder are str, not {type(each).__name__}: {each!r}"
            raise TypeError(message)
        last = self._committed + len(ids)
        if not ids:
            return Pending(self.state, None, last)
        if self._repeated is not None and self._is_repeated(ids, kept):
            return Pending(self.state, self._repeated[0], last)
        ordinal = (day or datetime.now(UTC).date()).toordinal()
        days = np.full(len(ids), ordinal, np.int64)
        self._save_first()
        self._remove_remains()
        part = Segment(ids, days, kept.shingles, kept.ends, kept.lengths)
        return Pending(self.state, self._write([part], self._run), last)

    def publish(self, pending: Pending) -> None:
        """Make what was prepared part of the folder, unless it is that already.

        Args:
            pending: Of this run, or of one that died between the two.

        Raises:
            RefusedIndexError: The folder is not as it was when that run began.
            OutputError: The manifest cannot be written.
        """
        self._check_writer()
        with self._turn, self._writing():
            self._catch_up()
            self._publish(pending)

    def _publish(self, pending: Pending) -> None:
        if pending.base != self.state:
            message = f"the index {self.path} changed since this run was cut off; run it anew"
            raise RefusedIndexError(message)
        entries = self._base if pending.entry is None else (*self._base, pending.entry)
        self._making = entries, self._committed if pending.last is None else pending.last
        if entries == self.manifest.segments:
            self._save_first()
        else:
            if pending.entry is not None and not (self.path / pending.entry.name).exists():
                message = f"{pending.entry.name} is gone from {self.path}; run anew"
                raise RefusedIndexError(message)
            self._replace(entries)
        self._catch_up()

    def _catch_up(self) -> None:
        super()._catch_up()
        if self._making is not None and self._making[0] == self.manifest.segments:
            self._committed, self._repeated = self._making[1], None
        self._making = None

    def compact(self) -> None:
        """Join all segments into one, as ``Store.compact``; this run then goes on from that.

        Raises:
            RefusedIndexError: Something is damaged or missing, or this run repeats the last one,
                and has to commit first.
            OutputError: The new segment cannot be written; everything is as it was.
        """
        with self._turn:
            self._check_base()
            super().compact()

    def expire(self, before: date) -> int:
        """Remove the texts kept before a day, as ``Store.expire``; this run then goes on from that.

        Its ``index`` still knows them.

        Raises:
            RefusedIndexError: As ``compact``.
            OutputError: A new segment cannot be written; everything is as it was.
        """
        with self._turn:
            self._check_base()
            return super().expire(before)

    def _check_base(self) -> None:
        self._check_writer()
        with self._writing():
            self._catch_up()
        if self._repeated is not None:
            message = f"this run repeats the last one kept in {self.path}: commit first"
            raise RefusedIndexError(message)

    def _is_repeated(self, ids: list[str], kept: Kept) -> bool:
        """Tell whether the segment that this run repeats holds just what it kept."""
        assert self._repeated is not None  # noqa: S101 - the caller looked
        old = self._repeated[1]
        return (
            list(old.ids) == ids
            and np.array_equal(old.ends, kept.ends)
            and np.array_equal(old.shingles, kept.shingles)
            and np.array_equal(old.lengths, kept.lengths)
        )


def _is_text(found: object) -> bool:
    return isinstance(found, str)
