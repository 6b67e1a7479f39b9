"""Tell texts that repeat on purpose from texts that repeat for a search engine.

By structure alone: line lengths, what lines begin with, how they end. A document that is
verse, drama, law, scripture, a recipe, a table, a log or code keeps every word.
"""

import re
from collections import Counter
from itertools import pairwise
from operator import ge

from textclean.kernels import line_kinds as kinds
from textclean.kernels.thresholds import (
    CODE_RATIO,
    COLUMN_RATIO,
    COUNTING_RATIO,
    DIGIT_RATIO,
    FORM_LINES,
    HEADING_LONGEST,
    HEADING_SHARE,
    HEADING_SHORTEST,
    HEADINGS,
    NUMBERED_RATIO,
    SPEECH_RATIO,
    VERSE_LINE_WIDTH,
    VERSE_LINES,
    VERSE_LONGEST,
    VERSE_MEAN_WORDS,
    VERSE_RATIO,
    VERSE_SHORTEST,
    VERSE_WORD_RATIO,
)
from textclean.stages.repetition.forms import LikelyLines
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.spans import ends_statement
from textclean.stages.repetition.stacks import stacks
from textclean.stages.repetition.units import Units
from textclean.stages.repetition.wrapping import is_mostly_filled

#: A line that opens like a numbered paragraph: "3.", "(2)", "§ 5", "1:3", "IV.", "a)", "12 And".
NUMBERED = re.compile(
    r"\s*(?:[-*•#>]\s+)?(?:§+\s*)?(?:\(?\d{1,4}[.):\]]*|\(?[a-zA-Z]{1,2}\)|[IVXLC]{1,6}[.)])(?=\s|$)"
)

#: A heading that counts, with its one figure wherever the language puts it: "Article 7",
#: "7-madde", "Qodobka 1 waad", "SHIMBI YA 2º", "(7)".
COUNTED = re.compile(
    r"(?=.{1,40}$)\D{0,40}\d{1,4}\D{0,40}$|\s*(?:[^\W\d_]{2,20}\s+){1,2}[IVXLC]{1,6}\W*$"
)

#: Who speaks: "Chairman: ", or a dash. Lines that open with a quotation mark are no sign: some
#: news reports consist of them.
SPEAKER = re.compile(r"\s*([^\W\d_][^\n:.!?]{0,30}):\s")
DASHED = re.compile(r"\s*[—–]\s*\w")

#: What code has at its line ends and prose has not.
CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:[#/]{2}|def |class |import |return |<[a-z/])|\w\(.{0,80}\)\s*[:;]|\s=\s"
)

#: Columns: tabs, bars, or two gaps of spaces inside a line.
COLUMNS = re.compile(r"\S\t+\S|\S\s*\|\s*\S|\S {3,}\S.{0,80}\S {3,}\S")

_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
}

#: Lines of verse that differ from each other.
VERSE_DISTINCT_RATIO = 0.4

#: A song in stanzas may be refrain for the most part, but not one line.
REFRAIN_LINES = 4
REFRAIN_DISTINCT_RATIO = 0.25
REFRAIN_RATIO = 0.7
STANZA_LINES = 3


def is_protected(layout: Layout) -> bool:
    r"""Whether the form of the text is one that repeats on purpose.

    >>> verse = "Row the boat, row the boat\nDown the silver stream\n"
    >>> song = verse + "Home before the evening comes\nHome to light and dream\n"
    >>> is_protected(Layout(song * 2))
    True
    >>> is_protected(Layout("One sentence. " * 9))
    False
    """
    lines, form = layout.full_lines, layout.form
    if len(lines) < FORM_LINES or not form & kinds.PROTECTED:
        return False
    likely, count = LikelyLines(layout), len(lines)
    coded = likely.of(kinds.CODE_LINE) if form & kinds.CODE else []
    columns = likely.of(kinds.COLUMN_LINE) if form & kinds.COLUMNS else []
    return (
        (form & kinds.NUMBERED != 0 and _is_numbered(likely, count))
        or (form & kinds.SPOKEN != 0 and _is_spoken(likely, count))
        or _is_mostly(CODE, coded, CODE_RATIO, count)
        or _is_mostly(COLUMNS, columns, COLUMN_RATIO, count)
        or (form & kinds.FIGURES != 0 and _is_figures(layout, lines))
        or (
            form & kinds.VERSE != 0
            and not layout.filled
            and _is_verse(layout, lines)
            and not is_mostly_filled(layout)
        )
        or (form & kinds.HEADED != 0 and _has_headings(layout, lines))  # the dearest
    )


def _is_mostly(pattern: re.Pattern[str], likely: list[str], ratio: float, count: int) -> bool:
    """Whether a pattern is found in such a share of so many lines."""
    if len(likely) / count < ratio:
        return False
    return sum([pattern.search(line) is not None for line in likely]) / count >= ratio


def _is_numbered(likely: LikelyLines, count: int) -> bool:
    """Law, scripture, instructions, minutes: their paragraphs count on from each other."""
    needed = max(FORM_LINES, NUMBERED_RATIO * count)
    heads = [
        match.group().strip()
        for line in likely.of(kinds.HEAD_LINE)
        if (match := NUMBERED.match(line) or COUNTED.match(line)) is not None
    ]
    if len(heads) < needed:
        return False
    figures = [_figure(head) for head in heads]
    steps = sum(after == before + 1 for before, after in pairwise(figures))
    return steps >= max(FORM_LINES - 1, COUNTING_RATIO * len(heads))


def _has_headings(layout: Layout, lines: Units) -> bool:
    """Law whose sections are counted in the words of a language we need not know."""
    likely = lines.of_sizes(HEADING_SHORTEST, HEADING_LONGEST)
    if len(likely) < HEADINGS:
        return False
    heads = {layout.keys(line) for line in likely if not ends_statement(layout.slice(line))}
    if len(heads) < HEADINGS:
        return False
    shared = Counter(key for head in heads for key in set(head))
    if shared.most_common(1)[0][1] < HEADING_SHARE * len(heads):
        return False
    # The lines of a list that turns around a keyword are none.
    listed = {layout.keys(line) for stack in stacks(layout) for line in stack.lines}
    return len(heads - listed) >= HEADINGS


def _figure(head: str) -> int:
    """Read the number, letter or Roman numeral (by its last letters only) of a head."""
    if digits := re.findall(r"\d{1,9}", head):
        return int(digits[-1])
    letters = re.findall(r"[^\W\d_]+", head)
    return _ROMAN.get(letters[-1].lower(), ord(letters[-1][0])) if letters else -1


def _is_spoken(likely: LikelyLines, count: int) -> bool:
    """Drama, interviews, transcripts: two speakers at least, who speak more than once."""
    needed = SPEECH_RATIO * count
    spoken = [SPEAKER.match(line) for line in likely.of(kinds.SPEAKER_LINE)]
    names = Counter(match.group(1).casefold() for match in spoken if match)
    turns = sum(times for times in names.values() if times > 1)
    recurring = sum(times > 1 for times in names.values())
    if recurring > 1 and turns >= needed:
        return True
    dashed = sum(DASHED.match(line) is not None for line in likely.of(kinds.DASHED_LINE))
    return dashed >= needed


def _is_figures(layout: Layout, lines: Units) -> bool:
    """Tables, fixtures, results, logs: most lines are half figures."""
    needed = DIGIT_RATIO * len(lines)
    if layout.figures.count(1) < needed:  # each of those lines has one
        return False
    figures = [layout.figures.count(1, first, last) for _, _, first, last in lines]
    rich: int = sum(map(ge, figures, lines.sizes(DIGIT_RATIO)))
    return rich >= needed


def _is_verse(layout: Layout, lines: Units) -> bool:
    """Poems and lyrics: short lines of a few words, most of which differ."""
    few = lines.of_sizes(VERSE_SHORTEST, VERSE_LONGEST)
    short = [line for line in few if line.end - line.start <= VERSE_LINE_WIDTH]
    if len(short) < max(VERSE_LINES, VERSE_RATIO * len(lines)):
        return False
    words = sum([last - first for _, _, first, last in short])
    if words < max(VERSE_MEAN_WORDS * len(short), VERSE_WORD_RATIO * layout.size):
        return False
    standings = Counter([layout.keys(line) for line in short])
    return len(standings) >= VERSE_DISTINCT_RATIO * len(short) or (
        len(standings) >= max(REFRAIN_LINES, REFRAIN_DISTINCT_RATIO * len(short))
        and max(standings.values()) <= REFRAIN_RATIO * len(short)
        and len(layout.blocks_of(STANZA_LINES)) > 1
    )
