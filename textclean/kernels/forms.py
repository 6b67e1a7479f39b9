"""What the lines of a text make of it: what form it may have, and whether they are wrapped.

A form that is not among those found is none that ``stages/repetition/protect.py`` sees.
"""

import numpy as np

from textclean.kernels import line_kinds as kinds
from textclean.kernels.arrays import Bytes, Starts
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.heads import NO_HEAD
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.lines import count_filled
from textclean.kernels.marks import CLOSING, MARKED
from textclean.kernels.recurrence import END, FIRST, LAST, START, new_slots, slot_of
from textclean.kernels.signs import GAP_SHIFT, STATEMENT, SignTable
from textclean.kernels.thresholds import (
    CODE_RATIO,
    COLUMN_RATIO,
    COUNTING_RATIO,
    DIGIT_RATIO,
    FILL_SLACK,
    FILLED_SHARE,
    FORM_LINES,
    HEADING_LONGEST,
    HEADING_SHARE,
    HEADING_SHORTEST,
    HEADINGS,
    NUMBERED_RATIO,
    SPEECH_RATIO,
    VERSE_LINE_WIDTH,
    VERSE_LINES,
    VERSE_LONGEST,
    VERSE_MEAN_WORDS,
    VERSE_RATIO,
    VERSE_SHORTEST,
    VERSE_WORD_RATIO,
    WIDER_LINES,
    WRAP_LEAST,
    WRAP_LINES,
    WRAP_MOST,
    WRAP_SHARE,
)
from textclean.kernels.words import ALPHA, BLANK, DIGIT, NUMERIC

_STATEMENT = np.uint32(STATEMENT) << GAP_SHIFT
_BRACKET = ord("]")


@allocating_kernel
def judge_form(  # noqa: PLR0913, PLR0917 - what is known of the lines
    points: Codes,
    signs: SignTable,
    marks: Bytes,
    classes: Bytes,
    words: tuple[Starts, int],
    full: tuple[Starts, Bytes, Starts, Starts],
    lines: tuple[Starts, Starts],
) -> int:
    """Return what a text may be, of ``line_kinds.py``, and whether it is wrapped or filled.

    Args:
        points: ``uint32[n]``, its code points.
        signs: What each may end.
        marks: What each may be.
        classes: What each is.
        words: Their numbers, ``int32[words]``, and how many differ.
        full: The lines that hold a word, ``int32[n, 4]``; their kinds and heads, as from
            ``judge_lines``; how many words of each begin with a digit.
        lines: All lines, ``int32[m, 4]``, and their blocks, from ``cut_blocks``.
    """
    rows, line_kinds, heads, figures = full
    found = judge_wrapping(points, classes, rows, lines[0], lines[1])
    if len(rows) < FORM_LINES:
        return found
    found |= judge_kinds(line_kinds, heads) | judge_sizes(rows, figures, len(words[0]))
    if has_headings(points, signs.entries, marks, classes, words[0], rows, words[1]):
        found |= kinds.HEADED
    return found


@kernel
def judge_kinds(line_kinds: Bytes, heads: Starts) -> int:
    """Return which forms the kinds of the lines leave.

    Args:
        line_kinds: ``uint8[lines]``, from ``judge_lines``.
        heads: ``int32[lines]``, from there, too.
    """
    count, steps, before = len(heads), 0, NO_HEAD
    headed = spoken = dashed = coded = columns = 0
    for number in range(count):
        kind = line_kinds[number]
        spoken += kind & kinds.SPEAKER_LINE != 0
        dashed += kind & kinds.DASHED_LINE != 0
        coded += kind & kinds.CODE_LINE != 0
        columns += kind & kinds.COLUMN_LINE != 0
        if heads[number] != NO_HEAD:
            headed += 1
            steps += before != NO_HEAD and heads[number] == before + 1
            before = heads[number]
    found = 0
    if headed >= max(FORM_LINES, NUMBERED_RATIO * count) and steps >= max(
        FORM_LINES - 1, COUNTING_RATIO * headed
    ):
        found |= kinds.NUMBERED
    if max(spoken, dashed) >= SPEECH_RATIO * count:
        found |= kinds.SPOKEN
    if coded / count >= CODE_RATIO:
        found |= kinds.CODE
    if columns / count >= COLUMN_RATIO:
        found |= kinds.COLUMNS
    return found


@kernel
def judge_sizes(rows: Starts, figures: Starts, words: int) -> int:
    """Return which forms the words of the lines leave.

    Args:
        rows: ``int32[lines, 4]``.
        figures: ``int32[lines]``: how many words of each begin with a digit.
        words: How many the text has.
    """
    rich, short, within = 0, 0, 0
    for number in range(len(rows)):
        size = rows[number, LAST] - rows[number, FIRST]
        rich += figures[number] >= DIGIT_RATIO * size
        width = rows[number, END] - rows[number, START]
        if VERSE_SHORTEST <= size <= VERSE_LONGEST and width <= VERSE_LINE_WIDTH:
            short += 1
            within += size
    found = kinds.FIGURES if rich >= DIGIT_RATIO * len(rows) else 0
    if short >= max(VERSE_LINES, VERSE_RATIO * len(rows)) and within >= max(
        VERSE_MEAN_WORDS * short, VERSE_WORD_RATIO * words
    ):
        found |= kinds.VERSE
    return found


@allocating_kernel
def has_headings(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes,
    entries: Codes,
    marks: Bytes,
    classes: Bytes,
    numbers: Starts,
    rows: Starts,
    distinct: int,
) -> bool:
    """Whether enough short lines that end no statement differ, and most of them share a word.

    Args:
        points: ``uint32[n]``, the code points of the text.
        entries: Of the ``SignTable``.
        marks: What each code point may be.
        classes: What each is.
        numbers: ``int32[words]``.
        rows: ``int32[lines, 4]``.
        distinct: How many words differ.
    """
    likely = 0
    for number in range(len(rows)):
        likely += HEADING_SHORTEST <= rows[number, LAST] - rows[number, FIRST] <= HEADING_LONGEST
    if likely < HEADINGS:
        return False
    slots, heads = new_slots(likely), 0
    standings, seen = np.zeros(distinct, np.int32), np.zeros(distinct, np.int32)
    most = 0
    for number in range(len(rows)):
        first, last = rows[number, FIRST], rows[number, LAST]
        if not HEADING_SHORTEST <= last - first <= HEADING_LONGEST:
            continue
        if is_statement(points[rows[number, START] : rows[number, END]], entries, marks, classes):
            continue
        slot = slot_of(numbers, rows, first, last, slots)
        if slots[slot]:
            continue
        slots[slot] = number + 1
        heads += 1
        for place in range(first, last):
            word = numbers[place]
            standings[word] += seen[word] != number + 1
            seen[word] = number + 1
            most = max(most, standings[word])
    return heads >= HEADINGS and most >= HEADING_SHARE * heads


@kernel
def is_statement(line: Codes, entries: Codes, marks: Bytes, classes: Bytes) -> bool:
    """Whether a line ends as a sentence does."""
    last = len(line) - 1
    while last >= 0 and classes[line[last]] & BLANK:
        last -= 1
    while last >= 0 and (
        line[last] == _BRACKET or (line[last] < MARKED and marks[line[last]] & CLOSING)
    ):
        last -= 1
    return last >= 0 and bool(entries[line[last]] & _STATEMENT)


@allocating_kernel
def judge_wrapping(
    points: Codes, classes: Bytes, full: Starts, lines: Starts, blocks: Starts
) -> int:
    """Return whether lines were broken at a width, and whether they are filled.

    Args:
        points: ``uint32[n]``, the code points of the text.
        classes: What each is.
        full: ``int32[full lines, 4]``.
        lines: ``int32[lines, 4]``.
        blocks: ``int32[blocks, 2]``, from ``cut_blocks``.
    """
    times, within, broken = np.zeros(WRAP_MOST + 2, np.int64), 0, 0
    for number in range(len(full)):
        width = full[number, END] - full[number, START]
        times[min(width, WRAP_MOST + 1)] += 1
        if WRAP_LEAST <= width <= WRAP_MOST:
            within += 1
            last = points[full[number, END] - 1]
            broken += classes[last] & (ALPHA | DIGIT | NUMERIC) != 0
    found, widest, below = 0, 0, times[0]
    if len(full) == 0:
        return found
    while below <= len(full) * (WIDER_LINES - 1) // WIDER_LINES:
        widest += 1
        below += times[widest]
    if WRAP_LEAST <= widest <= WRAP_MOST:
        room = widest - FILL_SLACK
        followed, filled = count_filled(points, classes, lines, blocks, room, WRAP_MOST)
        if followed >= WRAP_LINES and filled >= FILLED_SHARE * followed:
            found = kinds.FILLED
    least = WRAP_SHARE * len(full)
    if len(full) >= WRAP_LINES and ((within >= least and broken >= least) or found):
        found |= kinds.WRAPPED
    return found
