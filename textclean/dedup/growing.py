"""Arrays that grow in place, without a pause.

To lengthen an array of NumPy is to copy it, or to fill what is new with zeros: 0.04 s for the
tables of a million texts. A private map of memory without a file is lengthened by the system,
which moves no byte (``mremap``), and its new pages are zeros that take no memory until something
is written there.
"""

import contextlib
import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

#: Bytes from which on an array lies in a map; fewer are copied in less time than it takes to think.
MAPPED = 1 << 18


class GrowingArray:
    """Rows of an array, and room for more of them.

    **Ownership.** ``array`` is for the time of a call: who keeps it, or a view of it, is never left
    with memory that is gone, since a map that somebody looks at refuses to be lengthened. Then, and
    on systems that lengthen no maps, the rows are copied to a new place, and the views show the old
    one as it was. To grow while another thread reads ``array`` is for a lock to prevent.

    Attributes:
        array: All rows there is room for, of the given type; the rows behind the given ones are
            zeros until they are written.

    Args:
        rows: The first rows; the array is this one until it grows.
    """

    __slots__ = ("_map", "array")

    def __init__(self, rows: npt.NDArray[Any]) -> None:
        self.array = rows
        self._map: mmap.mmap | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the rows; the copy lies in a map when it grows."""
        return GrowingArray, (self.array,)

    def __len__(self) -> int:
        """Return for how many rows there is room."""
        return len(self.array)

    def make_room(self, rows: int) -> None:
        """Make room for so many rows, and at least a quarter more than there is.

        Raises:
            MemoryError: The system has no room for them; the array is as it was.
        """
        if rows <= len(self.array):
            return
        rows = max(rows, len(self.array) * 5 // 4)
        kind, shape = self.array.dtype, (rows, *self.array.shape[1:])
        size = int(np.prod(shape)) * kind.itemsize
        if self._map is not None and self._lengthen(self._map, size):
            self.array = np.frombuffer(self._map, kind).reshape(shape)
            return
        mapped = _new_map(size) if size >= MAPPED else None
        longer: npt.NDArray[Any] = (
            np.zeros(shape, kind) if mapped is None else np.frombuffer(mapped, kind).reshape(shape)
        )
        longer[: len(self.array)] = self.array
        self.array, self._map = longer, mapped

    def _lengthen(self, mapped: mmap.mmap, size: int) -> bool:
        """Let the system lengthen the map; return whether it did. ``array`` is of no use then."""
        kind, shape = self.array.dtype, self.array.shape
        self.array = np.zeros(0, kind)  # the map must not be looked at
        # a view is kept somewhere; no memory; no such call in this system
        with contextlib.suppress(BufferError, OSError, SystemError, ValueError):
            mapped.resize(size)
            return True
        self.array = np.frombuffer(mapped, kind).reshape(shape)
        return False


def _new_map(size: int) -> mmap.mmap:
    """Return zeros that nobody else sees, not even a child of this process."""
    try:
        return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        message = f"no memory for an array of {size:,} bytes"
        raise MemoryError(message) from error
