"""Measure peak memory at two lengths of a stream: what grows, and by how much an article.

    python benchmarks/memory.py CORPUS ... [--limit N] [--times K]

The longer stream is the shorter K times over, each round with texts of its own, so that nothing is
dropped as a duplicate of another round. Without ``duplicates`` memory should not grow at all.
"""

import argparse
import shlex
import sys
import tempfile
from pathlib import Path

from commands import run
from corpora import prepare, repeated

_WITHOUT_INDEX = ("--skip", "duplicates")


def main() -> None:
    """Run both lengths, with and without the index, and print the table."""
    options = _options()
    print(shlex.join(["python", *sys.argv]))
    command = [sys.executable, "-m", "textclean", "--quiet", "--workers", "1"]
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        one = prepare(options.corpus, room / "one.jsonl", options.limit)
        many = repeated(one, options.times, room / "many.jsonl")
        print(f"{'':<22}{'articles':>10}{'MB of text':>12}{'peak MiB':>10}{'KB/article':>12}")
        for name, more in (("all stages", ()), ("without duplicates", _WITHOUT_INDEX)):
            before = 0
            for corpus in (one, many):
                peak = run([*command, *more], corpus.path, room / "out").peak
                grown = (peak - before) / (many.articles - one.articles) / 1e3 if before else None
                print(
                    f"{name:<22}{corpus.articles:>10,}{corpus.text_bytes / 1e6:>12.1f}"
                    f"{peak / 2**20:>10.0f}{'' if grown is None else f'{grown:.2f}':>12}"
                )
                before = peak


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", nargs="+", type=Path, help="JSON Lines, plain or gzip")
    parser.add_argument("--limit", type=int, metavar="N", help="articles of the shorter stream")
    parser.add_argument("--times", type=int, default=5, help="how much longer [default: 5]")
    return parser.parse_args()


if __name__ == "__main__":
    main()
