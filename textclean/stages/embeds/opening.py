"""What speaks for and against a post's beginning at a line: its first words, and what precedes."""

from collections.abc import Iterator
from typing import NamedTuple

from textclean.stages.embeds.evidence import names_author
from textclean.stages.embeds.lines import (
    SENTENCE_END,
    continues,
    has_strong_trait,
    is_fragment,
    list_marker,
    starts_with_emoji,
)
from textclean.stages.embeds.tables import reach_words

_COLONS = (":", "：")
#: Labels and headings are so short.
_SHORT = 30


class Opening(NamedTuple):
    """One candidate: the post begins at the line ``first``.

    Attributes:
        line: Its number.
        first: The line; empty when nothing above the attribution would be the post's.
        above: The end of the line above it; empty without one.
        context: The end of all text above it, back to the post before.
        size: The length of the line above it.
        gap: Blank lines between the two.
        after_post: Whether another post stands right above.
        author: Name and handle of who posts.
    """

    line: int
    first: str
    above: str
    context: str
    size: int
    gap: int
    after_post: bool
    author: str


def opening_features(opening: Opening) -> Iterator[str]:
    """Yield the names of the features that hold."""
    if opening.first:
        yield from _of_first(opening)
    else:
        yield "begin.nothing"
    if opening.above:
        yield from _of_above(opening)
    else:
        yield "above.post" if opening.after_post else "above.nothing"


def _of_first(opening: Opening) -> Iterator[str]:
    """How the post would begin."""
    first, above = opening.first, opening.above
    within = bool(above) and not opening.gap and above[-1] not in SENTENCE_END
    within = within and not above.endswith(_COLONS)
    if continues(first):
        yield "begin.continues"
        if within:
            yield "begin.midsentence"
    elif within and is_fragment(first):
        yield "begin.fragment.mid"
    if list_marker(first) and not starts_with_emoji(first):
        yield "begin.marker"


def _of_above(opening: Opening) -> Iterator[str]:
    """What stands above it."""
    above = opening.above
    if not above.endswith(_COLONS) and names_author(opening.author, opening.context):
        yield "above.named"
    if reach_words("page").search(above):
        yield "above.page"
    if has_strong_trait(above):
        yield "above.strong"
    if opening.size <= _SHORT:
        yield "above.short"
