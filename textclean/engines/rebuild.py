"""The memory of near-duplicates, read back from what a cut-off run kept.

Only kept texts leave a trace in that memory, and an output holds just these, as they were when the
decision was made. To measure them again costs a small part of what cleaning them did, and no
second copy of them has to be written while a run is under way.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from textclean.document import Document
from textclean.engines.journal import Position
from textclean.engines.work import Worker
from textclean.errors import OutputError
from textclean.io.parquet_output import ROWS, waiting_tables
from textclean.io.sources import Source

#: The limit of a record's size was kept when it came in.
_NO_LIMIT = 2**40
_BATCH_SIZE = 256


def remember_kept(worker: Worker, position: Position) -> None:
    """Show the worker's ordered stage the records that a run kept, under their ids.

    Args:
        worker: Freshly made; its ordered stage is the last one.
        position: How far the run came.

    Raises:
        OutputError: The outputs do not hold what the journal says.
    """
    if worker.ordered is None:
        return
    texts = _texts(worker, position)
    ids = iter(position.ids)
    seen = 0
    pairs = zip(ids, texts, strict=False)  # in this order: no text is taken without an id
    while batch := [Document(*pair) for pair in islice(pairs, _BATCH_SIZE)]:
        seen += len(batch)
        outcomes = worker.ordered.process(batch)
        if any(outcome.drop is not None for outcome in outcomes):
            seen = -1
            break
    if seen != len(position.ids) or next(texts, None) is not None:
        message = "the outputs are not those of the journal; delete it to start over"
        raise OutputError(message)


def _texts(worker: Worker, position: Position) -> Iterator[str]:
    """Yield the kept texts in their order."""
    recipe = replace(worker.job.recipe, max_record_bytes=_NO_LIMIT)
    reader = Worker(replace(worker.job, recipe=recipe))
    for number, kept in enumerate(position.files.values()):
        if not kept.format:
            continue
        if kept.format == ROWS:
            for table in waiting_tables(Path(kept.part)):
                yield from table.column(recipe.text_field).to_pylist()
            continue
        source = Source(kept.part, number, kept.format)
        for chunk in source.chunks(_NO_LIMIT):
            yield from (document.text for document in reader.read(chunk)[1])
