"""The pool's processes: they write the same bytes, and none of them outlives the others."""

import os
import signal
import time
from pathlib import Path

import pytest

#: The command, with workers that are no copies of it, as on systems where they cannot be.
SPAWNING = """
import textclean.engines.local
from textclean.cli import run
if __name__ == "__main__":
    textclean.engines.pool.is_copied = textclean.engines.local.is_copied = lambda: False
    run()
"""


def children_of(pid: int) -> list[int]:
    """Return the worker processes of a process."""
    found = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return [n for n in found if b"resource_tracker" not in Path(f"/proc/{n}/cmdline").read_bytes()]


def wait_for_workers(process, count: int = 2) -> list[int]:
    until = time.monotonic() + 60
    while len(workers := children_of(process.pid)) < count:
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.02)
    return workers


def is_spawned(pid: int) -> bool:
    """Whether a worker has become a Python of its own; until then it shows its parent's command."""
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_copied_workers_write_the_same_bytes(start, large, tmp_path):
    written = []
    for workers in (1, 2, 3):
        out = tmp_path / str(workers)
        out.mkdir()
        sides = [f"--{name}={out / name}" for name in ("edits", "dropped", "report")]
        sides[-1] += ".json"
        process = start("--workers", workers, *sides, "-o", out / "x.jsonl", large)
        process.communicate(timeout=120)
        assert process.returncode == 0
        written.append([path.read_bytes() for path in sorted(out.iterdir())])
    assert len(written[0]) == 4
    assert written[0] == written[1] == written[2]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at /proc")
@pytest.mark.parametrize("workers_are", ["copied", "spawned"])
@pytest.mark.parametrize(
    "case",
    [
        ("worker", signal.SIGKILL, 1),
        ("parent", signal.SIGINT, 130),
        ("parent", signal.SIGTERM, 143),
        ("parent", signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_a_killed_process_takes_all_with_it_and_leaves_no_output(
    start, large, tmp_path, case, workers_are
):
    victim, number, code = case
    out, script = tmp_path / "out", tmp_path / "spawning.py"
    out.mkdir()
    script.write_text(SPAWNING)
    words = ("-o", out / "x.jsonl", "--edits", out / "edits", "--workers", 2, large)
    process = start("--quiet", *words, script=script if workers_are == "spawned" else None)
    workers = wait_for_workers(process)
    time.sleep(0.5)
    until = time.monotonic() + 60
    while workers_are == "spawned" and not all(map(is_spawned, workers)):  # still to begin anew
        assert time.monotonic() < until
        time.sleep(0.02)
    assert any(map(is_spawned, workers)) == (workers_are == "spawned")
    os.kill(workers[0] if victim == "worker" else process.pid, number)
    assert process.wait(60) == code
    until = time.monotonic() + 30
    while any(map(is_alive, workers)):
        assert time.monotonic() < until, "an orphan is left"
        time.sleep(0.1)
    err = process.stderr.read()
    assert b"Traceback" not in err
    if victim == "worker":
        assert b"a worker process died" in err
        assert b"large.jsonl, line" in err
    named = {path.name for path in out.iterdir() if not path.name.endswith(".part")}
    assert named == set()
    if number != signal.SIGKILL or victim == "worker":
        assert not list(out.iterdir())


#: The command, whose workers die while they write a result.
DYING = """
import multiprocessing, os, signal
from multiprocessing.connection import Connection
from textclean.cli import run

whole = Connection._send

def half(self, data, *arguments):
    if multiprocessing.parent_process() is not None and len(data) > 10_000:
        os.write(self.fileno(), bytes(data)[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    whole(self, data, *arguments)

Connection._send = half
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="ends of pipes as in POSIX")
@pytest.mark.parametrize("workers_are", ["copied", "spawned"])
def test_a_worker_that_dies_while_it_writes_a_result_ends_the_run(
    start, large, tmp_path, workers_are
):
    out, script = tmp_path / "out", tmp_path / "dying.py"
    out.mkdir()
    begin = "if __name__ == '__main__':\n    run()\n" if workers_are == "copied" else SPAWNING
    script.write_text(DYING + begin)
    process = start("--quiet", "--workers", 2, "-o", out / "x.jsonl", large, script=script)
    assert process.wait(60) == 1
    err = process.stderr.read()
    assert b"Traceback" not in err
    assert b"a worker process died" in err
    assert b"large.jsonl, line" in err
    assert not list(out.iterdir())
