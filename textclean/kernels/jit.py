"""The one decorator of all kernels: when they are compiled, and where machine code is cached.

Nothing here computes. A kernel takes arrays and numbers, fills arrays its caller gave it, and is
exact: no ``fastmath``. It is never ``parallel``: using more cores is the engines' work.

Loading the compiler takes longer than cleaning an article without it. So a kernel is a plain
function until so much work has come that compiling pays; then all of them are compiled, and take
their own places in the modules that hold them. Both forms give the same results. Where machine
code is kept from an earlier process, that is soon; where it is not, it takes a good deal more.
"""

import hashlib
import os
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar, cast

from textclean.errors import UsageError
from textclean.kernels.compiler import load_compiler, load_tables

F = TypeVar("F", bound=Callable[..., Any])

#: When kernels are compiled: when it pays, at once, or never.
SWITCH = "TEXTCLEAN_KERNELS"
_CHOICES = ("auto", "compiled", "python")

#: With no machine code kept, compiling takes some fifty times as long as loading it does. It is
#: kept for later processes, so that it pays before one has lost as much time without it.
_COLD = 20.0

#: Kernels that are plain functions so far, and whether each makes arrays.
_plain: list[tuple[Callable[..., Any], bool]] = []
#: Whether they are compiled, and the share of the work that makes that pay.
_state = {"compiled": False, "share": 0.0}
#: Held while kernels are exchanged, while one is entered, and while the process is forked: a child
#: with a compiler that is loaded by half could load none.
_exchange = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_exchange.acquire,
        after_in_parent=_exchange.release,
        after_in_child=_exchange.release,
    )
#: Seconds until it is looked again whether another thread has left the plain kernel it is in. Who
#: wakes up is left alone by other threads for longer than the exchange takes.
_PAUSE = 0.0005
#: Seconds until that is given up: a signal's handler may stand on top of a plain kernel, and wait.
_PATIENCE = 10.0
#: Who wants to know that compiling takes a while, and after how many seconds.
_waiting: list[tuple[Callable[[], object], float]] = []


def kernel(function: F) -> F:
    """Make a function a kernel: it makes no array, and returns none.

    So nobody counts who holds an array, which took a third of the time of kernels that call
    others.
    """
    return _kernel(function, allocates=False)


def allocating_kernel(function: F) -> F:
    """Make a function a kernel that makes arrays, or holds one that another kernel returned."""
    return _kernel(function, allocates=True)


def _kernel(function: F, *, allocates: bool) -> F:
    with _exchange:
        if _state["compiled"]:
            return cast(F, _compiled(function, allocates=allocates))
        _plain.append((function, allocates))
    return function


def as_python(made: F) -> F:
    """Return the plain function of a kernel, for a few numbers: to load machine code takes 4 ms."""
    return cast(F, getattr(made, "py_func", made))


def is_compiled() -> bool:
    """Whether the kernels are machine code, or become that on their first call."""
    return bool(_state["compiled"])


def is_worth(size: float, enough: float) -> bool:
    """Tell whether to use kernels for some work; they are compiled when that comes to pay.

    Args:
        size: How much work there is.
        enough: Of such work without kernels, how much takes as long as loading the compiler.

    Raises:
        UsageError: The switch has a value that does not exist.
    """
    if _state["compiled"]:
        return True
    _state["share"] += size / enough
    choice = _choice()
    if choice == "compiled" or (choice == "auto" and _pays(_state["share"])):
        compile_kernels()
    return is_compiled()


def is_allowed() -> bool:
    """Tell whether to use kernels where nothing else has the answer; they are compiled then.

    Raises:
        UsageError: The switch has a value that does not exist.
    """
    if not _state["compiled"] and _choice() != "python":
        compile_kernels()
    return is_compiled()


def _pays(share: float) -> bool:
    """Tell whether so much of the work that is worth loading the compiler pays to compile."""
    if share < 1:
        return False
    return share >= _COLD or is_kept()


def is_kept() -> bool:
    """Whether an earlier process has kept machine code of these kernels."""
    folder = cache_folder()
    return folder is not None and any(folder.iterdir())


def compile_kernels() -> None:
    """Compile all kernels, those of modules that are imported later too, on their first calls.

    Several threads may ask for it at a time. It is done by a thread of its own, where no signal
    (Ctrl-C) breaks it off: a compiler that is loaded by half cannot be loaded any more.
    """
    if _state["compiled"]:
        return
    errors: list[BaseException] = []

    def work() -> None:
        try:
            _compile_all()
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            errors.append(error)

    worker = threading.Thread(target=work, name="textclean-compiler")
    worker.start()
    worker.join()
    if errors:
        raise errors[0]


def _compile_all() -> None:
    with _exchange:
        if _state["compiled"]:
            return
        compiled = {
            id(function): _compiled(function, allocates=allocates) for function, allocates in _plain
        }
        given_up = time.monotonic() + _PATIENCE
        while not _exchanged(compiled):
            if time.monotonic() > given_up:
                return  # who needs kernels next tries again
            time.sleep(_PAUSE)
        _plain.clear()


def _exchanged(compiled: Mapping[int, Callable[..., Any]]) -> bool:
    """Put the compiled kernels in the places of the plain ones, unless a thread is in one of those.

    It would go on in plain Python with what compiled ones return: numbers of another type. So all
    take their places at one stroke, in a single call during which no other thread runs.
    """
    state: dict[str, Any] = _state
    places: list[tuple[dict[str, Any], dict[str, Any]]] = [(state, {"compiled": True})]
    for name, module in list(sys.modules.items()):
        if name.startswith("textclean."):
            names = list(vars(module).items())
            new = {key: compiled[id(value)] for key, value in names if id(value) in compiled}
            places.append((vars(module), new))
    plain = {function.__code__ for function, _ in _plain}
    for top in sys._current_frames().values():  # noqa: SLF001 - there is no other way to ask
        frame: FrameType | None = top
        while frame is not None:
            if frame.f_code in plain:
                return False
            frame = frame.f_back
    deque(map(dict.update, *zip(*places, strict=True)), maxlen=0)
    return True


def tell_when_compiling(tell: Callable[[], object], after: float = 1.0) -> None:
    """Have someone told, once, when compiling takes a while; loading machine code is no compiling.

    Args:
        tell: Called in a thread of its own.
        after: Seconds spent compiling.
    """
    _waiting[:] = [(tell, after)]
    if _state["compiled"]:
        _listen()


def _listen() -> None:
    """Take the time of what the compiler says it compiles."""
    from textclean.kernels.compiling import Watch

    if _waiting:
        Watch(*_waiting.pop()).register()


def refuse_unknown_choice() -> None:
    """Refuse a misspelt switch at once, not when the first kernel has work.

    Raises:
        UsageError: The switch has a value that does not exist.
    """
    _choice()


def _choice() -> str:
    choice = os.environ.get(SWITCH) or "auto"
    if choice not in _CHOICES:
        message = f"{SWITCH} must be one of {', '.join(_CHOICES)}, not {choice!r}"
        raise UsageError(message)
    return choice


def _compiled(function: Callable[..., Any], *, allocates: bool) -> Callable[..., Any]:
    """Compile a function on first call and keep the machine code for later processes.

    Numba looks at one source file to tell whether cached machine code is stale, but a kernel may
    have swallowed another module's kernels. So the cache lies in a folder named by a digest of all
    kernel sources.
    """
    numba = load_compiler()
    _listen()
    made: Callable[..., Any] = numba.njit(nogil=True, _nrt=allocates)(function)
    folder = cache_folder()
    if folder is None:
        load_tables()
        return made
    from textclean.kernels.machine_code import MachineCode

    made._cache = MachineCode(function, folder)  # type: ignore[attr-defined]  # noqa: SLF001
    return made


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
    digest = hashlib.sha256(version("numba").encode())  # loading it takes a third of a second
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
