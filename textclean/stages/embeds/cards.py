"""Posts whose author stands first: name, handle, words, and below them what ends such a post.

Both ends are there, so that how far such a post reaches is certain.
"""

import re

from textclean.stages.embeds.attributions import is_name
from textclean.stages.embeds.beside import is_control
from textclean.stages.embeds.cutter import Cutter
from textclean.stages.embeds.dates import Dated, behind
from textclean.stages.embeds.lines import LINK_TAIL, SENTENCE_END, has_trait, line_at
from textclean.stages.embeds.networks import LONG_LIMIT
from textclean.stages.embeds.reach import fits, post_length
from textclean.stages.embeds.tables import LATIN_TIME, SPACE

#: A handle alone, or behind a name.
_HEADER = re.compile(r"(?P<name>[^@＠\n]{0,70}?)\s{0,3}[@＠]\w{1,15}")
#: Lines of such a post, and what stands between its name and its words.
_LINES = 16
#: A label beside a date has so few words.
_LABEL = 2
#: All that the fallbacks of Threads and Mastodon print.
_POST_BY = re.compile(r"Post by [@＠][\w.]{1,60}(?:@[\w.-]{4,60})?")
#: The links a post ends with are no longer.
_LINK_LENGTH = 160
_VIEW_ON = re.compile(r"View on (?:Threads|Mastodon)")


#: What the two patterns below hold, dates aside: they are compiled only where one of these stands.
_STAMPED = re.compile(rf"(?i:{LATIN_TIME}){SPACE}{{0,2}}·")
_HEADED = re.compile(r"[@＠]\w{1,15}\s{0,3}·")


def _stamp(date: str) -> re.Pattern[str]:
    """Return the pattern of a line of hour and date, maybe with the program and the views."""
    return re.compile(
        rf"^{SPACE}{{0,40}}(?P<all>(?i:{LATIN_TIME}){SPACE}{{0,2}}·{SPACE}{{0,2}}{date}"
        rf"(?:{SPACE}{{0,2}}·[^\n]{{0,60}})?)[^\S\n]{{0,40}}$",
        re.MULTILINE,
    )


STAMP = Dated(_stamp)


def _dated_header(date: str) -> re.Pattern[str]:
    """Return the pattern of name, handle and date, with the dot between that X prints there."""
    return re.compile(
        rf"^{SPACE}{{0,40}}(?P<name>[^@＠\n]{{1,70}}?)\s{{1,3}}[@＠]\w{{1,15}}\s{{0,3}}·\s{{0,3}}"
        rf"(?P<date>{date})[^\S\n]{{0,40}}$",
        re.MULTILINE,
    )


DATED_HEADER = Dated(_dated_header)


def take_cards(cutter: Cutter) -> None:
    """Take the posts that begin with their author's handle, and the fallbacks that have no more."""
    _take_fallbacks(cutter)
    if "·" in cutter.text:
        if _STAMPED.search(cutter.text):
            _take_stamped(cutter)
        if _HEADED.search(cutter.text):
            _take_dated(cutter)


def _take_fallbacks(cutter: Cutter) -> None:
    """Take "Post by @handle" above "View on Threads"."""
    if "Post by " not in cutter.text:
        return
    for number in range(len(cutter.lines)):
        below = cutter.reach.below(number)
        if (
            below is not None
            and _POST_BY.fullmatch(cutter.reach.string(number))
            and _VIEW_ON.fullmatch(cutter.reach.string(below))
        ):
            cutter.take(number, below, "embeds.attribution")


def _take_dated(cutter: Cutter) -> None:
    """Take the posts whose header has the date, too, when their end is certain."""
    headers = list(DATED_HEADER.within(behind(_HEADED, cutter.text)).finditer(cutter.text))
    begins = {line_at(cutter.lines, match.start("name")) for match in headers}
    for match in headers:
        top = line_at(cutter.lines, match.start("name"))
        head = line_at(cutter.lines, match.end("date") - 1)
        if cutter.taken[top] or cutter.taken[head] or not is_name(match["name"].strip()):
            continue
        end = _end_below(cutter, head, begins) if _in_article(cutter, top) else None
        if end is not None and _has_words(cutter, head + 1, end + 1):
            cutter.take(top, head, "embeds.attribution")
            cutter.take(head + 1, end, "embeds.body")


def _end_below(cutter: Cutter, head: int, begins: set[int]) -> int | None:
    """Return the last line of the words below a header; None when nothing shows where they end.

    They end in a link of the network's own, or above its counters and buttons, or the next header.
    """
    number, length = head, 0
    for _ in range(_LINES):
        below = cutter.reach.below(number)
        if below is None or cutter.taken[below]:
            return None
        string = cutter.reach.string(below)
        if number > head and (below in begins or is_control(string)):
            return number
        length += post_length(string) + 1
        if not fits(length, LONG_LIMIT):
            return None
        if LINK_TAIL.search(string[-_LINK_LENGTH:]) is not None:
            return below
        number = below
    return None


def _take_stamped(cutter: Cutter) -> None:
    """Take the posts that begin with their author's handle and end with hour and date."""
    for match in STAMP.within(behind(_STAMPED, cutter.text)).finditer(cutter.text):
        stamp = line_at(cutter.lines, match.start("all"))
        top = None if cutter.taken[stamp] else _header_above(cutter, stamp)
        if top is None or not _in_article(cutter, top):
            continue
        handle = _handle_below(cutter, top)
        if _has_words(cutter, handle + 1, stamp):
            cutter.take(top, handle, "embeds.attribution")
            cutter.take(handle + 1, stamp - 1, "embeds.body")
            cutter.take(stamp, stamp, "embeds.attribution")


def _header_above(cutter: Cutter, stamp: int) -> int | None:
    """Return the line of the name, when all lines below it up to the stamp fit into one post."""
    number, length = stamp, 0
    for _ in range(_LINES):
        above = cutter.reach.above(number)
        if above is None:
            return None
        string = cutter.reach.string(above)
        header = _HEADER.fullmatch(string)
        if (
            header is not None
            and number < stamp
            and (not header["name"] or is_name(header["name"]))
        ):
            return above if header["name"] else _name_above(cutter, above)
        length += post_length(string) + 1
        if not fits(length, LONG_LIMIT):
            return None
        number = above
    return None


def _in_article(cutter: Cutter, top: int) -> bool:
    """Whether a finished sentence, or another post, stands above: under a headline is a byline."""
    number = top - 1
    while number >= 0 and top - number <= _LINES and cutter.lines[number].blank:
        number -= 1
    if number < 0:
        return False
    return bool(cutter.taken[number]) or cutter.reach.string(number)[-1:] in SENTENCE_END


def _has_words(cutter: Cutter, first: int, stop: int) -> bool:
    """Whether a post has words at all, or a hashtag or link: "Published" is a label."""
    strings = [cutter.reach.string(number) for number in range(first, stop)]
    return sum(len(string.split()) for string in strings) > _LABEL or any(map(has_trait, strings))


def _name_above(cutter: Cutter, handle: int) -> int | None:
    """Return the line of the name above a handle; None when what stands there is none."""
    above = cutter.reach.above(handle)
    if above is None or not is_name(cutter.reach.string(above)):
        return None
    return above


def _handle_below(cutter: Cutter, top: int) -> int:
    """Return the line of the handle: that of the name, or the next."""
    if "@" in cutter.reach.string(top) or "＠" in cutter.reach.string(top):
        return top
    return cutter.reach.below(top) or top
