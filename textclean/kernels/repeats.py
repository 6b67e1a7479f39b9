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
from textclean.kernels.mentions import GramCounts, fewest_words, may_recur
from textclean.kernels.phrases import PhraseWords, has_phrase, least_standings
from textclean.kernels.pieces import may_have_run, may_have_stack
from textclean.kernels.runs import ITEM_BITS, WIDE_ITEMS, has_period, has_run, has_wide_list
from textclean.kernels.scan import scan
from textclean.kernels.signs import (
    BLOCK,
    LINE,
    LIST,
    PROSE,
    SENTENCE,
    STATEMENT,
    STOP,
    SignTable,
)
from textclean.kernels.sketches import SMALLEST_SKETCH_BITS, count_longer, count_pairs, sketch_bits
from textclean.kernels.stretches import may_be_near
from textclean.kernels.thresholds import PHRASE_WORDS, STACK_FIGURES
from textclean.kernels.vocabulary import (
    ALPHA,
    GRAMMAR,
    UNLISTED,
    UNTOLD,
    Lookup,
    Vocabulary,
    possible_languages,
    sort_words,
)
from textclean.kernels.wrapping import has_narrow_lines, may_be_wrapped

EXACT, NEAR, RUNS, PHRASE = 1, 2, 4, 8

#: Where a sentence may begin or end that goes over lines.
STRONG = np.uint8(PROSE | BLOCK)

#: What was not asked for yet. What ``find_flags`` returns where it was told lines wrongly.
UNASKED, MISTAKEN = -1, -2

#: What is known of a text: the languages that it may be in, and whether its sentences may go over
#: lines; whether it may have a rhythm, a list or chain, and a list whose items are lines.
LANGUAGES, OVER_LINES, RHYTHM, LISTED, STACKED = range(5)


class Scanned(NamedTuple):
    """A text and its tokens.

    Attributes:
        text: ``uint8``, UTF-8.
        tokens: ``uint64[count]``, from ``scan``, as are the next three.
        starts: ``uint32[count]``: the byte at which each begins.
        gaps: ``uint8[count + 1]``: the signs before each.
        letters: ``uint8[count]``: whether each has anything but digits.
        counts: How often its n-grams stand.
    """

    text: Bytes
    tokens: Longs
    starts: Words
    gaps: Bytes
    letters: Bytes
    counts: GramCounts


class Scratch(NamedTuple):
    """What the kernels write to.

    Attributes:
        slots: ``uint32``.
        sums: ``uint32``.
        sketch: ``uint8``.
        seen: ``int64[1 << ITEM_BITS + 1]``, see ``runs.has_run``.
        answers: ``int64[5]``, of the text: LANGUAGES and so on; UNASKED before.
        joined: ``uint8``, see ``over_and_at_lines``.
        cut: ``uint8``, as well.
    """

    slots: Words
    sums: Words
    sketch: Bytes
    seen: Counts
    answers: Counts
    joined: Bytes
    cut: Bytes


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
def languages_of(scanned: Scanned, scratch: Scratch, tables: Tables, languages: int) -> int:
    """Return the languages that a text may be in: those that are told, or what may be guessed."""
    if languages != UNTOLD:
        return languages
    text, tokens, starts, _, letters, _ = scanned
    if scratch.answers[LANGUAGES] == UNASKED:
        scratch.answers[LANGUAGES] = possible_languages(
            text, tokens, starts, letters, tables.signs, tables.vocabulary
        )
    return int(scratch.answers[LANGUAGES])


@kernel
def is_mistaken(scanned: Scanned, scratch: Scratch, over_lines: bool) -> bool:  # noqa: FBT001 - the compiler has no keywords
    """Whether no sentence of a text goes over lines though it was said; not asked for most."""
    if over_lines and scratch.answers[OVER_LINES] == UNASKED:
        scratch.answers[OVER_LINES] = may_be_wrapped(scanned.text, scanned.starts)
    return over_lines and scratch.answers[OVER_LINES] == 0


@allocating_kernel
def is_near(scanned: Scanned, tables: Tables) -> bool:
    """Whether two sentences may say the same in nearly the same words."""
    text, tokens, starts, gaps, letters, counts = scanned
    classes = tokens.copy()
    classify(text, starts, letters, tables.signs, tables.light, classes)
    capitals = capitals_of(text, starts)
    return has_alike(Text(tokens, classes, gaps, letters, counts.fours[: len(tokens)], capitals))


@allocating_kernel
def is_run(
    scanned: Scanned,
    scratch: Scratch,
    tables: Tables,
    languages: int,
    over_lines: bool,  # noqa: FBT001 - the compiler has no keywords
) -> bool:
    """Whether a keyword list, a chain or a rhythm may be in a text that ``find_likely`` flagged."""
    text, tokens, starts, gaps, letters, _ = scanned
    if scratch.answers[RHYTHM]:
        return True
    is_listed, is_stacked = scratch.answers[LISTED] != 0, scratch.answers[STACKED] != 0
    joined, stacked = gaps, gaps
    if is_listed and over_lines:
        over_and_at_lines(gaps, scratch.joined, scratch.cut)
        joined = scratch.joined
    if is_stacked:
        stacked = stacked_gaps(gaps, letters)
    if not is_listed and not (is_stacked and has_stack(scanned, letters, stacked, scratch)):
        return False
    if languages & UNLISTED:  # where nothing is a word of grammar for sure
        return True
    spoken = languages_of(scanned, scratch, tables, languages)
    lookup = Lookup(tables.signs, tables.vocabulary, spoken)
    core = sort_words(text, tokens, starts, gaps, lookup, scanned.counts.pairs, 0)
    for index in range(len(core)):
        core[index] &= ALPHA | GRAMMAR
        core[index] = min(core[index], GRAMMAR)
    return (
        (is_listed and has_run_of(scanned, core, joined, scratch))
        or (is_listed and over_lines and has_run_of(scanned, core, scratch.cut, scratch))
        or (is_stacked and has_stack(scanned, core, stacked, scratch))
    )


@kernel
def over_and_at_lines(gaps: Bytes, joined: Bytes, cut: Bytes) -> None:
    """Fill in the signs as they are where a mere line ends nothing, and where it ends all.

    The first holds for hard-wrapped text.
    """
    for index in range(len(gaps)):
        sign = gaps[index]
        is_line = sign & LINE != 0
        cut[index] = sign | (STOP if is_line else np.uint8(0))
        joined[index] = sign & ~(SENTENCE if is_line and not sign & STRONG else np.uint8(0))


@kernel
def is_rhythm(scanned: Scanned) -> bool:
    """Whether 3-grams stand at an even distance, or in short items of a script without spaces."""
    text, tokens, starts, _, _, counts = scanned
    count, triples, most = len(tokens), counts.triples, counts.most_triples
    return (most > 1 and has_period(tokens, triples, count)) or (
        most >= WIDE_ITEMS and has_wide_list(text, tokens, starts, triples, count)
    )


@allocating_kernel
def stacked_gaps(gaps: Bytes, letters: Bytes) -> Bytes:
    """Return the signs of a text in which lines are the items of lists.

    A list ends where a line ends a statement, has inside what may end a sentence, or has figures.
    """
    stacked = np.zeros(len(gaps), np.uint8)
    figures = 0
    for index in range(1, len(gaps)):
        figures += letters[index - 1] == 0
        if gaps[index] & LINE:
            is_end = gaps[index] & STATEMENT or figures > STACK_FIGURES
            stacked[index] = STOP | LIST if is_end else LIST
            figures = 0
        elif gaps[index] & SENTENCE:
            stacked[index] = STOP
    stacked[-1] |= STOP
    return stacked


@allocating_kernel
def has_stack(scanned: Scanned, core: Bytes, stacked: Bytes, scratch: Scratch) -> bool:
    """Whether a list whose items are lines may be in a text; chains are not looked for."""
    tokens, letters, none = scanned.tokens, scanned.letters, np.zeros_like(scanned.counts.pairs)
    return has_run(tokens, stacked, letters, core, none, scratch.seen, scratch.slots)


@kernel
def has_run_of(scanned: Scanned, core: Bytes, gaps: Bytes, scratch: Scratch) -> bool:
    """Whether a list or chain may be in a text with such signs between its tokens."""
    tokens, letters, pairs = scanned.tokens, scanned.letters, scanned.counts.pairs
    return has_run(tokens, gaps, letters, core, pairs, scratch.seen, scratch.slots)


@kernel
def may_be_phrase(scanned: Scanned) -> bool:
    """Whether n-grams stand as often as a phrase does, whatever their words are."""
    if len(scanned.tokens) < PHRASE_WORDS or not may_recur(scanned.counts, 0):
        return False  # as in most, in however long a text
    return may_recur(scanned.counts, fewest_words(scanned.letters))


@allocating_kernel
def is_phrase(scanned: Scanned, scratch: Scratch, tables: Tables, languages: int) -> bool:
    """Whether a text may have a stuffed key phrase."""
    text, tokens, starts, gaps, letters, counts = scanned
    vocabulary, fewest = tables.vocabulary, fewest_words(letters)
    languages = languages_of(scanned, scratch, tables, languages) & ~UNLISTED
    if languages == 0:  # without words of grammar there is none
        return False
    lookup = Lookup(tables.signs, vocabulary, languages)
    sorts = sort_words(text, tokens, starts, gaps, lookup, counts.pairs, least_standings(fewest))
    words = PhraseWords(sorts, letters, fewest, languages & vocabulary.nouns != 0)
    return has_phrase(tokens, gaps, words, counts.pairs, counts.triples, counts.fours)


@kernel
def may_be_run(scanned: Scanned, scratch: Scratch, over_lines: bool) -> bool:  # noqa: FBT001 - the compiler has no keywords
    """Whether a list, a chain or a rhythm may be in a text whatever its words are; notes which."""
    tokens, gaps, letters, answers = scanned.tokens, scanned.gaps, scanned.letters, scratch.answers
    answers[RHYTHM] = is_rhythm(scanned)
    if not over_lines:
        answers[LISTED] = has_run_of(scanned, letters, gaps, scratch)
    else:
        answers[LISTED] = may_have_run(tokens, gaps, letters, scanned.counts.pairs)
        if answers[LISTED]:
            over_and_at_lines(gaps, scratch.joined, scratch.cut)
            answers[LISTED] = has_run_of(scanned, letters, scratch.joined, scratch) or has_run_of(
                scanned, letters, scratch.cut, scratch
            )
    answers[STACKED] = may_have_stack(tokens, gaps, letters)
    return bool(answers[RHYTHM] | answers[LISTED] | answers[STACKED])


@kernel
def find_likely(scanned: Scanned, scratch: Scratch, over_lines: bool) -> int:  # noqa: FBT001 - the compiler has no keywords
    """Return the flags that a text may have by what is told quickly; its signs are changed."""
    _, tokens, _, gaps, letters, counts = scanned
    flag = 0
    if not over_lines:
        clear(gaps, PROSE)
    if counts.most_triples > 1 and has_exact(tokens, gaps, letters, counts.triples, len(tokens)):
        flag |= EXACT
    if not over_lines:
        keep_to_lines(gaps, counts.triples)
    if may_be_near(tokens, gaps, letters, counts.fours, scratch.slots, scratch.sums):
        flag |= NEAR
    if may_be_run(scanned, scratch, over_lines):
        flag |= RUNS
    return flag | PHRASE if may_be_phrase(scanned) else flag


@kernel
def find_flags(
    scanned: Scanned,
    scratch: Scratch,
    tables: Tables,
    languages: int,
    over_lines: bool,  # noqa: FBT001 - the compiler has no keywords
) -> int:
    """Return the flags that a text may have; its signs and counts are changed.

    Or ``MISTAKEN``, where its sentences cannot go over lines; nothing is changed then.

    Args:
        scanned: The text.
        scratch: To write to.
        tables: What words are.
        languages: That the text is in, a bit for each; 0 where they are guessed.
        over_lines: Whether sentences may go over lines. If they do not, blocks are repeated whole,
            from blank line to blank line, and what else goes lies in one line.
    """
    flag = find_likely(scanned, scratch, over_lines)
    if flag and is_mistaken(scanned, scratch, over_lines):  # asked only of what is flagged
        return MISTAKEN
    if flag & NEAR and not is_near(scanned, tables):
        flag &= ~NEAR
    if flag & RUNS and not is_run(scanned, scratch, tables, languages, over_lines):
        flag &= ~RUNS
    if not over_lines:
        clear(scanned.gaps, LINE)
    if flag & PHRASE and not is_phrase(scanned, scratch, tables, languages):
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
        np.empty(STACKED + 1, np.int64),
        np.empty(room, np.uint8),
        np.empty(room, np.uint8),
    )
    for number in range(len(flags)):
        text = data[offsets[number] : offsets[number + 1]]
        count = scan(text, tables.signs, tokens, starts, gaps, letters)
        sketch, slots = scratch.sketch, scratch.slots
        most_pairs = count_pairs(tokens, count, sketch, slots, pairs)
        most_triples = count_longer(tokens, count, 3, pairs, sketch, slots, triples)
        most_fours = count_longer(tokens, count, 4, triples, sketch, slots, fours)
        scanned = Scanned(
            text,
            tokens[:count],
            starts[:count],
            gaps[: count + 1],
            letters[:count],
            GramCounts(
                pairs[: count + 3],
                triples[: count + 3],
                fours[: count + 3],
                most_pairs,
                most_triples,
                most_fours,
            ),
        )
        scratch.answers[:] = UNASKED
        over_lines = has_narrow_lines(text, scanned.starts, scanned.gaps)
        flag = find_flags(scanned, scratch, tables, languages[number], over_lines)
        if flag == MISTAKEN:
            flag = find_flags(scanned, scratch, tables, languages[number], False)  # noqa: FBT003 - the same
        flags[number] = flag
