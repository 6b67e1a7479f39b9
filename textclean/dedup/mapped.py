"""Arrays that live in files: read and written like others, and given back to the disk at need."""

import mmap
import os
import tempfile
import weakref
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt


class MappedHashes:
    """A growing array of 64-bit hashes in a file without a name, which goes when it is closed.

    Args:
        folder: Where the file lies.

    Raises:
        OSError: The disk is full. (Room is made before it is used.)
    """

    def __init__(self, folder: Path) -> None:
        self._file = _unnamed(self, folder)
        self.hashes: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)

    def grow(self, length: int) -> npt.NDArray[np.uint64]:
        """Return the array with room for so many hashes; what it held, it holds."""
        if length > len(self.hashes):
            length = max(length, len(self.hashes) * 5 // 4)
            os.posix_fallocate(self._file.fileno(), 0, 8 * length)
            self.hashes = np.frombuffer(mmap.mmap(self._file.fileno(), 8 * length), np.uint64)
        return self.hashes


class Spool:
    """Rows of one kind, appended to a file without a name, then read as an array.

    Args:
        folder: Where the file lies.
        kind: NumPy's name of the type.
        columns: Of a row; 0 for plain numbers.
    """

    def __init__(self, folder: Path, kind: str, columns: int = 0) -> None:
        self._file = _unnamed(self, folder)
        self._kind = np.dtype(kind)
        self._shape = (-1, columns) if columns else (-1,)

    def append(self, rows: npt.NDArray[Any]) -> None:
        """Write rows behind the others."""
        self._file.write(np.ascontiguousarray(rows, self._kind).tobytes())

    def read(self) -> npt.NDArray[Any]:
        """Return all rows, which stay on the disk until they are looked at."""
        self._file.flush()
        if self._file.tell() == 0:
            return np.zeros(0, self._kind).reshape(0, *self._shape[1:])
        data = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return np.frombuffer(data, self._kind).reshape(self._shape)


def _unnamed(owner: object, folder: Path) -> IO[bytes]:
    """Return a file that nobody else can open, and that goes with its owner."""
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - open as long as the owner is
    weakref.finalize(owner, file.close)
    return file
