"""How ``explain`` shows records: as text, as one HTML page, as JSON Lines."""

import json
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from textclean.diff.comparison import Comparison
from textclean.diff.page import DIFF_STYLE, html_from_trace, page
from textclean.diff.terminal import render_trace
from textclean.diff.visible import visible_name
from textclean.edits import Edit, apply_edits
from textclean.elements import Html, element
from textclean.io.json_records import build_record
from textclean.pipeline import Result

_PAGE_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68em; margin: 1.5em auto; padding: 0 1em; }
h2 { font-size: 1.15em; overflow-wrap: anywhere; }
dt { font-family: ui-monospace, monospace; font-size: .9em; }
"""


@dataclass(frozen=True, slots=True)
class Explained:
    """A record that is shown.

    Attributes:
        record: Its position in the input, from 1.
        id: Its id.
        result: What the pipeline did to it.
        comparison: With the text that it repeats.
    """

    record: int
    id: str
    result: Result
    comparison: Comparison | None


class View(Protocol):
    """Writes what is shown to stdout, as it comes."""

    def begin(self) -> None:
        """Write what stands before the records."""

    def show(self, explained: Explained) -> None:
        """Write one record."""

    def end(self, shown: int, seen: int | None) -> None:
        """Write what stands after them; ``seen`` is None when not all were looked at."""


@dataclass(slots=True)
class TextView:
    """A diff for a terminal."""

    stages: Sequence[str]
    explanations: Mapping[str, str]
    color: bool
    columns: int
    _met: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Nothing stands before the records."""

    def show(self, explained: Explained) -> None:
        """Print a record's diff."""
        result = explained.result
        self._met |= set(_reasons(result, self.stages))
        diff = render_trace(
            result.original.text,
            result.trace,
            color=self.color,
            columns=self.columns,
            stages=self.stages,
            comparison=explained.comparison,
        )
        _print(f"== {visible_name(explained.id)} (record {explained.record:,})\n{diff}\n")

    def end(self, shown: int, seen: int | None) -> None:
        """Print what the reasons mean, and the count."""
        if self._met:
            _print("Reasons:")
        for reason in sorted(self._met):
            sentence = f"{reason}: {self.explanations.get(reason, '')}"
            _print(
                textwrap.fill(sentence, self.columns, initial_indent="  ", subsequent_indent="    ")
            )
        _print(_summary(shown, seen))


@dataclass(slots=True)
class HtmlView:
    """One page that loads nothing."""

    stages: Sequence[str]
    explanations: Mapping[str, str]
    _met: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Write the head of the page."""
        whole = page(
            "textclean explain", _PAGE_STYLE + DIFF_STYLE, element("h1", "What would change")
        )
        _print(whole.removesuffix("</body></html>"))

    def show(self, explained: Explained) -> None:
        """Write a record as a section."""
        result = explained.result
        self._met |= set(_reasons(result, self.stages))
        diff = html_from_trace(
            result.original.text,
            result.trace,
            self.explanations,
            stages=self.stages,
            comparison=explained.comparison,
        )
        heading = element("h2", f"{visible_name(explained.id)} (record {explained.record:,})")
        _print(element("section", heading, diff))

    def end(self, shown: int, seen: int | None) -> None:
        """Write what the reasons mean, and the count."""
        rows: list[Html] = []
        for reason in sorted(self._met):
            rows += (element("dt", reason), element("dd", self.explanations.get(reason, "")))
        if rows:
            _print(element("section", element("h2", "Reasons"), element("dl", rows)))
        _print(element("p", _summary(shown, seen)))
        _print("</body></html>")


@dataclass(slots=True)
class JsonView:
    """JSON Lines: a record a line."""

    stages: Sequence[str]

    def begin(self) -> None:
        """Nothing stands before the records."""

    def show(self, explained: Explained) -> None:
        """Write a record."""
        row = {
            "record": explained.record,
            "id": explained.id,
            "steps": list(_steps(explained, self.stages)),
        }
        _print(_escaped(build_record(row).decode()))

    def end(self, shown: int, seen: int | None) -> None:
        """Nothing stands after them."""


def _steps(explained: Explained, stages: Sequence[str]) -> Iterator[dict[str, Any]]:
    text = explained.result.original.text
    for step in explained.result.trace:
        if not stages or step.stage in stages:
            edits = list(_edits(text, step.edits))
            row: dict[str, Any] = {"stage": step.stage, "pass": step.run, "edits": edits}
            if step.drop is not None:
                row["drop"] = {
                    "reason": step.drop.reason,
                    "duplicate_of": step.drop.duplicate_of,
                    "similarity": step.drop.similarity,
                    **_passages(explained.comparison),
                }
            yield row
        text = apply_edits(text, step.edits)


def _edits(text: str, edits: Sequence[Edit]) -> Iterator[dict[str, Any]]:
    line = 1
    counted = 0
    for edit in edits:
        line += text.count("\n", counted, edit.start)
        counted = edit.start
        yield {
            "line": line,
            "start": edit.start,
            "end": edit.end,
            "before": text[edit.start : edit.end],
            "after": edit.replacement,
            "reason": edit.reason,
        }


def _passages(comparison: Comparison | None) -> dict[str, Any]:
    """Return what a dropped text shares; spans are code points of the texts beside them."""
    if comparison is None:
        return {}
    survivor = comparison.survivor
    return {
        "shared_shingles": comparison.shared[0],
        "shingles": comparison.shared[1],
        "text": comparison.dropped.text,
        "shared": list(map(list, comparison.dropped.passages)),
        "survivor_text": None if survivor is None else survivor.text,
        "survivor_shared": None if survivor is None else list(map(list, survivor.passages)),
    }


def _reasons(result: Result, stages: Sequence[str]) -> Iterator[str]:
    for step in result.trace:
        if not stages or step.stage in stages:
            yield from (edit.reason for edit in step.edits)
            if step.drop is not None:
                yield step.drop.reason


def _escaped(row: str) -> str:
    """Return JSON in which what a terminal could obey is written as an escape."""
    if row.isprintable():
        return row
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in row)


def _summary(shown: int, seen: int | None) -> str:
    if seen is None:
        return f"the first {shown:,}; there may be more (--limit)"
    return f"{shown:,} of {seen:,} records shown"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
