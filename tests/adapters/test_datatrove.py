"""datatrove: the step in a real pipeline run, from file to file."""

import gzip
import json

import pytest

from textclean import Recipe

pytest.importorskip("datatrove")

ENGLISH = (
    "The harbour office opens its new pier to ferries and visitors on Monday morning &amp; noon."
)
GERMAN = "Das Hafenamt eröffnet am Montag den neuen Anleger für Fähren und Besucher der Insel."


def rows(folder):
    found = sorted(folder.rglob("*.jsonl.gz"))
    lines = [line for path in found for line in gzip.decompress(path.read_bytes()).splitlines()]
    return [json.loads(line) for line in lines]


def test_a_pipeline_run(tmp_path):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    from textclean.adapters.datatrove import CleanTexts

    source = tmp_path / "in"
    source.mkdir()
    records = [{"id": "a", "text": ENGLISH, "site": "x"}, {"id": "b", "text": GERMAN}]
    for shard in range(2):
        path = source / f"{shard}.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    step = CleanTexts(
        Recipe(language=("en",), detect_language=True),
        exclusion_writer=JsonlWriter(str(tmp_path / "gone")),
        batch_size=1,
    )
    executor = LocalPipelineExecutor(
        pipeline=[JsonlReader(str(source)), step, JsonlWriter(str(tmp_path / "out"))],
        tasks=2,
        logging_dir=str(tmp_path / "logs"),
    )
    stats = executor.run()
    kept = rows(tmp_path / "out")
    assert [row["text"] for row in kept] == [ENGLISH.replace("&amp;", "&")] * 2
    assert {row["metadata"]["language"] for row in kept} == {"en"}
    assert {row["metadata"]["site"] for row in kept} == {"x"}
    gone = rows(tmp_path / "gone")
    assert [row["text"] for row in gone] == [GERMAN] * 2
    assert {row["metadata"]["filter_reason"] for row in gone} == {"language.other"}
    counts = stats.stats[1]
    assert {name: counts[name].total for name in ("total", "forwarded", "dropped", "changed")} == {
        "total": 4,
        "forwarded": 2,
        "dropped": 2,
        "changed": 2,
    }
    assert counts["markup.entity"].total == 2
    assert counts["dropped_language.other"].total == 2


def test_the_texts_do_not_depend_on_the_batch_size():
    from datatrove.data import Document

    from textclean.adapters.datatrove import CleanTexts

    for size in (1, 2, 100):
        documents = [Document(f"Tea &amp; {n}", str(n)) for n in range(5)]
        done = [one.text for one in CleanTexts(batch_size=size).run(iter(documents))]
        assert done == [f"Tea & {n}" for n in range(5)]
    assert list(CleanTexts().run(None)) == []
