"""Cutting: the bytes of a source into chunks that end where a record does."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from textclean.io.delimited import header_columns, row_end
from textclean.io.formats import UTF8_MARK

READ_BYTES = 2**18


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
        header: The column names of CSV or TSV, as they stand in the source.
        inside: Where the source lies in a folder that was named as an input.
    """

    source: str
    source_number: int
    format: str
    first_line: int
    byte_offset: int
    data: bytes
    fault: str | None = None
    continued: bool = False
    header: bytes = b""
    inside: Path | None = None


class Readable(Protocol):
    """What a cutter needs of a source."""

    name: str
    number: int
    format: str
    text_field: str
    header: bytes
    inside: Path | None

    @abstractmethod
    def read(self, size: int, /) -> bytes:
        """Return some bytes; empty at the end."""

    @abstractmethod
    def is_waiting(self) -> bool:
        """Tell whether more can be read at once."""


class Cutter(ABC):
    """Shared counting of the ways to cut."""

    def __init__(self, source: Readable, maximum_record_bytes: int, chunk_bytes: int) -> None:
        self.source = source
        self.maximum = maximum_record_bytes
        self.chunk_bytes = chunk_bytes
        self.line = 1
        self.offset = 0
        self.first = source.read(READ_BYTES)
        if self.first.startswith(UTF8_MARK):
            self.first = self.first[len(UTF8_MARK) :]
            self.offset = len(UTF8_MARK)

    @abstractmethod
    def chunks(self) -> Iterator[Chunk]:
        """Yield the source's bytes."""

    def pass_over(self, data: bytes, fault: str) -> Iterator[Chunk]:
        """Hand out the rest of the source as one broken record."""
        yield self.chunk(data, fault)
        while data := self.source.read(READ_BYTES):
            yield self.chunk(data, fault, continued=True)

    def chunk(self, data: bytes, fault: str | None = None, *, continued: bool = False) -> Chunk:
        """Return the next bytes as a chunk, and count them."""
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
            source.header,
            source.inside,
        )
        self.line += data.count(b"\n")
        self.offset += len(data)
        return made

    def cut(self, pieces: list[bytes], size: int) -> Chunk:
        """Return the first bytes of some pieces as a chunk; what is left of them stays in the list.

        Whoever is given the chunk shares its memory with nobody: a large record is held once.
        """
        joined = b"".join(pieces)
        pieces[:] = [joined[size:]]
        return self.chunk(joined[:size])

    def too_large(self) -> str:
        """Say what is wrong with a record that is larger than the user wants."""
        return f"the record is larger than --max-record-bytes ({self.maximum:,})"


class WholeCutter(Cutter):
    """One text: not cut at all."""

    def chunks(self) -> Iterator[Chunk]:
        """Yield the whole source as one chunk."""
        pieces, size = [self.first], len(self.first)
        while data := self.source.read(READ_BYTES):
            pieces.append(data)
            size += len(data)
            if size > self.maximum:
                yield from self.pass_over(b"".join(pieces), self.too_large())
                return
        yield self.cut(pieces, size)


class LineCutter(Cutter):
    """JSON Lines and texts a line: at line ends."""

    def chunks(self) -> Iterator[Chunk]:
        """Yield chunks that end with a line."""
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
                yield self.cut(pieces, complete)
                size, complete = size - complete, 0
            if too_large:
                rest = yield from self._pass_over(b"".join(pieces))
                pieces, size = [rest], len(rest)
                complete = rest.rfind(b"\n") + 1
            data = self.source.read(READ_BYTES)
        if size:
            yield self.cut(pieces, size)

    def _pass_over(self, data: bytes) -> Generator[Chunk, None, bytes]:
        """Hand out a record that is too large in pieces; return what stands behind it."""
        continued = False
        while data:
            cut = data.find(b"\n") + 1
            yield self.chunk(data[: cut or len(data)], self.too_large(), continued=continued)
            if cut:
                return data[cut:]
            continued = True
            data = self.source.read(READ_BYTES)
        return b""


class _BufferCutter(Cutter):
    """Cuts what cannot be cut at any line end: ends of records are looked for in a buffer."""

    def chunks(self) -> Iterator[Chunk]:
        buffer = bytearray(self.first)
        complete = wanted = 0
        while True:
            if len(buffer) >= wanted:
                complete = self.advance(buffer, complete)
                rest = len(buffer) - complete
                # A large record is looked at again only when twice as much of it is there.
                wanted = complete + 2 * rest if rest > self.chunk_bytes else 0
            too_large = len(buffer) - complete > self.maximum
            if complete and (
                complete >= self.chunk_bytes or too_large or not self.source.is_waiting()
            ):
                made = self.chunk(bytes(buffer[:complete]))
                del buffer[:complete]
                yield made
                complete, wanted = 0, max(0, wanted - complete)
            if too_large:
                behind = yield from self.skip(bytes(buffer))
                buffer, complete, wanted = bytearray(behind), 0, 0
            data = self.source.read(READ_BYTES)
            if not data:
                break
            buffer += data
        if buffer:
            yield self.chunk(bytes(buffer))

    @abstractmethod
    def advance(self, buffer: bytearray, complete: int) -> int:
        """Return the end of the last whole record; records up to ``complete`` are whole."""

    def skip(self, data: bytes) -> Generator[Chunk, None, bytes]:
        """Hand out what is lost or too large; return what stands behind it."""
        yield from self.pass_over(data, self.too_large())
        return b""


class RowCutter(_BufferCutter):
    """CSV and TSV."""

    def __init__(self, source: Readable, maximum_record_bytes: int, chunk_bytes: int) -> None:
        super().__init__(source, maximum_record_bytes, chunk_bytes)
        self.first = self.first[len(source.header) :]
        self.line += source.header.count(b"\n")
        self.offset += len(source.header)
        self._delimiter = header_columns(source.format, source.header, source.text_field)[0]

    def advance(self, buffer: bytearray, complete: int) -> int:
        """Go on row by row."""
        while (end := row_end(self.source.format, self._delimiter, buffer, complete)) is not None:
            complete = end
        return complete


class ArchiveCutter(_BufferCutter):
    """WARC: by the length that each record states; what is none ends where the next begins."""

    def advance(self, buffer: bytearray, complete: int) -> int:
        """Go on record by record."""
        from textclean.io.warc import is_damaged, next_record, whole_end

        while True:
            end = whole_end(buffer, complete)
            if end is None and is_damaged(buffer, complete):
                end = next_record(buffer, complete)
            if end is None:
                return complete
            complete = end

    def skip(self, data: bytes) -> Generator[Chunk, None, bytes]:
        """Hand out everything up to the next record."""
        from textclean.io.warc import next_record

        continued = False
        while data:
            following = next_record(data, 0)
            if following is not None:
                yield self.chunk(data[:following], self.too_large(), continued=continued)
                return data[following:]
            # the beginning of the next one may stand at the end
            kept = min(len(data), 16)
            yield self.chunk(data[:-kept], self.too_large(), continued=continued)
            continued = True
            more = self.source.read(READ_BYTES)
            if not more:
                yield self.chunk(data[-kept:], self.too_large(), continued=True)
                return b""
            data = data[-kept:] + more
        return b""


CUTTERS: dict[str, type[Cutter]] = {
    "text": WholeCutter,
    "csv": RowCutter,
    "tsv": RowCutter,
    "warc": ArchiveCutter,
}
