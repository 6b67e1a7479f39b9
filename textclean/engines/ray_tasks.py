"""What the nodes of a Ray cluster do with the inputs: pure functions from tables to tables.

A task that dies with its node is run again elsewhere from the same tables, and gives the same.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from textclean.dedup.keep import KeepRule
from textclean.engines.corpus import sound_documents
from textclean.engines.ray_rows import (
    Input,
    chunk_from_row,
    documents_in,
    records_in,
    table_from_chunk,
    table_from_error,
    table_from_worked,
)
from textclean.engines.ray_tables import flat
from textclean.engines.work import Job, Worker
from textclean.errors import InputError, TextcleanError
from textclean.io.sources import Source


@dataclass(frozen=True, slots=True)
class Part:
    """Chunks of one source in a block, one after the other.

    Attributes:
        source: Number of the source.
        first_row: Their first row.
        rows: How many there are.
        documents: Documents that are still in the stream.
        records: Records that count.
    """

    source: int
    first_row: int
    rows: int
    documents: int
    records: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the process that started the run must know of a block.

    Attributes:
        parts: Its chunks.
        errors: What could not be read, for ``raise_error``.
        problem: Its first broken record, unless it stands behind an error; for ``raise_error``.
        has_values: Whether a keep rule has found a value in some document.
    """

    parts: tuple[Part, ...]
    errors: tuple[str, ...]
    problem: str | None
    has_values: bool

    @property
    def documents(self) -> int:
        """Documents of the block that are still in the stream."""
        return sum(part.documents for part in self.parts)

    @property
    def records(self) -> int:
        """Records of the block that count."""
        return sum(part.records for part in self.parts)


def read(
    table: pa.Table, *, inputs: list[Input], text_field: str, maximum: int, folder: str
) -> Iterator[pa.Table]:
    """Yield the chunks of the sources named in a table, a row each; an error ends its source."""
    for number in table["source"].to_pylist():
        count = 0
        one = inputs[number]
        try:
            with contextlib.chdir(folder):
                source = Source(
                    one.name,
                    number,
                    one.format,
                    text_field=text_field,
                    encoding=one.encoding,
                    inside=one.inside,
                )
                _refuse_change(source, one)
                for chunk in source.chunks(maximum):
                    yield table_from_chunk(chunk, count)
                    count += 1
        except (TextcleanError, OSError) as error:
            yield table_from_error(number, count, error)


def _refuse_change(source: Source, found: Input) -> None:
    stamp = source.stamp and (source.stamp.size, source.stamp.modified)
    if found.stamp is not None and stamp != found.stamp:
        message = "the file changed while it was read; nothing of this run is complete"
        raise InputError(message, source=source.name)


def work(table: pa.Table, *, inputs: list[Input], job: Job, keep: KeepRule) -> Iterator[pa.Table]:
    """Yield the rows of chunks with what was done to them."""
    worker = _worker(job)
    for place in range(table.num_rows):
        row = table.slice(place, 1)
        [fields] = row.to_pylist()
        if fields["error"] is not None:
            yield table_from_worked(row, None, None, None)
            continue
        chunk = chunk_from_row(fields, inputs)
        values = None
        if keep.kind != "first":
            _, _, documents = sound_documents(worker, chunk, keep)
            label = inputs[chunk.source_number].label
            values = np.array([keep.value(one.text, one.fields, label) for one in documents], "f8")
        yield table_from_worked(row, chunk, worker.work(chunk), values)


@lru_cache(maxsize=2)
def _worker(job: Job) -> Worker:
    """Return this process's worker for a job."""
    return Worker(job)


def describe(block: pa.Table) -> Facts | None:
    """Return what must be known of a block; None of one without chunks."""
    if not block.num_rows:
        return None  # an empty source leaves a block without even columns
    numbers = block["source"].to_numpy()
    borders = np.flatnonzero(np.diff(numbers)) + 1
    documents, records = documents_in(block), records_in(block)
    parts = [
        Part(
            int(numbers[rows[0]]),
            int(rows[0]),
            len(rows),
            int(documents[rows].sum()),
            int(records[rows].sum()),
        )
        for rows in np.split(np.arange(len(numbers)), borders)
    ]
    errors: list[str] = []
    problem = None
    for error, broken in zip(*(block[n].to_pylist() for n in ("error", "problem")), strict=True):
        if error is not None:
            errors.append(error)
        elif not errors:
            problem = problem or broken
    has_values = bool(np.isfinite(flat(block, "values")).any())
    return Facts(tuple(parts), tuple(errors), problem, has_values)
