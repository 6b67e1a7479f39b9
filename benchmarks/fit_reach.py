"""Fit the weights that decide how far up a post reaches, and check them on pages not seen.

    python benchmarks/fit_reach.py DATA_FOLDER [--write]

The lines above each attribution of ``embed_flat`` and of planted ``embed_snippets`` are walked up
as far as they truly are the post's; each step and the first that is not becomes one example.
``--write`` puts the weights into ``tables/embeds_reach.toml``; names and whys stay as they are.
"""

import argparse
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from quality_sections.common import Folder
from quality_sections.embeds_planted import NEIGHBORS, orders

import textclean.stages.embeds.tables
from textclean.stages.embeds import flattened
from textclean.stages.embeds.evidence import Anchor, features
from textclean.stages.embeds.reach import Reach
from textclean.stages.embeds.tables import reach_weights

TABLE = Path(textclean.stages.embeds.tables.__file__).parents[1] / "tables" / "embeds_reach.toml"
#: A real page counts fully, a planted post less: its neighbours are always the same sentences.
_PLANTED = 0.6
_PENALTY = 3.0
#: What a line must have in its favour beyond even odds.
_MARGIN = 1.2
_FOLDS = 5
_ORDERS = ("several_lines", "attribution_below", "attribution_inside", "blank_lines")

Truth = Callable[[Reach, int], tuple[bool, int]]


class Example(NamedTuple):
    """One step: the features that hold, whether the line is the post's, and its length."""

    names: frozenset[str]
    joins: bool
    size: int


class Walk(NamedTuple):
    """The steps above one anchor."""

    fold: int
    weight: float
    steps: list[Example]


def main() -> None:
    """Collect, check by page, and write when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the table")
    options = parser.parse_args()
    walks = [*_real(Folder(options.data)), *_planted(Folder(options.data))]
    counted: Counter[str] = Counter()
    for fold in range(_FOLDS):
        weights = _fit([walk for walk in walks if walk.fold != fold])
        for walk in walks:
            if walk.fold == fold and walk.weight == 1:
                counted.update(_score(walk, weights))
    print(f"{len(walks)} anchors; each real page by weights that had not seen it:")
    print(f"{counted['right']:,} of {counted['all']:,} characters, {counted['wrong']:,} wrongly")
    if options.write:
        _write(_fit(walks))


def _real(folder: Folder) -> Iterator[Walk]:
    for row in folder.rows("embed_flat"):
        text = row["text"]
        if not row["clean"] or not flattened.might_hold(text):
            continue
        inside = bytearray(len(text))
        for start, end in row["embed_spans"]:
            inside[start:end] = b"\1" * (end - start)

        def truth(reach: Reach, number: int, inside: bytearray = inside) -> tuple[bool, int]:
            line = reach.lines[number]
            solid = [n for n in range(line.first, line.last) if not reach.text[n].isspace()]
            return sum(inside[n] for n in solid) * 2 > len(solid), len(solid)

        yield from _walks(text, truth, _fold(row["id"]), 1)


def _planted(folder: Folder) -> Iterator[Walk]:
    for number, row in enumerate(folder.rows("embed_snippets")):
        pairs = NEIGHBORS.get(row["lang"] or "en", NEIGHBORS["en"])
        before, after = pairs[number % len(pairs)]
        for order, post in orders(row):
            thinned = order in {"attribution_below", "blank_lines"} and number % 3
            if order in _ORDERS and not thinned:
                text = f"{before}\n{post}\n{after}"
                yield from _walks(text, _not_first, _fold(row["file"] or ""), _PLANTED)


def _not_first(reach: Reach, number: int) -> tuple[bool, int]:
    line = reach.lines[number]
    return number != 0, line.last - line.first


def _fold(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % _FOLDS


def _walks(text: str, truth: Truth, fold: int, weight: float) -> Iterator[Walk]:
    """Yield what the finder would ask about a text, answered by the labels."""
    found: list[Walk] = []

    class Walker(Reach):
        __slots__ = ()

        def body_from(self, anchor: Anchor, bottom: int, body: str) -> int:
            steps: list[Example] = []
            top = bottom
            for number, step in self.steps(anchor, bottom, body):
                joins, size = truth(self, number)
                steps.append(Example(frozenset(features(step, self.profile)), joins, size))
                if not joins:
                    break
                top = number
            if steps:
                found.append(Walk(fold, weight, steps))
            return top

    flattened.find_cuts(text, Walker)
    yield from found


def _fit(walks: list[Walk]) -> dict[str, float]:
    """Fit a logistic regression by Newton's method; a line counts by its length."""
    names = sorted(reach_weights())
    column = {name: number for number, name in enumerate(names)}
    examples = [(walk.weight, step) for walk in walks for step in walk.steps]
    matrix = np.zeros((len(examples), len(names)))
    for row, (_, step) in enumerate(examples):
        matrix[row, [column[name] for name in step.names]] = 1
    truth = np.array([step.joins for _, step in examples], float)
    share = np.array([weight * (min(step.size, 150) + 40) / 100 for weight, step in examples])
    weights = np.zeros(len(names))
    for _ in range(50):
        odds = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (share * (truth - odds)) - _PENALTY * weights
        curve = (matrix.T * (share * odds * (1 - odds))) @ matrix + _PENALTY * np.eye(len(names))
        weights += np.linalg.solve(curve, slope)
    fitted = dict(zip(names, weights.tolist(), strict=True))
    fitted["always"] -= _MARGIN
    return fitted


def _score(walk: Walk, weights: dict[str, float]) -> Counter[str]:
    counted: Counter[str] = Counter(all=sum(step.size for step in walk.steps if step.joins))
    for step in walk.steps:
        if sum(weights[name] for name in step.names) <= 0:
            break
        counted["right" if step.joins else "wrong"] += step.size
    return counted


def _write(weights: dict[str, float]) -> None:
    text = TABLE.read_text(encoding="utf-8")
    for name, weight in weights.items():
        row = rf'(name = "{re.escape(name)}"\nweight = )\S+'
        text = re.sub(row, lambda match, w=weight: f"{match[1]}{w:.2f}", text)
    TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
