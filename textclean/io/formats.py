"""Record formats: how a stream is cut into records, and how a record is read and written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from textclean.errors import InputError, UsageError
from textclean.io.compression import plain_name
from textclean.io.json_records import (
    ParsedRecord,
    build_record,
    check_utf8,
    member_spans,
    parse_record,
    rewrite_record,
)

#: Formats of the contract that this version does not read or write yet.
LATER_FORMATS = ("csv", "tsv", "parquet", "warc")
FORMAT_NAMES = ("jsonl", "text", "lines")

UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_JSON_SUFFIXES = {".jsonl", ".ndjson", ".json"}
_JSON_OBJECT = re.compile(rb'\s*+\{\s*+["}]')
_JSON_ARRAY = re.compile(rb'\s*+\[\s*+\{\s*+["}]')
_LATER_MAGIC = {b"PAR1": "parquet", b"WARC/": "warc"}
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a record stands in a chunk: its content, and its end with the line end."""

    start: int
    content_end: int
    end: int
    line: int


class RecordFormat(Protocol):
    """Cuts, reads and writes the records of one format."""

    @property
    def name(self) -> str:
        """The name that ``--from`` and ``--to`` take."""

    def frames(self, data: bytes) -> Iterator[Frame]:
        """Yield the records of a chunk; ``line`` counts from 0 within it."""

    def parse(self, raw: bytes) -> ParsedRecord:
        """Return id and text; raises ``InputError`` for a broken record."""

    def rewrite(self, raw: bytes, text: str | None, language: str | None) -> bytes:
        """Return the record with what is given replaced."""

    def build(self, id: str, text: str, language: str | None) -> bytes:  # noqa: A002
        """Return a new record with its line end."""


@dataclass(frozen=True, slots=True)
class JsonLines:
    """One JSON object a line; blank lines are no records."""

    text_field: str = "text"
    id_field: str = "id"
    name: str = "jsonl"

    def frames(self, data: bytes) -> Iterator[Frame]:
        """Yield the lines that hold anything."""
        for frame in _line_frames(data):
            if data[frame.start : frame.content_end].strip(b" \t\r\n"):
                yield frame

    def parse(self, raw: bytes) -> ParsedRecord:
        """Return id and text of a JSON object."""
        return parse_record(raw, self.text_field, self.id_field)

    def rewrite(self, raw: bytes, text: str | None, language: str | None) -> bytes:
        """Replace only the values given; other bytes stay."""
        return rewrite_record(raw, self.text_field, text, language)

    def build(self, id: str, text: str, language: str | None) -> bytes:  # noqa: A002
        """Return a line with id, text and, when known, language."""
        fields = {self.id_field: id, self.text_field: text}
        if language is not None:
            fields["language"] = language
        return build_record(fields) + b"\n"


@dataclass(frozen=True, slots=True)
class TextLines:
    """One document a line."""

    name: str = "lines"

    def frames(self, data: bytes) -> Iterator[Frame]:
        """Yield every line; an empty one is an empty document."""
        return _line_frames(data)

    def parse(self, raw: bytes) -> ParsedRecord:
        """Return the line as text."""
        return _plain_record(raw)

    def rewrite(self, raw: bytes, text: str | None, language: str | None) -> bytes:  # noqa: ARG002
        """Return the text; a line has no room for a language."""
        return raw if text is None else text.encode()

    def build(self, id: str, text: str, language: str | None) -> bytes:  # noqa: A002, ARG002
        """Return the text as a line."""
        return text.encode() + b"\n"


@dataclass(frozen=True, slots=True)
class WholeText:
    """The whole source is one document."""

    name: str = "text"

    def frames(self, data: bytes) -> Iterator[Frame]:
        """Yield the one record there is."""
        yield Frame(0, len(data), len(data), 0)

    def parse(self, raw: bytes) -> ParsedRecord:
        """Return the source as text."""
        return _plain_record(raw)

    def rewrite(self, raw: bytes, text: str | None, language: str | None) -> bytes:  # noqa: ARG002
        """Return the text; it has no room for a language."""
        return raw if text is None else text.encode()

    def build(self, id: str, text: str, language: str | None) -> bytes:  # noqa: A002, ARG002
        """Return the text as it is."""
        return text.encode()


def format_named(name: str, text_field: str = "text", id_field: str = "id") -> RecordFormat:
    """Return a format by its name.

    Raises:
        UsageError: The name is unknown, or its format comes in a later version.
    """
    if name == "jsonl":
        return JsonLines(text_field, id_field)
    if name == "lines":
        return TextLines()
    if name == "text":
        return WholeText()
    if name in LATER_FORMATS:
        message = f"this version does not read or write {name} yet; use jsonl, text or lines"
    else:
        message = f"no format {name!r}; there are: {', '.join(FORMAT_NAMES)}"
    raise UsageError(message)


def detect_format(head: bytes, name: str, *, is_file: bool) -> str:
    """Return the format of a source by its first bytes, then by its name.

    A stream whose first record is broken is still JSON Lines when another line of its head is
    a JSON object.

    Raises:
        UsageError: The content or the name is of a format that a later version reads, or a
            JSON array.

    >>> detect_format(b'{"text": "a"}', "stdin", is_file=False)
    'jsonl'
    >>> detect_format(b"Plain words", "article.txt", is_file=True)
    'text'
    """
    suffix = plain_name(Path(name)).suffix.lower()
    later = next((later for magic, later in _LATER_MAGIC.items() if head.startswith(magic)), "")
    if later or suffix[1:] in LATER_FORMATS:
        kind = later or suffix[1:]
        message = f"{name} looks like {kind}, which is not read yet; as text: --from text"
        raise UsageError(message)
    if suffix in _JSON_SUFFIXES:
        return "jsonl"
    if not head and not is_file:
        return "jsonl"  # nothing on stdin: no records, not one empty document
    if _JSON_ARRAY.match(head):
        message = f"{name} looks like a JSON array, not JSON Lines; as text: --from text"
        raise UsageError(message)
    if _JSON_OBJECT.match(head) or any(map(_is_object, head.split(b"\n")[1:-1])):
        return "jsonl"
    return "text"


def _is_object(line: bytes) -> bool:
    if not _JSON_OBJECT.match(line):
        return False
    try:
        member_spans(line)
    except InputError:
        return False
    return True


def refuse_utf16(head: bytes, source: str) -> None:
    """Raise ``InputError`` for a stream that is marked as UTF-16."""
    if head.startswith(_UTF16_MARKS):
        message = "UTF-16 is not read yet; convert first: iconv -f UTF-16 -t UTF-8"
        raise InputError(message, source=source, byte_offset=0)


def refuse_surrogates(text: str, target: str) -> None:
    """Raise ``InputError`` when a text cannot be written in a format without escapes."""
    if target != "jsonl" and not text.isascii() and _SURROGATE.search(text):
        message = f"the text holds a lone surrogate, which {target} cannot; use --to jsonl"
        raise InputError(message, byte_offset=0)


def _plain_record(raw: bytes) -> ParsedRecord:
    check_utf8(raw)
    return ParsedRecord(None, raw.decode())


def _line_frames(data: bytes) -> Iterator[Frame]:
    start = line = 0
    while start < len(data):
        newline = data.find(b"\n", start)
        end = len(data) if newline < 0 else newline + 1
        content_end = end if newline < 0 else newline
        if content_end > start and newline >= 0 and data[content_end - 1 : content_end] == b"\r":
            content_end -= 1
        yield Frame(start, content_end, end, line)
        start, line = end, line + 1
