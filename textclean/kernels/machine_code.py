"""Machine code that an earlier process kept: loaded without what only compiling needs.

Numba builds its tables of all functions it can compile before it looks for kept machine code, and
then reads, beside that, what it could compile other functions from, and the modules of its own
that the code was made with: three quarters of what loading it takes. Here they are read only where
something is compiled.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

from numba import config
from numba.core import environment
from numba.core.caching import FunctionCache, NullCache
from numba.core.codegen import CPUCodeLibrary, JITCodeLibrary, ll
from numba.core.compiler import CompileResult
from numba.core.environment import _rebuild_env
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
                found = _loaded(self._kept, signature, target)
            except (AttributeError, TypeError, ValueError):  # another version of Numba
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


def _loaded(kept: Any, signature: Any, target: Any) -> Any:
    """Return what a cache of Numba's holds for some types of arguments, or None.

    Raises:
        AttributeError, TypeError, ValueError: Numba keeps it in another way.
    """
    codegen, file = target.codegen(), kept._cache_file  # noqa: SLF001 - nothing public does it
    with kept._guard_against_spurious_io_errors():  # noqa: SLF001
        name = file._load_index().get(kept._index_key(signature, codegen))  # noqa: SLF001
        if name is None:
            return None
        try:
            with _few_modules():
                parts = file._load_data(name)  # noqa: SLF001
        except OSError:  # removed since
            return None
        return _rebuilt(codegen, target, parts)
    return None  # the system refused to open a file


def _rebuilt(codegen: Any, target: Any, parts: tuple[Any, ...]) -> Any:
    """Return a compiled function from what Numba kept of it."""
    (name, kind, kept), described, own, signature, objectmode, lifted, notes, begin, used = parts
    if kind != "object":
        message = f"machine code of the kind {kind!r}"
        raise ValueError(message)
    for function in begin:
        function()
    machine_code, bitcode = kept
    engine = codegen._engine  # noqa: SLF001 - nothing public takes an object file
    engine._ee.add_object_file(ll.ObjectFileRef.from_data(machine_code))  # noqa: SLF001
    names = {described.llvm_func_name, described.llvm_cpython_wrapper_name}
    engine._defined_symbols |= names  # noqa: SLF001
    library = _Library(codegen, name, bitcode)
    entry = target.get_executable(library, described, own)
    for each in used:
        codegen.set_env(each.env_name, each)
    return CompileResult(
        target_context=target,
        typing_context=target.typing_context,
        library=library,
        environment=own,
        entry_point=entry,
        fndesc=described,
        type_annotation=notes,
        signature=signature,
        objectmode=objectmode,
        lifted=lifted,
        typing_error=None,
        call_helper=None,
        metadata=None,
        reload_init=begin,
        referenced_envs=used,
    )


class _Library(JITCodeLibrary):  # type: ignore[misc]
    """Machine code that is loaded, and what functions that call it are compiled from.

    Args:
        codegen: Numba's generator of code, whose engine has loaded it.
        name: Its name.
        bitcode: What Numba kept for others; read when the first of them is compiled.
    """

    def __init__(self, codegen: Any, name: str, bitcode: bytes) -> None:
        super(CPUCodeLibrary, self).__init__(codegen, name)  # not that one: it makes a module
        self._linking_libraries: list[Any] = []
        self._final_module = self._shared_module = None
        self._bitcode = bitcode
        self._finalized = True

    def _get_module_for_linking(self) -> Any:
        if self._shared_module is None:
            self._shared_module = ll.parse_bitcode(self._bitcode)
            engine = self._codegen._engine  # noqa: SLF001 - see above
            engine._load_defined_symbols(self._shared_module)  # noqa: SLF001
        return self._shared_module


@contextmanager
def _few_modules() -> Iterator[None]:
    """Have what is read meanwhile load no modules of Numba's own."""
    before = environment._rebuild_env  # noqa: SLF001 - nothing public does it
    environment._rebuild_env = _environment  # noqa: SLF001
    try:
        yield
    finally:
        environment._rebuild_env = before  # noqa: SLF001


@wraps(_rebuild_env)  # under its name, by which it is kept
def _environment(module: str, constants: list[Any], name: str) -> Any:
    """Return the environment of a function that was compiled into another one.

    Machine code that knows all types looks nothing up in it, so that modules of Numba which nobody
    has loaded are not loaded for it.
    """
    known = environment.lookup_environment(name)
    if known is not None or module in sys.modules or not module.startswith("numba."):
        return known or _rebuild_env(module, constants, name)
    made = environment.Environment({"__name__": module})
    made.consts[:] = constants
    made.env_name = name
    environment.Environment._memo[name] = made  # noqa: SLF001
    return made
