"""``textclean clean``: sources, targets and recipe put together, and the run itself."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textclean.cli.cluster import ray_run_of, refuse_for_ray, refuse_local_only
from textclean.cli.index import open_index, refuse_in_index
from textclean.cli.inputs import Named, expand, header_for, open_sources
from textclean.cli.notices import announce_compiling, columns
from textclean.cli.resuming import journal_of, journal_path, recipe_table
from textclean.diff.visible import visible
from textclean.engines.journal import Journal
from textclean.engines.local import Progress, run_local
from textclean.engines.sinks import Sinks, Targets, name_all, refuse_colliding_names
from textclean.engines.work import Job
from textclean.errors import TextcleanError, UsageError
from textclean.io.cutting import Chunk
from textclean.io.formats import format_by_name
from textclean.io.outputs import gone_if_empty, refuse_shared_targets
from textclean.io.remote import is_url
from textclean.io.sources import Source
from textclean.kernels.jit import refuse_unknown_choice
from textclean.recipe import (
    Recipe,
    flag_name,
    recipe_from_settings,
    settings_from_toml,
)
from textclean.report import Report
from textclean.stage import OrderedStage

#: Below this many columns there is no room for a bar beside its figures.
_COLUMNS_FOR_A_BAR = 60

if TYPE_CHECKING:
    from textclean.dedup.folder import IndexFolder
    from textclean.engines.ray import RayRun


def recipe_of(options: dict[str, Any]) -> Recipe:
    """Take the recipe's settings out of the options; flags override the recipe file."""
    path = options["recipe"]
    given = {key: options.pop(key) for key in (*Recipe.__dataclass_fields__, "preset")}
    flags = {key: value for key, value in given.items() if value is not None}
    return recipe_from_settings(settings_from_toml(path) if path else {}, flags)


def clean_files(
    files: Sequence[str],
    recipe: Recipe,
    options: dict[str, Any],
    ordered: OrderedStage[Any] | None = None,
    ray: "RayRun | None" = None,
) -> Report:
    """Run ``clean`` with parsed options.

    Args:
        files: Inputs, as on the command line.
        recipe: The settings.
        options: The other options, by name.
        ordered: Decides in place of the recipe's own stage ``duplicates``; there is no journal.
        ray: How to use Ray; None: as the options say, if at all.

    Raises:
        UsageError: The options do not go together; nothing was read or written.
        TextcleanError: The run failed; nothing unfinished stands under a final name.
    """
    refuse_unknown_choice()
    _refuse_later(options)
    targets = targets_of(options)
    named = expand(files, targets.output)
    _refuse_early([found.name for found in named], options["recipe"], targets)
    ray = ray or ray_run_of(options)
    if ray is not None:
        refuse_local_only(recipe, options)
    output = targets.output
    folder = output if isinstance(output, Path) and targets.is_folder else None
    with open_index(named, recipe, targets, options) as index, gone_if_empty(folder):
        how: dict[str, Any] = {"ordered": ordered, "ray": ray, "index": index}
        return _clean(named, recipe, targets, options, **how)


def _clean(  # noqa: PLR0913 - each is of another kind
    named: Sequence[Named],
    recipe: Recipe,
    targets: Targets,
    options: dict[str, Any],
    *,
    ordered: OrderedStage[Any] | None,
    ray: "RayRun | None",
    index: "IndexFolder | None",
) -> Report:
    sources = open_sources(named, options["source"], recipe.text_field, options["encoding"])
    target = _target_format(sources, targets, options["target"])
    if recipe.repetition_score and {target or source.format for source in sources} - {"jsonl"}:
        message = "--repetition-score is a field of JSON Lines; give --to jsonl"
        raise UsageError(message)
    expected: list[Source] = []
    if targets.is_folder:
        assert isinstance(targets.output, Path)  # noqa: S101 - a folder has a path
        inputs = [source.path for source in sources if source.path is not None]
        outputs = refuse_colliding_names(targets, target, sources)
        refuse_shared_targets(inputs, [*outputs, *targets.side_files()])
        if index is not None:
            refuse_in_index(index.path, outputs)
        expected = [source for source in sources if (target or source.format) != "text"]
        targets.output.mkdir(parents=True, exist_ok=True)
    surveyed = targets.report is not None and targets.report.suffix == ".html"
    job = Job(recipe, target, edits=targets.edits is not None, surveyed=surveyed)
    job = replace(job, triage=options["triage"])
    if not targets.is_folder or any(source.format != target for source in sources):
        job = replace(job, header=header_for(job, sources))
    if ray is not None:
        refuse_for_ray(sources, options)
        if targets.is_folder:
            from textclean.engines.ray_outputs import StagedFolder

            return _run(job, sources, StagedFolder(targets, job), options, ray=ray)
        return _run(job, sources, Sinks(targets, job, expected), options, ray=ray)
    if ordered is not None:
        return _run(job, sources, Sinks(targets, job, expected), options, ordered=ordered)
    journal = journal_of(job, sources, targets, index, resume=options["resume"])
    if journal is None:
        return _run(job, sources, Sinks(targets, job, expected), options, index=index)
    try:
        position = journal.position
        if position is not None and position.is_complete:
            report = Report(recipe_table(recipe))
            report.take_up(position.report)
            report.has_ids = position.has_ids
            name_all(journal, position, index)
            return _tell(report, options)
        sinks = Sinks(targets, job, expected, position)
        return _run(job, sources, sinks, options, journal=journal, index=index)
    finally:
        journal.close()


def _run(  # noqa: PLR0913 - each is of another kind
    job: Job,
    sources: list[Source],
    sinks: Sinks,
    options: dict[str, Any],
    *,
    journal: Journal | None = None,
    ordered: OrderedStage[Any] | None = None,
    ray: "RayRun | None" = None,
    index: "IndexFolder | None" = None,
) -> Report:
    quiet = options["quiet"]
    if not quiet:
        announce_compiling()
    on_terminal = sys.stderr is not None and sys.stderr.isatty()
    show = on_terminal and not quiet and not options["no_progress"]
    workers = options["workers"] or os.cpu_count() or 1
    try:
        with _Bar(sources, show=show) as progress:
            if ray is not None:
                from textclean.engines.ray import run_ray

                ray.shows_progress = show
                report = run_ray(job, sources, sinks, ray, progress)
            else:
                report = run_local(
                    job,
                    sources,
                    sinks,
                    workers=workers,
                    progress=progress,
                    journal=journal,
                    ordered=ordered,
                    index=None if index is None else index.index,
                )
        report.recipe = {**recipe_table(job.recipe), **options.get("noted", {})}
        learning = None if index is None or index.is_read_only else index
        sinks.commit(report, journal, learning)
    except BaseException:
        keep = journal is not None and journal.is_written
        sinks.abort(keep=keep)
        if keep and journal is not None and sys.stderr is not None:
            hint = f"the same command with --resume goes on from {visible(str(journal.path))}"
            print(f"textclean: {hint}", file=sys.stderr)  # noqa: T201 - for people
        raise
    return _tell(report, options)


def _tell(report: Report, options: dict[str, Any]) -> Report:
    if not options["quiet"] and sys.stderr is not None:
        names = ("dropped", "edits", "bad_records", "report")
        sides = {f"--{flag_name(key)}": options[key] for key in names}
        given = {flag: visible(str(path)) for flag, path in sides.items() if path is not None}
        print(f"textclean: {report.summary(given)}", file=sys.stderr)  # noqa: T201 - for people
    return report


def refuse_too_many_dropped(report: Report, limit: float | None) -> Report:
    """Return the report of a complete run, unless it dropped more than it was allowed to.

    Args:
        report: What happened.
        limit: Share of the records that may be dropped; None: all.

    Raises:
        TextcleanError: More were dropped; the outputs stay.
    """
    if limit is not None and report.dropped > limit * report.records_in:
        share = report.dropped / report.records_in
        message = (
            f"{share:.4f} of the records were dropped, more than --fail-if-dropped-above {limit};"
            " the outputs are complete"
        )
        raise TextcleanError(message)
    return report


def _refuse_later(options: dict[str, Any]) -> None:
    report = options["report"]
    if report is not None and report.suffix not in (".json", ".html"):
        message = f"--report {report}: a report's name ends in .json or .html"
        raise UsageError(message)


def targets_of(options: dict[str, Any]) -> Targets:
    """Return where a run writes."""
    name: str | None = options["output"]
    if name == "":
        message = "--output needs a name"
        raise UsageError(message)
    output = None if name in (None, "-") else Path(name or "")
    if name is not None and is_url(name):
        if name.endswith("/"):
            message = f"the output {name} must be an object: folders are written on disk only"
            raise UsageError(message)
        return Targets(name, is_folder=False, **_side_files(options))
    is_folder = output is not None and (output.is_dir() or str(name).endswith(("/", os.sep)))
    if is_folder and output is not None and output.exists() and not output.is_dir():
        message = f"the output {name} is a file, not a folder"
        raise UsageError(message)
    return Targets(output, is_folder, **_side_files(options))


def _side_files(options: dict[str, Any]) -> dict[str, Path | None]:
    side = {key: options[key] for key in ("edits", "dropped", "bad_records", "report")}
    for key, path in side.items():
        if path is not None and str(path) == "-":
            message = f"--{flag_name(key)} needs a file: stdout is for the data"
            raise UsageError(message)
    return side


def _refuse_early(names: Sequence[str], recipe_file: Path | None, targets: Targets) -> None:
    """Refuse a target that is an input or another target, before anything is read."""
    inputs = [Path(name) for name in names if name != "-" and not is_url(name)]
    if recipe_file is not None:
        inputs.append(recipe_file)
    outputs = targets.side_files()
    if isinstance(targets.output, Path):
        outputs.append(journal_path(targets.output))
        if not targets.is_folder:
            outputs.append(targets.output)
    elif targets.output in names:
        message = f"the output {targets.output} is an input; choose another name"
        raise UsageError(message)
    refuse_shared_targets(inputs, outputs)


def _target_format(sources: Sequence[Source], targets: Targets, target: str | None) -> str | None:
    """Return the output's format, or None when each file of a folder keeps its own."""
    formats = {source.format for source in sources}
    if targets.is_folder:
        return target or (formats.pop() if len(formats) == 1 else None)
    named = format_by_name(str(targets.output or ""))
    named = None if named == "text" else named
    target = target or named
    if target is None and len(formats) > 1:
        message = f"the inputs are of several formats ({', '.join(sorted(formats))}); give --to"
        raise UsageError(message)
    target = target or formats.pop()
    if target == "text" and len(sources) > 1:
        message = "several texts cannot share one output; use --to jsonl or -o FOLDER"
        raise UsageError(message)
    if target == "text" and any(source.format != "text" for source in sources):
        message = "records become text files only in a folder; use -o FOLDER"
        raise UsageError(message)
    return target


class _Bar:
    """A progress bar over the bytes read, on stderr; silent unless shown."""

    def __init__(self, sources: Sequence[Source], *, show: bool) -> None:
        self._sizes = [source.size for source in sources]
        self._show = show
        self._done = 0
        self._source: Source | None = None
        self._bar: Any = None

    def __enter__(self) -> Progress:
        if self._show:
            from tqdm import tqdm

            tqdm.monitor_interval = 0  # no thread of its own: workers are copied without threads
            known = all(size is not None for size in self._sizes)
            total = sum(size or 0 for size in self._sizes) if known else None
            form = None  # tqdm's own: percent, bar, bytes, time, time left, rate
            if columns() < _COLUMNS_FOR_A_BAR:
                left = "{percentage:3.0f} %, {remaining} left" if total else "{n_fmt}"
                form = f"{left}, {{rate_fmt}}"
            self._bar = tqdm(
                total=total, unit="B", unit_scale=True, file=sys.stderr, bar_format=form, miniters=1
            )
        return self._update

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _update(self, source: Source, chunk: Chunk) -> None:
        if self._bar is None:
            return
        if source.size is None:
            self._bar.update(len(chunk.data))
            return
        if source is not self._source:
            if self._source is not None:
                self._done += self._source.size or 0
            self._source = source
        position = source.position() or source.size
        self._bar.update(max(0, self._done + position - self._bar.n))
