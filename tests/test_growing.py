"""Arrays that grow in place: what is in them, who looks at them meanwhile, systems that cannot."""

import copy
import errno
import mmap
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textclean import NearDuplicateIndex
from textclean.dedup import growing, tables
from textclean.dedup.growing import GrowingArray

WAIT = 60
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems lengthen no maps")


@pytest.fixture
def small(monkeypatch):
    """Arrays lie in maps from the first page on."""
    monkeypatch.setattr(growing, "MAPPED", 4096)


@pytest.fixture
def maps(monkeypatch):
    """All maps made since."""
    made = []
    make = growing._new_map

    def kept(size):
        made.append(make(size))
        return made[-1]

    monkeypatch.setattr(growing, "_new_map", kept)
    return made


@settings(deadline=None, max_examples=50)
@given(
    kind=st.sampled_from([np.uint8, np.uint32, np.int64]),
    columns=st.sampled_from([(), (1,), (25,)]),
    lengths=st.lists(st.integers(0, 3000), min_size=1, max_size=8),
)
def test_rows_stay_and_new_ones_are_zeros(kind, columns, lengths):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing, "MAPPED", 4096)
        growing_array = GrowingArray(np.zeros((0, *columns), kind))
        expected = np.zeros((0, *columns), kind)
        for number, length in enumerate(lengths):
            growing_array.make_room(length)
            assert len(growing_array) >= length
            array = growing_array.array
            assert (array.dtype, array.shape[1:]) == (np.dtype(kind), columns)
            assert array.flags.writeable
            assert array.flags.c_contiguous
            assert np.array_equal(array[: len(expected)], expected)
            assert not array[len(expected) :].any()
            array[length // 2 : length] = number + 1
            expected = array.copy()
            del array


@LINUX
@pytest.mark.usefixtures("small")
def test_growth_moves_no_byte(maps):
    array = GrowingArray(np.zeros(0, np.int64))
    for length in range(0, 200_000, 1000):
        array.make_room(length)
        array.array[:length] = length
    assert len(maps) == 1
    assert array._place[1] is maps[0]


@pytest.mark.usefixtures("small")
def test_a_view_that_is_kept_stays_as_it_was(maps):
    array = GrowingArray(np.zeros(0, np.int64))
    array.make_room(1000)
    array.array[:] = 7
    view = array.array[10:20]
    array.make_room(1_000_000)
    assert len(maps) == 2
    array.array[:] = 8
    assert view.tolist() == [7] * 10
    view[:] = 9
    assert set(array.array.tolist()) == {8}
    kept = array._place[1]
    array.make_room(2_000_000)
    assert (array._place[1] is kept) == (sys.platform == "linux")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("error", [SystemError, ValueError, OSError])
def test_where_no_map_can_be_lengthened_rows_are_copied(monkeypatch, error):
    class Stiff(mmap.mmap):
        def resize(self, _size):
            raise error

    monkeypatch.setattr(mmap, "mmap", Stiff)
    array = GrowingArray(np.arange(100, dtype=np.uint32))
    for length in range(100, 20_000, 500):
        array.make_room(length)
        assert array.array[:100].tolist() == list(range(100))
        assert not array.array[100:].any()


def test_without_memory_the_array_is_as_it_was(monkeypatch):
    array = GrowingArray(np.arange(growing.MAPPED, dtype=np.uint8))
    array.make_room(2 * growing.MAPPED)

    class Full(mmap.mmap):
        def __new__(cls, *_arguments, **_settings):
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    monkeypatch.setattr(mmap, "mmap", Full)
    rows = len(array)
    with pytest.raises(MemoryError, match=r"no memory for an array of \d+(,\d+)+ bytes"):
        array.make_room(2**62)
    assert len(array) == rows
    assert array.array[: growing.MAPPED].tolist() == [n % 256 for n in range(growing.MAPPED)]
    assert not array.array[growing.MAPPED :].any()


@LINUX
def test_room_that_nobody_wrote_to_takes_no_memory():
    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE

    array = GrowingArray(np.zeros(growing.MAPPED, np.uint8))
    array.make_room(2 * growing.MAPPED)
    before = resident()
    array.make_room(1 << 30)
    assert resident() - before < 1 << 26
    array.array[: 1 << 27] = 1
    assert resident() - before > 1 << 26


def articles(first, count):
    return [" ".join(f"w{number}x{n}" for n in range(60)) for number in range(first, first + count)]


def unpickled(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own


@pytest.mark.parametrize("copied", [copy.deepcopy, unpickled])
@pytest.mark.usefixtures("small")
def test_copies_are_of_their_own(copied):
    array = GrowingArray(np.zeros((0, 2), np.uint32))
    array.make_room(2000)
    array.array[:] = 3
    other = copied(array)
    array.make_room(4000)
    array.array[:] = 4
    other.make_room(3000)
    assert other.array[:2000].tolist() == [[3, 3]] * 2000
    other.array[:] = 5
    assert array.array[:4000].tolist() == [[4, 4]] * 4000


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, unpickled])
def test_a_copy_of_an_index_goes_on_by_itself(copied):
    index = NearDuplicateIndex(0.7)
    texts = articles(0, 2000)  # of which the sets lie in a file
    assert index.decide(range(1000), index.measure(texts[:1000])) == [None] * 1000
    other = copied(index)
    assert other.decide(range(1000, 2000), other.measure(texts[1000:])) == [None] * 1000
    assert [other.query(text).id for text in texts] == list(range(2000))
    assert index.add("a", texts[1500]) is None
    assert (len(index), len(other)) == (1001, 2000)


def test_ids_may_be_an_array():
    index = NearDuplicateIndex()
    texts = articles(0, 6)
    for numbers in (np.array([1, 2, 3]), np.array([10, 20, 30])):
        batch, texts = texts[:3], texts[3:]
        assert index.decide(numbers, index.measure(batch)) == [None] * 3
    assert [index.query(text).id for text in articles(0, 6)] == [1, 2, 3, 10, 20, 30]


@pytest.mark.parametrize(("own", "other"), [(0.8, 0.5), (1.0, 0.8), (0.5, 0.8), (0.8, 0.9)])
def test_measures_of_other_bands_are_refused(own, other):
    index = NearDuplicateIndex(own)
    with pytest.raises(ValueError, match="measure the texts with the index's own settings"):
        index.decide(["a"], NearDuplicateIndex(other).measure(articles(0, 1)))
    assert index.add("a", articles(0, 1)[0]) is None


INDEX_FORK = """
import os, sys
from textclean import NearDuplicateIndex

def articles(first, count):
    return [" ".join(f"w{number}x{n}" for n in range(60)) for number in range(first, first + count)]

def keep(index, first, count):
    texts = articles(first, count)
    assert index.decide(range(first, first + count), index.measure(texts)) == [None] * count

def found(index, first, count):
    return all(index.query(text).id == n for n, text in enumerate(articles(first, count), first))

index = NearDuplicateIndex()
keep(index, 0, 3000)  # their sets lie in a file
turns = os.pipe(), os.pipe()
child = os.fork()
mine, others = turns if child else turns[::-1]
own = 3000 if child else 4000
for turn in range(4):  # both write in turns
    if child or turn:
        os.read(mine[0], 1) if turn else None
    else:
        os.read(mine[0], 1)
    keep(index, own + 100 * turn, 100)
    os.write(others[1], b"x")
right = found(index, 0, 3000) and found(index, own, 400)
if not child:
    os._exit(0 if right else 1)
sys.exit(not right or os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_parent_and_child_each_keep_their_own_sets():
    done = subprocess.run([sys.executable, "-c", INDEX_FORK], timeout=WAIT, check=False)
    assert done.returncode == 0


FORK = """
import os, sys
import numpy as np
from textclean.dedup.growing import MAPPED, GrowingArray

array = GrowingArray(np.zeros(0, np.uint8))
array.make_room(2 * MAPPED)
array.array[:] = 1
child = os.fork()
if not child:
    array.array[:] = 2
    array.make_room(8 * MAPPED)
    array.array[:] = 2
    os._exit(int(array.array.min()))
status = os.waitpid(child, 0)[1]
array.make_room(16 * MAPPED)
print(os.waitstatus_to_exitcode(status), set(array.array[: 2 * MAPPED].tolist()))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_of_the_process_grows_for_itself():
    done = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, text=True, check=True, timeout=WAIT
    )
    assert done.stdout == "2 {1}\n"


@pytest.mark.parametrize("slots", [4, 512])
def test_tables_of_any_first_size_answer_alike(slots, monkeypatch):
    """However often the tables of the bands had to grow, also within a batch."""
    texts = articles(0, 1500) + articles(0, 1500)[::7]
    answers = []
    for first in (tables._SIZES[0], slots):
        monkeypatch.setattr(tables, "_SIZES", (first,))
        index = NearDuplicateIndex()
        assert len(index._memory._bands.view.slots) == index.bands.count * 64 * first
        answers.append(index.decide(range(len(texts)), index.measure(texts)))
    assert answers[0] == answers[1]
    assert sum(match is None for match in answers[0]) == 1500


@pytest.mark.usefixtures("small")
def test_an_index_read_by_several_threads_while_it_grows(maps):
    """No reader meets an array that is gone, and none makes the index copy one."""
    index = NearDuplicateIndex()
    texts = articles(0, 3000)
    first = articles(0, 50)
    for number, text in enumerate(first):
        index.add(number, text)
    added = threading.Event()

    def add():
        for start in range(50, len(texts), 50):
            batch = texts[start : start + 50]
            answers = index.decide(range(start, start + 50), index.measure(batch))
            assert answers == [None] * 50
        added.set()

    def read(turn):
        seen = 0
        while not added.is_set() or not seen:
            assert index.query(first[(turn + seen) % 50]).id == (turn + seen) % 50
            ids, kept = index.kept_since(0)
            assert (len(ids) + 1, kept.ends[-1]) == (len(kept.ends), len(kept.shingles))
            assert min(index.memory_bytes) > 0
            assert len(index.shingles_of(turn, first[turn])) == 56
            seen += 1
        return seen

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read, turn) for turn in range(3)]
        adding = pool.submit(add)
        try:
            adding.result(WAIT)
        finally:
            added.set()
        assert min(reader.result(WAIT) for reader in readers) > 0
    assert len(index) == len(texts)
    assert [index.query(text).id for text in texts[::100]] == list(range(0, len(texts), 100))
    if sys.platform == "linux":
        kept = index._memory
        arrays = [kept._ends, kept._marks, kept._stamps, kept._shared]
        arrays += [kept._coarse_bits, kept._fine_bits, kept._holders, kept._sizes]
        for buckets in (kept._bands, kept._listed, kept._long_bands):
            arrays += [buckets._slots, *buckets._links]
        own = [each._place[1] for each in arrays]
        assert {id(each) for each in maps} == {id(each) for each in own if each}
