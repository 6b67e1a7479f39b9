"""The JSON report tells how repetitive the texts were, and what they were stuffed with."""

import json
from collections import Counter
from pathlib import Path

from textclean import Document, Pipeline
from textclean.engines.look import drop_counts, stage_counts
from textclean.report import Report, StageCounts
from textclean.stages.mojibake import RepairMojibake
from textclean.stages.repetition import CollapseRepetition

SENTENCE = "The ferry to the outer islands leaves the old pier at noon each day. "
REPEATED = (
    f"{SENTENCE}Gulls cried over the cafÃ© roof. {SENTENCE}A dog slept in the sun by the gate."
)
STUFFED = Path(__file__).parents[1] / "samples" / "article.txt"


def counts_of(text):
    result = Pipeline([RepairMojibake(), CollapseRepetition()]).process([Document("a", text)])[0]
    return dict(stage_counts(result))["repetition"], result


def test_the_share_is_of_the_text_that_the_stage_met():
    counts, result = counts_of(REPEATED)
    met = len(REPEATED.replace("Ã©", "é"))
    assert counts.repeated == {int(20 * len(SENTENCE) / met): 1}
    assert [step.stage for step in result.trace] == ["mojibake", "repetition"]
    assert not counts.phrases


def test_the_key_phrase_of_a_stuffed_text_is_counted():
    counts, result = counts_of(STUFFED.read_text("utf-8"))
    assert "repetition.clause" in {edit.reason for edit in result.trace[-1].edits}
    assert counts.phrases == {"norrhaven harbour board announces": 1}


def test_a_text_dropped_as_stuffed_counts_with_the_score_it_was_dropped_for():
    stages = [RepairMojibake(), CollapseRepetition(drop_above=0.05)]
    results = Pipeline(stages).process(
        [Document("a", REPEATED), Document("b", STUFFED.read_text("utf-8"))]
    )
    kept, _ = counts_of(REPEATED)
    assert [result.drop.reason for result in results] == ["repetition.stuffed"] * 2
    repeated, stuffed = map(drop_counts, results)
    assert (repeated.repeated, repeated.phrases) == (kept.repeated, Counter())
    assert stuffed.phrases == {"norrhaven harbour board announces": 1}
    assert stuffed.reasons == {"repetition.stuffed": 1}
    assert (stuffed.documents, stuffed.characters_removed) == (1, 0)


def test_the_report_of_a_run_has_the_scores_of_dropped_texts(run, tmp_path):
    source, report = tmp_path / "in.jsonl", tmp_path / "report.json"
    lines = [json.dumps({"text": text}) for text in (REPEATED, "Rain fell on the hills.")]
    source.write_text("\n".join(lines), "utf-8")
    run(
        "--drop-stuffed-above",
        "0.2",
        "--report",
        str(report),
        "-o",
        str(tmp_path / "o.jsonl"),
        str(source),
    )
    table = json.loads(report.read_text("utf-8"))
    assert table["records"]["dropped"] == 1
    assert table["stages"]["repetition"] == {
        "documents": 1,
        "characters_removed": 0,
        "characters_added": 0,
        "reasons": {"repetition.stuffed": 1},
        "scores": {"repeated_ratio": {"0.30": 1}, "key_phrases": {}},
    }


def test_scores_are_added_written_and_read():
    report, again = Report(), Report()
    for step in (3, 3, 0, 20):
        counts = StageCounts(1, repeated=Counter({step: 1}), phrases=Counter({"a b": 1}))
        report.count("repetition", counts)
    report.count("markup", StageCounts(2))
    table = json.loads(json.dumps(report.to_json()))
    assert table["stages"]["repetition"]["scores"] == {
        "repeated_ratio": {"0.00": 1, "0.15": 2, "1.00": 1},
        "key_phrases": {"a b": 4},
    }
    assert "scores" not in table["stages"]["markup"]
    again.take_up(table)
    assert again.to_json() == report.to_json()


def test_phrases_met_once_are_forgotten_before_they_are_too_many():
    counts = StageCounts(phrases=Counter({"kept": 2}))
    counts += StageCounts(phrases=Counter(f"phrase {number}" for number in range(5000)))
    assert counts.phrases == {"kept": 2}
