"""The stage: levels in order, until nothing changes any more."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textclean.edits import Edit, apply_edits
from textclean.errors import RecipeError
from textclean.stage import TextStage
from textclean.stages.repetition.compose import compose_edits
from textclean.stages.repetition.exact import exact_edits
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.near import near_edits
from textclean.stages.repetition.phrases import phrase_edits
from textclean.stages.repetition.protect import is_protected
from textclean.stages.repetition.runs import run_edits
from textclean.stages.repetition.triage import repeats_something

#: The levels in the order in which they work: the surest first.
LEVELS: Mapping[str, Callable[[Layout, FactKeeper], Iterator[Edit]]] = {
    "exact": exact_edits,
    "runs": run_edits,
    "near": near_edits,
    "phrase": phrase_edits,
}

#: Rounds after which a text that still changes is left as it came: unchanged is idempotent.
MAXIMUM_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class CollapseRepetition(TextStage):
    """Collapse repeated sentences, runs of a keyword, and what carries a stuffed key phrase.

    Args:
        levels: Any of ``exact``, ``near``, ``runs``, ``phrase``.

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
    }

    levels: tuple[str, ...] = ("exact", "near", "runs", "phrase")

    def __post_init__(self) -> None:
        """Refuse a level that does not exist."""
        for level in self.levels:
            if level not in LEVELS:
                message = f"repetition has no level {level!r}; levels: {', '.join(LEVELS)}"
                raise RecipeError(message)

    def might_change(self, text: str) -> bool:
        """Whether any words recur as a repetition would have them recur."""
        return repeats_something(text)

    def find_edits(self, text: str, language: str | None) -> Iterable[Edit]:
        """Return the edits of all rounds together, or none when they do not come to an end."""
        edits: tuple[Edit, ...] = ()
        now = text
        for _ in range(MAXIMUM_ROUNDS):
            found = self._round(now, language)
            if not found:
                return edits
            edits = compose_edits(text, edits, found)
            now = apply_edits(now, found)
        return ()

    def _round(self, text: str, language: str | None) -> list[Edit]:
        if not repeats_something(text):
            return []
        layout = Layout(text, language)
        if is_protected(layout):
            return []
        keeper = FactKeeper(layout)
        found: list[Edit] = []
        for level, edits_of in LEVELS.items():
            if level in self.levels:
                found += edits_of(layout, keeper)
        return sorted(found)
