"""Whether a text may be hard-wrapped prose, whose sentences go over lines; a superset.

As ``layout.py`` tells it: most lines that hold a word are of a width and end inside a sentence, or
their ends are where the next word would not have fitted.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Unsigned, Words
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.signs import LINE

#: As in the level: widths in characters, share of the lines in tenths, lines, which of the widths
#: in order is the widest of prose, in twentieths, the share of the lines that are filled, of 100,
#: and what they may lack.
LEAST_WIDTH, MOST_WIDTH, SHARE, LEAST_LINES, WIDEST = 45, 100, 6, 6, 19
FILLED_PERCENT, SLACK = 85, 2

#: Bytes that a character takes, at most.
LONGEST = 4

#: Bytes from here on begin or go on characters beyond ASCII; those from there on begin them.
BEYOND_ASCII, BEGINS = 0x80, 0xC0

#: Line ends in one byte; NEXT LINE in two; LINE and PARAGRAPH SEPARATOR in three.
FIRST_END, LAST_END, FIRST_SEPARATOR, LAST_SEPARATOR = 0x0A, 0x0D, 0x1C, 0x1E
NEXT_LINE = np.frombuffer("\x85".encode(), np.uint8)
WIDE_END = np.frombuffer("\u2028".encode(), np.uint8)

#: White space that ends no line, of ASCII.
SPACE, TAB, UNIT_SEPARATOR = 0x20, 0x09, 0x1F

#: Bytes looked at at once.
BLOCK = 32

#: What is known of a line: its width, that of its first word, what it is, whether it may go on
#: after its last character.
WIDTH, FIRST_WORD, SORT, GOES_ON, COLUMNS = range(5)
#: What a line is: blank, begun by a blank, by a word, or by what may be either; with a word in it.
EMPTY, INDENTED, PLAIN, UNSURE, WORDED = 0, 1, 2, 3, 4


@kernel
def has_narrow_lines(text: Bytes, starts: Words, gaps: Bytes) -> bool:
    """Whether so many lines may be narrow as there are in hard-wrapped text, told by their words.

    A superset of ``may_be_wrapped`` that hardly reads texts whose lines are paragraphs.

    Args:
        text: ``uint8[n]``, valid UTF-8.
        starts: ``uint32[words]``, from ``scan``.
        gaps: ``uint8[words + 1]``, from ``scan``.
    """
    full = wide = first = 0
    for index in range(len(starts)):
        if gaps[index + 1] & LINE:
            full += 1
            wide += is_wider(text[starts[first] : starts[index]], MOST_WIDTH)
            first = index + 1
    narrow = full - wide
    return full >= LEAST_LINES and (10 * narrow >= SHARE * full - 1 or narrow > full * WIDEST // 20)


@kernel
def is_wider(text: Bytes, width: int) -> bool:
    """Whether a text has more characters."""
    if len(text) <= width or len(text) > LONGEST * width:
        return len(text) > width
    characters = 0
    for byte in text:
        characters += not BEYOND_ASCII <= byte < BEGINS
    return characters > width


@allocating_kernel
def may_be_wrapped(text: Bytes, starts: Words) -> bool:
    """Whether the sentences of a text may go over lines.

    Args:
        text: ``uint8[n]``, valid UTF-8.
        starts: ``uint32[words]``, from ``scan``.
    """
    lines = measure_lines(text, starts)
    full = within = 0
    times = np.zeros(MOST_WIDTH + 2, np.int64)
    for number in range(len(lines)):
        if lines[number, SORT] & WORDED:
            width = lines[number, WIDTH]
            full += 1
            times[min(width, MOST_WIDTH + 1)] += 1
            within += LEAST_WIDTH <= width <= MOST_WIDTH and lines[number, GOES_ON] != 0
    if full < LEAST_LINES:
        return False
    widest, below = 0, times[0]
    while below <= full * WIDEST // 20:
        widest += 1
        below += times[widest]
    is_filled = LEAST_WIDTH <= widest <= MOST_WIDTH and may_be_filled(lines, widest)
    return 10 * within >= SHARE * full - 1 or is_filled


@kernel
def may_be_filled(lines: Counts, width: int) -> bool:
    """Whether most lines may end where the next word would not have fitted."""
    pairs = filled = 0
    for number in range(len(lines) - 1):
        sort, after = lines[number, SORT] & UNSURE, lines[number + 1, SORT] & UNSURE
        if sort == UNSURE or after == UNSURE:  # noqa: PLR1714 - compilers know no sets
            pairs += 1
            filled += 1
        elif sort != EMPTY and after == PLAIN:
            pairs += 1
            size = lines[number, WIDTH] + 1 + lines[number + 1, FIRST_WORD]
            filled += size > width - SLACK
    return pairs >= LEAST_LINES and 100 * filled >= FILLED_PERCENT * pairs


@allocating_kernel
def measure_lines(text: Bytes, starts: Words) -> Counts:
    """Return what is known of each line, ``int64[lines, COLUMNS]``."""
    ends = 1
    for byte in text:
        ends += may_end(byte)
    lines = np.zeros((ends, COLUMNS), np.int64)
    begin, number, word, size = 0, 0, 0, len(text)
    while begin <= size:
        end, length = next_end(text, begin), 0
        while end < size:
            length = length_of_end(text, end)
            if length:
                break
            end = next_end(text, end + 1)
        measure_line(text[begin:end], lines[number])
        if word < len(starts) and starts[word] < end:
            lines[number, SORT] |= WORDED
            while word < len(starts) and starts[word] < end:
                word += 1
        begin, number = end + max(1, length), number + 1
    return lines[:number]


@kernel
def may_end(byte: Unsigned) -> Unsigned:
    """Whether a byte may be the first one of a line end."""
    return byte <= LAST_SEPARATOR or byte == NEXT_LINE[0] or byte == WIDE_END[0]


@kernel
def next_end(text: Bytes, at: int) -> int:
    """Return where, from a byte on, a line end may begin; the text's end where none may."""
    size = len(text)
    while at + BLOCK <= size:  # in blocks: many bytes are compared at once
        found = False
        for byte in text[at : at + BLOCK]:
            found |= may_end(byte)
        if found:
            break
        at += BLOCK
    while at < size and not may_end(text[at]):
        at += 1
    return at


@kernel
def length_of_end(text: Bytes, at: int) -> int:
    """Return how many bytes the line end takes that begins at a byte; 0 where none does."""
    byte, size = text[at], len(text)
    if FIRST_END <= byte <= LAST_END or FIRST_SEPARATOR <= byte <= LAST_SEPARATOR:
        is_pair = byte == LAST_END and at + 1 < size and text[at + 1] == FIRST_END
        return 2 if is_pair else 1  # RETURN and LINE FEED are one end
    if byte == NEXT_LINE[0] and at + 1 < size and text[at + 1] == NEXT_LINE[1]:
        return 2
    if byte == WIDE_END[0] and at + 2 < size and text[at + 1] == WIDE_END[1]:
        return 3 if WIDE_END[2] <= text[at + 2] <= WIDE_END[2] + 1 else 0
    return 0


@kernel
def measure_line(line: Bytes, row: Counts) -> None:
    """Fill in what is known of a line: its width, its first word, what it is, how it ends."""
    width = first = last = 0
    for byte in line:
        width += not BEYOND_ASCII <= byte < BEGINS
    for byte in line:
        if is_blank(byte):
            break
        first += not BEYOND_ASCII <= byte < BEGINS
    for index in range(len(line) - 1, -1, -1):
        if not BEYOND_ASCII <= line[index] < BEGINS:
            last = int(line[index])
            break
    is_letter = ord("a") <= last | 0x20 <= ord("z") or ord("0") <= last <= ord("9")
    row[GOES_ON] = is_letter or last >= BEYOND_ASCII
    row[WIDTH], row[FIRST_WORD], row[SORT] = width, first, sort_of(line)


@kernel
def sort_of(line: Bytes) -> int:
    """Return what a line is: ``EMPTY``, ``INDENTED``, ``PLAIN`` or ``UNSURE``."""
    is_unsure = False
    for byte in line:
        if BEYOND_ASCII <= byte < BEGINS or is_blank(byte):
            continue
        if not may_be_blank(byte):  # there is ink
            if is_blank(line[0]):
                return INDENTED
            return UNSURE if may_be_blank(line[0]) else PLAIN
        is_unsure = True
    return UNSURE if is_unsure else EMPTY


@kernel
def is_blank(byte: Unsigned) -> Unsigned:
    """Whether a byte is white space of ASCII that ends no line."""
    return byte == SPACE or byte == TAB or byte == UNIT_SEPARATOR  # noqa: PLR1714 - compilers know no sets


@kernel
def may_be_blank(byte: Unsigned) -> Unsigned:
    """Whether a byte begins characters of which some are white space beyond ASCII."""
    return byte == 0xC2 or 0xE1 <= byte <= 0xE3  # noqa: PLR2004 - the first bytes of U+00A0 and so on
