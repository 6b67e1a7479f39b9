"""Whole runs against the files they must write: a different byte is a breaking change.

``TEXTCLEAN_WRITE_GOLDEN=1 pytest -n0 tests/test_cli_golden.py`` writes them anew; read the
difference before you commit it.
"""

import os
from pathlib import Path

import pytest
from conftest import SAMPLES

GOLDEN = Path(__file__).parent / "golden"
WRITE = bool(os.environ.get("TEXTCLEAN_WRITE_GOLDEN"))

RUNS = {
    "articles": ["samples/articles.jsonl"],
    "article": ["samples/article.txt"],
    "skip": ["--skip", "embeds,repetition", "--keep-nbsp", "samples/articles.jsonl"],
    "language": ["--language", "en,fr", "--detect-language", "samples/articles.jsonl"],
}
SIDE_FILES = {
    "--edits": "edits.jsonl",
    "--dropped": "dropped.jsonl",
    "--report": "report.json",
}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", RUNS)
def test_run_writes_the_golden_bytes(run, tmp_path, monkeypatch, name, workers):
    monkeypatch.chdir(SAMPLES.parent)  # ids hold the path as it was given
    options = [part for flag, file in SIDE_FILES.items() for part in (flag, tmp_path / file)]
    done = run("--quiet", "--workers", workers, *RUNS[name], *options)
    assert done.code == 0
    written = {"stdout": done.out}
    written.update({file: (tmp_path / file).read_bytes() for file in SIDE_FILES.values()})
    folder = GOLDEN / name
    if WRITE:
        folder.mkdir(parents=True, exist_ok=True)
        for file, data in written.items():
            (folder / file).write_bytes(data)
    for file, data in written.items():
        assert data == (folder / file).read_bytes(), file
