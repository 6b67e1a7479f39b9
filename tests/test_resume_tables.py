"""Runs into Parquet that are cut off, and runs over objects behind a URL."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_resume import Killed, fail_after, files, kill_at

from textclean.engines import finish
from textclean.engines.journal import Journal
from textclean.io import cutting, parquet_output, sources
from textclean.io.outputs import OutputFile
from textclean.io.parquet_output import ParquetOutput

TEXT = "The ferry &amp; the pier, number {0}: {0} boats, {0} bridges and {0} bells along the shore."


@pytest.fixture
def small(monkeypatch):
    """Make checkpoints, chunks and row groups small."""
    monkeypatch.setattr(finish, "CHECKPOINT_BYTES", 8_000)
    monkeypatch.setattr(cutting, "READ_BYTES", 1_000)
    monkeypatch.setattr(sources.Source.chunks, "__defaults__", (2_000,))
    monkeypatch.setattr(parquet_output, "_ROW_GROUP_BYTES", 12_000)


@pytest.fixture
def corpus(tmp_path):
    """Two tables with equal columns, and copies from one to the other."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, first in (("a", 0), ("b", 150)):
        numbers = range(first, first + 200)
        columns = {
            "id": [f"{name}{number}" for number in numbers],
            "text": [TEXT.format(number) for number in numbers],
            "kind": pa.array([f"k{number % 7}" for number in numbers]).dictionary_encode(),
            "parts": [[number, None] for number in numbers],
        }
        pq.write_table(pa.table(columns), folder / f"{name}.parquet", row_group_size=40)
    return folder


def arguments(corpus, folder, output, *more):
    folder.mkdir(exist_ok=True)
    sides = ("--edits", folder / "edits", "--dropped", folder / "dropped")
    inputs = (corpus / "a.parquet", corpus / "b.parquet")
    return [str(w) for w in ("--quiet", *inputs, "-o", f"{folder}/{output}", *sides, *more)]


@pytest.mark.parametrize(
    ("output", "more"),
    [
        ("out.parquet", ()),
        ("out/", ()),
        ("out.parquet.gz", ("--detect-language",)),
        ("out.jsonl", ()),
    ],
)
@pytest.mark.usefixtures("small")
def test_a_run_killed_anywhere_goes_on_with_the_same_bytes(  # noqa: PLR0913, PLR0917
    run, corpus, tmp_path, monkeypatch, output, more
):
    assert run(*arguments(corpus, tmp_path / "whole", output, "--workers", 1, *more)).code == 0
    whole = files(tmp_path / "whole")
    assert sum(map(len, whole.values())) > 0
    moments = 0
    places = [(Journal, "add", 4), (OutputFile, "commit", 3), (finish.Finisher, "finish", 30)]
    places += [(ParquetOutput, "_write", 3)] if "jsonl" not in output else []
    for target, name, last in places:
        for moment in (1, (1 + last) // 2, last):
            folder = tmp_path / f"{name}{moment}"
            words = arguments(corpus, folder, output, "--workers", 1, *more, "--resume")
            with monkeypatch.context() as patch:
                kill_at(patch, target, name, moment)
                try:
                    run(*words)
                except Killed:
                    moments += 1
            assert run(*words).code == 0
            assert files(folder) == whole, (name, moment)
    assert moments >= 3 * len(places) - 1


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("output", ["out.parquet", "out/"])
def test_a_failed_run_keeps_its_rows_and_leaves_nothing_when_it_is_done(
    run, corpus, tmp_path, monkeypatch, output
):
    folder = tmp_path / "cut"
    words = arguments(corpus, folder, output)
    with monkeypatch.context() as patch:
        patch.setattr(finish.Finisher, "_drop", fail_after(finish.Finisher._drop, 30))
        assert run(*words).code == 1
    assert not list(folder.rglob("*.parquet"))
    assert run(*words, "--resume").code == 0
    assert run(*arguments(corpus, tmp_path / "whole", output)).code == 0
    assert files(folder) == files(tmp_path / "whole")
    assert not list(folder.rglob("*.part"))


@pytest.mark.usefixtures("small")
def test_row_groups_do_not_depend_on_where_rows_waited(run, corpus, tmp_path):
    assert run(*arguments(corpus, tmp_path / "whole", "out.parquet")).code == 0
    table = pq.ParquetFile(tmp_path / "whole" / "out.parquet")
    assert table.num_row_groups > 2
    assert table.metadata.num_rows == 350
    read = table.read()
    assert read.schema.equals(pq.read_table(corpus / "a.parquet").schema)
    assert read["text"].to_pylist()[-1] == TEXT.format(349).replace("&amp;", "&")


def test_tables_of_different_columns_do_not_share_an_output(run, tmp_path):
    for name, column in (("a", "x"), ("b", "y")):
        table = pa.table({"text": [TEXT.format(name)], column: [1]})
        pq.write_table(table, tmp_path / f"{name}.parquet")
    done = run(tmp_path / "a.parquet", tmp_path / "b.parquet", "-o", tmp_path / "out.parquet")
    assert done.code == 1
    assert "different columns" in done.err
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.usefixtures("small")
def test_a_run_over_objects_goes_on_as_long_as_they_are_the_same(
    run, corpus, memory, tmp_path, monkeypatch
):
    tables = {name: (corpus / f"{name}.parquet").read_bytes() for name in "ab"}
    for name, data in tables.items():
        memory.pipe(f"/in/{name}.parquet", data)
    words = ["--quiet", "memory://in", "-o", tmp_path / "out.jsonl"]
    with monkeypatch.context() as patch:
        patch.setattr(finish.Finisher, "_drop", fail_after(finish.Finisher._drop, 30))
        assert run(*words).code == 1
    journal = (tmp_path / "out.jsonl.journal").read_bytes()
    assert run(*words, "--resume").code == 0
    assert run("--quiet", "memory://in", "-o", tmp_path / "whole.jsonl").code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    (tmp_path / "out.jsonl.journal").write_bytes(journal)
    memory.pipe("/in/b.parquet", tables["b"])
    done = run(*words, "--resume")
    assert done.code == 2
    assert "other inputs, or they changed since" in done.err


def test_an_object_that_nothing_but_its_size_is_known_of_is_no_basis(
    run, memory, tmp_path, monkeypatch
):
    memory.pipe("/in.jsonl", b'{"text": "One."}\n')
    monkeypatch.setattr("textclean.io.remote._FACTS", ("size",))
    done = run("memory://in.jsonl", "-o", tmp_path / "out", "--resume")
    assert done.code == 2
    assert "memory://in.jsonl may be another one the next time" in done.err
