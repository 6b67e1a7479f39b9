"""Start commands and say what they cost: CPU time, and peak memory, of all their processes."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from textclean.kernels.jit import SWITCH


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command cost.

    Attributes:
        cpu: Seconds of user and system time, of the command and all it started.
        peak: Bytes of the largest process.
    """

    cpu: float
    peak: int


def run(command: Sequence[str], source: Path, target: Path) -> Cost:
    """Run a command as a filter, from file to file.

    Raises:
        SystemExit: The command failed.
    """
    with source.open("rb") as read, target.open("wb") as write:
        # kernels are loaded for a short article, too: what that takes is no matter of speed
        environment = {**os.environ, SWITCH: "compiled"}
        process = subprocess.Popen(
            command, stdin=read, stdout=write, stderr=subprocess.PIPE, env=environment
        )
        assert process.stderr is not None  # noqa: S101 - asked for above
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{complaint.decode(errors='replace')}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def interleaved(
    commands: Mapping[str, Callable[[], Cost]], repeats: int
) -> dict[str, tuple[float, float]]:
    """Run all commands in turn, so that none gets the quiet minute; median and spread of CPU."""
    costs: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            costs[name].append(command().cpu)
    return {
        name: (statistics.median(values), max(values) - min(values))
        for name, values in costs.items()
    }
