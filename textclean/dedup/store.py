"""The files of a persistent index: segments, and the manifest that says which of them count.

Nothing here decides about texts; ``folder.py`` does, with what stands here.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from textclean.dedup import segments
from textclean.dedup.bands import Bands
from textclean.dedup.manifest import NAME as MANIFEST
from textclean.dedup.manifest import Entry, Manifest, Parameters, check_parameters
from textclean.dedup.segments import Segment
from textclean.errors import OutputError, RefusedIndexError
from textclean.locks import closing, lock

_LOCK = "lock"
#: Files that are ours: segments, and what is not finished; others in the folder are let alone.
_SEGMENT = re.compile(r"segment-[0-9]{8,}")
_UNFINISHED = re.compile(rf"{re.escape(segments.TEMPORARY)}[a-z0-9_]{{8}}")
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
        days: The first and the last day on which texts were kept; None: there are none.
        curve: For each Jaccard, the probability that the bands propose such a pair.
        recall: The same at the threshold.
    """

    parameters: Parameters
    texts: int
    segments: int
    size: int
    days: tuple[date, date] | None
    curve: tuple[tuple[float, float], ...]
    recall: float


class Store:
    """The folder of a persistent index, open for one run.

    Any number of processes may read it at a time, one may write.

    Args:
        path: The folder; a writer makes it where there is none.
        read_only: Only look up; needs no right to write, and no lock.

    Raises:
        RefusedIndexError: It is being written by another process, or cannot be written.

    Attributes:
        path: The folder.
        is_read_only: Nothing can be changed.
        manifest: The state that was found, or made since.
    """

    def __init__(self, path: Path | str, *, read_only: bool = False) -> None:
        self.path = path = Path(path)
        self.is_read_only = read_only
        self.manifest = Manifest(Parameters.of())
        self._lock: IO[bytes] | None = None if read_only else _locked(path)
        self._maker = os.getpid()

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be copied or pickled: the lock cannot be."""
        message = (
            f"the open index {self.path} holds a lock and cannot be copied or pickled; copy its "
            "'index', or open the folder once more, read-only"
        )
        raise TypeError(message)

    @classmethod
    def existing(cls, path: Path | str, *, read_only: bool = False) -> Self:
        """Open a folder that is an index already.

        Raises:
            RefusedIndexError: It is none, or damaged, or being written by another process.
        """
        path = Path(path)
        if not (path / MANIFEST).exists():
            raise RefusedIndexError(_no_manifest(path))
        store = cls(path, read_only=read_only)
        try:
            store.manifest = Manifest.load(path)
        except OSError as error:
            store.close()
            raise _unreadable(path, error) from error
        except BaseException:
            store.close()
            raise
        return store

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
            closing(self._lock.fileno())
            self._lock.close()
            self._lock = None

    def compact(self) -> None:
        """Join all segments into one; every text stays, in its order.

        Raises:
            RefusedIndexError: Something is damaged or missing.
            OutputError: The new segment cannot be written; everything is as it was.
        """
        self._check_writer()
        with self._writing():
            self._catch_up()
            self._remove_remains()
        if len(self.manifest.segments) > 1:
            parts = self._read(None)[1]
            with self._writing():
                self._replace((self._write(parts),))

    def expire(self, before: date) -> int:
        """Remove the texts kept before a day; return how many.

        Raises:
            RefusedIndexError: Something is damaged or missing.
            OutputError: A new segment cannot be written; everything is as it was.
        """
        self._check_writer()
        entries: list[Entry] = []
        expired = 0
        with self._writing():
            self._catch_up()
            self._remove_remains()
        parts = self._read(None)[1]
        with self._writing():
            for entry, part in zip(self.manifest.segments, parts, strict=True):
                left = part.since(before.toordinal())
                expired += len(part) - len(left)
                if len(left) == len(part):
                    entries.append(entry)
                elif len(left):
                    entries.append(self._write([left]))
            if expired:
                self._replace(tuple(entries))
        return expired

    def info(self) -> IndexInfo:
        """Say what stands in the folder, after a look at every byte of it.

        Raises:
            RefusedIndexError: Something is damaged or missing.
        """
        manifest, parts = self._read(None)
        found = manifest.parameters
        bands = Bands(found.bands, found.rows)
        days = [day for part in parts for day in (part.days.min(), part.days.max())]
        return IndexInfo(
            found,
            sum(entry.texts for entry in manifest.segments),
            len(manifest.segments),
            sum(entry.written.size for entry in manifest.segments),
            (date.fromordinal(min(days)), date.fromordinal(max(days))) if days else None,
            tuple((jaccard, bands.probability(jaccard)) for jaccard in _CURVE),
            bands.probability(found.threshold),
        )

    def _read(self, wanted: Parameters | None) -> tuple[Manifest, list[Segment]]:
        """Return a state and its segments; another process may be replacing it."""
        for look in range(_LOOKS):
            try:
                manifest = Manifest.load(self.path)
            except FileNotFoundError:
                if self.is_read_only or any(self._files(_SEGMENT)):
                    raise RefusedIndexError(_no_manifest(self.path)) from None
                return Manifest(wanted or Parameters.of()), []
            except OSError as error:
                raise _unreadable(self.path, error) from error
            if wanted is not None:
                check_parameters(self.path, manifest.parameters, wanted)
            try:
                return manifest, list(self._parts(manifest))
            except FileNotFoundError as error:
                if look == _LOOKS - 1 or not self.is_read_only:
                    message = f"{error.filename} is missing, but {self.path} counts on it"
                    raise RefusedIndexError(message) from None
            except OSError as error:
                raise _unreadable(self.path, error) from error
        raise AssertionError  # the last look returns or raises

    def _parts(self, manifest: Manifest) -> Iterator[Segment]:
        for entry in manifest.segments:
            yield segments.read_segment(self.path / entry.name, entry.written)

    def _catch_up(self) -> None:
        """Take notice of a state that a call made which an exception broke off behind that.

        The disk says which segments count; nobody else writes.
        """
        if (self.path / MANIFEST).exists():
            found = Manifest.load(self.path)
            number = max(found.next_number, self.manifest.next_number)
            self.manifest = Manifest(found.parameters, found.segments, number)

    def _save_first(self) -> None:
        """Write the manifest of a new index; from then on, segments without one are a damage."""
        if not (self.path / MANIFEST).exists():
            self.manifest.save(self.path)

    def _write(self, parts: list[Segment], run: str = "") -> Entry:
        """Write parts as a new segment, which does not count yet."""
        number = self.manifest.next_number
        self.manifest = Manifest(self.manifest.parameters, self.manifest.segments, number + 1)
        name = f"segment-{number:08}"
        written = segments.write_segment(self.path / name, parts)
        return Entry(name, sum(map(len, parts)), written, run)

    def _replace(self, entries: tuple[Entry, ...]) -> None:
        """Make these segments those that count, and remove the others."""
        # a segment that a run left which died may have a number behind the manifest's
        number = max([self.manifest.next_number, *(entry.number + 1 for entry in entries)])
        manifest = Manifest(self.manifest.parameters, entries, number)
        manifest.save(self.path)
        self.manifest = manifest
        self._remove_remains()

    def _remove_remains(self) -> None:
        """Remove what a process left that died, and segments that count no longer."""
        names = {entry.name for entry in self.manifest.segments}
        for path in (*self._files(_SEGMENT), *self._files(_UNFINISHED)):
            if path.name not in names:
                path.unlink(missing_ok=True)

    def _files(self, name: re.Pattern[str]) -> list[Path]:
        return [
            each for each in self.path.iterdir() if name.fullmatch(each.name) and each.is_file()
        ]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say what could not be written, in the place of the system's own words."""
        try:
            yield
        except OSError as error:
            message = f"cannot write the index {self.path}: {error.strerror or error}"
            raise OutputError(message) from error

    def _check_writer(self) -> None:
        if self._lock is None:
            message = f"{self.path} is not open for writing"
            raise RefusedIndexError(message)
        if self._maker != os.getpid():
            message = f"{self.path} was opened for writing by the process this one was forked from"
            raise RefusedIndexError(message)


def _unreadable(path: Path, error: OSError) -> RefusedIndexError:
    where = error.filename or path
    return RefusedIndexError(f"cannot read the index {path}: {where}: {error.strerror or error}")


def _no_manifest(path: Path) -> str:
    return f"{path} is no index: it has no manifest"


def _locked(path: Path) -> IO[bytes]:
    """Make the folder where needed, and return its lock; the system frees it when we die."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        # a file that is closed, and free, when nobody holds it: an exception may come at any time
        file = (path / _LOCK).open("ab")
    except OSError as error:
        message = f"cannot write the index {path}: {error.strerror or error}"
        raise RefusedIndexError(message) from error
    with suppress(BlockingIOError):
        lock(file.fileno())
        return file
    file.close()
    message = f"the index {path} is being written by another process; try again when it is done"
    raise RefusedIndexError(message)
