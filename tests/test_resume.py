"""Batch runs that are cut off: whatever the moment, going on gives the bytes of one long run."""

import errno
import fcntl
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from conftest import SAMPLES
from killing import Killed, kill_at

from textclean.engines import finish
from textclean.engines.journal import Journal
from textclean.io.outputs import OutputFile

SMALL = """
import sys
import textclean.engines.finish
import textclean.io.cutting
import textclean.io.sources
if __name__ == "__main__":
    textclean.engines.finish.CHECKPOINT_BYTES = 20_000
    textclean.io.cutting.READ_BYTES = 4_000
    textclean.io.sources.Source.chunks.__defaults__ = (8_000,)
    from textclean.cli import run
    run()
"""


@pytest.fixture
def corpus(tmp_path):
    """Two inputs with duplicates across them, broken records, and no final newline."""
    samples = (SAMPLES / "articles.jsonl").read_bytes().splitlines()
    folder = tmp_path / "in"
    folder.mkdir()
    lines = []
    for number in range(4):
        for line in samples:
            record = json.loads(line)
            record["text"] = f"{record['text']}\nNumber {number // 2} of the series."
            if number % 2:
                record.pop("id", None)
            lines.append(json.dumps(record, ensure_ascii=False).encode())
        lines.append(b"broken")
    (folder / "a.jsonl").write_bytes(b"\n".join(lines))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(b"\n".join(lines[10:40]) + b"\n", mtime=0))
    return folder


def arguments(corpus, folder, output):
    folder.mkdir(exist_ok=True)
    names = {
        "edits": "edits.gz",
        "dropped": "dropped.zst",
        "bad-records": "bad",
        "report": "r.json",
    }
    sides = [part for name, file in names.items() for part in (f"--{name}", folder / file)]
    inputs = [corpus / "a.jsonl", corpus / "b.jsonl.gz"]
    return ["--quiet", "--workers", 1, *inputs, "-o", f"{folder}/{output}", *sides]


def files(folder):
    """Return names and bytes, less what a killed run may leave: hidden temporary files."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".part"
    }


@pytest.mark.parametrize(
    "output", ["out.jsonl", "out.jsonl.gz", "out.csv.zst", "out.warc.gz", "out/"]
)
@pytest.mark.usefixtures("small")
def test_a_run_killed_anywhere_goes_on_with_the_same_bytes(
    run, corpus, tmp_path, monkeypatch, output
):
    assert run(*arguments(corpus, tmp_path / "whole", output)).code == 0
    whole = files(tmp_path / "whole")
    moments = 0
    for target, name in ((Journal, "add"), (OutputFile, "commit"), (finish.Finisher, "finish")):
        for moment in (1, 3, 6, 10):
            folder = tmp_path / f"{name}{moment}"
            with monkeypatch.context() as patch:
                kill_at(patch, target, name, moment)
                words = [str(word) for word in arguments(corpus, folder, output)]
                try:
                    run(*words, "--resume")
                except Killed:
                    moments += 1
            assert run(*words, "--resume").code == 0
            assert files(folder) == whole, (name, moment)
    assert moments >= 7


def test_real_kills_are_survived(corpus, tmp_path):
    script = tmp_path / "small.py"
    script.write_text(SMALL)
    command = [sys.executable, script]
    whole = arguments(corpus, tmp_path / "whole", "out.jsonl.gz")
    started = time.monotonic()
    subprocess.run([*command, *map(str, whole)], check=True)
    seconds = time.monotonic() - started
    generator = random.Random(8)
    words = [*command, *map(str, arguments(corpus, tmp_path / "cut", "out.jsonl.gz")), "--resume"]
    for _ in range(3):
        process = subprocess.Popen(words)
        try:
            process.wait(seconds * generator.uniform(0.4, 1))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(words, check=True)
    assert files(tmp_path / "cut") == files(tmp_path / "whole")


@pytest.mark.usefixtures("small")
def test_workers_and_interruptions_may_change_between_runs(run, corpus, tmp_path, monkeypatch):
    words = arguments(corpus, tmp_path / "cut", "out.jsonl")
    with monkeypatch.context() as patch:
        patch.setattr(finish.Finisher, "_drop", fail_after(finish.Finisher._drop, 30))
        assert run(*words).code == 1
    assert (tmp_path / "cut" / "out.jsonl.journal").exists()
    assert not (tmp_path / "cut" / "out.jsonl").exists()
    words[words.index("--workers") + 1] = 2
    assert run(*words, "--resume").code == 0
    run(*arguments(corpus, tmp_path / "whole", "out.jsonl"))
    assert files(tmp_path / "cut") == files(tmp_path / "whole")
    assert not list((tmp_path / "cut").glob(".*"))


def fail_after(method, number):
    calls = 0

    def call(*words):
        nonlocal calls
        calls += 1
        if calls > number:
            raise OSError(28, "No space left on device")
        return method(*words)

    return call


@pytest.mark.usefixtures("small")
def test_a_resumed_run_knows_that_a_record_had_an_id(run, tmp_path, monkeypatch):
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [json.dumps({"text": f"Boat {n} leaves for the island at noon."}) for n in range(2_000)]
    source.write_text("\n".join(['{"url": "a", "text": "b"}', *lines]))
    words = ("--workers", 1, "--id-field", "url", source, "-o", output)
    with monkeypatch.context() as patch:
        patch.setattr(finish.Finisher, "finish", fail_after(finish.Finisher.finish, 9))
        assert "--resume goes on" in run(*words).err
    done = run(*words, "--resume")
    assert done.code == 0
    assert "2,001 in" in done.err
    assert "no record has" not in done.err


@pytest.fixture
def cut_off(run, small, corpus, tmp_path, monkeypatch):  # noqa: ARG001 - small is a patch
    """A run that a full disk has ended behind some checkpoints; its arguments."""
    words = [str(word) for word in arguments(corpus, tmp_path / "cut", "out.jsonl")]
    with monkeypatch.context() as patch:
        patch.setattr(finish.Finisher, "_drop", fail_after(finish.Finisher._drop, 30))
        done = run(*words)
    assert done.code == 1
    assert "--resume goes on" in done.err
    return words


def test_a_journal_is_not_overwritten_by_a_run_that_forgot_to_resume(run, cut_off, tmp_path):
    before = files(tmp_path / "cut")
    done = run(*cut_off)
    assert done.code == 2
    assert "--resume" in done.err
    assert files(tmp_path / "cut") == before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("--threshold", "0.7"), "other recipe"),
        (("--to", "lines"), "other to"),
        (("--encoding", "latin-1"), "other inputs"),
    ],
)
def test_resume_with_anything_else_is_refused(run, cut_off, change, says):
    done = run(*cut_off, *change, "--resume")
    assert done.code == 2
    assert says in done.err


def test_resume_with_changed_inputs_is_refused(run, cut_off, corpus):
    (corpus / "a.jsonl").touch()
    done = run(*cut_off, "--resume")
    assert done.code == 2
    assert "other inputs" in done.err


def test_two_runs_do_not_go_on_with_one_journal(run, cut_off, tmp_path):
    with (tmp_path / "cut" / "out.jsonl.journal").open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run(*cut_off, "--resume")
    assert done.code == 1
    assert "another run" in done.err
    assert run(*cut_off, "--resume").code == 0


@pytest.mark.usefixtures("small")
def test_a_damaged_journal_costs_work_or_is_refused_but_never_bytes(run, corpus, tmp_path, cut_off):
    run(*arguments(corpus, tmp_path / "whole", "out.jsonl"))
    whole = files(tmp_path / "whole")
    folder = tmp_path / "cut"
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    journal = folder / "out.jsonl.journal"
    size = len(kept[journal])
    generator = random.Random(3)
    codes = []
    for at in sorted(generator.sample(range(size), 12)):
        for path in folder.iterdir():
            path.unlink()
        for path, data in kept.items():
            path.write_bytes(data)
        damaged = bytearray(kept[journal])
        damaged[at] ^= 1 << generator.randrange(8)
        journal.write_bytes(damaged)
        done = run(*cut_off, "--resume")
        codes.append(done.code)
        assert "Traceback" not in done.err
        if done.code == 0:
            assert files(folder) == whole, at
    assert set(codes) <= {0, 1}


def test_an_output_shorter_than_its_journal_says_is_refused(run, cut_off, tmp_path):
    part = max((tmp_path / "cut").glob(".*.part"), key=lambda path: path.stat().st_size)
    part.write_bytes(part.read_bytes()[:100])
    done = run(*cut_off, "--resume")
    assert done.code == 1
    assert "journal says" in done.err


@pytest.mark.usefixtures("small")
def test_broken_records_may_be_set_aside_when_going_on(run, corpus, tmp_path):
    data = (corpus / "a.jsonl").read_bytes().replace(b"\nbroken", b"", 2)
    (corpus / "a.jsonl").write_bytes(data)
    words = ["--quiet", "--workers", 1, corpus / "a.jsonl", "-o", tmp_path / "out.jsonl"]
    assert run(*words).code == 1
    assert (tmp_path / "out.jsonl.journal").exists()
    assert run(*words, "--resume", "--bad-records", tmp_path / "bad").code == 0
    whole = ["--quiet", corpus / "a.jsonl", "-o", tmp_path / "w", "--bad-records", tmp_path / "wb"]
    assert run(*whole).code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "w").read_bytes()
    assert (tmp_path / "bad").read_bytes() == (tmp_path / "wb").read_bytes() != b""


def test_what_was_sent_down_a_pipe_is_not_gone_on_with(run, corpus, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = run(corpus / "a.jsonl", "-o", tmp_path / "out", "--edits", pipe, "--resume")
    assert done.code == 2
    assert "as side files" in done.err


@pytest.mark.parametrize("words", [("--resume",), ("--resume", "-o", "x")])
def test_resume_needs_files(run, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert done.code == 2
    assert "--resume needs" in done.err


def test_small_runs_leave_no_journal(run, corpus, tmp_path):
    assert run(corpus / "a.jsonl", "-o", tmp_path / "out").code == 1
    assert {path.name for path in tmp_path.iterdir()} == {"in"}


@pytest.mark.usefixtures("small")
def test_a_journal_that_has_no_room_is_not_left_unless_it_says_something(
    run, corpus, tmp_path, monkeypatch
):
    """Of one cut in its first entry nobody could go on; later ones lose that entry only."""
    sides = ["--bad-records", tmp_path / "bad"]
    words = ["--quiet", *corpus.iterdir(), "-o", tmp_path / "out", *sides]
    write, written, moments = Journal._write, [], [0]

    def full(self, entry):
        written.append(entry)
        if len(written) == moments[0]:
            self._file.write(b"0123")
            raise OSError(errno.ENOSPC, "no room")
        write(self, entry)

    for moment, left in ((1, set()), (2, set()), (3, {"out.journal"})):
        written.clear()
        moments[0] = moment
        monkeypatch.setattr(Journal, "_write", full)
        done = run(*words)
        assert done.code == 1
        assert f"cannot write {tmp_path}/out.journal: no room" in done.err
        assert ("--resume" in done.err) is bool(left)
        assert {path.name for path in tmp_path.glob("*.journal")} == left
        assert bool(list(tmp_path.glob(".*.part"))) is bool(left)
    monkeypatch.setattr(Journal, "_write", write)
    assert run(*words, "--resume").code == 0
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-o", "memory://out.jsonl", "in.jsonl"), "an upload to memory://out.jsonl"),
        (("-o", "out", "-"), "files as input: stdin"),
        (("in.jsonl",), "sent to stdout"),
        (("-o", "/dev/null", "in.jsonl"), "a file as output"),
        (("-o", "out", "--stages", "duplicates,markup", "in.jsonl"), "duplicates as the last"),
    ],
)
def test_what_cannot_be_gone_on_with_is_refused_with_the_reason(
    run, tmp_path, monkeypatch, words, says
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_bytes(b'{"text": "The ferry leaves at nine."}\n')
    done = run(*words, "--resume", stdin=b'{"text": "x"}\n')
    assert done.code == 2
    assert says in done.err
