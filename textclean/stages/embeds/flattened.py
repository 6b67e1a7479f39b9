"""Posts that an HTML extractor flattened into lines of plain text.

An anchor (attribution, link residue, the network's own sentence) tells that a post stands
there; ``reach`` decides how far it goes; here the two become edits.
"""

import re
from functools import cache

from textclean.stages.embeds.attributions import (
    CAPTION_LIMIT,
    LONG_LIMIT,
    TAG_OPENING,
    Attribution,
    date_line,
    find_attributions,
)
from textclean.stages.embeds.evidence import Anchor, Profile, profile_of
from textclean.stages.embeds.glued import start_in_paragraph
from textclean.stages.embeds.lines import (
    LINK_TAIL,
    SENTENCE_END,
    has_strong_trait,
    has_trait,
    has_unbroken_link,
    is_fragment,
    line_at,
    split_lines,
)
from textclean.stages.embeds.lists import Lists
from textclean.stages.embeds.reach import Reach, fits, post_length
from textclean.stages.embeds.settle import Cut
from textclean.stages.embeds.tables import alternation, phrases

#: Behind an attribution nothing longer is looked at: it would be prose in any case.
_WINDOW = 400
#: What may stand behind an attribution without saying anything.
_TRAILING = " \t\u00a0.,·|"
#: A sentence that goes on behind a name and a date.
_PROSE_GOES_ON = re.compile(
    r"\s{0,3}[,;:)]|\s{1,3}(?:[a-zß-öø-ÿа-яα-ω]|[—–-]{1,2}\s{1,3}[a-zß-öø-ÿа-яα-ω])"
    # scripts without capitals: Hebrew, Arabic; and those without spaces
    r"|\s{1,3}[\u0590-\u06ff]{2}|[\u3040-\u30ff\u4e00-\u9fff]{2}"
)
_QUOTES = frozenset("“„«»\"'‘")
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
#: Where the end of a post is looked at for hashtags and links; where one sentence ends.
_NEAR_END = 60
_SENTENCE_BREAK = re.compile(r"[.!?…]\s|[。！？]")
#: No post has so many lines above its attribution.
_NEAR_LINES = 40
#: Lines of an Instagram caption between "View this post" and "A post shared by".
_CAPTION_LINES = 24


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


#: A handle: "@" before a word and not inside an address. The literal comes first for speed.
_HANDLE_SIGN = re.compile(r"[@＠](?<![\w.].)\w")
#: How the name of Instagram stands in a notice, whatever its ending; Facebook's attribution.
_SIGNS = ("nstagram", "NSTAGRAM", "Posted by")


@cache
def _other_notices() -> tuple[str, ...]:
    return tuple(text for text in phrases("notice") if not any(sign in text for sign in _SIGNS))


def might_hold(text: str) -> bool:
    """Whether any anchor of a flattened post stands in the text.

    Each ``in`` is a pass of its own over a clean text, so there are few, and what needs a sign that
    is faster to find ("/" before "u/", ".co" before its kinds) is looked for only behind it.
    """
    if ("@" in text or "＠" in text) and _HANDLE_SIGN.search(text) is not None:
        return True
    if "/" in text and ("u/" in text or (".co" in text and ("t.co/" in text or "pic." in text))):
        return True
    signs = (*_SIGNS, *_other_notices())
    return any(sign in text for sign in signs)


def _ends_like_post(body: str) -> bool:
    """Whether the words before a hyphen hold a sentence, or end in what posts end in."""
    if body[-1:] in SENTENCE_END or has_strong_trait(body[-_NEAR_END:]):
        return True
    return _SENTENCE_BREAK.search(body[-LONG_LIMIT:]) is not None


class _Finder:
    """One pass over one text."""

    def __init__(self, text: str, reach: type[Reach]) -> None:
        self.text = text
        self.lines = split_lines(text)
        self.attributions = list(find_attributions(text))
        self.lists = Lists(text, self.lines, self.attributions)
        self.reach = reach(text, self.lines, self._profile())
        self.taken = self.reach.taken
        self.cuts: list[Cut] = []
        self.notices: set[int] = set()
        self.post_end = 0

    def find(self) -> list[Cut]:
        """Return the cuts of this pass, sorted and disjoint."""
        self._tags()
        self._notices()
        for attribution in self.attributions:
            self._post(attribution)
        self._sounds()
        self._links()
        self._controls()
        return sorted(self.cuts)

    def _profile(self) -> Profile:
        """Return what is usual in the lines that no post can reach."""
        if not self.attributions:
            return profile_of((), frozenset())
        near: set[int] = set()
        for attribution in self.attributions:
            first = line_at(self.lines, attribution.start)
            near.update(range(first, line_at(self.lines, attribution.end - 1) + 1))
            used = 0
            for number in range(first - 1, max(-1, first - _NEAR_LINES), -1):
                used += self.lines[number].last - self.lines[number].first
                if used > attribution.limit:
                    break
                near.add(number)
        strings = [self.text[line.start : line.end] for line in self.lines]
        return profile_of(strings, frozenset(near))

    # -- single lines -------------------------------------------------------------------------

    def _take(self, first: int, last: int, reason: str) -> None:
        """Cut whole lines; blank ones between them go along silently."""
        for number in range(first, last + 1):
            line = self.lines[number]
            if not line.blank and not self.taken[number]:
                self.cuts.append(Cut(line.first, line.last, reason))
            self.taken[number] = 1

    def _cut(self, start: int, end: int, reason: str) -> None:
        """Cut a part of a line; the line is done with."""
        self.cuts.append(Cut(start, end, reason))
        for number in range(line_at(self.lines, start), line_at(self.lines, end - 1) + 1):
            self.taken[number] = 1

    def _tags(self) -> None:
        """Mark the tags that an earlier run has put in the place of posts: no text of any."""
        if TAG_OPENING in self.text:
            for number in range(len(self.lines)):
                if self.reach.string(number).startswith(TAG_OPENING):
                    self.taken[number] = 1

    def _notices(self) -> None:
        notices = _phrase_set("notice")
        longest = max(map(len, notices)) + 8
        for number, line in enumerate(self.lines):
            size = line.last - line.first
            if 0 < size <= longest and _folded(self.reach.string(number)) in notices:
                self._take(number, number, "embeds.notice")
                self.notices.add(number)

    # -- posts --------------------------------------------------------------------------------

    def _post(self, attribution: Attribution) -> None:
        first = line_at(self.lines, attribution.start)
        last = line_at(self.lines, attribution.end - 1)
        start = max(self.lines[first].first, self.post_end)
        before = start > self.lines[first].first or start < attribution.start
        # (A window: a line may hold any number of attributions.)
        after = self.text[attribution.end : min(self.lines[last].last, attribution.end + _WINDOW)]
        if _PROSE_GOES_ON.match(after):
            return  # "... wrote Name (@handle) on May 1, 2020, and": the author's own sentence
        after = after.strip(_TRAILING)
        if self.lists.hold(attribution, first, last):
            pass
        elif before:
            self._inside_line(attribution, first, last, after)
        elif after and not is_fragment(after):
            # An extractor set the article's next sentence behind it: the body above is the post's.
            if attribution.kind == "dated":
                top = self.reach.body_above(self._anchor("own", attribution, first, last))
                self._take(top, first - 1, "embeds.body")
                self._cut(attribution.start, attribution.end, "embeds.attribution")
        else:
            self._own_lines(attribution, first, last)
        self.reach.floor = max(self.reach.floor, last + 1)
        self.post_end = attribution.end

    def _own_lines(self, attribution: Attribution, first: int, last: int) -> None:
        """Take a post whose attribution has its lines to itself."""
        if attribution.kind == "undated":
            following = self.reach.below(last)
            if following is not None and date_line().fullmatch(self.reach.string(following)):
                last = following
            elif not self._is_post_without_date(first, last):
                return  # "— Name (@handle)" also signs articles
        if attribution.kind in {"shared", "posted"}:
            top, reason = self._caption_top(attribution, first, last), "embeds.caption"
        else:
            top = self.reach.body_above(self._anchor("own", attribution, first, last))
            reason = "embeds.body"
        self._take(top, first - 1, reason)
        self._take(first, last, "embeds.attribution")

    def _is_post_without_date(self, first: int, last: int) -> bool:
        """Whether a post ends in a name and handle alone: they also sign articles and quotations.

        What is certain is a line above with what posts have and articles rarely; else the article
        must go on below, and the line above be neither its headline nor a quotation.
        """
        above, below = self.reach.above(first), self.reach.below(last)
        if above is None:
            return False
        string = self.reach.string(above)
        if has_trait(string):
            return True
        return (
            above > 0
            and below is not None
            and string[:1] not in _QUOTES
            and not (self._begins_attribution(below))
        )

    def _begins_attribution(self, number: int) -> bool:
        """Whether another attribution stands on a line: then it is a list of people."""
        start, end = self.lines[number].start, self.lines[number].end
        return any(start <= attribution.start < end for attribution in self.attributions)

    def _caption_top(self, attribution: Attribution, first: int, last: int) -> int:
        """Return the first line of an Instagram caption above its attribution."""
        length = 0
        top = first
        for _ in range(_CAPTION_LINES):
            line = self.reach.above(top)
            if line is None:
                break
            length += len(self.reach.string(line))
            if length > CAPTION_LIMIT:
                break
            top = line
        above = top - 1
        while above > 0 and self.lines[above].blank:
            above -= 1
        if above in self.notices:  # "View this post on Instagram": all between is the caption
            return top
        return self.reach.body_from(self._anchor("caption", attribution, first, last), first, "")

    def _anchor(self, kind: str, attribution: Attribution, first: int, last: int) -> Anchor:
        author = self.text[attribution.start : attribution.end]
        above = self.reach.above(first)
        # A line of words with a link among them was not broken there.
        whole = above is not None and has_unbroken_link(self.reach.string(above))
        return Anchor(kind, first, attribution.limit, last > first and not whole, author)

    def _inside_line(self, attribution: Attribution, first: int, last: int, after: str) -> None:
        """Take a post whose attribution stands on the same line as other text."""
        line = self.lines[first]
        start = max(line.first, self.post_end)
        near = attribution.start - start <= 2 * CAPTION_LIMIT
        body = self.text[start : attribution.start].strip() if near else ""
        rest = not after or is_fragment(after)
        whole = rest or start > line.first
        if attribution.kind in {"plain", "undated", "hyphen"} and not whole:
            return
        if attribution.kind == "hyphen" and not _ends_like_post(body):
            return  # "Harbour Office - Name (@handle) May 1, 2020": two parts of one entry
        if attribution.kind == "undated" and not has_trait(body):
            return
        reason = "embeds.caption" if attribution.kind == "shared" else "embeds.body"
        length = post_length(body, attribution.limit)
        if not (whole and near and fits(length, attribution.limit)):
            start, reason = self._certain_before(attribution, start)
        elif start == line.first and attribution.kind != "shared":
            # (An extractor that put a caption on the line of its attribution put all of it there.)
            top = self.reach.body_from(
                self._anchor("inside", attribution, first, first), first, body
            )
            self._take(top, first - 1, "embeds.body")
        if start < attribution.start:
            self._cut(start, attribution.start, reason)
        self._cut(attribution.start, attribution.end, "embeds.attribution")
        if rest and has_trait(after):
            self._cut(attribution.end, self.lines[last].last, "embeds.link")

    def _certain_before(self, attribution: Attribution, start: int) -> tuple[int, str]:
        """Return where what is certain of a post glued into a paragraph begins, and what it is."""
        end = attribution.start
        if attribution.kind == "dated":
            begins = start_in_paragraph(self.text, start, end, attribution.limit)
        else:
            tail = LINK_TAIL.search(self.text, max(start, end - 160), end)
            begins = tail.start() if tail else end
        words = post_length(self.text[begins:end])
        return begins, "embeds.body" if words else "embeds.link"

    # -- links and controls -------------------------------------------------------------------

    def _links(self) -> None:
        """Take lines that end in a post's own link: a post whose attribution is lost.

        A picture's address is proof. A shortened link alone is none where many lines have one:
        such a text is a digest of posts, and they are its content.
        """
        tails = [
            (number, tail) for number in range(len(self.lines)) if (tail := self._tail(number))
        ]
        shortened = sum("pic." not in tail for _, tail in tails)
        for number, tail in tails:
            line = self.lines[number]
            if "pic." not in tail and shortened > _SHORTENED_LIMIT:
                continue
            string = self.reach.string(number)
            if fits(post_length(string), LONG_LIMIT):
                self._take(number, number, "embeds.body" if post_length(string) else "embeds.link")
            elif "pic." in tail:
                self._cut(line.last - len(tail), line.last, "embeds.link")

    def _sounds(self) -> None:
        """Take TikTok's posts: they open with the handle and end with the name of the sound."""
        if "♬" not in self.text:
            return
        for number in range(len(self.lines)):
            string = self.reach.string(number)
            if "♬" not in string or self.taken[number] or len(string) > CAPTION_LIMIT:
                continue
            top: int | None = number
            for _ in range(_SOUND_LINES):
                if top is None or _TIKTOK_HANDLE.match(self.reach.string(top)):
                    break
                top = self.reach.above(top)
            else:
                top = None
            if top is not None and (top < number or not string.startswith("♬")):
                self._take(top, number, "embeds.body")

    def _tail(self, number: int) -> str:
        """Return the links that a line not yet taken ends with, the text before them aside."""
        if self.taken[number]:
            return ""
        string = self.reach.string(number)
        if ".co" not in string[-200:]:
            return ""
        match = LINK_TAIL.search(string, max(0, len(string) - 160))
        if match is None or (match.start() == 0 and "pic." not in match[0]):
            return ""  # an address alone may be the author's reference
        words = string[: match.start()]
        above = self.reach.above(number)
        follows_post = above is None and number > 0  # what stands there is taken
        if not follows_post and _NEEDS_LINK.search(words[-24:]) and not has_trait(words):
            return ""
        return match[0]

    def _controls(self) -> None:
        """Take buttons and counters that stand next to a post."""
        controls, counters = _phrase_set("control"), _counters()
        for number in [n for n, taken in enumerate(self.taken) if taken]:
            following = self.reach.below(number)
            while following is not None and not self.taken[following]:
                folded = _folded(self.reach.string(following)[:80])
                if folded not in controls and counters.fullmatch(folded) is None:
                    break
                self._take(following, following, "embeds.control")
                following = self.reach.below(following)


def find_cuts(text: str, reach: type[Reach] = Reach) -> list[Cut]:
    """Return the spans of flattened posts in a text, one pass; ``reach`` decides how far."""
    return _Finder(text, reach).find()
