"""Find the lines that the expressions of ``protect.py`` have to look at: by a kernel, or all.

A line that is left out here matches none of them.
"""

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

    def of(self, kind: int, least: float = 0) -> list[str]:
        """Return, as far as it is looked at, each line that may be of a kind of ``line_kinds``.

        None of them where they are fewer than ``least``.
        """
        text, lines = self._layout.text, list[Unit]()
        if self._kinds is None:
            lines += self._layout.full_lines
        else:
            chosen = having(self._kinds, kind)
            if 0 < chosen.count(1) >= least:
                lines += compress(self._layout.full_lines, chosen)
        return [text[start : min(end, start + LONGEST_LINE)] for start, end, _, _ in lines]
