"""The ordered half of a run: decide on duplicates, count, and write in input order."""

from collections.abc import Sequence
from typing import Any

from textclean.document import Document
from textclean.engines.journal import CHECKPOINT_BYTES, Journal, Position
from textclean.engines.look import drop_counts
from textclean.engines.sinks import Sinks
from textclean.engines.surveyor import Surveyor
from textclean.engines.work import WorkedChunk, WorkedRecord, Worker
from textclean.errors import InputError
from textclean.io.cutting import Chunk
from textclean.io.json_records import build_record
from textclean.io.records import Frame
from textclean.recipe import Recipe
from textclean.report import Report, StageCounts
from textclean.stage import Drop, OrderedColumnStage

#: The ledger's reason for a record that was set aside: its place in the input, nothing else.
SET_ASIDE = "input.set-aside"


class Finisher:
    """Takes worked chunks in input order; decides, counts and writes.

    Args:
        worker: For the ordered stage, the stages after it, and encoding.
        sinks: The open outputs.
        report: Counted into.
        journal: Gets a checkpoint now and then.
        surveyor: Sees every record, for a report page.
    """

    def __init__(
        self,
        worker: Worker,
        sinks: Sinks,
        report: Report,
        journal: Journal | None = None,
        surveyor: Surveyor | None = None,
    ) -> None:
        self.worker = worker
        self.sinks = sinks
        self.report = report
        self.journal = journal
        self.surveyor = surveyor
        self.ordered = worker.ordered
        self._bad_unended = False
        self._chunks = 0
        self._bytes = 0
        self._ids: list[str] = []  # of the records kept since the last checkpoint
        self._asks_for_ids = worker.job.recipe.id_field != Recipe().id_field
        for stage in worker.pipeline.stages:
            report.count(stage.name, StageCounts())

    def finish(self, chunk: Chunk, worked: WorkedChunk) -> None:
        """Decide on, count and write the records of one chunk.

        Raises:
            InputError: A record is broken and no ``--bad-records`` takes it.
        """
        self.sinks.begin(chunk)
        if self._asks_for_ids and not self.report.has_ids:
            self.report.has_ids = _has_ids(chunk, worked)
        self._decide(chunk, worked)
        if self.worker.tail.stages:
            self._go_on(chunk, list(worked.records.values()))
        reached = 0
        for place in sorted(worked.records):
            self._write_plain(chunk, worked, reached, place)
            self._finish(chunk, worked.records[place])
            reached = place + 1
        self._write_plain(chunk, worked, reached, len(worked))
        if self.surveyor is not None:
            self.surveyor.remember(chunk)
        self._chunks += 1
        before, self._bytes = self._bytes, self._bytes + len(chunk.data)
        if self.journal and before // CHECKPOINT_BYTES < self._bytes // CHECKPOINT_BYTES:
            self.journal.add(self._checkpoint())

    def take_up(self, position: Position) -> None:
        """Go on from where an earlier run came to."""
        self._chunks = position.chunks
        self._bytes = position.input_bytes
        self._bad_unended = position.bad_unended
        self.report.take_up(position.report)
        self.report.has_ids = position.has_ids
        if self.surveyor is not None:
            self.surveyor.take_up(position.survey)

    def _checkpoint(self) -> dict[str, Any]:
        ids, self._ids = self._ids, []
        return {
            **self.sinks.checkpoint(),
            "chunks": self._chunks,
            "input_bytes": self._bytes,
            "report": self.report.to_json(),
            "ids": ids,
            "survey": self.surveyor.checkpoint() if self.surveyor is not None else {},
            "bad_unended": self._bad_unended,
            "has_ids": self.report.has_ids,
        }

    def _decide(self, chunk: Chunk, worked: WorkedChunk) -> None:
        if self.ordered is None or worked.measures is None:
            return
        # Ids and measures decide; the texts stay where they are.
        ids = [worked.ids[place] for place in worked.alive]
        if isinstance(self.ordered, OrderedColumnStage):
            drops = self.ordered.find_drops(ids, worked.measures)
        else:
            outcomes = self.ordered.decide([Document(id_, "") for id_ in ids], worked.measures)
            drops = {at: o.drop for at, o in enumerate(outcomes) if o.drop is not None}
        for at, drop in drops.items():
            record = worked.record(chunk, worked.alive[at])
            record.leave(drop, self.ordered.name)

    def _finish(self, chunk: Chunk, record: WorkedRecord) -> None:
        """Count and write one record, or set it aside."""
        if record.fault is not None:
            self._set_aside(chunk, record)
        elif record.passes:
            self.sinks.pass_on(chunk, record.frame)
        else:
            self.report.records_in += 1
            if record.drop is not None:
                self._drop(chunk, record, record.drop)
            else:
                self._write(chunk, record)
            if self.surveyor is not None:
                self.surveyor.see(self.report.records_in, self._chunks, chunk, record)

    def _write_plain(self, chunk: Chunk, worked: WorkedChunk, first: int, last: int) -> None:
        """Count and write records to which nothing happened, as they came."""
        if first == last:
            return
        assert worked.lines is not None  # noqa: S101 - else every record is one by itself
        self.report.records_in += last - first
        self.report.records_out += last - first
        if self.journal and self.ordered is not None:
            self._ids += worked.ids[first:last]
        starts, ends = worked.lines.starts[first:last], worked.lines.ends[first:last]
        gaps = (starts[1:] != ends[:-1]).nonzero()[0]  # blank lines
        begins = [int(starts[0]), *starts[gaps + 1].tolist()]
        stops = [*ends[gaps].tolist(), int(ends[-1])]
        for begin, stop in zip(begins, stops, strict=True):
            self.sinks.write_plain(chunk, begin, stop)

    def _go_on(self, chunk: Chunk, records: Sequence[WorkedRecord]) -> None:
        """Run the stages that stand after the ordered one."""
        waiting = [r for r in records if r.drop is None and r.result is not None]
        results = self.worker.tail.go_on([r.result for r in waiting if r.result is not None])
        for record, result in zip(waiting, results, strict=True):
            if result.drop is not None:
                record.leave(result.drop, result.trace[-1].stage, drop_counts(result))
            else:
                self.worker.encode(chunk, record, result)

    def _set_aside(self, chunk: Chunk, record: WorkedRecord) -> None:
        if self.sinks.bad_records is None:
            raise fault_error(chunk, record)
        if not chunk.continued:
            self.report.records_in += 1
            self.report.set_aside += 1
            self._note_set_aside()
        raw = self._raw(chunk, record.frame, line_end=True)
        if self._bad_unended and not chunk.continued:
            self.sinks.bad_records.write(b"\n")
        self.sinks.bad_records.write(raw)
        self._bad_unended = not raw.endswith(b"\n")

    def _note_set_aside(self) -> None:
        """Leave the record's place in the ledger, without which nobody could count on."""
        if self.sinks.edits is not None:
            row = {
                "record": self.report.records_in,
                "id": None,
                "stage": "input",
                "pass": 1,
                "start": 0,
                "end": 0,
                "before": "",
                "after": "",
                "reason": SET_ASIDE,
            }
            self.sinks.edits.write(build_record(row) + b"\n")

    def _raw(self, chunk: Chunk, frame: Frame, *, line_end: bool = False) -> bytes:
        """Return a record as it came in."""
        if chunk.fault is not None:
            return chunk.data
        raw = self.worker.source(chunk).cut(chunk.data, frame)
        if line_end:
            raw += b"\n" if chunk.format == "parquet" else chunk.data[frame.content_end : frame.end]
        return raw

    def _drop(self, chunk: Chunk, record: WorkedRecord, drop: Drop) -> None:
        self.report.dropped += 1
        for stage, counts in record.counts:
            self.report.count(stage, counts)
        if drop.duplicate_of is not None:
            self.report.note_duplicate(record.id, drop)
        if self.sinks.dropped is not None:
            row = {
                "record": self.report.records_in,
                "id": record.id,
                "stage": record.drop_stage,
                "reason": drop.reason,
                "duplicate_of": drop.duplicate_of,
                "similarity": drop.similarity,
                "length": drop.length,
                "survivor_length": drop.survivor_length,
                "raw": _text(self._raw(chunk, record.frame)),
            }
            self.sinks.dropped.write(build_record(row) + b"\n")

    def _write(self, chunk: Chunk, record: WorkedRecord) -> None:
        report = self.report
        report.records_out += 1
        report.changed += record.changed
        report.emptied += record.emptied
        for stage, counts in record.counts:
            report.count(stage, counts)
        self.sinks.write(chunk, record)
        if self.journal and self.ordered is not None:
            self._ids.append(record.id)
        if self.sinks.edits is not None and record.ledger:
            head = b'{"record": %d, ' % report.records_in
            self.sinks.edits.write(b"".join(head + row[1:] + b"\n" for row in record.ledger))


def _has_ids(chunk: Chunk, worked: WorkedChunk) -> bool:
    """Whether a record has another name than its place in its source."""
    place = f"{chunk.source}:"
    return any(
        id_ and not (id_.startswith(place) and id_[len(place) :].isdigit()) for id_ in worked.ids
    )


def fault_error(chunk: Chunk, record: WorkedRecord) -> InputError:
    """Return the error that a broken record is where nothing takes it."""
    assert record.fault is not None  # noqa: S101 - the caller looked
    message, at = record.fault
    message += "; --bad-records FILE sets such records aside and goes on"
    line = chunk.first_line + record.frame.line
    return InputError(message, source=chunk.source, line=line, byte_offset=at)


def _text(raw: bytes) -> str:
    r"""Return a record as a string; bytes that are no UTF-8 as lone surrogates, as Python has it.

    >>> _text(b"a\xff")
    'a\udcff'
    """
    return raw.decode("utf-8", "surrogateescape")
