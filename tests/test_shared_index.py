"""The shared index, against a real Redis server: several processes add at once."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from datetime import date

import datasketch
import pytest
import redis

from textclean import Match, NearDuplicateIndex, SharedIndex, shingle_hash, shingles
from textclean.dedup import shared as shared_index
from textclean.errors import RefusedIndexError
from textclean.kernels.proposals import BUCKET_LIMIT

FERRY = "The ferry to the island leaves at noon from the northern pier of the old harbour."

ADDING = """
import json, sys
import textclean

url, name = sys.argv[1:3]
with textclean.SharedIndex(url, name, 0.7) as index:
    for line in sys.stdin:
        id, text = json.loads(line)
        match = index.add(id, text)
        print(json.dumps([id, match and [match.id, match.jaccard]]), flush=True)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start a server on the loopback interface, and return its URL."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("TEXTCLEAN_REDIS") == "required":
            pytest.fail("there is no redis-server on this machine")
        pytest.skip("there is no redis-server on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    words = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    with redis.Redis(port=port) as client:
        for _ in range(200):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


@pytest.fixture
def shared(server, request):
    """Return a function that opens an index of the test's own."""
    opened = []

    def open_index(threshold=0.8, shingle_size=5):
        index = SharedIndex(server, request.node.name, threshold, shingle_size)
        opened.append(index)
        return index

    yield open_index
    for index in opened:
        index.close()


def exact(left, right):
    first, second = set(shingles(left)), set(shingles(right))
    return len(first & second) / len(first | second)


def stream(count, seed):
    draw = random.Random(seed)
    vocabulary = [f"word{number}" for number in range(400)]
    found = []
    for _ in range(count):
        if found and draw.random() < 0.5:
            words = draw.choice(found).split(" ")
            words[draw.randrange(len(words))] = draw.choice(vocabulary)
        else:
            words = draw.choices(vocabulary, k=40)
        found.append(" ".join(words))
    return found


@pytest.mark.parametrize("threshold", [0.5, 0.8, 1.0])
def test_alone_it_decides_as_the_index_in_memory(shared, threshold):
    texts = ["", *stream(120, seed=2), "one two", "one two", "..."]
    index, other = NearDuplicateIndex(threshold), shared(threshold)
    expected = [index.add(f"t{n}", text) for n, text in enumerate(texts)]
    assert any(expected)
    assert [other.add(f"t{n}", text) for n, text in enumerate(texts[:60])] == expected[:60]
    names = [f"t{n}" for n in range(60, len(texts))]
    assert other.add_batch(names, texts[60:]) == expected[60:]
    assert len(other) == len(index)
    assert [shared(threshold).query(text) for text in texts] == [index.query(t) for t in texts]


def test_several_processes_add_at_once(server, request):
    draw = random.Random(4)
    families = [" ".join(f"w{n}x{k}" for k in range(40)) for n in range(30)]
    texts = {f"{n}-{k}": f"{text} e{k}" for n, text in enumerate(families) for k in range(4)}
    assert exact(texts["0-0"], texts["0-1"]) >= 0.7
    processes, given = [], []
    for number in range(4):
        chosen = list(texts) if number < 2 else [name for name in texts if name.endswith("1")]
        draw.shuffle(chosen)
        words = [sys.executable, "-c", ADDING, server, request.node.name]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        processes.append(subprocess.Popen(words, **pipes))
        given.append("".join(json.dumps([f"{number}:{n}", texts[n]]) + "\n" for n in chosen))
    for process, lines in zip(processes, given, strict=True):
        process.stdin.write(lines)
        process.stdin.flush()
    rows = [json.loads(line) for p in processes for line in p.communicate()[0].splitlines()]
    assert all(process.returncode == 0 for process in processes)
    assert len(rows) == sum(lines.count("\n") for lines in given)
    kept = [name.partition(":")[2] for name, match in rows if match is None]
    assert sorted(name.partition("-")[0] for name in kept) == sorted(str(n) for n in range(30))
    for name, match in rows:
        if match is not None:
            survivor = match[0].partition(":")[2]
            assert survivor in kept
            assert match[1] == exact(texts[name.partition(":")[2]], texts[survivor])
    with SharedIndex(server, request.node.name, 0.7) as index:
        assert len(index) == 30


def test_what_is_delivered_twice_is_itself(shared):
    index = shared()
    for _ in range(2):
        assert index.add("a", FERRY) is None
    match = shared().add("b", FERRY.upper() + " Go")
    assert match == Match("a", 12 / 13)
    assert (match.length, match.survivor_length) == (len(FERRY) + 3, len(FERRY))
    assert index.add("a", FERRY + " Go") == Match("a", 12 / 13)  # another text of that id
    assert len(index) == 1


def test_queries_keep_nothing(shared):
    index = shared()
    assert index.query(FERRY) is None
    assert index.query("") is None
    assert len(index) == 0
    assert index.add("a", FERRY) is None
    assert index.query(FERRY.upper()) == Match("a", 1.0)
    with pytest.raises(ValueError, match="2 ids for 1 texts"):
        index.add_batch(["a", "b"], [FERRY])


def test_ids_of_any_kind(shared):
    index = shared()
    names = ["", "a\n\0b", "\ud800", "日本", ":lock"]
    for number, name in enumerate(names):
        assert index.add(name, f"text number {number} stands for itself alone") is None
    found = [index.query(f"Text number {n} stands for itself alone").id for n in range(len(names))]
    assert found == names


def test_other_settings_are_refused(shared):
    shared(0.7)
    with pytest.raises(RefusedIndexError, match=r"threshold 0\.7, not 0\.8: give"):
        shared(0.8)
    with pytest.raises(RefusedIndexError, match="shingle-size 5, not 3"):
        shared(0.7, 3)


def test_a_server_that_does_not_answer_is_named_without_its_password():
    with pytest.raises(RefusedIndexError, match=r"redis://127\.0\.0\.1:1/0") as found:
        SharedIndex("redis://me:secret@127.0.0.1:1/0")
    assert "secret" not in str(found.value)


def test_a_damaged_index_is_refused(server, request):
    with redis.Redis.from_url(server) as client:
        client.set(f"{request.node.name}:parameters", "{}")
    with pytest.raises(RefusedIndexError, match="damaged"):
        SharedIndex(server, request.node.name)


def test_datasketch_finds_what_was_added_here(shared, server, request):
    index = shared()
    index.add("a", FERRY)
    with redis.Redis.from_url(server) as client:
        lsh = datasketch.MinHashLSH(
            0.8,
            index.bands.slots,
            params=(index.bands.count, index.bands.rows),
            storage_config={
                "type": "redis",
                "basename": f"{request.node.name}:lsh".encode(),
                "redis": {"connection_pool": client.connection_pool},
            },
            prepickle=False,
        )
        whole = datasketch.MinHash(128, scheme="affine32", hashfunc=shingle_hash)
        whole.update_batch(shingles(FERRY))
        slots = index.bands.slots  # the first of a signature of 128
        minhash = datasketch.MinHash(
            hashvalues=whole.hashvalues[:slots],
            permutations=tuple(part[:slots] for part in whole.permutations),
            scheme="affine32",
        )
        [number] = lsh.query(minhash)
        assert client.hexists(f"{request.node.name}:kept", number)


def test_a_lost_lock_is_told_before_anything_is_written(shared, monkeypatch):
    index = shared()
    decided = shared_index._Batch.decide

    def slow(self, number, id_):
        self._client.delete(self._layout.lock)  # as if it had run out
        return decided(self, number, id_)

    monkeypatch.setattr(shared_index._Batch, "decide", slow)
    with pytest.raises(RefusedIndexError, match="lock"):
        index.add("a", FERRY)
    monkeypatch.undo()
    assert len(index) == 0
    assert index.add("a", FERRY) is None


def family(count):
    """Texts of one template, each similar to each, less than the threshold."""
    template = [f"t{number}" for number in range(60)]
    return [
        " ".join([*template, *(f"f{number}x{k}" for k in range(13))]) for number in range(count)
    ]


def test_a_template_fills_its_buckets_and_no_more(shared, server, request):
    texts = family(90)
    assert 0.6 < exact(texts[0], texts[1]) < 0.8
    index = shared()
    ids = [f"t{number}" for number in range(len(texts))]
    assert index.add_batch(ids, texts) == [None] * len(texts)
    with redis.Redis.from_url(server) as client:
        buckets = list(client.scan_iter(f"{request.node.name}:lsh_bucket_*"))
        sizes = [client.scard(key) for key in buckets if client.type(key) == b"set"]
    assert max(sizes) == BUCKET_LIMIT
    for number, text in enumerate(texts):  # equal sets are found in full buckets, too
        assert index.query(text.upper()) == Match(f"t{number}", 1.0)
        assert index.add(f"again{number}", text) == Match(f"t{number}", 1.0)
    assert index.add_batch(["u1", "u2"], [f"{texts[0]} more", f"{texts[0]} more"])[0].id == "t0"


@pytest.mark.parametrize("threshold", [0.8, 1.0])
def test_expired_texts_are_forgotten_wholly(shared, server, request, threshold):
    texts = stream(400, seed=9)
    index, alone = shared(threshold), NearDuplicateIndex(threshold)
    ids = [f"t{number}" for number in range(len(texts))]
    index.add_batch(ids[:300], texts[:300], date(2026, 1, 30))
    old = len(index)
    assert index.expire(date(2026, 1, 30)) == 0
    index.add_batch(ids[300:], texts[300:], date(2026, 1, 31))
    young = len(index) - old
    assert 0 < young < 100
    assert index.expire(date(2026, 1, 31)) == old
    assert len(index) == young
    found = [match for text in texts if (match := index.query(text)) is not None]
    assert found
    assert all(int(match.id[1:]) >= 300 for match in found)
    assert index.expire(date(9999, 12, 31)) == young
    own = f"{request.node.name}:".encode()
    with redis.Redis.from_url(server) as client:
        left = {key.decode() for key in client.scan_iter() if key.startswith(own)}
    assert left == {f"{request.node.name}:parameters", f"{request.node.name}:number"}
    expected = [alone.add(id_, text) for id_, text in zip(ids, texts, strict=True)]
    assert index.add_batch(ids, texts) == expected


def test_a_batch_costs_round_trips_not_by_the_text(shared, monkeypatch):
    index = shared()
    sent = []

    def counting(plain):
        def send(*words, **rest):
            sent.append(plain)
            return plain(*words, **rest)

        return send

    for owner, name in ((redis.Redis, "execute_command"), (redis.client.Pipeline, "execute")):
        monkeypatch.setattr(owner, name, counting(getattr(owner, name)))
    draw = random.Random(3)
    texts = [" ".join(f"{draw.random()}" for _ in range(30)) for _ in range(200)]
    index.add_batch([str(number) for number in range(200)], texts)
    assert len(sent) < 20
