"""Decide, in order, which texts repeat a kept one: propose by bands, verify by exact Jaccard.

Proposals come from the buckets a text shares with survivors. A bucket takes ``BUCKET_LIMIT``
survivors. A survivor that meets a full bucket is *crowded* (it comes from a template), and joins
the crowd (``crowd.py``), where a text that meets a full bucket looks too. So the work for one text
is bounded, however many texts a template has filled.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Reals, Unsigned, Words
from textclean.kernels.buckets import (
    FREE,
    Buckets,
    collect,
    find_all,
    fits,
    insert_all,
    look_up,
    size_of,
    value_of,
)
from textclean.kernels.crowd import (
    LIST_LIMIT,
    LONG_LIMIT,
    Crowd,
    has_room,
    join_crowd,
    long_tags,
    shingle_tag,
)
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.overlap import agreement, containment_at_least, jaccard_at_least

#: Survivors in a bucket of the bands.
BUCKET_LIMIT = 32
#: Crowded survivors one text is compared with, at most, besides those in its own buckets.
MAXIMUM_CANDIDATES = 4096
#: Crowded survivors found for one text, at most, before those are left out that share too little.
MAXIMUM_FOUND = 1 << 16
#: Survivors in the buckets of a text, at most: 512 bands, and those of the crowd.
_IN_BUCKETS = 512 * BUCKET_LIMIT + 128 * LONG_LIMIT
NO_SURVIVOR = -1


class Batch(NamedTuple):
    """What is known of the texts of a batch.

    Attributes:
        shingles: ``uint64``: the shingle sets, one after the other.
        ends: ``int64[texts + 1]``: where they begin and end.
        tags: ``uint32[texts, bands]``.
        marks: ``uint8[texts, n]``: the low byte of each slot of the signature.
    """

    shingles: Longs
    ends: Counts
    tags: Words
    marks: Bytes


class Rule(NamedTuple):
    """When a text repeats a survivor.

    Attributes:
        threshold: Double in (0, 1]; similarity at and above which it does.
        least_agreement: A survivor that agrees in fewer marks is not compared.
        contained: Whether similarity is the share of the text's set that the survivor holds; else
            it is the Jaccard of the two. All survivors are crowded then.
    """

    threshold: float
    least_agreement: int
    contained: bool


class Survivors(NamedTuple):
    """What is remembered of the kept texts.

    Attributes:
        shingles: ``uint64``: their shingle sets, one after the other, but for the latest.
        recent: ``uint64``: the latest, which the caller puts behind the others after each batch.
        ends: ``int64[capacity + 1]``: where they begin and end, in both as one.
        marks: ``uint8[capacity, n]``.
        stamps: ``uint32[capacity]``: the last look-up that proposed this survivor.
        shared: ``uint32[capacity]``: how often that look-up did.
        counts: ``int64[4]``: survivors; look-ups so far; survivors that texts were compared with;
            hashes in ``shingles``.
        bands: The buckets.
        crowd: What is remembered of crowded survivors besides.
    """

    shingles: Longs
    recent: Longs
    ends: Counts
    marks: Bytes
    stamps: Words
    shared: Words
    counts: Counts
    bands: Buckets
    crowd: Crowd


@allocating_kernel
def set_of(survivor: Unsigned, survivors: Survivors) -> Longs:
    """Return the shingle set of a survivor."""
    number = np.int64(survivor)
    start, end = survivors.ends[number], survivors.ends[number + 1]
    behind = survivors.counts[3]
    if start < behind:
        return survivors.shingles[start:end]
    return survivors.recent[start - behind : end - behind]


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
def propose(
    places: Longs, shingles: Longs, survivors: Survivors, rule: Rule, found: Words
) -> tuple[int, bool]:
    """Fill ``found`` with the survivors to compare a text with; return how many, and if crowded.

    Args:
        places: ``uint64[2, bands]``: its buckets, from ``find_all``.
        shingles: ``uint64[n]``.
        survivors: ``Survivors``; its stamps change.
        rule: ``Rule``.
        found: ``uint32[_IN_BUCKETS + MAXIMUM_FOUND]``.
    """
    survivors.counts[1] += 1
    fullest = fill_of(places, survivors.bands.lengths)
    crowded = rule.contained or fullest == BUCKET_LIMIT
    total = 0
    if fullest:
        total = propose_by_buckets(places, survivors, found)
    if crowded:
        total = propose_by_long_bands(shingles, survivors, found, total)
        total = propose_by_rare_shingles(shingles, survivors, rule.threshold, found, total)
    return total, crowded


@allocating_kernel
def propose_by_long_bands(shingles: Longs, survivors: Survivors, found: Words, total: int) -> int:
    """Append the crowded survivors that share a long band."""
    members = np.empty(LONG_LIMIT, np.uint32)
    tags = long_tags(shingles, survivors.crowd)
    for band in range(len(tags)):
        count, value = look_up(survivors.crowd.bands, band, tags[band])
        if count:
            collect(survivors.crowd.bands, value, members)
            total = add_unseen(members, count, survivors, found, total)
    return total


@allocating_kernel
def propose_by_rare_shingles(
    shingles: Longs, survivors: Survivors, threshold: float, found: Words, total: int
) -> int:
    """Append the crowded survivors that share enough of a text's rare shingles to be similar.

    ``|A & B| >= threshold * |A|`` for any B similar enough, so that at most ``spare = |A| -
    threshold * |A|`` shingles of A are missing in B. Of A's listed shingles that are not full, the
    list knows all crowded holders: B must be named by all but ``spare`` of them.
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
    kept = first
    for index in range(first, total):
        if survivors.shared[found[index]] >= least and kept - first < MAXIMUM_CANDIDATES:
            found[kept] = found[index]
            kept += 1
    return kept


@allocating_kernel
def most_similar(
    shingles: Longs, marks: Bytes, survivors: Survivors, found: Words, rule: Rule
) -> tuple[Unsigned, float]:
    """Return the survivor of the greatest similarity >= threshold (ties: the earliest), and it.

    Args:
        shingles: ``uint64[n]``, n > 0.
        marks: ``uint8[m]``.
        survivors: ``Survivors``.
        found: ``uint32``: whom to compare with.
        rule: ``Rule``.

    Returns:
        ``(NO_SURVIVOR, 0.0)`` when there is none.
    """
    best = NO_SURVIVOR
    bound = rule.threshold
    for candidate in found:
        if agreement(marks, survivors.marks[candidate]) < rule.least_agreement:
            continue
        survivors.counts[2] += 1
        theirs = set_of(candidate, survivors)
        if rule.contained:
            similarity = containment_at_least(shingles, theirs, bound)
        else:
            similarity = jaccard_at_least(shingles, theirs, bound)
        if similarity > bound or (
            similarity == bound and (best == NO_SURVIVOR or candidate < best)
        ):
            best = int(candidate)
            bound = similarity
            if bound == 1.0 and not rule.contained:  # no two survivors have equal sets
                break
    return best, bound if best != NO_SURVIVOR else 0.0


@allocating_kernel
def remember(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    shingles: Longs,
    marks: Bytes,
    tags: Words,
    places: Longs,
    crowded: int,
    survivors: Survivors,
) -> None:
    """Make a text a survivor; the caller has made room, and found its buckets."""
    number = survivors.counts[0]
    start = survivors.ends[number]
    first = start - survivors.counts[3]
    survivors.recent[first : first + len(shingles)] = shingles
    survivors.ends[number + 1] = start + len(shingles)
    survivors.marks[number] = marks
    survivors.stamps[number] = 0
    insert_all(survivors.bands, tags, places, np.uint32(number), BUCKET_LIMIT)
    if crowded:
        crowd = survivors.crowd
        join_crowd(shingles, long_tags(shingles, crowd), np.uint32(number), crowd)
    survivors.counts[0] += 1


@allocating_kernel
def decide(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    batch: Batch,
    start: int,
    survivors: Survivors,
    rule: Rule,
    repeats: Counts,
    similarities: Reals,
) -> int:
    """Decide on the texts of a batch from ``start`` on, in order; keep those that repeat none.

    Args:
        batch: ``Batch``.
        start: The first text to decide on.
        survivors: ``Survivors``, with room for the batch but in the tables of buckets.
        rule: ``Rule``.
        repeats: ``int64[texts]``, filled: the survivor a text repeats, or NO_SURVIVOR.
        similarities: ``float64[texts]``, filled: their similarity, or 0.0.

    Returns:
        The first text not decided on: before it, tables of buckets must grow.
    """
    found = np.empty(_IN_BUCKETS + MAXIMUM_FOUND, np.uint32)
    places = np.empty((2, batch.tags.shape[1]), np.uint64)
    for text in range(start, len(repeats)):
        shingles = batch.shingles[batch.ends[text] : batch.ends[text + 1]]
        repeats[text] = NO_SURVIVOR
        similarities[text] = 0.0
        if len(shingles) == 0:
            continue
        marks = batch.marks[text]
        tags = batch.tags[text]
        if not fits(survivors.bands, 2 * len(tags)):
            return text
        find_all(survivors.bands.slots, survivors.bands.layout, tags, places)
        compared = survivors.counts[2]
        total, crowded = propose(places, shingles, survivors, rule, found)
        if total:
            repeats[text], similarities[text] = most_similar(
                shingles, marks, survivors, found[:total], rule
            )
        if repeats[text] == NO_SURVIVOR:
            if crowded and not has_room(survivors.crowd, shingles):
                survivors.counts[2] = compared  # it will be compared again
                return text
            remember(shingles, marks, tags, places, crowded, survivors)
    return len(repeats)


@allocating_kernel
def restore(batch: Batch, start: int, survivors: Survivors, rule: Rule) -> int:
    """Keep the texts of a batch from ``start`` on as ``decide`` once did, without deciding.

    Returns:
        The first text not kept: before it, tables of buckets must grow.
    """
    places = np.empty((2, batch.tags.shape[1]), np.uint64)
    for text in range(start, len(batch.ends) - 1):
        shingles = batch.shingles[batch.ends[text] : batch.ends[text + 1]]
        tags = batch.tags[text]
        if not fits(survivors.bands, 2 * len(tags)):
            return text
        find_all(survivors.bands.slots, survivors.bands.layout, tags, places)
        fullest = fill_of(places, survivors.bands.lengths)
        crowded = rule.contained or fullest == BUCKET_LIMIT
        if crowded and not has_room(survivors.crowd, shingles):
            return text
        remember(shingles, batch.marks[text], tags, places, crowded, survivors)
    return len(batch.ends) - 1


@allocating_kernel
def query(
    batch: Batch,
    survivors: Survivors,
    rule: Rule,
    repeats: Counts,
    similarities: Reals,
) -> None:
    """Do what ``decide`` does, but keep nothing: every text is compared with the same survivors."""
    found = np.empty(_IN_BUCKETS + MAXIMUM_FOUND, np.uint32)
    places = np.empty((2, batch.tags.shape[1]), np.uint64)
    for text in range(len(repeats)):
        shingles = batch.shingles[batch.ends[text] : batch.ends[text + 1]]
        repeats[text] = NO_SURVIVOR
        similarities[text] = 0.0
        if len(shingles):
            find_all(survivors.bands.slots, survivors.bands.layout, batch.tags[text], places)
            total, _ = propose(places, shingles, survivors, rule, found)
            repeats[text], similarities[text] = most_similar(
                shingles, batch.marks[text], survivors, found[:total], rule
            )
