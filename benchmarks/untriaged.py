"""Show that triage changes nothing: each corpus with and without it, output and ledgers compared.

    python benchmarks/untriaged.py CORPUS ... [--limit N] [--stages LIST]

Without triage every document meets every rule of every stage, record by record. Exit 1 when a byte
of the output, the ledger or the dropped records differs.
"""

import argparse
import filecmp
import shlex
import sys
import tempfile
from pathlib import Path

from commands import run
from corpora import prepare

_SIDES = ("edits", "dropped", "bad-records")


def main() -> None:
    """Run every corpus both ways, print a line each."""
    options = _options()
    print(shlex.join(["python", *sys.argv]))
    print(f"{'':<28}{'articles':>10}{'CPU s':>9}{'untriaged':>11}{'bytes':>9}")
    differs = False
    for source in options.corpus:
        with tempfile.TemporaryDirectory() as folder:
            differs |= _show(source, options, Path(folder))
    sys.exit(differs)


def _show(source: Path, options: argparse.Namespace, room: Path) -> bool:
    """Run one corpus; print what it cost, and tell whether anything differs."""
    corpus = prepare([source], room / "corpus.jsonl", options.limit)
    command = [sys.executable, "-m", "textclean", "--quiet", "--workers", "1"]
    command += ["--stages", options.stages] if options.stages else []
    seconds = []
    for name, more in (("with", ()), ("without", ("--no-triage",))):
        sides = [word for side in _SIDES for word in (f"--{side}", str(room / f"{name}.{side}"))]
        cost = run([*command, *more, *sides], corpus.path, room / f"{name}.out")
        seconds.append(cost.cpu)
    differing = [
        what
        for what in ("out", *_SIDES)
        if not filecmp.cmp(room / f"with.{what}", room / f"without.{what}", shallow=False)
    ]
    answer = f"  {', '.join(differing)} differ" if differing else f"{'equal':>9}"
    print(f"{source.name:<28}{corpus.articles:>10,}{seconds[0]:>9.1f}{seconds[1]:>11.1f}{answer}")
    return bool(differing)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", nargs="+", type=Path, help="JSON Lines, plain or gzip")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N articles of each")
    parser.add_argument("--stages", metavar="LIST", help="stages [default: the default recipe]")
    return parser.parse_args()


if __name__ == "__main__":
    main()
