"""``textclean bench``: speed, memory, and quality on dirt planted into the user's corpus."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textclean.bench import costs, quality
from textclean.bench.corpus import take
from textclean.bench.table import as_json, as_svg, as_text
from textclean.cli.inputs import expand, open_sources
from textclean.cli.notices import announce_compiling
from textclean.errors import UsageError
from textclean.io.json_records import build_record
from textclean.io.outputs import OutputFile, refuse_shared_targets
from textclean.recipe import Recipe, stage_names


def bench_files(files: Sequence[str], recipe: Recipe, options: dict[str, Any]) -> None:
    """Measure, print the tables, and write what else was asked for.

    Raises:
        UsageError: A target is an input, or no stage is left.
        TextcleanError: The corpus cannot be read, or holds no document.
    """
    announce_compiling()
    named = expand(files)
    targets = [path for path in (options["json"], options["plot"]) if path is not None]
    refuse_shared_targets([Path(found.name) for found in named], targets)
    stages = stage_names(recipe)
    if not stages:
        message = "no stage is left to measure"
        raise UsageError(message)
    sources = open_sources(named, options["source"], recipe.text_field, options["encoding"])
    with tempfile.TemporaryDirectory(prefix="textclean-") as folder:
        room = Path(folder)
        corpus = take(sources, recipe, options["limit"], room / "corpus.jsonl")
        spent = list(costs.measure(corpus, stages, options["repeats"], room, peer=options["peer"]))
    sample = corpus.texts[:: max(1, len(corpus.texts) // options["sample"])]
    found = list(quality.measure(sample, recipe, stages))
    curve = quality.curve(recipe.threshold)
    sys.stdout.write(as_text(corpus, spent, found, curve))
    if options["json"] is not None:
        _write(options["json"], build_record(as_json(corpus, spent, found, curve)) + b"\n")
    if options["plot"] is not None:
        _write(options["plot"], as_svg(spent).encode())


def _write(path: Path, content: bytes) -> None:
    output = OutputFile(path)
    try:
        output.write(content)
        output.finish()
        output.commit()
    except BaseException:
        output.abort()
        raise
