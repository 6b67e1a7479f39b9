"""The order in which the steps of ``dedup/blockwise.py`` run over the blocks of a Ray cluster.

Only references and counts come to this process: a list of the tables that lie on the nodes, how
many pairs and crowded documents there are, and whether a graph has come to rest.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from textclean.engines import ray_pairs, ray_survivors
from textclean.engines.ray_pairs import Layout
from textclean.engines.ray_tasks import Facts

#: Verified pairs and crowded documents that one task may put together into components.
GRAPH_ROWS = 10**7
#: How often a task is run again whose node was lost.
RETRIES = 20
#: Rounds in which any graph comes to rest: its depth falls at least by half in each.
_MAXIMUM_ROUNDS = 100


class Shuffle:
    """Decides on all documents of some blocks.

    Args:
        ray: The package, connected.
        blocks: References of the blocks, in input order.
        facts: Of each block.
        layout: Where documents lie.
    """

    def __init__(
        self, ray: Any, blocks: Sequence[Any], facts: Sequence[Facts], layout: Layout
    ) -> None:
        self._ray = ray
        self._blocks = blocks
        records = np.cumsum([0, *(found.records for found in facts)])
        self._first_records: list[int] = records.tolist()
        self._layout = layout
        self._shared = ray.put(layout)

    def decide(self) -> tuple[list[list[Any]], list[Any]]:
        """Return for each block what goes of it, and the lines of its survivors' clusters.

        Returns:
            References: for each block of tables as ``ray_survivors.name`` gives them, and one for
            each block of the lines.
        """
        if not self._blocks:
            return [], []
        drops = self._drops(*self._whole_components(*self._verified_pairs()))
        if self._layout.clusters:
            drops = self._over_blocks(ray_survivors.identify, drops, self._first_records)
        named = self._over_blocks(
            ray_survivors.name, drops, self._first_records, len(self._blocks) + 1
        )
        return _turned([row[:-1] for row in named]), [row[-1] for row in named]

    def _verified_pairs(self) -> tuple[list[Any], list[Any], int]:
        """Return tables of verified pairs, tables of crowds, and how many rows they have."""
        count = len(self._blocks)
        keys = self._over_blocks(ray_pairs.key_pieces)
        proposed = [
            self._call(ray_pairs.propose, count + 2)(self._shared, *(row[part] for row in keys))
            for part in range(count)
        ]
        attached = self._over_blocks(ray_pairs.attach, [row[:count] for row in proposed])
        found = self._over_blocks(ray_pairs.verify, attached, returns=2)
        rows = self._ray.get([row[-1] for row in (*found, *proposed)])
        return [row[0] for row in found], [row[count] for row in proposed], sum(rows)

    def _whole_components(
        self, pairs: list[Any], crowds: list[Any], rows: int
    ) -> tuple[list[list[Any]], list[list[Any]]]:
        """Bring what is connected together; return the pairs and the crowds of each part."""
        parts = -(-rows // GRAPH_ROWS)
        if parts <= 1:
            return [pairs], [crowds]
        joined = [self._pieces(ray_survivors.scatter, parts, one) for one in (*pairs, *crowds)]
        edges = self._rest(joined, parts)
        component = ray_survivors.part_of_component
        found = []
        for kind in (pairs, crowds):
            cut = [self._pieces(ray_survivors.part_of_left, parts, table) for table in kind]
            sent = [
                self._pieces(component, parts, len(edges[part]), *edges[part], *pieces)
                for part, pieces in enumerate(_turned(cut))
            ]
            found.append(_turned(sent))
        return found[0], found[1]

    def _rest(self, pieces: list[list[Any]], parts: int) -> list[list[Any]]:
        """Return the edges of each part when every document hangs under the first it reaches."""
        for _ in range(_MAXIMUM_ROUNDS):
            is_moving = []
            for large in (True, False):
                call = self._call(ray_survivors.star, parts + 1)
                found = [call(parts, *mine, large=large) for mine in _turned(pieces)]
                pieces = [row[:-1] for row in found]
                is_moving += [row[-1] for row in found]
            if not any(self._ray.get(is_moving)):
                return _turned(pieces)
        message = "a graph of verified pairs does not come to rest"
        raise AssertionError(message)

    def _drops(self, pairs: list[list[Any]], crowds: list[list[Any]]) -> list[list[Any]]:
        """Decide on whole components, then on crowds; return pieces for each block."""
        count = len(self._blocks)
        call = self._call(ray_survivors.settle, 2 * count + 1)
        settled = [
            call(self._shared, len(mine), *mine, *crowded)
            for mine, crowded in zip(pairs, crowds, strict=True)
        ]
        drops = [row[:count] for row in settled]
        sizes: list[list[int]] = self._ray.get([row[-1] for row in settled])
        turns, end = [], 0
        for memories in sizes:
            needed = [-(-size // self._layout.crowd_room) for size in memories]
            turns.append(np.cumsum([end, *needed]))
            end += sum(needed)
        if end:
            seen = [row[count : 2 * count] for row in settled]
            words = [self._ray.put(turns)] * count
            selected = self._over_blocks(ray_survivors.select, seen, words, end)
            drops += self._crowd_drops(_turned(selected), turns)
        return drops

    def _crowd_drops(self, selected: list[list[Any]], turns: Sequence[Any]) -> list[list[Any]]:
        """Let each memory see its documents, one turn after the other."""
        count = len(self._blocks)
        call = self._call(ray_survivors.settle_crowd, count + 1)
        drops = []
        for first, last in (pair for of_part in turns for pair in pairwise(of_part.tolist())):
            memory = None
            for turn in range(first, last):
                *pieces, memory = call(self._shared, memory, *selected[turn])
                drops.append(pieces)
        return drops

    def _over_blocks(
        self,
        task: Callable[..., Any],
        pieces: Sequence[Sequence[Any]] = (),
        words: Sequence[Any] = (),
        returns: int = 0,
    ) -> list[list[Any]]:
        """Call a task for each block; return a row of references for each.

        Args:
            task: Gets the block, its number, the layout, its word, and the pieces cut for it.
            pieces: Rows of references, one for each block in each.
            words: One more argument for each block, where the task has one.
            returns: Values it returns; 0: one for each block.
        """
        returns = returns or len(self._blocks)
        call = self._call(task, returns)
        answers = []
        for number, block in enumerate(self._blocks):
            mine = [*words[number : number + 1], *(row[number] for row in pieces)]
            answer = call(block, number, self._shared, *mine)
            answers.append(answer if returns > 1 else [answer])
        return answers

    def _pieces(self, task: Callable[..., Any], parts: int, *words: Any) -> list[Any]:
        answer: list[Any] = self._call(task, parts)(parts, *words)
        return answer

    def _call(self, task: Callable[..., Any], returns: int = 1) -> Any:
        options = {"num_returns": returns, "max_retries": RETRIES, "num_cpus": 1}
        return self._ray.remote(task).options(**options).remote


def _turned(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the columns of a table of references.

    >>> _turned([[1, 2], [3, 4]])
    [[1, 3], [2, 4]]
    """
    return [list(column) for column in zip(*rows, strict=True)]
