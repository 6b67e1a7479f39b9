"""Whether a text repeats enough for any level of the repetition stage to act, and for which.

A superset by construction: tokens are cut so that what the stage holds for equal is equal here,
counts are kept in sketches that collide upwards only, and a sentence may be any stretch between
two signs that could end one. The flags of a text::

    EXACT   two equal stretches from a possible start to a possible end
    NEAR    such a stretch whose words are half covered by recurring 4-grams, or all in another
    RUNS    3-grams at an even distance; three short items that share words; a crowded 2-gram
    PHRASE  an n-gram in single sentences that is frequent, dense and spread
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.alike import Text, has_alike
from textclean.kernels.arrays import Bytes, Counts, Longs, Words
from textclean.kernels.equals import has_exact
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR, TOKEN_FACTOR
from textclean.kernels.jit import kernel
from textclean.kernels.light import capitals_of, classify
from textclean.kernels.phrases import (
    LONG_MENTIONS,
    PAIR_MENTIONS,
    PHRASE_WORDS,
    TRIPLE_MENTIONS,
    has_phrase,
)
from textclean.kernels.runs import ITEM_BITS, has_period, has_run, has_wide_list
from textclean.kernels.scan import scan
from textclean.kernels.signs import BLOCK, LINE, PROSE, SENTENCE, STOP, SignTable
from textclean.kernels.thresholds import NEAR_MOST_WORDS, NEAR_PERMILLE, NEAR_WORDS
from textclean.kernels.wrapping import may_be_wrapped

EXACT, NEAR, RUNS, PHRASE = 1, 2, 4, 8

#: Slots of a counting sketch per n-gram: one in eight n-grams shares a slot.
SKETCH_ROOM = 8
SMALLEST_SKETCH_BITS, LARGEST_SKETCH_BITS = 8, 24
FULL = 255

#: Where a sentence may begin or end that goes over lines.
STRONG = np.uint32(PROSE | BLOCK)

#: Stretches looked at for each token of a text; whoever needs more is flagged.
NEAR_BUDGET = 16


@kernel
def sketch_bits(count: int) -> int:
    """Return the size of a sketch for so many n-grams, as a power of two."""
    bits = SMALLEST_SKETCH_BITS
    while 1 << bits < count * SKETCH_ROOM and bits < LARGEST_SKETCH_BITS:
        bits += 1
    return bits


@kernel
def count_pairs(tokens: Longs, count: int, sketch: Bytes, slots: Words, pairs: Bytes) -> int:
    """Fill ``pairs`` with how often the 2-gram at each token stands at most; return the highest."""
    bits = sketch_bits(count)
    shift = np.uint64(64 - bits)
    sketch[: 1 << bits] = 0
    for index in range(count - 1):
        value = tokens[index] * SHINGLE_FACTOR + tokens[index + 1]
        slot = (value ^ (value >> HALF)) * TOKEN_FACTOR >> shift
        slots[index] = slot
        sketch[slot] += sketch[slot] < FULL
    most = np.uint8(0)
    for index in range(count - 1):
        pairs[index] = sketch[slots[index]]
        most = max(most, pairs[index])
    pairs[max(0, count - 1) : count + 3] = 0
    return int(most)


@kernel
def count_longer(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs, count: int, size: int, shorter: Bytes, least: int, sketch: Bytes, longer: Bytes
) -> int:
    """Fill ``longer`` with the counts of n-grams, of which only those recur whose parts do.

    Returns the highest.

    Args:
        tokens: ``uint64[>= count]``.
        count: How many tokens there are.
        size: Tokens of an n-gram.
        shorter: Counts of the n-grams that are one token shorter, zeros behind them.
        least: Count below which nothing is of interest.
        sketch: Scratch.
        longer: ``uint8[>= count + 3]``, filled; 0 where a part is too rare.
    """
    found = 0
    for index in range(count):
        longer[index] = (shorter[index] >= least) & (shorter[index + 1] >= least)
        found += int(longer[index])
    longer[count : count + 3] = 0
    if found == 0:
        return 0
    bits = sketch_bits(found)
    shift = np.uint64(64 - bits)
    sketch[: 1 << bits] = 0
    most = np.uint8(0)
    for turn in range(2):
        for index in range(count):
            if longer[index] == 0:
                continue
            value = tokens[index]
            for offset in range(1, size):
                value = (value ^ (value >> HALF)) * SHINGLE_FACTOR + tokens[index + offset]
            slot = (value ^ (value >> HALF)) * TOKEN_FACTOR >> shift
            if turn == 0:
                sketch[slot] += sketch[slot] < FULL
            else:
                longer[index] = sketch[slot]
                most = max(most, sketch[slot])
    return int(most)


@kernel
def has_near(gaps: Bytes, letters: Bytes, fours: Bytes, count: int, stretches: Words) -> bool:
    """Whether two possible sentences have half of their words in recurring 4-grams.

    Args:
        gaps: From ``scan``.
        letters: From ``scan``.
        fours: Counts of 4-grams.
        count: How many tokens there are.
        stretches: Scratch, four places each: words, covered words, and the signs before and behind.
    """
    number, words, covered, reached, before = 0, 0, 0, -1, gaps[0]
    for index in range(count):
        reached = index + 3 if fours[index] > 1 else reached
        words += int(letters[index])
        covered += int(letters[index] & (reached >= index))
        if gaps[index + 1] & SENTENCE:
            row = stretches[4 * number : 4 * number + 4]
            row[0], row[1], row[2], row[3] = words, covered, before, gaps[index + 1]
            words, covered, before = 0, 0, gaps[index + 1]
            number += 1
    left, earliest = NEAR_BUDGET * count, number
    for first in range(number):
        last = covered_end(stretches, first, number)
        left -= abs(last) - first
        if left < 0 or (last > 0 and earliest <= first):
            return True
        earliest = min(earliest, last) if last > 0 else earliest
    return False


@kernel
def covered_end(stretches: Words, first: int, count: int) -> int:
    """Return where the shortest possible sentence ends that begins with a stretch and recurs.

    Without any, where the look for it ended, negative.
    """
    words, covered, size, over_lines = 0, 0, 0, False
    for last in range(first, count):
        row = stretches[4 * last : 4 * last + 4]
        over_lines |= last > first and row[2] & LINE != 0
        words += int(row[0])
        covered += int(row[1])
        size += int(row[0]) + int(row[0] == 0 and row[2] & LINE != 0)
        if size > NEAR_MOST_WORDS or (over_lines and not stretches[4 * first + 2] & STRONG):
            return -last - 1
        is_sentence = words >= NEAR_WORDS and (not over_lines or row[3] & STRONG != 0)
        if is_sentence and 1000 * covered >= NEAR_PERMILLE * words:
            return last + 1
    return -count


@kernel
def has_moved(tokens: Longs, gaps: Bytes, letters: Bytes, count: int, table: Words) -> bool:
    """Whether two stretches between possible sentence ends have the same words in any order.

    Args:
        tokens: From ``scan``.
        gaps: From ``scan``.
        letters: From ``scan``.
        count: How many tokens there are.
        table: Scratch: the sums of the stretches so far, by open addressing.
    """
    size = 1 << SMALLEST_SKETCH_BITS
    while size < 2 * (count // NEAR_WORDS):
        size *= 2
    table[:size] = 0
    words, total = 0, np.uint64(0)
    for index in range(count):
        words += int(letters[index])
        total += (tokens[index] ^ (tokens[index] >> HALF)) * TOKEN_FACTOR
        if not gaps[index + 1] & SENTENCE:
            continue
        if words >= NEAR_WORDS:
            value = np.uint32(total >> HALF) | np.uint32(1)
            slot = int(value >> np.uint32(1)) & (size - 1)
            while table[slot] != 0:
                if table[slot] == value:
                    return True
                slot = (slot + 1) & (size - 1)
            table[slot] = value
        words, total = 0, np.uint64(0)
    return False


class Scanned(NamedTuple):
    """The tokens of a text.

    Attributes:
        tokens: From ``scan``, as are the next three.
        starts: The byte at which each begins.
        gaps: The signs before each.
        letters: Whether each has anything but digits.
        pairs: How often the 2-gram at each stands, at least.
        triples: The same of 3-grams.
        fours: The same of 4-grams.
    """

    tokens: Longs
    starts: Words
    gaps: Bytes
    letters: Bytes
    pairs: Bytes
    triples: Bytes
    fours: Bytes


class Scratch(NamedTuple):
    """What the kernels write to.

    Attributes:
        slots: ``uint32``.
        sketch: ``uint8``.
        seen: ``int64[1 << ITEM_BITS + 1]``, see ``runs.has_run``.
    """

    slots: Words
    sketch: Bytes
    seen: Counts


@kernel
def may_be_stuffed(scanned: Scanned, count: int) -> bool:
    """Whether an n-gram stands as often as a phrase has to."""
    if count < PHRASE_WORDS:
        return False
    pairs = triples = fours = 0
    for index in range(count):
        pairs = max(pairs, scanned.pairs[index])
        triples = max(triples, scanned.triples[index])
        fours = max(fours, scanned.fours[index])
    return pairs >= PAIR_MENTIONS or triples >= TRIPLE_MENTIONS or fours >= LONG_MENTIONS


@kernel
def is_near(text: Bytes, scanned: Scanned, count: int, table: SignTable, light: Longs) -> bool:
    """Whether two sentences may say the same in nearly the same words."""
    tokens, starts, gaps, letters, _, _, fours = scanned
    classes = tokens[:count].copy()
    classify(text, starts[:count], letters[:count], table, light, classes)
    capitals = capitals_of(text, starts[:count])
    return has_alike(
        Text(tokens[:count], classes, gaps[: count + 1], letters[:count], fours[:count], capitals)
    )


@kernel
def find_flags(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    text: Bytes, scanned: Scanned, count: int, scratch: Scratch, table: SignTable, light: Longs
) -> int:
    """Return the flags of one text, as if its sentences might go over lines."""
    tokens, starts, gaps, letters, pairs, triples, fours = scanned
    slots, flag = scratch.slots, 0
    if has_exact(tokens, gaps, letters, triples, count):
        flag |= EXACT
    if (
        has_near(gaps, letters, fours, count, slots)
        or has_moved(tokens, gaps, letters, count, slots)
    ) and is_near(text, scanned, count, table, light):
        flag |= NEAR
    if (
        has_period(tokens, triples, count)
        or has_run(tokens, gaps, letters, pairs, count, scratch.seen, slots)
        or has_wide_list(text, tokens, starts, triples, count)
    ):
        flag |= RUNS
    if may_be_stuffed(scanned, count):
        capitals = capitals_of(text, starts[:count])
        if has_phrase(tokens, gaps, letters, pairs, triples, fours, capitals):
            flag |= PHRASE
    return flag


@kernel
def confirm(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    text: Bytes,
    scanned: Scanned,
    count: int,
    scratch: Scratch,
    table: SignTable,
    light: Longs,
    flag: int,
) -> int:
    """Return those of the flags of one text that hold although no sentence goes over lines.

    Blocks of lines are repeated whole, from blank line to blank line; what else goes lies in one
    line. The signs and counts of the tokens are changed.
    """
    tokens, starts, gaps, letters, pairs, triples, fours = scanned
    for index in range(count + 1):
        gaps[index] &= ~PROSE
    if flag & EXACT and not has_exact(tokens, gaps, letters, triples, count):
        flag &= ~EXACT
    for index in range(count + 1):
        is_line = gaps[index] & LINE != 0
        gaps[index] = gaps[index] & ~BLOCK | (STOP if is_line else np.uint8(0))
        if is_line and index > 0:
            triples[index - 1] = 0
            triples[max(0, index - 2)] = 0
    if flag & NEAR and not is_near(text, scanned, count, table, light):
        flag &= ~NEAR
    if (
        flag & RUNS
        and not has_period(tokens, triples, count)
        and not has_run(tokens, gaps, letters, pairs, count, scratch.seen, scratch.slots)
        and not has_wide_list(text, tokens, starts, triples, count)
    ):
        flag &= ~RUNS
    if flag & PHRASE:
        for index in range(count + 1):
            gaps[index] &= ~LINE
        capitals = capitals_of(text, starts[:count])
        if not has_phrase(tokens, gaps, letters, pairs, triples, fours, capitals):
            flag &= ~PHRASE
    return flag


@kernel
def repeat_flags(
    data: Bytes, offsets: Counts, table: SignTable, light: Longs, flags: Bytes
) -> None:
    """Fill ``flags`` with what each text of a batch may have: EXACT, NEAR, RUNS, PHRASE.

    Args:
        data: ``uint8``, the batch's UTF-8.
        offsets: ``int64[texts + 1]`` into it.
        table: ``SignTable``.
        light: Table of the stems of light words, from ``light.enter_light``.
        flags: ``uint8[texts]``, filled.
    """
    longest = 0
    for number in range(len(flags)):
        longest = max(longest, offsets[number + 1] - offsets[number])
    room = longest // 2 + 4
    tokens, starts = np.empty(room, np.uint64), np.empty(room, np.uint32)
    gaps, letters = np.empty(room, np.uint8), np.empty(room, np.uint8)
    pairs, triples, fours = np.empty((3, room), np.uint8)
    scratch = Scratch(
        np.empty(4 * room + (1 << SMALLEST_SKETCH_BITS), np.uint32),
        np.empty(1 << sketch_bits(room), np.uint8),
        np.zeros((1 << ITEM_BITS) + 1, np.int64),
    )
    for number in range(len(flags)):
        text = data[offsets[number] : offsets[number + 1]]
        count = scan(text, table, tokens, starts, gaps, letters)
        count_pairs(tokens, count, scratch.sketch, scratch.slots, pairs)
        count_longer(tokens, count, 3, pairs, 2, scratch.sketch, triples)
        count_longer(tokens, count, 4, triples, 2, scratch.sketch, fours)
        scanned = Scanned(tokens, starts, gaps, letters, pairs, triples, fours)
        flag = find_flags(text, scanned, count, scratch, table, light)
        if flag and not may_be_wrapped(text, starts[:count]):
            flag = confirm(text, scanned, count, scratch, table, light, flag)
        flags[number] = flag
