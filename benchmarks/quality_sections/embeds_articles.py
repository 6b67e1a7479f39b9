"""Posts in the middle of news articles, in the layouts that extractors leave of them."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from quality_sections.common import Figure, Folder, Row, cleaner, share

#: Articles of these sets stand around the posts, those in a post's own language.
SETS = {"en": "bbc_news", "pt": "fakebr_news"}
#: So many articles of each language; so many lines of each.
AT_MOST = 900
_LINES = 10
#: A paragraph has one sentence, or two; headings and labels are no part of this measure.
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ\"“'])")
_SHORTEST = 40
_MOST_LEADS = 3
_NEW_LINE = "\n"
_SIGNED = re.compile(r"(?P<dash>[—―–]|--?)\s*(?P<name>.*?)\s*(?P<handle>\(@\w+\))\s*(?P<date>.+)")
_NODE = re.compile(r"\s*((?:(?<![\w&/])[#@]\w+)|(?:https?://)?(?:t\.co|pic\.twitter\.com)/\w+)\s*")


def figures(folder: Folder) -> Iterator[Figure]:
    """Share of the texts in which the article is harmed, and from which the post alone is gone."""
    clean = cleaner("embeds")
    counted: dict[str, Counter[str]] = {}
    for text, layout, before, after in chain(planted(folder), under_leads(folder)):
        output = clean(text)
        counts = counted.setdefault(layout, Counter())
        counts["all"] += 1
        whole = output.startswith(before) and output.endswith(after)
        counts["harmed"] += not whole
        counts["right"] += whole and not output[len(before) : len(output) - len(after)].strip()
    for layout, counts in sorted(counted.items()):
        total = counts["all"]
        yield Figure(f"{layout}.right", share(counts["right"], total), total)
        yield Figure(f"{layout}.article_harmed", share(counts["harmed"], total), total, "lower")


def planted(folder: Folder) -> Iterator[tuple[str, str, str, str]]:
    """Yield texts with one post, its layout, and what stands before and after it."""
    articles = {language: _articles(folder, name) for language, name in SETS.items()}
    for number, row in enumerate(folder.rows("embed_snippets")):
        own = articles.get(row["lang"] or "en")
        if not own:
            continue
        lines = own[number % len(own)]
        gap = "\n\n" if number % 2 else "\n"
        place = 2 + number % 5
        # Every third article is a brief one: one or two lines below the post, and that is all.
        end = place + 1 + number % 2 if number % 3 == 0 else len(lines)
        before, after = gap.join(lines[:place]), gap.join(lines[place:end])
        for layout, post in layouts(row):
            beside = " " if layout == "glued" else gap
            yield f"{before}{beside}{post}{beside}{after}", layout, before, after


def under_leads(folder: Folder) -> Iterator[tuple[str, str, str, str]]:
    """Yield the same with a headline and one, two or three paragraphs of an article above the post.

    The post has words, a link alone, neither (an attribution), or is Instagram's without a caption;
    blank lines stand everywhere around paragraphs, or nowhere.
    """
    articles = [_paragraphs(row["text"]) for row in folder.rows("bbc_news")]
    long = [lines for lines in articles if len(lines) > _MOST_LEADS + 1]
    for number, row in enumerate(folder.rows("embed_snippets")):
        if (row["lang"] or "en") != "en" or not long:
            continue
        lines = long[number % len(long)]
        leads = 1 + number % _MOST_LEADS
        for name, gap in (("blank", "\n\n"), ("tight", "\n")):
            before, after = gap.join(lines[: leads + 1]), gap.join(lines[leads + 1 :])
            for kind, post in _posts_under_leads(row):
                layout = f"lead.{leads}.{name}.{kind}"
                yield f"{before}{gap}{post}{gap}{after}", layout, before, after


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _posts_under_leads(row: Row) -> Iterator[tuple[str, str]]:
    found = dict(layouts(row))
    if found:
        post = found["below"]
        yield "body", post
        yield "link", f"pic.twitter.com/AbCdEf1234\n{post.rpartition(_NEW_LINE)[2]}"
        yield "attribution", post.rpartition(_NEW_LINE)[2]
        yield "shared", found["shared"]


def _articles(folder: Folder, name: str) -> list[list[str]]:
    """Return articles as paragraphs of whole sentences."""
    found: list[list[str]] = []
    for row in folder.rows(name, AT_MOST):
        sentences = [s for s in _SENTENCE.split(" ".join(row["text"].split())) if s[-1:] in '.!?"”']
        long = [sentence for sentence in sentences if len(sentence) >= _SHORTEST]
        if len(long) >= 2 * _LINES:
            pairs = zip(long[::2], long[1::2], strict=False)
            lines = [f"{a} {b}" if (len(a) + len(found)) % 3 else a for a, b in pairs]
            found.append(lines[:_LINES])
    return found


def layouts(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the layouts of a post: glued, or on lines; dash and date there, below, missing."""
    signed = _SIGNED.fullmatch(" ".join((row["attribution"] or "").split()))
    lines = [line for line in (row["body"] or "").split("\n") if line.strip()]
    if signed is None or not lines or not row["date"]:
        return
    dash, name, handle, date = signed.groups()
    flat = " ".join(lines)
    # (Some rows have a part of the body in the attribution, too: what the parts are is not known.)
    if flat.rstrip().endswith(signed[0]) or name in flat:
        return
    who = f"{name} {handle}"
    yield "glued", f"{flat} {dash} {who} {date}"
    yield "below", f"{flat}\n{dash} {who} {date}"
    yield "date_below", f"{flat}\n{dash} {who}\n{date}"
    yield "dash_above", f"{flat}\n{dash}\n{who} {date}"
    yield "three_lines", f"{flat}\n{dash}\n{who}\n{date}"
    yield "no_dash", f"{flat}\n{who} {date}"
    yield "no_dash.date_below", f"{flat}\n{who}\n{date}"
    yield "no_date", f"{flat}\n{dash} {who}"
    yield "shared", f"A post shared by {who}"
    yield "shared.caption", f"{flat}\nA post shared by {who}"
    if len(lines) > 1:
        body = "\n".join(lines)
        yield "several_lines", f"{body}\n{dash} {who} {date}"
    nodes = _NODE.sub(r"\n\1\n", flat).strip()
    if "\n" in nodes:
        body = re.sub(r"\n{2,}", "\n", nodes)
        yield "nodes", f"{body}\n{dash} {who}\n{date}"
