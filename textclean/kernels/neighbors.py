"""The exact Jaccard of one shingle set with each of many: the plain way, for samples.

Nothing is proposed or estimated here; ``decisions.py`` is for whole corpora.
"""

import numpy as np
import numpy.typing as npt

from textclean.kernels.jit import kernel
from textclean.kernels.overlap import jaccard_at_least


@kernel
def jaccards(
    shingles: npt.NDArray[np.uint64],
    ends: npt.NDArray[np.int64],
    number: int,
    bound: float,
    found: npt.NDArray[np.float64],
) -> None:
    """Fill in the Jaccard of set ``number`` with each set before it; 0 below the bound.

    Args:
        shingles: ``uint64[n]``: the sets one after the other, each sorted and distinct.
        ends: ``int64[sets + 1]``: where they begin and end.
        number: The set that is compared.
        bound: Below it a Jaccard counts as 0.
        found: ``float64[number]`` or longer: filled.

    Cost: linear in the sizes of the sets whose sizes allow the bound at all.
    """
    own = shingles[ends[number] : ends[number + 1]]
    for other in range(number):
        found[other] = 0.0
        size = ends[other + 1] - ends[other]
        if size == 0 or len(own) == 0:
            continue
        if min(size, len(own)) < bound * max(size, len(own)):
            continue
        jaccard = jaccard_at_least(own, shingles[ends[other] : ends[other + 1]], bound)
        if jaccard >= bound:
            found[other] = jaccard
