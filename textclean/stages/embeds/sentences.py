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
    r"(?:(?<![\w.])(?:[A-Z]|Mrs?|Ms|Dr|Rt|Hon|Pres|Rep|Sen|Gov|Sec|Gen|Lt|Col|Prof|vs)"
    r"|(?<!\S)\d{1,2})\.\Z"
)
#: The same before a digit ("No. 9", "Dec. 20th"), and before a small letter ("the U.S. is").
_NO_END_BEFORE_DIGIT = re.compile(
    r"(?<!\w)(?:Nos?|Nr|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.\Z"
)
_NO_END_BEFORE_SMALL = re.compile(r"(?<![\w.])(?:[^\W\d_]\.){2,9}\Z|(?:\.{3}|…)\Z")
_LONGEST_TITLE = 6


def sentence_starts(window: str, end: int) -> list[int]:
    """Return where sentences begin, the first aside: what stands before it is not seen."""
    return [
        match.end()
        for match in _BOUNDARY.finditer(window, 0, end)
        if match.end() < end
        and _ends(
            window[max(0, match.start() - _LONGEST_TITLE) : match.start()], window[match.end()]
        )
    ]


def _ends(before: str, after: str) -> bool:
    """Whether a sentence ends behind a string that ends in its sign, by the character after it.

    >>> [_ends("in the U.S.", after) for after in "Ia"], [_ends("No.", after) for after in "I9"]
    ([True, False], [True, False])
    """
    if _NO_END.search(before):
        return False
    if after.isdigit():
        return not _NO_END_BEFORE_DIGIT.search(before)
    return not (after.islower() and _NO_END_BEFORE_SMALL.search(before))


def sentences(string: str) -> Iterator[str]:
    """Yield the sentences of a string, without the white space around them.

    >>> list(sentences("The pier is open. Mr. Ames said so! "))
    ['The pier is open.', 'Mr. Ames said so!']
    """
    for start, end in pairwise([0, *sentence_starts(string, len(string)), len(string)]):
        if found := string[start:end].strip():
            yield found
