"""Posts as HTML elements, shortcodes and bare addresses, in the raw string.

A linear tokenizer finds the tags that matter and pairs them by name; no tree is built and nothing
recurses, so that depth and size of the input do no harm. What is not closed stays: how far it
would reach is not certain, and the flattened form sees it again.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal

from textclean.edits import Edit
from textclean.kernels.jit import is_worth
from textclean.stages.embeds.rescan import rows_without
from textclean.stages.embeds.scan import (
    WORTH_THE_KERNEL,
    Element,
    ElementRows,
    Scan,
    is_hinted,
    narrow,
    rows_of,
    scan_from_rows,
    scan_plain,
)
from textclean.stages.embeds.settle import Cut
from textclean.stages.embeds.shortcodes import shortcode_spans
from textclean.stages.embeds.tables import (
    ElementRow,
    address_pattern,
    element_table,
)
from textclean.stages.shown import code_regions

#: Each way a table row can match holds one of these; a test holds the table to it.
_MARKERS = (
    b"twit", b"tweet", b"insta", b"facebook", b"fb-", b"fb:", b"fb.watch", b"tiktok", b"reddit",
    b"bluesky", b"bsky", b"mastodon", b"text-post", b"threads", b"telegram", b"t.me/", b"youtu",
    b"epyt", b"lyte-", b"linkedin", b"in/post", b"pinterest", b"data-pin-do", b"tumblr",
    b"embed.js", b"pin.it/", b"x.com/", b"t.co/", b"/@", b"{{<", b"{{%", b"{%",
)  # fmt: skip

#: A post's code is seldom longer than 20,000 characters, the styles of Instagram's included.
_LONGEST_POST = 60_000
#: What no embed code holds: an element that reaches over one of these was closed by accident.
_FOREIGN = re.compile(r"<(?:h[1-3]|article|main|aside|nav|footer|form)\b", re.IGNORECASE)
#: Characters that tell one: "<article", and what ends the name.
_LONGEST_FOREIGN = 9
#: Save an aside without a word in it: sites put their advertisements into the middle of posts.
_WORDLESS = re.compile(
    r"<aside\b[^<>]{0,1000}+>(?:\s*+<(?!/?aside\b)[^<>]{0,1000}+>)*+\s*+</aside", re.IGNORECASE
)
#: Which part of the table.
_Kind = Literal["post", "wrapper"]
#: Longer start tags are looked at each time: what is remembered has a bound.
_LONGEST_REMEMBERED = 500
#: What an element needs beside its class stands near its beginning.
_REACH_OF_NEED = 4_000
_FIGCAPTION = re.compile(r"<figcaption\b.{0,4000}?</figcaption\s*>", re.IGNORECASE | re.DOTALL)
_END_TAG = re.compile("</[A-Za-z]")
#: Between a wrapper's start tag and the post in it stand at most a few more tags.
_MARGIN = 1_500
_TAG = re.compile(r"<[^<>]{0,4000}>")
_CLASS = re.compile(r"\bclass\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
#: The attributes that hold addresses, those of lazy loading and of consent dialogues among them.
_ADDRESS_ATTRIBUTE = re.compile(
    r"(?<![^\s\"'/])(?:[\w:-]{0,40}?(?:src|href)[\w-]{0,40}|cite|data-(?:url|link|permalink))\s*+="
    r"\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++)"
)
#: Where a quotation of a post is signed as the networks sign it, class or not (the link to the
#: post is its date, and ends the quotation).
_SIGNED = re.compile(
    r"\(@\w{1,30}\)\s{0,9}<a\s[^<>]{0,300}(?:twitter|x)\.com/\w{1,30}/status(?:es)?/\d[^<>]{0,300}>"
    r"[^<>]{4,60}</a>\s{0,99}(?:</p>\s{0,99})?\Z"
)
#: Where a quotation whose end tag is missing ends all the same: with the link that is its date.
_DATED = re.compile(
    r"<a\s[^<>]{0,300}(?:twitter|x)\.com/\w{1,30}/status(?:es)?/\d[^<>]{0,300}>"
    r"[^<>]{4,60}</a>(?:\s{0,99}</p>)?",
    re.IGNORECASE,
)
#: A post and its tags, without the date, when it is cut off by the end of what it stands in.
_LONGEST_UNSIGNED = 1_500
_END_OR_POST = re.compile(
    r"<(/?)(div|section|article|td|li|figure|body|blockquote)\b", re.IGNORECASE
)


def _might_hold_element(text: str) -> bool:
    """Whether there is an element that could be a post, or an address could stand among some.

    A post's element is closed, but for a frame.
    """
    return "</" in text or "<!--" in text or "<iframe" in text.lower()


def might_hold(text: str) -> bool:
    """Whether any marker of an embed code stands in the text; plain prose is told at once."""
    if not ("<" in text and _might_hold_element(text)):
        return ("[" in text or "{" in text) and next(shortcode_spans(text), None) is not None
    data = narrow(text)  # bytes are quick to search
    if any(marker in data for marker in _MARKERS):  # (most pages hold one in small letters)
        return True
    folded = data.lower()
    return any(marker in folded for marker in _MARKERS)


def _matching(kind: _Kind, text: str, element: Element) -> Iterator[ElementRow]:
    """Yield the rows of which an element is one; a row that asks for nothing fits all."""
    tag = text[element.start : element.open_end]
    fitting = _fitting if len(tag) <= _LONGEST_REMEMBERED else _fitting.__wrapped__
    for row, by_class in fitting(kind, element.name, tag):
        if by_class and row.needs:
            inside = text[element.start : min(element.end, element.start + _REACH_OF_NEED)]
            if not any(need in inside for need in row.needs):
                continue
        yield row


@lru_cache(maxsize=8192)
def _fitting(kind: _Kind, name: str, tag: str) -> tuple[tuple[ElementRow, bool], ...]:
    """Return the rows that a start tag fits, each with whether its class alone says so.

    Pages repeat their tags, and each page is looked at once more when its posts are gone.
    """
    lowered = tag.lower()
    if not is_hinted(name, lowered):
        return ()
    table = element_table()
    rows = table.posts if kind == "post" else table.wrappers
    classes = _CLASS.search(lowered)
    tokens = (classes[1] or classes[2] or classes[3] or "").split() if classes else []
    found: list[tuple[ElementRow, bool]] = []
    for row in rows.get(name, ()):
        if _has_mark(row, lowered) or not (
            row.classes or row.prefixes or row.sources or row.marks or row.posts
        ):
            found.append((row, False))
        elif any(token in row.classes or token.startswith(row.prefixes) for token in tokens):
            found.append((row, True))
    return tuple(found)


def _has_mark(row: ElementRow, tag: str) -> bool:
    """Whether a start tag in lower case has a mark or an address of a row."""
    if any(mark in tag for mark in row.marks):
        return True
    return bool(row.sources or row.posts) and any(
        _is_source(row, match[0]) for match in _ADDRESS_ATTRIBUTE.finditer(tag)
    )


def _is_source(row: ElementRow, attribute: str) -> bool:
    """Whether an attribute in lower case holds an address of a row."""
    if any(source in attribute for source in row.sources):
        return True
    return row.posts is not None and row.posts.search(attribute) is not None


def _post_reason(text: str, element: Element) -> str | None:
    """Return the reason to remove an element, None when it is no post."""
    table = element_table()
    rows = table.posts.get(element.name)
    if rows is None:
        return None
    if element.name not in table.keywords:
        return rows[0].reason  # a custom element is a post whatever its attributes
    row = next(_matching("post", text, element), None)
    if row is not None:
        return row.reason
    if element.name == "blockquote" and element.closed:
        tail = text[max(element.open_end, element.close_start - 800) : element.close_start]
        if "/status" in tail and _SIGNED.search(tail) is not None:
            return "embeds.element"
    return None


def _post_cuts(text: str, elements: Iterable[Element]) -> Iterator[Cut]:
    """Yield the outermost posts; of one that reaches too far nothing is certain."""
    reached = 0
    foreign = _Foreign(text)
    for found in elements:
        if found.start < reached or found.end - found.start > _LONGEST_POST:
            continue
        reason = _post_reason(text, found)
        if reason is None:
            continue
        unclosed = found.name == "blockquote" and not found.closed
        element = _closed_at_its_end(text, found) if unclosed else found
        if not (element.closed or element.name == "iframe"):
            continue
        if foreign.begins_in(element.start + 1, element.end):
            continue
        yield _whole_or_inner(text, element, reason)
        reached = element.end


class _Foreign:
    """Tells, for spans whose starts only grow, whether an element begins in them that no post has.

    What was searched once is not searched again, and what no span reaches never.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._next = -1
        self._searched = 0

    def begins_in(self, start: int, end: int) -> bool:
        """Whether such an element begins in a span."""
        while self._next < start:
            first = max(start, self._searched)
            match = _FOREIGN.search(self._text, first, end + _LONGEST_FOREIGN)
            if match is None or match.start() >= end:
                self._searched = max(first, end)
                return False
            self._searched = match.end()
            if _WORDLESS.match(self._text, match.start()) is None:
                self._next = match.start()
        return self._next < end


def _closed_at_its_end(text: str, element: Element) -> Element:
    """Return an unclosed quotation of a post up to where it must end, if that is certain.

    That is after the link that is its date, or else, as for a browser, with the element it stands
    in, when that comes before anything but a post could have come.
    """
    depth = 0
    limit = element.open_end + _LONGEST_UNSIGNED
    end = -1
    for match in _END_OR_POST.finditer(text, element.open_end, limit):
        if match[2].lower() == "blockquote":
            if match[1] or "class" in text[match.end() : match.end() + 40]:
                limit = match.start()
                break
            continue
        depth += -1 if match[1] else 1
        if depth < 0:
            end = match.start()
            break
    dated = _DATED.search(text, element.open_end, end if end >= 0 else limit)
    if dated is not None:
        end = dated.end()
    return element._replace(close_start=end, end=end) if end >= 0 else element


def _whole_or_inner(text: str, element: Element, reason: str) -> Cut:
    """Return the cut of an element; of one glued between two words only what is inside."""
    glued = (
        element.start > 0
        and element.end < len(text)
        and text[element.start - 1].isalnum()
        and text[element.end].isalnum()
    )
    if glued:
        return Cut(element.open_end, element.close_start, reason)
    return Cut(element.start, element.end, reason)


def _without(text: str, start: int, end: int, cuts: list[Cut]) -> str:
    """Return what is left of a span when the cuts inside it and all tags are gone."""
    pieces: list[str] = []
    for cut in cuts:
        pieces.append(text[start : cut.start])
        start = cut.end
    pieces.append(text[start:end])
    return _TAG.sub("", _FIGCAPTION.sub("", "".join(pieces))).strip()


def _wrapper_cuts(text: str, elements: Iterable[Element], cuts: list[Cut]) -> Iterator[Cut]:
    """Yield the wrappers that hold a post, or a post's address, and nothing else but a caption."""
    starts = [cut.start for cut in cuts]
    reached = 0
    for element in elements:
        rows = element_table().wrappers.get(element.name)
        if rows is None or not element.closed or element.start < reached:
            continue
        first = bisect_right(starts, element.start)
        inside = cuts[first : bisect_right(starts, element.end)]
        head = inside[0].start if inside else element.close_start
        tail = inside[-1].end if inside else head
        if head - element.open_end > _MARGIN or element.close_start - tail > 4 * _MARGIN:
            continue
        if next(_matching("wrapper", text, element), None) is None:
            continue
        rest = _without(text, element.open_end, element.close_start, inside)
        if (inside and not rest) or (rest and _framed_address().fullmatch(rest)):
            yield Cut(element.start, element.end, "embeds.element")
            reached = element.end


@cache
def _bare_address() -> re.Pattern[str]:
    """Return the pattern of an address with nothing, a space or a tag before it."""
    # (What precedes is asked for behind "http", since a search for letters is quick.)
    return re.compile(r"http(?<![^\s>]http)" + address_pattern().removeprefix("http"))


@cache
def _framed_address() -> re.Pattern[str]:
    """In a wrapper an address may leave its scheme to the page."""
    return re.compile("(?:https?:)?" + address_pattern().removeprefix("https?:"))


_PARAGRAPH_BEFORE = re.compile(
    r"<p(?:\s[^<>]{0,300})?>\s{0,20}(?:<a\s[^<>]{0,600}>\s{0,20})?\Z", re.IGNORECASE
)
_PARAGRAPH_AFTER = re.compile(r"\s{0,20}(?:</a\s?>\s{0,20})?</p\s?>", re.IGNORECASE)
#: Indentation before an address on a line of its own, and blanks after it.
_LINE_MARGIN = 40


def _address_cuts(text: str) -> Iterator[Cut]:
    """Yield bare addresses of posts: alone in a paragraph, or alone on a line of HTML."""
    for match in _bare_address().finditer(text):
        window = text[max(0, match.start() - 1000) : match.start()]
        opening = _PARAGRAPH_BEFORE.search(window, max(0, window.rfind("<p")))
        closing = _PARAGRAPH_AFTER.match(text, match.end())
        if opening is not None and closing is not None:
            yield Cut(match.start() - len(window) + opening.start(), closing.end(), "embeds.url")
        elif _alone_on_line(text, match.start(), match.end()):
            yield Cut(match.start(), match.end(), "embeds.url")


def _alone_on_line(text: str, start: int, end: int) -> bool:
    """Whether nothing but white space shares a line with a span."""
    before = text[max(0, start - _LINE_MARGIN) : start]
    after = text[end : end + _LINE_MARGIN]
    begins = not before.rpartition("\n")[2].strip() and ("\n" in before or start < _LINE_MARGIN)
    ends = not after.partition("\n")[0].strip()
    return begins and ends and ("\n" in after or end + _LINE_MARGIN >= len(text))


def _disjoint(cuts: Iterable[Cut]) -> list[Cut]:
    """Return the cuts in order, those inside or across an earlier one left out."""
    kept: list[Cut] = []
    for cut in sorted(cuts, key=lambda c: (c.start, -c.end)):
        if cut.start < cut.end and (not kept or cut.start >= kept[-1].end):
            kept.append(cut)
    return kept


def _outside(cuts: Iterable[Cut], spans: list[tuple[int, int]]) -> Iterator[Cut]:
    """Yield the cuts, in order, that stand in no comment, script or code."""
    reached = 0
    position = 0
    for cut in cuts:
        while position < len(spans) and spans[position][0] <= cut.start:
            reached = max(reached, spans[position][1])
            position += 1
        if cut.start >= reached:
            yield cut


class PageFinder:
    """Finds posts in a page, then in what is left of it, and so on."""

    def __init__(self) -> None:
        self._text = ""
        self._rows: ElementRows | None = None

    def find(self, text: str, edits: Sequence[Edit]) -> list[Cut]:
        """Return the spans of posts in raw HTML, one pass.

        Args:
            text: The page.
            edits: What made it of the text of the call before; none at first.
        """
        return _cuts(text, self._scan(text, edits))

    def _scan(self, text: str, edits: Sequence[Edit]) -> Scan:
        if not is_worth(len(text), WORTH_THE_KERNEL):
            return scan_plain(text)
        rows = self._rows
        if rows is not None:
            rows = rows_without(self._text, rows, edits)
        self._rows = rows_of(text) if rows is None else rows
        self._text = text
        return scan_from_rows(self._rows)


def _cuts(text: str, found: Scan) -> list[Cut]:
    posts = _disjoint(_post_cuts(text, found.elements))
    cuts = posts + list(_wrapper_cuts(text, found.elements, posts))
    loose = _disjoint(Cut(*span, "embeds.shortcode") for span in shortcode_spans(text))
    if _END_TAG.search(text) is not None or "<!-- wp:" in text:
        # In plain text an address on its own line may be the author's reference.
        loose = _disjoint([*loose, *_address_cuts(text)])
    cuts += _outside(loose, found.shown)
    return _disjoint(_outside(_disjoint(cuts), code_regions(text))) if cuts else []
