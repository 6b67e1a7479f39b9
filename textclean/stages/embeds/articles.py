"""Lines above a post that are the article's whatever else speaks for them: no post reaches there.

The weights of ``choice`` compare beginnings; a sum of small signs can take a line along that
nothing sets apart from the article. Where the post has words of its own without it, it stays.
"""

import re

from textclean.stages.embeds.evidence import Profile, Step, features, reads_like_prose
from textclean.stages.embeds.lines import (
    SENTENCE_END,
    continues,
    has_strong_trait,
    has_trait,
    has_word,
    is_fragment,
)

#: What shows that a finished sentence is by the hand that posts: one of these must hold.
_OWN_HAND = frozenset(
    (
        *("upper.first_person", "upper.second_person", "upper.ampersand", "upper.caps"),
        *("upper.foreign_script", "quotes.unlike_text", "between_posts", "text.trailing_space"),
        *("lower.marker", "lower.continues.unfinished"),
    )
)
#: The words above Instagram's attribution are a caption only when they speak to somebody; those
#: that end in a colon announce the post.
_OWN_CAPTION = frozenset(("upper.second_person",))
_COLONS = frozenset(":：")
#: The network's own words above an answer.
_REPLY = re.compile(r"Replying to [@＠]\w")
#: Posts of several lines have short sentences, articles rarely a paragraph as short.
_SHORTEST = 40
#: A row of a table: one word in three, and no fewer than two, has a digit.
_DIGIT = re.compile(r"\d")
_LEAST_FIGURES = 2
_WORDS_A_FIGURE = 3


def is_of_article(step: Step, profile: Profile) -> bool:
    """Whether the line in question is evidently the article's."""
    if _is_apart(step):
        return True
    if has_word(step.body):
        # (Where there is enough of the article to compare with, the weights tell prose better.)
        return profile.brief and _is_prose(step, profile)
    return step.anchor.kind == "caption" and not step.depth and _is_no_caption(step, profile)


def _is_apart(step: Step) -> bool:
    """Whether the layout parts the line from the post.

    A blank line above a body that stands together with its attribution parts two blocks: an
    extractor that sets blank lines inside a post sets one above the attribution, too. So does an
    indentation that only one of the two has.
    """
    parted = step.parted and step.anchor.kind != "inside"
    return parted or step.indented or _in_table(step) or _REPLY.match(step.lower) is not None


def _is_prose(step: Step, profile: Profile) -> bool:
    """Whether a line of a brief text is a finished sentence that nothing sets apart from it."""
    if not reads_like_prose(step.upper) or (is_fragment(step.lower) and not step.gap):
        return False  # a line broken at a link: the words above it are the post's
    if has_strong_trait(step.above) and not step.gap_above:
        return False  # a line of the post's: none between is the article's
    if not profile.headed and not step.gap_above:
        return False  # a few lines, in no paragraphs: too little to call it an article
    goes_on = continues(step.upper) and not step.anchor.split
    long = len(step.upper) > _SHORTEST or goes_on
    return long and _OWN_HAND.isdisjoint(features(step, profile))


def _is_no_caption(step: Step, profile: Profile) -> bool:
    """Whether the line right above Instagram's attribution announces the post, or is prose."""
    if step.upper[-1:] in _COLONS:
        return True
    prose = reads_like_prose(step.upper) or is_question(step.upper)
    return prose and _OWN_CAPTION.isdisjoint(features(step, profile))


def _in_table(step: Step) -> bool:
    """Whether the line is one of several rows of figures, and the one below it is none."""
    return is_row(step.upper) and is_row(step.above) and not is_row(step.lower)


def is_question(string: str) -> bool:
    """Whether a line asks, as long as an article's sentence, and shows nothing of a post."""
    return is_lead(string) and string[-1] in "?？"


def is_lead(string: str) -> bool:
    """Whether the line under a headline is the article's first paragraph.

    >>> is_lead("The old harbour quay is closed from Monday on."), is_lead("Closed! #quay")
    (True, False)
    """
    return len(string) > _SHORTEST and string[-1] in SENTENCE_END and not has_trait(string)


def is_row(string: str) -> bool:
    """Whether a line is a row of figures, as tables of results have it.

    >>> is_row("Net 152,360 vs 94,141"), is_row("2 goals by Ann")
    (True, False)
    """
    words = string.split()
    figures = sum(_DIGIT.search(word) is not None for word in words)
    return (
        figures >= _LEAST_FIGURES
        and figures * _WORDS_A_FIGURE >= len(words)
        and not has_trait(string)
    )
