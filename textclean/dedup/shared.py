"""A near-duplicate index that several processes fill at once, in Redis (the extra ``redis``).

What stands there, and where, is in ``shared_layout.py``. Nothing is pickled. A batch costs a few
round trips to the server, however many texts it has: one for their buckets, one for each text that
meets kept ones, and one that writes all or nothing.
"""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, Self
from urllib.parse import urlsplit

import numpy as np

from textclean.dedup.bands import Bands, choose_bands
from textclean.dedup.index import Match
from textclean.dedup.manifest import Parameters, check_parameters
from textclean.dedup.measures import Hashes, Measures, measure
from textclean.dedup.shared_layout import Layout, Row
from textclean.dedup.signatures import check_shingle_size
from textclean.errors import MissingExtraError, RefusedIndexError
from textclean.kernels.proposals import BUCKET_LIMIT

#: Seconds after which the lock of a process that died is free.
_LOCK_SECONDS = 60
#: Seconds between two looks at a lock that another process has.
_LOOK_SECONDS = 0.002
#: Texts decided on while others wait, and texts removed.
_BATCH_SIZE = 256


class SharedIndex:
    """Kept texts of several processes, and which of them a new text repeats.

    It decides as ``NearDuplicateIndex`` does: a text is dropped only for an exact Jaccard at or
    above the threshold, and named is the most similar kept text (of equals the first). Texts are
    measured in each process; one process at a time looks up and adds, so of two repeats that come
    at once one stays. A process that dies while it adds has added all of a batch or nothing of it;
    one that takes longer than 60 seconds loses the right to add, and is told. A text that comes
    again under the same id with the same shingles is itself, not its own repeat, so a message may
    be delivered twice.

    **Bound.** A bucket of the bands lists 32 kept texts, so that a text is compared with 576 at
    most (at 0.8: 18 bands). What that gives up: once a template has filled buckets, a repeat of its
    later texts may be missed, and both stay; equal shingle sets are found always, and nothing is
    given up in families of up to 32 kept texts. (``NearDuplicateIndex`` goes further.)

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
        self._layout = Layout(name, self.bands)
        self._redis = _client(url)
        with self._answers():
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
            return int(self._redis.hlen(self._layout.kept))

    def __repr__(self) -> str:
        settings = f"threshold={self.threshold}, shingle_size={self.shingle_size}"
        return f"<SharedIndex {settings}: {self._place}>"

    def add(
        self,
        id: str,  # noqa: A002 - the word users have
        text: str,
        day: date | None = None,
    ) -> Match[str] | None:
        """Keep a text unless it repeats a kept one; return the match, or None when it was kept.

        Args:
            id: Of the text.
            text: Any text.
            day: On which it counts as kept, for ``expire``; None: today in UTC.

        Raises:
            RefusedIndexError: The server does not answer; the text may be added again.
        """
        return self.add_batch([id], [text], day)[0]

    def add_batch(
        self, ids: Sequence[str], texts: Sequence[str], day: date | None = None
    ) -> list[Match[str] | None]:
        """Do what ``add`` does for each text, in order, faster; others wait for 256 at a time.

        Raises:
            ValueError: There is not one id for each text.
            RefusedIndexError: The server does not answer; the texts may be added again.
        """
        if len(ids) != len(texts):
            message = f"{len(ids)} ids for {len(texts)} texts"
            raise ValueError(message)
        ordinal = (day or datetime.now(UTC).date()).toordinal()
        matches: list[Match[str] | None] = []
        for start in range(0, len(ids), _BATCH_SIZE):
            part = slice(start, start + _BATCH_SIZE)
            measures = measure(texts[part], self.bands, self.shingle_size)
            keys = self._layout.band_keys(measures)
            with self._answers(), self._lock() as lock:
                batch = _Batch(self._redis, self._layout, self.threshold, measures, keys)
                matches += [batch.decide(number, id_) for number, id_ in enumerate(ids[part])]
                if not lock.owned():
                    message = f"{self._place}: lost the lock to another process; add again"
                    raise RefusedIndexError(message)
                batch.write(ordinal)
        return matches

    def query(self, text: str) -> Match[str] | None:
        """Return the match of a text, and keep nothing.

        Raises:
            RefusedIndexError: The server does not answer.
        """
        measures = measure([text], self.bands, self.shingle_size)
        keys = self._layout.band_keys(measures)
        with self._answers():
            return _Batch(self._redis, self._layout, self.threshold, measures, keys).match(0)

    def expire(self, before: date) -> int:
        """Remove the texts kept before a day; return how many.

        Others wait for 256 at a time. Texts that a version kept which noted no days stay.

        Raises:
            RefusedIndexError: The server does not answer; what was removed so far is.
        """
        expired = 0
        with self._answers():
            while True:
                with self._lock():
                    names = self._redis.zrangebyscore(
                        self._layout.days, "-inf", f"({before.toordinal()}", 0, _BATCH_SIZE
                    )
                    if not names:
                        return expired
                    self._layout.remove(self._redis, names)
                expired += len(names)

    def _lock(self) -> Any:
        return self._redis.lock(self._layout.lock, timeout=_LOCK_SECONDS, sleep=_LOOK_SECONDS)

    def _agree(self) -> None:
        """Take the settings down where the index is new; refuse other ones where it is not."""
        wanted = Parameters.of(self.threshold, self.shingle_size)
        told = json.dumps(dataclasses.asdict(wanted))
        self._redis.setnx(self._layout.parameters, told)
        try:
            found = Parameters(**json.loads(self._redis.get(self._layout.parameters)))
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


class _Batch:
    """Texts on their way into the index, while this process has the lock.

    Args:
        client: Of the server.
        layout: Of the index.
        threshold: Jaccard at and above which a text repeats another.
        measures: Of the texts.
        keys: Of each text, its key in each band.
    """

    def __init__(
        self,
        client: Any,
        layout: Layout,
        threshold: float,
        measures: Measures,
        keys: Sequence[Sequence[bytes]],
    ) -> None:
        self._client, self._layout, self._threshold = client, layout, threshold
        self._measures, self._keys = measures, keys
        self._buckets = [layout.buckets(own) for own in keys]
        self._rows = [self._row(number, "") for number in range(len(measures))]
        self._digests = [row.digest for row in self._rows]
        self._members, self._equal = self._fetch()
        #: Numbers in the batch of the texts that are kept: by bucket, by set; and their rows.
        self._joining: dict[bytes, list[int]] = {}
        self._numbers: dict[bytes, int] = {}
        self._kept: dict[int, tuple[Row, set[bytes]]] = {}

    def decide(self, number: int, id_: str) -> Match[str] | None:
        """Return the match of a text; have it kept where there is none."""
        if not len(self._rows[number].shingles):
            return None
        match = self.match(number)
        if match is not None:
            return None if match.jaccard >= 1.0 and match.id == id_ else match
        opened = {bucket for bucket in self._buckets[number] if self._size(bucket) < BUCKET_LIMIT}
        for bucket in opened:
            self._joining.setdefault(bucket, []).append(number)
        self._numbers[self._digests[number]] = number
        self._kept[number] = self._row(number, id_), opened
        return None

    def match(self, number: int) -> Match[str] | None:
        """Return the most similar kept text, of equals the first, if similar enough."""
        row = self._rows[number]
        best: tuple[Row, float] | None = None
        if not len(row.shingles):
            return None
        for other in self._candidates(number):
            jaccard = _jaccard(row.shingles, other.shingles)
            if jaccard >= self._threshold and (best is None or jaccard > best[1]):
                best = other, jaccard
        if best is None:
            return None
        return Match(best[0].id, best[1], None, row.length, best[0].length)

    def write(self, day: int) -> None:
        """Add what is kept: all of it, or nothing where this process dies."""
        if not self._kept:
            return
        last = int(self._client.incrby(self._layout.number, len(self._kept)))
        with self._client.pipeline(transaction=True) as pipe:
            for place, (number, (row, opened)) in enumerate(self._kept.items(), 1):
                at = last - len(self._kept) + place
                self._layout.add(pipe, at, row, self._keys[number], opened, day)
            pipe.execute()

    def _row(self, number: int, id_: str) -> Row:
        ends = self._measures.ends
        own = self._measures.shingles[ends[number] : ends[number + 1]]
        return Row(id_, int(self._measures.lengths[number]), own)

    def _fetch(self) -> tuple[dict[bytes, set[bytes]], list[bytes | None]]:
        """Return who is in which bucket, and which kept text has the very set of each text."""
        places = sorted({bucket for own in self._buckets for bucket in own})
        with self._client.pipeline(transaction=False) as pipe:
            pipe.hmget(self._layout.sets, self._digests)
            for place in places:
                pipe.smembers(place)
            equal, *members = pipe.execute()
        return dict(zip(places, members, strict=True)), equal

    def _candidates(self, number: int) -> Iterator[Row]:
        """Yield the kept texts to compare one with, the first kept first."""
        equal = self._equal[number]
        names = {equal} if equal else {n for b in self._buckets[number] for n in self._members[b]}
        if names:
            rows = self._client.hmget(self._layout.kept, sorted(names))
            yield from (Row.unpacked(row) for row in rows if row is not None)
        joined = {n for b in self._buckets[number] for n in self._joining.get(b, ())}
        if (same := self._numbers.get(self._digests[number])) is not None:
            joined.add(same)
        yield from (self._kept[other][0] for other in sorted(joined))

    def _size(self, bucket: bytes) -> int:
        return len(self._members[bucket]) + len(self._joining.get(bucket, ()))


def _jaccard(left: Hashes, right: Hashes) -> float:
    common = len(np.intersect1d(left, right, assume_unique=True))
    return common / (len(left) + len(right) - common)


def _client(url: str) -> Any:
    try:
        import redis
    except ImportError as error:
        raise MissingExtraError(extra="redis", need="SharedIndex needs redis") from error
    return redis.Redis.from_url(url)


def _shown(url: str) -> str:
    """Return where a server is, without the user's name and password.

    >>> _shown("redis://:secret@cache:6379/0")
    'redis://cache:6379/0'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
