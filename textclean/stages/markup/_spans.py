"""Spans of markup inside a text that is mostly plain, and the edits that take them out.

Only what stands around a span is touched: the other lines stay byte for byte.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from textclean.edits import Edit

_BULLET = re.compile(r"[-*•‣◦·–]\s")
_LINK_END = re.compile(r"</a[\s>]", re.IGNORECASE)
_LINK = re.compile(r"<a\s", re.IGNORECASE)
_GAP = " \t"
_MAXIMUM_NEWLINES = 2


class Span(NamedTuple):
    """A piece of markup to take out.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        effect: What it does to the line: inline, block, item, row, cell, break.
        reason: Registered code.
        is_end: Whether it is an end tag.
    """

    start: int
    end: int
    effect: str
    reason: str
    is_end: bool = False


def edits_of_spans(text: str, spans: Sequence[Span]) -> Iterator[Edit]:
    r"""Yield the edits that take sorted, disjoint spans out of a text.

    >>> spans = [Span(3, 7, "block", "r", is_end=True), Span(7, 10, "block", "r")]
    >>> list(edits_of_spans("one</p><p>two", spans))
    [Edit(start=3, end=10, replacement='\n', reason='r')]
    """
    reached = 0
    for group in _groups(text, spans):
        edit = _edit_of_group(text, group, reached)
        if edit.replacement != text[edit.start : edit.end]:
            reached = edit.end
            yield edit


def _groups(text: str, spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Yield runs of spans with nothing but blanks between them."""
    group: list[Span] = []
    for span in spans:
        if group and text[group[-1].end : span.start].strip(_GAP):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _edit_of_group(text: str, group: list[Span], reached: int) -> Edit:
    start, end = group[0].start, group[-1].end
    reason = group[0].reason
    left, right = start, end
    while left > reached and text[left - 1] in _GAP:
        left -= 1
    while right < len(text) and text[right] in _GAP:
        right += 1
    at_line_start = left == 0 or text[left - 1] == "\n"
    at_line_end = right == len(text) or text[right] in "\r\n"
    breaks = _breaks(group)
    if at_line_start and at_line_end:
        return _edit_of_lines(text, max(left, reached), right, reached, reason)
    if at_line_start:
        bullet = "- " if _opens_item(group) and not _BULLET.match(text, right) else ""
        effects = {span.effect for span in group}
        indented = effects == {"inline"} and left < start
        return Edit(start, end if indented else right, bullet, reason)
    if at_line_end:
        return Edit(left, right, "\n" * min(breaks - 1, 1) if breaks else "", reason)
    if breaks:
        bullet = "- " if _opens_item(group) and not _BULLET.match(text, right) else ""
        return Edit(left, right, "\n" * breaks + bullet, reason)
    if any(span.effect == "cell" for span in group):
        return Edit(left, right, "\t", reason)
    return _edit_in_line(text, group, reason)


def _edit_in_line(text: str, group: list[Span], reason: str) -> Edit:
    """Inline tags between words: exactly the blanks a reader saw stay."""
    start, end = group[0].start, group[-1].end
    before, after = text[start - 1] in _GAP, text[end] in _GAP
    if before and after:
        return Edit(start, end + 1, "", reason)
    inside = any(one.end < other.start for one, other in pairwise(group))
    if any(span.is_end and _LINK_END.match(text, span.start) for span in group):
        # two links side by side are two words, whatever style sheet keeps them apart
        inside |= _LINK.match(text, group[-1].start) is not None
    return Edit(start, end, " " if inside and not before and not after else "", reason)


def _edit_of_lines(text: str, start: int, end: int, reached: int, reason: str) -> Edit:
    """A line of nothing but markup goes with its line end."""
    if text.startswith("\r\n", end):
        return Edit(start, end + 2, "", reason)
    if end < len(text):
        return Edit(start, end + 1, "", reason)
    if start > reached and text[start - 1] == "\n":
        start -= 1
        if start > reached and text[start - 1] == "\r":
            start -= 1
    return Edit(start, end, "", reason)


def _breaks(group: list[Span]) -> int:
    lines = sum(span.effect == "break" for span in group)
    if any(span.effect in {"block", "row", "item"} for span in group):
        lines = max(lines, 1)
    return min(lines, _MAXIMUM_NEWLINES)


def _opens_item(group: list[Span]) -> bool:
    return any(span.effect == "item" and not span.is_end for span in group)
