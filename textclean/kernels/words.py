"""From code points to the repetition stage's words: where each stands, what it is compared by.

The same words as ``stages/repetition/tokens.py`` cuts with regular expressions, at ten times the
speed: a figure, a character of a script without spaces, or a word with its marks and apostrophes.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Longs, Starts, Unsigned
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.code_points import LAST_CASED, characters, spans_of
from textclean.kernels.hashing import HALF, TOKEN_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel
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

#: What a character is; of a word, what its first character is, whether it has a digit, and whether
#: it is a figure: digits, with what parts them.
CAPITAL, SMALL, DIGIT, ALPHA = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
DECIMAL, HAS_DIGIT, UNSPACED, FIGURE = np.uint8(16), np.uint8(32), np.uint8(64), np.uint8(128)
#: Of a character only: white space; what is alphanumeric, and neither letter nor digit: "½".
BLANK, NUMERIC = FIGURE, HAS_DIGIT

#: What parts the digits of a figure: ".,:/".
FULL_STOP, COMMA, COLON, SLASH = 46, 44, 58, 47

#: Slots of the table of distinct words, at least.
SMALLEST_BITS = 6

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
            letters, digits = _where(str.isalpha, run), _where(str.isdigit, run)
            others = _where(str.isalnum, run) & ~(letters | digits)
            classes[first:end] = letters * ALPHA | digits * DIGIT | others * NUMERIC
    for first, end in spans_of(r"\d+"):
        classes[first:end] |= DECIMAL
    for first, last in ALONE_RANGES:
        classes[first : last + 1] |= UNSPACED
    for first, end in spans_of(r"\s+"):
        classes[first:end] |= BLANK
    cased = characters(range(LAST_CASED))  # what is upper is title, too
    classes[:LAST_CASED] |= (
        _where(str.istitle, cased) * CAPITAL | _where(str.islower, cased) * SMALL
    )
    return classes


def _where(test: Callable[[str], bool], run: str) -> Bytes:
    """Return 1 for each character of which something is true, else 0."""
    return np.frombuffer(bytes(map(test, run)), np.uint8)


class Words(NamedTuple):
    """The words of a text; room for one a character.

    Attributes:
        starts: ``int32[n]``: where each word starts.
        ends: ``int32[n]``: where it ends.
        kinds: ``uint8[n]``: ``CAPITAL`` and ``SMALL`` of its first character, ``DECIMAL``,
            ``DIGIT``, ``ALPHA`` and ``UNSPACED`` of what that folds to, ``HAS_DIGIT``, ``FIGURE``.
        numbers: ``int32[n]``: which of the distinct folded words it is, by order of first standing.
        folded: ``uint32[4 * n]``: the distinct folded words, a line feed behind each.
    """

    starts: Starts
    ends: Starts
    kinds: Bytes
    numbers: Starts
    folded: Codes


@allocating_kernel
def cut_words(points: Codes, table: SignTable, classes: Bytes, words: Words) -> tuple[int, int]:
    """Cut a text into words; return how many, and how much of ``folded`` the distinct ones fill.

    Args:
        points: ``uint32[n]``, the code points of the text.
        table: What each code point folds to, and whether it belongs to a word.
        classes: What each code point is.
        words: Filled.
    """
    starts, ends, kinds, numbers, folded = words
    count = find_words(points, table.entries, classes, starts, ends)
    places, hashes = np.empty(count + 1, np.int32), np.empty(count, np.uint64)
    fold_words(points, table, starts[:count], ends, folded, places)
    for number in range(count):
        kinds[number] = classes[points[starts[number]]] & (CAPITAL | SMALL)
    judge_words(folded, places, classes, kinds, hashes)
    return count, number_words(folded, places, hashes, numbers)


@kernel
def find_words(points: Codes, entries: Codes, classes: Bytes, starts: Starts, ends: Starts) -> int:
    """Fill in where the words of a text start and end; return how many there are."""
    at, count, size = 0, 0, len(points)
    while at < size:
        entry = entries[points[at]]
        kind = entry >> KIND_SHIFT & KIND_MASK
        if not entry & (MARK | EXPANDS) and kind != WORD and kind != ALONE:  # noqa: PLR1714 - compilers know no sets
            at += 1
            continue
        end = at
        if classes[points[at]] & DECIMAL:
            end = figure_end(points, at, entries, classes)
        if end == at:
            end = at + 1
            while end < size:  # is_letter in place: a call counts references
                entry = entries[points[end]]
                sort = entry >> KIND_SHIFT & KIND_MASK
                is_inside = entry & MARK != 0
                if kind != ALONE and not is_inside:
                    is_inside = entry & EXPANDS != 0 or sort == WORD
                    if sort == SPECIAL and not is_inside and end + 1 < size:
                        is_inside = is_letter(entries[points[end + 1]])
                if not is_inside:
                    break
                end += 1
        starts[count], ends[count] = at, end
        count += 1
        at = end
    return count


@kernel
def fold_words(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes, table: SignTable, starts: Starts, ends: Starts, folded: Codes, places: Starts
) -> None:
    """Write what words fold to, a line feed behind each, and where each begins.

    Args:
        points: The code points of the text.
        table: What each folds to.
        starts: ``int32[words]``.
        ends: ``int32[>= words]``.
        folded: ``uint32``, filled.
        places: ``int32[words + 1]``, filled.
    """
    entries, expansions, size = table.entries, table.expansions, 0
    places[0] = 0
    for number in range(len(starts)):
        for place in range(starts[number], ends[number]):
            entry = entries[points[place]]
            if entry & EXPANDS:
                for offset in range(3):
                    point = expansions[entry & POINT_MASK, offset]
                    folded[size] = point
                    size += point != 0
            else:
                folded[size] = entry & POINT_MASK
                size += 1
        folded[size] = LINE_FEED
        size += 1
        places[number + 1] = size


@kernel
def judge_words(folded: Codes, places: Starts, classes: Bytes, kinds: Bytes, hashes: Longs) -> None:
    """Tell of folded words what they are, and hash them.

    Args:
        folded: The words.
        places: ``int32[words + 1]``: where each begins.
        classes: What each code point is.
        kinds: ``uint8[words]``: added to.
        hashes: ``uint64[words]``, filled.
    """
    for number in range(len(hashes)):
        first, state = classes[folded[places[number]]], np.uint64(0)
        has_digit, is_figure = np.uint8(0), not first & ALPHA
        for place in range(places[number], places[number + 1] - 1):
            point = folded[place]
            state = (state ^ np.uint64(point)) * TOKEN_FACTOR
            state ^= state >> HALF
            has_digit |= classes[point] & DIGIT
            is_figure &= classes[point] & DECIMAL != 0 or (
                point == FULL_STOP or point == COMMA or point == COLON or point == SLASH  # noqa: PLR1714 - compilers know no sets
            )
        hashes[number] = state
        kinds[number] |= first & (DECIMAL | DIGIT | ALPHA | UNSPACED)
        kinds[number] |= HAS_DIGIT if has_digit else np.uint8(0)
        kinds[number] |= FIGURE if is_figure else np.uint8(0)


@allocating_kernel
def number_words(folded: Codes, places: Starts, hashes: Longs, numbers: Starts) -> int:
    """Number the words by first standing, leave only the distinct; return how much they fill.

    Args:
        folded: The words: changed.
        places: ``int32[words + 1]``: where each begins.
        hashes: ``uint64[words]``.
        numbers: ``int32[>= words]``, filled.
    """
    size, distinct, bits = 0, 0, SMALLEST_BITS
    while 1 << bits < 2 * len(hashes):
        bits += 1
    slots, mask = np.zeros(1 << bits, np.int32), (1 << bits) - 1
    kept, own = np.empty(len(hashes) + 1, np.int32), np.empty(len(hashes), np.uint64)
    kept[0] = 0
    for number in range(len(hashes)):
        start, length = places[number], places[number + 1] - places[number]
        slot, is_new = int(hashes[number] >> HALF) & mask, True
        while slots[slot] and is_new:
            other = slots[slot] - 1
            if own[other] == hashes[number] and kept[other + 1] - kept[other] == length:
                same = 0
                while same < length and folded[kept[other] + same] == folded[start + same]:
                    same += 1
                is_new = same < length
            if is_new:
                slot = slot + 1 & mask
        if is_new:
            for offset in range(length):  # never further on than it stood
                folded[size + offset] = folded[start + offset]
            size += length
            own[distinct] = hashes[number]
            distinct += 1
            kept[distinct], slots[slot] = size, distinct
        numbers[number] = slots[slot] - 1
    return size


@kernel
def is_letter(entry: Unsigned) -> bool:
    """Whether a code point is part of words: letter, digit or mark, but of no unspaced script."""
    return bool((entry & (MARK | EXPANDS)) | (entry >> KIND_SHIFT & KIND_MASK == WORD))


@kernel
def figure_end(points: Codes, at: int, entries: Codes, classes: Bytes) -> int:
    """Return where the figure at a digit ends; the digit's own place where a letter follows."""
    end = at + 1
    while end < len(points):
        if classes[points[end]] & DECIMAL:
            end += 1
        elif (
            (
                points[end] == FULL_STOP
                or points[end] == COMMA
                or points[end] == COLON
                or points[end] == SLASH
            )
            and end + 1 < len(points)
            and classes[points[end + 1]] & DECIMAL
        ):
            end += 2
        else:
            break
    if end < len(points) and is_letter(entries[points[end]]):
        return at
    return end
