"""A folder that the nodes of a Ray cluster write, and its side files, complete all at once."""

import contextlib
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from textclean.engines.journal import Journal
from textclean.engines.ray_write import SIDES
from textclean.engines.sinks import Sinks, Targets
from textclean.engines.work import Job
from textclean.errors import OutputError
from textclean.io.outputs import mode_for, sync_folder
from textclean.report import Report

if TYPE_CHECKING:
    from textclean.dedup.folder import IndexFolder

_COPY_BYTES = 2**20


class StagedFolder(Sinks):
    """The outputs of a run whose shards others write into a hidden folder in the output folder.

    Args:
        targets: Where to write; the output is a folder that is there.
        job: What is written.

    Raises:
        OutputError: The folder cannot be written.
    """

    def __init__(self, targets: Targets, job: Job) -> None:
        assert isinstance(targets.output, Path)  # noqa: S101 - the caller looked
        self._folder = targets.output.absolute()
        #: Where the shards are written; private, with an unguessable name.
        self.stage = self._folder / f".{secrets.token_hex(8)}.part"
        self._shards: list[Path] = []
        self._bad_unended = False
        super().__init__(targets, job)
        try:
            self.stage.mkdir(mode=0o700)
        except OSError as error:
            super().abort()
            message = f"cannot write {self._folder}: {error.strerror or error}"
            raise OutputError(message) from error

    @property
    def sides(self) -> tuple[str, ...]:
        """The side files that are wanted."""
        return tuple(side for side in SIDES if getattr(self.targets, side) is not None)

    def take(self, place: str) -> None:
        """Add a shard, and what it has for the side files; shards come in input order.

        Args:
            place: The name of its folder, in which nobody writes any longer.
        """
        self._shards.append(self.stage / place / "out")
        for side in self.sides:
            output = getattr(self, side)
            path = self.stage / place / side
            with path.open("rb") as file:
                data = file.read(_COPY_BYTES)
                if side == "bad_records" and data:
                    # a record that was cut off at the end of its source has no line end
                    output.write(b"\n" if self._bad_unended else b"")
                last = data
                while data:
                    output.write(data)
                    last, data = data, file.read(_COPY_BYTES)
                if side == "bad_records" and last:
                    self._bad_unended = not last.endswith(b"\n")
            path.unlink()

    def commit(
        self, report: Report, journal: Journal | None = None, index: "IndexFolder | None" = None
    ) -> None:
        """Complete the side files, then give every shard its name.

        Raises:
            OutputError: One of them could not be written.
        """
        super().commit(report, journal, index)
        try:
            for shard in self._shards:
                for staged in sorted(shard.rglob("*")):
                    if staged.is_file():
                        self._name(staged, self._folder / staged.relative_to(shard))
        except OSError as error:
            message = f"cannot write {self._folder}: {error.strerror or error}"
            raise OutputError(message) from error
        self._remove_stage()

    def abort(self, *, keep: bool = False) -> None:
        """Leave nothing unfinished under a final name."""
        super().abort(keep=keep)
        self._remove_stage()

    def _remove_stage(self) -> None:
        """Remove what nobody wants, under another name: a lost node may still be writing there."""
        gone = self.stage.with_name(f".{secrets.token_hex(8)}.part")
        with contextlib.suppress(OSError):  # it was removed already
            self.stage.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    @staticmethod
    def _name(staged: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        target = path.resolve() if path.is_symlink() else path
        staged.chmod(mode_for(target))
        staged.replace(target)
        sync_folder(target.parent)
