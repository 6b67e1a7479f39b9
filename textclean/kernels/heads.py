"""The number at the head of a line, and headings that count.

The same lines as the expressions of ``stages/repetition/protect.py`` match, and the same figures.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Unsigned
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.jit import kernel
from textclean.kernels.marks import MARKED
from textclean.kernels.words import ALPHA, BLANK, DECIMAL, DIGIT, NUMERIC

#: What a character may be: what stands before a number, a letter of ASCII, a Roman numeral.
BEFORE_NUMBER, LETTER, ROMAN = np.uint8(1), np.uint8(2), np.uint8(4)

#: What a line has that is no head.
NO_HEAD = -1

#: How long headings that count are at most, their numbers, Roman ones, letters that number; and
#: their words, at least and at most.
LONGEST_HEADING, LONGEST_NUMBER, LONGEST_NUMERAL, LONGEST_LETTERS = 40, 4, 6, 2
SHORTEST_WORD, LONGEST_WORD = 2, 20

_OPEN, _CLOSE, _SECTION, _UNDERSCORE = ord("("), ord(")"), ord("§"), ord("_")
_FULL_STOP, _COLON, _BRACKET = ord("."), ord(":"), ord("]")
_V, _X, _SMALL = ord("v"), ord("x"), 0x20

#: The Roman numerals from 1 to 10, a digit a letter.
_NUMERALS = np.array([0o1, 0o11, 0o111, 0o12, 0o2, 0o21, 0o211, 0o2111, 0o13, 0o3], np.int64)


@kernel
def head_figure(line: Codes, shapes: Bytes, classes: Bytes) -> int:
    """Return the number, letter or Roman numeral of a line that is numbered or a heading."""
    start = behind_blanks(line, 0, classes)
    figure = leading_figure(line, start, shapes, classes)
    if figure == NO_HEAD and len(line) <= LONGEST_HEADING:
        figure = only_figure(line, classes)
    return last_figure(line, start, shapes, classes) if figure == NO_HEAD else figure


@kernel
def leading_figure(line: Codes, start: int, shapes: Bytes, classes: Bytes) -> int:
    """Return what ``NUMBERED`` finds: "3.", "(2)", "§ 5", "IV.", "a)"."""
    at = behind_bullet(line, start, shapes, classes)
    is_open = at < len(line) and line[at] == _OPEN
    first = at + is_open
    end = first
    while end < len(line) and end <= first + LONGEST_NUMBER and classes[line[end]] & DECIMAL:
        end += 1
    if first < end:
        is_short, after = end <= first + LONGEST_NUMBER, end
        while after < len(line) and line[after] in (_FULL_STOP, _CLOSE, _COLON, _BRACKET):
            after += 1
        is_head = is_short and ends(line, after, classes)
        return number_of(line[first:end], classes) if is_head else NO_HEAD
    while end <= first + LONGEST_LETTERS and is_letter_at(line, end, shapes):
        end += 1
    if end > first + LONGEST_LETTERS or end == len(line) or line[end] != _CLOSE:
        end = behind_numeral(line, first, shapes)
        if is_open or end == len(line) or line[end] not in (_FULL_STOP, _CLOSE):
            return NO_HEAD
    is_head = first < end and ends(line, end + 1, classes)
    return letters_number(line[first:end]) if is_head else NO_HEAD


@kernel
def behind_bullet(line: Codes, start: int, shapes: Bytes, classes: Bytes) -> int:
    """Return where a line goes on behind the bullet and the signs of a section it begins with."""
    at = start
    if at < len(line) and has_shape(line[at], shapes, BEFORE_NUMBER):
        after = behind_blanks(line, at + 1, classes)
        if line[at] not in (_OPEN, _SECTION) and after > at + 1:
            at = after
    if at == len(line) or line[at] != _SECTION:
        return at
    while at < len(line) and line[at] == _SECTION:
        at += 1
    return behind_blanks(line, at, classes)


@kernel
def only_figure(line: Codes, classes: Bytes) -> int:
    """Return the one figure of a short line: "Article 7", "7-madde"."""
    first = end = 0
    for at in range(len(line)):
        if classes[line[at]] & DECIMAL:
            if end == 0:
                first = at
            elif end < at:
                return NO_HEAD
            end = at + 1
    return number_of(line[first:end], classes) if 0 < end <= first + LONGEST_NUMBER else NO_HEAD


@kernel
def last_figure(line: Codes, start: int, shapes: Bytes, classes: Bytes) -> int:
    """Return the Roman number behind one word or two: "Chapter IV"."""
    at = start
    for _ in range(2):
        end = at
        while end < len(line) and end <= at + LONGEST_WORD and is_wordlike(line[end], classes):
            end += 1
        after = behind_blanks(line, end, classes)
        if not at + SHORTEST_WORD <= end <= at + LONGEST_WORD or after == end:
            return NO_HEAD
        at = after
        end = behind_numeral(line, at, shapes)
        if end > at and is_wordless(line[end:], classes):
            return letters_number(line[at:end])
    return NO_HEAD


@kernel
def has_shape(point: int, shapes: Bytes, shape: Unsigned) -> bool:
    """Whether a code point is one of some shape."""
    return bool(point < MARKED and shapes[point] & shape != 0)


@kernel
def is_letter_at(line: Codes, at: int, shapes: Bytes) -> bool:
    """Whether a letter of ASCII stands at a place."""
    return at < len(line) and has_shape(line[at], shapes, LETTER)


@kernel
def behind_blanks(line: Codes, at: int, classes: Bytes) -> int:
    """Return the first place from one on at which no blank stands."""
    while at < len(line) and classes[line[at]] & BLANK:
        at += 1
    return at


@kernel
def behind_numeral(line: Codes, at: int, shapes: Bytes) -> int:
    """Return where the letters of a Roman numeral end."""
    end = at
    while end < len(line) and end < at + LONGEST_NUMERAL and has_shape(line[end], shapes, ROMAN):
        end += 1
    return end


@kernel
def ends(line: Codes, at: int, classes: Bytes) -> bool:
    """Whether a blank or nothing stands at a place."""
    return at == len(line) or bool(classes[line[at]] & BLANK)


@kernel
def is_wordlike(point: int, classes: Bytes) -> bool:
    """Whether a code point is a letter or a figure that is no decimal digit."""
    return bool(classes[point] & (ALPHA | DIGIT | NUMERIC)) and not classes[point] & DECIMAL


@kernel
def is_wordless(line: Codes, classes: Bytes) -> bool:
    """Whether nothing in a text is part of a word."""
    for point in line:
        if classes[point] & (ALPHA | DIGIT | NUMERIC) or point == _UNDERSCORE:
            return False
    return True


@kernel
def number_of(digits: Codes, classes: Bytes) -> int:
    """Read decimal digits, of any script."""
    number = 0
    for point in digits:
        first = int(point)
        while first and classes[first - 1] & DECIMAL:
            first -= 1
        number = 10 * number + (int(point) - first) % 10  # scripts have ten in a row
    return number


@kernel
def letters_number(letters: Codes) -> int:
    """Return what a Roman numeral up to ten says, of other letters the first one's code point."""
    number = 0
    if len(letters) <= LONGEST_NUMBER:
        for letter in letters:
            small = letter | _SMALL
            digit = 1 + (small == _V) + 2 * (small == _X)
            number = 8 * number + digit if digit > 1 or small == ord("i") else -1
            if number < 0:
                break
    for at in range(len(_NUMERALS)):
        if number == _NUMERALS[at]:
            return at + 1
    return int(letters[0])
