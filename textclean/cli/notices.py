"""What a command says of itself while it works."""

import os
import sys
from textwrap import wrap

from textclean.kernels.jit import tell_when_compiling


def announce_compiling() -> None:
    """Have one line on stderr say so when compiling takes a while."""
    if sys.stderr is not None:
        tell_when_compiling(say_compiling)


def say_compiling() -> None:
    """Say that the kernels are compiled, and that it is for once."""
    message = "textclean: compiling, once for this machine; this takes up to a minute"
    if sys.stderr.isatty():  # a bar may stand on this line
        room = columns() - 1
        message = "\r" + "\n".join(line.ljust(room) for line in wrap(message, max(room, 1)))
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - for people


def columns() -> int:
    """Return the columns of the terminal on stderr: stdout is often a file."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80
