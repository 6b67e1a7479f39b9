"""Measure speed: the pipeline and each stage, beside a pipeline written by hand and the limits.

    python benchmarks/speed.py CORPUS ... [--stages LIST] [--limit N] [--json FILE] [--plot FILE]

CPU time (user and system, of all processes) less that of the same command on one short article;
medians of runs that take turns. MB are 10^6 bytes of the texts in UTF-8.
"""

import argparse
import importlib.util
import json
import shlex
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from commands import Cost, interleaved, run
from corpora import Corpus, prepare, short
from datatrove_peer import NEEDS
from limits import LIMITS

from textclean.bench.peer import STEPS
from textclean.bench.table import Bar, svg_of_bars

STAGES = ("mojibake", "embeds", "markup", "repetition", "language", "duplicates")
_HERE = Path(__file__).parent
#: Name of the whole: of textclean's default recipe, and of the peer's.
_WHOLE = "all"


def main() -> None:
    """Run everything, print the table, and write the figures when asked."""
    options = _options()
    print(shlex.join(["python", *sys.argv]))
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        corpus = prepare(options.corpus, room / "corpus.jsonl", options.limit)
        commands = _commands(options.stages, options.workers, peer=not options.no_peer)
        costs = _measure(commands, corpus, room, options.repeats)
    figures = {
        name: {
            "cpu_seconds": round(cpu, 4),
            "spread": round(spread, 4),
            "mb_per_second": corpus.text_bytes / 1e6 / cpu,
            "articles_per_second": corpus.articles / cpu,
        }
        for name, (cpu, spread) in costs.items()
    }
    print(f"{corpus.articles:,} articles, {corpus.text_bytes / 1e6:.1f} MB of text", end=", ")
    print(f"{options.repeats} runs of each, workers {options.workers}")
    _print_table(figures)
    if options.plot:
        bars = [Bar(n, f["mb_per_second"], n.startswith("textclean")) for n, f in figures.items()]
        options.plot.write_text(svg_of_bars(bars), encoding="utf-8")
    if options.json:
        content = {
            "command": ["python", *sys.argv],
            "articles": corpus.articles,
            "text_bytes": corpus.text_bytes,
            "figures": figures,
        }
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", nargs="+", type=Path, help="JSON Lines, plain or gzip")
    parser.add_argument(
        "--stages",
        type=lambda names: tuple(names.split(",")),
        default=(_WHOLE, *(stage for stage in STAGES if stage != "language")),
        help="comma-separated: stages to run alone, and 'all' [default: all but language]",
    )
    parser.add_argument("--limit", type=int, metavar="N", help="at most N articles")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each [default: 3]")
    parser.add_argument("--workers", type=int, default=1, help="textclean's [default: 1]")
    parser.add_argument("--no-peer", action="store_true", help="leave the slow peer out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write a picture (SVG)")
    options = parser.parse_args()
    for name in options.stages:
        if name not in (_WHOLE, *STAGES):
            parser.error(f"no stage {name!r}; there are: {', '.join((_WHOLE, *STAGES))}")
    return options


def _commands(stages: tuple[str, ...], workers: int, *, peer: bool) -> dict[str, list[str]]:
    """Return the commands, all filters from stdin to stdout, by the names of the table."""
    commands: dict[str, list[str]] = {}
    python = sys.executable
    for stage in stages:
        own = [python, "-m", "textclean", "--quiet", "--workers", str(workers)]
        chosen = [] if stage == _WHOLE else ["--stages", stage]
        commands[f"textclean {stage}"] = [*own, *chosen]
        if peer and (stage == _WHOLE or stage in STEPS):
            step = [] if stage == _WHOLE else [stage]
            commands[f"peer {stage}"] = [python, "-m", "textclean.bench.peer", *step]
    missing = [name for name in NEEDS if not importlib.util.find_spec(name)]
    if peer and _WHOLE in stages and not missing:
        commands["datatrove"] = [python, str(_HERE / "datatrove_peer.py")]
    elif peer and _WHOLE in stages:
        print(f"datatrove is left out: not installed: {', '.join(missing)}")
    for limit in LIMITS:
        if limit != "orjson" or importlib.util.find_spec("orjson"):
            commands[f"limit {limit}"] = [python, str(_HERE / "limits.py"), limit]
    return commands


def _measure(
    commands: dict[str, list[str]], corpus: Corpus, room: Path, repeats: int
) -> dict[str, tuple[float, float]]:
    """Return the net CPU seconds of each command, and the spread of its runs."""
    little = short(room / "short.jsonl")
    runs: dict[str, Callable[[], Cost]] = {}
    for name, command in commands.items():
        run(command, little.path, room / "out")  # compiles and caches what is compiled once
        for size, source in (("whole", corpus), ("short", little)):

            def once(command: list[str] = command, source: Corpus = source) -> Cost:
                return run(command, source.path, room / "out")

            runs[f"{name}/{size}"] = once
    costs = interleaved(runs, repeats)
    return {
        name: (
            max(costs[f"{name}/whole"][0] - costs[f"{name}/short"][0], 1e-4),
            costs[f"{name}/whole"][1],
        )
        for name in commands
    }


def _print_table(figures: dict[str, dict[str, float]]) -> None:
    print(f"{'':<24}{'CPU s':>9}{'spread':>9}{'MB/s':>10}{'articles/s':>12}{'times peer':>12}")
    for name, figure in figures.items():
        tool, _, stage = name.partition(" ")
        other = figures.get(f"peer {stage}") if tool == "textclean" else None
        ratio = f"{figure['mb_per_second'] / other['mb_per_second']:.1f}" if other else ""
        print(
            f"{name:<24}{figure['cpu_seconds']:>9.2f}{figure['spread']:>9.2f}"
            f"{figure['mb_per_second']:>10.1f}{figure['articles_per_second']:>12,.0f}{ratio:>12}"
        )


if __name__ == "__main__":
    main()
