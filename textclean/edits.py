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


def compose_edits(
    text: str, first: Sequence[Edit], second: Sequence[Edit], middle: str | None = None
) -> tuple[Edit, ...]:
    """Return edits of ``text`` that do what ``first`` and then ``second`` do.

    Edits of the two that overlap become one, with the reason of the earlier member; where all
    of them delete, each keeps its own span and reason.

    Args:
        text: What ``first`` applies to.
        first: Sorted, disjoint edits of ``text``.
        second: Sorted, disjoint edits of what ``first`` makes of it.
        middle: What ``first`` makes of it, where the caller knows.

    >>> compose_edits("abcd", [Edit(1, 2, "xy", "r")], [Edit(0, 2, "", "s")])
    (Edit(start=0, end=2, replacement='y', reason='s'),)
    """
    if not first:
        return tuple(second)
    if middle is None:
        middle = apply_edits(text, first)
    composed: list[Edit] = []
    shift = 0  # offset in the middle text less offset in the text, before the group
    for start, end, growth, group in _overlapping(first, second):
        if len(group) == 1:
            is_first, edit = group[0]
            composed.append(
                edit if is_first else edit._replace(start=start - shift, end=end - shift)
            )
        else:
            source = (start - shift, end - shift - growth)
            composed += _composed_group(text, middle, group, (start, end), source)
        shift += growth
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
    return settled(text, find, maximum_rounds)[1]


def settled(
    text: str, find: Callable[[str], Sequence[Edit]], maximum_rounds: int
) -> tuple[str, tuple[Edit, ...]]:
    """Return the text in which ``find`` finds nothing more, and the edits that lead to it.

    See ``settle_edits``.
    """
    edits: tuple[Edit, ...] = ()
    now = text
    for _ in range(maximum_rounds):
        found = find(now)
        if not found:
            return now, edits
        edits = compose_edits(text, edits, found)
        now = apply_edits(now, found)
    return text, ()


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


#: An edit, and whether it is of the first round.
_Member = tuple[bool, Edit]


def _in_order(
    first: Sequence[Edit], second: Sequence[Edit]
) -> Iterator[tuple[int, int, int, _Member]]:
    """Yield the edits of both rounds in the order of the text between them.

    Each with its span there, and how much longer the text before it became by it. Of edits that
    start together come deletions already made, then insertions, then the rest, the first round's
    first.
    """
    number = shift = 0
    for edit in (*second, None):
        while number < len(first):
            earlier = first[number]
            at = earlier.start + shift
            length = len(earlier.replacement)
            if edit is not None and (at, 2 if length else 0) > (
                edit.start,
                1 if edit.start == edit.end else 2,
            ):
                break
            longer = length - (earlier.end - earlier.start)
            yield at, at + length, longer, (True, earlier)
            shift += longer
            number += 1
        if edit is not None:
            yield edit.start, edit.end, 0, (False, edit)


def _overlapping(
    first: Sequence[Edit], second: Sequence[Edit]
) -> Iterator[tuple[int, int, int, list[_Member]]]:
    """Yield groups of edits of both rounds that overlap in the text between them.

    Each with its span there, and how much longer it became by its edits of the first round.
    """
    group: list[_Member] = []
    group_start = reached = growth = 0
    for start, end, longer, member in _in_order(first, second):
        if group and start < reached:
            reached = max(reached, end)
            growth += longer
            group.append(member)
            continue
        if group:
            yield group_start, reached, growth, group
        group_start, reached, growth, group = start, end, longer, [member]
    if group:
        yield group_start, reached, growth, group


def _composed_group(
    text: str,
    middle: str,
    group: Sequence[_Member],
    span: tuple[int, int],
    source: tuple[int, int],
) -> Iterator[Edit]:
    """Yield what a group of overlapping edits comes to, in offsets of the text."""
    seconds = [edit for is_first, edit in group if not is_first]
    reached = span[0]
    pieces: list[str] = []
    for edit in seconds:
        pieces += (middle[reached : edit.start], edit.replacement)
        reached = edit.end
    replacement = "".join(pieces) + middle[reached : span[1]]
    if replacement:
        if replacement != text[source[0] : source[1]]:
            yield Edit(*source, replacement, group[0][1].reason)
        return
    reached = source[0]
    for is_first, edit in group:
        if is_first:
            if reached < edit.start:
                yield Edit(reached, edit.start, "", seconds[0].reason)
            if edit.start < edit.end:
                yield Edit(edit.start, edit.end, "", edit.reason)
            reached = edit.end
    if reached < source[1]:
        yield Edit(reached, source[1], "", seconds[-1].reason)
