"""The manifest of an index folder: its parameters, and which segments count.

One JSON object, replaced as a whole. Its digest is that of the object without the digest, so that a
changed manifest is seen, not believed.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textclean.dedup.bands import choose_bands
from textclean.dedup.index import check_measure
from textclean.dedup.segments import Written, check_regular, write_whole
from textclean.dedup.signatures import check_shingle_size
from textclean.errors import RefusedIndexError

NAME = "manifest.json"
#: The parameters that are settings of a run, and the names of their flags.
_FLAGS = {"threshold": "threshold", "shingle_size": "shingle-size", "similarity": "measure"}
_SEGMENT_NAME = re.compile(r"segment-[0-9]{1,20}")
#: Another number: other shingle hashes, another form of files.
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Parameters:
    """What an index was made with; all texts in it and asked of it must have the same.

    Attributes:
        threshold: Above 0, at most 1.
        shingle_size: Tokens in a shingle.
        similarity: ``jaccard`` or ``containment``.
        bands: Bands of a signature.
        rows: Slots in a band.
        format: Version of hashes and files.
    """

    threshold: float
    shingle_size: int
    similarity: str
    bands: int
    rows: int
    format: int = FORMAT

    @classmethod
    def of(
        cls, threshold: float = 0.8, shingle_size: int = 5, similarity: str = "jaccard"
    ) -> "Parameters":
        """Return the parameters that belong to these settings.

        >>> Parameters.of(0.8).bands
        18
        """
        bands = choose_bands(threshold)
        return cls(float(threshold), shingle_size, similarity, bands.count, bands.rows)


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment.

    Attributes:
        name: Its file.
        texts: How many it holds.
        written: Its size and checksum.
        run: Digest of what the run was that kept them; empty: it cannot be told from others.
    """

    name: str
    texts: int
    written: Written
    run: str = ""

    @property
    def number(self) -> int:
        """The number in its name."""
        return int(self.name.removeprefix("segment-"))

    def as_json(self) -> dict[str, Any]:
        """Return the entry as a manifest has it."""
        written = dataclasses.asdict(self.written)
        return {"name": self.name, "texts": self.texts, **written, "run": self.run}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Entry":
        """Return what ``as_json`` gave.

        Raises:
            ValueError, KeyError, TypeError: It is none.
        """
        if not _SEGMENT_NAME.fullmatch(row["name"]):
            raise ValueError  # a name that leads out of the folder
        written = Written(int(row["size"]), row["sha256"])
        return cls(row["name"], int(row["texts"]), written, row["run"])


@dataclass(frozen=True, slots=True)
class Manifest:
    """A state of an index folder.

    Attributes:
        parameters: Those of the index.
        segments: Oldest first.
        next_number: Of the next segment; no name comes twice.
    """

    parameters: Parameters
    segments: tuple[Entry, ...] = ()
    next_number: int = 1

    def save(self, folder: Path) -> None:
        """Replace the manifest of a folder."""
        content = {
            "format": self.parameters.format,
            "parameters": dataclasses.asdict(self.parameters),
            "segments": [entry.as_json() for entry in self.segments],
            "next_number": self.next_number,
        }
        content["digest"] = _digest(content)
        write_whole(folder / NAME, [json.dumps(content, indent=1).encode() + b"\n"])

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        """Read the manifest of a folder.

        Raises:
            RefusedIndexError: It is damaged, or of another version.
            FileNotFoundError: There is none.
        """
        path = folder / NAME
        check_regular(path)
        try:
            content = json.loads(path.read_bytes())
            digest = content.pop("digest")
            if digest != _digest(content):
                message = f"{path} is damaged: its digest is not the one it was written with"
                raise RefusedIndexError(message)
            if content["format"] != FORMAT:
                message = (
                    f"{path} is of version {content['format']}, this textclean reads {FORMAT}: use "
                    "the one that wrote it, or make the index anew from the texts, in another place"
                )
                raise RefusedIndexError(message)
            return cls._parsed(content)
        except (ValueError, ArithmeticError, KeyError, AttributeError, TypeError, RecursionError):
            message = f"{path} is damaged"
            raise RefusedIndexError(message) from None

    @classmethod
    def _parsed(cls, content: dict[str, Any]) -> "Manifest":
        entries = tuple(map(Entry.from_json, content["segments"]))
        found = Parameters(**content["parameters"])
        check_shingle_size(found.shingle_size)
        check_measure(found.similarity)
        if found != Parameters.of(found.threshold, found.shingle_size, found.similarity):
            raise ValueError  # no index has such bands
        return cls(found, entries, int(content["next_number"]))


def check_parameters(place: Path | str, found: Parameters, wanted: Parameters) -> None:
    """Raise ``RefusedIndexError`` where an index was made with other parameters."""
    differing = [
        field.name
        for field in dataclasses.fields(Parameters)
        if getattr(found, field.name) != getattr(wanted, field.name)
    ]
    if not differing:
        return
    settings = [name for name in differing if name in _FLAGS]
    differences = [
        f"{_FLAGS.get(name, name)} {getattr(found, name)}, not {getattr(wanted, name)}"
        for name in settings or differing
    ]
    help_ = "begin a new index in another folder"
    if settings:
        flags = " ".join(f"--{_FLAGS[name]} {getattr(found, name)}" for name in settings)
        help_ = f"give {flags}, or {help_}"
    what = place if isinstance(place, str) else f"the index {place}"
    message = f"{what} was made with {'; '.join(differences)}: {help_}"
    raise RefusedIndexError(message)


def state_of(parameters: Parameters, entries: Sequence[Entry]) -> str:
    """Return a digest of what an index with these segments holds."""
    rows = [entry.as_json() for entry in entries]
    return _digest({"parameters": dataclasses.asdict(parameters), "segments": rows})


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
