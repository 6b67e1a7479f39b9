"""Markup: what of the article is still there, and what of the markup."""

import re
from collections import Counter
from collections.abc import Iterator

from quality_sections.common import Figure, Folder, cleaner, share

_ELEMENTS = (
    "a|abbr|article|aside|b|blockquote|body|br|button|div|em|figure|footer|form|h[1-6]|head|header|"
    "html|i|iframe|img|input|label|li|link|main|meta|nav|noscript|ol|option|p|path|picture|script|"
    "section|select|small|source|span|strong|style|sub|sup|svg|table|tbody|td|th|thead|tr|u|ul|video"
)
_RESIDUES = {
    "tag": re.compile(rf"</?(?:{_ELEMENTS})(?:\s[^<>\n]{{0,300}})?/?>", re.IGNORECASE),
    "comment": re.compile(r"<!--|<!\[CDATA\[|<!doctype", re.IGNORECASE),
    "entity": re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6}|#[xX][0-9A-Fa-f]{1,6});"),
    "style": re.compile(r"[\w#.-]+\s?\{\s?[a-z-]{3,30}\s?:[^{}\n]{1,80};"),
    "script": re.compile(
        r"\bfunction\s?\w*\s?\(|\bwindow\.\w|\bdocument\.(?:get|cookie|query|write)|\bvar \w+ ?= ?"
    ),
}
_TOKEN = re.compile(r"\w+")
_NOT_TEXT = ("script", "style", "noscript", "template", "head", "iframe")
_BLOCK_NAMES = (
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section table td th tr "
    "ul "
)


def gold(folder: Folder) -> Iterator[Figure]:
    """Tokens of the article found again, beside html5lib; its word sequence; residue."""
    from bs4 import BeautifulSoup

    from textclean.stages.markup import text_from_soup

    clean = cleaner("markup")
    found: Counter[str] = Counter()
    tokens = same = 0
    outputs = []
    rows = folder.rows("news_html_gold")
    for row in rows:
        output = clean(row["text"])
        outputs.append(output)
        soup = BeautifulSoup(row["text"], "html5lib")
        same += output.split() == text_from_soup(soup).split()
        wanted = Counter(_TOKEN.findall(row["gold"]))
        tokens += wanted.total()
        for name, text in (("", output), ("reference_", _reference_text(soup))):
            found[name] += (wanted & Counter(_TOKEN.findall(text))).total()
    yield Figure("token_recall", share(found[""], tokens), tokens)
    yield Figure("reference_token_recall", share(found["reference_"], tokens), tokens, "none")
    yield Figure("word_sequence_of_the_reference", share(same, len(rows)), len(rows))
    yield from _residues(outputs)


def pages(folder: Folder) -> Iterator[Figure]:
    """Residue of markup in the text of real pages."""
    clean = cleaner("embeds", "markup")
    yield from _residues([clean(row["text"]) for row in folder.rows("embed_pages_html")])


def _residues(outputs: list[str]) -> Iterator[Figure]:
    for kind, pattern in _RESIDUES.items():
        count = sum(pattern.search(output) is not None for output in outputs)
        yield Figure(f"pages_with_{kind}", share(count, len(outputs)), len(outputs), "lower")


def _reference_text(soup) -> str:  # noqa: ANN001 - bs4 is imported where it is used
    """Return the text a careful reader of the documentation gets from a soup; changes the soup."""
    for node in soup(_NOT_TEXT):
        node.decompose()
    for node in soup(_BLOCK_NAMES.split()):
        node.insert_before("\n")
        node.append("\n")
    return soup.get_text()
