"""The tables of buckets, and their growth: part by part, a few with each batch.

To move the tables of a million survivors at once takes a fifth of a second. So they begin to grow
before they must, and each batch moves as many parts as it takes to be done in time.
"""

import numpy as np
import numpy.typing as npt

from textclean.dedup.growing import GrowingArray
from textclean.kernels import buckets
from textclean.kernels.buckets import Buckets
from textclean.kernels.jit import as_python

#: Slots in the tables of a part, from the first on: few for an index of few texts, then soon more,
#: since to move a tag costs as much as to add one. Larger tables grow by a quarter.
_SIZES = (8, 64, 256, 512, 1024)
#: Smaller tables begin to grow earlier: their parts fill less evenly.
_SMALL = 256
#: Tables begin to grow when with so many times as many tags they would have to.
_EARLY, _EARLY_SMALL = 10 / 9, 3 / 2


class BucketTables:
    """Tables of buckets that grow.

    Args:
        bands: How many.
        bits: Each band's table has ``2**bits`` parts: the more, the shorter the longest pause.
    """

    def __init__(self, bands: int, bits: int) -> None:
        parts = bands << bits
        self._slots = GrowingArray(np.zeros(0, np.uint64))
        self._slots.make_room(parts * _SIZES[0])
        self._links = tuple(
            GrowingArray(np.zeros(0, kind)) for kind in (np.uint32, np.uint32, np.uint8)
        )
        self._layout = np.array([0, _SIZES[0], _SIZES[0], bits], np.int64)
        self._fills = np.zeros(parts, np.uint32)
        self._used = np.zeros(2, np.int64)

    @property
    def view(self) -> Buckets:
        """What kernels take: for the time of a call, since growth moves the arrays."""
        members, following, lengths = self._links
        return Buckets(
            self._slots.array,
            self._layout,
            self._fills,
            members.array,
            following.array,
            lengths.array,
            self._used,
        )

    @property
    def bands(self) -> int:
        """How many."""
        return len(self._fills) >> int(self._layout[3])

    def fits(self, links: int) -> bool:
        """Tell whether each band has room for one more tag, and all for so many links."""
        links_fit = int(self._used[0]) + links <= len(self._links[0])
        return links_fit and _can_hold(self._least_capacity, int(self._used[1]) + 1)

    @property
    def _least_capacity(self) -> int:
        return int(as_python(buckets.least_capacity)(self._layout))

    def grow_on(self, tags: int, links: int = 0) -> None:
        """Begin to grow when it is time, or go on with it.

        Args:
            tags: That a band may get until this is called again, about: growth is to be done
                before they are too many.
            links: To make room for.
        """
        self._make_room_for_links(links)
        size = int(self._layout[2])
        early = _EARLY_SMALL if size < _SMALL else _EARLY
        full = not _can_hold(size, int(self._used[1] * early))
        if full and not self._layout[0]:
            self._begin_to_grow()
        waiting, small, _, bits = map(int, self._layout)
        # that a band has; of which a quarter is left, since some parts fill faster than others
        room = max(0, 5 * small // 6 - int(self._used[1])) << bits
        batches = 3 * room // 4 // max(1, tags) + 1
        # when none waits, too, so that the first growth need not wait for the kernel to be loaded
        buckets.spread(self._slots.array, self._layout, -(-waiting // batches))

    def make_room(self, links: int, tags: npt.NDArray[np.integer] | int = 1) -> None:
        """Grow at once, until there is room.

        Args:
            links: To make room for.
            tags: That each part must be able to take; one number for all, or for each.
        """
        self._make_room_for_links(links)
        fullest = int((self._fills + np.asarray(tags, np.int64)).max())
        while not _can_hold(self._least_capacity, fullest):
            if not self._layout[0]:
                self._begin_to_grow()
            buckets.spread(self._slots.array, self._layout, int(self._layout[0]))

    def _make_room_for_links(self, more: int) -> None:
        for array in self._links:
            array.make_room(int(self._used[0]) + more)

    def _begin_to_grow(self) -> None:
        """Lengthen the slots; every part has still to move."""
        parts, size = len(self._fills), int(self._layout[2])
        larger = next((each for each in _SIZES if each > size), size * 5 // 4)
        self._slots.make_room(parts * larger)
        self._layout[:3] = parts, size, larger


def _can_hold(capacity: int, tags: int) -> bool:
    return bool(as_python(buckets.can_hold)(capacity, tags))
