"""Inputs: what the words on the command line stand for, and what new CSV files are to hold."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from textclean.engines.work import Job
from textclean.errors import InputError, UsageError
from textclean.io.delimited import Delimited, header_columns
from textclean.io.encodings import encoding_named
from textclean.io.formats import DELIMITED_FORMATS
from textclean.io.json_records import members_of
from textclean.io.remote import is_url, list_urls
from textclean.io.sources import Source

#: What the formats without names of their own have: the text, and who it is.
_WARC_MEMBERS = ("url", "date", "record_id")


@dataclass(frozen=True, slots=True)
class Named:
    """A file that is an input, and where it lies below the folder that was named."""

    name: str
    inside: Path | None = None

    @property
    def folder(self) -> Path | None:
        """The folder that was named; None: the file was."""
        if self.inside is None:
            return None
        return Path(self.name).parents[len(self.inside.parts) - 1]


def expand(words: Sequence[str], output: Path | str | None = None) -> list[Named]:
    """Return the files that words stand for: files, folders, patterns, URLs, ``-``.

    A folder stands for all files in it, whatever their depth, less hidden ones; the order is that
    of the names' characters, everywhere. A file of exactly that name comes before a pattern.

    Args:
        words: From the command line; none is stdin.
        output: Where the run writes.

    Raises:
        InputError: A pattern or a folder stands for nothing.
        UsageError: The output would lie in an input folder.
    """
    if "" in words:
        message = "an input has an empty name; the current folder is ."
        raise UsageError(message)
    named = [found for word in words or ["-"] for found in _expand(word, output)]
    if [found.name for found in named].count("-") > 1:
        message = "stdin ('-') can be read only once"
        raise UsageError(message)
    return named


def open_sources(
    named: Sequence[Named], source_format: str | None, text_field: str, encoding: str | None
) -> list[Source]:
    """Open every input far enough to know its format.

    Raises:
        InputError: One is missing or unreadable.
        UsageError: There is no such encoding, or it is none that a format can have.
    """
    if encoding is not None:
        encoding = encoding_named(encoding)
    sources = [
        Source(
            found.name,
            number,
            source_format,
            text_field=text_field,
            encoding=encoding,
            inside=found.inside,
        )
        for number, found in enumerate(named)
    ]
    binary = {source.format for source in sources} & {"parquet", "warc"}
    if encoding not in (None, "utf-8") and binary:
        message = f"--encoding is for text; {min(binary)} says itself what it is"
        raise UsageError(message)
    return sources


def header_for(job: Job, sources: Sequence[Source]) -> bytes:
    """Return the column names of new CSV or TSV files: those of the first record.

    Raises:
        UsageError: CSV files with different columns would go into one.
    """
    name = job.target
    if name not in DELIMITED_FORMATS or not sources:
        return b""
    assert name is not None  # noqa: S101 - one of the two
    recipe = job.recipe
    same = [source for source in sources if source.format == name]
    layouts = {header_columns(name, source.header, recipe.text_field) for source in same}
    if len(layouts) > 1 or (same and len(same) < len(sources)):
        message = f"{name} files with different columns cannot share one output; use -o FOLDER"
        raise UsageError(message)
    options = (recipe.text_field, recipe.id_field)
    if same:
        columns = Delimited(name, same[0].header, *options, job.writes_language)
        return columns.output_header
    names = _columns(sources[0], *options)
    made = Delimited.of_columns(name, names, *options, adds_language=job.writes_language)
    return made.output_header


def _columns(source: Source, text_field: str, id_field: str) -> list[str]:
    """Return the fields of a source's first record; its id comes first when it has none."""
    if source.format in DELIMITED_FORMATS:
        names = list(header_columns(source.format, source.header, text_field)[1])
    elif source.format == "jsonl":
        try:
            names = list(members_of(source.first_line()))
        except InputError:
            names = []
    elif source.format == "parquet":
        names = source.parquet_columns()
    elif source.format == "warc":
        names = list(_WARC_MEMBERS)
    else:
        names = []
    if len(set(names)) < len(names):
        message = f"{source.name}: a column's name stands twice in the header"
        raise UsageError(message)
    return [name for name in (id_field,) if name not in names] + [
        *names,
        *(name for name in (text_field,) if name not in names),
    ]


def _expand(word: str, output: Path | str | None) -> Iterator[Named]:
    if is_url(word):
        yield from map(Named, list_urls(word))
        return
    path = Path(word)
    if word == "-" or (path.exists() and not path.is_dir()):
        yield Named(word)
        return
    if path.is_dir():
        _refuse_inside(path, output)
        yield from _in_folder(path)
        return
    if not glob.has_magic(word):
        yield Named(word)  # to be missed where it is opened
        return
    found = sorted(name for name in glob.glob(word, recursive=True) if not Path(name).is_dir())  # noqa: PTH207 - the pattern may be absolute
    if not found:
        message = "no file matches this pattern"
        raise InputError(message, source=word)
    yield from map(Named, found)


def _in_folder(folder: Path) -> Iterator[Named]:
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place) / name for name in files if not name.startswith(".")]
    if not found:
        message = "there is no file in this folder"
        raise InputError(message, source=str(folder))
    for path in sorted(found, key=lambda path: path.parts):
        yield Named(str(path), path.relative_to(folder))


def _refuse_inside(folder: Path, output: Path | str | None) -> None:
    if isinstance(output, Path) and output.resolve().is_relative_to(folder.resolve()):
        message = f"the output {output} lies in the input folder {folder}; choose another place"
        raise UsageError(message)
