"""Real disks that are full, and folders that nobody may write: what a run leaves there.

A full disk is a small file system in memory, where this process may mount one. A folder is
read-only by its mode; a superuser's right to write there all the same is taken away first.
"""

import ctypes
import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SAMPLES

SMALL = """
import textclean.engines.finish, textclean.io.sources
if __name__ == "__main__":
    textclean.engines.finish.CHECKPOINT_BYTES = 30_000
    textclean.io.sources.Source.chunks.__defaults__ = (10_000,)
    from textclean.cli import run
    run()
"""
#: Numbers of capabilities(7): to write, and to read, whatever a file's mode says.
OVERRIDE, SEARCH, DROP = 1, 2, 24


def can_mount():
    """Tell whether this process may mount a file system of its own."""
    words = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def as_anybody():
    """Be bound by the modes of files from the next program on, the superuser too."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for capability in (OVERRIDE, SEARCH):
        prctl(DROP, capability, 0, 0, 0)


def command(*words, **settings):
    """Run the command as one whom modes bind."""
    environment = {**os.environ, "TEXTCLEAN_KERNELS": "python", **settings.pop("variables", {})}
    return subprocess.run(
        [sys.executable, "-m", "textclean", "--workers", "1", "--quiet", *map(str, words)],
        capture_output=True,
        check=False,
        env=environment,
        preexec_fn=as_anybody,
        text=True,
        timeout=300,
        **settings,
    )


@pytest.fixture
def closed(tmp_path):
    """A folder that cannot be written."""
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    probe = ["sh", "-c", f"exec touch '{folder}/probe'"]
    probed = subprocess.run(probe, preexec_fn=as_anybody, capture_output=True, check=False)
    if probed.returncode == 0:
        pytest.skip("this process may write everywhere, and cannot give that up")
    yield folder
    folder.chmod(0o755)


@pytest.mark.parametrize("flag", ["-o", "--edits", "--dropped", "--bad-records", "--report"])
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_read(tmp_path, closed, flag):
    """More than the head that tells the format: the input is a pipe that nobody closes."""
    reading, writing = os.pipe()
    os.write(writing, b'{"text": "A ferry."}\n')
    out = [] if flag == "-o" else ["-o", tmp_path / "out"]
    done = command(flag, closed / "x.json", *out, stdin=reading)
    os.close(reading)
    os.close(writing)
    assert done.returncode == 1
    assert f"cannot write {closed}/x.json: Permission denied" in done.stderr
    assert list(closed.iterdir()) == []
    assert not (tmp_path / "out").exists()


def test_folders_for_output_folders_and_new_indexes_are_told(closed, tmp_path):
    source = SAMPLES / "articles.jsonl"
    for words in (["-o", f"{closed}/new/"], ["--index", closed / "new", "-o", tmp_path / "out"]):
        done = command(source, *words)
        assert (done.returncode, "Permission denied" in done.stderr) == (1, True)
        assert str(closed) in done.stderr
    assert list(closed.iterdir()) == list(tmp_path.glob("out")) == []


@pytest.mark.usefixtures("closed")
def test_an_index_that_cannot_be_written_can_be_read(run, tmp_path):
    index, source, more = tmp_path / "index", SAMPLES / "articles.jsonl", tmp_path / "more.jsonl"
    more.write_text('{"id": "new", "text": "A ferry that nobody here has heard of leaves."}\n')
    assert run("--quiet", source, "--index", index, "-o", tmp_path / "first").code == 0
    before = {path.name: path.read_bytes() for path in index.iterdir()}
    index.chmod(0o555)
    try:
        done = command(more, "--index", index, "-o", tmp_path / "out")
        assert done.returncode == 1
        assert f"cannot write the index {index}: Permission denied" in done.stderr
        assert not (tmp_path / "out").exists()
        done = command(more, source, "--index", index, "--index-read-only", "-o", tmp_path / "out")
        assert (done.returncode, done.stderr) == (0, "")
        assert (tmp_path / "out").read_bytes() == more.read_bytes() + (
            tmp_path / "first"
        ).read_bytes()
    finally:
        index.chmod(0o755)
    assert {path.name: path.read_bytes() for path in index.iterdir()} == before


def test_nothing_of_home_package_or_temporary_folder_need_be_writable(run, closed, tmp_path):
    """Kernels are compiled anew then; what would lie in a temporary file stays in memory."""
    package = tmp_path / "package"
    shutil.copytree(SAMPLES.parent / "textclean", package / "textclean")
    shutil.rmtree(package / "textclean/kernels/__pycache__", ignore_errors=True)
    for path in [package, *package.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    places = {name: str(closed) for name in ("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "TMPDIR")}
    settings = {"PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1", **places}
    source = SAMPLES / "articles.jsonl"
    done = command(source, cwd=package, variables=settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.encode() == run("--quiet", source).out
    script = (
        "import textclean; from textclean.kernels import jit; from textclean.kernels.jit import *;"
        "assert jit.__file__.startswith(sys.argv[1]) and cache_folder() is None;"
        "compile_kernels(); print(jit.kernel(lambda number: number + 1)(1))"
    )
    words = [sys.executable, "-c", f"import sys; {script}", package]
    tried = subprocess.run(
        words, cwd=package, env={**os.environ, **settings}, preexec_fn=as_anybody, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert (tried.stdout, tried.stderr) == ("2\n", "")
    for path in [package, *package.rglob("*")]:
        path.chmod(0o755)


@pytest.mark.parametrize("words", [["dedup"], ["clean", "--report", "null.html"]])
def test_a_full_temporary_folder_is_named(tmp_path, words):
    """As large as a file may become, for a run that has no other."""
    words_of = (" ".join(str(pow(n, k, 10**9 + 7)) for k in range(2, 300)) for n in range(2, 40))
    lines = [json.dumps({"text": text}) for text in words_of]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "temporary").mkdir()
    (tmp_path / "null.html").symlink_to(os.devnull)
    script = (
        f"trap '' XFSZ; ulimit -f 8; exec {sys.executable} -m textclean {' '.join(words)} in.jsonl"
    )
    done = subprocess.run(
        ["bash", "-c", f"{script} --quiet --no-progress > /dev/null"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary"), "TEXTCLEAN_KERNELS": "python"},
    )  # fmt: skip
    assert done.returncode == 1
    said = f"cannot write a temporary file in {tmp_path}/temporary: File too large; TMPDIR=FOLDER"
    assert said in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "null.html", "temporary"}


KINDS = {
    "out.jsonl": [], "out.jsonl.gz": [], "out/": [], "out.parquet": [],
    "edits": ["--edits"], "dropped": ["--dropped"], "bad": ["--bad-records"],
    "report.json": ["--report"], "report.html": ["--report"], "index": ["--index"], "journal": [],
}  # fmt: skip


def corpus(path):
    """Write records that are edited, dropped and broken, each with words of its own."""
    lines = []
    for number in range(250):
        words = " ".join(f"w{(number * 37 + k * k) % 1999}x" for k in range(50))
        line = json.dumps({"id": str(number), "text": f"{words} &amp; {number}"}) + "\n"
        lines += [line, line.replace('"id": "', '"id": "copy-'), f"broken {words}\n"]
    path.write_text("".join(lines))


@pytest.mark.skipif(not can_mount(), reason="this process cannot mount a file system")
@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_leaves_nothing_and_with_room_the_run_goes_on(tmp_path, kind):
    """Whatever of a run's files lies on it: no name stands, and --resume gives all bytes."""
    corpus(tmp_path / "in.jsonl")
    (tmp_path / "small.py").write_text(SMALL)
    for folder in ("full", "roomy", "whole"):
        (tmp_path / folder).mkdir()
    names = {"--edits": "edits", "--dropped": "dropped", "--bad-records": "bad"}
    names |= {"--report": kind if "report" in kind else "report.json", "--index": "index"}
    output = kind if kind.startswith("out") else "out.jsonl"

    def words(full):
        at = {flag: full if [flag] == KINDS[kind] else "roomy" for flag in names}
        sides = [f"{flag} {at[flag]}/{name}" for flag, name in names.items()]
        place = full if kind in {output, "journal"} else "roomy"
        return f"in.jsonl -o {place}/{output} {' '.join(sides)}"

    # a journal lies beside its output: here a link that leads elsewhere
    link = f"ln -s ../roomy/{output} full/{output}" if kind == "journal" else ":"
    room = 30 if "report" in kind or kind == "journal" else 0
    script = f"""
        set -u; tc() {{ {sys.executable} small.py --workers 1 --quiet \
            --stages markup,duplicates "$@"; }}
        mount -t tmpfs -o size=32k tmpfs full
        {link}
        head -c {room}k /dev/zero > full/fill
        tc {words("full")}; echo "first $?"
        find full roomy -type f ! -name '.*' ! -path '*/index/*' ! -name fill | sed 's/^/left /'
        mount -o remount,size=9m full; rm -f full/fill
        tc {words("full")} --resume; echo "second $?"
        cp -r full/. roomy/
    """
    shell = ["unshare", "-m", "bash", "-c", script]
    environment = {**os.environ, "TEXTCLEAN_KERNELS": "python"}
    options = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
    done = subprocess.run(shell, check=False, timeout=300, **options)
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "first 1" in done.stdout
    assert "second 0" in done.stdout
    left = [Path(line[5:]).name for line in done.stdout.splitlines() if line.startswith("left ")]
    assert set(left) <= {f"{output.rstrip('/')}.journal"}
    whole = words("whole").replace("roomy", "whole").split()
    plain = [sys.executable, "small.py", "--workers", "1", "--quiet", "--stages"]
    subprocess.run([*plain, "markup,duplicates", *whole], check=True, **options)
    compared = filecmp.dircmp(tmp_path / "roomy", tmp_path / "whole", ignore=["lock"])
    for pair in (compared, *compared.subdirs.values()):
        assert pair.left_only == pair.right_only == pair.diff_files == pair.funny_files == []
