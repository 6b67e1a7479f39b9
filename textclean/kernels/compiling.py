"""Watching the compiler: someone is told when it takes a while."""

import threading
import time
from collections.abc import Callable
from typing import Any

from numba.core import event


class Watch(event.Listener):  # type: ignore[misc]  # numba carries no types
    """Tells once, from a thread of its own, when compiling has taken so long in all.

    Args:
        tell: Called then.
        after: Seconds.
    """

    def __init__(self, tell: Callable[[], object], after: float) -> None:
        self._tell = tell
        self._left = after
        self._depth = 0  # a kernel compiles those it calls
        self._timer: threading.Timer | None = None
        self._started = 0.0

    def register(self) -> None:
        """Begin to watch; what is loaded from the cache is not compiled."""
        event.register("numba:compile", self)

    def on_start(self, event: Any) -> None:  # noqa: ARG002
        """Count the time from here."""
        self._depth += 1
        if self._depth == 1 and self._left > 0:
            self._started = time.monotonic()
            self._timer = threading.Timer(self._left, self._told)
            self._timer.daemon = True
            self._timer.start()

    def on_end(self, event: Any) -> None:  # noqa: ARG002
        """Count the time up to here."""
        self._depth -= 1
        if self._depth == 0 and self._timer is not None:
            self._timer.cancel()
            self._left -= time.monotonic() - self._started
            self._timer = None

    def _told(self) -> None:
        self._left = 0
        self._tell()
