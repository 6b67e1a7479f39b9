"""Rebuild the input of a run from its output, its ledger and its dropped records."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from textclean.edits import Edit, apply_edits, check_edits
from textclean.engines.finish import SET_ASIDE
from textclean.engines.sinks import Output
from textclean.errors import EditError, InputError
from textclean.io.cutting import Chunk
from textclean.io.formats import TextLines, format_named
from textclean.io.records import Frame, RecordFormat
from textclean.io.sources import Source

_NO_LIMIT = 2**40
#: What rows of the two side files have, as far as it is needed here.
_LEDGER = {
    "record": int, "stage": str, "pass": int, "start": int, "end": int, "before": str, "after": str,
    "reason": str,
}  # fmt: skip
_DROPPED = {"record": int, "raw": str}

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
        self._ledger = _Rows(ledger, _LEDGER)
        self._dropped = _Rows(dropped, _DROPPED)
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
                self._write(_bytes(self._dropped.take()["raw"]), self._line_end)
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
                raw = record_format.rewrite(raw, text, None)
            except InputError as error:
                line = chunk.first_line + frame.line
                raise InputError(error.message, source=chunk.source, line=line) from None
            except (EditError, UnicodeEncodeError):
                message = f"the ledger's edits are of no text that {record_format.name} can hold"
                line = chunk.first_line + frame.line
                raise InputError(message, source=chunk.source, line=line) from None
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
        EditError: They are in no order, or overlap.

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
        check_edits(text, inverse)
        text = apply_edits(text, inverse)
    return text


class _Rows:
    """Rows of a side file, one ahead; each has these members, of these types."""

    def __init__(self, path: Path | None, members: Mapping[str, type]) -> None:
        self.path = path
        self._rows = iter(()) if path is None else _parsed(path, members)
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


def _parsed(path: Path, members: Mapping[str, type]) -> Iterator[Row]:
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
            for name, kind in members.items():
                if not isinstance(row[name], kind):
                    message = f"{name!r} is {row[name]!r:.60}"
                    raise TypeError(message)  # noqa: TRY301 - told below
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            message = f"no ledger of textclean: {error}"
            raise InputError(message, source=str(path), line=number) from None
        yield row


def _bytes(raw: str) -> bytes:
    """Return a dropped record as it came in.

    Raises:
        InputError: It never was bytes.
    """
    try:
        return raw.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        message = f"the dropped records hold one that never was bytes: {raw!r:.60}"
        raise InputError(message) from None


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a side file, compressed or not."""
    for chunk in Source(str(path), 0, "jsonl").chunks(_NO_LIMIT):
        for frame in TextLines().frames(chunk.data):
            yield chunk.data[frame.start : frame.end]
