"""Locks, and processes that are copies of the one that holds them."""

import os

import pytest

from textclean.locks import closing, leave_to_parent, lock


def opened(path):
    return os.open(path, os.O_RDWR | os.O_CREAT)


def unlock(handle):
    closing(handle)
    os.close(handle)


@pytest.fixture
def copied():
    """Return a function that copies this process; the copy does something and then waits."""
    pipes = []

    def copy(do):
        (ready, tell), (wait, end) = os.pipe(), os.pipe()
        process = os.fork()
        if process == 0:
            os.close(end)
            do()
            os.write(tell, b"!")
            os.read(wait, 1)
            os._exit(0)
        assert os.read(ready, 1) == b"!"
        pipes.append((process, end))
        for other in (ready, tell, wait):
            os.close(other)

    yield copy
    for process, end in pipes:
        os.close(end)
        os.waitpid(process, 0)


def test_a_lock_is_held_once(tmp_path):
    first, second = opened(tmp_path / "lock"), opened(tmp_path / "lock")
    lock(first)
    with pytest.raises(BlockingIOError):
        lock(second)
    unlock(first)
    lock(second)
    unlock(second)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_copy_that_leaves_locks_to_its_parent_does_not_outlast_it(tmp_path, copied, leaves):
    first, second = opened(tmp_path / "lock"), opened(tmp_path / "lock")
    lock(first)
    copied(leave_to_parent if leaves else lambda: None)
    with pytest.raises(BlockingIOError):
        lock(second)  # the parent still has it
    unlock(first)  # as its death would
    if leaves:
        lock(second)
    else:
        with pytest.raises(BlockingIOError):
            lock(second)
    unlock(second)


def test_files_closed_before_are_none_of_a_copys_locks(tmp_path, copied):
    held = opened(tmp_path / "lock")
    lock(held)
    unlock(held)
    (tmp_path / "other").write_bytes(b"other")
    other = opened(tmp_path / "other")
    assert other == held  # the number is taken again

    def copy():
        leave_to_parent()
        os.pwrite(other, b"OTHER", 0)

    copied(copy)
    assert (tmp_path / "other").read_bytes() == b"OTHER"
    os.close(other)
