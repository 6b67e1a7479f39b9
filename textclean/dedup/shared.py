"""A near-duplicate index that several processes fill at once, in Redis (the extra ``redis``).

datasketch's ``MinHashLSH`` proposes, on its Redis storage; the shingle sets that decide stand
beside it. Nothing is pickled. All keys begin with the index's name:

- ``NAME:parameters``: what it was made with, as JSON;
- ``NAME:kept``: a hash; under the number of a kept text, eight bytes, most significant first, stand
  two little-endian ``uint32`` (code points of the text, bytes of the id), the id in UTF-8, and the
  shingle set as little-endian ``uint64``;
- ``NAME:number``: how many numbers were given away; ``NAME:lock``: who may add now;
- ``NAME:lsh_*``: datasketch's.
"""

import dataclasses
import json
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

import numpy as np

from textclean.dedup.bands import Bands, choose_bands
from textclean.dedup.index import Match
from textclean.dedup.manifest import Parameters, check_parameters
from textclean.dedup.measures import Hashes, Measures, measure, permutations, signatures
from textclean.dedup.signatures import check_shingle_size
from textclean.errors import MissingExtraError, RefusedIndexError

#: Seconds after which the lock of a process that died is free.
_LOCK_SECONDS = 60
#: Shingle sets fetched at a time.
_FETCHED = 256
_HEAD = struct.Struct("<II")
_NUMBER = struct.Struct(">Q")


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A kept text as it stands in Redis."""

    id: str
    length: int
    shingles: Hashes

    def packed(self) -> bytes:
        name = self.id.encode("utf-8", "surrogatepass")
        sets = self.shingles.astype("<u8", copy=False).tobytes()
        return _HEAD.pack(self.length, len(name)) + name + sets

    @classmethod
    def unpacked(cls, data: bytes) -> "_Kept":
        length, size = _HEAD.unpack_from(data)
        end = _HEAD.size + size
        name = data[_HEAD.size : end].decode("utf-8", "surrogatepass")
        return cls(name, length, np.frombuffer(data, "<u8", offset=end))


class SharedIndex:
    """Kept texts of several processes, and which of them a new text repeats.

    It decides as ``NearDuplicateIndex`` does: a text is dropped only for an exact Jaccard at or
    above the threshold, and named is the most similar kept text (of equals the first). Texts are
    measured in each process; one process at a time looks up and adds, so of two repeats that come
    at once one stays. A process that dies while it adds leaves at most one text that is not found;
    if it does not answer for 60 seconds, others go on, and two repeats may stay. A text that comes
    again under the same id with the same shingles is itself, not its own repeat, so a message may
    be delivered twice.

    Args:
        url: Of the server: ``redis://HOST:PORT/DATABASE``, ``rediss://`` or ``unix://``.
        name: Of the index; several may stand in one database.
        threshold: Above 0, at most 1.
        shingle_size: Tokens in a shingle.

    Raises:
        ValueError: A setting is out of range.
        MissingExtraError: The package ``redis`` is not installed.
        RefusedIndexError: The server does not answer, or the index has other settings.
    """

    def __init__(
        self,
        url: str = "redis://localhost:6379/0",
        name: str = "textclean",
        threshold: float = 0.8,
        shingle_size: int = 5,
    ) -> None:
        check_shingle_size(shingle_size)
        self.bands: Bands = choose_bands(threshold)
        self.threshold = float(threshold)
        self.shingle_size = shingle_size
        self._place = f"the index {name} on {_shown(url)}"
        self._key = name
        self._redis = _client(url)
        with self._answers():
            self._lsh = _lsh(self._redis, name, self.threshold, self.bands)
            self._agree()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections; what was added stays."""
        self._redis.connection_pool.disconnect()

    def __len__(self) -> int:
        """Return the number of texts kept by all processes."""
        with self._answers():
            return int(self._redis.hlen(f"{self._key}:kept"))

    def __repr__(self) -> str:
        settings = f"threshold={self.threshold}, shingle_size={self.shingle_size}"
        return f"<SharedIndex {settings}: {self._place}>"

    def add(self, id: str, text: str) -> Match[str] | None:  # noqa: A002 - the word users have
        """Keep a text unless it repeats a kept one; return the match, or None when it was kept.

        Raises:
            RefusedIndexError: The server does not answer; the text may be added again.
        """
        return self.add_batch([id], [text])[0]

    def add_batch(self, ids: Sequence[str], texts: Sequence[str]) -> list[Match[str] | None]:
        """Do what ``add`` does for each text, in order; others wait meanwhile.

        Raises:
            ValueError: There is not one id for each text.
            RefusedIndexError: The server does not answer; the texts may be added again.
        """
        if len(ids) != len(texts):
            message = f"{len(ids)} ids for {len(texts)} texts"
            raise ValueError(message)
        measures = measure(texts, self.bands, self.shingle_size)
        lock = self._redis.lock(f"{self._key}:lock", timeout=_LOCK_SECONDS)
        with self._answers(), lock:
            return [
                self._decided(id, measures[number])
                for number, id in enumerate(ids)  # noqa: A001 - the word users have
            ]

    def query(self, text: str) -> Match[str] | None:
        """Return the match of a text, and keep nothing.

        Raises:
            RefusedIndexError: The server does not answer.
        """
        measures = measure([text], self.bands, self.shingle_size)
        with self._answers():
            found = self._most_similar(measures, self._minhash(measures))
        return None if found is None else _match(found, measures)

    def _decided(self, id: str, measures: Measures) -> Match[str] | None:  # noqa: A002
        """Look one text up; keep it where nothing is found. The caller has the lock."""
        if not len(measures.shingles):
            return None
        minhash = self._minhash(measures)
        found = self._most_similar(measures, minhash)
        if found is not None:
            match = _match(found, measures)
            return None if match.jaccard >= 1.0 and match.id == id else match
        kept = _Kept(id, int(measures.lengths[0]), measures.shingles)
        number = _NUMBER.pack(self._redis.incr(f"{self._key}:number"))
        self._redis.hset(f"{self._key}:kept", number, kept.packed())
        self._lsh.insert(number, minhash, check_duplication=False)
        return None

    def _most_similar(self, measures: Measures, minhash: Any) -> tuple[_Kept, float] | None:
        """Return the candidate with the greatest Jaccard, if that reaches the threshold."""
        own = measures.shingles
        if not len(own):
            return None
        best: tuple[_Kept, float] | None = None
        candidates = sorted(self._lsh.query(minhash))
        for start in range(0, len(candidates), _FETCHED):
            numbers = candidates[start : start + _FETCHED]
            rows = self._redis.hmget(f"{self._key}:kept", numbers)
            for row in rows:
                kept = _Kept.unpacked(row)
                jaccard = _jaccard(own, kept.shingles)
                if jaccard >= self.threshold and (best is None or jaccard > best[1]):
                    best = kept, jaccard
        return best

    def _minhash(self, measures: Measures) -> Any:
        from datasketch import MinHash

        slots = signatures(measures.shingles, measures.ends, self._lsh.h)[0]
        parameters = permutations(len(slots))
        return MinHash(hashvalues=slots, permutations=parameters, scheme="affine32")

    def _agree(self) -> None:
        """Take the settings down where the index is new; refuse other ones where it is not."""
        wanted = Parameters.of(self.threshold, self.shingle_size)
        told = json.dumps(dataclasses.asdict(wanted))
        self._redis.setnx(f"{self._key}:parameters", told)
        try:
            found = Parameters(**json.loads(self._redis.get(f"{self._key}:parameters")))
        except (ValueError, TypeError):
            message = f"{self._place} is damaged: it has no parameters"
            raise RefusedIndexError(message) from None
        check_parameters(self._place, found, wanted)

    @contextmanager
    def _answers(self) -> Iterator[None]:
        """Turn what the server does wrong into an error that says where."""
        import redis

        try:
            yield
        except redis.RedisError as error:
            message = f"{self._place}: {error or type(error).__name__}"
            raise RefusedIndexError(message) from error


def _match(found: tuple[_Kept, float], measures: Measures) -> Match[str]:
    kept, jaccard = found
    return Match(kept.id, jaccard, None, int(measures.lengths[0]), kept.length)


def _jaccard(left: Hashes, right: Hashes) -> float:
    common = len(np.intersect1d(left, right, assume_unique=True))
    return common / (len(left) + len(right) - common)


def _client(url: str) -> Any:
    try:
        import redis
    except ImportError as error:
        raise MissingExtraError(extra="redis", need="SharedIndex needs redis") from error
    return redis.Redis.from_url(url)


def _lsh(client: Any, name: str, threshold: float, bands: Bands) -> Any:
    """Return datasketch's LSH over the connection's server, with bands chosen for recall."""
    from datasketch import MinHashLSH

    if bands.count == 1:  # datasketch wants two at least; equal texts agree in both
        bands = Bands(2, bands.rows // 2)
    storage = {
        "type": "redis",
        "basename": f"{name}:lsh".encode(),
        "redis": {"connection_pool": client.connection_pool},
    }
    return MinHashLSH(
        threshold,
        bands.slots,
        params=(bands.count, bands.rows),
        storage_config=storage,
        prepickle=False,
    )


def _shown(url: str) -> str:
    """Return where a server is, without the user's name and password.

    >>> _shown("redis://:secret@cache:6379/0")
    'redis://cache:6379/0'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
