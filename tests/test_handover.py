"""What crosses the border to a worker comes out as it went in, whichever way it took."""

import json
import pickle
from dataclasses import fields

import numpy as np
import pytest

from textclean.engines.handover import Handover
from textclean.engines.work import Job, Worker
from textclean.io.cutting import Chunk
from textclean.recipe import Recipe
from textclean.stages.duplicates import DropNearDuplicates

PLACE = 2**22
WORDS = [f"harbor{number} ferry pier" for number in range(40)]


def chunk_of(texts):
    """Return a chunk of JSON Lines."""
    rows = [json.dumps({"id": f"a{n}", "text": text}) for n, text in enumerate(texts)]
    return Chunk("x.jsonl", 0, "jsonl", 1, 0, "".join(f"{row}\n" for row in rows).encode())


def texts(count, words=60):
    return [" ".join(f"w{(n * 31 + k) % 977}" for k in range(words)) for n in range(count)]


def arrays(measures):
    return [getattr(measures, field.name).copy() for field in fields(measures)]


@pytest.fixture(name="worker")
def make_worker():
    return Worker(Job(Recipe(stages=("markup", "duplicates"))))


def crossed(handover, chunk, worker):
    """Send a chunk to a worker and back, as through a pipe; return both messages, too."""
    sent = handover.send(chunk)
    back = handover.work(pickle.loads(pickle.dumps(sent)), worker)  # noqa: S301 - our own
    return sent, pickle.loads(pickle.dumps(back))  # noqa: S301 - our own


@pytest.mark.parametrize("places", [0, 1, 3])
def test_measures_come_back_as_they_were_made(worker, places):
    handover, chunk = Handover(places), chunk_of(texts(50))
    expected = worker.work(chunk)
    _, back = crossed(handover, chunk, worker)
    assert bool(back.arrays) == bool(places)
    received = handover.receive(back)
    assert list(received.ids) == list(expected.ids)
    assert list(received.alive) == list(expected.alive)
    for array, wanted in zip(arrays(received.measures), arrays(expected.measures), strict=True):
        assert (array.dtype, array.shape) == (wanted.dtype, wanted.shape)
        assert np.array_equal(array, wanted)


def test_what_is_long_does_not_go_through_the_pipe(worker):
    handover, chunk = Handover(1), chunk_of(texts(500))
    sent, back = crossed(handover, chunk, worker)
    assert len(chunk.data) > 100_000
    assert len(pickle.dumps(sent)) < 1000
    measures = handover.receive(back).measures
    assert sum(array.nbytes for array in arrays(measures)) > 200_000
    back.worked.measures = None
    assert len(pickle.dumps(back)) < 40_000  # the ids, and where lines stand


def test_arrays_lie_where_machine_code_expects_them(worker):
    _, back = crossed(handover := Handover(2), chunk_of(texts(33, words=7)), worker)
    for field in fields(measures := handover.receive(back).measures):
        array = getattr(measures, field.name)
        assert array.flags.aligned
        assert array.flags.c_contiguous
        assert array.flags.writeable
        assert array.ctypes.data % 64 == 0


def test_a_place_is_taken_until_it_is_given_back(worker):
    handover, chunks = Handover(2), [chunk_of(texts(n)) for n in (5, 6, 7)]
    first, second = (handover.send(chunk) for chunk in chunks[:2])
    assert {first.place, second.place} == {0, 1}
    whole = handover.send(chunks[2])  # there is no place left
    assert whole.chunk == chunks[2]
    backs = [handover.work(sent, worker) for sent in (first, second, whole)]
    assert [len(handover.receive(back).measures) for back in backs] == [5, 6, 7]
    handover.give_back(backs[2])
    handover.give_back(backs[0])
    assert handover.send(chunks[2]).place == first.place
    assert handover.send(chunks[2]).chunk == chunks[2]


def test_what_does_not_fit_is_sent_whole(worker):
    handover = Handover(1)
    long = chunk_of([" ".join(WORDS) * (PLACE // len(" ".join(WORDS)) + 1)])
    assert len(long.data) > PLACE
    sent, back = crossed(handover, long, worker)
    assert (sent.place, sent.chunk) == (-1, long)
    assert len(handover.receive(back).measures) == 1
    # A chunk that fits, of texts whose measures do not: each has those of 200 bytes.
    short = chunk_of([str(n) for n in range(40_000)])
    sent, back = crossed(handover, short, worker)
    assert sent.place == 0
    assert back.arrays == ()
    received = handover.receive(back)
    assert sum(array.nbytes for array in arrays(received.measures)) > PLACE
    assert len(received.measures) == 40_000
    handover.give_back(back)
    assert handover.send(short).place == 0


def test_measures_that_are_no_arrays_are_left_alone():
    plain = Worker(Job(Recipe(stages=("markup",))))
    _, back = crossed(handover := Handover(1), chunk_of(texts(3)), plain)
    assert handover.receive(back).measures is None


def test_decisions_do_not_hang_on_memory_that_is_used_again(worker):
    stage = DropNearDuplicates()
    handover, same = Handover(1), chunk_of(texts(20))
    for again in (False, True):
        back = handover.work(handover.send(same), worker)
        received = handover.receive(back)
        drops = stage.find_drops([f"{again}{n}" for n in range(20)], received.measures)
        assert len(drops) == (20 if again else 0)
        handover.give_back(back)
        other = handover.send(chunk_of(texts(20, words=90)))  # overwrites what lay there
        handover.give_back(handover.work(other, worker))
