"""Columns: the bytes of a batch made once; the same results as document by document."""

import json
import pickle
import random

import numpy as np
import pytest
from conftest import SAMPLES
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import TEXTS
from test_stage_contract import CASE_TEXTS, STAGES, documents_of

from textclean import Document, Pipeline
from textclean.cli import exit_code
from textclean.engines.work import Job, Worker
from textclean.io.cutting import Chunk
from textclean.io.json_lines import read_lines
from textclean.kernels.columns import Columns
from textclean.kernels.markers import BLOCK, marker_flags
from textclean.pipeline import Result
from textclean.recipe import Recipe
from textclean.stage import ColumnStage, TextStage
from textclean.stages.embeds import StripEmbeds
from textclean.stages.language import DetectLanguage
from textclean.stages.markup import StripMarkup
from textclean.stages.repetition import CollapseRepetition

COLUMN_STAGES = [stage for stage in STAGES if isinstance(stage, ColumnStage)]
SIGNS = [
    "<b>",
    "</b>",
    "<!--",
    "<iframe",
    "&amp;",
    "&#8",
    "[b]",
    "{{x}}",
    "@name",
    "a@b.c",
    "u/name",
]
SIGNS += [
    "t.co/x",
    "pic.x.com",
    "Instagram",
    "INSTAGRAM",
    "אינסטגרם",
    "Posted by",
    "＠name",
    "a < b",
]


def json_line(row):
    return json.dumps(row, ensure_ascii=False).encode()


def by_document(pipeline, documents):
    """The results of stages that see every document one by one."""
    done = [Result(document, document) for document in documents]
    return pipeline.fresh().go_on(done)


def swept(pipeline, documents):
    columns, languages = Columns([d.text for d in documents]), [d.language for d in documents]
    sweep = pipeline.fresh().sweep(columns, languages, documents.__getitem__)
    every = [sweep.results.get(n) or Result(d, d) for n, d in enumerate(documents)]
    assert list(sweep.columns.texts) == [result.text for result in every]
    assert sweep.columns.data.tobytes() == Columns([r.text for r in every]).data.tobytes()
    return every


def test_all_stages_give_the_same_by_columns_on_every_case():
    documents = documents_of([*CASE_TEXTS, *CASE_TEXTS[:40]])
    assert swept(Pipeline.default(), documents) == by_document(Pipeline.default(), documents)


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(TEXTS, max_size=6))
def test_any_texts_give_the_same_by_columns(texts):
    documents = documents_of(texts)
    assert swept(Pipeline.default(), documents) == by_document(Pipeline.default(), documents)


def untriaged(documents):
    return Pipeline(Pipeline.default().stages, triage=False).fresh().process(documents)


def test_triage_changes_no_result_of_any_case():
    documents = documents_of([*CASE_TEXTS, *CASE_TEXTS[:40]])
    assert by_document(Pipeline.default(), documents) == untriaged(documents)


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(TEXTS, max_size=6))
@example(
    texts=["Größer als je. " * 40 + "Cáº£ng má»Ÿ cá»\xada vÃ\xa0o. " * 12]
)  # 80 runs are sound
def test_triage_changes_no_result_of_any_texts(texts):
    documents = documents_of(texts)
    assert by_document(Pipeline.default(), documents) == untriaged(documents)


def test_without_triage_no_stage_is_asked_what_it_could_change(monkeypatch, tmp_path):
    def cleaned(name, *options):
        out, edits = tmp_path / name, tmp_path / f"{name}.edits"
        command = ["clean", "--stages", "embeds,markup", "--workers", "1", "--quiet", *options]
        sides = ["-o", str(out), "--edits", str(edits)]
        assert exit_code([*command, *sides, str(SAMPLES / "articles.jsonl")]) == 0
        return out.read_bytes(), edits.read_bytes()

    expected = cleaned("plain")
    for stage in (StripEmbeds, StripMarkup):
        monkeypatch.setattr(stage, "might_change", lambda *_: False)
        monkeypatch.setattr(stage, "triage", lambda _, columns: np.zeros(len(columns), bool))
    assert cleaned("blind") != expected
    assert cleaned("untriaged", "--no-triage") == expected


def test_every_text_stage_of_a_recipe_has_a_triage_of_columns():
    names = {stage.name for stage in COLUMN_STAGES}
    assert names == {"mojibake", "embeds", "markup", "repetition"}


@pytest.mark.parametrize("stage", COLUMN_STAGES, ids=repr)
def test_what_a_column_triage_spares_no_stage_would_change(stage):
    choose = random.Random(7)
    texts = [*CASE_TEXTS, *SIGNS, *(f"Ab {sign}" for sign in SIGNS)]
    for sign in SIGNS:  # at all places of a block, and over its end
        at = choose.randrange(BLOCK - 8, BLOCK + 4)
        texts.append("x" * at + " " + sign + " y" * choose.randrange(BLOCK))
    spared = np.flatnonzero(~stage.triage(Columns(texts))).tolist()
    assert spared
    for number in spared:
        document = Document("a", texts[number])
        assert not stage.process_untriaged([document])[0].edits, texts[number]


@settings(deadline=None, max_examples=150)
@given(texts=st.lists(TEXTS, max_size=5))
def test_column_triage_never_flags_too_little(texts):
    for stage in COLUMN_STAGES:
        flags = stage.triage(Columns(texts))
        for text, flag in zip(texts, flags.tolist(), strict=True):
            document = Document("a", text)
            assert flag or not stage.process_untriaged([document])[0].edits, (stage, text)


def test_markers_do_not_see_over_the_end_of_a_text():
    flags = np.empty(6, np.uint8)
    texts = ["a <", "b", "u", "/x", "t.c", "o/"]
    column = Columns(texts)
    marker_flags(column.data, column.offsets, flags)
    assert flags.tolist() == [0] * 6


@given(
    texts=st.lists(st.text(max_size=9), min_size=1, max_size=8),
    changes=st.dictionaries(st.integers(0, 7), st.text(max_size=9)),
)
def test_replaced_columns_are_those_of_the_new_texts(texts, changes):
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    changes = {n: changes[n].encode("utf-8", "replace").decode() for n in sorted(changes)}
    changes = {number: text for number, text in changes.items() if number < len(texts)}
    column = Columns(texts)
    assert len(column.markers) == len(texts)
    new = [changes.get(number, text) for number, text in enumerate(texts)]
    found = column.replaced(changes)
    assert found.texts == new
    assert found.data.tobytes() == "".join(new).encode()
    assert found.offsets.tolist() == Columns(new).offsets.tolist()
    assert found.markers.tolist() == Columns(new).markers.tolist()


def test_equal_stages_meet_a_changed_text_again_and_an_unchanged_one_once():
    seen = []

    class Count(TextStage):
        name = "count"

        def might_change(self, text):
            seen.append(text)
            return False

    stage = Count()
    pipeline = Pipeline([stage, *Pipeline.from_recipe(Recipe(stages=("markup",))).stages, stage])
    documents = documents_of(["<p>a</p><p>b</p>", "plain"])
    swept(pipeline, documents)
    assert seen == ["<p>a</p><p>b</p>", "plain", "a\nb"]


# --- reading


@pytest.mark.parametrize(
    "data",
    [
        b'{"text":\n"a"}\n\n',  # one object over two lines: two broken records
        b'{"text": "a"} {"text": "b"}\n',
        b'{"text": "a"}\n{"text": 1}\n',
        b'{"text": "a", "x": NaN}\n',
        b'{"text": "\xff"}\n',
        b'{"text": "a", "x": "\xff"}\n',
        b'{"text": "a", "x": ' + b"[" * 1001 + b"]" * 1001 + b"}\n",
        b"",
        b"\n \r\n",
    ],
)
def test_what_has_to_be_read_record_by_record(data):
    assert read_lines(data, "text", "id", 10_000) is None


def test_lines_are_where_they_are_read_one_by_one():
    data = b' {"text": "a"}\r\n\n\t\r\n{"id": "x\\ty", "text": "b"}\n{"id": [1.50], "text": "c"}'
    chunk = Chunk("s", 0, "jsonl", 5, 0, data)
    records, documents = Worker(Job(Recipe(stages=("markup",)))).read(chunk)
    read = read_lines(data, "text", "id", 1000)
    frames = [read.lines.frame(data, place) for place in range(3)]
    assert frames == [record.frame for record in records]
    assert list(read.texts) == [document.text for document in documents]
    assert list(read.ids) == [None, "x\ty", "[1.50]"]


def test_many_brackets_in_texts_are_no_depth():
    data = (json_line({"text": "[" * 400}) + b"\n") * 5
    assert len(read_lines(data, "text", "id", 10_000).texts) == 5


def test_a_chunk_is_worked_the_same_however_it_is_read(monkeypatch):
    texts = [*CASE_TEXTS, *CASE_TEXTS[:30], *("Sound words of all kinds, and more. " * 30,) * 2]
    sound = [text for text in texts if text.encode("utf-8", "replace").decode() == text]
    rows = [{"text": text, "n": 1.5} | ({"id": n} if n % 3 else {}) for n, text in enumerate(sound)]
    chunk = Chunk("s", 0, "jsonl", 1, 0, b"\n".join(map(json_line, rows)))
    worker = Worker(Job(Recipe(), edits=True))
    quick = worker.work(chunk)
    assert quick.lines is not None
    monkeypatch.setattr(Worker, "_read_lines", lambda *_: None)
    slow = worker.work(chunk)
    assert quick.ids == slow.ids
    assert list(quick.alive) == list(slow.alive)
    assert len(quick.records) < len(slow.records)
    for place, record in slow.records.items():
        assert quick.record(chunk, place) == record
    assert (quick.measures.tags == slow.measures.tags).all()
    assert (quick.measures.shingles == slow.measures.shingles).all()


def test_no_text_that_stays_crosses_to_another_process():
    texts = [f"The harbour of pier {n} opened its quay at noon." for n in range(300)]
    texts[7] += " A cafÃ© opens."
    chunk = Chunk("s", 0, "jsonl", 1, 0, b"\n".join(json_line({"text": text}) for text in texts))
    passed = pickle.dumps(Worker(Job(Recipe())).work(chunk))
    assert passed.count(b"The harbour of pier") == 1
    assert b"The harbour of pier 7 opened" in passed


def test_levels_are_asked_in_the_language_of_each_document(monkeypatch):
    asked = []

    def flags(_, columns, languages):
        asked.append(list(languages))
        return np.zeros(len(columns), np.uint8)

    monkeypatch.setattr(CollapseRepetition, "flags", flags)
    english = Document("a", "The ferry left the old harbor at noon and nobody saw it go.")
    documents = [english, Document("b", "Rain.", "nl"), Document("c", "12.5")]
    swept(Pipeline([DetectLanguage(), CollapseRepetition()]), documents)
    assert asked == [["en", "nl", None]]


def test_documents_keep_their_fields_and_language_by_columns():
    documents = [Document("a", "Sound.", "en", {"n": 1}), Document("b", "<b>x</b>", "de", {"n": 2})]
    [sound, changed] = swept(Pipeline.default(), documents)
    assert sound.document is documents[0]
    assert (changed.document.language, changed.document.fields) == ("de", {"n": 2})
