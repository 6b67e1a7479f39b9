"""The algebra of edits, against random edits of random texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textclean.edits import (
    Edit,
    apply_edits,
    check_edits,
    coalesce_edits,
    compose_edits,
    edits_between,
    invert_edits,
    settle_edits,
    source_span,
)
from textclean.errors import EditError

TEXTS = st.text(st.sampled_from("ab \né\ud800"), max_size=30)


@st.composite
def edited_texts(draw):
    text = draw(TEXTS)
    bounds = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = zip(bounds[::2], bounds[1::2], strict=False)
    return text, [Edit(start, end, draw(TEXTS), "test.any") for start, end in pairs]


@given(edited_texts())
def test_inverse_gives_the_input_back(case):
    text, edits = case
    check_edits(text, edits)
    output = apply_edits(text, edits)
    inverse = invert_edits(text, edits)
    check_edits(output, inverse)
    assert apply_edits(output, inverse) == text


@given(edited_texts(), st.integers(1, 4))
def test_coalesced_edits_stay_true(case, limit):
    text, edits = case
    merged = coalesce_edits(text, edits, limit)
    assert len(merged) <= limit
    check_edits(text, merged)
    assert apply_edits(text, merged) == apply_edits(text, edits)


@given(edited_texts(), st.data())
def test_composed_edits_do_what_both_rounds_do(case, data):
    text, first = case
    middle = apply_edits(text, first)
    bounds = sorted(data.draw(st.lists(st.integers(0, len(middle)), max_size=8)))
    pairs = zip(bounds[::2], bounds[1::2], strict=False)
    second = [Edit(start, end, data.draw(TEXTS), "test.other") for start, end in pairs]
    composed = compose_edits(text, first, second)
    check_edits(text, composed)
    assert apply_edits(text, composed) == apply_edits(middle, second)


def test_composed_deletions_keep_their_reasons():
    first, second = [Edit(2, 4, "", "test.inner")], [Edit(1, 4, "", "test.outer")]
    assert compose_edits("abcdefg", first, second) == (
        Edit(1, 2, "", "test.outer"),
        Edit(2, 4, "", "test.inner"),
        Edit(4, 6, "", "test.outer"),
    )


def test_a_text_that_never_settles_gets_no_edits():
    assert settle_edits("a", lambda _: [Edit(0, 0, "a", "test.any")], 5) == ()


@given(TEXTS, TEXTS)
def test_edits_between_turn_one_into_the_other(before, after):
    edits = edits_between(before, after, "test.any")
    check_edits(before, edits)
    assert apply_edits(before, edits) == after
    assert bool(edits) == (before != after)


@given(edited_texts(), st.data())
def test_source_span_of_untouched_text_is_that_text(case, data):
    text, edits = case
    output = apply_edits(text, edits)
    start = data.draw(st.integers(0, len(output)))
    end = data.draw(st.integers(start, len(output)))
    source_start, source_end = source_span(start, end, edits)
    assert 0 <= source_start <= source_end <= len(text)
    touched = [e for e in edits if e.start <= source_end and e.end >= source_start]
    if not touched:
        assert text[source_start:source_end] == output[start:end]


def test_long_texts_settle_for_one_edit():
    before = "\n".join(f"line {number}" for number in range(2000))
    after = before.replace("line 5\n", "LINE 5\n").replace("line 1900", "LINE 1900")
    edits = edits_between(before, after, "test.any")
    assert len(edits) == 1
    assert apply_edits(before, edits) == after


def test_no_edits_give_the_same_object():
    text = "untouched"
    assert apply_edits(text, []) is text


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(2, 1, "", "r")],
        [Edit(0, 9, "", "r")],
        [Edit(0, 2, "", "r"), Edit(1, 3, "", "r")],
        [Edit(-1, 1, "", "r")],
    ],
)
def test_impossible_edits_are_refused(edits):
    with pytest.raises(EditError):
        check_edits("abc", edits)


def test_coalescing_to_nothing_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        coalesce_edits("a", [], 0)
