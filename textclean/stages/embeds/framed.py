"""Codes in square brackets around a flattened post, such as "[media]" and "[/media]".

Names that are markup anywhere are the markup stage's. Of any other name a pair is code only where
what it holds goes as a post: then it goes along.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textclean.stages.embeds.cutter import Cutter
from textclean.stages.embeds.networks import LONG_LIMIT, Attribution
from textclean.stages.embeds.settle import Cut, groups

_CLOSING = re.compile(r"\s{0,8}\[/([A-Za-z][\w-]{0,30})\]")
_OPENING = re.compile(r"\[([A-Za-z][\w-]{0,30})(?:[=\s][^\[\]\n]{0,100})?\]\s{0,8}")
#: Before a closing code its opening is looked for no farther: a post, its links and its author.
_WINDOW = 3 * LONG_LIMIT
_LONGEST_OPENING, _LONGEST_CLOSING = 150, 40


class Frame(NamedTuple):
    """A pair of codes.

    Attributes:
        start: Where the opening one begins.
        end: Where the closing one ends.
    """

    start: int
    end: int


def frame_around(text: str, attribution: Attribution) -> Frame | None:
    """Return the codes that close behind an attribution and open above it; None without.

    >>> text = "One. [box]Open! — Port (@port) May 1, 2020[/box]"
    >>> frame_around(text, Attribution(16, text.index("[/"), "dated", 280))
    Frame(start=5, end=48)
    """
    closing = _CLOSING.match(text, attribution.end)
    if closing is None:
        return None
    first = max(0, attribution.start - _WINDOW)
    found = [
        opening.start()
        for opening in _OPENING.finditer(text, first, attribution.start)
        if _same(opening, closing)
    ]
    return Frame(found[-1], closing.end()) if found else None


def take_codes(cutter: Cutter) -> None:
    """Take the codes right around what is cut, or at its ends: they are no words of the post."""
    cuts: list[Cut] = []
    for group in groups(cutter.text, sorted(cutter.cuts)):
        codes = _codes_around(cutter.text, group[0].start, group[-1].end)
        cuts += [part for cut in group for part in _less(cut, codes)] if codes else group
        cuts += codes
    cutter.cuts = cuts


def _codes_around(text: str, start: int, end: int) -> list[Cut]:
    """Return an opening code and the closing one that it belongs to, or none."""
    closing = _CLOSING.match(text, end) or _closing_within(text, start, end)
    if closing is None:
        return []
    opening = _OPENING.match(text, start) or _opening_before(text, start)
    if opening is None or not _same(opening, closing):
        return []
    return [Cut(*match.span(), "embeds.shortcode") for match in (opening, closing)]


def _less(cut: Cut, codes: Sequence[Cut]) -> Iterator[Cut]:
    """Yield what two codes leave of a cut, the first at its start or the second at its end.

    >>> list(_less(Cut(0, 9, "x"), [Cut(0, 2, "y"), Cut(7, 12, "y")]))
    [Cut(start=2, end=7, reason='x')]
    """
    start, end = max(cut.start, codes[0].end), min(cut.end, codes[1].start)
    if start < end:
        yield cut._replace(start=start, end=end)


def _closing_within(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the closing code that ends where a cut does."""
    bracket = text.rfind("[/", max(start, end - _LONGEST_CLOSING), end)
    match = _CLOSING.match(text, bracket) if bracket >= 0 else None
    return match if match is not None and match.end() == end else None


def _opening_before(text: str, start: int) -> re.Match[str] | None:
    """Return the opening code that ends where a cut begins, white space aside."""
    bracket = text.rfind("[", max(0, start - _LONGEST_OPENING), start)
    match = _OPENING.match(text, bracket) if bracket >= 0 else None
    return match if match is not None and match.end() >= start else None


def _same(opening: re.Match[str], closing: re.Match[str]) -> bool:
    return opening[1].casefold() == closing[1].casefold()
