"""The Ray engine: the same run on many machines, with the same bytes (the extra ``ray``).

Ray Data reads the sources and runs the stages as batch maps over Arrow blocks, which stay where
they were made. Then keys, candidate pairs and verified pairs go between them, never a text
(``ray_tasks.py``; ``dedup/blockwise.py`` has the steps). This process puts the verified pairs
together, and writes in input order what the nodes have made.

What comes to this process: 24 bytes a verified pair, 16 a document, and the output. What a large
family touches is decided in one task: its measures, and the memory of a stream.
"""

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from textclean.dedup.bands import choose_bands
from textclean.dedup.blockwise import Clustering, Decisions, Numbers, Verified
from textclean.dedup.corpus import Cluster, Member
from textclean.dedup.keep import KeepRule
from textclean.document import Document
from textclean.engines.corpus import preferable, refuse_without_values
from textclean.engines.finish import Finisher
from textclean.engines.local import Progress
from textclean.engines.sinks import Sinks
from textclean.engines.work import Job, WorkedChunk, Worker
from textclean.errors import MissingExtraError, TextcleanError, UsageError
from textclean.io.cutting import Chunk
from textclean.io.sources import Source
from textclean.report import Report
from textclean.stage import Drop, Outcome
from textclean.stages.duplicates import DropNearDuplicates

#: Bytes of a block of chunks, what one task works on: at least, and at most.
BLOCK_BYTES, _LARGEST_BLOCK = 16 * 2**20, 2**30
#: Blocks wanted at most: each sends a piece to every other, which Ray has to keep account of.
_MAXIMUM_BLOCKS = 500
#: Columns that the process that writes has no use for.
MEASURED = ("sizes", "shingles", "tags", "marks", "lengths", "values")
#: How often a task is run again whose node was lost.
_RETRIES = 20


@dataclass(slots=True)
class RayRun:
    """How a run uses Ray, and what it leaves besides its outputs.

    Attributes:
        address: Of the cluster; None: one on this machine, for this run alone, unless the program
            is connected to one.
        workers: Processes of such a cluster; None: all cores.
        keep: Which of several copies stays.
        shows_progress: Whether Ray Data shows how far reading and cleaning have come, on stderr.
        clusters: Filled: what went because of what, in the order of the survivors.
    """

    address: str | None = None
    workers: int | None = None
    keep: KeepRule = field(default_factory=KeepRule)
    shows_progress: bool = False
    clusters: list[Cluster] = field(default_factory=list)


def run_ray(
    job: Job, sources: Sequence[Source], sinks: Sinks, run: RayRun, progress: Progress
) -> Report:
    """Clean all sources into the sinks, as ``run_local`` does.

    Args:
        job: What to do; its ordered stage comes last.
        sources: Files and URLs that every node can read.
        sinks: Written in input order; completed by the caller.
        run: Where to do it.
        progress: Called after each chunk is written.

    Raises:
        InputError: A record is broken and nothing takes broken records.
        MissingExtraError: Ray is not installed.
        UsageError: The cluster cannot be reached, or the recipe cannot run there.
    """
    worker = Worker(job)
    if worker.tail.stages:
        message = "--engine ray needs duplicates to be the last stage"
        raise UsageError(message)
    with _connected(run) as ray:
        blocks = _worked_blocks(ray, job, sources, run)
        known = None
        if worker.ordered is not None:
            known = worker.ordered = _Shuffle(ray, blocks, job).decide(run.keep)
        finisher = Finisher(worker, sinks, Report(), None)
        inputs = _inputs(sources, run.keep)
        for row in _rows(ray, blocks):
            chunk = _finish(row, inputs, finisher, known)
            progress(sources[chunk.source_number], chunk)
        if known is not None:
            run.clusters += known.clusters()
        return finisher.report


def _finish(
    row: dict[str, Any], inputs: Sequence[Any], finisher: Finisher, known: "_Known | None"
) -> Chunk:
    """Write a chunk whose turn it is, or raise what was wrong with it."""
    from textclean.engines.ray_rows import chunk_from_row, raise_error, worked_from_row

    if row["error"] is not None:
        raise_error(row["error"])
    chunk = chunk_from_row(row, inputs)
    worked = worked_from_row(row)
    if known is not None:
        known.see(worked)
    finisher.finish(chunk, worked)
    finisher.sinks.flush()
    return chunk


@contextlib.contextmanager
def _connected(run: RayRun) -> Iterator[Any]:
    """Connect to a cluster, or start one that ends with the run."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent that nobody asked for
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtraError(extra="ray", need="--engine ray needs Ray") from error
    is_own = not ray.is_initialized()
    if is_own:
        quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
        here = {} if run.address else {"num_cpus": run.workers, "include_dashboard": False}
        try:
            ray.init(address=run.address or "local", **quiet, **here)
        except (ConnectionError, ValueError, RuntimeError) as error:
            message = f"cannot reach a Ray cluster at {run.address}: {error}"
            raise UsageError(message) from error
    try:
        yield ray
    except ray.exceptions.RayTaskError as error:
        message = f"a task failed on a node: {error}"
        raise TextcleanError(message) from error
    except ray.exceptions.RayError as error:
        message = f"Ray gave up: {error}"
        raise TextcleanError(message) from error
    finally:
        if is_own:
            ray.shutdown()


def _worked_blocks(ray: Any, job: Job, sources: Sequence[Source], run: RayRun) -> list[Any]:
    """Read and clean on the nodes; return the blocks in input order."""
    import pyarrow as pa

    from textclean.engines import ray_tasks

    inputs = _inputs(sources, run.keep)
    read = partial(
        ray_tasks.read,
        inputs=inputs,
        text_field=job.recipe.text_field,
        maximum=job.recipe.max_record_bytes,
        folder=str(Path.cwd()),
    )
    work = partial(ray_tasks.work, inputs=inputs, job=job, keep=run.keep)
    whole = {"batch_size": None, "batch_format": "pyarrow"}
    size = sum(source.size or 0 for source in sources) // _MAXIMUM_BLOCKS
    block_bytes = min(max(BLOCK_BYTES, size), _LARGEST_BLOCK)
    with _data_context(ray, block_bytes, shows_progress=run.shows_progress):
        shards = ray.data.from_arrow([pa.table({"source": [n]}) for n in range(len(sources))])
        # Other demands than those of the stages keep Ray from making one task of both.
        chunks = shards.map_batches(read, num_cpus=0.5, **whole)
        done = chunks.map_batches(work, num_cpus=1, **whole).materialize()
    blocks: list[Any] = done.to_arrow_refs()
    counts = ray.get([ray.remote(ray_tasks.count_rows).remote(block) for block in blocks])
    # an empty source leaves an empty block, without even columns
    return [block for block, count in zip(blocks, counts, strict=True) if count]


@contextlib.contextmanager
def _data_context(ray: Any, block_bytes: int, *, shows_progress: bool) -> Iterator[None]:
    """Set Ray Data up for a run, and leave it as it was."""
    context = ray.data.DataContext.get_current()
    options = context.execution_options
    before = context.enable_progress_bars, context.target_max_block_size, options.preserve_order
    logger = logging.getLogger("ray.data")
    level = logger.level
    logger.setLevel(logging.ERROR)
    context.enable_progress_bars, context.target_max_block_size = shows_progress, block_bytes
    options.preserve_order = True
    try:
        yield
    finally:
        context.enable_progress_bars, context.target_max_block_size = before[:2]
        options.preserve_order = before[2]
        logger.setLevel(level)


def _inputs(sources: Sequence[Source], keep: KeepRule) -> list[Any]:
    from textclean.engines.ray_rows import Input

    return [
        Input(
            source.name,
            source.format,
            source.encoding,
            source.header,
            source.inside,
            source.stamp and (source.stamp.size, source.stamp.modified),
            preferable(keep, source.name),
        )
        for source in sources
    ]


def _rows(ray: Any, blocks: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield the chunks of all blocks in order, less what is measured; a few blocks come ahead."""
    for number, block in enumerate(blocks):
        ray.wait(blocks[number : number + 3], num_returns=1, fetch_local=True)
        table = ray.get(block).drop_columns(list(MEASURED))
        for place in range(table.num_rows):
            yield table.slice(place, 1).to_pylist()[0]


class _Shuffle:
    """The steps of ``dedup/blockwise.py`` over blocks, as tasks of Ray."""

    def __init__(self, ray: Any, blocks: list[Any], job: Job) -> None:
        from textclean.engines import ray_tasks

        self._ray = ray
        self._tasks = ray_tasks
        self._blocks = blocks
        self._described = ray.get([self._call(ray_tasks.describe)(block) for block in blocks])
        counts = [found["documents"] for found in self._described]
        firsts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        threshold = job.recipe.threshold
        self._layout = ray_tasks.Layout(firsts, choose_bands(threshold), threshold)
        self._shared = ray.put(self._layout)

    def decide(self, keep: KeepRule) -> "_Known":
        """Return what stays."""
        if not self._blocks:
            none = np.zeros(0, np.int64)
            return _Known(Decisions(none, np.zeros(0)), {}, none)
        values = np.concatenate([np.zeros(0), *(found["values"] for found in self._described)])
        order = None
        if keep.kind != "first":
            if len(values):
                refuse_without_values(keep, has_values=bool(np.isfinite(values).any()))
            order = np.argsort(-values, kind="stable")
        pairs, crowded = self._verified_pairs()
        clustering = Clustering(pairs, crowded, order, int(self._layout.firsts[-1]))
        decisions = clustering.decide(self._crowd(clustering.crowd))
        named = np.unique(decisions.survivors[decisions.survivors >= 0])
        pieces = self._by_home(self._tasks.names, named)
        ids = [id_.decode("utf-8", "surrogatepass") for piece in pieces for id_ in piece]
        lengths = np.concatenate(
            [np.zeros(0, np.int64), *(found["lengths"] for found in self._described)]
        )
        return _Known(decisions, dict(zip(named.tolist(), ids, strict=True)), lengths)

    def _verified_pairs(self) -> tuple[Verified, Numbers]:
        count = len(self._blocks)
        keys = self._map(self._tasks.key_pieces, count)
        proposed = [
            self._call(self._tasks.propose, count + 1)(self._shared, *(row[part] for row in keys))
            for part in range(count)
        ]
        attached = self._map(self._tasks.attach, count, proposed)
        found = self._ray.get([row[0] for row in self._map(self._tasks.verify, 1, attached)])
        crowded = self._ray.get([row[count] for row in proposed])
        names = ("left", "right", "similarity")
        columns = [np.concatenate([part[name].to_numpy() for part in found]) for name in names]
        numbers = np.concatenate([part["crowded"].to_numpy() for part in crowded])
        return Verified(*columns), np.unique(numbers)

    def _crowd(self, crowd: Numbers) -> Decisions | None:
        if not len(crowd):
            return None
        # pieces come sorted by document, the crowd in the order of keeping
        pieces = self._by_home(self._tasks.select, np.sort(crowd), get=False)
        order = np.argsort(np.argsort(crowd))
        settled = self._call(self._tasks.settle_crowd)(self._shared, order, *pieces)
        decided: Decisions = self._ray.get(settled)
        return decided

    def _by_home(self, task: Any, documents: Numbers, *, get: bool = True) -> list[Any]:
        """Call a task for each block that some documents lie in; they are sorted."""
        homes = self._layout.homes(documents)
        answers = [
            self._call(task)(self._blocks[home], home, self._shared, documents[homes == home])
            for home in np.unique(homes).tolist()
        ]
        return list(self._ray.get(answers)) if get else answers

    def _map(self, task: Any, returns: int, pieces: Sequence[Any] = ()) -> list[list[Any]]:
        """Call a task for each block with the pieces that are cut for it."""
        answers = []
        for number, block in enumerate(self._blocks):
            mine = [row[number] for row in pieces]
            answer = self._call(task, returns)(block, number, self._shared, *mine)
            answers.append(answer if returns > 1 else [answer])
        return answers

    def _call(self, task: Any, returns: int = 1) -> Any:
        options = {"num_returns": returns, "max_retries": _RETRIES, "num_cpus": 1}
        return self._ray.remote(task).options(**options).remote


class _Known:
    """What stays, as the ordered stage of the run that writes it.

    Args:
        decisions: On all documents, in input order.
        ids: Of the survivors that something repeats, by number.
        lengths: Code points of all documents.
    """

    name: ClassVar[str] = "duplicates"
    languages: ClassVar[frozenset[str] | None] = None
    reasons = DropNearDuplicates.reasons

    def __init__(self, decisions: Decisions, ids: dict[int, str], lengths: Numbers) -> None:
        self._decisions = decisions
        self._lengths = lengths
        self._ids = ids
        self._next = 0
        self._seen = 0  # records
        self._records: dict[int, int] = {}
        self._members: dict[int, list[Member]] = {number: [] for number in ids}

    def see(self, worked: WorkedChunk) -> None:
        """Note the places in the input of the documents that are decided on next."""
        passing = [place for place, record in worked.records.items() if record.passes]
        before = np.cumsum(np.bincount(passing, minlength=len(worked) + 1))
        for at, place in enumerate(worked.alive):
            number = self._next + at
            record = self._seen + place + 1 - int(before[place])
            survivor = int(self._decisions.survivors[number])
            if number in self._members:
                self._records[number] = record
            if survivor >= 0:
                similarity = float(self._decisions.similarities[number])
                self._members[survivor].append(Member(record, worked.ids[place], similarity))
        self._seen += len(worked) - len(passing)

    def clusters(self) -> Iterator[Cluster]:
        """Yield every survivor that something repeats, in the order of the corpus."""
        for number, members in sorted(self._members.items()):
            yield Cluster(self._records[number], self._ids[number], tuple(members))

    def measure(self, batch: Sequence[Document], /) -> Sequence[None]:
        """Measure nothing: all is decided."""
        return [None] * len(batch)

    def decide(self, batch: Sequence[Document], _: Sequence[None], /) -> list[Outcome]:
        """Return the decisions on the next documents."""
        outcomes = []
        for document in batch:
            survivor = int(self._decisions.survivors[self._next])
            drop = None
            if survivor >= 0:
                similarity = float(self._decisions.similarities[self._next])
                lengths = int(self._lengths[self._next]), int(self._lengths[survivor])
                drop = Drop("duplicate.near", self._ids[survivor], similarity, *lengths)
            outcomes.append(Outcome(document.text, drop=drop))
            self._next += 1
        return outcomes

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document, in order."""
        return self.decide(batch, self.measure(batch))

    def fresh(self) -> Self:
        """Return the same decisions, from the first document on."""
        return type(self)(self._decisions, self._ids, self._lengths)
