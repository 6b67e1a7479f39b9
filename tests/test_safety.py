"""Input is hostile: nothing in it is executed or becomes a path, no network, no terminal."""

import ast
import json
import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import watching

from textclean.dedup import segments
from textclean.dedup.mapped import MappedHashes
from textclean.engines import journal
from textclean.engines.journal import Journal

PACKAGE = Path(__file__).parent.parent / "textclean"

#: What executes data or reaches out, and the few places that may name it, with the reason.
NOWHERE = [
    "pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code", "pty", "ctypes", "http",
    "socketserver", "requests", "socket", "ssl", "ftplib", "smtplib", "webbrowser", "yaml",
]  # fmt: skip
IMPORTS = {
    **dict.fromkeys(NOWHERE, ()),
    "urllib": ("dedup/shared.py",),
    "redis": ("dedup/shared.py",),
    "socket": ("engines/ray.py",),
    "subprocess": ("bench/costs.py",),
    "fsspec": ("io/remote.py",),
    "multiprocessing": ("engines/pool.py",),
    "concurrent": ("engines/local.py", "engines/pool.py"),
}
WHY = {
    "dedup/shared.py": "the user's own Redis, by the user's URL; urllib.parse only takes it apart",
    "engines/ray.py": "asks whether the user's own cluster answers, at the user's address",
    "bench/costs.py": "runs our own command, as a list of words, to measure it",
    "io/remote.py": "inputs and outputs by the user's URLs",
    "engines/local.py": "hands chunks to our own workers through pipes nobody else can open",
    "engines/pool.py": "starts those workers, as copies of itself or anew",
}
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
METHODS = {"load_module", "exec_module"}
STARTS_PROCESSES = re.compile("exec|fork|popen|posix_spawn|spawn|system")
#: Of NumPy and its like, what reads or writes pickles unless it is told not to.
PICKLING = {"load", "save", "savez", "loads", "dumps", "dump"}
PICKLERS = {"np", "numpy", "pickle", "marshal"}


def imported(node):
    """Return the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def is_dangerous(function):
    """Tell whether a call of this expression executes what it is given."""
    if isinstance(function, ast.Name):
        return function.id in CALLS
    if not isinstance(function, ast.Attribute):
        return False
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    return (
        function.attr in METHODS
        or (owner == "os" and STARTS_PROCESSES.match(function.attr) is not None)
        or (owner in PICKLERS and function.attr in PICKLING)
    )


def offences(path, tree):
    """Yield what in a module's source could execute data, or reach a network."""
    for node in ast.walk(tree):
        for name in imported(node):
            top = name.partition(".")[0]
            if path not in IMPORTS.get(top, (path,)):
                yield f"line {node.lineno} imports {name}"
        if not isinstance(node, ast.Call):
            continue
        if is_dangerous(node.func):
            yield f"line {node.lineno} calls {ast.unparse(node.func)}"
        for keyword in node.keywords:
            is_off = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            if keyword.arg in {"shell", "allow_pickle"} and not is_off:
                yield f"line {node.lineno} passes {keyword.arg}"


def test_nothing_in_the_source_executes_data_or_reaches_out():
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if bad := list(offences(name, ast.parse(path.read_text(encoding="utf-8")))):
            found[name] = bad
    assert found == {}
    assert {name for names in IMPORTS.values() for name in names} == set(WHY)


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from marshal import loads", "import urllib.request", "eval(x)", "exec(x)",
        "compile(x, '', 'exec')", "os.system(x)", "os.popen(x)", "os.execv(x, y)", "np.load(x)",
        "f(x, shell=True)", "f(x, allow_pickle=y)", "import subprocess", "import socket.x",
        "from multiprocessing.connection import Client", "__import__(x)",
    ],
)  # fmt: skip
def test_offences_are_found(source):
    assert list(offences("stages/duplicates.py", ast.parse(source)))


def watched(tmp_path, code, **variables):
    """Run code in a process that is watched; return what was seen."""
    script = tmp_path / "watched.py"
    script.write_text(code)
    done = subprocess.run(
        [sys.executable, watching.__file__, script],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "TEXTCLEAN_KERNELS": "python", **variables},
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


RUN = """
import io, sys
from textclean.cli import exit_code
for words in {calls!r}:
    sys.stdin = io.TextIOWrapper(io.BytesIO(b'{{"text": "A ferry."}}\\n'))
    sys.stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    code = exit_code(words)
    assert code == 0, (words, code)
"""
HOSTILE_IDS = [
    "../../evil", "/etc/evil", "a/../../../evil", "..", ".", "", "a\0b", "~/evil", "C:\\evil",
    "http://evil.invalid/x", "| touch evil", "$(touch evil)", "x" * 5_000,
]  # fmt: skip


def hostile_inputs(folder):
    """Write files of every format whose ids, fields and texts want to be paths, code, addresses."""
    code = f"__import__('os').system('touch {watching.CANARY}')"
    page = f"<p>{code} &amp; <img src=http://evil.invalid/x><script src=//evil.invalid></script>"
    body = "<iframe src='https://www.youtube.com/embed/abc'></iframe> The ferry leaves at nine, and"
    texts = [f"{page} {body} number {n} of the ferries" for n in range(len(HOSTILE_IDS))]
    rows = [
        {"id": id_, "text": text, "run": code, "!!python/object:os.system": code}
        for id_, text in zip(HOSTILE_IDS, texts, strict=True)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "a.jsonl").write_text(lines)
    cells = [[id_, text] for id_, text in zip(HOSTILE_IDS, texts, strict=True)]
    quoted = ("".join('"{}","{}"\n'.format(*row) for row in cells)).replace("\0", "")
    (folder / "a.csv").write_text("id,text\n" + quoted)
    pq.write_table(pa.Table.from_pylist(rows), folder / "a.parquet")
    (folder / "a.txt").write_text(texts[0])
    with (folder / "a.warc").open("wb") as archive:
        for id_, text in zip(HOSTILE_IDS, texts, strict=True):
            head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: {id_}\r\n"
            head += f"Content-Type: text/plain\r\nContent-Length: {len(text.encode())}\r\n\r\n"
            archive.write(head.encode() + text.encode() + b"\r\n\r\n")


def test_a_run_reaches_no_network_executes_nothing_and_writes_where_it_was_told(tmp_path):
    room, out, temporary = (tmp_path / name for name in ("in", "out", "temporary"))
    for folder in (room, out, temporary):
        folder.mkdir()
    hostile_inputs(room)
    calls = [
        ["--quiet", "--workers", "1", "--detect-language", f"{room}/{name}", "-o", f"{out}/{name}",
         "--edits", f"{out}/{name}.edits", "--dropped", f"{out}/{name}.dropped",
         "--report", f"{out}/{name}.html", "--index", f"{out}/{name}.index"]
        for name in ("a.jsonl", "a.csv", "a.parquet", "a.txt", "a.warc")
    ]  # fmt: skip
    calls += [
        ["--quiet", "--to", "text", "--stages", "markup", f"{room}/a.jsonl", "-o", f"{out}/texts/"],
        ["--quiet", "--to", "warc", f"{room}/a.jsonl", "-o", f"{out}/made.warc"],
        ["--quiet", "--extract", "main", f"{room}/a.jsonl", "-o", f"{out}/main.jsonl"],
        ["explain", "--html", f"{room}/a.jsonl"],
        ["explain", "--index", f"{out}/a.jsonl.index", f"{room}/a.jsonl"],
        ["tune", f"{room}/a.jsonl"],
        ["dedup", "--quiet", f"{room}/a.jsonl", "-o", f"{out}/d.jsonl", "--clusters", f"{out}/c"],
        ["undo", f"{out}/a.jsonl", "--edits", f"{out}/a.jsonl.edits", "--dropped",
         f"{out}/a.jsonl.dropped", "-o", f"{out}/back.jsonl"],
        ["index", "info", f"{out}/a.jsonl.index"],
        ["index", "compact", f"{out}/a.jsonl.index"],
    ]  # fmt: skip
    found = watched(tmp_path, RUN.format(calls=calls), TMPDIR=str(temporary), HOME=str(room))
    assert found["failure"] is None
    assert found["events"] == []
    beside = [name for name in found["written"] if not Path(name).is_relative_to(out)]
    assert [name for name in beside if not Path(name).is_relative_to(temporary)] == []
    assert list(temporary.iterdir()) == []
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]
    assert not list(tmp_path.rglob(watching.CANARY))
    names = {path.name for path in (out / "texts").rglob("*.txt")}
    assert names == {f"{number:06d}.txt" for number in range(1, len(HOSTILE_IDS) + 1)}


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("import socket\nsocket.getaddrinfo('localhost', 9)", "socket.getaddrinfo"),
        ("import pickle, _pickle\npickle.loads(b'cos\\nsystem\\n.')", "pickle.find_class"),
        ("import os\nos.system('true')", "os.system"),
        (f"exec('{watching.CANARY} = 1')", "compile"),
    ],
)
def test_the_watch_hears(tmp_path, code, event):
    assert event in [name for name, _ in watched(tmp_path, code)["events"]]


def test_the_watch_hears_of_files(tmp_path):
    assert watched(tmp_path, "open('evil', 'w')")["written"] == [str(tmp_path / "evil")]


def test_temporary_files_are_private_and_nobody_guesses_their_names(start, tmp_path):
    """Whatever the user's mask."""
    names = []
    for number in range(2):
        out = tmp_path / f"out{number}"
        out.mkdir()
        sides = [f"--{name}={out}/{name}" for name in ("edits", "dropped", "bad-records")]
        process = start("--quiet", *sides, "-o", out / "a.gz", umask=0)
        process.stdin.write(b'{"text": "A ferry."}\n')
        process.stdin.flush()
        while len(found := list(out.iterdir())) < 4:
            assert process.poll() is None
            time.sleep(0.02)
        for path in found:
            assert re.fullmatch(r"\.[0-9a-f]{16}\.part", path.name)
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        names += [path.name for path in found]
        process.stdin.close()
        assert process.wait(60) == 0
        assert stat.S_IMODE((out / "a.gz").stat().st_mode) == 0o666  # the mask of that process
    assert len(set(names)) == 8


def test_files_of_an_index_and_a_journal_are_private_until_they_are_whole(tmp_path, monkeypatch):
    seen = []

    def pieces():
        seen.extend((path.name, stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.iterdir())
        yield b"a"

    mask = os.umask(0)
    try:
        for name in ("one", "two"):
            segments.write_whole(tmp_path / name, pieces())
            (tmp_path / name).unlink()
        monkeypatch.setattr(journal, "sync_folder", lambda _: None)
        kept = Journal(tmp_path / "journal", {}, resume=False)
        kept.add({"chunks": 1})
        kept.close()
    finally:
        os.umask(mask)
    assert [mode for _, mode in seen] == [0o600, 0o600]
    assert all(re.fullmatch(r"\.unfinished-[a-z0-9_]{8}", name) for name, _ in seen)
    assert len(dict(seen)) == 2
    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o600


def test_waiting_rows_of_a_table_into_a_pipe_are_private(start, tmp_path):
    process = start(
        "--quiet",
        "--to",
        "parquet",
        "--from",
        "jsonl",
        umask=0,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    process.stdin.write(b'{"text": "A ferry."}\n')
    process.stdin.flush()
    while not (found := list(tmp_path.glob(".*.part"))):
        assert process.poll() is None
        time.sleep(0.02)
    assert re.fullmatch(r"\.[0-9a-f]{16}\.part", found[0].name)
    assert stat.S_IMODE(found[0].stat().st_mode) == 0o600
    assert process.communicate(timeout=60)[0].endswith(b"PAR1")
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_the_place_of_a_temporary_file_is_not_followed(run, tmp_path, monkeypatch):
    """Should someone guess the name after all."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    monkeypatch.setattr("secrets.token_hex", lambda _: "0" * 16)
    (tmp_path / f".{'0' * 16}.part").symlink_to(victim)
    done = run("-o", tmp_path / "out.jsonl", stdin=b'{"text": "A ferry."}\n')
    assert done.code == 1
    assert victim.read_text() == "mine"


ESCAPES = "\x1b]0;title\x07\x1b[2J\x9b31m\u202e\r\x08"
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def speaking_calls(folder):
    """Return calls, and stdin, each of which answers with something of the input or a name."""
    strange = folder / f"strange{ESCAPES}"
    strange.mkdir()
    text = json.dumps({"text": f"A ferry &amp; {ESCAPES} a pier leave at nine.", "id": ESCAPES})
    twice = (text + "\n").encode() * 2
    (strange / "a.jsonl").write_bytes(twice)
    (strange / "b.txt").write_bytes(b"\xff")
    (strange / "b.csv").write_text(f"id,{ESCAPES}\n")
    (strange / "cut.gz").write_bytes(b"\x1f\x8b\x08")
    (strange / "ledger").write_text(json.dumps({"record": 1, "stage": ESCAPES, "reason": ESCAPES}))
    (strange / "recipe.toml").write_text(json.dumps(ESCAPES, ensure_ascii=True) + " = 1\n")
    pq.write_table(pa.table({ESCAPES: ["a"]}), strange / "b.parquet")
    key = json.dumps({ESCAPES: "a"}).encode() + b"\n"
    a = strange / "a.jsonl"
    return {
        "unknown option": ([f"--{ESCAPES}"], b""),
        "extra argument": (["completion", "bash", ESCAPES], b""),
        "bad value": (["--threshold", ESCAPES], b""),
        "bad stage": (["--stages", ESCAPES], b""),
        "bad choice": (["--from", ESCAPES], b""),
        "bad language": (["--language", ESCAPES], b""),
        "bad encoding": (["--encoding", ESCAPES, a], b""),
        "missing file": ([strange / "none"], b""),
        "missing folder": (["-o", strange / "none" / "x", a], b""),
        "pattern": ([strange / "*.none"], b""),
        "fields": (["--text-field", "body"], key),
        "columns": ([strange / "b.csv"], b""),
        "parquet columns": ([strange / "b.parquet"], b""),
        "broken": ([strange / "b.txt"], b""),
        "cut": ([strange / "cut.gz"], b""),
        "late field": (["--to", "csv"], b'{"text": "a"}\n{"text": "b", ' + key[1:]),
        "onto itself": (["-o", a, a], b""),
        "recipe": (["--recipe", strange / "recipe.toml"], b""),
        "report": (["--report", strange / "x"], b""),
        "no index": (["index", "info", strange], b""),
        "no undo": (["undo", a, "--edits", strange / "ledger"], b""),
        "summary": (
            [a, "--dropped", strange / "d", "--edits", strange / "e", "-o", strange / "o"],
            b"",
        ),
        "id field": ([a, "--id-field", ESCAPES, "-o", strange / "o"], b""),
        "explain": (["explain", a], b""),
        "explain one": (["explain", a, "--id", ESCAPES], b""),
        "explain none": (["explain", a, "--id", ESCAPES + "x"], b""),
        "tune": (["tune", a], b""),
        "dedup": (["dedup", a, "-o", strange / "o", "--clusters", strange / "c"], b""),
    }


def test_what_a_terminal_obeys_is_shown_in_every_message(run, tmp_path):
    """stderr always, and stdout where it is for people."""
    for name, (words, stdin) in speaking_calls(tmp_path).items():
        done = run(*words, stdin=stdin)
        told = done.err + (done.out.decode() if words[0] in {"explain", "tune"} else "")
        assert told, name
        assert not OBEYED.search(told), (name, told)
        assert "\\x1b" in told or name in {"dedup", "tune"}, (name, told)


def test_arrays_at_work_lie_in_files_without_a_name(tmp_path):
    hashes = MappedHashes(tmp_path)
    hashes.make_room(1_000_000)
    assert hashes._file is not None
    assert list(tmp_path.iterdir()) == []
