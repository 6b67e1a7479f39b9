"""What an index folder does not let happen: writers without the lock, parameters of no index."""

import copy
import dataclasses
import os
import pickle
import threading
from datetime import date

import pytest
from articles import article

from textclean.dedup import segments
from textclean.dedup.folder import IndexFolder
from textclean.dedup.manifest import Entry, Manifest, Parameters
from textclean.dedup.segments import Written
from textclean.errors import OutputError, RefusedIndexError


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_an_open_index_is_not_copied(tmp_path, copied):
    """The copy would write without the lock."""
    with IndexFolder(tmp_path / "seen") as folder:
        folder.index.add("a", "the harbour opens its new pier to ferries and visitors")
        with pytest.raises(TypeError, match="holds a lock and cannot be copied or pickled"):
            copied(folder)
        folder.commit()
        assert len(copy.copy(folder.index)) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("threshold", value) for value in (2, 0, float("nan"), "0.8", None)],
        *[("shingle_size", 0), ("similarity", "cosine"), ("bands", 0), ("rows", 10**9)],
    ],
)
def test_parameters_that_no_index_has_are_damage(tmp_path, name, value):
    Manifest(dataclasses.replace(Parameters.of(), **{name: value})).save(tmp_path)
    with pytest.raises(RefusedIndexError, match="is damaged"):
        Manifest.load(tmp_path)


def test_a_size_without_end_is_damage(tmp_path, monkeypatch):
    entry = Entry("segment-1", 1, Written(1, "0"))
    monkeypatch.setattr(Entry, "as_json", lambda _: {**vars_of(entry), "size": 1e400})
    Manifest(Parameters.of(), (entry,)).save(tmp_path)
    with pytest.raises(RefusedIndexError, match="is damaged"):
        Manifest.load(tmp_path)


def vars_of(entry):
    return {"name": entry.name, "texts": entry.texts, "sha256": "0", "run": ""}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_child_does_not_write_what_its_parent_opened(tmp_path):
    with IndexFolder(tmp_path / "seen") as folder:
        child = os.fork()
        if not child:
            try:
                folder.index.add("b", "the ferry to the island leaves at noon from the pier")
                folder.commit()
            except RefusedIndexError:
                os._exit(7)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        folder.index.add("a", "the harbour opens its new pier to ferries and visitors")
        folder.commit()
    with IndexFolder(tmp_path / "seen") as folder:
        assert len(folder.index) == 1


def names_in(path):
    return sorted(each.name for each in path.iterdir())


def held(path):
    """The ids of an index, in order, after a look at every byte of it."""
    with IndexFolder(path, read_only=True) as folder:
        assert folder.info().texts == len(folder.index)
        return folder.index.kept_since(0)[0]


@pytest.mark.parametrize("change", ["compact", "expire"])
def test_a_run_goes_on_after_it_joined_or_expired_segments(tmp_path, change):
    for number in range(3):
        with IndexFolder(tmp_path) as folder:
            folder.index.add(f"a{number}", article(number))
            folder.commit(date(2024, 1, 1 + number))
    with IndexFolder(str(tmp_path)) as folder:
        folder.index.add("new", article(9))
        if change == "compact":
            folder.compact()
        else:
            assert folder.expire(date(2024, 1, 2)) == 1
        folder.commit()
        folder.commit()
    left = ["a0", "a1", "a2"] if change == "compact" else ["a1", "a2"]
    assert held(tmp_path) == [*left, "new"]


@pytest.mark.parametrize("change", [IndexFolder.compact, lambda folder: folder.expire(date.max)])
def test_a_run_that_repeats_the_last_one_commits_first(tmp_path, change):
    for _ in range(2):
        with IndexFolder(tmp_path, run="one") as folder:
            folder.index.add("a", article(1))
            if folder.manifest.segments:
                with pytest.raises(RefusedIndexError, match="commit first"):
                    change(folder)
            folder.commit()
    assert held(tmp_path) == ["a"]


def test_what_is_kept_between_the_two_steps_of_a_commit_is_committed_next(tmp_path):
    with IndexFolder(tmp_path) as folder:
        folder.index.add("a", article(1))
        pending = folder.prepare()
        folder.index.add("b", article(2))
        folder.publish(pending)
        assert held(tmp_path) == ["a"]
        folder.commit()
    assert held(tmp_path) == ["a", "b"]


def test_threads_add_and_commit_side_by_side(tmp_path):
    with IndexFolder(tmp_path) as folder:

        def work(first):
            for number in range(first, first + 40):
                folder.index.add(str(number), article(number))
                if number % 4 == 0:
                    folder.commit()

        threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 160, 40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        folder.commit()
        assert len(folder.index) == 160
    assert sorted(map(int, held(tmp_path))) == list(range(160))


def test_ids_that_no_folder_keeps_are_refused_and_nothing_is_written(tmp_path):
    with IndexFolder(tmp_path) as folder:
        folder.index.add(0, article(1))
        with pytest.raises(TypeError, match="ids of an index in a folder are str, not int: 0"):
            folder.commit()
    assert names_in(tmp_path) == ["lock"]


def test_files_and_folders_of_others_are_let_alone(tmp_path):
    strays = ["segment-notes.txt", ".unfinished-essay.txt", "segment-1"]
    for name in strays:
        (tmp_path / name).write_text("mine")
    (tmp_path / "segment-backup").mkdir()
    (tmp_path / "segment-00000077").mkdir()
    for number in range(2):
        with IndexFolder(tmp_path) as folder:
            folder.index.add(str(number), article(number))
            folder.commit()
    with IndexFolder.existing(tmp_path) as folder:
        folder.compact()
    assert {*strays, "segment-backup", "segment-00000077"} < set(names_in(tmp_path))
    assert held(tmp_path) == ["0", "1"]


def test_what_a_run_left_that_died_goes_when_segments_are_joined(tmp_path):
    with IndexFolder(tmp_path) as folder:
        folder.index.add("a", article(1))
        folder.commit()
    for name in ("segment-00000005", ".unfinished-abcd1234"):
        (tmp_path / name).write_bytes(b"half")
    with IndexFolder.existing(tmp_path) as folder:
        folder.compact()
    assert names_in(tmp_path) == ["lock", "manifest.json", "segment-00000001"]


CALLS = {
    "commit": IndexFolder.commit,
    "compact": IndexFolder.compact,
    "expire": lambda folder: folder.expire(date(2024, 1, 2)),
    "prepare": IndexFolder.prepare,
}


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
@pytest.mark.parametrize("following", CALLS)
@pytest.mark.parametrize(
    "broken", [("commit", 1), ("commit", 2), ("compact", 1), ("compact", 2), ("expire", 1)]
)
def test_a_call_that_ends_behind_the_new_manifest_has_been_done(
    tmp_path, monkeypatch, broken, following, error
):
    """The folder cannot be synced, or Ctrl-C comes then: once its segment, once the manifest."""
    call, step = broken
    for number in range(3):
        with IndexFolder(tmp_path) as folder:
            folder.index.add(f"a{number}", article(number))
            folder.commit(date(2024, 1, 1 + number))
    sync, calls = segments.sync_folder, []

    def failing(path):
        sync(path)
        calls.append(path)
        if len(calls) == step:
            raise error

    with IndexFolder(tmp_path) as folder:
        folder.index.add("new", article(9))
        monkeypatch.setattr(segments, "sync_folder", failing)
        with pytest.raises((OutputError, KeyboardInterrupt)):
            CALLS[call](folder)
        assert len(calls) == step
        monkeypatch.undo()
        folder.index.add("newer", article(10))
        CALLS[following](folder)
        held(tmp_path)
        folder.commit()
    left = ["a0", "a1", "a2"]
    if "expire" in {call, following}:
        left = left[1:]
    assert held(tmp_path) == [*left, "new", "newer"]
