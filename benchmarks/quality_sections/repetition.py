"""Repetition: planted stuffing, harm to legitimate texts, effect on real repeats."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from planting import FITTED, HELD_OUT, KINDS, Planted, has_templates, is_host, plant

import textclean
from quality_sections.alignment import gone_by_edits
from quality_sections.common import Figure, Folder, cleaner, count_solid, share
from quality_sections.facts import lost_facts

_RECIPE = textclean.Recipe(stages=("repetition",))
#: Articles to plant into, by language: the set, how many, and which field holds the text.
_HOSTS = (
    ("en", "bbc_news", 160, "text"),
    ("pt", "fakebr_news", 60, "text"),
    ("ru", "news_same_event", 250, "text_a"),
)
#: The same for held-out templates: other articles; in languages without any, sentences in a row.
_OTHER_HOSTS = (
    ("en", "bbc_news", 90, "text"),
    ("en", "reuters21578", 60, "text"),
    ("pt", "fakebr_news", 60, "text"),
    ("ru", "news_same_event", 250, "text_b"),
)
_SENTENCES = "language_sentences"
_MADE_LANGUAGES = ("de", "es", "fr", "it", "nl", "pl", "tr", "hi", "ar", "zh", "ja")
_MADE_ARTICLES, _MADE_SENTENCES, _MADE_PARAGRAPH = 12, 24, 4
_SENTENCE = re.compile(r"[^.!?\n。！？]+[.!?。！？]*")
_MINIMUM_WORDS = 5


def planted(folder: Folder) -> Iterator[Figure]:
    """Redundant characters removed by kind; characters and facts of the article lost."""
    return _planted(list(_hosts(folder, _HOSTS)), FITTED)


def held_out(folder: Folder) -> Iterator[Figure]:
    """The same with templates and articles that nothing was fitted to, in more languages."""
    return _planted([*_hosts(folder, _OTHER_HOSTS), *_made_hosts(folder)], HELD_OUT)


def _planted(hosts: list[tuple[str, str]], table: str) -> Iterator[Figure]:
    everything: Counter[str] = Counter()
    for kind in KINDS:
        choose = random.Random(f"stuffing:{kind}")  # noqa: S311 - no secret
        counted: Counter[str] = Counter()
        for language, text in hosts:
            stuffed = plant(text, kind, language, choose, table)
            if stuffed is not None:
                counted.update(_score(stuffed, language, kind))
        everything.update(counted)
        yield Figure(
            f"{kind}.recall", share(counted["gone"], counted["redundant"]), counted["redundant"]
        )
        for language in sorted({language for language, _ in hosts}):
            if not has_templates(table, language, kind):
                continue
            whole = counted[f"redundant.{language}"]
            value = share(counted[f"gone.{language}"], whole)
            yield Figure(f"{kind}.recall.{language}", value, whole, "none")
        yield Figure(
            f"{kind}.article_lost", share(counted["lost"], counted["own"]), counted["own"], "lower"
        )
    texts = everything["texts"]
    lost = share(everything["lost"], everything["own"])
    yield Figure("article_lost", lost, everything["own"], "lower")
    yield Figure("fact_lost", share(everything["fact_lost"], texts), texts, "lower")
    yield Figure("stable", share(everything["stable"], texts), texts)


def harm(name: str) -> Callable[[Folder], Iterator[Figure]]:
    """Return the measure of a set that holds legitimate repetition, or hardly any."""

    def figures(folder: Folder) -> Iterator[Figure]:
        clean = cleaner("repetition")
        counted: Counter[str] = Counter()
        for row in folder.rows(name):
            text = row["text"]
            output = clean(text)
            counted["texts"] += 1
            counted["characters"] += count_solid(text)
            if output != text:
                counted["changed"] += 1
                counted["removed"] += count_solid(text) - count_solid(output)
                counted["fact_lost"] += bool(lost_facts(text, output))
        for key in ("changed", "fact_lost"):
            yield Figure(key, share(counted[key], counted["texts"]), counted["texts"], "lower")
        removed = share(counted["removed"], counted["characters"])
        yield Figure("characters_removed", removed, counted["characters"], "lower")

    return figures


def effect(name: str) -> Callable[[Folder], Iterator[Figure]]:
    """Return the measure of a set of repeating pages: repeated characters before and after."""

    def figures(folder: Folder) -> Iterator[Figure]:
        clean = cleaner("repetition")
        counted: Counter[str] = Counter()
        for row in folder.rows(name):
            text = row["text"]
            output = clean(text)
            counted["texts"] += 1
            counted["fact_lost"] += bool(lost_facts(text, output))
            counted["before"] += _repeated(text)
            counted["after"] += _repeated(output)
            counted["characters"] += count_solid(text)
            counted["removed"] += count_solid(text) - count_solid(output)
        gone = share(counted["before"] - counted["after"], counted["before"])
        yield Figure("repeated_characters_gone", gone, counted["before"])
        removed = share(counted["removed"], counted["characters"])
        yield Figure("characters_removed", removed, counted["characters"], "none")
        lost = share(counted["fact_lost"], counted["texts"])
        yield Figure("fact_lost", lost, counted["texts"], "lower")

    return figures


def _hosts(folder: Folder, sets: Sequence[tuple[str, str, int, str]]) -> Iterator[tuple[str, str]]:
    for language, name, count, field in sets:
        if folder.file(name) is not None:
            for row in folder.rows(name, count):
                if row.get("lang", language) == language:
                    yield language, row[field]


def _made_hosts(folder: Folder) -> Iterator[tuple[str, str]]:
    """Yield articles made of single sentences, for languages that have no set of articles."""
    sentences: dict[str, list[str]] = defaultdict(list)
    for row in folder.rows(_SENTENCES) if folder.file(_SENTENCES) else ():
        if is_host(row["text"].strip()):
            sentences[row["lang"]].append(row["text"].strip())
    for language in _MADE_LANGUAGES:
        draw = random.Random(f"articles:{language}")  # noqa: S311 - no secret
        gap = "" if language in {"zh", "ja"} else " "
        for _ in range(_MADE_ARTICLES if len(sentences[language]) > _MADE_SENTENCES else 0):
            own = draw.sample(sentences[language], _MADE_SENTENCES)
            paragraphs = range(0, _MADE_SENTENCES, _MADE_PARAGRAPH)
            yield (
                language,
                "\n\n".join(gap.join(own[at : at + _MADE_PARAGRAPH]) for at in paragraphs),
            )


def _score(stuffed: Planted, language: str, kind: str) -> dict[str, int]:
    # The capitals of "Cheap Flights, BEST CHEAP FLIGHTS" make no names.
    stated = stuffed.lowered() if kind == "cases" else stuffed.text
    result = textclean.explain(stuffed.text, _RECIPE)
    gone = gone_by_edits(stuffed.text, result.edits)
    removed, redundant = stuffed.recall(gone)
    lost, own = stuffed.harm(gone)
    return {
        "gone": removed,
        "redundant": redundant,
        f"gone.{language}": removed,
        f"redundant.{language}": redundant,
        "lost": lost,
        "own": own,
        "texts": 1,
        "fact_lost": bool(lost_facts(stated, result.text)),
        "stable": textclean.clean(result.text, _RECIPE) == result.text,
    }


def _repeated(text: str) -> int:
    """Count the characters of sentences of five words or more that stood before."""
    seen: set[str] = set()
    repeated = 0
    for match in _SENTENCE.finditer(text):
        words = re.findall(r"\w+", match.group().casefold())
        if len(words) < _MINIMUM_WORDS:
            continue
        key = " ".join(words)
        if key in seen:
            repeated += count_solid(match.group())
        seen.add(key)
    return repeated
