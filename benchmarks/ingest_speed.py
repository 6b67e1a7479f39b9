"""Live ingestion as ``samples/ingest.py`` does it: throughput, and latency from queue to store.

    python benchmarks/ingest_speed.py corpus.jsonl.gz --limit 5000

First as fast as the articles are taken; then at given shares of that rate, with arrivals drawn from
a Poisson process, since latency under a full queue is the queue's length and nothing else. Wall
clock; the database is a file in the system's folder for temporary files.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from corpora import prepare

from textclean import Document, Result
from textclean.dedup.index import Match

sys.path.insert(0, str(Path(__file__).parent.parent / "samples"))
import ingest

CONSUMERS = 2
WARM_UP = 64


class TimedStore(ingest.Store):
    """Notes when each article was stored."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.stored: dict[str, float] = {}

    def add(self, results: Sequence[Result], matches: Sequence[Match[str] | None]) -> None:
        """Store, then look at the clock."""
        super().add(results, matches)
        now = time.perf_counter()
        self.stored.update((result.document.id, now) for result in results)


async def ingested(documents: Sequence[Document], rate: float | None) -> tuple[float, list[float]]:
    """Return the seconds taken, and the latency of each article in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        store = TimedStore(str(Path(folder) / "articles.db"))
        ingestion = ingest.Ingestion(store)
        queue: ingest.Queue = asyncio.Queue(maxsize=4 * ingest.MAXIMUM_BATCH + 1)
        consumers = [asyncio.create_task(ingestion.consume(queue)) for _ in range(CONSUMERS)]
        arrived = {}
        generator = random.Random(1)  # noqa: S311 - arrivals, not secrets
        start = due = time.perf_counter()
        for document in documents:
            if rate is not None:
                due += generator.expovariate(rate)
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            # what a late producer keeps waiting, waits as well
            arrived[document.id] = time.perf_counter() if rate is None else due
            await queue.put(document)
        await queue.put(None)
        await asyncio.gather(*consumers)
        seconds = time.perf_counter() - start
    return seconds, [store.stored[id_] - moment for id_, moment in arrived.items()]


def main() -> None:
    """Print a line for each rate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--limit", type=int, default=5000, help="articles")
    parser.add_argument("--shares", type=float, nargs="*", default=[0.25, 0.5, 0.75])
    parser.add_argument("--json", type=Path, help="also write the figures there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = prepare([options.corpus], Path(folder) / "corpus.jsonl", options.limit)
        texts = [json.loads(line)["text"] for line in corpus.path.read_bytes().splitlines()]
    documents = [Document(str(number), text) for number, text in enumerate(texts)]
    asyncio.run(ingested(documents[:WARM_UP], None))  # loads the kernels
    seconds, _ = asyncio.run(ingested(documents, None))
    full = len(documents) / seconds
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    print(f"as fast as taken: {full:,.0f} articles/s, {megabytes / seconds:.1f} MB/s")
    rows = [{"share": 1.0, "rate": full}]
    for share in options.shares:
        _, latencies = asyncio.run(ingested(documents, full * share))
        p50, p99 = np.percentile(latencies, [50, 99]) * 1e3
        print(f"{full * share:>8,.0f} articles/s: latency p50 {p50:.1f} ms, p99 {p99:.1f} ms")
        rows.append({"share": share, "rate": full * share, "p50_ms": p50, "p99_ms": p99})
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
