"""Fit the weights that decide how far a post glued into a paragraph reaches, and check them.

    python benchmarks/fit_glued.py DATA_FOLDER [--write]

Real posts of ``embed_snippets`` are planted behind sentences of articles: all sentences, short ones
and quotations too, of news, of web pages in the post's own language, and of discussions, whose
authors write as posts do. An example is one post: all sentences above its last one that it could
begin at, and the one where it truly does. The sentences of ``quality.py`` stand in none of them.
``--write`` puts the weights into ``tables/embeds_glued.toml``; names, whys and certainty stay.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from fit_reach import Sample, Walk, fold_of, write_weights
from quality_sections.common import Folder
from quality_sections.embeds_planted import orders

import textclean.stages.embeds.tables
from textclean.stages.embeds.attributions import Attribution, find_attributions
from textclean.stages.embeds.choice import decide
from textclean.stages.embeds.glued import Glued, candidates
from textclean.stages.embeds.tables import glued_certainty, glued_weights
from textclean.stages.embeds.voices import Surroundings, sentence_features

TABLE = Path(textclean.stages.embeds.tables.__file__).parents[1] / "tables" / "embeds_glued.toml"
#: Texts of each set, and how much a post among them counts: discussions are no articles.
_SETS = {
    "en": (("bbc_news", 2200, 1.0), ("reuters21578", 2000, 0.5), ("20news", 1000, 0.2)),
    "pt": (("fakebr_news", 1500, 1.0),),
}
#: Each post is planted into so many texts.
_PLACES = 4
#: Sentences above and below a post, at most, and of a paragraph.
_ABOVE, _BELOW = 9, 12
_FEWEST = 5
#: Every third text is a brief one: a sentence or two above the post and below it.
_BRIEF = 3
_LEAST = 0.2
_CERTAINTIES = (0.9, 0.95, 0.97, 0.98, 0.99, 0.995)
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
    walks = list(_planted(Folder(options.data)))
    names = sorted(glued_weights())
    sample = Sample(walks, names)
    scores = sample.held_out_scores()
    print(f"{len(walks)} posts, each by weights that had not seen it:")
    for certainty in sorted({*_CERTAINTIES, glued_certainty()}):
        counted: Counter[str] = Counter()
        for start, walk in zip(sample.starts, walks, strict=False):
            reached = decide(scores[start : start + len(walk.names)].tolist(), certainty)
            counted["whole"] += reached == walk.truth
            counted["several"] += walk.truth > 0
            counted["whole of several"] += reached == walk.truth > 0
            counted["too far"] += reached > walk.truth
        print(
            f"certainty {certainty:.3f}: {counted['whole']:,} whole; of {counted['several']:,} "
            f"with several sentences {counted['whole of several']:,}; "
            f"too far {counted['too far']:,}"
        )
    fitted = dict(zip(names, sample.fit(np.ones(len(walks))).tolist(), strict=True))
    if options.write:
        write_weights(TABLE, fitted)


def _planted(folder: Folder) -> Iterator[Walk]:
    """Yield the choices of all posts in all places."""
    choose = random.Random(7)  # noqa: S311 - no secret
    contexts = {language: list(_contexts(folder, language)) for language in _SETS}
    others = _sentences(folder)
    for row in folder.rows("embed_snippets"):
        language = row["lang"] or ("en" if (row["one_line"] or "").isascii() else "ja")
        post = dict(orders(row)).get("one_paragraph")
        own = contexts.get(language) or _mixed(others.get(language, []), choose)
        if post is None or not own:
            continue
        for _ in range(_PLACES):
            sentences, weight = choose.choice(own)
            if len(sentences) < _FEWEST:
                continue
            place = choose.randrange(2, len(sentences) - 1)
            above = sentences[max(0, place - _ABOVE) : place]
            below = sentences[place : place + _BELOW]
            if weight > _LEAST and not choose.randrange(_BRIEF):
                above, below = above[-choose.randrange(1, 3) :], below[: choose.randrange(1, 3)]
            text = _text(above, post, below, choose)
            yield from _walk(text, len(" ".join(above)) + 1, post, weight)


def _text(above: list[str], post: str, below: list[str], choose: random.Random) -> str:
    """Return a text in paragraphs of one to three sentences, the post in one of them."""
    size = choose.randrange(1, 4)
    paragraph = " ".join(above[-size:])
    lines = " ".join(above[:-size])
    return f"{lines}\n{paragraph} {post} {' '.join(below)}".lstrip()


def _walk(text: str, start: int, post: str, weight: float) -> Iterator[Walk]:
    """Yield what the finder would ask about the post that begins at an offset."""
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
    if not joins or found.certain < start:
        return
    around = Surroundings(text)
    taken: Counter[str] = Counter()
    names = [Counter[str]()]
    for sentence in found.sentences:
        taken.update(sentence_features(sentence, around))
        names.append(taken.copy())
    sizes = [len(sentence.string) for sentence in found.sentences]
    yield Walk(fold_of(post), weight, names, sizes, joins, sum(joins))


def _contexts(folder: Folder, language: str) -> Iterator[Context]:
    """Yield texts as their sentences, and how much a post among them counts."""
    for name, number, weight in _SETS[language]:
        for row in islice(folder.rows(name), number):
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
