"""CSV and TSV: records cut and rewritten in place, so that other cells stay byte for byte.

A cell in double quotes may hold anything, a quote in it doubled; a quote elsewhere is a plain
character. TSV is often written without any quoting: there a cell counts as quoted only when its
closing quote is followed by a tab or the line's end. A line ends with LF or CR LF.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from textclean.errors import InputError
from textclean.io.json_records import (
    ParsedRecord,
    check_utf8,
    json_string,
    refuse_surrogates,
    text_of_json,
)
from textclean.io.records import Frame, RecordFormat, content_end

#: What may stand between the cells of a CSV file; the first whose header has the text counts.
_CSV_DELIMITERS = (b",", b";", b"|", b"\t")
#: The row of a single empty cell: a blank line is no row.
_EMPTY_ROW = b'""'
_QUOTED = rb'"[^"]*+(?:""[^"]*+)*+"'


@dataclass(frozen=True, slots=True)
class Delimited(RecordFormat):
    """Rows under a header.

    Attributes:
        name: ``csv`` or ``tsv``.
        header: The header as it came, with its line end.
        text_field: Name of the column with the text.
        id_field: Name of the column with the id; there may be none.
        adds_language: Every row gets a cell for the language.
    """

    name: str
    header: bytes
    text_field: str = "text"
    id_field: str = "id"
    adds_language: bool = False

    def frames(self, data: bytes) -> Iterator[Frame]:
        """Yield the rows; blank lines are none. A row with an open quote reaches to the end."""
        pattern = _patterns(self.name, self._delimiter).row
        at = line = 0
        while at < len(data):
            match = pattern.match(data, at)
            end = len(data) if match is None else match.end()
            content = content_end(data, at, end)
            if content > at:
                yield Frame(at, content, end, line)
            line += data.count(b"\n", at, end)
            at = end

    def parse(self, raw: bytes) -> ParsedRecord:
        """Return id and text of a row."""
        cells = self._cells(raw)
        columns = self._columns
        text = cells[columns.index(self.text_field)]
        id_ = cells[columns.index(self.id_field)] if self.id_field in columns else ""
        return ParsedRecord(id_ or None, text)

    def members(self, raw: bytes) -> Mapping[str, bytes]:
        """Return the cells as JSON strings."""
        cells = map(json_string, self._cells(raw))
        return dict(zip(self._columns, cells, strict=True))

    def check_members(self, members: Mapping[str, bytes]) -> None:
        """Refuse a field without a column, and what UTF-8 cannot hold."""
        for name, value in members.items():
            if name not in self._columns:
                message = (
                    f"the field {name!r} has no column: the first record has not got it; "
                    "use --to jsonl"
                )
                raise InputError(message, byte_offset=0)
            if name != self.text_field:
                refuse_surrogates(text_of_json(value), self.name)

    def rewrite(self, raw: bytes, text: str | None, language: str | None) -> bytes:
        """Replace or add only the cells given; other bytes stay."""
        spans = self._spans(raw)
        columns = self._columns
        changes: dict[str, str] = {}
        if text is not None:
            changes[self.text_field] = text
        added = b""
        if self.adds_language and "language" not in columns:
            added = self._delimiter + self._cell(language or "", quoted=False)
        elif language is not None:
            changes["language"] = language
        rewritten = raw
        for name, value in sorted(changes.items(), key=lambda c: -columns.index(c[0])):
            start, end = spans[columns.index(name)]
            cell = self._cell(value, quoted=raw[start : start + 1] == b'"')
            rewritten = rewritten[:start] + cell + rewritten[end:]
        return (rewritten + added) or _EMPTY_ROW

    def build(
        self,
        id: str,  # noqa: A002
        text: str,
        language: str | None,
        members: Mapping[str, bytes],
    ) -> bytes:
        """Return a row with its line end."""
        values = {name: text_of_json(value) for name, value in members.items()}
        values.setdefault(self.id_field, id)
        values[self.text_field] = text
        if language is not None:
            values["language"] = language
        cells = (self._cell(values.get(name, ""), quoted=False) for name in self._columns)
        return (self._delimiter.join(cells) or _EMPTY_ROW) + b"\n"

    @classmethod
    def of_columns(
        cls,
        name: str,
        columns: Iterable[str],
        text_field: str,
        id_field: str,
        *,
        adds_language: bool,
    ) -> "Delimited":
        """Return the format of new files with these columns."""
        plain = cls(name, b"text", "text")
        mark = b"\t" if name == "tsv" else b","
        cells = (plain._cell(column, quoted=False) for column in columns)
        return cls(name, mark.join(cells) + b"\n", text_field, id_field, adds_language)

    @property
    def output_header(self) -> bytes:
        """The header of what is written."""
        if not self.adds_language or "language" in self._columns:
            return self.header
        content = self.header.rstrip(b"\r\n")
        return content + self._delimiter + b"language" + (self.header[len(content) :] or b"\n")

    @property
    def _columns(self) -> tuple[str, ...]:
        return header_columns(self.name, self.header, self.text_field)[1]

    @property
    def _delimiter(self) -> bytes:
        return header_columns(self.name, self.header, self.text_field)[0]

    def _spans(self, raw: bytes) -> list[tuple[int, int]]:
        wanted = len(self._columns)
        cells = iter_cells(self.name, self._delimiter, raw)
        spans = list(islice(cells, wanted))
        count = len(spans) + sum(1 for _ in cells)  # of ten million nobody needs the places
        if count != wanted:
            message = f"the row has {count} cells, the header {wanted}"
            raise InputError(message, byte_offset=0)
        return spans

    def _cells(self, raw: bytes) -> list[str]:
        check_utf8(raw)
        return [_value(self.name, raw[start:end]) for start, end in self._spans(raw)]

    def _cell(self, text: str, *, quoted: bool) -> bytes:
        special = '"\r\n' if self.name == "csv" else "\r\n"
        if (
            quoted
            or text.startswith('"')
            or any(sign in text for sign in special + self._delimiter.decode())
        ):
            text = '"' + text.replace('"', '""') + '"'
        return text.encode()


@dataclass(frozen=True, slots=True)
class _Patterns:
    cell: re.Pattern[bytes]
    row: re.Pattern[bytes]


@lru_cache(maxsize=16)
def _patterns(name: str, delimiter: bytes) -> _Patterns:
    mark = re.escape(delimiter)
    plain = b"[^%s\n]*+" % mark
    if name == "tsv":
        cell = b"(?:%s(?=%s|\r?\n|\r?\\Z)|%s)" % (_QUOTED, mark, plain)
    else:
        cell = b'(?:%s%s|(?!")%s)' % (_QUOTED, plain, plain)
    row = b"%s(?:%s%s)*+(?:\n|\\Z)" % (cell, mark, cell)
    return _Patterns(re.compile(cell), re.compile(row))


def cell_spans(name: str, delimiter: bytes, raw: bytes) -> list[tuple[int, int]]:
    """Return where the cells of a row stand.

    Raises:
        InputError: A quote is not closed, or something follows a closing quote.
    """
    return list(iter_cells(name, delimiter, raw))


def iter_cells(name: str, delimiter: bytes, raw: bytes) -> Iterator[tuple[int, int]]:
    """Yield what ``cell_spans`` returns, one after the other."""
    cell = _patterns(name, delimiter).cell
    at = 0
    while True:
        match = cell.match(raw, at)
        if match is None:
            message = "a quoted cell is not closed"
            raise InputError(message, byte_offset=at)
        end = match.end()
        if name == "csv" and raw[at : at + 1] == b'"' and raw[end - 1 : end] != b'"':
            message = "a quoted cell goes on behind its closing quote"
            raise InputError(message, byte_offset=at)
        yield at, end
        if end >= len(raw):
            return
        if raw[end : end + 1] != delimiter:
            message = "a quoted cell goes on behind its closing quote"
            raise InputError(message, byte_offset=end)
        at = end + 1


@lru_cache(maxsize=16)
def header_columns(name: str, header: bytes, text_field: str) -> tuple[bytes, tuple[str, ...]]:
    r"""Return the delimiter of a header and its columns.

    >>> header_columns("csv", b"id;text\r\n", "text")
    (b';', ('id', 'text'))
    """
    content = header.strip(b"\r\n")
    found = []
    for delimiter in (b"\t",) if name == "tsv" else _CSV_DELIMITERS:
        try:
            check_utf8(content)
            spans = cell_spans(name, delimiter, content)
        except InputError:
            continue
        columns = tuple(_value(name, content[start:end]) for start, end in spans)
        if text_field in columns:
            return delimiter, columns
        found.append((delimiter, columns))
    return found[0] if found else (b",", ())


def row_end(name: str, delimiter: bytes, data: bytes | bytearray, start: int) -> int | None:
    """Return the end of the row that begins here; None when it is not whole yet."""
    match = _patterns(name, delimiter).row.match(data, start)
    if match is None or not match[0].endswith(b"\n"):
        return None
    return match.end()


def _value(name: str, cell: bytes) -> str:
    quoted = len(cell) > 1 and cell[:1] == cell[-1:] == b'"'
    if quoted and (name == "csv" or re.fullmatch(_QUOTED, cell)):
        return cell[1:-1].replace(b'""', b'"').decode()
    return cell.decode()
