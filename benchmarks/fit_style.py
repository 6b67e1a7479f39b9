"""Fit the weights that tell how posts are written from how articles are, and check them.

    python benchmarks/fit_style.py DATA_FOLDER [--write]

The sentences of real posts (``embed_snippets``) against those of news and of web pages in many
languages; the articles of ``quality.py`` stand in none of them. Five folds part posts by page and
author. ``--write`` puts the weights of a fit to all into ``tables/embeds_style.toml``.
"""

import argparse
import hashlib
import random
import re
import textwrap
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from quality_sections.common import Folder, Row
from quality_sections.embeds_articles import AT_MOST, SETS
from scipy import sparse
from scipy.optimize import minimize

import textclean.stages.embeds.tables
from textclean.stages.embeds.sentences import sentences
from textclean.stages.embeds.style import buckets
from textclean.stages.embeds.tables import StyleTable

TABLE = Path(textclean.stages.embeds.tables.__file__).parents[1] / "tables" / "embeds_style.toml"
FOLDS = 5
_BUCKETS = 8192
#: Strength of the L2 penalty; what all posts' sentences count beside all articles'.
_PENALTY = 4.0
_SHARE_OF_POSTS = 1 / 3
#: Japanese sentences of web pages are few beside the Japanese posts.
_JAPANESE = 4.0
#: What of each set's sentences is taken.
_ARTICLES = {"bbc_news": 0.9, "reuters21578": 0.3, "fakebr_news": 0.05}
_SHORTEST = 6
_HANDLE = re.compile(r"\([@＠][\w.]+\)")
_SENTENCE = re.compile(
    r"(?<=[.!?…])[\"”»’)]?\s+(?=[^\Wa-zß-öø-ÿ\d_]|[\"“«'])|(?<=[。！？])\s*(?=\S)"
)

Floats = npt.NDArray[np.float64]


class Sample(NamedTuple):
    """Sentences as they stand in their sources.

    Attributes:
        strings: The sentences.
        folds: Which fold a post's is of; -1 for those of articles.
        weights: What each counts.
    """

    strings: list[str]
    folds: npt.NDArray[np.int64]
    weights: Floats


def main() -> None:
    """Fit each fold without itself, print what it tells, and write when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the table")
    options = parser.parse_args()
    folder = Folder(options.data)
    found = sample(folder)
    matrix = _matrix(found.strings)
    posts = found.folds >= 0
    scores = np.zeros(len(posts))
    others = np.zeros(len(posts))
    for fold in range(FOLDS):
        model = _fit(matrix, found, found.folds != fold)
        all_scores = matrix @ model[1:] + model[0]
        scores = np.where(found.folds == fold, all_scores, scores)
        others += all_scores / FOLDS
    for error in (0.05, 0.01, 0.005):
        bound = np.quantile(others[~posts], 1 - error)
        print(
            f"of {posts.sum():,} sentences of posts not seen {np.mean(scores[posts] > bound):.3f} "
            f"are above all but {error:.1%} of those of articles"
        )
    if options.write:
        _write(quantized(_fit(matrix, found, posts | ~posts)))


def sample(folder: Folder) -> Sample:
    """Return the sentences of posts and articles, with folds and weights."""
    articles = list(_of_articles(folder))
    rows = folder.rows("embed_snippets")
    posts = [
        (string, fold)
        for row, fold in zip(rows, folds_of(rows), strict=True)
        for string in sentences(" ".join((row["body"] or "").split()))
    ]
    share = _SHARE_OF_POSTS * len(articles) / len(posts)
    return Sample(
        [string for string, _ in posts] + [string for string, _ in articles],
        np.array([fold for _, fold in posts] + [-1] * len(articles)),
        np.array([share] * len(posts) + [weight for _, weight in articles]),
    )


def held_out_tables(folder: Folder) -> list[StyleTable]:
    """Return for each fold the weights that have not seen it."""
    found = sample(folder)
    matrix = _matrix(found.strings)
    return [quantized(_fit(matrix, found, found.folds != fold)) for fold in range(FOLDS)]


def folds_of(rows: Sequence[Row]) -> list[int]:
    """Return the fold of each post: those of one page or one author are in one fold."""
    group: dict[str, str] = {}

    def root(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    for number, row in enumerate(rows):
        handle = _HANDLE.search(row["attribution"] or "")
        for name in filter(None, (row["file"], handle and handle[0])):
            group[root(name)] = root(f"post {number}")
    groups = [root(f"post {number}") for number in range(len(rows))]
    size = [0] * FOLDS
    fold: dict[str, int] = {}
    for name, count in Counter(groups).most_common():
        fold[name] = size.index(min(size))
        size[fold[name]] += count
    return [fold[name] for name in groups]


class Folds:
    """Which fold a page, or an author, is of."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.posts = folds_of(rows)
        self._pages: dict[str, int] = {}
        self._authors: dict[str, int] = {}
        for row, fold in zip(rows, self.posts, strict=True):
            self._pages[row["file"].removeprefix("html/")] = fold
            if handle := _HANDLE.search(row["attribution"] or ""):
                self._authors[handle[0]] = fold

    def of(self, page: str, attribution: str = "") -> int:
        """Return the fold of an author who is known, else of a page: its id in ``embed_flat``."""
        handle = _HANDLE.search(attribution)
        if handle is not None and handle[0] in self._authors:
            return self._authors[handle[0]]
        digest = int(hashlib.sha256(page.encode()).hexdigest(), 16)
        return self._pages.get(page.removeprefix("html/"), digest % FOLDS)


def _of_articles(folder: Folder) -> Iterator[tuple[str, float]]:
    """Yield sentences of articles and of web pages, and how much each counts."""
    choose = random.Random(3)  # noqa: S311 - no secret
    for name, part in _ARTICLES.items():
        measured = {row["text"] for row in folder.rows(name, AT_MOST) if name in SETS.values()}
        for row in folder.rows(name):
            if row["text"] not in measured:
                strings = _SENTENCE.split(" ".join(row["text"].split()))
                for string in strings:
                    if len(string) >= _SHORTEST and choose.random() < part:
                        yield string, 1.0
    for row in folder.rows("language_sentences"):
        for string in filter(None, _SENTENCE.split(" ".join(row["text"].split()))):
            yield string, _JAPANESE if row["lang"] == "ja" else 1.0


def _matrix(strings: Iterable[str]) -> sparse.csr_matrix:
    """Return a row of length 1 for each sentence."""
    found = [sorted(buckets(string, _BUCKETS)) for string in strings]
    ends = np.cumsum([0, *map(len, found)])
    values = np.concatenate([np.full(len(row), len(row) ** -0.5) for row in found])
    return sparse.csr_matrix((values, np.concatenate(found), ends), shape=(len(found), _BUCKETS))


def _fit(matrix: sparse.csr_matrix, found: Sample, chosen: npt.NDArray[np.bool_]) -> Floats:
    """Fit a logistic regression with an L2 penalty; the first weight is the bias."""
    sign = np.where(found.folds >= 0, 1.0, -1.0)[chosen]
    share, rows = found.weights[chosen], matrix[chosen]

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = sign * (rows @ weights[1:] + weights[0])
        pull = share * sign / (1 + np.exp(np.minimum(margin, 500)))
        slope = np.concatenate([[-pull.sum()], -(rows.T @ pull) + _PENALTY * weights[1:]])
        value = share @ np.logaddexp(0, -margin) + _PENALTY / 2 * weights[1:] @ weights[1:]
        return float(value), slope

    start = np.zeros(matrix.shape[1] + 1)
    weights: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return weights


def quantized(model: Floats) -> StyleTable:
    """Return the weights as whole numbers from -127 to 127."""
    unit = float(f"{np.abs(model[1:]).max() / 127:.4g}")
    weights = np.clip(np.rint(model[1:] / unit), -127, 127).astype(np.int8)
    return StyleTable(float(f"{model[0]:.4g}"), unit, weights.tolist())


def _write(table: StyleTable) -> None:
    """Put weights into the table; its head stays."""
    head = TABLE.read_text(encoding="utf-8").partition("\nbias =")[0]
    coded = b64encode(np.array(table.weights, np.int8).tobytes()).decode("ascii")
    lines = "\\\n".join(textwrap.wrap(coded, 96))
    TABLE.write_text(
        f'{head}\nbias = {table.bias}\nunit = {table.unit}\nweights = """\\\n{lines}"""\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
