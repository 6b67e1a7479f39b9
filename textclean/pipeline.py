"""The pipeline: stages in order over batches of documents, with a trace of what they did."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from textclean.document import Document
from textclean.edits import Edit, check_edits
from textclean.errors import UsageError
from textclean.kernels.jit import is_worth
from textclean.recipe import Recipe, build_stages
from textclean.stage import (
    ColumnStage,
    Drop,
    LevelStage,
    OrderedColumnStage,
    OrderedStage,
    Outcome,
    Stage,
    Step,
    TextStage,
)

if TYPE_CHECKING:
    from textclean.kernels.columns import Columns

#: To load the compiler takes as long as to clean so many characters without it.
WORTH_COLUMNS = 100_000


@dataclass(frozen=True, slots=True)
class Result:
    """A document after the pipeline, and the way it came there.

    Attributes:
        original: The document as it went in.
        document: The document as it came out; its text is the last one even when dropped.
        trace: Only the steps that did something; ``replay(original.text, trace)`` is ``text``.
    """

    original: Document
    document: Document
    trace: tuple[Step, ...] = ()

    @property
    def text(self) -> str:
        """The cleaned text."""
        return self.document.text

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits in the order they were applied; offsets are of each step's own input."""
        return tuple(edit for step in self.trace for edit in step.edits)

    @property
    def drop(self) -> Drop | None:
        """Why the document left the stream; None while it is in."""
        return self.trace[-1].drop if self.trace else None

    def __str__(self) -> str:
        from textclean.diff.terminal import render_trace

        return render_trace(self.original.text, self.trace)

    def _repr_html_(self) -> str:
        """Return the same for a notebook; text is escaped, nothing is loaded."""
        from textclean.diff.page import DIFF_STYLE, html_from_trace
        from textclean.elements import Html, element, join

        shown = html_from_trace(self.original.text, self.trace, reasons_of(build_stages(_ALL)))
        return join(element("style", Html(DIFF_STYLE)), shown)


#: Every stage that may have been at work, for its explanations alone.
_ALL = Recipe(detect_language=True)


def reasons_of(stages: Iterable[Stage]) -> dict[str, str]:
    """Return every reason the stages may give, with a sentence that explains it.

    >>> "duplicate.near" in reasons_of(Pipeline.default().stages)
    True
    """
    return {reason: why for stage in stages for reason, why in stage.reasons.items()}


class Pipeline:
    r"""Stages in order.

    Args:
        stages: The stages.
        triage: Whether a stage passes over texts that it could not change; without, each text
            meets all its rules: the same results, slowly.

    >>> from textclean.document import Document
    >>> pipeline = Pipeline.from_recipe(Recipe(stages=("mojibake",)))
    >>> [result.text for result in pipeline.run([Document("a", "Fares:\u00c2 free")])]
    ['Fares: free']
    """

    def __init__(self, stages: Sequence[Stage], *, triage: bool = True) -> None:
        self.stages = tuple(stages)
        self.triage = triage
        seen: dict[str, int] = {}
        runs = []
        for stage in self.stages:
            seen[stage.name] = seen.get(stage.name, 0) + 1
            runs.append(seen[stage.name])
        self._runs = tuple(runs)
        self._twins = tuple(_twin(self.stages, number) for number in range(len(self.stages)))

    @classmethod
    def default(cls) -> "Pipeline":
        """Return the pipeline of the default recipe."""
        return cls(build_stages(Recipe()))

    @classmethod
    def from_recipe(cls, recipe: Recipe) -> "Pipeline":
        """Return the pipeline a recipe describes.

        Raises:
            RecipeError: A stage name or a setting is unknown or out of range.
        """
        return cls(build_stages(recipe))

    def __repr__(self) -> str:
        return f"Pipeline({', '.join(map(repr, self.stages))})"

    def fresh(self) -> "Pipeline":
        """Return the same pipeline with nothing remembered."""
        stages = [s.fresh() if isinstance(s, OrderedStage) else s for s in self.stages]
        return Pipeline(stages, triage=self.triage)

    def split(self) -> "tuple[Pipeline, OrderedStage[Any] | None, Pipeline]":
        """Cut at the first ordered stage: what is pure, what must see all in order, the rest."""
        for number, stage in enumerate(self.stages):
            if isinstance(stage, OrderedStage):
                head = Pipeline(self.stages[:number], triage=self.triage)
                tail = Pipeline(self.stages[number + 1 :], triage=self.triage)
                tail._runs = self._runs[number + 1 :]
                return head, stage, tail
        return self, None, Pipeline(())

    def process(self, batch: Sequence[Document], /) -> list[Result]:
        """Return one result per document, in order; a dropped one goes no further.

        Ordered stages remember what earlier calls showed them; ``run`` and ``fresh`` begin anew.
        """
        texts = [document.text for document in batch]
        if not self.triage or not worth_columns(texts):
            return self.go_on([Result(document, document) for document in batch])
        from textclean.kernels.columns import Columns

        languages = [document.language for document in batch]
        swept = self.sweep(Columns(texts), languages, batch.__getitem__)
        return [swept.results.get(n) or Result(batch[n], batch[n]) for n in range(len(batch))]

    def sweep(
        self,
        columns: "Columns",
        languages: Sequence[str | None],
        document_at: Callable[[int], Document],
    ) -> "Sweep":
        """Run the stages on a column of texts; the results are those of ``process``.

        Args:
            columns: The texts.
            languages: Of their documents, None where they do not say.
            document_at: Makes the document of a text, by its place; asked only where it has to be.
        """
        sweep = Sweep(columns, languages, document_at)
        del columns  # each stage may have others: these must not live as long as the run
        for number, (stage, run) in enumerate(zip(self.stages, self._runs, strict=True)):
            sweep.meet(number, stage, run, self._twins[number])
        return sweep

    def go_on(self, results: Sequence[Result], /) -> list[Result]:
        """Run the stages on results of an earlier pipeline; dropped ones stay as they are."""
        done = list(results)
        for stage, run in zip(self.stages, self._runs, strict=True):
            chosen = [
                number
                for number, result in enumerate(done)
                if result.drop is None and _may_see(stage, result.document)
            ]
            documents = [done[number].document for number in chosen]
            if isinstance(stage, TextStage) and not self.triage:
                outcomes = stage.process_untriaged(documents)
            else:
                outcomes = stage.process(documents)
            for number, outcome in zip(chosen, outcomes, strict=True):
                done[number] = add_step(done[number], stage.name, run, outcome)
        return done

    def run(self, documents: Iterable[Document], *, batch_size: int = 256) -> Iterator[Result]:
        """Clean a stream; each run starts with nothing remembered.

        Args:
            documents: Any iterable; read lazily.
            batch_size: Documents processed in one call. The results do not depend on it.
        """
        if batch_size < 1:
            message = f"batch_size must be at least 1, not {batch_size}"
            raise UsageError(message)
        pipeline = self.fresh()
        stream = iter(documents)
        while batch := list(islice(stream, batch_size)):
            yield from pipeline.process(batch)


@lru_cache(maxsize=8)
def single_text_pipeline(recipe: Recipe) -> Pipeline:
    """Return the recipe's pipeline less what compares texts with one another; made once."""
    return Pipeline.from_recipe(replace(recipe, skip=(*recipe.skip, "duplicates")))


class Sweep:
    """A column of texts on its way through the stages.

    Attributes:
        columns: The texts as they are now.
        results: By place, of those documents only to which something happened.
        dropped: Places of those that left the stream.
    """

    def __init__(
        self,
        columns: "Columns",
        languages: Sequence[str | None],
        document_at: Callable[[int], Document],
    ) -> None:
        self.columns = columns
        self.results: dict[int, Result] = {}
        self.dropped: set[int] = set()
        self._languages = list(languages)
        self._document_at = document_at
        self._changed: dict[int, int] = {}  # by place: the last stage that changed the text

    @property
    def alive(self) -> Sequence[int]:
        """Places of the documents that are still in the stream."""
        every = range(len(self.columns))
        return [n for n in every if n not in self.dropped] if self.dropped else every

    def meet(self, number: int, stage: Stage, run: int, twin: int | None) -> None:
        """Let a stage do its work.

        Args:
            number: Its place in the pipeline.
            stage: The stage.
            run: Which occurrence of its name this is.
            twin: Place of an equal stage before it, which need not see the same text twice.
        """
        places = self._candidates(stage, twin)
        if not places:
            return
        if isinstance(stage, OrderedColumnStage):
            measures = stage.measure_columns(self.columns.chosen(places))
            drops = stage.find_drops([self._document(place).id for place in places], measures)
            for at, drop in drops.items():
                text = self.columns.texts[places[at]]
                self._note(number, stage, run, places[at], Outcome(text, drop=drop))
            return
        if isinstance(stage, LevelStage):
            languages = [self._languages[place] for place in places]
            levels = stage.flags(self.columns.chosen(places), languages)
            chosen = levels.nonzero()[0]
            places = [places[at] for at in chosen.tolist()]
            documents = [self._document(place) for place in places]
            outcomes = stage.process_flagged(documents, levels[chosen].tolist())
        else:
            if isinstance(stage, ColumnStage):
                flags = stage.triage(self.columns.chosen(places))
                places = [places[at] for at in flags.nonzero()[0].tolist()]
            outcomes = stage.process([self._document(place) for place in places])
        for place, outcome in zip(places, outcomes, strict=True):
            self._note(number, stage, run, place, outcome)
        changed = [place for place in places if self._changed.get(place) == number]
        self._replace({place: self.results[place].text for place in changed})

    def _replace(self, texts: Mapping[int, str]) -> None:
        """Put texts, by their places in ascending order, in the place of those that were."""
        if len(texts) < len(self.columns):
            self.columns = self.columns.replaced(texts)
            return
        from textclean.kernels.columns import Columns

        del self.columns  # first: one text may be most of what memory holds
        self.columns = Columns(list(texts.values()))

    def _candidates(self, stage: Stage, twin: int | None) -> Sequence[int]:
        places = self.alive
        if twin is not None:
            changed = (place for place, last in self._changed.items() if last >= twin)
            places = sorted(place for place in changed if place not in self.dropped)
        if stage.languages is not None:
            places = [place for place in places if _may_see(stage, self._document(place))]
        return places

    def _document(self, place: int) -> Document:
        result = self.results.get(place)
        return result.document if result is not None else self._document_at(place)

    def _note(self, number: int, stage: Stage, run: int, place: int, outcome: Outcome) -> None:
        if not outcome.edits and outcome.drop is None and outcome.language is None:
            return
        before = self.results.get(place)
        if before is None:
            document = self._document_at(place)
            before = Result(document, document)
        self.results[place] = add_step(before, stage.name, run, outcome)
        if outcome.edits:
            self._changed[place] = number
        if outcome.language is not None:
            self._languages[place] = outcome.language
        if outcome.drop is not None:
            self.dropped.add(place)


def worth_columns(texts: Sequence[str]) -> bool:
    """Whether texts justify loading the compiler, or it is there already."""
    return is_worth(sum(map(len, texts)), WORTH_COLUMNS)


def _twin(stages: Sequence[Stage], number: int) -> int | None:
    """Return the place of an equal stage before a stage, with only text stages between.

    A text it left alone it would leave alone again.
    """
    for earlier in range(number - 1, -1, -1):
        if not isinstance(stages[earlier], TextStage):
            return None
        if stages[earlier] == stages[number]:
            return earlier
    return None


def add_step(result: Result, stage: str, run: int, outcome: Outcome) -> Result:
    """Return the result with one stage's outcome added to its document and trace."""
    if not outcome.edits and outcome.drop is None and outcome.language is None:
        return result
    document = result.document
    if outcome.edits:
        check_edits(document.text, outcome.edits)
        document = replace(document, text=outcome.text)
    if outcome.language is not None:
        document = replace(document, language=outcome.language)
    trace = result.trace
    if outcome.edits or outcome.drop is not None:
        trace = (*trace, Step(stage, run, outcome.edits, outcome.drop))
    return Result(result.original, document, trace)


def _may_see(stage: Stage, document: Document) -> bool:
    """A stage with languages sees only documents known to be of those languages."""
    return stage.languages is None or document.language in stage.languages
