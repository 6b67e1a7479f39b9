"""Tell texts whose sentences are built alike: instructions, forms, prayers, questions and answers.

What such a text repeats belongs to each of its parts: "Bring the parcel to any post office" to the
return as to the exchange, "hear our prayer" to each prayer.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from textclean.stages.repetition.content import content
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.recurrence import count_alike, different, maybe_of_one_content
from textclean.stages.repetition.units import Unit, Units

#: Two sentences are built alike when their first or last words are the same, figures aside. Two
#: characters of an unspaced script weigh one word.
SAME_WORDS = 3

#: Share of the sentences that another is built like. Articles with planted repeats have up to 0.38,
#: clean news 0.32 in the highest of 100; written prayers, recipes, law, forms 0.43 and more.
FORMULA_RATIO = 0.4

#: Fewer sentences make no form: two that are built alike may be one that was reworded.
MINIMUM_ALIKE = 3


def is_formulaic(layout: Layout) -> bool:
    """Whether many sentences that say different things are built alike; found out once.

    >>> is_formulaic(Layout("Let us pray for rain. Hear us, O Lord, we ask. Let us pray for sun. "
    ...                     "Hear us, O Lord, we ask. Let us pray for wind. It is good.", "en"))
    True
    """
    if layout.formulaic is None:
        layout.formulaic = _is_formulaic(layout)
    return layout.formulaic


def _is_formulaic(layout: Layout) -> bool:
    units, alike = different(layout, SAME_WORDS)
    if alike < MINIMUM_ALIKE:
        return False  # as in most texts
    likely = maybe_of_one_content(layout, units)
    if alike < FORMULA_RATIO * (len(units) - len(likely)):
        return False  # however many of those say the same: without them no more are alike
    said = Units(list(_saying_different(layout, units, likely)))
    alike = count_alike(layout, said, SAME_WORDS)
    return alike >= max(MINIMUM_ALIKE, FORMULA_RATIO * len(said))


def _saying_different(layout: Layout, units: Units, likely: AbstractSet[Unit]) -> Iterator[Unit]:
    """Yield one of those that say the same in other words; these are among the likely."""
    said: set[tuple[str, ...]] = set()
    for unit in units:
        if unit in likely:
            words = tuple(sorted(content(layout, unit)))
            if words in said:
                continue
            said.add(words)
        yield unit
