"""Whether two sentences may say the same in nearly the same words; a superset of ``near``.

A sentence is one stretch between possible ends or several in a row, which is called a run here.
Of two that the level holds for one statement, the lesser has no word of its own but light ones and
forms of the fuller one's words, the fuller has few more, their figures are the same, and most of
both lies in 4-grams that both have; or else they have the same words, light ones aside.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Unsigned
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR, TOKEN_FACTOR
from textclean.kernels.jit import kernel
from textclean.kernels.light import LIGHT
from textclean.kernels.signs import BLOCK, LINE, PROSE, SENTENCE, STATEMENT

#: As in the level: words of a sentence, the share of them (of 1,000) in common 4-grams, and words
#: that the fuller sentence may have more of.
LEAST_WORDS, MOST_WORDS, PERMILLE, MOST_ADDED = 6, 80, 550, 3

#: A text with more sentences that recur mostly is not looked through, nor one whose stretches are
#: so many in a sentence: runs looked at for each token of the text, and for any.
MOST_RUNS = 400
BUDGET, LEAST_BUDGET = 16, 1024
SMALLEST_BITS = 8

#: What is known of a stretch or run: its tokens; how many of them are words, recur, and are no
#: light words; tokens of the stage at least; the signs before and behind it,
#: and whether it goes over lines.
FIRST, LAST, WORDS, COVERED, CONTENT, SIZE, BEFORE, BEHIND, LINES = range(9)
COLUMNS = 9

#: Where a sentence may begin or end that goes over lines.
STRONG = np.int64(PROSE | BLOCK)

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


class Runs(NamedTuple):
    """Stretches or runs.

    Attributes:
        rows: ``int64[n, COLUMNS]``.
        words: ``uint64[n, 2]``: a bit for each word that is not light, shared by others.
        figures: ``uint64[n]``: sum of the figures' hashes.
        sums: ``uint64[n]``: sum of all hashes but those of light words.
    """

    rows: Counts
    words: Longs
    figures: Longs
    sums: Longs


@kernel
def new_runs(size: int) -> Runs:
    """Return room for so many runs, all empty."""
    return Runs(
        np.zeros((size, COLUMNS), np.int64),
        np.zeros((size, 2), np.uint64),
        np.zeros(size, np.uint64),
        np.zeros(size, np.uint64),
    )


@kernel
def has_alike(text: Text) -> bool:
    """Whether two sentences of a text may be so much alike that one of them goes.

    In hard-wrapped text a sentence goes over lines, and begins and ends where no mere line does.
    """
    stretches = cut(text)
    count = len(stretches.rows)
    found, run = new_runs(MOST_RUNS), new_runs(1)
    reached, entered, left = 0, 0, BUDGET * len(text.tokens) + LEAST_BUDGET
    bits = SMALLEST_BITS
    while 1 << bits < 16 * count:
        bits += 1
    keys, places = np.zeros(1 << bits, np.uint64), np.empty((1 << bits, 3), np.int64)
    for first in range(count):
        for last in range(first, count):
            left -= 1
            if not extend(run, stretches, last, last == first):
                break
            row = run.rows[0]
            if left < 0 or 2 * entered >= len(keys) or reached == MOST_RUNS:
                return True
            if row[WORDS] < LEAST_WORDS or (row[LINES] and not row[BEHIND] & STRONG):
                continue
            entered += 1
            if enter(text, run, keys, places):
                return True
            if 1000 * row[COVERED] >= PERMILLE * row[WORDS]:
                copy(run, 0, found, reached)
                if is_like_another(text, found, reached):
                    return True
                reached += 1
    return False


@kernel
def cut(text: Text) -> Runs:
    """Return the stretches between possible ends that hold a token."""
    tokens, classes, gaps, letters, fours, _ = text
    size = 0
    for index in range(len(tokens)):
        size += gaps[index + 1] & SENTENCE != 0
    found = new_runs(size)
    number, reached = 0, -1
    for index in range(len(tokens)):
        row = found.rows[number]
        if index == 0 or gaps[index] & SENTENCE:
            row[FIRST], row[BEFORE] = index, gaps[index]
            row[SIZE] = gaps[index] & LINE != 0 and not letters[index]
        reached = index + 3 if fours[index] > 1 else reached
        value = classes[index]
        if letters[index]:
            row[WORDS] += 1
            row[SIZE] += 1
            row[COVERED] += reached >= index
            row[CONTENT] += value != LIGHT
            if value != LIGHT:
                found.words[number, 0] |= np.uint64(1) << (value >> np.uint64(58))
                found.words[number, 1] |= np.uint64(1) << (value >> np.uint64(52) & _BITS)
        else:
            found.figures[number] += scattered(value)
        if value != LIGHT:
            found.sums[number] += scattered(value)
        if gaps[index + 1] & SENTENCE:
            row[LAST], row[BEHIND] = index + 1, gaps[index + 1]
            number += 1
    return found


@kernel
def scattered(value: Unsigned) -> Unsigned:
    """Return a hash whose sums tell sets apart."""
    value = (value ^ (value >> _SUM_SHIFT)) * SHINGLE_FACTOR
    return value ^ (value >> HALF)


@kernel
def extend(run: Runs, stretches: Runs, number: int, anew: bool) -> bool:  # noqa: FBT001 - the compiler has no keywords
    """Append the stretch that follows a run, or begin with it; tell whether it is a run then."""
    if anew:
        copy(stretches, number, run, 0)
        run.rows[0, LINES] = 0
    else:
        row, more = run.rows[0], stretches.rows[number]
        for column in (WORDS, COVERED, CONTENT, SIZE):
            row[column] += more[column]
        row[LAST], row[BEHIND] = more[LAST], more[BEHIND]
        row[LINES] |= more[BEFORE] & LINE
        run.words[0] |= stretches.words[number]
        run.figures[0] += stretches.figures[number]
        run.sums[0] += stretches.sums[number]
    row = run.rows[0]
    return bool(row[SIZE] <= MOST_WORDS and (row[LINES] == 0 or row[BEFORE] & STRONG != 0))


@kernel
def copy(runs: Runs, number: int, others: Runs, other: int) -> None:
    """Put a run among others."""
    others.rows[other] = runs.rows[number]
    others.words[other] = runs.words[number]
    others.figures[other] = runs.figures[number]
    others.sums[other] = runs.sums[number]


@kernel
def enter(text: Text, run: Runs, keys: Longs, places: Counts) -> bool:
    """Enter the words of a run; return whether an earlier one has them in another order.

    The same words in the same order are another level's work.

    Args:
        text: The text.
        run: The run.
        keys: ``uint64[2**n]``, the sums of runs so far, 0 for none.
        places: ``int64[2**n, 3]``: the first token of the first run that has them, where one of
            those that overlap with it ends, and whether there is any.
    """
    key = run.sums[0] | np.uint64(1)
    mask = len(keys) - 1
    slot = int(key * TOKEN_FACTOR >> HALF) & mask
    while keys[slot] not in (LIGHT, key):
        slot = slot + 1 & mask
    first, last = run.rows[0, FIRST], run.rows[0, LAST]
    place = places[slot]
    if keys[slot] == 0:
        keys[slot] = key
        place[0], place[1], place[2] = first, last, 0
        return False
    if first < place[1]:
        place[1], place[2] = min(place[1], last), 1
        return False
    if not run.rows[0, BEHIND] & STATEMENT:
        return False
    tokens = text.tokens
    return place[2] == 1 or not is_equal(tokens[place[0] : place[1]], tokens[first:last])


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
def is_like_another(text: Text, runs: Runs, number: int) -> bool:
    """Whether a run may say what an earlier one says that does not overlap with it."""
    for other in range(number):
        if runs.rows[other, LAST] > runs.rows[number, FIRST]:
            continue
        if runs.figures[other] != runs.figures[number]:
            continue
        added = runs.rows[other, CONTENT] - runs.rows[number, CONTENT]
        if added >= 0 and may_go(text, runs, number, other):
            return True
        if added <= 0 and may_go(text, runs, other, number):
            return True
    return False


@kernel
def may_go(text: Text, runs: Runs, lesser: int, fuller: int) -> bool:
    """Whether a run may have no words of its own beside those of a fuller one."""
    few, many = runs.rows[lesser], runs.rows[fuller]
    if many[CONTENT] - few[CONTENT] > MOST_ADDED or not few[BEHIND] & STATEMENT:
        return False
    for half in range(2):
        if runs.words[lesser, half] & ~runs.words[fuller, half]:
            return False
    tokens, classes = text.tokens, text.classes
    here, there = slice(few[FIRST], few[LAST]), slice(many[FIRST], many[LAST])
    return (
        not is_equal(tokens[here], tokens[there])
        and is_within(classes[here], classes[there])
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
def is_shared(tokens: Longs, letters: Bytes, others: Longs) -> bool:
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
    return 1000 * covered >= PERMILLE * words
