"""Where an index may lie, never among what a run reads or writes; and when it learns last."""

import json
import os

import pytest

from textclean.dedup.folder import IndexFolder

FERRY = "The ferry to the island leaves at noon from the northern pier of the old harbour."
MARKET = "The market hall on the square opens its doors to traders again in early spring."


@pytest.mark.parametrize("words", [("clean", "--index", ""), ("explain", "--index", "")])
def test_an_empty_name_is_no_index(run, words):
    done = run(*words, stdin=b"")
    assert (done.code, "the name is empty; give the folder of an index" in done.err) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        *[("clean", name) for name in ("--edits", "--dropped", "--bad-records", "--report")],
        ("clean", "--recipe"),
        ("dedup", "articles.jsonl", "--clusters"),
        ("undo", "clean.jsonl", "--edits"),
    ],
)
def test_nor_is_it_a_file(run, words):
    """As of ``--edits=$LEDGER`` where the variable is not set."""
    done = run(*words, "", stdin=b"")
    assert (done.code, "the name is empty; give a file" in done.err) == (2, True)


@pytest.mark.parametrize("words", [("info",), ("compact",), ("expire", "--before", "2026-01-31")])
def test_neither_is_it_for_the_commands_on_one(run, words):
    done = run("index", *words, "")
    assert (done.code, "the name is empty" in done.err) == (2, True)


@pytest.mark.parametrize("name", ["manifest.json", "segment-00000001"])
def test_a_pipe_in_the_place_of_a_file_is_told_not_waited_for(run, tmp_path, name):
    index = tmp_path / "seen"
    assert run("--index", index, "--quiet", stdin=b'{"text": "The ferry left."}\n').code == 0
    (index / name).unlink()
    os.mkfifo(index / name)
    for words in (("index", "info", index), ("--index", index, "--quiet")):
        done = run(*words, stdin=b"")
        assert (done.code, f"{index / name} is no regular file" in done.err) == (1, True)


def jsonl(*records):
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def known(index):
    with IndexFolder(index, read_only=True) as folder:
        return folder.index.kept_since(0)[0]


def test_an_index_in_an_input_folder_is_refused_unless_the_walk_passes_it_by(run, tmp_path):
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.jsonl").write_bytes(jsonl({"id": "a", "text": FERRY}))
    for _ in range(2):  # the second time there would be files to be read
        done = run(news, "--index", news / "below" / "i", "-o", tmp_path / "out")
        assert done.code == 2
        assert "lies in the input folder" in done.err
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.jsonl", "news"]
    for _ in range(2):
        done = run("--quiet", news, "--index", news / ".seen", "-o", tmp_path / "out")
        assert (done.code, known(news / ".seen")) == (0, ["a"])


def test_an_output_folder_never_writes_into_its_index(run, tmp_path):
    out, index = tmp_path / "out", tmp_path / "out" / "i"
    (tmp_path / "news" / "i").mkdir(parents=True)
    # an input whose place in the output is the manifest's
    (tmp_path / "news" / "i" / "manifest.json").write_bytes(jsonl({"id": "a", "text": FERRY}))
    assert run("--quiet", "--index", index, stdin=jsonl({"id": "b", "text": MARKET})).code == 0
    before = contents(index)
    done = run(tmp_path / "news", "--index", index, "-o", f"{out}/")
    assert done.code == 2
    assert "out/i/manifest.json lies in the index" in done.err
    assert contents(index) == before


def test_files_of_one_name_and_time_in_two_folders_are_two_runs(run, tmp_path, monkeypatch):
    for folder, text in (("monday", FERRY), ("sunday", FERRY.replace("island", "castle"))):
        (tmp_path / folder).mkdir()
        file = tmp_path / folder / "feed.jsonl"
        file.write_bytes(jsonl({"id": folder, "text": text}))
        os.utime(file, (0, 0))
        monkeypatch.chdir(tmp_path / folder)
        assert run("--quiet", "feed.jsonl", "--index", tmp_path / "i").code == 0
    assert known(tmp_path / "i") == ["monday", "sunday"]


def test_outputs_stand_when_the_index_cannot_learn_at_the_last_step(run, tmp_path, monkeypatch):
    index, out = tmp_path / "i", tmp_path / "out"
    source = tmp_path / "in.jsonl"
    source.write_bytes(jsonl({"id": "a", "text": FERRY}, {"id": "b", "text": MARKET}))
    run("--index", index, stdin=jsonl({"id": "first", "text": FERRY}))
    before = contents(index)

    def full(*_):
        raise OSError(28, "No space left on device")

    words = ("--quiet", "--index", index, "-o", out, source)
    with monkeypatch.context() as patch:
        patch.setattr("textclean.dedup.folder.IndexFolder._replace", full)
        done = run(*words)
    assert done.code == 1
    assert "the outputs are complete, and a repeated run teaches the index" in done.err
    written = out.read_bytes()
    assert written == jsonl({"id": "b", "text": MARKET})
    assert run("index", "info", index).code == 0
    assert all(contents(index)[name] == data for name, data in before.items())
    assert run(*words).code == 0
    assert out.read_bytes() == written
    later = run("--quiet", "--index", index, stdin=jsonl({"id": "c", "text": MARKET}))
    assert later.out == b""
