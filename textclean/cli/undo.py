"""``textclean undo``: the input of a run, rebuilt from what the run left."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textclean.cli.inputs import expand, open_sources
from textclean.engines.sinks import Output
from textclean.engines.undo import Undo
from textclean.errors import UsageError
from textclean.io.outputs import OutputFile, StandardOutput, refuse_shared_targets

#: Formats whose records are rewritten in place.
_FORMATS = ("jsonl", "text", "lines", "csv", "tsv")


def undo_files(files: Sequence[str], options: dict[str, Any]) -> int:
    """Write the input of a run; return the number of its records.

    Raises:
        UsageError: The output is of a format that does not keep what it was made from.
        InputError: The files do not belong together.
    """
    path: Path | None = options["output"]
    edits, dropped, bad_records = (options[key] for key in ("edits", "dropped", "bad_records"))
    sides = (edits, dropped, bad_records)
    named = expand(files)
    inputs = [Path(found.name) for found in named if found.name != "-"]
    refuse_shared_targets(
        [*inputs, *(side for side in sides if side is not None)], [path] if path else []
    )
    sources = open_sources(named, options["source"], options["text_field"], None)
    if unfit := {source.format for source in sources}.difference(_FORMATS):
        message = f"undo reads {', '.join(_FORMATS)}, not {min(unfit)}"
        raise UsageError(message)
    output: Output = StandardOutput() if path is None else OutputFile(path)
    try:
        undo = Undo(edits, dropped, bad_records, output)
        count = undo.run(sources, options["text_field"], options["id_field"])
        output.finish()
        output.commit()
    except BaseException:
        output.abort()
        raise
    return count
