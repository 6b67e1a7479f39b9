"""What kernels know of the texts of a batch and of the kept ones, and when one repeats another."""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Unsigned, Words
from textclean.kernels.buckets import Buckets
from textclean.kernels.crowd import Crowd
from textclean.kernels.jit import allocating_kernel


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
        farthest: A survivor whose bit signature differs in more bits is not proposed for it: in
            more of the first ones, or of all.
    """

    threshold: float
    least_agreement: int
    contained: bool
    farthest: tuple[int, int]


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
