"""The command between other programs: closed pipes, signals, slow input, odd bytes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from textclean.cli import exit_code
from textclean.engines import local

RECORD = b'{"text": "The ferry leaves at nine."}\n'


def read_until(stream, wanted: bytes, seconds: float = 60) -> bytes:
    """Read from a pipe until it holds what is wanted; fail after a generous while."""
    os.set_blocking(stream.fileno(), False)
    data, until = b"", time.monotonic() + seconds
    while wanted not in data:
        assert time.monotonic() < until, data
        data += stream.read() or b""
        time.sleep(0.02)
    return data


def test_closed_pipe_ends_quietly(start):
    process = start("--quiet", "--workers", 1)
    process.stdout.close()
    try:
        process.stdin.write(RECORD * 200_000)
        process.stdin.close()
    except BrokenPipeError:
        pass
    assert process.wait(60) == 0
    assert process.stderr.read() == b""


@pytest.mark.parametrize("workers", [1, 2])
def test_record_on_a_slow_stdin_does_not_wait_for_more(start, workers):
    process = start("--quiet", "--workers", workers)
    process.stdin.write(RECORD)
    process.stdin.flush()
    assert read_until(process.stdout, b"nine") == RECORD
    process.stdin.write(RECORD.replace(b"nine", b"ten o'clock sharp"))
    process.stdin.close()
    assert read_until(process.stdout, b"sharp")
    assert process.wait(60) == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_reader_that_stops_stops_us(start, workers):
    """Of 60 MB only what is under way is taken in while nobody reads; then all comes out.

    Something is read first: only then there is a pool.
    """
    process = start("--quiet", "--workers", workers, "--stages", "markup")
    taken = []
    reader = threading.Thread(target=lambda: taken.append(process.stdout.read(4_000_000)))
    reader.start()
    block, written, stalled = RECORD * 2_000, 0, 0
    os.set_blocking(process.stdin.fileno(), False)
    while (stalled < 30 or reader.is_alive()) and written < 60_000_000:
        rest = block[written % len(block) :]
        try:
            count = os.write(process.stdin.fileno(), rest)
        except BlockingIOError:
            count = 0
        stalled = 0 if count else stalled + 1
        written += count
        if not count:
            time.sleep(0.1)
    assert written < 30_000_000
    os.set_blocking(process.stdin.fileno(), True)
    missing = block[written % len(block) :] if written % len(block) else b""
    feeder = threading.Thread(target=lambda: (process.stdin.write(missing), process.stdin.close()))
    feeder.start()
    assert len(taken[0]) + len(process.stdout.read()) == written + len(missing)
    feeder.join()
    assert process.wait(60) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_without_traceback_or_output(start, tmp_path, number, code):
    target = tmp_path / "out.jsonl"
    process = start("-o", target, "--quiet")
    process.stdin.write(RECORD)
    process.stdin.flush()
    until = time.monotonic() + 60
    while not list(tmp_path.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(number)
    assert process.wait(60) == code
    assert b"Traceback" not in process.stderr.read()
    assert not list(tmp_path.iterdir())


def test_pool_is_stopped_by_a_signal(start, tmp_path):
    process = start("--workers", 2, "-o", tmp_path / "out.jsonl")
    for number in range(120_000):
        process.stdin.write(json.dumps({"text": f"Ferry {number} leaves."}).encode() + b"\n")
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert b"Traceback" not in process.stderr.read()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("enough", "is_kept", "cleaned_here"), [(1, True, 0), (1, False, 1), (10**9, True, 1)]
)
def test_a_pool_starts_at_once_for_long_inputs(
    monkeypatch, tmp_path, enough, is_kept, cleaned_here
):
    """Where machine code is kept: else each process of the pool would make its own."""
    seen = []

    def run_pool(_job, chunks, finisher, _workers, progress):
        seen.append(finisher.report.records_in > 0)
        for source, chunk in chunks:
            finisher.finish(chunk, finisher.worker.work(chunk))
            progress(source, chunk)

    monkeypatch.setattr(local, "_run_pool", run_pool)
    monkeypatch.setattr(local, "_BYTES_FOR_POOL", enough)
    monkeypatch.setattr(local, "is_kept", lambda: is_kept)
    monkeypatch.setattr(local, "is_allowed", lambda: True)
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = (json.dumps({"text": f"Ferry {number} leaves."}) for number in range(60_000))
    source.write_text("\n".join(lines))
    command = ["--stages", "markup", "--quiet", "--workers", "2", str(source), "-o", str(out)]
    assert exit_code(command) == 0
    assert seen == [bool(cleaned_here)]
    assert out.read_bytes() == source.read_bytes()


def test_broken_record_behind_a_pool_keeps_what_came_before(run, tmp_path):
    lines = [json.dumps({"text": f"Ferry {number} leaves."}).encode() for number in range(60_000)]
    lines[50_000] = b"broken"
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    options = ("--stages", "mojibake,markup")
    done = [run(*options, "--workers", workers, source) for workers in (1, 2)]
    assert [ran.code for ran in done] == [1, 1]
    assert "line 50001" in done[1].err
    assert done[0].out == done[1].out == b"\n".join(lines[:50_000]) + b"\n"


@pytest.mark.parametrize(
    "stdin",
    [b"", b"\n", b"no final newline", b"a\x00b", b"a\r\nb\r\n", b"x" * 3_000_000],
    ids=["empty", "newline", "no-final-newline", "nul", "crlf", "huge-line"],
)
def test_odd_texts_end_well(run, stdin):
    done = run("--quiet", "--skip", "mojibake", stdin=stdin)
    assert (done.code, done.out) == (0, stdin)


def test_invalid_utf8_in_a_text_names_the_byte(run):
    done = run(stdin=b"abc\xff")
    assert done.code == 1
    assert "byte 3: invalid UTF-8 (byte 0xff)" in done.err


def test_named_pipe_is_an_input(start, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = start("--quiet", pipe)
    pipe.write_bytes(RECORD)
    assert process.communicate(timeout=60)[0] == RECORD


def test_special_file_is_written_straight(run):
    done = run("--quiet", "-o", os.devnull, "--edits", os.devnull, stdin=RECORD)
    assert (done.code, done.out) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="the C locale is a POSIX matter")
def test_locale_and_home_do_not_matter(start, tmp_path):
    environment = {**os.environ, "LC_ALL": "C", "HOME": str(tmp_path / "none"), "LANG": "C"}
    process = start("--quiet", env=environment)
    text = '{"text": "Fähre:\u00c2 neun"}\n'.encode()
    assert process.communicate(text, timeout=120)[0] == '{"text": "Fähre: neun"}\n'.encode()


@pytest.mark.parametrize("loaded", ["typing", "dataclasses", "textclean.cli.options"])
def test_ctrl_c_while_the_command_loads_is_silent(tmp_path, loaded):
    """Whatever else is loaded comes behind the line that lets Ctrl-C end the process at once."""
    script = tmp_path / "interrupted.py"
    script.write_text(
        "import os, signal, sys\n"
        f"sys.modules.pop({loaded!r}, None)\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {loaded!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from textclean.__main__ import run\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == -signal.SIGINT
    assert done.stderr == b""


STEPPED = """
import importlib, os, sys
from textclean.cli import run
if __name__ == "__main__":
    place, name, number = {step!r}
    module, _, owner = place.partition(":")
    holder = importlib.import_module(module)
    owner = getattr(holder, owner) if owner else holder
    left, original = {moment}, getattr(owner, name)
    def call(*words, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)
        return original(*words, **options)
    setattr(owner, name, call)
    import textclean.engines.local
    textclean.engines.local._BYTES_BEFORE_POOL = 0
    run()
"""
#: Steps of a run, by where a function stands: before each comes a signal.
STEPS = {
    "a kernel": ("textclean.kernels.jit", "_compiled"),
    "the pool": ("textclean.engines.pool", "ProcessPoolExecutor"),
    "a copy for the pool": ("os", "fork"),
    "work for the pool": ("concurrent.futures:ProcessPoolExecutor", "submit"),
    "the pool's end": ("concurrent.futures:ProcessPoolExecutor", "shutdown"),
    "a written record": ("textclean.engines.sinks:Sinks", "write"),
    "the report": ("textclean.engines.sinks", "_report_bytes"),
    "the disk": ("os", "fsync"),
    "a part of the index": ("textclean.dedup.segments", "write_whole"),
    "an output's name": ("textclean.io.outputs:OutputFile", "commit"),
    "the index": ("textclean.dedup.folder:IndexFolder", "publish"),
}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("step", STEPS)
def test_a_signal_at_any_step_ends_the_run_with_its_code(tmp_path, step, number, code):
    """Nothing stands then or, where names were being given, all of it, the index's part too."""
    script, source, out = tmp_path / "stepped.py", tmp_path / "in.jsonl", tmp_path / "out"
    source.write_bytes(RECORD + RECORD.replace(b"ferry", b"other ferry of the &amp; pier"))
    out.mkdir()
    naming = step in {"an output's name", "the index"}
    moment = 2 if step == "an output's name" else 1
    script.write_text(STEPPED.format(step=(*STEPS[step], int(number)), moment=moment))
    sides = [f"--edits={out}/edits", f"--report={out}/r.json", f"--index={tmp_path}/index"]
    workers = "2" if "pool" in step else "1"
    words = ["--quiet", "--workers", workers, source, "-o", out / "x", *sides]
    kernels = "compiled" if step == "a kernel" else "python"
    done = subprocess.run(
        [sys.executable, script, *words],
        capture_output=True,
        env={**os.environ, "TEXTCLEAN_KERNELS": kernels},
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (code, b"")
    assert {path.name for path in out.iterdir()} == ({"edits", "r.json", "x"} if naming else set())
    assert (tmp_path / "index" / "manifest.json").exists() is naming
