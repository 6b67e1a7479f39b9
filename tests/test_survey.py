"""What is gathered of parts of a run, put together, is what is gathered of the whole."""

from hypothesis import given
from hypothesis import strategies as st

from textclean import survey
from textclean.report import SHOWN_DUPLICATES, Report, StageCounts
from textclean.stage import Drop
from textclean.survey import Distributions, Look

looks = st.builds(
    Look,
    before=st.integers(0, 300),
    after=st.integers(0, 300),
    language=st.sampled_from([None, "en", "de"]),
    phrase=st.sampled_from(["", "pier", "ferry fares"]),
    repeated=st.sampled_from([None, 0.0, 0.5]),
    reasons=st.dictionaries(st.sampled_from(["a.b", "c.d"]), st.tuples(*[st.integers(0, 9)] * 2)),
)
drops = st.sampled_from([None, Drop("language.other"), Drop("duplicate.near", "x", 0.9)])
records = st.lists(st.tuples(looks, drops, st.integers(0, 4)), max_size=30)


def gathered(rows):
    found = Distributions()
    for look, drop, survivor in rows:
        found.add(look, drop, "stage", survivor)
    return found


@given(records, st.integers(0, 30))
def test_distributions_of_two_parts(rows, cut):
    merged = gathered(rows[:cut])
    merged.merge(gathered(rows[cut:]))
    assert merged == gathered(rows)


def test_distributions_keep_their_bounds(monkeypatch):
    monkeypatch.setattr(survey, "MAXIMUM_CLUSTERS", 3)
    monkeypatch.setattr(survey, "_MAXIMUM_PHRASES", 3)
    drop = Drop("duplicate.near", "x", 0.9)
    rows = [(Look(1, 1), drop, number) for number in (0, 1, 2, 3, 0)]
    rows += [(Look(1, 1, phrase=phrase), None, 0) for phrase in "aabcd"]
    merged = gathered(rows[:2])
    merged.merge(gathered(rows[2:]))
    assert merged.clusters == gathered(rows).clusters == {0: 2, 1: 1, 2: 1}
    assert merged.phrases == gathered(rows).phrases == {"a": 2}


def report(rows, first):
    """Return the report of records, each of which is kept (False) or dropped (True)."""
    made = Report(records_in=first)
    made.count("first", StageCounts())
    for is_dropped in rows:
        made.records_in += 1
        made.records_out += not is_dropped
        made.dropped += is_dropped
        if is_dropped:
            made.note_duplicate(str(made.records_in), Drop("duplicate.near", "x", 0.9))
            made.count("duplicates", StageCounts(documents=1))
    return made


@given(st.lists(st.booleans(), max_size=3 * SHOWN_DUPLICATES), st.integers(0, 300))
def test_reports_of_two_parts(rows, cut):
    merged = report(rows[:cut], 0)
    later = report(rows[cut:], len(rows[:cut]))
    later.records_in -= len(rows[:cut])
    merged += later
    assert merged == report(rows, 0)
