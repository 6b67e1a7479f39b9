"""``textclean undo`` gives the input of a run back: whatever was edited, dropped or set aside."""

import itertools
import json

import pytest
from conftest import SAMPLES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textclean.document import Document
from textclean.engines.undo import undone
from textclean.errors import EditError, InputError
from textclean.io.json_records import build_record
from textclean.pipeline import Pipeline

EMPTY_EDIT = (
    b'"stage": "a", "pass": 1, "start": 0, "end": 0, "before": "", "after": "", "reason": "x"'
)
CASES = SAMPLES.parent / "tests" / "cases"


def case_records():
    """Every case of every stage, as one input."""
    lines = []
    for path in sorted(CASES.glob("*.json")):
        for number, case in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            text = case.get("original", case.get("text", ""))
            record = {"id": f"{path.stem}-{number}", "text": text, "n": 1.5}
            lines.append(build_record(record))
    return lines


def undo(run, folder, output, *words):
    sides = [part for name in ("edits", "dropped") for part in (f"--{name}", folder / name)]
    return run("undo", output, *sides, *words)


def test_all_cases_and_samples_come_back_byte_for_byte(run, tmp_path):
    source = tmp_path / "in.jsonl"
    samples = (SAMPLES / "articles.jsonl").read_bytes().splitlines()
    lines = case_records() + samples + case_records()[:20]
    source.write_bytes(b"\n".join(lines) + b"\n")
    output = tmp_path / "out.jsonl.gz"
    words = [part for name in ("edits", "dropped") for part in (f"--{name}", tmp_path / name)]
    assert run("--quiet", source, "-o", output, *words).code == 0
    done = undo(run, tmp_path, output)
    assert done.code == 0, done.err
    assert done.out == source.read_bytes()
    target = tmp_path / "back.jsonl.zst"
    assert undo(run, tmp_path, output, "-o", target).code == 0
    assert run("--quiet", "--stages", "duplicates", "--threshold", 1, target).out.count(b"\n") > 100


def test_broken_records_keep_their_places(run, tmp_path):
    lines = [
        b"broken 1",
        b'{"text": "a &amp; b"}',
        b"broken 2",
        b'{"text": "the ferry leaves at nine from the northern pier"}',
        b'{"text": "the ferry leaves at nine from the northern pier"}',
        b"broken 3",
        b'{"text": "c &amp; d"}',
        b"broken 4",
    ]
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    sides = ["edits", "dropped", "bad-records"]
    words = [part for name in sides for part in (f"--{name}", tmp_path / name)]
    assert run("--quiet", source, "-o", tmp_path / "out.jsonl", *words).code == 0
    done = undo(run, tmp_path, tmp_path / "out.jsonl", "--bad-records", tmp_path / "bad-records")
    assert done.out == source.read_bytes()
    sound = b"\n".join(line for line in lines if not line.startswith(b"broken")) + b"\n"
    assert undo(run, tmp_path, tmp_path / "out.jsonl").out == sound


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", "Fares:\u00c2 <b>now</b> &amp; then.\nSecond line.".encode()),
        ("a.csv", b'id,text,n\r\n1,"a &amp; ""b""",1.50\r\n2,plain,2\r\n'),
        ("a.tsv", b'id\ttext\n1\t<b>x</b> "y"\n'),
    ],
)
def test_other_formats_come_back(run, tmp_path, name, data):
    source = tmp_path / name
    source.write_bytes(data)
    words = [part for side in ("edits", "dropped") for part in (f"--{side}", tmp_path / side)]
    assert run("--quiet", source, "-o", tmp_path / f"out-{name}", *words).code == 0
    assert (tmp_path / f"out-{name}").read_bytes() != data
    assert undo(run, tmp_path, tmp_path / f"out-{name}").out == data


def test_several_outputs_of_a_folder_come_back_in_order(run, tmp_path):
    for name, text in (("a", "a &amp; b"), ("b", "c &amp; d")):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"text": "{text}"}}\n')
    inputs = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    words = [part for side in ("edits", "dropped") for part in (f"--{side}", tmp_path / side)]
    assert run("--quiet", *inputs, "-o", f"{tmp_path}/out/", *words).code == 0
    done = undo(run, tmp_path, tmp_path / "out" / "a.jsonl", tmp_path / "out" / "b.jsonl")
    assert done.out == b"".join(path.read_bytes() for path in inputs)


@pytest.mark.parametrize(
    ("output", "edits", "says"),
    [
        (b'{"text": "other"}\n', None, "does not fit"),
        (b"", None, "the output does not"),
        (None, b"nonsense\n", "no ledger"),
        (None, b'{"record": 9, %s}\n' % EMPTY_EDIT, "the output does not"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(run, tmp_path, output, edits, says):
    out, ledger = tmp_path / "out.jsonl", tmp_path / "edits"
    assert run("-o", out, "--edits", ledger, stdin=b'{"text": "a &amp; b"}\n').code == 0
    if output is not None:
        out.write_bytes(output)
    if edits is not None:
        ledger.write_bytes(edits)
    done = run("undo", out, "--edits", ledger, "-o", tmp_path / "back")
    assert done.code == 1
    assert says in done.err
    assert not (tmp_path / "back").exists()


def test_undo_does_not_overwrite_what_it_reads(run, tmp_path):
    for name in ("out.jsonl", "edits"):
        (tmp_path / name).write_bytes(b"")
    for target in ("out.jsonl", "edits"):
        words = ("--edits", tmp_path / "edits", "-o", tmp_path / target)
        assert run("undo", tmp_path / "out.jsonl", *words).code == 2


PIPELINE = Pipeline.default()
DIRT = st.sampled_from(
    [
        "Ã©",
        "Â ",
        "<b>",
        "</b>",
        "&amp;",
        "&lt;p&gt;",
        "\n",
        " ",
        "word ",
        "Same line. ",
        "\ud800",
        "é",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DIRT, max_size=40).map("".join))
def test_edits_of_any_text_are_undone(text):
    [result] = PIPELINE.fresh().process([Document("a", text)])
    rows, before = [], text
    for step in result.trace:
        for start, end, after, reason in step.edits:
            row = {"stage": step.stage, "pass": step.run, "start": start, "end": end}
            rows.append({**row, "before": before[start:end], "after": after, "reason": reason})
        shift = 0
        for start, end, after, _ in step.edits:
            before = before[: start + shift] + after + before[end + shift :]
            shift += len(after) - (end - start)
    assert undone(result.text, rows) == text


def test_an_edit_of_another_text_is_refused():
    row = {
        "stage": "a",
        "pass": 1,
        "start": 0,
        "end": 1,
        "before": "b",
        "after": "x",
        "reason": "r",
    }
    with pytest.raises(InputError, match="does not fit"):
        undone("y", [row])


@pytest.mark.parametrize("name", ["jsonl", "csv", "lines"])
def test_a_made_up_ledger_is_refused_in_words(run, tmp_path, name):
    """Each member of each row in turn becomes something else, or is gone: never a traceback."""
    source, out = tmp_path / f"in.{name}", tmp_path / f"out.{name}"
    text = "a &amp; b &lt; c and the ferry"
    head, row = {
        "jsonl": ("", f'{{"text": "{text}"}}\n'),
        "csv": ("id,text\n", f"1,{text}\n"),
        "lines": ("", f"{text}\n"),
    }[name]
    source.write_text(head + row + row)
    files = {flag: tmp_path / flag for flag in ("edits", "dropped")}
    sides = [f"--{flag}={path}" for flag, path in files.items()]
    assert run("--quiet", "--from", name, source, "-o", out, *sides).code == 0
    whole = {flag: path.read_bytes() for flag, path in files.items()}
    assert all(whole.values())
    refused = 0
    for flag, path in files.items():
        rows = [json.loads(line) for line in whole[flag].splitlines()]
        strange = (None, -1, 10**30, 2, "", "\ud800", "x", [], {}, True, 1.5)
        for at, key, value in itertools.product(range(len(rows)), rows[0], (*strange, ...)):
            changed = [dict(row) for row in rows]
            if value is ...:
                del changed[at][key]
            else:
                changed[at][key] = value
            path.write_text("".join(json.dumps(row) + "\n" for row in changed))
            words = ("--from", name, out, *sides, "-o", tmp_path / "back")
            done = run("undo", *words)
            assert done.code in {0, 1}, (flag, key, value)
            if done.code:
                refused += 1
                assert not (tmp_path / "back").exists()
            (tmp_path / "back").unlink(missing_ok=True)
        path.write_bytes(whole[flag])
    assert refused > 100


def test_edits_that_overlap_are_no_ledger():
    row = {"stage": "a", "pass": 1, "before": "b", "after": "xx", "reason": "r"}
    with pytest.raises(EditError):
        undone("xxx", [{**row, "start": 0, "end": 1}, {**row, "start": 0, "end": 1}])
