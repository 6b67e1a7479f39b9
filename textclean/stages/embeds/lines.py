"""The lines of a text and what each looks like: the evidence the reach is decided on."""

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

#: The end of a post's text: the address of its picture, or a shortened link, maybe glued on.
LINK = re.compile(r"(?:https?://)?(?:pic\.(?:twitter|x)\.com/\s?\w{6,12}|t\.co/\w{6,12})…?")
#: The links a post ends with, the last of them at the end of the line.
LINK_TAIL = re.compile(rf"(?:\s{{0,4}}(?:{LINK.pattern})){{1,4}}\s{{0,9}}\Z")

_EMOJI = "\u200d\ufe0f\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_STRONG = rf"(?<![\w&/])[#＃][^\W\d_]\w|\bt\.co/\w|pic\.(?:twitter|x)\.com/|\bRT\b|[{_EMOJI}]"
_EMOJI_START = re.compile(rf"[{_EMOJI}]")
_STRONG_TRAIT = re.compile(_STRONG)
_TRAIT = re.compile(rf"{_STRONG}|(?<![\w.])[@＠]\w{{2}}")
_LINKED = re.compile(
    r"(?<![\w&/])[#＃][^\W\d_]\w|\bt\.co/\w|pic\.(?:twitter|x)\.com/|(?<![\w.])[@＠]\w{2}"
)
_WORD = re.compile(r"[^\W_]{2}")
_TOKEN = re.compile(r"\S+")
_FRAGMENT_TOKEN = re.compile(
    r"[\W_]{0,4}(?:[#＃@＠]\w{1,60}|(?:https?://)?(?:t\.co|pic\.(?:twitter|x)\.com)/\w{0,20})"
    r"[\W_]{0,4}|[\W_]{1,20}"
)
#: A sentence ends so.
SENTENCE_END = frozenset('.!?…。！？"”»“’)')
_MARKER = re.compile(r"(\d{1,2}|[a-z])[.):]\s|[①-⓿]")
#: Longer lines are prose; looking at their tokens one by one would gain nothing.
_LONGEST_FRAGMENT = 300


class Line(NamedTuple):
    """One line: ``start`` to ``end`` without its line end; ``first`` to ``last`` stripped."""

    start: int
    end: int
    first: int
    last: int

    @property
    def blank(self) -> bool:
        """Whether nothing but white space stands in it."""
        return self.first >= self.last


def split_lines(text: str) -> list[Line]:
    r"""Return the lines of a text, cut at LINE FEED alone; "\r" counts as white space.

    >>> [line.blank for line in split_lines("a\r\n\r\nb")]
    [False, True, False]
    """
    lines: list[Line] = []
    start = 0
    for piece in text.split("\n"):
        end = start + len(piece)
        first, last = start, end
        if (size := len(piece.strip())) < end - start:
            last = start + len(piece.rstrip())
            first = last - size
        lines.append(tuple.__new__(Line, (start, end, first, last)))  # in half the time
        start = end + 1
    return lines


def line_at(lines: list[Line], offset: int) -> int:
    """Return the number of the line that holds an offset."""
    return bisect_right(lines, offset, key=lambda line: line.start) - 1


def is_fragment(string: str) -> bool:
    """Whether a line holds only handles, hashtags, links, emoji and punctuation.

    >>> is_fragment("@harbourboard #pier"), is_fragment("the @harbourboard")
    (True, False)
    """
    if len(string) > _LONGEST_FRAGMENT:
        return False
    return all(_FRAGMENT_TOKEN.fullmatch(token[0]) for token in _TOKEN.finditer(string))


def has_trait(string: str) -> bool:
    """Whether a line shows what posts have and articles rarely: hashtag, handle, link, emoji."""
    return _TRAIT.search(string) is not None


def has_strong_trait(string: str) -> bool:
    """Whether a line shows more than a handle of what posts have."""
    return _STRONG_TRAIT.search(string) is not None


def has_unbroken_link(string: str) -> bool:
    """Whether a hashtag, handle or link shares the line with words: nodes were not parted there.

    >>> has_unbroken_link("Open now! t.co/AbCdEf1234"), has_unbroken_link("t.co/AbCdEf1234")
    (True, False)
    """
    return _LINKED.search(string) is not None and not is_fragment(string)


def starts_with_emoji(string: str) -> bool:
    """Whether a line begins with an emoji or a flag."""
    return _EMOJI_START.match(string) is not None


def has_word(string: str) -> bool:
    """Whether a line holds a word at all."""
    return _WORD.search(string) is not None


def continues(string: str) -> bool:
    """Whether a line reads like the rest of the one above it.

    >>> continues("and more"), continues(", and more"), continues("More")
    (True, True, False)
    """
    return string[:1].islower() or string[:1] in {",", ".", ";", ":", ")", "!", "?", "&", "…", "/"}


def list_marker(string: str) -> str:
    """Return what kind of list marker opens a line, empty without one.

    >>> list_marker("2. Fog"), list_marker("- Fog"), list_marker("Fog"), list_marker("#fog")
    ('number', '-', '', '')
    """
    match = _MARKER.match(string)
    if match is not None:
        return "number" if match[1] is None or match[1].isdigit() else "letter"
    first = string[:1]
    return first if first and unicodedata.category(first)[0] in "PS" and first not in "#@.&" else ""
