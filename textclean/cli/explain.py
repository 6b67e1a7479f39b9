"""``textclean explain``: what would change, record by record."""

import os
import sys

from textclean.diff import render_trace, visible
from textclean.document import Document
from textclean.errors import InputError
from textclean.io.formats import format_named
from textclean.io.sources import Source
from textclean.pipeline import Pipeline
from textclean.recipe import Recipe


def explain_file(
    name: str, recipe: Recipe, *, source_format: str | None, color: bool | None
) -> None:
    """Print the diff of every record that would change or go; others are only counted.

    Raises:
        InputError: A record is broken.
    """
    if source_format is not None:
        format_named(source_format)
    if color is None:
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    source = Source(name, 0, source_format)
    pipeline = Pipeline.from_recipe(recipe)
    reader = format_named(source.format, recipe.text_field, recipe.id_field)
    seen = touched = 0
    for chunk in source.chunks(recipe.max_record_bytes):
        documents = []
        for frame in reader.frames(chunk.data):
            line = chunk.first_line + frame.line
            try:
                parsed = reader.parse(chunk.data[frame.start : frame.content_end])
            except InputError as error:
                at = chunk.byte_offset + frame.start + (error.byte_offset or 0)
                raise InputError(
                    error.message, source=source.name, line=line, byte_offset=at
                ) from error
            documents.append(Document(parsed.id or f"{source.name}:{line}", parsed.text))
        for result in pipeline.process(documents):
            seen += 1
            if result.trace:
                touched += 1
                _show(
                    result.original, render_trace(result.original.text, result.trace, color=color)
                )
    print(f"{touched:,} of {seen:,} would change")  # noqa: T201 - this is the output


def _show(original: Document, diff: str) -> None:
    print(f"== {visible(original.id)}\n{diff}\n")  # noqa: T201 - this is the output
