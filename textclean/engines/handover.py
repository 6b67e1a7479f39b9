"""How a chunk gets to a worker, and its measures back: through memory that both have.

A pipe takes what it is given in small pieces, and each byte is copied several times on its way; the
measures of a chunk are longer than its text. A worker that is a copy of this process has what was
mapped here before. So the bytes are laid there, and only where is sent; what has no place is sent
whole, as everything is to workers that are no copies.
"""

import mmap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from textclean.engines.work import WorkedChunk, Worker
from textclean.io.cutting import Chunk
from textclean.io.sources import CHUNK_BYTES

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

#: Bytes of a place: the hashes of a chunk take up to three times as many as its text, where each
#: character is a token. Only what is written to takes memory.
_PLACE_BYTES = 4 * CHUNK_BYTES
#: Where an array may begin: machine code is made for those that are aligned.
_ALIGNED = 64
#: A chunk without a place.
_NOWHERE = -1


class LaidArray(NamedTuple):
    """An array in a place.

    Attributes:
        dtype: Of its items.
        shape: Its lengths.
        offset: The byte at which it begins.
    """

    dtype: str
    shape: tuple[int, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class SentChunk:
    """A chunk on its way to a worker.

    Attributes:
        chunk: Without its bytes, where these lie in a place.
        place: Number of the place for it and then for its measures.
        size: How many of its bytes lie there.
    """

    chunk: Chunk
    place: int = _NOWHERE
    size: int = 0


@dataclass(frozen=True, slots=True)
class SentBack:
    """What became of a chunk, on its way back.

    Attributes:
        worked: Without its measures, where these lie in a place.
        place: As it came.
        arrays: The measures, in the order of their fields; none where they do not lie there.
    """

    worked: WorkedChunk
    place: int
    arrays: tuple[LaidArray, ...] = ()


class Handover:
    """Places in memory that this process and later copies of it share.

    Args:
        places: Chunks that may be under way at a time; none where workers are no copies.
    """

    def __init__(self, places: int) -> None:
        self._places = [mmap.mmap(-1, _PLACE_BYTES) for _ in range(places)]
        self._free = list(range(places))

    def send(self, chunk: Chunk) -> SentChunk:
        """Lay a chunk in a free place."""
        size = len(chunk.data)
        if not self._free or size > _PLACE_BYTES:
            return SentChunk(chunk)
        place = self._free.pop()
        self._places[place][:size] = chunk.data
        return SentChunk(replace(chunk, data=b""), place, size)

    def work(self, sent: SentChunk, worker: Worker) -> SentBack:
        """Clean a chunk and lay its measures in its place, in a worker."""
        chunk, place = sent.chunk, sent.place
        if place != _NOWHERE:
            chunk = replace(chunk, data=self._places[place][: sent.size])
        worked = worker.work(chunk)
        arrays = () if place == _NOWHERE else _arrays_of(worked.measures)
        laid = tuple(_places_of(arrays))
        if not laid or laid[-1].offset + arrays[-1].nbytes > _PLACE_BYTES:
            return SentBack(worked, place)
        for array, (dtype, shape, offset) in zip(arrays, laid, strict=True):
            self._array(place, dtype, shape, offset)[...] = array
        worked.measures = None
        return SentBack(worked, place, laid)

    def receive(self, sent: SentBack) -> WorkedChunk:
        """Return what became of a chunk; its measures stand until its place is given back."""
        if sent.arrays:
            from textclean.dedup.measures import Measures

            laid = (self._array(sent.place, *array) for array in sent.arrays)
            sent.worked.measures = Measures(*laid)
        return sent.worked

    def give_back(self, sent: SentBack) -> None:
        """Have another chunk laid in the place of this one."""
        if sent.place != _NOWHERE:
            self._free.append(sent.place)

    def _array(self, place: int, dtype: str, shape: tuple[int, ...], offset: int) -> "Array":
        """Return the array that lies, or is to lie, in a place."""
        import numpy as np

        return np.ndarray(shape, dtype, self._places[place], offset)


def _arrays_of(measures: Sequence[Any] | None) -> "tuple[Array, ...]":
    """Return the arrays that measures are, in the order of their fields; none of other measures."""
    if measures is None:
        return ()
    from textclean.dedup.measures import Measures

    if not isinstance(measures, Measures):
        return ()
    return tuple(getattr(measures, field.name) for field in fields(measures))


def _places_of(arrays: "Iterable[Array]") -> Iterator[LaidArray]:
    """Yield where arrays lie, one behind the other."""
    end = 0
    for array in arrays:
        offset = -(-end // _ALIGNED) * _ALIGNED
        yield LaidArray(array.dtype.str, array.shape, offset)
        end = offset + array.nbytes
