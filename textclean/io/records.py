"""What a record format is: how records are cut out of bytes, read, rewritten and built."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textclean.io.json_records import ParsedRecord


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a record stands in a chunk: its content, and its end with the line end.

    Attributes:
        start: Where it begins.
        content_end: Where what belongs to it ends.
        end: Where the next one begins.
        line: Line it stands on, from 0 within the chunk.
    """

    start: int
    content_end: int
    end: int
    line: int


class RecordFormat(ABC):
    """Cuts, reads and writes the records of one format."""

    __slots__ = ()

    #: The name that ``--from`` and ``--to`` take.
    name: str

    @abstractmethod
    def frames(self, data: bytes) -> Iterator[Frame]:
        """Yield the records of a chunk."""

    def cut(self, data: bytes, frame: Frame) -> bytes:
        """Return the bytes of a record, without its line end."""
        return data[frame.start : frame.content_end]

    @abstractmethod
    def parse(self, raw: bytes) -> ParsedRecord | None:
        """Return id and text; None for what is no document; ``InputError`` for a broken record."""

    @abstractmethod
    def members(self, raw: bytes) -> Mapping[str, bytes]:
        """Return all there is in a record, as JSON values by their names."""

    def check_members(self, members: Mapping[str, bytes]) -> None:  # noqa: B027 - most hold all
        """Raise ``InputError`` when records built here cannot hold these values."""

    @abstractmethod
    def rewrite(self, raw: bytes, text: str | None, language: str | None) -> bytes:
        """Return the record with what is given replaced."""

    @abstractmethod
    def build(
        self,
        id: str,  # noqa: A002
        text: str,
        language: str | None,
        members: Mapping[str, bytes],
    ) -> bytes:
        """Return a new record with its line end."""


def content_end(data: bytes, start: int, end: int) -> int:
    r"""Return where a line ends without its LF or CR LF; a CR alone is content.

    >>> content_end(b"a\r\n", 0, 3)
    1
    """
    if end > start and data[end - 1 : end] == b"\n":
        end -= 1
        if end > start and data[end - 1 : end] == b"\r":
            end -= 1
    return end
