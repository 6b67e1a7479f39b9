"""Parquet files that are written (the extra ``parquet``).

Rows are written from the batch they came in, so that every other column stays as it is, whatever
its type. Until all rows are there they wait in a file of their own, as Arrow streams one after the
other: a Parquet file is nothing before its end is written, where the places of its row groups
stand, but such a file can be cut to an earlier size and gone on with.
"""

import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from textclean.errors import OutputError
from textclean.io.compression import open_decompressed
from textclean.io.outputs import KeptPart, OutputFile, StandardOutput, is_special
from textclean.io.parquet import MAXIMUM_ROWS, batch_of, packages
from textclean.io.remote import RemoteOutput

#: Bytes gathered before they are written as a row group.
_ROW_GROUP_BYTES = 64 * 2**20
#: Record format of waiting rows, as a journal calls it.
ROWS = "rows"


class ParquetOutput:
    """A Parquet file that is written.

    Args:
        target: Where: a path, or an output that is open.
        text_field: Name of the column with the texts.
        adds_language: There is to be a column ``language``.
        kept: What a checkpoint of an earlier run says of the waiting rows.

    Attributes:
        path: The target; None: it has no path.

    Raises:
        OutputError: The target cannot be opened or written.
    """

    def __init__(
        self,
        target: Path | StandardOutput | RemoteOutput,
        text_field: str,
        *,
        adds_language: bool,
        kept: KeptPart | None = None,
    ) -> None:
        self.path = target if isinstance(target, Path) else None
        self._text_field = text_field
        self._adds_language = adds_language
        self._file: OutputFile | StandardOutput | RemoteOutput | None = None
        if self.path is None or is_special(self.path):  # there is no room beside it
            self._file = OutputFile(target) if isinstance(target, Path) else target
            waiting = Path(tempfile.gettempdir()) / f"{secrets.token_hex(8)}.rows"
        else:
            waiting = self.path
        self._waiting = OutputFile(waiting, kept)
        self._is_finished = False
        self._schema: Any = None
        if kept is not None:
            first = next(waiting_tables(kept.path), None)
            self._schema = None if first is None else first.schema
        self._writer: Any = None
        self._sink: _Sink | None = None
        self._tables: list[Any] = []
        self._bytes = 0
        self._rows: list[dict[str, Any]] = []
        self._data = b""
        self._kept: list[tuple[int, str | None, str | None]] = []

    @property
    def part(self) -> Path | None:
        """The temporary file that holds what was written; None where there is none."""
        if not self._is_finished:
            return self._waiting.part
        return self._file.part if isinstance(self._file, OutputFile) else None

    @property
    def is_finished(self) -> bool:
        """Whether everything is written."""
        return self._is_finished

    @property
    def kept_format(self) -> str:
        """Format of the temporary file."""
        return "parquet" if self._is_finished else ROWS

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
        if len(self._rows) >= MAXIMUM_ROWS:
            self._end_rows()

    def flush(self) -> None:
        """Nothing to send: a Parquet file is read from its end."""

    def checkpoint(self) -> int:
        """Write all rows to disk; return the size of the file they are in."""
        if self._is_finished and isinstance(self._file, OutputFile):
            return self._file.checkpoint()
        self._end_batch()
        self._end_rows()
        self._let_wait()
        return self._waiting.checkpoint()

    def finish(self) -> None:
        """Write everything to disk, as Parquet, under the temporary name."""
        if self._is_finished:
            return
        self._end_batch()
        self._end_rows()
        self._waiting.finish()
        if self._file is None:
            assert self.path is not None  # noqa: S101 - others were given their file
            self._file = OutputFile(self.path)
        for table in self._row_groups():
            self._write(table, self._file)
        try:
            self._writer.close()
        except OSError as error:
            raise self._failure(error) from error
        self._file.finish()
        self._is_finished = True

    def commit(self) -> None:
        """Give the finished file its name."""
        if self._file is not None:
            self._file.commit()
        self._waiting.abort()

    def abort(self) -> None:
        """Remove what was written."""
        self._give_up()
        if self._file is not None:
            self._file.abort()
        self._waiting.abort()

    def keep(self, known: Path) -> None:
        """Leave the temporary file that a journal knows to a run that goes on with it."""
        self._give_up()
        if isinstance(self._file, OutputFile):
            self._file.keep() if self._file.part == known else self._file.abort()
        self._waiting.keep() if self._waiting.part == known else self._waiting.abort()

    def _give_up(self) -> None:
        if self._sink is not None:
            self._sink.is_given_up = True

    def _end_batch(self) -> None:
        """Take the kept rows of the last batch over."""
        if not self._kept:
            return
        pyarrow, _ = packages()
        batch = batch_of(self._data)
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
        pyarrow, _ = packages()
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
            why = f"the records do not fit in columns: {error}; --to jsonl keeps them as they are"
            message = f"cannot write {self.path or 'Parquet'}: {why}"
            raise OutputError(message) from error
        self._add(table)

    def _add(self, table: Any) -> None:
        if self._schema is None:
            self._schema = table.schema
        elif not table.schema.equals(self._schema):
            message = f"cannot write {self.path}: the inputs have different columns; use -o FOLDER"
            raise OutputError(message)
        self._tables.append(table)
        self._bytes += table.nbytes
        if self._bytes >= _ROW_GROUP_BYTES:
            self._let_wait()

    def _let_wait(self) -> None:
        """Write the gathered rows as an Arrow stream, or without rows the columns alone."""
        if self._schema is None:
            return
        pyarrow, _ = packages()
        options = pyarrow.ipc.IpcWriteOptions(compression="lz4")
        sink = _Sink(self._waiting)
        with pyarrow.ipc.new_stream(sink, self._schema, options=options) as writer:
            for table in self._tables:
                writer.write_table(table)
        self._tables, self._bytes = [], 0

    def _row_groups(self) -> Iterator[Any]:
        """Yield all rows in tables of the size of a row group, and one at least."""
        pyarrow, _ = packages()
        waiting = self._waiting.part
        assert waiting is not None  # noqa: S101 - it is no special file
        gathered: list[Any] = []
        size = written = 0
        for table in chain(waiting_tables(waiting), self._tables):
            if table.num_rows:
                gathered.append(table)
                size += table.nbytes
            if size >= _ROW_GROUP_BYTES:
                yield pyarrow.concat_tables(gathered)
                gathered, size, written = [], 0, written + 1
        if gathered:
            yield pyarrow.concat_tables(gathered)
        elif not written:
            columns = [(self._text_field, pyarrow.string())]
            schema = pyarrow.schema(columns) if self._schema is None else self._schema
            yield schema.empty_table()

    def _write(self, table: Any, file: OutputFile | StandardOutput | RemoteOutput) -> None:
        _, parquet = packages()
        if self._writer is None:
            self._sink = _Sink(file)
            self._writer = parquet.ParquetWriter(self._sink, table.schema, compression="zstd")
        try:
            self._writer.write_table(table)
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> Exception:
        """Name the file; a reader of stdout that goes away is no failure."""
        if isinstance(error, BrokenPipeError):
            return error
        return OutputError(f"cannot write {self.path or 'the table'}: {error.strerror or error}")


class _Sink:
    """What Arrow writes to."""

    closed = False

    def __init__(self, file: OutputFile | StandardOutput | RemoteOutput) -> None:
        self._file = file
        self._size = 0
        self.is_given_up = False

    def write(self, data: bytes) -> int:
        if not self.is_given_up:  # a writer that is given up writes its end all the same
            self._file.write(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


class _Waiting:
    """What Arrow reads rows from: it wants as many bytes as it asks for."""

    closed = False

    def __init__(self, path: Path) -> None:
        self._raw = path.open("rb", buffering=0)
        self._read = open_decompressed(self._raw)
        self._next = self._read(1)

    @property
    def is_at_end(self) -> bool:
        return not self._next

    def read(self, size: int = -1) -> bytes:
        pieces = [self._next[:size]]
        self._next = self._next[size:]
        missing = size - len(pieces[0])
        while missing and (data := self._read(missing)):
            pieces.append(data)
            missing -= len(data)
        self._next = self._next or self._read(1)
        return b"".join(pieces)

    def close(self) -> None:
        self._raw.close()


def waiting_tables(path: Path) -> Iterator[Any]:
    """Yield the tables that wait in a file; one without rows for a stream that has none."""
    pyarrow, _ = packages()
    source = _Waiting(path)
    try:
        while not source.is_at_end:
            with pyarrow.ipc.open_stream(pyarrow.PythonFile(source, mode="r")) as reader:
                yield reader.schema.empty_table()
                for batch in reader:
                    yield pyarrow.Table.from_batches([batch])
    finally:
        source.close()


def output_schema(data: bytes, *, adds_language: bool) -> Any:
    """Return the schema that the rows of a batch are written with."""
    pyarrow, _ = packages()
    schema = batch_of(data).schema
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
    pyarrow, _ = packages()
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
    pyarrow, _ = packages()
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
