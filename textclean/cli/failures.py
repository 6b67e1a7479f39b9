"""Errors of the system in words that say what to do."""

import io
import os
from itertools import islice
from pathlib import Path

import click

#: Names of a folder that are looked at for a misspelt one.
_LOOKED_AT = 10_000


def words_of(error: Exception) -> str:
    """Return what a person is told of an error.

    Args:
        error: One that ends the run.

    >>> words_of(FileNotFoundError(2, "No such file or directory", "/nowhere/crawl.jsonl"))
    "there is no file '/nowhere/crawl.jsonl': there is no folder '/nowhere'"
    """
    if not isinstance(error, OSError) or error.filename is None:
        return str(error)
    name = os.fsdecode(error.filename)
    if not isinstance(error, FileNotFoundError):
        return f"{name}: {error.strerror}"
    path = Path(name)
    if not path.parent.is_dir():
        return f"there is no file {name!r}: there is no folder {str(path.parent)!r}"
    from difflib import get_close_matches

    near = get_close_matches(path.name, _names(path.parent), 1)
    hint = f"; did you mean {str(path.with_name(near[0]))!r}?" if near else ""
    return f"there is no file {name!r}{hint}"


def usage_words(error: click.ClickException) -> list[str]:
    """Return the lines click has for a wrong call; an argument may stand in them as it came.

    >>> usage_words(click.UsageError("no such thing"))
    ['Error: no such thing']
    """
    words = io.StringIO()
    error.show(words)
    return words.getvalue().rstrip("\n").split("\n")


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in islice(entries, _LOOKED_AT)]
    except OSError:
        return []
