"""Made-up articles for tests that need many."""

import json
import random

WORDS = [
    "ferry",
    "harbour",
    "pier",
    "island",
    "council",
    "timetable",
    "winter",
    "fare",
    "bridge",
    "engine",
    "crew",
    "cargo",
    "signal",
    "tower",
    "market",
    "square",
    "bakery",
    "library",
    "river",
    "mill",
    "orchard",
    "valley",
]
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>\u202e\x1b]"
)


def article(seed: int, length: int = 60) -> str:
    words = random.Random(seed)
    return " ".join(words.choice(WORDS) + str(words.randrange(40)) for _ in range(length))


def corpus(count: int) -> bytes:
    """Articles of which some are damaged, some are near-copies and some are copies."""
    rows = []
    for number in range(count):
        text = article(number)
        if number % 3 == 0:
            text = f"Caf\u00c3\u00a9:\u00c2 {text}"
        if number % 5 == 2:
            text += f" {HOSTILE} <b>bold</b>"
        if number % 4 == 1:
            text = rows[-1]["text"] + ("" if number % 8 == 1 else " with two more")
        rows.append({"id": f"a{number}{HOSTILE if number % 7 == 0 else ''}", "text": text})
    return "".join(json.dumps(row) + "\n" for row in rows).encode()
