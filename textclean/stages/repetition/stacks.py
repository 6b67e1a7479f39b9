r"""Keyword lists whose items are lines of their own: "- cheap flights\n- cheap flights london"."""

import re
from collections.abc import Iterator

from textclean.kernels.thresholds import ITEM_WORDS, STACK_FIGURES, STACK_LINES
from textclean.stages.repetition.facts import Keyword
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.lists import (
    BRACKET,
    CORE_WORDS,
    core_of,
    distinct_ratio,
    enumerates,
    longest_run,
)
from textclean.stages.repetition.spans import has_unspaced
from textclean.stages.repetition.units import Unit

#: A line of words, behind a bullet or not: no statement, figure with a sign, or row of a table.
PLAIN = re.compile(
    r"[ \t]{0,40}(?:[-*•·‣▪–—+>#][ \t]{1,8})?[^\W_](?:[\w '-]|(?<=\w)’(?=\w)){0,200}"
)

#: Share of the words of such lines that carry grammar, at most: verse and speech have more.
GRAMMAR_RATIO = 0.34

#: Different lines of a stack; equal ones are the work of the level for equal lines.
DIFFERENT = 4


def stacks(layout: Layout) -> Iterator[tuple[list[Unit], Keyword]]:
    r"""Yield the lines of each keyword list, the first that stays among them, and its keyword.

    >>> text = "oak gates\noak gates rent\ncheap oak gates\nbuy oak gates\noak gates\nRain fell."
    >>> [len(lines) for lines, _ in stacks(Layout(text))]
    [5]
    """
    if layout.wrapped:
        return
    for lines in _short_lines(layout):
        core = core_of(layout, _different(layout, lines))
        if len(core) < CORE_WORDS:
            continue
        items = longest_run(layout, lines, core)
        if len(items) >= STACK_LINES and _turns_around(layout, items, core):
            yield items, Keyword(frozenset(core), items[0].first, items[-1].last)


def _short_lines(layout: Layout) -> Iterator[list[Unit]]:
    """Yield the runs of short lines that end no sentence; blank ones between do not count."""
    run: list[Unit] = []
    for line in layout.full_lines:
        if line.size <= ITEM_WORDS and _is_plain(layout, line):
            run.append(line)
            continue
        if len(run) >= STACK_LINES:
            yield run
        run = []
    if len(run) >= STACK_LINES:
        yield run


def _is_plain(layout: Layout, line: Unit) -> bool:
    if layout.figures.count(1, line.first, line.last) > STACK_FIGURES:
        return False
    return PLAIN.fullmatch(layout.text, line.start, line.end) is not None


def _different(layout: Layout, lines: list[Unit]) -> list[Unit]:
    """Return one of each of several equal lines."""
    return list({layout.keys(line): line for line in lines}.values())


def _turns_around(layout: Layout, items: list[Unit], core: set[str]) -> bool:
    keys = [key for item in items for key in layout.keys(item)]
    if len(set(keys)) > distinct_ratio(len(items)) * len(keys):
        return False
    grammar = sum(key in layout.words.function_words for key in keys)
    different = _different(layout, items)
    return (
        grammar <= GRAMMAR_RATIO * len(keys)
        and len(different) >= DIFFERENT
        and not enumerates(layout, different, core)
        and not any(has_unspaced(layout, item) for item in items)
        and BRACKET.search(layout.text, items[0].start, items[-1].end) is None
    )
