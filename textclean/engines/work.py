"""What happens to one chunk: read its records, clean them, measure, encode. Runs anywhere.

The half that needs order (near-duplicates, counting, writing) is in ``finish.py``.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from textclean.document import Document
from textclean.edits import apply_edits
from textclean.engines.look import drop_counts, look_at, stage_counts
from textclean.errors import InputError
from textclean.io.cutting import Chunk
from textclean.io.formats import DELIMITED_FORMATS, format_named
from textclean.io.json_records import build_record, refuse_surrogates, with_member
from textclean.io.records import Frame, RecordFormat
from textclean.pipeline import Pipeline, Result, worth_columns
from textclean.recipe import SCORE_FIELD, Recipe, build_stages
from textclean.report import StageCounts
from textclean.stage import Drop, OrderedColumnStage, Stage
from textclean.stages.line_breaks import JoinLines
from textclean.survey import Look

if TYPE_CHECKING:
    from textclean.io.json_lines import Lines
    from textclean.kernels.columns import Columns

#: Output formats that can hold any JSON record, whatever else is in it.
_HOLD_ALL = (None, "jsonl")
#: Loading NumPy takes as long as to read a few hundred records one by one.
_WORTH_ARRAYS = 50_000


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker must know; crosses the process border once.

    Attributes:
        recipe: The settings.
        target: Name of the output format; None: each source's own.
        edits: Whether the ledger is wanted.
        surveyed: Whether each document is measured for a report page.
        header: The column names of new CSV or TSV files.
        triage: Whether a stage passes over documents that it could not change.
    """

    recipe: Recipe
    target: str | None = None
    edits: bool = False
    surveyed: bool = False
    header: bytes = b""
    triage: bool = True

    @property
    def writes_language(self) -> bool:
        """Whether records get a field ``language``."""
        return self.recipe.detect_language or "language" in self.recipe.stages

    def source_format(self, name: str, header: bytes) -> RecordFormat:
        """Return the format of a source with this header."""
        return self._named(name, header)

    def target_format(self, source: str, header: bytes) -> RecordFormat:
        """Return the format of what is written for a source."""
        target = self.target or source
        return self._named(target, header if target == source else self.header)

    def _named(self, name: str, header: bytes) -> RecordFormat:
        text, id_ = self.recipe.text_field, self.recipe.id_field
        return format_named(name, text, id_, header, adds_language=self.writes_language)


@dataclass(slots=True)
class WorkedRecord:
    """One record after the pure half of the pipeline.

    Attributes:
        frame: Where it stands in its chunk.
        id: The record's id.
        fault: What is wrong with it and at which byte of its source, or None.
        drop: Set when a stage before the ordered one dropped it.
        drop_stage: Name of that stage.
        output: Its bytes when they differ from those that came in, else None.
        ledger: Its edits as JSON objects without their ``record`` member.
        counts: What each stage did to it; of a dropped one, what dropped it.
        changed: Its text is another.
        emptied: Its text became empty.
        passes: It is no document: it is written as it is where the format stays, and not counted.
        text: For a table's row: its text when that changed.
        language: For a table's row: its language when one is written.
        look: What is measured of it, where that is wanted.
        result: Kept only when stages follow the ordered one.
    """

    frame: Frame
    id: str = ""
    fault: tuple[str, int] | None = None
    drop: Drop | None = None
    drop_stage: str = ""
    output: bytes | None = None
    ledger: tuple[bytes, ...] = ()
    counts: tuple[tuple[str, StageCounts], ...] = ()
    changed: bool = False
    emptied: bool = False
    passes: bool = False
    text: str | None = None
    language: str | None = None
    look: Look | None = None
    result: Result | None = None

    def leave(self, drop: Drop, stage: str, counts: StageCounts | None = None) -> None:
        """Note that a stage dropped it; what other stages did to it counts no longer."""
        counts = counts or StageCounts(1, reasons=Counter([drop.reason]))
        self.drop, self.drop_stage, self.counts = drop, stage, ((stage, counts),)


@dataclass(slots=True)
class WorkedChunk:
    """A chunk's records after the pure half of the pipeline.

    Attributes:
        records: By place in the chunk; where ``lines`` is set, only those that are not simply
            written as they came.
        ids: The ids of all records; of those that are no documents empty.
        alive: Places of the documents still in the stream.
        measures: The ordered stage's measures of these.
        lines: Where all records stand.
    """

    records: dict[int, WorkedRecord]
    ids: Sequence[str]
    alive: Sequence[int]
    measures: Sequence[Any] | None = None
    lines: "Lines | None" = None

    def __len__(self) -> int:
        return len(self.ids)

    def record(self, chunk: Chunk, place: int) -> WorkedRecord:
        """Return a record; one that was to be written as it came is made now."""
        if place not in self.records:
            assert self.lines is not None  # noqa: S101 - else all are there
            frame = self.lines.frame(chunk.data, place)
            self.records[place] = WorkedRecord(frame, self.ids[place])
        return self.records[place]


class Worker:
    """Cleans chunks; one per process.

    Args:
        job: The job; the pipeline is built from it here, so that no stage crosses a process
            border.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.pipeline = job_pipeline(job)
        self.head, self.ordered, self.tail = self.pipeline.split()

    def work(self, chunk: Chunk) -> WorkedChunk:
        """Read, clean, measure and encode the records of a chunk."""
        # What came in is forgotten before measuring: one record may be most of what memory holds.
        worked, left = self._worked(chunk)
        if self.ordered is None:
            return worked
        if isinstance(left, list):
            worked.measures = self.ordered.measure(left)
        else:
            assert isinstance(self.ordered, OrderedColumnStage)  # noqa: S101 - asked below
            worked.measures = self.ordered.measure_columns(left)
        return worked

    def _worked(self, chunk: Chunk) -> "tuple[WorkedChunk, Columns | list[Document]]":
        """Read, clean and encode the records of a chunk; return what is left to be measured."""
        worked, texts = self._read_lines(chunk) or self._read_all(chunk)
        places = worked.alive

        def document_at(at: int) -> Document:
            return Document(worked.ids[places[at]], texts[at])

        results, columns = self._clean(texts, document_at)
        every = worked.lines is None or bool(self.tail.stages) or not self._stays(chunk)
        every = every or self.job.surveyed  # each one is looked at, also where nothing happened
        for at in range(len(texts)) if every else sorted(results):
            record = worked.record(chunk, places[at])
            if at not in results:
                results[at] = _untouched(document_at(at))
            self._note(chunk, record, results[at])
        dropped = {at for at, result in results.items() if result.drop is not None}
        alive = [at for at in range(len(texts)) if at not in dropped]
        worked.alive = [places[at] for at in alive]
        if isinstance(self.ordered, OrderedColumnStage) and columns is not None:
            return worked, columns.chosen(alive)
        chosen = alive if self.ordered is not None else ()
        return worked, [results[n].document if n in results else document_at(n) for n in chosen]

    def _read_lines(self, chunk: Chunk) -> tuple[WorkedChunk, Sequence[str]] | None:
        """Read a chunk of sound JSON Lines at once; None where that cannot be done."""
        if chunk.fault is not None or chunk.format != "jsonl" or self.job.target not in _HOLD_ALL:
            return None
        if not self.job.triage:
            return None
        if not (len(chunk.data) >= _WORTH_ARRAYS or "numpy" in sys.modules):
            return None
        from textclean.io.json_lines import read_lines

        recipe = self.job.recipe
        read = read_lines(chunk.data, recipe.text_field, recipe.id_field, recipe.max_record_bytes)
        if read is None:
            return None
        lines, ids, texts = read
        if None in ids:
            own = zip(ids, lines.numbers.tolist(), strict=True)
            first = f"{chunk.source}:"
            ids = [f"{first}{chunk.first_line + n}" if id_ is None else id_ for id_, n in own]
        return WorkedChunk({}, cast(Sequence[str], ids), range(len(ids)), lines=lines), texts

    def _read_all(self, chunk: Chunk) -> tuple[WorkedChunk, Sequence[str]]:
        """Read a chunk record by record."""
        records, documents = self.read(chunk)
        sound = [n for n, r in enumerate(records) if r.fault is None and not r.passes]
        ids = [record.id for record in records]
        worked = WorkedChunk(dict(enumerate(records)), ids, sound)
        return worked, [document.text for document in documents]

    def _clean(
        self, texts: Sequence[str], document_at: Callable[[int], Document]
    ) -> "tuple[dict[int, Result], Columns | None]":
        """Return results by place, of documents to which something happened; and their texts."""
        if not self.job.triage or not worth_columns(texts):
            results = self.head.process([document_at(at) for at in range(len(texts))])
            return {at: result for at, result in enumerate(results) if _is_touched(result)}, None
        from textclean.kernels.columns import Columns

        swept = self.head.sweep(Columns(texts), [None] * len(texts), document_at)
        return swept.results, swept.columns

    def _note(self, chunk: Chunk, record: WorkedRecord, result: Result) -> None:
        """Put a result into its record."""
        if self.job.surveyed:
            record.look = look_at(result, chunk.data[record.frame.start : record.frame.end])
        if result.drop is not None:
            record.leave(result.drop, result.trace[-1].stage, drop_counts(result))
        elif self.tail.stages:
            record.result = result
        else:
            self.encode(chunk, record, result)

    def _stays(self, chunk: Chunk) -> bool:
        """Whether a record that no stage changes is written as it came."""
        job = self.job
        same = job.target in {None, chunk.format}
        return same and not job.writes_language and not job.recipe.repetition_score

    def read(self, chunk: Chunk) -> tuple[list[WorkedRecord], list[Document]]:
        """Return the records of a chunk, and the documents of those that are sound."""
        if chunk.fault is not None:
            frame = Frame(0, len(chunk.data), len(chunk.data), 0)
            return [WorkedRecord(frame, fault=(chunk.fault, chunk.byte_offset))], []
        source = self.source(chunk)
        records = []
        documents = []
        for frame in source.frames(chunk.data):
            record = WorkedRecord(frame)
            records.append(record)
            document = self._parse(chunk, source, record)
            if document is not None:
                documents.append(document)
        return records, documents

    def read_sound(self, chunk: Chunk, source: str) -> list[Document]:
        """Return the documents of a chunk, for a command that sets no record aside.

        Args:
            chunk: From a source.
            source: What messages call it.

        Raises:
            InputError: A record is broken; it says which line and byte.
        """
        records, documents = self.read(chunk)
        for record in records:
            if record.fault is not None:
                message, at = record.fault
                line = chunk.first_line + record.frame.line
                raise InputError(message, source=source, line=line, byte_offset=at)
        return documents

    def encode(self, chunk: Chunk, record: WorkedRecord, result: Result) -> None:
        """Fill in the record's output, ledger and counts from its result."""
        text, before = result.document.text, result.original.text
        record.changed = text != before
        record.emptied = record.changed and not text
        if result.trace:
            record.counts = tuple(stage_counts(result))
            if self.job.edits:
                record.ledger = tuple(_ledger(record.id, result))
        if self._stays(chunk) and not record.changed:
            return
        source = self.source(chunk)
        target = self.job.target_format(chunk.format, chunk.header)
        language = result.document.language if self.job.writes_language else None
        if target.name == source.name == "parquet":
            record.text = text if record.changed else None
            record.language = language
        elif target.name != source.name:
            members = source.members(source.cut(chunk.data, record.frame))
            if self.job.recipe.repetition_score:
                members = {**members, SCORE_FIELD: _score(result)}
            record.output = target.build(record.id, text, language, members)
        else:
            rewritten = source.rewrite(
                source.cut(chunk.data, record.frame), text if record.changed else None, language
            )
            if self.job.recipe.repetition_score:
                rewritten = with_member(rewritten, SCORE_FIELD, _score(result))
            record.output = rewritten + chunk.data[record.frame.content_end : record.frame.end]

    def _parse(self, chunk: Chunk, source: RecordFormat, record: WorkedRecord) -> Document | None:
        """Return the record as a document; a broken one gets its fault instead."""
        frame = record.frame
        try:
            raw = source.cut(chunk.data, frame)
            self._check_size(raw)
            parsed = source.parse(raw)
            if parsed is None:
                record.passes = True
                return None
            refuse_surrogates(parsed.text, self.job.target or chunk.format)
            if self.job.target in DELIMITED_FORMATS and self.job.target != chunk.format:
                target = self.job.target_format(chunk.format, chunk.header)
                target.check_members(source.members(raw))
        except InputError as error:
            at = chunk.byte_offset + frame.start + (error.byte_offset or 0)
            record.fault = (error.message, at)
            return None
        record.id = parsed.id if parsed.id is not None else self._own_id(chunk, frame)
        return Document(record.id, parsed.text)

    def _check_size(self, raw: bytes) -> None:
        limit = self.job.recipe.max_record_bytes
        if len(raw) > limit:
            message = f"the record is larger than --max-record-bytes ({limit:,})"
            raise InputError(message, byte_offset=0)

    @staticmethod
    def _own_id(chunk: Chunk, frame: Frame) -> str:
        return f"{chunk.source}:{chunk.first_line + frame.line}"

    def source(self, chunk: Chunk) -> RecordFormat:
        """Return the format of a chunk's records."""
        return self.job.source_format(chunk.format, chunk.header)


def _score(result: Result) -> bytes:
    """Return the field ``repetition_score`` of a record."""
    from textclean.stages.repetition import traced_score

    return build_record(traced_score(result.original, result.trace).to_json())


def _untouched(document: Document) -> Result:
    return Result(document, document)


def _is_touched(result: Result) -> bool:
    return bool(result.trace) or result.document.language is not None


def job_pipeline(job: Job) -> Pipeline:
    """Return the recipe's pipeline; documents that become lines lose their line breaks."""
    stages: list[Stage] = build_stages(job.recipe)
    if job.target == "lines":
        ordered = bool(stages) and stages[-1].name == "duplicates"
        stages.insert(len(stages) - ordered, JoinLines())
    return Pipeline(stages, triage=job.triage)


def _ledger(id_: str, result: Result) -> Iterator[bytes]:
    """Yield the ledger's objects, less their ``record`` member, which the parent knows."""
    text = result.original.text
    for step in result.trace:
        for edit in step.edits:
            row: Mapping[str, Any] = {
                "id": id_,
                "stage": step.stage,
                "pass": step.run,
                "start": edit.start,
                "end": edit.end,
                "before": text[edit.start : edit.end],
                "after": edit.replacement,
                "reason": edit.reason,
            }
            yield build_record(dict(row))
        text = apply_edits(text, step.edits)
