"""Parquet: rows as records (the extra ``parquet``); ``parquet_output`` writes it.

A chunk is a record batch of the file; what a stage sees is the text of a row.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from textclean.errors import InputError, MissingExtraError, listed
from textclean.io.cutting import Chunk
from textclean.io.formats import JsonLines
from textclean.io.json_records import ParsedRecord
from textclean.io.records import Frame

#: Rows in a batch at most, however short the file says they are.
MAXIMUM_ROWS = 4096
_AS_UTF8 = "write such a column as binary, or its strings in UTF-8"
#: What stands for a byte that is no UTF-8.
_LONE_BYTE = re.compile("[\udc80-\udcff]")


class _Named(Protocol):
    name: str
    number: int
    text_field: str
    inside: Path | None


@dataclass(frozen=True, slots=True)
class Parquet(JsonLines):
    """Rows of a table; outside of it a row is a JSON object."""

    name: str = "parquet"

    def frames(self, data: bytes) -> Iterator[Frame]:
        """Yield the rows; their places are row numbers."""
        for row in range(batch_of(data).num_rows):
            yield Frame(row, row + 1, row + 1, row)

    def cut(self, data: bytes, frame: Frame) -> bytes:
        """Return a row as a JSON object; bytes that are no UTF-8 stay in it as they are."""
        row = batch_of(data).slice(frame.start, 1)
        try:
            [members] = row.to_pylist()
        except UnicodeDecodeError:
            columns = zip(row.schema.names, row.columns, strict=True)
            members = {name: _with_lone_bytes(column[0]) for name, column in columns}
        line = json.dumps(members, ensure_ascii=False, default=_json_value)
        return line.encode("utf-8", "surrogateescape")

    def parse(self, raw: bytes) -> ParsedRecord:
        """Read a row; what is no UTF-8 is told by its column.

        Raises:
            InputError: It is no record.
        """
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            raise InputError(_not_utf8(raw, error), byte_offset=0) from error
        return JsonLines.parse(self, raw)


def parquet_chunks(source: _Named, file: BinaryIO, chunk_bytes: int) -> Iterator[Chunk]:
    """Yield the batches of a Parquet file.

    Raises:
        InputError: The file is broken, or has no column of texts under the name.
    """
    pyarrow, parquet = packages()
    line = 1
    try:
        table = parquet.ParquetFile(file, pre_buffer=False)
        _check_schema(source, table.schema_arrow)
        if table.metadata.num_rows == 0:
            empty = pyarrow.RecordBatch.from_pylist([], schema=table.schema_arrow)
            yield _chunk(source, line, empty)
        for group in range(table.num_row_groups):
            facts = table.metadata.row_group(group)
            rows = max(1, facts.num_rows * chunk_bytes // max(1, facts.total_byte_size))
            for batch in table.iter_batches(
                min(rows, MAXIMUM_ROWS), row_groups=[group], use_threads=False
            ):
                yield _chunk(source, line, batch)
                line += batch.num_rows
    except (pyarrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            message = f"cannot be read: {error.strerror}"
            raise InputError(message, source=source.name) from error
        # Arrow looks into the strings of a dictionary, and does not say which is wrong
        what = _AS_UTF8 if "UTF8" in str(error) else "is the file complete?"
        message = f"cannot read Parquet: {error}; {what}"
        raise InputError(message, source=source.name) from error


def column_names(source: _Named, file: BinaryIO) -> list[str]:
    """Return the names of a file's columns.

    Raises:
        InputError: The file is broken, or has no column of texts under the name.
    """
    pyarrow, parquet = packages()
    try:
        schema = parquet.ParquetFile(file, pre_buffer=False).schema_arrow
    except (pyarrow.ArrowException, OSError) as error:
        message = f"cannot read Parquet: {error}; is the file complete?"
        raise InputError(message, source=source.name) from error
    _check_schema(source, schema)
    return list(schema.names)


def _check_schema(source: _Named, schema: Any) -> None:
    pyarrow, _ = packages()
    types = pyarrow.types
    found = [field.type for field in schema if field.name == source.text_field]
    if len(found) != 1:
        known = listed(schema.names)
        message = f"no column {source.text_field!r} in {known}; name it by --text-field"
        raise InputError(message, source=source.name)
    kind = found[0].value_type if types.is_dictionary(found[0]) else found[0]
    if not (types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)):
        message = f"the column {source.text_field!r} holds {kind}, not text"
        raise InputError(message, source=source.name)


def _chunk(source: _Named, line: int, batch: Any) -> Chunk:
    pyarrow, _ = packages()
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    data = sink.getvalue().to_pybytes()
    return Chunk(source.name, source.number, "parquet", line, 0, data, inside=source.inside)


@lru_cache(maxsize=2)
def batch_of(data: bytes) -> Any:
    """Return the batch of a chunk; the rows of one are asked for one after the other."""
    pyarrow, _ = packages()
    with pyarrow.ipc.open_stream(data) as reader:
        return reader.read_next_batch()


def _with_lone_bytes(value: Any) -> Any:
    """Return a value as Python has it; bytes that are no UTF-8 as lone surrogates."""
    try:
        return value.as_py()
    except UnicodeDecodeError:
        pass
    pyarrow, _ = packages()
    if isinstance(value, pyarrow.StructScalar):
        return {name: _with_lone_bytes(member) for name, member in value.items()}
    if isinstance(value, pyarrow.ListScalar):
        return [_with_lone_bytes(member) for member in value.values]
    return value.as_buffer().to_pybytes().decode("utf-8", "surrogateescape")


def _not_utf8(raw: bytes, error: UnicodeDecodeError) -> str:
    """Say in which column of a row there is no UTF-8, and where."""
    members = json.loads(raw.decode("utf-8", "surrogateescape"))
    for name, value in members.items():
        match = _LONE_BYTE.search(value) if isinstance(value, str) else None
        if match is not None:
            at = len(value[: match.start()].encode())
            where = f"the column {name!r}, at byte {at} of the string"
            break
    else:
        where = "a column"
    return f"invalid UTF-8 (byte 0x{raw[error.start]:02x}) in {where}; {_AS_UTF8}"


def _json_value(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def packages() -> tuple[Any, Any]:
    """Return pyarrow and its reader and writer of Parquet.

    Raises:
        MissingExtraError: They are not installed.
    """
    try:
        import pyarrow  # noqa: ICN001 - whole words
        import pyarrow.ipc
        from pyarrow import parquet
    except ImportError as error:
        need = "Parquet needs pyarrow"
        raise MissingExtraError(extra="parquet", need=need) from error
    return pyarrow, parquet
