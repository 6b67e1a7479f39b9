"""Hostile shapes for every stage and every parser: time grows with the size, memory is bounded.

Four times the input may take twelve times as long and a blink: far from the sixteen of a square
at these sizes, and generous to a busy machine.
"""

import bz2
import gc
import gzip
import io
import json
import lzma
import os
import resource
import subprocess
import sys
import time
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from textclean.document import Document
from textclean.errors import InputError
from textclean.io.formats import FORMAT_NAMES, format_named
from textclean.io.sources import Source
from textclean.recipe import Recipe, build_stages
from textclean.stages.line_breaks import JoinLines

BLINK = 0.4
SIZE = 20_000
UNITS = [
    "a", " ", "\n", "\r", '"', "(", "1", "-", "…", "\ud800", "\u00a0", "日本語の文。", "ภาษาไทย",
    "e\u0301\u0301", "\u202e\u05d0", "Ã©", "Â ", "â€™s ", "├⌐", "“x” ", "SALE ", "cheap flights, ",
    "The ferry leaves at nine. ", "Short line\n", "- item\n", "a | b | c\n", "@name_", "#tag ",
    "https://t.co/abc ", "pic.twitter.com/abc ", "— Name (@handle) March 1, 2025\n",
    "O rose thou art\nsick, the worm\n\n", "&amp;", "👩‍👩‍👧",
]  # fmt: skip
STAGES = ["mojibake", "embeds", "markup", "repetition", "language", "duplicates"]
CHARACTERS = ("ligatures", "width", "quotes", "line-breaks", "surrogates")
RECIPES = {
    **{name: Recipe(stages=(name,)) for name in STAGES},
    "characters": Recipe(stages=("mojibake",), characters=CHARACTERS),
    "attribution": Recipe(stages=("embeds",), embeds="attribution"),
    "tag": Recipe(stages=("embeds",), embeds="tag"),
    "stuffed": Recipe(stages=("repetition",), drop_stuffed_above=0.5),
    "containment": Recipe(stages=("duplicates",), measure="containment"),
}


def seconds(call, *words):
    gc.disable()  # the garbage of a whole test run takes half a second to look through
    started = time.process_time()
    call(*words)
    taken = time.process_time() - started
    gc.enable()
    return taken


def slow_units(call, units, size):
    """Return the units whose repetition takes more than linear time.

    What looks slow is asked once more: a busy machine may have held it up.
    """
    call(units[0] * 100)
    slow = []
    for unit in units:
        for _ in range(2):
            short = seconds(call, unit * (size // len(unit)))
            long = seconds(call, unit * (4 * size // len(unit)))
            if long <= 12 * short + BLINK:
                break
        else:
            slow.append((unit, short, long))
    return slow


@pytest.mark.parametrize("name", [*RECIPES, "lines"])
def test_time_of_a_stage_grows_with_the_size(name):
    stages = [JoinLines()] if name == "lines" else build_stages(RECIPES[name])

    def process(text):
        for stage in stages:
            stage.process([Document("a", text)])

    assert slow_units(process, UNITS, SIZE) == []


BYTES = [
    b'"', b'""', b'"\n', b'"a\n', b'",', b",", b",\n", b"\r", b"\n", b"\r\n", b"\t", b'"\t',
    b"[", b"{", b'{"a":', b'{"a":1,', b'{"text":"a"}', b"\\", b'\\"', b"\\u00e9", b"\xff", b"\x00",
    b"1", b"1e", b"WARC/1.0\r\n", b"WARC/1.0\r\nContent-Length: 9\r\n\r\n",
    b"\r\nWARC/1.0\r\n\r\n", b"Content-Length: 1\r\n", b"0\r\n", b"<meta charset=",
]  # fmt: skip
PREFIXES = {
    "jsonl": b'{"text": "a", "b": ',
    "csv": b"id,text\n",
    "tsv": b"id\ttext\n",
    "warc": b"WARC/1.0\r\nWARC-Type: response\r\n",
    "lines": b"",
    "text": b"",
}


@pytest.mark.parametrize("name", sorted(PREFIXES))
def test_time_of_a_parser_grows_with_the_size(tmp_path, name):
    path = tmp_path / "input"

    def read(data):
        path.write_bytes(PREFIXES[name] + data)
        source = Source(str(path), 0, name)
        for chunk in source.chunks(2**30, 10_000):
            record_format = format_named(name, header=chunk.header)
            for frame in record_format.frames(chunk.data):
                try:
                    record_format.parse(record_format.cut(chunk.data, frame))
                except InputError:
                    continue

    assert slow_units(read, BYTES, 20_000) == []


def test_every_format_has_its_hostile_shapes():
    assert set(PREFIXES) == set(FORMAT_NAMES) - {"parquet"}  # which is read by pyarrow


@pytest.mark.parametrize("unit", ["a", " ", "é", "<", "Â"])
def test_ten_megabytes_of_one_character_end(run, unit):
    stdin = (unit * 10_000_000).encode()[:10_000_000]
    done = run("--quiet", "--workers", 1, stdin=stdin)
    assert done.code == 0
    assert set(done.out.decode()) <= {unit}


def test_a_line_of_fifty_megabytes_is_a_record(run):
    words = " ".join(f"word{number}" for number in range(5_000_000))
    stdin = json.dumps({"text": words}).encode() + b"\n"
    assert len(stdin) > 50_000_000
    done = run("--quiet", "--stages", "mojibake,markup,duplicates", "--workers", 1, stdin=stdin)
    assert done.out == stdin


def large(name):
    """Return a file of one record whose text is 50 MB long."""
    text = b"word " * 10_000_000 + b"end"
    if name == "parquet":
        sink = io.BytesIO()
        pq.write_table(pa.table({"text": [text.decode()]}), sink)
        return sink.getvalue()
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\n"
    head += b"Content-Length: %d\r\n\r\n"
    return {
        "text": text,
        "lines": text + b"\n",
        "csv": b'id,text\na,"' + text + b'"\n',
        "tsv": b"id\ttext\na\t" + text + b"\n",
        "warc": head % len(text) + text + b"\r\n\r\n",
    }[name]


@pytest.mark.parametrize("name", sorted({*FORMAT_NAMES} - {"jsonl"}))
def test_fifty_megabytes_are_a_record_of_any_format(run, tmp_path, name):
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(large(name))
    words = ("--stages", "markup", "--from", name, "--to", name, "-o", target, "--workers", 1)
    done = run(*words, source)
    assert "1 in = 1 out" in done.err
    if name == "parquet":
        assert pq.read_table(target)["text"][0].as_py().endswith("word end")
    else:
        assert target.read_bytes() == source.read_bytes()


def test_a_row_of_very_many_cells_takes_little_memory():
    """The places of cells that no column has are counted, not kept."""
    row, rows = b"," * 200_000, format_named("csv", header=b"id,text\n")
    tracemalloc.start()
    with pytest.raises(InputError, match="the row has 200001 cells, the header 2"):
        rows.parse(row)
    assert tracemalloc.get_traced_memory()[1] < 3 * len(row)
    tracemalloc.stop()


def test_the_memory_of_a_large_record_is_a_bounded_multiple_of_its_size(tmp_path):
    """Beyond what a small one takes: some copies at two bytes a character, and its shingles."""

    def peak(words: int) -> int:
        text = " ".join(f"„{number:x}“ água" for number in range(words))
        source = tmp_path / "large.jsonl"
        source.write_text(json.dumps({"text": text}, ensure_ascii=False) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "textclean", "--quiet", "--workers", "1"]
        process = subprocess.Popen(
            [*command, "--skip", "repetition", source],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "TEXTCLEAN_KERNELS": "compiled"},
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return used.ru_maxrss * 1024

    small, size = peak(10_000), len(" „fffff“ água".encode()) * 300_000
    large = peak(300_000)
    assert large - small < 20 * size


def test_nesting_beyond_the_limit_is_broken_and_below_it_is_not(run):
    for depth, code in ((1_000, 0), (1_001, 1), (1_000_000, 1)):
        value = b"[" * (depth - 1) + b"]" * (depth - 1)
        done = run("--quiet", stdin=b'{"text": "a", "x": %s}\n' % value)
        assert done.code == code, depth
        assert "Traceback" not in done.err


BOMBS = {
    "gzip": lambda zeros: gzip.compress(zeros * 300, 1),
    "zstd": lambda zeros: zstandard.compress(zeros * 300),
    "zstd-frames": lambda zeros: zstandard.compress(zeros) * 300,
    "bz2": lambda zeros: bz2.compress(zeros, 1) * 300,
    "xz": lambda zeros: lzma.compress(zeros, preset=0) * 300,
}


@pytest.mark.parametrize(
    ("from_", "codec"),
    [*(("jsonl", codec) for codec in BOMBS), ("text", "gzip"), ("csv", "zstd"), ("warc", "xz")],
)
def test_a_bomb_takes_no_more_memory_than_a_record_may(tmp_path, from_, codec):
    """300 megabytes of zeros in a small file, with two gigabytes of address space."""
    bomb = tmp_path / "bomb"
    head = {"gzip": gzip.compress, "zstd": zstandard.compress, "xz": lzma.compress}
    bomb.write_bytes(head[codec](b"id,text\n") if from_ == "csv" else b"")
    with bomb.open("ab") as file:
        file.write(BOMBS[codec](bytes(2**20)))
    assert bomb.stat().st_size < 2**21
    words = ["--from", from_, "--max-record-bytes", str(2**24), "--stages", "markup", str(bomb)]

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))

    done = subprocess.run(
        [sys.executable, "-m", "textclean", "--workers", "1", *words],
        capture_output=True,
        preexec_fn=limit,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert b"the record is larger than" in done.stderr or b"no WARC record" in done.stderr
    assert b"Traceback" not in done.stderr
