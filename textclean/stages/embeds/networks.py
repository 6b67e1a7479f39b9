"""What the networks print of who posted: how long a post may be, and lines that are theirs alone.

Instagram, Facebook and Reddit say it in words of their own; what has a dash, a name, a handle and a
date, see ``attributions``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from textclean.stages.embeds.dates import Dated, behind
from textclean.stages.embeds.handles import bracket_before
from textclean.stages.embeds.tables import SPACE, YEAR, alternation, phrases, posted_rows

#: A display name has at most 50 characters on X; some room for spaces and full names elsewhere.
NAME_LIMIT = 70

#: Characters of a post until November 2017, and since.
SHORT_LIMIT, LONG_LIMIT = 140, 280
#: Instagram's limit for a caption.
CAPTION_LIMIT = 2200

_CLOCK = re.compile(r"\d[:.h]\d\d")
#: A year in which something was posted.
YEAR_OF_POST = re.compile(YEAR)


class Attribution(NamedTuple):
    """One attribution.

    Attributes:
        start: Where it begins, its dash included.
        end: Where it ends, its date included.
        kind: ``"dated"`` when dash, handle and date are there, ``"hyphen"`` with a hyphen or short
            dash, ``"undated"`` without the date, ``"plain"`` without the dash, ``"shared"`` for
            "A post shared by ...", ``"posted"`` for Facebook's "Posted by ...", ``"titled"`` for
            Reddit's "by u/... in r/...".
        limit: How many characters, links aside, the post can have had.
    """

    start: int
    end: int
    kind: str
    limit: int


def ends_line(text: str, offset: int) -> bool:
    """Whether only white space and closing marks follow on the line."""
    rest = text[offset : offset + 40].partition("\n")[0]
    return len(rest) < 40 and not rest.strip(" \t\r\u00a0.,·|")  # noqa: PLR2004 - the window above


#: Characters of Instagram's attribution before the handle.
_BEFORE_SHARER = 200


@cache
def _shared_openings() -> re.Pattern[str]:
    """Return the pattern of how Instagram's attribution begins."""
    return re.compile(_shared_opening())


def _shared_opening() -> str:
    return "(?:" + alternation(phrases("shared")).replace(r"\ ", r"\s{1,3}") + r")\s{1,3}"


def _shared(date: str) -> re.Pattern[str]:
    """Return the pattern of Instagram's attribution, in every language of the table."""
    handle = r"[@＠][\w.]{1,40}"
    clock = rf"(?:{SPACE}{{0,2}}(?:at|um|à|a las|alle|às|в|,){SPACE}{{1,2}})?[^\n]{{0,14}}?"
    zone = r"(?:(?:P[SD]T|UTC|GMT)\b|\d{1,2}:\d{2} Uhr)"
    on = r"\b(?:on|am|le|el|il|em|op)\b"
    moment = rf"(?:\s{{0,3}}(?:{on}\s{{1,4}})?{date}(?:{clock}{zone}|{SPACE}Uhr)?)?"
    return re.compile(
        rf"{_shared_opening()}(?:[^\n@]{{0,{NAME_LIMIT}}}\s?[(（]\s{{0,3}}{handle}\s{{0,3}}[)）]"
        rf"|{handle})(?:\s{{0,3}}(?:geteilter|gepostetes)[^\n]{{0,20}})?{moment}"
        rf"(?:\s{{0,3}}{on}(?=[^\S\n]{{0,4}}(?:\n|$)))?"
    )


SHARED = Dated(_shared)


@cache
def _shared_after() -> re.Pattern[str]:
    """Return the pattern of Instagram's attribution where its words follow name and handle."""
    closing = alternation(phrases("shared after")).replace("'", "['’]")
    return re.compile(
        rf"^[^\S\n]{{0,40}}(?P<all>[^\n@]{{0,{NAME_LIMIT}}}[(（]\s{{0,3}}[@＠][\w.]{{1,40}}\s{{0,3}}[)）]"
        rf"{SPACE}{{0,2}}(?:{closing}))[^\S\n]{{0,40}}$",
        re.MULTILINE,
    )


def _posted(date: str) -> re.Pattern[str]:
    """Return the pattern of Facebook's attribution; the weekday tells it from a byline."""
    name = rf"\s{{1,3}}[^\n@|]{{1,{NAME_LIMIT}}}?"
    first, last = (
        "|".join(
            rf"(?:{row.opening}){name}{row.before}"
            for row in posted_rows()
            if bool(row.after) is follows
        )
        for follows in (False, True)
    )
    after = "|".join(row.after for row in posted_rows() if row.after)
    return re.compile(
        rf"^[^\S\n]{{0,40}}(?P<all>(?:{first}|(?P<last>{last})){date}"
        rf"(?(last)(?:{after})))[^\S\n]{{0,40}}$",
        re.MULTILINE,
    )


POSTED = Dated(_posted)


@cache
def _posted_words() -> re.Pattern[str]:
    """Return the pattern of the words with which Facebook's attribution begins."""
    return re.compile("|".join(row.opening for row in posted_rows()))


@cache
def _posted_openings() -> re.Pattern[str]:
    """Return the pattern of how Facebook's attribution begins, on any line but the first."""
    return re.compile(rf"\n[^\S\n]*+(?:{_posted_words().pattern})(?!\S)")


def might_be_posted(text: str) -> bool:
    r"""Whether a line below the first begins like Facebook's attribution.

    In plain ASCII the English one alone is looked for: to look for all would take as long as the
    rest of triage, and articles in the other languages have letters beyond it.

    >>> might_be_posted("Open now!\nPosted by Harbour Board")
    True
    >>> might_be_posted("Geöffnet\nGepostet von Hafen"), might_be_posted("Offen\nGepostet von H.")
    (True, False)
    """
    if text.isascii():
        return "Posted by" in text
    return _posted_openings().search(text) is not None


#: Reddit's attribution under the title of a post; extractors glue its words.
_TITLED = re.compile(
    r"^[^\S\n]{0,40}(?P<all>(?:posted\s{1,3})?by\s{0,3}u/[\w-]{2,20}\s{1,3}"
    r"in\s{0,3}(?:r/)?\w{2,21})[^\S\n]{0,40}$",
    re.MULTILINE | re.IGNORECASE,
)
#: Reddit's limit for a title.
_TITLE_LIMIT = 300


#: Characters between where such a line begins and its "u/", or the bracket of its handle, at most.
_BEFORE_USER, _BEFORE_BRACKET = 60, 120
_USER = re.compile("/(?<=[uU]/)")


def _matches_at(
    pattern: re.Pattern[str], text: str, starts: Iterable[int]
) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern, if they begin nowhere else; they do not overlap."""
    reached = 0
    for start in starts:
        match = pattern.match(text, start) if start >= reached else None
        if match is not None:
            yield match
            reached = match.end()


def _lines_of_handles(text: str, signs: Sequence[int]) -> Iterator[int]:
    """Yield where lines begin that have the bracket of a handle in brackets."""
    for sign in signs:
        bracket = bracket_before(text, sign)
        if bracket is not None:
            first = max(0, bracket - _BEFORE_BRACKET)
            start = text.rfind("\n", first, bracket) + 1
            if start or not first:
                yield start


def _lines_of_users(text: str) -> Iterator[int]:
    """Yield where lines begin on which Reddit's attribution may, in order."""
    reached = -1  # the last of them: many "u/" may follow the same lines
    for user in _USER.finditer(text):
        at = user.start()
        first = max(reached, at - _BEFORE_USER, 0)
        if reached < 0 and first == 0:
            yield 0
            reached = 0
        while (first := text.find("\n", first, at) + 1) > 0:
            yield first
            reached = first


def _might_be_shared(text: str, signs: Sequence[int]) -> bool:
    """Whether Instagram's attribution begins shortly before a handle."""
    openings, first, last = _shared_openings(), 0, 0
    for at in signs:
        if at - _BEFORE_SHARER > last:
            if openings.search(text, first, last):
                return True
            first = at - _BEFORE_SHARER
        last = at
    return openings.search(text, first, last) is not None


def network_attributions(text: str, signs: Sequence[int]) -> Iterator[Attribution]:
    """Yield the attributions in words of a network's own: Instagram's, Facebook's and Reddit's.

    Args:
        text: The text.
        signs: From ``signs_of``.
    """
    opened = behind(_shared_openings(), text) if _might_be_shared(text, signs) else ""
    for match in SHARED.within(opened).finditer(text) if opened else ():
        # "A post shared by the board (@harbourboard) Monday" is an author's sentence.
        if ends_line(text, match.end()) or YEAR_OF_POST.search(match[0]):
            yield Attribution(match.start(), match.end(), "shared", CAPTION_LIMIT)
    for match in _matches_at(_shared_after(), text, _lines_of_handles(text, signs)):
        yield Attribution(match.start("all"), match.end("all"), "shared", CAPTION_LIMIT)
    if might_be_posted(text):
        title = re.compile(r"\s{0,1000}[^\n]*\n?\s{0,1000}").match(text)
        posted = POSTED.within(behind(_posted_words(), text))
        for match in posted.finditer(text, title.end() if title else 0):
            # A line of that kind under the first line of a text, or with an hour, is a byline.
            below = title is None or match.start("all") > title.end()
            if below and _CLOCK.search(match["all"]) is None:
                yield Attribution(match.start("all"), match.end("all"), "posted", CAPTION_LIMIT)
    if "u/" in text:
        for match in _matches_at(_TITLED, text, _lines_of_users(text)):
            yield Attribution(match.start("all"), match.end("all"), "titled", _TITLE_LIMIT)
