"""Attribution lines: who posted, and when, as the networks print it and extractors break it.

Finds them; how far the post around one reaches is decided elsewhere.
"""

import re
from collections.abc import Iterator

from textclean.stages.embeds.dates import DATE, date_at
from textclean.stages.embeds.handles import handles_at, signs_of
from textclean.stages.embeds.networks import (
    LONG_LIMIT,
    NAME_LIMIT,
    SHORT_LIMIT,
    YEAR_OF_POST,
    Attribution,
    ends_line,
    network_attributions,
)

#: How a tag opens that stands in the place of a post (see ``modes``).
TAG_OPENING = "[embedded post"

#: A dash that opens an attribution: also as mojibake, once or twice, when the text was not
#: repaired before; of "\u00e2\u0080\u0094" some extractors drop the two control characters.
_MOJIBAKE = (
    "\u00c3\u00a2\u00c2\u0080\u00c2\u0094",
    "\u00c3\u00a2\u00e2\u201a\u00ac\u00e2\u20ac\u009d",
    "\u00e2\u0080\u0094",
    "\u00e2\u20ac\u201d",
)
_STRONG_DASHES = frozenset({"\u2014", "\u2015", "&mdash;", *_MOJIBAKE})
_DASH = re.compile("|".join((*_MOJIBAKE, "\u2014|\u2015|\u2013|--|&mdash;|-|\u00e2(?=\\s)")))

#: More words are a sentence.
_NAME_WORDS = 7
#: What no name holds: quotation marks, separators, the mark of an item; "F.C." may end one.
_NO_NAME = re.compile('[“”„«»"|\t:;!?]|(?<!\\.[A-Z])\\.$|,$|^[-*•·+]\\s|^\\d{1,3}[.)]\\s')
#: How bylines begin.
_BYLINES = frozenset(
    (
        *("by", "written", "updated", "reporting", "contact", "text", "photo", "author"),
        *("von", "foto", "kontakt", "autor", "por", "texto", "par", "texte", "auteur"),
        *("di", "testo", "autore", "door", "av", "автор", "фото", "текст"),
    )
)
#: Small words inside names.
_PARTICLES = frozenset(
    (
        *("of", "the", "and", "de", "da", "di", "du", "do", "dos", "das", "del", "der", "den"),
        *("van", "von", "la", "le", "el", "al", "bin", "ibn", "y", "e"),
    )
)


#: What may stand between a handle and its date, which begins with none of these.
_BEFORE_DATE = re.compile(r"\s{0,6}(?:[·•]\s{0,3})?(?:on\s{1,3})?")


def _date_after(text: str, at: int) -> re.Match[str] | None:
    """Return the date behind a handle, maybe on the next line."""
    before = _BEFORE_DATE.match(text, at)
    return date_at(text, before.end() if before else at)


def limit_of(date: str) -> int:
    """Return how long a post of that date could be.

    >>> limit_of("May 1, 2016"), limit_of("September 2, 2025")
    (140, 280)
    """
    year = YEAR_OF_POST.search(date)
    if year is None:
        return LONG_LIMIT
    if int(year[0]) == 2017:  # noqa: PLR2004 - the limit was doubled on 7 November 2017
        late = re.search(r"(?i)nov|d[eé][cz]|dic|нояб|дек|1[12]月|listopad|grud", date)
        return LONG_LIMIT if late else SHORT_LIMIT
    return SHORT_LIMIT if int(year[0]) < 2017 else LONG_LIMIT  # noqa: PLR2004


def _opening_dash(text: str, handle_start: int) -> tuple[int, str] | None:
    """Return where the dash before a name stands and what it is; None without one.

    The name stands on one line; the line of the dash may be the one before the name's.
    """
    window_start = max(0, handle_start - NAME_LIMIT - 12)
    window = text[window_start:handle_start]
    name_line = window.rstrip().rfind("\n") + 1
    found: tuple[int, str] | None = None
    for match in _DASH.finditer(window, name_line):
        here = window_start + match.start(), match[0]
        strong = match[0] in _STRONG_DASHES
        at_line_start = not window[name_line : match.start()].strip()
        if at_line_start and strong:
            return here
        # A hyphen may be glued to the text before it, but belongs to a name unless a space follows.
        spaced = window[match.end() : match.end() + 1].isspace()
        if strong or (spaced and (found is None or found[1] not in _STRONG_DASHES)):
            found = here
    if found is None and name_line:
        # "—" alone on the line before: an extractor cut at the link around the name.
        before = window[: name_line - 1].rstrip()
        for dash in _STRONG_DASHES:
            if before.endswith(dash) and not before[: -len(dash)].rpartition("\n")[2].strip():
                return window_start + len(before) - len(dash), dash
    return found


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", max(0, offset - 4 * NAME_LIMIT), offset) + 1


def _certain(text: str, handle_end: int, dated: re.Match[str], dash: str) -> bool:
    """Whether a handle without brackets is one: "— Name @handle May 1, 2020" on one line."""
    return dash in _STRONG_DASHES and "\n" not in text[handle_end : dated.start()]


def _in_cells(text: str, match: re.Match[str], dated: re.Match[str]) -> bool:
    """Whether tabs part name, handle and date: they are cells of a table."""
    between = text[match.end() : dated.start()]
    return text[match.start() - 1 : match.start()] == "\t" or (
        "\t" in between and "\n" not in between
    )


def _is_worded(date: str) -> bool:
    """Whether a date has a word in it, as the networks print it."""
    return any(map(str.isalpha, date))


def _with_dash(
    text: str, dash: tuple[int, str], match: re.Match[str], dated: re.Match[str]
) -> Attribution | None:
    """Return the attribution of dash, name, handle and date; None when it may be a list's entry.

    The networks print a long dash, and a date with a word in it. Whoever writes "- Fix crash
    (@ann) 2020-05-01" keeps a list of changes.
    """
    strong = dash[1] in _STRONG_DASHES
    worded = _is_worded(dated[0])
    if not (strong and worded):
        name = text[dash[0] + len(dash[1]) : match.start()].strip()
        if not (is_name(name) and (strong or worded)):
            return None
    kind = "dated" if strong else "hyphen"
    return Attribution(dash[0], dated.end(), kind, limit_of(dated[0]))


def _from_handle(  # noqa: PLR0911 - one return per kind reads best
    text: str, match: re.Match[str]
) -> Attribution | None:
    """Return the attribution around one handle, None when there is too little of it."""
    bracketed = match["handle"] is not None
    dated = _date_after(text, match.end())
    if dated is None and not bracketed:
        return None
    dash = _opening_dash(text, match.start())
    if dated is not None:
        end, limit = dated.end(), limit_of(dated[0])
        if _in_cells(text, match, dated):
            return None
        if dash is not None and (bracketed or _certain(text, match.end(), dated, dash[1])):
            return _with_dash(text, dash, match, dated)
        # Without a dash only a line of its own is certain: "Name (@handle) May 1, 2020".
        start = _line_start(text, match.start())
        name = text[start : match.start()].strip()
        alone = len(name) <= NAME_LIMIT and ends_line(text, end) and _is_worded(dated[0])
        says_on = "on" in text[match.end() : dated.start()]  # "wrote Name (@handle) on May 1"
        if alone and bracketed and not says_on and is_name(name):
            return Attribution(start, end, "plain", limit)
        return None
    if dash is None or dash[1] not in _STRONG_DASHES:
        return None
    name = text[dash[0] + len(dash[1]) : match.start()].strip()
    if not (ends_line(text, match.end()) and is_name(name)):
        return None
    return Attribution(dash[0], match.end(), "undated", LONG_LIMIT)


def is_name(string: str) -> bool:
    """Whether this can be the name a network prints: no verb, no byline, no item of a list.

    >>> is_name("Harbour Authority"), is_name("By Harbour Authority"), is_name("wrote Ann")
    (True, False, False)
    """
    words = string.split()
    if not words or len(words) > _NAME_WORDS or _NO_NAME.search(string) is not None:
        return False
    if words[0].rstrip(":").casefold() in _BYLINES:
        return False
    return not any(word[0].islower() for word in words if word not in _PARTICLES)


def _in_tag(text: str, offset: int) -> bool:
    """Whether an offset lies in a tag that stands in the place of a post."""
    window = text[max(0, offset - NAME_LIMIT) : offset]
    return TAG_OPENING in window and "]" not in window.rpartition(TAG_OPENING)[2]


def label(attribution: str) -> str:
    r"""Return handle and date of an attribution, as printed, on one line.

    >>> label("— Harbour Authority (@harbourboard)\n May 1, 2020")
    '@harbourboard May 1, 2020'
    """
    handle = re.search(r"[@＠]\w[\w.-]{0,39}(?:@[\w.-]{1,40})?", attribution)
    dated = DATE.within(attribution).search(attribution)
    return " ".join(" ".join(match[0] for match in (handle, dated) if match).split())


def find_attributions(text: str) -> Iterator[Attribution]:
    """Yield the attributions of a text in order; they do not overlap.

    >>> text = "The pier opened. — Harbour Authority (@harbourboard) May 1, 2020"
    >>> [(a.kind, text[a.start : a.end]) for a in find_attributions(text)]
    [('dated', '— Harbour Authority (@harbourboard) May 1, 2020')]
    """
    signs = signs_of(text)
    candidates = list(network_attributions(text, signs))
    inside = bytearray(len(text) if candidates else 0)
    for attribution in candidates:
        inside[attribution.start : attribution.end] = b"\1" * (attribution.end - attribution.start)
    for match in handles_at(text, signs):
        # "A post shared by Name (@handle) on May 1, 2020" has a handle and a date as well.
        if not (inside and inside[match.start()]) and not _in_tag(text, match.start()):
            found = _from_handle(text, match)
            if found is not None:
                candidates.append(found)
    reached = 0
    for attribution in sorted(candidates):
        if attribution.start >= reached:
            yield attribution
            reached = attribution.end
