"""Whether any piece of a text, from stop to stop, may hold a keyword list or chain at all.

What ``runs.py`` looks at closely; most texts have none.
"""

import numpy as np

from textclean.kernels.arrays import Bytes, Longs
from textclean.kernels.jit import kernel
from textclean.kernels.signs import LINE, LIST, SENTENCE, STATEMENT, STOP
from textclean.kernels.thresholds import (
    CHAIN_WORDS,
    CROWD_WINDOW,
    ITEM_WORDS,
    LIST_DISTINCT,
    SINGLE_ITEMS,
    STACK_FIGURES,
    STACK_LINES,
)

#: Items of a list, and its words.
LIST_ITEMS, LIST_WORDS = min(LIST_DISTINCT), 6
#: Longer pieces are not looked at word by word.
CORE_TOKENS = 200
#: What a word is that a list may turn around.
CORE = np.uint8(1)
#: Tokens within which a 2-gram of a chain stands three times.
CROWD_TOKENS = 4 * CROWD_WINDOW
BIT_MASK = np.uint64(63)


@kernel
def may_have_run(tokens: Longs, gaps: Bytes, letters: Bytes, pairs: Bytes) -> bool:
    """Whether a piece may hold a list or chain, whatever its words are and wherever lines end.

    A line ends an item here, which makes more of them, and no piece, which makes longer ones.

    Args:
        tokens: ``uint64[count]``, from ``scan``.
        gaps: From ``scan``.
        letters: From ``scan``.
        pairs: Counts of 2-grams, at least.
    """
    first, words, short, most, crowded = 0, 0, 0, 0, 0
    for index in range(len(tokens)):
        sign = gaps[index + 1]
        words += int(letters[index])
        crowded += pairs[index] > 2  # noqa: PLR2004 - three times
        if not sign & (LIST | STOP | LINE):
            continue
        short = short + 1 if words <= ITEM_WORDS else 0
        most, words = max(most, short), 0
        if not sign & STOP:
            continue
        last = index + 1
        piece, own = tokens[first:last], letters[first:last]
        may_list = most >= LIST_ITEMS and last - first >= LIST_WORDS
        if may_list and may_have_core(piece, own):
            return True
        is_crowded = crowded > 2 and last - first >= CHAIN_WORDS  # noqa: PLR2004 - three times
        if is_crowded and has_crowd(piece, own, pairs[first:]):
            return True
        first, short, most, crowded = last, 0, 0, 0
    return False


@kernel
def may_have_stack(tokens: Longs, gaps: Bytes, letters: Bytes) -> bool:
    """Whether short lines of plain words follow each other and share words.

    Args:
        tokens: ``uint64[count]``, from ``scan``.
        gaps: From ``scan``.
        letters: From ``scan``.
    """
    first, last, lines, words, figures, is_plain = 0, 0, 0, 0, 0, True
    for index in range(len(tokens)):
        sign = gaps[index + 1]
        words += int(letters[index])
        figures += letters[index] == 0
        if not sign & LINE:
            is_plain &= not sign & SENTENCE
            continue
        is_plain &= words <= ITEM_WORDS and figures <= STACK_FIGURES and not sign & STATEMENT
        if is_plain:
            lines, last = lines + 1, index + 1
        else:
            if lines >= STACK_LINES and may_have_core(tokens[first:last], letters[first:last]):
                return True
            first, lines = index + 1, 0
        words, figures, is_plain = 0, 0, True
    return lines >= STACK_LINES and may_have_core(tokens[first:last], letters[first:last])


@kernel
def has_crowd(tokens: Longs, letters: Bytes, pairs: Bytes) -> bool:
    """Whether a 2-gram stands three times within few words, as in a chain of a keyword."""
    count = len(tokens)
    once = twice = thrice = np.uint64(0)
    for index in range(count - 1):  # by bits that words share: no, for most pieces
        bit = np.uint64(pairs[index] > 2) << (tokens[index] & BIT_MASK)  # noqa: PLR2004 - three times
        thrice |= twice & bit
        twice |= once & bit
        once |= bit
    if thrice == 0:
        return False
    for index in range(count - 1):
        if pairs[index] < 3:  # noqa: PLR2004 - three times
            continue
        again, words = 0, 0
        for number in range(index + 1, min(index + CROWD_TOKENS, count - 1)):
            words += int(letters[number])
            if words > CROWD_WINDOW:
                break
            again += (tokens[number] == tokens[index]) & (tokens[number + 1] == tokens[index + 1])
            if again > 1 or number == index + CROWD_TOKENS - 1:
                return True
    return False


@kernel
def may_have_core(tokens: Longs, core: Bytes) -> bool:
    """Whether words may stand so often: no, for most pieces, by bits that words share."""
    once = twice = thrice = np.uint64(0)
    for index in range(len(tokens)):
        bit = np.uint64(core[index] & CORE) << (tokens[index] & BIT_MASK)
        thrice |= twice & bit
        twice |= once & bit
        once |= bit
    if thrice == 0:
        return False
    if thrice & (thrice - np.uint64(1)) or len(tokens) > CORE_TOKENS:
        return True
    shared = 0  # both may have the same bit, or one word stands more often
    for index in range(len(tokens)):
        shared += np.uint64(core[index] & CORE) << (tokens[index] & BIT_MASK) == thrice
    return shared >= SINGLE_ITEMS
