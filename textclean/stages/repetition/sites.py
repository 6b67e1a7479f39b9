"""Find the addresses of sites that stand without "http://": "vane.com", "shop.vane.co.uk"."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout

#: The ending of a country's sites: two small letters, whatever they are.
COUNTRY = re.compile(r"[a-z]{2}")

#: What joins the words of an address, and letters of the one before its ending, at least: "e.g".
JOINTS, SITE_LETTERS = ".-", 3

#: Words of an address.
MOST_PARTS = 8

#: What stands before the ending: few texts have one that a small letter follows at once.
STOP = re.compile(r"\.(?=[a-zа-яё])")


def sites(layout: Layout) -> Iterator[tuple[int, int]]:
    """Yield the sites of a text.

    The ending is small, right behind a stop that no capital follows: "ended.The" is a slip, and of
    "ended.it" not more is known than of "vane.it".

    >>> layout = Layout("Ask shop.vane.co.uk, vane.com or vane.de. It ended.The ship left, e.g. 7.")
    >>> [layout.text[start:end] for start, end in sites(layout)]
    ['shop.vane.co.uk', 'vane.com', 'vane.de']
    """
    starts, ends = layout.starts, layout.ends
    for match in STOP.finditer(layout.text):
        number = bisect_left(starts, match.end())
        if not 0 < number < len(starts) or starts[number] != match.end():
            continue
        if ends[number - 1] != match.start():
            continue
        if not _is_ending(layout, number):
            continue
        begin = number - 1
        while begin > max(0, number - MOST_PARTS) and _is_joined(layout, begin):
            begin -= 1
        if ends[number - 1] - starts[number - 1] >= SITE_LETTERS or begin < number - 1:
            yield starts[begin], ends[number]


def _is_joined(layout: Layout, number: int) -> bool:
    """Whether a word is joined to the one before it in an address."""
    before, start = layout.ends[number - 1], layout.starts[number]
    return start - before == 1 and layout.text[before] in JOINTS


def _is_ending(layout: Layout, number: int) -> bool:
    """Whether a word ends addresses, and ends this one."""
    end = layout.ends[number]
    word = layout.text[layout.starts[number] : end]
    if COUNTRY.fullmatch(word) is None and word not in shared_words("site_endings"):
        return False
    return layout.text[end : end + 1] != "." or not layout.text[end + 1 : end + 2].isalpha()
