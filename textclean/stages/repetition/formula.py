"""Tell texts whose sentences are built alike: instructions, forms, prayers, questions and answers.

What such a text repeats belongs to each of its parts: "Bring the parcel to any post office" to the
return as to the exchange, "hear our prayer" to each prayer.
"""

from collections import Counter
from collections.abc import Collection

from textclean.stages.repetition.content import content
from textclean.stages.repetition.layout import Layout, Unit
from textclean.stages.repetition.spans import has_unspaced

#: Two sentences are built alike when their first or last words are the same, figures aside. Two
#: characters of an unspaced script weigh one word.
SAME_WORDS = 3

#: Share of the sentences that another is built like. Articles with planted repeats have up to 0.38,
#: clean news 0.32 in the highest of 100; written prayers, recipes, law, forms 0.43 and more.
FORMULA_RATIO = 0.4

#: Fewer sentences make no form: two that are built alike may be one that was reworded.
MINIMUM_ALIKE = 3

#: The first words of a sentence, and the last.
Edges = tuple[tuple[str, ...], tuple[str, ...]]


def is_formulaic(layout: Layout) -> bool:
    """Whether many sentences that say different things are built alike.

    >>> is_formulaic(Layout("Let us pray for rain. Hear us, O Lord, we ask. Let us pray for sun. "
    ...                     "Hear us, O Lord, we ask. Let us pray for wind. It is good.", "en"))
    True
    """
    distinct: dict[tuple[str, ...], Unit] = {}
    for unit in layout.sentences:
        if unit.size >= SAME_WORDS:
            distinct.setdefault(layout.keys(unit), unit)
    edges = {unit: _edges(layout, unit) for unit in distinct.values()}
    if _count_alike(edges.values()) < MINIMUM_ALIKE:
        return False  # as in most texts
    said: dict[tuple[str, ...], Unit] = {}  # one of those that say the same in other words
    for unit in distinct.values():
        said.setdefault(tuple(sorted(content(layout, unit))), unit)
    alike = _count_alike([edges[unit] for unit in said.values()])
    return alike >= max(MINIMUM_ALIKE, FORMULA_RATIO * len(said))


def _count_alike(edges: Collection[Edges]) -> int:
    firsts, lasts = Counter([first for first, _ in edges]), Counter([last for _, last in edges])
    return sum([firsts[first] > 1 or lasts[last] > 1 for first, last in edges])


def _edges(layout: Layout, unit: Unit) -> Edges:
    """Return the first words of a sentence, and the last."""
    size = 2 * SAME_WORDS if has_unspaced(layout, unit) else SAME_WORDS
    keys = layout.keys(unit)
    return _plain(keys[:size]), _plain(keys[-size:])


def _plain(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(["0" if key[0].isdecimal() else key for key in keys])
