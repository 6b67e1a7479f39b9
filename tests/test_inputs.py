"""What the words of a command line stand for: folders, patterns, URLs, encodings."""

import codecs
import json

import pytest

from textclean.errors import InputError
from textclean.io.sources import Source

DIRTY = '{"text": "Fähre &amp; Hafen"}\n'
CLEAN = '{"text": "Fähre & Hafen"}\n'


@pytest.fixture
def tree(tmp_path):
    """A folder with files at two depths, and hidden ones."""
    for name in ("in/b.jsonl", "in/a.jsonl", "in/deep/a.jsonl", "in/.hidden", "in/.git/x.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(json.dumps({"id": name, "text": f"The text of {name} &amp; more"}) + "\n")
    return tmp_path


def ids(done):
    return [json.loads(line)["id"] for line in done.out.splitlines()]


def test_a_folder_is_all_its_files_in_the_order_of_their_names(run, tree):
    done = run("--quiet", "--skip", "duplicates", tree / "in")
    assert ids(done) == ["in/a.jsonl", "in/b.jsonl", "in/deep/a.jsonl"]


def test_a_folder_is_written_as_it_was(run, tree):
    assert run(tree / "in", "-o", f"{tree}/out/", "--skip", "duplicates").code == 0
    written = sorted(str(path.relative_to(tree)) for path in (tree / "out").rglob("*.jsonl"))
    assert written == ["out/a.jsonl", "out/b.jsonl", "out/deep/a.jsonl"]
    done = run(tree / "in", "-o", f"{tree}/csv/", "--to", "csv", "--skip", "duplicates")
    assert done.code == 0
    assert (tree / "csv/deep/a.csv").read_bytes().startswith(b"id,text\n")


def test_a_pattern_is_the_files_it_matches(run, tree):
    done = run("--quiet", "--skip", "duplicates", tree / "in" / "**" / "a.jsonl")
    assert ids(done) == ["in/a.jsonl", "in/deep/a.jsonl"]
    (tree / "x[1].jsonl").write_text('{"id": "itself", "text": "a"}\n')
    assert ids(run("--quiet", tree / "x[1].jsonl")) == ["itself"]


@pytest.mark.parametrize("words", [("none*",), ("empty",), ("missing.jsonl",)])
def test_what_stands_for_nothing_is_exit_one(run, tmp_path, words, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    done = run(*words)
    assert done.code == 1
    assert words[0] in done.err


def test_an_output_inside_an_input_folder_is_refused(run, tree):
    for target in ("in/out.jsonl", "in/out/", "in/"):
        done = run(tree / "in", "-o", f"{tree}/{target}")
        assert done.code == 2
        assert "lies in the input folder" in done.err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_marks_tell_the_encoding(run, encoding):
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    data = marks.get(encoding, b"") + (DIRTY * 3).encode(encoding)
    done = run("--quiet", "--skip", "duplicates", stdin=data)
    assert done.out.decode() == CLEAN * 3


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "shift_jis", "gb18030"])
def test_other_encodings_by_name(run, tmp_path, encoding):
    text = "日本の船 &amp; 港\n" if encoding in ("shift_jis", "gb18030") else "Fähre &amp; Hafen\n"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    done = run("--quiet", "--encoding", encoding, path)
    assert done.out.decode() == text.replace("&amp;", "&")


def test_wrong_encodings_are_named(run):
    done = run(stdin=b"F\xe4hre")
    assert done.code == 1
    assert "--encoding NAME" in done.err
    done = run("--encoding", "ascii", stdin=b"ab\xe4")
    assert done.code == 1
    assert "byte 2: this is not ascii" in done.err
    done = run(stdin=codecs.BOM_UTF16_LE + b"a\x00b")
    assert done.code == 1
    assert "this is not utf-16" in done.err
    for name in ("rot13", "base64", "nonsense", ""):
        done = run("--encoding", name, stdin=b"a")
        assert done.code == 2, name
        assert "no encoding" in done.err
    done = run("--encoding", "cp1252", stdin=b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
    assert done.code == 2


def test_a_sequence_cut_between_reads_is_whole(run):
    text = "日本語" * 300_000
    done = run(
        "--quiet", "--skip", "repetition", "--encoding", "shift_jis", stdin=text.encode("shift_jis")
    )
    assert done.out.decode() == text


def test_lone_surrogates_survive_a_round_trip(run):
    stdin = b'{"id": "\\ud83d", "text": "a\\ud800 &amp; b\\udfff"}\n'
    assert run("--quiet", stdin=stdin).out == b'{"id": "\\ud83d", "text": "a\\ud800 & b\\udfff"}\n'


def test_urls_are_read_and_written(run, memory):
    memory.pipe("/in/b.jsonl", DIRTY.encode())
    memory.pipe("/in/a.csv", b"id,text\n1,a &amp; b\n")
    done = run("--quiet", "memory://in/b.jsonl")
    assert done.out.decode() == CLEAN
    done = run("--quiet", "memory://in/*.jsonl", "-o", "memory://out/x.jsonl.gz")
    assert done.code == 0, done.err
    assert run("--quiet", "memory://out/x.jsonl.gz").out.decode() == CLEAN
    done = run("--quiet", "memory://in", "--to", "jsonl")
    assert [json.loads(line)["text"] for line in done.out.splitlines()] == [
        "a & b",
        "Fähre & Hafen",
    ]


def test_a_failed_run_leaves_no_object(run, memory, tmp_path):
    memory.pipe("/in.jsonl", DIRTY.encode() + b"broken\n")
    assert run("memory://in.jsonl", "-o", f"file://{tmp_path}/out.jsonl").code == 1
    assert not list(tmp_path.iterdir())
    done = run("memory://none.jsonl")
    assert done.code == 1
    assert "memory://none.jsonl: it is not there" in done.err
    assert run("memory://in.jsonl", "-o", "memory://out/").code == 2
    assert run("memory://in.jsonl", "-o", "memory://in.jsonl").code == 2
    done = run("nosuch://a")
    assert done.code == 1
    assert "nosuch" in done.err


def test_a_missing_package_names_the_extra(run, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    done = run("s3://bucket/a.jsonl")
    assert done.code == 2
    assert "textclean[s3]" in done.err
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    done = run(tmp_path / "a.parquet")
    assert done.code == 2
    assert "textclean[parquet]" in done.err


@pytest.mark.parametrize("change", ["longer", "same size"])
def test_an_object_that_changes_while_it_is_read_is_noticed(
    run, memory, monkeypatch, tmp_path, change
):
    memory.pipe("/in.jsonl", b'{"text": "One."}\n' * 3)
    chunks = Source.chunks

    def changed(source, *words):
        for chunk in chunks(source, *words):
            yield chunk
            memory.pipe("/in.jsonl", b'{"text": "Two."}\n' * (4 if change == "longer" else 3))

    monkeypatch.setattr(Source, "chunks", changed)
    done = run("memory://in.jsonl", "-o", tmp_path / "out.jsonl")
    assert done.code == 1
    assert "memory://in.jsonl: the object changed while it was read" in done.err
    assert not list(tmp_path.iterdir())


def test_an_object_that_changed_before_it_was_read_again_is_noticed(memory):
    memory.pipe("/in.jsonl", b'{"text": "One."}\n')
    source = Source("memory://in.jsonl", 0)
    memory.pipe("/in.jsonl", b'{"text": "Other."}\n')
    with pytest.raises(InputError, match="changed while it was read"):
        list(source.chunks(100))
