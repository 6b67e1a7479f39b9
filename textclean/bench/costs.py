"""What commands cost: CPU time and peak memory, of processes of their own, in turns."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from textclean.bench.corpus import SHORT_ARTICLE, Corpus
from textclean.bench.peer import DEFAULT_STEPS
from textclean.errors import TextcleanError
from textclean.io.json_records import build_record
from textclean.kernels.jit import SWITCH

#: Name of the row for all stages together.
WHOLE = "all"
PEER = "glued by hand"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one job cost on a corpus.

    Attributes:
        name: A stage, ``all``, or the peer.
        cpu_seconds: Median of its runs, less what a short article takes; user and system time.
        mb_per_second: 10^6 bytes of the texts.
        articles_per_second: Documents.
        peak_bytes: Largest memory of the process.
        touched_share: Share of the documents that it changed or dropped; None: unknown.
        milliseconds_per_touched: CPU time for each of these; None: unknown, or there are none.
    """

    name: str
    cpu_seconds: float
    mb_per_second: float
    articles_per_second: float
    peak_bytes: int
    touched_share: float | None
    milliseconds_per_touched: float | None


def measure(
    corpus: Corpus, stages: Sequence[str], repeats: int, folder: Path, *, peer: bool
) -> Iterator[Cost]:
    """Yield the cost of all stages, of each alone, and of the peer.

    Args:
        corpus: What to clean.
        stages: Names of stages.
        repeats: Runs of each; they take turns, so that none gets the quiet minute.
        folder: For files in passing.
        peer: Whether the pipeline that people glue together by hand runs too; it is slow.
    """
    short = folder / "short.jsonl"
    short.write_bytes(build_record({"id": "short", "text": SHORT_ARTICLE}) + b"\n")
    report = folder / "report.json"
    commands = {WHOLE: _command(stages, report)}
    commands |= {stage: _command([stage], report) for stage in stages}
    if peer:
        steps = [step for step in DEFAULT_STEPS if step in stages]
        commands[PEER] = [sys.executable, "-m", "textclean.bench.peer", *steps]
    runs: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
    starts: dict[str, list[float]] = {name: [] for name in commands}
    touched: dict[str, int | None] = {}
    for command in commands.values():
        _run(command, short)  # compiles what is compiled once for a machine
    for _ in range(repeats):
        for name, command in commands.items():
            starts[name].append(_run(command, short)[0])
            runs[name].append(_run(command, corpus.path))
            touched[name] = None if name == PEER else _touched(report)
    for name, costs in runs.items():
        cpu = max(statistics.median(c for c, _ in costs) - statistics.median(starts[name]), 1e-3)
        yield _cost(name, corpus, cpu, max(peak for _, peak in costs), touched[name])


def _command(stages: Sequence[str], report: Path) -> list[str]:
    own = [sys.executable, "-m", "textclean", "clean", "--quiet", "--workers", "1"]
    return [*own, "--stages", ",".join(stages), "--report", str(report)]


def _run(command: Sequence[str], source: Path) -> tuple[float, int]:
    """Run a filter over a file; return CPU seconds and peak memory in bytes.

    Raises:
        TextcleanError: It failed.
    """
    with source.open("rb") as read:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            stdin=read,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, SWITCH: "compiled"},  # loaded for the short article, too
        )
        assert process.stderr is not None  # noqa: S101 - asked for above
        complaint = process.stderr.read()
        process.stderr.close()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"a run of the benchmark failed: {complaint.decode(errors='replace')[-500:]}"
        raise TextcleanError(message)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def _touched(report: Path) -> int:
    table: Mapping[str, Mapping[str, int]] = json.loads(report.read_text("utf-8"))
    return table["records"]["changed"] + table["records"]["dropped"]


def _cost(name: str, corpus: Corpus, cpu: float, peak: int, touched: int | None) -> Cost:
    articles = len(corpus.texts)
    return Cost(
        name,
        round(cpu, 3),
        round(corpus.text_bytes / 1e6 / cpu, 2),
        round(articles / cpu, 1),
        peak,
        None if touched is None else round(touched / articles, 4),
        round(cpu * 1000 / touched, 3) if touched else None,
    )
