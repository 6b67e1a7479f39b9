"""How repetitive a text is: the score, the field of a record, and what is dropped for it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textclean import Pipeline, Recipe
from textclean.document import Document
from textclean.errors import RecipeError
from textclean.stages.repetition import (
    CollapseRepetition,
    RepetitionScore,
    repetition_score,
    traced_score,
)
from textclean.stages.repetition.triage import level_flags

CALL = "Follow our channel for more. "
STUFFED = CALL + "Rain fell on the hills. " + CALL * 2
SONG = (
    "Row the boat, row the boat\nDown the silver stream\n"
    "Home before the evening comes\nHome to light and dream\n"
) * 2
PLAIN = "The ferry left at noon. It came back at night."
WORDS = st.sampled_from(
    ["rain", "fell", "on", "the", "old", "pier", "boats", "came", "in", "10%", ".", "!", ",", "\n"]
)
FILLERS = (
    "Rain fell on the hills. Boats came in late. Nobody saw the pilot. A crane stood idle. "
    "Trucks waited for hours. Gulls followed one trawler. Two nets were torn. Ice melted at dawn. "
    "The market opened anyway. Children fed the seals."
)


def stuffed_with_a_phrase() -> str:
    """Return an article in which every second sentence carries one phrase."""
    carriers = [
        f"The harbor authority acknowledges {what} there."
        for what in ["sand", "wind", "salt", "rope", "fog", "ice", "mud", "oil", "tar", "coal"]
    ]
    fillers = FILLERS.split(". ")
    return " ".join(f"{f.rstrip('.')}. {c}" for f, c in zip(fillers, carriers, strict=True))


def test_the_score_is_the_share_of_what_is_taken_out():
    score = repetition_score(STUFFED, "en")
    taken = len(STUFFED) - len(CollapseRepetition().process([Document("a", STUFFED, "en")])[0].text)
    assert score.repeated_ratio == taken / len(STUFFED) > 0.5
    assert score.value == score.repeated_ratio
    assert (score.key_phrase, score.density) == (None, 0.0)


def test_the_score_names_the_key_phrase():
    score = repetition_score(stuffed_with_a_phrase(), "en")
    assert score.key_phrase == "harbor authority acknowledges"
    assert score.value >= score.density > 0.1


@pytest.mark.parametrize("text", ["", PLAIN, SONG, "Yes. Yes. Yes."])
def test_what_the_stage_keeps_is_no_repetition(text):
    assert repetition_score(text) == RepetitionScore()


@given(st.lists(WORDS, max_size=60).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_a_score_is_a_share_and_none_where_triage_sees_nothing(text):
    score = repetition_score(text, "en")
    assert 0 <= score.repeated_ratio <= score.value <= 1
    assert 0 <= score.density <= 1
    if not level_flags([text], ["en"])[0]:
        assert score == RepetitionScore()


@pytest.mark.parametrize(("above", "dropped"), [(0.0, True), (0.5, True), (0.6, False), (1, False)])
def test_a_text_above_the_share_is_dropped_and_not_edited(above, dropped):
    stage = CollapseRepetition(drop_above=above)
    plain, stuffed = stage.process([Document("a", PLAIN), Document("b", STUFFED)])
    assert plain.drop is None
    assert plain.text is PLAIN
    assert (stuffed.drop is not None) == dropped
    assert (stuffed.edits == ()) == dropped
    if stuffed.drop is not None:
        assert stuffed.drop.reason in stage.reasons
        assert stuffed.text is STUFFED


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_0_to_1_is_refused(share):
    with pytest.raises(RecipeError, match="drop-stuffed-above must be"):
        CollapseRepetition(drop_above=share)
    with pytest.raises(RecipeError, match="drop-stuffed-above must be"):
        Recipe(drop_stuffed_above=share)


def test_a_recipe_switches_levels():
    text = CALL + "Rain fell on the hills. " + CALL + PLAIN
    for levels, changed in ((("exact",), True), (("near", "phrase"), False)):
        pipeline = Pipeline.from_recipe(Recipe(stages=("repetition",), repetition=levels))
        assert (pipeline.process([Document("a", text)])[0].text != text) == changed
    with pytest.raises(RecipeError, match="no level 'exakt'; did you mean 'exact'"):
        Recipe(repetition=("exakt",))


def test_the_score_of_a_trace_is_that_of_the_text_the_stage_met():
    text = f"<p>{STUFFED}</p>"
    result = Pipeline.from_recipe(Recipe(skip=("duplicates",))).process([Document("a", text)])[0]
    assert traced_score(result.original, result.trace) == repetition_score(STUFFED.rstrip())


def records(*texts: str) -> bytes:
    rows = ({"id": str(number), "text": text, "n": 1} for number, text in enumerate(texts))
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_record_gets_its_score_as_a_field(run, workers):
    done = run("--quiet", "--repetition-score", "--workers", workers, stdin=records(STUFFED, PLAIN))
    stuffed, plain = map(json.loads, done.out.splitlines())
    assert stuffed["repetition_score"] == repetition_score(STUFFED).to_json()
    assert stuffed["text"] == CALL + "Rain fell on the hills. "  # the blank at its end
    assert plain["repetition_score"]["value"] == 0
    assert list(plain) == ["id", "text", "n", "repetition_score"]


def test_an_old_score_is_replaced_and_csv_becomes_json_lines(run):
    stdin = b'{"repetition_score": 7, "text": "Rain fell."}\n'
    done = run("--quiet", "--repetition-score", stdin=stdin)
    expected = {"repetition_score": RepetitionScore().to_json(), "text": "Rain fell."}
    assert json.loads(done.out) == expected
    done = run("--quiet", "--repetition-score", "--to", "jsonl", stdin=b"id,text\na,Rain fell.\n")
    assert json.loads(done.out)["repetition_score"] == RepetitionScore().to_json()


def test_stuffed_records_are_dropped_whole_and_undo_brings_them_back(run, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_bytes(records(STUFFED, PLAIN, f"{CALL}{PLAIN} {CALL}{PLAIN} Rain fell."))
    sides = [f"--edits={tmp_path / 'edits'}", f"--dropped={tmp_path / 'dropped'}"]
    out = tmp_path / "out.jsonl"
    done = run("--drop-stuffed-above", 0.5, *sides, "-o", out, source)
    assert done.code == 0, done.err
    assert "stuffed 1" in done.err
    row = json.loads((tmp_path / "dropped").read_text())
    assert (row["id"], row["stage"], row["reason"]) == ("0", "repetition", "repetition.stuffed")
    assert len(out.read_bytes().splitlines()) == 2
    back = run("undo", *sides, out)
    assert back.out == source.read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--skip", "repetition", "--repetition-score"), "needs the stage repetition"),
        (("--stages", "markup", "--drop-stuffed-above", "0.2"), "needs the stage repetition"),
        (("--repetition-score", "--to", "csv"), "give --to jsonl"),
        (("--repetition-score", "--text-field", "repetition_score"), "is the text or the id here"),
        (("--repetition", "exact,rums"), "did you mean 'runs'"),
    ],
)
def test_what_does_not_go_together_is_refused(run, words, message):
    done = run(*words, stdin=records(PLAIN))
    assert done.code == 2
    assert message in done.err
