"""The local engine: one process, or a pool of them, with the input's order kept.

A thread cuts the input into chunks; workers clean and measure; this process decides on
duplicates and writes in order. At most ``window`` chunks are under way at a time, so a
consumer that stops reading stops the reader.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from textclean.engines.finish import Finisher
from textclean.engines.handover import Handover, SentBack
from textclean.engines.journal import Journal
from textclean.engines.pool import is_copied, start_pool, stop_workers, warm, watch, work
from textclean.engines.rebuild import remember_kept
from textclean.engines.sinks import Sinks
from textclean.engines.surveyor import Surveyor
from textclean.engines.work import Job, Worker
from textclean.errors import TextcleanError
from textclean.io.cutting import Chunk
from textclean.io.sources import CHUNK_BYTES, Source
from textclean.kernels.jit import is_allowed, is_kept
from textclean.report import Report
from textclean.stage import OrderedStage
from textclean.stages.duplicates import DropNearDuplicates

if TYPE_CHECKING:
    from textclean.dedup.index import NearDuplicateIndex

#: Told of each chunk once it is written.
Progress = Callable[[Source, Chunk], None]

#: Bytes cleaned in this process before a pool is worth starting.
_BYTES_BEFORE_POOL = CHUNK_BYTES
#: Bytes of all inputs that make a pool worth starting at once. Where no machine code is kept, this
#: process makes it first.
_BYTES_FOR_POOL = 16 * CHUNK_BYTES


def run_local(  # noqa: PLR0913 - each is of another kind
    job: Job,
    sources: Sequence[Source],
    sinks: Sinks,
    *,
    workers: int = 1,
    progress: Progress,
    journal: Journal | None = None,
    ordered: OrderedStage[Any] | None = None,
    index: "NearDuplicateIndex[str] | None" = None,
) -> Report:
    """Clean all sources into the sinks; the bytes do not depend on ``workers``.

    Args:
        job: What to do.
        sources: Read one after the other.
        sinks: Written in input order; completed by the caller.
        workers: Processes that clean.
        progress: Called after each chunk is written.
        journal: Written as the run goes on; where it stands already, the run goes on from there.
        ordered: Decides in place of the recipe's own ordered stage, in this process alone.
        index: What earlier runs kept; gets what this one keeps.

    Raises:
        InputError: A record is broken and nothing takes broken records.
        TextcleanError: A worker process was lost.
    """
    worker = Worker(job)
    if ordered is not None:
        worker.ordered, workers = ordered, 1
    if index is not None and isinstance(worker.ordered, DropNearDuplicates):
        worker.ordered.attach(index)
    if not job.surveyed:
        finisher = Finisher(worker, sinks, Report(), journal)
        _run_through(job, sources, finisher, workers, progress)
        return finisher.report
    with closing(Surveyor(worker)) as surveyor:
        finisher = Finisher(worker, sinks, Report(), journal, surveyor)
        _run_through(job, sources, finisher, workers, progress)
        finisher.report.survey = surveyor.survey()
    return finisher.report


def _run_through(
    job: Job, sources: Sequence[Source], finisher: Finisher, workers: int, progress: Progress
) -> None:
    """Clean all sources, or what of them an earlier run has left."""
    chunks = _numbered_chunks(job, sources)
    worker, journal = finisher.worker, finisher.journal
    if journal is not None and journal.position is not None:
        remember_kept(worker, journal.position)
        finisher.take_up(journal.position)
        for place, (_, chunk) in enumerate(islice(chunks, journal.position.chunks)):
            if finisher.surveyor is not None:
                finisher.surveyor.recall(place, chunk)
    is_long = sum(source.size or 0 for source in sources) >= _BYTES_FOR_POOL
    at_once = is_long and is_kept() and is_allowed()  # this process uses kernels, too: it decides
    seen = _BYTES_BEFORE_POOL if at_once else 0
    for source, chunk in chunks:
        if workers > 1 and seen >= _BYTES_BEFORE_POOL:
            if at_once and is_copied():
                warm(worker, chunk)
            _run_pool(job, chain([(source, chunk)], chunks), finisher, workers, progress)
            break
        seen += len(chunk.data)
        finisher.finish(chunk, worker.work(chunk))
        finisher.sinks.flush()
        progress(source, chunk)


def _numbered_chunks(job: Job, sources: Sequence[Source]) -> Iterator[tuple[Source, Chunk]]:
    for source in sources:
        for chunk in source.chunks(job.recipe.max_record_bytes):
            yield source, chunk


def _run_pool(
    job: Job,
    chunks: Iterator[tuple[Source, Chunk]],
    finisher: Finisher,
    workers: int,
    progress: Progress,
) -> None:
    events: queue.SimpleQueue[tuple[Source, Chunk] | BaseException | str] = queue.SimpleQueue()
    under_way = 2 * workers + 2
    room = threading.Semaphore(under_way)
    stopped = threading.Event()
    reader = threading.Thread(
        target=_read_ahead, args=(chunks, events, room, stopped), name="reader", daemon=True
    )
    pool, handover = start_pool(job, workers, under_way)
    window = _Window(finisher, progress, room, handover)
    watcher = threading.Thread(target=watch, args=(pool, stopped), name="watcher", daemon=True)
    try:
        reader.start()
        watcher.start()
        at_end = False
        while window.chunks or not at_end:
            event = events.get()
            if isinstance(event, BaseException):
                window.write_done(everything=True)
                raise event  # noqa: TRY301 - the reader's error, in its turn
            if event == "end":
                at_end = True
            elif isinstance(event, tuple):
                future = pool.submit(work, handover.send(event[1]))
                window.chunks.append((*event, future))
                future.add_done_callback(lambda _: events.put("done"))
            window.write_done()
    except BrokenProcessPool as error:
        raise TextcleanError(_lost_worker(window.chunks)) from error
    except BaseException:
        stop_workers(pool)
        raise
    finally:
        stopped.set()
        room.release()
        try:
            pool.shutdown(wait=True, cancel_futures=True)
        except BaseException:  # a signal that came just now
            stop_workers(pool)
            pool.shutdown(wait=True, cancel_futures=True)
            raise


@dataclass(frozen=True, slots=True)
class _Window:
    """The chunks under way, in the order in which they are written.

    Attributes:
        finisher: Writes them.
        progress: Told of each that is written.
        room: Released for each.
        handover: Has the places of those that workers have.
        chunks: With what will become of each.
    """

    finisher: Finisher
    progress: Progress
    room: threading.Semaphore
    handover: Handover
    chunks: deque[tuple[Source, Chunk, Future[SentBack]]] = field(default_factory=deque)

    def write_done(self, *, everything: bool = False) -> None:
        """Write the chunks at the front that are done, or all when told."""
        while self.chunks and (everything or self.chunks[0][2].done()):
            source, chunk, future = self.chunks[0]
            sent = future.result()
            self.finisher.finish(chunk, self.handover.receive(sent))
            self.finisher.sinks.flush()
            self.chunks.popleft()
            self.handover.give_back(sent)
            self.room.release()
            self.progress(source, chunk)


def _read_ahead(
    chunks: Iterator[tuple[Source, Chunk]],
    events: "queue.SimpleQueue[tuple[Source, Chunk] | BaseException | str]",
    room: threading.Semaphore,
    stopped: threading.Event,
) -> None:
    """Cut chunks as long as there is room; an error goes to the main thread in its turn."""
    try:
        for item in chunks:
            room.acquire()
            if stopped.is_set():
                return
            events.put(item)
    except BaseException as error:  # noqa: BLE001 - raised again in the main thread
        events.put(error)
    else:
        events.put("end")


def _lost_worker(window: Sequence[tuple[Source, Chunk, object]]) -> str:
    """Say which records were under way when a worker died."""
    if not window:
        return "a worker process died"
    first, last = window[0][1], window[-1][1]
    end = last.first_line + last.data.count(b"\n")
    return (
        "a worker process died (killed, or out of memory?) with records between "
        f"{first.source}, line {first.first_line} and {last.source}, line {end} under way; "
        "try fewer --workers (a script that calls textclean needs a __main__ guard)"
    )
