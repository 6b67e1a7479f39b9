"""Keyword lists: items that turn around the same words, "cheap flights, cheap flights london".

What stays of one is its first item, and what names something.
"""

import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from textclean.kernels.thresholds import SINGLE_ITEMS
from textclean.stages.repetition.facts import Keyword
from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.units import Unit
from textclean.stages.repetition.wide_lists import item_ends, items_between

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


class KeywordList(NamedTuple):
    """A list that turns around a keyword.

    Attributes:
        spans: The items that go, each with the separator before it.
        keyword: What it turns around; None of no such list.
        is_whole: Whether it is all of a sentence, and none of its items stays for itself.
    """

    spans: list[tuple[int, int]]
    keyword: Keyword | None
    is_whole: bool


def keyword_list(layout: Layout, sentence: Unit) -> KeywordList:
    """Return the keyword list that a sentence is or holds; its first item stays."""
    items = items_between(layout, sentence, SEPARATOR)
    core = core_of(layout, [item for item in items if item.size <= MAXIMUM_ITEM_WORDS])
    best = longest_run(layout, items, core) if core else []
    if len(best) < min(DISTINCT_RATIO) or not _turns_around(layout, sentence, best):
        return KeywordList([], None, is_whole=False)
    if BRACKET.search(layout.text, best[0].start, best[-1].end):
        return KeywordList([], None, is_whole=False)
    kept = _kept(layout, best, core)
    spans = zip(best[1:], pairwise(item_ends(layout, best)), strict=True)
    keyword = Keyword(frozenset(core), best[0].first, best[-1].last)
    return KeywordList(
        [span for item, span in spans if item not in kept],
        keyword,
        is_whole=not kept and _words(best) >= WHOLE_RATIO * sentence.size,
    )


def _words(items: list[Unit]) -> int:
    return sum(item.size for item in items)


def longest_run(layout: Layout, items: list[Unit], core: set[str]) -> list[Unit]:
    """Return the longest run of items that hold enough words of a keyword."""
    best: list[Unit] = []
    run: list[Unit] = []
    for item in items:
        if _holds(layout, item, core, last=item is items[-1]):
            run.append(item)
            continue
        best = max(best, run, key=len)
        run = []
    return max(best, run, key=len)


def _kept(layout: Layout, items: list[Unit], core: set[str]) -> set[Unit]:
    """Return the items that stay beside the first: none, or one of each where they tell apart."""
    firsts = {layout.keys(item): item for item in reversed(items)}
    different = [item for item in items if firsts[layout.keys(item)] is item]
    if len(core) < CORE_WORDS:
        is_list = len(items) >= SINGLE_ITEMS and is_keyword(layout, different, core)
        if not is_list and len(items) < PLACED_ITEMS:
            return set(items)  # "red lorry, yellow lorry, red lorry, yellow lorry"
    else:
        shared = {key for key in core if _share(layout, different, key) >= CORE_RATIO}
        is_list = not enumerates(layout, different, shared)
    if is_list:
        return set()
    return {*different, *(item for item in items if item.size == 1)}


def _share(layout: Layout, items: list[Unit], key: str) -> float:
    """Return the share of the items that hold a word."""
    return sum(key in layout.keys(item) for item in items) / len(items)


def is_keyword(layout: Layout, items: list[Unit], core: set[str]) -> bool:
    """Whether one word is what a list turns around: long, once alone, and with the same others.

    "autoverzekering, goedkope autoverzekering, goedkope autoverzekering online"
    """
    own = Counter(key for item in items for key in set(layout.keys(item)) - core)
    is_long = all(len(key) >= KEYWORD_LETTERS for key in core)
    return is_long and max(own.values(), default=0) > 1 and any(item.size == 1 for item in items)


def core_of(layout: Layout, items: list[Unit]) -> set[str]:
    """Return the words of content that stand in most items."""
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
    if last and keys & (layout.words.coordinators or shared_words("conjunctions")):
        return False
    return item.size <= MAXIMUM_ITEM_WORDS and len(keys & core) * 2 >= len(core)


def enumerates(layout: Layout, items: list[Unit], core: set[str]) -> bool:
    """Whether a list names different things of one kind: "a toy boat, a toy train, a toy crane".

    Each has a word of its own beside what all share, and of several items one such word comes
    twice ("old mill road, new mill road, old mill lane"). Forms of a keyword come with the same
    words again, and bare.
    """
    own: Counter[str] = Counter()
    function_words = layout.words.function_words
    for item in items:
        others = {key for key in layout.keys(item) if key not in core and key not in function_words}
        own.update(others)
        if not others:
            return False
    again = sum(times > 1 for times in own.values())
    return again <= len(items) // ENUMERATED_ITEMS


def _turns_around(layout: Layout, sentence: Unit, items: list[Unit]) -> bool:
    """Whether items have so few distinct words as a keyword list, as far as they are a sentence."""
    keys = [key for item in items for key in layout.keys(item)]
    distinct = len(set(keys)) / len(keys)
    if len(keys) < WHOLE_RATIO * sentence.size:
        return distinct <= INNER_DISTINCT_RATIO
    return distinct <= distinct_ratio(len(items))


def distinct_ratio(items: int) -> float:
    """Return the share of distinct words below which so many items turn around a keyword."""
    return DISTINCT_RATIO[max(count for count in DISTINCT_RATIO if count <= items)]
