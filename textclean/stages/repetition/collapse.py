"""The stage: levels in order, until nothing changes any more."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textclean.document import Document
from textclean.edits import Edit, apply_edits, compose_edits, settled
from textclean.errors import RecipeError
from textclean.stage import Drop, Outcome, TextStage
from textclean.stages.repetition.clauses import phrase_edits
from textclean.stages.repetition.exact import exact_edits
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.near import near_edits
from textclean.stages.repetition.protect import is_protected
from textclean.stages.repetition.runs import run_edits
from textclean.stages.repetition.score import RepetitionScore, score_of
from textclean.stages.repetition.sections import LARGEST_WHOLE, settle_sections
from textclean.stages.repetition.spans import without_blank_ends
from textclean.stages.repetition.triage import FLAGS, cheap_flags, column_flags, level_flags

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes, Flags
    from textclean.kernels.columns import Columns

#: The levels in the order in which they work: the surest first.
LEVELS: Mapping[str, Callable[[Layout, FactKeeper], Iterator[Edit]]] = {
    "exact": exact_edits,
    "runs": run_edits,
    "near": near_edits,
    "phrase": phrase_edits,
}

#: Rounds after which a text that still changes is left as it came: unchanged is idempotent.
MAXIMUM_ROUNDS = 12

#: Characters of the texts that go through their rounds together, about.
TOGETHER = 1_000_000


@dataclass(frozen=True, slots=True)
class CollapseRepetition(TextStage):
    """Collapse repeated sentences, runs of a keyword, and what carries a stuffed key phrase.

    Args:
        levels: Any of ``exact``, ``near``, ``runs``, ``phrase``.
        drop_above: A text whose ``RepetitionScore.value`` is above this leaves the stream, and is
            not collapsed; none is above 1.

    Raises:
        RecipeError: No such level, or ``drop_above`` is outside [0, 1].

    >>> from textclean.document import Document
    >>> text = ("The harbor opened a new pier. Watch the live stream here. Boats came in. "
    ...         "Watch the live stream here. The mayor spoke.")
    >>> CollapseRepetition().process([Document("a", text)])[0].text
    'The harbor opened a new pier. Watch the live stream here. Boats came in. The mayor spoke.'
    """

    name: ClassVar[str] = "repetition"
    reasons: ClassVar[Mapping[str, str]] = {
        "repetition.paragraph": "Several lines that stand together stood before, word for word.",
        "repetition.line": "The line stood before, word for word.",
        "repetition.sentence": "The sentence stood before, word for word.",
        "repetition.near": "Another sentence says the same in nearly the same words, or more.",
        "repetition.run": "A list, chain or rhythm of one keyword; its first item stays.",
        "repetition.clause": "A subordinate clause that carries only the stuffed key phrase.",
        "repetition.phrase": "A sentence built around the stuffed key phrase that states nothing.",
        "repetition.stuffed": "More of the text is repetition than --drop-stuffed-above allows.",
    }

    levels: tuple[str, ...] = ("exact", "near", "runs", "phrase")
    drop_above: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a level that does not exist, and a share that is none."""
        for level in self.levels:
            if level not in LEVELS:
                message = f"repetition has no level {level!r}; levels: {', '.join(LEVELS)}"
                raise RecipeError(message)
        if not 0 <= self.drop_above <= 1:
            message = f"drop-stuffed-above must be at least 0 and at most 1, not {self.drop_above}"
            raise RecipeError(message)

    def might_change(self, text: str) -> bool:
        """Whether any words recur as one of the levels would have them recur."""
        return bool(level_flags([text])[0] & self._own_flags())

    def triage(self, columns: "Columns", /) -> "Flags":
        """Tell in which texts of a column words recur so."""
        found: Flags = column_flags(columns.flat) & self._own_flags() != 0
        return found

    def flags(self, columns: "Columns", languages: Sequence[str | None], /) -> "Bytes":
        """Tell which levels' words recur so in each text of a column, in such languages."""
        import numpy as np

        return column_flags(columns.flat, languages) & np.uint8(self._own_flags())

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document; one compiled pass tells which are looked at."""
        texts = [document.text for document in batch]
        flags = cheap_flags(texts, [document.language for document in batch])
        return self.process_flagged(batch, flags)

    def process_flagged(self, batch: Sequence[Document], flags: Sequence[int], /) -> list[Outcome]:
        """Return the same, from the flags of each document's text."""
        own = self._own_flags()
        texts = [
            _Settling(document.text, document.language, flag & own)
            for document, flag in zip(batch, flags, strict=True)
        ]
        long = [each for each in texts if len(each.text) > LARGEST_WHOLE]
        for group in _groups([each for each in texts if each.flags and each not in long]):
            self._settle(group)
        for each in long:  # whose sections have flags of their own
            each.now, each.edits = self._settle_long(each.text, each.language)
        return [
            self._outcome_of(document, each.now, each.edits, flag & own)
            for document, each, flag in zip(batch, texts, flags, strict=True)
        ]

    def process_untriaged(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document; every level looks at every text, in every round."""
        outcomes: list[Outcome] = []
        own = self._own_flags()
        for document in batch:
            if len(document.text) > LARGEST_WHOLE:
                edits_of = partial(_edits_untriaged, language=document.language, flags=own)
                now, edits = settle_sections(document.text, edits_of, MAXIMUM_ROUNDS)
            else:
                edits = _edits_untriaged(document.text, document.language, own)
                now = apply_edits(document.text, edits)
            outcomes.append(self._outcome_of(document, now, edits, own))
        return outcomes

    def _outcome_of(
        self, document: Document, now: str, edits: tuple[Edit, ...], flags: int
    ) -> Outcome:
        text = document.text
        if self.drop_above < 1 and (flags or edits):
            score = score_of(text, document.language, edits, flags)
            if score.value > self.drop_above:
                return Outcome(text, drop=Drop("repetition.stuffed"))
        return Outcome(now, edits) if edits else Outcome(text)

    def find_edits(self, text: str, language: str | None) -> Iterable[Edit]:
        """Return the edits of all rounds together, or none when they do not come to an end."""
        return self.process([Document("", text, language)])[0].edits

    def _own_flags(self) -> int:
        return sum({FLAGS[level] for level in self.levels})

    def _settle(self, texts: "Sequence[_Settling]") -> None:
        """Take some texts through their rounds, all of them through one before the next."""
        own = self._own_flags()
        for number in range(MAXIMUM_ROUNDS):
            if number:
                flags = cheap_flags([each.now for each in texts], [each.language for each in texts])
                for each, flag in zip(texts, flags, strict=True):
                    each.flags = flag & own
            texts = [each for each in texts if each.is_changed()]
            if not texts:
                return
        for each in texts:
            each.now, each.edits = each.text, ()

    def _settle_long(self, text: str, language: str | None) -> tuple[str, tuple[Edit, ...]]:
        """Take a text through the rounds of its sections, one after the other."""
        own = self._own_flags()

        def edits_of(section: str) -> tuple[Edit, ...]:
            each = _Settling(section, language, cheap_flags([section], [language])[0] & own)
            if each.flags:
                self._settle([each])
            return each.edits

        return settle_sections(text, edits_of, MAXIMUM_ROUNDS)


@dataclass(slots=True)
class _Settling:
    """A text between two rounds.

    Args:
        text: As it came.
        language: As its document says.
        flags: Of the levels that may change it now.

    Attributes:
        now: The text after the rounds so far.
        edits: What led to it.
    """

    text: str
    language: str | None
    flags: int
    now: str = field(init=False)
    edits: tuple[Edit, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        """Begin with the text."""
        self.now = self.text

    def is_changed(self) -> bool:
        """Whether another round changes it."""
        found = _one_round(self.now, self.language, self.flags)
        if found:
            self.edits = compose_edits(self.text, self.edits, found)
            self.now = apply_edits(self.now, found)
        return bool(found)


def _groups(texts: Iterable[_Settling]) -> Iterator[list[_Settling]]:
    """Yield the texts in groups of about so many characters together."""
    group: list[_Settling] = []
    size = 0
    for each in texts:
        group.append(each)
        size += len(each.text)
        if size >= TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


def _edits_untriaged(text: str, language: str | None, flags: int) -> tuple[Edit, ...]:
    """Return the edits of all rounds together, in each of which the same levels look."""

    def find(now: str) -> list[Edit]:
        return _one_round(now, language, flags)

    return settled(text, find, MAXIMUM_ROUNDS)[1]


def _one_round(text: str, language: str | None, flags: int) -> list[Edit]:
    """Return what the flagged levels find in a text, in order of position."""
    if not flags:
        return []
    layout = Layout(text, language)
    if is_protected(layout):
        return []
    keeper = FactKeeper(layout)
    found: list[Edit] = []
    for level, edits_of in LEVELS.items():
        if flags & FLAGS[level]:
            found += edits_of(layout, keeper)
    return list(without_blank_ends(text, sorted(found)))


def repetition_score(text: str, language: str | None = None) -> RepetitionScore:
    """Measure how repetitive a text is.

    >>> round(repetition_score("Rain fell on the old pier. Boats came in. " * 3, "en").value, 2)
    0.43
    """
    edits = CollapseRepetition().process([Document("", text, language)])[0].edits
    return score_of(text, language, edits, cheap_flags([text], [language])[0])
