"""How far the post around an attribution reaches, backwards and forwards.

The one hard bound is the network's own: a post of X had 140 characters until November 2017 and
280 since, links aside. Within it, a line joins the post below it only on evidence; without any,
it stays: a wrong cut is worse than a leftover.
"""

import re
import unicodedata

from textclean.stages.embeds.attributions import LONG_LIMIT
from textclean.stages.embeds.lines import (
    LINK,
    Line,
    continues,
    has_strong_trait,
    has_trait,
    has_word,
    is_fragment,
)

#: Counting differs a little between the networks and an extractor (entities, glued words).
_SLACK = 12
#: Blank lines an extractor leaves inside one post at most.
_BLANK_LIMIT = 3
#: A last line shorter than this, without hashtag or link, goes on above an unfinished line.
_STUB = 20
#: A whole sentence at least as long may be the article's, whatever stands below.
_ARTICLE_SENTENCE = 60
#: A body that is already so many lines long goes on above: 102 of 118.
_DEEP = 3
#: The network counts every address as a shortened one, of 23 characters.
_ADDRESS = re.compile(r"https?://[^\s\u3000]{1,400}")
_SHORTENED = "x" * 23
_LEADING_HANDLES = re.compile(r"(?:[.]?[@＠]\w{1,30}\s{1,4}){1,60}")
_SENTENCE_END = frozenset('.!?…。！？"”»“’)')
_HANDLE_START = re.compile(r"\.?\s?[@＠]\w")
_MARKER = re.compile(r"(\d{1,2}|[a-z])[.):]\s|[①-⓿]")


def post_length(string: str, limit: int = LONG_LIMIT) -> int:
    """Return how many characters of a post's limit a string uses, links aside.

    Since the limit was doubled, a character of Chinese, Japanese or Korean counts twice.

    >>> post_length("New pier opened. https://t.co/AbCdEf1234")
    16
    >>> post_length("新しい桟橋"), post_length("新しい桟橋", 140)
    (10, 5)
    """
    bare = _ADDRESS.sub(_SHORTENED, LINK.sub("", string)).strip()
    handles = _LEADING_HANDLES.match(bare)
    length = len(bare) - (handles.end() if handles else 0)
    if limit == LONG_LIMIT and not bare.isascii():
        length += sum("\u2e80" <= character <= "\uffef" for character in bare)
    return length


def fits(length: int, limit: int) -> bool:
    """Whether a post may have had that length."""
    return length <= limit + _SLACK


def _marker(string: str) -> str:
    """Return what kind of list marker opens a line, empty without one."""
    match = _MARKER.match(string)
    if match is not None:
        return "number" if match[1] is None or match[1].isdigit() else "letter"
    first = string[:1]
    return first if first and unicodedata.category(first)[0] in "PS" and first not in "#@.&" else ""


def _fragment_joins(above: str, below: str) -> bool:
    """Whether a line of handles, hashtags and links goes on below."""
    if has_trait(above) or above in {"#", "@"}:
        return True
    # "." alone: the start of ".@handle ..." or the end of an article's sentence; before a link
    # the end of the post's own sentence.
    if LINK.match(below) is not None:
        return True
    if above == ".":
        return _HANDLE_START.match(below) is not None
    return above == "!" and below[:1] in {"#", "@"}


def _joins_fragment(above: str, below: str, *, split: bool) -> bool:
    """Whether a line of words goes on in a line of handles, hashtags and links."""
    if below == ".":  # ".@handle": posts begin so, to be seen by all
        return False
    split = split and len(below.split()) == 1
    bare = LINK.sub("", below)
    if bare != below and (split or not has_trait(bare)):
        return True
    if above[-1:] == ":":
        return False
    # A post may begin with a handle, after a sentence of the article; a hashtag rarely begins one
    # where the extractor broke the line at it.
    return above[-1:] not in _SENTENCE_END or (split and below[:1] in {"#", "＃"})


class Reach:
    """The lines of one text, with what earlier posts already took of them."""

    __slots__ = ("floor", "lines", "taken", "text")

    def __init__(self, text: str, lines: list[Line]) -> None:
        self.text = text
        self.lines = lines
        self.floor = 0  # the first line that no post before has reached
        self.taken = bytearray(len(lines))

    def string(self, number: int) -> str:
        """Return a line without the white space around it."""
        line = self.lines[number]
        return self.text[line.first : line.last]

    def above(self, number: int) -> int | None:
        """Return the nearest line above that is not blank and not taken; None without one."""
        for candidate in range(number - 1, max(self.floor, number - 2 - _BLANK_LIMIT) - 1, -1):
            if not self.lines[candidate].blank:
                return None if self.taken[candidate] else candidate
        return None

    def below(self, number: int) -> int | None:
        """Return the nearest line below that is not blank; None without one."""
        stop = min(len(self.lines), number + 3 + _BLANK_LIMIT)
        for candidate in range(number + 1, stop):
            if not self.lines[candidate].blank:
                return candidate
        return None

    def body_above(self, number: int, limit: int, *, split: bool) -> int:
        """Return the first line of the body that ends above an attribution.

        Args:
            number: The line of the attribution, which holds nothing else.
            limit: How many characters the post can have had.
            split: Whether the extractor broke lines at links, too: the attribution shows it.

        Returns:
            The number of the body's first line; ``number`` itself when no line is certain.
        """
        bottom = self.above(number)
        if bottom is None or not fits(post_length(self.string(bottom), limit), limit):
            return number
        # Extractors that part paragraphs by blank lines keep the lines of one post together.
        return self.body_from(bottom, limit, split=split, parted=number - bottom > 1)

    def body_from(
        self,
        bottom: int,
        limit: int,
        *,
        split: bool,
        parted: bool = False,
        length: int | None = None,
    ) -> int:
        """Return the first line of a body whose last line is ``bottom``.

        Args:
            bottom: The body's last line.
            limit: How many characters the post can have had.
            split: Whether the extractor broke lines at links, too.
            parted: Whether lines without a blank one between them are one paragraph.
            length: How many characters the last line has of the post; None: all of its own.
        """
        used = post_length(self.string(bottom), limit) if length is None else length
        top, depth = bottom, 1
        while (line := self.above(top)) is not None:
            used += post_length(self.string(line), limit) + 1
            together = line == top - 1
            if not fits(used, limit):
                break
            deep = depth >= _DEEP and together and not split and self._short(line)
            if not ((parted and together) or deep or self._joins(line, top, split, depth)):
                break
            top, depth = line, depth + 1
        return top

    def _short(self, number: int) -> bool:
        """Whether a line holds words and is no whole sentence of an article's length."""
        string = self.string(number)
        whole = string[-1:] in _SENTENCE_END and len(string) >= _ARTICLE_SENTENCE
        return has_word(string) and not whole

    def _joins(self, upper: int, lower: int, split: bool, depth: int) -> bool:  # noqa: FBT001, PLR0911
        """Whether a line is evidently of the same post as the line below it."""
        above, below = self.string(upper), self.string(lower)
        if is_fragment(above):
            return _fragment_joins(above, below)
        if not has_word(above):
            return False
        ends = above[-1:] in _SENTENCE_END
        if is_fragment(below):
            return _joins_fragment(above, below, split=split)
        if has_trait(above):
            # A handle alone proves little: articles name them too, in whole sentences.
            return has_strong_trait(above) or not ends
        if _marker(above) and _marker(above) == _marker(below):
            return True
        if above.isupper() and below.isupper() and above[-1:] != ":":
            return True  # posts shout, line by line
        if depth == 1 and len(below) < _STUB and not has_trait(below):
            return not ends
        return continues(below) and not ends and not _HANDLE_START.match(below)
