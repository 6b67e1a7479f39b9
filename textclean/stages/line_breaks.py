"""Line breaks to spaces, for documents that are written one a line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textclean.edits import Edit
from textclean.stage import TextStage

#: Behind another return none begins: a run of them would be read from each of its places.
_BREAKS = re.compile(r"(?<!\r)\r*+\n[\r\n]*+")


@dataclass(frozen=True, slots=True)
class JoinLines(TextStage):
    r"""Replace each run of line breaks by one space.

    No stage of a recipe: it joins a pipeline whose output format has no room for line breaks.

    >>> from textclean.document import Document
    >>> JoinLines().process([Document("a", "one\r\ntwo")])[0].text
    'one two'
    """

    name: ClassVar[str] = "lines"
    reasons: ClassVar[Mapping[str, str]] = {
        "lines.break": "a document that is written as one line cannot hold line breaks",
    }

    def might_change(self, text: str) -> bool:
        """Tell whether there is a line break at all."""
        return "\n" in text

    def find_edits(self, text: str, language: str | None) -> Iterator[Edit]:  # noqa: ARG002
        """Yield an edit for each run of line breaks."""
        for match in _BREAKS.finditer(text):
            yield Edit(match.start(), match.end(), " ", "lines.break")
