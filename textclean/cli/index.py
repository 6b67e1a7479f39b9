"""The persistent index: ``clean --index`` and ``textclean index``."""

import contextlib
import hashlib
import json
import stat
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textclean.cli.inputs import Named
from textclean.diff.visible import visible
from textclean.engines.sinks import Targets
from textclean.errors import UsageError
from textclean.io.formats import format_by_name
from textclean.recipe import Recipe, stage_names

if TYPE_CHECKING:
    from textclean.dedup.folder import IndexFolder
    from textclean.dedup.store import IndexInfo


def open_index(
    named: Sequence[Named], recipe: Recipe, targets: Targets, options: dict[str, Any]
) -> "contextlib.AbstractContextManager[IndexFolder | None]":
    """Open the index of a run, before any of its input is read.

    Args:
        named: The inputs.
        recipe: The settings.
        targets: Where the run writes.
        options: ``index`` and ``index_read_only``, and what else tells one run from another.

    Raises:
        UsageError: The options do not go together.
        RefusedIndexError: It is damaged, has other parameters, is being written by another process,
            or is not there to be read.
    """
    path: Path | None = options["index"]
    if path is None:
        if options["index_read_only"]:
            message = "--index-read-only needs --index DIR"
            raise UsageError(message)
        return contextlib.nullcontext()
    if "duplicates" not in stage_names(recipe):
        message = "--index needs the stage duplicates"
        raise UsageError(message)
    _refuse_shared_places(path, named, targets)
    from textclean.dedup.folder import IndexFolder
    from textclean.dedup.manifest import Parameters

    parameters = Parameters.of(recipe.threshold, recipe.shingle_size, recipe.measure)
    read_only = options["index_read_only"]
    run = "" if read_only else _run_digest(named, recipe, targets, options)
    return IndexFolder(path, parameters, run=run, read_only=read_only)


def _refuse_shared_places(path: Path, named: Sequence[Named], targets: Targets) -> None:
    """Refuse to read or write in the index's folder, and an index in a folder that is read."""
    output = [targets.output] if isinstance(targets.output, Path) else []
    inputs = [Path(found.name) for found in named if found.name != "-"]
    refuse_in_index(path, [*inputs, *output, *targets.side_files()])
    # the next run would take the files of the index for inputs, unless the walk passes them by
    for folder in {found.folder for found in named if found.folder is not None}:
        if path.resolve().is_relative_to(folder.resolve()):
            inside = path.resolve().relative_to(folder.resolve())
            if not any(part.startswith(".") for part in inside.parts):
                message = (
                    f"the index {path} lies in the input folder {folder}; choose another place"
                )
                raise UsageError(message)


def refuse_in_index(path: Path, places: Sequence[Path]) -> None:
    """Refuse to read or write anything in the index's own folder.

    Raises:
        UsageError: One of the places lies in it.
    """
    folder = path.resolve()
    for place in places:
        if place.resolve().is_relative_to(folder):
            message = f"{place} lies in the index {path}; choose another place"
            raise UsageError(message)


def _run_digest(
    named: Sequence[Named], recipe: Recipe, targets: Targets, options: dict[str, Any]
) -> str:
    """Return by what a run is known again that is done a second time; empty: by nothing.

    That is what decides on the kept texts: settings, formats, and files with place, size and times.
    """
    inputs = []
    for found in named:
        try:
            status = Path(found.name).stat()
        except (OSError, ValueError):
            return ""  # stdin, a URL, or a file to be missed later
        if not stat.S_ISREG(status.st_mode):
            return ""
        # files of one name and time in two folders are two files
        place = str(Path(found.name).resolve())
        # a program may set the time of a change, but not that of the entry's change
        times = [status.st_mtime_ns, status.st_ctime_ns]
        inputs.append([found.name, place, status.st_size, *times])
    settings = {key: getattr(recipe, key) for key in Recipe.__dataclass_fields__}
    formats = [options[key] for key in ("source", "target", "encoding")]
    identity = [settings, formats, format_by_name(str(targets.output or "")), inputs]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


def info_as_json(info: "IndexInfo") -> str:
    """Return what stands in an index as one JSON object."""
    found = info.parameters
    table = {
        "format": found.format,
        "threshold": found.threshold,
        "shingle_size": found.shingle_size,
        "measure": found.similarity,
        "documents": info.texts,
        "segments": info.segments,
        "bytes": info.size,
        "first_day": None if info.days is None else str(info.days[0]),
        "last_day": None if info.days is None else str(info.days[1]),
        "bands": found.bands,
        "rows": found.rows,
        # the bands' figure is one of Jaccard; containment is found by lists
        "recall_at_threshold": info.recall if found.similarity == "jaccard" else None,
        "curve": [{"jaccard": jaccard, "probability": p} for jaccard, p in info.curve],
    }
    return json.dumps(table, indent=2)


def info_as_text(info: "IndexInfo", folder: Path) -> str:
    """Return the same for people."""
    found = info.parameters
    days = "" if info.days is None else f", kept {info.days[0]} to {info.days[1]}"
    rows = [
        ("index", f"{visible(str(folder))}, format {found.format}: sound"),
        (
            "holds",
            f"{_counted(info.texts, 'article')} in {_counted(info.segments, 'segment')}{days}",
        ),
        ("bytes", f"{info.size:,}"),
        ("threshold", f"{found.threshold} ({found.similarity})"),
        ("shingle size", f"{found.shingle_size} tokens"),
        ("bands", f"{found.bands} of {found.rows} slots"),
        ("recall", _recall(info)),
    ]
    lines = [f"{name:<13} {value}" for name, value in rows]
    lines += ["", "Jaccard  P(candidate); each candidate is then compared exactly"]
    lines += [f"   {jaccard:.2f}  {_chance(p)}" for jaccard, p in info.curve]
    return "\n".join(lines)


def _recall(info: "IndexInfo") -> str:
    """Say what of the pairs at the threshold is found."""
    if info.parameters.similarity == "containment":
        from textclean.kernels.crowd import LIST_LIMIT

        return (
            f"all pairs at the threshold become candidates, but for texts of which a part of"
            f" {info.parameters.threshold:g} or more stands in {LIST_LIMIT} articles each"
        )
    return f"{_chance(info.recall)} of the pairs at the threshold become candidates"


def _counted(number: int, what: str) -> str:
    """Return a number of things.

    >>> _counted(1, "segment"), _counted(2000, "segment")
    ('1 segment', '2,000 segments')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _chance(probability: float) -> str:
    """Return a probability that is not rounded up to certainty.

    >>> _chance(0.99999), _chance(1.0)
    ('0.9999', '1.0000')
    """
    return f"{int(probability * 10_000) / 10_000:.4f}"


def compact(folder: Path) -> None:
    """Join the segments of an index, and say so on stderr.

    Raises:
        RefusedIndexError: It is none, or damaged, or being written by another process.
    """
    from textclean.dedup.store import Store

    with Store.existing(folder) as store:
        before = len(store.manifest.segments)
        store.compact()
        after = len(store.manifest.segments)
        _say(f"{_counted(before, 'segment')} before, {after:,} now")


def expire(folder: Path, before: date) -> None:
    """Forget old articles of an index, and say on stderr how many.

    Raises:
        RefusedIndexError: It is none, or damaged, or being written by another process.
    """
    from textclean.dedup.store import Store

    with Store.existing(folder) as store:
        total = sum(entry.texts for entry in store.manifest.segments)
        gone = store.expire(before)
        _say(f"{gone:,} of {total:,} articles were kept before {before} and are forgotten")


def _say(message: str) -> None:
    if sys.stderr is not None:
        print(f"textclean: {message}", file=sys.stderr)  # noqa: T201 - for people
