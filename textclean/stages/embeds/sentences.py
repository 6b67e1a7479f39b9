"""Where the sentences of a paragraph begin."""

import re
from collections.abc import Iterator
from itertools import pairwise

#: Where a sentence ends and another begins; in East Asian text no space stands between them.
#: Behind a quotation a small letter goes on: who said it.
_BOUNDARY = re.compile(
    r"(?<=[.!?…][\"”»’)])\s+(?![\sa-zß-öø-ÿа-яё])|(?<=[.!?…])\s+|(?<=[。！？])\s*"
)
#: What has a full stop and ends no sentence: initials, titles, numbers of items.
_NO_END = re.compile(
    r"(?:(?<![\w.])(?:[A-Z]|Mrs?|Ms|Dr|Rt|Hon|Rep|Sen|Gov|Sec|Gen|Lt|Col|Prof|vs)|(?<!\S)\d{1,2})\.\Z"
)
_LONGEST_TITLE = 6


def sentence_starts(window: str, end: int) -> list[int]:
    """Return where sentences begin, the first aside: what stands before it is not seen."""
    return [
        match.end()
        for match in _BOUNDARY.finditer(window, 0, end)
        if match.end() < end
        and not _NO_END.search(window[max(0, match.start() - _LONGEST_TITLE) : match.start()])
    ]


def sentences(string: str) -> Iterator[str]:
    """Yield the sentences of a string, without the white space around them.

    >>> list(sentences("The pier is open. Mr. Ames said so! "))
    ['The pier is open.', 'Mr. Ames said so!']
    """
    for start, end in pairwise([0, *sentence_starts(string, len(string)), len(string)]):
        if found := string[start:end].strip():
            yield found
