"""``textclean dedup``: whole files, read twice; the rule of --keep says which copy stays."""

import json

import pytest
from conftest import SAMPLES

NOTICE = "The harbour opens its new pier to ferries and visitors on Monday morning at nine."
RECORDS = [
    {"id": "old", "text": NOTICE, "date": "2024-01-01", "score": 7},
    {"id": "other", "text": "Nothing of this stands in any other record of the whole corpus."},
    {"id": "long", "text": NOTICE + " Bring a coat.", "date": "2024-03-01", "score": 1},
    {"id": "new", "text": NOTICE.upper(), "date": "2024-05-01", "score": 3},
]


def written(path, records):
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def ids_of(data):
    return [json.loads(line)["id"] for line in data.splitlines()]


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ("first", ["old", "other"]),
        ("longest", ["other", "long"]),
        ("newest:date", ["other", "new"]),
        ("max:score", ["old", "other"]),
    ],
)
def test_the_rule_says_which_copy_stays(run, tmp_path, keep, kept):
    source = written(tmp_path / "in.jsonl", RECORDS)
    clusters, dropped = tmp_path / "clusters", tmp_path / "dropped"
    options = ("--keep", keep, "--threshold", "0.7", "--quiet")
    done = run("dedup", source, *options, "--clusters", clusters, "--dropped", dropped)
    assert done.code == 0
    assert ids_of(done.out) == kept
    lines = source.read_bytes().splitlines(keepends=True)
    assert done.out == b"".join(line for line in lines if json.loads(line)["id"] in kept)
    [cluster] = map(json.loads, clusters.read_bytes().splitlines())
    [survivor] = {*kept} - {"other"}
    assert cluster["survivor"] == survivor
    rows = list(map(json.loads, dropped.read_bytes().splitlines()))
    assert [(row["record"], row["id"], row["similarity"]) for row in rows] == [
        (one["record"], one["id"], one["similarity"]) for one in cluster["members"]
    ]
    assert {row["duplicate_of"] for row in rows} == {survivor}


def test_a_source_may_be_preferred_and_files_stay_apart(run, tmp_path):
    first = written(tmp_path / "a.jsonl", RECORDS[:2])
    second = written(tmp_path / "b.jsonl", RECORDS[2:])
    folder = tmp_path / "out"
    options = ("--threshold", "0.7", "--quiet", "-o", f"{folder}/")
    done = run("dedup", first, second, "--keep", f"prefer:{second}", *options)
    assert done.code == 0
    assert ids_of((folder / "a.jsonl").read_bytes()) == ["other"]
    assert ids_of((folder / "b.jsonl").read_bytes()) == ["long"]


def test_keeping_the_first_is_what_clean_does(run):
    source = SAMPLES / "articles.jsonl"
    as_stage = run("--stages", "duplicates", "--quiet", source)
    assert run("dedup", "--quiet", source).out == as_stage.out
    assert len(as_stage.out.splitlines()) < len(source.read_bytes().splitlines())


def test_containment_finds_what_a_longer_text_holds(run, tmp_path):
    longer = NOTICE + " " + " ".join(f"word{number}" for number in range(60))
    records = [{"id": "part", "text": NOTICE}, {"id": "whole", "text": longer}]
    source = written(tmp_path / "in.jsonl", records)
    assert ids_of(run("dedup", source, "--keep", "longest").out) == ["part", "whole"]
    done = run("dedup", source, "--keep", "longest", "--measure", "containment")
    assert ids_of(done.out) == ["whole"]


def test_a_table_keeps_its_other_cells(run, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text(f'id,text,score\n1,"{NOTICE}",2\n2,"{NOTICE}",30\n', encoding="utf-8")
    done = run("dedup", "--keep", "max:score", "--quiet", source)
    assert done.out.decode() == f'id,text,score\n2,"{NOTICE}",30\n'


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-"], "dedup reads its input twice: name files on disk, not stdin"),
        (["FILE", "--clusters", "z", "-o", "z"], "already an output"),
        (["FILE", "--clusters", "z", "--dropped", "z"], "already an output"),
        (["FILE", "-o", "out/", "--clusters", "out/c"], "lies in the output folder"),
        (["FILE", "--clusters", "none/c"], "no file can stand there"),
        (["FILE", "--keep", "prefer:other.jsonl"], "is none of the inputs"),
        (["/dev/null"], "name files on disk, not /dev/null"),
        (["FILE", "--keep", "best"], "keep is first, longest, newest:FIELD, max:FIELD or prefer"),
        (["FILE", "--threshold", "2"], "threshold must be above 0 and at most 1, not 2.0"),
        (["FILE", "--clusters", "FILE"], "in.jsonl"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_read(run, tmp_path, words, message):
    source = written(tmp_path / "in.jsonl", RECORDS)
    before = source.read_bytes()
    done = run("dedup", *(str(source) if word == "FILE" else word for word in words))
    assert done.code == 2
    assert message in done.err
    assert done.out == b""
    assert source.read_bytes() == before


def test_a_field_that_no_record_has_ends_the_run(run, tmp_path):
    source = written(tmp_path / "in.jsonl", RECORDS)
    done = run("dedup", source, "--keep", "newest:typo")
    assert done.code == 1
    assert "no record has a date in a field 'typo'" in done.err
    assert done.out == b""


@pytest.mark.parametrize("date", ["Fri, 01 Mar 2024 10:00:00 GMT", 1709287200000, 1709287200])
def test_dates_are_read_as_feeds_write_them(run, tmp_path, date):
    records = [
        {"id": "old", "text": NOTICE, "date": "2023-05-01"},
        {"id": "new", "text": NOTICE, "date": date},
        {"id": "odd", "text": NOTICE, "date": "Infinity"},
        {"id": "none", "text": NOTICE},
    ]
    source = written(tmp_path / "in.jsonl", records)
    assert ids_of(run("dedup", source, "--keep", "newest:date").out) == ["new"]


def test_a_folder_may_be_preferred_by_any_name(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good").mkdir()
    written(tmp_path / "a.jsonl", RECORDS[:2])
    written(tmp_path / "good" / "b.jsonl", RECORDS[2:3])
    for name in ("good", "./good/", "good/b.jsonl", str(tmp_path / "good" / "b.jsonl")):
        options = ("--threshold", "0.7", "--keep", f"prefer:{name}")
        assert ids_of(run("dedup", "a.jsonl", "good", *options).out) == ["other", "long"]


def test_places_count_broken_records_too(run, tmp_path):
    source = tmp_path / "in.jsonl"
    lines = [json.dumps(one).encode() for one in (RECORDS[0], RECORDS[3])]
    source.write_bytes(b"\n".join([b"{broken", lines[0], b"", b"{again", lines[1]]) + b"\n")
    clusters, dropped, bad = (tmp_path / name for name in ("clusters", "dropped", "bad"))
    options = ("--clusters", clusters, "--dropped", dropped, "--bad-records", bad)
    assert run("dedup", source, *options).code == 0
    [row] = map(json.loads, dropped.read_bytes().splitlines())
    [cluster] = map(json.loads, clusters.read_bytes().splitlines())
    assert [row["record"]] == [one["record"] for one in cluster["members"]] == [4]


def test_a_broken_record_ends_the_run_or_is_set_aside(run, tmp_path):
    source = written(tmp_path / "in.jsonl", RECORDS[:2])
    with source.open("ab") as file:
        file.write(b"{broken\n" + json.dumps(RECORDS[3]).encode() + b"\n")
    output, clusters, bad = tmp_path / "out.jsonl", tmp_path / "clusters", tmp_path / "bad"
    done = run("dedup", source, "-o", output, "--clusters", clusters)
    assert done.code == 1
    assert "line 3" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
    done = run("dedup", source, "-o", output, "--clusters", clusters, "--bad-records", bad)
    assert done.code == 0
    assert ids_of(output.read_bytes()) == ["old", "other"]
    assert [json.loads(line)["survivor"] for line in clusters.read_bytes().splitlines()] == ["old"]
    assert b"{broken" in bad.read_bytes()


@pytest.mark.parametrize(
    "now",
    [
        RECORDS[::-1],
        RECORDS[:2],
        [],
        [{**one, "text": "Other words under an id that stayed."} for one in RECORDS],
    ],
)
def test_an_input_that_changed_between_the_passes_ends_the_run(run, tmp_path, monkeypatch, now):
    from textclean.cli import dedup

    source = written(tmp_path / "in.jsonl", RECORDS)
    measure = dedup.measure_sources

    def measure_then_change(corpus, job, sources):
        measure(corpus, job, sources)
        written(source, now)

    monkeypatch.setattr(dedup, "measure_sources", measure_then_change)
    done = run("dedup", source, "-o", tmp_path / "out.jsonl")
    assert done.code == 1
    assert "changed between the two passes" in done.err
    assert not (tmp_path / "out.jsonl").exists()


def test_what_cannot_be_written_is_found_before_the_first_pass(run, tmp_path, monkeypatch):
    source = written(tmp_path / "in.jsonl", RECORDS)

    def measured(*_):
        raise AssertionError

    monkeypatch.setattr("textclean.cli.dedup.measure_sources", measured)
    for flag in ("--dropped", "--report", "-o"):
        done = run("dedup", source, flag, tmp_path / "absent" / "x.json")
        assert done.code == 1
        assert "cannot write" in done.err


def test_the_report_says_how_it_was_decided(run, tmp_path):
    source = written(tmp_path / "in.jsonl", RECORDS)
    options = ("--keep", "max:score", "--measure", "containment", "--preset", "news")
    run("dedup", source, *options, "--report", tmp_path / "r.json", "-o", tmp_path / "out")
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["recipe"]["keep"] == "max:score"
    assert report["recipe"]["measure"] == "containment"
    assert report["recipe"]["threshold"] == 0.5
    lengths = {(row["id"], row["length"], row["survivor_length"]) for row in report["duplicates"]}
    assert ("new", len(NOTICE), len(NOTICE)) in lengths


def test_an_empty_name_is_no_input(run):
    for words in (("",), ("dedup", "")):
        done = run(*words)
        assert done.code == 2
        assert "empty name" in done.err
