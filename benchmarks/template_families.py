"""Measure what the bound on the work for one text gives up, and that it holds.

    python benchmarks/template_families.py [COUNT ...]

A family is one template whose facts each text fills for itself; three in a hundred repeat an
earlier text but for some facts, half of these but for one more word. For each kind of family: time
and exact comparisons a text, and of the planted repeats at threshold + 0.05 and above whose
original was kept, those missed.

A star is the worst of families: all its texts are just below the threshold to the usual one, each
by other facts, but for one that is at threshold + 0.05; and the usual one comes last. A hundred
times such a one is planted, and the usual text looked up.

By containment: texts around a shared part, and cut-outs of them. Of those that an earlier kept text
holds as far as the threshold says, by all pairs: those missed, or with a less contained one named.
"""

import argparse
import copy
import random
import time
from collections import Counter
from typing import NamedTuple

from textclean import Match, NearDuplicateIndex

_BATCH_SIZE, _MARGIN = 256, 0.05
#: Times that a star is asked.
_PLANTED = 100
#: Texts that are compared in all pairs.
_CUT_TEXTS = 3000


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


class Star(NamedTuple):
    """A kind of star.

    Attributes:
        words: Of the usual text.
        facts: In it.
        values: Of each fact besides the usual one.
        changed: Facts that a text has changed.
        nearer: Facts that the one at threshold + 0.05 has changed.
        threshold: Of the index.
    """

    words: int
    facts: int
    values: int
    changed: int
    nearer: int
    threshold: float

    def __str__(self) -> str:
        facts = f"{self.facts} x {self.values}, {self.changed}, {self.nearer}"
        return f"{self.threshold}  {self.words}: {facts}, star"


STARS = (
    *(Star(600, 100, 8, 40, 34, 0.5), Star(600, 80, 8, 22, 17, 0.7)),
    *(Star(600, 60, 8, 14, 9, 0.8), Star(1000, 60, 8, 11, 5, 0.9)),
)


class Cut(NamedTuple):
    """A kind of text with cut-outs.

    Attributes:
        words: Of the part that all texts share.
        threshold: Of the index, by containment.
    """

    words: int
    threshold: float

    def __str__(self) -> str:
        return f"{self.threshold}  contained, {self.words} words shared"


CUTS = tuple(Cut(words, jaccard) for words in (30, 120) for jaccard in (0.5, 0.8, 0.9, 1.0))


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
    for star in STARS:
        for count in options.count:
            _measure_star(count, star)
    for cut in CUTS:
        _measure_cuts(_CUT_TEXTS, cut)


def _measure(count: int, kind: Kind) -> None:
    texts, repeats = _family(count, kind)
    index, matches, spent = _decide(texts, kind.threshold)
    near = [
        number
        for number, original in repeats
        if matches[original] is None
        and _jaccard(texts[number], texts[original]) >= kind.threshold + _MARGIN
    ]
    missed = sum(matches[number] is None for number in near)
    _print(kind, count, spent, index.comparisons, len(near), missed)


def _measure_star(count: int, star: Star) -> None:
    draw = random.Random(20261127)  # noqa: S311 - a corpus, no secret
    texts = [_changed(star, star.changed, draw) for _ in range(count)]
    built, _, spent = _decide(texts, star.threshold)
    comparisons = built.comparisons
    missed = 0
    for _ in range(_PLANTED):
        index = copy.copy(built)
        planted = _changed(star, star.nearer, draw)
        kept = index.add(count, planted) is None
        match = index.query(_changed(star, 0, draw))
        missed += kept and (match is None or match.id != count)
    _print(star, count, spent, comparisons, _PLANTED, missed)


def _measure_cuts(count: int, cut: Cut) -> None:
    draw = random.Random(20261128)  # noqa: S311 - a corpus, no secret
    shared = [f"s{place}" for place in range(cut.words)]
    texts: list[str] = []
    for _ in range(count):
        if texts and draw.random() < 0.4:
            words = draw.choice(texts).split(" ")
            size = draw.randint(8, len(words)) if len(words) > 8 else len(words)
            start = draw.randint(0, len(words) - size)
            words = words[start : start + size]
            if draw.random() < 0.3:
                words[draw.randrange(len(words))] = f"n{draw.randrange(10**9)}"
        else:
            own = [f"w{draw.randrange(10**9)}" for _ in range(60)]
            at = draw.randint(0, 60)
            words = own[:at] + shared + own[at:]
        texts.append(" ".join(words))
    index, matches, spent = _decide(texts, cut.threshold, "containment")
    holders: dict[tuple[str, ...], list[int]] = {}
    contained = missed = 0
    for number, (text, match) in enumerate(zip(texts, matches, strict=True)):
        shingles = _shingles(text)
        held = Counter(holder for each in shingles for holder in holders.get(each, ()))
        most = max(held.values(), default=0) / len(shingles)
        contained += most >= cut.threshold
        missed += most >= cut.threshold and (match is None or match.containment != most)
        if match is None:
            for each in shingles:
                holders.setdefault(each, []).append(number)
    _print(cut, count, spent, index.comparisons, contained, missed)


def _decide(
    texts: list[str], threshold: float, measure: str = "jaccard"
) -> tuple[NearDuplicateIndex[int], list[Match[int] | None], float]:
    """Return the index of all texts, its answers, and the CPU time these took."""
    index: NearDuplicateIndex[int] = NearDuplicateIndex(threshold, measure=measure)
    matches = []
    started = time.process_time()
    for start in range(0, len(texts), _BATCH_SIZE):
        batch = texts[start : start + _BATCH_SIZE]
        numbers = range(start, start + len(batch))
        matches += index.decide(numbers, index.measure(batch))
    return index, matches, time.process_time() - started


def _print(  # noqa: PLR0913, PLR0917 - the columns of a line
    kind: Kind | Star | Cut, count: int, spent: float, comparisons: int, repeats: int, missed: int
) -> None:
    print(
        f"{kind!s:<36}{count:>9,}{spent / count * 1e6:>9.0f}"
        f"{comparisons / count:>10.0f}{repeats:>9,}{missed:>8,}",
        flush=True,
    )


def _changed(star: Star, facts: int, draw: random.Random) -> str:
    """Return the usual text with so many facts that take one of their other values."""
    words = [f"w{place}" for place in range(star.words)]
    for fact in draw.sample(range(star.facts), facts):
        place = int((fact + 0.5) * star.words / star.facts)
        words[place] = f"f{place}v{draw.randrange(star.values)}"
    return " ".join(words)


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
    one, other = _shingles(left), _shingles(right)
    return len(one & other) / len(one | other)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split(" ")
    return {tuple(words[start : start + 5]) for start in range(max(1, len(words) - 4))}


if __name__ == "__main__":
    main()
