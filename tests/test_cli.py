"""The command on whole inputs: records, formats, side files, refusals, exit codes."""

import bz2
import gzip
import json
import lzma

import pytest
import zstandard
from conftest import SAMPLES

from textclean.recipe import Recipe, settings_from_toml, toml_from_recipe

DIRTY = "Ferry times:\u00c2 see below."
CLEAN = "Ferry times: see below."
LONG = "The harbour office opens its new pier to ferries, fishing boats and visitors on Monday."


def jsonl(*records):
    return b"".join(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in records)


def rows(data: bytes):
    return [json.loads(line) for line in data.splitlines()]


def test_filter_cleans_and_counts(run):
    done = run(stdin=jsonl({"id": "a", "text": DIRTY}, {"id": "b", "text": LONG}, {"text": LONG}))
    assert done.code == 0
    assert done.out == jsonl({"id": "a", "text": CLEAN}, {"id": "b", "text": LONG})
    assert "3 in = 2 out + 1 dropped + 0 set aside" in done.err


def test_quiet_says_nothing(run):
    done = run("--quiet", stdin=jsonl({"text": DIRTY}))
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    "stdin",
    [
        b"",
        b'{"text": "a b", "n": 1.50, "big": 123456789012345678901234567890, "n": NaN}\n',
        b'{"text":"caf\\u00e9","x":"\\ud800"}',
        b'{"text": "a"}\r\n  {"b": [1,2] , "text": ""}\r\n',
    ],
)
def test_what_no_stage_changes_comes_back_byte_for_byte(run, stdin):
    assert run("--quiet", stdin=stdin).out == stdin


def test_other_fields_stay_byte_for_byte_in_a_changed_record(run):
    stdin = b'{ "n": 1.50, "text":"a:\\u00c2 b" ,"big": 12345678901234567890, "x": "\\u00e9"}\r\n'
    expected = b'{ "n": 1.50, "text":"a: b" ,"big": 12345678901234567890, "x": "\\u00e9"}\r\n'
    assert run("--quiet", stdin=stdin).out == expected


def test_blank_lines_are_no_records_and_a_mark_at_the_start_goes(run):
    done = run(stdin=b'\xef\xbb\xbf\n{"text": "a"}\n\n  \n{"text": "b"}')
    assert done.out == b'{"text": "a"}\n{"text": "b"}'
    assert "2 in = 2 out" in done.err


def test_text_on_stdin_is_one_document(run):
    assert (
        run("--quiet", stdin=f"{DIRTY}\n\nMore.\n".encode()).out == f"{CLEAN}\n\nMore.\n".encode()
    )


def test_lines_are_one_document_each(run):
    stdin = f"{DIRTY}\n\n{LONG}\r\n{LONG}\n<p>One</p><p>Two</p>\n".encode()
    done = run("--from", "lines", stdin=stdin)
    assert done.out == f"{CLEAN}\n\n{LONG}\r\nOne Two\n".encode()
    assert "5 in = 4 out + 1 dropped" in done.err


def test_lines_become_records_with_numbered_ids(run):
    done = run("--quiet", "--from", "lines", "--to", "jsonl", stdin=b"one\ntwo\n")
    assert rows(done.out) == [{"id": "stdin:1", "text": "one"}, {"id": "stdin:2", "text": "two"}]


@pytest.mark.parametrize(
    "compress", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress]
)
def test_compression_is_recognized_by_content(run, compress):
    stdin = jsonl({"text": DIRTY})
    assert run("--quiet", stdin=compress(stdin)).out == jsonl({"text": CLEAN})
    parts = compress(stdin) + compress(jsonl({"text": LONG}))
    assert len(rows(run("--quiet", stdin=parts).out)) == 2


@pytest.mark.parametrize(
    "compress", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress]
)
def test_a_cut_compressed_stream_is_an_error(run, compress):
    whole = compress(jsonl(*({"text": f"{number} {LONG}"} for number in range(500))))
    done = run(stdin=whole[: len(whole) // 2])
    assert done.code == 1
    assert "is the file complete?" in done.err


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2", ".xz", ""])
def test_output_is_compressed_by_its_name(run, tmp_path, suffix):
    target = tmp_path / f"out.jsonl{suffix}"
    assert run("--quiet", "-o", target, stdin=jsonl({"text": DIRTY})).code == 0
    assert run("--quiet", target).out == jsonl({"text": CLEAN})
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_broken_record_stops_the_run_and_names_its_place(run):
    done = run(stdin=b'{"text": "one"}\n{"text": "two"}\n{"text": 3}\n')
    assert done.code == 1
    assert done.out == b'{"text": "one"}\n{"text": "two"}\n'
    assert "stdin, line 3, byte 41: the field 'text' is a number, not a string" in done.err
    assert "--bad-records" in done.err


def test_bad_records_are_set_aside_raw(run, tmp_path):
    bad = tmp_path / "bad"
    broken = b'{"text": "a\xff"}\n[]\n{"text'
    done = run("--bad-records", bad, stdin=b'{"text": "one"}\n' + broken)
    assert done.code == 0
    assert done.out == b'{"text": "one"}\n'
    assert bad.read_bytes() == broken
    assert "4 in = 1 out + 0 dropped + 3 set aside" in done.err


def test_record_beyond_the_limit_is_broken(run, tmp_path):
    bad = tmp_path / "bad"
    large = b'{"text": "' + b"x" * 3_000_000 + b'"}\n'
    stdin = b'{"text": "one"}\n' + large + b'{"text": "two"}\n'
    options = ("--max-record-bytes", 1_000_000, "--bad-records", bad)
    done = run(*options, stdin=stdin)
    assert done.out == b'{"text": "one"}\n{"text": "two"}\n'
    assert bad.read_bytes() == large
    assert "3 in = 2 out + 0 dropped + 1 set aside" in done.err
    done = run("--max-record-bytes", 1_000_000, stdin=stdin)
    assert done.code == 1
    assert "stdin, line 2, byte 16: the record is larger" in done.err


def test_ledger_rebuilds_the_input(run, tmp_path):
    ledger = tmp_path / "edits.jsonl"
    texts = [DIRTY, LONG, f"<p>{DIRTY}</p><p>Next &amp; last</p>", LONG]
    records = [{"id": "same", "text": text} for text in texts]
    done = run("--quiet", "--edits", ledger, stdin=jsonl(*records))
    edits = rows(ledger.read_bytes())
    assert {row["record"] for row in edits} == {1, 3}
    keys = ["record", "id", "stage", "pass", "start", "end", "before", "after", "reason"]
    assert all(list(row) == keys for row in edits)
    for number, after in zip([1, 2, 3], rows(done.out), strict=True):
        text = after["text"]
        steps = {}
        for row in edits:
            if row["record"] == number:
                steps.setdefault((row["stage"], row["pass"]), []).append(row)
        for step in reversed(steps.values()):
            shift = sum(len(row["after"]) - len(row["before"]) for row in step)
            for row in reversed(step):
                shift -= len(row["after"]) - len(row["before"])
                start = row["start"] + shift
                assert text[start : start + len(row["after"])] == row["after"]
                text = text[:start] + row["before"] + text[start + len(row["after"]) :]
        assert text == texts[number - 1]


def test_dropped_records_are_written_whole(run, tmp_path):
    dropped = tmp_path / "dropped.jsonl"
    raw = json.dumps({"id": "b", "text": LONG + " Again.", "n": 1}).encode()
    run("--quiet", "--dropped", dropped, stdin=jsonl({"id": "a", "text": LONG}) + raw)
    (row,) = rows(dropped.read_bytes())
    similarity = row.pop("similarity")
    assert row == {
        "record": 2,
        "id": "b",
        "stage": "duplicates",
        "reason": "duplicate.near",
        "duplicate_of": "a",
        "length": len(LONG + " Again."),
        "survivor_length": len(LONG),
        "raw": raw.decode(),
    }
    assert similarity == 11 / 12


def test_report_adds_up(run, tmp_path):
    path = tmp_path / "report.json"
    stdin = jsonl({"text": DIRTY}, {"text": LONG}, {"text": LONG}, {"text": "<p></p>"}) + b"x\n"
    run("--report", path, "--bad-records", tmp_path / "bad", stdin=stdin)
    report = json.loads(path.read_text())
    assert report["records"] == {
        "in": 5, "out": 3, "dropped": 1, "set_aside": 1, "changed": 2, "emptied": 1,
    }  # fmt: skip
    assert report["schema_version"] == 2
    assert report["recipe"]["threshold"] == 0.8
    assert report["stages"]["mojibake"]["documents"] == 1
    assert report["stages"]["duplicates"]["reasons"] == {"duplicate.near": 1}
    assert list(report["stages"]) == ["mojibake", "embeds", "markup", "repetition", "duplicates"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--stages", "mojibake,embed"), "did you mean 'embeds'?"),
        (("--skip", "dupes"), "no stage 'dupes'"),
        (("--threshold", "1.5"), "at most 1"),
        (("--threshold", "nan"), "above 0"),
        (("--shingle-size", "0"), "at least 1"),
        (("--embeds", "tags"), "did you mean 'tag'?"),
        (("--extract", "all"), "there are: main"),
        (("--treshold", "0.7"), "--threshold"),
        (("--workers", "0"), "x>=1"),
        (("--stages", "mojibake,,markup"), "empty item"),
        (("--edits", "-"), "stdout is for the data"),
        (("-", "-"), "only once"),
    ],
)
def test_wrong_usage_is_exit_two(run, options, says):
    done = run(*options, stdin=b"")
    assert done.code == 2
    assert says in done.err
    assert done.out == b""


def test_missing_input_is_exit_one(run, tmp_path):
    done = run(tmp_path / "none.jsonl")
    assert done.code == 1
    assert f"there is no file '{tmp_path}/none.jsonl'" in done.err
    assert "Errno" not in done.err


def test_output_onto_an_input_or_another_output_is_refused(run, tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_bytes(jsonl({"text": DIRTY}))
    link = tmp_path / "link.jsonl"
    link.symlink_to(source)
    other = tmp_path / "other"
    for options in (
        (source, "-o", source),
        (source, "-o", link),
        (source, "-o", tmp_path),
        (source, "--edits", source),
        (source, "--edits", other, "--dropped", other),
        (source, "-o", other, "--report", tmp_path / "." / "other"),
    ):
        assert run(*options).code == 2, options
    assert source.read_bytes() == jsonl({"text": DIRTY})
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "link.jsonl"}


def test_failed_run_leaves_no_output_and_keeps_the_old_one(run, tmp_path):
    old = tmp_path / "out.jsonl"
    old.write_bytes(b"old")
    done = run("-o", old, "--edits", tmp_path / "edits", stdin=jsonl({"text": DIRTY}) + b"broken")
    assert done.code == 1
    assert old.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_folder_gets_a_file_for_each_file(run, tmp_path):
    first, second, third = (tmp_path / name for name in ("a.jsonl.gz", "b.txt", "c.jsonl"))
    first.write_bytes(gzip.compress(jsonl({"id": "x", "text": DIRTY})))
    second.write_text(f"More. {DIRTY}")
    third.write_bytes(jsonl({"id": "y", "text": CLEAN}))
    done = run(first, second, third, "-o", f"{tmp_path}/out/")
    assert "3 in = 2 out + 1 dropped" in done.err
    out = tmp_path / "out"
    assert gzip.decompress((out / first.name).read_bytes()) == jsonl({"id": "x", "text": CLEAN})
    assert (out / second.name).read_text() == f"More. {CLEAN}"
    assert (out / third.name).read_bytes() == b""


def test_several_texts_do_not_share_stdout(run, tmp_path):
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for number, path in enumerate(files):
        path.write_text(f"{number} {DIRTY}")
    assert run(*files).code == 2
    done = run("--quiet", *files, "--to", "jsonl")
    assert [row["text"] for row in rows(done.out)] == [f"{n} {CLEAN}" for n in (0, 1)]
    assert rows(done.out)[0]["id"] == f"{files[0]}:1"


def test_records_become_numbered_texts_in_a_folder(run, tmp_path):
    stdin = jsonl({"id": "../../evil", "text": DIRTY}, {"id": "b", "text": LONG})
    assert run("--to", "text", stdin=stdin).code == 2
    assert run("--quiet", "--to", "text", "-o", f"{tmp_path}/out/", stdin=stdin).code == 0
    written = {path.name: path.read_text() for path in (tmp_path / "out" / "stdin").iterdir()}
    assert written == {"000001.txt": CLEAN, "000002.txt": LONG}


def test_fields_can_have_other_names(run):
    stdin = jsonl({"key": 7, "body": DIRTY, "text": DIRTY})
    done = run("--quiet", "--text-field", "body", "--id-field", "key", stdin=stdin)
    assert rows(done.out) == [{"key": 7, "body": CLEAN, "text": DIRTY}]


def test_language_field_and_filter(run):
    german = "Der Hafen öffnet am Montag wieder für alle Fähren und Fischerboote der Stadt."
    stdin = jsonl({"id": "de", "text": german}, {"id": "en", "text": LONG})
    done = run("--quiet", "--detect-language", stdin=stdin)
    assert [row["language"] for row in rows(done.out)] == ["de", "en"]
    done = run("--language", "de", stdin=stdin)
    assert done.out == jsonl({"id": "de", "text": german})
    assert "2 in = 1 out + 1 dropped" in done.err


def test_stages_can_be_chosen(run):
    stdin = jsonl({"text": DIRTY}, {"text": LONG}, {"text": LONG})
    assert run("--quiet", "--stages", "mojibake", stdin=stdin).out == jsonl(
        {"text": CLEAN}, {"text": LONG}, {"text": LONG}
    )
    assert run("--quiet", "--skip", "mojibake,duplicates", stdin=stdin).out == stdin


def test_a_stage_may_stand_after_duplicates(run, tmp_path):
    stdin = jsonl({"text": DIRTY}, {"text": DIRTY}, {"text": LONG})
    ledger = tmp_path / "edits"
    done = run("--stages", "duplicates,mojibake", "--edits", ledger, "--quiet", stdin=stdin)
    assert done.out == jsonl({"text": CLEAN}, {"text": LONG})
    assert len(rows(ledger.read_bytes())) == 1


def test_recipe_file_is_overridden_by_flags(run, tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text('stages = ["mojibake", "duplicates"]\nthreshold = 1\n')
    printed = run("--recipe", path, "--threshold", "0.5", "--print-recipe").out.decode()
    assert 'stages = ["mojibake", "duplicates"]' in printed
    assert "threshold = 0.5" in printed
    path.write_text(printed)
    assert run("--recipe", path, "--print-recipe").out.decode() == printed


def test_printed_recipe_is_read_back_equal(tmp_path):
    path = tmp_path / "recipe.toml"
    recipe = Recipe(skip=("embeds",), text_field='a"b\\\u007fé', threshold=0.35, keep_nbsp=True)
    path.write_text(toml_from_recipe(recipe), encoding="utf-8")
    assert Recipe(**settings_from_toml(path)) == recipe


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("treshold = 0.7", "did you mean 'threshold'?"),
        ("threshold = '0.7'", "must be a number"),
        ("stages = 'mojibake'", "list of strings"),
        ("keep-nbsp = 1", "true or false"),
        ("output = 'x'", "no key 'output'"),
        ("stages = [", "no valid TOML"),
    ],
)
def test_unusable_recipes_are_exit_two(run, tmp_path, toml, says):
    path = tmp_path / "recipe.toml"
    path.write_text(toml)
    done = run("--recipe", path)
    assert done.code == 2
    assert says in done.err


def test_explain_shows_edits_and_hides_control_sequences(run):
    stdin = jsonl({"id": "a\x1b[2J", "text": f"\x1b[31m {DIRTY}"}, {"id": "b", "text": LONG})
    done = run("explain", stdin=stdin)
    assert done.code == 0
    assert b" times:[-\xc3\x82-] see below." in done.out
    assert b"mojibake.lost-nbsp" in done.out
    assert b"1 of 2 records shown" in done.out
    assert b"\x1b" not in done.out
    assert b"\x1b[31;9m" in run("explain", "--color", stdin=stdin).out


def test_messages_hide_control_sequences(run):
    done = run("evil\x1b[2J.jsonl")
    assert done.code == 1
    assert "\x1b" not in done.err


def test_samples_give_the_same_bytes_for_any_worker_count(run, tmp_path):
    lines = (SAMPLES / "articles.jsonl").read_bytes()
    many = tmp_path / "many.jsonl"
    many.write_bytes(b"".join(lines.replace(b'"text"', b'"n": %d, "text"' % n) for n in range(40)))
    outputs = []
    for workers in (1, 2, 3):
        side = [tmp_path / f"{name}{workers}" for name in ("edits", "dropped", "report.json")]
        names = [part for pair in zip(("--edits", "--dropped", "--report"), side, strict=True)
                 for part in pair]  # fmt: skip
        side[2] = side[2].with_suffix(".json")
        names[5] = side[2]
        done = run("--workers", workers, many, *names)
        assert done.code == 0
        # not what kernels say before it, nor the headline, which names the side file
        summary = done.err[done.err.index("  920 in = ") :]
        outputs.append((done.out, summary, *(path.read_bytes() for path in side)))
    assert outputs[0] == outputs[1] == outputs[2]


def test_samples_are_clean_after_one_run(run):
    once = run("--quiet", SAMPLES / "articles.jsonl").out
    again = run(stdin=once)
    assert again.out == once
    assert "(0 changed" in again.err
