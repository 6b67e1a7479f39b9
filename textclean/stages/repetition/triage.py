"""Whether a text repeats anything at all: what the careful levels are spared.

Every level starts only behind this test, so it can never pass over what they would change.
"""

import re
from collections import Counter
from itertools import pairwise

from textclean.stages.repetition.layout import UNSPACED

_WORDS = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")

#: Length of a word sequence -> how often it stands in a text that may repeat itself. Four in ten
#: clean articles have one that does: the test may flag too much.
SEQUENCES = ((5, 2), (4, 3), (3, 4))

#: Two words three times within so many words may be a run.
RUN_WINDOW = 24


def repeats_something(text: str) -> bool:
    """Whether a word sequence recurs, or two words recur close together.

    >>> repeats_something("The ferry left at noon. It came back at night.")
    False
    >>> repeats_something("Book cheap flights right now. Planes fly. Book cheap flights right now.")
    True
    """
    words = _WORDS.findall(text.casefold())
    for length, times in SEQUENCES:
        sequences = list(zip(*(words[number:] for number in range(length)), strict=False))
        if len(set(sequences)) == len(sequences):
            continue
        if times == 2 or max(Counter(sequences).values()) >= times:  # noqa: PLR2004 - not all distinct
            return True
    return _has_run(words)


def _has_run(words: list[str]) -> bool:
    places: dict[tuple[str, str], tuple[int, int]] = {}
    for number, pair in enumerate(pairwise(words)):
        before, last = places.get(pair, (-RUN_WINDOW, -RUN_WINDOW))
        if number - before < RUN_WINDOW:
            return True
        places[pair] = (last, number)
    return False
