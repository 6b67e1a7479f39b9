r"""datatrove: a pipeline step.

>>> from datatrove.data import Document
>>> step = CleanTexts()
>>> [document.text for document in step(iter([Document("Fares:\u00c2 free", "a")]))]
['Fares: free']
"""

import contextlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from textclean.document import Document
from textclean.errors import MissingExtraError
from textclean.pipeline import Result, single_text_pipeline
from textclean.recipe import Recipe

try:
    from datatrove.pipeline.base import PipelineStep
    from datatrove.utils.typeshelper import StatHints
except ImportError as _error:
    raise MissingExtraError(extra="datatrove", need="this adapter needs datatrove") from _error


class CleanTexts(PipelineStep):
    """Clean the text of each document; what a language filter drops goes to the exclusion writer.

    ``duplicates`` is left out: a task sees its own shard only. Counts: ``total``, ``forwarded``,
    ``dropped``, ``changed``, and documents by reason.

    Args:
        recipe: Settings; None: the default recipe.
        exclusion_writer: A datatrove ``DiskWriter`` for dropped documents, which get a
            ``filter_reason``; None: they are only counted.
        batch_size: Documents cleaned in one call; the texts do not depend on it.
    """

    name = "textclean"
    type = "FORMAT"

    def __init__(
        self, recipe: Recipe | None = None, exclusion_writer: Any = None, batch_size: int = 256
    ) -> None:
        super().__init__()
        self.recipe = recipe or Recipe()
        self.exclusion_writer = exclusion_writer
        self.batch_size = batch_size

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:  # noqa: ARG002 - datatrove's signature
        """Yield the documents that stay, in order, with their texts cleaned."""
        pipeline = single_text_pipeline(self.recipe)
        stream = iter(data or ())
        with self.exclusion_writer or contextlib.nullcontext() as writer:
            while batch := list(islice(stream, self.batch_size)):
                with self.track_time("batch"):
                    results = pipeline.process([Document(one.id, one.text) for one in batch])
                for document, result in zip(batch, results, strict=True):
                    self._count(result)
                    if result.drop is None:
                        document.text = result.text
                        if result.document.language is not None:
                            document.metadata["language"] = result.document.language
                        self.update_doc_stats(document)
                        yield document
                    elif writer is not None:
                        document.metadata["filter_reason"] = result.drop.reason
                        writer.write(document, rank)

    def _count(self, result: Result) -> None:
        self.stat_update(StatHints.total)
        if result.drop is not None:
            self.stat_update(StatHints.dropped, f"dropped_{result.drop.reason}")
            return
        self.stat_update(StatHints.forwarded)
        if result.trace:
            self.stat_update("changed", *sorted({edit.reason for edit in result.edits}))
