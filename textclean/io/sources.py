"""Sources: opening inputs, and cutting their bytes into chunks at record boundaries."""

import contextlib
import os
import select
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from textclean.errors import InputError, UsageError, listed
from textclean.io.compression import ForeignDataError, ReadSome, open_decompressed
from textclean.io.cutting import CUTTERS, READ_BYTES, Chunk, LineCutter
from textclean.io.delimited import header_columns, row_end
from textclean.io.encodings import open_utf8
from textclean.io.formats import DELIMITED_FORMATS, UTF8_MARK, detect_format
from textclean.io.remote import is_url, object_facts, open_url

CHUNK_BYTES = 2**20
_HEAD_BYTES = 2**12
#: A first row of CSV larger than this names no columns.
_HEADER_BYTES = 2**16
_BLANK = b" \t\r\n" + UTF8_MARK


class Stamp(NamedTuple):
    """By what a change of a regular file is noticed."""

    device: int
    inode: int
    size: int
    modified: int


class Source:
    """One input, opened late and read once.

    Args:
        name: A path, a URL, or ``-`` for stdin.
        number: Position in the run, from 0.
        format: Format name, or None to detect it.
        text_field: The column that a CSV file must have.
        encoding: Encoding of a stream that has no mark; None: UTF-8.
        inside: Path below the folder that the user named; None when this file was named.

    Raises:
        InputError: It is missing, broken, or has not got the column.
    """

    def __init__(  # noqa: PLR0913 - what there is to say of an input
        self,
        name: str,
        number: int,
        format: str | None = None,  # noqa: A002
        *,
        text_field: str = "text",
        encoding: str | None = None,
        inside: Path | None = None,
    ) -> None:
        self.url = name if is_url(name) else None
        self.path = None if name == "-" or self.url else Path(name)
        self.name = "stdin" if name == "-" else name
        self.number = number
        self.text_field = text_field
        self.encoding = encoding
        self.inside = inside
        self.header = b""
        self._raw: BinaryIO | None = None
        self._inflate: ReadSome | None = None
        self._read: ReadSome | None = None
        self._head = b""
        self.stamp: Stamp | None = None
        self._facts: tuple[tuple[str, str], ...] | None = None
        try:
            self._open()
            head = self._head.removeprefix(UTF8_MARK)
            is_file = self.path is not None or self.url is not None
            self.format = format or detect_format(
                head, self.name, is_file=is_file, text_field=text_field
            )
            if self.format in DELIMITED_FORMATS:
                self._read_header()
        except BaseException:
            self.close()
            raise
        if self._is_at_hand or self.format == "parquet":
            self.close()  # a run over many files must not hold them all open

    @property
    def size(self) -> int | None:
        """Bytes on disk, or None when the source is no regular file and can be read only once."""
        return None if self.stamp is None else self.stamp.size

    @property
    def version(self) -> "list[int] | list[list[str]] | None":
        """What tells this input from a later one under its name; None where nothing does.

        The size of an object alone does not: another one may have as many bytes.
        """
        if self.stamp is not None:
            return [self.stamp.size, self.stamp.modified]
        facts = self._facts or ()
        return [list(fact) for fact in facts] if {key for key, _ in facts} - {"size"} else None

    @property
    def _is_at_hand(self) -> bool:
        """Whether all of it is there: nothing has to be handed on before more is read."""
        return self.stamp is not None or self.url is not None

    def position(self) -> int:
        """Return how many bytes were taken from the file so far; 0 when it is closed."""
        raw = self._raw
        with contextlib.suppress(OSError, ValueError):  # the reading thread may close it now
            return raw.tell() if raw is not None else 0
        return 0

    def close(self) -> None:
        """Close the file; stdin stays open."""
        if self._raw is not None and self.name != "stdin":
            self._raw.close()
        self._raw = self._inflate = self._read = None

    def chunks(self, maximum_record_bytes: int, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Chunk]:
        """Yield the source's bytes, cut at record boundaries.

        A chunk is handed out when it is full or when no more input is waiting, so that a
        record on a slow stream is not held back.

        The chunks of a regular file depend on its bytes alone, not on how fast they come.

        Raises:
            InputError: The compressed stream is broken or cut, or the file changed meanwhile.
        """
        try:
            if self.format == "parquet":
                from textclean.io.parquet import parquet_chunks

                yield from parquet_chunks(self, self._open_seekable(), chunk_bytes)
            else:
                if self._read is None:
                    self._open()
                cutter = CUTTERS.get(self.format, LineCutter)
                yield from cutter(self, maximum_record_bytes, chunk_bytes).chunks()
            self._refuse_change()
        finally:
            self.close()

    def read(self, size: int) -> bytes:
        """Return some bytes of the decompressed stream; empty at its end.

        From a file or an object it is the size asked for, but for the end.
        """
        data, self._head = self._head[:size], self._head[size:]
        if not self._is_at_hand:
            return data or self._read_some(size)
        pieces = [data]
        missing = size - len(data)
        while missing and (data := self._read_some(missing)):
            pieces.append(data)
            missing -= len(data)
        return b"".join(pieces)

    def _read_some(self, size: int) -> bytes:
        assert self._read is not None  # noqa: S101 - opened by chunks()
        return self._read(size)

    def _read_plain(self, size: int) -> bytes:
        """Return some bytes of the decompressed stream, in the encoding they are in."""
        import lzma
        import zlib

        assert self._inflate is not None  # noqa: S101 - opened before
        try:
            return self._inflate(size)
        except (EOFError, OSError, lzma.LZMAError, zlib.error) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise self._unreadable(error) from error
            asked = "" if isinstance(error, ForeignDataError) else "; is the file complete?"
            message = f"cannot decompress: {error}{asked}"
            raise InputError(message, source=self.name) from error

    def _unreadable(self, error: OSError) -> InputError:
        return InputError(f"cannot be read: {error.strerror or error}", source=self.name)

    def is_waiting(self) -> bool:
        """Tell whether more input can be read at once; True when that cannot be known."""
        if self._raw is None or self._is_at_hand:
            return True
        try:
            return bool(select.select([self._raw], [], [], 0)[0])
        except (OSError, ValueError):
            return True

    def first_line(self) -> bytes:
        """Return the first line that holds anything, without taking it from what is read later."""
        if self._read is None:
            self._open()
        while b"\n" not in self._head.lstrip(_BLANK) and self.read_on():
            pass
        line = self._head.lstrip(_BLANK).partition(b"\n")[0]
        if self._is_at_hand:
            self.close()
        return line

    def parquet_columns(self) -> list[str]:
        """Return the names of a Parquet file's columns."""
        from textclean.io.parquet import column_names

        try:
            return column_names(self, self._open_seekable())
        finally:
            self.close()

    def _open_raw(self) -> BinaryIO:
        if self.url is not None:
            self._raw = open_url(self.url)
            self._refuse_change()
        elif self.path is None:
            self._raw = _raw_stdin()
        else:
            try:
                self._raw = self.path.open("rb", buffering=0)
            except FileNotFoundError:
                raise  # the command looks for a name that is meant
            except OSError as error:
                raise self._unreadable(error) from error
            self._refuse_change()
        return self._raw

    def _open_seekable(self) -> BinaryIO:
        raw = self._open_raw()
        if not raw.seekable():
            message = f"{self.name}: Parquet is read from files, not from a pipe"
            raise UsageError(message)
        return raw

    def _open(self) -> None:
        raw = self._open_raw()
        try:
            self._inflate = open_decompressed(raw)
        except OSError as error:
            raise self._unreadable(error) from error
        self._read = open_utf8(self._read_plain, self.name, self.encoding)
        self._head = b""
        # The format must not depend on how fast the input comes: the first line that holds
        # anything decides, so it is waited for.
        while len(self._head) < _HEAD_BYTES and b"\n" not in self._head.lstrip(_BLANK):
            more = self.read_on()
            if not more:
                break

    def read_on(self) -> bytes:
        """Add some bytes to the head that was looked at before reading proper."""
        more = self._read_some(READ_BYTES)
        self._head += more
        return more

    def _read_header(self) -> None:
        """Take the column names off the head; the text's must be among them."""
        end = None
        while True:
            head = self._head.removeprefix(UTF8_MARK)
            delimiter = header_columns(self.format, head.partition(b"\n")[0], self.text_field)[0]
            end = row_end(self.format, delimiter, head, 0)
            if end is not None or len(head) > _HEADER_BYTES or not self.read_on():
                break
        self.header = head[:end]
        columns = header_columns(self.format, self.header, self.text_field)[1]
        if not head or columns.count(self.text_field) == 1:
            return
        known = listed(columns) or "an unreadable header"
        message = f"no column {self.text_field!r} in {known}"
        if columns.count(self.text_field) > 1:
            message = f"the column {self.text_field!r} is there twice"
        message += "; name the one with the text by --text-field"
        raise InputError(message, source=self.name, line=1)

    def _refuse_change(self) -> None:
        """Raise ``InputError`` unless the open input is as it was when it was first opened."""
        if self.url is not None:
            facts = object_facts(self.url)
            if self._facts not in (None, facts):
                message = "the object changed while it was read; nothing of this run is complete"
                raise InputError(message, source=self.name)
            self._facts = facts
            return
        if self.path is None or self._raw is None:
            return
        stamp = _stamp(os.fstat(self._raw.fileno()))
        if self.stamp is None:
            self.stamp = stamp
        elif stamp != self.stamp:
            message = "the file changed while it was read; nothing of this run is complete"
            raise InputError(message, source=self.name)


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
