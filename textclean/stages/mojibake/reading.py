"""Readings: what a few characters may have been, between their neighbors, and how sure that is."""

import re
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from textclean.stages.mojibake.coherence import incoherence, is_letter, kind

#: Signs that three bytes of UTF-8 spell: dashes, quotes, bullets, euro, trade mark, arrows.
COMMON_SIGNS = re.compile("[\u2010-\u2027\u202f-\u203a\u20ac\u2122\u2190-\u2193]+")
C1_CONTROLS = re.compile("[\x80-\x9f]+")
PAIR = 2  # the shortest sequence


class Verdict(IntEnum):
    """How sure a reading is."""

    NO = 0
    FOREIGN = 1  # sound by itself; the text may lack all other letters of the lead's script
    WORD = 2  # looks like a word: the page must be proven, its letters stand nowhere else
    POSSIBLE = 3  # only where the document proves the code page elsewhere
    BY_LINE = 4  # certain, unless the rest of the line speaks against it
    CERTAIN = 5


class Reading(NamedTuple):
    """A damaged span between its neighbors, and what it may have been."""

    left: str
    damaged: str
    right: str
    repaired: str

    @property
    def before(self) -> str:
        """Kind of the character before."""
        return kind(self.left[-1:] or " ")

    @property
    def after(self) -> str:
        """Kind of the character after."""
        return kind(self.right[:1] or " ")

    @property
    def lead(self) -> str:
        """Kind of the first damaged character."""
        return kind(self.damaged[0])

    @property
    def letter(self) -> str:
        """Kind of the first repaired character."""
        return kind(self.repaired[0])

    @property
    def is_inside(self) -> bool:
        """Whether letters stand on both sides."""
        return is_letter(self.before) and is_letter(self.after)

    @property
    def joins_left(self) -> bool:
        """Whether a letter of the same script stands before."""
        return is_letter(self.before) and self.before[1:] == self.letter[1:]

    @property
    def joins_right(self) -> bool:
        """Whether a letter of the same script stands after."""
        return is_letter(self.after) and self.after[1:] == kind(self.repaired[-1])[1:]

    @property
    def gain(self) -> int:
        """How much better the repaired characters go with their neighbors."""
        damaged = self.left + self.damaged + self.right
        return incoherence(damaged) - incoherence(self.left + self.repaired + self.right)

    @property
    def is_bad(self) -> bool:
        """Whether ftfy finds unlikely neighbors that involve the damaged span."""
        start, end = len(self.left), len(self.left) + len(self.damaged)
        matches = badness().finditer(self.left + self.damaged + self.right)
        return any(match.start() < end and match.end() > start for match in matches)


@cache
def badness() -> re.Pattern[str]:
    """The pattern of ftfy, loaded on first use."""
    from ftfy.badness import BADNESS_RE

    pattern: re.Pattern[str] = BADNESS_RE
    return pattern
