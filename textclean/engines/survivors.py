"""The texts that dropped ones repeat, found again for those few drops that a page shows."""

import tempfile
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import IO

import zstandard

from textclean.diff.comparison import Comparison, compare, compare_with_hashes
from textclean.engines.work import Worker
from textclean.errors import temporary_files
from textclean.io.cutting import Chunk
from textclean.pipeline import Result
from textclean.stage import Drop
from textclean.stages.duplicates import DropNearDuplicates

#: Bytes of compressed input kept on disk. A survivor behind them is shown by its hashes alone.
ROOM = 256 * 2**20


def texts_of(worker: Worker, chunk: Chunk, wanted: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield id and cleaned text of those documents of a chunk that have one of these ids."""
    documents = [document for document in worker.read(chunk)[1] if document.id in wanted]
    for result in worker.head.process(documents):
        if result.drop is None:
            yield result.original.id, result.text


class Survivors:
    """Remembers the input, compressed, in a temporary file without a name.

    Args:
        worker: Cleans what is found.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._file: IO[bytes] | None = None
        self._chunks: list[tuple[int, Chunk]] = []  # size, and the chunk less its bytes
        self._room = ROOM
        self._compress = zstandard.ZstdCompressor(level=1).compress
        self._found: dict[str, list[str]] = {}

    def remember(self, chunk: Chunk) -> None:
        """Keep a chunk while there is room."""
        if self._worker.ordered is None or self._room <= 0 or chunk.fault is not None:
            return
        data = self._compress(chunk.data)
        self._room -= len(data)
        with temporary_files(tempfile.gettempdir()):
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by ``close``
            self._file.write(data)
            self._file.flush()
        self._chunks.append((len(data), replace(chunk, data=b"")))

    def look_for(self, drops: Sequence[tuple[Drop | None, Result]]) -> None:
        """Find the texts that these drops repeat.

        Args:
            drops: Each with the result of the dropped document.
        """
        wanted = {drop.duplicate_of for drop, _ in drops if drop and drop.duplicate_of is not None}
        for chunk in self._read() if wanted else ():
            self.tell(texts_of(self._worker, chunk, wanted))

    def tell(self, texts: Iterable[tuple[str, str]]) -> None:
        """Take texts that somebody else has found, with their ids."""
        for id_, text in texts:
            self._found.setdefault(id_, []).append(text)

    def comparison(self, drop: Drop, result: Result) -> Comparison | None:
        """Compare a dropped text with its survivor; None for a drop that has none."""
        if drop.duplicate_of is None:
            return None
        size = self._worker.job.recipe.shingle_size
        for text in self._found.get(drop.duplicate_of, ()):
            found = compare(result.text, text, size)
            common, own, union = found.shared
            if drop.similarity in {common / max(1, union), common / max(1, own)}:
                return found
        ordered = self._worker.ordered
        if not isinstance(ordered, DropNearDuplicates):
            return None
        hashes = ordered.shingles_of(drop.duplicate_of, result.text)
        return None if hashes is None else compare_with_hashes(result.text, hashes, size)

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            with suppress(OSError):  # what a full disk did not take is wanted by nobody
                self._file.close()

    def _read(self) -> Iterator[Chunk]:
        if self._file is None:
            return
        self._file.seek(0)
        decompress = zstandard.ZstdDecompressor().decompress
        for size, chunk in self._chunks:
            yield replace(chunk, data=decompress(self._file.read(size)))
