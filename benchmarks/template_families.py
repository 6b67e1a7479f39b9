"""Measure what the bound on the work for one text gives up, and that it holds.

    python benchmarks/template_families.py [COUNT ...]

A family is one template whose facts each text fills for itself; three in a hundred repeat an
earlier text but for some facts, half of these but for one more word. For each kind of family: time
and exact comparisons a text, and of the planted repeats at threshold + 0.05 and above whose
original was kept, those missed.
"""

import argparse
import random
import time
from typing import NamedTuple

from textclean import NearDuplicateIndex

_BATCH_SIZE, _MARGIN = 256, 0.05


class Kind(NamedTuple):
    """A kind of family.

    Attributes:
        words: Of the template.
        facts: In it.
        values: Of each fact; None: every text has its own.
        changed: Facts that a repeat has changed.
        threshold: Of the index.
    """

    words: int
    facts: int
    values: int | None
    changed: int = 1
    threshold: float = 0.8

    def __str__(self) -> str:
        facts = f"{self.facts} x {self.values or 'own'}, {self.changed}"
        return f"{self.threshold}  {self.words}: {facts}"


KINDS = (
    *(Kind(200, 5, None), Kind(200, 10, 50), Kind(200, 8, 200), Kind(200, 10, 20)),
    *(Kind(600, 30, 8, 8), Kind(600, 30, 8, 9)),
    *(Kind(400, 40, 6, 22, 0.5), Kind(600, 30, 16, 16, 0.7), Kind(1000, 30, 8, 5, 0.9)),
)


def main() -> None:
    """Run every kind at every size, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("count", nargs="*", type=int, default=[10_000, 100_000])
    options = parser.parse_args()
    warm_up: NearDuplicateIndex[int] = NearDuplicateIndex()
    warm_up.decide(range(300), warm_up.measure(_family(300, KINDS[0])[0]))
    titles = f"{'texts':>9}{'us/text':>9}{'compared':>10}{'repeats':>9}{'missed':>8}"
    print(f"{'at  words: facts x values, changed':<36}{titles}")
    for kind in KINDS:
        for count in options.count:
            _measure(count, kind)


def _measure(count: int, kind: Kind) -> None:
    texts, repeats = _family(count, kind)
    index: NearDuplicateIndex[int] = NearDuplicateIndex(kind.threshold)
    matches = []
    started = time.process_time()
    for start in range(0, count, _BATCH_SIZE):
        batch = texts[start : start + _BATCH_SIZE]
        numbers = range(start, start + len(batch))
        matches += index.decide(numbers, index.measure(batch))
    spent = time.process_time() - started
    near = [
        number
        for number, original in repeats
        if matches[original] is None
        and _jaccard(texts[number], texts[original]) >= kind.threshold + _MARGIN
    ]
    missed = sum(matches[number] is None for number in near)
    print(
        f"{kind!s:<36}{count:>9,}{spent / count * 1e6:>9.0f}"
        f"{index.comparisons / count:>10.0f}{len(near):>9,}{missed:>8,}",
        flush=True,
    )


def _family(count: int, kind: Kind) -> tuple[list[str], list[tuple[int, int]]]:
    """Return texts, and which of them repeats which earlier one."""
    draw = random.Random(20261125)  # noqa: S311 - a corpus, no secret
    places = [int((fact + 0.5) * kind.words / kind.facts) for fact in range(kind.facts)]
    texts: list[str] = []
    repeats = []
    for number in range(count):
        words = [f"w{place}" for place in range(kind.words)]
        if texts and draw.random() < 0.03:
            original = draw.randrange(len(texts))
            words = texts[original].split(" ")
            changed = draw.sample(places, kind.changed)
            for place in changed:
                words[place] = f"n{number}x"
            if draw.random() < 0.5:
                words[(changed[0] + 7) % kind.words] = f"m{number}x"
            repeats.append((number, original))
        else:
            for place in places:
                words[place] = f"f{place}v{draw.randrange(kind.values) if kind.values else number}"
        texts.append(" ".join(words))
    return texts, repeats


def _jaccard(left: str, right: str) -> float:
    sets = [
        {tuple(words[start : start + 5]) for start in range(len(words) - 4)}
        for words in (left.split(" "), right.split(" "))
    ]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


if __name__ == "__main__":
    main()
