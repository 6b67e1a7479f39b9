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
        folded: ``uint32[4 * n + 1]``: the distinct folded words, a line feed behind each.
        places: ``int32[n + 1]``: where each of these begins, and what stands behind the last.
        hashes: ``uint64[n]``: of each of these.
    """

    starts: Starts
    ends: Starts
    kinds: Bytes
    numbers: Starts
    folded: Codes
    places: Starts
    hashes: Longs


@allocating_kernel
def cut_words(points: Codes, table: SignTable, classes: Bytes, words: Words) -> tuple[int, int]:
    """Cut a text into words; return how many there are, and how many distinct ones.

    Args:
        points: ``uint32[n]``, the code points of the text.
        table: What each code point folds to, and whether it belongs to a word.
        classes: What each code point is.
        words: Filled.
    """
    bits = SMALLEST_BITS
    while 1 << bits < len(points) // 4:  # as many as most texts need
        bits += 1
    count, distinct = fill_words(points, table, classes, words, np.zeros(1 << bits, np.int32))
    while count < 0:
        bits += 2
        count, distinct = fill_words(points, table, classes, words, np.zeros(1 << bits, np.int32))
    return count, distinct


@kernel
def fill_words(
    points: Codes, table: SignTable, classes: Bytes, words: Words, slots: Starts
) -> tuple[int, int]:
    """Do the same with a table of distinct words, zeros; a negative number where it gets full."""
    at, count, distinct, entries, size = 0, 0, 0, table.entries, len(points)
    words.places[0] = 0
    while at < size:
        entry = entries[points[at]]
        kind = entry >> KIND_SHIFT & KIND_MASK
        if not entry & (MARK | EXPANDS) and kind != WORD and kind != ALONE:  # noqa: PLR1714 - compilers know no sets
            at += 1
            continue
        end = word_end(points, at, entries, classes)
        first = words.places[distinct]
        last, seen, value = fold_word(points, table, classes, at, end, words.folded, first)
        slot = slot_of_word(words, first, last, value, slots)
        if slots[slot] == 0:
            words.hashes[distinct] = value
            distinct += 1
            words.places[distinct], slots[slot] = last, distinct
            if 2 * distinct > len(slots):
                return -1, 0
        words.starts[count], words.ends[count] = at, end
        words.numbers[count] = slots[slot] - 1
        words.kinds[count] = classes[points[at]] & (CAPITAL | SMALL)
        words.kinds[count] |= kind_of_word(words.folded, first, last, classes, seen)
        count += 1
        at = end
    return count, distinct


@kernel
def word_end(points: Codes, at: int, entries: Codes, classes: Bytes) -> int:
    """Return where the word ends that starts at a place."""
    if classes[points[at]] & DECIMAL:
        end = figure_end(points, at, entries, classes)
        if end > at:
            return end
    is_alone, end = entries[points[at]] >> KIND_SHIFT & KIND_MASK == ALONE, at + 1
    while end < len(points):  # is_letter in place: a call takes longer
        entry = entries[points[end]]
        is_inside = entry & MARK != 0
        if not is_alone and not is_inside:
            sort = entry >> KIND_SHIFT & KIND_MASK
            is_inside = entry & EXPANDS != 0 or sort == WORD
            if sort == SPECIAL and not is_inside and end + 1 < len(points):
                is_inside = is_letter(entries[points[end + 1]])
        if not is_inside:
            break
        end += 1
    return end


@kernel
def fold_word(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    points: Codes,
    table: SignTable,
    classes: Bytes,
    start: int,
    end: int,
    folded: Codes,
    place: int,
) -> tuple[int, Unsigned, Unsigned]:
    """Write what a word folds to, and a line feed.

    Args:
        points: The code points of the text.
        table: What each folds to.
        classes: What each is.
        start: Where the word starts.
        end: Where it ends.
        folded: Written to.
        place: From here on.

    Returns:
        The place behind the line feed; all that the letters are; the hash of the word.
    """
    entries, expansions = table.entries, table.expansions
    seen, value = np.uint8(0), np.uint64(0)
    for at in range(start, end):
        entry = entries[points[at]]
        is_single = entry & EXPANDS == 0
        for offset in range(1 if is_single else 3):
            point = entry & POINT_MASK
            if not is_single:
                point = expansions[entry & POINT_MASK, offset]
            if point:
                folded[place] = point
                place += 1
                seen |= classes[point]
                value = (value ^ np.uint64(point)) * TOKEN_FACTOR
                value ^= value >> HALF
    folded[place] = LINE_FEED
    return place + 1, seen, value


@kernel
def kind_of_word(folded: Codes, first: int, last: int, classes: Bytes, seen: Unsigned) -> Unsigned:
    """Return what a folded word is that ends in a line feed; ``seen`` is all its letters are."""
    own = classes[folded[first]]
    kind = own & (DECIMAL | DIGIT | ALPHA | UNSPACED)
    if seen & DIGIT:
        kind |= HAS_DIGIT
    if own & ALPHA:
        return kind
    for place in range(first, last - 1):
        point = folded[place]
        if not classes[point] & DECIMAL and point not in (FULL_STOP, COMMA, COLON, SLASH):
            return kind
    return kind | FIGURE


@kernel
def slot_of_word(words: Words, first: int, last: int, value: Unsigned, slots: Starts) -> int:
    """Return the slot of a folded word among the distinct ones; an empty one if it is new."""
    mask = len(slots) - 1
    slot = int(value >> HALF) & mask
    while slots[slot]:
        other = slots[slot] - 1
        start = words.places[other]
        if words.hashes[other] == value and words.places[other + 1] - start == last - first:
            same = 0
            while same < last - first and words.folded[start + same] == words.folded[first + same]:
                same += 1
            if same == last - first:
                break
        slot = slot + 1 & mask
    return slot


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
