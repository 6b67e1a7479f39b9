"""What the lines of a text look like, and which of them stand together.

What each character says of its line, its *shape*, the caller tells: a byte for each of the first
65,536 code points.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Starts
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.heads import NO_HEAD, behind_blanks, has_shape, head_figure
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.line_kinds import (
    CODE_LINE,
    COLUMN_LINE,
    DASHED_LINE,
    HEAD_LINE,
    SPEAKER_LINE,
)
from textclean.kernels.marks import MARKED
from textclean.kernels.words import ALPHA, BLANK, DIGIT, NUMERIC

#: What a character may be, beside what ``heads.py`` has: a sign of code, the first letter of a line
#: of code, what ends the name of a speaker or leaves it none, a dash before speech, a sign of
#: columns.
CODE_SIGN, CODE_START, STOP = np.uint8(8), np.uint8(16), np.uint8(32)
DASH, COLUMN_SIGN = np.uint8(64), np.uint8(128)

#: How long names of speakers are at most; spaces of a gap.
LONGEST_NAME, GAP = 31, 3

_SPACE, _COLON, _OPEN, _CLOSE, _EQUALS = ord(" "), ord(":"), ord("("), ord(")"), ord("=")
_SEMICOLON, _OPENED, _CLOSED = ord(";"), ord("{"), ord("}")
_HASH, _SLASH, _LESS, _UNDERSCORE = ord("#"), ord("/"), ord("<"), ord("_")
_SMALL_A, _SMALL_Z, _E, _L, _M = ord("a"), ord("z"), ord("e"), ord("l"), ord("m")


@kernel
def judge_lines(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes,
    shapes: Bytes,
    classes: Bytes,
    rows: Starts,
    longest: int,
    kinds: Bytes,
    heads: Starts,
) -> None:
    """Fill in what lines may be: no less than the expressions of ``protect.py`` say.

    Args:
        points: ``uint32[n]``, the code points of the text.
        shapes: ``uint8[MARKED]``.
        classes: What each code point is.
        rows: ``int32[lines, 4]``.
        longest: How much of a line is looked at.
        kinds: ``uint8[lines]``, filled.
        heads: ``int32[lines]``, filled: their numbers, ``NO_HEAD`` without.
    """
    for number in range(len(rows)):
        start = rows[number, 0]
        line = points[start : min(rows[number, 1], start + longest)]
        kinds[number] = signs_of(line, shapes, classes)
        heads[number] = head_figure(line, shapes, classes)
        if heads[number] != NO_HEAD:
            kinds[number] |= HEAD_LINE


@kernel
def signs_of(line: Codes, shapes: Bytes, classes: Bytes) -> int:
    """Return what a line may be by the signs in it."""
    spaces, may_speak, is_call = 0, True, False
    first = behind_blanks(line, 0, classes)
    found = CODE_LINE * is_code_edge(line, first, shapes, classes)
    if first < len(line):
        found |= DASHED_LINE * has_shape(line[first], shapes, DASH)
    for at in range(first, len(line)):
        point = line[at]
        spaces = spaces + 1 if point == _SPACE else 0
        if spaces >= GAP:
            found |= COLUMN_LINE
        shape = shapes[point] if point < MARKED else np.uint8(0)
        if not shape & (CODE_SIGN | COLUMN_SIGN | STOP):
            continue
        if shape & COLUMN_SIGN:
            found |= COLUMN_LINE
        if shape & CODE_SIGN:
            is_call |= point == _OPEN and at > 0 and is_word(line[at - 1], classes)
            found |= CODE_LINE * (is_call and point == _CLOSE and is_code_call(line, at, classes))
            if point == _EQUALS and 0 < at < len(line) - 1:
                found |= CODE_LINE * (classes[line[at - 1]] & classes[line[at + 1]] & BLANK != 0)
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


@kernel
def is_code_edge(line: Codes, first: int, shapes: Bytes, classes: Bytes) -> bool:
    """Whether a line may begin or end as code does, from its first character that is no blank."""
    last = len(line) - 1
    while last > first and classes[line[last]] & BLANK:
        last -= 1
    if last < first:
        return False
    if line[last] in (_SEMICOLON, _OPENED, _CLOSED):
        return True
    if last == first:
        return False
    one, two = line[first], line[first + 1]
    if one == _LESS:
        return bool(_SMALL_A <= two <= _SMALL_Z or two == _SLASH)
    if has_shape(one, shapes, CODE_START):
        return two in (_E, _L, _M)
    return one in (_HASH, _SLASH) and two in (_HASH, _SLASH)


@kernel
def is_word(point: int, classes: Bytes) -> bool:
    """Whether a code point is part of a word."""
    return bool(classes[point] & (ALPHA | DIGIT | NUMERIC)) or point == _UNDERSCORE


@kernel
def is_code_call(line: Codes, at: int, classes: Bytes) -> bool:
    """Whether a colon or semicolon follows a bracket."""
    after = behind_blanks(line, at + 1, classes)
    return after < len(line) and line[after] in (_COLON, _SEMICOLON)


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
