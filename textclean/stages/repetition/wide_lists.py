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
from textclean.stages.repetition.trimming import SELLING_FORMS, end_with_blank
from textclean.stages.repetition.units import Unit

#: What stands between the items; blanks do in lists without other signs.
SIGNS = re.compile(r"[,;|/·•:、،，；：｜／]|(?<=\s)[-–—>](?=\s)")
BLANKS = re.compile(r"\s+")

#: No keyword has one.
BRACKET = re.compile(r"[()\[\]（）「」『』《》“”\"]")

UNSPACED = re.compile(f"[{UNSPACED_RANGES}]")

#: A sign that is a word.
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")

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

    The first stays, and of another one what may name a place.

    >>> layout = Layout("租车网、北京租车网、租车网价格、上海租车网价格、租车网价格表、租车网")
    >>> [layout.text[start:end] for start, end in wide_list_spans(layout, layout.lines[0])][:2]
    ['租车网', '、租车网价格']
    """
    if not _may_have_core(layout.keys(piece)):
        return []
    for separator in (SIGNS, BLANKS):
        items, core = longest_wide_run(layout, items_between(layout, piece, separator))
        if items and turns_around(layout, piece, items):
            spans = list(pairwise(item_ends(layout, items)))
            return list(what_goes(layout, items, core, spans))
    return []


def what_goes(
    layout: Layout, items: list[Unit], core: tuple[str, ...], spans: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield what goes of each item but the first.

    Args:
        layout: The text.
        items: Of a list.
        core: Its keyword.
        spans: Of all items but the first, with what parts them.
    """
    named, is_sold = _naming(layout, items, core), sells_wide(layout, items, core)
    for item, span in zip(items[1:], spans, strict=True):
        if item not in named:
            yield span
            continue
        side, *others = named[item]
        if not is_sold or others or layout.numerals.find(1, item.first, item.last) >= 0:
            continue
        if side.first == item.first:
            yield side.end, span[1]
        else:
            yield layout.starts[item.first], end_with_blank(layout, side.first - 1)


def sells_wide(layout: Layout, items: list[Unit], core: tuple[str, ...]) -> bool:
    """Whether several forms of the keyword have only such words as stand beside keywords."""
    forms = {
        layout.keys(item)
        for item in items
        if layout.keys(item) != core
        and all(_modifies(layout.keys(side)) for side in _sides(layout, item, core))
    }
    return len(forms) >= SELLING_FORMS


def _naming(layout: Layout, items: list[Unit], core: tuple[str, ...]) -> dict[Unit, list[Unit]]:
    """Return the items that may name something, a place say, that stands nowhere else.

    What stands beside the keyword there is no word of lists that sell. With each item, the sides
    of the keyword that do.
    """
    first, behind = items[0].first, items[-1].last
    telling = {
        item: [
            side
            for side in _sides(layout, item, core)
            if not _modifies(layout.keys(side))
            and all(first <= place < behind for place in layout.places(layout.keys(side)))
        ]
        for item in items
    }
    known = {layout.keys(side) for side in telling[items[0]]}
    found: dict[Unit, list[Unit]] = {}
    for item in sorted(items[1:], key=lambda item: (len(telling[item]), item)):
        new = [side for side in telling[item] if layout.keys(side) not in known]
        if new:
            found[item] = new
            known.update(map(layout.keys, new))
    return found


def _sides(layout: Layout, item: Unit, core: tuple[str, ...]) -> list[Unit]:
    """Return what stands before and behind the keyword in an item."""
    at = item.first + _place(layout.keys(item), core)
    bounds = (item.first, at), (at + len(core), item.last)
    return [
        Unit(layout.starts[first], layout.ends[last - 1], first, last)
        for first, last in bounds
        if first < last
    ]


def _modifies(part: tuple[str, ...]) -> bool:
    """Whether a part of an item consists of words that stand beside keywords.

    Two characters that are each a word may be a place together: "长春".
    """
    text, words = "".join(part), all_modifiers()
    reached, behind_sign = {0}, set[int]()  # where words end, and where one of a single sign does
    for start in range(len(text)):
        if start not in reached | behind_sign:
            continue
        for end in range(start + 1, min(len(text), start + LONGEST_ITEM) + 1):
            if text[start:end] not in words:
                continue
            if end > start + 1 or not HAN.match(text, start):
                reached.add(end)
            elif start in reached:
                behind_sign.add(end)
    return len(text) in reached | behind_sign


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


def longest_wide_run(layout: Layout, items: list[Unit]) -> tuple[list[Unit], tuple[str, ...]]:
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
        parts = list(map(layout.keys, _sides(layout, item, core)))
        if not parts or not beside.isdisjoint(parts):
            return False
        beside.update(parts)
    return True


def turns_around(layout: Layout, piece: Unit, items: list[Unit]) -> bool:
    """Whether items are most of a piece, and few of their characters are distinct."""
    keys = [key for item in items for key in layout.keys(item)]
    if len(keys) < WHOLE_RATIO * piece.size:
        return False
    if BRACKET.search(layout.text, items[0].start, items[-1].end):
        return False
    needed = max(count for count in DISTINCT_RATIO if count <= len(items))
    return len(set(keys)) <= DISTINCT_RATIO[needed] * len(keys)
