"""Rounds: a repair may uncover damage below it, so repairs are repeated until none is left."""

from collections.abc import Callable, Iterable

from textclean.edits import Edit, settle_edits

#: No text that people wrote is damaged this often; a hostile one is left as it is.
MAXIMUM_ROUNDS = 16


def repeat(text: str, find: Callable[[str], list[Edit]]) -> list[Edit]:
    """Return the edits that lead from a text to one in which ``find`` finds nothing.

    >>> repeat("aaa", lambda text: [Edit(0, 2, "a", "r")] if len(text) > 1 else [])
    [Edit(start=1, end=3, replacement='', reason='r')]
    """
    edits = settle_edits(text, find, MAXIMUM_ROUNDS)
    return [trimmed for edit in edits if (trimmed := trim(text, edit))]


def disjoint(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """Sort edits, drop those that overlap an earlier one or change nothing."""
    kept: list[Edit] = []
    reached = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.start >= reached and text[edit.start : edit.end] != edit.replacement:
            kept.append(edit)
            reached = edit.end
    return kept


def trim(text: str, edit: Edit) -> Edit | None:
    """Shrink an edit to what really differs; None when nothing does.

    >>> trim("abc", Edit(0, 3, "axc", "r"))
    Edit(start=1, end=2, replacement='x', reason='r')
    """
    start, end, replacement, reason = edit
    if not start < end or not replacement:
        return edit if start < end or replacement else None
    if text[start] != replacement[0] and text[end - 1] != replacement[-1]:
        return edit  # as nearly always
    head, tail, shorter = 0, 0, min(end - start, len(replacement))
    while head < shorter and text[start + head] == replacement[head]:
        head += 1
    while tail < shorter - head and text[end - tail - 1] == replacement[-tail - 1]:
        tail += 1
    if head == end - start == len(replacement):
        return None
    return Edit(start + head, end - tail, replacement[head : len(replacement) - tail], reason)
