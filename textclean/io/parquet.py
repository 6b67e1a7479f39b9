"""Parquet: rows as records, columns and their types kept (the extra ``parquet``).

A chunk is a record batch of the file; what a stage sees is the text of a row. Rows are written from
the batch they came in, so that every other column stays as it is, whatever its type.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from textclean.errors import InputError, MissingExtraError, OutputError
from textclean.io.cutting import Chunk
from textclean.io.formats import JsonLines
from textclean.io.outputs import OutputFile
from textclean.io.records import Frame

#: Rows in a batch at most, however short the file says they are.
_MAXIMUM_ROWS = 4096
#: Bytes gathered before they are written as a row group.
_ROW_GROUP_BYTES = 64 * 2**20


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
        for row in range(_batch(data).num_rows):
            yield Frame(row, row + 1, row + 1, row)

    def cut(self, data: bytes, frame: Frame) -> bytes:
        """Return a row as a JSON object."""
        [row] = _batch(data).slice(frame.start, 1).to_pylist()
        return json.dumps(row, ensure_ascii=False, default=_json_value).encode()


def parquet_chunks(source: _Named, file: BinaryIO, chunk_bytes: int) -> Iterator[Chunk]:
    """Yield the batches of a Parquet file.

    Raises:
        InputError: The file is broken, or has no column of texts under the name.
    """
    pyarrow, parquet = _packages()
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
                min(rows, _MAXIMUM_ROWS), row_groups=[group], use_threads=False
            ):
                yield _chunk(source, line, batch)
                line += batch.num_rows
    except (pyarrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        message = f"cannot read Parquet: {error}; is the file complete?"
        raise InputError(message, source=source.name) from error


def column_names(source: _Named, file: BinaryIO) -> list[str]:
    """Return the names of a file's columns.

    Raises:
        InputError: The file is broken, or has no column of texts under the name.
    """
    pyarrow, parquet = _packages()
    try:
        schema = parquet.ParquetFile(file, pre_buffer=False).schema_arrow
    except (pyarrow.ArrowException, OSError) as error:
        message = f"cannot read Parquet: {error}; is the file complete?"
        raise InputError(message, source=source.name) from error
    _check_schema(source, schema)
    return list(schema.names)


class ParquetOutput:
    """A Parquet file that is written.

    Args:
        file: Where.
        text_field: Name of the column with the texts.
        adds_language: There is to be a column ``language``.
    """

    def __init__(self, file: OutputFile, text_field: str, *, adds_language: bool) -> None:
        self.path = file.path
        self._file = file
        self._text_field = text_field
        self._adds_language = adds_language
        self._schema: Any = None
        self._writer: Any = None
        self._tables: list[Any] = []
        self._bytes = 0
        self._rows: list[dict[str, Any]] = []
        self._data = b""
        self._kept: list[tuple[int, str | None, str | None]] = []

    def expect(self, data: bytes) -> None:
        """Take the columns of a batch, should no row of it be kept."""
        if self._schema is None:
            self._schema = output_schema(data, adds_language=self._adds_language)

    def keep_row(self, data: bytes, row: int, text: str | None, language: str | None) -> None:
        """Write a row of a batch, with another text or language when given."""
        if data is not self._data:
            self._end_batch()
            self._data = data
        self._kept.append((row, text, language))

    def write(self, data: bytes) -> None:
        """Write a record that is a JSON object."""
        self._rows.append(json.loads(data))
        if len(self._rows) >= _MAXIMUM_ROWS:
            self._end_rows()

    def flush(self) -> None:
        """Nothing to send: a Parquet file is read from its end."""

    def finish(self) -> None:
        """Write everything to disk under the temporary name."""
        if self._file.is_finished:
            return
        self._end_batch()
        self._end_rows()
        self._write_group()
        if self._writer is None:
            pyarrow, _ = _packages()
            columns = [(self._text_field, pyarrow.string())]
            schema = pyarrow.schema(columns) if self._schema is None else self._schema
            self._write(schema.empty_table())
        try:
            self._writer.close()
        except OSError as error:
            raise self._failure(error) from error
        self._file.finish()

    def commit(self) -> None:
        """Give the finished file its name."""
        self._file.commit()

    def abort(self) -> None:
        """Remove what was written."""
        self._file.abort()

    def _end_batch(self) -> None:
        """Take the kept rows of the last batch over."""
        if not self._kept:
            return
        pyarrow, _ = _packages()
        batch = _batch(self._data)
        rows = pyarrow.array([row for row, _, _ in self._kept])
        table = pyarrow.Table.from_batches([batch]).take(rows)
        texts = {at: text for at, (_, text, _) in enumerate(self._kept) if text is not None}
        if texts:
            table = _replaced(table, self._text_field, texts)
        if self._adds_language:
            languages = [language for _, _, language in self._kept]
            table = _with_languages(table, languages)
        self._kept = []
        self._add(table)

    def _end_rows(self) -> None:
        if not self._rows:
            return
        pyarrow, _ = _packages()
        rows, self._rows = self._rows, []
        if self._schema is not None:
            extra = {key for row in rows for key in row} - set(self._schema.names)
            if extra:
                message = (
                    f"cannot write {self.path}: the field {min(extra)!r} came too late to become "
                    "a column; use --to jsonl"
                )
                raise OutputError(message)
        try:
            table = pyarrow.Table.from_pylist(_complete(rows), schema=self._schema)
        except (pyarrow.ArrowException, TypeError, OverflowError) as error:
            message = f"cannot write {self.path}: the records do not fit in columns: {error}"
            raise OutputError(message) from error
        self._add(table)

    def _add(self, table: Any) -> None:
        self._schema = table.schema if self._schema is None else self._schema
        self._tables.append(table)
        self._bytes += table.nbytes
        if self._bytes >= _ROW_GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        if self._tables:
            pyarrow, _ = _packages()
            table = pyarrow.concat_tables(self._tables)
            self._tables, self._bytes = [], 0
            self._write(table)

    def _write(self, table: Any) -> None:
        _, parquet = _packages()
        if self._writer is None:
            sink = _Sink(self._file)
            self._writer = parquet.ParquetWriter(sink, table.schema, compression="zstd")
        try:
            self._writer.write_table(table)
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> OutputError:
        return OutputError(f"cannot write {self.path}: {error.strerror or error}")


class _Sink:
    """What Arrow writes to."""

    closed = False

    def __init__(self, file: OutputFile) -> None:
        self._file = file
        self._size = 0

    def write(self, data: bytes) -> int:
        self._file.write(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


def output_schema(data: bytes, *, adds_language: bool) -> Any:
    """Return the schema that the rows of a batch are written with."""
    pyarrow, _ = _packages()
    schema = _batch(data).schema
    if adds_language and "language" not in schema.names:
        schema = schema.append(pyarrow.field("language", pyarrow.string()))
    return schema


def _complete(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give every row every key: Arrow takes the columns from the first."""
    keys: dict[str, None] = {}
    for row in rows:
        keys |= dict.fromkeys(row)
    return [{key: row.get(key) for key in keys} for row in rows]


def _replaced(table: Any, field: str, texts: Mapping[int, str]) -> Any:
    pyarrow, _ = _packages()
    at = table.schema.get_field_index(field)
    values = table.column(at).to_pylist()
    for row, text in texts.items():
        values[row] = text
    kind = table.schema.field(at).type
    column = pyarrow.array(values, pyarrow.large_string())
    if pyarrow.types.is_dictionary(kind):
        column = column.cast(kind.value_type).dictionary_encode().cast(kind)
    else:
        column = column.cast(kind)
    return table.set_column(at, table.schema.field(at), column)


def _with_languages(table: Any, languages: list[str | None]) -> Any:
    pyarrow, _ = _packages()
    at = table.schema.get_field_index("language")
    if at < 0:
        return table.append_column(
            pyarrow.field("language", pyarrow.string()), pyarrow.array(languages, pyarrow.string())
        )
    old = table.column(at).to_pylist()
    new = [
        ours if ours is not None else theirs for ours, theirs in zip(languages, old, strict=True)
    ]
    return table.set_column(at, table.schema.field(at), pyarrow.array(new, table.schema.types[at]))


def _check_schema(source: _Named, schema: Any) -> None:
    pyarrow, _ = _packages()
    types = pyarrow.types
    found = [field.type for field in schema if field.name == source.text_field]
    if len(found) != 1:
        known = ", ".join(map(repr, schema.names[:20]))
        message = f"no column {source.text_field!r} in {known}; name it by --text-field"
        raise InputError(message, source=source.name)
    kind = found[0].value_type if types.is_dictionary(found[0]) else found[0]
    if not (types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)):
        message = f"the column {source.text_field!r} holds {kind}, not text"
        raise InputError(message, source=source.name)


def _chunk(source: _Named, line: int, batch: Any) -> Chunk:
    pyarrow, _ = _packages()
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    data = sink.getvalue().to_pybytes()
    return Chunk(source.name, source.number, "parquet", line, 0, data, inside=source.inside)


@lru_cache(maxsize=2)
def _batch(data: bytes) -> Any:
    """Return the batch of a chunk; the rows of one are asked for one after the other."""
    pyarrow, _ = _packages()
    with pyarrow.ipc.open_stream(data) as reader:
        return reader.read_next_batch()


def _json_value(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def _packages() -> tuple[Any, Any]:
    try:
        import pyarrow  # noqa: ICN001 - whole words
        import pyarrow.ipc
        from pyarrow import parquet
    except ImportError as error:
        need = "Parquet needs pyarrow"
        raise MissingExtraError(extra="parquet", need=need) from error
    return pyarrow, parquet
