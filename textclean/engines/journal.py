"""The journal of a batch run: what stands on disk for good, so that a cut-off run can go on.

The journal appears with the first checkpoint and goes when the run is complete. Each of its lines
is JSON behind its CRC-32: a line that was cut or damaged ends what is known, and the run goes on
from the checkpoint before. Nothing is in it that its outputs do not hold already, but for the ids
of the kept records; the memory of near-duplicates is read back from the kept texts themselves.
"""

import contextlib
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from textclean.errors import OutputError, UsageError
from textclean.io.outputs import sync_folder
from textclean.locks import closing, lock
from textclean.version import __version__

#: Input between two checkpoints. A part of the result: compressed outputs start a new stream there.
CHECKPOINT_BYTES = 32 * 2**20

Identity = Mapping[str, Any]


@dataclass(slots=True)
class KeptFile:
    """An output as a checkpoint left it.

    Attributes:
        part: Path of the temporary file.
        size: Its size then.
        format: Record format; empty for side files.
    """

    part: str
    size: int
    format: str


@dataclass(slots=True)
class Position:
    """How far a run came: the sum of the checkpoints in its journal.

    Attributes:
        chunks: Chunks that are written.
        input_bytes: Their bytes.
        report: What was counted.
        files: Outputs by their path, in the order of their opening.
        ids: Ids of the kept records, in order; only when near-duplicates are looked for.
        survey: What was seen for a report page.
        main: The output that was written last.
        main_source: Number of the source it was written for.
        unended: The output whose last record has no line end yet.
        bad_unended: The same of the broken records.
        has_ids: Some record has an id of its own.
        is_complete: Everything is written; only names are missing.
        index: With ``is_complete``: what the index is to learn, as ``Pending.as_json`` has it.
        replaced: Temporary files that others have taken the place of.
    """

    chunks: int = 0
    input_bytes: int = 0
    report: dict[str, Any] = field(default_factory=dict)
    files: dict[str, KeptFile] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    survey: dict[str, Any] = field(default_factory=dict)
    main: str | None = None
    main_source: int = -1
    unended: str | None = None
    bad_unended: bool = False
    has_ids: bool = False
    is_complete: bool = False
    index: dict[str, Any] | None = None
    replaced: list[str] = field(default_factory=list)

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take a later checkpoint in; its files and ids are those that are new or changed."""
        entry = dict(entry)
        for path, row in entry.pop("files", {}).items():
            if path in self.files and self.files[path].part != row[0]:
                self.replaced.append(self.files[path].part)
            self.files[path] = KeptFile(*row)
        self.ids += entry.pop("ids", [])
        for key, value in entry.items():
            setattr(self, key, value)

    def remove_replaced(self) -> None:
        """Remove the temporary files that nothing needs any more."""
        for part in self.replaced:
            Path(part).unlink(missing_ok=True)


class Journal:
    """The journal of one run.

    Args:
        path: Where it stands.
        identity: What a run must have in common with the one it goes on with.
        resume: Go on with the run whose journal stands there, if there is one.

    Attributes:
        position: How far the run came that this one goes on with; None at a beginning.

    Raises:
        UsageError: There is a journal that nobody asked for, or one of another run.
        OutputError: Another run is writing it.
    """

    def __init__(self, path: Path, identity: Identity, *, resume: bool) -> None:
        self.path = path
        self.identity = {"textclean": __version__, **identity}
        self.position: Position | None = None
        self._file: BinaryIO | None = None
        self._entries = 0  # of this run; those of an earlier one stand before them
        if not path.exists():
            return
        if not resume:
            message = (
                f"{path} is the journal of a run that was cut off: go on with it by --resume, "
                "or delete it to start over"
            )
            raise UsageError(message)
        self._open("r+b")
        try:
            self.position = self._read()
        except BaseException:
            self.close()
            raise

    @property
    def is_written(self) -> bool:
        """Whether there is anything that a later run could go on with."""
        return self._file is not None

    def add(self, entry: Mapping[str, Any]) -> None:
        """Write a checkpoint to disk; what it names is there already.

        Raises:
            OutputError: The disk is full, or another run has begun a journal here.
        """
        try:
            if self._file is None:
                self._open("xb")
                self._write(self.identity)
                sync_folder(self.path.parent)
            self._write(entry)
            self._entries += 1
        except OSError as error:
            if self._entries == 0:
                self._withdraw()
            message = f"cannot write {self.path}: {error.strerror or error}"
            raise OutputError(message) from error

    def remove(self) -> None:
        """Take the journal away: the run is complete."""
        if self._file is not None:
            self.path.unlink(missing_ok=True)
            sync_folder(self.path.parent)
            self.close()

    def _withdraw(self) -> None:
        """Take a journal away that says nothing, unless it is of an earlier run."""
        if self._file is not None and self.position is None:
            with contextlib.suppress(OSError):
                self.path.unlink()
            self.close()

    def close(self) -> None:
        """Let another run go on from here."""
        if self._file is not None:
            closing(self._file.fileno())
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def _open(self, mode: str) -> None:
        opener = _private if mode == "xb" else None
        file = cast("BinaryIO", open(self.path, mode, buffering=0, opener=opener))  # noqa: SIM115
        try:
            lock(file.fileno())
        except OSError:
            file.close()
            message = f"another run is writing {self.path}"
            raise OutputError(message) from None
        self._file = file

    def _write(self, entry: Mapping[str, Any]) -> None:
        assert self._file is not None  # noqa: S101 - opened before
        data = json.dumps(entry).encode("ascii")
        line = memoryview(b"%08x %s\n" % (zlib.crc32(data), data))
        while line:
            line = line[self._file.write(line) :]
        os.fsync(self._file.fileno())

    def _read(self) -> Position | None:
        """Return the position after the last sound line, and cut what stands behind it."""
        assert self._file is not None  # noqa: S101 - opened before
        position: Position | None = None
        end = 0
        with open(self.path, "rb") as lines:  # noqa: PTH123 - as above
            for number, line in enumerate(lines):
                entry = _entry(line)
                if entry is None:
                    break
                end += len(line)
                if number == 0:
                    self._compare(entry)
                else:
                    position = position or Position()
                    position.add(entry)
        if end == 0:
            message = f"{self.path} is no journal of textclean, or damaged; delete it to start over"
            raise OutputError(message)
        self._file.truncate(end)
        self._file.seek(end)
        return position

    def _compare(self, header: Mapping[str, Any]) -> None:
        """Refuse a journal of another run.

        That broken records are to be set aside from here on is no other run: there was none yet.
        """
        for key, ours in self.identity.items():
            theirs = header.get(key)
            if key == "outputs" and isinstance(theirs, dict) and theirs["bad_records"] is None:
                theirs = {**theirs, "bad_records": ours["bad_records"]}
            if json.loads(json.dumps(ours)) != theirs:
                what = _WORDS.get(key, key)
                message = f"{self.path} is of a run with other {what}: delete it to start over"
                raise UsageError(message)


_WORDS = {
    "textclean": "code (another version)",
    "inputs": "inputs, or they changed since",
    "index": "articles in the index, or another index",
}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _entry(line: bytes) -> dict[str, Any] | None:
    """Return what a sound line says; None for a cut or damaged one."""
    crc, _, data = line.partition(b" ")
    if not data.endswith(b"\n") or crc != b"%08x" % zlib.crc32(data[:-1]):
        return None
    entry = json.loads(data)
    return entry if isinstance(entry, dict) else None
