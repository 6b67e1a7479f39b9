"""What the lines of a text look like, and which of them stand together.

What each character says of its line, its *shape*, the caller tells: a byte for each of the first
65,536 code points.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Starts
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.line_kinds import (
    CODE_LINE,
    COLUMN_LINE,
    DASHED_LINE,
    HEAD_LINE,
    SPEAKER_LINE,
)
from textclean.kernels.marks import MARKED
from textclean.kernels.words import ALPHA, BLANK, DECIMAL, DIGIT

#: What a character may be: what stands before a number, a letter of ASCII, a Roman numeral, a sign
#: of code, the first letter of a line of code, what ends the name of a speaker or leaves it none,
#: a dash before speech, a sign of columns.
BEFORE_NUMBER, LETTER, ROMAN, CODE_SIGN = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
CODE_START, STOP, DASH, COLUMN_SIGN = np.uint8(16), np.uint8(32), np.uint8(64), np.uint8(128)

#: How long headings that count are at most, names of speakers, Roman numbers; spaces of a gap.
LONGEST_HEADING, LONGEST_NAME, LONGEST_NUMERAL, GAP = 40, 31, 6, 3

_SPACE, _COLON, _FULL_STOP, _BRACKET = ord(" "), ord(":"), ord("."), ord(")")


@kernel
def judge_lines(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes, shapes: Bytes, classes: Bytes, rows: Starts, longest: int, kinds: Bytes
) -> None:
    """Fill in what lines may be: no less than the expressions of ``protect.py`` say.

    Args:
        points: ``uint32[n]``, the code points of the text.
        shapes: ``uint8[MARKED]``.
        classes: What each code point is.
        rows: ``int32[lines, 4]``.
        longest: How much of a line is looked at.
        kinds: ``uint8[lines]``, filled.
    """
    for number in range(len(rows)):
        start = rows[number, 0]
        line = points[start : min(rows[number, 1], start + longest)]
        kinds[number] = signs_of(line, shapes, classes)
        if may_count(line, shapes, classes):
            kinds[number] |= HEAD_LINE


@kernel
def shape_of(point: int, shapes: Bytes) -> int:
    """Return what a code point says of its line."""
    return int(shapes[point]) if point < MARKED else 0


@kernel
def may_count(line: Codes, shapes: Bytes, classes: Bytes) -> bool:
    """Whether a line may begin with its number, or be a heading that counts."""
    at, has_figure = 0, False
    while at < len(line) and (
        classes[line[at]] & BLANK or shape_of(line[at], shapes) & BEFORE_NUMBER
    ):
        at += 1
    if at < len(line) and classes[line[at]] & DECIMAL:
        return True
    end = at
    while end < len(line) and end < at + LONGEST_NUMERAL and shape_of(line[end], shapes) & LETTER:
        end += 1
    if at < end < len(line) and (line[end] == _BRACKET or line[end] == _FULL_STOP):
        return True
    if len(line) <= LONGEST_HEADING:
        for point in line:
            has_figure |= classes[point] & DECIMAL != 0
    last = len(line) - 1
    while last >= 0 and not classes[line[last]] & (ALPHA | DIGIT):
        last -= 1
    return has_figure or (last >= 0 and shape_of(line[last], shapes) & ROMAN != 0)


@kernel
def signs_of(line: Codes, shapes: Bytes, classes: Bytes) -> int:
    """Return what a line may be by the signs in it."""
    found, spaces, may_speak, first = 0, 0, True, 0
    while first < len(line) and classes[line[first]] & BLANK:
        first += 1
    if first < len(line):
        shape = shape_of(line[first], shapes)
        found = DASHED_LINE * (shape & DASH != 0) + CODE_LINE * (shape & CODE_START != 0)
    for at in range(first, len(line)):
        point = line[at]
        spaces = spaces + 1 if point == _SPACE else 0
        if spaces >= GAP:
            found |= COLUMN_LINE
        shape = shape_of(point, shapes)
        if not shape & (CODE_SIGN | COLUMN_SIGN | STOP):
            continue
        if shape & CODE_SIGN:
            found |= CODE_LINE
        if shape & COLUMN_SIGN:
            found |= COLUMN_LINE
        if (
            may_speak
            and point == _COLON
            and at <= first + LONGEST_NAME
            and at + 1 < len(line)
            and classes[line[at + 1]] & BLANK
        ):
            found |= SPEAKER_LINE
        may_speak &= shape & STOP == 0
    return found


@allocating_kernel
def cut_blocks(points: Codes, classes: Bytes, rows: Starts) -> Starts:
    """Return which lines stand together between blank ones.

    Args:
        points: ``uint32[n]``, the code points of the text.
        classes: What each is.
        rows: ``int32[lines, 4]``.

    Returns:
        ``int32[blocks, 2]``: the first line of each, and the one behind its last.
    """
    blocks, count, is_open = np.empty((len(rows), 2), np.int32), 0, False
    for number in range(len(rows)):
        is_blank = rows[number, 2] == rows[number, 3]
        if is_blank:
            for at in range(rows[number, 0], rows[number, 1]):
                is_blank &= classes[points[at]] & BLANK != 0
        if is_blank:
            is_open = False
            continue
        if not is_open:
            blocks[count, 0] = number
            count += 1
        blocks[count - 1, 1] = number + 1
        is_open = True
    return blocks[:count]


@kernel
def count_filled(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes, classes: Bytes, rows: Starts, blocks: Starts, room: int, longest: int
) -> tuple[int, int]:
    """Return how many lines another one of a paragraph follows, and how many of these are filled.

    Args:
        points: ``uint32[n]``, the code points of the text.
        classes: What each is.
        rows: ``int32[lines, 4]``.
        blocks: ``int32[blocks, 2]``, from ``cut_blocks``.
        room: A line and the first word of the next are longer where the line is filled.
        longest: How much of a word is looked at.
    """
    followed, filled = 0, 0
    for block in range(len(blocks)):
        for number in range(blocks[block, 0] + 1, blocks[block, 1]):
            start = rows[number, 0]
            if classes[points[start]] & BLANK:  # that begins a paragraph
                continue
            end = start
            while end < min(len(points), start + longest) and not classes[points[end]] & BLANK:
                end += 1
            size = rows[number - 1, 1] - rows[number - 1, 0]
            followed += 1
            filled += size + 1 + end - start > room
    return followed, filled
