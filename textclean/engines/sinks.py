"""The open outputs of a run: data, ledger, dropped and broken records, report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textclean.engines.journal import Journal, KeptFile, Position
from textclean.engines.signals import held_back
from textclean.engines.work import Job, WorkedRecord
from textclean.errors import OutputError, UsageError
from textclean.io.compression import plain_name
from textclean.io.cutting import Chunk
from textclean.io.delimited import Delimited
from textclean.io.outputs import KeptPart, OutputFile, StandardOutput, is_special
from textclean.io.parquet_output import ROWS, ParquetOutput
from textclean.io.records import Frame
from textclean.io.remote import RemoteOutput
from textclean.io.sources import Source
from textclean.report import Report

if TYPE_CHECKING:
    from textclean.dedup.folder import IndexFolder, Pending

_SUFFIXES = {
    "jsonl": ".jsonl", "lines": ".txt", "text": ".txt", "csv": ".csv", "tsv": ".tsv",
    "parquet": ".parquet", "warc": ".warc",
}  # fmt: skip

Output = OutputFile | StandardOutput | ParquetOutput | RemoteOutput


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a run writes; None: nowhere, or stdout for ``output``, which may be a URL."""

    output: Path | str | None = None
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
        job: What is written.
        expected: Sources of a folder run whose files must be there even without a record.
        position: How far an earlier run came; its files are gone on with.
    """

    def __init__(
        self,
        targets: Targets,
        job: Job,
        expected: Sequence[Source] = (),
        position: Position | None = None,
    ) -> None:
        self.targets = targets
        self.job = job
        self._expected = expected
        self._format = job.target
        self._kept = dict(position.files) if position is not None else {}
        self._opened: list[Output] = []
        self._formats: dict[Path, str] = {}
        self._told: dict[str, KeptFile] = dict(self._kept)  # what the journal knows
        self._finished: set[str] = set()  # of these, what will not change any more
        self._main: Output | None = None
        self._main_source = -1
        self._unended: Output | None = None  # the output whose last record has no line end
        try:
            self.edits = self._side(targets.edits)
            self.dropped = self._side(targets.dropped)
            self.bad_records = self._side(targets.bad_records)
            self._try_report(targets.report)
            if not targets.is_folder:
                self._main = self._open_main(targets.output, job.target or "", job.header)
            if position is not None:
                self._take_up(position)
        except BaseException:
            self.abort(keep=position is not None)
            raise

    @staticmethod
    def _try_report(path: Path | None) -> None:
        """Fail now, not in hour nine, where the report cannot be written."""
        if path is not None and not is_special(path):
            OutputFile(path).abort()

    def begin(self, chunk: Chunk) -> None:
        """Open the output of a chunk's source, should no record of it be kept."""
        if self.targets.is_folder and (self._format == "text" or chunk.format == "text"):
            return
        output = self._output(chunk, 0)
        if isinstance(output, ParquetOutput) and chunk.format == "parquet":
            output.expect(chunk.data)

    def write(self, chunk: Chunk, record: WorkedRecord) -> None:
        """Write a kept record to the output of its source."""
        frame = record.frame
        output = self._output(chunk, chunk.first_line + frame.line)
        if isinstance(output, ParquetOutput) and record.output is None:
            output.keep_row(chunk.data, frame.start, record.text, record.language)
            return
        raw = record.output
        if raw is None:
            raw = chunk.data[frame.start : frame.end]
        self._write(output, chunk, raw)

    def write_plain(self, chunk: Chunk, start: int, end: int) -> None:
        """Write lines of JSON as they came; they stay JSON Lines."""
        self._write(self._output(chunk, 0), chunk, chunk.data[start:end])

    def _write(self, output: Output, chunk: Chunk, raw: bytes) -> None:
        is_archive = (self._format or chunk.format) == "warc"
        if self._unended is output and chunk.format != "text":
            # the source before this one had no newline at its end
            output.write(b"\r\n\r\n" if is_archive else b"\n")
        output.write(raw)
        self._unended = None if raw.endswith(b"\n") else output
        if isinstance(output, OutputFile) and is_archive:
            output.end_member()

    def pass_on(self, chunk: Chunk, frame: Frame) -> None:
        """Write what is no document where the format stays; another one cannot hold it."""
        if (self._format or chunk.format) == chunk.format:
            self.write(chunk, WorkedRecord(frame))

    def _output(self, chunk: Chunk, line: int) -> Output:
        """Return the output that a record of this chunk goes to."""
        if not self.targets.is_folder:
            assert self._main is not None  # noqa: S101 - opened above
            return self._main
        many = self._format == "text" and chunk.format != "text"
        if self._main is None or many or chunk.source_number != self._main_source:
            if self._main is not None:
                self._main.finish()
            path = folder_path(self.targets, self._format, chunk.source, chunk.format, chunk.inside)
            if many:  # one file a document, numbered: ids never become paths
                path = path.with_suffix("") / f"{line:06d}{path.suffix}"
            self._make_folders(path.parent)
            self._main = self._open_main(
                path, self._format or chunk.format, self._header(chunk.format, chunk.header)
            )
            self._main_source = chunk.source_number
        return self._main

    def _make_folders(self, folder: Path) -> None:
        """Make a folder in the output folder, which is not made again where it is gone."""
        for name in reversed([folder, *folder.parents]):
            if self.targets.output in name.parents:
                name.mkdir(exist_ok=True)

    def _header(self, source_format: str, source_header: bytes) -> bytes:
        """Return what a file of a source begins with."""
        target = self.job.target_format(source_format, source_header)
        return target.output_header if isinstance(target, Delimited) else b""

    def _open_main(self, path: Path | str | None, format_name: str, header: bytes) -> Output:
        """Open an output for records; a file that is gone on with has its header."""
        gone_on = str(path) in self._kept
        is_table = format_name == "parquet"
        if isinstance(path, Path):
            output: Output = self._table(path) if is_table else self._file(path)
        else:
            output = StandardOutput() if path is None else RemoteOutput(path)
            output = self._table(output) if is_table else output
        header = b"" if gone_on else header
        self._keep(output, format_name)
        if header:
            output.write(header)
        return output

    def flush(self) -> None:
        """Send what stdout holds, so that a reader sees it now."""
        if self._main is not None and not self.targets.is_folder:
            self._main.flush()

    def checkpoint(self) -> dict[str, Any]:
        """Write everything to disk; return what a journal must know of it, less what it knows."""
        changed = {}
        for output in self._files():
            name = str(output.path)
            told = self._told.get(name)
            if (
                output.path is None
                or output.part is None
                or (told is not None and name in self._finished)
            ):
                continue
            size = output.checkpoint()
            kept_format = self._formats[output.path]
            if isinstance(output, ParquetOutput):
                kept_format = output.kept_format
            kept = KeptFile(str(output.part), size, kept_format)
            if kept != told:
                self._told[name] = kept
                changed[name] = [kept.part, kept.size, kept.format]
            if output.is_finished:
                self._finished.add(name)
        main = self._main.path if isinstance(self._main, OutputFile | ParquetOutput) else None
        unended = self._unended.path if isinstance(self._unended, OutputFile) else None
        return {
            "files": changed,
            "unended": None if unended is None else str(unended),
            "main": None if main is None else str(main),
            "main_source": self._main_source,
        }

    def commit(
        self, report: Report, journal: Journal | None = None, index: "IndexFolder | None" = None
    ) -> None:
        """Complete every output, the report last; a file whose records all went is empty.

        First everything is written, then everything gets its name: a full disk leaves no name
        behind. With a journal in use, a run that dies between two names can be gone on with.
        The index learns of the run when all names stand, and then the journal goes: whatever is
        done twice, because a run died in between, has the same result the second time.

        Raises:
            OutputError: One of them could not be written.
            RefusedIndexError: The index is not what it was.
        """
        for source in self._expected:
            path = folder_path(
                self.targets, self._format, source.name, source.format, source.inside
            )
            if path not in self._formats:
                self._make_folders(path.parent)
                self._open_main(path, "", self._header(source.format, source.header))
        if self.targets.report is not None:
            output = self._keep(OutputFile(self.targets.report), "")
            output.write(_report_bytes(self.targets.report, report))
        for output in self._opened:
            output.finish()
        pending = None if index is None else index.prepare()
        if journal is not None and journal.is_written:
            kept = None if pending is None else pending.as_json()
            last = {
                "report": report.to_json(),
                "has_ids": report.has_ids,
                "is_complete": True,
                "index": kept,
            }
            journal.add({**self.checkpoint(), **last})
        with held_back():  # a run of which some names stand would be none
            self._give_names(journal, index, pending)

    def _give_names(
        self, journal: Journal | None, index: "IndexFolder | None", pending: "Pending | None"
    ) -> None:
        """Give everything its name, and the index its articles."""
        for output in self._opened:
            output.commit()
        if index is not None and pending is not None:
            try:
                index.publish(pending)
            except OutputError as error:
                message = f"{error}; the outputs are complete, and a repeated run teaches the index"
                raise OutputError(message) from error
        if journal is not None:
            journal.remove()

    def abort(self, *, keep: bool = False) -> None:
        """Leave nothing unfinished under a final name.

        Args:
            keep: Leave the temporary files to a run that goes on with them.
        """
        for output in self._opened:
            known = None
            if keep and isinstance(output, OutputFile | ParquetOutput):
                known = self._told.get(str(output.path))
            if known is None:
                output.abort()
            elif isinstance(output, ParquetOutput):
                output.keep(Path(known.part))
            elif isinstance(output, OutputFile):
                output.keep()

    def _files(self) -> Iterator[OutputFile | ParquetOutput]:
        both = OutputFile | ParquetOutput
        return (output for output in self._opened if isinstance(output, both))

    def _file(self, path: Path) -> OutputFile:
        """Open an output, or go on with the one that an earlier run began."""
        kept = self._kept.pop(str(path), None)
        return OutputFile(path, None if kept is None else KeptPart(Path(kept.part), kept.size))

    def _table(self, target: Path | StandardOutput | RemoteOutput) -> ParquetOutput:
        """Open a table, or go on with the rows that wait for it."""
        kept = self._kept.pop(str(target), None) if isinstance(target, Path) else None
        part = None if kept is None else KeptPart(Path(kept.part), kept.size)
        field, adds_language = self.job.recipe.text_field, self.job.writes_language
        return ParquetOutput(target, field, adds_language=adds_language, kept=part)

    def _side(self, path: Path | None) -> Output | None:
        return None if path is None else self._keep(self._file(path), "")

    def _take_up(self, position: Position) -> None:
        """Go on with the files of an earlier run: those of a folder too."""
        position.remove_replaced()
        for name, kept in list(self._kept.items()):
            is_table = kept.format == ROWS
            output: Output = self._table(Path(name)) if is_table else self._file(Path(name))
            self._keep(output, "parquet" if is_table else kept.format)
            if name == position.main:
                self._main = output
            else:
                output.finish()
        self._main_source = position.main_source
        self._unended = next((o for o in self._files() if str(o.path) == position.unended), None)

    def _keep(self, output: Output, format_name: str) -> Output:
        path = output.path if isinstance(output, OutputFile | ParquetOutput) else None
        if path is not None and not is_special(path):
            if path in self._formats:
                output.abort()
                message = f"two outputs would both be {path}"
                raise OutputError(message)
            self._formats[path] = format_name
        self._opened.append(output)
        return output


def _report_bytes(path: Path, report: Report) -> bytes:
    """Return a report as its name says: JSON or a page."""
    if path.suffix == ".html":
        from textclean.pages.report import report_page

        return report_page(report).encode()
    import json

    return (json.dumps(report.to_json(), indent=2) + "\n").encode()


def name_all(journal: Journal, position: Position, index: "IndexFolder | None" = None) -> None:
    """Give the outputs of a run their names that died while it did just that.

    Raises:
        OutputError: One of them cannot get its name.
        RefusedIndexError: The index is not what it was.
    """
    position.remove_replaced()
    for path, kept in position.files.items():
        if Path(kept.part).exists():
            OutputFile(Path(path), KeptPart(Path(kept.part), kept.size)).commit()
    if index is not None and position.index is not None:
        from textclean.dedup.folder import Pending

        index.publish(Pending.from_json(position.index))
    journal.remove()


def folder_path(
    targets: Targets,
    target_format: str | None,
    source: str,
    source_format: str,
    inside: Path | None,
) -> Path:
    """Return the file in the output folder that a source's records go to.

    Args:
        targets: Names the folder.
        target_format: Format of the output; None: the source's own.
        source: Name of the source.
        source_format: Its format.
        inside: Where it lies in the folder that was named as an input.
    """
    assert isinstance(targets.output, Path)  # noqa: S101 - only called for folders
    name = Path(source).name
    if target_format is not None and target_format != source_format:
        name = plain_name(Path(name)).stem + _SUFFIXES[target_format]
    elif not Path(name).suffix:
        name += _SUFFIXES[source_format]
    return targets.output / (inside.parent if inside else "") / name


def refuse_colliding_names(
    targets: Targets, target_format: str | None, sources: Sequence[Source]
) -> list[Path]:
    """Return the files a folder run will write; two of one name are refused."""
    seen: dict[Path, str] = {}
    for source in sources:
        path = folder_path(targets, target_format, source.name, source.format, source.inside)
        if path in seen:
            message = f"{seen[path]} and {source.name} would both be written to {path}"
            raise UsageError(message)
        seen[path] = source.name
    return list(seen)
