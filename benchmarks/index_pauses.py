"""Measure pauses of a growing near-duplicate index: the longest batch, and what of it was growth.

    python benchmarks/index_pauses.py [--articles N ...] [--measure jaccard|containment]

Made articles of 200 words, one in ten a near-copy, in batches of 256 into one index. For each
stretch that ends at N articles: an article's CPU time; a batch's, the median and the longest;
growth's part of a batch, the longest, and in how many batches it was longer than the median batch;
and the memory an article that was kept takes so far, without its id and its shingle set.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable, Iterable

from corpora import made_articles

_BATCH_SIZE = 256


def main() -> None:
    """Add articles, and print a line at each number."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--articles", type=int, nargs="+", default=[10**4, 10**5, 10**6])
    parser.add_argument("--measure", choices=("jaccard", "containment"), default="jaccard")
    options = parser.parse_args()

    import textclean
    from textclean.dedup.memory import Memory
    from textclean.kernels.jit import compile_kernels

    compile_kernels()
    growth = Stopwatch()
    for name in ("make_room", "make_room_for"):
        setattr(Memory, name, growth.timed(getattr(Memory, name)))
    whole = Stopwatch()

    def add(index: textclean.NearDuplicateIndex[int], texts: list[str]) -> None:
        index.decide(range(len(texts)), index.measure(texts))

    warm_up = textclean.NearDuplicateIndex[int](measure=options.measure)
    add(warm_up, list(made_articles(3000, seed=1)))  # kernels load, tables have grown
    index = textclean.NearDuplicateIndex[int](measure=options.measure)
    texts = made_articles(max(options.articles))
    print(f"{'articles':>9}{'us/article':>12}{'batch ms: median':>18}{'longest':>9}", end="")
    print(f"{'growth ms: longest':>20}{'longer than a batch':>21}{'bytes/kept':>12}")
    added = 0
    for end in sorted(options.articles):
        batches, grown = [], []
        while added < end and (batch := list(itertools.islice(texts, _BATCH_SIZE))):
            growth.seconds = whole.seconds = 0.0
            whole.timed(add)(index, batch)
            batches.append(whole.seconds)
            grown.append(growth.seconds)
            added += len(batch)
        median = statistics.median(batches)
        print(
            f"{added:>9,}{sum(batches) / len(batches) / _BATCH_SIZE * 1e6:>12.1f}"
            f"{median * 1e3:>18.2f}{max(batches) * 1e3:>9.2f}{max(grown) * 1e3:>20.2f}"
            f"{_longer(grown, median):>21}{index.memory_bytes[0] / len(index):>12.0f}",
            flush=True,
        )


def _longer(times: Iterable[float], limit: float) -> int:
    return sum(each > limit for each in times)


class Stopwatch:
    """Adds up CPU time of this thread in what it wraps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, function: Callable[..., object]) -> Callable[..., object]:
        """Return the function, timed."""

        def timed(*arguments: object) -> object:
            started = time.thread_time()
            try:
                return function(*arguments)
            finally:
                self.seconds += time.thread_time() - started

        return timed


if __name__ == "__main__":
    main()
