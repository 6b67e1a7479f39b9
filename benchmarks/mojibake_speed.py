"""Measure how fast mojibake is repaired, beside ftfy and plsfix, in one run.

    python benchmarks/mojibake_speed.py CORPUS ... [--limit N] [--repeats N] [--json FILE]

The texts of a corpus are held in memory, made clean ASCII, clean with curly quotes, damaged in
one line of twenty, and damaged wholly, through several code pages. CPU time, medians of runs that
take turns; MB are 10^6 bytes of the given text in UTF-8.
"""

import argparse
import itertools
import json
import re
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ftfy
from corpora import prepare

from textclean.document import Document
from textclean.kernels.jit import compile_kernels
from textclean.stages.mojibake import RepairMojibake, judge, preference

_BATCH = 256
_STRAIGHT = re.compile("[\"']")
#: Code pages for whole texts, with how often the text was misread.
_CHAINS = (
    ("cp1252", "sloppy-windows-1252", 1),
    ("latin-1", "latin-1", 1),
    ("cp1252 twice", "sloppy-windows-1252", 2),
    ("cp1250", "sloppy-windows-1250", 1),
    ("cp1251", "sloppy-windows-1251", 1),
    ("Mac Roman", "mac-roman", 1),
    ("cp437", "cp437", 1),
)


def main() -> None:
    """Make the texts, time every tool on them, and print a table."""
    options = _options()
    _warm_up()
    print(shlex.join(["python", *sys.argv]))
    texts = _texts(options.corpus, options.limit)
    tools = _tools()
    figures: dict[str, dict[str, float]] = {}
    print(f"{len(texts):,} texts, {options.repeats} runs of each; MB/s of CPU time")
    print(f"{'':<30}{'MB':>7}" + "".join(f"{name:>12}" for name in tools) + f"{'spread':>9}")
    for name, kind in _kinds(texts).items():
        size = sum(len(text.encode("utf-8", "surrogatepass")) for text in kind) / 1e6
        seconds = _measure(tools, kind, options.repeats)
        figures[name] = {tool: size / statistics.median(runs) for tool, runs in seconds.items()}
        own = seconds["textclean"]
        spread = (max(own) - min(own)) / statistics.median(own)
        row = "".join(f"{figures[name][tool]:>12.1f}" for tool in tools)
        print(f"{name:<30}{size:>7.1f}{row}{spread:>8.0%}", flush=True)
    if options.json:
        content = {"command": ["python", *sys.argv], "texts": len(texts), "mb_per_second": figures}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _warm_up() -> None:
    """Have all kernels compiled and all tables made; else they would wait for work enough."""
    compile_kernels()
    damaged = _damaged("It’s “open” – “now”.\n" * 2000, "sloppy-windows-1252", 1)
    RepairMojibake().process([Document("", damaged)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", nargs="+", type=Path, help="JSON Lines, plain or gzip")
    parser.add_argument("--limit", type=int, default=2000, metavar="N", help="at most N texts")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each [default: 5]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    return parser.parse_args()


def _texts(sources: Sequence[Path], limit: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        corpus = prepare(sources, Path(folder) / "corpus.jsonl", limit)
        return [json.loads(line)["text"] for line in corpus.path.read_bytes().splitlines()]


def _kinds(texts: Sequence[str]) -> dict[str, list[str]]:
    """Return the texts in each state; what a code page cannot hold stays undamaged."""
    curly = [_curled(text) for text in texts]
    kinds = {
        "clean, ASCII": [text.encode("ascii", "ignore").decode() for text in texts],
        "clean, curly quotes": curly,
        "one line of 20 damaged": [_one_line_of_twenty(text) for text in curly],
    }
    for name, codec, times in _CHAINS:
        damaged = [_damaged(text, codec, times) for text in curly]
        kinds[f"damaged through {name}"] = [text for text in damaged if not text.isascii()]
    return {name: kind for name, kind in kinds.items() if kind}


def _curled(text: str) -> str:
    quotes = itertools.cycle("“”")
    return _STRAIGHT.sub(lambda match: next(quotes) if match[0] == '"' else "’", text)


def _damaged(text: str, codec: str, times: int) -> str:
    for _ in range(times):
        text = text.encode("utf-8", "ignore").decode(codec)
    return text


def _one_line_of_twenty(text: str) -> str:
    """Damage every twentieth line; a text without so many gets more lines, at its full stops."""
    lines = text.replace(". ", ".\n").split("\n")
    damaged = (
        _damaged(line, "sloppy-windows-1252", 1) if number % 20 == 0 else line
        for number, line in enumerate(lines)
    )
    return "\n".join(damaged)


def _tools() -> dict[str, Callable[[Sequence[str]], object]]:
    stage = RepairMojibake()

    def own(texts: Sequence[str]) -> None:
        for start in range(0, len(texts), _BATCH):
            batch = [Document("", text) for text in texts[start : start + _BATCH]]
            stage.process(batch)

    tools: dict[str, Callable[[Sequence[str]], object]] = {
        "textclean": own,
        "ftfy": lambda texts: [ftfy.fix_encoding(text) for text in texts],
    }
    try:
        import plsfix
    except ImportError:
        print("plsfix is not installed: left out")
    else:
        tools["plsfix"] = lambda texts: [plsfix.fix_text(text) for text in texts]
    return tools


def _measure(
    tools: dict[str, Callable[[Sequence[str]], object]], texts: Sequence[str], repeats: int
) -> dict[str, list[float]]:
    """Return the CPU seconds of each run; the tools take turns.

    The first runs are not counted; textclean is timed on a fresh copy of what it remembers of
    damage, so that no figure rests on a text it has seen before.
    """
    seconds: dict[str, list[float]] = {name: [] for name in tools}
    for turn in range(repeats + 1):
        for name, tool in tools.items():
            _forget()
            before = time.process_time()
            tool(texts)
            if turn:
                seconds[name].append(time.process_time() - before)
    return seconds


def _forget() -> None:
    """Empty what the stage remembers between texts."""
    preference._remembered_explaining.cache_clear()  # noqa: SLF001
    judge.forget()


if __name__ == "__main__":
    main()
