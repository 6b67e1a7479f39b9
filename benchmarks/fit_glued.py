"""Fit the weights that decide how far a post glued into a paragraph reaches, and check them.

    python benchmarks/fit_glued.py DATA_FOLDER [--write]

Real posts of ``embed_snippets`` are planted behind sentences of articles: all sentences, short ones
and quotations too, of news, of web pages in the post's own language, and of discussions, whose
authors write as posts do. An example is one post: all sentences above its last one that it could
begin at, and the one where it truly does. The articles of ``quality.py`` stand in none of them.
Each post is judged by weights, those of ``fit_style.py`` too, that have seen no post of its page or
author; so are the plants of ``quality.py``. ``--write`` puts the weights into
``tables/embeds_glued.toml``; names, whys and certainty stay.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from fit_reach import Sample, Walk, write_weights
from fit_style import Folds, held_out_tables
from quality_sections import embeds_articles
from quality_sections.common import Folder
from quality_sections.embeds_planted import NEIGHBORS, orders

import textclean.stages.embeds.tables
from textclean.stages.embeds.attributions import find_attributions
from textclean.stages.embeds.choice import decide
from textclean.stages.embeds.glued import Glued, beginnings, candidates
from textclean.stages.embeds.networks import Attribution
from textclean.stages.embeds.tables import glued_certainty, glued_weights
from textclean.stages.embeds.voices import Surroundings, below_post

TABLE = Path(textclean.stages.embeds.tables.__file__).parents[1] / "tables" / "embeds_glued.toml"
#: Texts of each set, and how much a post among them counts: discussions are no articles.
_SETS = {
    "en": (("bbc_news", 2200, 1.0), ("reuters21578", 2000, 0.5), ("20news", 1000, 0.2)),
    "pt": (("fakebr_news", 1500, 1.0),),
}
#: Each post is planted into so many texts.
_PLACES = 10
#: Sentences above and below a post, at most, and of a paragraph.
_ABOVE, _BELOW = 9, 12
_FEWEST = 5
#: Every third text is a brief one: one to three sentences above the post, one or two below it.
_BRIEF = 3
#: Every third of Instagram's posts stands a second time, without its caption.
_SHARED = re.compile(r"\bA (?:post|photo|video) (?:shared|posted) by ")
_UNCAPTIONED = 3
#: Japanese has no space between sentences; every fifth text has one all the same.
_SPACED = 5
_PENALTY = 0.3
_CERTAINTIES = (0.5, 0.7, 0.8, 0.85, 0.9, 0.92, 0.95, 0.97, 0.99)
_SENTENCE = re.compile(
    r"(?<=[.!?…])[\"”»’)]?\s+(?=[^\Wa-zß-öø-ÿ\d_]|[\"“«'])|(?<=[。！？])\s*(?=\S)"
)
_QUOTED_LINE = re.compile(r"^\s*[>|:].*$|^.*(?:wrote|writes):\s*$", re.MULTILINE)

Context = tuple[list[str], float]


def main() -> None:
    """Collect, check by post, and write when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the table")
    options = parser.parse_args()
    folder = Folder(options.data)
    planter = _Planter(folder)
    kinds = {
        "planted": list(planter.planted()),
        "embeds.planted.one_paragraph": list(planter.between_sentences()),
        "embeds.articles.glued": list(planter.in_articles()),
    }
    walks = [walk for found in kinds.values() for walk in found]
    names = sorted(glued_weights())
    sample = Sample(walks, names)
    scores = sample.held_out_scores(_PENALTY)
    own = [scores[start:end].tolist() for start, end in pairwise(sample.starts)]
    first = 0
    for kind, found in kinds.items():
        print(f"{kind}: {len(found):,} posts")
        _print_curve(found, own[first : first + len(found)])
        first += len(found)
    if options.write:
        fitted = sample.fit(np.ones(len(walks)), _PENALTY)
        write_weights(TABLE, dict(zip(names, fitted.tolist(), strict=True)))


def _print_curve(walks: list[Walk], scores: list[list[float]]) -> None:
    """Print how many posts are found whole, and how many reach too far, by certainty."""
    for certainty in sorted({*_CERTAINTIES, glued_certainty()}):
        counted: Counter[str] = Counter()
        for walk, own in zip(walks, scores, strict=True):
            reached = decide(own, certainty)
            counted["whole"] += reached == walk.truth
            counted["too far"] += reached > walk.truth
        print(f"  {certainty:.3f}: {counted['whole']:,} whole, {counted['too far']:,} too far")


class _Planter:
    """Posts, and the texts they are planted into."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.rows = folder.rows("embed_snippets")
        self.folds = Folds(self.rows).posts
        self.styles = held_out_tables(folder)
        self.contexts = {language: list(_contexts(folder, language)) for language in _SETS}
        self.others = _sentences(folder)
        self.choose = random.Random(7)  # noqa: S311 - no secret

    def planted(self) -> Iterator[Walk]:
        """Yield the choices of all posts in texts of many kinds."""
        choose = self.choose
        for row, fold in zip(self.rows, self.folds, strict=True):
            language = row["lang"] or ("en" if (row["one_line"] or "").isascii() else "ja")
            post = dict(orders(row)).get("one_paragraph")
            mixed = self.others.get(language, [])
            own = self.contexts.get(language) or _mixed(mixed, choose)
            if post is None or not own:
                continue
            for _ in range(_PLACES):
                sentences, weight = choose.choice(own)
                if len(sentences) < _FEWEST:
                    continue
                place = choose.randrange(2, len(sentences) - 1)
                above = sentences[max(0, place - _ABOVE) : place]
                below = sentences[place : place + _BELOW]
                if not choose.randrange(_BRIEF):
                    above, below = above[-choose.randrange(1, 4) :], below[: choose.randrange(1, 3)]
                gap = "" if language == "ja" and choose.randrange(_SPACED) else " "
                before = _before(above, gap, choose)
                yield from self._walk(before, post, gap.join(below), fold, weight)
                if _SHARED.search(post) and not choose.randrange(_UNCAPTIONED):
                    alone = _spaced(row["attribution"])
                    yield from self._walk(before, alone, gap.join(below), fold, weight)

    def between_sentences(self) -> Iterator[Walk]:
        """Yield those of ``embeds.planted.one_paragraph``, which count nothing in a fit."""
        for number, (row, fold) in enumerate(zip(self.rows, self.folds, strict=True)):
            post = dict(orders(row)).get("one_paragraph")
            pairs = NEIGHBORS.get(row["lang"] or "en", NEIGHBORS["en"])
            before, after = pairs[number % len(pairs)]
            if post is not None:
                yield from self._walk(f"{before} ", post, after, fold, 0.0)

    def in_articles(self) -> Iterator[Walk]:
        """Yield those of ``embeds.articles.glued``, which count nothing in a fit."""
        folds = {
            _letters(row["attribution"]): fold
            for row, fold in zip(self.rows, self.folds, strict=True)
            if row["attribution"]
        }
        for text, layout, before, after in embeds_articles.planted(self.folder):
            if layout == "glued":
                post = text[len(before) : len(text) - len(after)].strip()
                fold = next(f for end, f in folds.items() if _letters(post).endswith(end))
                yield from self._walk(f"{before} ", post, after, fold, 0.0)

    def _walk(self, before: str, post: str, after: str, fold: int, weight: float) -> Iterator[Walk]:
        """Yield what the finder would ask about a post between two strings."""
        text, start = f"{before}{post} {after}", len(before)
        end = start + len(post)
        signed = [found for found in find_attributions(text) if start <= found.start < end]
        if not signed or signed[-1].end < end - 3:
            return
        attribution: Attribution = signed[-1]
        paragraph = text.rfind("\n", 0, start) + 1
        dated = attribution.kind in {"dated", "hyphen"}
        glued = Glued(paragraph, attribution.start, attribution.end, attribution.limit, dated)
        found = candidates(text, glued)
        joins = [begin >= start for begin in found.starts]
        if (weight and not joins) or found.certain < start:
            return
        style = self.styles[fold]
        below = below_post(text, glued.attribution_end, style)
        names = list(beginnings(found, Surroundings(text), below, style))
        sizes = [len(sentence.string) for sentence in found.sentences]
        yield Walk(fold, weight, names, sizes, joins, sum(joins))


def _spaced(string: str) -> str:
    return " ".join(string.split())


def _letters(string: str) -> str:
    return "".join(filter(str.isalnum, string))


def _before(above: list[str], gap: str, choose: random.Random) -> str:
    """Return sentences in paragraphs, the last one of one to three and open for a post."""
    size = choose.randrange(1, 4)
    return f"{gap.join(above[:-size])}\n{gap.join(above[-size:])} ".lstrip()


def _contexts(folder: Folder, language: str) -> Iterator[Context]:
    """Yield texts as their sentences, and how much a post among them counts."""
    for name, number, weight in _SETS[language]:
        rows = folder.rows(name)
        if name in embeds_articles.SETS.values():
            measured = {row["text"] for row in folder.rows(name, embeds_articles.AT_MOST)}
            rows = [row for row in rows if row["text"] not in measured]
        for row in islice(rows, number):
            text = row["text"]
            if name == "20news":
                text = _QUOTED_LINE.sub("", text.partition("\n\n")[2])
            yield [s for s in _SENTENCE.split(" ".join(text.split())) if s], weight


def _sentences(folder: Folder) -> dict[str, list[str]]:
    """Return the sentences of web pages, by language."""
    found: dict[str, list[str]] = {}
    for row in folder.rows("language_sentences"):
        found.setdefault(row["lang"], []).append(" ".join(row["text"].split()))
    return found


def _mixed(sentences: list[str], choose: random.Random) -> list[Context]:
    """Return texts of sentences that were of different pages."""
    if len(sentences) < _ABOVE:
        return []
    return [(choose.sample(sentences, _ABOVE), 0.3) for _ in range(_PLACES)]


if __name__ == "__main__":
    main()
