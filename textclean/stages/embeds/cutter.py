"""What a pass over a text cuts: whole lines, or parts of them."""

from textclean.stages.embeds.lines import line_at
from textclean.stages.embeds.reach import Reach
from textclean.stages.embeds.settle import Cut


class Cutter:
    """The cuts of one pass, and which lines they are done with.

    Attributes:
        text: The text.
        reach: Its lines, and how far posts reach in them.
        cuts: The cuts so far, in no order.
    """

    def __init__(self, text: str, reach: Reach) -> None:
        self.text = text
        self.reach = reach
        self.lines = reach.lines
        self.taken = reach.taken
        self.cuts: list[Cut] = []

    def take(self, first: int, last: int, reason: str) -> None:
        """Cut whole lines; blank ones between them go along silently."""
        for number in range(first, last + 1):
            line = self.lines[number]
            if not line.blank and not self.taken[number]:
                self.cuts.append(Cut(line.first, line.last, reason))
            self.taken[number] = 1

    def cut(self, start: int, end: int, reason: str) -> None:
        """Cut a part of a line; the line is done with."""
        self.cuts.append(Cut(start, end, reason))
        for number in range(line_at(self.lines, start), line_at(self.lines, end - 1) + 1):
            self.taken[number] = 1
