"""Rounds: a repair may uncover damage below it, so repairs are repeated until none is left."""

from collections.abc import Callable, Iterable, Sequence

from textclean.edits import Edit, apply_edits

#: No text that people wrote is damaged this often; a hostile one is left as it is.
MAXIMUM_ROUNDS = 16


def repeat(text: str, find: Callable[[str], list[Edit]]) -> list[Edit]:
    """Return the edits that lead from a text to one in which ``find`` finds nothing.

    >>> repeat("aaa", lambda text: [Edit(0, 2, "a", "r")] if len(text) > 1 else [])
    [Edit(start=1, end=3, replacement='', reason='r')]
    """
    edits: list[Edit] = []
    current = text
    for _ in range(MAXIMUM_ROUNDS):
        more = find(current)
        if not more:
            return [trimmed for edit in edits if (trimmed := trim(text, edit))]
        edits = compose(edits, current, more) if edits else more
        current = apply_edits(current, more)
    return []


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


def compose(first: Sequence[Edit], middle: str, second: Sequence[Edit]) -> list[Edit]:
    """Return edits that do what ``first``, then ``second`` do.

    ``middle`` is the text between the two. Edits that meet become one, with the earlier reason.

    >>> compose([Edit(1, 3, "x", "r")], "axd", [Edit(1, 3, "", "s")])
    [Edit(start=1, end=4, replacement='', reason='r')]
    """
    composed: list[Edit] = []
    shift = 0  # offset in middle less offset in text, after the edits of first seen so far
    i = j = 0
    while i < len(first) or j < len(second):
        low, high, reason = _next_span(first, i, shift, second, j)
        origin = low - shift
        members: list[Edit] = []
        taken = False
        while True:  # widen the span by whatever meets it
            if i < len(first) and _meets(first[i].start + shift, len(first[i].replacement), high):
                edit = first[i]
                high = max(high, edit.start + shift + len(edit.replacement))
                shift += len(edit.replacement) - (edit.end - edit.start)
                i, taken = i + 1, True
            elif j < len(second) and (second[j].start < high or not taken):
                high = max(high, second[j].end)
                members.append(second[j])
                j, taken = j + 1, True
            else:
                break
        moved = [Edit(e.start - low, e.end - low, e.replacement, e.reason) for e in members]
        composed.append(Edit(origin, high - shift, apply_edits(middle[low:high], moved), reason))
    return composed


def _meets(start: int, length: int, high: int) -> bool:
    """Whether an edit of the first round, placed in the middle text, reaches a span's end."""
    return start < high or (start == high and length == 0)


def _next_span(
    first: Sequence[Edit], i: int, shift: int, second: Sequence[Edit], j: int
) -> tuple[int, int, str]:
    """Where the next composed edit begins, how far its first member reaches, and its reason."""
    if i < len(first):
        low = first[i].start + shift
        if j >= len(second) or low <= second[j].start:
            return low, low + len(first[i].replacement), first[i].reason
    return second[j].start, second[j].end, second[j].reason
