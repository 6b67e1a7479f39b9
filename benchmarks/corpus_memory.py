"""De-duplicate a made corpus under a limit of memory: it works out of core, or it dies here.

    python benchmarks/corpus_memory.py [--articles N] [--allowance MIB]

The texts are made on the way, seeded, of 900 words each, one in five a near-copy of one of the
batch before. After the start the process may take ``--allowance`` more memory of its own
(RLIMIT_DATA: what is no file's).
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from textclean import Document
from textclean.dedup.corpus import CorpusDeduplication
from textclean.dedup.keep import KeepRule
from textclean.kernels.jit import compile_kernels

_BATCH_SIZE, _WORDS = 256, 900
_VOCABULARY = [f"word{number}" for number in range(20_000)]


def main() -> None:
    """Take all articles, decide, and say what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--articles", type=int, default=120_000, help="[default: 120,000]")
    parser.add_argument("--allowance", type=int, default=100, metavar="MIB", help="[default: 100]")
    options = parser.parse_args()
    compile_kernels()  # else they would wait until there is work enough
    warm_up = CorpusDeduplication()
    warm_up.add([Document("warm", "the kernels load before anything is counted")])
    warm_up.decide()
    limit = _memory("VmData") + (options.allowance << 20)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    before, started = _memory("RssAnon"), time.process_time()
    size = 0
    with tempfile.TemporaryDirectory() as folder:
        corpus = CorpusDeduplication(KeepRule("longest"), folder=Path(folder))
        for batch in _batches(options.articles):
            size += sum(len(document.text) for document in batch)
            corpus.add(batch)
        corpus.decide()
        members = sum(len(cluster.members) for cluster in corpus.clusters())
    grown = _memory("RssAnon") - before
    print(
        f"{size / 1e6:,.0f} MB of text in {options.articles:,} articles, {members:,} of them gone"
    )
    print(f"own memory grew by {grown / 2**20:.0f} MiB, {options.allowance} were allowed")
    print(f"{time.process_time() - started:.0f} s of CPU, making the texts included")


def _batches(articles: int) -> Iterator[list[Document]]:
    draw = random.Random(20261125)  # noqa: S311 - a corpus, no secret
    earlier: list[list[str]] = []
    for start in range(0, articles, _BATCH_SIZE):
        batch = []
        for _ in range(min(_BATCH_SIZE, articles - start)):
            if earlier and draw.random() < 0.2:
                words = list(draw.choice(earlier))
                words[draw.randrange(_WORDS)] = "new"
            else:
                words = draw.choices(_VOCABULARY, k=_WORDS)
            batch.append(words)
        earlier = batch
        yield [Document(f"d{start + n}", " ".join(words)) for n, words in enumerate(batch)]


def _memory(kind: str) -> int:
    """Bytes of this program by Linux's name."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) << 10
    raise KeyError(kind)


if __name__ == "__main__":
    main()
