"""Rounds: a repair may uncover damage below it, so repairs are repeated until none is left."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TypeVar

from textclean.edits import Edit, apply_edits, compose_edits

#: No text that people wrote is damaged this often; a hostile one is left as it is.
MAXIMUM_ROUNDS = 16

_start = attrgetter("start")


class Progress:
    """How far a text is on its way to one in which nothing is left.

    Attributes:
        text: The text as it was given.
        now: What the rounds so far made of it.
        edits: How they did.
    """

    __slots__ = ("edits", "now", "text")

    def __init__(self, text: str) -> None:
        self.text = self.now = text
        self.edits: Sequence[Edit] = ()

    def apply(self, found: Sequence[Edit]) -> None:
        """Take the edits of one round, of the text as it is now."""
        self.edits = compose_edits(self.text, self.edits, found, self.now)
        self.now = apply_edits(self.now, found)

    def give_up(self) -> None:
        """Go back to the text as it was given."""
        self.now, self.edits = self.text, ()

    def trimmed(self) -> list[Edit]:
        """Return the edits without what they leave as it was."""
        text = self.text
        kept: list[Edit] = []
        for edit in self.edits:
            start, end, replacement, _ = edit
            rewrites = start < end and replacement
            if rewrites and text[start] != replacement[0] and text[end - 1] != replacement[-1]:
                kept.append(edit)  # as nearly always
            elif trimmed := trim(text, edit):
                kept.append(trimmed)
        return kept


P = TypeVar("P", bound=Progress)


def repeat(
    progresses: Sequence[P], find: Callable[[Sequence[P]], Sequence[Sequence[Edit]]]
) -> None:
    """Take texts to where ``find`` finds nothing in them; all of them are one round ahead at once.

    One that takes too many rounds gets no edits.

    >>> one = Progress("aaa")
    >>> repeat([one], lambda _: [[Edit(0, 2, "a", "r")] if len(one.now) > 1 else []])
    >>> one.now, one.trimmed()
    ('a', [Edit(start=1, end=3, replacement='', reason='r')])
    """
    for _ in range(MAXIMUM_ROUNDS):
        found = find(progresses)
        for progress, edits in zip(progresses, found, strict=True):
            if edits:
                progress.apply(edits)
        progresses = [one for one, edits in zip(progresses, found, strict=True) if edits]
        if not progresses:
            return
    for progress in progresses:
        progress.give_up()


def disjoint(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """Sort edits, drop those that overlap an earlier one or change nothing."""
    kept: list[Edit] = []
    reached = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.start >= reached and text[edit.start : edit.end] != edit.replacement:
            kept.append(edit)
            reached = edit.end
    return kept


def joined(text: str, found: list[Edit], more: Iterable[Edit]) -> list[Edit]:
    """Add to sorted, disjoint edits those of ``more`` that touch no character of theirs.

    >>> more = [Edit(2, 4, "y", "s"), Edit(0, 1, "z", "s")]
    >>> [edit[:3] for edit in joined("abcd", [Edit(1, 3, "x", "r")], more)]
    [(0, 1, 'z'), (1, 3, 'x')]
    """
    outside = []
    for edit in more:
        after = bisect_left(found, edit.end, key=_start)
        if after == 0 or found[after - 1].end <= edit.start:
            outside.append(edit)
    if not outside:
        return found
    return sorted(found + disjoint(text, outside))


def trim(text: str, edit: Edit) -> Edit | None:
    """Shrink an edit to what really differs; None when nothing does.

    >>> trim("abc", Edit(0, 3, "axc", "r"))
    Edit(start=1, end=2, replacement='x', reason='r')
    """
    start, end, replacement, reason = edit
    if not start < end or not replacement:
        return edit if start < end or replacement else None
    head, tail, shorter = 0, 0, min(end - start, len(replacement))
    while head < shorter and text[start + head] == replacement[head]:
        head += 1
    while tail < shorter - head and text[end - tail - 1] == replacement[-tail - 1]:
        tail += 1
    if head == end - start == len(replacement):
        return None
    return Edit(start + head, end - tail, replacement[head : len(replacement) - tail], reason)
