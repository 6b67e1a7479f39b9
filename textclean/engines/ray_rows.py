"""What the Ray engine moves between nodes: a chunk is a row of an Arrow table.

Texts and their bytes lie in Arrow buffers all the way; nothing of a record is pickled. A row holds
the chunk as it was read, what was done to it, and the measures of its documents.
"""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from textclean.dedup.components import Numbers
from textclean.dedup.measures import Measures
from textclean.engines.finish import fault_error
from textclean.engines.ray_tables import list_column
from textclean.engines.work import WorkedChunk, WorkedRecord
from textclean.errors import InputError, TextcleanError
from textclean.io.cutting import Chunk
from textclean.io.json_lines import Lines
from textclean.io.records import Frame
from textclean.report import StageCounts
from textclean.stage import Drop
from textclean.survey import Look

_CHUNK = pa.schema(
    [
        ("source", pa.int64()),
        ("number", pa.int64()),
        ("first_line", pa.int64()),
        ("byte_offset", pa.int64()),
        ("data", pa.large_binary()),
        ("fault", pa.string()),
        ("continued", pa.bool_()),
        ("error", pa.string()),
    ]
)
_RECORD = pa.schema(
    [
        ("place", pa.int64()),
        ("frame", pa.list_(pa.int64(), 4)),
        ("fault", pa.string()),
        ("fault_at", pa.int64()),
        ("drop", pa.string()),
        ("drop_stage", pa.string()),
        ("output", pa.large_binary()),
        ("ledger", pa.list_(pa.large_binary())),
        ("counts", pa.string()),
        ("changed", pa.bool_()),
        ("emptied", pa.bool_()),
        ("passes", pa.bool_()),
        ("text", pa.large_binary()),
        ("language", pa.string()),
        ("look", pa.string()),
    ]
)
_FLAGS = ("changed", "emptied", "passes", "language")


@dataclass(frozen=True, slots=True)
class Input:
    """What a node must know of a source.

    Attributes:
        name: As messages show it; a relative path is one of the driver's working directory.
        format: Name of its record format.
        encoding: Encoding of a stream without a mark; None: UTF-8.
        header: The column names of CSV or TSV.
        inside: Where it lies in a folder that was named as an input.
        stamp: Size and time of the last change, when it is a file.
        label: What a keep rule that prefers a source knows it by.
    """

    name: str
    format: str
    encoding: str | None
    header: bytes
    inside: Path | None
    stamp: tuple[int, int] | None
    label: str


def table_from_chunk(chunk: Chunk, number: int) -> pa.Table:
    """Return a chunk as a row; ``number`` counts those of its source from 0."""
    row = {
        "source": chunk.source_number,
        "number": number,
        "first_line": chunk.first_line,
        "byte_offset": chunk.byte_offset,
        "data": chunk.data,
        "fault": chunk.fault,
        "continued": chunk.continued,
    }
    return pa.Table.from_pylist([row], _CHUNK)


def table_from_error(source: int, number: int, error: Exception) -> pa.Table:
    """Return the row of an error in the place of the chunk that could not be read."""
    row = {"source": source, "number": number, "error": noted(error)}
    return pa.Table.from_pylist([row], _CHUNK)


def noted(error: Exception) -> str:
    """Return an error for ``raise_error``."""
    if isinstance(error, InputError):
        said = [error.message, error.source, error.line, error.byte_offset]
    elif isinstance(error, OSError):
        said = [error.errno, error.strerror, error.filename]
    else:
        said = [str(error)]
    return json.dumps([type(error).__name__, *said])


def raise_error(text: str) -> None:
    """Raise what ``noted`` has noted."""
    kind, *said = json.loads(text)
    if kind == "InputError":
        message, source, line, byte_offset = said
        raise InputError(message, source=source, line=line, byte_offset=byte_offset)
    if len(said) > 1:
        raise OSError(*said)
    raise TextcleanError(*said)


def chunk_from_row(row: dict[str, Any], inputs: Sequence[Input]) -> Chunk:
    """Return the chunk of a row."""
    source = inputs[row["source"]]
    return Chunk(
        source.name,
        row["source"],
        source.format,
        row["first_line"],
        row["byte_offset"],
        row["data"],
        row["fault"],
        row["continued"],
        source.header,
        source.inside,
    )


def table_from_worked(
    table: pa.Table,
    chunk: Chunk | None,
    worked: WorkedChunk | None,
    values: npt.NDArray[np.float64] | None,
) -> pa.Table:
    """Add to the row of a chunk what was done to it.

    Args:
        table: The row.
        chunk: None where the row holds an error.
        worked: None where the row holds an error.
        values: By which a keep rule chooses among its documents; None: the first stays.
    """
    worked = worked or WorkedChunk({}, (), ())
    continued = chunk is not None and chunk.continued
    skipped = [
        place
        for place, record in sorted(worked.records.items())
        if record.passes or (continued and record.fault is not None)
    ]
    lines = worked.lines
    measures = worked.measures if isinstance(worked.measures, Measures) else None
    records = [_row_of(place, record) for place, record in sorted(worked.records.items())]
    columns = {
        "ids": pa.array([[_bytes(id_) for id_ in worked.ids]], pa.large_list(pa.large_binary())),
        "alive": _list(np.array(worked.alive, np.int64)),
        "has_lines": pa.array([lines is not None]),
        "starts": _list(lines.starts if lines else np.zeros(0, np.int64)),
        "ends": _list(lines.ends if lines else np.zeros(0, np.int64)),
        "numbers": _list(lines.numbers if lines else np.zeros(0, np.int64)),
        "records": pa.array([_stream(pa.Table.from_pylist(records, _RECORD))], pa.large_binary()),
        "skipped": _list(np.array(skipped, np.int64)),
        "problem": pa.array([None if chunk is None else _problem(chunk, worked)], pa.string()),
        "values": _list(np.zeros(0) if values is None else values),
        "sizes": _list(np.diff(measures.ends) if measures else np.zeros(0, np.int64)),
        "shingles": _list(measures.shingles if measures else np.zeros(0, np.uint64)),
        "tags": _list(measures.tags.ravel() if measures else np.zeros(0, np.uint32)),
        "marks": _list(measures.marks.ravel() if measures else np.zeros(0, np.uint8)),
        "lengths": _list(measures.lengths if measures else np.zeros(0, np.int64)),
    }
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table


def worked_from_row(row: dict[str, Any]) -> WorkedChunk:
    """Return what was done to the chunk of a row, less the measures."""
    ids = [_text(id_) for id_ in row["ids"]]
    rows = pa.ipc.open_stream(row["records"]).read_all().to_pylist()
    records = {one["place"]: _record_of(one, ids[one["place"]]) for one in rows}
    lines = None
    if row["has_lines"]:
        lines = Lines(*(np.array(row[name], np.int64) for name in ("starts", "ends", "numbers")))
    return WorkedChunk(records, ids, row["alive"], None, lines)


def measures_of(table: pa.Table, bands: int) -> Measures:
    """Return the measures of all documents of a block, without copying the shingle sets.

    Args:
        table: Rows of chunks.
        bands: How many tags a document has.
    """
    sizes = _values(table, "sizes")
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    tags, marks = _values(table, "tags"), _values(table, "marks")
    count = len(sizes)
    return Measures(
        _values(table, "shingles"),
        ends,
        tags.reshape(count, bands),
        marks.reshape(count, len(marks) // count if count else 0),
        _values(table, "lengths"),
    )


def documents_in(table: pa.Table) -> npt.NDArray[np.int64]:
    """Return how many documents each row of a block has left in the stream."""
    return _lengths(table["alive"])


def _lengths(lists: Any) -> Numbers:
    counts: Numbers = pa.compute.list_value_length(lists).to_numpy()
    return counts.astype(np.int64)


def alive_ids(table: pa.Table) -> pa.LargeBinaryArray:
    """Return the ids of the documents of a block that are left in the stream."""
    ids, alive = table["ids"].combine_chunks(), table["alive"].combine_chunks()
    firsts = np.cumsum(_lengths(ids)) - _lengths(ids)
    places = alive.flatten().to_numpy() + np.repeat(firsts, _lengths(alive))
    return ids.flatten().take(pa.array(places))


def records_in(table: pa.Table) -> Numbers:
    """Return how many records each row of a block counts."""
    return _lengths(table["ids"]) - _lengths(table["skipped"])


def record_numbers(table: pa.Table, first: int) -> Numbers:
    """Return the place in the input, from 1, of each document of a block.

    Args:
        table: The block.
        first: Records before it.
    """
    numbers = [np.zeros(0, np.int64)]
    columns = (table[name].to_pylist() for name in ("alive", "skipped"))
    for alive, skipped, count in zip(*columns, records_in(table).tolist(), strict=True):
        places = np.array(alive, np.int64)
        numbers.append(first + 1 + places - np.searchsorted(np.array(skipped, np.int64), places))
        first += count
    return np.concatenate(numbers)


def _problem(chunk: Chunk, worked: WorkedChunk) -> str | None:
    """Return the error of the first broken record, which nothing may take."""
    for _, record in sorted(worked.records.items()):
        if record.fault is not None:
            return noted(fault_error(chunk, record))
    return None


def _list(values: npt.NDArray[Any]) -> pa.LargeListArray:
    return list_column(np.ascontiguousarray(values), np.array([0, len(values)], np.int64))


def _values(table: pa.Table, name: str) -> npt.NDArray[Any]:
    column = table[name].combine_chunks()
    chunk = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    values: npt.NDArray[Any] = chunk.flatten().to_numpy(zero_copy_only=False)
    return values


def _row_of(place: int, record: WorkedRecord) -> dict[str, Any]:
    frame = record.frame
    fault, fault_at = record.fault or (None, None)
    counts = [[name, one.to_json()] for name, one in record.counts]
    return {
        "place": place,
        "frame": [frame.start, frame.content_end, frame.end, frame.line],
        "fault": fault,
        "fault_at": fault_at,
        "drop": record.drop and record.drop.reason,
        "drop_stage": record.drop_stage,
        "output": record.output,
        "ledger": record.ledger,
        "counts": json.dumps(counts),
        "text": None if record.text is None else _bytes(record.text),
        "look": record.look and json.dumps(dataclasses.astuple(record.look)),
        **{name: getattr(record, name) for name in _FLAGS},
    }


def _record_of(row: dict[str, Any], id_: str) -> WorkedRecord:
    counts = tuple(
        (name, StageCounts.from_json(table)) for name, table in json.loads(row["counts"])
    )
    return WorkedRecord(
        Frame(*row["frame"]),
        id_,
        fault=None if row["fault"] is None else (row["fault"], row["fault_at"]),
        drop=None if row["drop"] is None else Drop(row["drop"]),
        drop_stage=row["drop_stage"],
        output=row["output"],
        ledger=tuple(row["ledger"]),
        counts=counts,
        text=None if row["text"] is None else _text(row["text"]),
        look=None if row["look"] is None else _look(json.loads(row["look"])),
        **{name: row[name] for name in _FLAGS},
    )


def _look(said: list[Any]) -> Look:
    """Return a look of which JSON has made lists."""
    before, after, language, phrase, repeated, reasons = said
    pairs = {name: (removed, added) for name, (removed, added) in reasons.items()}
    return Look(before, after, language, phrase, repeated, pairs)


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _bytes(text: str) -> bytes:
    """Return UTF-8; lone surrogates, which JSON may hold, survive."""
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
