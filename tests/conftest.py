"""Shared fixtures: the command in this process, and in one of its own."""

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from textclean.cli import exit_code
from textclean.engines import finish
from textclean.io import cutting
from textclean.io.sources import Source
from textclean.kernels.jit import compile_kernels

settings.register_profile("textclean", deadline=None)  # kernels load in the midst of some test
settings.load_profile("textclean")
compile_kernels()  # what the tests call in this process is what runs over large inputs

SAMPLES = Path(__file__).parent.parent / "samples"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: bytes
    err: str


@pytest.fixture
def run(monkeypatch, capfdbinary):
    """Return a function that runs the command in this process."""

    def run_command(*arguments, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        code = exit_code([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Ran(code, out, err.decode())

    return run_command


@pytest.fixture
def small(monkeypatch):
    """Make checkpoints and chunks small."""
    monkeypatch.setattr(finish, "CHECKPOINT_BYTES", 20_000)
    monkeypatch.setattr(cutting, "READ_BYTES", 4_000)
    monkeypatch.setattr(Source.chunks, "__defaults__", (8_000,))


@pytest.fixture
def start():
    """Return a function that starts the command in a process of its own."""
    processes = []

    def start_command(*arguments, script=None, **options) -> subprocess.Popen:
        command = ["-m", "textclean"] if script is None else [script]
        words = [sys.executable, *map(str, [*command, *arguments])]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(words, **{**pipes, **options})
        processes.append(process)
        return process

    yield start_command
    for process in processes:
        process.kill()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        process.wait()


@pytest.fixture
def large(tmp_path):
    """An input that keeps two workers busy for some seconds."""
    path = tmp_path / "large.jsonl"
    texts = (
        " ".join(f"word{n * m}" for m in range(200)) + f" caf\u00c3\u00a9 {n}" for n in range(9_000)
    )
    path.write_text("".join(json.dumps({"id": text[-9:], "text": text}) + "\n" for text in texts))
    return path


@pytest.fixture
def memory():
    """A file system in memory, empty before and after."""
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()
