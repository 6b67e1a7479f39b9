"""What a stage is: the contracts between the stages and whoever runs them.

A stage is a pure, picklable value: a batch of documents in, one outcome each out, in the same
order. No stage is defined here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar, runtime_checkable

from textclean.document import Document
from textclean.edits import Edit, apply_edits

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes, Flags
    from textclean.kernels.columns import Columns

MeasureT = TypeVar("MeasureT")


@dataclass(frozen=True, slots=True)
class Drop:
    """Why a document leaves the stream.

    Attributes:
        reason: Registered code, e.g. ``"duplicate.near"``.
        duplicate_of: Id of the survivor it repeats.
        similarity: Verified, not estimated.
        length: Code points of the document; like the next, no part of the reason's value.
        survivor_length: Code points of the survivor.
    """

    reason: str
    duplicate_of: str | None = None
    similarity: float | None = None
    length: int | None = field(default=None, compare=False, repr=False)
    survivor_length: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one stage did to one document; ``language`` None means unchanged."""

    text: str
    edits: tuple[Edit, ...] = ()
    drop: Drop | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The trace of one stage on one document.

    Attributes:
        stage: The stage's short name.
        run: Which occurrence of that stage in the pipeline this is, from 1.
        edits: Relative to the text this step was given.
        drop: Set when the document left the stream here.
    """

    stage: str
    run: int = 1
    edits: tuple[Edit, ...] = ()
    drop: Drop | None = None


def replay(text: str, trace: Sequence[Step]) -> str:
    """Return what a trace makes of the text it was recorded on.

    >>> replay("a  b", [Step("squeeze", edits=(Edit(1, 3, " ", "squeeze.spaces"),))])
    'a b'
    """
    for step in trace:
        text = apply_edits(text, step.edits)
    return text


class Stage(Protocol):
    """One step of a pipeline."""

    @property
    def name(self) -> str:
        """Short name: the flag, the ledger and the report use it."""

    @property
    def languages(self) -> frozenset[str] | None:
        """Languages it may see; None: language-neutral."""

    @property
    def reasons(self) -> Mapping[str, str]:
        """Every reason it may give, with a sentence that explains it."""

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document, in order."""


@runtime_checkable
class OrderedStage(Stage, Protocol[MeasureT]):
    """A stage that must see every document once, in order: de-duplication."""

    def measure(self, batch: Sequence[Document], /) -> Sequence[MeasureT]:
        """Compute what a decision needs; pure, runs in workers."""

    def decide(self, batch: Sequence[Document], measures: Sequence[MeasureT], /) -> list[Outcome]:
        """Decide in order, in one process; remembers what it kept."""

    def fresh(self) -> Self:
        """Return the same stage with an empty memory."""


@runtime_checkable
class ColumnStage(Stage, Protocol):
    """A stage that tells from a column of texts at once which of them it could change."""

    def triage(self, columns: "Columns", /) -> "Flags":
        """Return for each text False only when ``process`` would do nothing to it."""


@runtime_checkable
class LevelStage(ColumnStage, Protocol):
    """A column stage of levels, whose triage says which of them could change a text."""

    def flags(self, columns: "Columns", languages: Sequence[str | None], /) -> "Bytes":
        """Return for each text, whose document says its language or None, the bits of such levels.

        0 wherever ``triage``, which knows no languages, says False.
        """

    def process_flagged(self, batch: Sequence[Document], flags: Sequence[int], /) -> list[Outcome]:
        """Return what ``process`` does, from the flags of each text."""


@runtime_checkable
class OrderedColumnStage(OrderedStage[MeasureT], Protocol[MeasureT]):
    """An ordered stage that needs no document objects."""

    def measure_columns(self, columns: "Columns", /) -> Sequence[MeasureT]:
        """Compute the same as ``measure``."""

    def find_drops(self, ids: Sequence[str], measures: Any, /) -> dict[int, Drop]:
        """Decide as ``decide`` does; return the drops by their places among the ids."""


class TextStage:
    """Base for the common case: one pure function from a text to its edits.

    A concrete stage is a frozen dataclass of its settings with ``name``, ``reasons``,
    ``might_change`` and ``find_edits``.
    """

    __slots__ = ()

    name: ClassVar[str]
    languages: ClassVar[frozenset[str] | None] = None
    reasons: ClassVar[Mapping[str, str]]

    def might_change(self, text: str) -> bool:  # noqa: ARG002 - the base flags everything
        """Triage: False only when ``find_edits`` would find nothing. Cheap."""
        return True

    def find_edits(self, text: str, language: str | None) -> Iterable[Edit]:
        """Return the edits of this text, sorted and disjoint, whatever triage says of it."""
        raise NotImplementedError

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document; an untouched text is never rebuilt."""
        return [self._outcome(document) for document in batch]

    def process_untriaged(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return what ``process`` does, without triage: every text meets every rule. Slow."""
        return [self._careful_outcome(document) for document in batch]

    def _outcome(self, document: Document) -> Outcome:
        if not self.might_change(document.text):
            return Outcome(document.text)
        return self._careful_outcome(document)

    def _careful_outcome(self, document: Document) -> Outcome:
        text = document.text
        edits = tuple(self.find_edits(text, document.language))
        return Outcome(apply_edits(text, edits), edits) if edits else Outcome(text)
