"""What of a sentence states something: its words without introductions and fillers."""

from bisect import bisect_left
from collections.abc import Sequence

from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.units import Unit

#: A sentence without its introductions and fillers has to say something still.
MINIMUM_CORE_WORDS = 4

#: What stands around an introduction inside a sentence.
SETTING_OFF = ",–—،"


def core(layout: Layout, unit: Unit) -> list[int]:
    """Return the numbers of a sentence's tokens without its introductions.

    One may stand at the start, or where commas set it off: "it is, as we have said, cold".
    """
    numbers = list(range(unit.first, unit.last))
    places = introduced(layout)
    for number in reversed(
        places[bisect_left(places, unit.first) : bisect_left(places, unit.last)]
    ):
        size = _introduction(layout, number, unit)
        if size:
            del numbers[number - unit.first : number - unit.first + size]
    return numbers if len(numbers) >= MINIMUM_CORE_WORDS else list(range(unit.first, unit.last))


def introduced(layout: Layout) -> list[int]:
    """Return the numbers of the tokens that may begin an introduction; found once."""
    if layout.introduced is None:
        begin, keys = layout.words.introductions_begin, layout.all_keys
        layout.introduced = [
            number
            for number in layout.standing(layout.words.introductions_first)
            if not begin[keys[number]] or keys[number + 1 : number + 2] in begin[keys[number]]
        ]
    return layout.introduced


def _introduction(layout: Layout, number: int, unit: Unit) -> int:
    """Return the length of the introduction that stands at a token, 0 without one."""
    for sequence in layout.words.introductions_by_word[layout.all_keys[number]]:
        after = number + len(sequence)
        if after > unit.last or layout.all_keys[number:after] != sequence:
            continue
        if number == unit.first:
            return len(sequence)
        ends = after == unit.last or _is_set_off(layout, after)
        return len(sequence) if ends and _is_set_off(layout, number) else 0
    return 0


def _is_set_off(layout: Layout, number: int) -> bool:
    """Whether a comma or dash stands before a token."""
    gap = layout.text[layout.ends[number - 1] : layout.starts[number]]
    return any(mark in gap for mark in SETTING_OFF)


def content(layout: Layout, unit: Unit) -> tuple[str, ...]:
    """Return the keys of a sentence without introductions and fillers; found once."""
    found = layout.contents.get(unit)
    if found is None:
        light = layout.words.light
        keys: Sequence[str] = layout.keys(unit)
        places = introduced(layout)
        at = bisect_left(places, unit.first)
        if at < len(places) and places[at] < unit.last:
            keys = [layout.all_keys[number] for number in core(layout, unit)]
        found = layout.contents[unit] = tuple([key for key in keys if key not in light])
    return found
