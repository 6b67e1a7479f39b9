"""The kernels of repetition's triage against their slow twins: equality, or never too little."""

import numpy as np
import pytest
import reference_repeats as reference
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALL_TEXTS, array

from textclean.kernels import (
    alike,
    equals,
    light,
    mentions,
    phrases,
    pieces,
    repeats,
    runs,
    scan,
    signs,
    sketches,
    vocabulary,
)
from textclean.kernels.text import flatten
from textclean.stages.repetition import triage
from textclean.stages.repetition.languages import language_table
from textclean.stages.repetition.layout import Layout


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
@given(
    counts=st.lists(st.sampled_from([0] * 30 + [1, 2, 4, 255]), max_size=300),
    first=st.integers(0, 300),
    least=st.sampled_from([2, 4]),
)
def test_where_the_next_high_count_stands(counts, first, least):
    last = len(counts)
    expected = [place for place in range(first, last) if counts[place] >= least]
    array_ = np.array([*counts, 255], np.uint8)  # nothing is looked at from the last place on
    assert runs.next_from(array_, first, last, least) == min([*expected, last])


@settings(deadline=None)
@given(items=st.lists(st.integers(0, 5), max_size=60))
def test_counts_of_grams_are_never_too_low(items):
    tokens = array([*(item * 0x9E3779B97F4A7C15 % 2**64 for item in items), 0, 0, 0, 0])
    count = len(items)
    sketch, slots = np.zeros(1 << 12, np.uint8), np.zeros(400, np.uint32)
    pairs, triples, fours = np.full((3, count + 4), 255, np.uint8)
    sketches.count_pairs(tokens, count, sketch, slots, pairs)
    sketches.count_longer(tokens, count, 3, pairs, sketch, slots, triples)
    sketches.count_longer(tokens, count, 4, triples, sketch, slots, fours)
    for size, counts in ((2, pairs), (3, triples), (4, fours)):
        for found, exact in zip(counts.tolist(), reference.grams(items, size), strict=False):
            assert found >= exact or exact == 1
        assert not counts[max(0, count - size + 1) : count + 2].any()


#: Words (from 4 on) and figures, each with the signs before it.
STOP = signs.SENTENCE | signs.PROSE
GAPS = [int(gap) for gap in (0, 0, 0, STOP, STOP | signs.STATEMENT, signs.SENTENCE | signs.LINE)]
GAPS += [int(signs.SENTENCE | signs.LINE | more) for more in (signs.BLOCK, STOP, signs.STATEMENT)]
EDGE = int(scan.EDGE | signs.END)
#: A word that may begin with a capital or small, behind a blank.
JOINED_NAME = reference.ALPHA | reference.LARGE | reference.SMALL | reference.JOINED
JOINED_NAME |= reference.APART
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
        ("机pro 机电池", True),  # the first is a word of its own
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


#: What the words of grammar, of reporting, with capitals and so on may be.
SORTS = st.integers(0, 255).map(lambda sort: sort | reference.ALPHA * (sort % 9 > 0))
MENTIONED = st.tuples(
    st.lists(st.tuples(st.integers(0, 40), st.just(0)), min_size=4, max_size=12),
    st.lists(st.integers(3, 9), min_size=2, max_size=7),
    st.integers(3, 20),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0, int(STOP)])), max_size=40),
)


def mentioned(rows, phrase, times, more):
    """A phrase that begins so many stretches, with signs."""
    mention = [(item, 0 if n else int(STOP)) for n, item in enumerate(phrase)]
    return [*more, *((mention + rows) * times)]


@settings(deadline=None, max_examples=150)
@given(
    lot=MENTIONED.map(lambda parts: mentioned(*parts)),
    sorts=st.lists(SORTS, min_size=41, max_size=41),
    own=st.sampled_from([JOINED_NAME, 0]),
    odd=st.dictionaries(st.integers(0, 400), st.integers(0, 255), max_size=5),
    nouns=st.booleans(),
)
@example(  # 256 are kept
    lot=mentioned([(4, 0)] * 12, [4] * 5, 16, []),
    sorts=[JOINED_NAME] * 41,
    own=0,
    odd={},
    nouns=False,
)
def test_has_phrase(lot, sorts, own, odd, nouns):
    items, before, _, (tokens, gaps, _, triples, fours) = laid_out(lot)
    sort = [sorts[item] | own | reference.JOINED for item in items]
    for place, value in odd.items():
        sort[place % len(sort)] = value
    expected = reference.has_phrase(items, list(map(bool, before)), sort, nouns)
    pairs = np.zeros(len(gaps), np.uint8)
    found = [min(255, count) for count in reference.grams(items, 2)]
    pairs[: len(found)] = found
    letters = np.ones(len(items), np.uint8)
    words = phrases.PhraseWords(array(sort, np.uint8), letters, len(items), nouns)
    assert phrases.has_phrase(tokens, gaps, words, pairs, triples, fours) == expected
    assert recur(pairs, triples, fours, len(items)) >= expected


def recur(pairs, triples, fours, words):
    most = (int(max(counts, default=0)) for counts in (pairs, triples, fours))
    return mentions.may_recur(mentions.GramCounts(pairs, triples, fours, *most), words)


def test_grams_of_most_texts_recur_too_rarely_or_too_close_together():
    counts = np.zeros((3, 403), np.uint8)
    for row, size in zip(counts, ((14, 40, 20), (6, 30, 10), (5, 25, 8)), strict=True):
        often, wide, long = size
        row[10 : 10 + often] = often
        assert not recur(*counts, 100), "all in one place"
        row[10 + often - 1], row[90] = 0, often
        assert recur(*counts, 100)
        assert not recur(*counts, 100 * wide), "rare for such a text"
        row[90] = often - 1
        row[10 : 10 + long] = 0
        assert not recur(*counts, 100), "once less than a phrase"
        row[:] = 0


LISTED = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from([0, 0, *map(int, (signs.LIST, STOP | signs.STOP, signs.LINE)), *GAPS[5:]]),
    ),
    max_size=60,
)


@settings(deadline=None, max_examples=400)
@given(rows=LISTED, times=st.integers(1, 4))
@example(rows=[(4, 0), (5, int(signs.SENTENCE | signs.LINE))] * 3, times=1)
@example(rows=[(4, 0), (5, int(signs.LIST))], times=6)
@example(rows=[(4, 0), (5, 0), (6, 0)], times=6)
def test_no_piece_without_a_list_or_chain_is_looked_at(rows, times):
    ends = EDGE | int(signs.STOP)
    items, before, _, (tokens, _, letters, _, _) = laid_out(rows * times, ends)
    pairs = np.zeros(len(tokens), np.uint8)
    pairs[: max(0, len(items) - 1)] = reference.grams(items, 2)
    count, gaps, letters = len(items), array(before, np.uint8), letters[: len(items)]
    may = pieces.may_have_run(tokens[:count], gaps, letters, pairs)
    joined, cut = np.empty((2, len(gaps)), np.uint8)
    repeats.over_and_at_lines(gaps, joined, cut)
    for signs_between in (gaps, joined, cut):
        scratch = np.zeros((1 << runs.ITEM_BITS) + 1, np.int64), np.zeros(4 * count, np.uint32)
        args = tokens[:count], signs_between, letters, letters, pairs, *scratch
        assert may >= runs.has_run(*args)


@settings(deadline=None, max_examples=400)
@given(
    items=st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=10), min_size=3, max_size=9),
    core=st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_has_core(items, core):
    letters = [int(word > 1) for word in range(8)]
    words = [word for item in items for word in item]
    ends = [int(n == len(item) - 1) * int(signs.LIST) for item in items for n in range(len(item))]
    found = runs.has_core(
        array(words),
        array(ends, np.uint8),
        array([letters[word] for word in words], np.uint8),
        array([int(core[word]) for word in words], np.uint8),
    )
    assert found == reference.has_core(items, letters, core)


ENGLISH = "the of and to in that it is was for on with as he be at by this had not are but from"
PORTUGUESE = "de a o que e do da em um para com uma os no se na por mais as dos como mas ao ele"
ODD = ["harbor", "1,200", "3", "5th", "don't", "the’", "wEre", "é'"]
SPOKEN = st.lists(
    st.sampled_from([*ENGLISH.split(), *PORTUGUESE.split(), *ODD]),
    max_size=60,
)


@settings(deadline=None, max_examples=100)
@given(SPOKEN.map(" ".join), st.sampled_from([1, 1, 1, 40]))
def test_the_guessed_language_is_among_the_possible_ones(text, times):
    text = " ".join([text] * times)
    code, possible = Layout(text).words.code, spoken_in(text)
    listed = list(language_table())
    assert possible & (vocabulary.UNLISTED if code == "und" else 1 << listed.index(code))


def test_what_is_surely_in_one_language_is_in_no_other():
    english = sorted_words("The pier of the harbor is not for the ferry that was in it." * 3, None)
    assert english[0] & vocabulary.GRAMMAR
    assert not sorted_words("The pier ferry boats harbor cranes gulls nets " * 9, None)[0] & 2


def tokens_of(text):
    """The tables, the bytes of a text, its tokens, where they start, signs, and letters."""
    tables = triage._tables()
    data = flatten([text]).data
    room = len(data) // 2 + 4
    tokens, starts = np.zeros(room, np.uint64), np.zeros(room, np.uint32)
    gaps, letters = np.zeros((2, room), np.uint8)
    count = scan.scan(data, tables.signs, tokens, starts, gaps, letters)
    return tables, data, tokens[:count], starts[:count], gaps[: count + 1], letters[:count]


def spoken_in(text):
    tables, data, tokens, starts, _, letters = tokens_of(text)
    signs_of, words = tables.signs, tables.vocabulary
    return vocabulary.possible_languages(data, tokens, starts, letters, signs_of, words)


def sorted_words(text, code):
    tables, data, tokens, starts, gaps, _ = tokens_of(text)
    bits = 1 << list(language_table()).index(code) if code else spoken_in(text)
    lookup = vocabulary.Lookup(tables.signs, tables.vocabulary, bits)
    return vocabulary.sort_words(data, tokens, starts, gaps, lookup, gaps, 0).tolist()


def test_sort_words():
    alpha, grammar, content, said, large, small, joined, apart = (2**n for n in range(8))
    word = alpha | small | joined | apart
    assert sorted_words("The pier, said 7 of.", "en") == [
        alpha | large | apart | grammar,
        word | content,
        (word | content | said) & ~joined,
        content | joined | apart,
        word | grammar,
    ]
    # What may be another word is no word of grammar for sure; nor may it surely be none.
    assert sorted_words("the’ x-of thé", "en") == [
        word & ~joined,
        word | content,
        (word | grammar) & ~apart,
        word | content,
    ]


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
