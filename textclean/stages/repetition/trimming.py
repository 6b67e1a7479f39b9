"""What goes of the item of a keyword list that names something: its keyword.

"cheap flights, best cheap flights to London, cheap flights" keeps "to London": nothing is lost.
"""

from collections.abc import Set as AbstractSet
from itertools import compress
from operator import or_

from textclean.stages.repetition.languages import all_modifiers
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.units import Unit

#: Forms of a keyword that tell that it is one.
SELLING_FORMS = 2

#: Words that a cut takes at least.
TRIMMED_WORDS = 2


def telling(layout: Layout, item: Unit, core: AbstractSet[str]) -> list[int]:
    """Return the numbers of the words of an item that may tell something.

    They are neither of its keyword nor such as stand beside keywords; or have a capital that the
    keyword has not.
    """
    light, keys = all_modifiers(), layout.keys(item)
    own = [key not in core and key not in light for key in keys]
    if layout.capitals.find(1, item.first, item.last) >= 0 and not _shouts(layout, item, core):
        own = list(map(or_, own, layout.capitals[item.first : item.last]))
    return list(compress(range(item.first, item.last), own))


def _shouts(layout: Layout, item: Unit, core: AbstractSet[str]) -> bool:
    """Whether the keyword of an item has capitals, so that those of other words say nothing."""
    numbers = range(item.first, item.last)
    own = [layout.capitals[each] for each in numbers if layout.all_keys[each] in core]
    return bool(own) and all(own)


def sells(layout: Layout, items: list[Unit], core: AbstractSet[str]) -> bool:
    """Whether several forms of the keyword have only such words as stand beside keywords.

    No name has them: "Bank of Malvona, Old Bank of Malvona, Bank of Malvona Trust".
    """
    forms = {
        layout.keys(item)
        for item in items
        if not telling(layout, item, core) and not core >= set(layout.keys(item))
    }
    return len(forms) >= SELLING_FORMS


def is_term(layout: Layout, items: list[Unit], core: AbstractSet[str]) -> bool:
    """Whether the keyword of a list is no name: small somewhere, or with words that sell it."""
    return not all(_shouts(layout, item, core) for item in items) or sells(layout, items, core)


def trimmed(layout: Layout, item: Unit, core: AbstractSet[str]) -> tuple[int, int] | None:
    """Return what goes of an item so that what stands beside its keyword is left.

    None where it tells something on both sides, or a figure, which is nothing by itself.

    >>> layout = Layout("best cheap flights to London")
    >>> layout.text[slice(*trimmed(layout, layout.lines[0], {"cheap", "flights"}))]
    'best cheap flights '
    """
    own = [number for number in range(item.first, item.last) if layout.all_keys[number] in core]
    left = telling(layout, item, core)
    if not own or not left:
        return None
    if left[0] > own[-1]:
        first, last = own[-1] + 1, item.last
        start, end = layout.starts[item.first], end_with_blank(layout, own[-1])
    elif left[-1] < own[0]:
        first, last = item.first, own[0]
        start, end = layout.ends[last - 1], layout.ends[item.last - 1]
    else:
        return None
    has_figure = layout.numerals.find(1, first, last) >= 0
    is_little = item.size - (last - first) < TRIMMED_WORDS
    return None if has_figure or is_little else (start, end)


def end_with_blank(layout: Layout, number: int) -> int:
    """Return where the blanks behind a word end; signs belong to the next one: "'blue lantern'"."""
    end = layout.ends[number]
    while end < len(layout.text) and layout.text[end].isspace():
        end += 1
    return end
