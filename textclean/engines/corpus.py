"""Near-duplicates of whole files: a pass that measures, and what it decided as a stage.

The second pass is a run like any other, with ``Decided`` in place of the stage ``duplicates``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import msgspec

from textclean.dedup.corpus import CorpusDeduplication
from textclean.dedup.keep import KeepRule
from textclean.document import Document
from textclean.engines.work import Job, Worker
from textclean.errors import InputError
from textclean.io.cutting import Chunk
from textclean.io.sources import Source
from textclean.stage import Drop, Outcome
from textclean.stages.duplicates import DropNearDuplicates

#: Keep rules that look at a field.
_BY_FIELD = ("newest", "max")


def measure_sources(corpus: CorpusDeduplication, job: Job, sources: Sequence[Source]) -> None:
    """Show all sound records of some sources to a corpus, and let it decide.

    Broken records are passed over: the second pass says what is wrong with them.

    Args:
        corpus: Gets the documents; empty.
        job: How records are read.
        sources: Files, in order.

    Raises:
        InputError: The keep rule names a field that no record has, or none has a value that can be
            read.
    """
    worker = Worker(job)
    place = 0
    for source in sources:
        for chunk in source.chunks(job.recipe.max_record_bytes):
            count, places, documents = sound_documents(worker, chunk, corpus.keep)
            if documents:
                numbers = [place + 1 + at for at in places]
                corpus.add(documents, preferable(corpus.keep, source.name), records=numbers)
            place += count
    if place:
        refuse_without_values(corpus.keep, has_values=corpus.has_values())
    corpus.decide()


def sound_documents(
    worker: Worker, chunk: Chunk, keep: KeepRule
) -> tuple[int, list[int], list[Document]]:
    """Return how many records a chunk has, the places of the sound ones, and their documents.

    Args:
        worker: Reads records.
        chunk: Some records; what is no document does not count.
        keep: The field it looks at is in the documents.
    """
    records, documents = worker.read(chunk)
    records = [record for record in records if not record.passes]
    kept = [(place, one) for place, one in enumerate(records) if one.fault is None]
    if keep.kind in _BY_FIELD:
        format_ = worker.source(chunk)
        members = (format_.members(format_.cut(chunk.data, record.frame)) for _, record in kept)
        documents = [
            Document(document.id, document.text, fields=_field(found, keep.argument))
            for document, found in zip(documents, members, strict=True)
        ]
    return len(records), [place for place, _ in kept], documents


def preferable(keep: KeepRule, name: str) -> str:
    """Return the keep rule's own argument for a file that it prefers, a folder's files too."""
    if keep.kind != "prefer":
        return name
    path = Path(name).resolve()
    return keep.argument if Path(keep.argument) in (path, *path.parents) else name


def refuse_without_values(keep: KeepRule, *, has_values: bool) -> None:
    """Raise ``InputError`` when the keep rule names a field that no record has."""
    if keep.kind in _BY_FIELD and not has_values:
        kind = {"newest": "a date", "max": "a number"}[keep.kind]
        message = f"--keep {keep.kind}: no record has {kind} in a field {keep.argument!r}"
        raise InputError(message)


def _field(members: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """Return the one field that a keep rule looks at, if it can be read."""
    try:
        return {name: msgspec.json.decode(members[name])}
    except (KeyError, msgspec.DecodeError):
        return {}


class Decided:
    """The decisions of a corpus, as the ordered stage of the run that writes it.

    Args:
        corpus: All documents, in the order in which this stage will see them.
    """

    name: ClassVar[str] = "duplicates"
    languages: ClassVar[frozenset[str] | None] = None
    reasons: ClassVar[Mapping[str, str]] = DropNearDuplicates.reasons

    def __init__(self, corpus: CorpusDeduplication) -> None:
        self._corpus = corpus
        self._next = 0

    def measure(self, batch: Sequence[Document], /) -> Sequence[None]:
        """Measure nothing: all is decided."""
        return [None] * len(batch)

    def decide(self, batch: Sequence[Document], _: Sequence[None], /) -> list[Outcome]:
        """Return the decisions on the next documents.

        Raises:
            InputError: They are not those that were measured.
        """
        return [self._outcome(document) for document in batch]

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document, in order."""
        return self.decide(batch, self.measure(batch))

    def fresh(self) -> Self:
        """Return the same decisions, from the first document on."""
        return type(self)(self._corpus)

    def _outcome(self, document: Document) -> Outcome:
        number = self._next
        if number >= len(self._corpus) or self._corpus.id_of(number) != document.id:
            message = "an input changed between the two passes; run again"
            raise InputError(message)
        self._next += 1
        found = self._corpus.survivor(number)
        if found is None:
            return Outcome(document.text)
        survivor, similarity = found
        lengths = self._corpus.length_of(number), self._corpus.length_of(survivor)
        drop = Drop("duplicate.near", self._corpus.id_of(survivor), similarity, *lengths)
        return Outcome(document.text, drop=drop)
