"""Whether two sentences may say the same in nearly the same words; a superset of ``near``.

A sentence is one stretch between possible ends or several in a row, which is called a run here.
Of two that the level holds for one statement, the lesser has no word of its own but light ones and
forms of the fuller one's words, the fuller has few more, their figures are the same, and most of
both lies in 4-grams that both have; or else they have the same words, light ones aside.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Starts, Unsigned
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.light import LIGHT, slot_of
from textclean.kernels.signs import BLOCK, LINE, PROSE, SENTENCE, STATEMENT
from textclean.kernels.thresholds import (
    NEAR_ADDED_WORDS,
    NEAR_MOST_WORDS,
    NEAR_PERMILLE,
    NEAR_WORDS,
)

#: A text with more sentences that recur mostly is not looked through, nor one whose stretches are
#: so many in a sentence: runs looked at for each token of the text, and for any.
MOST_RUNS = 400
BUDGET, LEAST_BUDGET = 16, 1024
SMALLEST_BITS = 8

#: Sums over the stretches of a text: words, how many of them recur and are no light words, tokens
#: of the stage at least, and how many stretches begin a line.
WORDS, COVERED, CONTENT, SIZE, LINES = range(5)
#: Sums of hashes: of figures, and of all but light words.
FIGURES, ALL = 0, 1

#: What is known of a run that recurs: its tokens, and how many words are no light ones; the sum of
#: its figures, which of those words it has, by bits shared with others.
FIRST, LAST, OWN = 0, 1, 2
LOW, HIGH = 1, 2

#: Tokens of two runs compared one by one; of longer ones, which hold many figures, any two may go.
MOST_TOKENS = 320

#: Where a sentence may begin or end that goes over lines.
STRONG = np.uint8(PROSE | BLOCK)

_BITS = np.uint64(63)
_SUM_SHIFT = np.uint64(29)


class Text(NamedTuple):
    """The tokens of a text.

    Attributes:
        tokens: ``uint64[n]``: their hashes.
        classes: ``uint64[n]``, from ``light.classify``.
        gaps: ``uint8[n + 1]``, from ``scan``.
        letters: ``uint8[n]``, from ``scan``.
        fours: ``uint8[n]``: how often the 4-gram at each stands, at least.
        capitals: ``uint8[n]``, from ``light.capitals_of``.
    """

    tokens: Longs
    classes: Longs
    gaps: Bytes
    letters: Bytes
    fours: Bytes
    capitals: Bytes


class Stretches(NamedTuple):
    """The stretches of a text, in sums over those before each, so that a run is a difference.

    Attributes:
        places: ``int64[n + 1]``: the first token of each, and how many tokens there are.
        sums: ``int64[n + 1, 5]``.
        hashes: ``uint64[n + 1, 2]``.
        bits: ``uint64[n, 2]``: a bit for each word that is not light, shared by others.
    """

    places: Counts
    sums: Counts
    hashes: Longs
    bits: Longs


class Runs(NamedTuple):
    """Runs that recur mostly.

    Attributes:
        rows: ``int64[n, 3]``.
        hashes: ``uint64[n, 3]``.
    """

    rows: Counts
    hashes: Longs


@allocating_kernel
def has_alike(text: Text) -> bool:
    """Whether two sentences of a text may be so much alike that one of them goes.

    In hard-wrapped text a sentence goes over lines, and begins and ends where no mere line does.
    """
    stretches = cut(text)
    found = Runs(np.empty((MOST_RUNS, 3), np.int64), np.empty((MOST_RUNS, 3), np.uint64))
    reached = find_recurring(text, stretches, found)
    return reached > MOST_RUNS or has_pair(text, found, reached)


@allocating_kernel
def find_recurring(text: Text, stretches: Stretches, found: Runs) -> int:
    """Find the runs that recur mostly; return how many, more than ``MOST_RUNS`` for a sure answer.

    That is sure where the words of a run stand again in another order, or where runs are too many.
    """
    places, sums, hashes, bits = stretches
    rows, known = found
    tokens, gaps, count = text.tokens, text.gaps, len(places) - 1
    reached, entered, left = 0, 0, BUDGET * len(tokens) + LEAST_BUDGET
    keys, entries = new_table(16 * count)
    for first in range(count):
        low = high = LIGHT
        for last in range(first + 1, count + 1):
            left -= 1
            over_lines = sums[last, LINES] != sums[first + 1, LINES]
            if sums[last, SIZE] - sums[first, SIZE] > NEAR_MOST_WORDS or (
                over_lines and not gaps[places[first]] & STRONG
            ):
                break
            if left < 0 or 2 * entered >= len(keys) or reached == MOST_RUNS:
                return MOST_RUNS + 1
            low, high = low | bits[last - 1, 0], high | bits[last - 1, 1]
            words = sums[last, WORDS] - sums[first, WORDS]
            if words < NEAR_WORDS or (over_lines and not gaps[places[last]] & STRONG):
                continue
            entered += 1
            value = (hashes[last, ALL] - hashes[first, ALL]) | np.uint64(1)
            own = slot_of(value, keys)
            if keys[own] == LIGHT:
                keys[own] = value
                entries[own, 0], entries[own, 1], entries[own, 2] = places[first], places[last], 0
            elif has_moved(tokens, gaps, places[first], places[last], entries[own]):
                return MOST_RUNS + 1
            if 1000 * (sums[last, COVERED] - sums[first, COVERED]) >= NEAR_PERMILLE * words:
                rows[reached, FIRST], rows[reached, LAST] = places[first], places[last]
                rows[reached, OWN] = sums[last, CONTENT] - sums[first, CONTENT]
                known[reached, FIGURES] = hashes[last, FIGURES] - hashes[first, FIGURES]
                known[reached, LOW], known[reached, HIGH] = low, high
                reached += 1
    return reached


@allocating_kernel
def new_table(least: int) -> tuple[Longs, Counts]:
    """Return room for the words of so many runs at least: keys and entries of ``has_moved``."""
    bits = SMALLEST_BITS
    while 1 << bits < least:
        bits += 1
    return np.zeros(1 << bits, np.uint64), np.empty((1 << bits, 3), np.int64)


@allocating_kernel
def cut(text: Text) -> Stretches:
    """Return the stretches between possible ends that hold a token."""
    tokens, classes, gaps, letters, fours, _ = text
    size = 0
    for index in range(len(tokens)):
        size += gaps[index + 1] & SENTENCE != 0
    places, sums = np.zeros(size + 1, np.int64), np.zeros((size + 1, 5), np.int64)
    hashes, bits = np.zeros((size + 1, 2), np.uint64), np.zeros((size, 2), np.uint64)
    number, reached, is_first = 0, -1, True
    words = covered = content = tokens_least = lines = 0
    figures = everything = low = high = LIGHT
    for index in range(len(tokens)):
        value, has_letters = classes[index], letters[index] != 0
        if is_first and gaps[index] & LINE:
            lines += 1
            tokens_least += not has_letters
        reached = index + 3 if fours[index] > 1 else reached
        if has_letters:
            words += 1
            tokens_least += 1
            covered += reached >= index
        else:
            figures += scattered(value)
        if value != LIGHT:
            everything += scattered(value)
            if has_letters:
                content += 1
                low |= np.uint64(1) << (value >> np.uint64(58))
                high |= np.uint64(1) << (value >> np.uint64(52) & _BITS)
        is_first = gaps[index + 1] & SENTENCE != 0
        if is_first:
            bits[number, 0], bits[number, 1] = low, high
            number += 1
            places[number] = index + 1
            sums[number, WORDS], sums[number, COVERED] = words, covered
            sums[number, CONTENT], sums[number, SIZE] = content, tokens_least
            sums[number, LINES] = lines
            hashes[number, FIGURES], hashes[number, ALL] = figures, everything
            low = high = LIGHT
    return Stretches(places, sums, hashes, bits)


@kernel
def scattered(value: Unsigned) -> Unsigned:
    """Return a hash whose sums tell sets apart."""
    value = (value ^ (value >> _SUM_SHIFT)) * SHINGLE_FACTOR
    return value ^ (value >> HALF)


@kernel
def has_moved(tokens: Longs, gaps: Bytes, first: int, last: int, entry: Counts) -> bool:
    """Whether an earlier run has the words of this one in another order.

    The same words in the same order are another level's work.

    Args:
        tokens: From ``scan``.
        gaps: From ``scan``.
        first: First token of the run.
        last: Behind its last.
        entry: The first token of the first run that has them, where one of those that overlap
            with it ends, and whether there is any: changed.
    """
    if first < entry[1]:
        entry[1], entry[2] = min(entry[1], last), 1
        return False
    if not gaps[last] & STATEMENT:
        return False
    return entry[2] == 1 or not is_equal(tokens[entry[0] : entry[1]], tokens[first:last])


@kernel
def is_equal(few: Longs, many: Longs) -> bool:
    """Whether two sequences are the same."""
    if len(few) != len(many):
        return False
    same = 0
    while same < len(few) and few[same] == many[same]:
        same += 1
    return same == len(few)


@kernel
def has_pair(text: Text, runs: Runs, count: int) -> bool:
    """Whether a run may say what an earlier one says that does not overlap with it."""
    rows, hashes = runs
    for number in range(count):
        figures, low, high = hashes[number, FIGURES], hashes[number, LOW], hashes[number, HIGH]
        for other in range(number):
            if hashes[other, FIGURES] != figures or rows[other, LAST] > rows[number, FIRST]:
                continue
            added = rows[other, OWN] - rows[number, OWN]
            if (
                0 <= added <= NEAR_ADDED_WORDS
                and not (low & ~hashes[other, LOW] | high & ~hashes[other, HIGH])
                and may_go(text, rows[number], rows[other])
            ):
                return True
            if (
                -NEAR_ADDED_WORDS <= added <= 0
                and not (hashes[other, LOW] & ~low | hashes[other, HIGH] & ~high)
                and may_go(text, rows[other], rows[number])
            ):
                return True
    return False


@kernel
def may_go(text: Text, few: Counts, many: Counts) -> bool:
    """Whether a run may have no words of its own beside those of a fuller one."""
    if not text.gaps[few[LAST]] & STATEMENT:
        return False
    tokens, classes = text.tokens, text.classes
    here, there = slice(few[FIRST], few[LAST]), slice(many[FIRST], many[LAST])
    if is_equal(tokens[here], tokens[there]):
        return False
    if max(few[LAST] - few[FIRST], many[LAST] - many[FIRST]) > MOST_TOKENS:
        return True
    return (
        is_within(classes[here], classes[there])
        and not has_name_more(classes[there], text.capitals[there], classes[here])
        and is_shared(tokens[here], text.letters[here], tokens[there])
        and is_shared(tokens[there], text.letters[there], tokens[here])
    )


@kernel
def is_within(few: Longs, many: Longs) -> bool:
    """Whether each value but ``LIGHT`` stands at least as often among many as among a few."""
    for index in range(len(few)):
        value = few[index]
        if value == LIGHT:
            continue
        times = 0
        for number in range(index + 1):
            times += few[number] == value
        for number in range(len(many)):
            times -= many[number] == value
        if times > 0:
            return False
    return True


@kernel
def has_name_more(many: Longs, capitals: Bytes, few: Longs) -> bool:
    """Whether a word inside a sentence has a capital and stands nowhere in another."""
    for index in range(1, len(many)):
        if not capitals[index] or many[index] == LIGHT:
            continue
        is_new = True
        for value in few:
            is_new &= value != many[index]
        if is_new:
            return True
    return False


@kernel
def is_shared(tokens: Longs | Starts, letters: Bytes, others: Longs | Starts) -> bool:
    """Whether most words lie in 4-grams that others have."""
    words, covered, reached = 0, 0, -1
    for index in range(len(tokens)):
        if index + 4 <= len(tokens):
            for number in range(len(others) - 3):
                if (
                    others[number] == tokens[index]
                    and others[number + 1] == tokens[index + 1]
                    and others[number + 2] == tokens[index + 2]
                    and others[number + 3] == tokens[index + 3]
                ):
                    reached = index + 3
                    break
        words += int(letters[index])
        covered += int(letters[index] & (reached >= index))
    return 1000 * covered >= NEAR_PERMILLE * words
