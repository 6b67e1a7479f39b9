"""Posts that an extractor glued into a paragraph of the article: where they begin.

The words right before an attribution are the post's, back to the start of their sentence, and back
to one with a hashtag or link, or that opens a quotation. Each sentence farther back speaks for or
against being the post's (``voices``); how far the post reaches is a choice among all their
beginnings, as for lines (``choice``). What no evidence reaches stays.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from textclean.stages.embeds.choice import decide
from textclean.stages.embeds.lines import LINK_TAIL, has_strong_trait
from textclean.stages.embeds.reach import fits, post_length
from textclean.stages.embeds.sentences import sentence_starts
from textclean.stages.embeds.tables import glued_certainty, glued_weights, style_table
from textclean.stages.embeds.voices import (
    Sentence,
    Surroundings,
    is_saying,
    opening_features,
    sentence_features,
)

#: Links aside, no post is longer; links are short.
_WINDOW = 600
#: Four links, as far as they can reach.
_LINKS = 160


class Glued(NamedTuple):
    """What is known of a post that ends inside a paragraph.

    Attributes:
        start: Where the paragraph begins.
        end: Where the attribution begins.
        attribution_end: Where it ends.
        limit: How many characters the post can have had.
        signed: Whether a post without words is never signed so: the last sentence is its own.
    """

    start: int
    end: int
    attribution_end: int
    limit: int
    signed: bool


class Candidates(NamedTuple):
    """Where a post could begin.

    Attributes:
        certain: Where what is certain of it begins; its end when nothing is.
        parted: Whether white space stands before that; for want of a certain part it does.
        starts: The sentences above that, from the last one upwards: where each begins.
        sentences: The same as questions.
    """

    certain: int
    parted: bool
    starts: Sequence[int]
    sentences: Sequence[Sentence]


def candidates(text: str, glued: Glued) -> Candidates:
    """Return where a post that ends inside a paragraph could begin."""
    opening = max(glued.start, glued.end - _WINDOW)
    window = text[opening : glued.end]
    tail = LINK_TAIL.search(window, max(0, len(window) - _LINKS))
    certain = len(window) if tail is None else tail.start()
    upper = len(window[:certain].rstrip())
    starts: list[int] = []
    sentences: list[Sentence] = []
    begins = [0, *sentence_starts(window, upper)]
    author = text[glued.end : glued.attribution_end]
    for number, (above, start) in enumerate(reversed(list(pairwise(begins)))):
        if not fits(post_length(window[start:], glued.limit), glued.limit):
            break
        string = window[start:upper].rstrip()
        if (glued.signed and not number) or _is_certain(string, window[certain:]):
            certain = start
            starts.clear()
            sentences.clear()
        else:
            starts.append(opening + start)
            last = window[above:start].rstrip()
            body = window[upper:].lstrip()
            parted = window[start - 1].isspace()
            ends = opening, glued.attribution_end
            sentences.append(Sentence(string, body, parted, last, author, *ends))
        upper = start
    parted = certain == len(window) or not certain or window[certain - 1].isspace()
    return Candidates(opening + certain, parted, starts, sentences)


def start_in_paragraph(text: str, glued: Glued, around: Surroundings) -> int:
    """Return where in its paragraph a post begins.

    Returns:
        ``glued.end`` when not even the start of the last sentence is certain.

    >>> text = "The board met on Monday. The pier is open! — Port (@port) May 1, 2020"
    >>> end = text.index("—")
    >>> glued = Glued(0, end, len(text), 280, signed=True)
    >>> text[start_in_paragraph(text, glued, Surroundings(text)) :]
    'The pier is open! — Port (@port) May 1, 2020'
    """
    found = candidates(text, glued)
    weights = glued_weights()
    taken = 0.0
    scores = [sum(weights[name] for name in opening_features(parted=found.parted))]
    for sentence in found.sentences:
        named = sentence_features(sentence, around, style_table())
        taken += sum(weights[name] for name in named)
        opening = opening_features(parted=sentence.parted)
        scores.append(taken + sum(weights[name] for name in opening))
    depth = decide(scores, glued_certainty())
    return found.starts[depth - 1] if depth else found.certain


def _is_certain(string: str, certain: str) -> bool:
    """Whether a sentence is of the post for sure: a hashtag or link, or a quotation goes on.

    (An article's quotation that nobody closes opens with who says it.)
    """
    if has_strong_trait(string):
        return True
    return _closes(certain) and _opens(string) and not is_saying(string)


def _closes(string: str) -> bool:
    """Whether a quotation ends in a string that began before it."""
    return (
        string.count('"') % 2 == 1
        or string.count("”") > string.count("“") + string.count("„")
        or string.count("」") > string.count("「")
    )


def _opens(string: str) -> bool:
    """Whether a quotation begins in a string that ends behind it."""
    return (
        string.count('"') % 2 == 1
        or string.count("“") > string.count("”")
        or string.count("「") > string.count("」")
    )
