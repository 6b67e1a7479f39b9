"""``textclean dedup``: near-duplicates of whole files, with a choice of the survivor."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textclean.cli.clean import clean_files
from textclean.cli.inputs import expand, open_sources
from textclean.dedup.corpus import CorpusDeduplication
from textclean.dedup.keep import KeepRule
from textclean.engines.corpus import Decided, measure_sources
from textclean.engines.work import Job
from textclean.errors import UsageError
from textclean.io.json_records import build_record
from textclean.io.outputs import OutputFile, refuse_shared_targets
from textclean.recipe import Recipe
from textclean.report import Report


def dedup_files(files: Sequence[str], options: dict[str, Any]) -> Report:
    """Run ``dedup`` with parsed options: read the files twice, write what stays.

    Raises:
        UsageError: The options do not go together; nothing was read or written.
        TextcleanError: The run failed; nothing unfinished stands under a final name.
    """
    try:
        keep = KeepRule.parse(options.pop("keep"))
    except ValueError as error:
        raise UsageError(str(error)) from error
    measure, path = options.pop("measure"), options.pop("clusters")
    settings = {name: options.pop(name) for name in list(options) if name in _SETTINGS}
    recipe = Recipe(stages=("duplicates",), **settings)
    named = expand(files, options["output"])
    names = [found.name for found in named]
    if "-" in names:
        message = "dedup reads its input twice: name files, not stdin"
        raise UsageError(message)
    refuse_shared_targets(list(map(Path, names)), [path] if path else [])
    sources = open_sources(named, options["source"], recipe.text_field, options["encoding"])
    corpus = CorpusDeduplication(keep, recipe.threshold, recipe.shingle_size, measure=measure)
    measure_sources(corpus, Job(recipe), sources)
    clusters = _clusters(corpus, path) if path else None
    run = {**options, "edits": None, "resume": False, "workers": 1, "recipe": None, "index": None}
    try:
        report = clean_files(files, recipe, run, Decided(corpus))
        if clusters is not None:
            clusters.commit()
    except BaseException:
        if clusters is not None:
            clusters.abort()
        raise
    return report


_SETTINGS = frozenset({"text_field", "id_field", "threshold", "shingle_size", "max_record_bytes"})


def _clusters(corpus: CorpusDeduplication, path: Path) -> OutputFile:
    """Write the clusters beside their final place."""
    output = OutputFile(path)
    try:
        for cluster in corpus.clusters():
            output.write(build_record(cluster.as_json()) + b"\n")
        output.finish()
    except BaseException:
        output.abort()
        raise
    return output
