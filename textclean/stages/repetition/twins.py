"""Tell without a look at its facts that a repeat states what stands where it stood first.

Most repeats do: they are the same characters, and no fact reaches out of them. What is marked by
signs of its own (``marked.py``) is not seen here.
"""

from textclean.stages.repetition.finding import YEAR_DIGITS
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.name_runs import NAME_GAPS
from textclean.stages.repetition.units import Unit

#: Words before and behind a border among which one with a digit may state something over it:
#: "5 de | mayo", "5 | de mayo de 2024".
WORDS_BEFORE, WORDS_BEHIND = 2, 4

#: White space that no fact has inside.
WIDE_GAP = 2

#: What joins the words of a site; characters of the longest that stands in one or in a name.
SITE_GAPS, LONGEST_GAP = (".", "-"), 2

#: What goes on a figure before more digits.
JOINTS = (".", ",", ":", "/")


def is_twin(layout: Layout, first: Unit, repeat: Unit) -> bool:
    r"""Whether a repeat is the same characters, and each name, figure and site in it is its own.

    >>> layout = Layout("Ask Anna Berg today.\nRain fell on\nAsk Anna Berg today.\n5 May.\n")
    >>> first, _, repeat, _ = layout.full_lines
    >>> is_twin(layout, first, repeat), is_twin(layout, repeat, first)
    (False, True)
    """
    text = layout.text
    return (
        layout.slice(first) == layout.slice(repeat)
        and not layout.has_unspaced  # whose words no border parts
        and _is_parted(layout, repeat.first, text[max(0, repeat.start - WIDE_GAP) : repeat.start])
        and _is_parted(layout, repeat.last, text[repeat.end : repeat.end + WIDE_GAP])
        and not _has_odd_figure(layout, first)
    )


def _is_parted(layout: Layout, word: int, outside: str) -> bool:
    """Whether no name, figure or site goes over a border of a unit.

    Args:
        layout: The text.
        word: The first word behind the border.
        outside: The characters beside it that are not of the unit.
    """
    if not outside or (len(outside) == WIDE_GAP and outside.isspace()):
        return True
    if layout.numerals.find(1, max(0, word - WORDS_BEFORE), word + WORDS_BEHIND) >= 0:
        return False
    if not 0 < word < layout.size:
        return True
    start, end = layout.ends[word - 1], layout.starts[word]
    if end - start > LONGEST_GAP:
        return True
    gap = layout.text[start:end]
    if layout.wrapped:  # names go over lines then
        gap = "".join(" " if character.isspace() else character for character in gap)
    is_initial = start - layout.starts[word - 1] == 1
    return gap not in NAME_GAPS and gap not in SITE_GAPS and not (gap == ". " and is_initial)


def _has_odd_figure(layout: Layout, unit: Unit) -> bool:
    """Whether a unit has a year, of which a date may be, or part of a longer figure: "1.5th"."""
    text, number = layout.text, layout.numerals.find(1, unit.first, unit.last)
    while number >= 0:
        start, end = layout.starts[number], layout.ends[number]
        key = layout.all_keys[number]
        if len(key) >= YEAR_DIGITS and key[:YEAR_DIGITS].isdecimal():
            return True
        if text[end : end + 1] in JOINTS and text[end + 1 : end + 2].isdigit():
            return True
        if start > 1 and text[start - 1] in JOINTS and text[start - 2].isdigit():
            return True
        number = layout.numerals.find(1, number + 1, unit.last)
    return False
