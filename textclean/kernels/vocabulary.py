"""Which listed words of grammar a text holds, and in which listed languages it may be.

What the repetition stage does with a text hangs on the language that it is in, and that it guesses
by these words. Here the guess is a set: figures are cut otherwise than in the stage, and a word is
counted both ways where its end is not sure.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs, Starts, Unsigned, Words
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.light import is_capital, slot_of
from textclean.kernels.signs import (
    EXPANDS,
    KIND_MASK,
    KIND_SHIFT,
    LIST,
    MARK,
    POINT_MASK,
    SignTable,
)
from textclean.kernels.thresholds import GUESS_LEAD, GUESS_SHARE, GUESS_TEXT, GUESS_WORDS, WHOLE
from textclean.kernels.tokens import decode

#: Set in place of a language for a text that is in none of the listed ones.
UNLISTED = 1 << 30
#: For a text whose language nobody told: it is guessed.
UNTOLD = 0

#: What is known of a word: it begins with a letter; it is one of grammar, or of none, in all
#: languages that come into question; it is a verb of reporting in all; it may begin with a
#: capital, or small; nothing or blanks and hyphens stand before it; a blank may stand before it.
ALPHA, GRAMMAR, CONTENT, SAID, LARGE, SMALL, JOINED, APART = 1, 2, 4, 8, 16, 32, 64, 128

_SPACE, _HYPHEN, _UNDERSCORE, _BEYOND_ASCII = ord(" "), ord("-"), ord("_"), 0x80

#: A de Bruijn sequence (Leiserson, Prokop, Randall, "Using de Bruijn sequences to index a 1 in a
#: computer word", 1998): its highest bits are others for each single bit that it is multiplied by.
_FACTOR, _FACTOR_SHIFT = np.uint32(0x077CB531), np.uint32(27)
_PLACES = np.zeros(32, np.uint8)
_PLACES[[(0x077CB531 << place & 0xFFFFFFFF) >> 27 for place in range(32)]] = range(32)


class Vocabulary(NamedTuple):
    """Words of grammar and verbs of reporting of the listed languages.

    Attributes:
        keys: ``uint64[2**n]``: the hashes of their tokens, by open addressing; 0 for none.
        numbers: ``int32[2**n]``: the number of each.
        places: ``int32[words + 1]``: where each begins in ``points``.
        points: ``uint32``: their folded code points.
        grammar: ``int32[words]``: in which languages each is a word of grammar, a bit for each.
        said: ``int32[words]``: in which it is a verb of reporting.
        nouns: The languages whose nouns have capitals.
    """

    keys: Longs
    numbers: Starts
    places: Starts
    points: Words
    grammar: Starts
    said: Starts
    nouns: int


class Lookup(NamedTuple):
    """What words are in some languages.

    Attributes:
        signs: What each code point is.
        vocabulary: The words.
        languages: Those that come into question, a bit for each.
    """

    signs: SignTable
    vocabulary: Vocabulary
    languages: int


@kernel
def enter_words(tokens: Longs, vocabulary: Vocabulary) -> None:
    """Enter the hashes of the tokens of all words, in their order."""
    for number in range(len(tokens)):
        slot = slot_of(tokens[number], vocabulary.keys)
        vocabulary.keys[slot], vocabulary.numbers[slot] = tokens[number], number


@kernel
def find_word(value: Unsigned, vocabulary: Vocabulary) -> int:
    """Return the number of the word with the hash of a token, -1 for none."""
    slot = slot_of(value, vocabulary.keys)
    return int(vocabulary.numbers[slot]) if vocabulary.keys[slot] == value else -1


@kernel
def is_word(text: Bytes, start: int, points: Words, table: SignTable) -> bool:
    """Whether a token is surely a word.

    Args:
        text: ``uint8[n]``, valid UTF-8.
        start: Where the token begins.
        points: The folded code points of the word.
        table: What each code point is.
    """
    position = start
    for point in points:
        if position >= len(text):
            return False
        plain = table.plain[text[position]]
        if plain:
            position += 1
            if plain != point:
                return False
            continue
        found, position = decode(text, position)
        entry = table.entries[found]
        if entry & EXPANDS or entry & POINT_MASK != point:
            return False
    if position >= len(text):
        return True
    if text[position] == _SPACE:
        return True
    entry = table.entries[decode(text, position)[0]]
    return bool((entry >> KIND_SHIFT) & KIND_MASK == 0 and not entry & (MARK | EXPANDS))


@allocating_kernel
def possible_languages(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    text: Bytes,
    tokens: Longs,
    starts: Words,
    letters: Bytes,
    table: SignTable,
    vocabulary: Vocabulary,
) -> int:
    """Return the languages that the stage may guess for a text, a bit for each, or ``UNLISTED``.

    Args:
        text: ``uint8[n]``.
        tokens: ``uint64[count]``, from ``scan``, as are ``starts`` and ``letters``.
        starts: ``uint32[count]``.
        letters: ``uint8[count]``.
        table: What each code point is.
        vocabulary: The words.
    """
    fewest = most = 0  # as the stage counts them: it takes figures side by side for one or several
    sure, likely = np.zeros(32, np.int64), np.zeros(32, np.int64)
    for index in range(len(tokens)):
        if fewest >= GUESS_TEXT:
            break
        follows = index > 0 and not letters[index] and not letters[index - 1]
        fewest, most = fewest + (not follows), most + 1
        number = find_word(tokens[index], vocabulary)
        if number < 0 or not vocabulary.grammar[number]:
            continue
        word = vocabulary.points[vocabulary.places[number] : vocabulary.places[number + 1]]
        is_sure = most <= GUESS_TEXT and is_word(text, int(starts[index]), word, table)
        left = np.uint32(vocabulary.grammar[number])
        while left:  # its lowest bit at a time: most words are of few languages
            rest = np.uint32(left & (left - np.uint32(1)))
            language = int(_PLACES[np.uint32((left ^ rest) * _FACTOR) >> _FACTOR_SHIFT])
            likely[language] += 1
            sure[language] += is_sure
            left = rest
    return guesses(sure, likely, min(fewest, GUESS_TEXT), min(most, GUESS_TEXT))


@kernel
def guesses(sure: Counts, likely: Counts, fewest: int, most: int) -> int:
    """Return which languages the stage may guess.

    Args:
        sure: ``int64[32]``: how many words of grammar of each the text has at least.
        likely: ``int64[32]``: at most.
        fewest: How many words there are at least.
        most: At most.
    """
    found, is_sure = 0, False
    for language in range(31):
        rival = least_rival = 0
        for other in range(31):
            if other != language:
                rival = max(rival, likely[other])
                least_rival = max(least_rival, sure[other])
        if WHOLE * likely[language] >= GUESS_SHARE * fewest and (
            WHOLE * likely[language] >= GUESS_LEAD * least_rival
        ):
            found |= 1 << language if likely[language] else 0
        is_sure |= WHOLE * sure[language] >= GUESS_SHARE * most and (
            WHOLE * sure[language] > GUESS_LEAD * rival
        )
    if fewest < GUESS_WORDS or not is_sure:
        found |= UNLISTED
    return found


@allocating_kernel
def sort_words(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    text: Bytes,
    tokens: Longs,
    starts: Words,
    gaps: Bytes,
    lookup: Lookup,
    pairs: Bytes,
    least: int,
) -> Bytes:
    """Return what each token is, no more than the stage knows of it: ``ALPHA`` and so on.

    Args:
        text: ``uint8[n]``.
        tokens: ``uint64[count]``, from ``scan``, as are ``starts`` and ``gaps``.
        starts: ``uint32[count]``.
        gaps: ``uint8[count + 1]``.
        lookup: What words are.
        pairs: Counts of 2-grams.
        least: A token of no 2-gram with so high a count is left 0.
    """
    sorts, before = np.zeros(len(tokens), np.uint8), False
    for index in range(len(tokens)):
        recurs = pairs[index] >= least
        if recurs or before:
            sorts[index] = sort_of(text, int(starts[index]), tokens[index], gaps[index], lookup)
        before = recurs
    return sorts


@kernel
def sort_of(text: Bytes, start: int, token: Unsigned, gap: Unsigned, lookup: Lookup) -> int:
    """Return what the token is that begins at a byte, behind such signs."""
    vocabulary, languages, sort = lookup.vocabulary, lookup.languages, CONTENT
    byte, before = text[start], text[start - 1] if start else ord(" ")
    if byte >= _BEYOND_ASCII:
        sort |= ALPHA | LARGE | SMALL
    elif byte > ord("9") and byte != _UNDERSCORE:
        sort |= ALPHA | (LARGE if is_capital(text, start) else SMALL)
    if not gap & LIST or before == _HYPHEN:
        sort |= JOINED
    if before <= ord(" ") or before >= _BEYOND_ASCII:
        sort |= APART
    number = find_word(token, vocabulary)
    if number < 0:
        return sort
    grammar, said = vocabulary.grammar[number], vocabulary.said[number]
    if grammar & languages:
        sort &= ~CONTENT
    is_grammar, is_said = not languages & ~grammar, not languages & ~said
    word = vocabulary.points[vocabulary.places[number] : vocabulary.places[number + 1]]
    if (is_grammar or is_said) and is_word(text, start, word, lookup.signs):
        sort |= (GRAMMAR if is_grammar else 0) | (SAID if is_said else 0)
    return sort
