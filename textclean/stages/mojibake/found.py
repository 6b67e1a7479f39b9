"""What of a text is damaged, or may be: runs beyond doubt, and segments of the others."""

from collections.abc import Callable, Container, Iterable
from typing import TYPE_CHECKING, NamedTuple

from textclean.stages.mojibake.clear import Clear
from textclean.stages.mojibake.judge import Segment

if TYPE_CHECKING:
    from textclean.stages.mojibake.surroundings import Surroundings


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
        surroundings: What stands around all that, where it is known.
    """

    clear: Clear
    runs: list[Run]
    levels: int = 1
    surroundings: "Surroundings | None" = None

    def spans(self) -> list[tuple[int, int]]:
        """Return where all of it begins and ends, sorted."""
        spans = [
            (run.start + s.start, run.start + s.end) for run in self.runs for s in run.segments
        ]
        return sorted([*spans, *zip(self.clear.starts, self.clear.ends, strict=True)])


class Proven(Container[str]):
    """The names of the code pages that are proven of a text.

    What tells most of them is asked for only when someone wants to know.
    """

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._later: list[Callable[[], Iterable[str]]] = []

    def __bool__(self) -> bool:
        return bool(self._names or self._later)

    def __contains__(self, name: object) -> bool:
        while self._later:
            self._names.update(self._later.pop()())
        return name in self._names

    def update(self, names: Iterable[str]) -> None:
        """Add names."""
        self._names.update(names)

    def update_later(self, tell: Callable[[], Iterable[str]]) -> None:
        """Add what a call will tell, one name at least."""
        self._later.append(tell)

    def clear(self) -> None:
        """Forget all."""
        self._names.clear()
        self._later.clear()
