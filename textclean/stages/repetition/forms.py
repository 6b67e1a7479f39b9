"""Find the lines that the expressions of ``protect.py`` have to look at: by a kernel, or all.

A line that is left out here matches none of them.
"""

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from textclean.kernels.line_kinds import EVERY_KIND
from textclean.stages.repetition.layout import Layout

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes

#: How much of a line is looked at.
LONGEST_LINE = 400

#: What may stand before a number; signs of which code has one in each line, and the first letters
#: of def, class, import, return; what ends the name of a speaker or shows that there is none; a
#: dash before speech; what stands between columns, beside gaps.
BEFORE_NUMBER = "-*•#>§("
CODE_SIGNS, CODE_STARTS = ";{}#/<(=", "dcir"
NAME_ENDS, SPEECH_DASHES, COLUMN_SIGNS = ":.!?", "—–", "\t|"
LETTERS, ROMAN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "IVXLC"


class LikelyLines:
    r"""The lines of a text that may be of some kind.

    >>> from textclean.kernels.line_kinds import HEAD_LINE
    >>> "3. Stir." in LikelyLines(Layout("3. Stir.\nServe it.")).of(HEAD_LINE)
    True
    """

    def __init__(self, layout: Layout) -> None:
        """Judge all lines that hold a token."""
        self._layout = layout
        self._kinds: Bytes | None = None
        self._counts: dict[int, int] | None = None
        if layout.arrays is not None:
            import numpy as np

            from textclean.kernels.lines import judge_lines
            from textclean.kernels.words import class_table

            rows, points = layout.full_lines.rows, layout.arrays.points
            self._kinds = np.empty(len(rows), np.uint8)
            judge_lines(points, _shape_table(), class_table(), rows, LONGEST_LINE, self._kinds)
            times = Counter(self._kinds.tolist())
            self._counts = {
                kind: sum(count for each, count in times.items() if each & kind)
                for kind in EVERY_KIND
            }

    def of(self, kind: int, least: float = 0) -> list[str]:
        """Return, as far as it is looked at, each line that may be of a kind of ``line_kinds``.

        None of them where they are fewer than ``least``.
        """
        text, lines = self._layout.text, self._layout.full_lines
        if self._counts is not None and self._counts.get(kind, 0) < least:
            return []
        chosen = lines if self._kinds is None else lines.at((self._kinds & kind) != 0)
        return [text[start : min(end, start + LONGEST_LINE)] for start, end, _, _ in chosen]


@cache
def _shape_table() -> "Bytes":
    """Return the shapes of ``kernels/lines.py``; made once per process."""
    import numpy as np

    from textclean.kernels import lines, marks

    table = np.zeros(marks.MARKED, np.uint8)
    for characters, shape in (
        (BEFORE_NUMBER, lines.BEFORE_NUMBER),
        (LETTERS, lines.LETTER),
        (ROMAN, lines.ROMAN),
        (CODE_SIGNS, lines.CODE_SIGN),
        (CODE_STARTS, lines.CODE_START),
        (NAME_ENDS, lines.STOP),
        (SPEECH_DASHES, lines.DASH),
        (COLUMN_SIGNS, lines.COLUMN_SIGN),
    ):
        table[list(map(ord, characters))] |= shape
    return table
