"""Stretches of a text with their tokens, as objects and as rows of numbers."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, overload

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes, Counts, Flags, Starts


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


#: So many units are asked one by one sooner than all at once.
FEW = 64


class Units(Sequence[Unit]):
    """Units of one kind in their order: rows for kernels, an object where one is looked at.

    >>> units = Units([Unit(0, 9, 0, 2), Unit(9, 12, 2, 3)])
    >>> units.rows.tolist()
    [[0, 9, 0, 2], [9, 12, 2, 3]]
    >>> Units.of(units.rows)[1]
    Unit(start=9, end=12, first=2, last=3)
    """

    __slots__ = ("_rows", "_units")

    def __init__(self, units: Sequence[Unit]) -> None:
        """Know the objects; their rows are made when asked for."""
        self._units: Sequence[Unit] | None = units
        self._rows: Starts | None = None

    @classmethod
    def of(cls, rows: "Starts") -> "Units":
        """Return the units of rows, ``int32[n, 4]``; their objects are made when asked for."""
        units = cls(())
        units._units, units._rows = None, rows
        return units

    @property
    def rows(self) -> "Starts":
        """The units as ``int32[n, 4]``."""
        if self._rows is None:
            import numpy as np

            self._rows = np.array(self._units, np.int32).reshape(-1, 4)
        return self._rows

    def _all(self) -> Sequence[Unit]:
        if self._units is None:
            self._units = list(map(_new_unit, self.rows.tolist()))
        return self._units

    def _made(self) -> Sequence[Unit] | None:
        """Return the objects if they are made or few."""
        return self._all() if self._units is not None or len(self.rows) <= FEW else None

    def with_tokens(self) -> "Units":
        """Return those that hold a token."""
        if self._rows is None:
            return Units([unit for unit in self._all() if unit.size])
        return Units.of(self._rows[self._rows[:, 2] < self._rows[:, 3]])

    def of_sizes(self, least: int, most: int) -> list[Unit]:
        """Return those that hold so many tokens."""
        if (units := self._made()) is not None:
            return [unit for unit in units if least <= unit[3] - unit[2] <= most]
        sizes = self.rows[:, 3] - self.rows[:, 2]
        return self.at((sizes >= least) & (sizes <= most))

    def of_any_size(self, sizes: Collection[int]) -> list[Unit]:
        """Return those that hold as many tokens as any of some numbers."""
        if (units := self._made()) is not None:
            return [unit for unit in units if unit[3] - unit[2] in sizes]
        import numpy as np

        own = self.rows[:, 3] - self.rows[:, 2]
        wanted = np.zeros(int(own.max()) + 1, np.bool_)
        wanted[[size for size in sizes if size < len(wanted)]] = True
        return self.at(wanted[own])

    def widths(self) -> list[int]:
        """Return how many characters each has."""
        if (units := self._made()) is not None:
            return [end - start for start, end, _, _ in units]
        widths: list[int] = (self.rows[:, 1] - self.rows[:, 0]).tolist()
        return widths

    def ends_of_width(self, least: int, most: int) -> list[int]:
        """Return where those end that have so many characters."""
        if (units := self._made()) is not None:
            return [end for start, end, _, _ in units if least <= end - start <= most]
        widths = self.rows[:, 1] - self.rows[:, 0]
        ends: list[int] = self.rows[(widths >= least) & (widths <= most), 1].tolist()
        return ends

    def sizes(self, ratio: float) -> list[float]:
        """Return a share of how many tokens each holds."""
        if (units := self._made()) is not None:
            return [ratio * (last - first) for _, _, first, last in units]
        sizes: list[float] = (ratio * (self.rows[:, 3] - self.rows[:, 2])).tolist()
        return sizes

    def at(self, chosen: "Bytes | Flags") -> list[Unit]:
        """Return those whose element of an array is not 0."""
        return self.numbered(chosen.nonzero()[0])

    def numbered(self, numbers: "Counts | Starts") -> list[Unit]:
        """Return those of some numbers."""
        if not len(numbers):
            return []
        if (units := self._made()) is not None:
            return list(map(units.__getitem__, numbers.tolist()))
        return list(map(_new_unit, self.rows[numbers].tolist()))

    def __len__(self) -> int:
        return len(self.rows if self._units is None else self._units)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._all())

    @overload
    def __getitem__(self, number: int) -> Unit: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Unit]: ...
    def __getitem__(self, number: int | slice) -> Unit | Sequence[Unit]:
        units = self._made()
        if units is not None or isinstance(number, slice):
            return self._all()[number]
        return _new_unit(self.rows[number].tolist())  # of thousands, a few are looked at
