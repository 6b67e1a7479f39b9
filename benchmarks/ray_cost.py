"""What de-duplication in blocks costs an article, by phase, and what that makes of a large corpus.

    python benchmarks/ray_cost.py --articles 10000 100000 1000000

Runs the task functions of the Ray engine one after the other in this process, without Ray, on
made articles of 200 words, one in ten a near-copy: CPU time and bytes are those of the work itself.
Bytes *moved* are all that a task gets from others (nodes keep their own share of it); *held* is
what the tasks' results take in memory. Then the table of large corpora, from the figures of the
largest run.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from textclean.dedup.bands import choose_bands
from textclean.dedup.blockwise import Clustering, Verified
from textclean.dedup.keep import KeepRule
from textclean.engines import ray_tasks
from textclean.engines.finish import Finisher
from textclean.engines.ray import BLOCK_BYTES, MEASURED, _Known
from textclean.engines.ray_rows import Input, chunk_from_row, worked_from_row
from textclean.engines.sinks import Sinks, Targets
from textclean.engines.work import Job, Worker
from textclean.recipe import Recipe
from textclean.report import Report

THRESHOLD = 0.8
#: What one node is taken to have.
CORES, NETWORK = 32, 2.5e9  # bytes a second
#: Different tags of a band: so often do two texts share one by chance.
TAGS = 2**32
#: Columns that hold nearly all of what goes to the process that writes.
WRITTEN = ("data", "ids", "alive", "starts", "ends", "numbers", "records")
SIZES = ((10**8, (10, 100)), (10**10, (100, 1000)))


@dataclass(frozen=True, slots=True)
class Phase:
    """What a phase cost: seconds of CPU, bytes moved to its tasks, bytes of its results."""

    name: str
    seconds: float
    moved: int
    held: int


def _shards(count: int, folder: Path) -> list[Input]:
    draw = random.Random(20261125)  # noqa: S311 - a corpus, no secret
    vocabulary = [f"{draw.randrange(16**5):x}" for _ in range(30_000)]
    words: list[str] = []
    inputs = []
    for start in range(0, count, 50_000):
        path = folder / f"{start}.jsonl"
        with path.open("w", encoding="utf-8") as target:
            for number in range(start, min(count, start + 50_000)):
                if words and draw.random() < 0.1:
                    words[draw.randrange(len(words))] = "changed"
                else:
                    words = draw.choices(vocabulary, k=200)
                target.write(json.dumps({"id": str(number), "text": " ".join(words)}) + "\n")
        inputs.append(Input(str(path), "jsonl", None, b"", None, None, str(path)))
    return inputs


def _blocks(rows: Iterable[pa.Table]) -> Iterable[pa.Table]:
    held: list[pa.Table] = []
    for row in rows:
        held.append(row)
        if sum(one.nbytes for one in held) >= BLOCK_BYTES:
            yield pa.concat_tables(held).combine_chunks()
            held = []
    if held:
        yield pa.concat_tables(held).combine_chunks()


def _timed(name: str, moved: int, work: Callable[[], Any]) -> tuple[Phase, Any]:
    start = time.process_time()
    result = work()
    seconds = time.process_time() - start
    return Phase(name, seconds, moved, _bytes(result)), result


def _bytes(value: Any) -> int:
    if isinstance(value, pa.Table):
        return value.nbytes
    return sum(map(_bytes, value)) if isinstance(value, list | tuple) else 0


def _listed(pieces: Any) -> list[pa.Table]:
    return list(pieces) if isinstance(pieces, tuple) else [pieces]


def measured(count: int) -> list[Phase]:
    """Run all phases on so many articles."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = _shards(count, Path(folder))
        return _phases(inputs, folder)


def _phases(inputs: list[Input], folder: str) -> list[Phase]:
    job = Job(Recipe(stages=("duplicates",), threshold=THRESHOLD), "jsonl")
    sources = pa.table({"source": list(range(len(inputs)))})
    how = {"inputs": inputs, "text_field": "text", "maximum": 2**28, "folder": folder}
    read, chunks = _timed("read", 0, lambda: list(_blocks(ray_tasks.read(sources, **how))))
    keep = {"inputs": inputs, "job": job, "keep": KeepRule()}
    work, blocks = _timed(
        "parse and measure",
        read.held,
        lambda: [one for b in chunks for one in _blocks(ray_tasks.work(b, **keep))],
    )
    chunks.clear()
    documents = [ray_tasks.describe(block)["documents"] for block in blocks]
    firsts = np.concatenate([[0], np.cumsum(documents)]).astype(np.int64)
    layout = ray_tasks.Layout(firsts, choose_bands(THRESHOLD), THRESHOLD)
    homes = range(layout.blocks)
    cut, keys = _timed(
        "keys", 0, lambda: [_listed(ray_tasks.key_pieces(blocks[n], n, layout)) for n in homes]
    )
    pair, proposed = _timed(
        "candidates",
        cut.held,
        lambda: [_listed(ray_tasks.propose(layout, *(row[n] for row in keys))) for n in homes],
    )
    send, attached = _timed(
        "attach sets",
        pair.held,
        lambda: [
            _listed(ray_tasks.attach(blocks[n], n, layout, *(row[n] for row in proposed)))
            for n in homes
        ],
    )
    check, found = _timed(
        "verify",
        send.held,
        lambda: [
            ray_tasks.verify(blocks[n], n, layout, *(row[n] for row in attached)) for n in homes
        ],
    )
    names = ("left", "right", "similarity")
    columns = [np.concatenate([part[name].to_numpy() for part in found]) for name in names]
    crowded = np.concatenate([row[-1]["crowded"].to_numpy() for row in proposed])
    settle, decisions = _timed(
        "first survivors (one process)",
        check.held,
        lambda: Clustering(Verified(*columns), crowded, None, int(firsts[-1])).decide(),
    )
    known = _Known(decisions, dict.fromkeys(decisions.survivors.tolist(), "a survivor"))
    write, _ = _timed(
        "write (one process)",
        sum(block[name].nbytes for block in blocks for name in WRITTEN),
        lambda: _write(blocks, job, inputs, known, Path(folder) / "out.jsonl"),
    )
    return [read, work, cut, pair, send, check, settle, write]


def _write(
    blocks: list[pa.Table], job: Job, inputs: list[Input], known: _Known, path: Path
) -> None:
    worker = Worker(job)
    worker.ordered = known
    sinks = Sinks(Targets(path), job)
    finisher = Finisher(worker, sinks, Report())
    for block in blocks:
        for row in block.drop_columns(list(MEASURED)).to_pylist():
            finisher.finish(chunk_from_row(row, inputs), worked_from_row(row))
    sinks.commit(finisher.report)


def _print(count: int, phases: list[Phase]) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"\n{count:,} articles (peak of this process so far {peak / 2**20:,.0f} MiB)\n")
    print("| phase | CPU, us an article | moved, bytes an article | held, bytes an article |")
    print("|---|---|---|---|")
    total = [0.0, 0.0]
    for phase in phases:
        cpu, moved = phase.seconds / count * 1e6, phase.moved / count
        total = [total[0] + cpu, total[1] + moved]
        print(f"| {phase.name} | {cpu:.2f} | {moved:,.0f} | {phase.held / count:,.0f} |")
    print(f"| all | {total[0]:.1f} | {total[1]:,.0f} | |")


def _extrapolate(count: int, phases: list[Phase], cleaning: float) -> None:
    """Print what large corpora take: CPU and network shared by the nodes, one process alone."""
    bands = choose_bands(THRESHOLD)
    by_name = {phase.name: phase for phase in phases}
    alone = sum(one.seconds for name, one in by_name.items() if "one process" in name) / count
    shared = sum(phase.seconds for phase in phases) / count - alone + cleaning
    moved = sum(phase.moved for phase in phases) / count
    row = 8 * 196 + bands.marks + 24  # a shingle set of 200 words, with marks, for one partner
    print(
        f"\n{CORES} cores and {NETWORK / 1e9:.1f} GB/s a node; cleaning {cleaning * 1e6:.0f} us\n"
    )
    print(
        "| articles | nodes | CPU, hours | network, hours | one process, hours | pairs by chance |"
    )
    print("|---|---|---|---|---|---|")
    for articles, choices in SIZES:
        chance = bands.count * articles / 2 / TAGS
        for nodes in choices:
            cpu = articles * shared / nodes / CORES / 3600
            network = articles * (moved + chance * row) / nodes / NETWORK / 3600
            single = articles * alone / 3600
            print(
                f"| {articles:.0e} | {nodes} | {cpu:.2f} | {network:.2f} | {single:.2f} "
                f"| {chance:.2f} an article |"
            )


def main() -> None:
    """Print a table a size, and the large ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument(
        "--cleaning", type=float, default=1000.0, help="us of the other stages an article"
    )
    options = parser.parse_args()
    measured(1000)  # loads the kernels
    for count in options.articles:
        phases = measured(count)
        _print(count, phases)
    _extrapolate(count, phases, options.cleaning / 1e6)


if __name__ == "__main__":
    main()
