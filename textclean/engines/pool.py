"""The processes of the local engine's pool: how they begin, what they do, how they end.

Loading the compiler and its machine code, and compiling expressions, takes a process as long as to
clean some ten megabytes. So where that is sound a worker is a copy of this process (``fork``), made
when all of that is loaded: only once, and in memory that they share.
"""

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Any

from textclean.engines.handover import Handover, SentBack, SentChunk
from textclean.engines.work import Job, Worker
from textclean.garbage import look_seldom
from textclean.io.cutting import Chunk
from textclean.kernels.compiler import is_own_process, own_process
from textclean.locks import leave_to_parent

#: Bytes that are cleaned before workers are copied: what most texts need is loaded then.
_WARMING_BYTES = 2**16
#: Larger records are not cleaned twice for that.
_LARGEST_WARMING = 2**19
#: Packages with threads of their own, which a copy of the process would lack.
_THREADED = ("pyarrow", "fsspec")
_STOPPING = (signal.SIGINT, signal.SIGTERM)
#: Seconds between two looks at whether all workers live.
_GLANCE = 0.5

_WORKERS: list[tuple[Worker, Handover]] = []


def start_pool(job: Job, workers: int, places: int) -> tuple[ProcessPoolExecutor, Handover]:
    """Return a pool of workers, and how to get to them; before this process has threads.

    Args:
        job: What to do.
        workers: How many processes.
        places: Chunks that may be under way at a time.
    """
    if not is_copied():
        spawn = get_context("spawn")
        return ProcessPoolExecutor(workers, spawn, _start_worker, (job,)), Handover(0)
    handover = Handover(places)
    pool = ProcessPoolExecutor(workers, get_context("fork"), _take_over, (job, handover))
    try:
        with _blocked():  # they are copies: a signal must not be answered as this process would
            pool.submit(_nothing)
    except BaseException:  # one that came meanwhile
        stop_workers(pool)
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    return pool, handover


def is_copied() -> bool:
    """Whether workers are copies of this process.

    Only in the command's own, and without other threads: a copy has none of them, but their locks.
    Elsewhere than on Linux the system's own libraries do not bear it.
    """
    return (
        sys.platform == "linux"
        and is_own_process()
        and threading.active_count() == 1
        and not any(name in sys.modules for name in _THREADED)
    )


def warm(worker: Worker, chunk: Chunk) -> None:
    """Clean the first records of a chunk for what that loads; the results are thrown away."""
    if chunk.fault is not None:
        return
    end = 0
    for frame in worker.source(chunk).frames(chunk.data):
        end = frame.end
        if end >= _WARMING_BYTES:
            break
    if end <= _LARGEST_WARMING:
        worker.work(replace(chunk, data=chunk.data[:end]))


def work(sent: SentChunk) -> SentBack:
    """Clean a chunk, in a worker."""
    worker, handover = _WORKERS[0]
    return handover.work(sent, worker)


def stop_workers(pool: ProcessPoolExecutor) -> None:
    """End the workers where they are: what they hold is wanted by nobody any more."""
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - public in 3.14 only
        process.terminate()
    # One may die while it writes a result: the pool's thread would wait for the rest of it for
    # ever, as long as this process holds an end of the pipe that can be written.
    results: Any = pool._result_queue  # noqa: SLF001
    results._writer.close()  # noqa: SLF001


def watch(pool: ProcessPoolExecutor, ended: threading.Event) -> None:
    """End all workers when one of them dies before the run has ended, in a thread of its own.

    The pool sees it, too, but not while it waits for the rest of what that worker was writing, and
    the others wait for the lock that it held.
    """
    while not ended.wait(_GLANCE):
        processes = list((pool._processes or {}).values())  # noqa: SLF001 - as above
        if wait([process.sentinel for process in processes], 0) and not ended.is_set():
            stop_workers(pool)
            return


def _start_worker(job: Job, handover: Handover | None = None) -> None:
    """Set up a worker process: the parent alone answers Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    own_process()
    look_seldom()
    _WORKERS[:] = [(Worker(job), handover or Handover(0))]


def _take_over(job: Job, handover: Handover) -> None:
    """Make a worker of a copy of the parent."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    leave_to_parent()
    gc.freeze()  # what came from the parent is not looked at, hence stays shared
    _start_worker(job, handover)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)


def _nothing() -> None:
    """Do nothing: the first thing a pool is asked for makes it start its processes."""


def _end_with_parent() -> None:
    """End this worker when its parent is gone.

    The queue it waits at has an end in every worker, so that none would ever see it closed.
    """
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _blocked() -> Iterator[None]:
    """Let signals wait, also in processes and threads that begin meanwhile."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
