"""Posts that an extractor glued into a paragraph of the article: where they provably begin.

The words right before an attribution are the post's, back to the start of their sentence; and a
sentence farther back is, too, when it or what stands before it shows what only posts show. What
no sign reaches stays.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from textclean.stages.embeds.lines import LINK_TAIL, has_strong_trait, has_trait
from textclean.stages.embeds.reach import fits, post_length
from textclean.stages.embeds.tables import reach_words

#: Where a sentence ends and another begins; in East Asian text no space stands between them.
_BOUNDARY = re.compile(r"(?<=[.!?…][\"”»’)])\s+|(?<=[.!?…])\s+|(?<=[。！？])\s*")
#: What has a full stop and ends no sentence: initials, titles, numbers of items.
_NO_END = re.compile(
    r"(?:(?<![\w.])(?:[A-Z]|Mrs?|Ms|Dr|Rt|Hon|Rep|Sen|Gov|Sec|Gen|Lt|Col|Prof|vs)|(?<!\S)\d{1,2})\.\Z"
)
_LONGEST_TITLE = 6
#: Links aside, no post is longer; links are short.
_WINDOW = 600
#: Four links, as far as they can reach.
_LINKS = 160
#: A sentence with a weak trait stands at most so many sentences above what is the post's.
_GAP = 2
#: A quotation: whose handle, or whose call, it is nobody can tell.
_QUOTED = re.compile("[\"“”„«»]|(?<!\\w)['‘]|['’](?!\\w)")
#: What is called out, and what is asked with more than one sign.
_CALL = re.compile(r"!(?=[\s)]|\Z)|[!?]{2}")
#: Of himself speaks who posts; "US" is a country.
_FIRST_PERSON = re.compile(
    r"\b(?:I|[Mm]y|me|[Ww]e|[Ii]ch|[Ww]ir|[Jj]e|[Nn]ous|[Ee]u|[Yy]o|[Яя]|[Мм]ы)\b|私|僕|俺"
)
_SECOND_PERSON = re.compile(r"\b(?:[Yy]ou|[Yy]our|[Yy]a|[Dd]u|[Vv]ous|[Vv]ocê)\b")
_QUESTION = re.compile(r"[?？](?=\s|\Z)")
#: An article may ask once in a long sentence; posts ask in short ones.
_LONGEST_QUESTION = 60
#: Voices by which whoever posts may differ from an article.
_VOICES = (_CALL, _FIRST_PERSON, _SECOND_PERSON, _QUESTION)


class Glued(NamedTuple):
    """What is known of a post that ends inside a paragraph.

    Attributes:
        limit: How many characters it can have had.
        signed: Whether a post without words is never signed so: the last sentence is its own.
        voices: The voices that the rest of the text does not have.
    """

    limit: int
    signed: bool
    voices: tuple[re.Pattern[str], ...]


class Voices:
    """Which voices an article has, outside of one post."""

    def __init__(self, text: str) -> None:
        self._reach = [_first_and_last(pattern, text) for pattern in _VOICES]

    def absent(self, start: int, end: int) -> tuple[re.Pattern[str], ...]:
        """Return the voices that stand nowhere in the text but between two offsets.

        >>> [len(Voices("Open now! " + rest).absent(0, 9)) for rest in ("Wow!", "It is.")]
        [3, 4]
        """
        return tuple(
            pattern
            for pattern, (first, last) in zip(_VOICES, self._reach, strict=True)
            if first >= start and last < end
        )


def _first_and_last(pattern: re.Pattern[str], text: str) -> tuple[int, int]:
    """Return where the first and the last match begin; beyond both ends without one."""
    first, last = len(text), -1
    for match in pattern.finditer(text):
        first = min(first, match.start())
        last = match.start()
    return first, last


def start_in_paragraph(text: str, start: int, end: int, glued: Glued) -> int:
    """Return where in ``text[start:end]`` the post that ends there certainly begins.

    Args:
        text: The text.
        start: The paragraph's start.
        end: Where the attribution begins.
        glued: What is known of the post.

    Returns:
        ``end`` when not even the start of the last sentence is certain.

    >>> text = "The board met on Monday. The pier is open! — Port (@port) May 1, 2020"
    >>> text[start_in_paragraph(text, 0, text.index("—"), Glued(280, signed=True, voices=())) :]
    'The pier is open! — Port (@port) May 1, 2020'
    """
    limit = glued.limit
    opening = max(start, end - _WINDOW)
    window = text[opening:end]
    tail = LINK_TAIL.search(window, max(0, len(window) - _LINKS))
    certain = len(window) if tail is None else tail.start()
    upper = len(window[:certain].rstrip())
    starts = [
        match.end()
        for match in _BOUNDARY.finditer(window, 0, upper)
        if match.end() < upper
        and not _NO_END.search(window[max(0, match.start() - _LONGEST_TITLE) : match.start()])
    ]
    skipped = 0
    for number, candidate in enumerate(reversed(starts)):
        if not fits(post_length(window[candidate:], limit), limit):
            break
        sentence = window[candidate:upper]
        whole = not window[upper : upper + 1].islower()  # not "Bombay! and others"
        skipped += 1
        if (
            (glued.signed and not number)
            or has_strong_trait(sentence)
            or (skipped <= _GAP and whole and _has_weak_trait(sentence, glued.voices))
            or (_closes(window[certain:]) and _opens(sentence) and not _says(sentence))
        ):
            certain, skipped = candidate, 0
        upper = candidate
    return opening + certain


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


def _says(sentence: str) -> bool:
    """Whether a sentence says who said what: an article's quotation opens in it."""
    return reach_words("saying").search(sentence) is not None


def _has_weak_trait(sentence: str, voices: Sequence[re.Pattern[str]]) -> bool:
    """Whether a sentence shows what few articles have.

    A handle, unless the sentence says who said what; or a voice that the article does not have.
    """
    if _QUOTED.search(sentence) is not None:
        return False
    if has_trait(sentence):
        return not _says(sentence)
    return any(
        pattern.search(sentence) is not None
        for pattern in voices
        if pattern is not _QUESTION or len(sentence) <= _LONGEST_QUESTION
    )
