"""Live ingestion: takes articles from a queue, cleans them, asks the index, stores what is new.

    python samples/ingest.py articles.db < samples/articles.jsonl

What waits in the queue is cleaned together, in a thread: the event loop is never kept from other
work, however long a batch takes. What was stored by an earlier run is remembered by this one.
"""

import asyncio
import json
import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence

from textclean import Document, Match, NearDuplicateIndex, Pipeline, Recipe, Result

#: Articles cleaned together at most: so long a newcomer may wait for those before it.
MAXIMUM_BATCH = 64

Queue = asyncio.Queue[Document | None]


class Store:
    """The database; every method may be called from any thread."""

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._rows = sqlite3.connect(path, check_same_thread=False)
        self._rows.execute("CREATE TABLE IF NOT EXISTS articles (id TEXT, text TEXT)")
        self._rows.execute("CREATE TABLE IF NOT EXISTS repeats (id TEXT, of TEXT, jaccard REAL)")

    def articles(self) -> Iterator[tuple[str, str]]:
        """Yield id and text of what was stored."""
        yield from self._rows.execute("SELECT id, text FROM articles ORDER BY rowid")

    def add(self, results: Sequence[Result], matches: Sequence[Match[str] | None]) -> None:
        """Store new articles, and of the others which one they repeat; all or nothing."""
        pairs = list(zip(results, matches, strict=True))
        new = [(one.document.id, one.text) for one, match in pairs if match is None]
        known = [(one.document.id, m.id, m.jaccard) for one, m in pairs if m is not None]
        with self._lock, self._rows:
            self._rows.executemany("INSERT INTO articles VALUES (?, ?)", new)
            self._rows.executemany("INSERT INTO repeats VALUES (?, ?, ?)", known)

    def counts(self) -> tuple[int, int]:
        """Return how many articles and how many repeats are stored."""
        ask = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM repeats)"
        articles, repeats = self._rows.execute(ask).fetchone()
        return articles, repeats


class Ingestion:
    """One pipeline, one index and one store; any number of consumers may share them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.pipeline = Pipeline.from_recipe(Recipe(skip=("duplicates",)))
        self.index: NearDuplicateIndex[str] = NearDuplicateIndex()
        for id_, text in store.articles():
            self.index.add(id_, text)

    def take(self, batch: Sequence[Document]) -> None:
        """Clean, ask and store; called in a thread."""
        results = self.pipeline.process(batch)
        measures = self.index.measure([result.text for result in results])
        matches = self.index.decide([result.document.id for result in results], measures)
        self.store.add(results, matches)

    async def consume(self, queue: Queue) -> None:
        """Take articles until None comes, which is left to the next consumer."""
        while True:
            batch, at_end = await _waiting(queue)
            if batch:
                await asyncio.to_thread(self.take, batch)
            if at_end:
                queue.put_nowait(None)
                return


async def _waiting(queue: Queue) -> tuple[list[Document], bool]:
    """Return the articles that wait, one at least, and whether they were the last."""
    batch: list[Document] = []
    article = await queue.get()
    while article is not None:
        batch.append(article)
        if queue.empty() or len(batch) == MAXIMUM_BATCH:
            return batch, False
        article = queue.get_nowait()
    return batch, True


async def main(path: str) -> None:
    """Ingest the JSON Lines on stdin."""
    store = Store(path)
    ingestion = Ingestion(store)
    queue: Queue = asyncio.Queue(maxsize=4 * MAXIMUM_BATCH + 1)  # a full queue slows the producer
    consumers = [asyncio.create_task(ingestion.consume(queue)) for _ in range(2)]
    for number, line in enumerate(sys.stdin, 1):
        record = json.loads(line)
        await queue.put(Document(str(record.get("id", f"line {number}")), record["text"]))
    await queue.put(None)
    await asyncio.gather(*consumers)
    print("{} stored, {} repeats".format(*store.counts()))  # noqa: T201 - the example's output


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its argument
        sys.exit("usage: python samples/ingest.py DATABASE < ARTICLES")
    asyncio.run(main(sys.argv[1]))
