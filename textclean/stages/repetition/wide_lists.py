"""Keyword lists in scripts without spaces, where a token is a character and words are not known.

The keyword is the longest run of characters that most items share.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from textclean.stages.repetition.languages import all_modifiers
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.spans import SENTENCE_ENDS
from textclean.stages.repetition.tokens import UNSPACED as UNSPACED_RANGES
from textclean.stages.repetition.units import Unit

#: What stands between the items; blanks do in lists without other signs.
SIGNS = re.compile(r"[,;|/·•:、،，；：｜／]|(?<=\s)[-–—>](?=\s)")
BLANKS = re.compile(r"\s+")

#: No keyword has one.
BRACKET = re.compile(r"[()\[\]（）「」『』《》“”\"]")

UNSPACED = re.compile(f"[{UNSPACED_RANGES}]")

#: Characters of a keyword, and of an item, which is a clause when it is longer.
CORE_SIZE, LONGEST_ITEM = 3, 16

#: Items a list needs, the share of them that hold the keyword, and what share of the characters
#: around the list the items take.
LEAST_ITEMS = 4
CORE_RATIO = 0.6
WHOLE_RATIO = 0.7

#: Items -> share of distinct characters below which they turn around the keyword.
DISTINCT_RATIO = {4: 0.5, 6: 0.55}


def wide_list_spans(layout: Layout, piece: Unit) -> list[tuple[int, int]]:
    """Return the items of a keyword list that go, each with what parts it.

    The first stays, and what may name a place.

    >>> layout = Layout("租车网、北京租车网、租车网价格、上海租车网价格、租车网价格表、租车网")
    >>> [layout.text[start:end] for start, end in wide_list_spans(layout, layout.lines[0])][:2]
    ['、租车网价格', '、租车网价格表']
    """
    if not _may_have_core(layout.keys(piece)):
        return []
    for separator in (SIGNS, BLANKS):
        items, core = _longest_run(layout, items_between(layout, piece, separator))
        if items and _turns_around(layout, piece, items):
            kept = set(_naming(layout, items, core))
            spans = zip(items[1:], pairwise(item_ends(layout, items)), strict=True)
            return [span for item, span in spans if item not in kept]
    return []


def _naming(layout: Layout, items: list[Unit], core: tuple[str, ...]) -> Iterator[Unit]:
    """Yield the items that may name something, a place say, that stands nowhere else.

    What stands beside the keyword there is no word of lists that sell.
    """
    first, behind = items[0].first, items[-1].last
    named = set(_beside(layout.keys(items[0]), core))
    for item in items[1:]:
        new = {
            part
            for part in _beside(layout.keys(item), core)
            if not _modifies(part) and all(first <= place < behind for place in layout.places(part))
        }
        if not new <= named:
            named |= new
            yield item


def _beside(keys: tuple[str, ...], core: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return what stands before and behind the keyword in an item."""
    at = _place(keys, core)
    return [part for part in (keys[:at], keys[at + len(core) :]) if part]


def _modifies(part: tuple[str, ...]) -> bool:
    """Whether a part of an item consists of words that stand beside keywords."""
    text, reached = "".join(part), {0}
    words = all_modifiers()
    for start in range(len(text)):
        if start in reached:
            longest = min(len(text), start + LONGEST_ITEM)
            reached |= {end for end in range(start + 1, longest + 1) if text[start:end] in words}
    return len(text) in reached


def _may_have_core(keys: tuple[str, ...]) -> bool:
    """Whether any characters in a row stand often enough to be a keyword."""
    grams = Counter(zip(keys, keys[1:], keys[2:], strict=False))
    return any(times >= LEAST_ITEMS for times in grams.values())


def items_between(layout: Layout, piece: Unit, separator: re.Pattern[str]) -> list[Unit]:
    """Cut a piece at its separators; only what has words counts."""
    found: list[Unit] = []
    reached = piece.start
    for match in separator.finditer(layout.text, piece.start, piece.end):
        found.append(layout.unit(reached, match.start()))
        reached = match.end()
    found.append(layout.unit(reached, piece.end))
    return [item for item in found if item.size]


def item_ends(layout: Layout, items: list[Unit]) -> list[int]:
    """Return where each item ends with the signs behind its last word: "C++", but no full stop.

    >>> layout = Layout("the 'old pier', C++. ")
    >>> item_ends(layout, [layout.unit(0, 14), layout.unit(15, 21)])
    [14, 19]
    """
    ends: list[int] = []
    for item in items:
        end = layout.ends[item.last - 1]
        while end < item.end and not _ends_item(layout.text[end]):
            end += 1
        ends.append(end)
    return ends


def _ends_item(character: str) -> bool:
    return character.isspace() or character in SENTENCE_ENDS


def _longest_run(layout: Layout, items: list[Unit]) -> tuple[list[Unit], tuple[str, ...]]:
    """Return the longest run of short items that hold the keyword, or none, and the keyword."""
    short = [item for item in items if item.size <= LONGEST_ITEM]
    core = _core(layout, short)
    if not core:
        return [], ()
    best: list[Unit] = []
    run: list[Unit] = []
    for item in items:
        if item.size <= LONGEST_ITEM and _place(layout.keys(item), core) >= 0:
            run.append(item)
            continue
        best = max(best, run, key=len)
        run = []
    best = max(best, run, key=len)
    if len(best) < LEAST_ITEMS or _enumerates(layout, best, core):
        return [], ()
    return best, core


def _core(layout: Layout, items: list[Unit]) -> tuple[str, ...]:
    """Return the longest run of characters that enough items hold; the first of several.

    It begins with a character of these scripts, by which the compiled triage knows it.
    """
    needed = max(LEAST_ITEMS, CORE_RATIO * len(items))
    core: tuple[str, ...] = ()
    for size in range(CORE_SIZE, LONGEST_ITEM + 1):
        counts = Counter(
            gram for item in items for gram in dict.fromkeys(_grams(layout.keys(item), size))
        )
        likely = [gram for gram, times in counts.items() if times >= needed]
        if not likely:
            break
        core = next((gram for gram in likely if UNSPACED.match(gram[0])), core)
    return core


def _grams(keys: tuple[str, ...], size: int) -> list[tuple[str, ...]]:
    return [keys[at : at + size] for at in range(len(keys) - size + 1)]


def _place(keys: tuple[str, ...], core: tuple[str, ...]) -> int:
    """Return where the keyword stands in an item, or -1."""
    grams = _grams(keys, len(core))
    return grams.index(core) if core in grams else -1


def _enumerates(layout: Layout, items: list[Unit], core: tuple[str, ...]) -> bool:
    """Whether a list names different things of one kind: "第一中学校、第二中学校".

    None is the keyword alone, and what stands beside it is another thing each time.
    """
    beside: set[tuple[str, ...]] = set()
    for item in items:
        parts = _beside(layout.keys(item), core)
        if not parts or not beside.isdisjoint(parts):
            return False
        beside.update(parts)
    return True


def _turns_around(layout: Layout, piece: Unit, items: list[Unit]) -> bool:
    keys = [key for item in items for key in layout.keys(item)]
    if len(keys) < WHOLE_RATIO * piece.size:
        return False
    if BRACKET.search(layout.text, items[0].start, items[-1].end):
        return False
    needed = max(count for count in DISTINCT_RATIO if count <= len(items))
    return len(set(keys)) <= DISTINCT_RATIO[needed] * len(keys)
