"""The pipeline people write by hand, as a filter: JSON Lines in, JSON Lines out, one loop.

    python -m textclean.bench.peer [STEP ...] < in.jsonl > out.jsonl

Each package with its documented defaults: ftfy.fix_text, BeautifulSoup(html.parser).get_text, a set
of sentences, langdetect, MinHash (128 permutations) and MinHashLSH at 0.8 over word 5-grams.
"""

import contextlib
import json
import re
import sys
from collections.abc import Callable

#: The steps of the default pipeline; ``language`` is asked for by name.
DEFAULT_STEPS = ("mojibake", "markup", "repetition", "duplicates")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\w+")


def fix() -> Callable[[str], str | None]:
    """Repair mojibake with ftfy."""
    import ftfy

    return lambda text: str(ftfy.fix_text(text))


def strip() -> Callable[[str], str | None]:
    """Strip markup with BeautifulSoup."""
    import warnings

    from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

    warnings.filterwarnings("ignore", category=MarkupResemblesLocatorWarning)
    return lambda text: BeautifulSoup(text, "html.parser").get_text()


def collapse() -> Callable[[str], str | None]:
    """Keep the first of equal sentences."""

    def collapse_text(text: str) -> str:
        seen: set[str] = set()
        lines = []
        for line in text.split("\n"):
            kept = []
            for sentence in _SENTENCE_END.split(line):
                if sentence and sentence in seen:
                    continue
                seen.add(sentence)
                kept.append(sentence)
            lines.append(" ".join(kept))
        return "\n".join(lines)

    return collapse_text


def detect() -> Callable[[str], str | None]:
    """Detect the language with langdetect, seeded."""
    from langdetect import DetectorFactory, LangDetectException, detect

    DetectorFactory.seed = 0

    def detect_text(text: str) -> str:
        with contextlib.suppress(LangDetectException):  # a text without letters has none
            detect(text)
        return text

    return detect_text


def drop() -> Callable[[str], str | None]:
    """Drop near-duplicates with datasketch."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=128)
    count = 0

    def drop_text(text: str) -> str | None:
        nonlocal count
        words = _WORD.findall(text.lower())
        shingles = {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))}
        signature = MinHash(num_perm=128)
        signature.update_batch([shingle.encode("utf-8") for shingle in shingles])
        if index.query(signature):
            return None
        index.insert(count, signature)
        count += 1
        return text

    return drop_text


STEPS = {
    "mojibake": fix,
    "markup": strip,
    "repetition": collapse,
    "language": detect,
    "duplicates": drop,
}


def main(names: list[str]) -> None:
    """Run the steps over stdin."""
    steps = [STEPS[name]() for name in names or DEFAULT_STEPS]
    for line in sys.stdin:
        record = json.loads(line)
        text = record["text"]
        for step in steps:
            text = step(text)
            if text is None:
                break
        else:
            record["text"] = text
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
