"""Connected components of a graph too large for one process, by rounds of two steps on parts of it.

Kiveris, Lattanzi, Mirrokni, Rastogi and Vassilvitskii, "Connected Components in MapReduce and
Beyond" (SoCC 2014): each step hangs the neighbors of a node under the smallest of them. When a
round changes nothing, every node hangs under the smallest of its component. A part holds all edges
of its nodes, so whoever runs the steps sends an edge to where its first node belongs.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.kernels import graph

Numbers = npt.NDArray[np.int64]


class Edges(NamedTuple):
    """Edges of a graph, each seen from one of its nodes.

    Attributes:
        nodes: ``int64[edges]``.
        neighbors: ``int64[edges]``: never the node itself.
    """

    nodes: Numbers
    neighbors: Numbers


def both_ways(edges: Edges) -> Edges:
    """Return the edges seen from both of their nodes."""
    return Edges(*(np.concatenate([one, other]) for one, other in (edges, edges[::-1])))


def contracted(edges: Edges) -> Edges:
    """Return edges that connect the same nodes: each hangs under the smallest it is connected to.

    >>> contracted(Edges(np.array([5, 9, 3]), np.array([7, 5, 4])))
    Edges(nodes=array([4, 7, 9]), neighbors=array([3, 5, 5]))
    """
    nodes = np.unique(np.concatenate(edges))
    parents = np.arange(len(nodes))
    one, other = (np.searchsorted(nodes, side) for side in edges)
    graph.join_components(one, other, parents)
    graph.settle(parents)
    hung = np.flatnonzero(parents != np.arange(len(nodes)))
    return Edges(nodes[hung], nodes[parents[hung]])


def large_star(edges: Edges) -> tuple[Edges, bool]:
    """Hang the larger neighbors of each node under the smallest of all, the node itself included.

    Args:
        edges: All edges of some nodes.

    Returns:
        The new edges, seen from the larger node; and whether they differ from the old.
    """
    nodes, neighbors, least = _with_least(edges)
    least = np.minimum(least, nodes)
    larger = neighbors > nodes
    changed = bool((least != nodes)[larger].any())
    return Edges(neighbors[larger], least[larger]), changed


def small_star(edges: Edges) -> tuple[Edges, bool]:
    """Hang each node and its smaller neighbors under the smallest of these.

    Args:
        edges: All edges from some nodes to smaller ones.

    Returns:
        The new edges, seen from the larger node; and whether they differ from the old.
    """
    nodes, neighbors, least = _with_least(edges)
    moved = neighbors != least
    hung = np.concatenate([nodes[~moved], neighbors[moved]])
    under = np.concatenate([least[~moved], least[moved]])
    return Edges(*distinct_pairs(hung, under)), bool(moved.any())


def distinct_pairs(left: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """Return each pair once, sorted by the left and then the right number."""
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    new = np.ones(len(left), bool)
    new[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return left[new], right[new]


def _with_least(edges: Edges) -> tuple[Numbers, Numbers, Numbers]:
    """Return distinct edges by node, and for each the smallest neighbor of its node."""
    nodes, neighbors = distinct_pairs(*edges)
    _, starts, counts = np.unique(nodes, return_index=True, return_counts=True)
    return nodes, neighbors, np.repeat(neighbors[starts], counts)
