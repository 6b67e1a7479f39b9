"""The persistent index: a folder of immutable segments and a manifest that names those that count.

A run opens the folder, decides with what earlier runs kept, and makes what it kept itself visible
with ``commit``, or leaves the folder as it was. A commit writes a segment, then replaces the
manifest: whenever a process dies, the folder holds the state before or the state after.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import numpy as np

from textclean.dedup import segments
from textclean.dedup.bands import Bands
from textclean.dedup.index import Measure, NearDuplicateIndex
from textclean.dedup.manifest import NAME as MANIFEST
from textclean.dedup.manifest import Entry, Manifest, Parameters, check_parameters
from textclean.dedup.segments import Segment
from textclean.errors import RefusedIndexError

_LOCK = "lock"
#: How often a reader looks again when a segment went away between its two looks.
_LOOKS = 5
#: Points of the curve that ``info`` states.
_CURVE = tuple(step / 20 for step in range(1, 21))


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What stands in an index folder.

    Attributes:
        parameters: Those it was made with.
        texts: How many it holds.
        segments: How many files they stand in.
        size: Bytes of these files.
        curve: For each Jaccard, the probability that the bands propose such a pair.
    """

    parameters: Parameters
    texts: int
    segments: int
    size: int
    curve: tuple[tuple[float, float], ...]


class IndexFolder:
    """A persistent index, open for one run.

    Any number of runs may read it at a time, one may write.

    Args:
        path: The folder; a writer makes it where there is none.
        parameters: Those the index must have; None: whatever it has, and for a new one the default.
        read_only: Only look up; needs no right to write, and no lock.
        spill_to: A folder for temporary files in which the shingle sets lie; None: in memory.

    Raises:
        RefusedIndexError: It is damaged, has other parameters, is being written by another process,
            or is not there to be read.

    Attributes:
        path: The folder.
        manifest: The state that was found, or committed since.
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
        path: Path,
        parameters: Parameters | None = None,
        *,
        read_only: bool = False,
        spill_to: Path | None = None,
    ) -> None:
        self.path = path
        self._lock: int | None = None
        self._read_only = read_only
        if not read_only:
            self._lock = _locked(path)
        try:
            self.manifest, parts = self._read(parameters)
            if not read_only:
                if not (path / MANIFEST).exists():
                    self.manifest.save(path)  # from now on, segments without one are a damage
                self._remove_remains()
            found = self.manifest.parameters
            self.index: NearDuplicateIndex[str] = NearDuplicateIndex(
                found.threshold,
                found.shingle_size,
                measure=cast(Measure, found.similarity),
                spill_to=spill_to,
            )
            for part in parts:
                self.index.restore(part.ids, part.shingles, part.ends)
            self._committed = len(self.index)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others write; what was not committed is forgotten."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def commit(self, day: date | None = None) -> None:
        """Make the texts kept since the last commit part of the folder.

        Args:
            day: The day they count as kept on, for ``expire``; None: today in UTC.
        """
        self._check_writer()
        ids, shingles, ends = self.index.kept_since(self._committed)
        if not ids:
            return
        ordinal = (day or datetime.now(UTC).date()).toordinal()
        days = np.full(len(ids), ordinal, np.int64)
        added = self._write([Segment(ids, days, shingles, ends)])
        self._replace((*self.manifest.segments, *added))
        self._committed = len(self.index)

    def compact(self) -> None:
        """Join all segments into one; every text stays, in its order."""
        self._check_writer()
        if len(self.manifest.segments) > 1:
            self._replace(self._write(list(self._parts(self.manifest))))

    def expire(self, before: date) -> int:
        """Remove the texts kept before a day; return how many.

        The open index still knows them; whoever opens the folder anew does not.
        """
        self._check_writer()
        entries: list[Entry] = []
        expired = 0
        for entry, part in zip(self.manifest.segments, self._parts(self.manifest), strict=True):
            left = part.since(before.toordinal())
            expired += len(part) - len(left)
            if len(left) == len(part):
                entries.append(entry)
            elif len(left):
                entries += self._write([left])
        if expired:
            self._replace(tuple(entries))
        return expired

    def info(self) -> IndexInfo:
        """Say what stands in the folder."""
        found = self.manifest.parameters
        bands = Bands(found.bands, found.rows)
        return IndexInfo(
            found,
            sum(entry.texts for entry in self.manifest.segments),
            len(self.manifest.segments),
            sum(entry.written.size for entry in self.manifest.segments),
            tuple((jaccard, bands.probability(jaccard)) for jaccard in _CURVE),
        )

    def _read(self, wanted: Parameters | None) -> tuple[Manifest, list[Segment]]:
        """Return a state and its segments; another process may be replacing it."""
        for look in range(_LOOKS):
            try:
                manifest = Manifest.load(self.path)
            except FileNotFoundError:
                if self._read_only or any(self.path.glob("segment-*")):
                    message = f"{self.path} is no index: it has no manifest"
                    raise RefusedIndexError(message) from None
                return Manifest(wanted or Parameters.of()), []
            if wanted is not None:
                check_parameters(self.path, manifest.parameters, wanted)
            try:
                return manifest, list(self._parts(manifest))
            except FileNotFoundError as error:
                if look == _LOOKS - 1 or not self._read_only:
                    message = f"{error.filename} is missing, but {self.path} counts on it"
                    raise RefusedIndexError(message) from None
        raise AssertionError  # the last look returns or raises

    def _parts(self, manifest: Manifest) -> Iterator[Segment]:
        for entry in manifest.segments:
            yield segments.read_segment(self.path / entry.name, entry.written)

    def _write(self, parts: list[Segment]) -> tuple[Entry, ...]:
        """Write parts as a new segment, which does not count yet."""
        number = self.manifest.next_number
        self.manifest = Manifest(self.manifest.parameters, self.manifest.segments, number + 1)
        name = f"segment-{number:08}"
        written = segments.write_segment(self.path / name, parts)
        return (Entry(name, sum(map(len, parts)), written),)

    def _replace(self, entries: tuple[Entry, ...]) -> None:
        """Make these segments those that count, and remove the others."""
        manifest = Manifest(self.manifest.parameters, entries, self.manifest.next_number)
        manifest.save(self.path)
        self.manifest = manifest
        self._remove_remains()

    def _remove_remains(self) -> None:
        """Remove what a process left that died, and segments that count no longer."""
        names = {entry.name for entry in self.manifest.segments}
        for pattern in (f"{segments.TEMPORARY}*", "segment-*"):
            for path in self.path.glob(pattern):
                if path.name not in names:
                    path.unlink(missing_ok=True)

    def _check_writer(self) -> None:
        if self._lock is None:
            message = f"{self.path} is not open for writing"
            raise RefusedIndexError(message)


def _locked(path: Path) -> int:
    """Make the folder where needed, and return its lock; the system frees it when we die."""
    path.mkdir(parents=True, exist_ok=True)
    handle = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    with suppress(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return handle
    os.close(handle)
    message = f"{path} is being written by another process"
    raise RefusedIndexError(message)
