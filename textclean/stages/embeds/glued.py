"""Posts that an extractor glued into a paragraph of the article: where they begin.

The words right before an attribution are the post's, back to the start of their sentence, and back
to one with a hashtag or link, or that opens a quotation. Each sentence farther back speaks for or
against being the post's (``voices``); how far the post reaches is a choice among all their
beginnings, as for lines (``choice``). What no evidence reaches stays.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from textclean.stages.embeds.choice import decide
from textclean.stages.embeds.lines import LINK_TAIL, has_strong_trait
from textclean.stages.embeds.networks import LONG_LIMIT
from textclean.stages.embeds.reach import fits, post_length
from textclean.stages.embeds.sentences import sentence_starts
from textclean.stages.embeds.tables import StyleTable, glued_certainty, glued_weights, style_table
from textclean.stages.embeds.voices import (
    Below,
    Sentence,
    Surroundings,
    below_post,
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
        filled: How much of its network's limit the post would fill, in percent, from where the
            certain part of it begins, and from each of the starts; 0 for a caption.
    """

    certain: int
    parted: bool
    starts: Sequence[int]
    sentences: Sequence[Sentence]
    filled: Sequence[float]


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
    begins = [certain, *(start - opening for start in starts)]
    filled = [_filled(window[start:], glued.limit) for start in begins]
    return Candidates(opening + certain, parted, starts, sentences, filled)


def _filled(string: str, limit: int) -> float:
    """Return how much of its network's limit a post fills, in percent; captions fill none."""
    return 100 * post_length(string, limit) / limit if limit <= LONG_LIMIT else 0.0


def beginnings(
    found: Candidates, around: Surroundings, below: Below, style: StyleTable
) -> Iterator[Counter[str]]:
    """Yield the features of each beginning: of all sentences it takes along, and of itself."""
    taken: Counter[str] = Counter()
    yield Counter(opening_features(parted=found.parted, filled=found.filled[0]))
    for sentence, filled in zip(found.sentences, found.filled[1:], strict=True):
        taken.update(sentence_features(sentence, around, below, style))
        yield taken + Counter(opening_features(parted=sentence.parted, filled=filled))


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
    if not found.starts:
        return found.certain
    weights, style = glued_weights(), style_table()
    below = below_post(text, glued.attribution_end, style)
    scores = [
        sum(weights[name] * count for name, count in named.items())
        for named in beginnings(found, around, below, style)
    ]
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
