"""From a walk over a tree to lines of text: what a browser's layout does, in one line's words.

Both walkers (the engine's tree, a caller's soup) tell the same renderer which kinds of
element open and close and what text stands between; so they cannot differ in layout.
"""

import re
from dataclasses import dataclass

_SPACES = re.compile(r"[ \t\n\f\r]+")
_BLANK = " \t\n\f\r\u00a0"
#: More than one blank line in a row says nothing that one does not.
_MAXIMUM_NEWLINES = 2


@dataclass(slots=True)
class _Row:
    """An open table row: where its text began, and the breaks up to its current cell."""

    start: int
    breaks: int = 0


class Renderer:
    r"""Collects the text of a document, line by line.

    White space that is due is remembered, not written: a line break swallows the space
    before it, and nothing trails.

    >>> page = Renderer()
    >>> page.open("item"); page.add_text(" one  two\n"); page.close("item"); page.add_text("x")
    >>> page.text()
    '- one two\nx'
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._newlines = 0  # due before the next text
        self._tabs = 0
        self._space = ""
        self._bullet = False
        self._link_ended = False  # and no text since
        self._pre_depth = 0
        self._pre_begins = False  # parsers differ on the line breaks that stand first in it
        self._breaks = 0  # line breaks written so far
        self._rows: list[_Row] = []  # the open one, and those of the tables around it

    def text(self) -> str:
        """Return what was collected."""
        return "".join(self._pieces)

    def open(self, kind: str) -> None:
        """Take note of a start tag."""
        if kind == "cell":
            self._open_cell()
        elif kind == "break":
            self._newlines += 1
            self._space = ""
        elif kind == "link":
            if self._link_ended and not self._pre_depth:
                self._space += " "  # two links side by side are two words
        elif kind == "boxed":
            self._space += " "
        elif kind != "inline":
            self._break_line()
            if kind == "item":
                self._bullet = True
            elif kind == "row":
                self._rows.append(_Row(len(self._pieces)))
            elif kind == "pre":
                self._pre_depth += 1
                self._pre_begins = True

    def close(self, kind: str) -> None:
        """Take note of an end tag, written or implied."""
        if kind == "link":
            self._link_ended = True
        elif kind == "boxed":
            self._space += " "
        elif kind not in {"inline", "cell", "break"}:
            self._break_line()
            if kind == "item":
                self._bullet = False
            elif kind == "row" and self._rows:
                self._rows.pop()
            elif kind == "pre":
                self._pre_depth -= 1

    def add_text(self, text: str) -> None:
        """Take text as it stands in the tree, entities already decoded."""
        self._link_ended = False
        if self._pre_depth:
            self._add_preformatted(text)
            return
        words = text.strip(_BLANK)
        if not words:
            self._space += text
            return
        start = text.index(words[0])
        self._space += text[:start]
        self._flush()
        self._pieces.append(_SPACES.sub(" ", words))
        self._space = text[start + len(words) :]

    def _add_preformatted(self, text: str) -> None:
        if self._pre_begins:
            text = text.lstrip("\n")
        lines = text.strip("\n")
        if not lines:
            self._newlines += text.count("\n")
            return
        self._newlines += len(text) - len(text.lstrip("\n"))
        self._flush()
        self._pre_begins = False
        self._pieces.append(lines)
        self._newlines += len(text) - len(text.rstrip("\n"))

    def _break_line(self) -> None:
        self._newlines = self._newlines or 1
        self._tabs = 0
        self._space = ""

    def _open_cell(self) -> None:
        row = self._rows[-1] if self._rows else None
        if row is None or len(self._pieces) == row.start:
            self._break_line()  # nothing of this row stands yet
        elif self._breaks > row.breaks:
            self._break_line()  # the cell before was a column of a layout, not a datum
        else:
            self._newlines = 0
            self._tabs += 1
            self._space = ""
        if row is not None:
            row.breaks = self._breaks + bool(self._newlines and self._pieces)

    def _flush(self) -> None:
        """Write the white space that is due before a text."""
        if self._newlines:
            if self._pieces:
                self._pieces.append("\n" * min(self._newlines, _MAXIMUM_NEWLINES))
                self._breaks += 1
        elif self._tabs:
            self._pieces.append("\t" * self._tabs)
        elif self._pieces:
            self._pieces.append(_SPACES.sub(" ", self._space))
        if self._bullet:
            self._pieces.append("- ")
        self._newlines = self._tabs = 0
        self._space = ""
        self._bullet = False
