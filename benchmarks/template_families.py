"""Measure what the bound on the work for one text gives up, and that it holds.

    python benchmarks/template_families.py [COUNT ...]

A family is one template of 200 words whose facts each text fills for itself; three in a hundred
repeat an earlier text but for one or two words. For each kind of family: time and exact comparisons
a text, and of the planted repeats at threshold + 0.05 whose original was kept, those missed.
"""

import argparse
import random
import time

from textclean import NearDuplicateIndex

#: Facts in the template, and values of each (None: every text has its own).
KINDS = ((5, None), (10, 50), (8, 200), (10, 20))
_WORDS, _BATCH_SIZE, _THRESHOLD, _MARGIN = 200, 256, 0.8, 0.05


def main() -> None:
    """Run every kind at every size, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("count", nargs="*", type=int, default=[10_000, 100_000])
    options = parser.parse_args()
    warm_up: NearDuplicateIndex[int] = NearDuplicateIndex(_THRESHOLD)
    warm_up.decide(range(300), warm_up.measure(_family(300, 5, None)[0]))
    titles = f"{'texts':>9}{'us/text':>9}{'compared':>10}{'repeats':>9}{'missed':>8}"
    print(f"{'facts x values':<16}{titles}")
    for facts, values in KINDS:
        for count in options.count:
            _measure(count, facts, values)


def _measure(count: int, facts: int, values: int | None) -> None:
    texts, repeats = _family(count, facts, values)
    index: NearDuplicateIndex[int] = NearDuplicateIndex(_THRESHOLD)
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
        and _jaccard(texts[number], texts[original]) >= _THRESHOLD + _MARGIN
    ]
    missed = sum(matches[number] is None for number in near)
    print(
        f"{f'{facts} x {values or count}':<16}{count:>9,}{spent / count * 1e6:>9.0f}"
        f"{index.comparisons / count:>10.0f}{len(near):>9,}{missed:>8,}",
        flush=True,
    )


def _family(count: int, facts: int, values: int | None) -> tuple[list[str], list[tuple[int, int]]]:
    """Return texts, and which of them repeats which earlier one."""
    draw = random.Random(20261125)  # noqa: S311 - a corpus, no secret
    places = [int((fact + 0.5) * _WORDS / facts) for fact in range(facts)]
    texts: list[str] = []
    repeats = []
    for number in range(count):
        words = [f"w{place}" for place in range(_WORDS)]
        if texts and draw.random() < 0.03:
            original = draw.randrange(len(texts))
            words = texts[original].split(" ")
            place = draw.choice(places)
            words[place] = f"n{number}x"
            if draw.random() < 0.5:
                words[(place + 7) % _WORDS] = f"m{number}x"
            repeats.append((number, original))
        else:
            for place in places:
                words[place] = f"f{place}v{draw.randrange(values) if values else number}"
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
