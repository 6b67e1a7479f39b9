"""Which sentences of a text may say what an earlier one says in nearly the same words.

A superset of what ``stages/repetition/near.py`` finds when it compares two sentences, by the same
rules over word numbers: most sentences that share sequences say different things.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.alike import is_shared, scattered
from textclean.kernels.arrays import Bytes, Longs, Starts, Unsigned
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.content import CONTENT, CORE
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.recurrence import (
    FIRST,
    LAST,
    bag_hashes,
    enter_hash,
    new_slots,
    sequence_hash,
)
from textclean.kernels.scan import ONE, mixed, turned
from textclean.kernels.thresholds import (
    NEAR_ADDED_WORDS,
    NEAR_MOST_WORDS,
    NEAR_SHARED_PERMILLE,
    NEAR_WORDS,
)
from textclean.kernels.words import CAPITAL, FIGURE, HAS_DIGIT, LINE_FEED

#: A sentence with more earlier ones is not compared with them: it may say what any of them says.
MOST_EARLIER = 4096
#: Nor with more than so many that share its words, or have all of them, as far as bits tell.
MOST_CLOSE = 32

#: The letters of which the endings of plurals are made: "s", "es", "'s", "'".
PLURAL_S, PLURAL_E, APOSTROPHE = ord("s"), ord("e"), ord("'")
#: What the Turkish capital of i has in small, beside the letter.
DOT_ABOVE = 0x307

#: What is known of a sentence, in columns: the sum of the hashes of its words with a digit, the
#: hash of its words in their order; by bits that others share, which words its content has, and
#: which its core.
FIGURES, ORDER, OWN_LOW, OWN_HIGH, CORE_LOW, CORE_HIGH = range(6)
COLUMNS = 6

_LOW_SHIFT, _HIGH_SHIFT, _BITS = np.uint64(58), np.uint64(52), np.uint64(63)


class Sentences(NamedTuple):
    """The words of a text, and its sentences.

    Attributes:
        numbers: ``int32[words]``.
        classes: ``uint64[words]``, from ``classify``.
        kinds: ``uint8[words]``.
        marked: ``uint8[words]``, from ``mark_content``.
        words: ``uint8[words]``: whether each is no figure.
        rows: ``int32[n, 4]``.
        said: ``int32[words]``: from the first word of a sentence on, the numbers of its content.
        said_words: ``uint8[words]``: whether each of those is no figure.
        sizes: ``int32[n, 2]``: how many words the core of each has, and its content.
        known: ``uint64[n, COLUMNS]``.
    """

    numbers: Starts
    classes: Longs
    kinds: Bytes
    marked: Bytes
    words: Bytes
    rows: Starts
    said: Starts
    said_words: Bytes
    sizes: Starts
    known: Longs


@allocating_kernel
def choose_restating(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    numbers: Starts, kinds: Bytes, folded: Codes, marked: Bytes, rows: Starts, likely: Bytes
) -> Bytes:
    """Return for each sentence whether it may say what an earlier one says, in other words.

    Args:
        numbers: ``int32[words]``.
        kinds: ``uint8[words]``.
        folded: The distinct words, a line feed behind each.
        marked: ``uint8[words]``, from ``mark_content``.
        rows: ``int32[n, 4]``: sentences.
        likely: ``uint8[n]``: whether each may be alike another such one; others have to have
            another's content, in whatever order.
    """
    size, classes = len(numbers), classify(folded)
    sentences = Sentences(
        numbers,
        classes[numbers],
        kinds,
        marked,
        (kinds & FIGURE == 0).astype(np.uint8),
        rows,
        np.empty(size, np.int32),
        np.empty(size, np.uint8),
        np.zeros((len(rows), 2), np.int32),
        np.zeros((len(rows), COLUMNS), np.uint64),
    )
    for number in range(len(rows)):
        sum_up(sentences, number)
    chosen = find_reordered(sentences)
    earlier, count = np.empty(len(rows), np.int32), 0
    for number in range(len(rows)):
        if likely[number] and is_comparable(rows, number):
            if not chosen[number]:
                chosen[number] = count > MOST_EARLIER or restates(
                    sentences, number, earlier[:count]
                )
            earlier[count] = number
            count += 1
    return chosen


@allocating_kernel
def classify(folded: Codes) -> Longs:
    """Return a hash of each distinct word without its ending, which all forms of it share."""
    classes, count = np.empty(len(folded), np.uint64), 0
    state = ending = np.uint64(0)
    for point in folded:
        if point == LINE_FEED:
            classes[count] = mixed(state) | ONE
            state = ending = np.uint64(0)
            count += 1
        elif point != DOT_ABOVE:
            ending = turned(ending) ^ np.uint64(point)
            is_plural = point == PLURAL_S or point == PLURAL_E or point == APOSTROPHE  # noqa: PLR1714 - a set is made at each
            state = state if is_plural else ending
    return classes[:count]


@kernel
def sum_up(sentences: Sentences, number: int) -> None:
    """Fill in what is known of a sentence."""
    first, last = sentences.rows[number, FIRST], sentences.rows[number, LAST]
    known, sizes = sentences.known[number], sentences.sizes[number]
    known[ORDER] = sequence_hash(sentences.numbers, first, last)
    for place in range(first, last):
        value, mark = sentences.classes[place], sentences.marked[place]
        if sentences.kinds[place] & HAS_DIGIT:
            known[FIGURES] += scattered(value)
        low, high = ONE << (value >> _LOW_SHIFT), ONE << (value >> _HIGH_SHIFT & _BITS)
        if mark & CORE:
            known[CORE_LOW] |= low
            known[CORE_HIGH] |= high
            sizes[0] += 1
        if mark & CONTENT:
            known[OWN_LOW] |= low
            known[OWN_HIGH] |= high
            sentences.said[first + sizes[1]] = sentences.numbers[place]
            sentences.said_words[first + sizes[1]] = sentences.words[place]
            sizes[1] += 1


@kernel
def is_comparable(rows: Starts, number: int) -> bool:
    """Whether a sentence is neither too short to be compared with others nor too long."""
    return bool(NEAR_WORDS <= rows[number, LAST] - rows[number, FIRST] <= NEAR_MOST_WORDS)


@allocating_kernel
def find_reordered(sentences: Sentences) -> Bytes:
    """Return for each sentence whether an earlier one has its content, but not the same words."""
    rows, known = sentences.rows, sentences.known
    said, bags = np.empty(len(sentences.numbers), np.int32), np.empty(len(rows), np.uint64)
    for place in range(len(said)):
        said[place] = sentences.numbers[place] if sentences.marked[place] & CONTENT else -1
    bag_hashes(said, rows, bags)
    slots, chosen = new_slots(len(rows)), np.zeros(len(rows), np.uint8)
    is_mixed = np.zeros(len(rows), np.uint8)
    for number in range(len(rows)):
        if is_comparable(rows, number):
            first = enter_hash(bags, number, slots)
            is_mixed[first] |= known[first, ORDER] != known[number, ORDER]
            chosen[number] = is_mixed[first]
    return chosen


@kernel
def restates(sentences: Sentences, number: int, earlier: Starts) -> bool:
    """Whether a sentence and an earlier one share sequences, and one has no word of its own."""
    known, sizes = sentences.known, sentences.sizes
    own, left = known[number], MOST_CLOSE
    for other in earlier:
        each = known[other]
        if each[FIGURES] != own[FIGURES] or each[ORDER] == own[ORDER]:
            continue
        fewer, more = min(sizes[number, 0], sizes[other, 0]), max(sizes[number, 0], sizes[other, 0])
        if 1000 * fewer < NEAR_SHARED_PERMILLE * more:
            continue
        is_less = not (own[OWN_LOW] & ~each[CORE_LOW] | own[OWN_HIGH] & ~each[CORE_HIGH])
        is_more = not (each[OWN_LOW] & ~own[CORE_LOW] | each[OWN_HIGH] & ~own[CORE_HIGH])
        if not (is_less or is_more):
            continue
        left -= 1
        if left < 0:
            return True
        says_less = is_less and says_no_more(sentences, number, other)
        if (says_less or (is_more and says_no_more(sentences, other, number))) and share_sequences(
            sentences, number, other
        ):
            return True
    return False


@kernel
def says_no_more(sentences: Sentences, few: int, many: int) -> bool:
    """Whether a sentence has no content beyond the core of a fuller one, which has little more."""
    rows, marked = sentences.rows, sentences.marked
    first, last = rows[few, FIRST], rows[few, LAST]
    for place in range(first, last):
        if marked[place] & CONTENT and (
            standings(sentences, place, first, place + 1, CONTENT)
            > standings(sentences, place, rows[many, FIRST], rows[many, LAST], CORE)
        ):
            return False
    added, begin = 0, rows[many, FIRST]
    for place in range(begin, rows[many, LAST]):
        if not marked[place] & CONTENT:
            continue
        there = standings(sentences, place, first, last, CORE)
        if there == 0 and place > begin and sentences.kinds[place] & CAPITAL:
            return False
        added += standings(sentences, place, begin, place + 1, CONTENT) > there
    return added <= NEAR_ADDED_WORDS


@kernel
def standings(sentences: Sentences, place: int, first: int, last: int, mark: Unsigned) -> int:
    """Return how often forms of a word stand in a stretch, with a mark."""
    times = 0
    for number in range(first, last):
        is_form = sentences.classes[number] == sentences.classes[place]
        times += is_form and sentences.marked[number] & mark != 0
    return times


@kernel
def share_sequences(sentences: Sentences, one: int, two: int) -> bool:
    """Whether most words of two sentences, or of their contents, lie in sequences both have."""
    rows, sizes = sentences.rows, sentences.sizes
    here, there = slice(rows[one, FIRST], rows[one, LAST]), slice(rows[two, FIRST], rows[two, LAST])
    numbers, words = sentences.numbers, sentences.words
    if is_shared(numbers[here], words[here], numbers[there]) and is_shared(
        numbers[there], words[there], numbers[here]
    ):
        return True
    here = slice(rows[one, FIRST], rows[one, FIRST] + sizes[one, 1])
    there = slice(rows[two, FIRST], rows[two, FIRST] + sizes[two, 1])
    numbers, words = sentences.said, sentences.said_words
    return is_shared(numbers[here], words[here], numbers[there]) and is_shared(
        numbers[there], words[there], numbers[here]
    )
