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

    def with_tokens(self) -> "Units":
        """Return those that hold a token."""
        if self._rows is None:
            return Units([unit for unit in self._all() if unit.size])
        return Units.of(self._rows[self._rows[:, 2] < self._rows[:, 3]])

    def of_sizes(self, least: int, most: int) -> list[Unit]:
        """Return those that hold so many tokens."""
        if self._rows is None:
            return [unit for unit in self._all() if least <= unit.size <= most]
        sizes = self._rows[:, 3] - self._rows[:, 2]
        return self.at((sizes >= least) & (sizes <= most))

    def of_any_size(self, sizes: Collection[int]) -> list[Unit]:
        """Return those that hold as many tokens as any of some numbers."""
        if self._rows is None or not len(self._rows):
            return [unit for unit in self._all() if unit.size in sizes]
        import numpy as np

        own = self._rows[:, 3] - self._rows[:, 2]
        wanted = np.zeros(int(own.max()) + 1, np.bool_)
        wanted[[size for size in sizes if size < len(wanted)]] = True
        return self.at(wanted[own])

    def widths(self) -> list[int]:
        """Return how many characters each has."""
        if self._rows is None:
            return [unit.end - unit.start for unit in self._all()]
        widths: list[int] = (self._rows[:, 1] - self._rows[:, 0]).tolist()
        return widths

    def ends_of_width(self, least: int, most: int) -> list[int]:
        """Return where those end that have so many characters."""
        if self._rows is None:
            return [unit.end for unit in self._all() if least <= unit.end - unit.start <= most]
        widths = self._rows[:, 1] - self._rows[:, 0]
        ends: list[int] = self._rows[(widths >= least) & (widths <= most), 1].tolist()
        return ends

    def sizes(self, ratio: float) -> list[float]:
        """Return a share of how many tokens each holds."""
        if self._rows is None:
            return [ratio * unit.size for unit in self._all()]
        sizes: list[float] = (ratio * (self._rows[:, 3] - self._rows[:, 2])).tolist()
        return sizes

    def at(self, chosen: "Bytes | Flags") -> list[Unit]:
        """Return those whose element of an array is not 0."""
        return self.numbered(chosen.nonzero()[0])

    def numbered(self, numbers: "Counts | Starts") -> list[Unit]:
        """Return those of some numbers."""
        if self._units is None:
            return list(map(_new_unit, self.rows[numbers].tolist()))
        return list(map(self._units.__getitem__, numbers.tolist()))

    def __len__(self) -> int:
        return len(self.rows if self._units is None else self._units)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._all())

    @overload
    def __getitem__(self, number: int) -> Unit: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Unit]: ...
    def __getitem__(self, number: int | slice) -> Unit | Sequence[Unit]:
        if self._units is None and isinstance(number, int):  # of thousands, a few are looked at
            return _new_unit(self.rows[number].tolist())
        return self._all()[number]
