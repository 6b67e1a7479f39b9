"""Whether an n-gram stands as often, densely and widely as a stuffed phrase; a superset."""

import numpy as np
import numpy.typing as npt

from textclean.kernels.arrays import Bytes, Counts, Longs
from textclean.kernels.hashing import HALF, SHINGLE_FACTOR, TOKEN_FACTOR
from textclean.kernels.jit import kernel
from textclean.kernels.signs import LINE, SENTENCE

#: As in the level for phrases, where it asks least: words of a text; mentions and words per 10,000
#: by length; the same for what is rigid: so many words that hardly stand outside the phrase.
PHRASE_WORDS = 80
PAIR_MENTIONS, PAIR_DENSITY = 14, 600
TRIPLE_MENTIONS, TRIPLE_DENSITY = 6, 300
LONG_MENTIONS, LONG_DENSITY, LONGEST_PHRASE = 5, 250, 7
RIGID_WORDS, RIGID_DENSITY, RIGID_PERCENT = 3, 180, 85
WHOLE = 10_000

#: First to last mention, in percent of the words.
SPREAD_PERCENT = 45

#: Sizes of n-grams that the level counts otherwise than longer ones.
PAIR, TRIPLE = 2, 3

#: A count of the sketch that may stand for any higher one.
FULL = 255

#: The same for a term, which ends with a capital wherever it stands or is no name with its verb.
TERM_MENTIONS, TERM_DENSITY = 7, 350

#: What is known of an n-gram: standings, those in different stretches, the first token of the
#: first and of the last, the stretch of the last, and whether any ends without a capital.
TIMES, MENTIONS, FIRST, LAST, STRETCH, SMALL = 0, 1, 2, 3, 4, 5
COLUMNS = 6

Rows = npt.NDArray[np.int64]


@kernel
def has_phrase(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    tokens: Longs,
    gaps: Bytes,
    letters: Bytes,
    pairs: Bytes,
    triples: Bytes,
    fours: Bytes,
    capitals: Bytes,
) -> bool:
    """Whether an n-gram is as frequent, dense and spread as a stuffed phrase.

    A mention has neither figures nor a sign that ends sentences within, and one in a stretch
    between such signs counts: it is in one sentence.

    Args:
        tokens: From ``scan``.
        gaps: From ``scan``.
        letters: From ``scan``.
        pairs: Counts of 2-grams, at least.
        triples: Counts of 3-grams, at least.
        fours: Counts of 4-grams, at least.
        capitals: ``uint8[count]``: whether each token surely begins with a capital.
    """
    count = len(capitals)
    words = count_from(letters[:count], 1)
    least, size = least_times(words), 1
    recurring = count_from(pairs[:count], least)
    while size < 2 * recurring:
        size *= 2
    keys, rows = np.empty(size, np.uint64), np.empty((size, COLUMNS), np.int64)
    slots, standings = np.empty(count, np.int64), np.empty(0, np.int64)
    standing = letters[: count + 1].copy()
    standing[count] = 0
    values = tokens[:count].copy()
    for length in range(PAIR, LONGEST_PHRASE + 1):
        lengthen(tokens, gaps, length, values, standing)
        wholes = counts_of(length, pairs, triples, fours)
        if keep_recurring(standing, wholes, least) == 0:
            return False
        count_grams(values, standing, gaps, capitals[length - 1 :], keys, rows, slots)
        for index in range(count):
            if not standing[index]:
                continue
            row = rows[slots[index]]
            if row[LAST] == index and is_frequent(row, length, words):
                if is_dense(row, length, words):
                    return True
                if length > PAIR and len(standings) == 0:
                    standings = count_words(tokens, letters, count)
                whole = int(wholes[index])
                if length > PAIR and is_rigid(standings[index : index + length], whole):
                    return True
            standing[index] = row[TIMES] >= least
    return False


@kernel
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
def least_times(words: int) -> int:
    """Return how often an n-gram of any length stands at least that is frequent; a sketch's most.

    Args:
        words: Words of the text.
    """
    dense = LONGEST_PHRASE * WHOLE
    return min(FULL, max(LONG_MENTIONS, (RIGID_DENSITY * words + dense - 1) // dense))


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


@kernel
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
def lengthen(tokens: Longs, gaps: Bytes, length: int, values: Longs, standing: Bytes) -> None:
    """Make n-grams one token longer where those at this token and the next count.

    Args:
        tokens: From ``scan``.
        gaps: From ``scan``.
        length: Tokens of an n-gram then.
        values: ``uint64[n]``, of the n-gram at each token: changed.
        standing: ``uint8[n + 1]``, whether it counts, 0 at the end: changed.
    """
    for index in range(len(values)):
        joins = gaps[index + 1] & (SENTENCE | LINE) != SENTENCE
        standing[index] &= joins & standing[index + 1]
        if standing[index]:
            value = (values[index] ^ (values[index] >> HALF)) * SHINGLE_FACTOR
            values[index] = value + tokens[index + length - 1]


@kernel
def count_grams(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    values: Longs,
    standing: Bytes,
    gaps: Bytes,
    ends: Bytes,
    keys: Longs,
    rows: Rows,
    slots: Counts,
) -> None:
    """Count equal values, and in how many stretches between possible ends they stand.

    Args:
        values: ``uint64[n]``, of the n-gram at each token.
        standing: ``uint8[n]``, whether it counts.
        gaps: From ``scan``.
        ends: ``uint8``, whether the last token of each that counts has a capital.
        keys: ``uint64[2**m]``, more than there are tokens: scratch.
        rows: ``int64[2**m, COLUMNS]``, filled.
        slots: ``int64[n]``, filled with the row of each that counts.
    """
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
            row[MENTIONS], row[FIRST], row[STRETCH], row[SMALL] = 0, index, -1, 0
        row[TIMES] += 1
        row[MENTIONS] += row[STRETCH] != stretch
        row[LAST], row[STRETCH] = index, stretch
        row[SMALL] |= ends[index] == 0


@kernel
def is_frequent(row: Counts, length: int, words: int) -> bool:
    """Whether an n-gram has the mentions, the spread and the density that all phrases have."""
    needed = LONG_MENTIONS
    if length == PAIR:
        needed = PAIR_MENTIONS
    elif length == TRIPLE:
        needed = TRIPLE_MENTIONS
    mentions, spread = int(row[MENTIONS]), int(row[LAST] - row[FIRST])
    is_common = mentions >= needed and mentions * length * WHOLE >= RIGID_DENSITY * words
    return is_common and spread * 100 >= SPREAD_PERCENT * words


@kernel
def is_dense(row: Counts, length: int, words: int) -> bool:
    """Whether an n-gram has the density of a phrase whose words stand elsewhere, too."""
    density = LONG_DENSITY
    if length == PAIR:
        density = PAIR_DENSITY
    elif not row[SMALL]:
        density = TERM_DENSITY
        if row[MENTIONS] < TERM_MENTIONS:
            return False
    elif length == TRIPLE:
        density = TRIPLE_DENSITY
    return int(row[MENTIONS]) * length * WHOLE >= density * words


@kernel
def is_rigid(standings: Counts, whole: int) -> bool:
    """Whether enough words of an n-gram hardly stand outside it; ``whole`` is how often it does."""
    rigid = 0
    for times in standings:
        rigid += whole == FULL or 100 * whole >= RIGID_PERCENT * times
    return rigid >= RIGID_WORDS
