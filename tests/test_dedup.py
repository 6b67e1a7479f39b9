"""Signatures beside datasketch's, bands, and the index against comparison of all pairs."""

import pickle
import random

import numpy as np
import pytest
import reference
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TEXTS

from textclean.dedup.bands import Bands, choose_bands
from textclean.dedup.deduplicate import deduplicate
from textclean.dedup.index import Match, NearDuplicateIndex
from textclean.dedup.measures import WORTH_COMPILING, Measures, measure
from textclean.dedup.memory import Memory
from textclean.dedup.signatures import shingle_hash, shingles, signature

SEED_WORDS = [
    *("harbour", "ferry", "pier", "office", "opens", "visitors", "notice", "Monday", "island"),
    *("Straße", "größer", "café", "東京", "港", "ท่า", "порт", "λιμάνι", "ميناء", "12", "x_1"),
]
THRESHOLDS = [0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0]


def corpus(seed, count, words=40):
    """Texts and near-copies of many degrees, some words changed, cut off or moved."""
    draw = random.Random(seed)
    vocabulary = SEED_WORDS + [f"word{number}" for number in range(400)]
    texts = []
    for _ in range(count):
        if texts and draw.random() < 0.6:
            copied = texts[draw.randrange(len(texts))].split(" ")
            for _ in range(draw.randrange(5)):
                copied[draw.randrange(len(copied))] = draw.choice(vocabulary)
            cut = draw.randrange(6)
            texts.append(" ".join(copied[cut:] if draw.random() < 0.5 else copied))
        else:
            texts.append(" ".join(draw.choices(vocabulary, k=words)))
    return [*texts, "", "...", "one", "one", "one two", "ONE, two!"]


def minhash_of(text, size=5):
    sketch = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=shingle_hash)
    sketch.update_batch(shingles(text, size))
    return sketch


def as_minhash(text):
    return MinHash(seed=1, scheme="affine32", hashfunc=shingle_hash, hashvalues=signature(text))


@settings(deadline=None, max_examples=60)
@given(text=TEXTS, size=st.integers(1, 6))
def test_signature_equals_datasketch(text, size):
    found = signature(text, size)
    assert found.dtype == np.uint32
    assert found.tolist() == minhash_of(text, size).hashvalues.tolist()


def test_signatures_and_datasketch_indexes_exchange():
    texts = corpus(1, 40)
    ours, theirs = MinHashLSH(0.7, num_perm=128), MinHashLSH(0.7, num_perm=128)
    for number, text in enumerate(texts):
        ours.insert(number, as_minhash(text))
        theirs.insert(number, minhash_of(text))
    for text in texts:
        assert sorted(ours.query(minhash_of(text))) == sorted(theirs.query(as_minhash(text)))
        assert as_minhash(text) == minhash_of(text)
    assert len(ours.query(minhash_of(texts[0]))) >= 1


def test_signatures_estimate_jaccard():
    draw = random.Random(5)
    errors = []
    for _ in range(60):
        words = [f"w{draw.randrange(10**6)}" for _ in range(60)]
        other = [
            *words[: draw.randrange(10, 60)],
            *(f"x{draw.randrange(10**6)}" for _ in range(20)),
        ]
        left, right = " ".join(words), " ".join(other)
        exact = reference.jaccard(shingles(left), shingles(right))
        errors.append(float((signature(left) == signature(right)).mean()) - exact)
    assert abs(sum(errors) / len(errors)) < 0.02  # standard error of the mean is below 0.006


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_bands_reach_the_recall(threshold):
    bands = choose_bands(threshold)
    assert bands.probability(threshold) >= 0.999
    assert bands.probability(1.0) == 1.0
    assert bands.probability(0.0) == 0.0
    assert bands.slots <= 256


def test_bands_agree_with_the_formula():
    bands = Bands(20, 4)
    for jaccard in (0.1, 0.5, 0.77, 0.99):
        assert bands.probability(jaccard) == pytest.approx(1 - (1 - jaccard**4) ** 20)


@pytest.mark.parametrize("threshold", [0, -0.5, 1.01, float("nan")])
def test_threshold_out_of_range(threshold):
    for make in (choose_bands, NearDuplicateIndex, lambda value: deduplicate([], value)):
        with pytest.raises(ValueError, match="threshold must be above 0"):
            make(threshold)


def test_other_settings_out_of_range():
    with pytest.raises(ValueError, match="recall must be between"):
        choose_bands(0.8, recall=1.0)
    for make in (lambda: NearDuplicateIndex(shingle_size=0), lambda: shingles("a", 0)):
        with pytest.raises(ValueError, match="at least 1 token"):
            make()
    with pytest.raises(TypeError, match="several texts"):
        deduplicate("one text")
    index = NearDuplicateIndex()
    with pytest.raises(ValueError, match="1 ids for the measures of 2 texts"):
        index.decide(["a"], index.measure(["x", "y"]))


def test_tiny_thresholds_work():
    assert choose_bands(1e-9).count == 512
    texts = ["a b c d e f", "a b c d e g"]
    assert deduplicate(texts, 0.05).dropped == {1: Match(0, 1 / 3)}


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.8, 0.9, 1.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_decisions_equal_comparison_of_all_pairs(threshold, seed):
    texts = corpus(seed, 120)
    kept, dropped = reference.deduplicate(texts, threshold)
    result = deduplicate(texts, threshold)
    assert result.kept == kept
    assert {n: (match.id, match.jaccard) for n, match in result.dropped.items()} == dropped
    assert len(dropped) > 5


@settings(deadline=None, max_examples=40)
@given(texts=st.lists(TEXTS, max_size=8), threshold=st.sampled_from([0.5, 0.8, 1.0]))
def test_every_drop_is_proven_on_any_text(texts, threshold):
    texts = texts + texts[::2]
    result = deduplicate(texts, threshold)
    assert sorted([*result.kept, *result.dropped]) == list(range(len(texts)))
    for number, match in result.dropped.items():
        assert match.id in result.kept
        assert match.id < number
        pair = (reference.shingles(texts[n]) for n in (number, match.id))
        assert match.jaccard == reference.jaccard(*pair) >= threshold
    _, dropped = reference.deduplicate(texts, 1.0)
    assert set(dropped) <= set(result.dropped)  # equal sets are found for certain


def test_texts_without_tokens_are_never_duplicates():
    index = NearDuplicateIndex(0.1)
    assert [index.add(n, text) for n, text in enumerate(["", "", "...", "…!"])] == [None] * 4
    assert len(index) == 0
    assert index.query("") is None


def test_most_similar_survivor_is_named_and_of_equals_the_earliest():
    words = [f"w{number}" for number in range(40)]
    near = " ".join([*words[:-4], "b1", "b2", "b3", "b4"])
    nearer = " ".join([*words[:-1], "c1"])
    same_as_nearer = " ".join([*words[:-1], "d1"])
    for order in ([near, nearer], [nearer, near]):
        index = NearDuplicateIndex(0.5)
        index._memory.rule = index._memory.rule._replace(
            threshold=1.0
        )  # keep both, then look with the real threshold
        assert [index.add(text, text) for text in order] == [None, None]
        index._memory.rule = index._memory.rule._replace(threshold=0.5)
        assert index.query(" ".join(words)).id == nearer
    index = NearDuplicateIndex(0.5)
    index._memory.rule = index._memory.rule._replace(threshold=1.0)
    for text in (near, nearer, same_as_nearer):
        index.add(text, text)
    index._memory.rule = index._memory.rule._replace(threshold=0.5)
    assert index.query(" ".join(words)).id == nearer


def test_query_keeps_nothing():
    index = NearDuplicateIndex()
    assert index.query("one two three four five six") is None
    assert len(index) == 0
    index.add("a", "one two three four five six")
    assert index.query("One two three four five six!") == Match("a", 1.0)
    assert index.add("b", "One two three four five six!") == Match("a", 1.0)
    assert len(index) == 1
    assert repr(index) == "<NearDuplicateIndex threshold=0.8, shingle_size=5: 1 texts>"
    assert min(index.memory_bytes) > 0


@pytest.mark.parametrize("batch_size", [1, 3, 50])
def test_batch_size_does_not_matter(batch_size):
    texts = corpus(3, 60)
    whole = NearDuplicateIndex(0.6)
    expected = whole.decide(range(len(texts)), whole.measure(texts))
    index = NearDuplicateIndex(0.6)
    found = []
    for start in range(0, len(texts), batch_size):
        batch = texts[start : start + batch_size]
        found += index.decide(range(start, start + len(batch)), index.measure(batch))
    assert found == expected


def test_measures_cut_join_and_pickle():
    texts = corpus(4, 10)
    measures = measure(texts, Bands(18, 5), 5)
    assert len(measures) == len(texts)
    for other in (
        Measures.concatenate(list(measures)),
        measures[:4] + measures[4:],
        measures[::-1][::-1],
        pickle.loads(pickle.dumps(measures)),  # noqa: S301 - our own bytes
    ):
        for field in ("shingles", "ends", "tags", "marks"):
            assert np.array_equal(getattr(other, field), getattr(measures, field))
    assert measures[-1].shingles.tolist() == measures[len(texts) - 1].shingles.tolist()
    assert len(measures[5:2]) == 0
    with pytest.raises(IndexError):
        measures[len(texts)]


def contained(texts, threshold):
    """Keep and drop by the share of each text's shingles that one kept earlier text holds."""
    sets = [set(reference.shingles(text)) for text in texts]
    kept, dropped = [], {}
    for number, own in enumerate(sets):
        shares = [(len(own & sets[other]) / len(own), -other) for other in kept if own]
        share, other = max(shares, default=(0, 0))
        if share >= threshold:
            jaccard = reference.jaccard(own, sets[-other])
            dropped[number] = (-other, jaccard, share)
        else:
            kept.append(number)
    return kept, dropped


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_containment_equals_comparison_of_all_pairs(threshold, seed):
    draw = random.Random(seed)
    texts = corpus(seed, 100)
    for text in corpus(seed, 100)[:60]:
        words = text.split(" ")
        start = draw.randrange(len(words))
        texts.append(" ".join(words[start : start + draw.randrange(6, 20)]))
        texts.append(" ".join([*draw.choices(SEED_WORDS, k=draw.randrange(60)), *words]))
    kept, dropped = contained(texts, threshold)
    result = deduplicate(texts, threshold, measure="containment")
    assert result.kept == kept
    found = {n: (match.id, match.jaccard, match.containment) for n, match in result.dropped.items()}
    assert found == dropped
    assert len(dropped) > 30


def test_containment_finds_what_jaccard_cannot():
    words = [f"w{number}" for number in range(3000)]
    index = NearDuplicateIndex(0.8, measure="containment")
    assert index.add("whole", " ".join(words)) is None
    match = index.add("part", " ".join([*words[100:150], "extra"]))
    assert match == Match("whole", 46 / (2996 + 47 - 46), 46 / 47)
    assert match.similarity == match.containment
    assert (
        index.add("longer", " ".join([*words, *(f"x{number}" for number in range(2000))])) is None
    )
    assert NearDuplicateIndex(0.8, measure="containment").query("") is None
    with pytest.raises(ValueError, match="one of jaccard, containment, not 'cosine'"):
        NearDuplicateIndex(measure="cosine")


def test_stamps_start_again_before_they_overflow():
    memory = Memory(choose_bands(0.8), 0.8)
    measures = measure(["one two three four five six"] * 2, choose_bands(0.8), 5)
    memory._survivors.counts[1] = 2**32 - 3
    assert memory.decide(measures)[0].tolist() == [-1, 0]
    assert memory._survivors.counts[1] == 2


def test_texts_without_a_shingle_are_work_too(monkeypatch):
    asked = []
    monkeypatch.setattr("textclean.dedup.measures.is_worth", lambda size, _: asked.append(size))
    measure([""] * 1000, Bands(18, 5), 5)
    assert sum(asked) >= WORTH_COMPILING
