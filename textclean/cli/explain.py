"""``textclean explain``: what would change, record by record, and why."""

import os
import shutil
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from textclean.cli.explain_views import Explained, HtmlView, JsonView, TextView, View
from textclean.cli.inputs import expand, open_sources
from textclean.cli.notices import announce_compiling
from textclean.dedup.folder import IndexFolder
from textclean.dedup.index import NearDuplicateIndex
from textclean.dedup.manifest import Parameters
from textclean.diff.comparison import Comparison, compare, compare_with_hashes
from textclean.document import Document
from textclean.engines.work import Job, Worker
from textclean.errors import InputError, UsageError
from textclean.io.cutting import Chunk
from textclean.io.sources import Source
from textclean.pipeline import Result, reasons_of, single_text_pipeline
from textclean.recipe import Recipe
from textclean.stages.duplicates import DropNearDuplicates

#: Bytes of kept texts remembered to be shown beside what repeats them.
_REMEMBERED_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Choice:
    """Which records are shown, and how.

    Attributes:
        ids: Only these; all when empty.
        stages: Only records and steps of these; all when empty.
        limit: At most so many records; None: all.
        form: ``text``, ``html`` or ``json``.
        color: None: on a terminal, unless ``NO_COLOR`` is set.
    """

    ids: Collection[str] = ()
    stages: Sequence[str] = ()
    limit: int | None = None
    form: str = "text"
    color: bool | None = None


def explain_files(  # noqa: PLR0913 - what is read, and how it is shown
    names: Sequence[str],
    recipe: Recipe,
    choice: Choice,
    *,
    source_format: str | None,
    encoding: str | None,
    index: Path | None,
    survivors: Sequence[str] = (),
) -> None:
    """Show every record that would change or go; others are only counted.

    Args:
        names: What is read.
        recipe: The settings.
        choice: Which records are shown, and how.
        source_format: Of the inputs; None: by content.
        encoding: Of the inputs; None: UTF-8, or what their first bytes say.
        index: Folder of an index to decide with.
        survivors: Where the kept texts of the index stand.

    Raises:
        InputError: A record is broken, or no record has a wanted id.
        UsageError: ``--index`` without the stage that asks it, or ``survivors`` without it.
    """
    if names and choice.form != "text" and names[0].endswith(f".{choice.form}"):
        _refuse_as_target(names[0], choice.form)
    if survivors and index is None:
        message = "--survivors needs --index DIR: it shows texts that the index has kept"
        raise UsageError(message)
    sources = open_sources(expand(names), source_format, recipe.text_field, encoding)
    announce_compiling()
    worker = Worker(Job(recipe))
    folder = None if index is None else _attached(worker, index, recipe)
    elsewhere = open_sources(expand(survivors), source_format, recipe.text_field, encoding)
    kept = _Survivors(
        recipe, None if folder is None else folder.index, _documents(worker, elsewhere, recipe)
    )
    view = _view(choice, worker)
    view.begin()
    seen = touched = 0
    missing = set(choice.ids)
    for source, chunk in _chunks(sources, recipe):
        for result in _results(worker, source, chunk):
            seen += 1
            kept.see(result)
            id_ = result.original.id
            missing.discard(id_)
            if not _is_wanted(result, choice):
                continue
            touched += 1
            view.show(Explained(seen, id_, result, kept.compare(result)))
            if touched == choice.limit:
                view.end(touched, None)
                return
    if missing:
        message = f"no record has the id {min(missing)!r}"
        raise InputError(message)
    view.end(touched, seen)


def _refuse_as_target(name: str, form: str) -> None:
    """Refuse the name of a page to be written: what is shown goes to stdout."""
    if not Path(name).exists():
        message = (
            f"--{form} takes no name and writes to stdout: there is no input {name!r} (> {name})"
        )
        raise UsageError(message)


def _view(choice: Choice, worker: Worker) -> View:
    if choice.form == "json":
        return JsonView(choice.stages)
    explanations = reasons_of(worker.pipeline.stages)
    if choice.form == "html":
        return HtmlView(choice.stages, explanations)
    color = choice.color
    if color is None:
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    columns = shutil.get_terminal_size().columns
    return TextView(choice.stages, explanations, color=color, columns=columns)


def _attached(worker: Worker, path: Path, recipe: Recipe) -> IndexFolder:
    """Let the stage ``duplicates`` decide with an index, which stays as it is."""
    if not isinstance(worker.ordered, DropNearDuplicates):
        message = "--index is for the stage duplicates, which the recipe leaves out"
        raise UsageError(message)
    parameters = Parameters.of(recipe.threshold, recipe.shingle_size, recipe.measure)
    folder = IndexFolder(path, parameters, read_only=True)
    worker.ordered.attach(folder.index)
    return folder


def _chunks(sources: Sequence[Source], recipe: Recipe) -> Iterator[tuple[Source, Chunk]]:
    for source in sources:
        for chunk in source.chunks(recipe.max_record_bytes):
            yield source, chunk


def _results(worker: Worker, source: Source, chunk: Chunk) -> list[Result]:
    return worker.pipeline.process(worker.read_sound(chunk, source.name))


def _documents(worker: Worker, sources: Sequence[Source], recipe: Recipe) -> Iterator[Document]:
    for source, chunk in _chunks(sources, recipe):
        yield from worker.read_sound(chunk, source.name)


def _is_wanted(result: Result, choice: Choice) -> bool:
    if choice.ids and result.original.id not in choice.ids:
        return False
    if not result.trace:
        return bool(choice.ids)  # asked for by name: that nothing changes is an answer
    return not choice.stages or any(step.stage in choice.stages for step in result.trace)


class _Survivors:
    """The texts that were kept, as far as they fit, to be shown beside what repeats them.

    Args:
        recipe: How texts are cleaned and compared.
        index: What decides on duplicates besides the records that are read.
        elsewhere: Records among which are those that the index has kept; read at first need.
    """

    def __init__(
        self,
        recipe: Recipe,
        index: NearDuplicateIndex[str] | None,
        elsewhere: Iterator[Document],
    ) -> None:
        self._recipe = recipe
        self._index = index
        self._elsewhere = elsewhere
        self._texts: dict[str, list[str]] = {}
        self._earlier: dict[str, list[Document]] = {}
        self._room = _REMEMBERED_BYTES

    def see(self, result: Result) -> None:
        """Remember a kept text."""
        text = result.document.text
        if result.drop is None and self._room >= len(text):
            self._room -= len(text)
            self._texts.setdefault(result.original.id, []).append(text)

    def compare(self, result: Result) -> Comparison | None:
        """Return the comparison of a dropped text with its survivor, if that is known at all."""
        drop = result.drop
        if drop is None or drop.duplicate_of is None:
            return None
        dropped, size = result.document.text, self._recipe.shingle_size
        measure = self._recipe.measure
        for text in self._candidates(drop.duplicate_of):
            found = compare(dropped, text, size)
            common, own, union = found.shared
            if common / (own if measure == "containment" else union) == drop.similarity:
                return found
        if self._index is None:
            return None
        return compare_with_hashes(
            dropped, self._index.shingles_of(drop.duplicate_of, dropped), size
        )

    def _candidates(self, id_: str) -> Iterator[str]:
        """Yield the kept texts of an id."""
        yield from self._texts.get(id_, ())
        self._read_elsewhere()
        pipeline = single_text_pipeline(self._recipe)
        for result in pipeline.run(self._earlier.get(id_, ())):
            yield result.document.text

    def _read_elsewhere(self) -> None:
        """Remember the records of the other files, as they are: few are ever shown."""
        for document in self._elsewhere:
            if self._room >= len(document.text):
                self._room -= len(document.text)
                self._earlier.setdefault(document.id, []).append(document)
