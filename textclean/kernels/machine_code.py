"""Machine code that an earlier process kept: loaded without the tables that only compiling needs.

Numba builds its tables of all functions it can compile before it looks for kept machine code: a
third of what loading it takes. They are built here only when there is none.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from numba import config
from numba.core.caching import FunctionCache, NullCache
from numba.core.runtime.nrt import rtsys

from textclean.kernels.compiler import load_tables


class MachineCode:
    """The machine code of one function, in Numba's form; stands for Numba's own cache.

    Args:
        function: The function.
        folder: Where machine code is kept.
    """

    def __init__(self, function: Callable[..., Any], folder: Path) -> None:
        self._function = function
        self._folder = folder

    @cached_property
    def _kept(self) -> Any:
        """Numba's cache, which takes its folder from the configuration while it is made."""
        before = config.CACHE_DIR
        config.CACHE_DIR = str(self._folder)
        try:
            return FunctionCache(self._function)
        except RuntimeError:  # the folder went away
            return NullCache()
        finally:
            config.CACHE_DIR = before

    @property
    def cache_path(self) -> str | None:
        """Where the files are."""
        path: str | None = self._kept.cache_path
        return path

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return what was kept for these types of arguments, or None; then compiling follows."""
        if isinstance(self._kept, FunctionCache):
            rtsys.initialize(target)  # what allocates and frees arrays
            try:
                with self._kept._guard_against_spurious_io_errors():  # noqa: SLF001 - see above
                    found = self._kept._load_overload(signature, target)  # noqa: SLF001
            except AttributeError:  # a version of Numba that does it in another way
                load_tables()
                return self._kept.load_overload(signature, target)
            if found is not None:
                return found
        load_tables()
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep what was compiled."""
        self._kept.save_overload(signature, compiled)

    def flush(self) -> None:
        """Forget what was kept."""
        self._kept.flush()
