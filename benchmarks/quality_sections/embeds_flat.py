"""Flattened posts in the texts of real pages, as seven extractors left them."""

from collections import Counter
from collections.abc import Iterator

from quality_sections.alignment import gone_by_lines
from quality_sections.common import Figure, Folder, Row, cleaner, share


def figures(folder: Folder) -> Iterator[Figure]:
    """Characters of posts removed, characters of the article lost, lines wrongly cut."""
    clean = cleaner("embeds")
    everything: Counter[str] = Counter()
    by_extractor: dict[str, Counter[str]] = {}
    for row in folder.rows("embed_flat"):
        counted = _score(row, clean(row["text"]))
        everything.update(counted)
        by_extractor.setdefault(row["extractor"], Counter()).update(counted)
    yield from _figures("", everything)
    yield Figure(
        "without_a_post_unchanged",
        share(everything["plain"] - everything["plain_changed"], everything["plain"]),
        everything["plain"],
    )
    for name, counted in sorted(by_extractor.items()):
        yield from _figures(f"{name}.", counted)


def _figures(prefix: str, counted: Counter[str]) -> Iterator[Figure]:
    yield Figure(f"{prefix}removed", share(counted["gone_in"], counted["in"]), counted["in"])
    yield Figure(
        f"{prefix}line_precision",
        share(counted["lines_right"], counted["lines"]),
        counted["lines"],
    )
    yield Figure(
        f"{prefix}lost", share(counted["gone_out"], counted["out"]), counted["out"], "lower"
    )


def marked_posts(row: Row) -> bytearray:
    """Mark which characters of a page's text are of posts."""
    marks = bytearray(len(row["text"]))
    for start, end in row["embed_spans"]:
        marks[start:end] = b"\1" * (end - start)
    return marks


def _score(row: Row, output: str) -> Counter[str]:
    """Count the characters that are no white space: of posts and others, and how many are gone."""
    text = row["text"]
    gone = gone_by_lines(text, output)
    inside = marked_posts(row)
    counted: Counter[str] = Counter()
    position = 0
    for line in text.split("\n"):
        places = [position + i for i, character in enumerate(line) if not character.isspace()]
        posts = sum(inside[place] for place in places)
        lost = sum(gone[place] for place in places)
        lost_posts = sum(gone[place] & inside[place] for place in places)
        if row["clean"]:
            counted["in"] += posts
            counted["gone_in"] += lost_posts
        counted["out"] += len(places) - posts
        counted["gone_out"] += lost - lost_posts
        if lost * 2 > len(places):
            counted["lines"] += 1
            counted["lines_right"] += posts * 2 > len(places)
        position += len(line) + 1
    if not row["embed_spans"]:
        counted["plain"] += 1
        counted["plain_changed"] += output != text
    return counted
