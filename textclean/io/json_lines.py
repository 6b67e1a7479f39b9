"""JSON Lines a chunk at a time: where the lines stand, and their ids and texts.

What one decoder call for the whole chunk refuses, or what might be read otherwise line by line, is
left to ``json_records``, record by record.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.io.json_records import MAXIMUM_DEPTH, id_from_json, record_decoder
from textclean.io.records import Frame, content_end

_LINE_FEED = 0x0A
_BRACKETS = b"[{"
#: First bytes of lines that could be blank.
_BLANKS = np.frombuffer(b"\t\n\r ", np.uint8)


class Lines(NamedTuple):
    """The records of a chunk.

    Attributes:
        starts: ``int64``, where each begins.
        ends: ``int64``, where the next one begins.
        numbers: ``int64``, the line each stands on, from 0 within the chunk.
    """

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]

    def frame(self, data: bytes, place: int) -> Frame:
        """Return the frame of one record."""
        start, end = int(self.starts[place]), int(self.ends[place])
        return Frame(start, content_end(data, start, end), end, int(self.numbers[place]))


class ReadLines(NamedTuple):
    """Records that were read; an id is None where a record has none."""

    lines: Lines
    ids: Sequence[str | None]
    texts: Sequence[str]


def read_lines(data: bytes, text_field: str, id_field: str, maximum: int) -> ReadLines | None:
    r"""Return the records of a chunk; None when they have to be read one by one.

    Args:
        data: JSON Lines.
        text_field: Name of the field with the text.
        id_field: Name of the field with the id.
        maximum: Bytes of the largest record.

    >>> read = read_lines(b'{"id": 7, "text": "a"}\n\n{"text": "b"}', "text", "id", 99)
    >>> read.ids, read.texts, read.lines.numbers.tolist()
    (['7', None], ['a', 'b'], [0, 2])
    """
    import msgspec

    if not (text_field.isidentifier() and id_field.isidentifier()) or text_field == id_field:
        return None
    lines = _lines(data)
    if len(lines.starts) == 0 or (lines.ends - lines.starts).max() > maximum:
        return None
    if _deepest(data, lines) > MAXIMUM_DEPTH or not _is_utf8(data):
        return None
    try:
        rows: list[Any] = record_decoder(text_field, id_field).decode_lines(data)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if len(rows) != len(lines.starts):  # an object over several lines, which are no records
        return None
    ids = [id_from_json(bytes(row.id)) for row in rows]
    return ReadLines(lines, ids, [row.text for row in rows])


def _lines(data: bytes) -> Lines:
    """Return the lines that hold anything."""
    array = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(array == _LINE_FEED) + 1
    if data and not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.concatenate([np.zeros(min(1, len(ends)), np.int64), ends[:-1]])
    numbers = np.arange(len(ends))
    doubtful = np.flatnonzero(np.isin(array[starts], _BLANKS))
    blank = [at for at in doubtful.tolist() if not data[starts[at] : ends[at]].strip(b" \t\r\n")]
    if blank:
        starts, ends, numbers = (np.delete(part, blank) for part in (starts, ends, numbers))
    return Lines(starts, ends, numbers)


def _deepest(data: bytes, lines: Lines) -> int:
    """Return a bound on the nesting of the records: how many brackets one of them holds."""
    others = len(lines.starts) - 1  # each of which holds one at least, or is refused later
    array = np.frombuffer(data, np.uint8)  # which is counted through sooner than bytes are
    count = sum(int(np.count_nonzero(array == bracket)) for bracket in _BRACKETS) - others
    if count <= MAXIMUM_DEPTH:
        return count
    spans = zip(lines.starts.tolist(), lines.ends.tolist(), strict=True)
    return max(data.count(b"[", *span) + data.count(b"{", *span) for span in spans)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
