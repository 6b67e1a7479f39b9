"""Loading the compiler, without the part of it that no kernel needs.

Numba asks on loading whether SciPy has linear algebra for it, and loads all of that to learn the
answer: a third of what loading the compiler takes. Where a process is the command's own, it is told
that there is none. In somebody else's process it finds what it looks for.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: What Numba asks for, and the module that asks.
_ALGEBRA, _ASKS = "scipy.linalg.cython_blas", "numba.np.arraymath"
_state = {"owned": False}


def own_process() -> None:
    """Tell that this process runs no kernels but ours."""
    _state["owned"] = True


def is_own_process() -> bool:
    """Whether this process is known to be the command's own."""
    return _state["owned"]


def load_compiler() -> Any:
    """Return the module ``numba``."""
    if _state["owned"] and not {_ALGEBRA, _ASKS} & sys.modules.keys():
        with _without(_ALGEBRA):
            import numba.np.arraymath
    import numba

    return numba


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Have a module that is not loaded yet refused to whoever imports it."""
    modules: dict[str, Any] = sys.modules
    modules[name] = None
    try:
        yield
    finally:
        del modules[name]
