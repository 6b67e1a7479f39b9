"""Level ``runs``: lists and chains of one keyword, and periodic word sequences.

What stays of a run is its first item.
"""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from operator import eq

from textclean.edits import Edit
from textclean.stages.repetition.facts import FactKeeper, Keyword
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.lists import (
    CORE_WORDS,
    DISTINCT_RATIO,
    SEPARATOR,
    WHOLE_RATIO,
    KeywordList,
    keyword_list,
)
from textclean.stages.repetition.names import is_named
from textclean.stages.repetition.recurrence import crowded, maybe_periodic
from textclean.stages.repetition.spans import (
    has_unspaced,
    is_balanced,
    is_quoted,
    removal_span,
    word_count,
)
from textclean.stages.repetition.stacks import stacks, wide_stacks
from textclean.stages.repetition.trimming import sells, telling, trimmed
from textclean.stages.repetition.units import Unit
from textclean.stages.repetition.wide_lists import LEAST_ITEMS, items_between, wide_list_spans

REASON = "repetition.run"

#: A chain has no separators: this many words, of which so few are distinct.
CHAIN_WORDS = 12
CHAIN_DISTINCT_RATIO = 0.4

#: A keyword has a year or two; what has more different figures is a table without its columns.
CHAIN_FIGURES = 2
#: Two words in a row stand three times within so many words of a chain.
CROWD_WINDOW = 24

#: Longest period looked for, and periods needed: "very very very" and "ha ha ha" are speech.
MAXIMUM_PERIOD = 12
PERIODS = 4
WORD_PERIODS = 8
WORD_LETTERS = 4
UNSPACED_PERIOD = 2.0
PROSE_RATIO = 0.7

#: What stands between words in ASCII, one in so many characters at least.
WORD_GAPS = ",;|/-"
LONGEST_WORDS = 16

#: Repeated words of a list whose core is two words in three items: with fewer, nobody has to look
#: closer.
LEAST_REPEATED = 4

#: Standings of a word that most items of the shortest list have, or that a chain has most often.
LEAST_STANDINGS = min(DISTINCT_RATIO)


def run_edits(layout: Layout, keeper: FactKeeper) -> Iterator[Edit]:
    """Yield removals of all but the first item of each run; in no order of position."""
    for paragraph in maybe_periodic(layout, MAXIMUM_PERIOD, PERIODS):
        for start, end in _periodic(layout, paragraph):
            if not is_quoted(layout, start):  # a chant that is reported
                yield from _removal(layout, keeper, [(start, end)])
    for sentence in crowded(layout, LEAST_REPEATED, LEAST_STANDINGS, LEAST_ITEMS):
        if sentence.size >= CORE_WORDS * 3 and not keeper.is_gone(sentence.start, sentence.end):
            for piece in layout.pieces(sentence):
                yield from _list_edits(layout, keeper, piece)
    for lines, keyword, sold in stacks(layout):
        spans = [removal_span(layout.text, line.start, line.end) for line in lines[1:]]
        yield from _items_removal(layout, keeper, KeywordList(spans, keyword, is_whole=sold))
    for spans in wide_stacks(layout):
        yield from _removal(layout, keeper, spans)


def _list_edits(layout: Layout, keeper: FactKeeper, piece: Unit) -> Iterator[Edit]:
    """Yield removals of the items of a list, or of what goes of a chain."""
    if has_unspaced(layout, piece):
        # a token is a character there, and any long sentence repeats characters
        yield from _removal(layout, keeper, wide_list_spans(layout, piece))
    elif _repeats_words(layout, piece):
        found = keyword_list(layout, piece)
        if found.spans:
            yield from _items_removal(layout, keeper, found)
        else:
            yield from _removal(layout, keeper, _chain_span(layout, piece))


def _items_removal(layout: Layout, keeper: FactKeeper, found: KeywordList) -> Iterator[Edit]:
    """Yield removals of items; of one that names something, of its keyword if others sell it.

    The items that name more go first then, since what they name may stand in shorter ones.
    """
    core = frozenset() if found.keyword is None else found.keyword.words
    items = {span: layout.unit(*span) for span in found.spans}
    trims = found.is_whole and sells(layout, list(items.values()), core)
    named = {span: len(telling(layout, item, core)) for span, item in items.items()}
    order = sorted(items)
    order.sort(key=named.__getitem__, reverse=trims)  # those that name as much, as they stand
    for span in order:
        edits = list(_removal(layout, keeper, [span], found.keyword))
        if not edits and trims:
            cut = trimmed(layout, items[span], core)
            edits = list(_removal(layout, keeper, [cut] if cut else [], found.keyword))
        yield from edits


def _repeats_words(layout: Layout, unit: Unit) -> bool:
    """Whether so many words repeat others; no part of a unit has more of them."""
    return unit.size - len(set(layout.keys(unit))) >= LEAST_REPEATED


def _removal(
    layout: Layout,
    keeper: FactKeeper,
    spans: list[tuple[int, int]],
    keyword: Keyword | None = None,
) -> Iterator[Edit]:
    for start, end in spans:
        piece = layout.text[start:end]
        if not _is_prose(piece) or not is_balanced(piece):
            continue
        if keeper.has_new_figure(layout.unit(start, end)):  # "two hundred"
            continue
        if keeper.remove(start, end, keyword):
            yield Edit(start, end, "", REASON)


def _is_prose(piece: str) -> bool:
    """Whether a piece is words at all: encoded data is periodic too, and must stay whole.

    So must the cells of a row, of which several may hold the same.
    """
    if "\t" in piece:
        return False
    blanks = sum(map(str.isspace, piece))
    letters = sum(map(str.isalpha, piece)) + blanks
    if not piece.isascii():
        letters += sum([unicodedata.category(c)[0] == "M" for c in piece])
    if letters < max(1, PROSE_RATIO * len(piece)):
        return False
    gaps = blanks + sum(map(piece.count, WORD_GAPS))
    return not piece.isascii() or LONGEST_WORDS * gaps >= len(piece)


def _periodic(layout: Layout, paragraph: Unit) -> Iterator[tuple[int, int]]:
    """Yield what follows the first period of each periodic run of words."""
    keys = layout.keys(paragraph)
    if len(keys) < PERIODS * 2:
        return
    for period in range(1, min(MAXIMUM_PERIOD, len(keys) // PERIODS) + 1):
        # Whether each word is that of one period before, as bytes: runs are found by searching.
        same = bytes(map(eq, keys, keys[period:]))
        needed = (PERIODS - 1) * period
        at = same.find(b"\1" * needed)
        while at >= 0:
            end = same.find(b"\0", at + needed)
            matched = (end if end >= 0 else len(same)) - at
            first = paragraph.first + at
            unit = Unit(layout.starts[first], layout.ends[first], first, first + period)
            whole = layout.unit(unit.start, layout.ends[first + period + matched - 1])
            if _is_run(layout, unit, whole):
                yield _after_first(layout, paragraph, at, period, matched)
                return  # the next round sees what is left of the paragraph
            at = same.find(b"\1" * needed, at + matched)


def _is_run(layout: Layout, unit: Unit, whole: Unit) -> bool:
    """Whether words that come again and again at an even distance are no speech, song or table.

    Args:
        layout: The text.
        unit: The first period.
        whole: All of them.
    """
    period = layout.keys(unit)
    if len(set(period)) == 1:
        word = period[0]
        is_word = len(word) >= WORD_LETTERS and word.isalpha()
        return whole.size >= WORD_PERIODS and is_word and _fills_sentence(layout, whole)
    if _are_cells(layout, whole):
        return False
    return word_count(layout, unit) >= UNSPACED_PERIOD


def _fills_sentence(layout: Layout, run: Unit) -> bool:
    """Whether a run of one word is most of one sentence: "and the crowd sang ole, ole, ole" tells.

    So does a chant of one word a sentence: "Goal! Goal! Goal!"
    """
    sentence = layout.sentence_at(run.first)
    return run.last <= sentence.last and run.size >= WHOLE_RATIO * sentence.size


def _are_cells(layout: Layout, run: Unit) -> bool:
    """Whether no blank stands between words: the cells of a row, of which several are the same."""
    if has_unspaced(layout, run):
        return False
    return not any(map(str.isspace, layout.slice(run)))


def _after_first(
    layout: Layout, paragraph: Unit, at: int, period: int, matched: int
) -> tuple[int, int]:
    first = paragraph.first + at
    whole = matched // period * period
    last = first + period + whole - 1
    tail = first + period + matched - 1  # a part of one more period
    if tail + 1 >= paragraph.last:
        last = tail
    return layout.ends[first + period - 1], layout.ends[last]


def _chain_span(layout: Layout, sentence: Unit) -> list[tuple[int, int]]:
    """Return what follows the first round through the words of a chain without separators."""
    keys = layout.keys(sentence)
    if len(keys) < CHAIN_WORDS or len(set(keys)) > CHAIN_DISTINCT_RATIO * len(keys):
        return []
    if word_count(layout, sentence) < CHAIN_WORDS or not layout.words.function_words.isdisjoint(
        keys
    ):
        return []
    if not _is_crowded(keys):
        return []
    if len(items_between(layout, sentence, SEPARATOR)) >= min(DISTINCT_RATIO):
        return []
    seen: set[str] = set()
    for number, key in enumerate(keys):
        if key in seen and number > 1:
            return _between_names(layout, sentence.first + number, sentence.last)
        seen.add(key)
    return []


def _between_names(layout: Layout, first: int, last: int) -> list[tuple[int, int]]:
    """Return the stretches of words that no name and no figure interrupts; none of a table."""
    figures = {layout.all_keys[number] for number in range(first, last) if layout.numerals[number]}
    if len(figures) > CHAIN_FIGURES:
        return []
    found: list[tuple[int, int]] = []
    reached = first
    for number in range(first, last + 1):
        if number < last and not layout.numerals[number] and not is_named(layout, number):
            continue
        if number > reached:
            found.append((layout.ends[reached - 1], layout.ends[number - 1]))
        reached = number + 1
    return found


def _is_crowded(keys: tuple[str, ...]) -> bool:
    """Whether two words in a row stand three times close together."""
    places: dict[tuple[str, str], tuple[int, int]] = {}
    for number, pair in enumerate(pairwise(keys)):
        before, last = places.get(pair, (-CROWD_WINDOW, -CROWD_WINDOW))
        if number - before < CROWD_WINDOW:
            return True
        places[pair] = (last, number)
    return False
