"""Compression: in by content, out by the name of the output."""

import bz2
import gzip
import io
import lzma
import select
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

#: First bytes of each format (RFC 1952, RFC 8878, the bzip2 and xz file formats).
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
}
_SUFFIXES = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".xz": "xz"}

#: A frame of user data, 0x184D2A50 to 0x184D2A5F little-endian; decoders pass over it.
_SKIPPABLE = b"\x50\x2a\x4d\x18"
_SKIPPABLE_HEADER = 8

#: Compressed bytes handed to a decoder at a time. One zstd frame block of a few bytes can
#: hold 128 KiB, so this bounds what a hostile stream inflates to in one step (to 128 MiB).
_FEED = 4096
#: Plain bytes that bzip2 and xz are asked for at a time.
_STEP = 2**18
#: Bytes of a buffer under gzip's reader; reads of at most so many are parts of headers and ends.
_GZIP_BUFFER, _GZIP_PIECE = 2**16, 16


#: Returns at most so many bytes, as soon as there are any; empty at the end.
ReadSome = Callable[[int], bytes]


class ByteWriter(Protocol):
    """The part of a binary file that writers need."""

    def write(self, data: bytes, /) -> int:
        """Write all of the data."""

    def close(self) -> None:
        """Write what is still held, and the end of the format."""


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


class _GzipSource:
    """A raw stream as Python's gzip reader wants it.

    It asks for names and padding byte by byte, which from a raw stream is a call of ours each: a
    header of 10 MB took half a minute. From a buffer it takes two seconds; longer reads get what is
    there and do not wait for more.
    """

    def __init__(self, source: io.RawIOBase) -> None:
        self._buffered = io.BufferedReader(source, _GZIP_BUFFER)

    def read(self, size: int) -> bytes:
        whole = size <= _GZIP_PIECE
        return self._buffered.read(size) if whole else self._buffered.read1(size)


class _Inflating(io.RawIOBase):
    """Plain bytes of a compressed stream, handed out as soon as there are any."""

    def __init__(self, source: io.RawIOBase) -> None:
        self._source = source
        self._pieces = self._decompress()
        self._ready = b""

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
        return self._source.read(_FEED) or b""


class _StreamsReader(_Inflating):
    """Streams of bzip2 or xz, one after the other.

    What follows a stream and is none is an error: Python's own readers take it for the end, and
    whatever stands behind it would be lost without a word.
    """

    def __init__(self, source: io.RawIOBase, name: str) -> None:
        self._name = name
        super().__init__(source)

    def _decompress(self) -> Iterator[bytes]:
        data = self._next()
        while data:
            stream = bz2.BZ2Decompressor() if self._name == "bz2" else lzma.LZMADecompressor()
            while not stream.eof:
                if stream.needs_input and not data:
                    data = self._next()
                    if not data:
                        message = f"the {self._name} stream ends in the middle"
                        raise EOFError(message)
                piece = stream.decompress(data, _STEP)
                data = b""
                if piece:
                    yield piece
            data = self._after(stream.unused_data)

    def _after(self, data: bytes) -> bytes:
        """Return what follows a stream, past the padding that xz may have there."""
        data = data or self._next()
        if self._name == "xz":
            while data and not data.strip(b"\0"):
                data = self._next()
            data = data.lstrip(b"\0")
        return data


class _ZstdReader(_Inflating):
    """Frames of a zstd stream, one after the other; a cut frame is an error, not an end."""

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
                    message = "the zstd stream ends in the middle of a frame"
                    raise EOFError(message)
                try:
                    piece = frame.decompress(data)
                except zstandard.ZstdError as error:
                    message = f"broken zstd stream: {error}"
                    raise OSError(message) from error
                if piece:
                    yield piece  # before the next read: that may wait
                data = frame.unused_data if frame.eof else self._next()
            data = data or self._next()

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
            message = "the zstd stream ends in the middle of a frame"
            raise EOFError(message)
        return data


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

    A compressed stream that is broken or cut makes it raise ``OSError``, ``EOFError`` or
    ``lzma.LZMAError``.
    """
    head = b""
    longest = max(map(len, _MAGIC))
    while len(head) < longest and _may_be_compressed(head):
        more = read_waiting(raw, longest - len(head))
        if not more:
            break
        head += more
    stream = _Peeked(head, raw)
    name = compression_of(head)
    if name == "gzip":
        return gzip.GzipFile(fileobj=cast("BinaryIO", _GzipSource(stream)), mode="rb").read1
    raw_reader: io.RawIOBase = stream
    if name == "zstd":
        raw_reader = _ZstdReader(stream)
    elif name is not None:
        raw_reader = _StreamsReader(stream, name)
    return lambda size: raw_reader.read(size) or b""


def read_waiting(raw: BinaryIO, size: int) -> bytes:
    """Read some bytes, waiting for them also where the stream itself does not block."""
    while (data := raw.read(size)) is None:
        select.select([raw], [], [])
    return data


def _may_be_compressed(head: bytes) -> bool:
    if not head:
        return True
    skippable = head[0] & 0xF0 == _SKIPPABLE[0] and _SKIPPABLE[1:].startswith(head[1:4])
    return skippable or any(magic.startswith(head) for magic in _MAGIC)


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
