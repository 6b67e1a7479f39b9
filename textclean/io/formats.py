"""Record formats by their names, and how the format of a stream is recognized."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from textclean.errors import InputError, UsageError
from textclean.io.compression import plain_name
from textclean.io.delimited import Delimited, header_columns
from textclean.io.json_records import (
    ParsedRecord,
    check_utf8,
    json_string,
    member_spans,
    members_of,
    parse_record,
    record_of_members,
    rewrite_record,
)
from textclean.io.records import Frame, RecordFormat, content_end

FORMAT_NAMES = ("jsonl", "text", "lines", "csv", "tsv", "parquet", "warc")
#: Formats whose files begin with a row of column names.
DELIMITED_FORMATS = ("csv", "tsv")

UTF8_MARK = b"\xef\xbb\xbf"
_SUFFIXES = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "tsv",
    ".parquet": "parquet", ".warc": "warc", ".wet": "warc", ".txt": "text",
}  # fmt: skip
_MAGIC = {b"PAR1": "parquet", b"WARC/": "warc"}
_JSON_OBJECT = re.compile(rb'\s*+\{\s*+["}]')
_JSON_ARRAY = re.compile(rb'\s*+\[\s*+\{\s*+["}]')


@dataclass(frozen=True, slots=True)
class JsonLines(RecordFormat):
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

    def members(self, raw: bytes) -> Mapping[str, bytes]:
        """Return the values as they are written."""
        return members_of(raw)

    def build(
        self,
        id: str,  # noqa: A002
        text: str,
        language: str | None,
        members: Mapping[str, bytes],
    ) -> bytes:
        """Return a line with id, text, language when known, and what else there is."""
        values = dict(members)
        if self.id_field not in values:
            values = {self.id_field: json_string(id), **values}
        values[self.text_field] = json_string(text)
        if language is not None:
            values["language"] = json_string(language)
        return record_of_members(values) + b"\n"


@dataclass(frozen=True, slots=True)
class TextLines(RecordFormat):
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

    def members(self, raw: bytes) -> Mapping[str, bytes]:  # noqa: ARG002
        """Return nothing: there is only the text."""
        return {}

    def build(
        self,
        id: str,  # noqa: A002, ARG002
        text: str,
        language: str | None,  # noqa: ARG002
        members: Mapping[str, bytes],  # noqa: ARG002
    ) -> bytes:
        """Return the text as a line."""
        return text.encode() + b"\n"


@dataclass(frozen=True, slots=True)
class WholeText(TextLines):
    """The whole source is one document."""

    name: str = "text"

    def frames(self, data: bytes) -> Iterator[Frame]:
        """Yield the one record there is."""
        yield Frame(0, len(data), len(data), 0)

    def build(
        self,
        id: str,  # noqa: A002, ARG002
        text: str,
        language: str | None,  # noqa: ARG002
        members: Mapping[str, bytes],  # noqa: ARG002
    ) -> bytes:
        """Return the text as it is."""
        return text.encode()


@lru_cache(maxsize=64)
def format_named(
    name: str,
    text_field: str = "text",
    id_field: str = "id",
    header: bytes = b"",
    *,
    adds_language: bool = False,
) -> RecordFormat:
    """Return a format by its name.

    Args:
        name: One of ``FORMAT_NAMES``.
        text_field: Name of the field with the text.
        id_field: Name of the field with the id.
        header: The column names of CSV or TSV, as they stand in the file.
        adds_language: Rows of CSV or TSV get a cell for the language.

    Raises:
        UsageError: The name is unknown.
    """
    if name == "jsonl":
        return JsonLines(text_field, id_field)
    if name == "lines":
        return TextLines()
    if name == "text":
        return WholeText()
    if name == "warc":
        from textclean.io.warc import Warc

        return Warc()
    if name == "parquet":
        from textclean.io.parquet import Parquet

        return Parquet(text_field, id_field)
    if name in DELIMITED_FORMATS:
        return Delimited(name, header, text_field, id_field, adds_language)
    message = f"no format {name!r}; there are: {', '.join(FORMAT_NAMES)}"
    raise UsageError(message)


def detect_format(head: bytes, name: str, *, is_file: bool, text_field: str = "text") -> str:
    """Return the format of a source by its first bytes, then by its name.

    A stream whose first record is broken is still JSON Lines when another line of its head is
    a JSON object. A first line of cells, one of which names the text, heads CSV or TSV.

    Raises:
        UsageError: The content is a JSON array.

    >>> detect_format(b'{"text": "a"}', "stdin", is_file=False)
    'jsonl'
    >>> detect_format(b"Plain words", "article.txt", is_file=True)
    'text'
    """
    for magic, found in _MAGIC.items():
        if head.startswith(magic):
            return found
    named = format_by_name(name)
    if named is not None and named != "text":
        return named
    if not head and not is_file:
        return "jsonl"  # nothing on stdin: no records, not one empty document
    if _JSON_ARRAY.match(head):
        message = f"{name} looks like a JSON array, not JSON Lines; as text: --from text"
        raise UsageError(message)
    if _JSON_OBJECT.match(head) or any(map(_is_object, head.split(b"\n")[1:-1])):
        return "jsonl"
    return named or _detect_delimited(head, text_field) or "text"


def format_by_name(name: str) -> str | None:
    """Return the format that a file's name promises, compressed or not.

    >>> format_by_name("crawl.csv.gz")
    'csv'
    """
    return _SUFFIXES.get(plain_name(Path(name)).suffix.lower())


def _detect_delimited(head: bytes, text_field: str) -> str | None:
    line, newline, _ = head.partition(b"\n")
    delimiter, columns = header_columns("csv", line, text_field)
    if not newline or len(columns) == 1 or text_field not in columns:
        return None
    return "tsv" if delimiter == b"\t" else "csv"


def _is_object(line: bytes) -> bool:
    if not _JSON_OBJECT.match(line):
        return False
    try:
        check_utf8(line)
        member_spans(line)
    except InputError:
        return False
    return True


def _plain_record(raw: bytes) -> ParsedRecord:
    check_utf8(raw)
    return ParsedRecord(None, raw.decode())


def _line_frames(data: bytes) -> Iterator[Frame]:
    start = line = 0
    while start < len(data):
        newline = data.find(b"\n", start)
        end = len(data) if newline < 0 else newline + 1
        yield Frame(start, content_end(data, start, end), end, line)
        start, line = end, line + 1
