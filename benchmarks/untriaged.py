"""Show that triage changes nothing: each corpus with and without it, output and ledgers compared.

    python benchmarks/untriaged.py CORPUS ... [--limit N] [--stages LIST] [--part N] [--jobs N]

Without triage every document meets every rule of every stage, record by record: `repetition` alone
takes minutes for a thousand articles. So a corpus may be compared part by part, each told as soon
as it is done: a run that is cut off has still shown something. Exit 1 when a byte of the output,
the ledger or the dropped records differs.
"""

import argparse
import filecmp
import shlex
import shutil
import sys
import tempfile
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path

from commands import run
from corpora import Corpus, parts, prepare

_SIDES = ("edits", "dropped", "bad-records")


def main() -> None:
    """Run every corpus both ways, print a line for each of its parts."""
    options = _options()
    print(shlex.join(["python", *sys.argv]))
    print(f"{'':<28}{'articles':>10}{'CPU s':>9}{'untriaged':>11}{'bytes':>9}")
    held = differing = 0
    for source in options.corpus:
        with tempfile.TemporaryDirectory() as folder, ThreadPool(options.jobs) as pool:
            whole = prepare([source], Path(folder) / "corpus.jsonl", options.limit)
            cut = parts(whole, options.part or whole.articles, Path(folder))
            for articles, line, differs in pool.imap(partial(_compare, options), cut):
                print(f"{source.name:<28}{line}", flush=True)
                held += articles * (not differs)
                differing += articles * differs
    print(f"equal on {held:,} articles" + f", not on {differing:,}" * bool(differing))
    sys.exit(bool(differing))


def _compare(options: argparse.Namespace, corpus: Corpus) -> tuple[int, str, bool]:
    """Run one part of a corpus; return its size, what it cost, and whether anything differs."""
    room = corpus.path.parent
    command = [sys.executable, "-m", "textclean", "--quiet", "--workers", "1"]
    command += ["--stages", options.stages] if options.stages else []
    seconds = []
    for way, more in (("with", ()), ("without", ("--no-triage",))):
        sides = [word for side in _SIDES for word in (f"--{side}", str(room / f"{way}.{side}"))]
        cost = run([*command, *more, *sides], corpus.path, room / f"{way}.out")
        seconds.append(cost.cpu)
    differing = [
        what
        for what in ("out", *_SIDES)
        if not filecmp.cmp(room / f"with.{what}", room / f"without.{what}", shallow=False)
    ]
    answer = f"  {', '.join(differing)} differ" if differing else f"{'equal':>9}"
    line = f"{corpus.articles:>10,}{seconds[0]:>9.1f}{seconds[1]:>11.1f}{answer}"
    shutil.rmtree(room)
    return corpus.articles, line, bool(differing)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", nargs="+", type=Path, help="JSON Lines, plain or gzip")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N articles of each")
    parser.add_argument("--stages", metavar="LIST", help="stages [default: the default recipe]")
    parser.add_argument("--part", type=int, metavar="N", help="compare after every N articles")
    parser.add_argument("--jobs", type=int, default=1, help="parts at a time [default: 1]")
    return parser.parse_args()


if __name__ == "__main__":
    main()
