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
        slots: ``uint64[bands, capacity]``, capacity a power of two; 0 where free. A tag above, and
            its value below: a member, or CHAIN and the number of a link. One word, since to read it
            is likely to be a miss in every cache.
        members: ``uint32[links]``: the member at a link.
        following: ``uint32[links]``: the next link, or NO_LINK.
        lengths: ``uint8[links]``: members from this link to the end of its chain.
        used: ``int64[2]``: links in use; buckets in use in the fullest band.
    """

    slots: Longs
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
def find(slots: Longs, band: int, tag: Unsigned) -> Unsigned:
    """Return the place of a tag in a band's table, or the free place where it belongs."""
    last = np.int64(slots.shape[1] - 1)
    place = np.int64(tag) & last
    while slots[band, place] != FREE and tag_of(slots[band, place]) != tag:
        place = (place + 1) & last
    return place


@kernel
def touch(buckets: Buckets, tags: Words) -> Unsigned:
    """Read the first slot of a tag in every band: the misses then overlap.

    Returns:
        Something that depends on all of them, lest the compiler leave them out.
    """
    last = np.int64(buckets.slots.shape[1] - 1)
    seen = FREE
    for band in range(len(tags)):
        seen |= buckets.slots[band, np.int64(tags[band]) & last]
    return seen


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
    place = find(buckets.slots, band, tag)
    if buckets.slots[band, place] == FREE:
        buckets.slots[band, place] = slot_of(tag, member)
        return True
    value = value_of(buckets.slots[band, place])
    if value & CHAIN == 0:
        value = link(buckets, value, NO_LINK, 1)
    first = value & ~CHAIN
    length = int(buckets.lengths[first])
    if length < limit:
        value = link(buckets, member, first, length + 1)
    buckets.slots[band, place] = slot_of(tag, value)
    return False


@kernel
def look_up(buckets: Buckets, band: int, tag: Unsigned) -> tuple[Unsigned, Unsigned]:
    """Return how many members a bucket has, and the value that leads to them."""
    slot = buckets.slots[band, find(buckets.slots, band, tag)]
    if slot == FREE:
        return 0, np.uint32(0)
    value = value_of(slot)
    if value & CHAIN == 0:
        return 1, value
    return np.int64(buckets.lengths[value & ~CHAIN]), value


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
def move(slots: Longs, new_slots: Longs) -> None:
    """Copy all buckets of every band into a larger, empty table."""
    for band in range(slots.shape[0]):
        for place in range(slots.shape[1]):
            slot = slots[band, place]
            if slot != FREE:
                new_slots[band, find(new_slots, band, tag_of(slot))] = slot
