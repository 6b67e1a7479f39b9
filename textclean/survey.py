"""What a report page shows beyond counts: distributions, and samples of changes and drops.

Plain values: they are gathered by the engine and drawn by ``pages``. The same input gives the same
values, whatever the number of workers.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from textclean.diff.comparison import Comparison
from textclean.diff.hunks import Hunk
from textclean.stage import Drop

#: Key phrases told apart; above it, those met only once are forgotten.
_MAXIMUM_PHRASES = 4_096
#: Survivors whose drops are counted; later ones are left out, and the page says so.
MAXIMUM_CLUSTERS = 100_000

#: Counters whose keys are numbers; JSON makes strings of them.
_COUNTED_BY_NUMBER = frozenset({"before", "after", "similarities", "repeated", "clusters"})


def forget_rare(phrases: Counter[str]) -> None:
    """Forget the key phrases that were met only once, when there are too many."""
    if len(phrases) > _MAXIMUM_PHRASES:
        for phrase in [each for each, times in phrases.items() if times == 1]:
            del phrases[phrase]


@dataclass(frozen=True, slots=True)
class Look:
    """What is measured of one document.

    Attributes:
        before: Code points of its text.
        after: Code points of the cleaned text.
        language: Its language, if that was told.
        phrase: The key phrase that it is stuffed with; empty without one, or not looked for.
        repeated: Share of its words in sentences that stood before; None: not measured.
        reasons: For each reason: how many code points its edits took away and put in.
    """

    before: int
    after: int
    language: str | None = None
    phrase: str = ""
    repeated: float | None = None
    reasons: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Distributions:
    """Counts over all records of a run; merging two of them adds.

    Attributes:
        characters_in: Code points of all documents; ``characters_dropped``: of those dropped;
            ``characters_out``: of the kept ones, cleaned.
        before: Kept documents by the power of two that their length reaches.
        after: The same, cleaned.
        similarities: Drops by similarity in steps of a fiftieth, rounded down.
        languages: Documents by language.
        repeated: Documents by share of repeated words, in steps of a twentieth, rounded down.
        phrases: Documents by key phrase.
        documents: Kept documents by reason; ``removed`` and ``added``: code points by reason.
        drops: Drops by stage.
        clusters: Drops by a number that stands for their survivor.
    """

    characters_in: int = 0
    characters_dropped: int = 0
    characters_out: int = 0
    before: Counter[int] = field(default_factory=Counter)
    after: Counter[int] = field(default_factory=Counter)
    similarities: Counter[int] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    repeated: Counter[int] = field(default_factory=Counter)
    phrases: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    drops: Counter[str] = field(default_factory=Counter)
    clusters: Counter[int] = field(default_factory=Counter)

    def add(self, look: Look, drop: Drop | None, stage: str, survivor: int) -> None:
        """Count a document.

        Args:
            look: What was measured.
            drop: Why it went; None when it stays.
            stage: The stage that dropped it.
            survivor: A number that stands for the id of the document it repeats.
        """
        self.characters_in += look.before
        if look.language is not None:
            self.languages[look.language] += 1
        if look.repeated is not None:
            self.repeated[int(look.repeated * 20)] += 1
        if drop is not None:
            self.characters_dropped += look.before
            self.drops[stage] += 1
            if drop.similarity is not None:
                self.similarities[int(drop.similarity * 50 + 1e-9)] += 1
            known = survivor in self.clusters or len(self.clusters) < MAXIMUM_CLUSTERS
            if drop.duplicate_of is not None and known:
                self.clusters[survivor] += 1
            return
        self.characters_out += look.after
        for reason, (removed, added) in look.reasons.items():
            self.documents[reason] += 1
            self.removed[reason] += removed
            self.added[reason] += added
        self.before[look.before.bit_length()] += 1
        self.after[look.after.bit_length()] += 1
        if look.phrase:
            self.phrases[look.phrase] += 1
            forget_rare(self.phrases)

    def merge(self, later: "Distributions") -> None:
        """Add the counts of the records that follow."""
        for name in self.__dataclass_fields__:
            value = getattr(later, name)
            if name == "clusters":
                for survivor, count in value.items():
                    if survivor in self.clusters or len(self.clusters) < MAXIMUM_CLUSTERS:
                        self.clusters[survivor] += count
            elif isinstance(value, Counter):
                getattr(self, name).update(value)
            else:
                setattr(self, name, getattr(self, name) + value)
        forget_rare(self.phrases)

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON values; keys of counters become strings."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> "Distributions":
        """Return what ``to_json`` gave."""
        made = cls()
        for name in cls.__dataclass_fields__:
            value = table[name]
            if isinstance(value, dict):
                is_number = name in _COUNTED_BY_NUMBER
                value = Counter({int(key) if is_number else key: n for key, n in value.items()})
            setattr(made, name, value)
        return made


@dataclass(frozen=True, slots=True)
class Sample:
    """One record that the page shows for one reason.

    Attributes:
        stage: The stage at work.
        reason: The reason it is shown for.
        record: Its position in the input, from 1.
        id: Its id.
        hunks: Changes of this reason; none for a drop.
        more: Changes of this reason that are not shown.
        drop: Why it went.
        comparison: With its survivor.
        text: The beginning of a text that was dropped without a survivor.
    """

    stage: str
    reason: str
    record: int
    id: str
    hunks: tuple[Hunk, ...] = ()
    more: int = 0
    drop: Drop | None = None
    comparison: Comparison | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """All that a page shows beyond the report's counts.

    Attributes:
        distributions: Over all records.
        samples: By stage and reason, in the order of the input.
        explanations: A sentence for each reason.
    """

    distributions: Distributions
    samples: tuple[Sample, ...]
    explanations: Mapping[str, str]
