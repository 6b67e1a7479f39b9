"""The texts of a batch as one column of bytes, and what a pass over it tells several stages.

Made once for all stages: each asks it which texts it could change, and nobody encodes twice.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs
from textclean.kernels.markers import marker_flags
from textclean.kernels.plain import words_of
from textclean.kernels.text import FlatText, flatten


class Columns:
    """The texts of a batch, as strings and as bytes.

    Args:
        texts: The texts.
        flat: The same in UTF-8, end to end, where the caller has that.

    >>> column = Columns(["one", "two", "three"]).replaced({1: "2"})
    >>> column.texts, column.flat.data.tobytes()
    (['one', '2', 'three'], b'one2three')
    """

    def __init__(self, texts: Sequence[str], flat: FlatText | None = None) -> None:
        self.texts = texts
        self.flat = flatten(texts) if flat is None else flat

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def data(self) -> Bytes:
        """``uint8``: the bytes of all texts."""
        return self.flat.data

    @property
    def offsets(self) -> Counts:
        """``int64[texts + 1]``: where each text begins and ends."""
        return self.flat.offsets

    @cached_property
    def words(self) -> Longs:
        """``uint64``: the bytes by eight, see ``plain.words_of``."""
        return words_of(self.data)

    @cached_property
    def markers(self) -> Bytes:
        """``uint8[texts]``: the flags of ``kernels.markers``."""
        flags = np.empty(len(self), np.uint8)
        marker_flags(self.data, self.offsets, flags)
        return flags

    def chosen(self, numbers: Sequence[int]) -> "Columns":
        """Return some of the texts, in the order of their ascending numbers."""
        if len(numbers) == len(self):
            return self
        return Columns([self.texts[number] for number in numbers])

    def replaced(self, texts: Mapping[int, str]) -> "Columns":
        """Return the column with other texts at some places, given in ascending order."""
        if not texts:
            return self
        new = Columns(list(texts.values()))
        if len(new) == len(self):
            return new
        data, added = self.data.data, new.data.data  # (slices of them are no copies)
        offsets, places = self.offsets.tolist(), new.offsets.tolist()
        pieces: list[memoryview] = []
        every, reached = list(self.texts), 0
        for place, (number, text) in enumerate(texts.items()):
            every[number] = text
            pieces.append(data[offsets[reached] : offsets[number]])
            pieces.append(added[places[place] : places[place + 1]])
            reached = number + 1
        pieces.append(data[offsets[reached] :])
        sizes = np.diff(self.offsets)
        numbers = list(texts)
        sizes[numbers] = np.diff(new.offsets)
        ends = np.zeros(len(every) + 1, np.int64)
        np.cumsum(sizes, out=ends[1:])
        column = Columns(every, FlatText(np.frombuffer(b"".join(pieces), np.uint8), ends))
        if "markers" in self.__dict__:  # known: the pass has to see the new texts only
            column.__dict__["markers"] = self.markers.copy()
            column.markers[numbers] = new.markers
        return column
