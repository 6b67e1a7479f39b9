"""Stretches of a text with their tokens, as objects and as rows of numbers."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from textclean.kernels.arrays import Starts


class Unit(NamedTuple):
    """A stretch of the text with its tokens, ``first`` to ``last`` of the layout."""

    start: int
    end: int
    first: int
    last: int

    @property
    def size(self) -> int:
        """Number of tokens."""
        return self.last - self.first


#: Without the checks of ``Unit._make``, which take four times as long.
_new_unit = partial(tuple.__new__, Unit)


def units_of(rows: "Starts") -> list[Unit]:
    """Return the units of rows, ``int32[n, 4]``."""
    return list(map(_new_unit, rows.tolist()))


def rows_of(units: Sequence[Unit]) -> "Starts":
    """Return the rows of units, ``int32[n, 4]``.

    >>> rows_of([Unit(0, 9, 0, 2), Unit(9, 12, 2, 3)]).tolist()
    [[0, 9, 0, 2], [9, 12, 2, 3]]
    """
    import numpy as np

    return np.array(units, np.int32).reshape(-1, 4)
