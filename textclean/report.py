"""The report of a run: what came in, what went out, and why the rest did not.

No clock and no host: the same input gives the same report.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any, Self

from textclean.diff.visible import visible
from textclean.recipe import Recipe
from textclean.stage import Drop
from textclean.survey import Survey, forget_rare

SCHEMA_VERSION = 2
#: So many duplicates are in a report, the first ones; ``--dropped`` has all.
SHOWN_DUPLICATES = 100
_COLUMNS = 80
#: Characters of a field's name in the summary.
_SHOWN_NAME = 20
#: Stands for a space at which no line is broken; no reason holds it.
_TIE = "\x1f"

#: How a record went, by the family of the reason.
_DROPPED = {"duplicate": "as duplicates", "language": "for their language"}
#: How to see what a headline tells, where no file was written that has it.
_HINTS = {
    "--edits": "`textclean explain` shows how",
    "--dropped": "--dropped FILE keeps them",
    "--bad-records": "--bad-records FILE keeps them",
}


@dataclass(slots=True)
class StageCounts:
    """What one stage did in a run.

    Attributes:
        documents: Documents it touched or dropped.
        characters_removed: Code points its edits took away.
        characters_added: Code points its edits put in.
        reasons: Edits and drops by reason.
        repeated: Documents from which ``repetition`` took a part, by the twentieths, rounded down,
            of their characters that it took.
        phrases: Documents by the key phrase that they are stuffed with.
    """

    documents: int = 0
    characters_removed: int = 0
    characters_added: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    repeated: Counter[int] = field(default_factory=Counter)
    phrases: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: "StageCounts") -> Self:
        self.documents += other.documents
        self.characters_removed += other.characters_removed
        self.characters_added += other.characters_added
        self.reasons.update(other.reasons)
        self.repeated.update(other.repeated)
        self.phrases.update(other.phrases)
        forget_rare(self.phrases)
        return self

    def to_json(self) -> dict[str, Any]:
        """Return the counts as the values of the report's JSON file.

        >>> StageCounts(1, 30, 0, repeated=Counter({3: 1})).to_json()["scores"]
        {'repeated_ratio': {'0.15': 1}, 'key_phrases': {}}
        """
        table: dict[str, Any] = {
            "documents": self.documents,
            "characters_removed": self.characters_removed,
            "characters_added": self.characters_added,
            "reasons": dict(sorted(self.reasons.items())),
        }
        if self.repeated:
            table["scores"] = {
                "repeated_ratio": {
                    f"{n / 20:.2f}": self.repeated[n] for n in sorted(self.repeated)
                },
                "key_phrases": dict(sorted(self.phrases.items())),
            }
        return table

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` gave."""
        scores = table.get("scores", {"repeated_ratio": {}, "key_phrases": {}})
        return cls(
            table["documents"],
            table["characters_removed"],
            table["characters_added"],
            Counter(table["reasons"]),
            Counter({round(float(n) * 20): times for n, times in scores["repeated_ratio"].items()}),
            Counter(scores["key_phrases"]),
        )


@dataclass(slots=True)
class Report:
    """Counts of a run; ``records_in == records_out + dropped + set_aside``.

    Edits of a document that was dropped later are not counted: it is written whole, as it
    came in, to ``--dropped``. ``survey`` is there for a page (``--report x.html``).
    ``has_ids``: some record has an id of its own. It is told where another field than the usual
    one was to hold ids, and is not part of the JSON.
    """

    recipe: dict[str, Any] = field(default_factory=dict)
    records_in: int = 0
    records_out: int = 0
    dropped: int = 0
    set_aside: int = 0
    changed: int = 0
    emptied: int = 0
    has_ids: bool = False
    stages: dict[str, StageCounts] = field(default_factory=dict)
    duplicates: list[dict[str, Any]] = field(default_factory=list)
    survey: Survey | None = None

    def count(self, stage: str, counts: StageCounts) -> None:
        """Add what a stage did."""
        self.stages.setdefault(stage, StageCounts())
        self.stages[stage] += counts

    def __iadd__(self, later: "Report") -> Self:
        """Add what happened to the records that follow."""
        for row in later.duplicates[: SHOWN_DUPLICATES - len(self.duplicates)]:
            self.duplicates.append(row)
        for name in ("records_in", "records_out", "dropped", "set_aside", "changed", "emptied"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        self.has_ids |= later.has_ids
        for stage, counts in later.stages.items():
            self.count(stage, counts)
        return self

    def note_duplicate(self, id_: str, drop: Drop) -> None:
        """Keep what the record that came in last repeats: of the first such records only."""
        if len(self.duplicates) < SHOWN_DUPLICATES:
            row = {
                "record": self.records_in,
                "id": id_,
                "duplicate_of": drop.duplicate_of,
                "similarity": drop.similarity,
                "length": drop.length,
                "survivor_length": drop.survivor_length,
            }
            self.duplicates.append(row)

    def take_up(self, table: Mapping[str, Any]) -> None:
        """Set the counts to those of an earlier report's ``to_json``."""
        records = table["records"]
        self.records_in, self.records_out = records["in"], records["out"]
        self.dropped, self.set_aside = records["dropped"], records["set_aside"]
        self.changed, self.emptied = records["changed"], records["emptied"]
        for name, counts in table["stages"].items():
            self.stages[name] = StageCounts.from_json(counts)
        self.duplicates = list(table["duplicates"])

    def to_json(self) -> dict[str, Any]:
        """Return the report as the values of its JSON file."""
        from textclean.version import __version__

        return {
            "schema_version": SCHEMA_VERSION,
            "textclean": __version__,
            "recipe": self.recipe,
            "records": {
                "in": self.records_in,
                "out": self.records_out,
                "dropped": self.dropped,
                "set_aside": self.set_aside,
                "changed": self.changed,
                "emptied": self.emptied,
            },
            "stages": {name: counts.to_json() for name, counts in self.stages.items()},
            "duplicates": self.duplicates,
        }

    def headline(self) -> str:
        """Return the most surprising thing of the run in a few words.

        >>> Report(records_in=9, records_out=9).headline()
        'nothing to change in 9 records'
        """
        return self._finding()[0]

    def _finding(self) -> tuple[str, str]:
        """Return the headline, and the flag of the file that has it record by record."""
        if not self.changed and not self.dropped and not self.set_aside:
            noun = "record" if self.records_in == 1 else "records"
            return f"nothing to change in {self.records_in:,} {noun}", ""
        if self.emptied * 100 > self.records_out:
            return f"{_share(self.emptied, self.records_out)} of the texts became empty", "--edits"
        if self.set_aside * 100 > self.records_in:
            return f"{_share(self.set_aside, self.records_in)} set aside as broken", "--bad-records"
        if self.dropped * 10 > self.records_in or not self.changed:
            families = self._dropped_by()
            most = max(families, key=families.__getitem__, default="")
            how = f" {_DROPPED[most]}" if 2 * families[most] > self.dropped else ""
            if how and families[most] < self.dropped:
                how = f", most{how}"
            return f"{_share(self.dropped, self.records_in)} dropped{how}", "--dropped"
        return f"{_share(self.changed, self.records_out)} of the texts changed", "--edits"

    def _missing_ids(self) -> list[str]:
        """Return what to say where no record has the field that was to be its id."""
        usual = Recipe().id_field
        name = self.recipe.get("id-field", usual)
        if self.has_ids or name == usual or self.records_in == self.set_aside:
            return []
        shown = name if len(name) <= _SHOWN_NAME else f"{name[:_SHOWN_NAME]}…"
        return [f"  no record has the --id-field '{visible(shown)}': ids are SOURCE:LINE"]

    def _dropped_by(self) -> Counter[str]:
        """Return the drops by the family of their reason."""
        found: Counter[str] = Counter()
        for counts in self.stages.values():
            for reason, number in counts.reasons.items():
                family = reason.partition(".")[0]
                if family in _DROPPED:
                    found[family] += number
        return found

    def summary(self, files: Mapping[str, str] | None = None) -> str:
        """Return the lines printed on stderr at the end of a run, of 80 columns at most.

        Args:
            files: Names of side files by their flags: the headline points to the one that has it
                record by record, or else says how to see that.
        """
        headline, flag = self._finding()
        if flag:
            given = files or {}
            name = given.get(flag) or given.get("--report")
            headline += f": {f'see {name}' if name else _HINTS[flag]}"
        counts = (
            f"{self.records_in:,} in = {self.records_out:,} out + {self.dropped:,} dropped"
            f" + {self.set_aside:,} set aside"
        )
        changes = f"({self.changed:,} changed, {self.emptied:,} emptied)"
        lines = [headline, f"  {counts}  {changes}"]
        if len(lines[-1]) > _COLUMNS:
            lines[1:] = [f"  {counts}", f"  {changes}"]
        lines += self._missing_ids()
        for name, found in self.stages.items():
            if found.documents:
                ordered = sorted(found.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
                # a count is not parted from its reason
                reasons = ", ".join(f"{r.partition('.')[2]}{_TIE}{n:,}" for r, n in ordered)
                noun = "text" if found.documents == 1 else "texts"
                start = f"  {name:<10} {found.documents:>9,} {noun:<5}  "
                lines += wrap(
                    reasons,
                    _COLUMNS,
                    initial_indent=start,
                    subsequent_indent=" " * len(start),
                    break_on_hyphens=False,
                )
        return "\n".join(lines).replace(_TIE, " ")


def _share(part: int, whole: int) -> str:
    """Return a share in percent, with as many digits as tell something.

    >>> _share(41, 100), _share(1, 300), _share(1, 10_000_000)
    ('41 %', '0.3 %', 'under 0.1 %')
    """
    if part * 10 >= whole:
        return f"{100 * part / whole:.0f} %"
    return f"{100 * part / whole:.1f} %" if part * 1_000 >= whole else "under 0.1 %"
