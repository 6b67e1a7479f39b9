"""Level ``exact``: a block, line or sentence repeated word for word; the first stays."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator

from textclean.edits import Edit
from textclean.kernels.thresholds import CALL_WORDS, SLIP_WORDS, STATEMENT_WORDS
from textclean.stages.repetition.content import content, content_of
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.formula import is_formulaic
from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.meant import is_spoken, is_step, is_turn
from textclean.stages.repetition.recurrence import of_same_start, repeated, words_needed
from textclean.stages.repetition.spans import (
    BULLET,
    ends_statement,
    is_balanced,
    is_quoted,
    is_refrain,
    removal_span,
    signature,
    word_count,
)
from textclean.stages.repetition.units import Unit, Units

#: A list item, such as an ingredient, may belong to two lists.
ITEM_WORDS = {2: 12, 4: 6}

#: What has fewer words and says when, how much, who or where says it of the item it stands with:
#: "Posted 3 hours ago", "Out of work since 1 May.", "Old Town Recital Hall".
SHORT_WORDS = 8
NAME_WORDS = 2

#: A label before a name, such as "Photo by:" under a picture, has at most so many words.
LABEL_WORDS = 3

#: Shorter sentences that begin as "The train did not come." come back in a tale on purpose.
TALE_WORDS = 6

#: A match, or its result: "Hill Athletic v Dockside", "2-1".
FIXTURE = re.compile(r"[^\W\d_] (?:v|vs\.?|\d{1,2}[-–]\d{1,2}) [^\W\d_]")

#: White space before a line's first word, as far as it is looked at.
LONGEST_INDENT = 80

#: Words before a response that are the same each time.
SAME_END = 2

#: First words that are the same in sentences which fill one place.
SAME_START = 3


def exact_edits(layout: Layout, keeper: FactKeeper) -> Iterator[Edit]:
    """Yield removals of blocks, then lines, then sentences; in no order of position."""
    yield from _repeats(layout, keeper, layout.blocks_of(2), "repetition.paragraph")
    if not layout.wrapped:
        yield from _repeats(layout, keeper, layout.paragraphs, "repetition.line")
    yield from _repeats(layout, keeper, layout.sentences, "repetition.sentence")


def _repeats(layout: Layout, keeper: FactKeeper, units: Units, reason: str) -> Iterator[Edit]:
    keyed = [
        (signature(layout, unit), unit)
        for unit in repeated(layout, units, STATEMENT_WORDS)
        if not keeper.is_gone(unit.start, unit.end)
    ]
    standings = Counter(key for key, _ in keyed)
    firsts: dict[tuple[str, ...], Unit] = {}
    for key, unit in keyed:
        first = firsts.setdefault(key, unit)
        if first is unit or not _may_go(layout, unit, standings[key]):
            continue
        if word_count(layout, unit) < SHORT_WORDS and (
            _is_of_its_item(layout, unit) or _is_of_its_place(layout, unit)
        ):
            continue
        if standings[key] == 2 and _is_meant(layout, first, unit):  # noqa: PLR2004
            continue
        if word_count(layout, unit) < SLIP_WORDS and (
            is_formulaic(layout)
            or _is_response(layout, first, unit)
            or is_turn(layout, unit)
            or (not _is_own_line(layout, unit) and is_step(layout, unit))
        ):
            continue
        start, end = keeper.trimmed(*removal_span(layout.text, unit.start, unit.end))
        if keeper.remove_repeat(start, end, first, unit):
            yield Edit(start, end, "", reason)


def _may_go(layout: Layout, unit: Unit, standings: int) -> bool:
    words = word_count(layout, unit)
    if words < words_needed(STATEMENT_WORDS, standings):  # the others need more
        return False
    piece = layout.slice(unit)
    if not is_balanced(piece) or piece.rstrip().endswith((":", "：")):
        return False
    if is_refrain(layout, unit, standings):
        return False
    if BULLET.match(piece):
        needed = ITEM_WORDS
    else:
        needed = STATEMENT_WORDS if ends_statement(piece) else CALL_WORDS
    return words >= words_needed(needed, standings)


def _is_meant(layout: Layout, first: Unit, second: Unit) -> bool:
    """Whether a sentence that stands twice may be meant to.

    What somebody said twice, he said twice; two shows may cost the same; a tale may end with what
    it began with; and "They are free" is another statement behind another sentence.
    """
    if is_quoted(layout, first.start) and is_quoted(layout, second.start):
        return True
    if _is_own_line(layout, second) or word_count(layout, second) >= SLIP_WORDS:
        return False
    if is_spoken(layout, second):
        return True
    if second.last == layout.size or any(key[0].isdecimal() for key in layout.keys(second)):
        return True
    return _leans(layout, second) and _keys_before(layout, first) != _keys_before(layout, second)


def _leans(layout: Layout, unit: Unit) -> bool:
    """Whether a sentence begins with a pronoun, and so speaks of what stands before it."""
    return layout.all_keys[unit.first] in layout.words.pronouns and _keys_before(layout, unit) != ()


def _keys_before(layout: Layout, unit: Unit) -> tuple[str, ...]:
    """Return the last words before a unit in its line."""
    line = layout.lines[bisect_right(layout.line_starts, unit.start) - 1]
    return layout.all_keys[max(line.first, unit.first - SAME_END) : unit.first]


def _is_of_its_item(layout: Layout, unit: Unit) -> bool:
    """Whether a short unit states of the item it stands with what it states of others elsewhere.

    A figure does, unless an own line is a sentence (a call to action: "Order 2 today!"); so does
    a line that is a name, right below another line that is no sentence.
    """
    is_statement = ends_statement(layout.slice(unit))
    if not is_statement and _is_credit(layout, unit):
        return True
    if layout.figures.find(1, unit.first, unit.last) >= 0:
        return not (is_statement and _is_own_line(layout, unit))
    if is_statement or not _is_own_line(layout, unit):
        return False
    if FIXTURE.search(layout.slice(_line_above(layout, unit))[:LONGEST_INDENT]):
        return True  # "Winners meet in the final" below each pair of matches
    if not _is_name(layout, unit):
        return False
    above = layout.lines[max(0, bisect_right(layout.line_starts, unit.start) - 2)]
    is_item = above.size > 0 and layout.keys(above) != layout.keys(unit)
    return is_item and above.end < unit.start and not ends_statement(layout.slice(above))


def _line_above(layout: Layout, unit: Unit) -> Unit:
    """Return the line with words before that of a unit; the first is its own."""
    number = bisect_right(layout.line_starts, unit.start) - 1
    while number > 0:
        number -= 1
        if layout.lines[number].size:
            break
    return layout.lines[number]


def _is_credit(layout: Layout, unit: Unit) -> bool:
    """Whether a unit is a label and a name, as under each picture: "Photo: Ines Calder"."""
    at = layout.text.find(":", unit.start, unit.end)
    if at < 0:
        return False
    label, name = layout.unit(unit.start, at), layout.unit(at, unit.end)
    return 0 < label.size <= LABEL_WORDS and _is_name(layout, name)


def _is_of_its_place(layout: Layout, unit: Unit) -> bool:
    """Whether a short sentence of a paragraph says something of what stands before it each time.

    A tale comes back to "The train did not come."; and where other sentences begin with the same
    words but say another thing, it fills the same place in several items, as "Carried by a
    majority." and "Carried by all." do in minutes.
    """
    if _is_own_line(layout, unit):
        return False
    keys, words = layout.keys(unit), layout.words
    others = _openings(layout).get(keys[:SAME_START])
    if others:
        own = content_of(layout, unit)
        if any(content(layout, other) != own for other in others):
            return True
    tells = keys[0] in words.determiners & words.function_words or keys[0] in words.pronouns
    addresses = shared_words("addresses")
    return tells and word_count(layout, unit) < TALE_WORDS and addresses.isdisjoint(keys)


def _openings(layout: Layout) -> dict[tuple[str, ...], list[Unit]]:
    """Return by their first words the short sentences that begin alike, one of equal ones.

    Found once.
    """
    if layout.openings is not None:
        return layout.openings
    found: dict[tuple[str, ...], dict[tuple[str, ...], Unit]] = defaultdict(dict)
    for unit in of_same_start(layout, SAME_START + 1, SHORT_WORDS, SAME_START):
        keys = layout.keys(unit)
        found[keys[:SAME_START]].setdefault(keys, unit)
    layout.openings = {
        opening: list(units.values()) for opening, units in found.items() if len(units) > 1
    }
    return layout.openings


def _is_name(layout: Layout, unit: Unit) -> bool:
    """Whether all words of a unit but those of grammar are capitalized, and there are several."""
    numbers = range(unit.first, unit.last)
    content = [n for n in numbers if layout.all_keys[n] not in layout.words.function_words]
    return len(content) >= NAME_WORDS and all(layout.capitals[number] for number in content)


def _is_own_line(layout: Layout, unit: Unit) -> bool:
    before = layout.text[max(0, unit.start - LONGEST_INDENT) : unit.start].rstrip(" \t")[-1:]
    return before in ("", "\n", "\r") and layout.text[unit.end : unit.end + 1] in ("", "\n", "\r")


def _is_response(layout: Layout, first: Unit, second: Unit) -> bool:
    """Whether what stands before both in their lines ends alike: "... we pray. Hear us, O Lord."""
    words = layout.words
    end = _keys_before(layout, first)
    content = sum(key not in words.function_words and key not in words.said for key in end)
    return content == SAME_END and end == _keys_before(layout, second)
