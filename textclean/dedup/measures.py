"""What a decision about near-duplicates needs to know of each text, for a batch at a time.

Here the compiled kernels are called: pure functions from texts to arrays, run by workers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import overload

import numpy as np
import numpy.typing as npt

from textclean.dedup.bands import SIGNATURE_SIZE, Bands
from textclean.dedup.normal_form import normalize
from textclean.kernels import minhash
from textclean.kernels import shingles as kernels
from textclean.kernels.characters import character_table
from textclean.kernels.columns import Columns
from textclean.kernels.jit import is_compiled, is_worth
from textclean.kernels.normal import inert_characters, may_change
from textclean.kernels.text import FlatText

Hashes = npt.NDArray[np.uint64]
Offsets = npt.NDArray[np.int64]
Slots = npt.NDArray[np.uint32]


#: To measure so many bytes without machine code takes as long as loading the compiler.
WORTH_COMPILING = 30_000

#: Hashes that meet all slots at once, where there is no machine code.
_BLOCK = 4096

#: Slots that the widest registers hold.
_VECTOR = 16


@dataclass(frozen=True, slots=True, eq=False)
class Measures(Sequence["Measures"]):
    """The measures of a batch of texts in flat arrays; small to pickle, cheap to cut and join.

    An item, like a slice, is again ``Measures``: of one text.

    Attributes:
        shingles: The shingle sets, one after the other; each sorted and distinct.
        ends: Set ``i`` is ``shingles[ends[i]:ends[i + 1]]``; one more than there are texts.
        tags: A tag for each text and band.
        marks: The low byte of each slot of each signature.
        lengths: ``int64``: the code points of each text.
    """

    shingles: Hashes
    ends: Offsets
    tags: Slots
    marks: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends) - 1

    @overload
    def __getitem__(self, index: int) -> "Measures": ...
    @overload
    def __getitem__(self, index: slice) -> "Measures": ...
    def __getitem__(self, index: int | slice) -> "Measures":
        if isinstance(index, int):
            index = range(len(self))[index]  # negative ones, and IndexError
            index = slice(index, index + 1)
        start, stop, stride = index.indices(len(self))
        if stride != 1:
            return Measures.concatenate([self[number] for number in range(start, stop, stride)])
        stop = max(start, stop)
        ends = self.ends[start : stop + 1]
        return Measures(
            self.shingles[ends[0] : ends[-1]],
            ends - ends[0],
            self.tags[start:stop],
            self.marks[start:stop],
            self.lengths[start:stop],
        )

    def __add__(self, other: "Measures") -> "Measures":
        return Measures.concatenate([self, other])

    @classmethod
    def concatenate(cls, pieces: Iterable["Measures"]) -> "Measures":
        """Join measures made with the same settings; at least one piece."""
        pieces = list(pieces)
        counts = np.concatenate([np.diff(piece.ends) for piece in pieces])
        return cls(
            np.concatenate([piece.shingles for piece in pieces]),
            _offsets(counts),
            np.concatenate([piece.tags for piece in pieces]),
            np.concatenate([piece.marks for piece in pieces]),
            np.concatenate([piece.lengths for piece in pieces]),
        )


def measure(texts: Sequence[str], bands: Bands, shingle_size: int) -> Measures:
    """Return the measures of a batch of texts.

    >>> measures = measure(["One text.", "", "One text."], Bands(18, 5), 5)
    >>> len(measures), measures.shingles.shape, measures.tags.shape
    (3, (2,), (3, 18))
    """
    return measure_columns(Columns(texts), bands, shingle_size)


def measure_columns(columns: Columns, bands: Bands, shingle_size: int) -> Measures:
    """Return the measures of a column of texts."""
    lengths = np.fromiter(map(len, columns.texts), np.int64, len(columns.texts))
    return measure_sets(*_shingle_sets(columns, shingle_size), lengths, bands)


def measure_sets(
    sets: Hashes, ends: Offsets, lengths: npt.NDArray[np.int64], bands: Bands
) -> Measures:
    """Return the measures of texts whose shingle sets and lengths are known."""
    tags = np.empty((len(ends) - 1, bands.count), np.uint32)
    is_worth(sets.nbytes + tags.nbytes, WORTH_COMPILING)  # texts without a shingle have tags, too
    # whole vectors: what is left over would take the time of as many slots, one by one
    slots = signatures(sets, ends, -(-bands.slots // _VECTOR) * _VECTOR)
    with np.errstate(over="ignore"):  # wrapping is meant; NumPy sees it when the JIT is off
        minhash.band_tags(slots, bands.rows, tags)
    return Measures(sets, ends, tags, slots[:, : bands.marks].astype(np.uint8), lengths)


def shingle_sets(texts: Sequence[str], size: int) -> tuple[Hashes, Offsets]:
    """Return the shingle sets of a batch, one after the other, and where each begins and ends."""
    return _shingle_sets(Columns(texts), size)


def _shingle_sets(columns: Columns, size: int) -> tuple[Hashes, Offsets]:
    is_worth(len(columns.data), WORTH_COMPILING)
    data, offsets = _normal(columns)
    shingles = np.empty(len(data) // 2 + len(columns), np.uint64)
    ends = np.empty(len(columns) + 1, np.int64)
    with np.errstate(over="ignore"):
        kernels.shingle_sets(data, offsets, character_table(), size, shingles, ends)
    return shingles[: ends[-1]], ends  # the rest has never been touched


def _normal(columns: Columns) -> FlatText:
    """Return a column in NFC."""
    if all(map(str.isascii, columns.texts)):  # sooner known than from the bytes
        return columns.flat
    flags = np.empty(len(columns), np.uint8)
    may_change(*columns.flat, _inert_characters(), flags)
    normal = {}
    for number in np.flatnonzero(flags).tolist():
        text = columns.texts[number]
        if (changed := normalize(text)) is not text:
            normal[number] = changed
    return columns.replaced(normal).flat


_inert_characters = cache(inert_characters)


def signatures(sets: Hashes, ends: Offsets, size: int) -> Slots:
    """Return a signature of any size for each shingle set."""
    multipliers, increments = permutations(size)
    slots = np.empty((len(ends) - 1, size), np.uint32)
    with np.errstate(over="ignore"):
        if is_compiled():
            minhash.signatures(sets, ends, multipliers, increments, slots)
        else:
            _signatures(sets, ends, (multipliers, increments), slots)
    return slots


def _signatures(sets: Hashes, ends: Offsets, parameters: tuple[Slots, Slots], slots: Slots) -> None:
    """Do what the kernel does, by whole arrays: quicker than the kernel without machine code."""
    multipliers, increments = parameters
    slots[:] = minhash.LARGEST
    mixed = (sets >> minhash.HALF).astype(np.uint32)
    mixed = (mixed ^ (mixed >> minhash.WIDE)) * minhash.MIX_FIRST
    mixed = (mixed ^ (mixed >> minhash.NARROW)) * minhash.MIX_SECOND
    mixed ^= mixed >> minhash.WIDE
    for number, (start, end) in enumerate(pairwise(ends.tolist())):
        for first in range(start, end, _BLOCK):
            part = mixed[first : min(first + _BLOCK, end)]
            hashed = np.outer(multipliers, part) + increments[:, None]
            np.minimum(slots[number], hashed.min(axis=1), out=slots[number])


@cache
def permutations(size: int) -> tuple[Slots, Slots]:
    """Return the parameters of ``size`` slots: multipliers and increments.

    The first 128 are those of datasketch's ``affine32`` with seed 1, the next with seed 2, and so
    on: a shorter signature is the beginning of a longer one.
    """
    multipliers, increments = [], []
    for seed in range(1, 2 + size // SIGNATURE_SIZE):
        generator = np.random.RandomState(seed)
        halves = generator.randint(0, 1 << 31, SIGNATURE_SIZE, dtype=np.uint32)
        multipliers.append(halves * np.uint32(2) + np.uint32(1))
        increments.append(generator.randint(0, 1 << 32, SIGNATURE_SIZE, dtype=np.uint32))
    return np.concatenate(multipliers)[:size], np.concatenate(increments)[:size]


def _offsets(counts: Offsets) -> Offsets:
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets
