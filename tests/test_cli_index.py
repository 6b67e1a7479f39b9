"""``clean --index``: articles of earlier runs count, and a run counts when it is complete."""

import fcntl
import json
import os
import signal
import subprocess
import sys

import pytest
from killing import DYING, Killed, kill_at

from textclean.dedup.folder import IndexFolder
from textclean.engines import finish
from textclean.engines.journal import Journal
from textclean.io.outputs import OutputFile

FERRY = "The ferry to the island leaves at noon from the northern pier of the old harbour."
MARKET = "The market hall on the square opens its doors to traders again in early spring."


def jsonl(*records):
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def article(number):
    return f"Number {number} of the series: " + " ".join(f"w{number}x{k}" for k in range(20))


def ids_of(data):
    return [json.loads(line)["id"] for line in data.splitlines()]


def rows(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".part"}


def known(index):
    with IndexFolder(index, read_only=True) as folder:
        return folder.index.kept_since(0)[0]


def test_articles_of_earlier_runs_count(run, tmp_path):
    index, dropped, report = (tmp_path / name for name in ("index", "dropped", "r.json"))
    first = run("--quiet", "--index", index, stdin=jsonl({"id": "a", "text": FERRY}))
    assert ids_of(first.out) == ["a"]
    records = [{"id": "b", "text": FERRY + " Bring a coat."}, {"id": "c", "text": MARKET}]
    records.append({"id": "d", "text": MARKET.upper()})
    options = ("--threshold", "0.8", "--dropped", dropped, "--report", report)
    second = run("--index", index, *options, stdin=jsonl(*records))
    assert ids_of(second.out) == ["c"]
    [earlier, near] = rows(dropped)
    assert (earlier["id"], earlier["reason"]) == ("b", "duplicate.earlier-run")
    assert earlier["duplicate_of"] == "a"
    assert earlier["similarity"] == 12 / 15
    assert (earlier["length"], earlier["survivor_length"]) == (len(FERRY) + 14, len(FERRY))
    assert (near["id"], near["duplicate_of"], near["reason"]) == ("d", "c", "duplicate.near")
    assert "earlier-run 1, near 1" in second.err
    reasons = json.loads(report.read_text())["stages"]["duplicates"]["reasons"]
    assert reasons == {"duplicate.earlier-run": 1, "duplicate.near": 1}
    assert known(index) == ["a", "c"]


def test_a_finished_run_can_be_repeated(run, tmp_path):
    nearer = FERRY.replace("noon", "nine")
    records = [("a", FERRY), ("b", nearer + " And so on."), ("c", MARKET), ("d", nearer)]
    source = tmp_path / "in.jsonl"
    source.write_bytes(jsonl(*({"id": name, "text": text} for name, text in records)))
    words = ["--quiet", "--threshold", "0.5", source, "--index", tmp_path / "index"]
    found = []
    for number in range(3):
        sides = {name: tmp_path / f"{name}{number}" for name in ("o", "dropped")}
        run(*words, "-o", sides["o"], "--dropped", sides["dropped"])
        found.append([path.read_bytes() for path in sides.values()])
        found[-1].append(contents(tmp_path / "index"))
    assert found[0] == found[1] == found[2]
    assert rows(tmp_path / "dropped0")
    again = run(*words[:3], "--index", tmp_path / "index", stdin=source.read_bytes())
    assert again.out == (tmp_path / "o0").read_bytes()  # the ids tell, where no file does


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_gives_the_same_bytes(tmp_path, workers):
    lines = [{"id": str(n), "text": article(n % 700) + "x" * 3000} for n in range(1000)]
    (tmp_path / "in.jsonl").write_bytes(jsonl(*lines))
    (tmp_path / "first").write_bytes(jsonl(*lines[100:150]))
    base = [sys.executable, "-m", "textclean", "--quiet", "--stages", "duplicates"]
    base += ["--index", "i", "--workers", str(workers)]
    for words in (["first", "--from", "jsonl"], ["in.jsonl", "--dropped", "d"]):
        done = subprocess.run([*base, *words], cwd=tmp_path, capture_output=True, check=True)
    assert ids_of(done.stdout) == [str(n) for n in range(700)]
    reasons = {row["id"]: row["reason"] for row in rows(tmp_path / "d")}
    assert len(reasons) == 300
    assert set(reasons.values()) == {"duplicate.near"}  # their survivors stand in this run, too
    assert set(known(tmp_path / "i")) == set(map(str, range(700)))


def test_reading_only_teaches_nothing_and_needs_no_lock(run, tmp_path):
    index = tmp_path / "index"
    run("--index", index, stdin=jsonl({"id": "a", "text": FERRY}))
    before = contents(index)
    with (index / "lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        records = jsonl({"id": "b", "text": FERRY}, {"id": "c", "text": MARKET})
        done = run("--index", index, "--index-read-only", stdin=records)
    assert ids_of(done.out) == ["c"]
    assert contents(index) == before
    absent = run("--index", tmp_path / "absent", "--index-read-only", stdin=records)
    assert absent.code == 1
    assert "no manifest" in absent.err
    assert not (tmp_path / "absent").exists()


def test_a_second_writer_is_refused_before_it_reads(tmp_path, start):
    index = tmp_path / "index"
    writer = start("--index", index)
    writer.stdin.write(jsonl({"id": "a", "text": FERRY}))
    writer.stdin.flush()
    assert writer.stdout.readline()
    read_end, write_end = os.pipe()
    second = start("--index", index, "-o", tmp_path / "out", stdin=read_end)
    assert second.wait() == 1
    assert b"being written by another process" in second.stderr.read()
    assert not (tmp_path / "out").exists()
    os.write(write_end, b"x")
    assert os.read(read_end, 10) == b"x"  # nobody took from it
    writer.stdin.close()
    assert writer.wait() == 0
    assert known(index) == ["a"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--threshold", "0.7"), "threshold 0.8, not 0.7: give --threshold 0.8"),
        (("--shingle-size", "3"), "shingle-size 5, not 3: give --shingle-size 5"),
    ],
)
def test_an_index_of_other_parameters_is_refused(run, tmp_path, words, says):
    run("--index", tmp_path / "i", stdin=jsonl({"id": "a", "text": FERRY}))
    before = contents(tmp_path / "i")
    done = run("--index", tmp_path / "i", *words, stdin=jsonl({"id": "b", "text": MARKET}))
    assert done.code == 1
    assert done.out == b""
    assert says in done.err
    assert contents(tmp_path / "i") == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--index-read-only",), "needs --index DIR"),
        (("--index", "i", "--skip", "duplicates"), "needs the stage duplicates"),
        (("--index", "i", "-o", "i/out"), "lies in the index"),
        (("--index", "i", "--edits", "i/edits"), "lies in the index"),
        (("--index", "i", "i/manifest.json"), "lies in the index"),
    ],
)
def test_what_makes_no_sense_is_refused(run, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    done = run(*words, stdin=jsonl({"text": FERRY}))
    assert done.code == 2
    assert says in done.err
    assert not list(tmp_path.iterdir())


def test_a_recipe_names_no_index(run, tmp_path):
    (tmp_path / "r.toml").write_text('index = "x"\n')
    done = run("--recipe", tmp_path / "r.toml")
    assert done.code == 2
    assert "no key 'index'" in done.err


def test_a_run_that_fails_or_is_not_read_to_its_end_teaches_nothing(run, tmp_path):
    index = tmp_path / "i"
    run("--index", index, stdin=jsonl({"id": "a", "text": FERRY}))
    before = contents(index)
    broken = jsonl({"id": "b", "text": MARKET}) + b"broken\n"
    assert run("--index", index, stdin=broken).code == 1
    assert contents(index) == before
    (tmp_path / "in.jsonl").write_bytes(
        jsonl(*({"id": str(n), "text": article(n) * 40} for n in range(400)))
    )
    words = [sys.executable, "-m", "textclean", "--stages", "duplicates", "--index", str(index)]
    script = '"$@" in.jsonl | head -c 10; exit "${PIPESTATUS[0]}"'
    done = subprocess.run(["bash", "-c", script, "x", *words], cwd=tmp_path, check=True)
    assert done.returncode == 0
    assert contents(index) == before


def test_a_full_disk_leaves_outputs_and_index_as_they_were(run, tmp_path, monkeypatch):
    index = tmp_path / "i"
    run("--index", index, stdin=jsonl({"id": "a", "text": FERRY}))
    before = contents(index)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("textclean.dedup.segments.write_whole", full)
    words = ("--index", index, "-o", tmp_path / "out")
    done = run(*words, stdin=jsonl({"id": "b", "text": MARKET}))
    assert done.code == 1
    assert f"cannot write the index {index}: No space left" in done.err
    assert not (tmp_path / "out").exists()
    assert contents(index) == before


@pytest.fixture
def corpus(tmp_path):
    """An index that knows some articles, and two files that repeat some of these and others."""
    records = [{"id": f"r{n}", "text": article(n % 170)} for n in range(400)]
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(jsonl(*records[:250]))
    (folder / "b.jsonl").write_bytes(jsonl(*records[250:]))
    (folder / "old.jsonl").write_bytes(
        jsonl(*({"id": f"old{n}", "text": article(n)} for n in range(20, 50)))
    )
    return folder


def everything(folder):
    """Return names and bytes of outputs and index, less what a killed run may leave hidden."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def prepared(run, corpus, folder):
    """Fill the index of a folder, and return the words of the run that is to be killed there."""
    folder.mkdir()
    run("--quiet", corpus / "old.jsonl", "--index", folder / "i", "-o", folder / "old")
    files = [part for name in ("edits", "dropped", "report") for part in (f"--{name}", name)]
    sides = [folder / f"{word}.json" if not word.startswith("--") else word for word in files]
    inputs = [corpus / "a.jsonl", corpus / "b.jsonl"]
    return ["--quiet", "--workers", 1, *inputs, *sides, "--index", folder / "i"]


#: Where a run can die: a method, and at which of its calls.
MOMENTS = [
    *((finish.Finisher, "finish", n) for n in (1, 4)),
    *((Journal, "add", n) for n in (1, 2, 3)),
    (IndexFolder, "prepare", 1),
    (IndexFolder, "_write", 1),
    *((OutputFile, "commit", n) for n in (1, 2, 3, 4)),
    (IndexFolder, "publish", 1),
    (IndexFolder, "_replace", 1),
    (IndexFolder, "_remove_remains", 1),
    (IndexFolder, "_remove_remains", 2),
    (Journal, "remove", 1),
    ("textclean.cli.clean", "_tell", 1),
]


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_a_run_killed_anywhere_is_done_again_with_the_same_bytes(  # noqa: PLR0913
    run, corpus, tmp_path, monkeypatch, request, *, resume, after
):
    if resume:  # else the run is too small for a journal, and begins anew
        request.getfixturevalue("small")
    output = "out/" if resume else "out.jsonl.gz"
    whole = tmp_path / "whole"
    run(*prepared(run, corpus, whole), "-o", f"{whole}/{output}")
    expected = everything(whole)
    assert any(row["reason"] == "duplicate.earlier-run" for row in rows(whole / "dropped.json"))
    died = 0
    for target, name, moment in MOMENTS:
        folder = tmp_path / f"{name}{moment}"
        words = [*prepared(run, corpus, folder), "-o", f"{folder}/{output}"]
        before = everything(folder / "i")
        with monkeypatch.context() as patch:
            kill_at(patch, target, name, moment, after=after)
            try:
                run(*words)
            except Killed:
                died += 1
        index = everything(folder / "i")
        learned = index["manifest.json"] != before["manifest.json"]
        complete = all((folder / path).exists() for path in expected)
        assert complete or not learned, (name, moment)
        words += ["--resume"] if list(folder.glob("*.journal")) else []
        assert run(*words).code == 0, (name, moment)
        assert everything(folder) == expected
        assert run(*words[: words.index("-o") + 2]).code == 0
        assert everything(folder) == expected
    assert died >= 12


@pytest.mark.usefixtures("small")
def test_resume_is_refused_when_another_run_taught_the_index(run, corpus, tmp_path, monkeypatch):
    folder = tmp_path / "cut"
    words = [*prepared(run, corpus, folder), "-o", folder / "out"]
    with monkeypatch.context() as patch:
        kill_at(patch, finish.Finisher, "finish", 5)
        with pytest.raises(Killed):
            run(*words)
    run("--index", folder / "i", stdin=jsonl({"id": "z", "text": FERRY}))
    done = run(*words, "--resume")
    assert done.code == 2
    assert "other articles in the index" in done.err
    assert run(*words[:-4], "-o", folder / "out", "--resume").code == 2


COMMAND = DYING + "from textclean.cli import run; run()"


@pytest.mark.parametrize("step", range(0, 13, 3))
def test_a_process_killed_at_any_write_is_done_again(run, corpus, tmp_path, step):
    whole = tmp_path / "whole"
    run(*prepared(run, corpus, whole), "-o", whole / "out")
    folder = tmp_path / "cut"
    words = [*prepared(run, corpus, folder), "-o", folder / "out"]
    command = [sys.executable, "-c", COMMAND, str(step), *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    assert run(*words).code == 0
    assert everything(folder) == everything(whole)
