"""What speaks for and against a line being of the same post as the line below it.

Each feature is a plain yes or no with a name. The weights, and why each has its sign, stand in
``tables/embeds_reach.toml``; the score of a step is the sum of those that hold, and a line joins
the post when it is above zero. No line is looked at beyond the network's own limit.
"""

# ruff: noqa: PLR2004 - the bounds stand beside the names that say what they mean
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textclean.stages.embeds.attributions import SHORT_LIMIT
from textclean.stages.embeds.lines import (
    LINK,
    SENTENCE_END,
    continues,
    has_strong_trait,
    has_trait,
    is_fragment,
    list_marker,
)
from textclean.stages.embeds.tables import reach_weights, reach_words

_NAME_WORD = re.compile(r"[^\W\d_]{4,40}")
_CAPITAL_WORD = re.compile(r"[^\W\d_]{4}")
_COLONS = frozenset(":：")
#: Fewer lines outside the reach of posts say nothing about what is usual.
_MINIMUM_LINES = 4
#: Shorter strings have too few letters to tell a script by.
_SCRIPT_MINIMUM = 20
#: Latin letters, those with diacritics included, stand below.
_LATIN_END = "\u0250"


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
        top: The end of the line above it; empty without one, or where another post ends there.
        body: All that the post has already.
        depth: How many lines that is.
        used: Characters of the post's limit with the line.
        beyond: Whether the line above it would no longer fit.
        gap: Blank lines between the two.
        gap_above: Blank lines above the line.
        gap_anchor: Blank lines between the body and its anchor.
        after_post: Whether another post stands right above the line.
        between: Whether all lines down from another post would fit.
        trailing: Whether a space stands behind the line.
        rules: Whether one of the plain rules joins the two.
        anchor: What the post was recognized by.
    """

    upper: str
    lower: str
    top: str
    body: str
    depth: int
    used: int
    beyond: bool
    gap: int
    gap_above: int
    gap_anchor: int
    after_post: bool
    between: bool
    trailing: bool
    rules: bool
    anchor: Anchor


class Profile(NamedTuple):
    """What is usual in one text, outside the reach of its posts.

    Attributes:
        lengths: The lengths of its lines, sorted.
        half: Half of the characters of all lines stand in lines at most so long.
        latin: Whether it is written in Latin letters.
        curly: Whether its quotation marks and apostrophes are curly ones.
        straight: Whether they are straight ones.
        trailing: Whether its lines often have a space behind them.
        unfinished: The share of its lines that end without a full stop.
    """

    lengths: tuple[int, ...]
    half: int
    latin: bool
    curly: bool
    straight: bool
    trailing: bool
    unfinished: float

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
    lengths = sorted(map(len, filter(None, stripped)))
    half, reached, total = 0, 0, sum(lengths)
    for half in lengths:
        reached += half
        if reached * 2 >= total:
            break
    outside = [n for n, string in enumerate(stripped) if string and n not in near]
    straight, curly = (
        sum(stripped[n].count(a) + stripped[n].count(b) for n in outside) for a, b in ("'\"", "’“")
    )
    long = [n for n in outside if len(stripped[n]) > 40]
    trailing = sum(lines[n].rstrip("\r")[-1] in " \u00a0" for n in long)
    unfinished = sum(stripped[n][-1] not in SENTENCE_END for n in outside)
    return Profile(
        lengths=tuple(sorted(len(stripped[n]) for n in outside)),
        half=half,
        latin=_is_latin("".join(stripped[n] for n in outside)[:4000]),
        curly=curly >= 4 and curly > 4 * straight,
        straight=straight >= 4 and straight > 4 * curly,
        trailing=trailing * 20 > len(long),
        unfinished=unfinished / max(1, len(outside)),
    )


def _is_latin(string: str) -> bool:
    letters = [character for character in string if character.isalpha()]
    return sum(character < _LATIN_END for character in letters) * 2 >= len(letters)


def _is_title(string: str) -> bool:
    """Whether most words of a line begin with a capital, as in a headline."""
    words = [word for word in string.split() if _CAPITAL_WORD.match(word)]
    return len(words) > 1 and sum(word[0].isupper() for word in words) * 4 >= 3 * len(words)


def _foreign(string: str, profile: Profile) -> bool:
    """Whether a string is written in other letters than the text."""
    bare = LINK.sub("", string)
    return any(map(str.isalpha, bare)) and _is_latin(bare) != profile.latin


def _names(author: str, string: str) -> bool:
    folded = string.casefold()
    return any(word[0].casefold() in folded for word in _NAME_WORD.finditer(author))


def score(step: Step, profile: Profile) -> float:
    """Return how much speaks for the line; above zero it joins."""
    weights = reach_weights()
    return sum(weights[name] for name in features(step, profile))


def features(step: Step, profile: Profile) -> Iterator[str]:
    """Yield the names of the features that hold."""
    yield "always"
    if is_fragment(step.upper):
        yield "upper.fragment"
        if step.rules:
            yield "rules"
        if len(step.upper) == 1 and step.lower[:1].isupper():
            yield "upper.mark_only"
        if LINK.search(step.upper):
            yield "upper.link"
    else:
        yield from _of_upper(step, profile)
        yield from _of_quotes(step, profile)
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
            ("upper.link", LINK.search(upper)),
            ("upper.mark_only", size == 1),
            ("upper.tiny", size <= 20),
            ("upper.tiny.ends", size <= 20 and ends),
            ("upper.middle.ends", 50 < size <= 100 and ends),
            ("upper.huge.ends", size > 160 and ends),
            ("upper.unfinished", not ends and upper[-1] not in ":：,、，"),
            ("upper.ellipsis", upper.endswith(("…", "..."))),
            ("upper.excited", upper[-1] in "!?！？"),
            ("upper.closing_quote", upper[-1] in '"”»’'),
            ("upper.title", not ends and _is_title(upper)),
            ("upper.caps", upper.isupper()),
            ("upper.strong", strong),
            ("upper.handle", not strong and has_trait(upper)),
            ("upper.digit_start", upper[0].isdigit()),
            ("upper.marker", list_marker(upper)),
            ("upper.ampersand", " & " in upper),
            ("upper.first_person", reach_words("first person").search(upper)),
            ("upper.saying", reach_words("saying").search(upper)),
            ("upper.names_author", _names(step.anchor.author, upper)),
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
    if quotes == "curly" and profile.curly:
        yield "quotes.like_text"
    if of_post is not None and of_post != quotes:
        yield "quotes.unlike_post"


def _quotes(string: str) -> str | None:
    """Return which kind of quotation marks a string has; None for none or both."""
    straight, curly = "'" in string or '"' in string, "’" in string or "“" in string
    if straight == curly:
        return None
    return "curly" if curly else "straight"


def _of_lower(step: Step) -> Iterator[str]:
    """What the line below it shows, and the two together."""
    lower = step.lower
    ends = step.upper[-1] in SENTENCE_END
    fragment = is_fragment(lower)
    bare = LINK.sub("", lower).strip()
    kind = list_marker(lower)
    return _named(
        (
            ("lower.fragment", fragment),
            ("lower.fragment.unfinished", fragment and not ends),
            ("lower.link_only", fragment and not bare),
            ("lower.link_only.ends", fragment and not bare and ends),
            ("lower.mark_only", lower in {".", "!", "?", ","}),
            ("lower.hash_start", lower[:1] in {"#", "＃"}),
            ("lower.continues.unfinished", not ends and continues(lower)),
            ("lower.stub", not fragment and len(bare) < 20),
            ("lower.strong", has_strong_trait(bare)),
            ("lower.marker", kind),
            ("lower.connects", not fragment and reach_words("connecting").match(lower)),
            ("same_marker", kind and kind == list_marker(step.upper)),
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
            ("gap.two", step.gap > 1),
            ("gap_above", step.gap_above),
            ("gap_anchor.not_here", step.gap_anchor and not step.gap),
            ("split", anchor.split),
            ("after_post", step.after_post),
            ("between_posts", step.between),
            ("anchor.inside", anchor.kind == "inside"),
            ("anchor.inside.ends", anchor.kind == "inside" and ends),
            ("anchor.caption", anchor.kind == "caption"),
            ("anchor.caption.first", anchor.kind == "caption" and not step.depth),
            ("anchor.caption.ends", anchor.kind == "caption" and ends),
            ("limit.most_used", 0.65 < step.used / anchor.limit <= 0.9),
            ("limit.beyond_above", step.beyond),
            ("limit.short", short),
            ("limit.short.ends", short and ends),
            ("depth.two", step.depth == 2),
        )
    )


def _of_text(step: Step, profile: Profile) -> Iterator[str]:
    """How the line compares with what is usual in the text."""
    size = len(step.upper)
    ends = step.upper[-1] in SENTENCE_END
    if profile.brief:
        yield "text.brief"
        if not step.top and not step.after_post:
            yield "text.brief.first_line"
    else:
        rank = profile.rank(size)
        if rank > 0.7:
            yield "rank.common"
        elif rank > 0.35:
            if ends:
                yield "rank.usual.ends"
        elif 0.06 < rank <= 0.15:
            yield "rank.seldom"
    yield from _named(
        (
            ("text.trailing_space", step.trailing and not profile.trailing),
            ("text.unfinished_lines", profile.unfinished > 0.5),
            (
                "text.finished_lines.unfinished",
                profile.unfinished < 0.15 and not ends and step.upper[-1] not in _COLONS,
            ),
            ("text.shorter", size * 2 < profile.half <= size * 4),
        )
    )
