"""Kill runs at random moments and go on with them: the bytes must be those of one long run.

    python benchmarks/kills.py [CORPUS] [--runs N] [--seed K] [--outputs out/ ...] [--index-only]

Each run writes all side files, into a compressed file, a folder or a table, with one or two
workers, and is killed by SIGKILL up to four times. Half of the runs have an index that knows a part
of the articles; it must end with the same bytes, too. Checkpoints are made small, so that there are
many of them.
"""

import argparse
import hashlib
import itertools
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "samples" / "articles.jsonl"
SMALL = """
import textclean.engines.finish, textclean.io.sources
if __name__ == "__main__":
    textclean.engines.finish.CHECKPOINT_BYTES = 100_000
    textclean.io.sources.Source.chunks.__defaults__ = (20_000,)
    from textclean.cli import run
    run()
"""


def main() -> None:
    """Kill and go on; stop at the first byte that differs."""
    options = _options()
    generator = random.Random(options.seed)  # noqa: S311 - seeded on purpose
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        records, script = room / "in.jsonl", room / "small.py"
        script.write_text(SMALL)
        _write_corpus(options.corpus, records)
        rows = _as_rows(records)
        indexes = (_index(room, script),) if options.index_only else (None, _index(room, script))
        _seconds(_words(script, records, room / "first", "out.jsonl", None, workers=1))
        for output, index in itertools.product(options.outputs, indexes):
            corpus = rows if output.endswith(".parquet") else records
            whole = room / "whole"
            words = _words(script, corpus, whole, output, index, workers=1)
            seconds = _seconds(words)
            expected = _digests(whole)
            kills = gone_on = 0
            for number in range(options.runs):
                folder = room / f"run{number}"
                workers = generator.choice([1, 1, 2])
                words = [
                    *_words(script, corpus, folder, output, index, workers=workers),
                    "--resume",
                ]
                for attempt in range(4):
                    process = subprocess.Popen(words)
                    began = time.monotonic()
                    try:
                        process.wait(generator.uniform(0.3, 1.05) * seconds)
                        if attempt == 0:  # a whole run, on a machine as busy as now
                            seconds = time.monotonic() - began
                        break
                    except subprocess.TimeoutExpired:
                        process.kill()
                        process.wait()
                        kills += 1
                        gone_on += bool(list(folder.glob("*.journal")))
                subprocess.run(words, check=True)
                if _digests(folder) != expected:
                    sys.exit(f"{output}, index {index is not None}, run {number}: other bytes")
                shutil.rmtree(folder)
            shutil.rmtree(whole)
            if not gone_on:
                sys.exit(f"{output}: no run was killed late enough to be gone on with")
            what = f"{output}{', with an index' if index else ''}"
            print(f"{what}: {options.runs} runs, {kills} kills, {gone_on} gone on with: equal")


def _seconds(words: list[str]) -> float:
    """Run a command and return what it took; the first run of all also compiles the kernels."""
    started = time.monotonic()
    subprocess.run(words, check=True)
    return time.monotonic() - started


def _write_corpus(given: Path | None, target: Path) -> None:
    if given is not None:
        shutil.copy(given, target)
        return
    lines = SAMPLES.read_bytes().splitlines()
    with target.open("wb") as file:
        for number in range(60):
            file.writelines(
                line.replace(b'"text": "', b'"text": "%d ' % number) + b"\n" for line in lines
            )
            file.write(b"broken\n")


def _as_rows(records: Path) -> Path:
    """Write the records again with what all of them have, as columns need it: id and text."""
    rows = records.with_name("rows.jsonl")
    with records.open("rb") as lines, rows.open("w", encoding="utf-8") as file:
        for line in lines:
            try:
                record = json.loads(line)
            except ValueError:
                file.write("broken\n")
                continue
            row = {"id": record.get("id"), "text": record["text"]}
            file.write(json.dumps(row) + "\n")
    return rows


def _index(room: Path, script: Path) -> Path:
    """Return an index that knows the samples, numbered as some of the corpus are."""
    known, index = room / "known.jsonl", room / "index"
    lines = SAMPLES.read_bytes().splitlines(keepends=True)
    known.write_bytes(b"".join(line.replace(b'"text": "', b'"text": "7 ') for line in lines))
    words = [sys.executable, str(script), "--quiet", str(known), "--index", str(index)]
    subprocess.run([*words, "-o", str(room / "known.out")], check=True)
    return index


def _words(  # noqa: PLR0913 - each is of another kind
    script: Path, corpus: Path, folder: Path, output: str, index: Path | None, *, workers: int
) -> list[str]:
    folder.mkdir(exist_ok=True)
    names = {"edits": "edits.zst", "dropped": "dropped", "bad-records": "bad", "report": "r.json"}
    sides = [part for name, file in names.items() for part in (f"--{name}", f"{folder}/{file}")]
    run = [sys.executable, str(script), "--quiet", "--workers", str(workers)]
    if index is not None:
        shutil.copytree(index, folder / "index")
        run += ["--index", str(folder / "index")]
    return [*run, str(corpus), "-o", f"{folder}/{output}", *sides]


def _digests(folder: Path) -> dict[str, str]:
    """Return names and digests, less the hidden files that a killed run may leave."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("corpus", nargs="?", type=Path, help="JSON Lines [default: the samples]")
    parser.add_argument(
        "--runs", type=int, default=25, help="for each output, with an index and without"
    )
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--outputs", nargs="+", default=["out.jsonl.gz", "out/", "out.parquet"])
    parser.add_argument("--index-only", action="store_true", help="leave out the runs without one")
    return parser.parse_args()


if __name__ == "__main__":
    main()
