"""Sources: opening inputs, and cutting their bytes into chunks at record boundaries."""

import contextlib
import os
import select
import stat
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from textclean.errors import InputError
from textclean.io.compression import ReadSome, open_decompressed
from textclean.io.formats import UTF8_MARK, detect_format, refuse_utf16

CHUNK_BYTES = 2**20
_READ_BYTES = 2**18
_HEAD_BYTES = 2**12
_BLANK = b" \t\r\n" + UTF8_MARK


@dataclass(frozen=True, slots=True)
class Chunk:
    """A block of bytes cut at record boundaries.

    Attributes:
        source: Name of the source, as messages show it.
        source_number: Position of the source in the run, from 0.
        format: Name of its record format.
        first_line: Line its first record stands on, from 1.
        byte_offset: Where it begins in the decompressed stream.
        data: The bytes, with their line ends.
        fault: Set when these bytes are one record that is broken before anyone parsed it.
        continued: These bytes go on with the broken record of the chunk before.
    """

    source: str
    source_number: int
    format: str
    first_line: int
    byte_offset: int
    data: bytes
    fault: str | None = None
    continued: bool = False


class Stamp(NamedTuple):
    """By what a change of a regular file is noticed."""

    device: int
    inode: int
    size: int
    modified: int


class Source:
    """One input, opened late and read once.

    Args:
        name: A path, or ``-`` for stdin.
        number: Position in the run, from 0.
        format: Format name, or None to detect it.
    """

    def __init__(self, name: str, number: int, format: str | None = None) -> None:  # noqa: A002
        self.path = None if name == "-" else Path(name)
        self.name = "stdin" if name == "-" else name
        self.number = number
        self._raw: BinaryIO | None = None
        self._read: ReadSome | None = None
        self._head = b""
        self.stamp: Stamp | None = None
        try:
            self._open()
            refuse_utf16(self._head, self.name)
            self.format = format or detect_format(
                self._head.removeprefix(UTF8_MARK), self.name, is_file=self.path is not None
            )
        except BaseException:
            self.close()
            raise
        if self.stamp is not None:
            self.close()  # a run over many files must not hold them all open

    @property
    def size(self) -> int | None:
        """Bytes on disk, or None when the source is no regular file and can be read only once."""
        return None if self.stamp is None else self.stamp.size

    def position(self) -> int:
        """Return how many bytes were taken from the file so far; 0 when it is closed."""
        raw = self._raw
        with contextlib.suppress(OSError, ValueError):  # the reading thread may close it now
            return raw.tell() if raw is not None else 0
        return 0

    def close(self) -> None:
        """Close the file; stdin stays open."""
        if self._raw is not None and self.path is not None:
            self._raw.close()
        self._raw = self._read = None

    def chunks(self, maximum_record_bytes: int, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Chunk]:
        """Yield the source's bytes, cut at record boundaries.

        A chunk is handed out when it is full or when no more input is waiting, so that a
        record on a slow stream is not held back.

        The chunks of a regular file depend on its bytes alone, not on how fast they come.

        Raises:
            InputError: The compressed stream is broken or cut, or the file changed meanwhile.
        """
        cutter = _WholeCutter if self.format == "text" else _LineCutter
        try:
            if self._read is None:
                self._open()
            yield from cutter(self, maximum_record_bytes, chunk_bytes).chunks()
            self._refuse_change()
        finally:
            self.close()

    def read(self, size: int) -> bytes:
        """Return some bytes of the decompressed stream; empty at its end.

        From a regular file it is the size asked for, but for the end.
        """
        data, self._head = self._head[:size], self._head[size:]
        if self.stamp is None:
            return data or self._read_some(size)
        pieces = [data]
        missing = size - len(data)
        while missing and (data := self._read_some(missing)):
            pieces.append(data)
            missing -= len(data)
        return b"".join(pieces)

    def _read_some(self, size: int) -> bytes:
        import lzma

        assert self._read is not None  # noqa: S101 - opened by chunks()
        try:
            return self._read(size)
        except (EOFError, OSError, lzma.LZMAError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            message = f"cannot decompress: {error}; is the file complete?"
            raise InputError(message, source=self.name) from error

    def is_waiting(self) -> bool:
        """Tell whether more input can be read at once; True when that cannot be known."""
        if self._raw is None or self.stamp is not None:
            return True
        try:
            return bool(select.select([self._raw], [], [], 0)[0])
        except (OSError, ValueError):
            return True

    def _open(self) -> None:
        if self.path is None:
            self._raw = _raw_stdin()
        else:
            self._raw = self.path.open("rb", buffering=0)
            self._refuse_change()
        self._read = open_decompressed(self._raw)
        self._head = b""
        # The format must not depend on how fast the input comes: the first line that holds
        # anything decides, so it is waited for.
        while len(self._head) < _HEAD_BYTES and b"\n" not in self._head.lstrip(_BLANK):
            more = self.read_on()
            if not more:
                break

    def read_on(self) -> bytes:
        """Add some bytes to the head that was looked at before reading proper."""
        more = self._read_some(_READ_BYTES)
        self._head += more
        return more

    def _refuse_change(self) -> None:
        """Raise ``InputError`` unless the open file is as it was when it was first opened."""
        if self.path is None or self._raw is None:
            return
        stamp = _stamp(os.fstat(self._raw.fileno()))
        if self.stamp is None:
            self.stamp = stamp
        elif stamp != self.stamp:
            message = "the file changed while it was read; nothing of this run is complete"
            raise InputError(message, source=self.name)


class _Cutter:
    """Shared counting of the two ways to cut."""

    def __init__(self, source: Source, maximum_record_bytes: int, chunk_bytes: int) -> None:
        self.source = source
        self.maximum = maximum_record_bytes
        self.chunk_bytes = chunk_bytes
        self.line = 1
        self.offset = 0
        self.first = source.read(_READ_BYTES)
        if self.first.startswith(UTF8_MARK):
            self.first = self.first[len(UTF8_MARK) :]
            self.offset = len(UTF8_MARK)

    def chunk(self, data: bytes, fault: str | None = None, *, continued: bool = False) -> Chunk:
        source = self.source
        made = Chunk(
            source.name,
            source.number,
            source.format,
            self.line,
            self.offset,
            data,
            fault,
            continued,
        )
        self.line += data.count(b"\n")
        self.offset += len(data)
        return made

    def too_large(self) -> str:
        return f"the record is larger than --max-record-bytes ({self.maximum:,})"


class _WholeCutter(_Cutter):
    def chunks(self) -> Iterator[Chunk]:
        pieces, size = [self.first], len(self.first)
        while data := self.source.read(_READ_BYTES):
            pieces.append(data)
            size += len(data)
            if size > self.maximum:
                yield self.chunk(b"".join(pieces), self.too_large())
                while data := self.source.read(_READ_BYTES):
                    yield self.chunk(data, self.too_large(), continued=True)
                return
        yield self.chunk(b"".join(pieces))


class _LineCutter(_Cutter):
    def chunks(self) -> Iterator[Chunk]:
        data, pieces, size, complete = self.first, [], 0, 0
        while data:
            cut = data.rfind(b"\n") + 1
            if cut:
                complete = size + cut
            pieces.append(data)
            size += len(data)
            too_large = size - complete > self.maximum
            if complete and (
                complete >= self.chunk_bytes or too_large or not self.source.is_waiting()
            ):
                joined = b"".join(pieces)
                yield self.chunk(joined[:complete])
                pieces, size, complete = [joined[complete:]], size - complete, 0
            if too_large:
                rest = yield from self._pass_over(b"".join(pieces))
                pieces, size = [rest], len(rest)
                complete = rest.rfind(b"\n") + 1
            data = self.source.read(_READ_BYTES)
        if size:
            yield self.chunk(b"".join(pieces))

    def _pass_over(self, data: bytes) -> Generator[Chunk, None, bytes]:
        """Hand out a record that is too large in pieces; return what stands behind it."""
        continued = False
        while data:
            cut = data.find(b"\n") + 1
            yield self.chunk(data[: cut or len(data)], self.too_large(), continued=continued)
            if cut:
                return data[cut:]
            continued = True
            data = self.source.read(_READ_BYTES)
        return b""


def _stamp(status: os.stat_result) -> Stamp | None:
    """Return a regular file's stamp; None for anything else."""
    if not stat.S_ISREG(status.st_mode):
        return None
    return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _raw_stdin() -> BinaryIO:
    """Return stdin unbuffered, also when a test or a caller has replaced it."""
    if sys.stdin is None:
        message = "stdin is closed; name a file"
        raise InputError(message, source="stdin")
    buffer = sys.stdin.buffer
    raw = getattr(buffer, "raw", buffer)
    if isinstance(raw, BinaryIO) or hasattr(raw, "read"):
        return raw
    return os.fdopen(0, "rb", buffering=0, closefd=False)
