"""Outputs: written beside their target and renamed when the run is complete."""

import contextlib
import os
import secrets
import select
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from textclean.errors import OutputError, UsageError
from textclean.io.compression import ByteWriter, open_compressed


class OutputFile:
    """One output file; nothing stands under its name before ``commit``.

    A target that exists and is no regular file (a device, a named pipe) is written straight.
    The temporary file beside the target is private, has an unguessable name and is made anew,
    so that no link someone laid there is followed.

    Args:
        path: The target.
        kept: What a checkpoint of an earlier run says of the temporary file: it is cut to
            that size and gone on with.

    Raises:
        OutputError: The target cannot be opened or written.
    """

    def __init__(self, path: Path, kept: "KeptPart | None" = None) -> None:
        self.path = path
        self._part: Path | None = None
        self._writer: ByteWriter | None = None
        try:
            if is_special(path):
                self._file: BinaryIO = path.open("wb")
                self._writer = open_compressed(path, self._file)
                return
            self._target = path.resolve() if path.is_symlink() else path
            if kept is None:
                part = self._target.with_name(f".{secrets.token_hex(8)}.part")
                descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                self._part = part
                self._file = os.fdopen(descriptor, "wb")
                self._writer = open_compressed(path, self._file)
            else:
                descriptor = os.open(kept.path, os.O_WRONLY | os.O_NOFOLLOW)
                self._file = os.fdopen(descriptor, "wb")
                self._take_up(kept)
                self._part = kept.path
        except OSError as error:
            self._remove_part()
            raise self._failure(error) from error

    @property
    def part(self) -> Path | None:
        """The temporary file; None when there is none."""
        return self._part

    @property
    def is_finished(self) -> bool:
        """Whether everything is written."""
        return self._file.closed

    def write(self, data: bytes) -> None:
        """Write all of the data."""
        try:
            if self._writer is None:
                self._writer = open_compressed(self.path, self._file)
            self._writer.write(data)
        except OSError as error:
            raise self._failure(error) from error

    def flush(self) -> None:
        """Send what a device or a pipe is to get; a file can wait."""
        if self._part is None:
            try:
                self._file.flush()
            except OSError as error:
                raise self._failure(error) from error

    def checkpoint(self) -> int:
        """Write all there is to disk, as a whole stream; return the size of the file."""
        if self._file.closed:
            assert self._part is not None  # noqa: S101 - only such files are finished early
            return self._part.stat().st_size
        try:
            self._end_stream()
            self._file.flush()
            os.fsync(self._file.fileno())
            return self._file.tell()
        except OSError as error:
            raise self._failure(error) from error

    def end_member(self) -> None:
        """End a compressed stream here: WARC has one for each record, where readers look for it."""
        if self._writer is not self._file:
            self._end_stream()

    def finish(self) -> None:
        """Write everything to disk under the temporary name; a second call does nothing."""
        if self._file.closed:
            return
        try:
            self._end_stream()
            self._file.flush()
            if self._part is not None:
                os.fsync(self._file.fileno())
                os.fchmod(self._file.fileno(), mode_for(self._target))
            self._file.close()
        except OSError as error:
            raise self._failure(error) from error

    def commit(self) -> None:
        """Give the finished file its name, to stay also when the machine stops now."""
        if self._part is None:
            return
        try:
            self._file.close()
            self._part.replace(self._target)
            sync_folder(self._target.parent)
        except OSError as error:
            raise self._failure(error) from error
        self._part = None

    def abort(self) -> None:
        """Remove what was written; what stood under the name stays."""
        self.keep()
        self._remove_part()

    def keep(self) -> None:
        """Close the file and leave the temporary one to a run that goes on with it."""
        with contextlib.suppress(OSError, ValueError):
            self._file.close()

    def _take_up(self, kept: "KeptPart") -> None:
        """Cut the temporary file to what the checkpoint knows, and stand at its end."""
        size = os.fstat(self._file.fileno()).st_size
        if size < kept.size:
            self._file.close()
            message = f"{kept.path} has {size:,} bytes, its journal says {kept.size:,}"
            raise OutputError(message)
        self._file.truncate(kept.size)
        self._file.seek(kept.size)

    def _end_stream(self) -> None:
        """End a compressed stream; what is written later begins another behind it."""
        if self._writer is not None and self._writer is not self._file:
            self._writer.close()
        self._writer = None

    def _remove_part(self) -> None:
        if self._part is not None:
            with contextlib.suppress(OSError):
                self._part.unlink(missing_ok=True)
            self._part = None

    def _failure(self, error: OSError) -> OutputError:
        """Name the file; a closed pipe here is a failure, unlike one on stdout."""
        folder = self.path.parent
        why = error.strerror or str(error)
        if isinstance(error, FileNotFoundError) and not folder.exists():
            why = f"there is no folder {str(folder)!r} yet (mkdir -p)"
        return OutputError(f"cannot write {self.path}: {why}")


class KeptPart(NamedTuple):
    """The temporary file of an output as a checkpoint left it."""

    path: Path
    size: int


@contextlib.contextmanager
def gone_if_empty(folder: Path | None) -> Iterator[None]:
    """Remove a folder that was made meanwhile for a run that failed, if nothing is in it.

    Args:
        folder: That may be made, with those above it; None: none.
    """
    made = [] if folder is None else [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # something is in it, or it was never made
            for one in made:
                one.rmdir()
        raise


def sync_folder(folder: Path) -> None:
    """Write a folder's names to disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class StandardOutput:
    """The process's stdout as an output; a closed pipe raises ``BrokenPipeError``.

    Writes through a buffer of its own, since an unbuffered stdout (``PYTHONUNBUFFERED``) or one
    that does not block may take only a part of what it is given.
    """

    def __init__(self) -> None:
        if sys.stdout is None:
            message = "stdout is closed; name an output with -o"
            raise OutputError(message)
        self._file = sys.stdout.buffer

    def write(self, data: bytes) -> None:
        """Write all of the data.

        Raises:
            OutputError: The disk behind it is full, or broken.
        """
        rest = memoryview(data)
        while rest:
            try:
                with _stdout_failure():
                    taken = self._file.write(rest)
            except BlockingIOError as error:
                taken = error.characters_written
            if taken is None or taken == 0:
                select.select([], [self._file], [])
            else:
                rest = rest[taken:]

    def flush(self) -> None:
        """Send what is held."""
        while True:
            try:
                with _stdout_failure():
                    self._file.flush()
            except BlockingIOError:
                select.select([], [self._file], [])
            else:
                return

    def finish(self) -> None:
        """Send what is held; stdout stays open."""
        self.flush()

    def commit(self) -> None:
        """Nothing to rename."""

    def abort(self) -> None:
        """Send what is held: a filter's output up to the fault is valid."""
        with contextlib.suppress(OSError, ValueError, OutputError):
            self.flush()


@contextlib.contextmanager
def _stdout_failure() -> Iterator[None]:
    """Say what cannot be written; a closed pipe and one that is full are no failures."""
    try:
        yield
    except (BlockingIOError, BrokenPipeError):
        raise
    except OSError as error:
        message = f"cannot write stdout: {error.strerror or error}"
        raise OutputError(message) from error


def is_special(path: Path) -> bool:
    """Tell whether a path is there and is no regular file."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def refuse_shared_targets(inputs: Iterable[Path], targets: Iterable[Path]) -> None:
    """Raise ``UsageError`` when a target is an input or another target, by any name.

    What stdin and stdout were redirected to counts too.
    """
    taken: dict[tuple[int, int] | str, str] = {}
    for path in inputs:
        taken[_identity(path)] = f"the input {path}"
    for stream, name in ((0, "what stdin reads"), (1, "what stdout writes to")):
        with contextlib.suppress(OSError):
            status = os.fstat(stream)
            if stat.S_ISREG(status.st_mode):
                place = (status.st_dev, status.st_ino)
                if place in taken and stream == 1:
                    message = f"stdout is {taken[place]}; choose another name"
                    raise UsageError(message)
                taken[place] = name
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


def mode_for(target: Path) -> int:
    """Return the permissions an output gets: those it had, or what the user's mask allows."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
