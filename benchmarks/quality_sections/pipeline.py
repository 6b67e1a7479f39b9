"""The whole pipeline: a second run changes nothing; sound corpora stay as they are."""

from collections.abc import Callable, Iterator

from quality_sections.common import Figure, Folder, cleaner, share, spaced
from quality_sections.facts import lost_facts

#: Sets, and how many of their texts at most are cleaned twice.
IDEMPOTENCE_SETS = {
    "embed_flat": 600,
    "embed_pages_html": 40,
    "mojibake_damaged_real": 1100,
    "mojibake_ftfy": 200,
    "mojibake_web_wild": 200,
    "mojibake_legit_nochange": 500,
    "legit_repetition": 120,
    "repeats_web_wild": 300,
    "seo_spam_pages": 10,
    "news_html_gold": 40,
    "web_crawl": 800,
    "reuters21578": 800,
    "20news": 800,
    "bbc_news": 300,
    "fakebr_news": 300,
    "language_udhr": 100,
}
#: Sets of sound text, and how many of their texts at most.
SOUND_SETS = {
    "bbc_news": 2225,
    "reuters21578": 4000,
    "fakebr_news": 2500,
    "20news": 4000,
    "language_sentences": 4000,
    "language_udhr": 343,
    "mojibake_legit_nochange": 2073,
    "legit_repetition": 249,
}
_STAGES = ("mojibake", "embeds", "markup", "repetition")


def idempotence(name: str) -> Callable[[Folder], Iterator[Figure]]:
    """Return the measure of one set: texts that a second run leaves as the first one made them."""

    def figures(folder: Folder) -> Iterator[Figure]:
        clean = cleaner()
        rows = folder.rows(name, IDEMPOTENCE_SETS[name])
        once = [clean(row["text"]) for row in rows]
        stable = sum(clean(text) == text for text in once)
        yield Figure("stable", share(stable, len(rows)), len(rows))

    return figures


def untouched(name: str) -> Callable[[Folder], Iterator[Figure]]:
    """Return the measure of one sound set: texts changed (NO-BREAK SPACE aside) by each stage."""

    def figures(folder: Folder) -> Iterator[Figure]:
        texts = [row["text"] for row in folder.rows(name, SOUND_SETS[name])]
        for stage in _STAGES:
            clean = cleaner(stage)
            changed = lost = 0
            for text in texts:
                output = clean(text)
                changed += spaced(output) != spaced(text)
                lost += stage == "repetition" and bool(lost_facts(text, output))
            yield Figure(f"changed_by_{stage}", share(changed, len(texts)), len(texts), "lower")
            if stage == "repetition":
                yield Figure("fact_lost", share(lost, len(texts)), len(texts), "lower")

    return figures
