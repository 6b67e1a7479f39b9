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
from textclean.kernels.arrays import Bytes, Counts, Longs, Unsigned, Words
from textclean.kernels.equals import has_exact
from textclean.kernels.jit import allocating_kernel, kernel
from textclean.kernels.light import capitals_of, classify
from textclean.kernels.phrases import (
    LONG,
    MENTIONS_NEEDED,
    PAIR,
    TRIPLE,
    PhraseWords,
    count_words,
    has_phrase,
)
from textclean.kernels.runs import ITEM_BITS, has_period, has_run, has_wide_list
from textclean.kernels.scan import scan
from textclean.kernels.signs import BLOCK, LINE, PROSE, SENTENCE, STOP, SignTable
from textclean.kernels.sketches import SMALLEST_SKETCH_BITS, count_longer, count_pairs, sketch_bits
from textclean.kernels.stretches import may_be_near
from textclean.kernels.thresholds import PHRASE_WORDS
from textclean.kernels.vocabulary import (
    ALPHA,
    GRAMMAR,
    UNLISTED,
    UNTOLD,
    Vocabulary,
    possible_languages,
    sort_words,
)
from textclean.kernels.wrapping import LEAST_LINES, may_be_wrapped

EXACT, NEAR, RUNS, PHRASE = 1, 2, 4, 8
EVERY = EXACT | NEAR | RUNS | PHRASE

#: Where a sentence may begin or end that goes over lines.
STRONG = np.uint8(PROSE | BLOCK)


class Scanned(NamedTuple):
    """A text and its tokens.

    Attributes:
        text: ``uint8``, UTF-8.
        tokens: ``uint64[count]``, from ``scan``, as are the next three.
        starts: ``uint32[count]``: the byte at which each begins.
        gaps: ``uint8[count + 1]``: the signs before each.
        letters: ``uint8[count]``: whether each has anything but digits.
        pairs: ``uint8[count + 3]``: how often the 2-gram at each stands, at least; zeros behind.
        triples: The same of 3-grams.
        fours: The same of 4-grams.
    """

    text: Bytes
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
        sums: ``uint32``.
        sketch: ``uint8``.
        seen: ``int64[1 << ITEM_BITS + 1]``, see ``runs.has_run``.
    """

    slots: Words
    sums: Words
    sketch: Bytes
    seen: Counts


class Tables(NamedTuple):
    """What words are.

    Attributes:
        signs: What each code point is.
        light: Table of the stems of light words, from ``light.enter_light``.
        vocabulary: Words of grammar.
    """

    signs: SignTable
    light: Longs
    vocabulary: Vocabulary


@kernel
def may_be_stuffed(scanned: Scanned) -> bool:
    """Whether an n-gram stands as often as a phrase has to."""
    count = len(scanned.tokens)
    if count < PHRASE_WORDS:
        return False
    pairs = triples = fours = 0
    for index in range(count):
        pairs = max(pairs, scanned.pairs[index])
        triples = max(triples, scanned.triples[index])
        fours = max(fours, scanned.fours[index])
    return (
        pairs >= MENTIONS_NEEDED[PAIR]
        or triples >= MENTIONS_NEEDED[TRIPLE]
        or fours >= MENTIONS_NEEDED[LONG]
    )


@kernel
def languages_of(scanned: Scanned, tables: Tables, languages: int) -> int:
    """Return the languages that a text may be in: those that are told, or what may be guessed."""
    if languages != UNTOLD:
        return languages
    text, tokens, starts, _, letters, _, _, _ = scanned
    return possible_languages(text, tokens, starts, letters, tables.signs, tables.vocabulary)


@allocating_kernel
def is_near(scanned: Scanned, tables: Tables) -> bool:
    """Whether two sentences may say the same in nearly the same words."""
    text, tokens, starts, gaps, letters, _, _, fours = scanned
    classes = tokens.copy()
    classify(text, starts, letters, tables.signs, tables.light, classes)
    capitals = capitals_of(text, starts)
    return has_alike(Text(tokens, classes, gaps, letters, fours[: len(tokens)], capitals))


@allocating_kernel
def is_run(
    scanned: Scanned,
    scratch: Scratch,
    tables: Tables,
    languages: int,
    over_lines: bool,  # noqa: FBT001 - the compiler has no keywords
) -> bool:
    """Whether a keyword list, a chain or a rhythm may be in a text."""
    text, tokens, starts, gaps, letters, _, triples, _ = scanned
    count = len(tokens)
    if has_period(tokens, triples, count) or has_wide_list(text, tokens, starts, triples, count):
        return True
    joined, cut = gaps, gaps  # in hard-wrapped text a mere line ends nothing, else it ends all
    if over_lines:
        joined, cut = gaps.copy(), gaps.copy()
        for index in range(len(gaps)):
            if gaps[index] & LINE:
                cut[index] |= STOP
                if not gaps[index] & STRONG:
                    joined[index] &= ~SENTENCE
    if not has_run_of(scanned, letters, joined, scratch) and not (
        over_lines and has_run_of(scanned, letters, cut, scratch)
    ):
        return False
    if languages & UNLISTED:  # where nothing is a word of grammar for sure
        return True
    spoken = languages_of(scanned, tables, languages)
    core = sort_words(text, tokens, starts, gaps, tables.signs, tables.vocabulary, spoken)
    for index in range(len(core)):
        core[index] &= ALPHA | GRAMMAR
        core[index] = min(core[index], GRAMMAR)
    return has_run_of(scanned, core, joined, scratch) or (
        over_lines and has_run_of(scanned, core, cut, scratch)
    )


@kernel
def has_run_of(scanned: Scanned, core: Bytes, gaps: Bytes, scratch: Scratch) -> bool:
    """Whether a list or chain may be in a text with such signs between its tokens."""
    tokens, letters, pairs = scanned.tokens, scanned.letters, scanned.pairs
    return has_run(tokens, gaps, letters, core, pairs, scratch.seen, scratch.slots)


@allocating_kernel
def is_phrase(scanned: Scanned, tables: Tables, languages: int) -> bool:
    """Whether a text may have a stuffed key phrase."""
    text, tokens, starts, gaps, letters, pairs, triples, fours = scanned
    vocabulary, fewest = tables.vocabulary, len(tokens)
    languages = languages_of(scanned, tables, languages) & ~UNLISTED
    if languages == 0:  # without words of grammar there is none
        return False
    sorts = sort_words(text, tokens, starts, gaps, tables.signs, vocabulary, languages)
    for index in range(1, len(tokens)):  # which may be one figure
        fewest -= not letters[index] and not letters[index - 1]
    times, nouns = count_words(tokens, letters, len(tokens)), languages & vocabulary.nouns != 0
    words = PhraseWords(sorts, times, fewest, nouns)
    return has_phrase(tokens, gaps, words, pairs, triples, fours)


@kernel
def find_flags(  # noqa: PLR0913, PLR0917 - a kernel takes up to seven
    scanned: Scanned,
    scratch: Scratch,
    tables: Tables,
    languages: int,
    flag: int,
    over_lines: bool,  # noqa: FBT001 - the compiler has no keywords
) -> int:
    """Return those of some flags that a text may have; its signs and counts are changed.

    Args:
        scanned: The text.
        scratch: To write to.
        tables: What words are.
        languages: That the text is in, a bit for each; 0 where they are guessed.
        flag: The flags that are of interest.
        over_lines: Whether sentences may go over lines. If they do not, blocks are repeated whole,
            from blank line to blank line, and what else goes lies in one line.
    """
    tokens, gaps, letters, triples = scanned.tokens, scanned.gaps, scanned.letters, scanned.triples
    if not over_lines:
        clear(gaps, PROSE)
    if flag & EXACT and not has_exact(tokens, gaps, letters, triples, len(tokens)):
        flag &= ~EXACT
    if not over_lines:
        keep_to_lines(gaps, triples)
    if flag & NEAR and not (
        may_be_near(tokens, gaps, letters, scanned.fours, scratch.slots, scratch.sums)
        and is_near(scanned, tables)
    ):
        flag &= ~NEAR
    if flag & RUNS and not is_run(scanned, scratch, tables, languages, over_lines):
        flag &= ~RUNS
    if not over_lines:
        clear(gaps, LINE)
    if flag & PHRASE and not (may_be_stuffed(scanned) and is_phrase(scanned, tables, languages)):
        flag &= ~PHRASE
    return flag


@kernel
def clear(gaps: Bytes, sign: Unsigned) -> None:
    """Take a sign away."""
    for index in range(len(gaps)):
        gaps[index] &= ~sign


@kernel
def keep_to_lines(gaps: Bytes, triples: Bytes) -> None:
    """Have each line end what stands in it.

    Args:
        gaps: From ``scan``: changed.
        triples: Counts of 3-grams: none goes over a line then.
    """
    for index in range(len(gaps)):
        is_line = gaps[index] & LINE != 0
        gaps[index] = gaps[index] & ~BLOCK | (STOP if is_line else np.uint8(0))
        if is_line and index > 0:
            triples[index - 1] = 0
            triples[max(0, index - 2)] = 0


@allocating_kernel
def repeat_flags(
    data: Bytes, offsets: Counts, languages: Counts, tables: Tables, flags: Bytes
) -> None:
    """Fill ``flags`` with what each text of a batch may have: EXACT, NEAR, RUNS, PHRASE.

    Args:
        data: ``uint8``, the batch's UTF-8.
        offsets: ``int64[texts + 1]`` into it.
        languages: ``int64[texts]``: that each text is in, a bit for each; 0 where they are guessed.
        tables: What words are.
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
        np.empty(room + (1 << SMALLEST_SKETCH_BITS), np.uint32),
        np.empty(1 << sketch_bits(room), np.uint8),
        np.zeros((1 << ITEM_BITS) + 1, np.int64),
    )
    for number in range(len(flags)):
        text = data[offsets[number] : offsets[number + 1]]
        count = scan(text, tables.signs, tokens, starts, gaps, letters)
        count_pairs(tokens, count, scratch.sketch, scratch.slots, pairs)
        count_longer(tokens, count, 3, pairs, scratch.sketch, scratch.slots, triples)
        count_longer(tokens, count, 4, triples, scratch.sketch, scratch.slots, fours)
        scanned = Scanned(
            text,
            tokens[:count],
            starts[:count],
            gaps[: count + 1],
            letters[:count],
            pairs[: count + 3],
            triples[: count + 3],
            fours[: count + 3],
        )
        over_lines = has_lines(scanned.gaps)
        flag = find_flags(scanned, scratch, tables, languages[number], EVERY, over_lines)
        if flag and over_lines and not may_be_wrapped(text, starts[:count]):
            over_lines = False
            flag = find_flags(scanned, scratch, tables, languages[number], flag, over_lines)
        flags[number] = flag


@kernel
def has_lines(gaps: Bytes) -> bool:
    """Whether so many lines hold a token as hard-wrapped text has at least."""
    lines = 0
    for index in range(len(gaps)):
        lines += gaps[index] & LINE != 0
    return lines > LEAST_LINES  # the edges of the text are two
