"""The kernels of repetition's triage against their slow twins: equality, or never too little."""

import numpy as np
import pytest
import reference
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALL_TEXTS, array

from textclean.kernels import equals, phrases, repeats, runs, scan, signs
from textclean.kernels.text import flatten


@pytest.fixture(autouse=True)
def _wrapping_is_meant():
    with np.errstate(over="ignore"):
        yield


SCANNED = st.one_of(
    ALL_TEXTS,
    st.lists(
        st.sampled_from(
            [*"ab1 9.,:/'’ʼ!?…\n\t\r-–—|;·、।۔ßŉÉ_²中กั", "\u0301", "။", "\ud800", "don't", "3.5 "]
        ),
        max_size=60,
    ).map("".join),
)


@settings(deadline=None, max_examples=400)
@given(text=SCANNED)
@example(text="don’t 5'6 a5'6 1,200 1,200th 90's x'. 'y ŉ'a k'ß '")
@example(text="กั ก\u0301a။ b။c. D! \u0301a 中文。中")
def test_scan(text):
    data = flatten([text]).data
    room = len(data) // 2 + 4
    tokens = np.zeros(room, np.uint64)
    gaps, letters = np.full(room, 255, np.uint8), np.full(room, 255, np.uint8)
    count = scan.scan(data, signs.sign_table(), tokens, gaps, letters)
    hashes, expected, has_letters = reference.scan(text)
    assert tokens[:count].tolist() == hashes
    assert letters[:count].tolist() == has_letters
    for gap, sign in zip(gaps[: count + 1].tolist(), expected, strict=True):
        assert gap & sign & 7 == sign & 7  # all that may be there, and after a full stop more
        assert gap & 8 <= sign & 8  # no stop that is none


@settings(deadline=None)
@given(items=st.lists(st.integers(0, 5), max_size=60))
def test_counts_of_grams_are_never_too_low(items):
    tokens = array([*(item * 0x9E3779B97F4A7C15 % 2**64 for item in items), 0, 0, 0, 0])
    count = len(items)
    sketch, slots = np.zeros(1 << 12, np.uint8), np.zeros(400, np.uint32)
    pairs, triples, fours = np.full((3, count + 4), 255, np.uint8)
    repeats.count_pairs(tokens, count, sketch, slots, pairs)
    repeats.count_longer(tokens, count, 3, pairs, 2, sketch, triples)
    repeats.count_longer(tokens, count, 4, triples, 2, sketch, fours)
    for size, counts in ((2, pairs), (3, triples), (4, fours)):
        for found, exact in zip(counts.tolist(), reference.grams(items, size), strict=False):
            assert found >= exact or exact == 1
        assert not counts[max(0, count - size + 1) : count + 2].any()


#: Words (from 4 on) and figures, each with whether a sentence may end before it.
SIGNED = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([False, False, True])), max_size=40)


def laid_out(rows):
    """Tokens, gaps and letters as ``scan`` gives them, with exact counts of 3- and 4-grams."""
    items = [item for item, _ in rows]
    is_end = [True, *(end for _, end in rows[1:]), True][: len(rows) + 1] if rows else [True]
    letters = [int(item > 3) for item in items]
    room = len(rows) + 4
    tokens = array([*(item * 0x9E3779B97F4A7C15 % 2**64 for item in items), 0, 0, 0, 0])
    gaps, letter, triples, fours = np.zeros((4, room), np.uint8)
    gaps[: len(is_end)] = is_end
    letter[: len(rows)] = letters
    for size, counts in ((3, triples), (4, fours)):
        found = [min(255, count) for count in reference.grams(items, size)]
        counts[: len(found)] = found
    return items, is_end, letters, (tokens, gaps, letter, triples, fours)


@settings(deadline=None)
@given(rows=SIGNED, unit=st.lists(st.integers(0, 9), min_size=4, max_size=8))
def test_two_equal_units_are_found(rows, unit):
    for lot in (rows, [*((item, not n) for n, item in enumerate(unit)), *rows[:9]] * 2):
        items, is_end, letters, (tokens, gaps, letter, triples, _) = laid_out(lot)
        places = np.zeros(3 * len(lot) + 300, np.uint32)
        found = equals.has_exact(tokens, gaps, letter, triples, len(lot), places)
        is_short = any(
            is_end[n] and equals.short_stands(gaps, letter, triples, n, len(lot))
            for n in range(len(lot))
            if triples[n] > 1
        )
        assert found == (is_short or reference.has_exact(items, is_end, letters))


def test_a_text_too_dear_to_compare_is_flagged():
    count = 6000
    tokens = array([*([7] * count), 0, 0, 0, 0])
    gaps, letter, triples = np.zeros((3, count + 4), np.uint8)
    gaps[:count:3], triples[:count] = 1, 2  # figures: nothing is long enough to go
    places = np.zeros(3 * count + 300, np.uint32)
    assert equals.has_exact(tokens, gaps, letter, triples, count, places)


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 40), st.sampled_from([False])), min_size=4, max_size=12),
    phrase=st.lists(st.integers(3, 9), min_size=2, max_size=7),
    times=st.integers(3, 20),
    more=SIGNED,
)
def test_has_phrase(rows, phrase, times, more):
    mention = [(item, not n) for n, item in enumerate(phrase)]
    lot = [*more, *((mention + rows) * times)]
    items, is_end, letters, (tokens, gaps, letter, triples, fours) = laid_out(lot)
    expected = len(lot) >= phrases.PHRASE_WORDS and reference.has_phrase(items, is_end, letters)
    assert phrases.has_phrase(tokens, gaps, letter, triples, fours, len(lot)) == expected


@settings(deadline=None)
@given(items=st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=5), min_size=3, max_size=9))
def test_shares_words(items):
    letters = [int(word > 3) for word in range(8)]
    words = [word for item in items for word in item]
    tokens = array([word << 40 | word for word in words])
    ends = np.zeros(3 * len(items), np.uint32)
    ends[::3] = np.cumsum([len(item) for item in items])
    letter = np.array([letters[word] for word in words], np.uint8)
    seen = np.zeros((1 << runs.ITEM_BITS) + 1, np.int64)
    found = runs.shares_words(tokens, letter, ends, 0, seen)
    assert found == reference.shares_words(items, letters)


STRETCH = st.tuples(st.integers(1, 9), st.integers(0, 9)).map(lambda pair: (pair[0], min(pair)))


@settings(deadline=None, max_examples=400)
@given(rows=st.lists(STRETCH, max_size=14), least=st.integers(1, 12), times=st.integers(1, 2))
def test_is_covered(rows, least, times):
    ends = array([value for row in rows for value in row] or [0], np.uint32)
    found = runs.is_covered(ends, len(rows), least, 550, times)
    assert found == reference.is_covered(rows, least, 550, times)
