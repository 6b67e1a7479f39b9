"""What speaks for and against a line being of the same post as the line below it.

Each feature is a plain yes or no with a name. The weights, and why each has its sign, stand in
``tables/embeds_reach.toml``; what their sums decide, see ``choice``. No line is looked at beyond
the network's own limit.
"""

# ruff: noqa: PLR2004 - the bounds stand beside the names that say what they mean
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textclean.stages.embeds.lines import (
    LINK,
    SENTENCE_END,
    continues,
    has_strong_trait,
    has_trait,
    has_word,
    is_fragment,
    list_marker,
)
from textclean.stages.embeds.networks import SHORT_LIMIT
from textclean.stages.embeds.tables import reach_words

#: A sentence that is not called out ends so; and where another follows.
_FULL_STOPS = frozenset('.。"”»')
#: A headline ends in none of these; a colon announces what stands below it.
_NO_HEADLINE = _FULL_STOPS | frozenset("…!:！：")
_SENTENCE_BREAK = re.compile(r"\w\w[.]\s+\w|。.")
#: "&" between two words; between two names it is part of one: "Marsh & Sons".
_AMPERSAND = re.compile(r"(\S{1,40}) & (\S)")
_NAME_WORD = re.compile(r"[^\W\d_]{4,40}")
#: Words of any script that parts them by spaces.
ANY_WORD = re.compile(r"[^\W\d_]{2,30}")
#: Fewer words of a text say nothing about which are usual.
MINIMUM_WORDS = 150
#: Fewer lines outside the reach of posts say nothing about what is usual.
_MINIMUM_LINES = 4
#: Shorter strings have too few letters to tell a script by.
_SCRIPT_MINIMUM = 20
#: Latin letters, those with diacritics included, stand below.
_BEYOND_LATIN = re.compile("[\u0250-\U0010ffff]")


class Anchor(NamedTuple):
    """What tells that a post stands in the text.

    Attributes:
        kind: ``"own"``: an attribution on lines of its own; ``"inside"``: on the line of its body;
            ``"caption"``: Instagram's.
        line: Its first line.
        limit: How many characters the post can have had.
        split: Whether the extractor broke lines at links, too: the attribution shows it.
        author: Name and handle.
    """

    kind: str
    line: int
    limit: int
    split: bool
    author: str


class Step(NamedTuple):
    """One question: is ``upper`` of the same post as ``lower``, the line below it?

    Attributes:
        upper: The line in question.
        lower: The line below it, part of the post already; empty for the first of a caption.
        body: All that the post has already.
        depth: How many lines that is.
        gap: Blank lines between the two.
        parted: Whether those blank lines are the only ones down to the attribution.
        indented: Whether the line is indented and the attribution is not, or the other way round.
        above: The line above it; empty without one.
        gap_above: Blank lines above the line.
        between: Whether all lines down from another post would fit.
        trailing: Whether a space stands behind the line.
        rules: Whether one of the plain rules joins the two.
        anchor: What the post was recognized by.
    """

    upper: str
    lower: str
    body: str
    depth: int
    gap: int
    parted: bool
    indented: bool
    above: str
    gap_above: int
    between: bool
    trailing: bool
    rules: bool
    anchor: Anchor


class Profile(NamedTuple):
    """What is usual in one text, outside the reach of its posts.

    Attributes:
        lengths: The lengths of its lines, sorted.
        latin: Whether it is written in Latin letters.
        curly: Whether its quotation marks and apostrophes are curly ones.
        straight: Whether they are straight ones.
        trailing: Whether its lines often have a space behind them.
        words: The words of these lines; empty when they are few.
        headed: Whether the text begins with a headline: a line that is no finished sentence.
    """

    lengths: tuple[int, ...]
    latin: bool
    curly: bool
    straight: bool
    trailing: bool
    words: frozenset[str]
    headed: bool

    @property
    def brief(self) -> bool:
        """Whether too few lines stand there to compare with."""
        return len(self.lengths) < _MINIMUM_LINES

    def rank(self, length: int) -> float:
        """Return the share of lines that are at most so long."""
        return bisect_right(self.lengths, length) / len(self.lengths)


def profile_of(lines: Sequence[str], near: frozenset[int]) -> Profile:
    """Return what is usual in these lines; ``near`` are the numbers of those a post may reach."""
    stripped = [line.strip() for line in lines]
    outside = [n for n, string in enumerate(stripped) if string and n not in near]
    straight, curly = (
        sum(stripped[n].count(a) + stripped[n].count(b) for n in outside) for a, b in ("'\"", "’“")
    )
    long = [n for n in outside if len(stripped[n]) > 40]
    trailing = sum(lines[n].rstrip("\r")[-1] in " \u00a0" for n in long)
    text = " ".join(stripped[n] for n in outside)
    words = _words(text)
    return Profile(
        lengths=tuple(sorted(len(stripped[n]) for n in outside)),
        latin=_is_latin(text[:4000]),
        curly=curly >= 4 and curly > 4 * straight,
        straight=straight >= 4 and straight > 4 * curly,
        trailing=trailing * 20 > len(long),
        words=frozenset(words if len(words) > MINIMUM_WORDS else ()),
        headed=_is_headline(next(filter(None, stripped), "")),
    )


def _is_headline(string: str) -> bool:
    """Whether a text's first line is a headline: no finished sentence, and nothing of a post."""
    return has_word(string) and string[-1] not in _NO_HEADLINE and not has_trait(string)


def _words(string: str) -> list[str]:
    return ANY_WORD.findall(string.casefold())


def _is_latin(string: str) -> bool:
    """Whether half of the letters are Latin ones, or more; so it is where there are none."""
    if string.isascii():
        return True
    letters = sum(map(str.isalpha, string))
    return 2 * sum(map(str.isalpha, _BEYOND_LATIN.findall(string))) <= letters


def _foreign(string: str, profile: Profile) -> bool:
    """Whether a string is written in other letters than the text."""
    bare = LINK.sub("", string)
    return any(map(str.isalpha, bare)) and _is_latin(bare) != profile.latin


def reads_like_prose(string: str) -> bool:
    """Whether a line is a finished sentence, or several, without anything that posts have.

    >>> reads_like_prose("The quay is closed."), reads_like_prose("The quay is closed!")
    (True, False)
    """
    finished = string[-1:] in _FULL_STOPS or _SENTENCE_BREAK.search(string) is not None
    return finished and not has_trait(string)


def has_voice(kind: str, string: str) -> bool:
    """Whether a string holds a word of one person; in capitals it is none: "US", "EU".

    >>> has_voice("first person", "Give us a sign."), has_voice("first person", "The US said no.")
    (True, False)
    """
    return any(
        match[0] == "I" or not match[0].isupper() for match in reach_words(kind).finditer(string)
    )


def has_ampersand(string: str) -> bool:
    """Whether "&" saves the characters of "and", and is no part of a name.

    >>> has_ampersand("nuts & bolts"), has_ampersand("Marsh & Sons")
    (True, False)
    """
    return any(
        not (match[1][:1].isupper() and match[2].isupper()) for match in _AMPERSAND.finditer(string)
    )


def names_author(author: str, string: str) -> bool:
    """Whether a string holds a word of the name or handle of who posts."""
    folded = string.casefold()
    return any(word[0].casefold() in folded for word in _NAME_WORD.finditer(author))


def features(step: Step, profile: Profile) -> Iterator[str]:
    """Yield the names of the features that hold."""
    yield "always"
    if is_fragment(step.upper):
        yield "upper.fragment"
        if step.rules:
            yield "rules"
        if len(step.upper) == 1 and step.lower[:1].isupper():
            yield "upper.mark_only"
    else:
        yield from _of_upper(step, profile)
        yield from _of_quotes(step, profile)
        yield from _of_words(step, profile)
    yield from _of_lower(step)
    yield from _of_place(step)
    yield from _of_text(step, profile)


def _named(pairs: Sequence[tuple[str, object]]) -> Iterator[str]:
    return (name for name, holds in pairs if holds)


def _of_upper(step: Step, profile: Profile) -> Iterator[str]:
    """What the line itself shows."""
    upper = step.upper
    size = len(upper)
    ends = upper[-1] in SENTENCE_END
    strong = has_strong_trait(upper)
    foreign = _foreign(upper, profile)
    leaves = not foreign and _foreign(step.body, profile)
    return _named(
        (
            ("upper.mark_only", size == 1),
            ("upper.tiny", size <= 20),
            ("upper.huge.ends", size > 160 and ends),
            ("upper.unfinished", not ends and upper[-1] not in ":：,、，"),
            ("upper.excited", upper[-1] in "!?！？"),
            ("upper.colon", upper[-1] in ":："),
            ("upper.quoted", upper[0] in '"“„«' and upper[-1] in '"”“»'),
            ("upper.caps", upper.isupper()),
            ("upper.strong", strong),
            ("upper.handle", not strong and has_trait(upper)),
            ("upper.ampersand", has_ampersand(upper)),
            ("upper.first_person", has_voice("first person", upper)),
            ("upper.saying", reach_words("saying").search(upper)),
            ("upper.second_person", has_voice("second person", upper)),
            ("caption.plain", not has_trait(upper) and step.anchor.kind == "caption"),
            ("upper.names_author", names_author(step.anchor.author, upper)),
            ("upper.foreign_script", foreign and size > _SCRIPT_MINIMUM),
            ("post.foreign_script", foreign and _foreign(step.body, profile)),
            ("post.foreign_script.not_here", leaves),
            ("rules", step.rules and not leaves),
        )
    )


def _of_quotes(step: Step, profile: Profile) -> Iterator[str]:
    """Whose quotation marks and apostrophes the line has: the article's or the post's."""
    quotes, of_post = _quotes(step.upper), _quotes(step.body)
    if quotes is None:
        return
    if profile.straight if quotes == "curly" else profile.curly:
        yield "quotes.unlike_text"
    if of_post is not None and of_post != quotes:
        yield "quotes.unlike_post"


def _quotes(string: str) -> str | None:
    """Return which kind of quotation marks a string has; None for none or both."""
    straight, curly = "'" in string or '"' in string, "’" in string or "“" in string
    if straight == curly:
        return None
    return "curly" if curly else "straight"


def _of_words(step: Step, profile: Profile) -> Iterator[str]:
    """How many words of the line stand elsewhere in the text."""
    words = _words(LINK.sub("", step.upper)) if profile.words else []
    if len(words) >= 4:
        known = sum(word in profile.words for word in words) / len(words)
        if known >= 0.8:
            yield "words.known"
        elif known >= 0.6:
            yield "words.usual"


def _of_lower(step: Step) -> Iterator[str]:
    """What the line below it shows, and the two together."""
    lower = step.lower
    ends = step.upper[-1] in SENTENCE_END
    return _named(
        (
            ("lower.fragment", is_fragment(lower)),
            ("lower.mark_only", lower in {".", "!", "?", ","}),
            ("lower.continues.unfinished", not ends and continues(lower)),
            ("lower.strong", has_strong_trait(LINK.sub("", lower))),
            ("lower.marker", list_marker(lower)),
        )
    )


def _of_place(step: Step) -> Iterator[str]:
    """Where the line stands: blank lines, other posts, the network's limit."""
    anchor = step.anchor
    ends = step.upper[-1] in SENTENCE_END
    short = anchor.limit == SHORT_LIMIT
    return _named(
        (
            ("gap", step.gap),
            ("gap_above", step.gap_above),
            ("split", anchor.split),
            ("between_posts", step.between),
            ("anchor.inside", anchor.kind == "inside"),
            ("anchor.inside.ends", anchor.kind == "inside" and ends),
            ("anchor.caption", anchor.kind == "caption"),
            ("caption.prose", anchor.kind == "caption" and reads_like_prose(step.upper)),
            ("anchor.caption.first", anchor.kind == "caption" and not step.depth),
            ("limit.short", short),
            ("limit.short.ends", short and ends),
        )
    )


def _of_text(step: Step, profile: Profile) -> Iterator[str]:
    """How the line compares with what is usual in the text."""
    ends = step.upper[-1] in SENTENCE_END
    if step.trailing and not profile.trailing:
        yield "text.trailing_space"
    if profile.brief:
        yield "text.brief"
        if len(step.upper) > 40 and reads_like_prose(step.upper):
            yield "text.brief.prose"
        return
    rank = profile.rank(len(step.upper))
    if rank > 0.7:
        yield "rank.common"
    elif rank > 0.35:
        if ends:
            yield "rank.usual.ends"
    elif 0.02 < rank <= 0.15:
        yield "rank.seldom"
        if ends:
            yield "rank.seldom.ends"
