"""The crowd: survivors that came from a template, and how a text finds the ones it repeats.

The buckets of the bands take a few survivors each. Once a template has filled them, its later
texts are found by three other ways:

- **Rare shingles.** Each shingle of a crowded survivor is listed with the first ``LIST_LIMIT``
  that hold it. Those of the template itself have long been full and tell nothing; those few that
  set a text apart from its template lead to the survivors that share them.
- **Long bands.** Where the facts that fill the template come from short lists of values, each
  value soon is full too, but few texts share several values. A band of many slots holds the
  minima of several facts together, and so do its buckets. A first band is made from the whole set,
  for equal sets to be found whatever else is full.
- **Bit signatures.** Where a text's rare shingles are so few that a repeat need not share one, its
  bit signature is held against those of the latest ``SEARCHED`` survivors of the crowd.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Counts, Longs, Unsigned, Words
from textclean.kernels.bit_signatures import Bits, take_bits
from textclean.kernels.buckets import Buckets, can_hold, fits, insert, least_capacity, part_of
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.minhash import HALF, TAG_FACTOR, band_tags, signatures

#: Crowded survivors listed for a shingle; 255 at most.
LIST_LIMIT = 128
#: Crowded survivors in a bucket of the long bands.
LONG_LIMIT = 8
#: Crowded survivors whose bit signatures are kept: the latest.
SEARCHED = 1 << 17


class Crowd(NamedTuple):
    """What is remembered of crowded survivors besides the rest.

    Attributes:
        listed: Their shingles, as buckets of one band.
        bands: Buckets of the whole set (band 0) and of the long bands.
        multipliers: ``uint32[slots]``: of the signature for long bands and bits.
        increments: ``uint32[slots]``.
        rows: Slots in a long band.
        bits: Bit signatures of the latest; without any rows, none are kept.
        holders: ``uint32[n]``: whose.
        sizes: ``uint32[n]``: how many shingles these have.
        joined: ``int64[1]``: survivors that joined so far; the next bit signature goes to that row,
            modulo ``SEARCHED``.
    """

    listed: Buckets
    bands: Buckets
    multipliers: Words
    increments: Words
    rows: int
    bits: Bits
    holders: Words
    sizes: Words
    joined: Counts


class Features(NamedTuple):
    """By what a text is looked for in the crowd, besides its shingles.

    Attributes:
        tags: ``uint32[bands]``: of ``Crowd.bands``.
        bits: Its bit signature.
    """

    tags: Words
    bits: Bits


@kernel
def shingle_tag(shingle: Unsigned) -> Unsigned:
    """Return the tag under which a shingle of a crowded survivor is listed."""
    return max(np.uint32(1), np.uint32(shingle >> HALF))


@allocating_kernel
def new_features(crowd: Crowd) -> Features:
    """Return room for the features of a text."""
    bands = len(crowd.bands.fills) >> crowd.bands.layout[3]
    coarse = np.empty(crowd.bits.coarse.shape[1], np.uint64)
    fine = np.empty(crowd.bits.fine.shape[1], np.uint64)
    return Features(np.empty(bands, np.uint32), Bits(coarse, fine))


@allocating_kernel
def describe(shingles: Longs, crowd: Crowd, features: Features) -> None:
    """Fill the features of a text.

    Args:
        shingles: ``uint64[n]``, n > 0.
        crowd: ``Crowd``.
        features: ``Features``.
    """
    ends = np.array([0, len(shingles)], np.int64)
    slots = np.empty((1, len(crowd.multipliers)), np.uint32)
    signatures(shingles, ends, crowd.multipliers, crowd.increments, slots)
    tags = features.tags
    band_tags(slots, crowd.rows, tags[1:].reshape(1, -1))
    state = TAG_FACTOR
    for shingle in shingles:
        state = (state ^ shingle) * TAG_FACTOR
        state = state ^ (state >> HALF)
    tags[0] = max(np.uint32(1), np.uint32(state >> HALF))
    if len(crowd.bits.coarse):
        first = 64 * len(features.bits.coarse)
        take_bits(slots[0, :first], features.bits.coarse)
        take_bits(slots[0, first:], features.bits.fine)


@kernel
def join_crowd(shingles: Longs, features: Features, number: Unsigned, crowd: Crowd) -> None:
    """List a survivor; the caller has made room."""
    for index in range(len(shingles)):
        insert(crowd.listed, 0, shingle_tag(shingles[index]), number, LIST_LIMIT)
    for band in range(len(features.tags)):
        insert(crowd.bands, band, features.tags[band], number, LONG_LIMIT)
    if len(crowd.bits.coarse):
        row = crowd.joined[0] % SEARCHED
        # word by word: an assignment of all would make an array
        for word in range(len(features.bits.coarse)):
            crowd.bits.coarse[row, word] = features.bits.coarse[word]
        for word in range(len(features.bits.fine)):
            crowd.bits.fine[row, word] = features.bits.fine[word]
        crowd.holders[row] = number
        crowd.sizes[row] = len(shingles)
    crowd.joined[0] += 1


@allocating_kernel
def tags_by_part(shingles: Longs, bits: int) -> Words:
    """Return how many tags of a text's shingles stand in each part of the list.

    Args:
        shingles: ``uint64[n]``.
        bits: The list has ``2**bits`` parts.
    """
    counts = np.zeros(1 << bits, np.uint32)
    for index in range(len(shingles)):
        counts[part_of(shingle_tag(shingles[index]), 0, bits)] += np.uint32(1)
    return counts


@allocating_kernel
def has_room(crowd: Crowd, shingles: Longs) -> bool:
    """Tell whether a survivor of these shingles can join without growth."""
    listed = crowd.listed
    if listed.used[0] + 2 * len(shingles) > len(listed.members):
        return False
    fullest = 0
    more = tags_by_part(shingles, listed.layout[3])
    for part in range(len(more)):
        fullest = max(fullest, int(listed.fills[part]) + int(more[part]))
    if not can_hold(least_capacity(listed.layout), fullest):
        return False
    return bool(fits(crowd.bands, 2 * (len(crowd.bands.fills) >> crowd.bands.layout[3])))
