"""``textclean explain``: what would change, record by record."""

import os
import sys

from textclean.cli.inputs import Named, open_sources
from textclean.diff import render_trace, visible
from textclean.engines.work import Job, Worker
from textclean.errors import InputError
from textclean.recipe import Recipe


def explain_file(
    name: str,
    recipe: Recipe,
    *,
    source_format: str | None,
    encoding: str | None,
    color: bool | None,
) -> None:
    """Print the diff of every record that would change or go; others are only counted.

    Raises:
        InputError: A record is broken.
    """
    if color is None:
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    [source] = open_sources([Named(name)], source_format, recipe.text_field, encoding)
    worker = Worker(Job(recipe))
    seen = touched = 0
    for chunk in source.chunks(recipe.max_record_bytes):
        records, documents = worker.read(chunk)
        for record in records:
            if record.fault is not None:
                message, at = record.fault
                line = chunk.first_line + record.frame.line
                raise InputError(message, source=source.name, line=line, byte_offset=at)
        for result in worker.pipeline.process(documents):
            seen += 1
            if result.trace:
                touched += 1
                diff = render_trace(result.original.text, result.trace, color=color)
                print(f"== {visible(result.original.id)}\n{diff}\n")  # noqa: T201 - the output
    print(f"{touched:,} of {seen:,} would change")  # noqa: T201 - the output
