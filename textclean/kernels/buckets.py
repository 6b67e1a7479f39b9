"""Buckets: which members share a 32-bit tag. Open addressing in flat arrays, growth by the caller.

Most buckets hold one member, which then stands in the table itself; only a second one starts a
chain. A bucket takes so many members and no more: whoever finds it full must look elsewhere
(``proposals.py``), so that no look-up ever walks a bucket that a template has flooded.

The table of a band is cut by the first bits of the tag in parts, each a table of its own, so that
growth can go part by part, a few with each batch (``dedup/tables.py``).
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Unsigned, Words
from textclean.kernels.jit import allocating_kernel, kernel

#: A value with this bit is the first link of a chain; without it, the only member.
CHAIN = np.uint32(1 << 31)
NO_LINK = np.uint32(0xFFFFFFFF)
FREE = np.uint64(0)
HALF = np.uint64(32)


class Buckets(NamedTuple):
    """Tables of buckets, one for each band, in ``2**bits`` parts each.

    Attributes:
        slots: ``uint64``: the parts' tables, one after the other; 0 where free. A tag above, and
            its value below: a member, or CHAIN and the number of a link. One word, since to read
            it is likely to be a miss in every cache.
        layout: ``int64[4]``: parts, the first ones, whose tables have still to grow; slots in the
            table of such a part; in that of any other; ``bits``. The table of part p begins at p
            times its slots.
        fills: ``uint32[bands << bits]``: buckets in use in each part.
        members: ``uint32[links]``: the member at a link.
        following: ``uint32[links]``: the next link, or NO_LINK.
        lengths: ``uint8[links]``: members from this link to the end of its chain.
        used: ``int64[2]``: links in use; buckets in use in the fullest part.
    """

    slots: Longs
    layout: Counts
    fills: Words
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
    """Tell whether a part's table has room for so many tags: a sixth stays free."""
    return 6 * tags <= 5 * capacity


@kernel
def least_capacity(layout: Counts) -> int:
    """Return the slots of the smallest table."""
    return int(layout[1]) if layout[0] else int(layout[2])


@kernel
def part_of(tag: Unsigned, band: int, bits: int) -> int:
    """Return the part in which a band's tag stands."""
    return band << bits | int(np.int64(np.uint64(tag) >> np.uint64(32 - bits)))


@kernel
def table_of(layout: Counts, part: int) -> tuple[int, int]:
    """Return where the table of a part begins in ``slots``, and its length."""
    capacity = layout[1] if part < layout[0] else layout[2]
    return part * capacity, capacity


@kernel
def home(tag: Unsigned, capacity: Unsigned, bits: int) -> Unsigned:
    """Return where a tag belongs in its part's table: tags in ascending order.

    The product takes the place of a modulus (Lemire, "Fast random integer generation in an
    interval", 2019), so that a table may have any length and growing it is one pass through both.
    """
    return np.uint64(np.uint32(tag << np.uint32(bits))) * capacity >> HALF


@kernel
def find(buckets: Buckets, band: int, tag: Unsigned) -> Unsigned:
    """Return the place in ``slots`` of a band's tag, or the free place where it belongs."""
    bits = buckets.layout[3]
    start, length = table_of(buckets.layout, part_of(tag, band, bits))
    capacity = np.uint64(length)
    slots = buckets.slots[start : start + length]
    place = home(tag, capacity, bits)
    while slots[place] != FREE and tag_of(slots[place]) != tag:
        place += np.uint64(1)
        if place == capacity:
            place = np.uint64(0)
    return np.uint64(start) + place


@kernel
def find_all(slots: Longs, layout: Counts, tags: Words, places: Longs) -> None:
    """Do what ``find`` does for a tag in each band.

    Args:
        slots: Of ``Buckets``.
        layout: Of ``Buckets``.
        tags: ``uint32[bands]``.
        places: ``uint64[2, bands]``, filled: the places, and what stands there.
    """
    bits = layout[3]
    for band in range(len(tags)):  # first, so that the misses in every cache overlap
        start, length = table_of(layout, part_of(tags[band], band, bits))
        place = np.uint64(start) + home(tags[band], np.uint64(length), bits)
        places[0, band] = place
        places[1, band] = slots[place]
    for band in range(len(tags)):
        place, slot = places[0, band], places[1, band]
        if slot == FREE or tag_of(slot) == tags[band]:
            continue
        start, length = table_of(layout, part_of(tags[band], band, bits))
        end = np.uint64(start + length)
        while slot != FREE and tag_of(slot) != tags[band]:
            place += np.uint64(1)
            if place == end:
                place = np.uint64(start)
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
def count_bucket(fills: Words, used: Counts, part: int) -> None:
    """Count a new bucket of a part."""
    fills[part] += np.uint32(1)
    used[1] = max(int(used[1]), int(fills[part]))


@kernel
def insert(buckets: Buckets, band: int, tag: Unsigned, member: Unsigned, limit: int) -> None:
    """Add a member to a bucket of fewer than ``limit``; there is room for it.

    The limit is 2 at least and 255 at most.
    """
    place = find(buckets, band, tag)
    if buckets.slots[place] == FREE:
        buckets.slots[place] = slot_of(tag, member)
        count_bucket(buckets.fills, buckets.used, part_of(tag, band, buckets.layout[3]))
        return
    value = value_of(buckets.slots[place])
    if value & CHAIN == 0:
        value = link(buckets, value, NO_LINK, 1)
    first = value & ~CHAIN
    length = int(buckets.lengths[first])
    if length < limit:
        value = link(buckets, member, first, length + 1)
    buckets.slots[place] = slot_of(tag, value)


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
    # here, once: a structure that is handed on costs a count for each part
    slots, fills, used, bits = buckets.slots, buckets.fills, buckets.used, buckets.layout[3]
    for band in range(len(tags)):
        if places[1, band] == FREE:
            slots[places[0, band]] = slot_of(tags[band], member)
            count_bucket(fills, used, part_of(tags[band], band, bits))
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
def fits(buckets: Buckets, links: int) -> bool:
    """Tell whether each band has room for one more tag, wherever, and all for so many links."""
    tags_fit = can_hold(least_capacity(buckets.layout), buckets.used[1] + 1)
    return bool(tags_fit and buckets.used[0] + links <= len(buckets.members))


@kernel
def spread(slots: Longs, layout: Counts, parts: int) -> None:
    """Move the last parts that have still to grow to their larger tables, from the last on.

    Where one goes, it may overlap with its old table, but no other part stands that has still to
    move.

    Args:
        slots: Of ``Buckets``.
        layout: Of ``Buckets``; changed.
        parts: How many, of those that have still to grow.
    """
    for _ in range(parts):
        spread_part(slots, layout)


@allocating_kernel
def spread_part(slots: Longs, layout: Counts) -> None:
    """Move the last part that has still to grow."""
    part, bits = layout[0] - 1, layout[3]
    old = np.empty(layout[1] + 1, np.uint64)
    count = 0
    for slot in slots[part * layout[1] : (part + 1) * layout[1]]:
        old[count] = slot  # a branch here would be guessed wrong every third time
        count += slot != FREE
    row = slots[part * layout[2] : (part + 1) * layout[2]]
    row[:] = FREE
    length = np.uint64(layout[2])
    for slot in old[:count]:
        place = home(tag_of(slot), length, bits)
        while row[place] != FREE:  # no tag comes twice
            place += np.uint64(1)
            if place == length:
                place = np.uint64(0)
        row[place] = slot
    layout[0] = part
