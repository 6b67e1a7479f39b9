"""One machine and a Ray cluster give the same bytes, ledger, report and clusters; nodes may die."""

import gzip
import json
import os
import random
import threading

import pytest

from textclean.engines import ray as engine

pytest.importorskip("ray")

# A template with three facts: hundreds of texts that are near, and few near enough.
NOTICE = " ".join(f"notice{n}" if n % 25 != 12 else f"{{{n // 25}}}" for n in range(75))
SIDES = ("--edits", "--dropped", "--bad-records", "--report")


def articles(count, seed=3):
    """Return dirty records: near-duplicates, a family too large for a bucket, others."""
    draw = random.Random(seed)
    texts = []
    for number in range(count):
        kind = draw.random()
        if kind < 0.3 and texts:
            text = draw.choice(texts).replace("w1", draw.choice(["w1", "W1", "x1"]))
        elif kind < 0.5:
            facts = [draw.randrange(9) for _ in range(3)]
            text = NOTICE.format(*facts)
        else:
            text = " ".join(f"w{draw.randrange(4000)}" for _ in range(draw.randrange(60)))
        if draw.random() < 0.2:
            text += f"\u00c2 &amp; <b>more</b> {number}"
        texts.append(text)
    order = list(enumerate(texts))
    return [{"id": f"a{n % (count - 3)}", "text": text, "score": (n * 7) % 11} for n, text in order]


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    records = articles(900)
    for shard in range(3):
        lines = [json.dumps(one, ensure_ascii=shard == 1) for one in records[shard::3]]
        if shard == 2:
            lines[40] = '{"id": "broken", "text": 7}'
            lines[41] = json.dumps({"id": "odd \ud800", "text": "Odd \ud800 text"})
            lines.insert(3, "")
        data = "\n".join(lines).encode() + b"\n" * (shard != 0)
        path = folder / f"{shard}.jsonl"
        if shard == 1:
            path, data = folder / "1.jsonl.gz", gzip.compress(data, mtime=0)
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def cluster():
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray
    from ray.cluster_utils import Cluster

    memory = 150 * 2**20
    head = {"num_cpus": 1, "object_store_memory": memory, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=head)
    made.add_node(num_cpus=1, object_store_memory=memory)
    ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
    made.wait_for_nodes()
    yield made
    ray.shutdown()
    made.shutdown()


def outputs(run, folder, command, *words, sides):
    """Run a command into a folder; return all it has written, by name, and its summary."""
    folder.mkdir()
    files = [word for side in sides for word in (side, folder / f"{side[2:]}.json")]
    ran = run(command, *words, "--no-progress", "-o", f"{folder / 'out'}/", *files)
    assert ran.code == 0, ran.err
    written = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    summary = ran.err[ran.err.rindex("textclean: ") :]  # kernels and Ray may say something before
    return written, summary.replace(str(folder), "FOLDER")


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(engine, "BLOCK_BYTES", 20_000)


@pytest.fixture
def both(run, tmp_path):
    """Return a function that runs a command here and on the cluster, and holds the two together."""

    def run_both(*words, sides=SIDES):
        local = outputs(run, tmp_path / "local", *words, sides=sides)
        assert outputs(run, tmp_path / "ray", *words, "--engine", "ray", sides=sides) == local
        return local[0]

    return run_both


@pytest.fixture
def doomed(cluster):
    """Return a node that a test kills."""
    node = cluster.add_node(num_cpus=2, object_store_memory=150 * 2**20)
    cluster.wait_for_nodes()
    return node


@pytest.mark.usefixtures("cluster")
def test_clean_gives_what_one_machine_gives(both, shards, monkeypatch):
    crowds = []
    step = engine._Shuffle._crowd

    def counted(shuffle, crowd):
        crowds.append(len(crowd))
        return step(shuffle, crowd)

    monkeypatch.setattr(engine._Shuffle, "_crowd", counted)
    written = both("clean", shards)
    assert 33 < crowds[0] < 800
    assert len(written) == 7
    report = json.loads(written["report.json"])
    assert report["records"]["dropped"] > 200
    assert report["records"]["set_aside"] == 1


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("keep", ["first", "longest", "max:score", "prefer"])
def test_dedup_gives_what_one_machine_gives(both, shards, keep):
    if keep == "prefer":
        keep = f"prefer:{shards / '1.jsonl.gz'}"
    sides = ("--dropped", "--bad-records", "--report", "--clusters")
    written = both("dedup", shards, "--keep", keep, "--threshold", "0.7", sides=sides)
    assert written["clusters.json"].count(b"\n") > 20


def test_a_node_killed_between_two_steps_changes_nothing(
    both, shards, cluster, doomed, monkeypatch
):
    """What the node has cleaned is there, and gone when it is looked for."""
    killed = []
    step = engine._worked_blocks

    def kill_after(*arguments):
        blocks = step(*arguments)
        cluster.remove_node(doomed, allow_graceful=False)
        killed.append(doomed)
        return blocks

    monkeypatch.setattr(engine, "_worked_blocks", kill_after)
    both("clean", shards)
    assert killed


def test_a_node_killed_while_it_cleans_changes_nothing(both, shards, cluster, doomed, monkeypatch):
    step = engine._inputs
    timers = []

    def kill_soon(*arguments):
        timer = threading.Timer(1, cluster.remove_node, (doomed,), {"allow_graceful": False})
        timers.append(timer)
        if len(timers) == 1:
            timer.start()
        return step(*arguments)

    monkeypatch.setattr(engine, "_inputs", kill_soon)
    both("clean", shards)
    timers[0].join()
    assert doomed not in cluster.list_all_nodes()


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("options", [[], ["--engine", "ray"]])
def test_a_poisoned_record_ends_the_run_with_its_place(run, shards, tmp_path, options):
    ran = run("clean", shards, "-o", f"{tmp_path / 'out'}/", "--quiet", *options)
    assert ran.code == 1
    assert ran.err.startswith(f"textclean: {shards / '2.jsonl'}, line 42, byte ")
    assert "--bad-records" in ran.err
    assert not [path for path in (tmp_path / "out").glob("*") if path.is_file()]


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("options", [[], ["--engine", "ray"]])
def test_a_cut_input_is_told_as_on_one_machine(run, shards, tmp_path, options):
    whole = (shards / "1.jsonl.gz").read_bytes()
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    ran = run("clean", path, "-o", tmp_path / "out.jsonl", "--quiet", *options)
    assert ran.code == 1
    assert ran.err.startswith(f"textclean: {path}: cannot decompress: ")
    assert ran.err.endswith("; is the file complete?\n")
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.usefixtures("cluster")
def test_parquet_in_and_out(both, tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.Table.from_pylist(articles(300))
    for shard in range(2):
        parquet.write_table(table.slice(150 * shard, 150), tmp_path / f"{shard}.parquet")
    both("clean", *sorted(tmp_path.glob("*.parquet")))


@pytest.mark.usefixtures("cluster")
def test_without_duplicates_and_with_languages(both, shards):
    skip = ["--skip", "duplicates,repetition"]
    both("clean", shards, *skip, "--detect-language", "--language", "en")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["clean", "--engine", "ray"], "not a stream"),
        (["clean", "{}", "--engine", "ray", "--resume", "-o", "x.jsonl"], "--resume is for runs"),
        (["clean", "{}", "--engine", "ray", "--report", "x.html"], ".json reports only"),
        (["clean", "{}", "--ray-address", "auto"], "--ray-address goes with --engine ray"),
        (["dedup", "{}", "--engine", "ray", "--measure", "containment"], "runs on one machine"),
        (
            ["clean", "{}", "--engine", "ray", "--stages", "duplicates,markup"],
            "duplicates to be the last stage",
        ),
    ],
)
def test_what_a_cluster_cannot_do_is_refused(run, shards, words, said):
    ran = run(*(word.format(shards / "0.jsonl") for word in words), stdin=b'{"text": "x"}\n')
    assert (ran.code, said in ran.err) == (2, True), ran.err


@pytest.mark.usefixtures("cluster")
def test_urls_are_read_on_the_nodes(both, shards):
    written = both("clean", f"file://{shards / '0.jsonl'}", f"file://{shards / '1.jsonl.gz'}")
    assert json.loads(written["report.json"])["records"]["in"] == 600


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    "texts", [[b"", b""], [b"", b'{"text": ""}\n'], [b"\n\n", b'{"text": "x"}']]
)
def test_next_to_nothing(both, tmp_path, texts):
    """Empty files, no documents with tokens, one block."""
    paths = [tmp_path / f"{number}.jsonl" for number in range(len(texts))]
    for path, data in zip(paths, texts, strict=True):
        path.write_bytes(data)
    both("clean", *paths)
