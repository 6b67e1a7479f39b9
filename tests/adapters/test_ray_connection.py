"""The Ray engine finds its cluster, or says so; each in a process that is connected to none."""

import os
import socket
import subprocess
import sys

import pytest
from conftest import SAMPLES

from textclean.engines.ray import RayRun, _connected
from textclean.errors import TextcleanError, UsageError

ray = pytest.importorskip("ray")

CONNECT = """
import signal
from textclean.engines.ray import RayRun, _connected

signal.signal(signal.SIGTERM, print)
with _connected(RayRun(workers=1)) as ray:
    assert ray.is_initialized()
    assert signal.getsignal(signal.SIGTERM) is print
assert not ray.is_initialized()
"""


@pytest.mark.parametrize("given", ["{}", "auto"])
def test_a_cluster_that_does_not_answer_is_told_at_once(tmp_path, given):
    """Ray alone would go on trying for minutes."""
    with socket.socket() as bound:  # nobody listens
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        command = [sys.executable, "-m", "textclean", "clean", SAMPLES / "articles.jsonl"]
        done = subprocess.run(
            [*command, "--engine", "ray", "--ray-address", given.format(address)],
            cwd=tmp_path,
            env={**os.environ, "RAY_ADDRESS": address},
            capture_output=True,
            check=False,
            timeout=600,  # a busy machine takes long to load Ray
        )
    assert (done.returncode, done.stdout) == (2, b"")
    said = f"textclean: cannot reach a Ray cluster at {address}: [Errno "
    assert done.stderr.decode().startswith(said)


def test_sigterm_is_answered_as_on_one_machine():
    """Ray has a handler of its own, with another exit code and a trace on stderr."""
    done = subprocess.run([sys.executable, "-c", CONNECT], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


TERMINATED = """
import os, signal
from textclean import cli

set_handler = signal.signal

def watched(number, handler):
    before = set_handler(number, handler)
    if getattr(handler, "__module__", "").startswith("ray."):
        os.kill(os.getpid(), signal.SIGTERM)
    return before

signal.signal = watched
cli.run()
"""


def test_sigterm_while_ray_starts_ends_the_run_as_elsewhere(tmp_path):
    """At the moment in which Ray has taken the signal for itself."""
    out = tmp_path / "out"
    words = [SAMPLES / "articles.jsonl", "--engine", "ray", "--workers", "1", "-o", f"{out}/"]
    done = subprocess.run(
        [sys.executable, "-c", TERMINATED, "clean", *words],
        capture_output=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, done.stdout, done.stderr) == (143, b"", b"")
    assert not out.exists()


@pytest.mark.parametrize(
    ("address", "kind", "said"),
    [
        (None, TextcleanError, "cannot start Ray on this machine: too slow"),
        ("local", UsageError, "cannot reach a Ray cluster at local: too slow"),
    ],
)
def test_ray_that_does_not_start_is_told(monkeypatch, address, kind, said):
    """It has no class of its own for that: a busy machine gets a plain ``Exception``."""

    def slow(**_settings):
        message = "too slow"
        raise Exception(message)  # noqa: TRY002 - as Ray does

    monkeypatch.setattr(ray, "init", slow)
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with pytest.raises(kind) as raised, _connected(RayRun(address)):
        pass
    assert (type(raised.value), str(raised.value)) == (kind, said)
