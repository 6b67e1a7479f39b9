"""Encodings: streams marked as UTF-16 or UTF-32, or of a named encoding, as UTF-8."""

import codecs

from textclean.errors import InputError, UsageError
from textclean.io.compression import ReadSome

#: The longer marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_LONGEST_MARK = max(map(len, _MARKS))


def encoding_named(name: str) -> str:
    """Return the codec's own name for an encoding.

    Raises:
        UsageError: There is no such encoding of text.

    >>> encoding_named("Windows-1252")
    'cp1252'
    """
    try:
        found = codecs.lookup(name)
        b"a".decode(name, "ignore")  # refuses codecs that are none of text
    except (LookupError, ValueError):
        message = f"no encoding {name!r}; known are utf-8, utf-16, cp1252, shift_jis and so on"
        raise UsageError(message) from None
    return found.name


def open_utf8(read: ReadSome, source: str, encoding: str | None = None) -> ReadSome:
    """Return a function that reads a stream as UTF-8.

    Without an encoding the mark at the start decides, and a stream without one stays as it is:
    whether it is UTF-8 shows record by record.

    Args:
        read: Reads the stream.
        source: Its name, for messages.
        encoding: Its encoding.
    """
    head = b""
    while len(head) < _LONGEST_MARK and any(m.startswith(head[:4]) for m in _MARKS):
        more = read(_LONGEST_MARK)
        if not more:
            break
        head += more
    found = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    reader = _Reader(read, head, source, found or encoding or "utf-8")
    return reader.read if reader.encoding == "utf-8" else reader.read_decoded


class _Reader:
    """Reads a stream whose first bytes have been looked at."""

    def __init__(self, read: ReadSome, head: bytes, source: str, encoding: str) -> None:
        self.encoding = encoding
        self._read = read
        self._head = head
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._taken = 0
        self._ready = b""
        self._at_end = False

    def read(self, size: int) -> bytes:
        head, self._head = self._head[:size], self._head[size:]
        return head or self._read(size)

    def read_decoded(self, size: int) -> bytes:
        while not self._ready and not self._at_end:
            data = self.read(size)
            self._at_end = not data
            self._ready = self._decode(data)
        ready, self._ready = self._ready[:size], self._ready[size:]
        return ready

    def _decode(self, data: bytes) -> bytes:
        held = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(data, final=self._at_end)
            decoded = text.encode()
        except UnicodeDecodeError as error:
            at = self._taken - held + error.start
            message = f"this is not {self.encoding}: {error.reason}"
            raise InputError(message, source=self._source, byte_offset=at) from None
        except UnicodeEncodeError:
            message = f"the stream holds half a surrogate pair, which {self.encoding} text cannot"
            raise InputError(message, source=self._source, byte_offset=self._taken) from None
        self._taken += len(data)
        return decoded
