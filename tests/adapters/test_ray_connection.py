"""The Ray engine finds its cluster, or says so; each in a process that is connected to none."""

import os
import socket
import subprocess
import sys

import pytest
from conftest import SAMPLES

pytest.importorskip("ray")

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
            timeout=60,
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
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (143, b"", b"")
    assert not out.exists()
