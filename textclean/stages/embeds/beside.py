"""What the networks print beside posts: notices, links, sounds, buttons and counters."""

import re
from functools import cache

from textclean.stages.embeds.cutter import Cutter
from textclean.stages.embeds.lines import LINK_TAIL, has_trait
from textclean.stages.embeds.networks import CAPTION_LIMIT, LONG_LIMIT
from textclean.stages.embeds.reach import fits, post_length
from textclean.stages.embeds.tables import alternation, phrases

#: A sentence that needs the link it ends in: "The picture is at pic.twitter.com/x".
_NEEDS_LINK = re.compile(
    r"(?:[:：]|\b(?:at|see|on|in|via|under|from|here|is|auf|bei|unter|siehe|ist|sur|voir|ici|est|en"
    r"|ver|vea|es|su|em|veja|é))\s{0,4}\Z",
    re.IGNORECASE,
)
#: More lines that end in a shortened link, without an attribution, make a digest of posts.
_SHORTENED_LIMIT = 4
#: TikTok opens a post with the handle, alone or before the caption.
_TIKTOK_HANDLE = re.compile(r"[@＠][\w.]{2,40}(?=\s|$)")
#: Lines of a TikTok post: handle, caption, hashtags broken at links, sound.
_SOUND_LINES = 12


def _folded(string: str) -> str:
    return " ".join(string.split()).casefold()


@cache
def _phrase_set(kind: str) -> frozenset[str]:
    return frozenset(_folded(text) for text in phrases(kind))


@cache
def _counters() -> re.Pattern[str]:
    """Return the pattern of a line of counters beside a post."""
    number = r"\d[\d.,]{0,8}\s?[KMkm]?"
    counted = alternation(_folded(text) for text in phrases("counter"))
    return re.compile(rf"(?:{number}\s{{1,2}}(?:{counted})(?:\s?[·•,]?\s{{0,2}}|$)){{1,5}}")


def take_notices(cutter: Cutter) -> set[int]:
    """Take the networks' own sentences that have a line to themselves; return their lines."""
    taken: set[int] = set()
    notices = _phrase_set("notice")
    longest = max(map(len, notices)) + 8
    for number, line in enumerate(cutter.lines):
        size = line.last - line.first
        if 0 < size <= longest and _folded(cutter.reach.string(number)) in notices:
            cutter.take(number, number, "embeds.notice")
            taken.add(number)
    return taken


@cache
def _instagram_notices() -> re.Pattern[str]:
    """Return the pattern of the network's own sentences above a caption, inside a line."""
    texts = (text for text in phrases("notice") if "nstagram" in text)
    return re.compile(rf"(?<!\S)(?:{alternation(texts)})(?!\S)")


def last_notice(string: str) -> int:
    """Return where the last of Instagram's own sentences begins; -1 without one.

    >>> last_notice("Open. View this post on Instagram Our pier"), last_notice("Open.")
    (6, -1)
    """
    found = -1
    for match in _instagram_notices().finditer(string):
        found = match.start()
    return found


def take_links(cutter: Cutter) -> None:
    """Take lines that end in a post's own link: a post whose attribution is lost.

    A picture's address is proof. A shortened link alone is none where many lines have one:
    such a text is a digest of posts, and they are its content.
    """
    if "pic." not in cutter.text and "t.co/" not in cutter.text:
        return
    tails = [
        (number, tail) for number in range(len(cutter.lines)) if (tail := _tail(cutter, number))
    ]
    shortened = sum("pic." not in tail for _, tail in tails)
    for number, tail in tails:
        line = cutter.lines[number]
        if "pic." not in tail and shortened > _SHORTENED_LIMIT:
            continue
        string = cutter.reach.string(number)
        if fits(post_length(string), LONG_LIMIT):
            cutter.take(number, number, "embeds.body" if post_length(string) else "embeds.link")
        elif "pic." in tail:
            cutter.cut(line.last - len(tail), line.last, "embeds.link")


def take_sounds(cutter: Cutter) -> None:
    """Take TikTok's posts: they open with the handle and end with the name of the sound."""
    if "♬" not in cutter.text:
        return
    for number in range(len(cutter.lines)):
        string = cutter.reach.string(number)
        if "♬" not in string or cutter.taken[number] or len(string) > CAPTION_LIMIT:
            continue
        top: int | None = number
        for _ in range(_SOUND_LINES):
            if top is None or _TIKTOK_HANDLE.match(cutter.reach.string(top)):
                break
            top = cutter.reach.above(top)
        else:
            top = None
        if top is not None and (top < number or not string.startswith("♬")):
            cutter.take(top, number, "embeds.body")


def _tail(cutter: Cutter, number: int) -> str:
    """Return the links that a line not yet taken ends with, the text before them aside."""
    if cutter.taken[number]:
        return ""
    string = cutter.reach.string(number)
    if ".co" not in string[-200:]:
        return ""
    match = LINK_TAIL.search(string, max(0, len(string) - 160))
    if match is None or (match.start() == 0 and "pic." not in match[0]):
        return ""  # an address alone may be the author's reference
    words = string[: match.start()]
    above = cutter.reach.above(number)
    follows_post = above is None and number > 0  # what stands there is taken
    if not follows_post and _NEEDS_LINK.search(words[-24:]) and not has_trait(words):
        return ""
    return match[0]


def is_control(string: str) -> bool:
    """Whether a line is a button or a counter of a network, and nothing else."""
    folded = _folded(string[:80])
    return folded in _phrase_set("control") or _counters().fullmatch(folded) is not None


def take_controls(cutter: Cutter) -> None:
    """Take buttons and counters that stand next to a post."""
    for number in [n for n, taken in enumerate(cutter.taken) if taken]:
        following = cutter.reach.below(number)
        while following is not None and not cutter.taken[following]:
            if not is_control(cutter.reach.string(following)):
                break
            cutter.take(following, following, "embeds.control")
            following = cutter.reach.below(following)
