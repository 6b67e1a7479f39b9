"""How a shared index stands in Redis: its keys, and what is under them.

The bands lie as datasketch's ``MinHashLSH`` lays them (version 2, Redis storage, no pickle), so
that it can query them; a test does. It is not used here, since it asks the server once for each
band of each text, and a bucket of its has no bound. All keys begin with the index's name:

- ``NAME:parameters``: what it was made with, as JSON;
- ``NAME:kept``: a hash; under the number of a kept text (eight bytes, most significant first) its
  row, see ``Row``;
- ``NAME:sets``: a hash from a digest of a shingle set to the number of the first text that has it;
- ``NAME:days``: a sorted set: numbers by the day on which they were kept;
- ``NAME:number``: how many numbers were given away; ``NAME:lock``: who may add now;
- ``NAME:lsh_keys``, ``NAME:lsh_bucket_*``: datasketch's.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from textclean.dedup.bands import Bands
from textclean.dedup.measures import Hashes, Measures, signatures

_HEAD = struct.Struct("<II")
_NUMBER = struct.Struct(">Q")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A kept text as it stands in Redis.

    Attributes:
        id: Its id.
        length: Its code points.
        shingles: ``uint64[n]``: its shingle set, sorted.
    """

    id: str
    length: int
    shingles: Hashes

    def packed(self) -> bytes:
        """Return the bytes of a row.

        Two little-endian ``uint32`` (code points of the text, bytes of the id), the id in UTF-8,
        and the shingle set as little-endian ``uint64``.
        """
        name = self.id.encode("utf-8", "surrogatepass")
        sets = self.shingles.astype("<u8", copy=False).tobytes()
        return _HEAD.pack(self.length, len(name)) + name + sets

    @classmethod
    def unpacked(cls, data: bytes) -> "Row":
        """Return what ``packed`` gave."""
        length, size = _HEAD.unpack_from(data)
        end = _HEAD.size + size
        name = data[_HEAD.size : end].decode("utf-8", "surrogatepass")
        return cls(name, length, np.frombuffer(data, "<u8", offset=end))

    @property
    def digest(self) -> bytes:
        """What texts of the same shingle set, and no others, have in common."""
        return hashlib.blake2b(self.shingles.astype("<u8").tobytes(), digest_size=16).digest()


class Layout:
    """The keys of an index.

    Args:
        name: Of the index.
        bands: Its bands.
    """

    def __init__(self, name: str, bands: Bands) -> None:
        if bands.count == 1:  # datasketch wants two at least; equal texts agree in both
            bands = Bands(2, bands.rows // 2)
        self._bands = bands
        self.parameters, self.kept, self.sets, self.days, self.number, self.lock = (
            f"{name}:{word}" for word in ("parameters", "kept", "sets", "days", "number", "lock")
        )
        self._keys = f"{name}:lsh_keys".encode()
        self._tables = [
            f"{name}:lsh_bucket_".encode() + struct.pack(">H", band) for band in range(bands.count)
        ]

    def band_keys(self, measures: Measures) -> list[list[bytes]]:
        """Return, for each text, its key in each band."""
        slots = signatures(measures.shingles, measures.ends, self._bands.slots).astype(">u4")
        width = 4 * self._bands.rows
        rows = (row.tobytes() for row in slots)
        return [[row[at : at + width] for at in range(0, len(row), width)] for row in rows]

    def buckets(self, keys: Sequence[bytes]) -> list[bytes]:
        """Return where the buckets of a text stand, by its key in each band."""
        return [table + key for table, key in zip(self._tables, keys, strict=True)]

    def add(  # noqa: PLR0913, PLR0917 - a row, and where it is listed
        self, pipe: Any, number: int, row: Row, keys: Sequence[bytes], opened: set[bytes], day: int
    ) -> None:
        """Have a pipeline write a kept text.

        Args:
            pipe: Of the server.
            number: Of the text.
            row: The text.
            keys: Its key in each band.
            opened: Its buckets that take another text.
            day: On which it is kept, as ``datetime.date.toordinal`` counts.
        """
        name = _NUMBER.pack(number)
        pipe.hset(self.kept, name, row.packed())
        pipe.hsetnx(self.sets, row.digest, name)
        pipe.zadd(self.days, {name: day})
        pipe.hset(self._keys, name, self._keys + name)
        pipe.rpush(self._keys + name, *keys)
        for table, key in zip(self._tables, keys, strict=True):
            if table + key in opened:
                pipe.hset(table, key, table + key)
                pipe.sadd(table + key, name)

    def remove(self, client: Any, names: Sequence[bytes]) -> None:
        """Remove kept texts, all at once; the caller has the lock."""
        with client.pipeline(transaction=False) as pipe:
            pipe.hmget(self.kept, names)
            for name in names:
                pipe.lrange(self._keys + name, 0, -1)
            rows, *keys = pipe.execute()
        digests = [Row.unpacked(row).digest for row in rows if row is not None]
        first = client.hmget(self.sets, digests) if digests else []
        removed = set(names)
        gone = [d for d, name in zip(digests, first, strict=True) if name in removed]
        with client.pipeline(transaction=True) as pipe:
            for name, own in zip(names, keys, strict=True):
                for bucket in self.buckets(own) if own else ():
                    pipe.srem(bucket, name)
            pipe.delete(*(self._keys + name for name in names))
            pipe.hdel(self._keys, *names)
            pipe.hdel(self.kept, *names)
            pipe.zrem(self.days, *names)
            if gone:
                pipe.hdel(self.sets, *gone)
            pipe.execute()
        self._close_empty(client, {key for own in keys for key in enumerate(own)})

    def _close_empty(self, client: Any, keys: set[tuple[int, bytes]]) -> None:
        """Forget the names of buckets in which nothing is left."""
        places = sorted(keys)
        if not places:
            return
        with client.pipeline(transaction=False) as pipe:
            for band, key in places:
                pipe.exists(self._tables[band] + key)
            left = pipe.execute()
            for (band, key), there in zip(places, left, strict=True):
                if not there:
                    pipe.hdel(self._tables[band], key)
            pipe.execute()
