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

#: Up to so many hashes lie in memory (1 MiB), unless a folder is given.
_IN_MEMORY = 1 << 17
#: For so many there is room at first.
_FIRST = 1 << 14
#: A file gets room for so many more at most (4 MiB): no byte moves, but the system may fill it.
_STEP = 1 << 19


class MappedHashes:
    """A growing array of 64-bit hashes: few in memory, many in a file.

    The file has no name and goes when the array does. Its pages are the system's cache, not this
    process's memory. What is appended is written, not copied to the mapping: a first touch of each
    page there costs more than all else that is done for an article's hashes. A child of the process
    goes on in a file of its own.

    Args:
        folder: Where a file lies from the first hash on; None: in the system's folder for
            temporary files, once there are many, unless there is no room: then in memory still.

    Attributes:
        hashes: ``uint64``: those appended, and more room, which must not be looked at.

    Raises:
        OutputError: The disk of the given folder is full. (Room is made before it is used.)
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._map: mmap.mmap | None = None
        self._maker = os.getpid()
        self._length = 0
        self.hashes: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)

    def __len__(self) -> int:
        """Return how many hashes were appended."""
        return self._length

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the hashes; the copy puts them into a file of its own."""
        return _with, (self._folder, self.hashes[: self._length])

    def make_room(self, more: int) -> None:
        """Make sure that so many more hashes can be appended."""
        if self._map is not None and self._maker != os.getpid():
            self._move_out()
        length = self._length + more
        if length <= len(self.hashes):
            return
        if self._folder is None and length <= _IN_MEMORY:
            # pages that nobody has written yet take no memory
            self._move(np.zeros(_FIRST if length <= _FIRST else _IN_MEMORY, np.uint64))
            return
        quarter = len(self.hashes) // 4
        step = quarter if self._file is None else min(quarter, _STEP)
        self._make_longer(max(length, len(self.hashes) + step))

    def _move_out(self) -> None:
        """Put the hashes into a file of this process: a child writes where its parent would."""
        self._file = None
        self._make_longer(len(self.hashes))
        self._maker = os.getpid()

    def _make_longer(self, length: int) -> None:
        """Make room for so many hashes in the file, or where there is none for a file."""
        if self._folder is not None:
            with temporary_files(self._folder):
                self._lengthen_file(length)
            return
        try:
            self._lengthen_file(length)
        except OSError:
            self._move(np.zeros(length, np.uint64))
            self._file = self._map = None

    def append(self, hashes: npt.NDArray[np.uint64]) -> None:
        """Put hashes behind the others; there is room for them."""
        if self._file is None:
            self.hashes[self._length : self._length + len(hashes)] = hashes
        else:
            with temporary_files(self._folder or tempfile.gettempdir()):
                _write(self._file, hashes, 8 * self._length)
        self._length += len(hashes)

    def give_back(self) -> None:
        """Let the system have the pages that were read; who reads one gets it again."""
        if self._map is not None:
            self._map.madvise(mmap.MADV_DONTNEED)

    def _lengthen_file(self, length: int) -> None:
        file = self._file or _unnamed(self, self._folder or Path(tempfile.gettempdir()))
        _lengthen(file, 8 * length)
        mapped = mmap.mmap(file.fileno(), 8 * length)
        if self._file is None:
            _write(file, self.hashes[: self._length], 0)
        self.hashes = np.frombuffer(mapped, np.uint64)
        self._file, self._map = file, mapped

    def _move(self, hashes: npt.NDArray[np.uint64]) -> None:
        hashes[: self._length] = self.hashes[: self._length]
        self.hashes = hashes


def _with(folder: Path | None, hashes: npt.NDArray[np.uint64]) -> MappedHashes:
    array = MappedHashes(folder)
    array.make_room(len(hashes))
    array.append(hashes)
    return array


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
        self._size = 0
        self._kind = np.dtype(kind)
        self._shape = (-1, columns) if columns else (-1,)

    def append(self, rows: npt.NDArray[Any]) -> None:
        """Write rows behind the others."""
        rows = np.ascontiguousarray(rows, self._kind)
        with temporary_files(self._folder):
            # nothing waits in this process: a child would write it, too, when it ends
            _write(self._file, rows.reshape(-1), self._size)
        self._size += rows.nbytes

    def read(self) -> npt.NDArray[Any]:
        """Return all rows, which stay on the disk until they are looked at."""
        if self._size == 0:
            return np.zeros(0, self._kind).reshape(0, *self._shape[1:])
        data = mmap.mmap(self._file.fileno(), self._size, access=mmap.ACCESS_READ)
        return np.frombuffer(data, self._kind).reshape(self._shape)


def _unnamed(owner: object, folder: Path) -> IO[bytes]:
    """Return a file that nobody else can open, and that goes with its owner."""
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - open as long as the owner is
    weakref.finalize(owner, _close, file)
    return file


def _lengthen(file: IO[bytes], size: int) -> None:
    """Have the disk keep so many bytes for a file, where the system can promise that."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        os.truncate(file.fileno(), size)


def _close(file: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what a full disk did not take is wanted by nobody
        file.close()


def _write(file: IO[bytes], numbers: npt.NDArray[Any], position: int) -> None:
    """Write numbers to a place in a file; the system may take fewer bytes than it is given."""
    left = numbers.data.cast("B")
    while left:
        written = os.pwrite(file.fileno(), left, position)
        left, position = left[written:], position + written
