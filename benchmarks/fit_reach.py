"""Fit the weights that decide how far up a post reaches, and check them on pages not seen.

    python benchmarks/fit_reach.py DATA_FOLDER [--write]

Each attribution of ``embed_flat`` and of planted ``embed_snippets`` is one example: all lines above
it that its post could begin at, and the one where it truly does. How its lines are written is told
by weights of ``fit_style.py`` that have not seen its author or page. ``--write`` puts the weights
into ``tables/embeds_reach.toml``; names, whys and certainty stay as they are.
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from fit_style import FOLDS, Folds, held_out_tables
from quality_sections import embeds_articles
from quality_sections.common import Folder
from quality_sections.embeds_planted import NEIGHBORS, orders

import textclean.stages.embeds.tables
from textclean.stages.embeds import flattened
from textclean.stages.embeds.choice import decide
from textclean.stages.embeds.evidence import Step, features
from textclean.stages.embeds.opening import Opening, opening_features
from textclean.stages.embeds.reach import Reach
from textclean.stages.embeds.style import mean_style
from textclean.stages.embeds.tables import reach_certainty, reach_weights

TABLE = Path(textclean.stages.embeds.tables.__file__).parents[1] / "tables" / "embeds_reach.toml"
#: A real page counts fully, a planted post less: its neighbours are always the same sentences.
_PLANTED = 0.6
#: Posts in articles in all layouts: many, of the same few pages.
_IN_ARTICLES = 0.2
_THINNED = 3
_PENALTY = 0.5
_CERTAINTIES = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9)
_ORDERS = ("several_lines", "attribution_below", "attribution_inside", "blank_lines")

Floats = npt.NDArray[np.float64]
Truth = Callable[[Reach, int], tuple[bool, int]]


class Walk(NamedTuple):
    """The beginnings that one post could have.

    Attributes:
        fold: Which fifth of the pages it is of.
        weight: How much it counts.
        names: The features of each beginning, those of all lines it takes along included.
        sizes: The characters of each line, from the body upwards.
        joins: Whether each line is truly the post's.
        truth: Which beginning is the right one.
        styles: How each line is written, in log odds.
        caption: Whether it is one of Instagram's.
    """

    fold: int
    weight: float
    names: list[Counter[str]]
    sizes: list[int]
    joins: list[bool]
    truth: int
    styles: Sequence[float] = ()
    caption: bool = False


def main() -> None:
    """Collect, check by page, and write when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the table")
    options = parser.parse_args()
    folder = Folder(options.data)
    walks = list(_Collector(folder).all())
    names = sorted(reach_weights())
    sample = Sample(walks, names)
    scores = sample.held_out_scores()
    print(f"{len(walks)} anchors; each real page by weights that had not seen it:")
    usual = reach_certainty().usual
    for certainty in sorted({*_CERTAINTIES, usual}):
        counted: Counter[str] = Counter()
        for start, walk in zip(sample.starts, walks, strict=False):
            if walk.weight == 1:
                own = scores[start : start + len(walk.names)].tolist()
                counted.update(_score(walk, own, certainty))
        print(
            f"certainty {certainty:.2f}: {counted['right']:,} of {counted['all']:,} characters, "
            f"{counted['wrong']:,} wrongly; {counted['lines']:,} lines, "
            f"{counted['wrong_lines']:,} wrongly"
        )
    harmed = Counter[bool]()
    for start, walk in zip(sample.starts, walks, strict=False):
        if walk.weight == _IN_ARTICLES:
            own = scores[start : start + len(walk.names)].tolist()
            harmed[_decided(walk, own, usual) > walk.truth] += 1
    print(f"in articles: {harmed[True]:,} of {harmed.total():,} reach too far")
    if options.write:
        fitted = sample.fit(np.ones(len(walks)))
        write_weights(TABLE, dict(zip(names, fitted.tolist(), strict=True)))


class _Collector:
    """The walks of posts on real pages, between two sentences, and in articles."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.rows = folder.rows("embed_snippets")
        self.folds = Folds(self.rows)
        self.styles = held_out_tables(folder)

    def all(self) -> Iterator[Walk]:
        """Yield all walks."""
        yield from self._real()
        yield from self._planted()
        yield from self._in_articles()

    def _real(self) -> Iterator[Walk]:
        for row in self.folder.rows("embed_flat"):
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

            yield from self._walks(text, truth, row["id"], 1)

    def _planted(self) -> Iterator[Walk]:
        for number, row in enumerate(self.rows):
            pairs = NEIGHBORS.get(row["lang"] or "en", NEIGHBORS["en"])
            before, after = pairs[number % len(pairs)]
            for order, post in orders(row):
                thinned = order in {"attribution_below", "blank_lines"} and number % 3
                if order in _ORDERS and not thinned:
                    text = f"{before}\n{post}\n{after}"
                    yield from self._walks(text, _not_first, row["file"] or "", _PLANTED)

    def _in_articles(self) -> Iterator[Walk]:
        for number, (text, _, before, after) in enumerate(embeds_articles.planted(self.folder)):
            if number % _THINNED:
                continue
            first, last = len(before), len(text) - len(after)

            def truth(
                reach: Reach, line: int, first: int = first, last: int = last
            ) -> tuple[bool, int]:
                found = reach.lines[line]
                return first <= found.first < last, found.last - found.first

            yield from self._walks(text, truth, text[first:last], _IN_ARTICLES)

    def _walks(self, text: str, truth: Truth, page: str, weight: float) -> Iterator[Walk]:
        """Yield what the finder would ask about a text, answered by the labels."""
        found: list[Walk] = []
        folds, styles = self.folds, self.styles

        class Walker(Reach):
            __slots__ = ()

            def choose(self, steps: list[Step], openings: list[Opening]) -> int:
                truths = [truth(self, opening.line) for opening in openings[1:]]
                joins = [joins for joins, _ in truths]
                right = joins.index(False) if False in joins else len(joins)
                fold = folds.of(page, openings[0].author)
                taken: Counter[str] = Counter()
                names = [Counter(opening_features(openings[0]))]
                for step, opening in zip(steps, openings[1:], strict=True):
                    taken.update(features(step, self.profile))
                    names.append(taken + Counter(opening_features(opening)))
                sizes = [size for _, size in truths]
                own = [mean_style(step.upper, styles[fold]) for step in steps]
                caption = steps[0].anchor.kind == "caption"
                found.append(Walk(fold, weight, names, sizes, joins, right, own, caption))
                return right

        flattened.find_cuts(text, Walker)
        yield from found


def _not_first(reach: Reach, number: int) -> tuple[bool, int]:
    line = reach.lines[number]
    return number != 0, line.last - line.first


def _decided(walk: Walk, scores: list[float], certainty: float) -> int:
    """Return the beginning that is chosen."""
    table = reach_certainty()
    usual = table.caption if walk.caption else certainty

    def asked(depth: int) -> float:
        return table.sober if walk.styles[depth - 1] < table.sober_below else usual

    return decide(scores, usual, asked)


class Sample:
    """All walks as one matrix: a row for each beginning."""

    def __init__(self, walks: list[Walk], names: list[str]) -> None:
        column = {name: number for number, name in enumerate(names)}
        self.walks, self.names = walks, names
        self.starts = np.cumsum([0] + [len(walk.names) for walk in walks])
        self.matrix = np.zeros((self.starts[-1], len(names)))
        for start, walk in zip(self.starts, walks, strict=False):
            for number, counted in enumerate(walk.names):
                for name, count in counted.items():
                    self.matrix[start + number, column[name]] = count

    def odds(self, weights: Floats) -> Floats:
        """Return how likely each beginning is among those of its post."""
        scores = self.matrix @ weights
        lengths = np.diff(self.starts)
        scores -= np.repeat(np.maximum.reduceat(scores, self.starts[:-1]), lengths)
        odds = np.exp(scores)
        return odds / np.repeat(np.add.reduceat(odds, self.starts[:-1]), lengths)

    def held_out_scores(self, penalty: float = _PENALTY) -> Floats:
        """Return the score of each beginning by weights that have not seen its fold."""
        folds = np.array([walk.fold for walk in self.walks])
        scores = np.zeros(len(self.matrix))
        rows = np.repeat(folds, np.diff(self.starts))
        for fold in range(FOLDS):
            weights = self.fit((folds != fold).astype(float), penalty)
            scores[rows == fold] = (self.matrix @ weights)[rows == fold]
        return scores

    def fit(self, chosen: Floats, penalty: float = _PENALTY) -> Floats:
        """Fit a conditional logistic regression by Newton's method."""
        lengths = np.diff(self.starts)
        share = np.array([walk.weight * _importance(walk) for walk in self.walks]) * chosen
        rows = np.repeat(share, lengths)
        right = self.starts[:-1] + np.array([walk.truth for walk in self.walks])
        weights = np.zeros(len(self.names))
        for _ in range(25):
            odds = self.odds(weights)
            expected = np.add.reduceat(self.matrix * odds[:, None], self.starts[:-1])
            slope = share @ (self.matrix[right] - expected) - penalty * weights
            curve = (self.matrix.T * (rows * odds)) @ self.matrix
            curve -= (expected.T * share) @ expected
            curve += penalty * np.eye(len(weights))
            move = np.linalg.solve(curve, slope)
            weights += move
            if np.abs(move).max() < 1e-4:
                break
        return weights


def _importance(walk: Walk) -> float:
    """Return how much a walk counts: by the lines that a wrong answer would cost."""
    near = walk.sizes[max(0, walk.truth - 1) : walk.truth + 1]
    return (sum(min(size, 150) for size in near) / max(1, len(near)) + 40) / 100


def _score(walk: Walk, scores: list[float], certainty: float) -> Counter[str]:
    counted = Counter(all=sum(walk.sizes[: walk.truth]))
    top = _decided(walk, scores, certainty)
    for size, joins in zip(walk.sizes[:top], walk.joins, strict=False):
        counted["right" if joins else "wrong"] += size
        counted["lines"] += 1
        counted["wrong_lines"] += not joins
    return counted


def write_weights(table: Path, weights: dict[str, float]) -> None:
    """Put fitted weights into a table; names and whys stay."""
    text = table.read_text(encoding="utf-8")
    for name, weight in weights.items():
        # (What is set by hand stays; the fit is of all weights, and is told nothing of it.)
        row = rf'(name = "{re.escape(name)}"\nweight = )\S+(?!\S|\nby_hand)'
        text = re.sub(row, lambda match, w=weight: f"{match[1]}{w:.2f}", text)
    table.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
