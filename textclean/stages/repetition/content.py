"""What of a sentence states something: its words without introductions and fillers."""

from collections.abc import Mapping

from textclean.stages.repetition.layout import Layout, Unit

#: A sentence without its introductions and fillers has to say something still.
MINIMUM_CORE_WORDS = 4

#: What stands around an introduction inside a sentence.
SETTING_OFF = ",–—،"


def core(layout: Layout, unit: Unit) -> list[int]:
    """Return the numbers of a sentence's tokens without its introductions.

    One may stand at the start, or where commas set it off: "it is, as we have said, cold".
    """
    numbers = list(range(unit.first, unit.last))
    listed = layout.words.introductions_by_word
    for number in reversed(_possible(layout, unit)):
        size = _introduction(layout, number, unit, listed)
        if size:
            del numbers[number - unit.first : number - unit.first + size]
    return numbers if len(numbers) >= MINIMUM_CORE_WORDS else list(range(unit.first, unit.last))


def _possible(layout: Layout, unit: Unit) -> list[int]:
    """Return the numbers of the tokens that could begin an introduction."""
    listed, keys = layout.words.introductions_by_word, layout.keys(unit)
    if listed.keys().isdisjoint(keys):
        return []
    piece = layout.slice(unit)
    if not any(mark in piece for mark in SETTING_OFF):
        return [unit.first] if keys[:1] and keys[0] in listed else []
    return [number for number, key in enumerate(keys, unit.first) if key in listed]


def _introduction(
    layout: Layout, number: int, unit: Unit, listed: Mapping[str, tuple[tuple[str, ...], ...]]
) -> int:
    """Return the length of the introduction that stands at a token, 0 without one."""
    for sequence in listed.get(layout.all_keys[number], ()):
        after = number + len(sequence)
        if layout.all_keys[number:after] != sequence or after > unit.last:
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
        keys = layout.keys(unit)
        if _possible(layout, unit):
            keys = tuple(layout.all_keys[number] for number in core(layout, unit))
        found = layout.contents[unit] = tuple([key for key in keys if key not in light])
    return found
