r"""Keyword lists whose items are lines of their own: "- cheap flights\n- cheap flights london"."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from textclean.kernels.thresholds import ITEM_WORDS, STACK_FIGURES, STACK_LINES
from textclean.stages.repetition.facts import Keyword
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.lists import (
    BRACKET,
    CORE_RATIO,
    CORE_WORDS,
    core_of,
    distinct_ratio,
    enumerates,
    is_keyword,
    longest_run,
)
from textclean.stages.repetition.spans import has_unspaced, removal_span
from textclean.stages.repetition.trimming import is_term, sells
from textclean.stages.repetition.units import Unit
from textclean.stages.repetition.wide_lists import (
    LONGEST_ITEM,
    longest_wide_run,
    sells_wide,
    turns_around,
    what_goes,
)

#: What stands before the first word of a line.
BULLET = re.compile(r"[ \t]{0,40}(?:[-*•·‣▪–—+>#][ \t]{1,8})?")

#: What stands between two words of a plain line, and behind the last.
PLAIN_GAP = frozenset(" '-")

#: Words with nothing else between and behind them.
PLAIN = re.compile(r"[\w '-]*")

#: Share of the words of such lines that carry grammar, at most: verse and speech have more.
GRAMMAR_RATIO = 0.34

#: Different lines of a stack; equal ones are the work of the level for equal lines.
DIFFERENT = 4


class Stack(NamedTuple):
    """A keyword list of lines.

    Attributes:
        lines: The first of them stays.
        keyword: What they turn around.
        sells: Whether some of them tell that it is a keyword, and no name.
    """

    lines: list[Unit]
    keyword: Keyword
    sells: bool


def stacks(layout: Layout) -> Iterator[Stack]:
    r"""Yield the keyword lists whose items are lines.

    >>> text = "oak gates\noak gates rent\ncheap oak gates\nbuy oak gates\noak gates\nRain fell."
    >>> [len(stack.lines) for stack in stacks(Layout(text))]
    [5]
    """
    if layout.wrapped:
        return
    for lines in _short_lines(layout, ITEM_WORDS):
        different = _different(layout, lines)
        core = core_of(layout, different)
        if not core or any(has_unspaced(layout, line) for line in lines):
            continue
        if len(core) < CORE_WORDS and not is_keyword(layout, different, core):
            continue
        items = longest_run(layout, lines, core)
        if len(items) < STACK_LINES or not is_term(layout, items, core):
            continue
        if _turns_around(layout, items, core):
            keyword = Keyword(frozenset(core), items[0].first, items[-1].last)
            yield Stack(items, keyword, sells(layout, items, core))


def wide_stacks(layout: Layout) -> Iterator[list[tuple[int, int]]]:
    r"""Yield what goes of the same in scripts without spaces, where they sell something.

    >>> layout = Layout("二手房\n特价二手房\n二手房价格\n特价二手房价格\n二手房查询\n雨停了。")
    >>> [[layout.text[start:end] for start, end in spans] for spans in wide_stacks(layout)]
    [['\n特价二手房', '\n二手房价格', '\n特价二手房价格', '\n二手房查询']]
    """
    if layout.wrapped or not layout.has_unspaced:
        return
    for lines in _short_lines(layout, LONGEST_ITEM):
        items, core = longest_wide_run(layout, lines)
        if len(items) < STACK_LINES or len(_different(layout, items)) < DIFFERENT:
            continue
        whole = layout.unit(items[0].start, items[-1].end)
        if turns_around(layout, whole, items) and sells_wide(layout, items, core):
            spans = [removal_span(layout.text, line.start, line.end) for line in items[1:]]
            yield list(what_goes(layout, items, core, spans))


def _short_lines(layout: Layout, most: int) -> Iterator[list[Unit]]:
    """Yield the runs of lines of so many words that end no sentence; blank ones do not count."""
    run: list[Unit] = []
    for line in layout.full_lines:
        if line.last - line.first <= most and _is_plain(layout, line):
            run.append(line)
            continue
        if len(run) >= STACK_LINES:
            yield run
        run = []
    if len(run) >= STACK_LINES:
        yield run


def _is_plain(layout: Layout, line: Unit) -> bool:
    """Whether a line is words, behind a bullet or not.

    No statement, no figure with a sign, and no row of a table.
    """
    if layout.figures.count(1, line.first, line.last) > STACK_FIGURES:
        return False
    first = layout.starts[line.first]
    if PLAIN.fullmatch(layout.text, first, line.end) is None and not _has_plain_gaps(layout, line):
        return False
    return BULLET.fullmatch(layout.text, line.start, first) is not None


def _has_plain_gaps(layout: Layout, line: Unit) -> bool:
    """Whether words that hold other signs themselves stand so: "1,200 l’eau"."""
    bounds = [*layout.starts[line.first + 1 : line.last], line.end]
    gaps = map(layout.text.__getitem__, map(slice, layout.ends[line.first : line.last], bounds))
    return all(map(PLAIN_GAP.issuperset, gaps))


def _different(layout: Layout, lines: list[Unit]) -> list[Unit]:
    """Return one of each of several equal lines."""
    return list({layout.keys(line): line for line in lines}.values())


def _turns_around(layout: Layout, items: list[Unit], core: set[str]) -> bool:
    keys = [key for item in items for key in layout.keys(item)]
    if len(set(keys)) > distinct_ratio(len(items)) * len(keys):
        return False
    different = _different(layout, items)
    return (
        _has_little_grammar(layout, different)
        and len(different) >= DIFFERENT
        and not enumerates(layout, different, core)
        and BRACKET.search(layout.text, items[0].start, items[-1].end) is None
    )


def _has_little_grammar(layout: Layout, items: list[Unit]) -> bool:
    """Whether few words carry grammar, aside from what the keyword has: "alquiler de pisos"."""
    counts = Counter(key for item in items for key in layout.keys(item))
    needed = CORE_RATIO * len(items)
    grammar = sum(
        times
        for key, times in counts.items()
        if times < needed and key in layout.words.function_words
    )
    return grammar <= GRAMMAR_RATIO * counts.total()
