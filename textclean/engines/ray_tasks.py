"""What runs on the nodes of a Ray cluster: pure functions from Arrow tables to Arrow tables.

A task that dies with its node is run again elsewhere from the same tables, and gives the same.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from textclean.dedup.bands import Bands
from textclean.dedup.blockwise import (
    Decisions,
    Numbers,
    band_keys,
    bucket_pairs,
    decide_crowd,
    distinct_pairs,
    verified,
)
from textclean.dedup.keep import KeepRule
from textclean.dedup.measures import Measures
from textclean.engines.corpus import sound_documents
from textclean.engines.ray_rows import (
    Input,
    alive_ids,
    chunk_from_row,
    documents_in,
    list_column,
    measures_of,
    table_from_chunk,
    table_from_error,
    table_from_worked,
)
from textclean.engines.work import Job, Worker
from textclean.errors import InputError, TextcleanError
from textclean.io.sources import Source
from textclean.kernels.graph import Side

#: Columns that the driver reads last, and no other node ever does.
_ONLY_FOR_WRITING = ("data", "records", "ids", "starts", "ends", "numbers")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where documents lie.

    Attributes:
        firsts: ``int64[blocks + 1]``: number of the first document of each block, and their count.
        bands: The bands.
        threshold: Similarity at and above which a document repeats another.
    """

    firsts: Numbers
    bands: Bands
    threshold: float

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.firsts) - 1

    def homes(self, documents: Numbers) -> Numbers:
        """Return the block that each document lies in."""
        return np.searchsorted(self.firsts, documents, "right") - 1


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
            yield table_from_worked(row, None, None)
            continue
        chunk = chunk_from_row(fields, inputs)
        values = None
        if keep.kind != "first":
            _, _, documents = sound_documents(worker, chunk, keep)
            label = inputs[chunk.source_number].label
            values = np.array([keep.value(one.text, one.fields, label) for one in documents], "f8")
        yield table_from_worked(row, worker.work(chunk), values)


@lru_cache(maxsize=2)
def _worker(job: Job) -> Worker:
    """Return this process's worker for a job."""
    return Worker(job)


def count_rows(block: pa.Table) -> int:
    """Return how many chunks a block holds."""
    return int(block.num_rows)


def describe(block: pa.Table) -> dict[str, Any]:
    """Return what the driver must know of a block's documents: number, lengths, values."""
    values = block["values"].combine_chunks()
    return {
        "lengths": _flat(block, "lengths"),
        "documents": int(documents_in(block).sum()),
        "values": np.concatenate([np.zeros(0), *map(np.asarray, values.to_pylist())]),
    }


def measured(block: pa.Table, layout: Layout) -> Measures:
    """Return the measures of a block."""
    return measures_of(block.drop_columns(list(_ONLY_FOR_WRITING)), layout.bands.count)


def key_pieces(block: pa.Table, number: int, layout: Layout) -> Any:
    """Return the rows of a block's documents in the buckets, cut by where their keys meet."""
    keys, documents = band_keys(measured(block, layout), int(layout.firsts[number]))
    table = pa.table({"key": keys, "document": documents})
    return _cut(table, (keys % np.uint64(layout.blocks)).astype(np.int64), layout.blocks)


def propose(layout: Layout, *pieces: pa.Table) -> Any:
    """Return candidate pairs, cut by the home of the left one; and last the crowded documents."""
    rows = pa.concat_tables(pieces)
    found = bucket_pairs(_column(rows, "key"), _column(rows, "document"))
    table = pa.table({"left": found.left, "right": found.right})
    cut = _cut(table, layout.homes(found.left), layout.blocks)
    return (*(cut if layout.blocks > 1 else (cut,)), pa.table({"crowded": found.crowded}))


def attach(block: pa.Table, number: int, layout: Layout, *pieces: pa.Table) -> Any:
    """Return pairs with the measures of the left document, cut by the home of the right one.

    A left document goes once to each home, with all it is paired with there.
    """
    rows = pa.concat_tables(pieces)
    left, right = distinct_pairs(_column(rows, "left"), _column(rows, "right"))
    measures, first = measured(block, layout), int(layout.firsts[number])
    homes = layout.homes(right)
    return _single(
        [
            _attached(measures, first, left[homes == home], right[homes == home])
            for home in range(layout.blocks)
        ]
    )


def _attached(measures: Measures, first: int, left: Numbers, right: Numbers) -> pa.Table:
    documents, counts = np.unique(left, return_counts=True)
    chosen = gathered(measures, documents - first)
    return pa.table(
        {
            "left": documents,
            "shingles": list_column(chosen.shingles, chosen.ends),
            "marks": list_column(
                chosen.marks.ravel(), _ends(len(documents), chosen.marks.shape[1])
            ),
            "right": list_column(right, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)),
        }
    )


def verify(block: pa.Table, number: int, layout: Layout, *pieces: pa.Table) -> pa.Table:
    """Return the verified pairs whose right document lies in a block."""
    rows = pa.concat_tables(pieces).combine_chunks()
    measures, first = measured(block, layout), int(layout.firsts[number])
    left, right = _column(rows, "left"), _flat(rows, "right")
    places = np.repeat(np.arange(len(left)), _sizes(rows, "right"))
    sets, ends = _flat(rows, "shingles"), np.concatenate([[0], np.cumsum(_sizes(rows, "shingles"))])
    marks = _flat(rows, "marks").reshape(len(left), measures.marks.shape[1])
    similarity = verified(
        Side(sets, ends.astype(np.int64), marks, places),
        Side(measures.shingles, measures.ends, measures.marks, right - first),
        layout.bands,
        layout.threshold,
    )
    kept = similarity > 0
    return pa.table(
        {"left": left[places[kept]], "right": right[kept], "similarity": similarity[kept]}
    )


def select(block: pa.Table, number: int, layout: Layout, documents: Numbers) -> Measures:
    """Return the measures of some documents of a block."""
    return gathered(measured(block, layout), documents - int(layout.firsts[number]))


def settle_crowd(layout: Layout, order: Numbers, *pieces: Measures) -> Decisions:
    """Decide on a crowd.

    Args:
        layout: Where documents lie.
        order: Places of the documents in the pieces put together, in the order of keeping.
        pieces: Their measures.
    """
    whole = gathered(Measures.concatenate(pieces), order)
    return decide_crowd(whole, layout.bands, layout.threshold)


def names(block: pa.Table, number: int, layout: Layout, documents: Numbers) -> list[bytes]:
    """Return the ids of some documents of a block."""
    ids = alive_ids(block)
    return [ids[place] for place in (documents - int(layout.firsts[number])).tolist()]


def gathered(measures: Measures, places: Numbers) -> Measures:
    """Return the measures of some documents, in this order."""
    sizes = np.diff(measures.ends)[places]
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    # each set is a run: its places are those of the run's start, counted on
    runs = np.repeat(measures.ends[places] - ends[:-1], sizes) + np.arange(ends[-1])
    return Measures(
        measures.shingles[runs],
        ends,
        measures.tags[places],
        measures.marks[places],
        measures.lengths[places],
    )


def _cut(table: pa.Table, parts: npt.NDArray[np.int64], count: int) -> Any:
    order = np.argsort(parts, kind="stable")
    cuts = np.searchsorted(parts[order], np.arange(count + 1))
    table = table.take(pa.array(order))
    pieces = zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
    return _single([table.slice(start, stop - start).combine_chunks() for start, stop in pieces])


def _single(pieces: Sequence[pa.Table]) -> Any:
    """Return what Ray takes for so many values: one is no sequence."""
    return tuple(pieces) if len(pieces) > 1 else pieces[0]


def _column(table: pa.Table, name: str) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = table[name].to_numpy()
    return values


def _flat(table: pa.Table, name: str) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = pa.compute.list_flatten(table[name]).to_numpy()
    return values


def _sizes(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    sizes: npt.NDArray[np.int64] = pa.compute.list_value_length(table[name]).to_numpy()
    return sizes.astype(np.int64)


def _ends(count: int, width: int) -> npt.NDArray[np.int64]:
    return np.arange(count + 1, dtype=np.int64) * width
