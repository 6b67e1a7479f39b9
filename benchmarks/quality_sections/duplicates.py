"""Near-duplicates against the exact truth of all pairs."""

import dataclasses
import unicodedata
from collections.abc import Callable, Iterator

import numpy as np
import planted_duplicates
from scipy.sparse import csr_matrix

import textclean
from quality_sections.common import Figure, Folder, share
from textclean.dedup.index import Measure

CORPORA = ("reuters21578", "web_crawl", "mccormick_2500")
#: The set whose articles are copied, and how many of them.
PLANTED_IN = "bbc_news"
_ARTICLES = 2000
_THRESHOLDS = (0.5, 0.7, 0.8, 0.9)
_SHINGLE_SIZE = 5
_ROWS_AT_ONCE = 256
#: Scripts written without spaces, of which each character is a token.
_SINGLE = (
    "CJK UNIFIED",
    "CJK COMPAT",
    "IDEOGRAPHIC",
    "HIRAGANA",
    "KATAKANA",
    "HALFWIDTH KATAKANA",
    "THAI",
    "LAO",
    "KHMER",
    "MYANMAR",
)


def corpus(name: str) -> Callable[[Folder], Iterator[Figure]]:
    """Return the measure of one corpus at all thresholds."""

    def figures(folder: Folder) -> Iterator[Figure]:
        texts = [row["text"] for row in folder.rows(name)]
        earlier = similar_earlier(texts, min(_THRESHOLDS))
        for threshold in _THRESHOLDS:
            yield from _score(texts, earlier, threshold)

    return figures


def planted(folder: Folder) -> Iterator[Figure]:
    """Copies of articles with edits of many kinds, and families of templates."""
    articles = [row["text"] for row in folder.rows(PLANTED_IN, at_most=_ARTICLES)]
    texts = planted_duplicates.plant(articles)
    earlier = similar_earlier(texts, min(_THRESHOLDS))
    for threshold in _THRESHOLDS:
        yield from _score(texts, earlier, threshold)
    earlier = similar_earlier(texts, min(_THRESHOLDS), "containment")
    for threshold in _THRESHOLDS:
        for figure in _score(texts, earlier, threshold, "containment"):
            yield dataclasses.replace(figure, name=f"containment.{figure.name}")


def same_event(folder: Folder) -> Iterator[Figure]:
    """News of one event are no near-duplicates: only what the definition drops may go."""
    wrong = dropped = 0
    rows = folder.rows("news_same_event")
    for row in rows:
        texts = [row["text_a"], row["text_b"]]
        truth = similar_earlier(texts, 0.8)[1]
        gone = bool(textclean.deduplicate(texts, threshold=0.8).dropped)
        dropped += gone
        wrong += gone != bool(truth)
    yield Figure("against_the_definition", share(wrong, len(rows)), len(rows), "lower")
    yield Figure("dropped", share(dropped, len(rows)), len(rows), "none")


def similar_earlier(
    texts: list[str], least: float, measure: Measure = "jaccard"
) -> list[dict[int, float]]:
    """For each text: all earlier ones at a similarity >= least, with the exact value."""
    matrix = _shingle_matrix(texts)
    sizes = np.asarray(matrix.sum(axis=1)).ravel()
    earlier: list[dict[int, float]] = [{} for _ in texts]
    transposed = matrix.T.tocsc()
    for start in range(0, len(texts), _ROWS_AT_ONCE):
        shared = (matrix[start : start + _ROWS_AT_ONCE] @ transposed).tocoo()
        later, first = shared.row + start, shared.col
        whole = sizes[later]
        if measure == "jaccard":
            whole = whole + sizes[first] - shared.data
        chosen = (first < later) & (shared.data >= least * whole * 0.999)
        for i, j, common, of in zip(
            later[chosen], first[chosen], shared.data[chosen], whole[chosen], strict=True
        ):
            if (similarity := int(common) / int(of)) >= least:
                earlier[int(i)][int(j)] = similarity
    return earlier


def _score(
    texts: list[str],
    earlier: list[dict[int, float]],
    threshold: float,
    measure: Measure = "jaccard",
) -> Iterator[Figure]:
    result = textclean.deduplicate(texts, threshold=threshold, measure=measure)
    kept = set(result.kept)
    droppable = {
        number
        for number, similar in enumerate(earlier)
        if any(value >= threshold and other in kept for other, value in similar.items())
    }
    proven = exact = 0
    for number, match in result.dropped.items():
        similarity = earlier[number].get(match.id, 0.0)
        proven += match.id in kept and match.id < number and similarity >= threshold
        exact += match.similarity == similarity
    dropped = len(result.dropped)
    found = len(droppable & result.dropped.keys())
    yield Figure(f"{threshold}.recall", share(found, len(droppable)), len(droppable))
    yield Figure(f"{threshold}.precision", share(proven, dropped), dropped)
    yield Figure(f"{threshold}.similarity_exact", share(exact, dropped), dropped)


def _shingle_matrix(texts: list[str]) -> csr_matrix:
    """Return texts x shingles; a column is a shingle's 64-bit hash, as Python hashes a tuple."""
    classes = _Classes()
    numbers: dict[str, int] = {}
    columns, ends = [], [0]
    for text in texts:
        folded = unicodedata.normalize("NFC", text).casefold()
        tokens = [
            numbers.setdefault(token, len(numbers)) for token in folded.translate(classes).split()
        ]
        size = min(_SHINGLE_SIZE, len(tokens))
        shingles = {hash(tuple(tokens[i : i + size])) for i in range(len(tokens) - size + 1)}
        columns.append(np.fromiter(shingles if tokens else (), dtype=np.int64))
        ends.append(ends[-1] + len(columns[-1]))
    _, column = np.unique(np.concatenate(columns), return_inverse=True)
    values = np.ones(len(column), dtype=np.int32)
    width = int(column.max(initial=0)) + 1
    return csr_matrix((values, column, np.array(ends)), shape=(len(texts), width))


class _Classes(dict[int, str]):
    """A table for ``str.translate`` that leaves only tokens, parted by spaces."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if unicodedata.category(character)[0] not in "LMN" and character != "_":
            result = " "
        elif unicodedata.name(character, "").startswith(_SINGLE):
            result = f" {character} "
        else:
            result = character
        self[code] = result
        return result
