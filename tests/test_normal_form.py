"""NFC in linear time and little memory: equal to Python's own."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import ANY_CHARACTERS

from textclean.dedup import normal_form
from textclean.dedup.normal_form import normalize

MARKS = st.text(st.sampled_from("\u0301\u0323\u0344\u0f73\u0f71\u0334e\u05b0\u3099あ"), min_size=60)


@settings(deadline=None, max_examples=60)
@given(marks=MARKS, before=ANY_CHARACTERS, after=ANY_CHARACTERS)
def test_long_runs_of_marks_normalize_as_python_does(marks, before, after):
    text = before + marks * 3 + after
    assert normalize(text) == unicodedata.normalize("NFC", text)


@settings(deadline=None)
@given(text=st.text(st.sampled_from("a e\u0301\u0323\u00e9か\u3099\u1100\u1161\u11a8가각漢\ufa10")))
def test_large_texts_are_normalized_part_by_part(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(normal_form, "PART", 2)
        normal = normalize(text)
    assert normal == unicodedata.normalize("NFC", text)
    assert (normal is text) == (normal == text)


def test_nothing_composes_over_a_boundary():
    every = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    boundaries = {one for one in every if normal_form.boundary().match(one)}
    assert {"a", "か", "漢", "가"} <= boundaries
    assert not any(map(unicodedata.combining, boundaries))
    assert all(unicodedata.is_normalized("NFC", one) for one in boundaries)
    seconds = {two for one in every for two in unicodedata.normalize("NFD", one)[1:]}
    assert not seconds & boundaries


def test_marks_are_where_they_are_looked_for():
    every = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    marked = [one for one in every if normal_form.is_marked(one)]
    assert {ord(one) for one in marked} <= set(normal_form._MARKED)
    for one in marked:
        assert normal_form._long_run().fullmatch(64 * one)
        assert all(map(unicodedata.combining, unicodedata.normalize("NFD", one)))
    assert not normal_form._long_run().search("か\u3099" * 100)


def test_a_text_of_shuffled_marks_is_no_trap():
    text = "e" + "\u0301\u0323" * 300_000  # an hour, ordered by insertion
    assert len(normalize(text)) == len(text) - 1
