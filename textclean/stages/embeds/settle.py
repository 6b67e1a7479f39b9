"""From cuts to edits: what separates the neighbours of a post."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textclean.edits import Edit

#: A text that has not settled after so many rounds was made to be so; it is left alone.
MAXIMUM_ROUNDS = 24

_NOT_SPACE = re.compile(r"\S")


class Cut(NamedTuple):
    """One span of a post, before the white space around it is settled."""

    start: int
    end: int
    reason: str


def _space_before(text: str, offset: int) -> int:
    """Return where the white space that ends at an offset begins."""
    size = 64
    while offset:
        chunk = text[max(0, offset - size) : offset]
        rest = len(chunk.rstrip())
        offset -= len(chunk) - rest
        if rest:
            break
        size *= 2
    return offset


def _space_after(text: str, offset: int) -> int:
    """Return where the white space that begins at an offset ends."""
    match = _NOT_SPACE.search(text, offset)
    return match.start() if match else len(text)


def groups(text: str, cuts: Sequence[Cut]) -> Iterator[list[Cut]]:
    """Yield runs of cuts with nothing but white space between them."""
    group: list[Cut] = []
    for cut in cuts:
        if group and _space_after(text, group[-1].end) < cut.start:
            yield group
            group = []
        group.append(cut)
    if group:
        yield group


def removed_span(  # noqa: PLR0911 - one return per case reads best
    text: str, start: int, end: int
) -> tuple[int, int] | None:
    r"""Return the span to delete so that one separator is left between the neighbours.

    A post on lines of its own takes its line end along; of two gaps around it the larger stays;
    inside a line one space stays. None when its removal would join two words.

    >>> removed_span("a.\nPost\nb.", 3, 7), removed_span("a.\n\nPost\n\nb.", 4, 8)
    ((3, 8), (4, 10))
    >>> removed_span("One. Post two.", 5, 9)
    (5, 10)
    """
    left, right = _space_before(text, start), _space_after(text, end)
    if left == 0:
        line = text.rfind("\n", end, right) + 1
        return (0 if right == len(text) else start), (line or right)
    if right == len(text):
        return left, end
    before, after = text.count("\n", left, start), text.count("\n", end, right)
    if not before and not after:
        if left == start and right == end:
            joins = text[start - 1].isalnum() and text[end].isalnum()
            return None if joins else (start, end)
        return (start, right) if left < start else (start, end)
    if not before:
        return left, end
    if not after:
        return start, right
    if before >= after:
        return text.rfind("\n", left, start) + 1, text.rfind("\n", end, right) + 1
    return _skip_blanks(text, left), _skip_blanks(text, end)


def _skip_blanks(text: str, offset: int) -> int:
    """Return the offset of the line end that follows, blanks aside."""
    while text[offset] not in "\r\n":
        offset += 1
    return offset


def edits_from_cuts(text: str, cuts: Sequence[Cut]) -> list[Edit]:
    r"""Return the deletions that remove the cuts and keep one separator.

    >>> edits_from_cuts("a.\nBody\nb.", [Cut(3, 7, "x")])
    [Edit(start=3, end=8, replacement='', reason='x')]
    """
    edits: list[Edit] = []
    for group in groups(text, cuts):
        span = removed_span(text, group[0].start, group[-1].end)
        if span is None:
            continue
        starts = [span[0], *(cut.start for cut in group[1:])]
        ends = [*starts[1:], span[1]]
        edits += (
            Edit(start, end, "", cut.reason)
            for start, end, cut in zip(starts, ends, group, strict=True)
            if start < end
        )
    return edits
