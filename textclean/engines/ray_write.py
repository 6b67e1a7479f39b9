"""The last step of the Ray engine: a shard's records are counted and written, side by side.

Each shard of a folder is written by a task into a hidden folder beside its final place, with what
it adds to the side files; the process that started the run puts those together and gives the shards
their names. A task whose node does not see the folder says so, and that process writes the shard.
"""

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute

from textclean.engines.finish import Finisher
from textclean.engines.ray_rows import (
    Input,
    alive_ids,
    chunk_from_row,
    noted,
    worked_from_row,
)
from textclean.engines.ray_tables import flat, starts
from textclean.engines.ray_tasks import Part
from textclean.engines.sinks import Sinks, Targets
from textclean.engines.surveyor import Seen, Surveyor
from textclean.engines.survivors import texts_of
from textclean.engines.work import Job, Worker
from textclean.errors import TextcleanError
from textclean.io.cutting import Chunk
from textclean.report import Report
from textclean.stage import Drop
from textclean.stages.duplicates import DropNearDuplicates

#: Columns that whoever writes has no use for.
_MEASURED = ("sizes", "shingles", "tags", "marks", "values")
#: Files beside the outputs to which each shard adds, by the names of their targets.
SIDES = ("edits", "dropped", "bad_records")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a shard, and what is decided on its documents.

    Attributes:
        block: Reference of the block.
        part: Where in the block it lies.
        first_document: Number of its first document.
        drops: References of tables as ``ray_survivors.name`` gives them, of the whole block.
    """

    block: Any
    part: Part
    first_document: int
    drops: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Shard:
    """A source with all its pieces.

    Attributes:
        source: Its number.
        is_expected: Whether it has an output even without a record.
        first_record: Records before it.
        pieces: In order.
    """

    source: int
    is_expected: bool
    first_record: int
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Written:
    """What a shard adds to the report.

    Attributes:
        report: Of this shard alone.
        place: The name of the folder in which it stands.
        seen: What a report page shows of it.
        error: What went wrong instead, for ``raise_error``.
    """

    report: Report
    place: str = ""
    seen: Seen | None = None
    error: str | None = None


def write_shard(
    shard: Shard, folder: Path, *, job: Job, inputs: Sequence[Input], sides: Sequence[str]
) -> Written | None:
    """Write a shard into a folder of its own; None where this node does not see that.

    Each try has its own: a node that is given up may go on writing for a while.

    Args:
        shard: What to write.
        folder: Where all shards have theirs; made by the process that started the run.
        job: What is done.
        inputs: All sources.
        sides: Those of ``SIDES`` that are wanted.
    """
    if not os.access(folder, os.W_OK | os.X_OK):
        return None
    place = folder / f"{shard.source:08d}-{secrets.token_hex(8)}"
    try:
        place.mkdir(mode=0o700)
        (place / "out").mkdir()
        targets = Targets(place / "out", is_folder=True, **{side: place / side for side in sides})
        expected: list[Any] = [inputs[shard.source]] if shard.is_expected else []
        sinks = Sinks(targets, job, expected)
        worker = Worker(job)
        surveyor = Surveyor(worker, remembers=False) if job.surveyed else None
        report = Report(records_in=shard.first_record)
        try:
            finisher = Finisher(worker, sinks, report, None, surveyor)
            for _ in finish_pieces(finisher, fetched(shard.pieces), inputs):
                pass
            sinks.commit(report)
        except BaseException:
            sinks.abort()
            raise
    except (TextcleanError, OSError) as error:
        return Written(Report(), error=noted(error))
    report.records_in -= shard.first_record
    return Written(report, place.name, None if surveyor is None else surveyor.seen())


def fetched(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, pa.Table, list[pa.Table]]]:
    """Yield pieces with their blocks and the tables of their drops, the next ones coming ahead."""
    import ray

    for number, piece in enumerate(pieces):
        ray.wait([one.block for one in pieces[number : number + 3]], num_returns=1)
        yield piece, ray.get(piece.block), ray.get(list(piece.drops))


def finish_pieces(
    finisher: Finisher,
    pieces: Iterable[tuple[Piece, pa.Table, Sequence[pa.Table]]],
    inputs: Sequence[Input],
) -> Iterator[Chunk]:
    """Count and write pieces whose turn it is, as ``fetched``; yield each chunk behind it."""
    for piece, block, tables in pieces:
        drops = _drops(block, piece, tables)
        rows = block.drop_columns(list(_MEASURED))
        done = 0
        for place in range(piece.part.first_row, piece.part.first_row + piece.part.rows):
            [row] = rows.slice(place, 1).to_pylist()
            chunk, worked = chunk_from_row(row, inputs), worked_from_row(row)
            for at in range(len(worked.alive)) if drops else ():
                drop = drops.get(done + at)
                if drop is not None:
                    record = worked.record(chunk, worked.alive[at])
                    record.leave(drop, DropNearDuplicates.name)
            done += len(worked.alive)
            finisher.finish(chunk, worked)
            yield chunk


def _drops(block: pa.Table, piece: Piece, tables: Sequence[pa.Table]) -> dict[int, Drop]:
    """Return the drops among the documents of a piece, by their places there."""
    if not tables:
        return {}
    rows = pa.concat_tables(tables)
    places = rows["document"].to_numpy() - piece.first_document
    mine = (places >= 0) & (places < piece.part.documents)
    rows = rows.filter(pa.array(mine))
    alive = pa.compute.list_value_length(block["alive"]).to_numpy()
    lengths = flat(block, "lengths")[starts(alive)[piece.part.first_row] :]
    columns = (rows[name].to_pylist() for name in ("similarity", "survivor_id", "survivor_length"))
    return {
        place: Drop(
            "duplicate.near",
            survivor.decode("utf-8", "surrogatepass"),
            similarity,
            int(lengths[place]),
            survivor_length,
        )
        for place, similarity, survivor, survivor_length in zip(
            places[mine].tolist(), *columns, strict=True
        )
    }


def survivor_texts(
    block: pa.Table, job: Job, inputs: Sequence[Input], wanted: AbstractSet[str]
) -> list[tuple[str, str]]:
    """Return ids and cleaned texts of those documents of a block that have one of these ids."""
    names = pa.array([id_.encode("utf-8", "surrogatepass") for id_ in sorted(wanted)])
    found: list[tuple[str, str]] = []
    worker = Worker(job)
    for place in range(block.num_rows):
        row = block.slice(place, 1)
        ids = alive_ids(row)
        if pa.compute.any(pa.compute.is_in(ids, value_set=names.cast(ids.type))).as_py():
            [fields] = row.drop_columns(list(_MEASURED)).to_pylist()
            found += texts_of(worker, chunk_from_row(fields, inputs), wanted)
    return found
