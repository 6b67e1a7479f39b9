"""Compression: in by content, out by the name of the output."""

import bz2
import gzip
import io
import lzma
import select
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

#: First bytes of each format (RFC 1952, RFC 8878, the bzip2 and xz file formats).
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
}
_LONGEST_MAGIC = max(map(len, _MAGIC))
_SUFFIXES = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".xz": "xz"}

#: A frame of user data, 0x184D2A50 to 0x184D2A5F little-endian; decoders pass over it.
_SKIPPABLE = b"\x50\x2a\x4d\x18"
_SKIPPABLE_HEADER = 8

#: Compressed bytes handed to a decoder at a time. One zstd frame block of a few bytes can
#: hold 128 KiB, so this bounds what a hostile stream inflates to in one step (to 128 MiB).
_FEED = 4096
#: Plain bytes that a decoder is asked for at a time.
_STEP = 2**18
#: Compressed bytes that gzip is handed at a time: what it gives out is bounded by the step.
_GZIP_FEED = 2**16
#: For zlib: a header and an end as in RFC 1952, with the largest window.
_GZIP_FRAME = 31

#: Returns at most so many bytes, as soon as there are any; empty at the end.
ReadSome = Callable[[int], bytes]


class ByteWriter(Protocol):
    """The part of a binary file that writers need."""

    def write(self, data: bytes, /) -> int:
        """Write all of the data."""

    def close(self) -> None:
        """Write what is still held, and the end of the format."""


class ForeignDataError(OSError):
    """Behind compressed data stands something else."""


class _Peeked(io.RawIOBase):
    """A raw stream whose first bytes have been looked at already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray", /) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] or read_waiting(self._rest, len(buffer))
        self._head = self._head[len(data) :] if self._head else b""
        buffer[: len(data)] = data
        return len(data)


class _Inflating(io.RawIOBase):
    """Plain bytes of a compressed stream, handed out as soon as there are any.

    The stream holds members of one format, one after the other. What follows a member and is none
    is an error: Python's own readers of bzip2 and xz take it for the end, and whatever stands
    behind it would be lost without a word.

    Attributes:
        name: Of the format.
        feed: Compressed bytes taken at a time.
    """

    name: str
    feed = _FEED

    def __init__(self, source: io.RawIOBase) -> None:
        self._source = source
        self._pieces = self._decompress()
        self._ready = b""
        self._taken = 0  # bytes from the source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray", /) -> int:  # type: ignore[override]
        if not self._ready:
            self._ready = next(self._pieces, b"")
        data = self._ready[: len(buffer)]
        self._ready = self._ready[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def _decompress(self) -> Iterator[bytes]:
        raise NotImplementedError

    def _next(self) -> bytes:
        data = self._source.read(self.feed) or b""
        self._taken += len(data)
        return data

    def _next_member(self, data: bytes, padding: bytes = b"") -> bytes:
        """Return what begins with another member, or nothing at the end.

        Args:
            data: That was read behind a member.
            padding: Bytes that may stand between members.

        Raises:
            ForeignDataError: It is no member.
        """
        data = (data or self._next()).lstrip(padding)
        while len(data) < _LONGEST_MAGIC and (more := self._next()):
            data = (data + more).lstrip(padding)
        if data and not self._is_start(data):
            message = (
                f"from byte {self._taken - len(data):,} of the file on, behind the {self.name}"
                f" data, stands something that is not {self.name}; take it off, or get the file"
                " again"
            )
            raise ForeignDataError(message)
        return data

    def _is_start(self, data: bytes) -> bool:
        """Tell whether a member may begin so; at the end of the file it may be cut."""
        return compression_of(data) == self.name or _is_cut_magic(data, self.name)

    def _end(self) -> EOFError:
        return EOFError(f"the {self.name} stream ends in the middle")


class _GzipReader(_Inflating):
    """Members of gzip; zeros may follow, as on tapes."""

    name, feed = "gzip", _GZIP_FEED

    def _decompress(self) -> Iterator[bytes]:
        data = self._next()
        while data:
            member = zlib.decompressobj(_GZIP_FRAME)
            while not member.eof:
                piece = member.decompress(data, _STEP)
                data = member.unconsumed_tail
                if piece:
                    yield piece  # before the next read: that may wait
                if not member.eof and not data and len(piece) < _STEP:
                    data = self._next()
                    if not data:
                        raise self._end()
            data = self._next_member(member.unused_data, b"\0")


class _Bzip2Reader(_Inflating):
    """Streams of bzip2."""

    name, padding = "bz2", b""

    def _decompress(self) -> Iterator[bytes]:
        data = self._next()
        while data:
            stream = self._decoder()
            while not stream.eof:
                if stream.needs_input and not data:
                    data = self._next()
                    if not data:
                        raise self._end()
                piece = stream.decompress(data, _STEP)
                data = b""
                if piece:
                    yield piece
            data = self._next_member(stream.unused_data, self.padding)

    def _decoder(self) -> bz2.BZ2Decompressor | lzma.LZMADecompressor:
        return bz2.BZ2Decompressor()


class _XzReader(_Bzip2Reader):
    """Streams of xz, with padding between and behind them."""

    name, padding = "xz", b"\0"

    def _decoder(self) -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor()


class _ZstdReader(_Inflating):
    """Frames of a zstd stream; a cut frame is an error, not an end."""

    name = "zstd"

    def _decompress(self) -> Iterator[bytes]:
        import zstandard

        data = self._next()
        while data:
            if data[0] & 0xF0 == _SKIPPABLE[0] and _SKIPPABLE[1:].startswith(data[1:4]):
                data = self._skip(data)
                continue
            frame = zstandard.ZstdDecompressor().decompressobj()
            while not frame.eof:
                if not data:
                    raise self._end()
                try:
                    piece = frame.decompress(data)
                except zstandard.ZstdError as error:
                    message = f"broken zstd stream: {error}"
                    raise OSError(message) from error
                if piece:
                    yield piece  # before the next read: that may wait
                data = frame.unused_data if frame.eof else self._next()
            data = self._next_member(data)

    def _skip(self, data: bytes) -> bytes:
        """Pass over a skippable frame (RFC 8878, 3.1.2); return what follows."""
        while len(data) < _SKIPPABLE_HEADER and (more := self._next()):
            data += more
        size = _SKIPPABLE_HEADER + int.from_bytes(data[4:_SKIPPABLE_HEADER], "little")
        while size and data:
            taken = min(size, len(data))
            size, data = size - taken, data[taken:]
            data = data or self._next()
        if size:
            raise self._end()
        return self._next_member(data)


_READERS: dict[str, type[_Inflating]] = {
    reader.name: reader for reader in (_GzipReader, _Bzip2Reader, _XzReader, _ZstdReader)
}


def compression_of(head: bytes) -> str | None:
    """Return the compression a stream begins with, or None for plain bytes.

    >>> compression_of(bytes([0x1F, 0x8B, 8]))
    'gzip'
    """
    if head[:1] and head[0] & 0xF0 == _SKIPPABLE[0] and head[1:4] == _SKIPPABLE[1:]:
        return "zstd"
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def open_decompressed(raw: BinaryIO) -> ReadSome:
    """Return a function that reads the plain bytes of an unbuffered binary stream.

    A compressed stream that is broken or cut makes it raise ``OSError``, ``EOFError``,
    ``zlib.error`` or ``lzma.LZMAError``; of ``OSError`` it is ``ForeignDataError`` where something
    else stands behind it.
    """
    head = b""
    while len(head) < _LONGEST_MAGIC and _may_be_compressed(head):
        more = read_waiting(raw, _LONGEST_MAGIC - len(head))
        if not more:
            break
        head += more
    stream = _Peeked(head, raw)
    name = compression_of(head)
    reader = stream if name is None else _READERS[name](stream)
    return lambda size: reader.read(size) or b""


def read_waiting(raw: BinaryIO, size: int) -> bytes:
    """Read some bytes, waiting for them also where the stream itself does not block."""
    while (data := raw.read(size)) is None:
        select.select([raw], [], [])
    return data


def _may_be_compressed(head: bytes) -> bool:
    return not head or any(_is_cut_magic(head, name) for name in _MAGIC.values())


def _is_cut_magic(head: bytes, name: str) -> bool:
    """Tell whether a format may begin so, of which no more is known."""
    if name == "zstd" and head[0] & 0xF0 == _SKIPPABLE[0] and _SKIPPABLE[1:].startswith(head[1:4]):
        return True
    return any(magic.startswith(head) for magic, known in _MAGIC.items() if known == name)


def open_compressed(path: Path, target: BinaryIO) -> ByteWriter:
    """Return a writer that compresses into ``target`` as the name of ``path`` says.

    Closing it leaves ``target`` open. No file name or time goes into a gzip header: the same
    input gives the same bytes.
    """
    name = _SUFFIXES.get(path.suffix.lower())
    if name == "gzip":
        return gzip.GzipFile(filename="", fileobj=target, mode="wb", mtime=0)
    if name == "bz2":
        return bz2.BZ2File(target, mode="wb")
    if name == "xz":
        return lzma.LZMAFile(target, mode="wb")
    if name == "zstd":
        import zstandard

        compressor = zstandard.ZstdCompressor(write_checksum=True)  # gzip, bz2, xz have theirs
        return compressor.stream_writer(target, closefd=False)
    return target


def plain_name(path: Path) -> Path:
    """Return the name without its compression suffix.

    >>> plain_name(Path("crawl.jsonl.gz")).name
    'crawl.jsonl'
    """
    return path.with_suffix("") if path.suffix.lower() in _SUFFIXES else path
