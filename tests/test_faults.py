"""What goes wrong around the command: full disks, closed ends, odd streams, colliding names."""

import contextlib
import gzip
import json
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from textclean.errors import InputError
from textclean.io import sources
from textclean.io.compression import open_decompressed
from textclean.io.sources import Source

RECORD = b'{"text": "The ferry leaves at nine."}\n'


def shell(script: str, folder, **variables) -> subprocess.CompletedProcess:
    """Run a script in which ``$TC`` is the command."""
    environment = {**os.environ, "TC": f"{sys.executable} -m textclean", **variables}
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_full_disk_is_exit_one(tmp_path, unbuffered):
    (tmp_path / "a.jsonl").write_bytes(RECORD * 3)
    for command in ("a.jsonl", "--help", "explain a.jsonl", "--print-recipe"):
        done = shell(f"$TC {command} > /dev/full", tmp_path, PYTHONUNBUFFERED=unbuffered)
        assert done.returncode == 1, command
        assert b"No space left" in done.stderr
        if command == "a.jsonl":
            assert done.stderr == b"textclean: cannot write stdout: No space left on device\n"
        assert b"Traceback" not in done.stderr
        assert b"Exception ignored" not in done.stderr


def test_short_writes_lose_nothing(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "%s"}\n' % (b"x" * 20_000))
    script = "trap '' XFSZ; ulimit -f 8; $TC --skip repetition a.jsonl > out"
    done = shell(script, tmp_path, PYTHONUNBUFFERED="1")
    assert done.returncode == 1
    assert b"File too large" in done.stderr


def test_output_that_does_not_block_gets_everything(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"".join(b'{"text": "%d"}\n' % n for n in range(90_000)))
    script = (
        'import fcntl, os, subprocess, sys, time\n'
        'reading, writing = os.pipe()\n'
        'flags = fcntl.fcntl(writing, fcntl.F_GETFL)\n'
        'fcntl.fcntl(writing, fcntl.F_SETFL, flags | os.O_NONBLOCK)\n'
        'words = [sys.executable, "-m", "textclean", "--quiet", "--workers", "1",\n'
        '         "--stages", "markup", "a.jsonl"]\n'
        'process = subprocess.Popen(words, stdout=writing)\n'
        'os.close(writing)\n'
        'time.sleep(1)\n'
        'data = open(reading, "rb").read()\n'
        'assert process.wait() == 0\n'
        'assert data == open("a.jsonl", "rb").read(), len(data)\n'
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, timeout=120, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("flag", ["--edits", "-o", "--dropped"])
def test_closed_side_file_is_a_failure(tmp_path, flag):
    record = b'{"text": "Fares &amp; times <b>now</b>: the ferry leaves at nine."}\n'
    (tmp_path / "a.jsonl").write_bytes(record * 40_000)
    done = shell(f"$TC --quiet --workers 1 a.jsonl {flag} >(true) > /dev/null", tmp_path)
    assert done.returncode == 1
    assert b"cannot write" in done.stderr


def test_sources_without_a_final_newline_are_not_glued(run, tmp_path):
    for name in "abc":
        (tmp_path / name).write_bytes(b'{"text": "%s b"}' % name.encode())
    done = run("--quiet", *(tmp_path / name for name in "abc"))
    assert [json.loads(line)["text"] for line in done.out.splitlines()] == ["a b", "b b", "c b"]
    for name in "abc":
        (tmp_path / name).write_bytes(b"%s b" % name.encode())
    done = run("--quiet", "--from", "lines", *(tmp_path / name for name in "abc"))
    assert done.out == b"a b\nb b\nc b"


def test_broken_records_are_not_glued(run, tmp_path):
    first, second, bad = tmp_path / "1.jsonl", tmp_path / "2.jsonl", tmp_path / "bad"
    first.write_bytes(b'{"text": "aaaaaaaaaaaaaaaaaaaaaa"}')
    second.write_bytes(b'nope\n{"text": "z"}\n')
    run("--max-record-bytes", 20, "--bad-records", bad, first, second)
    assert bad.read_bytes() == first.read_bytes() + b"\nnope\n"


def test_numbered_texts_overwrite_nothing(run, tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
    (tmp_path / "y/a.jsonl").write_bytes(RECORD)
    (tmp_path / "x/a-000001.txt").write_bytes(b"Another text.")
    files = [tmp_path / "y/a.jsonl", tmp_path / "x/a-000001.txt"]
    assert run("--to", "text", *files, "-o", f"{tmp_path}/out/").code == 0
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(written) == 2
    ledger = tmp_path / "z/a/000001.txt"
    ledger.parent.mkdir(parents=True)
    done = run("--to", "text", files[0], "-o", f"{tmp_path}/z/", "--edits", ledger)
    assert done.code == 1
    assert not list(tmp_path.glob("z/**/*.*"))


@pytest.mark.parametrize(
    "script",
    [
        "$TC -o a.jsonl < a.jsonl",
        "$TC a.jsonl >> a.jsonl",
        "$TC a.jsonl --edits out > out",
        "$TC a.jsonl --recipe recipe.toml -o recipe.toml",
        '$TC a.jsonl -o ""',
    ],
)
def test_redirected_streams_and_recipes_are_not_overwritten(tmp_path, script):
    (tmp_path / "a.jsonl").write_bytes(RECORD)
    (tmp_path / "recipe.toml").write_text("threshold = 0.5\n")
    done = shell(script, tmp_path)
    assert done.returncode == 2, done.stderr
    assert (tmp_path / "a.jsonl").read_bytes() == RECORD
    assert (tmp_path / "recipe.toml").read_text() == "threshold = 0.5\n"


def test_failing_second_target_leaves_nothing(run, tmp_path):
    done = run("--edits", tmp_path / "ok", "--dropped", tmp_path / "none/x", stdin=RECORD)
    assert done.code == 1
    assert "none/x" in done.err
    assert not list(tmp_path.iterdir())


def test_outputs_get_the_permissions_they_had_or_the_mask_allows(run, tmp_path):
    old, new = tmp_path / "old.jsonl", tmp_path / ("n" * 240 + ".jsonl")
    old.touch(mode=0o600)
    for path in (old, new):
        assert run("-o", path, stdin=RECORD).code == 0
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    assert stat.S_IMODE(new.stat().st_mode) == 0o666 & ~mask


@pytest.mark.parametrize(
    ("stdin", "code"),
    [
        (b'tail of a record"}\n{"text": "a &amp; b"}\n', 1),
        (b'[{"text": "a"}]\n', 2),
        (b"PAR1\x15\x04", 1),
        (b"WARC/1.0\r\n", 1),
    ],
)
def test_what_is_no_text_is_not_taken_for_one(run, stdin, code):
    done = run(stdin=stdin)
    assert (done.code, done.out) == (code, b"")


def test_format_does_not_depend_on_the_pace_of_the_input(start):
    process = start("--quiet")
    process.stdin.write(b"\n")
    process.stdin.flush()
    process.stdin.write(RECORD)
    assert process.communicate(timeout=60)[0] == RECORD


@pytest.mark.parametrize(
    ("options", "toml"),
    [
        (("--id-field", "text"), ""),
        (("--text-field", "language", "--detect-language"), ""),
        (("--shingle-size", "1" + "0" * 21), ""),
        ((), f"threshold = 1{'0' * 400}"),
        ((), f"max-record-bytes = 1{'0' * 5000}"),
        ((), f"skip = {'[' * 3000}"),
    ],
)
def test_impossible_settings_are_exit_two(run, tmp_path, options, toml):
    path = tmp_path / "recipe.toml"
    path.write_text(toml)
    done = run("--recipe", path, *options, stdin=RECORD)
    assert done.code == 2
    assert "Traceback" not in done.err


@pytest.mark.parametrize("field", ['a"b', "a\\b", "a b", "tëxt", "1"])
def test_a_field_may_have_any_name(run, field):
    stdin = json.dumps({field: "Fares &amp; times."}, ensure_ascii=False).encode()
    done = run("--quiet", "--text-field", field, stdin=stdin)
    assert json.loads(done.out) == {field: "Fares & times."}


def test_closed_streams_end_without_a_traceback(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(RECORD)
    for redirection, code in (("<&-", 1), ("a.jsonl >&-", 1), ("a.jsonl 2>&-", 0)):
        done = shell(f"$TC {redirection}", tmp_path)
        assert done.returncode == code, redirection
        assert b"Traceback" not in done.stderr


def test_explain_works_in_an_ascii_locale(tmp_path):
    (tmp_path / "a.txt").write_text("Fähre:\u00c2 neun", encoding="utf-8")
    variables = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = shell("$TC explain a.txt", tmp_path, **variables)
    assert done.returncode == 0
    assert "Fähre:[-Â-]" in done.stdout.decode()


@pytest.mark.parametrize("tag", ["EN", "en-GB", "en_US"])
def test_languages_are_taken_by_their_primary_tag(run, tag):
    stdin = b'{"text": "The harbour office opens its new pier to ferries and visitors."}\n'
    assert run("--quiet", "--language", tag, stdin=stdin).out == stdin


def test_a_language_nobody_can_detect_is_wrong_usage(run):
    done = run("--language", "english", stdin=RECORD)
    assert done.code == 2
    assert "no tag 'english'; English is en" in done.err


def test_carriage_returns_in_lines_stay(run):
    stdin = b"one\rtwo\r\nlast\r"
    assert run("--quiet", "--from", "lines", stdin=stdin).out == stdin


def test_explain_refuses_what_clean_refuses(run):
    done = run("explain", "--max-record-bytes", 10, stdin=RECORD)
    assert done.code == 1
    assert "larger than --max-record-bytes" in done.err


def test_an_input_that_changes_while_it_is_read_ends_the_run(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(RECORD * 100)
    for change in (lambda: path.write_bytes(RECORD * 90), lambda: os.utime(path, (1, 1))):
        path.write_bytes(RECORD * 100)
        source = Source(str(path), 0)
        chunks = source.chunks(10_000, 1_000)
        next(chunks)
        change()
        with pytest.raises(InputError, match="changed while it was read"):
            list(chunks)
    source = Source(str(path), 0)
    path.unlink()
    path.write_bytes(RECORD)
    with pytest.raises(InputError, match="changed while it was read"):
        list(source.chunks(10_000))


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_chunks_of_a_file_do_not_depend_on_how_fast_it_is_read(tmp_path, monkeypatch, compress):
    path = tmp_path / "a"
    path.write_bytes(compress(b"".join(b'{"text": "%d"}\n' % n for n in range(20_000))))
    whole = [chunk.data for chunk in Source(str(path), 0).chunks(10_000, 10_000)]

    def open_slowly(raw):
        read = open_decompressed(raw)
        return lambda size: read(min(size, 777))

    monkeypatch.setattr(sources, "open_decompressed", open_slowly)
    assert [chunk.data for chunk in Source(str(path), 0).chunks(10_000, 10_000)] == whole


@pytest.mark.parametrize("side", ["--edits", "--dropped", "--bad-records", "-o"])
def test_a_side_file_that_cannot_be_whole_leaves_nothing(tmp_path, side):
    text = "The ferry &amp; the pier, number {} of them all, in other words."
    lines = [json.dumps({"text": text.format(n)}).encode() for n in range(300)]
    lines += lines + [b"broken"] * 5_000
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    bad = "" if side == "--bad-records" else "--bad-records /dev/null"
    script = f"trap '' XFSZ; mkdir out; ulimit -f 8; $TC a.jsonl {bad} {side} out/x > /dev/null"
    done = shell(script, tmp_path)
    assert done.returncode == 1
    assert b"cannot write out/x: File too large" in done.stderr
    assert not list((tmp_path / "out").iterdir())


def test_folders_that_cannot_be_written_are_named(run, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for target in (tmp_path / "file" / "x", tmp_path / "none" / "x", "/proc/none/x"):
        for flag in ("-o", "--edits", "--report"):
            path = f"{target}.json"
            done = run(flag, path, stdin=RECORD)
            assert done.code == 1, (target, flag)
            assert path in done.err


def test_an_output_that_appears_under_another_name_of_the_input_is_refused(run, tmp_path):
    source, link = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    source.write_bytes(RECORD)
    os.link(source, link)
    assert run(source, "-o", link).code == 2
    assert run(source, "--report", tmp_path / "r.json", "--edits", tmp_path / "r.json").code == 2
    assert source.read_bytes() == RECORD


def test_memory_does_not_grow_behind_a_stopped_consumer(start, large):
    process = start("--quiet", "--workers", 1, "--stages", "markup", stdin=subprocess.PIPE)
    data = large.read_bytes() * 4

    def feed():
        with contextlib.suppress(OSError):
            process.stdin.write(data)
            process.stdin.close()

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    sizes = [0]
    while len(sizes) < 4 or sizes[-1] > sizes[-4]:  # kernels load first, however long that takes
        time.sleep(0.7)
        status = Path(f"/proc/{process.pid}/status").read_text()
        sizes.append(int(status.partition("VmRSS:")[2].split()[0]))
    assert feeder.is_alive()  # the reader waits for the writer
    assert sizes[-1] < 400_000
    process.kill()
    feeder.join(30)
