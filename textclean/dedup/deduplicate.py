"""De-duplication of texts that are all at hand, in order."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textclean.dedup.index import Match, Measure, NearDuplicateIndex

#: Texts decided on in one call.
_BATCH_SIZE = 256


@dataclass(frozen=True, slots=True)
class Deduplication:
    """Which texts to keep, and why not the others.

    Attributes:
        kept: Indices of the survivors, ascending.
        dropped: By the index of each other text: the index of its survivor, and their Jaccard.
    """

    kept: list[int]
    dropped: Mapping[int, Match[int]]


def deduplicate(
    texts: Iterable[str],
    threshold: float = 0.8,
    shingle_size: int = 5,
    *,
    measure: Measure = "jaccard",
) -> Deduplication:
    """Keep the first of all texts that repeat one another.

    Args:
        texts: Read once, in order.
        threshold: Similarity at and above which a text repeats another; above 0, at most 1.
        shingle_size: Tokens in a shingle.
        measure: ``jaccard`` or ``containment``; see ``NearDuplicateIndex``.

    Raises:
        ValueError: A setting is out of range.

    >>> notice = "The ferry to the island leaves at noon from the northern pier of the harbour."
    >>> result = deduplicate([notice, "Something else.", notice.upper()])
    >>> result.kept, result.dropped
    ([0, 1], {2: Match(id=0, jaccard=1.0)})
    """
    if isinstance(texts, str):
        message = "texts must be several texts, not one str"
        raise TypeError(message)
    index: NearDuplicateIndex[int] = NearDuplicateIndex(threshold, shingle_size, measure=measure)
    kept: list[int] = []
    dropped: dict[int, Match[int]] = {}
    stream = iter(texts)
    start = 0
    while batch := list(itertools.islice(stream, _BATCH_SIZE)):
        numbers = range(start, start + len(batch))
        start += len(batch)
        for number, match in zip(numbers, index.decide(numbers, index.measure(batch)), strict=True):
            if match is None:
                kept.append(number)
            else:
                dropped[number] = match
    return Deduplication(kept, dropped)
