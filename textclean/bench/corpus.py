"""The corpus of a benchmark: its documents as JSON Lines, whatever format they came in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from textclean.engines.work import Job, Worker
from textclean.errors import InputError
from textclean.io.json_records import build_record
from textclean.io.sources import Source
from textclean.recipe import Recipe

#: The short article whose cost is taken off: starting, imports, loading compiled kernels.
SHORT_ARTICLE = (
    "The ferry to the island leaves at noon from the northern pier. Tickets cost 4 euros. "
    "The crossing takes 38 minutes and passes the old lighthouse on its way."
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents in a file of JSON Lines.

    Attributes:
        path: The file.
        texts: The texts, to plant into.
        text_bytes: Bytes of all texts in UTF-8.
    """

    path: Path
    texts: Sequence[str]
    text_bytes: int


def take(sources: Sequence[Source], recipe: Recipe, limit: int, target: Path) -> Corpus:
    """Write the first documents of some sources to a file; broken records are passed over.

    Args:
        sources: Read in order, as far as needed.
        recipe: Names the fields.
        limit: Documents at most.
        target: The new file.

    Raises:
        InputError: There is no document at all.
    """
    texts: list[str] = []
    with target.open("wb") as output:
        for text in _texts(sources, recipe):
            texts.append(text)
            output.write(build_record({"id": len(texts), "text": text}) + b"\n")
            if len(texts) == limit:
                break
    if not texts:
        message = "the corpus holds no document to measure with"
        raise InputError(message)
    return Corpus(target, texts, sum(len(text.encode("utf-8", "replace")) for text in texts))


def _texts(sources: Sequence[Source], recipe: Recipe) -> Iterator[str]:
    worker = Worker(Job(Recipe(text_field=recipe.text_field, id_field=recipe.id_field)))
    for source in sources:
        for chunk in source.chunks(recipe.max_record_bytes):
            yield from (document.text for document in worker.read(chunk)[1])
