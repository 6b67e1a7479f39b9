"""Arrays that grow in place, without a pause.

To lengthen an array of NumPy is to copy it, or to fill what is new with zeros: 0.04 s for the
tables of a million texts. A private map of memory without a file is lengthened by the system,
which moves no byte (``mremap``), and its new pages are zeros that take no memory until something
is written there.
"""

import contextlib
import mmap
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

#: Bytes from which on an array lies in a map; fewer are copied in less time than it takes to think.
MAPPED = 1 << 18


class _Kind(NamedTuple):
    """Of what type the rows of an array are, and of what shape each."""

    type: np.dtype[Any]
    shape: tuple[int, ...]


class GrowingArray:
    """Rows of an array, and room for more of them.

    **Ownership.** ``array`` is for the time of a call: who keeps it, or a view of it, is never left
    with memory that is gone, since a map that somebody looks at refuses to be lengthened. Then, and
    on systems that lengthen no maps, the rows are copied to a new place, and the views show the old
    one as it was. To grow while another thread reads ``array`` is for a lock to prevent.

    Args:
        rows: The first rows; the array is this one until it grows.
    """

    __slots__ = ("_place",)

    def __init__(self, rows: npt.NDArray[Any]) -> None:
        #: The array and its map, exchanged at one stroke: an exception (Ctrl-C) may come between
        #: any two steps. While the map is lengthened, in place of the array what it is one of.
        self._place: tuple[npt.NDArray[Any] | _Kind, mmap.mmap | None] = rows, None

    @property
    def array(self) -> npt.NDArray[Any]:
        """All rows there is room for; those behind the given ones are zeros until written."""
        rows, mapped = self._place
        if isinstance(rows, _Kind):
            rows = np.frombuffer(mapped or b"", rows.type).reshape(-1, *rows.shape)
            self._place = rows, mapped
        return rows

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
        array, mapped = self.array, self._place[1]
        if rows <= len(array):
            return
        kind = _Kind(array.dtype, array.shape[1:])
        shape = max(rows, len(array) * 5 // 4), *kind.shape
        size = int(np.prod(shape)) * kind.type.itemsize
        if mapped is not None:
            del array  # the map must not be looked at
            if self._lengthen(mapped, kind, size):
                return
            array = self.array
        new = _new_map(size) if size >= MAPPED else None
        longer = np.zeros(shape, kind.type) if new is None else np.frombuffer(new, kind.type)
        longer = longer.reshape(shape)
        longer[: len(array)] = array
        self._place = longer, new

    def _lengthen(self, mapped: mmap.mmap, kind: _Kind, size: int) -> bool:
        """Let the system lengthen the map; return whether it did."""
        self._place = kind, mapped
        # a view is kept somewhere; no memory; no such call in this system
        with contextlib.suppress(BufferError, OSError, SystemError, ValueError):
            mapped.resize(size)
            return True
        return False


def _new_map(size: int) -> mmap.mmap:
    """Return zeros that nobody else sees, not even a child of this process."""
    try:
        return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        message = f"no memory for an array of {size:,} bytes"
        raise MemoryError(message) from error
