"""Measure what textclean gets right and what it harms, on a folder of labelled data.

    python benchmarks/quality.py DATA_FOLDER [--only NAME ...] [--sample N] [--json FILE]

``--write-baseline`` writes the figures as floors to quality_baseline.json; ``--check`` compares
with them and exits with 1 when one has become worse.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from quality_sections.common import Figure, Folder, Measure
from quality_sections.registry import MEASURES

BASELINE = Path(__file__).with_name("quality_baseline.json")
#: By how much a figure may fall behind its floor: nothing but the rounding of the file.
_TOLERANCE = 5e-7


def main() -> int:
    """Run the measures, print their figures, and compare or write floors when asked."""
    options = _options()
    folder = Folder(options.data, options.sample)
    started = time.monotonic()
    figures: dict[str, Figure] = {}
    for measure, found in _run(_chosen(options.only), folder, options.jobs):
        if isinstance(found, str):
            print(f"{measure.name:<58} skipped: {found}", flush=True)
            continue
        for figure in found:
            name = f"{measure.name}.{figure.name}"
            figures[name] = figure
            print(f"{name:<58} {_shown(figure.value)}  of {figure.total:,}", flush=True)
    print(f"{len(figures)} figures in {time.monotonic() - started:.0f} s", file=sys.stderr)
    if options.json:
        options.json.write_text(_as_json(folder, figures, {}), encoding="utf-8")
    if options.write_baseline:
        kept = _floors(folder) if options.only else {}
        BASELINE.write_text(_as_json(folder, figures, kept), encoding="utf-8")
    return _check(folder, figures) if options.check else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path, help="folder of labelled sets (.jsonl or .jsonl.gz)")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="measures whose names begin so, e.g. embeds"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="at most N rows of each set")
    parser.add_argument("--jobs", type=int, default=2, help="processes [default: 2]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--write-baseline", action="store_true", help="make them the floors")
    parser.add_argument("--check", action="store_true", help="exit 1 when one is below its floor")
    options = parser.parse_args()
    if not options.data.is_dir():
        parser.error(f"{options.data} is no folder")
    chosen = _chosen(options.only)
    if not chosen:
        parser.error(f"no measure begins with {' or '.join(options.only)}")
    folder = Folder(options.data)
    if all(folder.absent(measure) for measure in chosen):
        needed = sorted({name for measure in chosen for name in measure.needs})
        parser.error(
            f"{options.data} has no set for what was asked; a set is a file NAME.jsonl or"
            f" NAME.jsonl.gz, here of {', '.join(needed)}"
        )
    return options


def _chosen(only: Sequence[str] | None) -> list[Measure]:
    prefixes = tuple(only or [""])
    return [measure for measure in MEASURES if measure.name.startswith(prefixes)]


def _run(
    measures: list[Measure], folder: Folder, jobs: int
) -> Iterator[tuple[Measure, list[Figure] | str]]:
    """Yield the figures of each measure in order, or why there are none."""
    if jobs < 2:
        for measure in measures:
            yield measure, _figures(measure.name, folder)
        return
    # A fresh process for each measure: one's memory and caches are no matter of another's.
    with ProcessPoolExecutor(jobs, get_context("spawn"), max_tasks_per_child=1) as pool:
        futures = {
            measure: pool.submit(_figures, measure.name, folder)
            for measure in measures
            if not folder.absent(measure)  # no process to say so
        }
        for measure in measures:
            future = futures.get(measure)
            yield measure, _figures(measure.name, folder) if future is None else future.result()


def _figures(name: str, folder: Folder) -> list[Figure] | str:
    [measure] = [measure for measure in MEASURES if measure.name == name]
    if absent := folder.absent(measure):
        return f"{', '.join(absent)} not in {folder.path}"
    return list(measure.figures(folder))


def _shown(value: float) -> str:
    return "      -" if math.isnan(value) else f"{value:.5f}"


def _floors(folder: Folder) -> dict[str, Any]:
    """Return the floors so far; those of other sets say nothing."""
    floors = json.loads(BASELINE.read_text(encoding="utf-8"))
    if floors["sample"] != folder.sample or floors["sets"] != folder.digests:
        return {}
    found: dict[str, Any] = floors["figures"]
    return found


def _as_json(folder: Folder, figures: dict[str, Figure], kept: dict[str, Any]) -> str:
    new = {
        name: {"value": round(figure.value, 6), "total": figure.total, "goal": figure.goal}
        for name, figure in figures.items()
        if not math.isnan(figure.value)
    }
    content = {
        "sample": folder.sample,
        "sets": folder.digests,
        "figures": {**kept, **new},
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _check(folder: Folder, figures: dict[str, Figure]) -> int:
    """Print every figure that is worse than its floor; 1 when there is one."""
    floors = json.loads(BASELINE.read_text(encoding="utf-8"))
    if floors["sample"] != folder.sample or floors["sets"] != folder.digests:
        print("the floors were measured on other data or another sample", file=sys.stderr)
        return 1
    worse = [
        f"{name}: {figures[name].value:.6f}, floor {floor['value']:.6f}"
        for name, floor in floors["figures"].items()
        if name in figures and _is_worse(figures[name].value, floor)
    ]
    for line in worse:
        print(f"worse than its floor: {line}", file=sys.stderr)
    print(f"{len(worse)} of {len(floors['figures'])} floors broken", file=sys.stderr)
    return 1 if worse else 0


def _is_worse(value: float, floor: dict[str, Any]) -> bool:
    if floor["goal"] == "none":
        return False
    loss = floor["value"] - value if floor["goal"] == "higher" else value - floor["value"]
    return math.isnan(value) or loss > _TOLERANCE


if __name__ == "__main__":
    sys.exit(main())
