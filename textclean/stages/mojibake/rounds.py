"""Rounds: a repair may uncover damage below it, so repairs are repeated until none is left."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from operator import attrgetter

from textclean.edits import Edit, settled

#: No text that people wrote is damaged this often; a hostile one is left as it is.
MAXIMUM_ROUNDS = 16

_start = attrgetter("start")


def repeat(text: str, find: Callable[[str], list[Edit]]) -> tuple[str, list[Edit]]:
    """Return the text in which ``find`` finds nothing, and the edits that lead to it.

    >>> repeat("aaa", lambda text: [Edit(0, 2, "a", "r")] if len(text) > 1 else [])
    ('a', [Edit(start=1, end=3, replacement='', reason='r')])
    """
    now, edits = settled(text, find, MAXIMUM_ROUNDS)
    kept: list[Edit] = []
    for edit in edits:
        start, end, replacement, _ = edit
        rewrites = start < end and replacement
        if rewrites and text[start] != replacement[0] and text[end - 1] != replacement[-1]:
            kept.append(edit)  # as nearly always
        elif trimmed := trim(text, edit):
            kept.append(trimmed)
    return now, kept


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
