"""What de-duplication in blocks costs an article, by phase, and what that makes of a large corpus.

    python benchmarks/ray_cost.py --articles 10000 100000 1000000

Runs the task functions of the Ray engine one after the other in this process, without Ray, on
made articles of 200 words, one in ten a near-copy: CPU time and bytes are those of the work itself.
Bytes *moved* are all that a task gets from others (nodes keep their own share of it); *held* is
what the tasks' results take in memory. To bring components together is measured in four parts, as
a graph takes that is too large for one task. Then the table of large corpora, from the figures of
the largest run.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from textclean.dedup.bands import choose_bands
from textclean.dedup.keep import KeepRule
from textclean.engines import ray_pairs, ray_survivors, ray_tasks, ray_write
from textclean.engines.finish import Finisher
from textclean.engines.ray import BLOCK_BYTES
from textclean.engines.ray_rows import Input
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
#: Parts of the graph of verified pairs.
PARTS = 4
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
    facts = [ray_tasks.describe(block) for block in blocks]
    firsts = np.cumsum([0, *(found.documents for found in facts)]).astype(np.int64)
    layout = ray_pairs.Layout(firsts, choose_bands(THRESHOLD), THRESHOLD)
    count = layout.blocks

    def over(task: Callable[..., Any], rows: list[Any], *words: Any) -> list[list[Any]]:
        return [
            _listed(task(blocks[n], n, layout, *words, *(row[n] for row in rows)))
            for n in range(count)
        ]

    cut, keys = _timed("keys", 0, lambda: over(ray_pairs.key_pieces, []))
    pair, proposed = _timed(
        "candidates",
        cut.held,
        lambda: [
            _listed(ray_pairs.propose(layout, *(row[n] for row in keys))) for n in range(count)
        ],
    )
    send, attached = _timed("attach sets", pair.held, lambda: over(ray_pairs.attach, proposed))
    check, found = _timed("verify", send.held, lambda: over(ray_pairs.verify, attached))
    pairs, crowds = [row[0] for row in found], [row[count] for row in proposed]
    join, _ = _timed("whole components", 0, lambda: _joined(pairs))
    join = replace(join, moved=join.held)
    decide, settled = _timed(
        "first survivors",
        check.held,
        lambda: _listed(ray_survivors.settle(layout, count, *pairs, *crowds)),
    )
    drops = [settled[:count]]
    name, named = _timed("names", decide.held, lambda: over(ray_survivors.name, drops, 0))
    moved = name.held + sum(block[n].nbytes for block in blocks for n in WRITTEN)
    shards = [
        (
            ray_write.Piece(None, facts[n].parts[0], int(firsts[n]), ()),
            blocks[n],
            [row[n] for row in named],
        )
        for n in range(count)
    ]
    write, _ = _timed("write", moved, lambda: _write(shards, job, inputs, Path(folder)))
    return [read, work, cut, pair, send, check, join, decide, name, write]


def _joined(pairs: list[pa.Table]) -> list[list[pa.Table]]:
    """Do what a graph too large for one task takes, in ``PARTS`` parts; return all that is sent."""

    def turned(rows: Any) -> list[list[pa.Table]]:
        return [list(column) for column in zip(*rows, strict=True)]

    pieces = [_listed(ray_survivors.scatter(PARTS, table)) for table in pairs]
    sent = [*pieces]
    is_moving = True
    while is_moving:
        is_moving = False
        for large in (True, False):
            found = [
                _listed(ray_survivors.star(PARTS, *mine, large=large)) for mine in turned(pieces)
            ]
            pieces = [row[:-1] for row in found]
            sent += pieces
            is_moving |= any(row[-1] for row in found)
    edges = turned(pieces)
    cut = [_listed(ray_survivors.part_of_left(PARTS, table)) for table in pairs]
    sent += cut
    sent += [
        _listed(ray_survivors.part_of_component(PARTS, len(edges[part]), *edges[part], *mine))
        for part, mine in enumerate(turned(cut))
    ]
    return sent


def _write(shards: list[Any], job: Job, inputs: list[Input], folder: Path) -> None:
    """Write each block as a shard of its own."""
    for number, shard in enumerate(shards):
        sinks = Sinks(Targets(folder / f"out{number}.jsonl"), job)
        finisher = Finisher(Worker(job), sinks, Report())
        for _ in ray_write.finish_pieces(finisher, [shard], inputs):
            pass
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
    """Print what large corpora take: CPU and network shared by the nodes."""
    bands = choose_bands(THRESHOLD)
    shared = sum(phase.seconds for phase in phases) / count + cleaning
    moved = sum(phase.moved for phase in phases) / count
    held = max(phase.held for phase in phases) / count
    row = 8 * 196 + bands.marks + 24  # a shingle set of 200 words, with marks, for one partner
    print(
        f"\n{CORES} cores and {NETWORK / 1e9:.1f} GB/s a node; cleaning {cleaning * 1e6:.0f} us\n"
    )
    print("| articles | nodes | CPU, hours | network, hours | held a node, GB | pairs by chance |")
    print("|---|---|---|---|---|---|")
    for articles, choices in SIZES:
        chance = bands.count * articles / 2 / TAGS
        for nodes in choices:
            cpu = articles * shared / nodes / CORES / 3600
            network = articles * (moved + chance * row) / nodes / NETWORK / 3600
            print(
                f"| {articles:.0e} | {nodes} | {cpu:.2f} | {network:.2f} "
                f"| {articles * held / nodes / 1e9:,.0f} | {chance:.2f} an article |"
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
