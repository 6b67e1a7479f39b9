"""Gathers what a report page shows: every record is counted, a bounded sample is kept.

For each reason the records with the smallest hash of their position are shown: a sample that does
not depend on workers or on when the run was cut off. They are kept raw and cleaned once more at
the end, so that no text crosses a process border for it.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from textclean.diff.hunks import Hunk, hunks
from textclean.document import Document
from textclean.edits import apply_edits
from textclean.engines.survivors import Survivors
from textclean.engines.work import WorkedRecord, Worker
from textclean.io.cutting import Chunk
from textclean.io.records import Frame
from textclean.pipeline import Result, reasons_of
from textclean.stage import Drop
from textclean.stages.duplicates import DropNearDuplicates
from textclean.survey import Distributions, Sample, Survey

#: Records shown for each reason: of drops that differ from their survivor, of drops that say the
#: same, and of edits.
SHOWN_DROPS, SHOWN_SAME, SHOWN_EDITS = 20, 5, 10
#: Changes shown of one record for one reason.
_SHOWN_HUNKS = 3
#: Larger records are counted, not shown.
_LARGEST_SHOWN = 2**20
#: Code points shown of a text that was dropped without a survivor.
_SHOWN_TEXT = 600


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that may be shown, as it came in.

    Attributes:
        key: Hash of its position: the smallest are shown.
        record: Its position, from 1.
        id: Its id.
        chunk: Number of its chunk.
        frame: Where it stands in that chunk.
        format: Name of its format.
        header: The column names of its source.
        drop: Why it went.
        stage: The stage that dropped it.
    """

    key: int
    record: int
    id: str
    chunk: int
    frame: Frame
    format: str
    header: bytes
    drop: Drop | None
    stage: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a surveyor has seen of a part of the input.

    Attributes:
        distributions: Over its records.
        heaps: For each reason, the records in the sample as ``(-key, record)``.
        kept: Those records, and their bytes.
    """

    distributions: Distributions
    heaps: Mapping[str, Sequence[tuple[int, int]]]
    kept: Mapping[int, tuple[Kept, bytes]]


class Surveyor:
    """Watches a run record by record, in input order.

    Args:
        worker: Cleans the sampled records once more.
        remembers: Whether it keeps the input to find survivors in; else it must be told of them.
    """

    def __init__(self, worker: Worker, *, remembers: bool = True) -> None:
        self._worker = worker
        self._remembers = remembers
        self._distributions = Distributions()
        self._heaps: dict[str, list[tuple[int, int]]] = {}  # by reason: (-key, record)
        self._kept: dict[int, Kept] = {}
        self._uses: dict[int, int] = {}
        self._raw: dict[int, bytes] = {}
        self._survivors = Survivors(worker)

    def remember(self, chunk: Chunk) -> None:
        """Remember a chunk, in which a survivor may stand."""
        if self._remembers:
            self._survivors.remember(chunk)

    def see(self, number: int, place: int, chunk: Chunk, record: WorkedRecord) -> None:
        """Count a record, and keep it if it is in the sample of one of its reasons.

        Args:
            number: Its position in the input, from 1.
            place: Number of its chunk.
            chunk: The chunk.
            record: What became of it.
        """
        if record.look is None:
            return
        drop = record.drop
        survivor = 0
        if drop is not None and drop.duplicate_of is not None:
            survivor = _short_hash(drop.duplicate_of)
        self._distributions.add(record.look, drop, record.drop_stage, survivor)
        frame = record.frame
        if frame.end - frame.start > _LARGEST_SHOWN:
            return
        key = spread(number)
        kept = Kept(
            key,
            number,
            record.id,
            place,
            frame,
            chunk.format,
            chunk.header,
            drop,
            record.drop_stage,
        )
        if drop is not None:
            same = drop.similarity == 1.0
            self._offer(f"{drop.reason} same" if same else drop.reason, kept, chunk)
            return
        for _, counts in record.counts:
            for reason in counts.reasons:
                self._offer(reason, kept, chunk)

    def seen(self) -> Seen:
        """Return all that was seen, for a surveyor that sees the rest."""
        kept = {record: (one, self._raw[record]) for record, one in self._kept.items()}
        return Seen(self._distributions, self._heaps, kept)

    def merge(self, seen: Seen) -> None:
        """Add what another has seen of the next part of the input."""
        self._distributions.merge(seen.distributions)
        for reason, heap in seen.heaps.items():
            for _, record in heap:
                self._offer(reason, *seen.kept[record])

    def wanted(self) -> set[str]:
        """Return the ids of the survivors that are shown beside what repeats them."""
        drops = (kept.drop for kept in self._kept.values() if kept.drop is not None)
        return {drop.duplicate_of for drop in drops if drop.duplicate_of is not None}

    def tell(self, texts: Iterable[tuple[str, str]]) -> None:
        """Take ids and cleaned texts of survivors, in input order."""
        self._survivors.tell(texts)

    def checkpoint(self) -> dict[str, Any]:
        """Return what a journal must know; the records themselves are read again."""
        rows = [
            [k.key, k.record, k.id, k.chunk, _frame_row(k.frame), k.format, k.header.hex(),
             None if k.drop is None else [k.drop.reason, k.drop.duplicate_of, k.drop.similarity],
             k.stage]
            for k in self._kept.values()
        ]  # fmt: skip
        return {
            "distributions": self._distributions.to_json(),
            "heaps": {reason: list(map(list, heap)) for reason, heap in self._heaps.items()},
            "kept": rows,
        }

    def take_up(self, table: Mapping[str, Any]) -> None:
        """Go on from a checkpoint."""
        self._distributions = Distributions.from_json(table["distributions"])
        self._heaps = {
            reason: [(heap[0], heap[1]) for heap in rows] for reason, rows in table["heaps"].items()
        }
        for key, record, id_, chunk, frame, format_, header, drop, stage in table["kept"]:
            self._kept[record] = Kept(
                key,
                record,
                id_,
                chunk,
                Frame(*frame),
                format_,
                bytes.fromhex(header),
                None if drop is None else Drop(*drop),
                stage,
            )
        for heap in self._heaps.values():
            for _, record in heap:
                self._uses[record] = self._uses.get(record, 0) + 1

    def recall(self, place: int, chunk: Chunk) -> None:
        """Look again at a chunk that an earlier run has written."""
        self.remember(chunk)
        for kept in self._kept.values():
            if kept.chunk == place:
                self._raw[kept.record] = self._cut(chunk, kept.frame)

    def survey(self) -> Survey:
        """Return all that was seen, with the sample cleaned once more."""
        found = [self._cleaned(kept) for _, kept in sorted(self._kept.items())]
        pairs = [(kept, result) for kept, result in found if result is not None]
        self._survivors.look_for([(kept.drop, result) for kept, result in pairs if kept.drop])
        samples: dict[tuple[str, str], list[Sample]] = {}
        for kept, result in pairs:
            wanted = {
                r for r, heap in self._heaps.items() if any(n == kept.record for _, n in heap)
            }
            for sample in self._samples(kept, result, wanted):
                samples.setdefault((sample.stage, sample.reason), []).append(sample)
        order = {stage.name: n for n, stage in reversed(list(enumerate(self._stages())))}
        rows = sorted(samples, key=lambda pair: (order.get(pair[0], len(order)), pair[1]))
        stages = [*self._stages(), *([self._worker.ordered] if self._worker.ordered else [])]
        return Survey(
            self._distributions,
            tuple(sample for pair in rows for sample in samples[pair]),
            {**DropNearDuplicates.reasons, **reasons_of(stages)},
        )

    def close(self) -> None:
        """Let the temporary file go."""
        self._survivors.close()

    def _stages(self) -> tuple[Any, ...]:
        return self._worker.pipeline.stages

    def _offer(self, reason: str, kept: Kept, found: Chunk | bytes) -> None:
        """Keep a record that is in the sample of a reason; it stands in a chunk, or is cut out."""
        room = SHOWN_EDITS
        if kept.drop is not None:
            room = SHOWN_SAME if kept.drop.similarity == 1.0 else SHOWN_DROPS
        heap = self._heaps.setdefault(reason, [])
        entry = (-kept.key, kept.record)
        if len(heap) < room:
            heapq.heappush(heap, entry)
        elif entry <= heap[0]:
            return
        else:
            self._release(heapq.heapreplace(heap, entry)[1])
        self._uses[kept.record] = self._uses.get(kept.record, 0) + 1
        if kept.record not in self._kept:
            self._kept[kept.record] = kept
            raw = found if isinstance(found, bytes) else self._cut(found, kept.frame)
            self._raw[kept.record] = raw

    def _release(self, record: int) -> None:
        self._uses[record] -= 1
        if not self._uses[record]:
            del self._uses[record], self._kept[record], self._raw[record]

    def _cut(self, chunk: Chunk, frame: Frame) -> bytes:
        return self._worker.source(chunk).cut(chunk.data, frame)

    def _cleaned(self, kept: Kept) -> tuple[Kept, Result | None]:
        parsed = self._worker.job.source_format(kept.format, kept.header).parse(
            self._raw[kept.record]
        )
        if parsed is None:
            return kept, None
        document = Document(kept.id, parsed.text)
        [result] = self._worker.head.process([document])
        [result] = self._worker.tail.go_on([result])
        return kept, result

    def _samples(self, kept: Kept, result: Result, wanted: set[str]) -> Iterator[Sample]:
        drop = kept.drop
        if drop is not None:
            text = result.text[:_SHOWN_TEXT] if drop.duplicate_of is None else ""
            comparison = self._survivors.comparison(drop, result)
            yield Sample(
                kept.stage,
                drop.reason,
                kept.record,
                kept.id,
                drop=drop,
                comparison=comparison,
                text=text,
            )
            return
        for reason in sorted(wanted):
            text = result.original.text
            shown: list[Hunk] = []
            more, stage = 0, ""
            for step in result.trace:
                of_reason = [edit for edit in step.edits if edit.reason == reason]
                if of_reason:
                    stage = step.stage
                    found = list(hunks(text, of_reason))
                    room = _SHOWN_HUNKS - len(shown)
                    shown += found[:room]
                    more += len(found[room:])
                text = apply_edits(text, step.edits)
            if shown:
                yield Sample(stage, reason, kept.record, kept.id, tuple(shown), more)


def spread(number: int) -> int:
    """Return 64 bits that are spread evenly, whatever the numbers: splitmix64."""
    mixed = (number * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return mixed ^ mixed >> 31


def _short_hash(id_: str) -> int:
    data = id_.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=6).digest(), "big")


def _frame_row(frame: Frame) -> list[int]:
    return [frame.start, frame.content_end, frame.end, frame.line]
