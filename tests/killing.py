"""Runs that end without warning: here by an exception, in a process of their own by a signal."""

import sys

from textclean.engines import sinks
from textclean.io.outputs import OutputFile
from textclean.io.parquet_output import ParquetOutput


class Killed(BaseException):
    """Stands for a process that is killed: nothing is cleaned up behind it."""


def kill_at(patch, target, name, moment, *, after=False):
    """Make the n-th call of a function the last thing that happens.

    The target is an object, or the name of a module.
    """
    owner = sys.modules[target] if isinstance(target, str) else target
    original = getattr(owner, name)
    calls = 0

    def call(*words, **options):
        nonlocal calls
        calls += 1
        if calls == moment and after:
            original(*words, **options)
        if calls == moment:
            raise Killed
        return original(*words, **options)

    patch.setattr(owner, name, call)
    patch.setattr(sinks.Sinks, "abort", close_only)


def close_only(opened, **_):
    """Close the files, as the end of a process does; nothing else is cleaned up."""
    for output in opened._opened:
        if isinstance(output, ParquetOutput):
            output._give_up()
        for file in (output, *(getattr(output, name, None) for name in ("_file", "_waiting"))):
            if isinstance(file, OutputFile):
                file.keep()


#: Before a script: it dies at the N-th call that reaches the disk, N being its first argument.
DYING = """
import os, signal, sys
from pathlib import Path

left = int(sys.argv.pop(1))

def dying(function):
    def call(*arguments, **settings):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **settings)
    return call

os.fsync = dying(os.fsync)
Path.replace = dying(Path.replace)
Path.unlink = dying(Path.unlink)
"""
