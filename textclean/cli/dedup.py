"""``textclean dedup``: near-duplicates of whole files, with a choice of the survivor."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textclean.cli.clean import clean_files, targets_of
from textclean.cli.cluster import ray_run_of
from textclean.cli.inputs import expand, open_sources
from textclean.cli.notices import announce_compiling
from textclean.cli.options import DEDUP_SETTINGS
from textclean.dedup.corpus import Cluster, CorpusDeduplication
from textclean.dedup.keep import KeepRule
from textclean.engines.corpus import Decided, measure_sources
from textclean.engines.sinks import Targets
from textclean.engines.work import Job
from textclean.errors import InputError, UsageError
from textclean.io.json_records import build_record
from textclean.io.outputs import OutputFile, is_special, refuse_shared_targets
from textclean.io.sources import Source
from textclean.recipe import Recipe, recipe_from_settings
from textclean.report import Report

if TYPE_CHECKING:
    from textclean.engines.ray import RayRun


def dedup_files(files: Sequence[str], options: dict[str, Any]) -> Report:
    """Run ``dedup`` with parsed options: read the files twice, write what stays.

    Raises:
        UsageError: The options do not go together; nothing was read or written.
        TextcleanError: The run failed; nothing unfinished stands under a final name.
    """
    try:
        rule = options.pop("keep")
        keep = KeepRule.parse(rule)
    except ValueError as error:
        raise UsageError(str(error)) from error
    path = options.pop("clusters")
    given = {name: options.pop(name) for name in (*DEDUP_SETTINGS, "preset")}
    settings = {name: value for name, value in given.items() if value is not None}
    recipe = recipe_from_settings({"stages": ("duplicates",)}, settings)
    fixed = {"edits": None, "resume": False, "triage": True, "workers": None, "recipe": None}
    no_index = {"index": None, "index_read_only": False}
    run = {**options, **fixed, **no_index, "noted": {"keep": rule}}
    targets = targets_of(run)
    named = expand(files, targets.output)
    names = [found.name for found in named]
    ray = ray_run_of(run)
    if ray is None:
        _refuse_unreadable_twice(names)
    _refuse_targets(names, targets, path)
    how = run["source"], recipe.text_field, run["encoding"]
    sources = open_sources(named, *how)
    keep = _with_names(keep, sources)
    if ray is not None:
        return _dedup_on_ray(files, recipe, run, replace(ray, keep=keep), path)
    measure: Any = recipe.measure  # one of MEASURES
    corpus = CorpusDeduplication(keep, recipe.threshold, recipe.shingle_size, measure=measure)
    _try_to_write(targets, path)
    if not run["quiet"]:
        announce_compiling()
    measure_sources(corpus, Job(recipe), sources)
    if [source.stamp for source in open_sources(named, *how)] != [
        source.stamp for source in sources
    ]:
        message = "an input changed between the two passes; run again"
        raise InputError(message)
    clusters = _clusters(corpus.clusters(), path) if path else None
    try:
        report = clean_files(files, recipe, run, Decided(corpus))
        if clusters is not None:
            clusters.commit()
    except BaseException:
        if clusters is not None:
            clusters.abort()
        raise
    return report


def _dedup_on_ray(
    files: Sequence[str],
    recipe: Recipe,
    options: dict[str, Any],
    ray: "RayRun",
    path: Path | None,
) -> Report:
    """Run ``dedup`` on a cluster."""
    clusters = OutputFile(path) if path is not None else None
    try:
        report = clean_files(files, recipe, options, ray=replace(ray, clusters=clusters))
        if clusters is not None:
            clusters.finish()
            clusters.commit()
    except BaseException:
        if clusters is not None:
            clusters.abort()
        raise
    return report


def _refuse_unreadable_twice(names: Sequence[str]) -> None:
    """Refuse stdin, pipes and URLs: what they give may differ the second time."""
    for name in names:
        if name == "-" or (Path(name).exists() and not Path(name).is_file()) or "://" in name:
            shown = "stdin" if name == "-" else name
            message = f"dedup reads its input twice: name files on disk, not {shown}"
            raise UsageError(message)


def _refuse_targets(names: Sequence[str], targets: Targets, clusters: Path | None) -> None:
    """Refuse to write anything over an input or another output, before anything is read."""
    output = targets.output
    files = [output] if isinstance(output, Path) and not targets.is_folder else []
    sides = [*targets.side_files(), *([clusters] if clusters else [])]
    refuse_shared_targets(list(map(Path, names)), [*files, *sides])
    if isinstance(output, Path) and targets.is_folder:
        for side in sides:
            if output.resolve() in side.resolve().parents:
                message = f"{side} lies in the output folder {output}; choose another place"
                raise UsageError(message)
    if clusters is not None and (clusters.is_dir() or not clusters.absolute().parent.is_dir()):
        message = f"--clusters {clusters}: no file can stand there"
        raise UsageError(message)


def _try_to_write(targets: Targets, clusters: Path | None) -> None:
    """Find out before the first pass, not behind it, what cannot be written."""
    output = [targets.output] if isinstance(targets.output, Path) and not targets.is_folder else []
    for path in [*output, *targets.side_files(), *([clusters] if clusters else [])]:
        if not is_special(path):
            OutputFile(path).abort()


def _with_names(keep: KeepRule, sources: Sequence[Source]) -> KeepRule:
    """Take ``prefer`` by whatever name the file was given; a folder stands for its files."""
    if keep.kind != "prefer":
        return keep
    preferred = Path(keep.argument).resolve()
    for source in sources:
        path = Path(source.name).resolve()
        if path == preferred or preferred in path.parents:
            return replace(keep, argument=str(preferred))
    message = f"--keep prefer:{keep.argument} is none of the inputs"
    raise UsageError(message)


def _clusters(clusters: Iterable[Cluster], path: Path) -> OutputFile:
    """Write the clusters beside their final place."""
    output = OutputFile(path)
    try:
        for cluster in clusters:
            output.write(build_record(cluster.as_json()) + b"\n")
        output.finish()
    except BaseException:
        output.abort()
        raise
    return output
