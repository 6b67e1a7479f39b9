"""Tell prose whose lines were broken at a width from lines that are meant."""

from itertools import pairwise
from typing import TYPE_CHECKING

from textclean.kernels.thresholds import (
    FILL_SLACK,
    FILLED_SHARE,
    WIDER_LINES,
    WRAP_LEAST,
    WRAP_LINES,
    WRAP_MOST,
    WRAP_SHARE,
)

if TYPE_CHECKING:
    from textclean.stages.repetition.layout import Layout
    from textclean.stages.repetition.units import Unit


def is_wrapped(layout: "Layout") -> bool:
    """Whether lines were broken at a width, so that a sentence runs across them."""
    full = layout.full_lines
    if len(full) < WRAP_LINES:
        return False
    ends = full.ends_of_width(WRAP_LEAST, WRAP_MOST)
    if len(ends) >= WRAP_SHARE * len(full):
        broken = sum([layout.text[end - 1].isalnum() for end in ends])
        if broken >= WRAP_SHARE * len(full):
            return True
    return layout.filled


def is_filled(layout: "Layout") -> bool:
    """Whether lines end where the next word would not have fitted, as no verse does."""
    sizes = sorted(layout.full_lines.widths())
    width = sizes[len(sizes) * (WIDER_LINES - 1) // WIDER_LINES] if sizes else 0
    if not WRAP_LEAST <= width <= WRAP_MOST:
        return False
    followed, filled = _count_filled(layout, width - FILL_SLACK)
    return followed >= WRAP_LINES and filled >= FILLED_SHARE * followed


def is_mostly_filled(layout: "Layout") -> bool:
    """Whether lines end so but for those that are wider, such as what was put in later.

    Of the lines of verse that are no wider than three in four, up to 0.64 end there; more in a song
    that is one refrain, whose lines begin with capitals, as few of prose do.
    """
    lines = layout.lines
    if 2 * sum(layout.text[line.start : line.start + 1].isupper() for line in lines) > len(lines):
        return False
    sizes = sorted(layout.full_lines.widths())
    width = sizes[len(sizes) * 3 // 4] if sizes else 0
    if not WRAP_LEAST <= width <= WRAP_MOST:
        return False
    followed, filled = _count_filled(layout, width - FILL_SLACK)
    wider = sum(
        line.end - line.start > width and not layout.text[after.start].isspace()
        for first, last in layout.blocks
        for line, after in pairwise(lines[first:last])
    )
    return followed - wider >= WRAP_LINES and (filled - wider >= FILLED_SHARE * (followed - wider))


def _count_filled(layout: "Layout", room: int) -> tuple[int, int]:
    """Return how many lines others of a paragraph follow, and how many of these are filled."""
    points, rows = layout.points, layout.block_rows
    if points is not None and rows is not None:
        from textclean.kernels.lines import count_filled
        from textclean.kernels.words import class_table

        lines, most = layout.lines.rows, WRAP_MOST
        return count_filled(points, class_table(), lines, rows, room, most)
    full = [
        line.end - line.start + 1 + _first_word(layout, after) > room
        for first, last in layout.blocks
        for line, after in pairwise(layout.lines[first:last])
        if not layout.text[after.start].isspace()  # that begins a paragraph
    ]
    return len(full), sum(full)


def _first_word(layout: "Layout", line: "Unit") -> int:
    """Return the length of what stands before the first blank of a line."""
    return len(layout.text[line.start : line.start + WRAP_MOST].split(maxsplit=1)[0])
