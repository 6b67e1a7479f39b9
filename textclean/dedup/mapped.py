"""Arrays that live in files: read and written like others, and given back to the disk at need."""

import contextlib
import mmap
import os
import tempfile
import weakref
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from textclean.errors import temporary_files

#: Up to so many hashes lie in memory (4 MiB), unless a folder is given.
_IN_MEMORY = 1 << 19
#: For so many there is room at first.
_FIRST = 1 << 14
#: Of so many hashes in a file, pages may be in memory that were written and not yet given back.
_RESIDENT = 1 << 18


class MappedHashes:
    """A growing array of 64-bit hashes: few in memory, many in a file.

    The file has no name and goes when the array does. Its pages are the system's cache, not this
    process's memory: they are given back as they are written.

    Args:
        folder: Where a file lies from the first hash on; None: in the system's folder for
            temporary files, once there are many, unless there is no room: then in memory still.

    Raises:
        OutputError: The disk of the given folder is full. (Room is made before it is used.)
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._map: mmap.mmap | None = None
        self._given_back = 0
        self.hashes: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)

    def grow(self, length: int) -> npt.NDArray[np.uint64]:
        """Return the array with room for so many hashes; what it held, it holds."""
        if length <= len(self.hashes):
            return self.hashes
        if self._folder is None and length <= _IN_MEMORY:
            # pages that nobody has written yet take no memory
            self._move(np.zeros(_FIRST if length <= _FIRST else _IN_MEMORY, np.uint64))
            return self.hashes
        longer = max(length, len(self.hashes) * 5 // 4)
        if self._folder is not None:
            with temporary_files(self._folder):
                self._lengthen_file(longer)
            return self.hashes
        try:
            self._lengthen_file(longer)
        except OSError:
            self._move(np.zeros(longer, np.uint64))
            self._file = self._map = None
        return self.hashes

    def give_back(self, length: int) -> None:
        """Let the system have the pages of the first hashes; who reads one gets it again."""
        if self._map is not None and length - self._given_back >= _RESIDENT:
            self._map.madvise(mmap.MADV_DONTNEED, 0, 8 * length // mmap.PAGESIZE * mmap.PAGESIZE)
            self._given_back = length

    def _lengthen_file(self, length: int) -> None:
        file = self._file or _unnamed(self, self._folder or Path(tempfile.gettempdir()))
        os.posix_fallocate(file.fileno(), 0, 8 * length)
        mapped = mmap.mmap(file.fileno(), 8 * length)
        hashes = np.frombuffer(mapped, np.uint64)
        if self._file is None:
            self._move(hashes)
        self._file, self._map, self.hashes = file, mapped, hashes

    def _move(self, hashes: npt.NDArray[np.uint64]) -> None:
        hashes[: len(self.hashes)] = self.hashes
        self.hashes = hashes


class Spool:
    """Rows of one kind, appended to a file without a name, then read as an array.

    Args:
        folder: Where the file lies.
        kind: NumPy's name of the type.
        columns: Of a row; 0 for plain numbers.

    Raises:
        OutputError: The folder cannot be written, or its disk is full; later calls may find that.
    """

    def __init__(self, folder: Path, kind: str, columns: int = 0) -> None:
        self._folder = folder
        with temporary_files(folder):
            self._file = _unnamed(self, folder)
        self._kind = np.dtype(kind)
        self._shape = (-1, columns) if columns else (-1,)

    def append(self, rows: npt.NDArray[Any]) -> None:
        """Write rows behind the others."""
        with temporary_files(self._folder):
            self._file.write(np.ascontiguousarray(rows, self._kind).tobytes())

    def read(self) -> npt.NDArray[Any]:
        """Return all rows, which stay on the disk until they are looked at."""
        with temporary_files(self._folder):
            self._file.flush()
        if self._file.tell() == 0:
            return np.zeros(0, self._kind).reshape(0, *self._shape[1:])
        data = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return np.frombuffer(data, self._kind).reshape(self._shape)


def _unnamed(owner: object, folder: Path) -> IO[bytes]:
    """Return a file that nobody else can open, and that goes with its owner."""
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - open as long as the owner is
    weakref.finalize(owner, _close, file)
    return file


def _close(file: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what a full disk did not take is wanted by nobody
        file.close()
