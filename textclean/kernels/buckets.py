"""Buckets: which members share a 32-bit tag. Open addressing in flat arrays, growth by the caller.

Most buckets hold one member, which then stands in the table itself; only a second one starts a
chain. A bucket takes so many members and no more: whoever finds it full must look elsewhere
(``survivors.py``), so that no look-up ever walks a bucket that a template has flooded.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Unsigned, Words
from textclean.kernels.jit import kernel

#: A value with this bit is the first link of a chain; without it, the only member.
CHAIN = np.uint32(1 << 31)
NO_LINK = np.uint32(0xFFFFFFFF)
FREE = np.uint64(0)
HALF = np.uint64(32)


class Buckets(NamedTuple):
    """Tables of buckets, one for each band.

    Attributes:
        slots: ``uint64``: the bands' tables, one after the other; 0 where free. A tag above, and
            its value below: a member, or CHAIN and the number of a link. One word, since to read
            it is likely to be a miss in every cache.
        tables: ``int64[2, bands]``: where each band's table begins in ``slots``, and its length.
        members: ``uint32[links]``: the member at a link.
        following: ``uint32[links]``: the next link, or NO_LINK.
        lengths: ``uint8[links]``: members from this link to the end of its chain.
        used: ``int64[2]``: links in use; buckets in use in the fullest band.
    """

    slots: Longs
    tables: Counts
    members: Words
    following: Words
    lengths: Bytes
    used: Counts


@kernel
def tag_of(slot: Unsigned) -> Unsigned:
    """Return the tag in a slot."""
    return np.uint32(slot >> HALF)


@kernel
def value_of(slot: Unsigned) -> Unsigned:
    """Return the value in a slot."""
    return np.uint32(slot)


@kernel
def slot_of(tag: Unsigned, value: Unsigned) -> Unsigned:
    """Return the slot of a tag and a value."""
    return np.uint64(tag) << HALF | np.uint64(value)


@kernel
def can_hold(capacity: int, tags: int) -> bool:
    """Tell whether a band's table has room for so many tags: a quarter stays free."""
    return 4 * tags <= 3 * capacity


@kernel
def home(tag: Unsigned, capacity: Unsigned) -> Unsigned:
    """Return where a tag belongs in a band's table: tags in ascending order.

    The product takes the place of a modulus (Lemire, "Fast random integer generation in an
    interval", 2019), so that a table may have any length and growing it is one pass through both.
    """
    return np.uint64(tag) * capacity >> HALF


@kernel
def find(buckets: Buckets, band: int, tag: Unsigned) -> Unsigned:
    """Return the place in ``slots`` of a band's tag, or the free place where it belongs."""
    start, capacity = buckets.tables[0, band], np.uint64(buckets.tables[1, band])
    slots = buckets.slots[start : start + np.int64(capacity)]
    place = home(tag, capacity)
    while slots[place] != FREE and tag_of(slots[place]) != tag:
        place += np.uint64(1)
        if place == capacity:
            place = np.uint64(0)
    return np.uint64(start) + place


@kernel
def find_all(slots: Longs, tables: Counts, tags: Words, places: Longs) -> None:
    """Do what ``find`` does for a tag in each band.

    Args:
        slots: Of ``Buckets``.
        tables: Of ``Buckets``.
        tags: ``uint32[bands]``.
        places: ``uint64[2, bands]``, filled: the places, and what stands there.
    """
    for band in range(len(tags)):  # first, so that the misses in every cache overlap
        place = np.uint64(tables[0, band]) + home(tags[band], np.uint64(tables[1, band]))
        places[0, band] = place
        places[1, band] = slots[place]
    for band in range(len(tags)):
        place, slot = places[0, band], places[1, band]
        end = np.uint64(tables[0, band] + tables[1, band])
        while slot != FREE and tag_of(slot) != tags[band]:
            place += np.uint64(1)
            if place == end:
                place = np.uint64(tables[0, band])
            slot = slots[place]
        places[0, band], places[1, band] = place, slot


@kernel
def link(buckets: Buckets, member: Unsigned, next_link: Unsigned, length: int) -> Unsigned:
    """Put a member into a new link; return the value that points to it."""
    number = buckets.used[0]
    buckets.used[0] += 1
    buckets.members[number] = member
    buckets.following[number] = next_link
    buckets.lengths[number] = length
    return CHAIN | np.uint32(number)


@kernel
def insert(buckets: Buckets, band: int, tag: Unsigned, member: Unsigned, limit: int) -> bool:
    """Add a member to a bucket of fewer than ``limit``; return whether the bucket is new.

    The limit is 2 at least and 255 at most.
    """
    place = find(buckets, band, tag)
    if buckets.slots[place] == FREE:
        buckets.slots[place] = slot_of(tag, member)
        return True
    value = value_of(buckets.slots[place])
    if value & CHAIN == 0:
        value = link(buckets, value, NO_LINK, 1)
    first = value & ~CHAIN
    length = int(buckets.lengths[first])
    if length < limit:
        value = link(buckets, member, first, length + 1)
    buckets.slots[place] = slot_of(tag, value)
    return False


@kernel
def insert_all(buckets: Buckets, tags: Words, places: Longs, member: Unsigned, limit: int) -> None:
    """Add a member to a bucket in each band.

    Args:
        buckets: ``Buckets``.
        tags: ``uint32[bands]``.
        places: ``uint64[2, bands]``, from ``find_all``; nothing was added since.
        member: To be added.
        limit: As in ``insert``.
    """
    slots = buckets.slots  # here, once: a structure that is handed on costs a count for each part
    for band in range(len(tags)):
        if places[1, band] == FREE:
            slots[places[0, band]] = slot_of(tags[band], member)
        else:
            insert(buckets, band, tags[band], member, limit)


@kernel
def size_of(slot: Unsigned, lengths: Bytes) -> int:
    """Return how many members the bucket in a slot has."""
    if slot == FREE:
        return 0
    value = value_of(slot)
    if value & CHAIN == 0:
        return 1
    return int(lengths[value & ~CHAIN])


@kernel
def look_up(buckets: Buckets, band: int, tag: Unsigned) -> tuple[Unsigned, Unsigned]:
    """Return how many members a bucket has, and the value that leads to them."""
    slot = buckets.slots[find(buckets, band, tag)]
    return size_of(slot, buckets.lengths), value_of(slot)


@kernel
def collect(buckets: Buckets, value: Unsigned, members: Words) -> None:
    """Fill ``members`` with those of a bucket that has some, the latest first."""
    if value & CHAIN == 0:
        members[0] = value
        return
    number = value & ~CHAIN
    count = 0
    while number != NO_LINK:
        members[count] = buckets.members[number]
        number = buckets.following[number]
        count += 1


@kernel
def spread(slots: Longs, tables: Counts, band: int, start: int, capacity: int) -> None:
    """Move a band's buckets to a larger table, which may overlap with the one they stand in.

    Args:
        slots: Of ``Buckets``.
        tables: Of ``Buckets``; the band's is changed.
        band: Which band.
        start: Where its new table begins; no other band's table may lie there.
        capacity: Slots of that.
    """
    old = slots[tables[0, band] : tables[0, band] + tables[1, band]].copy()
    row = slots[start : start + capacity]
    row[:] = FREE
    length = np.uint64(capacity)
    for slot in old:
        if slot != FREE:
            place = home(tag_of(slot), length)
            while row[place] != FREE:  # no tag comes twice
                place += np.uint64(1)
                if place == length:
                    place = np.uint64(0)
            row[place] = slot
    tables[0, band], tables[1, band] = start, capacity
