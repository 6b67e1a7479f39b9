"""What a batch run needs to be gone on with by ``--resume``, and what its journal knows it by."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textclean.engines.journal import Journal
from textclean.engines.sinks import Targets
from textclean.engines.work import Job, job_pipeline
from textclean.errors import UsageError
from textclean.io.outputs import is_special
from textclean.io.sources import Source
from textclean.recipe import Recipe, flag_name, stage_names

if TYPE_CHECKING:
    from textclean.dedup.folder import IndexFolder


def journal_path(output: Path) -> Path:
    """Return where the journal of an output stands.

    >>> journal_path(Path("clean.jsonl.gz")).name
    'clean.jsonl.gz.journal'
    """
    return output.with_name(output.name + ".journal")


def journal_of(
    job: Job,
    sources: Sequence[Source],
    targets: Targets,
    index: "IndexFolder | None",
    *,
    resume: bool,
) -> Journal | None:
    """Return the journal of a batch run: files into a file or a folder; None for any other."""
    output = targets.output
    why_not = _cannot_resume(job, sources, targets)
    if why_not or not isinstance(output, Path):
        if resume:
            message = f"--resume needs {why_not}"
            raise UsageError(message)
        return None
    sides = ("edits", "dropped", "bad_records", "report")
    outputs = {key: getattr(targets, key) for key in ("output", *sides)}
    identity = {
        "recipe": recipe_table(job.recipe),
        "to": job.target,
        "inputs": [
            [source.name, source.format, source.encoding, source.version] for source in sources
        ],
        "outputs": {key: None if path is None else str(path) for key, path in outputs.items()},
        "index": None if index is None else [str(index.path), index.is_read_only, index.state],
    }
    return Journal(journal_path(output), identity, resume=resume)


def _cannot_resume(job: Job, sources: Sequence[Source], targets: Targets) -> str:
    """Return what a run that is cut off would need to be gone on with; empty: nothing."""
    if missing := _cannot_take_back(targets):
        return missing
    for source in sources:
        if source.version is None:
            why = "may be another one the next time: nothing tells its version or time"
            return f"files as input: {source.name} {why}"
    if job_pipeline(job).split()[2].stages:
        return "duplicates as the last stage: what later stages drop leaves no trace in the output"
    return ""


def _cannot_take_back(targets: Targets) -> str:
    """Return what is wrong with a target that cannot be cut to what a checkpoint knows."""
    output = targets.output
    if output is None:
        return "-o FILE or -o FOLDER/: what was sent to stdout cannot be taken back"
    if not isinstance(output, Path):
        return (
            f"an output on disk: an upload to {output} that is cut off leaves nothing there; "
            "write a file and copy it, or run without --resume"
        )
    if not targets.is_folder and is_special(output):
        return f"a file as output: what was sent to {output} cannot be taken back"
    for path in targets.side_files():
        if is_special(path) and path != Path(os.devnull):
            return f"files as side files: what was sent to {path} cannot be taken back"
    return ""


def recipe_table(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as JSON values under the names of its flags.

    >>> recipe_table(Recipe())["shingle-size"]
    5
    """
    table = {flag_name(name): getattr(recipe, name) for name in Recipe.__dataclass_fields__}
    return {**table, "stages": list(stage_names(recipe))}
