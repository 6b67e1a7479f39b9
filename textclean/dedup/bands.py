"""Bands: how signatures are cut so that (nearly) every pair above the threshold is proposed.

Two signatures agree in a slot with a probability equal to their Jaccard ``J``; in all ``rows``
slots of a band with ``J ** rows``; and in at least one of ``count`` bands with
``1 - (1 - J ** rows) ** count`` (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets",
section 3.4). Precision is not the bands' business: each proposal is verified.
"""

import math
from dataclasses import dataclass

#: Slots of a signature that leaves this package.
SIGNATURE_SIZE = 128
#: Probability with which a pair exactly at the threshold must be proposed.
RECALL = 0.999
#: Probability with which the comparison of marks may turn away a pair at the threshold.
REJECTION = 1e-6
#: Rows wanted where they fit into so many slots, best first. Fewer rows propose more pairs that
#: are no duplicates; more slots take time and memory.
_CHOICES = ((3, SIGNATURE_SIZE), (3, 192), (2, 256), (1, SIGNATURE_SIZE))
#: So much above the threshold, a repeat of a template's text is found like any other.
MARGIN = 0.05
#: How many long bands, and the probability with which each joins such a pair: measured on families
#: of 50,000 and 100,000 texts, of which fewer or shorter bands missed some.
LONG_BANDS = 48
LONG_BAND = 0.12
#: Slots in a long band at most: at thresholds of nearly 1, where repeats are nearly equal.
_LONGEST = 64
#: Below, a band agrees so rarely that the number of bands is not worth computing.
_HOPELESS = 1e-12
#: Bits of a bit signature, at most: 1 KB.
_MAXIMUM_BITS = 8192
#: Standard deviations: of a sixteenth of all distances, and of one in ten thousand.
_SIXTEENTH, _NEVER = 1.534, 3.719
#: More bands than this would take more memory than the texts.
MAXIMUM_BANDS = 512


@dataclass(frozen=True, slots=True)
class Bands:
    """A cut of signatures into bands.

    Attributes:
        count: How many bands.
        rows: Slots in each.

    >>> bands = Bands(count=18, rows=5)
    >>> [round(bands.probability(jaccard / 10), 4) for jaccard in (2, 4, 6, 8, 10)]
    [0.0057, 0.1691, 0.7671, 0.9992, 1.0]
    """

    count: int
    rows: int

    @property
    def slots(self) -> int:
        """Slots of a signature that the bands use."""
        return self.count * self.rows

    @property
    def marks(self) -> int:
        """Slots whose low byte is kept to turn proposals away early."""
        return min(self.slots, SIGNATURE_SIZE)

    def probability(self, jaccard: float) -> float:
        """Return the probability that a pair with this Jaccard is proposed."""
        agreeing = jaccard**self.rows
        if agreeing >= 1.0:
            return 1.0
        # 1 - (1 - agreeing) ** count, exact for tiny numbers too
        return -math.expm1(self.count * math.log1p(-agreeing))

    def least_agreement(self, threshold: float) -> int:
        """Return how many marks a pair must share to be compared exactly.

        The greatest number that turns away a pair at the threshold with a probability of at most
        one in a million. (Marks agree by chance now and then, which only helps such a pair.)

        >>> Bands(18, 5).least_agreement(0.8), Bands(18, 5).marks
        (52, 90)
        """
        return _least_agreement(self.marks, threshold)


def choose_bands(threshold: float, recall: float = RECALL) -> Bands:
    """Choose bands that propose a pair exactly at the threshold with at least this probability.

    As many rows as 128 slots can carry, since rows keep pairs apart that are no duplicates; where
    that would be fewer than 3, more slots; at low thresholds 2 rows, or 1. Never more than 512
    bands, so that the recall is not reached at thresholds below 0.014.

    Raises:
        ValueError: The threshold is not above 0 and at most 1, or the recall not between 0 and 1.

    >>> choose_bands(0.8)
    Bands(count=18, rows=5)
    >>> choose_bands(0.5)
    Bands(count=52, rows=3)
    >>> choose_bands(1.0)
    Bands(count=1, rows=128)
    """
    check_threshold(threshold)
    if not 0 < recall < 1:
        message = f"recall must be between 0 and 1, not {recall}"
        raise ValueError(message)
    for least_rows, slots in _CHOICES:
        for rows in range(slots, least_rows - 1, -1):
            count = bands_needed(threshold, rows, recall)
            if count * rows <= slots:
                return Bands(count, rows)
    return Bands(min(bands_needed(threshold, 1, recall), MAXIMUM_BANDS), 1)


def bands_needed(threshold: float, rows: int, recall: float) -> int:
    """Return the least number of bands that reaches the recall at the threshold."""
    agreeing = threshold**rows
    if agreeing >= 1.0:
        return 1
    if agreeing < _HOPELESS:
        return int(1 / _HOPELESS)
    count = max(1, math.ceil(math.log1p(-recall) / math.log1p(-agreeing)))
    return count if Bands(count, rows).probability(threshold) >= recall else count + 1


def long_bands(threshold: float) -> Bands:
    """Return the bands that tell texts of one template apart (``kernels/crowd.py``).

    They are made for pairs ``MARGIN`` above the threshold: each band joins such a pair with a
    probability of about ``LONG_BAND``, so that all together join it with 0.998, and a pair that
    shares facts is found by them in spite of some bands that hold nothing but template.

    >>> bands = long_bands(0.8)
    >>> bands, round(bands.probability(0.85), 3)
    (Bands(count=48, rows=13), 0.998)
    """
    jaccard = well_above(threshold)
    if jaccard >= 1.0:
        return Bands(1, SIGNATURE_SIZE)
    return Bands(LONG_BANDS, min(_LONGEST, max(1, round(math.log(LONG_BAND) / math.log(jaccard)))))


def well_above(threshold: float) -> float:
    """Return the Jaccard from which on a repeat of a template's text is to be found like any other.

    >>> well_above(0.8), well_above(0.95)
    (0.8500000000000001, 0.975)
    """
    return min(threshold + MARGIN, (1 + threshold) / 2)


def bits_needed(threshold: float, step: int) -> int:
    """Return how many bits tell a pair well above the threshold from those just below it.

    So many that, of texts which all are as near to one as can be without being similar, not a
    sixteenth is nearer by its bit signature than one well above: but with a probability of 0.0001,
    where so many bits are fewer than 8,192 (at thresholds of about 0.45 to 0.95).

    Args:
        threshold: Above 0, at most 1.
        step: The number is a multiple of this, and at least twice as much.

    >>> [bits_needed(jaccard / 10, 1024) for jaccard in (3, 5, 7, 8, 9, 10)]
    [8192, 8192, 5120, 4096, 2048, 2048]
    """
    below, above = (1 - threshold) / 2, (1 - well_above(threshold)) / 2
    if below <= above:
        return 2 * step
    spread = _SIXTEENTH * math.sqrt(below * (1 - below)) + _NEVER * math.sqrt(above * (1 - above))
    bits = (spread / (below - above)) ** 2
    return min(_MAXIMUM_BITS, step * max(2, math.ceil(bits / step)))


def farthest_bits(jaccard: float, bits: int) -> int:
    """Return in how many bits the bit signatures of a pair with this Jaccard differ at most.

    But with a probability of one in a million (``kernels/bit_signatures.py``).

    >>> farthest_bits(0.85, 1024)
    120
    """
    return bits - _least_agreement(bits, (1 + jaccard) / 2)


def _least_agreement(places: int, probability: float) -> int:
    """Return in how many places that each agree with a probability, a pair agrees at least.

    But with a probability of one in a million.
    """
    if probability >= 1.0:
        return places
    # what lies farther below the mean than 30 standard deviations is nothing, also in a double
    mean, deviation = places * probability, math.sqrt(places * probability * (1 - probability))
    first = max(0, math.floor(mean - 30 * deviation))
    odds = probability / (1 - probability)
    ways = math.lgamma(places + 1) - math.lgamma(first + 1) - math.lgamma(places - first + 1)
    likely = math.exp(ways + places * math.log1p(-probability) + first * math.log(odds))
    below = 0.0
    for agreeing in range(first, places + 1):
        below += likely
        if below > REJECTION:
            return agreeing
        likely *= odds * (places - agreeing) / (agreeing + 1)
    return places


def check_threshold(threshold: float) -> None:
    """Raise ``ValueError`` unless the threshold is above 0 and at most 1."""
    if not 0 < threshold <= 1:
        message = f"threshold must be above 0 and at most 1, not {threshold}"
        raise ValueError(message)
