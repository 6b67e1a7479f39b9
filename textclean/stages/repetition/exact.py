"""Level ``exact``: a block, line or sentence repeated word for word; the first stays."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial

from textclean.edits import Edit
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.formula import is_formulaic
from textclean.stages.repetition.layout import Layout, Unit
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

#: Words a repeated statement needs, by how often it stands: clean news never repeats five words
#: but by mistake (50 of 3,700 articles, each a real repeat); "Yes." is an answer each time.
STATEMENT_WORDS = {2: 5, 3: 4, 4: 3}

#: The same for what does not end as a sentence: a heading may head two sections.
CALL_WORDS = {2: 8, 3: 5, 4: 4, 6: 3}

#: A list item, such as an ingredient, may belong to two lists.
ITEM_WORDS = {2: 12, 4: 6}

#: In a text of formulas only what is as long as this is a slip of whoever put it together.
LONG_WORDS = 25

#: What has fewer words stays however often it stands.
FEWEST_WORDS = min(*STATEMENT_WORDS.values(), *CALL_WORDS.values(), *ITEM_WORDS.values())


def exact_edits(layout: Layout, keeper: FactKeeper) -> Iterator[Edit]:
    """Yield removals of blocks, then lines, then sentences; in no order of position."""
    formulaic = cache(partial(is_formulaic, layout))  # asked only where something repeats
    blocks = [
        layout.unit(block[0].start, block[-1].end) for block in layout.blocks if len(block) > 1
    ]
    yield from _repeats(layout, keeper, formulaic, blocks, "repetition.paragraph")
    if not layout.wrapped:
        yield from _repeats(layout, keeper, formulaic, layout.paragraphs, "repetition.line")
    yield from _repeats(layout, keeper, formulaic, layout.sentences, "repetition.sentence")


def _repeats(
    layout: Layout,
    keeper: FactKeeper,
    formulaic: Callable[[], bool],
    units: list[Unit],
    reason: str,
) -> Iterator[Edit]:
    all_keys = list(map(layout.keys, units))
    same_words = Counter(all_keys)
    keyed = [
        (signature(layout, unit), unit)
        for unit, keys in zip(units, all_keys, strict=True)
        if same_words[keys] > 1 and not keeper.is_gone(unit.start, unit.end)
    ]
    standings = Counter(key for key, _ in keyed)
    quoted: dict[tuple[str, ...], bool] = {}  # of each first standing
    for key, unit in keyed:
        if key not in quoted:
            quoted[key] = standings[key] > 1 and is_quoted(layout, unit.start)
            continue
        if standings[key] == 2 and quoted[key] and is_quoted(layout, unit.start):  # noqa: PLR2004
            continue  # what somebody said twice, he said twice
        if not _may_go(layout, unit, standings[key]):
            continue
        if word_count(layout.keys(unit)) < LONG_WORDS and formulaic():
            continue
        start, end = keeper.trimmed(*removal_span(layout.text, unit.start, unit.end))
        if keeper.remove([(start, end)]):
            yield Edit(start, end, "", reason)


def _may_go(layout: Layout, unit: Unit, standings: int) -> bool:
    if unit.size < FEWEST_WORDS:
        return False
    piece = layout.slice(unit)
    if not is_balanced(piece) or piece.rstrip().endswith((":", "：")):
        return False
    words = word_count(layout.keys(unit))
    if is_refrain(layout, unit, standings):
        return False
    if BULLET.match(piece):
        needed = ITEM_WORDS
    else:
        needed = STATEMENT_WORDS if ends_statement(piece) else CALL_WORDS
    reached = max(count for count in needed if count <= standings)
    return words >= needed[reached]
