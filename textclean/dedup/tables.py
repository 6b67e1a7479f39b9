"""Growth of the tables of buckets: small ones all at once, large ones band by band.

To move the tables of a million survivors takes a fifth of a second. So large ones begin to grow a
little before they must, and each batch moves as many bands as it takes to be done in time: a
hundredth of a second each. What takes longest is then to lengthen the arrays (0.04 s, once while
860,000 survivors become a million).
"""

import numpy as np
import numpy.typing as npt

from textclean.kernels import buckets
from textclean.kernels.buckets import Buckets

#: Slots of a band's table that is doubled, and moved with all others; larger ones grow by a
#: quarter, and band by band.
DOUBLED = 1 << 16
#: Large tables begin to grow when one so many times as full would have to.
_EARLY = 25 / 24


def empty_buckets(bands: int) -> Buckets:
    """Return tables for so many bands with nothing in them."""
    return Buckets(
        slots=np.zeros(16 * bands, np.uint64),
        tables=np.stack([np.arange(0, 16 * bands, 16), np.full(bands, 16)]),
        members=np.zeros(0, np.uint32),
        following=np.zeros(0, np.uint32),
        lengths=np.zeros(0, np.uint8),
        used=np.zeros(2, np.int64),
    )


def grow(array: npt.NDArray[np.generic], length: int) -> None:
    """Lengthen an array in place by at least a quarter; nobody else holds a view of it."""
    if length > len(array):
        array.resize((max(length, len(array) * 5 // 4), *array.shape[1:]), refcheck=False)


def grow_links(table: Buckets, more: int) -> None:
    """Make room for so many more links."""
    links = int(table.used[0]) + more
    for array in (table.members, table.following, table.lengths):
        grow(array, links)


def grow_tables(table: Buckets, tags: int, step: int = 0) -> None:
    """Make room for tags, or begin to, or go on with it.

    Bands move from the last to the first: where one goes, no other stands that is still to be
    moved.

    Args:
        table: The buckets.
        tags: That a band may have after this.
        step: How many of them may be new the next time, too; 0: not known, so move all bands.
    """
    sizes = table.tables[1]
    small, large = int(sizes[0]), int(sizes[-1])
    if small == large:
        early = _EARLY if step and small >= DOUBLED else 1.0
        if buckets.can_hold(small, int(tags * early)):
            return
        while not buckets.can_hold(large, int(tags * early)):
            large = large * 2 if large < DOUBLED else large * 5 // 4
        # nobody else holds a view of it
        table.slots.resize(len(sizes) * large, refcheck=False)
    waiting = int(np.count_nonzero(sizes < large))
    moved = waiting
    if step and small >= DOUBLED and buckets.can_hold(small, tags):
        steps = (3 * small // 4 - tags) // step + 1  # that the small tables have room for
        moved = -(-waiting // steps)
    for band in range(waiting - 1, waiting - 1 - moved, -1):
        buckets.spread(table.slots, table.tables, band, band * large, large)
    if not buckets.can_hold(int(sizes[0]), tags):  # so many came that they must grow twice
        grow_tables(table, tags, step)
