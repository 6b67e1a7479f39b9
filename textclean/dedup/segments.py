"""Segments: immutable files of kept texts, and how files come to stand complete on a disk.

A segment holds what an index cannot make anew: of each text its id, the day it was kept, and its
shingle set. All numbers are little-endian: three ``int64`` (texts, shingles, bytes of ids), then
``ends: int64[texts + 1]``, ``shingles: uint64``, ``days: int64[texts]`` (1 is the first of January
of the year 1), ``lengths: int64[texts]``, ``id_ends: int64[texts + 1]``, and the ids in UTF-8.
"""

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textclean.errors import RefusedIndexError

#: The first bytes of a segment, with the version of its form: 24, to keep what follows aligned.
_MAGIC = b"textclean: segment v2.0\n"
_HEAD_COUNT = 3
#: How names of files begin that are not complete; the next writer removes them.
TEMPORARY = ".unfinished-"
_BLOCK = 1 << 20

Block = bytes | npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Kept texts, in the order in which they were kept.

    Attributes:
        ids: Their ids.
        days: The day each was kept, as ``datetime.date.toordinal`` counts.
        shingles: ``uint64``: the shingle sets, one after the other.
        ends: ``int64[texts + 1]``: where they begin and end.
        lengths: ``int64[texts]``: code points of the texts.
    """

    ids: Sequence[str]
    days: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.uint64]
    ends: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def since(self, day: int) -> "Segment":
        """Return the texts kept on that day or later."""
        chosen = np.flatnonzero(self.days >= day).tolist()
        pieces = [self.shingles[self.ends[i] : self.ends[i + 1]] for i in chosen]
        ends = offsets(np.diff(self.ends)[chosen])
        shingles = np.concatenate([np.zeros(0, np.uint64), *pieces])
        ids = [self.ids[i] for i in chosen]
        return Segment(ids, self.days[chosen], shingles, ends, self.lengths[chosen])


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: enough to tell later whether it is still that.

    Attributes:
        size: Bytes.
        sha256: Of all of them, hexadecimal.
    """

    size: int
    sha256: str


def write_segment(path: Path, parts: Sequence[Segment]) -> Written:
    """Write parts as one segment; only the ids of all are in memory at a time."""
    ids = [name.encode("utf-8", "surrogatepass") for part in parts for name in part.ids]
    counts = np.concatenate([np.zeros(0, np.int64), *(np.diff(part.ends) for part in parts)])
    ends, id_ends = offsets(counts), offsets(np.fromiter(map(len, ids), np.int64, len(ids)))

    def pieces() -> Iterator[Block]:
        yield _MAGIC
        yield np.array([len(ids), ends[-1], id_ends[-1]], "<i8")
        yield ends.astype("<i8")
        for part in parts:
            yield part.shingles.astype("<u8", copy=False)
        for part in parts:
            yield part.days.astype("<i8")
        for part in parts:
            yield part.lengths.astype("<i8")
        yield id_ends.astype("<i8")
        yield b"".join(ids)

    return write_whole(path, pieces())


def read_segment(path: Path, expected: Written) -> Segment:
    """Return a segment whose shingles stay on the disk until they are looked at.

    Raises:
        RefusedIndexError: The file is not, byte for byte, what was written.
        FileNotFoundError: There is none.
    """
    check_file(path, expected)
    data = np.memmap(path, np.uint8, "r")
    body = len(_MAGIC) + _HEAD_COUNT * 8
    if len(data) < body or bytes(data[: len(_MAGIC)]) != _MAGIC:
        message = f"{path} is no segment of this version"
        raise RefusedIndexError(message)
    texts, shingles, id_bytes = data[len(_MAGIC) : body].view("<i8").tolist()
    sizes = (8 * (texts + 1), 8 * shingles, 8 * texts, 8 * texts, 8 * (texts + 1), id_bytes)
    bounds = np.cumsum([body, *sizes]).tolist()
    if min(sizes) < 0 or bounds[-1] != len(data):
        message = f"{path} is no segment: its parts do not add up"
        raise RefusedIndexError(message)
    first, sets, days, lengths, second, joined = (
        data[start:end] for start, end in pairwise(bounds)
    )
    ends, id_ends = (
        _checked(path, part, last) for part, last in ((first, shingles), (second, id_bytes))
    )
    text = bytes(joined)
    ids = [
        text[start:end].decode("utf-8", "surrogatepass")
        for start, end in pairwise(id_ends.tolist())
    ]
    numbers = [np.array(part.view("<i8"), np.int64) for part in (days, lengths)]
    if texts and not 1 <= numbers[0].min() <= numbers[0].max() <= date.max.toordinal():
        message = f"{path} is no segment: a day is none"
        raise RefusedIndexError(message)
    return Segment(ids, numbers[0], sets.view("<u8"), ends, numbers[1])


def _checked(path: Path, part: npt.NDArray[np.uint8], last: int) -> npt.NDArray[np.int64]:
    """Return offsets that are safe to use."""
    ends = np.array(part.view("<i8"), np.int64)
    if ends[0] != 0 or ends[-1] != last or (np.diff(ends) < 0).any():
        message = f"{path} is no segment: its parts do not add up"
        raise RefusedIndexError(message)
    return ends


def check_regular(path: Path) -> None:
    """Raise ``RefusedIndexError`` where a file is none: to open a pipe may take for ever.

    Raises:
        FileNotFoundError: There is nothing of that name.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        message = f"{path} is no regular file, but a part of an index is; remove it or its index"
        raise RefusedIndexError(message)


def check_file(path: Path, expected: Written) -> None:
    """Raise ``RefusedIndexError`` unless a file is what was written."""
    check_regular(path)
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    if size != expected.size:
        message = f"{path} is damaged: {size} bytes instead of {expected.size}"
        raise RefusedIndexError(message)
    if digest.hexdigest() != expected.sha256:
        message = f"{path} is damaged: its checksum is not the one it was written with"
        raise RefusedIndexError(message)


def write_whole(path: Path, pieces: Iterable[Block]) -> Written:
    """Write a file so that it stands under its name complete and on the disk, or not at all."""
    digest = hashlib.sha256()
    size = 0
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                data = piece if isinstance(piece, bytes) else piece.view(np.uint8).data
                file.write(data)
                digest.update(data)
                size += len(data)
            os.fchmod(file.fileno(), _usual_mode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        sync_folder(path.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Written(size, digest.hexdigest())


def _usual_mode() -> int:
    """Return the mode of a new file; a temporary one is nobody else's, and others may read this."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def sync_folder(path: Path) -> None:
    """Make names in a folder lasting."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def offsets(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return where pieces of these lengths begin and end when they stand one after the other."""
    ends = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    return ends
