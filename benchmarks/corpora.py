"""Corpora for benchmarks: JSON Lines files, plain or gzip, joined and cut to a size."""

import gzip
import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from planted_duplicates import plant

from textclean.bench.corpus import SHORT_ARTICLE


@dataclass(frozen=True, slots=True)
class Corpus:
    """A file of JSON Lines, and what is in it.

    Attributes:
        path: The file.
        articles: Its lines.
        text_bytes: UTF-8 bytes of the texts alone.
    """

    path: Path
    articles: int
    text_bytes: int


def prepare(sources: Sequence[Path], target: Path, limit: int | None = None) -> Corpus:
    """Join files into one, of at most ``limit`` lines, taken evenly over all."""
    lines = [line for source in sources for line in _lines(source)]
    if limit is not None and limit < len(lines):
        lines = [lines[number * len(lines) // limit] for number in range(limit)]
    return _written(lines, target)


def parts(corpus: Corpus, size: int, folder: Path) -> Iterator[Corpus]:
    """Yield a corpus in parts of ``size`` articles, each in a folder of its own."""
    lines = corpus.path.read_bytes().splitlines(keepends=True)
    for first in range(0, len(lines), max(size, 1)):
        room = folder / f"part-{first}"
        room.mkdir()
        yield _written(lines[first : first + size], room / "corpus.jsonl")


def short(target: Path) -> Corpus:
    """Write the corpus of one short article."""
    return _written([json.dumps({"id": "short", "text": SHORT_ARTICLE}).encode() + b"\n"], target)


def planted(corpus: Corpus, target: Path) -> Corpus:
    """Write a corpus with near-duplicates of its articles planted among them."""
    texts = [json.loads(line)["text"] for line in corpus.path.read_bytes().splitlines()]
    records = ({"id": str(n), "text": text} for n, text in enumerate(plant(texts)))
    return _written([json.dumps(record).encode() + b"\n" for record in records], target)


def repeated(corpus: Corpus, times: int, target: Path) -> Corpus:
    """Write a corpus several times over, each round with texts of its own."""
    lines = []
    for turn, line in itertools.product(range(times), corpus.path.read_bytes().splitlines()):
        record = json.loads(line)
        record["text"] = "\n".join(f"{turn} {part}" for part in record["text"].split("\n"))
        lines.append(json.dumps(record, ensure_ascii=False).encode() + b"\n")
    return _written(lines, target)


def made_articles(count: int, seed: int = 20261125) -> Iterator[str]:
    """Yield articles of 200 words of a made vocabulary, one in ten a near-copy of the one before.

    The seed alone says which.
    """
    draw = random.Random(seed)  # noqa: S311 - a corpus, no secret
    vocabulary = [f"{draw.randrange(16**5):x}" for _ in range(30_000)]
    words: list[str] = []
    for _ in range(count):
        if words and draw.random() < 0.1:
            words[draw.randrange(len(words))] = "changed"
        else:
            words = draw.choices(vocabulary, k=200)
        yield " ".join(words)


def _lines(source: Path) -> Iterator[bytes]:
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rb") as lines:
        yield from (line for line in lines if line.strip())


def _written(lines: list[bytes], target: Path) -> Corpus:
    target.write_bytes(b"".join(lines))
    texts = (json.loads(line)["text"].encode("utf-8", "surrogatepass") for line in lines)
    return Corpus(target, len(lines), sum(map(len, texts)))
