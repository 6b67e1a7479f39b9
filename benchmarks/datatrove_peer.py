"""datatrove's pipeline on one machine, as a filter: JSON Lines in, JSON Lines out.

    python benchmarks/datatrove_peer.py < in.jsonl > out.jsonl

Read, repair with ftfy, write; then its four passes of near-duplicates: signatures of word 5-grams,
14 bands of 8, clusters, the filter. All with documented defaults, in one process. It has nothing
that strips markup or posts, or that collapses repetition; its own filters drop whole documents.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

#: What has to be installed: its steps ask for the others when they begin, and call xxhash as
#: versions before 4 take it.
NEEDS = ("datatrove", "ftfy", "spacy", "tokenizers", "xxhash")


def main() -> None:
    """Run the passes over stdin."""
    from datatrove.pipeline import dedup
    from datatrove.pipeline.formatters import FTFYFormatter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.logging import logger

    logger.remove()  # it tells each step on stderr
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        places = [room / name for name in ("in", "fixed", "signatures", "buckets", "remove", "out")]
        given, fixed, signatures, buckets, remove, out = map(str, places)
        places[0].mkdir()
        with (places[0] / "part.jsonl").open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)

        def writer(target: str) -> Any:
            return JsonlWriter(target, output_filename="${rank}.jsonl", compression=None)

        _run(JsonlReader(given), FTFYFormatter(), writer(fixed))
        _run(JsonlReader(fixed), dedup.MinhashDedupSignature(signatures))
        for bucket in range(dedup.MinhashConfig().num_buckets):
            dedup.MinhashDedupBuckets(signatures, buckets).run(None, bucket, 14)
        dedup.MinhashDedupCluster(buckets, remove).run(None, 0, 1)
        _run(JsonlReader(fixed), dedup.MinhashDedupFilter(remove), writer(out))
        for part in sorted(places[-1].glob("*.jsonl")):
            with part.open("rb") as lines:
                shutil.copyfileobj(lines, sys.stdout.buffer)


def _run(*steps: Any) -> None:
    """Run a reader and what follows it, as one task."""
    documents: Any = None
    for step in steps:
        documents = step.run(documents, 0, 1)
    for _ in documents or ():  # the last step may have done all by itself
        pass


if __name__ == "__main__":
    main()
