"""Outputs: written beside their target and renamed when the run is complete."""

import contextlib
import os
import secrets
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from textclean.errors import OutputError, UsageError
from textclean.io.compression import ByteWriter, open_compressed


class OutputFile:
    """One output file; nothing stands under its name before ``commit``.

    A target that exists and is no regular file (a device, a named pipe) is written straight.
    The temporary file beside the target has an unguessable name and is made anew, so that no
    link someone laid there is followed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part: Path | None = None
        if is_special(path):
            self._file: BinaryIO = path.open("wb", buffering=0)
        else:
            target = path.resolve() if path.is_symlink() else path
            self._part = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
            descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            self._file = os.fdopen(descriptor, "wb")
            self._target = target
        self._writer: ByteWriter = open_compressed(path, self._file)

    def write(self, data: bytes) -> None:
        """Write all of the data."""
        self._writer.write(data)

    def finish(self) -> None:
        """Write everything to disk under the temporary name; a second call does nothing."""
        if self._file.closed:
            return
        if self._writer is not self._file:
            self._writer.close()
        self._file.flush()
        if self._part is not None:
            os.fsync(self._file.fileno())
        self._file.close()

    def commit(self) -> None:
        """Give the finished file its name."""
        if self._part is not None:
            self._part.replace(self._target)
            self._part = None

    def abort(self) -> None:
        """Remove what was written; what stood under the name stays."""
        with contextlib.suppress(OSError, ValueError):
            self._file.close()
        if self._part is not None:
            with contextlib.suppress(OSError):
                self._part.unlink(missing_ok=True)
            self._part = None


class StandardOutput:
    """The process's stdout as an output; a closed pipe raises ``BrokenPipeError``."""

    def __init__(self) -> None:
        self._file = sys.stdout.buffer

    def write(self, data: bytes) -> None:
        """Write all of the data."""
        self._file.write(data)

    def flush(self) -> None:
        """Send what is held."""
        self._file.flush()

    def finish(self) -> None:
        """Send what is held; stdout stays open."""
        self._file.flush()

    def commit(self) -> None:
        """Nothing to rename."""

    def abort(self) -> None:
        """Send what is held: a filter's output up to the fault is valid."""
        with contextlib.suppress(OSError, ValueError):
            self._file.flush()


Output = OutputFile | StandardOutput


def commit_all(outputs: Iterable[Output]) -> None:
    """Finish every output, then name them all: a full disk leaves no name behind.

    Raises:
        OutputError: One of them could not be written; none was renamed.
    """
    outputs = list(outputs)
    try:
        for output in outputs:
            output.finish()
    except OSError as error:
        for output in outputs:
            output.abort()
        if isinstance(error, BrokenPipeError):
            raise
        message = f"cannot write the output: {error}"
        raise OutputError(message) from error
    for output in outputs:
        output.commit()


def is_special(path: Path) -> bool:
    """Tell whether a path is there and is no regular file."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def refuse_shared_targets(inputs: Iterable[Path], targets: Iterable[Path]) -> None:
    """Raise ``UsageError`` when a target is an input or another target, by any name."""
    taken = {_identity(path): f"the input {path}" for path in inputs}
    for target in targets:
        identity = _identity(target)
        if identity in taken and not is_special(target):
            message = f"the output {target} is {taken[identity]}; choose another name"
            raise UsageError(message)
        taken[identity] = f"already an output ({target})"


def _identity(path: Path) -> tuple[int, int] | str:
    """Return what two names of one file share."""
    try:
        status = path.stat()
    except OSError:
        return os.path.realpath(path)
    return status.st_dev, status.st_ino
