"""What an index folder does not let happen: writers without the lock, parameters of no index."""

import copy
import dataclasses
import os
import pickle

import pytest

from textclean.dedup.folder import IndexFolder
from textclean.dedup.manifest import Entry, Manifest, Parameters
from textclean.dedup.segments import Written
from textclean.errors import RefusedIndexError


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
