"""The words all measures share: data sets, figures, and textclean as a function on texts."""

import gzip
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import textclean

#: What a better figure looks like; ``none``: the figure informs and is not held to a floor.
Goal = Literal["higher", "lower", "none"]
Row = dict[str, Any]

_SEED = 20261123


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        name: Unique within its measure.
        value: A share unless the name says otherwise.
        total: What the share is of: documents, characters, lines.
        goal: What better means.
    """

    name: str
    value: float
    total: int
    goal: Goal = "higher"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its name, the sets it needs, and the function."""

    name: str
    needs: tuple[str, ...]
    figures: Callable[["Folder"], Iterator[Figure]]


@dataclass(frozen=True)
class Folder:
    """A folder of labelled sets, each ``NAME.jsonl.gz`` or ``NAME.jsonl``.

    Attributes:
        path: The folder.
        sample: At most so many rows of each set, drawn with a fixed seed; None: all.
    """

    path: Path
    sample: int | None = None

    def file(self, name: str) -> Path | None:
        """Return the file of a set, or None when the folder has none."""
        for ending in (".jsonl.gz", ".jsonl"):
            if (path := self.path / f"{name}{ending}").is_file():
                return path
        return None

    def absent(self, measure: Measure) -> list[str]:
        """Return the sets a measure needs and this folder does not have."""
        return [name for name in measure.needs if self.file(name) is None]

    def rows(self, name: str, at_most: int | None = None) -> list[Row]:
        """Return the rows of a set in their order, or a sample of them."""
        path = self.file(name)
        if path is None:
            raise FileNotFoundError(name)
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        sizes = [size for size in (self.sample, at_most) if size is not None]
        if not sizes or min(sizes) >= len(rows):
            return rows
        chosen = random.Random(_SEED).sample(range(len(rows)), min(sizes))  # noqa: S311 - no secret
        return [rows[number] for number in sorted(chosen)]

    @cached_property
    def digests(self) -> dict[str, str]:
        """Tell the sets of this folder apart from others of the same name."""
        return {
            path.name.split(".jsonl")[0]: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
            for path in sorted(self.path.glob("*.jsonl*"))
        }


def cleaner(*stages: str) -> Callable[[str], str]:
    """Return ``textclean.clean`` with these stages only; without any: the default recipe."""
    recipe = textclean.Recipe(stages=stages) if stages else textclean.Recipe()

    def clean(text: str) -> str:
        return textclean.clean(text, recipe)

    return clean


def share(part: float, whole: float) -> float:
    """Return a share; of nothing, nothing is wrong: 1 would praise, so it is NaN."""
    return part / whole if whole else float("nan")


def spaced(text: str) -> str:
    """Return the text with NO-BREAK SPACE as a plain space."""
    return text.replace("\xa0", " ")


def without_space(text: str) -> str:
    """Return the text without any white space."""
    return re.sub(r"\s+", "", text)


def count_solid(text: str) -> int:
    """Count the characters that are no white space."""
    return len(without_space(text))
