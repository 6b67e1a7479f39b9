"""The persistent index: what earlier runs kept, faults, and processes that die in the middle."""

import json
import os
import random
import signal
import subprocess
import sys
from datetime import date

import numpy as np
import pytest
from killing import DYING

from textclean.dedup.folder import IndexFolder, Pending
from textclean.dedup.index import Match, NearDuplicateIndex
from textclean.dedup.manifest import Manifest, Parameters
from textclean.dedup.segments import Segment, read_segment, write_segment
from textclean.errors import RefusedIndexError

#: Decides on three texts a round and commits.
ROUNDS = (
    DYING
    + """
from textclean.dedup.folder import IndexFolder

with IndexFolder(Path(sys.argv[1])) as folder:
    for turn in range(3):
        for number in range(3):
            folder.index.add(f"{turn}-{number}", f"the text {turn} {number} is like no other one")
        folder.commit()
    folder.compact()
print("done")
"""
)


def texts(count, seed=1):
    draw = random.Random(seed)
    vocabulary = [f"word{number}" for number in range(500)]
    found = []
    for _ in range(count):
        if found and draw.random() < 0.4:
            words = draw.choice(found).split(" ")
            words[draw.randrange(len(words))] = draw.choice(vocabulary)
        else:
            words = draw.choices(vocabulary, k=50)
        found.append(" ".join(words))
    return found


def add_all(index, numbered):
    return [index.add(f"t{number}", text) for number, text in numbered]


@pytest.mark.parametrize("similarity", ["jaccard", "containment"])
def test_several_runs_decide_as_one(tmp_path, similarity):
    numbered = list(enumerate(texts(200)))
    expected = add_all(NearDuplicateIndex(0.7, measure=similarity), numbered)
    assert any(expected)
    found = []
    for start in range(0, 200, 40):
        with IndexFolder(tmp_path, Parameters.of(0.7, similarity=similarity)) as folder:
            found += add_all(folder.index, numbered[start : start + 40])
            folder.commit()
            if start == 80:
                folder.compact()
    assert found == expected
    with IndexFolder(tmp_path, read_only=True) as folder:
        info = folder.info()
    assert info.texts == sum(match is None for match in expected)
    assert info.segments == 3
    assert info.parameters == Parameters.of(0.7, similarity=similarity)
    assert info.curve[-1] == (1.0, 1.0)
    assert info.size == sum(path.stat().st_size for path in tmp_path.glob("segment-*"))


def test_crowded_templates_are_restored_as_they_were(tmp_path):
    family = [" ".join([*(f"w{n}" for n in range(120)), f"fact{k}", "x", "y"]) for k in range(120)]
    family = [text.replace("w50", f"own{k} or{k}") for k, text in enumerate(family)]
    whole = NearDuplicateIndex(0.95)
    expected = add_all(whole, enumerate(family))
    with IndexFolder(tmp_path, Parameters.of(0.95)) as folder:
        assert add_all(folder.index, list(enumerate(family))[:60]) == expected[:60]
        folder.commit()
    with IndexFolder(tmp_path) as folder:
        assert add_all(folder.index, list(enumerate(family))[60:]) == expected[60:]
        ours, theirs = (index._memory._survivors for index in (folder.index, whole))
        assert ours.crowd.listed.used.tolist() == theirs.crowd.listed.used.tolist()
        assert ours.crowd.listed.used[0] > 0
        count = int(theirs.crowd.joined[0])
        assert ours.crowd.joined.tolist() == [count]
        for one, other in zip(ours.crowd.bits, theirs.crowd.bits, strict=True):
            assert one[:count].tolist() == other[:count].tolist()
            assert one[:count].any()
        assert ours.crowd.holders[:count].tolist() == theirs.crowd.holders[:count].tolist()


def test_a_run_may_be_repeated(tmp_path):
    numbered = [*enumerate(texts(60)), (0, texts(60)[0])]
    runs = []
    for _ in range(3):
        with IndexFolder(tmp_path) as folder:
            runs.append([match is None for match in add_all(folder.index, numbered)])
            folder.commit()
            assert folder.info().texts == sum(runs[0])
    assert runs[0] == runs[1] == runs[2]
    assert runs[0][-1] is False  # the second copy in one run is a copy in every run


def test_nothing_is_visible_before_the_commit(tmp_path):
    with IndexFolder(tmp_path) as folder:
        folder.index.add("a", "one two three four five six")
    with IndexFolder(tmp_path) as folder:
        assert len(folder.index) == 0
        folder.index.add("a", "one two three four five six")
        folder.commit()
        folder.commit()
        assert folder.info().segments == 1
        with IndexFolder(tmp_path, read_only=True) as reader:
            assert reader.index.query("One two three four five six!") == Match("a", 1.0)
            with pytest.raises(RefusedIndexError, match="not open for writing"):
                reader.commit()
            folder.index.add("b", "seven eight nine ten eleven")
            folder.commit()
            folder.compact()  # removes what the reader holds
            assert reader.index.query("One two three four five six!") == Match("a", 1.0)


def test_others_may_read(tmp_path):
    before = os.umask(0o027)
    try:
        modes = {path.stat().st_mode & 0o777 for path in (filled(tmp_path), tmp_path / "lock")}
    finally:
        os.umask(before)
    assert modes == {0o640}


def test_one_writer_at_a_time(tmp_path):
    filled(tmp_path)
    with IndexFolder(tmp_path):
        with pytest.raises(RefusedIndexError, match="being written by another process"):
            IndexFolder(tmp_path)
        assert len(IndexFolder(tmp_path, read_only=True).index) > 0
    IndexFolder(tmp_path).close()


def test_other_parameters_are_refused(tmp_path):
    with IndexFolder(tmp_path, Parameters.of(0.7)) as folder:
        folder.commit()
    with pytest.raises(RefusedIndexError, match=r"with threshold 0\.7, not 0\.8: give --threshold"):
        IndexFolder(tmp_path, Parameters.of(0.8))
    with pytest.raises(RefusedIndexError, match="measure jaccard, not containment"):
        IndexFolder(tmp_path, Parameters.of(0.7, similarity="containment"))
    with pytest.raises(RefusedIndexError, match="no manifest"):
        IndexFolder(tmp_path / "absent", read_only=True)
    assert not (tmp_path / "absent").exists()


def test_expired_texts_are_forgotten(tmp_path):
    with IndexFolder(tmp_path) as folder:
        for day in range(1, 5):
            folder.index.add(f"d{day}", f"the day {day} has its very own text")
            folder.commit(date(2024, 5, day))
        assert folder.expire(date(2024, 5, 2)) == 1
        assert folder.info().segments == 3
        folder.compact()
        assert folder.expire(date(2024, 5, 4)) == 2
        assert folder.expire(date(2024, 5, 4)) == 0
    with IndexFolder(tmp_path) as folder:
        assert folder.index.query("the day 4 has its very own text") == Match("d4", 1.0)
        assert len(folder.index) == 1
        folder.expire(date(2025, 1, 1))
        assert not list(tmp_path.glob("segment-*"))


def filled(path):
    with IndexFolder(path) as folder:
        add_all(folder.index, enumerate(texts(20)))
        folder.commit()
    return next(path.glob("segment-*"))


def test_any_changed_byte_is_noticed(tmp_path):
    segment = filled(tmp_path)
    for path in (segment, tmp_path / "manifest.json"):
        sound = path.read_bytes()
        places = random.Random(7).sample(range(len(sound)), 60)
        for place in places:
            damaged = bytearray(sound)
            damaged[place] ^= 1 << place % 8
            path.write_bytes(damaged)
            try:
                same = json.loads(damaged) == json.loads(sound)  # white space of the manifest
            except ValueError:
                same = False
            if not same:
                with pytest.raises(RefusedIndexError):
                    IndexFolder(tmp_path)
        for short in (b"", sound[:-3], sound + b"x"):
            path.write_bytes(short)
            with pytest.raises(RefusedIndexError):
                IndexFolder(tmp_path)
        path.write_bytes(sound)
    IndexFolder(tmp_path).close()


def test_missing_files_are_noticed(tmp_path):
    segment = filled(tmp_path)
    sound = segment.read_bytes()
    segment.unlink()
    for read_only in (False, True):
        with pytest.raises(RefusedIndexError, match="is missing"):
            IndexFolder(tmp_path, read_only=read_only)
    segment.write_bytes(sound)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(RefusedIndexError, match="no manifest"):
        IndexFolder(tmp_path)


def test_made_up_files_are_refused_even_with_their_checksum(tmp_path):
    one = np.ones(1, np.int64)
    written = write_segment(tmp_path / "a", [Segment(["x"], one, one, np.array([0, 3]), one)])
    with pytest.raises(RefusedIndexError, match="do not add up"):
        read_segment(tmp_path / "a", written)
    entry = filled(tmp_path / "folder")
    manifest = Manifest.load(entry.parent)
    (tmp_path / "elsewhere").write_bytes(entry.read_bytes())
    object.__setattr__(manifest.segments[0], "name", "../elsewhere")
    manifest.save(entry.parent)
    with pytest.raises(RefusedIndexError, match="is damaged"):
        IndexFolder(entry.parent)


def test_another_version_is_refused(tmp_path):
    filled(tmp_path)
    manifest = Manifest.load(tmp_path)
    object.__setattr__(manifest.parameters, "format", 1)
    manifest.save(tmp_path)
    with pytest.raises(RefusedIndexError, match="of version 1, this textclean reads 2: use"):
        IndexFolder(tmp_path)


def test_ids_of_any_kind(tmp_path):
    ids = ["", "a\n\0b", "\ud800", "日本", "../../etc"]
    with IndexFolder(tmp_path) as folder:
        for number, name in enumerate(ids):
            folder.index.add(name, f"text number {number} stands for itself alone")
        folder.commit()
    with IndexFolder(tmp_path, spill_to=tmp_path) as folder:
        assert folder.index.kept_since(0)[0] == ids
        assert folder.index.query("Text number 3 stands for itself alone") == Match("日本", 1.0)
    assert {path.name for path in tmp_path.iterdir()} == {
        "lock",
        "manifest.json",
        "segment-00000001",
    }


@pytest.mark.parametrize("step", range(0, 27, 2))
def test_a_killed_process_leaves_the_last_complete_state(tmp_path, step):
    command = [sys.executable, "-c", ROUNDS, str(step), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    assert (done.returncode == 0) == (done.stdout == "done\n")
    with IndexFolder(tmp_path) as folder:
        ids = folder.index.kept_since(0)[0]
        assert ids == [f"{n // 3}-{n % 3}" for n in range(len(ids))]
        assert len(ids) in {0, 3, 6, 9}
        assert len(ids) == 9 or done.returncode
        folder.index.add("later", "a later text that nobody has seen before")
        folder.commit()
        names = {entry.name for entry in folder.manifest.segments}
        assert {path.name for path in tmp_path.iterdir()} == {*names, "lock", "manifest.json"}
    assert len(IndexFolder(tmp_path, read_only=True).index) == len(ids) + 1


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from textclean.dedup.folder import IndexFolder\n"
        "folder = IndexFolder(Path(sys.argv[1]))\nprint('open', flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(RefusedIndexError, match="another process"):
            IndexFolder(tmp_path)
        os.kill(holder.pid, signal.SIGKILL)
    IndexFolder(tmp_path).close()


def test_a_repeated_run_decides_as_the_first_time(tmp_path):
    first, second = "one two three four five six seven", "one two three four five six eight"
    between = "one two three four five six seven eight"  # nearer to what comes behind it
    numbered = [("a", first + " x y z u v"), ("b", between), ("c", second), ("d", first)]
    found = []
    for _ in range(3):
        with IndexFolder(tmp_path, Parameters.of(0.5), run="the run") as folder:
            found.append([folder.index.add(*one) for one in numbered])
            folder.commit(date(2024, 5, len(found)))
            state = folder.manifest
    assert found[0] == found[1] == found[2]
    assert any(found[0])
    assert [entry.name for entry in state.segments] == ["segment-00000001"]
    with IndexFolder(tmp_path, run="another") as folder:
        match = folder.index.add("e", first)
        assert match.restored
        assert (match.length, match.survivor_length) == (len(first), len(dict(numbered)[match.id]))
        folder.index.add("f", "something else that no other text has in it")
        folder.commit()
    with IndexFolder(tmp_path, run="the run") as folder:  # no longer the last one: itself, again
        assert [folder.index.add(*one) is None for one in numbered] == [m is None for m in found[0]]
        folder.commit()
        assert folder.info().segments == 2


def test_a_run_of_one_name_that_keeps_other_texts_takes_the_old_place(tmp_path):
    for word in ("red", "blue"):
        with IndexFolder(tmp_path, run="the run") as folder:
            folder.index.add("a", f"this is a text about the color {word} and nothing else")
            folder.commit()
    with IndexFolder(tmp_path, read_only=True) as folder:
        assert folder.info().texts == 1
        assert folder.index.query("This is a text about the color red and nothing else") is None


def test_what_is_prepared_counts_when_it_is_published(tmp_path):
    filled(tmp_path)
    with IndexFolder(tmp_path) as folder:
        folder.index.add("new", "a new text that nobody has seen before this one")
        pending = Pending.from_json(json.loads(json.dumps(folder.prepare().as_json())))
    texts_before = len(IndexFolder(tmp_path, read_only=True).index)
    with IndexFolder(tmp_path) as folder:
        folder.publish(pending)
        assert folder.manifest.next_number == folder.manifest.segments[-1].number + 1
    assert len(IndexFolder(tmp_path, read_only=True).index) == texts_before + 1
    with IndexFolder(tmp_path) as folder:
        with pytest.raises(RefusedIndexError, match="changed since"):
            folder.publish(pending)
        folder.index.add("newer", "a newer text that nobody has seen before that one")
        gone = folder.prepare()
        (tmp_path / gone.entry.name).unlink()
        with pytest.raises(RefusedIndexError, match="is gone"):
            folder.publish(gone)


def test_an_index_that_was_never_written_has_no_parameters(tmp_path):
    IndexFolder(tmp_path / "new", Parameters.of(0.7)).close()
    with IndexFolder(tmp_path / "new", Parameters.of(0.9)) as folder:
        folder.commit()
    with pytest.raises(RefusedIndexError, match="threshold"):
        IndexFolder(tmp_path / "new", Parameters.of(0.7))


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RefusedIndexError, match="cannot write the index"):
        IndexFolder(tmp_path / "file")
