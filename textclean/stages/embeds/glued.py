"""Posts that an extractor glued into a paragraph of the article: where they provably begin.

The words right before an attribution are the post's, back to the start of their sentence; and a
sentence farther back is, too, when it or what stands before it shows what only posts show. What
no sign reaches stays.
"""

import re

from textclean.stages.embeds.lines import LINK_TAIL, has_strong_trait
from textclean.stages.embeds.reach import fits, post_length

#: Where a sentence ends and another begins; in East Asian text no space stands between them.
_BOUNDARY = re.compile(r"(?<=[.!?…][\"”»’)])\s+|(?<=[.!?…])\s+|(?<=[。！？])\s*")
#: Links aside, no post is longer; links are short.
_WINDOW = 600
#: Four links, as far as they can reach.
_LINKS = 160


def start_in_paragraph(text: str, start: int, end: int, limit: int) -> int:
    """Return where in ``text[start:end]`` the post that ends there certainly begins.

    Args:
        text: The text.
        start: The paragraph's start.
        end: Where the attribution begins.
        limit: How many characters the post can have had.

    Returns:
        ``end`` when not even the start of the last sentence is certain.

    >>> text = "The board met on Monday. The pier is open! — Port (@port) May 1, 2020"
    >>> text[start_in_paragraph(text, 0, text.index("—"), 280) :]
    'The pier is open! — Port (@port) May 1, 2020'
    """
    opening = max(start, end - _WINDOW)
    window = text[opening:end]
    tail = LINK_TAIL.search(window, max(0, len(window) - _LINKS))
    certain = len(window) if tail is None else tail.start()
    upper = len(window[:certain].rstrip())
    starts = [match.end() for match in _BOUNDARY.finditer(window, 0, upper) if match.end() < upper]
    for number, candidate in enumerate(reversed(starts)):
        if not fits(post_length(window[candidate:], limit), limit):
            break
        if not number or has_strong_trait(window[candidate:upper]):
            certain = candidate
        upper = candidate
    return opening + certain
