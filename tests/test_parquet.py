"""Parquet: columns and types stay, rows go in and out by row group."""

import datetime as dt
import decimal
import hashlib
import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

TEXT = "Fares &amp; times of ferry {}"


def table(rows=50, text_type=None):
    texts = [TEXT.format(n) if n % 3 else f"Plain words and more of them, {n}" for n in range(rows)]
    texts = pa.array(texts, text_type or pa.string())
    return pa.table(
        {
            "id": [f"r{n}" for n in range(rows)],
            "text": texts,
            "float": pa.array([n / 7 for n in range(rows)], pa.float32()),
            "decimal": [decimal.Decimal("1.10")] * rows,
            "time": pa.array([dt.datetime(2020, 1, 1)] * rows, pa.timestamp("ns", "UTC")),  # noqa: DTZ001
            "bytes": [b"\xff\x00"] * rows,
            "list": [[1, None]] * rows,
            "kind": pa.array(["x"] * rows).dictionary_encode(),
            "nothing": pa.nulls(rows),
        }
    ).replace_schema_metadata({"key": "value"})


@pytest.mark.parametrize(
    "text_type", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]
)
def test_columns_and_types_stay(run, tmp_path, text_type):
    source, target = tmp_path / "a.parquet", tmp_path / "b.parquet"
    before = table(text_type=text_type)
    pq.write_table(before, source, row_group_size=7)
    done = run(source, "-o", target, "--stages", "markup")
    assert done.code == 0, done.err
    assert "50 in = 50 out" in done.err
    after = pq.read_table(target)
    assert after.schema.equals(pq.read_table(source).schema, check_metadata=True)
    assert after.drop(["text"]).equals(pq.read_table(source).drop(["text"]))
    expected = [text.replace("&amp;", "&") for text in before["text"].to_pylist()]
    assert after["text"].to_pylist() == expected


def test_bytes_do_not_depend_on_workers(run, tmp_path):
    source = tmp_path / "a.parquet"
    pq.write_table(table(60_000), source, row_group_size=20_000)
    written = []
    for workers in (1, 2):
        target = tmp_path / f"{workers}.parquet"
        options = ("--stages", "markup,duplicates", "--workers", workers)
        assert run("--quiet", source, "-o", target, *options).code == 0
        written.append(target.read_bytes())
    assert written[0] == written[1]


def test_dropped_rows_and_broken_ones_are_kept_as_json(run, tmp_path):
    source = tmp_path / "a.parquet"
    rows = table(4)
    texts = pa.array(["the same words, all of them here"] * 2 + [None, "other"])
    pq.write_table(rows.set_column(1, "text", texts), source)
    dropped, bad = tmp_path / "dropped", tmp_path / "bad"
    done = run(source, "-o", tmp_path / "b.parquet", "--dropped", dropped, "--bad-records", bad)
    assert "4 in = 2 out + 1 dropped + 1 set aside" in done.err
    raw = json.loads(json.loads(dropped.read_text())["raw"])
    assert raw["id"] == "r1"
    assert raw["decimal"] == "1.10"
    assert json.loads(bad.read_text())["text"] is None
    assert pq.read_table(tmp_path / "b.parquet")["id"].to_pylist() == ["r0", "r3"]


def test_an_empty_table_keeps_its_columns(run, tmp_path):
    source = tmp_path / "a.parquet"
    pq.write_table(table(0), source)
    assert run(source, "-o", tmp_path / "b.parquet", "--detect-language").code == 0
    schema = pq.read_table(tmp_path / "b.parquet").schema
    assert schema.names == [*table(0).schema.names, "language"]


def test_languages_become_a_column(run, tmp_path):
    source = tmp_path / "a.parquet"
    texts = ["The harbour office opens its new pier to ferries and visitors.", "42"]
    pq.write_table(pa.table({"text": texts}), source)
    assert run(source, "-o", tmp_path / "b.parquet", "--detect-language").code == 0
    assert pq.read_table(tmp_path / "b.parquet")["language"].to_pylist() == ["en", None]


def test_other_formats_become_columns_and_back(run, tmp_path):
    lines = b'{"id": "a", "text": "x &amp; y", "n": 1.5}\n{"id": "b", "text": "z", "m": [1]}\n'
    assert run("-o", tmp_path / "a.parquet", stdin=lines).code == 0
    rows = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert rows == [
        {"id": "a", "text": "x & y", "n": 1.5, "m": None},
        {"id": "b", "text": "z", "n": None, "m": [1]},
    ]
    done = run("--quiet", tmp_path / "a.parquet", "--to", "csv")
    assert done.out == b"id,text,n,m\na,x & y,1.5,\nb,z,,[1]\n"
    assert [json.loads(line) for line in run(
        "--quiet", tmp_path / "a.parquet", "--to", "jsonl").out.splitlines()] == rows  # fmt: skip
    assert run("-o", tmp_path / "c.parquet", stdin=b'{"text": 1}\n').code == 1
    mixed = b'{"text": "a", "n": 1}\n{"text": "b", "n": "x"}\n'
    done = run("-o", tmp_path / "c.parquet", stdin=mixed)
    assert done.code == 1
    assert "do not fit in columns" in done.err
    assert not (tmp_path / "c.parquet").exists()


def test_a_field_that_comes_too_late_to_be_a_column_is_told(run, tmp_path):
    first, late = b'{"text": "a"}\n', b'{"text": "b", "n": 1}\n'
    words = ("--stages", "markup", "--quiet", "-o", tmp_path / "a.parquet")
    assert run(*words, stdin=first * 4_095 + late).code == 0
    done = run(*words, "--edits", tmp_path / "edits", stdin=first * 4_096 + late)
    assert done.code == 1
    assert "the field 'n' came too late to become a column; use --to jsonl" in done.err
    assert not (tmp_path / "edits").exists()
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 4_096  # the run before


def test_unreadable_tables_are_named(run, tmp_path):
    source = tmp_path / "a.parquet"
    pq.write_table(table(), source)
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) // 2])
    done = run(source)
    assert done.code == 1
    assert "is the file complete?" in done.err
    pq.write_table(pa.table({"body": ["x"]}), source)
    assert "no column 'text' in 'body'" in run(source).err
    pq.write_table(pa.table({"text": [1]}), source)
    assert "holds int64, not text" in run(source).err


def latin_strings(kind):
    """Return strings of which the second is Latin-1, as Arrow lets them be."""
    binary = pa.large_binary() if kind == pa.large_string() else pa.binary()
    raw = pa.array([b"Tea", "Thé café".encode("latin-1"), None, b"Cake"], binary)
    return pa.Array.from_buffers(kind, len(raw), raw.buffers())


@pytest.mark.parametrize("name", ["text", "id", "note"])
@pytest.mark.parametrize(
    "column",
    [
        latin_strings(pa.string()),
        latin_strings(pa.large_string()),
        pa.ListArray.from_arrays([0, 1, 2, 3, 4], latin_strings(pa.string())),
        pa.StructArray.from_arrays([latin_strings(pa.string())], ["inner"]),
    ],
    ids=lambda column: str(column.type).split("<")[0],
)
def test_strings_that_are_no_utf8_make_a_row_broken(run, tmp_path, name, column):
    source, aside = tmp_path / "a.parquet", tmp_path / "bad.jsonl"
    is_nested = pa.types.is_nested(column.type)
    if is_nested and name == "text":
        name = "note"
    columns = {"id": list("abcd"), "text": ["x", "y", "z", "w"], "note": [1, 2, 3, 4], name: column}
    pq.write_table(pa.table(columns), source)
    done = run("--quiet", "--to", "jsonl", source)
    assert done.code == 1
    where = "a column" if is_nested else f"the column {name!r}, at byte 2 of the string"
    assert f"line 2, byte 1: invalid UTF-8 (byte 0xe9) in {where}; write such" in done.err
    done = run("--quiet", "--to", "jsonl", "--bad-records", aside, source)
    assert done.code == 0
    assert len(done.out.splitlines()) == 2 + (name != "text")  # a missing text is broken, too
    assert b"Th\xe9 caf\xe9" in aside.read_bytes().splitlines()[0]


def test_strings_of_a_dictionary_that_are_no_utf8_are_told(run, tmp_path):
    values = latin_strings(pa.string()).take(pa.array([0, 1, 3]))
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), values)
    pq.write_table(pa.table({"text": column}), tmp_path / "a.parquet")
    done = run("--quiet", tmp_path / "a.parquet")
    assert done.code == 1
    assert "Invalid UTF8 payload; write such a column as binary, or its strings" in done.err


def test_damaged_tables_end_without_a_traceback(run, tmp_path):
    source = tmp_path / "a.parquet"
    pq.write_table(table(), source)
    whole = source.read_bytes()
    for at in range(4, len(whole), max(1, len(whole) // 40)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x55
        source.write_bytes(damaged)
        done = run(
            "--quiet",
            source,
            "--to",
            "jsonl",
            "--stages",
            "markup",
            "--bad-records",
            tmp_path / "bad",
        )
        assert done.code in (0, 1), at
        assert "Traceback" not in done.err


def test_parquet_is_not_read_from_a_pipe(start):
    process = start()
    _, err = process.communicate(b"PAR1" + b"\0" * 100, timeout=60)
    assert process.returncode == 2
    assert b"from files, not from a pipe" in err


def test_a_full_disk_leaves_no_table(run, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    source = tmp_path / "a.parquet"
    pq.write_table(table(), source)
    from textclean.io.outputs import OutputFile

    monkeypatch.setattr(OutputFile, "checkpoint", fail)
    monkeypatch.setattr("os.fsync", fail)
    done = run(source, "-o", tmp_path / "b.parquet")
    assert done.code == 1
    assert "No space left" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


def test_tables_go_to_stdout_pipes_and_objects_too(run, start, tmp_path, memory):
    source = tmp_path / "a.parquet"
    pq.write_table(table(), source)
    assert run("--quiet", source, "-o", tmp_path / "b.parquet", "--stages", "markup").code == 0
    written = (tmp_path / "b.parquet").read_bytes()
    assert pq.read_table(pa.BufferReader(written)).num_rows == 50
    assert run("--quiet", source, "--stages", "markup").out == written
    assert run("--quiet", source, "-o", "memory://b.parquet", "--stages", "markup").code == 0
    assert memory.cat("/b.parquet") == written
    words = ("--quiet", "--to", "parquet", "-o", f"file://{tmp_path}/c.parquet")
    assert run(*words, stdin=b'{"text": "a"}\nx').code == 1
    assert not (tmp_path / "c.parquet").exists()
    os.mkfifo(tmp_path / "pipe")
    process = start("--quiet", source, "-o", tmp_path / "pipe", "--stages", "markup")
    assert (tmp_path / "pipe").read_bytes() == written or process.wait(60)


def test_a_reader_that_goes_away_from_a_table_is_no_failure(start, tmp_path):
    source = tmp_path / "a.parquet"
    texts = [f"{n} {hashlib.sha256(b'%d' % n).hexdigest()}" for n in range(20_000)]
    pq.write_table(pa.table({"text": texts}), source)
    process = start("--quiet", source, "--stages", "markup")
    process.stdout.read(10)
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr.read() == b""
