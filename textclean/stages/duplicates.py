"""The stage that drops articles which repeat an earlier one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Optional

from textclean.document import Document
from textclean.stage import Drop, Outcome

if TYPE_CHECKING:
    from textclean.dedup.bands import Bands
    from textclean.dedup.index import NearDuplicateIndex
    from textclean.dedup.measures import Hashes, Measures
    from textclean.kernels.columns import Columns


@dataclass(frozen=True, slots=True)
class DropNearDuplicates:
    """Drop a document whose similarity to an earlier, kept one reaches the threshold.

    Similarity is the Jaccard of their shingle sets, or, as ``containment``, the share of the
    document's own set that the earlier one holds.

    ``textclean.dedup`` says what shingles are. The drop names the most similar survivor and the
    exact similarity, which is 1.0 for equal shingle sets: equal sets have no reason of their own,
    since they do not make equal texts (they may differ in case and punctuation). A document
    without tokens is never dropped.

    Stages that drop documents belong before this one: what goes behind it has been a survivor, and
    its copies are gone. (A recipe refuses the other order.)

    The stage remembers what it kept; ``fresh`` and a pickled copy remember nothing, and two stages
    are equal when their settings are.

    Attributes:
        threshold: Above 0, at most 1.
        shingle_size: Tokens in a shingle.
        similarity: ``jaccard`` or ``containment``.

    Raises:
        ValueError: A setting is out of range.

    >>> stage = DropNearDuplicates()
    >>> outcomes = stage.process([
    ...     Document("a", "The ferry to the island leaves at noon."),
    ...     Document("b", "The ferry to the island leaves at NOON!"),
    ... ])
    >>> outcomes[1].drop
    Drop(reason='duplicate.near', duplicate_of='a', similarity=1.0)
    """

    name: ClassVar[str] = "duplicates"
    languages: ClassVar[frozenset[str] | None] = None
    reasons: ClassVar[Mapping[str, str]] = {
        "duplicate.near": "The text repeats an earlier one, wholly or but for small differences.",
        "duplicate.earlier-run": "The same, and an earlier run with this index kept the other one.",
    }

    threshold: float = 0.8
    shingle_size: int = 5
    similarity: Literal["jaccard", "containment"] = "jaccard"
    # made on first use, so that importing and building a pipeline load no compiler
    _index: Optional["NearDuplicateIndex[str]"] = field(
        default=None, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            message = f"threshold must be above 0 and at most 1, not {self.threshold}"
            raise ValueError(message)
        if self.shingle_size < 1:
            message = f"a shingle has at least 1 token, not {self.shingle_size}"
            raise ValueError(message)
        if self.similarity not in ("jaccard", "containment"):
            message = f"similarity must be jaccard or containment, not {self.similarity!r}"
            raise ValueError(message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the settings only."""
        return type(self), (self.threshold, self.shingle_size, self.similarity)

    def fresh(self) -> "DropNearDuplicates":
        """Return the same stage with an empty memory."""
        return type(self)(self.threshold, self.shingle_size, self.similarity)

    def attach(self, index: "NearDuplicateIndex[str]") -> None:
        """Remember in this index, and decide with all it holds, from now on.

        Raises:
            ValueError: It has other settings.
        """
        found = (index.threshold, index.shingle_size, index.similarity)
        own = (self.threshold, self.shingle_size, self.similarity)
        if found != own:
            message = f"an index with the settings {found} is none for {own}"
            raise ValueError(message)
        object.__setattr__(self, "_index", index)  # as in ``_memory``

    def measure(self, batch: Sequence[Document], /) -> "Measures":
        """Compute shingle sets and band tags; pure, runs in workers."""
        from textclean.dedup.measures import measure

        return measure([document.text for document in batch], self._bands(), self.shingle_size)

    def measure_columns(self, columns: "Columns", /) -> "Measures":
        """Compute the same of a column of texts."""
        from textclean.dedup.measures import measure_columns

        return measure_columns(columns, self._bands(), self.shingle_size)

    def decide(self, batch: Sequence[Document], measures: "Sequence[Measures]", /) -> list[Outcome]:
        """Drop what repeats a kept document, in order; remember the others.

        Args:
            batch: The documents.
            measures: What ``measure`` gave for them: one object, or one for each document.
        """
        from textclean.dedup.measures import Measures

        if not batch:
            return []
        if not isinstance(measures, Measures):
            measures = Measures.concatenate(measures)
        drops = self.find_drops([document.id for document in batch], measures)
        return [Outcome(document.text, drop=drops.get(n)) for n, document in enumerate(batch)]

    def find_drops(self, ids: Sequence[str], measures: "Measures", /) -> dict[int, Drop]:
        """Decide the same, of documents of which the ids suffice; return the drops by place."""
        return {
            number: Drop(
                "duplicate.earlier-run" if match.restored else "duplicate.near",
                match.id,
                match.similarity,
                match.length,
                match.survivor_length,
            )
            for number, match in self._memory().find_matches(ids, measures).items()
        }

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document, in order."""
        return self.decide(batch, self.measure(batch))

    def shingles_of(self, id_: str, text: str) -> "Hashes | None":
        """Return the shingle hashes of the kept text of this id that is most like a text.

        None where nothing of this id was kept.
        """
        try:
            return self._memory().shingles_of(id_, text)
        except KeyError:
            return None

    def _memory(self) -> "NearDuplicateIndex[str]":
        """Return what was kept so far."""
        if self._index is None:
            from textclean.dedup.index import NearDuplicateIndex

            # the memory is no part of the stage's value, which stays frozen
            index: NearDuplicateIndex[str] = NearDuplicateIndex(
                self.threshold, self.shingle_size, measure=self.similarity
            )
            object.__setattr__(self, "_index", index)
        assert self._index is not None  # noqa: S101 - set above
        return self._index

    def _bands(self) -> "Bands":
        from textclean.dedup.bands import choose_bands

        return choose_bands(self.threshold)
