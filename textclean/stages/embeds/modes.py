"""What becomes of a post: removed, its words kept, or a tag in its place.

The cuts are the same in all three; this module makes edits of them.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence

from textclean.edits import Edit, settle_edits
from textclean.stages.embeds import Mode
from textclean.stages.embeds.attributions import TAG_OPENING, find_attributions, label
from textclean.stages.embeds.lines import LINK_TAIL
from textclean.stages.embeds.networks import Attribution
from textclean.stages.embeds.settle import MAXIMUM_ROUNDS, Cut, edits_from_cuts, groups

#: Cuts that hold the post's own words.
_WORDS = frozenset({"embeds.body", "embeds.caption", "embeds.element"})
#: Cuts that alone make no post.
_BESIDE = frozenset({"embeds.loader", "embeds.control"})
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
#: No element that holds one post is longer; a wrapper of a whole page may be.
_WINDOW = 20_000
_HOSTS = {
    "twitter.com": "x.com", "x.com": "x.com", "t.co": "x.com", "instagram.com": "instagram.com",
    "instagram": "instagram.com", "instagr.am": "instagram.com", "facebook.com": "facebook.com",
    "fb.watch": "facebook.com", "tiktok.com": "tiktok.com", "reddit.com": "reddit.com",
    "bsky.app": "bsky.app", "threads.net": "threads.com", "threads.com": "threads.com",
    "t.me": "t.me", "youtube.com": "youtube.com", "youtu.be": "youtube.com",
    "youtube-nocookie.com": "youtube.com", "linkedin.com": "linkedin.com",
    "pinterest.com": "pinterest.com", "tumblr.com": "tumblr.com",
}  # fmt: skip
_HOST = re.compile(
    r"(?i)(?<![\w-])(?:"
    + "|".join(re.escape(host) for host in sorted(_HOSTS, key=len, reverse=True))
    + r")(?![\w-])"
)

#: What names the network where no address does: the words of class, element or shortcode.
_NAMES = {
    "twitter": "x.com", "tweet": "x.com", "instagram": "instagram.com", "tiktok": "tiktok.com",
    "fb-": "facebook.com", "fb:": "facebook.com", "facebook": "facebook.com",
    "text-post-": "threads.com", "threads": "threads.com", "telegram": "t.me",
    "youtube": "youtube.com", "lyte-": "youtube.com", "epyt-": "youtube.com",
    "reddit": "reddit.com", "bluesky": "bsky.app", "bsky": "bsky.app", "linkedin": "linkedin.com",
    "in/post": "linkedin.com", "pin-": "pinterest.com", "pinterest": "pinterest.com",
    "tumblr": "tumblr.com", "mastodon": "mastodon",
}  # fmt: skip
_NAME = re.compile("(?i)(?<![a-z])(?:" + "|".join(map(re.escape, _NAMES)) + ")")
#: An opening of a post as it stands in its source; no further on does its name stand.
_OPENING = re.compile(r"<[^<>]{0,2000}>|[\[{][^\[\]{}]{0,400}[\]}]")
_SERVER = re.compile(r"https?://([\w.-]{4,60})/(?:@|users/)\w")
#: Networks whose quotations hold lines of the network's own, by the class of the quotation.
_PRINTING = re.compile(r"(?i)<[^<>]{0,2000}(?:tiktok-embed|text-post-media)")
_PRINTED = re.compile(
    r">\s{0,99}((?:♬[^<>]{0,300}|Post by @[\w.]{1,60}|View on (?:Threads|TikTok)))(?=\s{0,99}<)"
)
#: The author's name stands first, before any word of the post.
_PRINTED_AUTHOR = re.compile(r"(?:<[^<>]{0,2000}>\s{0,99}){1,9}(@[\w.]{1,60})(?=\s{0,99}</)")


def settle(
    text: str, find: Callable[[str, Sequence[Edit]], Sequence[Cut]], mode: Mode
) -> tuple[Edit, ...]:
    """Return the edits of all rounds, in offsets of the text itself.

    A second look at the text without the first post may see another one.

    Args:
        text: The text.
        find: Finds posts in a text, and is told the edits that made it of the one before.
        mode: What becomes of them.
    """
    edits_of = {"remove": edits_from_cuts, "attribution": _without_words, "tag": _tagged}[mode]
    edits: list[Edit] = []

    def look(now: str) -> list[Edit]:
        nonlocal edits
        edits = edits_of(now, find(now, edits))
        return edits

    return settle_edits(text, look, MAXIMUM_ROUNDS)


def _without_words(text: str, cuts: Sequence[Cut]) -> list[Edit]:
    r"""Return the edits that leave the words of the posts.

    >>> cuts = [Cut(0, 3, "embeds.body"), Cut(4, 12, "embeds.attribution")]
    >>> _without_words("Hi!\n— N (@n)", cuts)
    [Edit(start=3, end=12, replacement='', reason='embeds.attribution')]
    """
    return edits_from_cuts(text, [part for cut in cuts for part in _residue(text, cut)])


def _residue(text: str, cut: Cut) -> Iterator[Cut]:
    """Yield what is no word of the post: of a body the links at its end."""
    if cut.reason not in _WORDS:
        yield cut
    elif cut.reason == "embeds.element":
        if _PRINTING.match(text, cut.start, cut.end):
            author = _PRINTED_AUTHOR.match(text, cut.start, cut.end)
            found = [author] if author else []
            found += _PRINTED.finditer(text, cut.start, cut.end)
            yield from (Cut(*match.span(1), "embeds.element") for match in found)
    else:
        tail = LINK_TAIL.search(text, max(cut.start, cut.end - 200), cut.end)
        if tail is not None:
            yield Cut(tail.start(), cut.end, "embeds.link")


def _tagged(text: str, cuts: Sequence[Cut]) -> list[Edit]:
    r"""Return the edits that put a tag in the place of each post.

    >>> text = "One.\n— Port (@port) May 1, 2020\nTwo."
    >>> _tagged(text, [Cut(5, 31, "embeds.attribution")])[0].replacement
    '[embedded post: x.com @port May 1, 2020]'
    """
    edits: list[Edit] = []
    for group in groups(text, cuts):
        if all(cut.reason in _BESIDE for cut in group):
            edits += edits_from_cuts(text, group)
            continue
        start, end = group[0].start, group[-1].end
        tag = "\n".join(_tags(text[start:end]))
        before = " " if text[:start][-1:].strip() else ""
        after = " " if text[end : end + 1].strip() else ""
        starts = [cut.start for cut in group]
        for number, (first, last, cut) in enumerate(
            zip(starts, [*starts[1:], end], group, strict=True)
        ):
            edits.append(Edit(first, last, "" if number else before + tag + after, cut.reason))
    return edits


def _tags(post: str) -> Iterator[str]:
    """Yield the tag of each post that a run of cuts holds."""
    words = html.unescape(_MARKUP.sub(" ", post[:_WINDOW])) if "<" in post else post
    host = _HOST.search(post[:_WINDOW])
    network = _HOSTS[host[0].lower()] if host else "x.com" if "pic." in post else ""
    network = network or _named(post[:_WINDOW])
    found = list(find_attributions(words))
    for attribution in found:
        printed = words[attribution.start : attribution.end]
        yield _tag(_network(attribution, printed, network), label(printed))
    if not found:
        yield _tag(network, "")


def _named(post: str) -> str:
    """Return the network that the source of a post names by a word: of Mastodon, the server.

    >>> _named('<blockquote class="tiktok-embed">'), _named("[tweet 1234567890]")
    ('tiktok.com', 'x.com')
    """
    opening = _OPENING.match(post)
    name = _NAME.search(opening[0]) if opening else None
    if name is None:
        return ""
    server = _SERVER.search(post) if name[0].lower() == "mastodon" else None
    return server[1] if server else _NAMES[name[0].lower()]


def _network(attribution: Attribution, printed: str, seen: str) -> str:
    """Return the host of the network that prints an attribution so."""
    if attribution.kind == "shared":
        return "instagram.com"
    server = re.search(r"@[\w.-]+@([\w.-]+)", printed)
    if server is not None:
        return server[1]
    return "bsky.app" if ".bsky.social" in printed else seen or "x.com"


def _tag(network: str, author: str) -> str:
    said = " ".join(filter(None, (network, author)))
    return f"{TAG_OPENING}: {said}]" if said else f"{TAG_OPENING}]"
