"""The manifest of an index folder: its parameters, and which segments count.

One JSON object, replaced as a whole. Its digest is that of the object without the digest, so that a
changed manifest is seen, not believed.
"""

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textclean.dedup.bands import choose_bands
from textclean.dedup.segments import Written, write_whole
from textclean.errors import RefusedIndexError

NAME = "manifest.json"
_SEGMENT_NAME = re.compile(r"segment-[0-9]{1,20}")
#: Another number: other shingle hashes, another form of files.
FORMAT = 1


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
    """

    name: str
    texts: int
    written: Written


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
            "segments": [
                {"name": entry.name, "texts": entry.texts, **dataclasses.asdict(entry.written)}
                for entry in self.segments
            ],
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
        try:
            content = json.loads(path.read_bytes())
            digest = content.pop("digest")
            if digest != _digest(content):
                message = f"{path} is damaged: its digest is not the one it was written with"
                raise RefusedIndexError(message)
            if content["format"] != FORMAT:
                message = f"{path} is of version {content['format']}; this version reads {FORMAT}"
                raise RefusedIndexError(message)
            return cls._parsed(content)
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            message = f"{path} is damaged"
            raise RefusedIndexError(message) from None

    @classmethod
    def _parsed(cls, content: dict[str, Any]) -> "Manifest":
        names = [row["name"] for row in content["segments"]]
        if not all(_SEGMENT_NAME.fullmatch(name) for name in names):
            raise ValueError  # a name that leads out of the folder
        entries = tuple(
            Entry(row["name"], int(row["texts"]), Written(int(row["size"]), row["sha256"]))
            for row in content["segments"]
        )
        return cls(Parameters(**content["parameters"]), entries, int(content["next_number"]))


def check_parameters(folder: Path, found: Parameters, wanted: Parameters) -> None:
    """Raise ``RefusedIndexError`` where an index was made with other parameters."""
    differences = [
        f"{field.name} {getattr(found, field.name)}, not {getattr(wanted, field.name)}"
        for field in dataclasses.fields(Parameters)
        if getattr(found, field.name) != getattr(wanted, field.name)
    ]
    if differences:
        message = f"the index {folder} was made with {'; '.join(differences)}"
        raise RefusedIndexError(message)


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
