"""One machine and a Ray cluster give the same bytes, ledger, report and clusters; nodes may die."""

import contextlib
import gzip
import json
import os
import random
import shlex
import subprocess
import sys
import threading
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import SAMPLES

from textclean.engines import ray as engine

pytest.importorskip("ray")

from textclean.engines import ray_shuffle, ray_write
from textclean.engines.ray_outputs import StagedFolder
from textclean.engines.ray_shuffle import Shuffle

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").splitlines()
#: Our command comes first.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
# A template with three facts: hundreds of texts that are near, and few near enough.
NOTICE = " ".join(f"notice{n}" if n % 25 != 12 else f"{{{n // 25}}}" for n in range(75))
SIDES = ("edits.json", "dropped.json", "bad-records.json", "report.json")


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


#: Seconds that a node may take to come up where others work on the machine, too.
PATIENCE = 300
MEMORY = 150 * 2**20


def started(start, *words, **settings):
    """Start something of Ray's, which gives itself half a minute; a busy machine takes longer."""
    for _ in range(9):
        with contextlib.suppress(Exception):  # Ray has no class of its own for that
            return start(*words, **settings)
    return start(*words, **settings)


def add_node(cluster, cpus):
    node = started(cluster.add_node, num_cpus=cpus, object_store_memory=MEMORY, wait=False)
    cluster.wait_for_nodes(PATIENCE)
    return node


@pytest.fixture(scope="module")
def cluster():
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 1, "object_store_memory": MEMORY, "include_dashboard": False}
    made = started(Cluster, initialize_head=True, head_node_args=head)
    ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
    add_node(made, 1)
    yield made
    ray.shutdown()
    made.shutdown()


def outputs(run, folder, command, *words, sides, output):
    """Run a command into a folder; return all it has written, by name, and its summary."""
    folder.mkdir()
    files = [word for side in sides for word in (f"--{side.split('.')[0]}", folder / side)]
    ran = run(command, *words, "--no-progress", "-o", f"{folder}/{output}", *files)
    assert ran.code == 0, ran.err
    assert not list(folder.rglob("*.part"))
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

    def run_both(*words, sides=SIDES, output="out/"):
        how = {"sides": sides, "output": output}
        local = outputs(run, tmp_path / "local", *words, **how)
        there = outputs(run, tmp_path / "ray", *words, "--engine", "ray", **how)
        assert there[0].keys() == local[0].keys()
        for name, data in local[0].items():
            assert there[0][name] == data, name
        assert there[1] == local[1]
        return local[0]

    return run_both


@pytest.fixture
def doomed(cluster):
    """Return a node that a test kills."""
    return add_node(cluster, 2)


@pytest.fixture
def turns(monkeypatch):
    """Return a list that gets the turns of the crowds' memories: a list for each memory."""
    found = []
    step = Shuffle._crowd_drops

    def counted(shuffle, selected, turns):
        found.extend([last - first for part in turns for first, last in pairwise(part.tolist())])
        return step(shuffle, selected, turns)

    monkeypatch.setattr(Shuffle, "_crowd_drops", counted)
    return found


@pytest.mark.usefixtures("cluster")
def test_clean_gives_what_one_machine_gives(both, shards, turns):
    written = both("clean", shards)
    assert turns == [1]
    assert len(written) == 7
    report = json.loads(written["report.json"])
    assert report["records"]["dropped"] > 200
    assert report["records"]["set_aside"] == 1


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("keep", ["first", "longest", "max:score", "prefer"])
def test_dedup_gives_what_one_machine_gives(both, shards, keep):
    if keep == "prefer":
        keep = f"prefer:{shards / '1.jsonl.gz'}"
    sides = ("dropped.json", "bad-records.json", "report.json", "clusters.json")
    written = both("dedup", shards, "--keep", keep, "--threshold", "0.7", sides=sides)
    assert written["clusters.json"].count(b"\n") > 20


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("keep", ["first", "longest"])
def test_parts_of_the_graph_and_turns_of_the_crowds_change_nothing(
    both, shards, keep, turns, monkeypatch
):
    rounds = []
    step = Shuffle._rest

    def counted(shuffle, pieces, parts):
        rounds.append(parts)
        return step(shuffle, pieces, parts)

    monkeypatch.setattr(Shuffle, "_rest", counted)
    monkeypatch.setattr(ray_shuffle, "GRAPH_ROWS", 400)
    monkeypatch.setattr(engine, "CROWD_ROOM", 50)
    sides = ("dropped.json", "bad-records.json", "report.json", "clusters.json")
    both("dedup", shards, "--keep", keep, "--threshold", "0.7", sides=sides)
    assert rounds[0] > 2
    assert max(turns) > 2


@pytest.mark.usefixtures("cluster")
def test_the_report_page_and_packed_side_files_are_those_of_one_machine(both, shards):
    sides = ("report.html", "edits.jsonl.gz", "dropped.jsonl.zst", "bad-records.jsonl")
    written = both("clean", shards, sides=sides)
    assert written["report.html"].count(b"notice") > 20  # survivors beside what repeats them


@pytest.mark.usefixtures("cluster")
def test_one_output_file_is_written_by_the_process_that_started_the_run(both, shards):
    written = both(
        "clean", shards, output="out.jsonl.gz", sides=("bad-records.json", "report.html")
    )
    assert set(written) == {"out.jsonl.gz", "bad-records.json", "report.html"}


@pytest.mark.usefixtures("cluster")
def test_stdout_and_objects_are_written_by_the_process_that_started_the_run(run, shards, tmp_path):
    path = shards / "0.jsonl"
    local = run("clean", path, "--quiet")
    there = run("clean", path, "--quiet", "--engine", "ray")
    assert (local.code, there.code, there.out) == (0, 0, local.out)
    words = ["--quiet", "--engine", "ray", "-o", f"file://{tmp_path / 'out.jsonl'}"]
    assert run("clean", path, *words).code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == local.out


@pytest.mark.usefixtures("cluster")
def test_a_folder_that_no_node_sees_is_written_here(both, shards, monkeypatch):
    monkeypatch.setattr(engine, "_call", lambda *_: None)
    both("clean", shards)


@pytest.mark.usefixtures("cluster")
def test_bad_records_without_a_line_end_stay_apart(both, tmp_path):
    """Each source ends in a broken record; one of them is empty, one a table, one a text."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "0.jsonl").write_bytes(b'{"text": "One."}\n{"text": 1}')
    (folder / "1.jsonl").write_bytes(b"")
    (folder / "2.csv").write_bytes(b'id,text\n1,Two &amp; more\n2,"three')
    (folder / "3.jsonl").write_bytes(b'{"text": 2}\n{"text": "Four."}')
    (folder / "4.txt").write_bytes("Five &amp; \u00c2 six.".encode())
    both("clean", folder)


def test_a_node_killed_while_it_writes_changes_nothing(both, shards, cluster, doomed, monkeypatch):
    killed = []
    step = StagedFolder.take

    def kill_after(sinks, place):
        if not killed:
            cluster.remove_node(doomed, allow_graceful=False)
            killed.append(doomed)
        step(sinks, place)

    monkeypatch.setattr(StagedFolder, "take", kill_after)
    both("clean", shards)
    assert killed


@pytest.mark.usefixtures("cluster")
def test_a_node_that_goes_on_writing_when_it_is_given_up_changes_nothing(
    both, shards, tmp_path, monkeypatch
):
    """It is in the middle of a shard when the run is complete, and ends it afterwards."""
    writes, may_go_on = threading.Event(), threading.Event()
    finish, there, found = ray_write.finish_pieces, engine._Writing.there, []

    def stalling(*words):
        writes.set()
        may_go_on.wait(300)
        yield from finish(*words)

    def with_another(writing, parts, sinks):
        words = {"job": writing.job, "inputs": writing.inputs, "sides": sinks.sides}
        other = partial(ray_write.write_shard, parts[0], sinks.stage, **words)
        thread = threading.Thread(target=lambda: found.append(other()))
        found.append(thread)
        thread.start()
        assert writes.wait(60)
        return there(writing, parts, sinks)

    monkeypatch.setattr(ray_write, "finish_pieces", stalling)
    monkeypatch.setattr(engine._Writing, "there", with_another)
    try:
        written = both("clean", shards)
    finally:
        may_go_on.set()
        found[0].join(60)
    assert found[1].error is not None  # where it wrote, there is nothing any more
    left = {path.relative_to(tmp_path / "ray") for path in (tmp_path / "ray").rglob("*")}
    assert {str(path) for path in left if path.suffix} == set(written)


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
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("options", [[], ["--engine", "ray"]])
def test_a_side_file_that_cannot_be_written_ends_the_run_at_once(run, shards, tmp_path, options):
    side = tmp_path / "no" / "edits.jsonl"
    ran = run("clean", shards, "-o", f"{tmp_path / 'out'}/", "--edits", side, *options)
    assert (ran.code, ran.err) == (
        1,
        f"textclean: cannot write {side}: there is no folder '{side.parent}' yet (mkdir -p)\n",
    )
    assert not (tmp_path / "out").exists()


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
    for shard in range(3):  # the last without a row
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
        (["clean", "{}", "--engine", "ray", "--index", "x"], "give the earlier articles as inputs"),
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


@pytest.mark.parametrize(
    "line", [line for line in README if line.startswith("textclean") and "--engine ray" in line]
)
def test_the_lines_of_the_readme(run, tmp_path, cluster, line):
    """As a user would: in a shell, from a folder with a crawl in it."""
    (tmp_path / "crawl").mkdir()
    shards = [f"crawl/{number}.jsonl.gz" for number in range(2)]
    for number, shard in enumerate(shards):
        rows = (SAMPLES / "articles.jsonl").read_bytes().splitlines(keepends=True)
        (tmp_path / shard).write_bytes(gzip.compress(b"".join(rows[number::2]), mtime=0))
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=tmp_path,
        env={**os.environ, "PATH": PATH, "RAY_ADDRESS": cluster.address},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    command, *words = shlex.split(line)[1:]
    keep = words[words.index("--keep") :][:2] if "--keep" in words else []
    inputs = [tmp_path / shard for shard in shards]
    assert run(command, "--quiet", *keep, *inputs, "-o", f"{tmp_path}/local/").code == 0
    made = words[words.index("-o") + 1]
    for shard in shards:
        name = Path(shard).name
        there, here = tmp_path / made / name, tmp_path / "local" / name
        assert gzip.decompress(there.read_bytes()) == gzip.decompress(here.read_bytes())
    for side in words[words.index("-o") + 3 :: 2]:
        assert (tmp_path / side).stat().st_size
