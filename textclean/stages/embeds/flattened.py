"""Posts that an HTML extractor flattened into lines of plain text.

An anchor (attribution, link residue, the network's own sentence) tells that a post stands
there; ``reach`` decides how far it goes; here the two become edits.
"""

import re

from textclean.stages.embeds.attributions import TAG_OPENING, find_attributions
from textclean.stages.embeds.beside import (
    last_notice,
    take_controls,
    take_links,
    take_notices,
    take_sounds,
)
from textclean.stages.embeds.cards import take_cards
from textclean.stages.embeds.cutter import Cutter
from textclean.stages.embeds.dates import is_date_line
from textclean.stages.embeds.evidence import Anchor, Profile, profile_of, reads_like_prose
from textclean.stages.embeds.framed import frame_around, take_codes
from textclean.stages.embeds.glued import Glued, start_in_paragraph
from textclean.stages.embeds.lines import (
    LINK_TAIL,
    SENTENCE_END,
    Line,
    has_strong_trait,
    has_trait,
    has_unbroken_link,
    is_fragment,
    line_at,
    split_lines,
)
from textclean.stages.embeds.lists import Lists
from textclean.stages.embeds.networks import CAPTION_LIMIT, LONG_LIMIT, Attribution, might_be_posted
from textclean.stages.embeds.reach import Reach, fits, post_length
from textclean.stages.embeds.settle import Cut
from textclean.stages.embeds.shortcodes import loose_shortcodes
from textclean.stages.embeds.voices import Surroundings

#: Behind an attribution nothing longer is looked at: it would be prose in any case.
_WINDOW = 400
#: What may stand behind an attribution without saying anything.
_TRAILING = " \t\u00a0.,·|"
#: A sentence that goes on behind a name and a date.
_PROSE_GOES_ON = re.compile(
    r"\s{0,3}(?:[,;:)]|[a-zß-öø-ÿа-яα-ω])|\s{1,3}[—–-]{1,2}\s{1,3}[a-zß-öø-ÿа-яα-ω]"
    # and source, of which half would be left
    r"|[<\[{&`]"
    # scripts without capitals: Hebrew, Arabic; and those without spaces
    r"|\s{1,3}[\u0590-\u06ff]{2}|[\u3040-\u30ff\u4e00-\u9fff]{2}"
)
_QUOTES = frozenset("“„«»\"'‘")
#: Where the end of a post is looked at for hashtags and links; where one sentence ends.
_NEAR_END = 60
_SENTENCE_BREAK = re.compile(r"[.!?…]\s|[。！？]")
#: No post has so many lines above its attribution.
_NEAR_LINES = 40
#: Lines of an Instagram caption between "View this post" and "A post shared by".
_CAPTION_LINES = 24


#: A handle: "@" before a word and not inside an address. The literal comes first for speed.
_HANDLE_SIGN = re.compile(r"[@＠](?<![\w.].)\w")


def might_hold(text: str) -> bool:
    """Whether any anchor of a flattened post stands in the text.

    Each ``in`` is a pass of its own over a clean text, so there are few, written out, and what
    needs a sign that is faster to find ("/" before "u/", "[" before a shortcode) is looked for only
    behind it. A notice without a handle near it is Instagram's.
    """
    if ("@" in text or "＠" in text) and _HANDLE_SIGN.search(text) is not None:
        return True
    if "/" in text and ("u/" in text or (".co" in text and ("t.co/" in text or "pic." in text))):
        return True
    if "nstagram" in text or "NSTAGRAM" in text or "אינסטגרם" in text or might_be_posted(text):
        return True
    return ("[" in text or "{" in text) and next(loose_shortcodes(text), None) is not None


def _ends_like_post(body: str) -> bool:
    """Whether the words before a hyphen hold a sentence, or end in what posts end in."""
    if body[-1:] in SENTENCE_END or has_strong_trait(body[-_NEAR_END:]):
        return True
    return _SENTENCE_BREAK.search(body[-LONG_LIMIT:]) is not None


class _Finder(Cutter):
    """One pass over one text."""

    def __init__(self, text: str, reach: type[Reach]) -> None:
        lines = split_lines(text)
        self.attributions = list(find_attributions(text))
        self.lists = Lists(text, lines, self.attributions)
        super().__init__(text, reach(text, lines, self._profile(text, lines)))
        self.notices: set[int] = set()
        self.begun = {line_at(lines, attribution.start) for attribution in self.attributions}
        self.post_end = 0
        self.around: Surroundings | None = None

    def find(self) -> list[Cut]:
        """Return the cuts of this pass, sorted and disjoint."""
        self._tags()
        self.notices = take_notices(self)
        take_cards(self)
        for attribution in self.attributions:
            self._post(attribution)
        take_sounds(self)
        take_links(self)
        take_controls(self)
        take_codes(self)
        return sorted(self.cuts)

    def _profile(self, text: str, lines: list[Line]) -> Profile:
        """Return what is usual in the lines that no post can reach."""
        if not self.attributions:
            return profile_of((), frozenset())
        near: set[int] = set()
        for attribution in self.attributions:
            first = line_at(lines, attribution.start)
            near.update(range(first, line_at(lines, attribution.end - 1) + 1))
            used = 0
            for number in range(first - 1, max(-1, first - _NEAR_LINES), -1):
                used += lines[number].last - lines[number].first
                if used > attribution.limit:
                    break
                near.add(number)
        strings = [text[line.start : line.end] for line in lines]
        return profile_of(strings, frozenset(near))

    # -- single lines -------------------------------------------------------------------------

    def _tags(self) -> None:
        """Mark the tags that an earlier run has put in the place of posts: no text of any."""
        if TAG_OPENING in self.text:
            for number in range(len(self.lines)):
                if self.reach.string(number).startswith(TAG_OPENING):
                    self.taken[number] = 1

    # -- posts --------------------------------------------------------------------------------

    def _post(self, attribution: Attribution) -> None:
        first = line_at(self.lines, attribution.start)
        last = line_at(self.lines, attribution.end - 1)
        frame = frame_around(self.text, attribution)
        if frame is not None:  # the post begins no higher
            self.post_end = max(self.post_end, frame.start)
        start = max(self.lines[first].first, self.post_end)
        before = start > self.lines[first].first or start < attribution.start
        # (A window: a line may hold any number of attributions.)
        end = attribution.end if frame is None else frame.end
        after = self.text[end : min(self.lines[last].last, attribution.end + _WINDOW)]
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
                self.take(top, first - 1, "embeds.body")
                self.cut(attribution.start, attribution.end, "embeds.attribution")
        else:
            self._own_lines(attribution, first, last)
        self.reach.floor = max(self.reach.floor, last + 1)
        self.post_end = attribution.end

    def _own_lines(self, attribution: Attribution, first: int, last: int) -> None:
        """Take a post whose attribution has its lines to itself."""
        if attribution.kind == "undated":
            following = self.reach.below(last)
            if following is not None and is_date_line(self.reach.string(following)):
                last = following
            elif not self._is_post_without_date(first, last):
                return  # "— Name (@handle)" also signs articles
        if attribution.kind in {"shared", "posted"}:
            top, reason = self._caption_top(attribution, first, last), "embeds.caption"
            if attribution.kind == "posted":
                top = self._below_prose(top, first)
        elif attribution.kind == "titled":
            above = self.reach.above(first)
            far = above is None or len(self.reach.string(above)) > attribution.limit
            title = first if far or above is None else above
            top, reason = self._below_prose(title, first), "embeds.body"
        else:
            top = self.reach.body_above(self._anchor("own", attribution, first, last))
            reason = "embeds.body"
        self.take(top, first - 1, reason)
        self.take(first, last, "embeds.attribution")

    def _below_prose(self, top: int, first: int) -> int:
        """Return the first line below the last one of prose, of those from ``top`` to ``first``.

        Facebook's and Reddit's attributions have no handle: a finished sentence above one that
        shows nothing of a post is as likely the article's.
        """
        for number in range(first - 1, top - 1, -1):
            if reads_like_prose(self.reach.string(number)):
                return number + 1
        return top

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
            and below not in self.begun  # else it is a list of people
        )

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
        if attribution.kind in {"plain", "undated"} and not whole:
            return
        if attribution.kind == "hyphen" and not (
            _ends_like_post(body) if whole else LINK_TAIL.search(body[-_NEAR_END:])
        ):
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
            self.take(top, first - 1, "embeds.body")
        if start < attribution.start:
            self.cut(start, attribution.start, reason)
        self.cut(attribution.start, attribution.end, "embeds.attribution")
        if rest and has_trait(after):
            self.cut(attribution.end, self.lines[last].last, "embeds.link")

    def _certain_before(self, attribution: Attribution, start: int) -> tuple[int, str]:
        """Return where what is certain of a post glued into a paragraph begins, and what it is."""
        end = attribution.start
        opening = max(start, end - 2 * attribution.limit)
        if attribution.kind == "shared":
            notice = last_notice(self.text[opening:end])
            if notice >= 0:  # "View this post on Instagram": all between is the caption
                return opening + notice, "embeds.caption"
        if self.around is None:
            self.around = Surroundings(self.text)
        signed = attribution.kind in {"dated", "hyphen"}
        glued = Glued(start, end, attribution.end, attribution.limit, signed)
        begins = start_in_paragraph(self.text, glued, self.around)
        words = post_length(self.text[begins:end])
        return begins, "embeds.body" if words else "embeds.link"


def find_cuts(text: str, reach: type[Reach] = Reach) -> list[Cut]:
    """Return the spans of flattened posts in a text, one pass; ``reach`` decides how far.

    A shortcode that stands alone only since the tags beside it are gone is found here.
    """
    codes = [Cut(*span, "embeds.shortcode") for span in loose_shortcodes(text)]
    return codes or _Finder(text, reach).find()
