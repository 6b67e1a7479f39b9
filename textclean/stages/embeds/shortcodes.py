"""Shortcodes that stand for a post, and where they are one: the markup stage asks this, too."""

import re
from collections.abc import Iterator

from textclean.stages.embeds.tables import shortcode_openings, shortcode_pattern
from textclean.stages.shown import Regions, code_regions

#: What may stand beside a shortcode: nothing else on its line, or the tags of a block.
_BLOCKS = r"p|div|section|article|figure|li|td|th|dd|blockquote|center|main|body|h[1-6]|br|hr"
_BLOCK_TAG = re.compile(rf"-->\Z|</?(?:{_BLOCKS})(?:\s[^<>]*)?>\Z", re.IGNORECASE)
_SET_OFF_AFTER = re.compile(
    rf"[ \t\u00a0]*+(?:\Z|[\r\n]|<!--|</?(?:{_BLOCKS})[\s/>])", re.IGNORECASE
)
_SET_OFF_MARGIN = 320
_GAP = " \t\u00a0"


def shortcode_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of shortcodes that stand alone; one in a sentence is being talked about."""
    pattern = shortcode_pattern()
    for opening in shortcode_openings():
        reached = 0
        for found in opening.finditer(text):
            match = pattern.match(text, found.start()) if found.start() >= reached else None
            if match is not None:
                reached = match.end()
                if _is_set_off(text, match.start(), match.end()):
                    yield match.span()


def loose_shortcodes(text: str) -> Iterator[tuple[int, int]]:
    """Yield in order the spans of shortcodes in a plain text, those in its code left out."""
    if "[" not in text and "{" not in text:
        return
    shown = Regions(code_regions(text))
    reached = 0
    for start, end in sorted(shortcode_spans(text)):
        if start >= reached and not shown.end_at(start):
            yield start, end
            reached = end


def _is_set_off(text: str, start: int, end: int) -> bool:
    """Whether a span stands alone on its line, or in an element of its own."""
    if _SET_OFF_AFTER.match(text, end) is None:
        return False
    first = max(0, start - _SET_OFF_MARGIN)
    before = text[first:start].rstrip(_GAP)
    if not before or before[-1] in "\r\n":
        return first == 0 or bool(before)
    return before[-1] == ">" and _BLOCK_TAG.search(before, max(0, before.rfind("<"))) is not None
