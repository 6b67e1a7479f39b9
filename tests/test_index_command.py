"""``textclean index``: what stands in an index, fewer files, fewer articles; presets; damage."""

import errno
import json
import os
import random
import shutil
from datetime import date

import pytest

from textclean.dedup import segments
from textclean.dedup.bands import Bands, choose_bands
from textclean.dedup.folder import IndexFolder
from textclean.dedup.manifest import Parameters
from textclean.dedup.presets import PRESETS
from textclean.errors import RecipeError
from textclean.recipe import MEASURES, Recipe, recipe_from_settings

FERRY = "The ferry to the island leaves at noon from the northern pier of the old harbour."


def article(number):
    return f"Number {number} of the series: " + " ".join(f"w{number}x{k}" for k in range(20))


@pytest.fixture
def index(tmp_path):
    """An index of three runs on three days."""
    for day in range(1, 4):
        with IndexFolder(tmp_path / "i", Parameters.of(0.7)) as folder:
            for number in range(3):
                folder.index.add(f"{day}-{number}", article(10 * day + number))
            folder.commit(date(2024, 5, day))
    return tmp_path / "i"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_info_says_what_stands_there(run, index):
    before = contents(index)
    found = json.loads(run("index", "info", index, "--json").out)
    curve = {point["jaccard"]: point["probability"] for point in found.pop("curve")}
    bands = Bands(found["bands"], found["rows"])
    assert bands == choose_bands(0.7)
    assert curve == {step / 20: bands.probability(step / 20) for step in range(1, 21)}
    size = sum(len(data) for name, data in before.items() if name.startswith("segment-"))
    assert found == {
        "format": 2,
        "threshold": 0.7,
        "shingle_size": 5,
        "measure": "jaccard",
        "documents": 9,
        "segments": 3,
        "bytes": size,
        "first_day": "2024-05-01",
        "last_day": "2024-05-03",
        "bands": bands.count,
        "rows": bands.rows,
        "recall_at_threshold": bands.probability(0.7),
    }
    told = run("index", "info", index)
    assert told.code == 0
    shown = told.out.decode()
    assert "9 articles in 3 segments, kept 2024-05-01 to 2024-05-03" in shown
    assert f"{bands.count} of {bands.rows} slots" in shown
    assert "recall        0.999" in shown
    assert "0.70  0.999" in shown
    assert contents(index) == before


def test_compacting_changes_no_answer(run, index):
    done = run("index", "compact", index)
    assert (done.code, done.out) == (0, b"")
    assert "3 segments before, 1 now" in done.err
    with IndexFolder(index, read_only=True) as folder:
        ids = folder.index.kept_since(0)[0]
        assert ids == [f"{day}-{number}" for day in range(1, 4) for number in range(3)]
        assert folder.index.query(article(31)).id == "3-1"
    assert len(list(index.glob("segment-*"))) == 1
    assert "1 segment before, 1 now" in run("index", "compact", index).err


def test_articles_expire(run, index):
    done = run("index", "expire", "--before", "2024-05-03", index)
    assert "6 of 9 articles were kept before 2024-05-03" in done.err
    again = run("index", "expire", "--before", "2024-05-03", index)
    assert "0 of 3 articles" in again.err
    run("index", "expire", "--before", "2030-01-01", index)
    empty = json.loads(run("index", "info", "--json", index).out)
    assert (empty["documents"], empty["segments"], empty["last_day"]) == (0, 0, None)


@pytest.mark.parametrize("command", [("info",), ("compact",), ("expire", "--before", "2024-01-01")])
def test_what_is_no_index_is_refused(run, tmp_path, command):
    for path in (tmp_path / "absent", tmp_path):
        done = run("index", *command, path)
        assert done.code == 1
        assert "is no index" in done.err
    assert not list(tmp_path.iterdir())


COMMANDS = [("info",), ("compact",), ("expire", "--before", "2024-05-02")]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["manifest.json", "segment-00000002"])
def test_what_cannot_be_read_is_named(run, index, command, name):
    (index / name).unlink()
    (index / name).mkdir()
    done = run("index", *command, index)
    assert done.code == 1
    assert done.err == (
        f"textclean: {index / name} is no regular file, but a part of an index is;"
        " remove it or its index\n"
    )


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_a_full_disk_leaves_an_index_as_it_was(run, index, command, monkeypatch):
    before = contents(index)

    def full(**_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(segments.tempfile, "mkstemp", full)
    done = run("index", *command, index)
    assert done.code == 1
    assert done.err == f"textclean: cannot write the index {index}: No space left on device\n"
    assert run("index", "info", index).code == 0
    assert contents(index) == before


@pytest.mark.parametrize("command", [("compact",), ("expire", "--before", "2030-01-01")])
def test_an_index_in_use_is_not_changed(run, index, command):
    before = contents(index)
    with IndexFolder(index):
        done = run("index", *command, index)
    assert done.code == 1
    assert "being written by another process" in done.err
    assert contents(index) == before
    assert run("index", "info", index).code == 0


@pytest.mark.parametrize(
    "words", [("expire",), ("expire", "--before", "May"), ("shrink",), ("info",)]
)
def test_wrong_usage(run, index, words):
    assert run("index", *words, *([index] if words != ("info",) else [])).code == 2


def test_flipped_bytes_are_detected_or_harmless(run, index, tmp_path):
    query = b"".join(
        json.dumps({"id": f"q{n}", "text": article(n)}).encode() + b"\n" for n in range(10, 36)
    )
    options = ("--threshold", "0.7", "--stages", "duplicates", "--quiet")
    whole = run("--index", index, "--index-read-only", *options, stdin=query)
    expected = run("index", "info", "--json", index).out
    assert whole.out.count(b"\n") == 26 - 9
    draw = random.Random(5)
    copy = tmp_path / "copy"
    detected = 0
    files = sorted(contents(index))
    for number in range(600):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(index, copy)
        path = copy / files[number % len(files)]
        data = bytearray(path.read_bytes())
        if not data:
            data = bytearray(b"x")  # the lock
        else:
            spread = number // len(files) * len(data) // 120
            place = spread if number % 2 else draw.randrange(len(data))
            data[place] ^= 1 << draw.randrange(8)
        path.write_bytes(data)
        if number % 4:
            done = run("--index", copy, "--index-read-only", *options, stdin=query)
            assert done.code in {0, 1}
            assert done.out == (whole.out if done.code == 0 else b"")
        else:
            done = run("index", "info", "--json", copy)
            assert done.out == (expected if done.code == 0 else b"")
        assert "Traceback" not in done.err
        assert (done.code == 1) == ("textclean: " in done.err)
        detected += done.code == 1
    assert detected > 400


def test_every_preset_has_a_card(run):
    every = run("index", "presets").out.decode()
    for name, preset in PRESETS.items():
        [card] = [card for card in every.split("\n\n") if card.startswith(f"{name}\n")]
        assert run("index", "presets", name).out.decode().strip() == card.strip()
        assert f"threshold {preset.threshold}, shingle size {preset.shingle_size}" in card
        assert preset.source in card
        assert "recall here 0.999" in card
        recipe = recipe_from_settings({"preset": name})
        assert (recipe.threshold, recipe.shingle_size) == (preset.threshold, preset.shingle_size)
    assert set(PRESETS) == {"fineweb", "refinedweb", "slimpajama", "bigcode", "nemo", "news"}


def test_other_settings_override_a_preset(run, tmp_path):
    (tmp_path / "r.toml").write_text('preset = "news"\nshingle-size = 3\n')
    printed = run("--recipe", tmp_path / "r.toml", "--print-recipe").out.decode()
    assert "threshold = 0.5\n" in printed
    assert "shingle-size = 3\n" in printed
    assert "preset" not in printed
    flags = run("--preset", "news", "--threshold", "0.6", "--print-recipe").out.decode()
    assert "threshold = 0.6\n" in flags
    assert "shingle-size = 2\n" in flags


def test_an_unknown_preset_is_refused(run, tmp_path):
    assert run("--preset", "finewb").code == 2
    for value in ('"finewb"', "3"):
        (tmp_path / "r.toml").write_text(f"preset = {value}\n")
        done = run("--recipe", tmp_path / "r.toml")
        assert done.code == 2
        assert "no preset" in done.err
    assert "did you mean 'fineweb'" in run("--recipe", written(tmp_path, '"finewb"')).err


def written(folder, value):
    (folder / "r.toml").write_text(f"preset = {value}\n")
    return folder / "r.toml"


def test_containment_in_a_stream_and_in_its_index(run, tmp_path):
    longer = FERRY + " " + " ".join(f"word{number}" for number in range(60))
    index, dropped, report = (tmp_path / name for name in ("i", "dropped", "r.json"))
    records = [{"id": "whole", "text": longer}, {"id": "part", "text": FERRY}]
    stdin = b"".join(json.dumps(record).encode() + b"\n" for record in records)
    sides = ("--dropped", dropped, "--report", report)
    assert run("--quiet", stdin=stdin).out.count(b"\n") == 2
    done = run("--quiet", "--measure", "containment", "--index", index, *sides, stdin=stdin)
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == ["whole"]
    row = json.loads(dropped.read_bytes())
    assert row["similarity"] == 1.0
    assert (row["length"], row["survivor_length"]) == (len(FERRY), len(longer))
    told = json.loads(report.read_text())
    assert told["recipe"]["measure"] == "containment"
    assert told["duplicates"] == [{key: row[key] for key in told["duplicates"][0]}]
    (tmp_path / "out").write_bytes(done.out)
    undone = run("undo", tmp_path / "out", "--edits", empty(tmp_path), "--dropped", dropped)
    assert undone.out == stdin
    info = run("index", "info", index).out.decode()
    assert "1 article in 1 segment, kept" in info
    assert "all pairs at the threshold become candidates, but for texts of which" in info
    refused = run("--quiet", "--index", index, stdin=stdin)
    assert refused.code == 1
    assert "measure containment, not jaccard: give --measure containment" in refused.err


def empty(folder):
    (folder / "edits").touch()
    return folder / "edits"


def test_measures_of_a_recipe():
    assert Recipe().measure == MEASURES[0]
    with pytest.raises(RecipeError, match="no measure"):
        Recipe(measure="cosine")


def test_a_report_lists_the_first_duplicates_only(run, tmp_path):
    records = [{"id": str(n), "text": FERRY} for n in range(150)]
    stdin = b"".join(json.dumps(record).encode() + b"\n" for record in records)
    run("--quiet", "--report", tmp_path / "r.json", stdin=stdin)
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["records"]["dropped"] == 149
    assert [row["record"] for row in report["duplicates"]] == list(range(2, 102))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--language", "en", "--stages", "duplicates,language"), "language drops records"),
        (
            ("--drop-stuffed-above", "0.3", "--stages", "mojibake,duplicates,repetition"),
            "repetition drops records (drop-stuffed-above)",
        ),
    ],
)
def test_what_drops_records_stands_before_duplicates(run, tmp_path, options, named):
    """Else the index learns a text that its run drops, and later drops the copies for it."""
    done = run("--index", tmp_path / "seen", *options, stdin=b"")
    assert (done.code, named in done.err) == (2, True)
    assert "must come before duplicates" in done.err


def test_what_drops_nothing_may_stand_behind_duplicates(run):
    options = ("--detect-language", "--stages", "duplicates,repetition,language", "--quiet")
    assert run(*options, stdin=b'{"text": "The ferry left."}\n').code == 0
