"""The one decorator of all kernels, and where their machine code is cached.

Nothing here computes. A kernel takes arrays and numbers, fills arrays its caller gave it, and is
exact: no ``fastmath``. It is never ``parallel``: using more cores is the engines' work.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function on first call and keep the machine code for later processes.

    Numba looks at one source file to tell whether cached machine code is stale, but a kernel may
    have swallowed another module's kernels. So the cache lies in a folder named by a digest of all
    kernel sources, which Numba takes as its cache folder while it decorates.
    """
    folder = cache_folder()
    if folder is None:
        return cast(F, numba.njit(nogil=True)(function))
    config: Any = numba.config  # attributes are made from the environment
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # the folder went away between the two looks at it
        return cast(F, numba.njit(nogil=True)(function))
    finally:
        config.CACHE_DIR = before


@cache
def cache_folder() -> Path | None:
    """Return the first folder that can be written: the user's choice, ours, the user's cache.

    None when all are read-only: kernels are then compiled anew by each process.
    """
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - Path.expanduser raises without a home
    folders = [Path(chosen)] if chosen else [Path(__file__).parent / "__pycache__"]
    folders.append(Path(home) / "textclean")
    for folder in folders:
        place = folder / f"kernels-{_source_digest()}"
        try:
            place.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place).close()
        except OSError:
            continue
        return place
    return None


def _source_digest() -> str:
    """Digest of every kernel's source and of the compiler's version."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
