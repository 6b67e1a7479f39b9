"""The kernel passes no text for one of whole lines that repetition takes for hard-wrapped prose."""

import textwrap

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALL_TEXTS

from textclean.kernels import scan, signs, wrapping
from textclean.kernels.text import flatten
from textclean.stages.repetition.layout import Layout

PROSE = "the harbor master said that São Paulo and 1,200 boats would “not” wait any longer"
LINES = st.lists(
    st.one_of(
        st.integers(0, 90).map(lambda size: PROSE[:size]),
        st.sampled_from(["", " ", "\u00a0", "\t\u2003", "---", "Ño 5", " indented", "\u00a0x"]),
        st.text("aб\u00a0 \x1f-é“", max_size=60),
    ),
    max_size=14,
)
ENDS = st.lists(st.sampled_from(["\n", "\n", "\r\n", "\r", "\x85", "\u2028", "\x1c"]), min_size=14)
WRAPPED = st.builds(
    lambda times, width, glue: glue.join(textwrap.wrap((PROSE + ". ") * times, width)),
    st.integers(1, 8),
    st.integers(30, 110),
    st.sampled_from(["\n", "\r\n", " \n", "\n\u00a0", "\u2028"]),
)


def scanned(text):
    data = flatten([text]).data
    room = len(data) // 2 + 4
    tokens, starts = np.zeros(room, np.uint64), np.zeros(room, np.uint32)
    gaps, letters = np.zeros((2, room), np.uint8)
    with np.errstate(over="ignore"):
        count = scan.scan(data, signs.sign_table(), tokens, starts, gaps, letters)
    return data, starts[:count], gaps[: count + 1]


def has_narrow_lines(text):
    with np.errstate(over="ignore"):
        return bool(wrapping.has_narrow_lines(*scanned(text)))


def may_be_wrapped(text):
    with np.errstate(over="ignore"):
        data, starts, gaps = scanned(text)
        found = wrapping.may_be_wrapped(data, starts)
        assert wrapping.has_narrow_lines(data, starts, gaps) >= found
        return found


@settings(deadline=None, max_examples=400)
@given(
    st.one_of(
        ALL_TEXTS,
        WRAPPED,
        st.builds(
            lambda rows, ends: "".join(map("".join, zip(rows, ends, strict=False))), LINES, ENDS
        ),
    )
)
@example("")
@example("\r\n\r\nx")
def test_wrapped_text_is_told(text):
    assert may_be_wrapped(text) >= Layout(text).wrapped


@pytest.mark.parametrize(
    ("width", "is_narrow"), [(40, True), (101, True), (103, False), (401, False), (900, False)]
)
@pytest.mark.parametrize("letter", ["a", "é", "水", "\U0001d49c"])
def test_lines_are_told_narrow_by_their_characters(width, is_narrow, letter):
    line = f"{letter} {letter * (width - 4)} {letter}"  # between the starts of two words
    assert has_narrow_lines("\n".join([line] * 9)) == is_narrow
    assert has_narrow_lines("\n".join([line, "b c", "d"] * 9))
    assert not has_narrow_lines("b c\n" * 5)


def test_lists_and_tables_are_not_wrapped():
    table = "Shr 1.83 dlrs vs 77 cts\n  Net 296.6 mln vs 120.1 mln\n  Revs 9.1 mln vs 8.3 mln\n"
    links = "Home\nNews\nWeather for the whole week\n\nSport\nRead more about this story here\n"
    assert may_be_wrapped("\n".join(textwrap.wrap((PROSE + ". ") * 8, 70)))
    assert not any(may_be_wrapped(text * 3) for text in (table, links))
