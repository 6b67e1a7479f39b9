"""Families of one template: how their texts are found, and that the work stays bounded."""

import copy
import random

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st

from textclean.dedup.bands import bits_needed, farthest_bits, well_above
from textclean.dedup.index import NearDuplicateIndex
from textclean.kernels import bit_signatures, crowd, proposals
from textclean.kernels.bit_signatures import COARSE_BITS, COARSE_WORDS, Bits


def family(count):
    """Texts of one template, each with facts of its own: none repeats another at 0.8."""
    words = [f"w{number}" for number in range(120)]
    texts = []
    for number in range(count):
        text = words[:]
        text[20], text[60], text[100] = (f"fact{number}x{place}" for place in range(3))
        texts.append(text)
    return texts


def test_template_families_are_found_by_what_sets_them_apart():
    count = 3 * proposals.BUCKET_LIMIT
    texts = family(count)
    index = NearDuplicateIndex(0.8)
    assert all(index.add(n, " ".join(text)) is None for n, text in enumerate(texts))
    assert index._memory._survivors.crowd.listed.used[0] > 0
    for number, text in enumerate(texts):
        repeat = [*text[:20], f"other{number}", *text[21:]]
        match = index.query(" ".join(repeat))
        assert match is not None
        assert match.id == number
        assert match.jaccard == reference.jaccard(
            reference.shingles(" ".join(repeat)), reference.shingles(" ".join(text))
        )


def filled(count, words, values, seed):
    """Texts of one template of so many words, every twentieth a fact of so many values."""
    draw = random.Random(seed)
    text = [f"w{number}" for number in range(words)]
    texts = []
    for _ in range(count):
        for place in range(10, words, 20):
            text[place] = f"value{place}x{draw.randrange(values)}"
        texts.append(text[:])
    return texts


def narrow_family(count):
    """Texts with 10 facts of 20 values each: most are at 0.6 to one another."""
    return filled(count, words=200, values=20, seed=3)


def test_buckets_and_lists_are_bounded():
    index = NearDuplicateIndex(0.8)
    batch = index.measure([" ".join(text) for text in narrow_family(12 * crowd.LIST_LIMIT)])
    index.decide(range(len(batch)), batch)
    bands = index._memory._survivors.bands
    assert bands.lengths[: bands.used[0]].max() == proposals.BUCKET_LIMIT
    for table, limit in (
        (index._memory._survivors.crowd.listed, crowd.LIST_LIMIT),
        (index._memory._survivors.crowd.bands, crowd.LONG_LIMIT),
    ):
        assert table.lengths[: table.used[0]].max() == limit


@pytest.mark.parametrize("make", [family, narrow_family])
def test_work_for_one_text_does_not_grow_with_its_family(make):
    texts = [" ".join(text) for text in make(3200)]
    index = NearDuplicateIndex(0.8)
    compared = []
    for start in range(0, len(texts), 400):
        before = index.comparisons
        index.decide(range(400), index.measure(texts[start : start + 400]))
        compared.append(index.comparisons - before)
    bands = index.bands.count * proposals.BUCKET_LIMIT + 49 * crowd.LONG_LIMIT
    assert len(index) > 3000
    assert 0 < max(compared) <= 400 * bands
    if make is family:  # the buckets of the other fill more slowly
        assert compared[-1] <= 1.1 * compared[3]


def test_repeats_in_a_family_of_few_values_are_found():
    texts = narrow_family(4000)
    index = NearDuplicateIndex(0.8)
    batch = index.measure([" ".join(text) for text in texts])
    kept = [n for n, match in enumerate(index.decide(range(4000), batch)) if match is None]
    for number in kept[-500:]:
        repeat = " ".join([*texts[number][:10], "other", *texts[number][11:]])
        match = index.query(repeat)
        assert match is not None
        assert match.jaccard >= 0.95


def test_equal_sets_are_found_where_everything_is_full():
    index = NearDuplicateIndex(0.99)
    texts = [" ".join(text) for text in narrow_family(3000)]
    first = index.decide(range(3000), index.measure(texts))
    again = index.decide(range(3000), index.measure(texts))
    assert sum(match is None for match in first) == 3000
    assert [match.id for match in again] == list(range(3000))


def broad_family(count):
    """Texts with 15 facts of 8 values each, about 0.64 to one another."""
    return filled(count, words=300, values=8, seed=5)


def changed(text, facts, draw):
    """Return the text with so many facts that no other has."""
    words = text[:]
    for place in draw.sample(range(10, 300, 20), facts):
        words[place] = f"new{draw.random()}"
    return " ".join(words)


def test_repeats_without_a_rare_shingle_are_found():
    texts = broad_family(4000)
    index = NearDuplicateIndex(0.8)
    matches = index.decide(range(4000), index.measure([" ".join(text) for text in texts]))
    kept = [number for number, match in enumerate(matches) if match is None]
    draw = random.Random(6)
    repeats = [changed(texts[number], 4, draw) for number in kept]
    found = [index.query(repeat) for repeat in repeats]
    assert [match and match.id for match in found] == kept
    # without bit signatures, some are not
    index._memory.rule = index._memory.rule._replace(farthest=(-1, -1))
    assert None in [index.query(repeat) for repeat in repeats]


def test_the_latest_bit_signatures_take_the_place_of_the_earliest():
    texts = [" ".join(text) for text in broad_family(400)]
    index = NearDuplicateIndex(0.8)
    index._memory._joined[0] = crowd.SEARCHED - 100
    assert index.decide(range(400), index.measure(texts)) == [None] * 400
    ours = index._memory._survivors.crowd
    assert ours.joined[0] > crowd.SEARCHED + 100
    last = ours.joined[0] % crowd.SEARCHED
    assert ours.holders[last - 1] == 399
    assert ours.holders[crowd.SEARCHED - 1] == ours.holders[0] - 1
    draw = random.Random(7)
    for number in (399, int(ours.holders[0]), int(ours.holders[crowd.SEARCHED - 1])):
        match = index.query(changed(texts[number].split(" "), 2, draw))
        assert match is not None
        assert match.id == number


def test_a_few_of_many_are_nearest():
    draw = np.random.default_rng(8)
    whole = draw.integers(0, 2**63, (3000, 24), np.uint64)
    whole[[5, 77]] = whole[1234]
    whole[77, 3] ^= np.uint64(0b1011)
    whole[5, 20] ^= np.uint64(0b1)
    others = Bits(whole[:, :16].copy(), whole[:, 16:].copy())
    bits = Bits(others.coarse[1234], others.fine[1234])
    sizes = draw.integers(40, 60, 3000, np.uint32)
    sizes[[5, 77, 1234]] = 50
    room = np.empty(8, np.uint32)

    def nearest(farthest, size, least=40, most=60):
        count = bit_signatures.find_nearest(bits, others, sizes, least, most, farthest, room[:size])
        return room[:count].tolist()

    every = (24 * 64, 24 * 64)
    assert nearest((0, 0), 8) == [1234]
    assert nearest((0, 9), 8) == [5, 1234]
    assert nearest((9, 2), 8) == [5, 1234]
    assert nearest((2, 9), 8) == [5, 1234]
    assert nearest((3, 3), 8) == [5, 77, 1234]
    assert nearest((3, 3), 1) == [1234]
    assert nearest(every, 3) == [5, 77, 1234]
    assert nearest(every, 0) == []
    apart = [reference.distance(whole[1234], row) for row in whole]
    for least, most in ((40, 60), (45, 52), (50.5, 60)):
        rows = [row for row in range(3000) if least <= sizes[row] <= most]
        eight = sorted(sorted(rows, key=lambda row: (apart[row], row))[:8])
        assert nearest(every, 8, least, most) == eight


@given(st.lists(st.integers(0, 2**32 - 1), min_size=COARSE_BITS, max_size=COARSE_BITS), st.data())
def test_bits_and_their_distance_are_those_of_the_slow_twin(slots, data):
    slots = np.array(slots, np.uint32)
    changed = slots.copy()
    for place in data.draw(st.sets(st.integers(0, COARSE_BITS - 1), max_size=30)):
        changed[place] ^= np.uint32(data.draw(st.integers(1, 2**32 - 1)))
    bits = np.empty((2, COARSE_WORDS), np.uint64)
    for row, signature in enumerate((slots, changed)):
        bit_signatures.take_bits(signature, bits[row])
        assert bits[row].tolist() == reference.take_bits(signature)
    assert bit_signatures.distance(*bits) == reference.distance(*bits)


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8, 0.95])
def test_bit_signatures_of_similar_sets_are_near(threshold):
    draw, wanted = np.random.default_rng(9), well_above(threshold)
    index = NearDuplicateIndex(threshold)
    ours = index._memory._survivors.crowd
    one, other = crowd.new_features(ours), crowd.new_features(ours)
    count = bits_needed(threshold, COARSE_BITS)
    farthest, apart = farthest_bits(wanted, count), []
    room = Bits(np.zeros((1, COARSE_WORDS), np.uint64), ours.bits.fine)
    ours = ours._replace(bits=room)  # else, none are made
    for _ in range(200):
        common = round(400 * 2 * wanted / (1 + wanted))
        hashes = draw.integers(0, 2**63, 800 - common, np.uint64)
        with np.errstate(over="ignore"):
            crowd.describe(np.sort(hashes[:400]), ours, one)
            crowd.describe(np.sort(hashes[400 - common :][:400]), ours, other)
        at_first = reference.distance(one.bits.coarse, other.bits.coarse)
        assert at_first <= farthest_bits(wanted, COARSE_BITS)
        apart.append(at_first + reference.distance(one.bits.fine, other.bits.fine))
    assert max(apart) <= farthest
    assert len(one.bits.coarse) + len(one.bits.fine) == count / 64
    assert abs(np.mean(apart) - count * (1 - wanted) / 2) < 12  # the standard error is about 3


def test_containment_keeps_no_bit_signatures():
    index = NearDuplicateIndex(0.8, measure="containment")
    texts = [" ".join(text) for text in broad_family(100)]
    index.decide(range(100), index.measure(texts))
    assert index._memory._survivors.crowd.joined[0] == len(index) > 10
    assert len(index._memory._survivors.crowd.bits.coarse) == 0


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
def test_a_text_well_above_is_among_the_nearest_of_a_star(threshold):
    """All others are just below the threshold: so many bits still tell the one above it apart."""
    draw = np.random.default_rng(10)

    def left_out(bits):
        others = draw.binomial(bits, (1 - threshold) / 2, crowd.SEARCHED)
        last = np.sort(others)[proposals.MAXIMUM_NEAREST - 1]
        above = draw.binomial(bits, (1 - well_above(threshold)) / 2, 100_000)
        return np.mean(above >= last)

    bits = bits_needed(threshold, COARSE_BITS)
    assert left_out(bits) < 0.0002
    assert left_out(bits // 2) > 0.0005


def test_a_cut_out_of_what_many_texts_share_is_contained_in_the_first():
    draw = random.Random(11)
    shared = " ".join(f"shared{number}" for number in range(60))
    index = NearDuplicateIndex(0.9, measure="containment")
    for number in range(3 * crowd.LIST_LIMIT):
        own = " ".join(f"w{draw.randrange(10**9)}" for _ in range(60))
        assert index.add(number, f"{own} {shared}") is None
    for text, containment in ((shared, 1.0), (f"{shared} one two three", 56 / 59)):
        match = index.query(text)
        assert match is not None
        assert (match.id, match.containment) == (0, containment)
    assert index.query(f"{shared} {' '.join(map(str, range(20)))}") is None


def test_in_a_crowd_the_more_similar_text_is_named():
    draw = random.Random(12)
    usual = [f"w{number}" for number in range(600)]

    def changed_facts(facts):
        words = usual[:]
        for fact in draw.sample(range(60), facts):
            words[10 * fact + 5] = f"v{fact}x{draw.randrange(3)}"
        return " ".join(words)

    built = NearDuplicateIndex(0.8)
    assert built.add("far", changed_facts(13)) is None
    family = [changed_facts(14) for _ in range(2500)]
    built.decide(range(2500), built.measure(family))
    assert len(built) > 2400
    named = []
    for _ in range(20):
        index = copy.copy(built)
        if index.add("near", changed_facts(12)) is None:
            found = index.query(" ".join(usual))
            named.append(found and found.id)
    assert named == ["near"] * len(named)
    assert len(named) > 10
