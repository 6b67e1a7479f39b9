"""An exception from outside (Ctrl-C, an alarm), wherever it comes, leaves the index whole."""

import copy
import sys
from pathlib import Path

import pytest
from articles import article

from textclean import NearDuplicateIndex
from textclean.dedup import growing, mapped
from textclean.dedup import index as index_module

DEDUP = Path(index_module.__file__).parent
FILES = {str(DEDUP / name) for name in ("index.py", "memory.py", "growing.py", "mapped.py")}
FILES |= {str(DEDUP / "tables.py")}


class AlarmError(Exception):
    """What an alarm raises."""


class Interrupting:
    """Counts the steps of the index's own code at which a signal can come, and raises at one.

    Python handles signals where functions begin and behind calls.
    """

    def __init__(self, at=None):
        self.at, self.steps = at, 0

    def __call__(self, frame, event, _argument):
        if frame.f_code.co_filename in FILES and event in {"call", "return", "c_return"}:
            self.steps += 1
            if self.steps == self.at:
                raise AlarmError

    def call(self, function, *arguments):
        sys.setprofile(self)
        try:
            return function(*arguments)
        finally:
            sys.setprofile(None)


def texts_of(first, last):
    return [article(number, 40) for number in range(first, last)]


@pytest.fixture(params=[False, True], ids=["memory", "file"])
def kept(request, monkeypatch):
    """An index whose arrays lie in maps, and of which everything grows with the next batch."""
    monkeypatch.setattr(growing, "MAPPED", 64)
    if request.param:
        monkeypatch.setattr(mapped, "_IN_MEMORY", 16)
        monkeypatch.setattr(mapped, "_FIRST", 16)
    index = NearDuplicateIndex(0.7)
    index.restore([f"r{n}" for n in range(4)], kept_of(texts_of(0, 4)))
    index.decide([f"k{n}" for n in range(4, 12)], index.measure(texts_of(4, 12)))
    return index


def kept_of(texts):
    source = NearDuplicateIndex(0.7)
    source.decide([f"r{n}" for n in range(len(texts))], source.measure(texts))
    return source.kept_since(0)[1]


def answers(index, texts):
    """What a copy of the index says of texts, and what it holds then."""
    index = copy.deepcopy(index)
    found = index.decide([f"q{n}" for n in range(len(texts))], index.measure(texts))
    ids, sets = index.kept_since(0)
    return found, ids, sets.shingles.tolist(), sets.ends.tolist(), sets.lengths.tolist(), len(index)


def test_a_batch_that_is_broken_off_anywhere_is_kept_whole_or_not_at_all(kept):
    texts = [*texts_of(8, 20), *texts_of(14, 16), texts_of(1, 2)[0]]
    ids = [f"n{n}" for n in range(len(texts) - 1)] + ["r1"]  # the last: itself, once more
    probes = [*texts_of(0, 24), texts[-1]]
    measures = kept.measure(texts)
    after = copy.deepcopy(kept)
    counting = Interrupting()
    counting.call(after.decide, ids, measures)
    states = [answers(kept, probes), answers(after, probes)]
    assert states[0] != states[1]
    assert counting.steps > 200
    seen = set()
    for at in range(1, counting.steps + 1):
        index = copy.deepcopy(kept)
        with pytest.raises(AlarmError):
            Interrupting(at).call(index.decide, ids, measures)
        assert answers(index, probes) in states, at
        seen.add(len(index))
    assert len(seen) == 2


def test_to_make_the_memory_anew_may_be_broken_off_too(kept, monkeypatch):
    texts = texts_of(8, 20)
    probes = texts_of(0, 24)
    before = answers(kept, probes)
    monkeypatch.setattr(type(kept), "_end_call", interrupt)
    with pytest.raises(AlarmError):
        kept.decide(list(range(len(texts))), kept.measure(texts))
    monkeypatch.undo()
    whole = copy.copy(kept.__dict__)
    counting = Interrupting()
    counting.call(kept.query, probes[0])
    for at in range(1, counting.steps, 3):
        vars(kept).update(whole)
        with pytest.raises(AlarmError):
            Interrupting(at).call(kept.query, probes[0])
        assert answers(kept, probes) == before, at


def interrupt(_index):
    raise AlarmError


def test_a_text_that_is_itself_stays_itself_when_the_call_is_undone(kept):
    texts = [*texts_of(20, 22), texts_of(1, 2)[0]]
    measures, ids = kept.measure(texts), ["n0", "n1", "r1"]
    counting = Interrupting()
    counting.call(copy.deepcopy(kept).decide, ids, measures)
    undone = 0
    for at in range(1, counting.steps + 1):
        index = copy.deepcopy(kept)
        with pytest.raises(AlarmError):
            Interrupting(at).call(index.decide, ids, measures)
        if len(index) == len(kept):
            undone += 1
            assert index.decide(ids, measures) == [None] * 3, at
    assert undone > 100
