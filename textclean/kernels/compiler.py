"""Loading the compiler and NumPy, without the parts of them that no kernel needs.

Before it compiles, Numba asks whether SciPy has linear algebra for it, and loads all of that to
learn the answer. Where a process is the command's own, it is told that there is none. In somebody
else's process it finds what it looks for. The threads of NumPy's linear algebra wait for work that
never comes, and use up a core while they do: the command has none.
"""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: What Numba asks for, and the module that asks.
_ALGEBRA, _ASKS = "scipy.linalg.cython_blas", "numba.np.arraymath"
#: How many threads the linear algebra in NumPy's packages starts when it is loaded.
_THREADS = "OPENBLAS_NUM_THREADS"
_state = {"owned": False}


def own_process() -> None:
    """Tell that this process runs no kernels but ours; before NumPy is loaded."""
    _state["owned"] = True
    os.environ.setdefault(_THREADS, "1")


def is_own_process() -> bool:
    """Whether this process is known to be the command's own."""
    return _state["owned"]


def load_compiler() -> Any:
    """Return the module ``numba``; what it compiles with is loaded when it first compiles."""
    was_enabled = gc.isenabled()
    gc.disable()  # loading makes much that stays, and nothing that goes
    try:
        import numba
    finally:
        if was_enabled:
            gc.enable()
    return numba


def load_tables() -> None:
    """Load what the compiler needs as soon as it compiles, and only then."""
    if _state["owned"] and not {_ALGEBRA, _ASKS} & sys.modules.keys():
        with _without(_ALGEBRA):
            import numba.np.arraymath  # noqa: F401


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Have a module that is not loaded yet refused to whoever imports it."""
    modules: dict[str, Any] = sys.modules
    modules[name] = None
    try:
        yield
    finally:
        del modules[name]
