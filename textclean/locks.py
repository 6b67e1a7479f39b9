"""Locks on open files: one process writes, and those forked from it do not hold its locks.

The system frees a lock when the last process that has the file open ends. A forked process has all
files open that its parent had, so that the lock of a parent that was killed would stand until its
workers have noticed: whoever goes on with the run would be told that it is still running.
"""

import os

_held: set[int] = set()


def lock(handle: int) -> None:
    """Lock an open file for writing, until it is closed.

    Raises:
        OSError: Another process has the lock (``BlockingIOError``), or there are none here.
    """
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    _held.add(handle)


def closing(handle: int) -> None:
    """Tell that a locked file is about to be closed."""
    _held.discard(handle)


def leave_to_parent() -> None:
    """Hold no lock in this process, which was forked; the parent holds all of its own.

    The numbers of the files stay taken, by nothing, so that no other file ever gets one of them.
    """
    nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for handle in _held:
        os.dup2(nothing, handle, inheritable=False)
    os.close(nothing)
    _held.clear()
