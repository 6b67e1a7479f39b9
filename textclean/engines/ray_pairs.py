"""How the nodes of a Ray cluster find the pairs of a corpus: from measures to verified pairs.

Pure functions from tables to tables; ``dedup/blockwise.py`` has the steps.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from textclean.dedup.bands import Bands
from textclean.dedup.blockwise import CROWD_ROOM, band_keys, bucket_pairs, verified
from textclean.dedup.components import Numbers, distinct_pairs
from textclean.dedup.measures import Measures
from textclean.engines.ray_rows import measures_of
from textclean.engines.ray_tables import column, cut, flat, list_column, single, sizes, starts
from textclean.kernels.graph import Side

#: Columns of a block that only whoever writes it reads.
_ONLY_FOR_WRITING = ("data", "records", "ids", "starts", "ends", "numbers")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where documents lie.

    Attributes:
        firsts: ``int64[blocks + 1]``: number of the first document of each block, and their count.
        bands: The bands.
        threshold: Similarity at and above which a document repeats another.
        by_value: Whether a keep rule decides by values which copy stays; else the first does.
        clusters: Whether lines of clusters are wanted.
        crowd_room: Documents of crowds that share a memory, about, and that it sees at a time.
    """

    firsts: Numbers
    bands: Bands
    threshold: float
    by_value: bool = False
    clusters: bool = False
    crowd_room: int = CROWD_ROOM

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.firsts) - 1

    def homes(self, documents: Numbers) -> Numbers:
        """Return the block that each document lies in."""
        return np.searchsorted(self.firsts, documents, "right") - 1

    def cut(self, table: pa.Table, documents: Numbers) -> tuple[pa.Table, ...]:
        """Return the rows of a table for each block, by where these documents lie."""
        return cut(table, self.homes(documents), self.blocks)


def measured(block: pa.Table, layout: Layout) -> Measures:
    """Return the measures of a block."""
    return measures_of(block.drop_columns(list(_ONLY_FOR_WRITING)), layout.bands.count)


def key_pieces(block: pa.Table, number: int, layout: Layout) -> Any:
    """Return the rows of a block's documents in the buckets, cut by where their keys meet."""
    keys, documents = band_keys(measured(block, layout), int(layout.firsts[number]))
    table = pa.table({"key": keys, "document": documents})
    if layout.by_value:
        values = flat(block, "values")[documents - int(layout.firsts[number])]
        table = table.append_column("value", pa.array(values))
    parts = (keys % np.uint64(layout.blocks)).astype(np.int64)
    return single(cut(table, parts, layout.blocks))


def propose(layout: Layout, *pieces: pa.Table) -> Any:
    """Return candidate pairs, cut by the home of the left one; the crowds, and their rows."""
    rows = pa.concat_tables(pieces)
    found = bucket_pairs(column(rows, "key"), column(rows, "document"))
    table = pa.table({"left": found.left, "right": found.right})
    crowds = pa.table({"left": found.crowds.nodes, "right": found.crowds.neighbors})
    if layout.by_value:
        documents, at = np.unique(column(rows, "document"), return_index=True)
        values = column(rows, "value")[at]
        for side in ("left", "right"):
            valued = values[np.searchsorted(documents, column(crowds, side))]
            crowds = crowds.append_column(f"{side}_value", pa.array(valued))
    return (*layout.cut(table, found.left), crowds, crowds.num_rows)


def attach(block: pa.Table, number: int, layout: Layout, *pieces: pa.Table) -> Any:
    """Return pairs with the measures of the left document, cut by the home of the right one.

    A left document goes once to each home, with all it is paired with there.
    """
    rows = pa.concat_tables(pieces)
    left, right = distinct_pairs(column(rows, "left"), column(rows, "right"))
    measures, first = measured(block, layout), int(layout.firsts[number])
    values = flat(block, "values") if layout.by_value else None
    found = []
    for pairs in layout.cut(pa.table({"left": left, "right": right}), right):
        table = _attached(measures, first, column(pairs, "left"), column(pairs, "right"))
        if values is not None:
            table = table.append_column("value", pa.array(values[column(table, "left") - first]))
        found.append(table)
    return single(found)


def _attached(measures: Measures, first: int, left: Numbers, right: Numbers) -> pa.Table:
    documents, counts = np.unique(left, return_counts=True)
    chosen = gathered(measures, documents - first)
    width = chosen.marks.shape[1]
    marks = list_column(chosen.marks.ravel(), np.arange(len(documents) + 1, dtype=np.int64) * width)
    return pa.table(
        {
            "left": documents,
            "shingles": list_column(chosen.shingles, chosen.ends),
            "marks": marks,
            "right": list_column(right, starts(counts)),
        }
    )


def verify(block: pa.Table, number: int, layout: Layout, *pieces: pa.Table) -> Any:
    """Return the verified pairs whose right document lies in a block, and how many they are."""
    rows = pa.concat_tables(pieces).combine_chunks()
    measures, first = measured(block, layout), int(layout.firsts[number])
    left, right = column(rows, "left"), flat(rows, "right")
    places = np.repeat(np.arange(len(left)), sizes(rows, "right"))
    marks = flat(rows, "marks").reshape(len(left), measures.marks.shape[1])
    similarity = verified(
        Side(flat(rows, "shingles"), starts(sizes(rows, "shingles")), marks, places),
        Side(measures.shingles, measures.ends, measures.marks, right - first),
        layout.bands,
        layout.threshold,
    )
    kept = similarity > 0
    found = {"left": left[places[kept]], "right": right[kept], "similarity": similarity[kept]}
    if layout.by_value:
        found["left_value"] = column(rows, "value")[places[kept]]
        found["right_value"] = flat(block, "values")[found["right"] - first]
    return pa.table(found), int(kept.sum())


def gathered(measures: Measures, places: Numbers) -> Measures:
    """Return the measures of some documents, in this order."""
    counts = np.diff(measures.ends)[places]
    ends = starts(counts)
    # each set is a run: its places are those of the run's start, counted on
    runs = np.repeat(measures.ends[places] - ends[:-1], counts) + np.arange(ends[-1])
    return Measures(
        measures.shingles[runs],
        ends,
        measures.tags[places],
        measures.marks[places],
        measures.lengths[places],
    )
