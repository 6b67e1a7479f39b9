"""The tables of this stage, read once: months, the networks' phrases, elements, addresses.

No rule stands here; see ``textclean/stages/tables/embeds*.toml`` for each row and its why.
"""

import re
import tomllib
from array import array
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

#: White space inside a line, as extractors write it (NO-BREAK SPACE in Spanish and French dates).
SPACE = r"[ \t\u00a0\u2009\u202f]"

#: The hour of a post.
LATIN_TIME = rf"\d{{1,2}}[:.h]\d{{2}}(?::\d{{2}})?(?:{SPACE}{{0,2}}[ap]\.?{SPACE}?m\b\.?)?"


#: A year, in European, Arabic, Persian or Indian digits; Thai years count from Buddha.
YEAR = r"(?:19|20|25|١٩|٢٠|۱۹|۲۰|१९|२०|১৯|২০)\d{2}"
#: The hour as Bluesky's own embed prints it: "2024-11-19T20:03:39.906Z".
_ISO_TIME = r"(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"


#: Custom elements that are frames like any other.
_FRAMES = ("amp-iframe",)


class ElementRow(NamedTuple):
    """What marks one network's element; see the head of ``embeds.toml``."""

    classes: frozenset[str]
    prefixes: tuple[str, ...]
    sources: tuple[str, ...]
    posts: re.Pattern[str] | None
    hints: tuple[str, ...]
    marks: tuple[str, ...]
    needs: tuple[str, ...]
    reason: str


class ElementTable(NamedTuple):
    """Rows by tag name: posts, and the wrappers that go with a post inside them.

    ``keywords`` has, by tag name, the strings of which a start tag must hold one; a name without
    any needs none.
    """

    posts: Mapping[str, tuple[ElementRow, ...]]
    wrappers: Mapping[str, tuple[ElementRow, ...]]
    keywords: Mapping[str, frozenset[str]]


def _read(name: str) -> dict[str, Any]:
    path = files("textclean.stages") / "tables" / name
    return tomllib.loads(path.read_text(encoding="utf-8"))


def alternation(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))


def _row(entry: Mapping[str, Any]) -> ElementRow:
    tokens = [token.lower() for token in entry.get("classes", ())]
    return ElementRow(
        classes=frozenset(token for token in tokens if not token.endswith("*")),
        prefixes=tuple(token[:-1] for token in tokens if token.endswith("*")),
        sources=tuple(entry.get("sources", ())),
        posts=re.compile(_addresses(entry["posts"])) if "posts" in entry else None,
        hints=(entry["posts"],) if "posts" in entry else (),
        marks=(*entry.get("attributes", ()), *entry.get("marks", ())),
        needs=tuple(entry.get("needs", ())),
        reason="embeds." + entry.get("reason", "element"),
    )


@cache
def element_table() -> ElementTable:
    """Return the element rows by tag name."""
    table = _read("embeds.toml")
    posts: dict[str, list[ElementRow]] = {}
    for entry in table["element"]:
        for tag in (*entry["tag"], *(_FRAMES if "iframe" in entry["tag"] else ())):
            posts.setdefault(tag, []).append(_row(entry))
    wrappers: dict[str, list[ElementRow]] = {}
    for entry in table["wrapper"]:
        wrappers.setdefault(entry["tag"], []).append(_row(entry))
    keywords = {
        tag: frozenset(
            word
            for row in rows
            for word in (*row.classes, *row.prefixes, *row.sources, *row.marks, *row.hints)
        )
        for tag, rows in posts.items()
        if tag in _FRAMES or ("-" not in tag and ":" not in tag)
    }
    return ElementTable(
        {tag: tuple(rows) for tag, rows in posts.items()},
        {tag: tuple(rows) for tag, rows in wrappers.items()},
        keywords,
    )


@cache
def _addresses(network: str = "") -> str:
    """Return the pattern of a post's address, of one network or of any, without the scheme."""
    rows = _read("embeds.toml")["url"]
    chosen = "|".join(row["pattern"] for row in rows if network in {"", row["network"]})
    return rf"//(?:www\.|m\.)?(?:{chosen})"


@cache
def address_pattern() -> str:
    """Return the pattern of one post's address, scheme included, anchored nowhere."""
    # The tail is bounded: query and fragment of an address, never the rest of a long line.
    return rf"https?:{_addresses()}[^\s<>\"']{{0,400}}"


@cache
def shortcode_openings() -> tuple[re.Pattern[str], ...]:
    """Return patterns of how shortcodes begin: a literal sign first, which is quick to find."""
    rows = _read("embeds.toml")["shortcode"]
    square = {name for row in rows if row["style"] == "square" for name in row["names"]}
    names = alternation(square | {"embed", "video"})
    letters = "".join(
        sorted({sign for name in square | {"embed", "video"} for sign in name[0] + name[0].upper()})
    )
    return (
        # (Programs are full of brackets; a look at the next letter spares most of them.)
        re.compile(rf"\[(?=[{letters}])(?i:{names})(?=[\s=\]])"),
        re.compile(r"\{(?=%|\{[<%])"),
    )


@cache
def shortcode_pattern() -> re.Pattern[str]:
    """Return the pattern of shortcodes that stand for a post."""
    names = {row["style"]: alternation(row["names"]) for row in _read("embeds.toml")["shortcode"]}
    address = address_pattern()
    body = r"[^\[\]<>{}\n]{0,400}"
    # What follows the name names one post: its address, a value in quotes or of an attribute that
    # these shortcodes have, a number as long as the networks' or alone after "tweet", a YouTube id.
    some = (
        r"(?:[^\[\]<>{}\n]{0,400}?(?:https?://|www\.|=\s{0,4}(?:[\"'“”″„‘’]|&)"
        r"|[\s](?:id|url|href|src|link|user|username)\s{0,4}=\s{0,4}\w)"
        r"|\s{1,8}\d{15,20}\s{0,8}\]|(?<=tweet)\s{1,8}\d{5,20}\s{0,8}\]"
        r"|(?<=youtube)[\s=]{1,8}[\w-]{11}\s{0,8}\])"
    )
    return re.compile(
        rf"\[(?P<name>{names['square']})(?:(?=[\s=])(?={some}){body}\](?:{body}\[/(?P=name)\])?"
        rf"|\]{body}\[/(?P=name)\])"
        rf"|\[(?P<generic>embed|video)\b{body}\]\s{{0,20}}{address}\s{{0,20}}\[/(?P=generic)\]"
        rf"|\{{\{{[<%]\s{{0,8}}(?:{names['hugo']})\s[^<>{{}}\n]{{0,400}}[>%]\}}\}}"
        rf"|\{{%\s{{0,8}}(?:{names['liquid']})\s[^%{{}}\n]{{0,400}}%\}}"
        rf"|\{{%\s{{0,8}}embed\s{{1,8}}{address}\s{{0,8}}%\}}",
        re.IGNORECASE,
    )


@cache
def phrases(kind: str) -> tuple[str, ...]:
    """Return the networks' own phrases of one kind, as printed."""
    rows = _read("embeds_phrases.toml")["phrase"]
    return tuple(text for row in rows if row["kind"] == kind for text in row["texts"])


class PostedRow(NamedTuple):
    """Facebook's attribution in one language: patterns of its parts around name and date."""

    opening: str
    before: str
    after: str


@cache
def posted_rows() -> tuple[PostedRow, ...]:
    """Return the parts of Facebook's attribution, per language."""
    weekdays = {row["language"]: row for row in _read("embeds_dates.toml")["weekdays"]}
    rows: list[PostedRow] = []
    for row in _read("embeds_phrases.toml")["posted"]:
        days = weekdays[row["language"]]
        day = rf"(?:{alternation(days['names'])})"
        last = days.get("place") == "after"
        preposition = alternation(filter(None, row["on"]))
        # (Name and date are links, at which some extractors break the line.)
        on = rf"\s{{1,3}}(?:(?:{preposition})\s{{0,3}}){'?' if '' in row['on'] else ''}"
        rows.append(
            PostedRow(
                alternation(row["texts"]),
                on if last else rf"{on}{day}[,،]?{SPACE}{{1,3}}(?:den{SPACE})?",
                rf"{SPACE}{{0,2}}[,.]{{0,2}}{SPACE}{{0,2}}[(（]?{day}[)）]?" if last else "",
            )
        )
    return tuple(rows)


@cache
def reach_weights() -> Mapping[str, float]:
    """Return the weight of each feature of ``evidence``, by name."""
    return _weights("embeds_reach.toml")


@cache
def glued_weights() -> Mapping[str, float]:
    """Return the weight of each feature of ``voices``, by name."""
    return _weights("embeds_glued.toml")


def _weights(table: str) -> Mapping[str, float]:
    return {row["name"]: row["weight"] for row in _read(table)["feature"]}


class Certainty(NamedTuple):
    """How likely a line must be the post's to go.

    Attributes:
        usual: Most lines.
        caption: Lines above Instagram's attribution, where there is room for a whole article.
        sober: Lines that are written as articles are.
        sober_below: Below which style they are, in log odds.
    """

    usual: float
    caption: float
    sober: float
    sober_below: float


@cache
def reach_certainty() -> Certainty:
    """Return how likely a line must be the post's to go."""
    table = _read("embeds_reach.toml")
    return Certainty(**table["certainty"])


@cache
def glued_certainty() -> float:
    """Return how likely a sentence of a paragraph must be the post's to go."""
    certainty: float = _read("embeds_glued.toml")["certainty"]
    return certainty


class StyleTable(NamedTuple):
    """A linear model of how posts are written; see the head of ``embeds_style.toml``.

    Attributes:
        bias: What an empty sentence has, in log odds.
        unit: By what each weight is multiplied.
        weights: From -127 to 127, by bucket.
    """

    bias: float
    unit: float
    weights: Sequence[int]


@cache
def style_table() -> StyleTable:
    """Return the weights by which ``style`` tells posts from articles."""
    table = _read("embeds_style.toml")
    weights = array("b", b64decode(table["weights"]))
    return StyleTable(table["bias"], table["unit"], weights)


@cache
def reach_words(kind: str) -> re.Pattern[str]:
    """Return the pattern of any word of one kind, whole, in any of the languages."""
    return _words("embeds_reach.toml", kind)


@cache
def glued_words(kind: str) -> re.Pattern[str]:
    """Return the same of the words that ``voices`` looks for; some kinds ask for the case."""
    return _words("embeds_glued.toml", kind)


def _words(table: str, kind: str) -> re.Pattern[str]:
    rows = [row for row in _read(table)["words"] if row["kind"] == kind]
    spaced = alternation(word for row in rows for word in row["words"])
    bare = alternation(word for row in rows for word in row.get("unspaced", ()))
    choices = [rf"\b(?:{spaced})\b"] if spaced else []
    flags = re.NOFLAG if any(row.get("cased") for row in rows) else re.IGNORECASE
    return re.compile("|".join([*choices, bare] if bare else choices), flags)


@cache
@cache
def months() -> tuple[frozenset[str], ...]:
    """Return the names of months, by language."""
    return tuple(frozenset(row["names"]) for row in _read("embeds_dates.toml")["months"])


def date_pattern(names: Iterable[str]) -> str:
    """Return the pattern of a date as the networks print it, with its hour where they do.

    Day, month and year in any order that the interface languages use, with their particles;
    numeric dates; East Asian dates. The year is required: it tells a date from a score.

    Args:
        names: The months that are known.
    """
    month = alternation(names) or "(?!)"
    s = SPACE
    end = r"(?![^\W\d_])"  # no letter: a word may end in a vowel sign, which \b does not know
    day, year = r"\d{1,2}", YEAR + r"(?!\d)"
    of = rf"(?:(?:de|del|di|of|of the){s}{{1,2}}|d['’])?"
    day_first = (
        rf"{day}(?:st|nd|rd|th|er|\.ª?|º|ª)?(?:-?[a-z]{{1,2}})?{s}{{0,2}}{of}(?:{month}){end}\.?[,،]?"
        rf"{s}{{1,2}}(?:de{s}|del{s}|năm{s})?{year}(?:{s}{{0,2}}(?:г|р|r|m|н\.э|թ)\.)?"
    )
    dates = "|".join(
        (
            rf"(?:{month}){end}\.?{s}{{1,2}}{day}(?:st|nd|rd|th)?,?{s}{{1,2}}{year}",
            day_first,
            rf"{year}\.?(?:{s}m\.)?{s}(?:{month}){end}{s}{day}\b\.?(?:{s}d\.)?",
            rf"{year}\.{s}gada{s}{day}\.{s}(?:{month}){end}",
            rf"{year}(?:\(e\))?ko{s}(?:{month}){end}{s}{day}(?:\(?a\)?)?",
            rf"{year}{s}?[年년]{s}?{day}{s}?[月월]{s}?{day}{s}?[日일]",
            rf"{year},{s}?{day}月{s}{day}",
            rf"{day}月{s}{day}(?:日)?,{s}{year}",
            rf"{day}[./-]{day}[./-]{year}",
            rf"{day}/{day}/\d{{2}}(?![\d/])",
            rf"{year}[./-]{day}[./-]{day}\.?{_ISO_TIME}",
        )
    )
    weekday = rf"(?:\w{{2,12}},{s}{{1,2}}|ngày{s})?"
    zone = rf"(?:{s}(?:[A-Z]{{2,4}}|\([A-Z]{{2,4}}\)))?"
    at = rf"(?:{s}{{0,2}}[,،·•|-]?{s}{{0,2}}(?:at|um|à|a{s}las|às|alle|om|kl\.?|в|о|klo){s}{{1,2}}"
    after = rf"{at}{LATIN_TIME}{zone}|{s}{{0,2}}[,،·•]{s}{{0,2}}{LATIN_TIME}{zone})?"
    before = rf"(?:{LATIN_TIME}{s}{{0,2}}[-–—·•,]{s}{{0,2}})?"
    return rf"(?i:{before}{weekday}(?:{dates}))(?:{after})"
