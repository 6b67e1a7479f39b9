"""What of a sentence states something: its words without introductions and fillers."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.tokens import having
from textclean.stages.repetition.units import Unit
from textclean.stages.repetition.vocabulary import SETTING_OFF, introduction_table, listed_among

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes

#: A sentence without its introductions and fillers has to say something still.
MINIMUM_CORE_WORDS = 4


class ContentMarks(NamedTuple):
    """Of each token of a text, what it is in its sentence.

    Attributes:
        kinds: ``uint8[tokens]``, of ``kernels/content.py``.
        core: Whether it is no part of an introduction.
        content: Nor a filler.
    """

    kinds: "Bytes"
    core: bytes
    content: bytes


def core(layout: Layout, sentence: Unit) -> list[int]:
    """Return the numbers of a sentence's tokens without its introductions.

    One may stand at the start, or where commas set it off: "it is, as we have said, cold".
    """
    marks = content_marks(layout)
    if marks is None:
        return _core_of(layout, sentence)
    first, last = sentence.first, sentence.last
    return list(compress(range(first, last), marks.core[first:last]))


def content(layout: Layout, sentence: Unit) -> tuple[str, ...]:
    """Return the keys of a sentence without introductions and fillers; found once."""
    found = layout.contents.get(sentence)
    if found is None:
        marks = content_marks(layout)
        if marks is None:
            found = content_of(layout, sentence)
        else:
            first, last = sentence.first, sentence.last
            found = tuple(compress(layout.all_keys[first:last], marks.content[first:last]))
        layout.contents[sentence] = found
    return found


def content_numbers(layout: Layout, sentence: Unit) -> list[int]:
    """Return the numbers of the tokens that ``content`` has the keys of."""
    light = layout.words.light
    return [number for number in core(layout, sentence) if layout.all_keys[number] not in light]


def content_marks(layout: Layout) -> ContentMarks | None:
    """Return the marks of all tokens; None without arrays. Found once."""
    arrays, points = layout.arrays, layout.points
    if layout.content_marks is None and arrays is not None and points is not None:
        from textclean.kernels.content import CONTENT, CORE, mark_content

        words, rows = layout.words, layout.sentences.rows
        table, light = introduction_table(words.introductions), listed_among(words.light)
        kinds = mark_content(
            points, arrays.words, arrays.listed, rows, table, light, MINIMUM_CORE_WORDS
        )
        data = kinds.tobytes()
        layout.content_marks = ContentMarks(
            kinds, having(data, int(CORE)), having(data, int(CONTENT))
        )
    return layout.content_marks


def _core_of(layout: Layout, unit: Unit) -> list[int]:
    numbers = list(range(unit.first, unit.last))
    places = _introduced(layout)
    for number in reversed(
        places[bisect_left(places, unit.first) : bisect_left(places, unit.last)]
    ):
        size = _introduction(layout, number, unit)
        if size:
            del numbers[number - unit.first : number - unit.first + size]
    return numbers if len(numbers) >= MINIMUM_CORE_WORDS else list(range(unit.first, unit.last))


def _introduced(layout: Layout) -> list[int]:
    """Return the numbers of the tokens that may begin an introduction; found once."""
    if layout.introduced is None:
        layout.introduced = layout.standing(layout.words.introductions_first)
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


def content_of(layout: Layout, unit: Unit) -> tuple[str, ...]:
    """Return the keys of any unit without introductions and fillers."""
    light = layout.words.light
    keys: Sequence[str] = layout.keys(unit)
    places = _introduced(layout)
    at = bisect_left(places, unit.first)
    if at < len(places) and places[at] < unit.last:
        keys = [layout.all_keys[number] for number in _core_of(layout, unit)]
    return tuple([key for key in keys if key not in light])
