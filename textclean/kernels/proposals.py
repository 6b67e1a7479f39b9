"""Whom a text is compared with: the survivors that share a bucket with it, and some of the crowd.

A bucket takes ``BUCKET_LIMIT`` survivors. A survivor that meets a full bucket is *crowded* (it
comes from a template), and joins the crowd (``crowd.py``), where a text that meets a full bucket
looks too. So the work for one text is bounded, however many texts a template has filled.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Words
from textclean.kernels.bit_signatures import Bits, find_nearest
from textclean.kernels.buckets import (
    FREE,
    collect,
    look_up,
    size_of,
    value_of,
)
from textclean.kernels.crowd import (
    LIST_LIMIT,
    LONG_LIMIT,
    SEARCHED,
    Features,
    describe,
    shingle_tag,
)
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.survivors import Rule, Survivors

#: Survivors in a bucket of the bands.
BUCKET_LIMIT = 32
#: Crowded survivors that rare shingles name for one text, at most; and that bit signatures do: a
#: sixteenth of all that are searched.
MAXIMUM_CANDIDATES = 4096
MAXIMUM_NEAREST = SEARCHED // 16
#: Crowded survivors found for one text, at most, before those are left out that share too little.
MAXIMUM_FOUND = 1 << 16
#: Survivors in the buckets of a text, at most (512 bands, and those of the crowd), and by its rare
#: shingles.
IN_BUCKETS = 512 * BUCKET_LIMIT + 128 * LONG_LIMIT + MAXIMUM_CANDIDATES


@kernel
def add_unseen(members: Words, count: int, survivors: Survivors, found: Words, total: int) -> int:
    """Append the members not yet proposed in this look-up; return how many are found by now."""
    stamp = np.uint32(survivors.counts[1])
    for index in range(count):
        member = members[index]
        if survivors.stamps[member] != stamp and total < len(found):
            survivors.stamps[member] = stamp
            survivors.shared[member] = 0
            found[total] = member
            total += 1
        survivors.shared[member] += np.uint32(1)
    return total


@kernel
def fill_of(places: Longs, lengths: Bytes) -> int:
    """Return how many members the fullest bucket has of those that were found."""
    fullest = 0
    for band in range(places.shape[1]):
        if places[1, band] != FREE:
            fullest = max(fullest, size_of(places[1, band], lengths))
    return fullest


@allocating_kernel
def propose_by_buckets(places: Longs, survivors: Survivors, found: Words) -> int:
    """Fill ``found`` with the survivors in the buckets that were found; return how many."""
    members = np.empty(BUCKET_LIMIT, np.uint32)
    total = 0
    for band in range(places.shape[1]):
        slot = places[1, band]
        if slot != FREE:
            collect(survivors.bands, value_of(slot), members)
            count = size_of(slot, survivors.bands.lengths)
            total = add_unseen(members, count, survivors, found, total)
    return total


@kernel
def propose(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    places: Longs,
    shingles: Longs,
    survivors: Survivors,
    rule: Rule,
    found: Words,
    features: Features,
) -> tuple[int, bool]:
    """Fill ``found`` with the survivors to compare a text with; return how many, and if crowded.

    Args:
        places: ``uint64[2, bands]``: its buckets, from ``find_all``.
        shingles: ``uint64[n]``.
        survivors: ``Survivors``; its stamps change.
        rule: ``Rule``.
        found: ``uint32[IN_BUCKETS + MAXIMUM_FOUND]``.
        features: ``Features``, filled if it is crowded.
    """
    survivors.counts[1] += 1
    fullest = fill_of(places, survivors.bands.lengths)
    crowded = rule.contained or fullest == BUCKET_LIMIT
    total = 0
    if fullest:
        total = propose_by_buckets(places, survivors, found)
    if crowded:
        describe(shingles, survivors.crowd, features)
        total = propose_by_long_bands(features.tags, survivors, found, total)
        total, rare, every = propose_by_rare_shingles(
            shingles, survivors, rule.threshold, found, total
        )
        if rule.contained:
            total = propose_by_full_lists(
                shingles, survivors, rule.threshold, rare, every, found, total
            )
        rare = rare if every else 0
        total = propose_by_bits(features.bits, len(shingles), rare, survivors, rule, found, total)
    return total, crowded


@allocating_kernel
def propose_by_long_bands(tags: Words, survivors: Survivors, found: Words, total: int) -> int:
    """Append the crowded survivors that share a long band."""
    members = np.empty(LONG_LIMIT, np.uint32)
    for band in range(len(tags)):
        count, value = look_up(survivors.crowd.bands, band, tags[band])
        if count:
            collect(survivors.crowd.bands, value, members)
            total = add_unseen(members, count, survivors, found, total)
    return total


@allocating_kernel
def propose_by_rare_shingles(
    shingles: Longs, survivors: Survivors, threshold: float, found: Words, total: int
) -> tuple[int, int, bool]:
    """Append the crowded survivors that share enough of a text's rare shingles to be similar.

    ``|A & B| >= threshold * |A|`` for any B similar enough, so that at most ``spare = |A| -
    threshold * |A|`` shingles of A are missing in B. Of A's listed shingles that are not full, the
    list knows all crowded holders: B must be named by all but ``spare`` of them.

    Returns:
        How many are found by now; how many shingles are rare; and whether no B that is not found
        holds enough of those: not if more B were found than may be compared.
    """
    members = np.empty(LIST_LIMIT, np.uint32)
    # The bounds count from here: what else shares a bucket must not change who is found.
    first = total
    room = found[: first + MAXIMUM_FOUND]
    rare = 0
    for index in range(len(shingles)):
        count, value = look_up(survivors.crowd.listed, 0, shingle_tag(shingles[index]))
        if count < LIST_LIMIT:
            rare += 1
        if 0 < count < LIST_LIMIT:
            collect(survivors.crowd.listed, value, members)
            total = add_unseen(members, count, survivors, room, total)
    least = rare - (1.0 - threshold) * len(shingles) - 1e-6 * len(shingles)
    every = total < len(room)
    kept = first
    for index in range(first, total):
        if survivors.shared[found[index]] < least:
            continue
        if kept - first == MAXIMUM_CANDIDATES:
            every = False
            break
        found[kept] = found[index]
        kept += 1
    return kept, rare, every


@allocating_kernel
def propose_by_full_lists(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    shingles: Longs,
    survivors: Survivors,
    threshold: float,
    rare: int,
    every: bool,  # noqa: FBT001 - kernels take no keywords
    found: Words,
    total: int,
) -> int:
    """Append the survivors that hold enough of a text's shingles, as far as full lists know.

    Where so few of them are rare that a survivor may hold enough without any: a cut-out of what
    many texts share. Those that had it first stand in the lists of all of its shingles. How many of
    the rare ones a survivor holds is not counted again: it may hold all.
    """
    if every and rare > (1.0 - threshold) * len(shingles) + 1e-6 * len(shingles):
        return total
    least = threshold * len(shingles) - rare - 1e-6 * len(shingles)
    survivors.counts[1] += 1
    stamp = np.uint32(survivors.counts[1])
    for index in range(total):
        survivors.stamps[found[index]] = stamp
    members = np.empty(LIST_LIMIT, np.uint32)
    first = total
    room = found[: first + MAXIMUM_FOUND]
    for index in range(len(shingles)):
        count, value = look_up(survivors.crowd.listed, 0, shingle_tag(shingles[index]))
        if count == LIST_LIMIT:
            collect(survivors.crowd.listed, value, members)
            total = add_unseen(members, count, survivors, room, total)
    kept = first
    for index in range(first, total):
        if survivors.shared[found[index]] >= least and kept - first < MAXIMUM_CANDIDATES:
            found[kept] = found[index]
            kept += 1
    return kept


@allocating_kernel
def propose_by_bits(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    bits: Bits,
    size: int,
    rare: int,
    survivors: Survivors,
    rule: Rule,
    found: Words,
    total: int,
) -> int:
    """Append the crowded survivors whose bit signatures are nearest to a text's.

    Of a text A of ``size`` shingles, no B that is not yet found holds ``rare`` ones. If the Jaccard
    is ``t`` or more, then ``|A & B| >= t * (size + |B - A|)`` and ``|A & B| <= size - rare``, so
    that B has ``t * size`` shingles at least and ``(size - rare) * (1 + 1 / t) - size`` at most.
    (There are none between the two as soon as so many are rare that one is in B.)
    """
    crowd = survivors.crowd
    least = rule.threshold * size - 1e-6 * size
    most = (size - rare) * (1.0 + 1.0 / rule.threshold) - size + 1e-6 * size
    count = min(len(crowd.bits.coarse), crowd.joined[0], SEARCHED)
    if count == 0 or most < least:
        return total
    rows = np.empty(MAXIMUM_NEAREST, np.uint32)
    nearest = find_nearest(bits, crowd.bits, crowd.sizes[:count], least, most, rule.farthest, rows)
    # who was found by rare shingles and left out counts as seen no more
    survivors.counts[1] += 1
    stamp = np.uint32(survivors.counts[1])
    for index in range(total):
        survivors.stamps[found[index]] = stamp
    for index in range(nearest):
        member = crowd.holders[rows[index]]
        if survivors.stamps[member] != stamp:
            found[total] = member
            total += 1
    return total
