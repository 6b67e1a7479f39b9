"""One machine and a Ray cluster on the same corpus: are all bytes the same, and what is the time?

    python benchmarks/ray_equal.py corpus.jsonl.gz --shards 8 [--plant]

Cuts the corpus into shards, with copies of many kinds planted among the articles if wanted, runs
``clean`` and ``dedup`` here and with ``--engine ray`` (a cluster on this machine, or
``--ray-address``), and compares every file: documents, ledger, dropped records, clusters, reports.
Wall clock; Ray's includes the start of the cluster. Exit 1 when a byte differs.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from corpora import planted, prepare

from textclean.cli import exit_code

COMMANDS = {
    "clean": ("edits.json", "dropped.json", "bad-records.json", "report.json"),
    "dedup": ("dropped.json", "bad-records.json", "report.html", "clusters.json"),
}


def _run(
    command: str, shards: Path, folder: Path, words: list[str]
) -> tuple[dict[str, bytes], float]:
    folder.mkdir()
    sides = [
        w for side in COMMANDS[command] for w in (f"--{side.split('.')[0]}", str(folder / side))
    ]
    start = time.perf_counter()
    code = exit_code([command, str(shards), "-o", f"{folder / 'out'}/", "--quiet", *sides, *words])
    if code:
        sys.exit(code)
    seconds = time.perf_counter() - start
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}, seconds


def main() -> None:
    """Print a line for each command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--plant", action="store_true", help="near-duplicates among the articles")
    parser.add_argument("--ray-address", help="of a running cluster")
    options = parser.parse_args()
    ray = ["--engine", "ray"]
    if options.ray_address:
        ray += ["--ray-address", options.ray_address]
    differs = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = prepare([options.corpus], folder / "corpus.jsonl", options.limit)
        if options.plant:
            corpus = planted(corpus, folder / "planted.jsonl")
        lines = corpus.path.read_bytes().splitlines(keepends=True)
        shards = folder / "shards"
        shards.mkdir()
        for shard in range(options.shards):
            first, last = (len(lines) * (shard + at) // options.shards for at in (0, 1))
            (shards / f"{shard:04d}.jsonl").write_bytes(b"".join(lines[first:last]))
        for command in COMMANDS:
            here, seconds = _run(command, shards, folder / f"{command}-here", [])
            there, ray_seconds = _run(command, shards, folder / f"{command}-ray", ray)
            same = here == there
            dropped = here["dropped.json"].count(b"\n")
            differs |= not same
            print(
                f"{command}: {corpus.articles:,} articles, {len(here)} files,"
                f" {sum(map(len, here.values())):,} bytes {'the same' if same else 'DIFFER'};"
                f" {dropped:,} dropped;"
                f" here {seconds:.1f} s, Ray {ray_seconds:.1f} s"
            )
    sys.exit(int(differs))


if __name__ == "__main__":
    main()
