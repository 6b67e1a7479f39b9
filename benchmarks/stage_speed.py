"""Measure stages on texts in memory; those that read HTML beside the parsers people use.

    python benchmarks/stage_speed.py DATA_FOLDER [--only NAME] [--rounds N] [--json FILE]

CPU time of one process and one thread, medians of runs that take turns; MB are 10^6 bytes of
UTF-8. ``pages`` are whole pages; ``plain`` are articles without any markup, where only triage
should work. Of repetition: triage of the texts it finds nothing in, in batches of 256; all of the
stage on those it does not spare, and on articles with planted stuffing.
"""

import argparse
import json
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from planting import KINDS, plant
from quality_sections.common import Folder

from textclean import Document
from textclean.kernels.jit import compile_kernels
from textclean.stages.embeds import StripEmbeds
from textclean.stages.markup import StripMarkup
from textclean.stages.repetition import CollapseRepetition
from textclean.stages.repetition.triage import level_flags

PAGES = ("news_html_gold", "embed_pages_html")
PLAIN = ("bbc_news", "reuters21578")
REPEATING = ("bbc_news", "reuters21578", "fakebr_news", "web_crawl", "repeats_web_wild")
#: Texts of each set that repetition is measured on, and articles that are stuffed.
_SAMPLE, _STUFFED = 2000, 40
_BATCH = 256
Job = Callable[[str], object]


def main() -> int:
    """Time each job on its texts, in turns, and print the medians."""
    compile_kernels()  # else they would wait until there is work enough
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path, help="folder of labelled sets")
    parser.add_argument("--only", choices=("html", "repetition"), help="[default: both]")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each [default: 3]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args()
    sections = {"html": _html, "repetition": _repetition}
    folder = Folder(options.data)
    figures: dict[str, float] = {}
    for name, measure in sections.items():
        if options.only in {None, name}:
            figures |= measure(folder, options.rounds)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def _html(folder: Folder, rounds: int) -> dict[str, float]:
    """Measure the stages that read HTML."""
    figures: dict[str, float] = {}
    for name in PAGES:
        texts = [row["text"] for row in folder.rows(name)]
        figures |= _measure(f"pages {name}", page_jobs(), texts, rounds)
    texts = [row["text"] for name in PLAIN for row in folder.rows(name)]
    for job, stage in _stages().items():
        unmarked = [text for text in texts if not stage.might_change(text)]
        jobs = {f"triage of {job}": stage.might_change}
        figures |= _measure(f"plain {len(unmarked)} of {len(texts)}", jobs, unmarked, 3)
    return figures


def _repetition(folder: Folder, rounds: int) -> dict[str, float]:
    """Measure triage and all of the stage ``repetition``."""
    stage = CollapseRepetition()
    figures: dict[str, float] = {}

    def run(text: str) -> object:
        return stage.process([Document("a", text)])

    for name in REPEATING:
        texts = [row["text"] for row in folder.rows(name)][:_SAMPLE]
        flags = level_flags(texts)
        spared = [text for text, flag in zip(texts, flags, strict=True) if not flag]
        figures |= _triage(f"{name} {len(spared)} of {len(texts)}", spared, rounds)
        rest = [text for text, flag in zip(texts, flags, strict=True) if flag]
        figures |= _measure(
            f"{name} {len(rest)} of {len(texts)}", {"repetition": run}, rest, rounds
        )
    articles = [row["text"] for row in folder.rows("bbc_news")][:_STUFFED]
    for kind in KINDS:
        choose = random.Random(kind)  # noqa: S311 - no secret
        stuffed = [planted.text for a in articles if (planted := plant(a, kind, "en", choose))]
        figures |= _measure(f"stuffed: {kind}", {"repetition": run}, stuffed, rounds)
    return figures


def _triage(title: str, texts: list[str], rounds: int) -> dict[str, float]:
    """Measure the compiled pass in batches, as the pipeline calls it."""
    batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6
    times: list[float] = []
    for _ in range(rounds):
        started = time.process_time()
        for batch in batches:
            level_flags(batch)
        times.append(time.process_time() - started)
    speed = size / max(statistics.median(times), 1e-9)
    print(
        f"{title:<32} {'triage of repetition':<28} {speed:9.1f} MB/s  of {size:.1f} MB", flush=True
    )
    return {f"{title}: triage of repetition": round(speed, 1)}


def _stages() -> dict[str, StripMarkup | StripEmbeds]:
    return {
        "markup": StripMarkup(),
        "embeds (elements)": StripEmbeds(form="elements"),
        "embeds (flattened)": StripEmbeds(form="flattened"),
    }


def page_jobs() -> dict[str, Job]:
    """Return our stages on pages, and the parsers beside them."""
    from selectolax.lexbor import LexborHTMLParser

    def run(stage: StripMarkup | StripEmbeds) -> Job:
        return lambda text: stage.process([Document("a", text)])

    def selectolax_text(text: str) -> str:
        tree = LexborHTMLParser(text)
        tree.strip_tags(["script", "style"])
        return tree.body.text() if tree.body else ""

    jobs = {name: run(stage) for name, stage in _stages().items() if "flattened" not in name}
    jobs["selectolax, bare text"] = selectolax_text
    for parser in ("html.parser", *(["lxml"] if find_spec("lxml") else [])):
        jobs[f"bs4 {parser}, get_text"] = _soup_text(parser)
    return jobs


def _soup_text(parser: str) -> Job:
    from bs4 import BeautifulSoup

    return lambda text: BeautifulSoup(text, parser).get_text()


def _measure(title: str, jobs: dict[str, Job], texts: list[str], rounds: int) -> dict[str, float]:
    """Run all jobs in turns; print and return MB/s by name."""
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6
    spent: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job(texts[0] if texts else "")  # imports, tables and kernels load
    for _ in range(rounds):
        for name, job in jobs.items():
            started = time.process_time()
            for text in texts:
                job(text)
            spent[name].append(time.process_time() - started)
    figures = {}
    for name, times in spent.items():
        speed = size / max(statistics.median(times), 1e-9)
        figures[f"{title}: {name}"] = round(speed, 1)
        print(f"{title:<32} {name:<28} {speed:9.1f} MB/s  of {size:.1f} MB", flush=True)
    return figures


if __name__ == "__main__":
    warnings.filterwarnings("ignore")  # bs4 comments on the pages
    sys.exit(main())
