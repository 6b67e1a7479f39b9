"""How the nodes of a Ray cluster decide what stays: from verified pairs to drops with their names.

Pure functions from tables to tables; ``dedup/blockwise.py`` has the rule, ``dedup/components.py``
how the parts of a large graph become whole components.
"""

import copy
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from textclean.dedup import blockwise
from textclean.dedup.blockwise import CrowdMemory, Drops, Verified
from textclean.dedup.components import (
    Edges,
    Numbers,
    both_ways,
    contracted,
    large_star,
    small_star,
)
from textclean.dedup.corpus import Cluster, Member
from textclean.dedup.measures import Measures
from textclean.engines.ray_pairs import Layout, gathered, measured
from textclean.engines.ray_rows import alive_ids, record_numbers
from textclean.engines.ray_tables import column, cut, flat, single
from textclean.io.json_records import build_record


def scatter(parts: int, *tables: pa.Table) -> Any:
    """Return what connects the documents of some pairs, cut by the part of the graph it is in."""
    sides = (_joined(tables, name) for name in ("left", "right"))
    return single(_sent(both_ways(contracted(Edges(*sides))), parts))


def star(parts: int, *pieces: pa.Table, large: bool) -> Any:
    """Do a step on a part of the graph; return edges cut for the next, and whether it did a thing.

    Args:
        parts: Parts of the graph.
        pieces: All edges of this part.
        large: The step: ``large_star`` of all edges, or else ``small_star`` of what it gave.
    """
    edges = Edges(*(_joined(pieces, name) for name in ("node", "neighbor")))
    found, changed = (large_star if large else small_star)(edges)
    return (*_sent(found if large else both_ways(found), parts), changed)


def _sent(edges: Edges, parts: int) -> tuple[pa.Table, ...]:
    table = pa.table({"node": edges.nodes, "neighbor": edges.neighbors})
    return cut(table, edges.nodes % parts, parts)


def part_of_left(parts: int, *tables: pa.Table) -> Any:
    """Return pairs, cut by the part of the graph that their left document is in."""
    rows = pa.concat_tables(tables)
    return single(cut(rows, column(rows, "left") % parts, parts))


def part_of_component(parts: int, count: int, *tables: pa.Table) -> Any:
    """Return pairs, cut by where their component is decided.

    Args:
        parts: Parts of the graph.
        count: How many of the tables hold edges: those of this part of the graph when no step does
            a thing any more.
        tables: The others hold the pairs whose left document is in this part.
    """
    rows = pa.concat_tables(tables[count:])
    nodes, names = (_joined(tables[:count], name) for name in ("node", "neighbor"))
    hung = names < nodes
    order = np.argsort(nodes[hung])
    nodes, names = nodes[hung][order], names[hung][order]
    left = column(rows, "left")
    at = np.searchsorted(nodes, left)
    known = at < len(nodes)
    known[known] = nodes[at[known]] == left[known]
    component = left.copy()
    component[known] = names[at[known]]
    return single(cut(rows, component % parts, parts))


def settle(layout: Layout, count: int, *tables: pa.Table) -> Any:
    """Decide on whole components.

    Args:
        layout: Where documents lie.
        count: How many of the tables hold verified pairs: all of these components.
        tables: The others hold what is crowded in them.

    Returns:
        Drops, cut by the home of the document that goes; what memories must see, cut by its home;
        and how many documents each memory must see.
    """
    verified, crowded = pa.concat_tables(tables[:count]), pa.concat_tables(tables[count:])
    documents, order = _in_order(layout, [verified, crowded])
    drops, crowd = blockwise.settle(
        Verified(*(column(verified, name) for name in ("left", "right", "similarity"))),
        Edges(column(crowded, "left"), column(crowded, "right")),
        documents,
        order,
        layout.crowd_room,
    )
    seen = {"document": crowd.documents, "memory": crowd.memories, "place": crowd.places}
    counts = np.bincount(crowd.memories).tolist()
    return (*_cut_drops(layout, drops), *layout.cut(pa.table(seen), crowd.documents), counts)


def _in_order(layout: Layout, tables: Sequence[pa.Table]) -> tuple[Numbers, Numbers]:
    """Return the documents of some pairs, and their places in the order of keeping."""
    sides = ("left", "right")
    both = np.concatenate([_joined(tables, side) for side in sides])
    documents, at = np.unique(both, return_index=True)
    if not layout.by_value:
        return documents, np.arange(len(documents))
    values = np.concatenate([_joined(tables, f"{side}_value", np.float64) for side in sides])[at]
    return documents, np.lexsort((documents, -values))


def select(
    block: pa.Table, number: int, layout: Layout, first_turns: Sequence[Numbers], *seen: pa.Table
) -> Any:
    """Return the measures of what memories must see of a block, one value for each turn.

    Args:
        block: The block.
        number: Its number.
        layout: Where documents lie.
        first_turns: For each table of ``seen``: the turns at which its memories begin, and end.
        seen: The documents of this block, from each part of the graph.
    """
    measures, first = measured(block, layout), int(layout.firsts[number])
    documents, places = (_joined(seen, name) for name in ("document", "place"))
    pairs = zip(first_turns, seen, strict=True)
    starts = np.concatenate([turns[column(table, "memory")] for turns, table in pairs])
    turns = starts + places // layout.crowd_room
    found = []
    for turn in range(int(first_turns[-1][-1])):
        mine = np.flatnonzero(turns == turn)
        chosen = gathered(measures, documents[mine] - first)
        found.append((documents[mine], places[mine], chosen))
    return single(found)


def settle_crowd(
    layout: Layout,
    memory: CrowdMemory | None,
    *pieces: tuple[Numbers, Numbers, Measures],
) -> Any:
    """Let a memory see its next documents.

    Args:
        layout: Where documents lie.
        memory: What it has seen so far; None: nothing.
        pieces: Documents from all blocks, with their places in the order and their measures.

    Returns:
        Drops, cut as by ``settle``; and what the memory has seen now.
    """
    # what Ray hands over is shared and cannot be written
    memory = (
        CrowdMemory(layout.bands, layout.threshold) if memory is None else copy.deepcopy(memory)
    )
    documents, places = (np.concatenate([piece[at] for piece in pieces]) for at in (0, 1))
    order = np.argsort(places)
    # a block without documents does not know how many marks each has
    there = [found for mine, _, found in pieces if len(mine)]
    measures = gathered(Measures.concatenate(there), order)
    drops = memory.decide(documents[order], measures)
    return (*_cut_drops(layout, drops), memory)


def _cut_drops(layout: Layout, drops: Drops) -> tuple[pa.Table, ...]:
    """Return drops cut by where they are wanted next."""
    documents, survivors, similarities = drops
    table = {"document": documents, "survivor": survivors, "similarity": similarities}
    return layout.cut(pa.table(table), documents if layout.clusters else survivors)


def identify(
    block: pa.Table, number: int, layout: Layout, first_record: int, *pieces: pa.Table
) -> Any:
    """Return drops of a block with ids and places in the input, cut by the home of the survivor."""
    rows = pa.concat_tables(pieces)
    at = column(rows, "document") - int(layout.firsts[number])
    rows = rows.append_column("id", alive_ids(block).take(pa.array(at)))
    rows = rows.append_column("record", pa.array(record_numbers(block, first_record)[at]))
    return single(layout.cut(rows, column(rows, "survivor")))


def name(block: pa.Table, number: int, layout: Layout, first_record: int, *pieces: pa.Table) -> Any:
    """Name the survivors of a block.

    Returns:
        Drops with id and length of their survivor, cut by the home of the document that goes; and
        the lines of these survivors' clusters, if they are wanted.
    """
    rows = pa.concat_tables(pieces).sort_by([("survivor", "ascending"), ("document", "ascending")])
    at = column(rows, "survivor") - int(layout.firsts[number])
    ids = alive_ids(block).take(pa.array(at))
    lines = b""
    if layout.clusters:
        numbers = record_numbers(block, first_record)[at]
        lines = b"".join(_cluster_lines(rows, ids.to_pylist(), numbers))
    named = {
        "document": rows["document"],
        "similarity": rows["similarity"],
        "survivor_id": ids,
        "survivor_length": flat(block, "lengths")[at],
    }
    return (*layout.cut(pa.table(named), column(rows, "document")), lines)


def _cluster_lines(rows: pa.Table, ids: Sequence[bytes], numbers: Numbers) -> list[bytes]:
    survivors = column(rows, "survivor")
    members = [
        Member(record, id_.decode("utf-8", "surrogatepass"), similarity)
        for record, id_, similarity in zip(
            *(rows[key].to_pylist() for key in ("record", "id", "similarity")), strict=True
        )
    ]
    _, firsts = np.unique(survivors, return_index=True)
    lines = []
    for first, last in pairwise([*firsts.tolist(), len(members)]):
        survivor = ids[first].decode("utf-8", "surrogatepass")
        cluster = Cluster(int(numbers[first]), survivor, tuple(members[first:last]))
        lines.append(build_record(cluster.as_json()) + b"\n")
    return lines


def _joined(tables: Sequence[pa.Table], key: str, kind: Any = np.int64) -> npt.NDArray[Any]:
    """Return a column of several tables, one after the other."""
    return np.concatenate([np.zeros(0, kind), *(column(table, key) for table in tables)])
