"""Arrow tables as the tasks of the Ray engine pass them on: columns in, pieces for others out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from textclean.dedup.components import Numbers


def cut(table: pa.Table, parts: Numbers, count: int) -> tuple[pa.Table, ...]:
    """Return the rows of each part, in their order, in buffers of their own.

    Args:
        table: Rows.
        parts: ``int64[rows]``: where each belongs, from 0.
        count: Parts.
    """
    order = np.argsort(parts, kind="stable")
    cuts = np.searchsorted(parts[order], np.arange(count + 1))
    table = table.take(pa.array(order))
    pieces = zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
    return tuple(table.slice(start, stop - start).combine_chunks() for start, stop in pieces)


def single(pieces: Sequence[Any]) -> Any:
    """Return what Ray takes for so many values: one is no sequence."""
    return tuple(pieces) if len(pieces) != 1 else pieces[0]


def column(table: pa.Table, name: str) -> npt.NDArray[Any]:
    """Return a column of numbers."""
    values: npt.NDArray[Any] = table[name].to_numpy()
    return values


def flat(table: pa.Table, name: str) -> npt.NDArray[Any]:
    """Return the numbers in a column of lists, one list after the other."""
    values: npt.NDArray[Any] = pa.compute.list_flatten(table[name]).to_numpy()
    return values


def sizes(table: pa.Table, name: str) -> Numbers:
    """Return how many numbers each list of a column has."""
    found: Numbers = pa.compute.list_value_length(table[name]).to_numpy()
    return found.astype(np.int64)


def starts(found: Numbers) -> Numbers:
    """Return where lists of these sizes begin, one after the other, and where the last ends."""
    return np.concatenate([[0], np.cumsum(found)]).astype(np.int64)


def list_column(values: npt.NDArray[Any], ends: Numbers) -> pa.LargeListArray:
    """Return a column of lists, one after the other in ``values``; nothing is copied."""
    return pa.LargeListArray.from_arrays(pa.array(ends), pa.array(values))
