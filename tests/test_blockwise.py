"""De-duplication in blocks gives what one memory gives that sees everything in order."""

import itertools
import pickle
from copy import deepcopy

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from textclean.dedup import blockwise, mapped
from textclean.dedup.bands import choose_bands
from textclean.dedup.components import Edges, both_ways, contracted, large_star, small_star
from textclean.dedup.index import NearDuplicateIndex
from textclean.dedup.measures import measure
from textclean.kernels import graph

WORDS = [f"word{n}" for n in range(400)]


def corpus(seed, families, members, singles):
    """Return texts of a few templates with few facts, copies with changes, and others; shuffled."""
    draw = np.random.default_rng(seed)
    texts = []
    for family in range(families):
        template = [f"f{family}w{n}" for n in range(60)]
        for _ in range(members):
            text = list(template)
            for place in draw.choice(60, 4, replace=False):
                text[place] = f"fact{draw.integers(12)}"
            texts.append(" ".join(text))
    for single in range(singles):
        words = [f"s{single}w{n}" for n in range(40)]
        for copy in range(draw.integers(1, 5)):
            changed = [f"c{copy}" if draw.random() < 0.02 * copy else word for word in words]
            texts.append(" ".join(changed))
    texts += ["", "...", "one", "one"]
    return [texts[n] for n in draw.permutation(len(texts))]


def one_memory(texts, order, threshold):
    index = NearDuplicateIndex(threshold)
    found = {}
    for number in order:
        match = index.add(int(number), texts[number])
        if match is not None:
            found[int(number)] = (match.id, match.jaccard)
    return found


def in_blocks(texts, order, threshold, blocks, room=blockwise.CROWD_ROOM):
    """Return what goes because of what, and how many documents the crowds' memories saw."""
    bands = choose_bands(threshold)
    whole = measure(texts, bands, 5)
    cuts = np.linspace(0, len(texts), blocks + 1).astype(int)
    pieces = [
        blockwise.band_keys(whole[start:stop], int(start))
        for start, stop in itertools.pairwise(cuts)
    ]
    keys, documents = (np.concatenate(part) for part in zip(*pieces, strict=True))
    parts = [
        blockwise.bucket_pairs(keys[keys % 3 == part], documents[keys % 3 == part])
        for part in range(3)
    ]
    left, right = (
        np.concatenate([getattr(part, side) for part in parts]) for side in ("left", "right")
    )
    crowds = Edges(*map(np.concatenate, zip(*(part.crowds for part in parts), strict=True)))
    sides = (graph.Side(whole.shingles, whole.ends, whole.marks, end) for end in (left, right))
    similarity = blockwise.verified(*sides, bands, threshold)
    kept = similarity > 0
    pairs = blockwise.Verified(left[kept], right[kept], similarity[kept])
    everything = np.arange(len(texts))
    given = everything if order is None else order
    drops, crowd = blockwise.settle(pairs, crowds, everything, given, room)
    found = [drops]
    for number in range(crowd.memories.max(initial=-1) + 1):
        memory = blockwise.CrowdMemory(bands, threshold)
        members = crowd.documents[crowd.memories == number]
        assert crowd.places[crowd.memories == number].tolist() == list(range(len(members)))
        for start in range(0, len(members), 64):  # however many at a time
            some = members[start : start + 64]
            chosen = whole.concatenate([whole[int(one)] for one in some])
            found.append(memory.decide(some, chosen))
    return {
        int(gone): (int(survivor), float(similarity))
        for some in found
        for gone, survivor, similarity in zip(*some, strict=True)
    }, len(crowd.documents)


def test_a_memory_that_was_sent_elsewhere_goes_on_alike(monkeypatch):
    """Between two turns of a crowd; its shingle sets lie in a file of the process."""
    monkeypatch.setattr(mapped, "_IN_MEMORY", 1000)
    texts = corpus(5, 2, 100, 40)
    bands = choose_bands(0.8)
    stays, travels = (blockwise.CrowdMemory(bands, 0.8) for _ in range(2))
    for start in range(0, len(texts), 50):
        batch = measure(texts[start : start + 50], bands, 5)
        numbers = np.arange(start, start + len(batch))
        expected = [part.tolist() for part in stays.decide(numbers, batch)]
        assert [part.tolist() for part in travels.decide(numbers, batch)] == expected
        travels = deepcopy(pickle.loads(pickle.dumps(travels)))  # noqa: S301 - our own


@pytest.mark.parametrize("threshold", [0.5, 0.8, 1.0])
@pytest.mark.parametrize(("families", "members"), [(0, 0), (3, 20), (2, 300)])
def test_the_answer_is_that_of_one_memory(families, members, threshold):
    texts = corpus(1, families, members, 60)
    for order in (None, np.random.default_rng(2).permutation(len(texts))):
        found, crowded = in_blocks(texts, order, threshold, 4)
        given_order = range(len(texts)) if order is None else order
        assert found == one_memory(texts, given_order, threshold)
        assert found
        # large families go to the crowd's memory, others do not
        assert bool(crowded) == (members == 300 and threshold < 1.0)


@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(33, 80))
@settings(max_examples=15, deadline=None)
def test_neither_does_the_number_of_blocks_matter(seed, blocks, members):
    texts = corpus(seed, 2, members, 10)
    found, _ = in_blocks(texts, None, 0.7, blocks)
    assert found == one_memory(texts, range(len(texts)), 0.7)


def test_crowds_that_do_not_share_a_memory_are_decided_alike():
    texts = corpus(3, 3, 300, 10)
    found, crowded = in_blocks(texts, None, 0.7, 4, room=100)
    assert crowded > 200
    assert found == one_memory(texts, range(len(texts)), 0.7)


def test_an_empty_corpus():
    found, _ = in_blocks(["", "..."], None, 0.8, 2)
    assert found == {}


pairs = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from([0.8, 0.9, 1.0]))
)


@given(pairs)
def test_graph_kernels_equal_their_references(drawn):
    left = np.array([a for a, _, _ in drawn], np.int64)
    right = np.array([b for _, b, _ in drawn], np.int64)
    parents = np.arange(13)
    graph.join_components(left, right, parents)
    graph.settle(parents)
    assert parents.tolist() == reference.components(13, list(zip(left, right, strict=True)))

    ordered = sorted({(max(a, b), min(a, b)): s for a, b, s in drawn if a != b}.items())
    later = np.array([key[0] for key, _ in ordered], np.int64)
    earlier = np.array([key[1] for key, _ in ordered], np.int64)
    similarity = np.array([s for _, s in ordered])
    survivors, similarities = np.full(13, graph.STAYS), np.zeros(13)
    graph.first_survivors(later, earlier, similarity, survivors, similarities)
    expected = reference.first_survivors(13, dict(ordered))
    assert list(zip(survivors.tolist(), similarities.tolist(), strict=True)) == expected


edges = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda e: e[0] != e[1]))


def in_parts(drawn, count):
    """Return under which node each hangs in the end, of edges that lie in parts."""

    def sent(found):
        return [
            Edges(
                found.nodes[found.nodes % count == part],
                found.neighbors[found.nodes % count == part],
            )
            for part in range(count)
        ]

    whole = Edges(*(np.array([edge[side] for edge in drawn], np.int64) for side in (0, 1)))
    halves = [Edges(*(column[start::2] for column in whole)) for start in (0, 1)]
    whole = Edges(*map(np.concatenate, zip(*map(contracted, halves), strict=True)))
    for rounds in range(20):
        large = [large_star(part) for part in sent(both_ways(whole))]
        joined = Edges(*map(np.concatenate, zip(*(found for found, _ in large), strict=True)))
        small = [small_star(part) for part in sent(joined)]
        whole = Edges(*map(np.concatenate, zip(*(found for found, _ in small), strict=True)))
        if not any(changed for _, changed in large + small):
            return dict(zip(whole.nodes.tolist(), whole.neighbors.tolist(), strict=True)), rounds
    raise AssertionError


@given(edges, st.integers(1, 4))
def test_rounds_on_parts_find_the_components(drawn, count):
    found, _ = in_parts(drawn, count)
    expected = reference.components(31, drawn)
    assert found == {node: name for node, name in enumerate(expected) if node != name}


def test_a_long_chain_takes_few_rounds():
    """Each link is in another part: a label that went from link to link would take 31 rounds."""
    draw = np.random.default_rng(5).permutation(31).tolist()
    found, rounds = in_parts(list(itertools.pairwise(draw)), 4)
    assert found == dict.fromkeys(range(1, 31), 0)
    assert rounds < 8
