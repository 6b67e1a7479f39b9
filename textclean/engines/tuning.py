"""A sample of a corpus, cleaned, for whoever chooses settings by looking."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from textclean.document import Document
from textclean.edits import Edit, apply_edits
from textclean.engines.surveyor import spread
from textclean.engines.work import Job, Worker
from textclean.io.sources import Source
from textclean.pipeline import Pipeline, Result
from textclean.recipe import Recipe, stage_names
from textclean.stages.embeds import MODES
from textclean.stages.repetition import CollapseRepetition, traced_score
from textclean.stages.repetition.collapse import LEVELS


@dataclass(frozen=True, slots=True)
class Example:
    """One edit, to be shown.

    Attributes:
        id: Of its document.
        text: What it applies to.
        edit: The edit.
    """

    id: str
    text: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Taken:
    """What one choice of a stage's settings takes from the sample.

    Attributes:
        name: The choice.
        documents: How many it changes.
        removed: Code points it takes away.
        added: Code points it puts in.
        examples: The largest edit of each of the documents that lose most.
    """

    name: str
    documents: int
    removed: int
    added: int
    examples: tuple[Example, ...] = ()


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


def before_repetition(documents: Sequence[Document], recipe: Recipe) -> list[Document]:
    """Return the documents as ``repetition`` is given them; none where it does not run."""
    names = stage_names(recipe)
    if "repetition" not in names:
        return []
    before = replace(
        recipe,
        stages=names[: names.index("repetition")],
        skip=(),
        drop_stuffed_above=1.0,
        repetition_score=False,
    )
    results = Pipeline.from_recipe(before).process(documents)
    return [result.document for result in results if result.drop is None]


def taken_by_levels(
    given: Sequence[Document], recipe: Recipe, examples: int
) -> tuple[list[Taken], list[float]]:
    """Return what levels of ``repetition`` would take, and how stuffed each document is.

    Args:
        given: As ``before_repetition`` returns them.
        recipe: Its levels are the chosen ones.
        examples: Of each level alone, at most.

    Returns:
        Each level alone and, last, the chosen ones together; for each document the share that
        ``--drop-stuffed-above`` is compared with.
    """
    rows = [_taken(level, _collapsed(given, (level,)), "repetition", examples) for level in LEVELS]
    together = _collapsed(given, recipe.repetition)
    rows.append(_taken(",".join(recipe.repetition), together, "repetition", 0))
    return rows, [traced_score(result.original, result.trace).value for result in together]


def taken_by_modes(documents: Sequence[Document], recipe: Recipe, examples: int) -> list[Taken]:
    """Return what each mode of ``embeds`` would take; none where it does not run."""
    names = stage_names(recipe)
    if "embeds" not in names:
        return []
    kept = tuple(name for name in names if name in {"mojibake", "embeds", "markup"})
    alone = replace(recipe, stages=kept, skip=(), drop_stuffed_above=1.0, repetition_score=False)
    return [
        _taken(
            mode,
            Pipeline.from_recipe(replace(alone, embeds=mode)).process(documents),
            "embeds",
            examples,
        )
        for mode in MODES
    ]


def _collapsed(given: Sequence[Document], levels: tuple[str, ...]) -> Sequence[Result]:
    return Pipeline([CollapseRepetition(levels=levels)]).process(given)


def _taken(name: str, results: Sequence[Result], stage: str, examples: int) -> Taken:
    touched = removed = added = 0
    heap: list[tuple[int, int, Example]] = []
    for number, result in enumerate(results):
        taken = 0
        largest: Example | None = None
        text = result.original.text
        for step in result.trace:
            if step.stage == stage and step.edits:
                edit = max(step.edits, key=_size)
                if largest is None or _size(edit) > _size(largest.edit):
                    largest = Example(result.original.id, text, edit)
                taken += sum(edit.end - edit.start for edit in step.edits)
                added += sum(len(edit.replacement) for edit in step.edits)
            text = apply_edits(text, step.edits)
        removed += taken
        if largest is not None:
            touched += 1
            heapq.heappush(heap, (taken, -number, largest))
            if len(heap) > examples:
                heapq.heappop(heap)
    shown = tuple(example for _, _, example in sorted(heap, key=lambda row: row[:2], reverse=True))
    return Taken(name, touched, removed, added, shown)


def _size(edit: Edit) -> int:
    """Return how much there is to see: of what goes, or of what comes in its place."""
    return max(edit.end - edit.start, len(edit.replacement))


def shares(parts: Sequence[int], whole: int) -> Iterator[str]:
    """Yield parts as percentages.

    >>> list(shares([1, 0], 8))
    ['12.5 %', '0.0 %']
    """
    for part in parts:
        yield f"{100 * part / max(1, whole):.1f} %"
