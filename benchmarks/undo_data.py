"""Run all stages over every set of a folder, and rebuild each input from what came out.

    python benchmarks/undo_data.py DATA_FOLDER [--limit N]

First ``clean`` with the default recipe, then with all that can be asked for on top of it
(characters, languages, tags for posts, stuffed texts dropped), each with ledger and dropped
records, then ``dedup --dropped``; what ``textclean undo`` gives back must be the input: byte for
byte where the text was written as JSON writes it, and record by record as JSON values elsewhere (it
may write a character another way). The languages that the second run adds stay, and are not
compared. Of a set of pairs each text is a record.
"""

import argparse
import gzip
import itertools
import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: What the default recipe leaves out.
MORE = (
    *("--characters", "ligatures,width,quotes,line-breaks,surrogates"),
    *("--embeds", "tag", "--drop-stuffed-above", "0.3", "--threshold", "0.6", "--detect-language"),
)


def main() -> None:
    """Check every set; exit 1 when one does not come back."""
    options = _options()
    print(shlex.join(["python", *sys.argv]))
    print(f"{'set':<28}{'records':>9}{'edits':>9}{'dropped':>9}  default      more         dedup")
    failed = False
    for source in sorted(options.folder.glob("*.jsonl*")):
        with tempfile.TemporaryDirectory() as name:
            room = Path(name)
            corpus = room / "in.jsonl"
            lines = _lines(source, options.limit)
            if not lines:
                continue  # pairs of ids
            corpus.write_bytes(b"".join(lines))
            said = [_cleaned(room, corpus, *MORE), _cleaned(room, corpus)]
            said = [*reversed(said), _deduplicated(room, corpus)]
            counts = [_count(room / name) for name in ("edits", "dropped")]
            print(
                f"{source.name.split('.')[0]:<28}{len(lines):>9,}{counts[0]:>9,}{counts[1]:>9,}"
                f"  {said[0]:<12} {said[1]:<12} {said[2]}",
                flush=True,
            )
            failed |= "differs" in said
    sys.exit(failed)


def _cleaned(room: Path, corpus: Path, *options: str) -> str:
    sides = ["--edits", room / "edits", "--dropped", room / "dropped", "--quiet"]
    _run("clean", corpus, "-o", room / "out.jsonl", *sides, *options)
    return _undone(room, corpus, "--edits", room / "edits", "--dropped", room / "dropped")


def _deduplicated(room: Path, corpus: Path) -> str:
    _run("dedup", corpus, "-o", room / "out.jsonl", "--dropped", room / "gone", "--quiet")
    return _undone(room, corpus, "--dropped", room / "gone")


def _undone(room: Path, corpus: Path, *ledgers: object) -> str:
    _run("undo", room / "out.jsonl", *ledgers, "-o", room / "back.jsonl")
    before, after = corpus.read_bytes(), (room / "back.jsonl").read_bytes()
    if before == after:
        return "equal bytes"
    pairs = itertools.zip_longest(before.splitlines(), after.splitlines(), fillvalue=b"null")
    equal = all(_less_language(old) == _less_language(new) for old, new in pairs)
    return "equal values" if equal else "differs"


def _less_language(line: bytes) -> Any:
    record = json.loads(line)
    if isinstance(record, dict):
        record.pop("language", None)
    return record


def _run(*words: object) -> None:
    command = [sys.executable, "-m", "textclean", *map(str, words)]
    subprocess.run(command, check=True)


def _lines(source: Path, limit: int | None) -> list[bytes]:
    """Return the first records of a set that have a text."""
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rb") as lines:
        records = (record for line in lines if line.strip() for record in _records(line))
        return list(itertools.islice(records, limit))


def _records(line: bytes) -> Iterator[bytes]:
    """Yield a record as it stands, or the two texts of a pair."""
    record = json.loads(line)
    if "text" in record:
        yield line
        return
    for side in ("a", "b"):
        if f"text_{side}" in record:
            text = {"id": record.get(f"id_{side}"), "text": record[f"text_{side}"]}
            yield json.dumps(text, ensure_ascii=False).encode() + b"\n"


def _count(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="sets as NAME.jsonl or NAME.jsonl.gz")
    parser.add_argument("--limit", type=int, metavar="N", help="records of each set")
    return parser.parse_args()


if __name__ == "__main__":
    main()
