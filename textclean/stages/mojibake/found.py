"""What of a text is damaged, or may be: runs beyond doubt, and segments of the others."""

from typing import NamedTuple

from textclean.stages.mojibake.clear import Clear
from textclean.stages.mojibake.judge import Segment


class Run(NamedTuple):
    """A run of non-ASCII characters, and the segments in it."""

    start: int
    segments: tuple[Segment, ...]


class Found(NamedTuple):
    """What of a text is damaged, or may be.

    Attributes:
        clear: Runs beyond doubt.
        runs: The other runs that hold segments, and those.
        levels: How often the clear ones were read back, which stands for as many rounds.
    """

    clear: Clear
    runs: list[Run]
    levels: int = 1

    def spans(self) -> list[tuple[int, int]]:
        """Return where all of it begins and ends, sorted."""
        spans = [
            (run.start + s.start, run.start + s.end) for run in self.runs for s in run.segments
        ]
        return sorted([*spans, *zip(self.clear.starts, self.clear.ends, strict=True)])
