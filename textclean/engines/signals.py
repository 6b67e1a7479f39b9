"""Signals that wait: what is begun together is ended together."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait for the end of the block, which is to be short.

    The first that came is answered then as it would have been; a second one at once, should the
    block wait for a store that does not answer. Outside of the main thread, where no signal is
    answered, nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def release() -> None:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def hold(number: int, _: object) -> None:
        came.append(number)
        if len(came) > 1:
            release()
            signal.raise_signal(came[0])

    for number in before:
        signal.signal(number, hold)
    try:
        yield
    finally:
        release()
        if len(came) == 1:
            signal.raise_signal(came[0])
