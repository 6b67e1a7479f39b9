"""Find the lines that the expressions of ``protect.py`` have to look at: by a kernel, or all.

A line that is left out here matches none of them.
"""

from collections.abc import Iterable
from itertools import compress

from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.marks import LONGEST_LINE
from textclean.stages.repetition.tokens import having
from textclean.stages.repetition.units import Unit


class LikelyLines:
    r"""The lines of a text that may be of some kind.

    >>> from textclean.kernels.line_kinds import HEAD_LINE
    >>> "3. Stir." in LikelyLines(Layout("3. Stir.\nServe it.")).of(HEAD_LINE)
    True
    """

    def __init__(self, layout: Layout) -> None:
        """Judge all lines that hold a token."""
        self._layout = layout
        self._kinds = None if layout.arrays is None else layout.arrays.line_kinds.tobytes()

    def of(self, kind: int) -> list[str]:
        """Return, as far as it is looked at, each line that may be of a kind of ``line_kinds``."""
        text = self._layout.text
        lines: Iterable[Unit] = self._layout.full_lines
        if self._kinds is not None:
            lines = compress(lines, having(self._kinds, kind))
        return [text[start : min(end, start + LONGEST_LINE)] for start, end, _, _ in lines]
