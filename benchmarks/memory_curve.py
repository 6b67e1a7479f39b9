"""Feed a command a stream of any length, made on the way, and watch its memory.

    python benchmarks/memory_curve.py --gigabytes 5 --stages markup
    python benchmarks/memory_curve.py --stop-reading 20 --stages markup

Every round of the samples has words of its own, so that no text repeats one of another round.
``--stop-reading MB`` takes so much of the output and then nothing any more: the memory must come
to rest, and the feeder must be kept waiting. Memory is what the command and its workers have in
RAM together (VmRSS); pages that workers share count for each of them.
"""

import argparse
import contextlib
import fcntl
import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "samples" / "articles.jsonl"
_POINTS = 12
#: Of the pipes, too: on a busy machine each handing over waits for its turn.
_BLOCK = 2**20
_STOPPED_SECONDS = 30


class Feeder(threading.Thread):
    """Writes rounds of the samples into a pipe, and counts the bytes."""

    def __init__(self, pipe: int, wanted: int) -> None:
        super().__init__(daemon=True)
        self.pipe, self.wanted, self.written = pipe, wanted, 0

    def run(self) -> None:
        """Write all, unless the reader goes away."""
        with contextlib.suppress(BrokenPipeError):
            for block in self._blocks():
                view = memoryview(block)
                while view:
                    taken = os.write(self.pipe, view)
                    view = view[taken:]
                    self.written += taken
        os.close(self.pipe)

    def _blocks(self) -> Iterator[bytes]:
        lines = SAMPLES.read_bytes()
        number = made = 0
        while made < self.wanted:
            block = lines.replace(b"e ", b"e%d " % number)
            yield block
            made += len(block)
            number += 1


class Drain(threading.Thread):
    """Takes a command's output, all of it or the first part only."""

    def __init__(self, pipe: int, stop_at: int | None) -> None:
        super().__init__(daemon=True)
        self.pipe, self.stop_at, self.taken = pipe, stop_at, 0

    def run(self) -> None:
        """Read on until the end, or until enough was taken."""
        while self.stop_at is None or self.taken < self.stop_at:
            data = os.read(self.pipe, _BLOCK)
            if not data:
                return
            self.taken += len(data)


def main() -> None:
    """Run the command, and print a line of the curve for each part of the stream."""
    options = _options()
    print(shlex.join(["python", *sys.argv]))
    stop_at = None if options.stop_reading is None else int(options.stop_reading * 1e6)
    wanted = int(options.gigabytes * 1e9)
    words = ["--quiet", "--workers", str(options.workers)]
    words += ["--stages", options.stages] if options.stages else []
    with subprocess.Popen(
        [sys.executable, "-m", "textclean", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None  # noqa: S101 - asked for above
        assert process.stdout is not None  # noqa: S101 - asked for above
        for pipe in (process.stdin, process.stdout):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _BLOCK)
        feeder = Feeder(os.dup(process.stdin.fileno()), wanted)
        process.stdin.close()
        drain = Drain(process.stdout.fileno(), stop_at)
        feeder.start()
        drain.start()
        print(f"{'MB in':>9}{'MB out':>9}{'MiB':>7}{'at most':>9}", flush=True)
        if stop_at is None:
            _follow(process, feeder, drain, wanted)
        else:
            _watch_stopped(process, feeder, drain)


def _follow(process: "subprocess.Popen[bytes]", feeder: Feeder, drain: Drain, wanted: int) -> None:
    peak = told = 0
    while process.poll() is None:
        now = resident(process.pid)
        peak = max(peak, now)
        if feeder.written >= wanted * told // _POINTS:
            _tell(feeder, drain, now, peak)
            told += 1
        time.sleep(0.2)
    drain.join()
    _tell(feeder, drain, 0, peak)
    if process.returncode:
        sys.exit(f"exit {process.returncode}")


def _watch_stopped(process: "subprocess.Popen[bytes]", feeder: Feeder, drain: Drain) -> None:
    while drain.is_alive() and process.poll() is None:
        time.sleep(0.1)
    if process.poll() is not None:
        sys.exit("the stream ended before the reader stopped: give more --gigabytes")
    peak, started = 0, time.monotonic()
    for second in range(_STOPPED_SECONDS):
        peak = max(peak, resident(process.pid))
        if second % 5 == 0:
            _tell(feeder, drain, resident(process.pid), peak)
        time.sleep(max(0.0, started + second + 1 - time.monotonic()))
    _tell(feeder, drain, resident(process.pid), peak)
    waits = "waits" if feeder.is_alive() else "has written all: give more --gigabytes"
    print(f"nothing was read for {_STOPPED_SECONDS} s; the feeder {waits}")
    process.terminate()


def _tell(feeder: Feeder, drain: Drain, now: int, peak: int) -> None:
    shown = f"{now / 2**20:>7.0f}" if now else f"{'end':>7}"
    print(
        f"{feeder.written / 1e6:>9,.0f}{drain.taken / 1e6:>9,.0f}{shown}{peak / 2**20:>9.0f}",
        flush=True,
    )


def resident(pid: int) -> int:
    """Return the bytes that a process and its children have in RAM, as Linux tells it."""
    total = 0
    with contextlib.suppress(OSError, IndexError, ValueError):
        status = Path(f"/proc/{pid}/status").read_text()
        total = int(status.partition("VmRSS:")[2].split()[0]) * 1024
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        total += sum(resident(int(child)) for child in children)
    return total


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--gigabytes", type=float, default=5, help="of the stream [default: 5]")
    parser.add_argument("--stages", help="of the command [default: all]")
    parser.add_argument("--workers", type=int, default=1, help="[default: 1]")
    parser.add_argument("--stop-reading", type=float, metavar="MB", help="take no more output")
    return parser.parse_args()


if __name__ == "__main__":
    main()
