"""Everything that the repetition stage asks of any text's characters, in one call.

A call of a kernel takes as long as some hundred characters of work, and so does its answer: what
every text needs is found together.
"""

from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Bytes, Starts
from textclean.kernels.arrays import Words as Codes
from textclean.kernels.forms import judge_form
from textclean.kernels.jit import allocating_kernel
from textclean.kernels.lines import cut_blocks, judge_lines
from textclean.kernels.listed import ListedWords, count_grammar, find_listed
from textclean.kernels.marks import (
    count_costly,
    find_ends,
    find_marked,
    find_signs,
    has_between,
)
from textclean.kernels.signs import SignTable
from textclean.kernels.units import cut_lines
from textclean.kernels.words import DIGIT, Words, cut_words


class Tables(NamedTuple):
    """What is known of characters and words.

    Attributes:
        signs: What each character folds to, and whether it belongs to a word.
        classes: ``uint8[0x110000]``: what each is.
        marks: ``uint8[MARKED]``, of ``kernels/marks.py``.
        shapes: ``uint8[MARKED]``, of ``kernels/lines.py``.
        foreign: ``int32[n, 2]``: ranges of characters that are not Latin.
        listed: Words of grammar and the like.
    """

    signs: SignTable
    classes: Bytes
    marks: Bytes
    shapes: Bytes
    foreign: Starts
    listed: ListedWords


class Sample(NamedTuple):
    """How much is looked at.

    Attributes:
        guessed: Words, to guess the language by.
        scripts: Characters, to see whether any is not Latin.
        line: Characters of a line, to see what it may be.
        languages: How many there are.
    """

    guessed: int
    scripts: int
    line: int
    languages: int


class Cut(NamedTuple):
    """One text, cut up.

    Attributes:
        words: ``int32[3, words]``: where each starts, where it ends, and which of the distinct ones
            it is, by first standing.
        kinds: ``uint8[words]``, as in ``words.Words``.
        folded: ``uint32``: the distinct ones, a line feed behind each.
        listed: ``int32[distinct]``: which listed word each is, 0 without.
        grammar: ``int32[languages]``: words of grammar among the first ones, by language.
        lines: ``int32[lines, 4]``.
        full_lines: The same of those that hold a word.
        line_kinds: ``uint8[full lines]``, of ``line_kinds.py``.
        costs: ``int32[full lines]``, as ``count_costly`` has them.
        form: What the text may be, from ``judge_form``.
        blocks: ``int32[blocks, 2]``, from ``cut_blocks``.
        marked: From ``find_marked``.
        signs: ``int32``: where there are signs.
        stops: ``int32[n, 3]``, from ``find_ends``.
        is_foreign: Whether any character is not Latin.
    """

    words: Starts
    kinds: Bytes
    folded: Codes
    listed: Starts
    grammar: Starts
    lines: Starts
    full_lines: Starts
    line_kinds: Bytes
    costs: Starts
    form: int
    blocks: Starts
    marked: Starts
    signs: Starts
    stops: Starts
    is_foreign: bool

    @property
    def starts(self) -> Starts:
        """Where each word starts."""
        found: Starts = self.words[0]
        return found

    @property
    def ends(self) -> Starts:
        """Where each ends."""
        found: Starts = self.words[1]
        return found

    @property
    def numbers(self) -> Starts:
        """Which of the distinct ones each is."""
        found: Starts = self.words[2]
        return found


@allocating_kernel
def cut_text(points: Codes, tables: Tables, sample: Sample) -> Cut:
    """Cut a text up.

    Args:
        points: ``uint32[n]``, its code points.
        tables: What is known.
        sample: How much is looked at.
    """
    signs, classes, marks, shapes, foreign, known = tables
    size = len(points)
    rows, kinds = np.empty((3, size), np.int32), np.empty(size, np.uint8)
    folded, places = np.empty(4 * size + 1, np.uint32), np.empty(size + 1, np.int32)
    hashes = np.empty(size, np.uint64)
    found = Words(rows[0], rows[1], kinds, rows[2], folded, places, hashes)
    count, distinct = cut_words(points, signs, classes, found)
    words, starts = rows[:, :count].copy(), rows[0, :count]
    listed = np.empty(distinct, np.int32)
    find_listed(folded, places, hashes, known, listed)
    grammar = np.zeros(sample.languages, np.int32)
    count_grammar(words[2, : sample.guessed], listed, known.languages, grammar)
    marked = find_marked(points, marks, signs.entries)
    lines = cut_lines(points, marked, signs.entries, starts)
    full = with_words(lines)
    line_kinds, heads = np.empty(len(full), np.uint8), np.empty(len(full), np.int32)
    judge_lines(points, shapes, classes, full, sample.line, line_kinds, heads)
    costs, figures = np.empty(len(full), np.int32), count_figures(kinds, full)
    count_costly(points, marked, marks, classes, full, costs)
    blocks = cut_blocks(points, classes, lines)
    own = full, line_kinds, heads, figures
    form = judge_form(points, signs, marks, classes, (words[2], distinct), own, (lines, blocks))
    return Cut(
        words,
        kinds[:count].copy(),
        folded[: places[distinct]].copy(),
        listed,
        grammar,
        lines,
        full,
        line_kinds,
        costs,
        form,
        blocks,
        marked,
        find_signs(points, marked, marks, classes),
        find_ends(points, marked, marks, classes, starts),
        has_between(points[: sample.scripts], foreign),
    )


@allocating_kernel
def count_figures(kinds: Bytes, rows: Starts) -> Starts:
    """Return how many words of each unit begin with a digit."""
    found = np.zeros(len(rows), np.int32)
    for number in range(len(rows)):
        for place in range(rows[number, 2], rows[number, 3]):
            found[number] += kinds[place] & DIGIT != 0
    return found


@allocating_kernel
def with_words(rows: Starts) -> Starts:
    """Return those of some units that hold a word."""
    found, count = np.empty(rows.shape, np.int32), 0
    for number in range(len(rows)):
        if rows[number, 2] < rows[number, 3]:
            found[count] = rows[number]
            count += 1
    return found[:count]
