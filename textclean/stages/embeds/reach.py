"""How far the post around an attribution reaches, backwards and forwards.

The one hard bound is the network's own: a post of X had 140 characters until November 2017 and
280 since, links aside. Within it, a line joins the post below it only on evidence; without any,
it stays: a wrong cut is worse than a leftover.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from textclean.stages.embeds.articles import is_lead, is_of_article
from textclean.stages.embeds.choice import choose
from textclean.stages.embeds.evidence import Anchor, Profile, Step
from textclean.stages.embeds.lines import (
    LINK,
    SENTENCE_END,
    Line,
    continues,
    has_strong_trait,
    has_trait,
    has_word,
    is_fragment,
    list_marker,
)
from textclean.stages.embeds.networks import CAPTION_LIMIT, LONG_LIMIT
from textclean.stages.embeds.opening import Opening

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
#: So much of the line above a line in question is looked at: more is too long for a post.
_TOP_WINDOW = 2 * LONG_LIMIT
#: No post has so many lines.
_MOST_LINES = 40
#: So much of the text above a line is looked at for who is announced there.
_CONTEXT = 160
#: The network counts every address as a shortened one, of 23 characters.
_ADDRESS = re.compile(r"https?://[^\s\u3000]{1,400}")
_SHORTENED = "x" * 23
_LEADING_HANDLES = re.compile(r"(?:[.]?[@＠]\w{1,30}\s{1,4}){1,60}")
_HANDLE_START = re.compile(r"\.?\s?[@＠]\w")


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


def _letters(string: str) -> str:
    """Return letters and digits alone: a headline has other quotation marks, and no link."""
    return "".join(filter(str.isalnum, LINK.sub("", string).casefold()))


def fits(length: int, limit: int) -> bool:
    """Whether a post may have had that length."""
    return length <= limit + _SLACK


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
    return above[-1:] not in SENTENCE_END or (split and below[:1] in {"#", "＃"})


class _Post(NamedTuple):
    """A post as far as it is known.

    Attributes:
        anchor: What it was recognized by.
        bottom: Its body's last line.
        top: Its first line so far.
        lower: What that line has of the post.
        body: All that it has.
        depth: How many lines that is.
        between: Whether all lines down from another post would fit.
    """

    anchor: Anchor
    bottom: int
    top: int
    lower: str
    body: str
    depth: int
    between: bool

    @property
    def together(self) -> bool:
        """Whether no blank line stands in it, nor above its attribution."""
        below = self.anchor.line in {self.bottom, self.bottom + 1}
        return below and self.bottom - self.top < self.depth


class Reach:
    """The lines of one text, with what earlier posts already took of them."""

    __slots__ = ("_first", "floor", "lines", "profile", "taken", "text")

    def __init__(self, text: str, lines: list[Line], profile: Profile) -> None:
        self.text = text
        self.profile = profile
        self.lines = lines
        self.floor = 0  # the first line that no post before has reached
        self.taken = bytearray(len(lines))
        self._first = next((n for n, line in enumerate(lines) if not line.blank), 0)

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

    def body_above(self, anchor: Anchor) -> int:
        """Return the first line of the body that ends above an attribution.

        The number of the anchor's line itself when no line is certain.
        """
        bottom = self.above(anchor.line)
        if bottom is None or self._is_lead(bottom):
            return anchor.line
        if not fits(post_length(self.string(bottom), anchor.limit), anchor.limit):
            return anchor.line
        return self.body_from(anchor, bottom, self.string(bottom))

    def body_from(self, anchor: Anchor, bottom: int, body: str) -> int:
        """Return the first line of a body whose last line is ``bottom``.

        Args:
            anchor: What tells that a post stands there.
            bottom: The body's last line; the anchor's own when not even one line is certain.
            body: What that line has of the post.
        """
        steps: list[Step] = []
        openings = [self._opening(anchor, bottom, body)]
        for line, step in self.steps(anchor, bottom, body):
            steps.append(step)
            openings.append(self._opening(anchor, line, step.upper))
        return openings[self.choose(steps, openings)].line if steps else bottom

    def _opening(self, anchor: Anchor, line: int, first: str) -> Opening:
        """Return what shows whether a post begins at a line."""
        number = self.above(line)
        filled = self._filled_above(line)
        start = self.lines[line].first
        floor = max(self.lines[self.floor].start, start - _CONTEXT, 0)
        return Opening(
            line=line,
            first=first,
            above="" if number is None else self.string(number)[-_TOP_WINDOW:],
            context=self.text[floor:start],
            size=0 if number is None else self.lines[number].last - self.lines[number].first,
            gap=line - filled - 1,
            after_post=number is None and filled >= 0 and bool(self.taken[filled]),
            author=anchor.author,
        )

    def choose(self, steps: list[Step], openings: list[Opening]) -> int:
        """Return how many lines to go up."""
        return choose(steps, openings, self.profile)

    def steps(self, anchor: Anchor, bottom: int, body: str) -> Iterator[tuple[int, Step]]:
        """Yield line after line above a body, each asked for as if all below it had joined."""
        between = self._fits_up_to_a_post(anchor, bottom, body)
        post = _Post(anchor, bottom, bottom, body, body, int(bool(body)), between)
        used = post_length(body, anchor.limit)
        while post.depth < _MOST_LINES and (line := self.above(post.top)) is not None:
            if self._is_lead(line):
                break
            string = self.string(line)
            used += post_length(string, anchor.limit) + 1
            if not fits(used, anchor.limit):
                break
            # A page that took the whole post for its headline keeps the headline.
            if _letters(string) == _letters(post.body) != "":
                break
            step = self._step(post, line)
            if is_of_article(step, self.profile):
                break
            yield line, step
            body = f"{string} {post.body}"[:CAPTION_LIMIT]
            post = post._replace(top=line, lower=string, body=body, depth=post.depth + 1)

    def _fits_up_to_a_post(self, anchor: Anchor, bottom: int, body: str) -> bool:
        """Whether another post stands above, and all lines from it down fit into one post."""
        used = post_length(body, anchor.limit)
        top = bottom
        while (line := self.above(top)) is not None:
            used += post_length(self.string(line), anchor.limit) + 1
            if not fits(used, anchor.limit):
                return False
            top = line
        filled = self._filled_above(top)
        return filled >= 0 and bool(self.taken[filled])

    def _step(self, post: _Post, upper: int) -> Step:
        """Return the question whether one more line is of the post."""
        line = self.lines[upper]
        return Step(
            upper=self.string(upper),
            lower=post.lower,
            body=post.body,
            depth=post.depth,
            gap=post.top - upper - 1,
            parted=post.top - upper > 1 and post.together,
            indented=self._is_indented(upper) != self._is_indented(post.anchor.line),
            above=self._string_above(upper),
            gap_above=max(0, upper - self._filled_above(upper) - 1),
            between=post.between,
            trailing=self.text[line.last : line.last + 1] in {" ", "\u00a0"},
            rules=bool(post.depth) and self._rules_join(post, upper),
            anchor=post.anchor,
        )

    def _is_lead(self, number: int) -> bool:
        """Whether a line is the article's first, under the headline with which the text begins."""
        under = self.profile.headed and self.above(number) == self._first
        return under and is_lead(self.string(number))

    def _string_above(self, number: int) -> str:
        above = self.above(number)
        return "" if above is None else self.string(above)[:_TOP_WINDOW]

    def _is_indented(self, number: int) -> bool:
        """Whether a line begins with more than a stray space, as paragraphs of wire news do."""
        return self.lines[number].first - self.lines[number].start > 1

    def _filled_above(self, number: int) -> int:
        """Return the nearest line above that is not blank, taken or not."""
        filled = number - 1
        while filled >= 0 and self.lines[filled].blank and number - filled <= _BLANK_LIMIT:
            filled -= 1
        return filled

    def _rules_join(self, post: _Post, upper: int) -> bool:
        """Whether one of the plain rules joins a line to the post below it."""
        together = upper == post.top - 1
        # Extractors that part paragraphs by blank lines keep the lines of one post together.
        if together and post.anchor.line - post.bottom > 1:
            return True
        if post.depth >= _DEEP and together and not post.anchor.split and self._short(upper):
            return True
        return self._joins(upper, post.top, post.anchor.split, post.depth)

    def _short(self, number: int) -> bool:
        """Whether a line holds words and is no whole sentence of an article's length."""
        string = self.string(number)
        whole = string[-1:] in SENTENCE_END and len(string) >= _ARTICLE_SENTENCE
        return has_word(string) and not whole

    def _joins(self, upper: int, lower: int, split: bool, depth: int) -> bool:  # noqa: FBT001, PLR0911
        """Whether a line is evidently of the same post as the line below it."""
        above, below = self.string(upper), self.string(lower)
        if is_fragment(above):
            return _fragment_joins(above, below)
        if not has_word(above):
            return False
        ends = above[-1:] in SENTENCE_END
        if is_fragment(below):
            return _joins_fragment(above, below, split=split)
        if has_trait(above):
            # A handle alone proves little: articles name them too, in whole sentences.
            return has_strong_trait(above) or not ends
        if list_marker(above) and list_marker(above) == list_marker(below):
            return True
        if above.isupper() and below.isupper() and above[-1:] != ":":
            return True  # posts shout, line by line
        if depth == 1 and len(below) < _STUB and not has_trait(below):
            return not ends
        return continues(below) and not ends and not _HANDLE_START.match(below)
