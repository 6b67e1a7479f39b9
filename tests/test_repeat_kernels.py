"""The kernels of repetition's triage against their slow twins: equality, or never too little."""

import numpy as np
import pytest
import reference_repeats as reference
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALL_TEXTS, array

from textclean.kernels import alike, equals, light, phrases, repeats, runs, scan, signs
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
    tokens, starts = np.zeros(room, np.uint64), np.full(room, 2**32 - 1, np.uint32)
    gaps, letters = np.full(room, 255, np.uint8), np.full(room, 255, np.uint8)
    count = scan.scan(data, signs.sign_table(), tokens, starts, gaps, letters)
    hashes, expected, has_letters, places = reference.scan(text)
    encoded = [len(text[:place].encode("utf-8", "surrogatepass")) for place in places]
    assert starts[:count].tolist() == encoded
    assert tokens[:count].tolist() == hashes
    assert letters[:count].tolist() == has_letters
    for gap, sign in zip(gaps[: count + 1].tolist(), expected, strict=True):
        everything = 255 - signs.STOP
        assert gap & sign & everything == sign & everything  # and after a full stop more
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


#: Words (from 4 on) and figures, each with the signs before it.
STOP = signs.SENTENCE | signs.PROSE
GAPS = [int(gap) for gap in (0, 0, 0, STOP, STOP | signs.STATEMENT, signs.SENTENCE | signs.LINE)]
GAPS += [int(signs.SENTENCE | signs.LINE | more) for more in (signs.BLOCK, STOP, signs.STATEMENT)]
EDGE = int(scan.EDGE | signs.END)
SIGNED = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(GAPS)), max_size=40)
STATED = EDGE | int(signs.STATEMENT)


def laid_out(rows, behind=EDGE):
    """Tokens, gaps and letters as ``scan`` gives them, with exact counts of 3- and 4-grams."""
    items = [item for item, _ in rows]
    before = [EDGE, *(gap for _, gap in rows[1:]), behind] if rows else [EDGE]
    letters = [int(item > 3) for item in items]
    room = len(rows) + 4
    tokens = array([*(item * 0x9E3779B97F4A7C15 % 2**64 for item in items), 0, 0, 0, 0])
    gaps, letter, triples, fours = np.zeros((4, room), np.uint8)
    gaps[: len(before)] = before
    letter[: len(rows)] = letters
    for size, counts in ((3, triples), (4, fours)):
        found = [min(255, count) for count in reference.grams(items, size)]
        counts[: len(found)] = found
    return items, before, letters, (tokens, gaps, letter, triples, fours)


@settings(deadline=None, max_examples=400)
@given(
    rows=SIGNED.map(lambda rows: rows[:15]),
    unit=st.lists(st.integers(0, 9), min_size=3, max_size=9),
    times=st.integers(2, 6),
    ends=st.tuples(st.sampled_from(GAPS[3:]), st.sampled_from([EDGE, STATED])),
)
def test_equal_units_are_found(rows, unit, times, ends):
    repeated = [(item, ends[0] if not n else 0) for n, item in enumerate(unit)]
    for lot, exact in ((rows, True), ((repeated + rows[:3]) * times, False)):
        items, before, letters, (tokens, gaps, letter, triples, _) = laid_out(lot, ends[1])
        found = equals.has_exact(tokens, gaps, letter, triples, len(lot))
        expected = reference.has_exact(items, before, letters)
        assert found == expected if exact else found >= expected


def test_a_text_too_dear_to_compare_is_flagged():
    count = 6000
    tokens = array([*([7] * count), 0, 0, 0, 0])
    gaps, letter, triples = np.zeros((3, count + 4), np.uint8)
    gaps[:count:3], triples[:count] = signs.SENTENCE | signs.PROSE, 2
    letter[::40] = 1  # what has fewer than three words never goes
    assert equals.has_exact(tokens, gaps, letter, triples, count)


def likened(rows, behind=EDGE):
    """Whether the kernel finds two sentences alike, and whether the twin does; 9 is light."""
    items, before, letters, (tokens, gaps, letter, _, fours) = laid_out(rows, behind)
    classes = [0 if item == LIGHT_ITEM else item + 1 for item in items]
    capitals = [int(item == CAPITAL_ITEM) for item in items]
    count = len(rows)
    mixed = array([number * 0xD6E8FEB86659FD93 % 2**64 for number in classes])
    text = alike.Text(
        tokens[:count],
        mixed,
        gaps[: count + 1],
        letter[:count],
        fours[:count],
        array(capitals, np.uint8),
    )
    found = alike.has_alike(text)
    return found, reference.has_alike(items, classes, capitals, before, letters)


LIGHT_ITEM, CAPITAL_ITEM = 19, 18
SENTENCE_ITEMS = st.lists(st.integers(2, 19), min_size=6, max_size=10, unique=True)
CHANGES = st.lists(st.tuples(st.integers(0, 9), st.integers(2, 19)), max_size=4)


@settings(deadline=None, max_examples=600)
@given(
    sentence=SENTENCE_ITEMS,
    changes=CHANGES,
    between=st.lists(st.integers(2, 19), max_size=4),
    inner=st.lists(st.tuples(st.integers(0, 30), st.sampled_from(GAPS)), max_size=4),
)
def test_two_sentences_alike_are_found(sentence, changes, between, inner):
    other = list(sentence)
    for place, item in changes:
        other.insert(place, item)
    lot = []
    for items in (sentence, between, other):
        gap = STOP | signs.STATEMENT
        lot += [(item, 0 if number else int(gap)) for number, item in enumerate(items)]
    for place, gap in inner:
        lot[place % len(lot)] = (lot[place % len(lot)][0], gap)
    found, expected = likened(lot, STATED)
    assert found >= expected


def sentences(*rows):
    gap = int(STOP | signs.STATEMENT)
    return [(item, 0 if number else gap) for row in rows for number, item in enumerate(row)]


@pytest.mark.parametrize(
    ("second", "is_alike"),
    [
        ([4, 5, 6, 7, 8, 9, 10, 11], False),  # the same: another level's work
        ([4, 5, 6, 7, 8, 9, 10, LIGHT_ITEM, 11], True),
        ([4, 5, 6, 7, 8, 9, 12, 10, 11], True),
        ([4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 10, 11], False),  # four words more
        ([4, 5, 6, 7, 8, 9, CAPITAL_ITEM, 10, 11], False),
        ([4, 5, 6, 7, 8, 9, 2, 10, 11], False),  # a figure more
        ([4, 5, 6, 7, 8, 9, 12, 11], False),  # each has a word of its own
        ([9, 10, 11, 4, 5, 6, 7, 8], True),  # in another order
    ],
)
def test_what_is_alike(second, is_alike):
    between = [12, 13, 14, 15, 16, 17, 12, 14, 16, 13, 15, 17]
    lot = sentences([4, 5, 6, 7, 8, 9, 10, 11], between, second)
    assert likened(lot, STATED) == (is_alike, is_alike)


@pytest.mark.parametrize(("figures", "is_alike"), [(0, False), (20, False), (400, True)])
def test_sentences_of_many_figures_are_not_compared(figures, is_alike):
    listed = [number % 4 for number in range(figures)]
    few, many = [4, 4, 5, 6, 7, 8, 9, 10, *listed], [4, 5, 6, 7, 8, 9, 10, 11, *listed]
    between = [12, 13, 14, 15, 16, 17, 12, 14]
    assert likened(sentences(few, between, many), STATED)[0] == is_alike


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("United uniting", False),
        ("Machine machines", True),
        ("unit unite", False),
        ("Straße STRASSEN", True),
        ("don’t don't", True),
        ("été ÉTÉ", True),
        ("aŉb a'nb", True),
        ("a\u02bcb a’b", True),
        ("中 国", False),
    ],
)
def test_stems(words, same):
    data = flatten([words]).data
    places = [0, len(words.split()[0].encode()) + 1]
    found = [light.stem(data, place, signs.sign_table()) for place in places]
    assert (found[0] == found[1]) == same


def test_capitals():
    data = flatten(["A z É é × Þ ß İ"]).data
    starts = [n for n in range(len(data)) if n == 0 or data[n - 1] == ord(" ")]
    found = [light.is_capital(data, n) for n in starts]
    assert found == [True, False, True, False, False, True, False, False]


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 40), st.just(0)), min_size=4, max_size=12),
    phrase=st.lists(st.integers(3, 9), min_size=2, max_size=7),
    times=st.integers(3, 20),
    more=st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0, int(STOP)])), max_size=40),
    large=st.sets(st.integers(0, 40)),
)
@example(rows=[(4, 0)] * 12, phrase=[4] * 5, times=16, more=[], large=set())  # 256 are kept
def test_has_phrase(rows, phrase, times, more, large):
    mention = [(item, 0 if n else int(STOP)) for n, item in enumerate(phrase)]
    lot = [*more, *((mention + rows) * times)]
    items, before, letters, (tokens, gaps, letter, triples, fours) = laid_out(lot)
    capitals = [int(item in large) for item in items]
    expected = reference.has_phrase(items, list(map(bool, before)), letters, capitals)
    capital, pairs = array(capitals, np.uint8), np.zeros(len(gaps), np.uint8)
    found = [min(255, count) for count in reference.grams(items, 2)]
    pairs[: len(found)] = found
    assert phrases.has_phrase(tokens, gaps, letter, pairs, triples, fours, capital) == expected


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
@given(rows=st.lists(STRETCH, max_size=14), least=st.integers(1, 12))
def test_is_covered(rows, least):
    ends = array([value for row in rows for value in row] or [0], np.uint32)
    found = runs.is_covered(ends, len(rows), least, 550)
    assert found == reference.is_covered(rows, least, 550)
