"""How much two shingle sets share: exact counts, with the work cut short where it cannot matter."""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs
from textclean.kernels.jit import kernel


@kernel
def overlap(left: Longs, right: Longs, needed: int) -> int:
    """Count what two sorted sets share; give up, with less than ``needed``, as soon as it is sure.

    Args:
        left: ``uint64[n]``, sorted, distinct.
        right: ``uint64[m]``, sorted, distinct.
        needed: The least count the caller has a use for.
    """
    common = 0
    i = 0
    j = 0
    while i < len(left) and j < len(right):
        if common + min(len(left) - i, len(right) - j) < needed:
            return common
        x = left[i]
        y = right[j]
        # both moves without a branch: which of the two is smaller cannot be predicted
        common += x == y
        i += x <= y
        j += y <= x
    return common


@kernel
def least_overlap(left_count: int, right_count: int, jaccard: float) -> int:
    """Return an overlap below which two sets of these sizes cannot reach a Jaccard.

    ``common / (left + right - common) >= jaccard`` holds exactly when ``common >= jaccard *
    (left + right) / (1 + jaccard)``; the result is one too small rather than one too large where
    rounding leaves a doubt.
    """
    exact = jaccard * (left_count + right_count) / (1.0 + jaccard)
    return int(np.ceil(exact - 1e-6 - exact * 1e-12))


@kernel
def jaccard_at_least(left: Longs, right: Longs, bound: float) -> float:
    """Return the Jaccard of two non-empty sorted sets, or 0.0 when it is below ``bound``.

    The quotient is the double nearest to the exact ratio.
    """
    needed = least_overlap(len(left), len(right), bound)
    if min(len(left), len(right)) < needed:
        return 0.0
    common = overlap(left, right, needed)
    jaccard = common / (len(left) + len(right) - common)
    return jaccard if jaccard >= bound else 0.0


@kernel
def containment_at_least(left: Longs, right: Longs, bound: float) -> float:
    """Return the share of a non-empty sorted set that another holds, or 0.0 when below ``bound``.

    The quotient is the double nearest to the exact ratio.
    """
    needed = int(np.ceil(bound * len(left) - 1e-6))
    common = overlap(left, right, needed)
    containment = common / len(left)
    return containment if containment >= bound else 0.0


@kernel
def agreement(left: Bytes, right: Bytes) -> int:
    """Count the places in which two rows of marks are equal.

    Args:
        left: ``uint8[n]``.
        right: ``uint8[n]``.
    """
    equal = 0
    for place in range(len(left)):
        equal += left[place] == right[place]
    return equal
