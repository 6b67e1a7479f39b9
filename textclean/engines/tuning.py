"""A sample of a corpus, cleaned, for whoever chooses settings by looking."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from textclean.document import Document
from textclean.engines.surveyor import spread
from textclean.engines.work import Job, Worker
from textclean.io.sources import Source
from textclean.pipeline import Pipeline, Result
from textclean.recipe import Recipe, stage_names
from textclean.stages.embeds import MODES
from textclean.stages.repetition import CollapseRepetition
from textclean.stages.repetition.collapse import LEVELS


@dataclass(frozen=True, slots=True)
class Taken:
    """What one choice of a stage's settings takes from the sample.

    Attributes:
        name: The choice.
        documents: How many it changes.
        removed: Code points it takes away.
        added: Code points it puts in.
    """

    name: str
    documents: int
    removed: int
    added: int


def sample_of(sources: Sequence[Source], recipe: Recipe, size: int) -> tuple[list[Document], int]:
    """Return so many documents, chosen by their place alone, in input order; and of how many.

    Raises:
        InputError: A record is broken.
    """
    worker = Worker(Job(recipe))
    heap: list[tuple[int, int, Document]] = []
    number = 0
    for source in sources:
        for chunk in source.chunks(recipe.max_record_bytes):
            for document in worker.read_sound(chunk, source.name):
                number += 1
                entry = (-spread(number), number, document)
                if len(heap) < size:
                    heapq.heappush(heap, entry)
                elif entry > heap[0]:
                    heapq.heapreplace(heap, entry)
    return [document for _, _, document in sorted(heap, key=lambda entry: entry[1])], number


def cleaned(documents: Sequence[Document], recipe: Recipe) -> list[str]:
    """Return the texts as the stage ``duplicates`` would be given them."""
    head, _, _ = Pipeline.from_recipe(recipe).split()
    return [result.text for result in head.process(documents) if result.drop is None]


def taken_by_levels(documents: Sequence[Document], recipe: Recipe) -> list[Taken]:
    """Return what each level of ``repetition`` alone would take; none where it does not run."""
    names = stage_names(recipe)
    if "repetition" not in names:
        return []
    before = replace(recipe, stages=names[: names.index("repetition")], skip=())
    given = [result.document for result in Pipeline.from_recipe(before).process(documents)]
    return [
        _taken(level, Pipeline([CollapseRepetition(levels=(level,))]).process(given), "repetition")
        for level in LEVELS
    ]


def taken_by_modes(documents: Sequence[Document], recipe: Recipe) -> list[Taken]:
    """Return what each mode of ``embeds`` would take; none where it does not run."""
    names = stage_names(recipe)
    if "embeds" not in names:
        return []
    kept = tuple(name for name in names if name in {"mojibake", "embeds", "markup"})
    return [
        _taken(
            mode,
            Pipeline.from_recipe(replace(recipe, stages=kept, skip=(), embeds=mode)).process(
                documents
            ),
            "embeds",
        )
        for mode in MODES
    ]


def _taken(name: str, results: Sequence[Result], stage: str) -> Taken:
    touched = removed = added = 0
    for result in results:
        edits = [edit for step in result.trace if step.stage == stage for edit in step.edits]
        touched += bool(edits)
        removed += sum(edit.end - edit.start for edit in edits)
        added += sum(len(edit.replacement) for edit in edits)
    return Taken(name, touched, removed, added)


def shares(parts: Sequence[int], whole: int) -> Iterator[str]:
    """Yield parts as percentages.

    >>> list(shares([1, 0], 8))
    ['12.5 %', '0.0 %']
    """
    for part in parts:
        yield f"{100 * part / max(1, whole):.1f} %"
