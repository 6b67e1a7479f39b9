"""Find the lines that the expressions of ``protect.py`` have to look at: by a kernel, or all.

A line that is left out here matches none of them.
"""

from collections import Counter
from typing import TYPE_CHECKING

from textclean.kernels.line_kinds import EVERY_KIND
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.marks import LONGEST_LINE

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes


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
            self._kinds = layout.arrays.line_kinds
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
