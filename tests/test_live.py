"""The index from several threads, and beside an event loop; the example of live ingestion."""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import SAMPLES

import textclean
from textclean import Document, NearDuplicateIndex

sys.path.insert(0, str(SAMPLES))
import ingest

WAIT = 60
NOTICE = "The harbour office opens pier {} to ferries, boats and visitors of the island on day {}."


def articles(count):
    """Return texts of which each stands four times, and of which no two others are alike."""
    return [" ".join(f"{word}{n // 4}" for word in NOTICE.split()) for n in range(count)]


def test_calls_from_several_threads_have_the_effect_of_some_order():
    texts = articles(2000)
    index = NearDuplicateIndex()
    start = threading.Barrier(4)

    def add(first):
        start.wait(WAIT)
        return {n: index.add(n, texts[n]) for n in range(first, len(texts), 4)}

    with ThreadPoolExecutor(4) as pool:
        matches = {n: match for part in pool.map(add, range(4)) for n, match in part.items()}
    kept = {n for n, match in matches.items() if match is None}
    assert len(index) == len(kept) == len(texts) // 4
    for n, match in matches.items():
        if match is not None:
            assert match.id in kept
            assert (match.id // 4, match.jaccard) == (n // 4, 1.0)


def test_queries_and_additions_at_once_see_whole_states():
    texts = articles(1200)
    index = NearDuplicateIndex()
    added = threading.Event()

    def add():
        for n in range(0, len(texts), 4):
            index.add(n, texts[n])
        added.set()

    with ThreadPoolExecutor(3) as pool:
        adding = pool.submit(add)
        while not added.is_set():
            ids, kept = index.kept_since(0)
            shingles, ends = kept.shingles, kept.ends
            assert (len(ids) + 1, len(shingles)) == (len(ends), ends[-1])
            for match in pool.map(index.query, texts[: 4 * len(ids) : 4]):
                assert match.jaccard == 1.0
        adding.result(WAIT)
    assert len(index) == 300


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="kernels are Python then")
def test_the_kernels_do_not_hold_pythons_lock():
    from textclean.kernels import decisions, minhash, shingles

    kernels = (shingles.shingle_sets, minhash.signatures, decisions.decide, decisions.query)
    assert all(kernel.targetoptions["nogil"] for kernel in kernels)


def test_a_batch_under_way_does_not_keep_the_event_loop(tmp_path):
    """The batch ends only after the loop has done something else: else both would wait for ever."""
    ingestion = ingest.Ingestion(ingest.Store(str(tmp_path / "articles.db")))
    loop_went_on = threading.Event()
    seen = []

    class Waiting:
        name, languages, reasons = "waiting", None, {}

        def process(self, batch):
            loop.call_soon_threadsafe(loop_went_on.set)
            seen.append(loop_went_on.wait(WAIT))
            return [textclean.stage.Outcome(document.text) for document in batch]

    async def run():
        nonlocal loop
        loop = asyncio.get_running_loop()
        queue = asyncio.Queue()
        for article in (Document("a", "One."), None):
            queue.put_nowait(article)
        await ingestion.consume(queue)

    loop = None
    ingestion.pipeline = textclean.Pipeline([Waiting()])
    asyncio.run(run())
    assert seen == [True]
    assert list(ingestion.store.articles()) == [("a", "One.")]


def test_ingestion_stores_each_article_once_in_any_number_of_consumers(tmp_path):
    store = ingest.Store(str(tmp_path / "articles.db"))
    texts = articles(400)

    async def run():
        ingestion = ingest.Ingestion(store)
        queue = asyncio.Queue()
        consumers = [asyncio.create_task(ingestion.consume(queue)) for _ in range(3)]
        for n, text in enumerate(texts):
            queue.put_nowait(Document(str(n), f"{text}\u00c2 &amp; more"))
        queue.put_nowait(None)
        await asyncio.gather(*consumers)

    asyncio.run(run())
    assert store.counts() == (100, 300)
    stored = dict(store.articles())
    assert {int(id_) // 4 for id_ in stored} == set(range(100))
    assert all(text == f"{texts[int(id_)]} & more" for id_, text in stored.items())
    asyncio.run(run())  # what is stored is remembered
    assert store.counts() == (100, 700)
