"""Time near-duplicate detection from raw text to decision, beside the packages people use.

    python benchmarks/duplicates_speed.py [CORPUS ...] [--made N ...] [--jobs NAME ...] [--rounds N]

Each job is a process of its own that reads the articles in batches and asks, for each in turn,
whether an earlier kept one is at 0.8 or above; if none is, it keeps it. CPU time of one thread in
the package alone (reading and JSON are not counted), the best of the rounds. Memory: the peak of
the process with its files, its own at the end, and how much of that came after the imports.
``--made N`` writes N articles of 200 words, one in ten a near-copy. Packages that are not installed
are left out.
"""

import argparse
import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from corpora import Corpus, made_articles, prepare

#: Decides on the next texts: for each, whether it goes.
Decide = Callable[[Sequence[str]], list[bool]]

_BATCH_SIZE = 256
_WORD = re.compile(r"\w+")
_WARM_UP = [" ".join(f"w{number * turn}" for number in range(60)) for turn in range(1, 40)]


def textclean_job() -> Decide:
    """Exact Jaccard; bands for a recall of 0.999."""
    import textclean
    from textclean.kernels.jit import compile_kernels

    compile_kernels()  # else they would wait until there is work enough
    index: textclean.NearDuplicateIndex[int] = textclean.NearDuplicateIndex(0.8)
    return lambda texts: [
        match is not None for match in index.decide(range(len(texts)), index.measure(texts))
    ]


def gaoya_job() -> Decide:
    """The native analyzer, 16 bands of 8, similarity by signature."""
    import gaoya

    index = gaoya.minhash.MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=0.8,
        num_bands=16,
        band_size=8,
        analyzer="word",
        lowercase=True,
        ngram_range=(5, 5),
        id_container="vec",
    )
    numbers = itertools.count()

    def decide(text: str) -> bool:
        number = next(numbers)
        if index.query(text):
            return True
        index.insert_document(number, text)
        return False

    return lambda texts: [decide(text) for text in texts]


def rensa_job() -> Decide:
    """RMinHash with shingles made in Python, 16 bands of 8; what shares a band goes."""
    import rensa

    index = rensa.RMinHashLSH(0.8, 128, 16)
    numbers = itertools.count()

    def decide(text: str) -> bool:
        number = next(numbers)
        sketch = rensa.RMinHash(128, 1)
        sketch.update(_shingles(text))
        if index.query(sketch):
            return True
        index.insert(number, sketch)
        return False

    return lambda texts: [decide(text) for text in texts]


def datasketch_job() -> Decide:
    """Signatures in bulk, documented defaults; what shares a band goes."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=128)
    numbers = itertools.count()

    def decide(texts: Sequence[str]) -> list[bool]:
        gone = []
        encoded = [[shingle.encode() for shingle in _shingles(text)] for text in texts]
        for sketch in MinHash.bulk(encoded, num_perm=128):
            number = next(numbers)
            gone.append(bool(index.query(sketch)))
            if not gone[-1]:
                index.insert(number, sketch)
        return gone

    return decide


JOBS = {
    "textclean": textclean_job,
    "gaoya": gaoya_job,
    "rensa": rensa_job,
    "datasketch": datasketch_job,
}


def main() -> None:
    """Run each job on each corpus, in turns, and print the table."""
    options = _options()
    if options.child:
        _report(options.child, options.corpus[0])
        return
    jobs = [name for name in options.jobs or JOBS if find_spec(name)]
    with tempfile.TemporaryDirectory() as folder:
        corpora = [
            (f"{count:,} made", _made(count, Path(folder) / f"made-{count}.jsonl"))
            for count in options.made or ()
        ]
        if options.corpus:
            given = prepare(options.corpus, Path(folder) / "given.jsonl", options.limit)
            corpora.insert(0, ("given", given))
        print(f"{'corpus':<16}{'job':<12}{'MB/s':>8}{'us/article':>12}{'gone':>9}", end="")
        print(f"{'peak MiB':>10}{'own MiB':>9}{'grown MiB':>11}")
        for name, corpus in corpora:
            _compare(name, corpus, jobs, options.rounds)
    _signatures()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", nargs="*", type=Path, help="JSON Lines, plain or gzip")
    parser.add_argument("--limit", type=int, metavar="N", help="articles of these at most")
    parser.add_argument("--made", type=int, nargs="+", metavar="N", help="also made articles")
    parser.add_argument("--jobs", nargs="+", choices=JOBS, help="only these [default: all]")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each [default: 3]")
    parser.add_argument("--child", choices=JOBS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _compare(name: str, corpus: Corpus, jobs: list[str], rounds: int) -> None:
    runs: dict[str, list[dict[str, float]]] = {job: [] for job in jobs}
    for _, job in itertools.product(range(rounds), jobs):
        command = [sys.executable, __file__, "--child", job, str(corpus.path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs[job].append(json.loads(done.stdout))
    for job, found in runs.items():
        best = min(found, key=lambda run: run["seconds"])
        print(
            f"{name:<16}{job:<12}{corpus.text_bytes / 1e6 / best['seconds']:>8.1f}"
            f"{best['seconds'] / corpus.articles * 1e6:>12.1f}{best['gone']:>9,}"
            f"{best['peak']:>10.0f}{best['own']:>9.0f}{best['own'] - best['before']:>11.0f}",
            flush=True,
        )


def _report(job: str, path: Path) -> None:
    """Run one job here, and print what it cost."""
    JOBS[job]()(_WARM_UP)  # imports, tables and kernels load
    decide = JOBS[job]()
    before = _memory("RssAnon")
    seconds, gone = 0.0, 0
    for texts in _batches(path):
        started = time.process_time()
        gone += sum(decide(texts))
        seconds += time.process_time() - started
    peak, own = _memory("VmHWM"), _memory("RssAnon")
    run = {"seconds": seconds, "gone": gone, "peak": peak, "own": own, "before": before}
    print(json.dumps(run))


def _batches(path: Path) -> Iterator[list[str]]:
    with path.open("rb") as lines:
        while batch := [json.loads(line)["text"] for line in itertools.islice(lines, _BATCH_SIZE)]:
            yield batch


def _memory(kind: str) -> float:
    """MiB of this program by Linux's name; what ``getrusage`` says includes its parent."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _made(count: int, path: Path) -> Corpus:
    """Write made articles."""
    size = 0
    with path.open("w", encoding="utf-8") as target:
        for number, text in enumerate(made_articles(count)):
            size += len(text)
            target.write(json.dumps({"id": str(number), "text": text}) + "\n")
    return Corpus(path, count, size)


def _signatures() -> None:
    """Signatures alone, from hashed shingles: ours beside rensa's."""
    import numpy as np

    from textclean.dedup.measures import shingle_sets, signatures

    texts = [
        f"{number} ".join(_WARM_UP[number % len(_WARM_UP)].split()) for number in range(20_000)
    ]
    sets, ends = shingle_sets(texts, 5)
    jobs: dict[str, Callable[[], object]] = {"textclean": lambda: signatures(sets, ends, 128)}
    if find_spec("rensa"):
        import rensa

        offsets = ends.astype(np.uint64)
        jobs["rensa"] = lambda: rensa.RMinHash.digest_matrix_from_flat_token_hashes(
            sets, offsets, 128, 1
        )
    for name, job in jobs.items():
        job()
        times = []
        for _ in range(5):
            started = time.process_time()
            job()
            times.append(time.process_time() - started)
        print(f"128 slots from hashed shingles: {name:<12}{len(sets) / min(times) / 1e6:8.1f} M/s")


def _shingles(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return list({" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))})


if __name__ == "__main__":
    main()
