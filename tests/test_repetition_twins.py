"""A repeat goes without a look at its facts only where that look would let it go."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.spans import removal_span
from textclean.stages.repetition.twins import is_twin
from textclean.stages.repetition.units import Unit

WORDS = (
    *("Anna", "Berg", "Port", "of", "J", "pier", "the", "May", "mayo", "de", "kg", "am", "may"),
    *("5", "12", "2024", "1.5", "1.5th", "747", "vane.com", "Sharif's", "½", "№", "$", "%", "-"),
)
GAPS = (" ", " ", " ", ". ", ", ", ".", "-", "\n", "\n\n", ".\n", "  ", " “", "” ", '"', " '", "' ")


def pieces(most: int) -> st.SearchStrategy[str]:
    """Return words and what stands between them."""
    pairs = st.lists(st.tuples(st.sampled_from(GAPS), st.sampled_from(WORDS)), max_size=most)
    both = st.tuples(pairs, st.sampled_from(GAPS))
    return both.map(lambda found: "".join(map("".join, found[0])) + found[1])


def repeated(before: str, unit: str, between: str, behind: str) -> tuple[Layout, Unit, Unit]:
    """Return a text in which a unit stands twice, and where."""
    layout = Layout(f"{before}{unit}{between}{unit}{behind}", "en")
    first, second = len(before), len(before) + len(unit) + len(between)
    return (
        layout,
        layout.unit(first, first + len(unit)),
        layout.unit(second, second + len(unit)),
    )


@settings(max_examples=600, deadline=None)
@given(
    before=pieces(3), unit=pieces(5).map(str.strip).filter(any), between=pieces(4), behind=pieces(3)
)
def test_a_twin_loses_no_fact(before: str, unit: str, between: str, behind: str) -> None:
    layout, first, repeat = repeated(before, unit, between, behind)
    assume(repeat.size)
    span = removal_span(layout.text, repeat.start, repeat.end)
    quick, careful = FactKeeper(layout), FactKeeper(layout)
    assert quick.remove_repeat(*span, first, repeat) == careful.remove(*span)
    whole = layout.unit(0, len(layout.text))
    assert quick.is_gone(*span) == careful.is_gone(*span)
    assert quick.new_words(whole, repeat) == careful.new_words(whole, repeat)


@pytest.mark.parametrize(
    ("before", "unit", "between", "behind"),
    [
        ("", "Boats came in.", "\nRain fell.\n", "\nThe end."),
        ("", "Anna Berg paid 5 kg.", "\n\nRain fell.\n\n", "\n\n12 of May."),
        ("Rain. ", "Anna Berg paid for the new pier today.", " Gulls cried. ", " Wind rose."),
        ("", "It costs $5", "\n\nRain\n\n", "\n\nkg"),  # nothing goes over a blank line
    ],
)
def test_most_repeats_are_twins(before: str, unit: str, between: str, behind: str) -> None:
    assert is_twin(*repeated(before, unit, between, behind))


@pytest.mark.parametrize(
    ("before", "unit", "between", "behind"),
    [
        ("", "we paid Anna", "\n", " Berg"),  # a name goes on behind it
        ("", "paid on the", " now ", " 5 May"),  # ... as a figure may
        ("", "it was in May", ". ", ". 2024 came"),  # ... or a date
        ("", "written by J", "\n", ". Berg"),  # ... or an initial
        ("", "it is 5", ". ", " %"),  # ... or a sign
        ("", "see vane", ", ", ".com"),  # ... or a site
        ("", "came in May 2024 and", "\n\n", ""),  # a date of its own may be cut off
        ("", "第5号", "\n\n", "\n\n"),
    ],
)
def test_what_a_fact_may_reach_out_of_is_no_twin(
    before: str, unit: str, between: str, behind: str
) -> None:
    assert not is_twin(*repeated(before, unit, between, behind))


def test_other_characters_are_no_twin() -> None:
    layout = Layout("Ask Anna today.\n\nAsk anna today.\n", "en")
    assert not is_twin(layout, *layout.full_lines)


def test_a_part_of_a_longer_figure_is_no_twin() -> None:
    layout, first, repeat = repeated("rev 1.", "5th pier", "\n\n", "\n\nb")
    assert not is_twin(layout, first, repeat)


def test_what_was_removed_is_no_first() -> None:
    layout = Layout("Ask Anna Berg.\n\nAsk Anna Berg.\n\nRain fell.", "en")
    first, repeat, _ = layout.full_lines
    keeper = FactKeeper(layout)
    assert keeper.remove_repeat(first.start, first.end, repeat, first)
    assert not keeper.remove_repeat(repeat.start, repeat.end, first, repeat)


def test_a_marked_repeat_is_looked_at() -> None:
    """A quotation that opens before a repeat and closes behind it is one more fact."""
    layout, first, repeat = repeated("", "It rained.", " He said “well. ", " Gulls cried.”")
    assert is_twin(layout, first, repeat)
    assert not FactKeeper(layout).remove_repeat(repeat.start, repeat.end, first, repeat)
