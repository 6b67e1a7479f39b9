"""Decide, in order, which texts repeat a kept one: propose by bands, verify by exact Jaccard."""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Reals, Unsigned, Words
from textclean.kernels.buckets import find_all, fits, insert_all
from textclean.kernels.crowd import Features, describe, has_room, join_crowd, new_features
from textclean.kernels.jit import allocating_kernel
from textclean.kernels.overlap import agreement, containment_at_least, jaccard_at_least
from textclean.kernels.proposals import (
    BUCKET_LIMIT,
    IN_BUCKETS,
    MAXIMUM_FOUND,
    fill_of,
    propose,
)
from textclean.kernels.survivors import Batch, Rule, Survivors, set_of

NO_SURVIVOR = -1


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
    features: Features,
    survivors: Survivors,
) -> None:
    """Make a text a survivor; the caller has made room, and found its buckets and features."""
    number = survivors.counts[0]
    start = survivors.ends[number]
    first = start - survivors.counts[3]
    survivors.recent[first : first + len(shingles)] = shingles
    survivors.ends[number + 1] = start + len(shingles)
    survivors.marks[number] = marks
    survivors.stamps[number] = 0
    insert_all(survivors.bands, tags, places, np.uint32(number), BUCKET_LIMIT)
    if crowded:
        join_crowd(shingles, features, np.uint32(number), survivors.crowd)
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
    found = np.empty(IN_BUCKETS + MAXIMUM_FOUND, np.uint32)
    places = np.empty((2, batch.tags.shape[1]), np.uint64)
    features = new_features(survivors.crowd)
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
        total, crowded = propose(places, shingles, survivors, rule, found, features)
        if total:
            repeats[text], similarities[text] = most_similar(
                shingles, marks, survivors, found[:total], rule
            )
        if repeats[text] == NO_SURVIVOR:
            if crowded and not has_room(survivors.crowd, shingles):
                survivors.counts[2] = compared  # it will be compared again
                return text
            remember(shingles, marks, tags, places, crowded, features, survivors)
    return len(repeats)


@allocating_kernel
def restore(batch: Batch, start: int, survivors: Survivors, rule: Rule) -> int:
    """Keep the texts of a batch from ``start`` on as ``decide`` once did, without deciding.

    Returns:
        The first text not kept: before it, tables of buckets must grow.
    """
    places = np.empty((2, batch.tags.shape[1]), np.uint64)
    features = new_features(survivors.crowd)
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
        if crowded:
            describe(shingles, survivors.crowd, features)
        remember(shingles, batch.marks[text], tags, places, crowded, features, survivors)
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
    found = np.empty(IN_BUCKETS + MAXIMUM_FOUND, np.uint32)
    places = np.empty((2, batch.tags.shape[1]), np.uint64)
    features = new_features(survivors.crowd)
    for text in range(len(repeats)):
        shingles = batch.shingles[batch.ends[text] : batch.ends[text + 1]]
        repeats[text] = NO_SURVIVOR
        similarities[text] = 0.0
        if len(shingles):
            find_all(survivors.bands.slots, survivors.bands.layout, batch.tags[text], places)
            total, _ = propose(places, shingles, survivors, rule, found, features)
            repeats[text], similarities[text] = most_similar(
                shingles, batch.marks[text], survivors, found[:total], rule
            )
