"""Level ``runs``: lists and chains of one keyword, and periodic word sequences.

What stays of a run is its first item.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from operator import eq

from textclean.edits import Edit
from textclean.kernels.thresholds import SINGLE_ITEMS
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.names import is_named
from textclean.stages.repetition.recurrence import maybe_periodic, repeating_within
from textclean.stages.repetition.spans import (
    has_unspaced,
    is_balanced,
    is_quoted,
    word_count,
)
from textclean.stages.repetition.units import Unit
from textclean.stages.repetition.wide_lists import (
    item_ends,
    items_between,
    wide_list_spans,
)

REASON = "repetition.run"

#: What stands between the items of a keyword list.
SEPARATOR = re.compile(r"[,;|/·•:、،，；]|(?<=\s)[-–—>](?=\s)")

#: No keyword has one: "Ebro (made in a Spanish town), Orla (made in a Danish town)" tells apart.
BRACKET = re.compile(r"[()\[\]]")

#: Longer items are clauses, not keywords: "book cheap flights to london online today now" is one.
MAXIMUM_ITEM_WORDS = 8

#: Items a list needs -> the share of distinct words below which it turns around a keyword.
#: "red wine, white wine, sweet wine, dry wine" has 5 of 8; a price list of cities has more.
DISTINCT_RATIO = {3: 0.4, 4: 0.5, 6: 0.55}

#: A list inside a sentence that says other things too: only when it is nearly all repeats.
INNER_DISTINCT_RATIO = 0.4
WHOLE_RATIO = 0.7

#: Words that have to stand in this share of the items to be their core.
CORE_RATIO = 0.6
CORE_WORDS = 2

#: A core of one word takes a longer list, of a word as long as compounds are; what such a list
#: says again of a shorter word goes from so many items on.
KEYWORD_LETTERS, PLACED_ITEMS = 9, 8

#: Items of an enumeration to each word of theirs that comes twice.
ENUMERATED_ITEMS = 6

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


def run_edits(layout: Layout, keeper: FactKeeper) -> Iterator[Edit]:
    """Yield removals of all but the first item of each run."""
    for paragraph in maybe_periodic(layout, MAXIMUM_PERIOD, PERIODS):
        for start, end in _periodic(layout, paragraph):
            if not is_quoted(layout, start):  # a chant that is reported
                yield from _removal(layout, keeper, [(start, end)])
    for sentence in repeating_within(layout, LEAST_REPEATED):
        if sentence.size < CORE_WORDS * 3 or keeper.is_gone(sentence.start, sentence.end):
            continue
        if has_unspaced(layout, sentence):
            for piece in layout.pieces(sentence):
                yield from _removal(layout, keeper, wide_list_spans(layout, piece))
            continue  # a token is a character there, and any long sentence repeats characters
        for piece in layout.pieces(sentence):
            if not _repeats_words(layout, piece):
                continue
            spans = _list_spans(layout, piece) or _chain_span(layout, piece)
            yield from _removal(layout, keeper, spans)


def _repeats_words(layout: Layout, unit: Unit) -> bool:
    """Whether so many words repeat others; no part of a unit has more of them."""
    return unit.size - len(set(layout.keys(unit))) >= LEAST_REPEATED


def _removal(layout: Layout, keeper: FactKeeper, spans: list[tuple[int, int]]) -> Iterator[Edit]:
    for start, end in spans:
        piece = layout.text[start:end]
        if not _is_prose(piece) or not is_balanced(piece):
            continue
        if keeper.has_new_figure(layout.unit(start, end)):  # "two hundred"
            continue
        if keeper.remove([(start, end)]):
            yield Edit(start, end, "", REASON)


def _is_prose(piece: str) -> bool:
    """Whether a piece is words at all: encoded data is periodic too, and must stay whole.

    So must the cells of a row, of which several may hold the same.
    """
    if "\t" in piece:
        return False
    letters = sum(c.isalpha() or c.isspace() or unicodedata.category(c)[0] == "M" for c in piece)
    if letters < max(1, PROSE_RATIO * len(piece)):
        return False
    gaps = sum(c.isspace() or c in WORD_GAPS for c in piece)
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


def _list_spans(layout: Layout, sentence: Unit) -> list[tuple[int, int]]:
    """Return the items after the first of a keyword list, each with the separator before it."""
    items = items_between(layout, sentence, SEPARATOR)
    if len(items) < min(DISTINCT_RATIO):
        return []
    core = _core(layout, [item for item in items if item.size <= MAXIMUM_ITEM_WORDS])
    if not core:
        return []
    best: list[Unit] = []
    run: list[Unit] = []
    for item in items:
        if _holds(layout, item, core, last=item is items[-1]):
            run.append(item)
            continue
        best = max(best, run, key=len)
        run = []
    best = max(best, run, key=len)
    if len(best) < min(DISTINCT_RATIO) or not _turns_around(layout, sentence, best):
        return []
    if BRACKET.search(layout.text, best[0].start, best[-1].end):
        return []
    kept = _kept(layout, best, core)
    spans = zip(best[1:], pairwise(item_ends(layout, best)), strict=True)
    return [span for item, span in spans if item not in kept]


def _kept(layout: Layout, items: list[Unit], core: set[str]) -> set[Unit]:
    """Return the items that stay beside the first: none, or one of each where they tell apart."""
    firsts = {layout.keys(item): item for item in reversed(items)}
    different = [item for item in items if firsts[layout.keys(item)] is item]
    if len(core) < CORE_WORDS:
        is_list = len(items) >= SINGLE_ITEMS and _is_keyword(layout, different, core)
        if not is_list and len(items) < PLACED_ITEMS:
            return set(items)  # "red lorry, yellow lorry, red lorry, yellow lorry"
    else:
        shared = {key for key in core if _share(layout, different, key) >= CORE_RATIO}
        is_list = not _enumerates(layout, different, shared)
    if is_list:
        return set()
    return {*different, *(item for item in items if item.size == 1)}


def _share(layout: Layout, items: list[Unit], key: str) -> float:
    """Return the share of the items that hold a word."""
    return sum(key in layout.keys(item) for item in items) / len(items)


def _is_keyword(layout: Layout, items: list[Unit], core: set[str]) -> bool:
    """Whether one word is what a list turns around: long, once alone, and with the same others.

    "autoverzekering, goedkope autoverzekering, goedkope autoverzekering online"
    """
    own = Counter(key for item in items for key in set(layout.keys(item)) - core)
    is_long = all(len(key) >= KEYWORD_LETTERS for key in core)
    return is_long and max(own.values(), default=0) > 1 and any(item.size == 1 for item in items)


def _core(layout: Layout, items: list[Unit]) -> set[str]:
    counts = Counter(key for item in items for key in set(layout.keys(item)))
    needed = max(min(DISTINCT_RATIO), CORE_RATIO * len(items))
    function_words = layout.words.function_words
    return {
        key
        for key, count in counts.items()
        if count >= needed and key not in function_words and key[0].isalpha() and len(key) > 1
    }


def _holds(layout: Layout, item: Unit, core: set[str], *, last: bool) -> bool:
    keys = set(layout.keys(item))
    if last and keys & shared_words("conjunctions"):
        return False
    return item.size <= MAXIMUM_ITEM_WORDS and len(keys & core) * 2 >= len(core)


def _enumerates(layout: Layout, items: list[Unit], core: set[str]) -> bool:
    """Whether a list names different things of one kind: "a toy boat, a toy train, a toy crane".

    Each has a word of its own beside what all share, and of several items one such word comes
    twice ("old mill road, new mill road, old mill lane"). Forms of a keyword come with the same
    words again, and bare.
    """
    own: Counter[str] = Counter()
    function_words = layout.words.function_words
    for item in items:
        others = {key for key in layout.keys(item) if key not in core | function_words}
        own.update(others)
        if not others:
            return False
    again = sum(times > 1 for times in own.values())
    return again <= len(items) // ENUMERATED_ITEMS


def _turns_around(layout: Layout, sentence: Unit, items: list[Unit]) -> bool:
    keys = [key for item in items for key in layout.keys(item)]
    distinct = len(set(keys)) / len(keys)
    if len(keys) < WHOLE_RATIO * sentence.size:
        return distinct <= INNER_DISTINCT_RATIO
    needed = max(count for count in DISTINCT_RATIO if count <= len(items))
    return distinct <= DISTINCT_RATIO[needed]


def _chain_span(layout: Layout, sentence: Unit) -> list[tuple[int, int]]:
    """Return what follows the first round through the words of a chain without separators."""
    keys = layout.keys(sentence)
    if len(keys) < CHAIN_WORDS or len(set(keys)) > CHAIN_DISTINCT_RATIO * len(keys):
        return []
    if word_count(layout, sentence) < CHAIN_WORDS or set(keys) & layout.words.function_words:
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
