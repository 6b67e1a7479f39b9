"""The invariants every stage keeps, over every case file and over random texts (HOUSE A2)."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from strategies import TEXTS

from textclean import Document, Pipeline, Recipe
from textclean.edits import apply_edits, check_edits
from textclean.recipe import STAGE_NAMES, build_stages
from textclean.stage import OrderedStage, TextStage, replay
from textclean.stages.line_breaks import JoinLines
from textclean.stages.markup.extract import ExtractMain

CASE_FILES = sorted((Path(__file__).parent / "cases").glob("*.json"))
CASES = [(path.stem, case) for path in CASE_FILES for case in json.loads(path.read_text("utf-8"))]
#: ``language.json`` expects languages, not texts: ``test_language.py`` holds the stage to it.
TEXT_CASES = [(name, case) for name, case in CASES if name != "language"]
CASE_TEXTS = sorted({text for _, case in CASES for text in (case["original"], case["expected"])})


def default_stages():
    """Return one of each registered stage (``embeds`` in both its forms)."""
    recipe = Recipe(stages=STAGE_NAMES)
    stages = {repr(stage): stage for stage in [*build_stages(recipe), JoinLines(), ExtractMain()]}
    return list(stages.values())


STAGES = default_stages()
TEXT_STAGES = [stage for stage in STAGES if isinstance(stage, TextStage)]


def fresh(stage):
    return stage.fresh() if isinstance(stage, OrderedStage) else stage


def documents_of(texts):
    return [Document(str(number), text) for number, text in enumerate(texts)]


def check_outcome(stage, document, outcome):
    """Invariants 2, 3 and 7."""
    check_edits(document.text, outcome.edits)
    assert apply_edits(document.text, outcome.edits) == outcome.text
    if not outcome.edits:
        assert outcome.text is document.text
    for edit in outcome.edits:
        assert document.text[edit.start : edit.end] != edit.replacement
        assert edit.reason in stage.reasons
    if outcome.drop is not None:
        assert outcome.drop.reason in stage.reasons


def stage_for_case(name, case):
    """Return the stage a case file is about, with the case's settings."""
    stage = next(s for s in STAGES if s.name == name)
    return type(stage)(**case.get("settings", {}))


@pytest.mark.parametrize("stage", STAGES, ids=repr)
def test_every_stage_meets_every_case(stage):
    documents = documents_of(CASE_TEXTS)
    outcomes = fresh(stage).process(documents)
    assert len(outcomes) == len(documents)
    for document, outcome in zip(documents, outcomes, strict=True):
        check_outcome(stage, document, outcome)


@pytest.mark.parametrize("stage", TEXT_STAGES, ids=repr)
def test_text_stage_is_idempotent_on_every_case(stage):
    for text in CASE_TEXTS:
        once = stage.process([Document("a", text)])[0].text
        again = stage.process([Document("a", once)])[0]
        assert not again.edits, (text, once)


@pytest.mark.parametrize("stage", TEXT_STAGES, ids=repr)
def test_triage_never_flags_too_little_on_cases(stage):
    for text in CASE_TEXTS:
        if not stage.might_change(text):
            assert not stage.process_untriaged([Document("a", text)])[0].edits, text


@pytest.mark.parametrize("stage", TEXT_STAGES, ids=repr)
@settings(deadline=None, max_examples=120)
@given(text=TEXTS)
def test_text_stage_keeps_the_contract_on_any_text(stage, text):
    document = Document("a", text)
    outcome = stage.process([document])[0]
    check_outcome(stage, document, outcome)
    again = stage.process([Document("a", outcome.text)])[0]
    assert not again.edits
    if not stage.might_change(text):
        assert not stage.process_untriaged([document])[0].edits


@pytest.mark.parametrize("stage", STAGES, ids=repr)
def test_batches_do_not_matter(stage):
    if isinstance(stage, OrderedStage):
        whole = fresh(stage).process(documents_of(CASE_TEXTS))
        one = fresh(stage)
        pieces = [one.process([document])[0] for document in documents_of(CASE_TEXTS)]
    else:
        whole = stage.process(documents_of(CASE_TEXTS))
        pieces = [stage.process([document])[0] for document in documents_of(CASE_TEXTS)]
    assert whole == pieces
    assert stage.process([]) == []


@pytest.mark.parametrize("stage", STAGES, ids=repr)
def test_stage_is_a_picklable_value(stage):
    copy = pickle.loads(pickle.dumps(stage))  # noqa: S301 - our own bytes
    assert copy == stage
    sample = documents_of(CASE_TEXTS[:50])
    assert fresh(copy).process(sample) == fresh(stage).process(sample)


@pytest.mark.parametrize(
    ("name", "case"), TEXT_CASES, ids=[f"{name}: {case['label']}" for name, case in TEXT_CASES]
)
def test_case(name, case, request):
    if case["expect"] == "fail":
        request.applymarker(pytest.mark.xfail(reason=case["comment"], strict=True))
    stage = stage_for_case(name, case)
    document = Document("a", case["original"], case.get("language"))
    outcome = stage.process([document])[0]
    assert outcome.text == case["expected"]
    reasons = {edit.reason for edit in outcome.edits}
    reasons |= {outcome.drop.reason} if outcome.drop is not None else set()
    assert sorted(reasons) == case["reasons"]


@pytest.mark.parametrize("stage", TEXT_STAGES, ids=repr)
def test_every_reason_has_a_case(stage):
    if stage.name in {"lines", "extract"}:
        return  # their one reason has its own test
    given_by_cases = {
        reason for name, case in CASES if name == stage.name for reason in case["reasons"]
    }
    assert set(stage.reasons) <= given_by_cases


def test_reasons_are_plain_codes_with_explanations():
    for stage in STAGES:
        for reason, sentence in stage.reasons.items():
            family, _, specific = reason.partition(".")
            assert family
            assert specific
            assert reason.isascii()
            assert reason == reason.lower()
            assert len(sentence) > 10


@settings(deadline=None, max_examples=150)
@given(text=TEXTS)
def test_trace_replays(text):
    result = Pipeline.default().process([Document("a", text)])[0]
    assert replay(text, result.trace) == result.text


def test_trace_replays_on_every_case():
    for result in Pipeline.default().process(documents_of(CASE_TEXTS)):
        assert replay(result.original.text, result.trace) == result.document.text
