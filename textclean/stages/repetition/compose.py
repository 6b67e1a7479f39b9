"""One edit list from two that were made one after the other."""

from collections.abc import Sequence

from textclean.edits import Edit, apply_edits


def compose_edits(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return edits of ``text`` that do what ``first`` and then ``second`` do.

    Args:
        text: What ``first`` applies to.
        first: Sorted, disjoint edits of ``text``.
        second: Sorted, disjoint edits of what ``first`` makes of it.

    >>> compose_edits("abcd", [Edit(0, 1, "", "r")], [Edit(0, 1, "", "s")])
    (Edit(start=0, end=2, replacement='', reason='r'),)
    """
    if not first:
        return tuple(second)
    middle = apply_edits(text, first)
    placed: list[tuple[int, int, int, Edit]] = []  # start, end in the middle text; which; edit
    shift = 0
    for edit in first:
        at = edit.start + shift
        placed.append((at, at + len(edit.replacement), 0, edit))
        shift += len(edit.replacement) - (edit.end - edit.start)
    placed += [(edit.start, edit.end, 1, edit) for edit in second]
    placed.sort(key=lambda item: item[:3])
    composed: list[Edit] = []
    group: list[tuple[int, int, int, Edit]] = []
    shift = reached = 0
    for item in placed:
        if group and item[0] > reached:
            shift = _close(text, middle, group, shift, composed)
            group = []
        group.append(item)
        reached = max(reached, item[1]) if len(group) > 1 else item[1]
    if group:
        _close(text, middle, group, shift, composed)
    return tuple(composed)


def _close(
    text: str,
    middle: str,
    group: list[tuple[int, int, int, Edit]],
    shift: int,
    composed: list[Edit],
) -> int:
    """Append the one edit that a group of touching edits makes; return the shift after it."""
    start = min(item[0] for item in group)
    end = max(item[1] for item in group)
    source_start = start - shift
    shift += sum(
        len(edit.replacement) - (edit.end - edit.start) for _, _, which, edit in group if which == 0
    )
    source_end = end - shift
    moved = [
        Edit(edit.start - start, edit.end - start, edit.replacement, edit.reason)
        for _, _, which, edit in group
        if which == 1
    ]
    replacement = apply_edits(middle[start:end], moved)
    if replacement != text[source_start:source_end]:
        composed.append(Edit(source_start, source_end, replacement, group[0][3].reason))
    return shift
