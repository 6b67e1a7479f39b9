"""Whether an n-gram stands as often, densely and widely as a stuffed phrase; a superset."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.kernels.arrays import Bytes, Counts, Longs
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR, TOKEN_FACTOR
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.mentions import (
    DENSITY_NEEDED,
    FULL,
    LONG,
    MENTIONS_NEEDED,
    PAIR,
    TRIPLE,
    is_wide,
    least_mentions,
)
from textclean.kernels.signs import LINE, SENTENCE
from textclean.kernels.thresholds import (
    LOOSE_DENSITY,
    LOOSE_MENTIONS,
    PHRASE_LONGEST,
    RIGID_DENSITY,
    RIGID_RATIO,
    RIGID_WORDS,
    TERM_DENSITY,
    TERM_MENTIONS,
    WHOLE,
)
from textclean.kernels.vocabulary import (
    ALPHA,
    APART,
    CONTENT,
    GRAMMAR,
    JOINED,
    LARGE,
    SAID,
    SMALL,
)

#: What is known of an n-gram: standings, those in different stretches, the first token of the
#: first and of the last, the stretch of the last; of those that may be a name with its verb, the
#: same four; and of those with a word of content that may be small, how many are in different
#: stretches, and the stretch of the last.
TIMES, MENTIONS, FROM, TO, STRETCH, NAMED, NAMED_FROM, NAMED_TO, NAMED_STRETCH = range(9)
LOWERED, LOWERED_STRETCH, COLUMNS = 9, 10, 11

Rows = npt.NDArray[np.int64]


class Grams(NamedTuple):
    """The n-grams of one length, by the token at which each begins.

    Attributes:
        values: ``uint64[n]``: hashes.
        standing: ``uint8[n + 1]``: whether each counts; 0 at the end.
        large: ``uint8[n]``: how many of its words may begin with a capital.
        lowered: ``uint8[n]``: whether a word of content may begin small.
        slots: ``int64[n]``: the row of each that counts.
        keys: ``uint64[2**m]``, more than there are different ones.
        rows: ``int64[2**m, COLUMNS]``.
    """

    values: Longs
    standing: Bytes
    large: Bytes
    lowered: Bytes
    slots: Counts
    keys: Longs
    rows: Rows


class PhraseWords(NamedTuple):
    """The words of a text, as far as the phrase goes.

    Attributes:
        sorts: ``uint8[count]``, from ``vocabulary.sort_words``: of those that stand in a 2-gram
            as often as ``least_standings`` tells.
        letters: ``uint8[count]``, from ``scan``.
        fewest: How many words there are at least.
        nouns: Whether the language may be one whose nouns have capitals.
    """

    sorts: Bytes
    letters: Bytes
    fewest: int
    nouns: bool


@allocating_kernel
def has_phrase(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs,
    gaps: Bytes,
    words: PhraseWords,
    pairs: Bytes,
    triples: Bytes,
    fours: Bytes,
) -> bool:
    """Whether an n-gram is as frequent, dense and spread as a stuffed phrase.

    A mention has neither figures nor a sign within, and one in a stretch between signs that could
    end sentences counts: it is in one sentence.

    Args:
        tokens: From ``scan``.
        gaps: From ``scan``.
        words: What each token is.
        pairs: Counts of 2-grams, at least.
        triples: Counts of 3-grams, at least.
        fours: Counts of 4-grams, at least.
    """
    count = len(words.sorts)
    least, size = least_standings(words.fewest), 1
    recurring = count_from(pairs[:count], least)
    while size < 2 * recurring:
        size *= 2
    grams = Grams(
        tokens[:count].copy(),
        np.zeros(count + 1, np.uint8),
        np.zeros(count, np.uint8),
        np.zeros(count, np.uint8),
        np.empty(count, np.int64),
        np.empty(size, np.uint64),
        np.empty((size, COLUMNS), np.int64),
    )
    begin(words.sorts, grams)
    times = np.empty(0, np.int64)  # of the words; seldom asked for
    for length in range(PAIR, PHRASE_LONGEST + 1):
        lengthen(tokens, gaps, words.sorts, length, grams)
        wholes = counts_of(length, pairs, triples, fours)
        if keep_recurring(grams.standing, wholes, least) == 0:
            return False
        count_grams(gaps, words.sorts, length, grams)
        for index in range(count):
            if not grams.standing[index]:
                continue
            row = grams.rows[grams.slots[index]]
            if row[TO] == index and is_likely(row, index, length, words):
                if is_named(row, length, words.fewest):
                    return True
                if len(times) == 0:
                    times = count_words(tokens, words.letters, count)
                if is_term(row, index, times[index : index + length], int(wholes[index]), words):
                    return True
            grams.standing[index] = row[TIMES] >= least
    return False


@kernel
def least_standings(fewest: int) -> int:
    """Return how often a phrase stands in a text of so many words at least, and each part of it."""
    return least_mentions(LONG, RIGID_DENSITY, PHRASE_LONGEST, fewest)


@allocating_kernel
def counts_of(length: int, pairs: Bytes, triples: Bytes, fours: Bytes) -> Bytes:
    """Return the counts of n-grams of a length, or of their first four tokens."""
    if length == PAIR:
        return pairs
    return triples if length == TRIPLE else fours


@kernel
def count_from(values: Bytes, least: int) -> int:
    """Return how many values are so high at least."""
    found = 0
    for value in values:
        found += value >= least
    return found


@kernel
def keep_recurring(standing: Bytes, counts: Bytes, least: int) -> int:
    """Leave those n-grams whose count is high enough; return how many.

    Args:
        standing: ``uint8[n + 1]``, whether the n-gram at each token counts: changed.
        counts: ``uint8[>= n]``, how often it or its beginning stands, at least.
        least: The lowest count of interest.
    """
    kept = 0
    for index in range(len(standing) - 1):
        standing[index] &= counts[index] >= least
        kept += int(standing[index])
    return kept


@allocating_kernel
def count_words(tokens: Longs, letters: Bytes, count: int) -> Counts:
    """Return how often each word stands; for a figure, as often as there are tokens.

    Args:
        tokens: From ``scan``.
        letters: From ``scan``.
        count: How many tokens there are.
    """
    size = 1
    while size < 2 * count:
        size *= 2
    keys, times = np.empty(size, np.uint64), np.zeros(size, np.int64)
    slots, found = np.empty(count, np.int64), np.empty(count, np.int64)
    for index in range(count):
        if not letters[index]:
            continue
        value = tokens[index]
        slot = int((value ^ (value >> HALF)) * TOKEN_FACTOR >> HALF) & size - 1
        while times[slot] and keys[slot] != value:
            slot = slot + 1 & size - 1
        keys[slot], slots[index] = value, slot
        times[slot] += 1
    for index in range(count):
        found[index] = times[slots[index]] if letters[index] else count
    return found


@kernel
def begin(sorts: Bytes, grams: Grams) -> None:
    """Begin with the n-grams of one word.

    Args:
        sorts: What each token is.
        grams: Changed.
    """
    for index in range(len(sorts)):
        sort = int(sorts[index])
        grams.standing[index] = sort & ALPHA != 0
        grams.large[index] = sort & LARGE != 0
        grams.lowered[index] = sort & (SMALL | GRAMMAR) == SMALL


@kernel
def lengthen(tokens: Longs, gaps: Bytes, sorts: Bytes, length: int, grams: Grams) -> None:
    """Make n-grams one token longer where those at this token and the next count.

    Args:
        tokens: From ``scan``.
        gaps: From ``scan``.
        sorts: What each token is.
        length: Tokens of an n-gram then.
        grams: Changed.
    """
    values, standing, large, lowered, _, _, _ = grams
    for index in range(len(values)):
        if not standing[index] or not standing[index + 1]:
            standing[index] = 0
            continue
        joins = gaps[index + 1] & (SENTENCE | LINE) != SENTENCE
        standing[index] = joins and sorts[index + 1] & JOINED != 0
        value = (values[index] ^ (values[index] >> HALF)) * SHINGLE_FACTOR
        last = index + length - 1
        values[index] = value + tokens[last]
        large[index] += np.uint8(sorts[last] & LARGE != 0)
        lowered[index] |= sorts[last] & (SMALL | GRAMMAR) == SMALL


@kernel
def count_grams(gaps: Bytes, sorts: Bytes, length: int, grams: Grams) -> None:
    """Count equal n-grams, and in how many stretches between possible ends they stand.

    Args:
        gaps: From ``scan``.
        sorts: What each token is.
        length: Tokens of an n-gram.
        grams: Its ``keys``, ``rows`` and ``slots`` are filled.
    """
    values, standing, large, lowered, slots, keys, rows = grams
    mask, stretch = len(keys) - 1, 0
    rows[:, TIMES] = 0
    for index in range(len(values)):
        stretch += gaps[index] & SENTENCE != 0
        if not standing[index]:
            continue
        value = values[index]
        slot = int((value ^ (value >> HALF)) * TOKEN_FACTOR >> HALF) & mask
        while rows[slot, TIMES] and keys[slot] != value:
            slot = slot + 1 & mask
        row = rows[slot]
        slots[index] = slot
        if row[TIMES] == 0:
            keys[slot] = value
            row[:] = 0
            row[STRETCH] = row[NAMED_STRETCH] = row[LOWERED_STRETCH] = -1
            row[FROM] = row[NAMED_FROM] = index
        row[TIMES] += 1
        row[MENTIONS] += row[STRETCH] != stretch
        row[TO], row[STRETCH] = index, stretch
        ends = sorts[index + length - 1] & (SMALL | APART) == SMALL | APART
        if ends and (large[index] > 1 or sorts[index] & LARGE):
            if row[NAMED] == 0:
                row[NAMED_FROM] = index
            row[NAMED] += row[NAMED_STRETCH] != stretch
            row[NAMED_TO], row[NAMED_STRETCH] = index, stretch
        if lowered[index]:
            row[LOWERED] += row[LOWERED_STRETCH] != stretch
            row[LOWERED_STRETCH] = stretch


@kernel
def is_likely(row: Counts, first: int, length: int, words: PhraseWords) -> bool:
    """Whether an n-gram may be a stuffed phrase by its words, and by its mentions together.

    Args:
        row: What is known of it.
        first: A token at which it begins.
        length: Its tokens.
        words: Of the text.
    """
    mentions, needed = int(row[MENTIONS]), MENTIONS_NEEDED[length]
    if mentions < needed or mentions * length * WHOLE < RIGID_DENSITY * words.fewest:
        return False
    lowered = mentions if words.nouns else int(row[LOWERED])
    if not has_edges(words.sorts[first : first + length]) or 2 * lowered < needed:  # a name
        return False
    return is_wide(row[FROM], row[TO], words.fewest)


@kernel
def is_named(row: Counts, length: int, fewest: int) -> bool:
    """Whether those that may be a name with its verb are dense enough.

    Args:
        row: What is known of the n-gram.
        length: Its tokens.
        fewest: Words of the text.
    """
    named = int(row[NAMED])
    is_dense = named * length * WHOLE >= DENSITY_NEEDED[length] * fewest
    is_often = named >= MENTIONS_NEEDED[length]
    return is_often and is_dense and is_wide(row[NAMED_FROM], row[NAMED_TO], fewest)


@kernel
def has_edges(sorts: Bytes) -> bool:
    """Whether words may be a phrase by those it begins and ends with, and by those inside."""
    for sort in sorts:
        if sort & SAID:
            return False
    return not (sorts[0] | sorts[-1]) & GRAMMAR


@kernel
def is_term(row: Counts, first: int, times: Counts, whole: int, words: PhraseWords) -> bool:
    """Whether an n-gram is as frequent as a stuffed term: by itself, or as its words are rigid.

    Args:
        row: What is known of it.
        first: A token at which it begins.
        times: How often each of its words stands.
        whole: How often it or its first four tokens stand, at least.
        words: Of the text.
    """
    mentions, fewest, length = int(row[MENTIONS]), words.fewest, len(times)
    density = mentions * length * WHOLE
    if length == PAIR:
        return density >= DENSITY_NEEDED[PAIR] * fewest
    if mentions >= LOOSE_MENTIONS and density >= LOOSE_DENSITY * fewest:
        return True
    content = 0
    for index in range(length):
        sort = words.sorts[first + index]
        content += sort & GRAMMAR == 0
        is_rigid = whole == FULL or WHOLE * whole >= RIGID_RATIO * times[index]
        if sort & CONTENT and not is_rigid:
            return False
    if content >= RIGID_WORDS:
        return True
    return mentions >= TERM_MENTIONS and density >= TERM_DENSITY * fewest
