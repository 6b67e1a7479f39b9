"""Rebuild the input of a run from its output, its ledger and its dropped records."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from textclean.edits import Edit, apply_edits
from textclean.engines.finish import SET_ASIDE
from textclean.engines.sinks import Output
from textclean.errors import InputError
from textclean.io.cutting import Chunk
from textclean.io.formats import TextLines, format_named
from textclean.io.records import Frame, RecordFormat
from textclean.io.sources import Source

_NO_LIMIT = 2**40

Row = Mapping[str, Any]


class Undo:
    r"""Gives the records of a run back, in the order of its input.

    A text comes back as it was, and so does every other byte of a record, except that a JSON
    string may write a character another way (``\u00e9`` for ``é``) and that fields which the run
    added (``language``, ``repetition_score``) stay.

    Args:
        ledger: Rows of ``--edits``; None when nothing was edited.
        dropped: Rows of ``--dropped``; None when nothing was dropped.
        bad_records: What ``--bad-records`` took, a line each; without it they are left out.
        output: Written to.
    """

    def __init__(
        self,
        ledger: Path | None,
        dropped: Path | None,
        bad_records: Path | None,
        output: Output,
    ) -> None:
        self._ledger = _Rows(ledger)
        self._dropped = _Rows(dropped)
        self._bad = iter(() if bad_records is None else _lines(bad_records))
        self._output = output
        self._number = 0
        self._line_end = b"\n"
        self._unended = False

    def run(self, sources: Sequence[Source], text_field: str, id_field: str) -> int:
        """Rebuild the input of all sources; return the number of records written.

        Raises:
            InputError: The files do not belong together.
        """
        for source in sources:
            if source.header:
                self._output.write(source.header)
            for chunk in source.chunks(_NO_LIMIT):
                record_format = format_named(chunk.format, text_field, id_field, chunk.header)
                for frame in record_format.frames(chunk.data):
                    self._fill_gap()
                    self._number += 1
                    self._restore(chunk, frame, record_format)
        self._fill_gap()
        for rows, name in ((self._ledger, "ledger"), (self._dropped, "dropped records")):
            if rows.next is not None:
                message = f"the {name} go on with record {rows.next['record']}, the output does not"
                raise InputError(message)
        return self._number

    def _fill_gap(self) -> None:
        """Write the records that stood before the next one of the output."""
        while True:
            number = self._number + 1
            if self._dropped.is_at(number):
                raw = str(self._dropped.take()["raw"])
                self._write(raw.encode("utf-8", "surrogateescape"), self._line_end)
            elif self._ledger.is_at(number) and self._ledger.next["reason"] == SET_ASIDE:  # type: ignore[index]
                self._ledger.take()
                self._write(next(self._bad, b""), b"")
            else:
                return
            self._number = number

    def _restore(self, chunk: Chunk, frame: Frame, record_format: RecordFormat) -> None:
        raw = chunk.data[frame.start : frame.content_end]
        line_end = chunk.data[frame.content_end : frame.end]
        self._line_end = line_end or self._line_end
        rows = []
        while self._ledger.is_at(self._number):
            rows.append(self._ledger.take())
        if rows:
            try:
                parsed = record_format.parse(raw)
                text = undone("" if parsed is None else parsed.text, rows)
                if record_format.name == "lines" and "\n" in text:
                    message = "the text had several lines, and came from another format"
                    raise InputError(message, byte_offset=0)  # noqa: TRY301 - gets its place below
            except InputError as error:
                line = chunk.first_line + frame.line
                raise InputError(error.message, source=chunk.source, line=line) from None
            raw = record_format.rewrite(raw, text, None)
        self._write(raw, line_end)

    def _write(self, raw: bytes, line_end: bytes) -> None:
        if self._unended and raw:
            self._output.write(b"\n")
        self._output.write(raw + line_end)
        if raw or line_end:
            self._unended = not (raw + line_end).endswith(b"\n")


def undone(text: str, rows: Sequence[Row]) -> str:
    """Return a text as it was before the edits of some ledger rows.

    Raises:
        InputError: The edits are not of this text.

    >>> row = {"stage": "markup", "pass": 1, "start": 0, "end": 3, "before": "<b>", "after": ""}
    >>> undone("bold", [{**row, "reason": "markup.html"}])
    '<b>bold'
    """
    steps = [list(step) for _, step in groupby(rows, lambda row: (row["stage"], row["pass"]))]
    for step in reversed(steps):
        inverse = []
        shift = 0
        for row in step:
            start = row["start"] + shift
            shift += len(row["after"]) - len(row["before"])
            end = start + len(row["after"])
            if text[start:end] != row["after"] or len(row["before"]) != row["end"] - row["start"]:
                message = f"the ledger does not fit: {row['after']!r:.60} is not at {start}"
                raise InputError(message)
            inverse.append(Edit(start, end, row["before"], row["reason"]))
        text = apply_edits(text, inverse)
    return text


class _Rows:
    """Rows of a side file, one ahead."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._rows = iter(()) if path is None else _parsed(path)
        self.next: Row | None = next(self._rows, None)

    def is_at(self, number: int) -> bool:
        """Tell whether the next row is of this record."""
        return self.next is not None and self.next["record"] == number

    def take(self) -> Row:
        """Return the next row and go on."""
        taken = self.next
        assert taken is not None  # noqa: S101 - the caller looked
        self.next = next(self._rows, None)
        return taken


def _parsed(path: Path) -> Iterator[Row]:
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
            row["record"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            message = f"no ledger of textclean: {error}"
            raise InputError(message, source=str(path), line=number) from None
        yield row


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a side file, compressed or not."""
    for chunk in Source(str(path), 0, "jsonl").chunks(_NO_LIMIT):
        for frame in TextLines().frames(chunk.data):
            yield chunk.data[frame.start : frame.end]
