"""Language of a text by character n-grams: langdetect's draws, made by machine code.

langdetect (Nakatani Shuyo, "Language Detection Library for Java", 2010) draws n-grams of a text at
random and multiplies, for each language, how often each is met in it, until one language is left;
it does so seven times and takes the mean. Its answer depends on the generator, here the Mersenne
Twister as ``random.Random`` runs it from one seed: its words are given, so each number that Python
would draw is drawn here, and every product is rounded as there.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.kernels.arrays import Counts, Longs, Reals, Starts, Words
from textclean.kernels.jit import allocating_kernel, kernel

#: Code points that the tables have entries for; those above are neither letters nor known.
TABLE_SIZE = 0x34000

#: What a character is: bits of ``traits``.
CAPITAL, LATIN, NON_LATIN, LETTER, DENSE, HANGUL, KANA = 1, 2, 4, 8, 16, 32, 64

#: Number of the space and of characters that no profile knows.
SPACE, UNKNOWN = 1, 0

#: In place of a count of languages: a share for each follows.
DENSE_ROW = -1

#: Characters with lower numbers, those of the first profiles, have a table of their pairs.
NEAR = 256

_BITS, _LONGEST = 12, 3
_CHARACTERS = (1 << _BITS) - 1
_PLACE_BITS = 20
_PLACES = (1 << _PLACE_BITS) - 1
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

_TRIALS, _MOST_DRAWS, _CHECKED_EVERY = 7, 1000, 5
_ALPHA, _ALPHA_WIDTH, _BASE = 0.5, 0.05, 10000
_CONVERGED = 0.99999
_TWO_PI = 2.0 * math.pi


class ProfileTable(NamedTuple):
    """What is known of characters and n-grams.

    Attributes:
        characters: ``uint16[TABLE_SIZE]``: the number under which a code point stands in n-grams.
        traits: ``uint8[TABLE_SIZE]``: what it is, see above.
        slots: ``uint64[2**n]``: n-grams by hash, each with its place in ``rows``; 0 for none.
        pairs: ``int32[NEAR, NEAR]``: the places of pairs of characters with low numbers; 0 for
            none.
        singles: ``int32[4096]``: the places of single characters; 0 for none.
        rows: ``float64[m]``, from 1 on: for each n-gram how many languages have it, then for each
            of them its number, and the n-gram's share of those of its length; or ``DENSE_ROW``, and
            its share in every language. One array, since rows are drawn at random, and each array
            would be waited for.
        languages: How many languages there are.
    """

    characters: npt.NDArray[np.uint16]
    traits: npt.NDArray[np.uint8]
    slots: npt.NDArray[np.uint64]
    pairs: npt.NDArray[np.int32]
    singles: npt.NDArray[np.int32]
    rows: npt.NDArray[np.float64]
    languages: int


@kernel
def _slot(key: int, slots: Longs) -> int:
    """Return where an n-gram stands in the table, or the empty slot where it would."""
    mask = len(slots) - 1
    at = int((np.uint64(key) * _SPREAD) >> np.uint64(40)) & mask
    while slots[at] and int(slots[at] >> np.uint64(_PLACE_BITS)) != key:
        at = (at + 1) & mask
    return at


@kernel
def fill(
    keys: Counts, places: Counts, slots: Longs, pairs: npt.NDArray[np.int32], singles: Starts
) -> None:
    """Enter n-grams into empty tables.

    Args:
        keys: ``int64[n]``: the numbers of their characters, 12 bits each, the last lowest.
        places: ``int64[n]``: where their rows begin, below 2**20.
        slots: ``uint64[2**n]``, zeros, filled; at least twice as many as keys.
        pairs: ``int32[NEAR, NEAR]``, zeros, filled.
        singles: ``int32[4096]``, zeros, filled.
    """
    for number in range(len(keys)):
        key = keys[number]
        slots[_slot(key, slots)] = np.uint64(key << _PLACE_BITS | places[number])
        first, last = key >> _BITS, key & _CHARACTERS
        if first == 0:
            singles[last] = places[number]
        elif first < NEAR and last < NEAR:
            pairs[first, last] = places[number]


@kernel
def _place(key: int, slots: Longs) -> int:
    """Return the place of an n-gram; 0 for one that no profile has."""
    return int(slots[_slot(key, slots)]) & _PLACES


@kernel
def _place_of_pair(first: int, last: int, table: ProfileTable) -> int:
    """Return the place of two characters; 0 for a pair that no profile has."""
    if first < NEAR and last < NEAR:
        return int(table.pairs[first, last])
    return _place(first << _BITS | last, table.slots)


@kernel
def _add(place: int, found: Starts, count: int) -> int:
    """Append the place of an n-gram that a profile has; return how many there are."""
    found[count] = place
    return count + int(place != 0)


@kernel
def _traits(point: int, table: ProfileTable) -> int:
    return int(table.traits[point]) if point < TABLE_SIZE else NON_LATIN


@kernel
def _survey(points: Words, start: int, end: int, table: ProfileTable) -> tuple[int, int, int, int]:
    """Return all traits in a text, and its letters: Latin ones, others, and by weight."""
    met, latin, others, weight = 0, 0, 0, 0
    for at in range(start, end):
        traits = _traits(int(points[at]), table)
        met |= traits
        latin += int(traits & LATIN != 0)
        others += int(traits & NON_LATIN != 0)
        weight += int(traits & LETTER != 0) + 2 * int(traits & DENSE != 0)
    return met, latin, others, weight


@kernel
def _known_ngrams(  # noqa: PLR0913, PLR0917 - a text, how it is read, and what is filled
    points: Words, start: int, end: int, skipped: int, table: ProfileTable, found: Starts
) -> int:
    """Fill ``found`` with the places of the n-grams that profiles have; return their count.

    Words in capitals are left out from their second letter on, and characters of the traits
    ``skipped``.
    """
    count = 0
    before, earlier, length = SPACE, UNKNOWN, 1
    before_is_capital = in_capitals = False
    for at in range(start, end):
        point = int(points[at])
        traits = _traits(point, table)
        if traits & skipped:
            continue
        now = int(table.characters[point]) if point < TABLE_SIZE else UNKNOWN
        if before == SPACE:
            length, in_capitals, before_is_capital = 1, False, False
            if now == SPACE:
                continue
        is_capital = traits & CAPITAL != 0 and now != SPACE
        in_capitals = is_capital and (before_is_capital or in_capitals)
        length = min(length + 1, _LONGEST)
        if now != UNKNOWN and not in_capitals:
            if now != SPACE:
                count = _add(int(table.singles[now]), found, count)
            if before != UNKNOWN:
                count = _add(_place_of_pair(before, now, table), found, count)
                if length == _LONGEST and earlier != UNKNOWN:
                    key = earlier << 2 * _BITS | before << _BITS | now
                    count = _add(_place(key, table.slots), found, count)
        earlier, before, before_is_capital = before, now, is_capital
    return count


@kernel
def _uniform(words: Words, at: int) -> float:
    """Draw a number from 0 to 1 as ``random.random`` does, from two words."""
    mask = len(words) - 1
    high, low = words[at & mask] >> np.uint32(5), words[at + 1 & mask] >> np.uint32(6)
    return (float(high) * 67108864.0 + float(low)) * (1.0 / 9007199254740992.0)


@kernel
def _choice(words: Words, at: int, count: int, shift: int) -> tuple[int, int]:
    """Draw an index below ``count`` as ``random.choice`` does; return it and the next place."""
    mask = len(words) - 1
    while True:
        drawn = int(words[at & mask]) >> shift
        at += 1
        if drawn < count:
            return drawn, at


@kernel
def _update(  # noqa: PLR0913, PLR0917 - an n-gram, and what is multiplied
    chance: Reals, products: Reals, place: int, count: int, weight: float, rows: Reals
) -> None:
    """Multiply the chance of each language by the share of one n-gram in it, made smooth."""
    if count == DENSE_ROW:
        for language in range(len(chance)):
            chance[language] *= weight + rows[place + 1 + language]
        return
    for each in range(count):
        at = place + 1 + 2 * each
        products[each] = chance[int(rows[at])] * (weight + rows[at + 1])
    for language in range(len(chance)):  # most languages lack most n-grams
        chance[language] *= weight
    for each in range(count):
        chance[int(rows[place + 1 + 2 * each])] = products[each]


@kernel
def _normalize(chance: Reals) -> float:
    """Make the chances add up to 1; return the greatest."""
    total, greatest = 0.0, 0.0
    for language in range(len(chance)):
        total += chance[language]
        greatest = max(greatest, chance[language])
    for language in range(len(chance)):
        chance[language] /= total
    return greatest / total


@allocating_kernel
def _trial(  # noqa: PLR0913, PLR0917 - n-grams, where the generator stands, and what is filled
    found: Starts, count: int, weight: float, words: Words, at: int, scratch: Reals, rows: Reals
) -> int:
    """Fill the first half of ``scratch`` with the chances that one trial ends in.

    Returns:
        The next place in ``words``.
    """
    languages = len(scratch) // 2
    chance, products = scratch[:languages], scratch[languages:]
    places, counts = np.empty((2, _CHECKED_EVERY), np.int64)
    shift = 32
    while count >> 32 - shift:
        shift -= 1
    chance[:] = 1.0 / languages
    draws, group = 0, 1
    while True:
        for each in range(group):  # all first: their rows are waited for side by side
            drawn, at = _choice(words, at, count, shift)
            places[each] = found[drawn]
            counts[each] = int(rows[found[drawn]])
        for each in range(group):
            _update(chance, products, places[each], counts[each], weight, rows)
        draws += group
        if _normalize(chance) > _CONVERGED or draws > _MOST_DRAWS:
            return at
        group = _CHECKED_EVERY


@kernel
def _mean_of_trials(  # noqa: PLR0913, PLR0917 - n-grams, the generator, and what is filled
    found: Starts, count: int, words: Words, chances: Reals, scratch: Reals, rows: Reals
) -> None:
    """Fill ``chances`` with the mean chance of each language over all trials."""
    at, spare, has_spare = 0, 0.0, False
    chances[:] = 0.0
    for _ in range(_TRIALS):
        if has_spare:  # random.gauss makes two numbers at a time
            normal, has_spare = spare, False
        else:
            angle = _uniform(words, at) * _TWO_PI
            radius = math.sqrt(-2.0 * math.log(1.0 - _uniform(words, at + 2)))
            at += 4
            normal, spare, has_spare = math.cos(angle) * radius, math.sin(angle) * radius, True
        weight = (_ALPHA + normal * _ALPHA_WIDTH) / _BASE
        at = _trial(found, count, weight, words, at, scratch, rows)
        for language in range(len(chances)):
            chances[language] += scratch[language] / _TRIALS


@allocating_kernel
def detect(  # noqa: PLR0913, PLR0917 - a kernel fills what its caller gives
    points: Words,
    offsets: Counts,
    words: Words,
    table: ProfileTable,
    fewest_letters: int,
    best: Starts,
    chance: Reals,
    met: Starts,
) -> None:
    """Tell the likeliest language of each text.

    Args:
        points: ``uint32[n]``, the code points of the texts, end to end.
        offsets: ``int64[texts + 1]``: text ``i`` is ``points[offsets[i]:offsets[i + 1]]``.
        words: ``uint32[2**n]``, what the generator draws, from its seed on.
        table: What is known of characters and n-grams.
        fewest_letters: Texts with fewer letters, those of ``DENSE`` scripts thrice, say too little.
        best: ``int32[texts]``, filled: the number of a language; -1 where nothing can be told.
        chance: ``float64[texts]``, filled: its mean chance.
        met: ``int32[texts]``, filled: the traits of all characters of the text, as bits.
    """
    longest = 0
    for number in range(len(best)):
        longest = max(longest, offsets[number + 1] - offsets[number])
    languages = table.languages
    found, chances = np.empty(3 * longest + 1, np.int32), np.empty(languages, np.float64)
    scratch = np.empty(2 * languages, np.float64)
    for number in range(len(best)):
        start, end = offsets[number], offsets[number + 1]
        best[number], chance[number] = -1, 0.0
        met[number], latin, others, weight = _survey(points, start, end, table)
        if weight < fewest_letters:
            continue
        skipped = LATIN if latin * 2 < others else 0  # names in a text of another script
        count = _known_ngrams(points, start, end, skipped, table, found)
        if count == 0:
            continue
        _mean_of_trials(found, count, words, chances, scratch, table.rows)
        for language in range(languages):
            if chances[language] > chance[number]:
                best[number], chance[number] = language, chances[language]
