"""Whole corpora: the order of keep rules, stars around survivors, and what lies on the disk."""

import errno
import json
import multiprocessing
import os
import random
import sys

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st

from textclean.dedup.corpus import CorpusDeduplication
from textclean.dedup.index import NearDuplicateIndex
from textclean.dedup.keep import KeepRule
from textclean.dedup.mapped import MappedHashes, Spool
from textclean.document import Document
from textclean.errors import OutputError


def documents(count, seed=1):
    draw = random.Random(seed)
    vocabulary = [f"word{number}" for number in range(300)]
    found = []
    for number in range(count):
        if found and draw.random() < 0.6:
            words = draw.choice(found).text.split(" ")
            words[draw.randrange(len(words))] = draw.choice(vocabulary)
            words += draw.choices(vocabulary, k=draw.randrange(4))
        else:
            words = draw.choices(vocabulary, k=90)
        fields = {"score": draw.randrange(5), "day": f"2024-05-0{draw.randrange(1, 9)}"}
        found.append(Document(f"d{number}", " ".join(words), fields=fields))
    return [*found, Document("empty", ""), Document("empty", "...")]


def stars(corpus, order, threshold):
    """In this order: who repeats which of those that stay, and how similar they are."""
    sets = [set(reference.shingles(document.text)) for document in corpus]
    kept, gone = [], {}
    for number in order:
        similar = [
            (jaccard, -rank, other)
            for rank, other in enumerate(kept)
            if sets[number]
            and (jaccard := reference.jaccard(sets[number], sets[other])) >= threshold
        ]
        if similar:
            jaccard, _, other = max(similar)
            gone[number] = (other, jaccard)
        else:
            kept.append(number)
    return gone


def decided(corpus, keep="first", batch_size=50, sources=None, **settings):
    deduplication = CorpusDeduplication(KeepRule.parse(keep), **settings)
    for start in range(0, len(corpus), batch_size):
        source = sources[start] if sources else ""
        deduplication.add(corpus[start : start + batch_size], source)
    deduplication.decide()
    return deduplication


KEYS = {
    "first": lambda _, number: number,
    "longest": lambda document, _: -len(document.text),
    "newest:day": lambda document, _: -int(document.fields.get("day", "0")[-1]),
    "max:score": lambda document, _: -document.fields.get("score", -1),
}


@pytest.mark.parametrize("threshold", [0.5, 0.8])
@pytest.mark.parametrize("keep", KEYS)
def test_equals_comparison_of_all_pairs_in_the_order_of_the_rule(keep, threshold, tmp_path):
    corpus = documents(150)
    order = sorted(range(len(corpus)), key=lambda number: KEYS[keep](corpus[number], number))
    expected = stars(corpus, order, threshold)
    assert len(expected) > 30
    for batch_size in (1, 64, 1000):
        result = decided(corpus, keep, batch_size, threshold=threshold, folder=tmp_path)
        found = {n: result.survivor(n) for n in range(len(result)) if result.survivor(n)}
        assert found == expected
    assert list(tmp_path.iterdir()) == []


def test_clusters_are_stars_in_the_order_of_the_corpus():
    corpus = documents(200)
    result = decided(corpus, "max:score", threshold=0.6)
    clusters = list(result.clusters())
    survivors = [cluster.record for cluster in clusters]
    assert survivors == sorted(set(survivors))
    members = {}
    for cluster in clusters:
        assert result.survivor(cluster.record - 1) is None
        assert cluster.survivor == corpus[cluster.record - 1].id
        records = [member.record for member in cluster.members]
        assert records == sorted(records)
        for member in cluster.members:
            assert member.id == corpus[member.record - 1].id
            members[member.record - 1] = (cluster.record - 1, member.similarity)
    assert members == {n: result.survivor(n) for n in range(len(result)) if result.survivor(n)}
    line = json.loads(json.dumps(clusters[0].as_json()))
    assert list(line) == ["survivor", "members"]
    assert list(line["members"][0]) == ["record", "id", "similarity"]


def test_a_chain_is_no_cluster():
    words = [f"w{number}" for number in range(100)]
    chain = [" ".join(words[start : start + 60]) for start in range(0, 40, 4)]
    result = decided([Document(str(n), text) for n, text in enumerate(chain)], threshold=0.8)
    sets = [set(reference.shingles(text)) for text in chain]
    clusters = list(result.clusters())
    assert len(clusters) > 2
    for cluster in clusters:
        for member in cluster.members:
            pair = sets[cluster.record - 1], sets[member.record - 1]
            assert reference.jaccard(*pair) == member.similarity >= 0.8


def test_prefers_a_source():
    corpus = [
        Document("a", "one two three four five six"),
        Document("b", "One, two three four five six"),
    ]
    for keep, survivor in (("prefer:good.jsonl", 1), ("prefer:absent", 0)):
        result = decided(corpus, keep, 1, ["bad.jsonl", "good.jsonl"])
        assert [result.survivor(number) for number in range(2)][1 - survivor] == (survivor, 1.0)


def test_containment_keeps_the_whole():
    words = [f"w{number}" for number in range(200)]
    corpus = [Document("part", " ".join(words[40:80])), Document("whole", " ".join(words))]
    result = decided(corpus, "longest", measure="containment")
    assert result.survivor(0) == (1, 1.0)
    assert decided(corpus, "longest").survivor(0) is None


def test_nothing_is_a_corpus_too():
    result = decided([])
    assert len(result) == 0
    assert list(result.clusters()) == []
    assert list(decided(documents(0)).clusters()) == []


@pytest.mark.parametrize(
    "text", ["", "last", "first:x", "longest:", "newest", "newest:", "max:", "prefer", "MAX:a"]
)
def test_other_rules_are_refused(text):
    with pytest.raises(ValueError, match="keep is first, longest, newest:FIELD"):
        KeepRule.parse(text)


MOST = sys.float_info.max


def test_values_of_fields():
    newest, most = KeepRule.parse("newest:d"), KeepRule.parse("max:n:m")
    dates = [
        *(None, "soon", {}, True, "1969-12-31", 0, "1970-01-01T00:00:01Z"),
        *("1970-01-01T01:00:02+01:00", 3, "2024-05-01", "2024-05-01T00:00:00.5"),
    ]
    values = [newest.value("", {"d": moment}, "") for moment in dates]
    assert values == sorted(values)
    numbers = [newest.value("", {"d": n}, "") for n in (1712101012345, "1712101012345", "20240402")]
    assert numbers[0] == numbers[1] > numbers[2] > numbers[0] - 86400 * 2
    assert values[:4] == [-float("inf")] * 4
    assert len(set(values[3:])) == len(values[3:])
    numbers = [most.value("", {"n:m": n}, "") for n in (float("nan"), "x", -1, "2.5", 3)]
    assert numbers == [-float("inf"), -float("inf"), -1.0, 2.5, 3.0]
    assert [most.value("", {"n:m": n}, "") for n in (10**400, -(10**400))] == [MOST, -MOST]
    assert [most.value("", {"n:m": n}, "") for n in (float("inf"), "inf")] == [-float("inf")] * 2
    assert most.value("", {}, "") == -float("inf")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.lists(st.text())))
def test_any_value_of_a_field_has_a_place(value):
    for rule in (KeepRule("newest", "f"), KeepRule("max", "f")):
        found = rule.value("", {"f": value}, "")
        assert found == found  # noqa: PLR0124 - no NaN, which has no place in an order


def test_an_index_decides_the_same_with_its_sets_on_the_disk(tmp_path):
    texts = [document.text for document in documents(300)]
    there = NearDuplicateIndex(0.6, spill_to=tmp_path)
    here = NearDuplicateIndex(0.6)
    for number, text in enumerate(texts):
        assert there.add(number, text) == here.add(number, text)
    assert there.memory_bytes[1] >= 8 * 36
    assert list(tmp_path.iterdir()) == []


def test_many_hashes_go_to_the_disk_or_stay_where_there_is_room(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mapped = MappedHashes()
    values = np.arange(700_000, dtype=np.uint64)
    for start in range(0, len(values), 50_000):
        mapped.make_room(50_000)
        mapped.append(values[start : start + 50_000])
    assert not mapped.hashes.flags.owndata  # a file's pages
    mapped.give_back()
    assert np.array_equal(mapped.hashes[: len(mapped)], values)
    assert list(tmp_path.iterdir()) == []

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("os.posix_fallocate", full)
    mapped.make_room(len(mapped.hashes))
    mapped.append(values)
    assert mapped.hashes.flags.owndata
    assert np.array_equal(mapped.hashes[: len(mapped)], np.concatenate([values, values]))
    with pytest.raises(OutputError, match="no space; TMPDIR"):
        MappedHashes(tmp_path).make_room(1)


@pytest.mark.parametrize("promised", [True, False])
def test_files_grow_and_keep_what_they_hold(tmp_path, monkeypatch, promised):
    if not promised:  # as in macOS
        monkeypatch.delattr("os.posix_fallocate", raising=False)
    pwrite = os.pwrite  # as the system may do, take less than what is given
    monkeypatch.setattr("os.pwrite", lambda file, data, at: pwrite(file, data[:4096], at))
    mapped = MappedHashes(tmp_path)
    lengths = (1, 2, 1000, 100_000)
    for length in lengths:
        mapped.make_room(length)
        mapped.append(np.full(length, length, np.uint64))
    assert np.array_equal(mapped.hashes[: len(mapped)], np.repeat(lengths, lengths))
    spool = Spool(tmp_path, "u4", 3)
    assert spool.read().shape == (0, 3)
    spool.append(np.arange(6).reshape(2, 3))
    spool.append(np.arange(3).reshape(1, 3))
    assert spool.read().tolist() == [[0, 1, 2], [3, 4, 5], [0, 1, 2]]


def test_to_decide_once_more_gives_the_same():
    corpus = CorpusDeduplication()
    corpus.add([Document("a", "one two three four five six"), Document("b", "one two three")])
    for text in ("One two, three four five six.", "something else"):
        corpus.add([Document("c", text)])
        for _ in range(2):
            corpus.decide()
            found = [corpus.survivor(number) for number in range(len(corpus))]
            assert found == [None, None, (0, 1.0), None][: len(found)]


def test_a_child_that_ends_leaves_the_corpus_of_its_parent():
    corpus = CorpusDeduplication()
    documents = [Document(str(number), f"{number} one two three four") for number in range(9)]
    corpus.add(documents)
    child = multiprocessing.get_context("fork").Process(target=sys.exit)
    child.start()
    child.join()
    corpus.add(documents)
    corpus.decide()
    assert [corpus.survivor(number) for number in range(9, 18)] == [(n, 1.0) for n in range(9)]
