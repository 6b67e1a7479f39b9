"""Quality on planted dirt: how much of it a stage takes away, and what else it takes."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from textclean.bench.planting import KINDS, Planted, near_copy, planted
from textclean.document import Document
from textclean.pipeline import Pipeline
from textclean.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Quality:
    """What a stage does with planted dirt.

    Attributes:
        stage: The stage.
        planted: Texts with dirt.
        recall: Share of the dirt that is gone (of near-copies at or above the threshold: dropped).
        harmed: Share of these texts of which anything else is gone or other.
    """

    stage: str
    planted: int
    recall: float
    harmed: float


def measure(texts: Sequence[str], recipe: Recipe, stages: Sequence[str]) -> Iterator[Quality]:
    """Yield the quality of each stage that dirt can be planted for.

    Only texts that the stage leaves alone are planted into: what else is found is dirt, too.

    Args:
        texts: The sample.
        recipe: The settings of the stages.
        stages: Their names.
    """
    for stage in stages:
        if stage in KINDS:
            yield _measure(stage, texts, recipe)
        elif stage == "duplicates":
            yield _measure_copies(texts, recipe)


def _measure(stage: str, texts: Sequence[str], recipe: Recipe) -> Quality:
    pipeline = Pipeline.from_recipe(_only(recipe, stage))
    sound = [text for text in texts if not _cleaned(pipeline, [text])[0][1]]
    dirty = [found for _, found in planted(sound, stage)]
    outputs = [text for text, _ in _cleaned(pipeline, [found.text for found in dirty])]
    recall, harmed = 0.0, 0
    for found, output in zip(dirty, outputs, strict=True):
        share, is_harmed = score(found, output)
        recall += share
        harmed += is_harmed
    return Quality(stage, len(dirty), _share(recall, len(dirty)), _share(harmed, len(dirty)))


def score(found: Planted, output: str) -> tuple[float, bool]:
    r"""Return which share of the dirt is gone, and whether anything else is other than before.

    One standing of a repeated sentence may stay.

    >>> score(Planted("a\nX\nb\nX", "a\nb", ("X", "X")), "a\nX\nb")
    (1.0, False)
    """
    if output == found.expected:
        return 1.0, False
    if not found.dirt:
        damaged, expected = found.text.split("\n"), found.expected.split("\n")
        kept = output.split("\n")
        if len(kept) != len(expected):
            return 0.0, True
        rows = zip(damaged, expected, kept, strict=True)
        return 0.0, any(line != sound and bad == sound for bad, sound, line in rows)
    piece, times = found.dirt[0], len(found.dirt)
    redundant = max(1, times - 1)
    gone = min(redundant, times - output.count(piece))
    rest = [line for line in output.split("\n") if line.strip() and line not in piece.split("\n")]
    own = [line for line in found.expected.split("\n") if line.strip()]
    return gone / redundant, rest != own


def _measure_copies(texts: Sequence[str], recipe: Recipe) -> Quality:
    """Show each text and a copy of it to an empty memory: the copy should go, the text stay."""
    from textclean.dedup.index import NearDuplicateIndex
    from textclean.dedup.signatures import shingles

    count, found, harmed = 0, 0, 0
    for number, text in enumerate(texts):
        copy = near_copy(text, random.Random(number))  # noqa: S311 - no secret
        if copy is None:
            continue
        one, other = (set(shingles(each, recipe.shingle_size)) for each in (text, copy))
        if not one or len(one & other) / len(one | other) < recipe.threshold:
            continue
        index: NearDuplicateIndex[int] = NearDuplicateIndex(recipe.threshold, recipe.shingle_size)
        count += 1
        harmed += index.add(0, text) is not None
        found += index.add(1, copy) is not None
    return Quality("duplicates", count, _share(found, count), _share(harmed, count))


def curve(threshold: float) -> list[tuple[float, float]]:
    """Return the probability that a pair is compared at all, by its similarity.

    >>> curve(0.8)[-2:]
    [(0.95, 1.0), (1.0, 1.0)]
    """
    from textclean.dedup.bands import choose_bands

    bands = choose_bands(threshold)
    steps = [number / 20 for number in range(6, 21)]
    return [(step, round(bands.probability(step), 4)) for step in steps]


def _only(recipe: Recipe, stage: str) -> Recipe:
    return replace(recipe, stages=(stage,), skip=(), language=(), detect_language=False)


def _cleaned(pipeline: Pipeline, texts: Sequence[str]) -> list[tuple[str, bool]]:
    results = pipeline.process([Document(str(n), text) for n, text in enumerate(texts)])
    return [(result.text, bool(result.edits)) for result in results]


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
