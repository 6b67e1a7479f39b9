"""Whether words recur as in a keyword list, a chain or a rhythm; a superset of what may go."""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Unsigned, Words
from textclean.kernels.hashing import TOKEN_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.pieces import (
    CORE,
    CORE_TOKENS,
    LIST_ITEMS,
    LIST_WORDS,
    has_crowd,
    may_have_core,
)
from textclean.kernels.signs import LIST, SENTENCE, STOP
from textclean.kernels.thresholds import (
    CHAIN_DISTINCT,
    CHAIN_WORDS,
    CORE_WORDS,
    ITEM_WORDS,
    LIST_DISTINCT,
    LONGEST_PERIOD,
    PERIODS,
    SINGLE_ITEMS,
    WORD_PERIODS,
)

#: Slots of the table that says which words a run of items has had.
ITEM_BITS = 12

#: Counts looked at at once.
BLOCK = 64

#: A period of twelve words with figures in it has more tokens here; periods beside the first.
LONGEST_TOKENS, MORE_PERIODS, MORE_WORDS = 3 * LONGEST_PERIOD, PERIODS - 1, WORD_PERIODS - 1
LIST_WINDOW, LEAST_REPEATS = 5, 2
#: Runs of up to so many items are looked at from each of them on.
MOST_ITEMS = 24
#: By the number of items, the share of words that came before; one less for the rounding.
LIST_PERMILLE = tuple(
    999 - max(share for least, share in LIST_DISTINCT.items() if least <= max(items, LIST_ITEMS))
    for items in range(max(LIST_DISTINCT) + 1)
)
#: What a word of grammar is to a list or chain.
GRAMMAR = np.uint8(2)
CHAIN_PERMILLE = 999 - CHAIN_DISTINCT
#: As in the level for lists in scripts without spaces: items in a row that share characters, and
#: tokens they have at most. Each character of these scripts begins with such a byte, at least.
WIDE_ITEMS, WIDE_TOKENS, WIDE_LEAD = 4, 256, 0xE0


@kernel
def has_period(tokens: Longs, triples: Bytes, count: int) -> bool:
    """Whether words recur at an even distance, a few periods long."""
    index = next_from(triples, 0, count, 2)
    while index < count:
        first = index
        while triples[index] > 1:
            index += 1
        if index - first >= (MORE_PERIODS + 1) * LONGEST_TOKENS:
            return True
        if index - first >= MORE_WORDS - 1:
            for period in range(1, LONGEST_TOKENS + 1):
                needed = MORE_WORDS if period == 1 else MORE_PERIODS * period
                matched = 0
                for number in range(first + period, index + 2):
                    matched = matched + 1 if tokens[number] == tokens[number - period] else 0
                    if matched >= needed:
                        return True
        index = next_from(triples, index + 1, count, 2)
    return False


@kernel
def next_from(counts: Bytes, first: int, last: int, least: int) -> int:
    """Return where the first count stands that is so high, from one place on and before another.

    The last place where there is none. Most texts hardly have any: whole blocks are looked at.
    """
    while first + BLOCK <= last:
        most = np.uint8(0)
        for value in counts[first : first + BLOCK]:
            most = max(most, value)
        if most >= least:
            break
        first += BLOCK
    while first < last and counts[first] < least:
        first += 1
    return min(first, last)


@kernel
def has_run(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs, gaps: Bytes, letters: Bytes, core: Bytes, pairs: Bytes, seen: Counts, ends: Words
) -> bool:
    """Whether what stands between two stops may hold a keyword list or chain.

    Args:
        tokens: ``uint64[count]``, from ``scan``.
        gaps: From ``scan``.
        letters: From ``scan``.
        core: ``uint8[count]``: ``CORE`` for a word that a list may turn around, ``GRAMMAR`` for one
            of grammar, else 0.
        pairs: Counts of 2-grams.
        seen: ``int64[1 << ITEM_BITS + 1]``: where a word with these leading bits stood last, plus
            what stands in the last place, which is more with every text.
        ends: Scratch.
    """
    first, words, short, most, crowded = 0, 0, 0, 0, 0
    for index in range(len(tokens)):
        sign = gaps[index + 1]
        words += int(letters[index])
        crowded += pairs[index] > 2  # noqa: PLR2004 - three times
        if not sign & (LIST | STOP):
            continue
        short = short + 1 if words <= ITEM_WORDS else 0
        most, words = max(most, short), 0
        if not sign & STOP:
            continue
        last = index + 1
        own, behind = letters[first:last], gaps[first + 1 : last + 1]
        may_list = most >= LIST_ITEMS and last - first >= LIST_WORDS
        if may_list and has_list(tokens[first:last], behind, own, core[first:last], seen, ends):
            return True
        if crowded > 2 and last - first >= CHAIN_WORDS:  # noqa: PLR2004 - three times
            piece = tokens[first:last]
            if has_crowd(piece, own, pairs[first:]) and is_chain(
                piece, behind, own, core[first:last], seen, ends
            ):
                return True
        first, short, most, crowded = last, 0, 0, 0
    return False


@kernel
def has_wide_list(text: Bytes, tokens: Longs, starts: Words, triples: Bytes, count: int) -> bool:
    """Whether three characters of a script without spaces may stand in several short items.

    Args:
        text: ``uint8[n]``, UTF-8.
        tokens: From ``scan``.
        starts: From ``scan``.
        triples: Counts of 3-grams, at least.
        count: How many tokens there are.
    """
    index = next_from(triples, 0, count - 2, WIDE_ITEMS)
    while index < count - 2:
        again = 0
        is_wide = text[starts[index]] >= WIDE_LEAD
        for number in range(index + 1, min(index + WIDE_TOKENS, count - 2) if is_wide else 0):
            again += (
                (tokens[number] == tokens[index])
                & (tokens[number + 1] == tokens[index + 1])
                & (tokens[number + 2] == tokens[index + 2])
            )
            if again >= WIDE_ITEMS - 1:
                return True
        index = next_from(triples, index + 1, count - 2, WIDE_ITEMS)
    return False


@kernel
def recurs(tokens: Longs, index: int, seen: Counts) -> Unsigned:
    """Whether a word stood before in this piece, or one with its leading bits."""
    slot = tokens[index] * TOKEN_FACTOR >> np.uint64(64 - ITEM_BITS)
    before = seen[slot] == seen[1 << ITEM_BITS]
    seen[slot] = seen[1 << ITEM_BITS]
    return before


@kernel
def is_chain(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs, gaps: Bytes, letters: Bytes, core: Bytes, seen: Counts, ends: Words
) -> bool:
    """Whether some stretches of a piece in a row have most of their words from before.

    None of them has a word of grammar, which no chain has. A stretch ends where a sentence may.
    """
    seen[1 << ITEM_BITS] += 1
    stretches, words, repeated, figures, is_grammar = 0, 0, 0, False, False
    for index in range(len(tokens)):
        again = recurs(tokens, index, seen)
        repeated += again
        words += int(again or letters[index] or not figures)
        figures = not letters[index] and (figures or not again)
        is_grammar |= core[index] == GRAMMAR
        if not gaps[index] & SENTENCE and index < len(tokens) - 1:
            continue
        if is_grammar:
            if is_covered(ends, stretches, CHAIN_WORDS, CHAIN_PERMILLE):
                return True
            seen[1 << ITEM_BITS] += 1
            stretches = 0
        elif words > 0:
            ends[2 * stretches], ends[2 * stretches + 1] = words, repeated
            stretches += 1
        words, repeated, figures, is_grammar = 0, 0, False, False
    return is_covered(ends, stretches, CHAIN_WORDS, CHAIN_PERMILLE)


@kernel
def has_list(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs, gaps: Bytes, letters: Bytes, core: Bytes, seen: Counts, items: Words
) -> bool:
    """Whether short items in a row share words; ``gaps`` are those behind the tokens."""
    if not may_have_core(tokens, core):
        return False
    run, words, first, count = 0, 0, 0, len(tokens)
    for index in range(count):
        words += int(letters[index])
        if not gaps[index] & LIST and index < count - 1:
            continue
        if words <= ITEM_WORDS:
            items[3 * run] = index + 1
            run += 1
        if words > ITEM_WORDS or index == count - 1:
            shares = run >= LIST_ITEMS and shares_words(
                tokens, letters, items[: 3 * run], first, seen
            )
            if shares and has_core(tokens, gaps, letters, core):
                return True
            run, first = 0, index + 1
        words = 0
    return False


@allocating_kernel
def has_core(tokens: Longs, gaps: Bytes, letters: Bytes, core: Bytes) -> bool:
    """Whether two words stand in three short items each, or one in as many as a list needs then.

    The stage's items consist of one or several of those here: not each hyphen parts them.
    """
    count = len(tokens)
    if count > CORE_TOKENS:
        return True
    items = short_items(gaps, letters)
    found = 0
    for index in range(count):
        if core[index] != CORE or not items[index]:
            continue
        is_first = True
        for number in range(index):
            is_first &= tokens[number] != tokens[index] or items[number] == 0
        if not is_first:
            continue
        times, last = 1, items[index]
        for number in range(index + 1, count):
            if tokens[number] == tokens[index] and items[number] > last:
                times, last = times + 1, items[number]
            if times == SINGLE_ITEMS:
                return True
        found += int(times >= LIST_ITEMS)
        if found == CORE_WORDS:
            return True
    return False


@allocating_kernel
def short_items(gaps: Bytes, letters: Bytes) -> Counts:
    """Return for each token the number of its item, from 1 on; 0 where that is too long.

    Args:
        gaps: ``uint8[n]``: the signs behind each token.
        letters: ``uint8[n]``, from ``scan``.
    """
    items = np.zeros(len(gaps), np.int64)
    first, words, number = 0, 0, 1
    for index in range(len(gaps)):
        words += int(letters[index])
        if gaps[index] & LIST or index == len(gaps) - 1:
            if words <= ITEM_WORDS:
                items[first : index + 1] = number
            first, words, number = index + 1, 0, number + 1
    return items


@kernel
def shares_words(tokens: Longs, letters: Bytes, items: Words, first: int, seen: Counts) -> bool:
    """Whether some neighbors in a run of items have nearly half of their words from others.

    Args:
        tokens: Of the piece.
        letters: From ``scan``.
        items: Three places each: where it ends; filled: repeated words, words up to there.
        first: Where the first item starts.
        seen: As in ``has_run``.
    """
    count = len(items) // 3
    if count > MOST_ITEMS:
        return may_share_words(tokens, letters, items, first, seen)
    for number in range(count - LIST_ITEMS + 1):
        start = int(items[3 * number - 3]) if number else first
        count_repeats(tokens, letters, items[3 * number :], start, seen)
        for last in range(number + LIST_ITEMS, count + 1):
            repeated, words = int(items[3 * last - 2]), int(items[3 * last - 1])
            permille = LIST_PERMILLE[min(last - number, len(LIST_PERMILLE) - 1)]
            if repeated >= LEAST_REPEATS and repeated * 1000 >= permille * words:
                return True
    return False


@kernel
def count_repeats(
    tokens: Longs, letters: Bytes, items: Words, start: int, seen: Counts
) -> Unsigned:
    """Fill in how many words stood before since ``start``, and how many there are; return both.

    A figure such as 1,200 is several tokens here: those side by side count once when one of them
    is new, as at least one figure is then.
    """
    seen[1 << ITEM_BITS] += 1
    repeated, words, figures = 0, 0, False
    for number in range(len(items) // 3):
        for index in range(start, items[3 * number]):
            again = recurs(tokens, index, seen)
            repeated += again
            words += int(again or letters[index] or not figures)
            figures = not letters[index] and (figures or not again)
        start = int(items[3 * number])
        items[3 * number + 1], items[3 * number + 2] = repeated, words
    return repeated


@kernel
def may_share_words(tokens: Longs, letters: Bytes, items: Words, first: int, seen: Counts) -> bool:
    """Whether some neighbors in a long run have nearly half of their words from all before."""
    count = len(items) // 3
    if count_repeats(tokens, letters, items, first, seen) < LEAST_REPEATS:
        return False
    permille = LIST_PERMILLE[min(count, len(LIST_PERMILLE) - 1)]
    for number in range(count - LIST_ITEMS + 1):
        had, of = (items[3 * number - 2], items[3 * number - 1]) if number else (0, 0)
        for last in range(number + LIST_ITEMS, min(number + LIST_WINDOW, count) + 1):
            more = int(items[3 * last - 2]) - int(had)
            if more > 0 and more * 1000 >= permille * (int(items[3 * last - 1]) - int(of)):
                return True
    return False


@kernel
def is_covered(ends: Words, stretches: int, least: int, permille: int) -> bool:
    """Whether some stretches in a row have ``least`` words and so many of 1,000 covered.

    If any have, some do that are short beside their longest one: what is long enough twice over
    can be cut in two that are long enough, and one of them is covered as well.

    Args:
        ends: Words and covered words of each stretch.
        stretches: How many there are.
        least: Words together.
        permille: Covered of 1,000.
    """
    for first in range(stretches):
        words, covered, longest = 0, 0, 0
        for index in range(first, stretches):
            words += int(ends[2 * index])
            covered += int(ends[2 * index + 1])
            longest = max(longest, ends[2 * index])
            if words >= least and 1000 * covered >= permille * words:
                return True
            if words - longest > 2 * (least - 1):
                break
    return False
