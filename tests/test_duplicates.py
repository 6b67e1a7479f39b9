"""The stage that drops near-duplicates: values, order, reasons, and what it loads."""

import pickle
import subprocess
import sys

import pytest

from textclean.dedup.index import NearDuplicateIndex
from textclean.document import Document
from textclean.stage import Drop, OrderedStage, Outcome
from textclean.stages.duplicates import DropNearDuplicates

NOTICE = "The ferry to the island leaves at noon from the northern pier of the old harbour."
TEXTS = [NOTICE, "Something else altogether.", NOTICE.upper(), "", "", NOTICE + " Bring coats."]


def documents(texts):
    return [Document(f"d{number}", text) for number, text in enumerate(texts)]


def test_drops_name_their_survivor():
    outcomes = DropNearDuplicates().process(documents(TEXTS))
    assert [outcome.drop for outcome in outcomes] == [
        None,
        None,
        Drop("duplicate.near", "d0", 1.0),
        None,
        None,
        Drop("duplicate.near", "d0", 12 / 14),
    ]
    for outcome, text in zip(outcomes, TEXTS, strict=True):
        assert outcome.text is text
        assert not outcome.edits


def test_is_an_ordered_stage():
    stage = DropNearDuplicates()
    assert isinstance(stage, OrderedStage)
    assert stage.name == "duplicates"
    found = {outcome.drop.reason for outcome in stage.process(documents(TEXTS)) if outcome.drop}
    assert found == {"duplicate.near"}
    earlier = stage.fresh()
    earlier.attach(restored(TEXTS[0]))
    assert earlier.process(documents(TEXTS))[0].drop == Drop("duplicate.earlier-run", "old", 1.0)
    assert {*found, "duplicate.earlier-run"} == set(stage.reasons)
    assert stage.process([]) == []


def restored(text):
    """Return an index that an earlier run has left, with one text."""
    first, second = NearDuplicateIndex(0.8), NearDuplicateIndex(0.8)
    first.add("old", text)
    second.restore(*first.kept_since(0))
    return second


@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_batches_and_workers_do_not_matter(batch_size):
    batch = documents(TEXTS * 3)
    whole = DropNearDuplicates().process(batch)
    stage = DropNearDuplicates()
    worker = pickle.loads(pickle.dumps(stage))  # noqa: S301 - our own bytes
    measures = [worker.measure(batch[i : i + batch_size]) for i in range(0, len(batch), batch_size)]
    found = []
    for start, measure in zip(range(0, len(batch), batch_size), measures, strict=True):
        found += stage.decide(batch[start : start + batch_size], measure)
    assert found == whole


def test_measures_may_come_one_by_one():
    batch = documents(TEXTS)
    stage = DropNearDuplicates()
    assert stage.decide(batch, list(stage.measure(batch))) == stage.fresh().process(batch)


def test_is_a_value_without_its_memory():
    stage = DropNearDuplicates(0.7, 4)
    before = hash(stage)
    stage.process(documents(TEXTS))
    assert stage == DropNearDuplicates(0.7, 4) != DropNearDuplicates(0.7)
    assert hash(stage) == before
    assert repr(stage) == "DropNearDuplicates(threshold=0.7, shingle_size=4, similarity='jaccard')"
    for copy in (stage.fresh(), pickle.loads(pickle.dumps(stage))):  # noqa: S301 - our own bytes
        assert copy == stage
        assert copy.process(documents([NOTICE])) == [Outcome(NOTICE)]
    assert stage.process(documents([NOTICE]))[0].drop == Drop("duplicate.near", "d0", 1.0)


def test_thresholds_mean_what_they_say():
    batch = documents([NOTICE, NOTICE + " Bring coats."])
    at, above = DropNearDuplicates(12 / 14), DropNearDuplicates(12 / 14 + 1e-9)
    assert at.process(batch)[1].drop is not None
    assert above.process(batch)[1].drop is None


def test_containment_drops_a_part():
    batch = documents([NOTICE + " Bring coats and gloves, for the wind is strong.", NOTICE])
    assert DropNearDuplicates().process(batch)[1].drop is None
    stage = DropNearDuplicates(similarity="containment")
    for copy in (stage, stage.fresh(), pickle.loads(pickle.dumps(stage))):  # noqa: S301
        assert copy.process(batch)[1].drop == Drop("duplicate.near", "d0", 1.0)


def test_an_index_of_earlier_runs_counts():
    index = NearDuplicateIndex(0.8)
    index.add("earlier", NOTICE)
    stage = DropNearDuplicates()
    stage.attach(index)
    drops = [outcome.drop for outcome in stage.process(documents(TEXTS[:3]))]
    assert drops == [
        Drop("duplicate.near", "earlier", 1.0),
        None,
        Drop("duplicate.near", "earlier", 1.0),
    ]
    assert len(index) == 2
    for other in (DropNearDuplicates(0.7), DropNearDuplicates(similarity="containment")):
        with pytest.raises(ValueError, match="is none for"):
            other.attach(index)


@pytest.mark.parametrize(
    "setting",
    [{"threshold": 0}, {"threshold": 1.5}, {"shingle_size": 0}, {"similarity": "cosine"}],
)
def test_settings_out_of_range(setting):
    with pytest.raises(ValueError, match=r"must be above 0|at least 1|jaccard or containment"):
        DropNearDuplicates(**setting)


def test_import_loads_neither_compiler_nor_arrays():
    code = (
        "import sys, pickle\n"
        "from textclean.stages.duplicates import DropNearDuplicates\n"
        "pickle.dumps(DropNearDuplicates().fresh())\n"
        "assert not {'numba', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
