"""The Ray engine: the same run on many machines, with the same bytes (the extra ``ray``).

Ray Data reads the sources and runs the stages as batch maps over Arrow blocks, which stay where
they were made. Then keys, candidate pairs and verified pairs go between them, never a text
(``ray_shuffle.py``; ``dedup/blockwise.py`` has the steps), and the shards of an output folder are
written by tasks side by side (``ray_write.py``).

What comes to this process are counts, references and the side files, which it puts together. An
output that is one file is one stream: it is written here.
"""

import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from textclean.dedup.bands import choose_bands
from textclean.dedup.blockwise import CROWD_ROOM
from textclean.dedup.keep import KeepRule
from textclean.engines.corpus import preferable, refuse_without_values
from textclean.engines.finish import Finisher
from textclean.engines.local import Progress
from textclean.engines.sinks import Sinks
from textclean.engines.surveyor import Surveyor
from textclean.engines.work import Job, Worker
from textclean.errors import MissingExtraError, TextcleanError, UsageError
from textclean.io.cutting import Chunk
from textclean.io.outputs import OutputFile
from textclean.io.sources import Source
from textclean.report import Report

if TYPE_CHECKING:
    from textclean.engines.ray_outputs import StagedFolder
    from textclean.engines.ray_rows import Input
    from textclean.engines.ray_tasks import Facts
    from textclean.engines.ray_write import Shard

#: Bytes of a block of chunks, what one task works on: at least, and at most.
BLOCK_BYTES, _LARGEST_BLOCK = 16 * 2**20, 2**30
#: Blocks wanted at most: each sends a piece to every other, which Ray has to keep account of.
_MAXIMUM_BLOCKS = 500
#: Seconds in which a cluster has to answer.
_PATIENCE = 10


@dataclass(slots=True)
class RayRun:
    """How a run uses Ray.

    Attributes:
        address: Of the cluster; None: one on this machine, for this run alone, unless the program
            is connected to one.
        workers: Processes of such a cluster; None: all cores.
        keep: Which of several copies stays.
        shows_progress: Whether Ray Data shows how far reading and cleaning have come, on stderr.
        clusters: Gets the lines of what went because of what, in the order of the survivors.
    """

    address: str | None = None
    workers: int | None = None
    keep: KeepRule = field(default_factory=KeepRule)
    shows_progress: bool = False
    clusters: OutputFile | None = None


def run_ray(
    job: Job, sources: Sequence[Source], sinks: Sinks, run: RayRun, progress: Progress
) -> Report:
    """Clean all sources into the sinks, as ``run_local`` does.

    Args:
        job: What to do; its ordered stage comes last.
        sources: Files and URLs that every node can read.
        sinks: A ``StagedFolder`` is written by the nodes, others here; completed by the caller.
        run: Where to do it.
        progress: Called after each chunk, or each shard of a folder, is written.

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
        from textclean.engines.ray_outputs import StagedFolder

        blocks, facts = _worked_blocks(ray, job, sources, run)
        _refuse_faults(facts, run.keep, sets_aside=sinks.bad_records is not None)
        drops: list[list[Any]] = [[] for _ in blocks]
        if worker.ordered is not None:
            drops, lines = _decided(ray, blocks, facts, job, run)
            if run.clusters is not None:
                for line in lines:
                    run.clusters.write(ray.get(line))
        shards = _shards(blocks, facts, drops, sources, sinks)
        inputs = _inputs(sources, run.keep)
        writing = _Writing(ray, job, sources, inputs, progress)
        if isinstance(sinks, StagedFolder):
            report, surveyor = writing.there(shards, sinks)
        else:
            report, surveyor = writing.here(shards, sinks)
        if surveyor is not None:
            _tell_survivors(ray, surveyor, blocks, job, inputs)
            report.survey = surveyor.survey()
        return report


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
        if run.address:
            _refuse_unreachable(run.address)
        here = {} if run.address else {"num_cpus": run.workers, "include_dashboard": False}
        try:
            with _own_signals():
                ray.init(address=run.address or "local", **quiet, **here)
        except Exception as error:  # Ray has no class for a node that does not start in time
            if run.address:
                message = f"cannot reach a Ray cluster at {run.address}: {error}"
                raise UsageError(message) from error
            message = f"cannot start Ray on this machine: {error}"
            raise TextcleanError(message) from error
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


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Answer SIGTERM as before, meanwhile too; Ray would end the program its own way.

    It takes the signal as soon as it starts, and exits with a code that is nobody's; that is then
    handed to whom the signal was for.
    """
    handler = signal.getsignal(signal.SIGTERM)
    is_ours = threading.current_thread() is threading.main_thread()
    try:
        yield
    except SystemExit:
        if is_ours and callable(handler):
            signal.signal(signal.SIGTERM, handler)
            signal.raise_signal(signal.SIGTERM)
        raise
    finally:
        if is_ours and handler is not None:
            signal.signal(signal.SIGTERM, handler)


def _refuse_unreachable(address: str) -> None:
    """Notice in seconds that nobody answers, which Ray would try for many minutes."""
    if address == "auto":
        address = os.environ.get("RAY_ADDRESS", address)
    host, _, port = address.rpartition(":")
    if not port.isdecimal() or "://" in host:
        return  # what else there can be is for Ray to understand
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except (OSError, OverflowError) as error:
        message = f"cannot reach a Ray cluster at {address}: {error}"
        raise UsageError(message) from error


def _worked_blocks(
    ray: Any, job: Job, sources: Sequence[Source], run: RayRun
) -> tuple[list[Any], "list[Facts]"]:
    """Read and clean on the nodes; return the blocks in input order, and what to know of them."""
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
    found = ray.get([ray.remote(ray_tasks.describe).remote(block) for block in blocks])
    pairs = [pair for pair in zip(blocks, found, strict=True) if pair[1] is not None]
    return [block for block, _ in pairs], [facts for _, facts in pairs]


def _refuse_faults(facts: "Sequence[Facts]", keep: KeepRule, *, sets_aside: bool) -> None:
    """Raise what is wrong with the input, the first of it."""
    from textclean.engines.ray_rows import raise_error

    if keep.kind != "first" and any(found.records for found in facts):
        # on one machine a rule by values reads all there is before it looks at broken records
        for error in (error for found in facts for error in found.errors):
            raise_error(error)
        refuse_without_values(keep, has_values=any(found.has_values for found in facts))
    for found in facts:
        if found.problem is not None and not sets_aside:
            raise_error(found.problem)
        for error in found.errors:
            raise_error(error)


def _decided(
    ray: Any, blocks: list[Any], facts: "Sequence[Facts]", job: Job, run: RayRun
) -> tuple[list[list[Any]], list[Any]]:
    """Return what goes of each block, and the lines of the clusters, as references."""
    from textclean.engines.ray_pairs import Layout
    from textclean.engines.ray_shuffle import Shuffle

    threshold = job.recipe.threshold
    layout = Layout(
        np.cumsum([0, *(found.documents for found in facts)]).astype(np.int64),
        choose_bands(threshold),
        threshold,
        by_value=run.keep.kind != "first",
        clusters=run.clusters is not None,
        crowd_room=CROWD_ROOM,
    )
    return Shuffle(ray, blocks, facts, layout).decide()


def _shards(
    blocks: Sequence[Any],
    facts: "Sequence[Facts]",
    drops: Sequence[Sequence[Any]],
    sources: Sequence[Source],
    sinks: Sinks,
) -> "list[Shard]":
    """Return what there is to write of each source."""
    from textclean.engines.ray_write import Piece, Shard

    pieces: list[list[Piece]] = [[] for _ in sources]
    records = [0] * len(sources)
    documents = 0
    for block, found, gone in zip(blocks, facts, drops, strict=True):
        for part in found.parts:
            pieces[part.source].append(Piece(block, part, documents, gone))
            records[part.source] += part.records
            documents += part.documents
    firsts = np.cumsum([0, *records]).tolist()
    is_text = [(sinks.job.target or source.format) == "text" for source in sources]
    return [
        Shard(number, not is_text[number], firsts[number], pieces[number])
        for number in range(len(sources))
    ]


@dataclass(frozen=True, slots=True)
class _Writing:
    """Counts and writes what is decided."""

    ray: Any
    job: Job
    sources: Sequence[Source]
    inputs: "Sequence[Input]"
    progress: Progress

    def surveyor(self) -> Surveyor | None:
        """Return what gathers a report page, where one is wanted."""
        return Surveyor(Worker(self.job), remembers=False) if self.job.surveyed else None

    def here(self, shards: "Sequence[Shard]", sinks: Sinks) -> tuple[Report, Surveyor | None]:
        """Write one stream, in this process."""
        from textclean.engines.ray_write import fetched, finish_pieces

        surveyor = self.surveyor()
        finisher = Finisher(Worker(self.job), sinks, Report(), None, surveyor)
        for shard in shards:
            for chunk in finish_pieces(finisher, fetched(shard.pieces), self.inputs):
                sinks.flush()
                self.progress(self.sources[shard.source], chunk)
        return finisher.report, surveyor

    def there(
        self, shards: "Sequence[Shard]", sinks: "StagedFolder"
    ) -> tuple[Report, Surveyor | None]:
        """Let the nodes write the shards; put together what they add to report and side files."""
        from textclean.engines.ray_rows import raise_error
        from textclean.engines.ray_shuffle import RETRIES
        from textclean.engines.ray_write import Written, write_shard

        surveyor = self.surveyor()
        report = Finisher(Worker(self.job), sinks, Report()).report
        how = partial(write_shard, job=self.job, inputs=self.inputs, sides=sinks.sides)
        task = self.ray.remote(_call).options(max_retries=RETRIES, num_cpus=1)
        shared = self.ray.put(how)
        writing = [task.remote(shared, shard, sinks.stage) for shard in shards]
        for shard, reference in zip(shards, writing, strict=True):
            # a node that does not see the folder leaves the shard to this process
            written: Written | None = self.ray.get(reference) or how(shard, sinks.stage)
            assert written is not None  # noqa: S101 - this process has made the folder
            if written.error is not None:
                raise_error(written.error)
            report += written.report
            if surveyor is not None and written.seen is not None:
                surveyor.merge(written.seen)
            sinks.take(written.place)
            source = self.sources[shard.source]
            self.progress(source, Chunk(source.name, source.number, source.format, 1, 0, b""))
        return report, surveyor


def _call(function: Callable[..., Any], *words: Any) -> Any:
    return function(*words)


def _tell_survivors(
    ray: Any, surveyor: Surveyor, blocks: Sequence[Any], job: Job, inputs: Sequence[Any]
) -> None:
    """Fetch the texts of the few survivors that a report page shows."""
    from textclean.engines.ray_write import survivor_texts

    wanted = surveyor.wanted()
    if not wanted:
        return
    call = ray.remote(survivor_texts).remote
    for texts in ray.get([call(block, job, inputs, wanted) for block in blocks]):
        surveyor.tell(texts)


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
