"""The ordered half of a run: decide on duplicates, count, and write in input order."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textclean.document import Document
from textclean.engines.work import WorkedChunk, WorkedRecord, Worker
from textclean.errors import InputError, OutputError, UsageError
from textclean.io.compression import plain_name
from textclean.io.json_records import build_record
from textclean.io.outputs import Output, OutputFile, StandardOutput, commit_all, is_special
from textclean.io.sources import Chunk, Source
from textclean.report import Report, StageCounts
from textclean.stage import Drop, Outcome

_SUFFIXES = {"jsonl": ".jsonl", "lines": ".txt", "text": ".txt"}


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a run writes; None: nowhere, or stdout for ``output``."""

    output: Path | None = None
    is_folder: bool = False
    edits: Path | None = None
    dropped: Path | None = None
    bad_records: Path | None = None
    report: Path | None = None

    def side_files(self) -> list[Path]:
        """Return the paths beside the output itself."""
        files = (self.edits, self.dropped, self.bad_records, self.report)
        return [path for path in files if path is not None]


class Sinks:
    """The open outputs of a run; nothing has its final name before ``commit``.

    Args:
        targets: Where to write.
        target_format: Format of the output; None: each source's own.
        expected: Files of a folder run that must be there even without a record.
    """

    def __init__(
        self, targets: Targets, target_format: str | None, expected: Sequence[Path] = ()
    ) -> None:
        self.targets = targets
        self._expected = expected
        self._format = target_format
        self._opened: list[Output] = []
        self._paths: set[Path] = set()
        self._main: Output | None = None
        self._main_source = -1
        try:
            self.edits = self._side(targets.edits)
            self.dropped = self._side(targets.dropped)
            self.bad_records = self._side(targets.bad_records)
            if not targets.is_folder:
                path = targets.output
                self._main = self._keep(StandardOutput() if path is None else OutputFile(path))
        except BaseException:
            self.abort()
            raise

    def main(self, chunk: Chunk, line: int) -> Output:
        """Return the output that a record of this chunk goes to."""
        if not self.targets.is_folder:
            assert self._main is not None  # noqa: S101 - opened above
            return self._main
        many = self._format == "text" and chunk.format != "text"
        if self._main is None or many or chunk.source_number != self._main_source:
            if isinstance(self._main, OutputFile):
                self._main.finish()
            path = folder_path(self.targets, self._format, chunk.source, chunk.format)
            if many:  # one file a document, numbered: ids never become paths
                path = path.with_suffix("") / f"{line:06d}{path.suffix}"
                path.parent.mkdir(exist_ok=True)
            self._main = self._keep(OutputFile(path))
            self._main_source = chunk.source_number
        return self._main

    def flush(self) -> None:
        """Send what stdout holds, so that a reader sees it now."""
        if self._main is not None and not self.targets.is_folder:
            self._main.flush()

    def commit(self, report: Report) -> None:
        """Complete every output, the report last; a file whose records all went is empty."""
        for path in self._expected:
            if path not in self._paths:
                self._keep(OutputFile(path))
        if self.targets.report is not None:
            import json

            output = self._keep(OutputFile(self.targets.report))
            output.write((json.dumps(report.to_json(), indent=2) + "\n").encode())
        commit_all(self._opened)

    def abort(self) -> None:
        """Leave nothing unfinished under a final name."""
        for output in self._opened:
            output.abort()

    def _side(self, path: Path | None) -> Output | None:
        return None if path is None else self._keep(OutputFile(path))

    def _keep(self, output: Output) -> Output:
        if isinstance(output, OutputFile) and not is_special(output.path):
            if output.path in self._paths:
                output.abort()
                message = f"two outputs would both be {output.path}"
                raise OutputError(message)
            self._paths.add(output.path)
        self._opened.append(output)
        return output


def folder_path(
    targets: Targets, target_format: str | None, source: str, source_format: str
) -> Path:
    """Return the file in the output folder that a source's records go to."""
    assert targets.output is not None  # noqa: S101 - only called for folders
    name = Path(source).name
    if target_format is not None and target_format != source_format:
        name = plain_name(Path(name)).stem + _SUFFIXES[target_format]
    elif not Path(name).suffix:
        name += _SUFFIXES[source_format]
    return targets.output / name


def refuse_colliding_names(
    targets: Targets, target_format: str | None, sources: Sequence[Source]
) -> list[Path]:
    """Return the files a folder run will write; two of one name are refused."""
    seen: dict[Path, str] = {}
    for source in sources:
        path = folder_path(targets, target_format, source.name, source.format)
        if path in seen:
            message = f"{seen[path]} and {source.name} would both be written to {path}"
            raise UsageError(message)
        seen[path] = source.name
    return list(seen)


class Finisher:
    """Takes worked chunks in input order; decides, counts and writes.

    Args:
        worker: For the ordered stage, the stages after it, and encoding.
        sinks: The open outputs.
        report: Counted into.
    """

    def __init__(self, worker: Worker, sinks: Sinks, report: Report) -> None:
        self.worker = worker
        self.sinks = sinks
        self.report = report
        self.ordered = worker.ordered
        self._unended: Output | None = None  # the output whose last record has no line end
        self._bad_unended = False
        for stage in worker.pipeline.stages:
            report.count(stage.name, StageCounts())

    def finish(self, chunk: Chunk, worked: WorkedChunk) -> None:
        """Decide on, count and write the records of one chunk.

        Raises:
            InputError: A record is broken and no ``--bad-records`` takes it.
        """
        self._decide(worked)
        if self.worker.tail.stages:
            self._go_on(chunk, worked.records)
        for record in worked.records:
            if record.fault is not None:
                self._set_aside(chunk, record)
                continue
            self.report.records_in += 1
            if record.drop is not None:
                self._drop(chunk, record, record.drop)
            else:
                self._write(chunk, record)

    def _decide(self, worked: WorkedChunk) -> None:
        if self.ordered is None or worked.measures is None:
            return
        alive = [r for r in worked.records if r.fault is None and r.drop is None]
        # Ids and measures decide; the texts stay where they are.
        batch = [Document(record.id, "") for record in alive]
        outcomes: list[Outcome] = self.ordered.decide(batch, worked.measures)
        for record, outcome in zip(alive, outcomes, strict=True):
            if outcome.drop is not None:
                record.drop, record.drop_stage = outcome.drop, self.ordered.name

    def _go_on(self, chunk: Chunk, records: Sequence[WorkedRecord]) -> None:
        """Run the stages that stand after the ordered one."""
        waiting = [r for r in records if r.drop is None and r.result is not None]
        results = self.worker.tail.go_on([r.result for r in waiting if r.result is not None])
        for record, result in zip(waiting, results, strict=True):
            if result.drop is not None:
                record.drop, record.drop_stage = result.drop, result.trace[-1].stage
            else:
                self.worker.encode(chunk, record, result)

    def _set_aside(self, chunk: Chunk, record: WorkedRecord) -> None:
        assert record.fault is not None  # noqa: S101 - the caller looked
        message, at = record.fault
        line = chunk.first_line + record.frame.line
        if self.sinks.bad_records is None:
            message += "; --bad-records FILE sets such records aside and goes on"
            raise InputError(message, source=chunk.source, line=line, byte_offset=at)
        if not chunk.continued:
            self.report.records_in += 1
            self.report.set_aside += 1
        raw = chunk.data[record.frame.start : record.frame.end]
        if self._bad_unended and not chunk.continued:
            self.sinks.bad_records.write(b"\n")
        self.sinks.bad_records.write(raw)
        self._bad_unended = not raw.endswith(b"\n")

    def _drop(self, chunk: Chunk, record: WorkedRecord, drop: Drop) -> None:
        self.report.dropped += 1
        counts = StageCounts(documents=1)
        counts.reasons[drop.reason] = 1
        self.report.count(record.drop_stage, counts)
        if self.sinks.dropped is not None:
            raw = chunk.data[record.frame.start : record.frame.content_end]
            row = {
                "record": self.report.records_in,
                "id": record.id,
                "stage": record.drop_stage,
                "reason": drop.reason,
                "duplicate_of": drop.duplicate_of,
                "similarity": drop.similarity,
                "raw": raw.decode(),
            }
            self.sinks.dropped.write(build_record(row) + b"\n")

    def _write(self, chunk: Chunk, record: WorkedRecord) -> None:
        report = self.report
        report.records_out += 1
        report.changed += record.changed
        report.emptied += record.emptied
        for stage, counts in record.counts:
            report.count(stage, counts)
        frame = record.frame
        raw = record.output
        if raw is None:
            raw = chunk.data[frame.start : frame.end]
        output = self.sinks.main(chunk, chunk.first_line + frame.line)
        if self._unended is output and chunk.format != "text":
            output.write(b"\n")  # the source before this one had no newline at its end
        output.write(raw)
        self._unended = None if raw.endswith(b"\n") else output
        if self.sinks.edits is not None and record.ledger:
            head = b'{"record": %d, ' % report.records_in
            self.sinks.edits.write(b"".join(head + row[1:] + b"\n" for row in record.ledger))
