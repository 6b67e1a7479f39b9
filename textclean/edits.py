"""Edits: the mechanism by which every text changes, and the algebra on them.

A cleaning rule finds edits; the new text is what applying them gives. Offsets are code
points of the text the edits were found in. Nothing here knows any rule.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import NamedTuple

from textclean.errors import EditError

#: Above this many lines on a side, ``edits_between`` settles for one edit: difflib is quadratic.
MAXIMUM_DIFF_LINES = 500


class Edit(NamedTuple):
    """Replace ``text[start:end]`` by ``replacement``; half-open, in code points.

    ``start == end`` inserts; an empty replacement deletes. ``reason`` is a registered code.
    """

    start: int
    end: int
    replacement: str
    reason: str


def check_edits(text: str, edits: Sequence[Edit]) -> None:
    """Raise ``EditError`` unless the edits are sorted, disjoint and inside the text.

    >>> check_edits("abc", [Edit(0, 1, "x", "r"), Edit(1, 2, "", "r")])
    >>> check_edits("abc", [Edit(2, 4, "", "r")])
    Traceback (most recent call last):
    textclean.errors.EditError: edit 0 spans 2:4, outside a text of 3 code points
    """
    reached = 0
    for number, (start, end, _, _) in enumerate(edits):
        if not 0 <= start <= end <= len(text):
            message = (
                f"edit {number} spans {start}:{end}, outside a text of {len(text)} code points"
            )
            raise EditError(message)
        if start < reached:
            message = f"edit {number} starts at {start}, before the end {reached} of the one before"
            raise EditError(message)
        reached = end


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with every edit made; sorted, disjoint edits are taken for granted.

    >>> apply_edits("a cat", [Edit(0, 1, "the", "r"), Edit(5, 5, "s", "r")])
    'the cats'
    """
    pieces: list[str] = []
    reached = 0
    for start, end, replacement, _ in edits:
        pieces += (text[reached:start], replacement)
        reached = end
    if not pieces:
        return text
    pieces.append(text[reached:])
    return "".join(pieces)


def invert_edits(text: str, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits of the output that give the input back.

    >>> edits = [Edit(2, 5, "dog", "r")]
    >>> apply_edits("a dog", invert_edits("a cat", edits))
    'a cat'
    """
    inverse: list[Edit] = []
    shift = 0
    for start, end, replacement, reason in edits:
        at = start + shift
        inverse.append(Edit(at, at + len(replacement), text[start:end], reason))
        shift += len(replacement) - (end - start)
    return tuple(inverse)


def source_span(start: int, end: int, edits: Iterable[Edit]) -> tuple[int, int]:
    """Map a span of the output to the smallest span of the input that it came from.

    >>> source_span(0, 4, [Edit(0, 2, "four", "r")])
    (0, 2)
    """
    shift = 0
    source_start: int | None = None
    source_end: int | None = None
    for edit in edits:
        at = edit.start + shift  # where the replacement begins in the output
        after = at + len(edit.replacement)
        if source_start is None and start < after:
            source_start = min(start - shift, edit.start)
        if source_end is None and end <= at:
            source_end = end - shift
        elif source_end is None and end <= after:
            source_end = edit.end
        if source_end is not None and source_start is not None:
            return source_start, max(source_start, source_end)
        shift += len(edit.replacement) - (edit.end - edit.start)
    if source_start is None:
        source_start = start - shift
    if source_end is None:
        source_end = end - shift
    return source_start, max(source_start, source_end)


def compose_edits(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return edits of ``text`` that do what ``first`` and then ``second`` do.

    Edits of the two that overlap become one, with the reason of the earlier member; where all
    of them delete, each keeps its own span and reason.

    Args:
        text: What ``first`` applies to.
        first: Sorted, disjoint edits of ``text``.
        second: Sorted, disjoint edits of what ``first`` makes of it.

    >>> compose_edits("abcd", [Edit(1, 2, "xy", "r")], [Edit(0, 2, "", "s")])
    (Edit(start=0, end=2, replacement='y', reason='s'),)
    """
    if not first:
        return tuple(second)
    middle = apply_edits(text, first)
    composed: list[Edit] = []
    shift = 0  # offset in the middle text less offset in the text, before the group
    for group in _overlapping(first, second):
        start, end = group[0].start, max(placed.end for placed in group)
        source_start = start - shift
        for placed in group:
            if placed.is_first:
                shift += len(placed.edit.replacement) - (placed.edit.end - placed.edit.start)
        composed += _composed_group(text, middle, group, (start, end), (source_start, end - shift))
    return tuple(composed)


def settle_edits(
    text: str, find: Callable[[str], Sequence[Edit]], maximum_rounds: int
) -> tuple[Edit, ...]:
    """Return the edits that lead to a text in which ``find`` finds nothing more.

    One edit may uncover another. A text that has not settled after so many rounds was made to be
    so: it gets no edits at all, which is idempotent too.

    >>> edits = settle_edits("((a", lambda now: [Edit(0, 1, "", "r")] if now[0] == "(" else [], 9)
    >>> [(edit.start, edit.end) for edit in edits]
    [(0, 1), (1, 2)]
    """
    edits: tuple[Edit, ...] = ()
    now = text
    for _ in range(maximum_rounds):
        found = find(now)
        if not found:
            return edits
        edits = compose_edits(text, edits, found)
        now = apply_edits(now, found)
    return ()


def edits_between(before: str, after: str, reason: str) -> tuple[Edit, ...]:
    r"""Return edits that turn one text into the other: true, line-wise, not always minimal.

    For whole-string operations that cannot list their edits as they go.

    >>> edits_between("a\nb\nc\n", "a\nB\nc\n", "r")
    (Edit(start=2, end=3, replacement='B', reason='r'),)
    """
    if before == after:
        return ()
    head = _common_prefix(before, after)
    tail = _common_prefix(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if max(len(old_lines), len(new_lines)) > MAXIMUM_DIFF_LINES:
        return (Edit(head, head + len(old), new, reason),)
    starts = [head]
    for line in old_lines:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    return tuple(
        Edit(starts[i], starts[j], "".join(new_lines[k:m]), reason)
        for tag, i, j, k, m in matcher.get_opcodes()
        if tag != "equal"
    )


def coalesce_edits(text: str, edits: Sequence[Edit], limit: int) -> tuple[Edit, ...]:
    """Merge neighbours until at most ``limit`` edits are left; the result stays true.

    A merged edit takes the reason of its first member: no edit is ever dropped.

    >>> coalesce_edits("abc", [Edit(0, 1, "x", "r"), Edit(2, 3, "z", "s")], 1)
    (Edit(start=0, end=3, replacement='xbz', reason='r'),)
    """
    if limit < 1:
        message = f"limit must be at least 1, not {limit}"
        raise ValueError(message)
    if len(edits) <= limit:
        return tuple(edits)
    size = -(-len(edits) // limit)
    rest = iter(edits)
    merged: list[Edit] = []
    while group := list(islice(rest, size)):
        start, end = group[0].start, group[-1].end
        moved = [Edit(e.start - start, e.end - start, e.replacement, e.reason) for e in group]
        merged.append(Edit(start, end, apply_edits(text[start:end], moved), group[0].reason))
    return tuple(merged)


def _common_prefix(left: str, right: str) -> int:
    """Length of the longest common prefix, by bisection over C comparisons."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


class _Placed(NamedTuple):
    """An edit where it stands in the text between two rounds."""

    start: int
    order: int  # of those that start together: deletions already made, insertions, the rest
    end: int
    is_first: bool
    edit: Edit


def _overlapping(first: Sequence[Edit], second: Sequence[Edit]) -> Iterator[list[_Placed]]:
    """Yield groups of edits of both rounds that overlap in the text between them."""
    placed: list[_Placed] = []
    shift = 0
    for edit in first:
        at = edit.start + shift
        placed.append(
            _Placed(
                at,
                2 if edit.replacement else 0,
                at + len(edit.replacement),
                is_first=True,
                edit=edit,
            )
        )
        shift += len(edit.replacement) - (edit.end - edit.start)
    placed += [
        _Placed(edit.start, 1 if edit.start == edit.end else 2, edit.end, is_first=False, edit=edit)
        for edit in second
    ]
    placed.sort(key=lambda item: item[:2])  # stable: each round stays in its own order
    group: list[_Placed] = []
    reached = 0
    for item in placed:
        if group and item.start >= reached:
            yield group
            group = []
        reached = max(reached, item.end) if group else item.end
        group.append(item)
    if group:
        yield group


def _composed_group(
    text: str,
    middle: str,
    group: Sequence[_Placed],
    span: tuple[int, int],
    source: tuple[int, int],
) -> Iterator[Edit]:
    """Yield what a group of overlapping edits comes to, in offsets of the text."""
    if len(group) == 1:
        edit = group[0].edit
        yield edit if group[0].is_first else Edit(*source, edit.replacement, edit.reason)
        return
    moved = [
        Edit(edit.start - span[0], edit.end - span[0], edit.replacement, edit.reason)
        for _, _, _, is_first, edit in group
        if not is_first
    ]
    replacement = apply_edits(middle[span[0] : span[1]], moved)
    if replacement:
        if replacement != text[source[0] : source[1]]:
            yield Edit(*source, replacement, group[0].edit.reason)
        return
    reached = source[0]
    for _, _, _, is_first, edit in group:
        if is_first:
            if reached < edit.start:
                yield Edit(reached, edit.start, "", moved[0].reason)
            if edit.start < edit.end:
                yield Edit(edit.start, edit.end, "", edit.reason)
            reached = edit.end
    if reached < source[1]:
        yield Edit(reached, source[1], "", moved[-1].reason)
