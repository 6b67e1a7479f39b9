"""From code points to the repetition stage's words: where each stands, what it is compared by.

The same words as ``stages/repetition/tokens.py`` cuts with regular expressions, at ten times the
speed: a figure, a character of a script without spaces, or a word with its marks and apostrophes.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from textclean.kernels.arrays import Bytes, Starts, Unsigned, Words
from textclean.kernels.code_points import LAST_CASED, characters, spans_of
from textclean.kernels.jit import kernel
from textclean.kernels.signs import (
    ALONE,
    ALONE_RANGES,
    EXPANDS,
    KIND_MASK,
    KIND_SHIFT,
    MARK,
    POINT_MASK,
    SPECIAL,
    WORD,
    SignTable,
)

#: What a character is; of a word, what its first character is, and whether it has a digit.
CAPITAL, SMALL, DIGIT, ALPHA = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
DECIMAL, HAS_DIGIT, UNSPACED = np.uint8(16), np.uint8(32), np.uint8(64)

#: What parts the folded words.
LINE_FEED = np.uint32(ord("\n"))


@cache
def class_table() -> Bytes:
    """Return what each code point is, ``uint8[0x110000]``; made once per process."""
    classes = np.zeros(0x110000, np.uint8)
    for first, end in spans_of(r"\w+"):
        run = characters(range(first, end))
        if run.isalpha():
            classes[first:end] = ALPHA
        else:
            classes[first:end] = _where(str.isalpha, run) * ALPHA | _where(str.isdigit, run) * DIGIT
    for first, end in spans_of(r"\d+"):
        classes[first:end] |= DECIMAL
    for first, last in ALONE_RANGES:
        classes[first : last + 1] |= UNSPACED
    cased = characters(range(LAST_CASED))  # what is upper is title, too
    classes[:LAST_CASED] |= (
        _where(str.istitle, cased) * CAPITAL | _where(str.islower, cased) * SMALL
    )
    return classes


def _where(test: Callable[[str], bool], run: str) -> Bytes:
    """Return 1 for each character of which something is true, else 0."""
    return np.frombuffer(bytes(map(test, run)), np.uint8)


@kernel
def cut_words(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Words, table: SignTable, classes: Bytes, spans: Starts, kinds: Bytes, folded: Words
) -> tuple[int, int]:
    """Cut a text into words; return how many, and how much of ``folded`` they fill.

    Args:
        points: ``uint32[n]``, the code points of the text.
        table: What each code point folds to, and whether it belongs to a word.
        classes: What each code point is.
        spans: ``int32[2, n]``, filled: where each word starts and ends.
        kinds: ``uint8[n]``, filled: ``CAPITAL`` and ``SMALL`` of its first character,
            ``DIGIT``, ``ALPHA`` and ``UNSPACED`` of what that folds to, ``HAS_DIGIT``.
        folded: ``uint32[4 * n]``, filled: what they fold to, a line feed behind each.
    """
    at, count, size = 0, 0, 0
    while at < len(points):
        entry = table.entries[points[at]]
        end = at
        if classes[points[at]] & DECIMAL:
            end = figure_end(points, at, table.entries, classes)
        if end == at and entry >> KIND_SHIFT & KIND_MASK == ALONE:
            end = at + 1
            while end < len(points) and table.entries[points[end]] & MARK:
                end += 1
        if end == at and is_letter(entry):
            end = word_end(points, at, table.entries)
        if end == at:
            at += 1
            continue
        spans[0, count], spans[1, count] = at, end
        after = fold(points[at:end], table, folded[size:])
        kinds[count] = classes[points[at]] & (CAPITAL | SMALL)
        kinds[count] |= classes[folded[size]] & (DIGIT | ALPHA | UNSPACED)
        for place in range(size, size + after):
            if classes[folded[place]] & DIGIT:
                kinds[count] |= HAS_DIGIT
        size += after + 1
        count += 1
        at = end
    return count, size


@kernel
def is_letter(entry: Unsigned) -> bool:
    """Whether a code point is part of words: letter, digit or mark, but of no unspaced script."""
    return bool((entry & (MARK | EXPANDS)) | (entry >> KIND_SHIFT & KIND_MASK == WORD))


@kernel
def figure_end(points: Words, at: int, entries: Words, classes: Bytes) -> int:
    """Return where the figure at a digit ends; the digit's own place where a letter follows."""
    end = at + 1
    while end < len(points):
        if classes[points[end]] & DECIMAL:
            end += 1
        elif (
            (points[end] == 46 or points[end] == 44 or points[end] == 58 or points[end] == 47)  # noqa: PLR2004 - ".,:/"; compilers know no sets
            and end + 1 < len(points)
            and classes[points[end + 1]] & DECIMAL
        ):
            end += 2
        else:
            break
    if end < len(points) and is_letter(entries[points[end]]):
        return at
    return end


@kernel
def word_end(points: Words, at: int, entries: Words) -> int:
    """Return where the word at a letter ends; an apostrophe between letters is inside it."""
    end = at + 1
    while end < len(points):
        entry = entries[points[end]]
        if not is_letter(entry):
            is_apostrophe = entry >> KIND_SHIFT & KIND_MASK == SPECIAL
            if not is_apostrophe or end + 1 >= len(points):
                break
            if not is_letter(entries[points[end + 1]]):
                break
        end += 1
    return end


@kernel
def fold(word: Words, table: SignTable, folded: Words) -> int:
    """Write what a word folds to, with a line feed behind; return how long it is without."""
    size = 0
    for point in word:
        entry = table.entries[point]
        if entry & EXPANDS:
            for each in table.expansions[entry & POINT_MASK]:
                if each:
                    folded[size] = each
                    size += 1
        else:
            folded[size] = entry & POINT_MASK
            size += 1
    folded[size] = LINE_FEED
    return size
