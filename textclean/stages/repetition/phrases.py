"""Find a stuffed key phrase.

A *key phrase* is an n-gram that recurs as no natural text lets one recur: often, densely, all
through the text, in the same words. A name, a title or name + "said" is none.
"""

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

from textclean.kernels.thresholds import (
    LOOSE_DENSITY,
    LOOSE_MENTIONS,
    PHRASE_DENSITY,
    PHRASE_LONGEST,
    PHRASE_MENTIONS,
    PHRASE_SHORTEST,
    PHRASE_SPREAD,
    PHRASE_WORDS,
    RIGID_DENSITY,
    RIGID_RATIO,
    RIGID_WORDS,
    TERM_DENSITY,
    TERM_MENTIONS,
    WHOLE,
)
from textclean.stages.repetition.frequent import frequent_grams
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.units import Unit

#: The share of the text's words by length of the phrase.
MINIMUM_DENSITY = {size: density / WHOLE for size, density in PHRASE_DENSITY.items()}

#: Where this share of the sentences begins with the phrase, it is anaphora: "I have a dream".
#: A stuffed name is exempt: nobody opens every sentence with a full name and one verb.
ANAPHORA_RATIO = 0.8


class KeyPhrase(NamedTuple):
    """A stuffed n-gram.

    Attributes:
        keys: Its words in folded case.
        mentions: Sentences that it stands in.
        density: Its share of the words.
        named: Whether it is a name and its verb, not a term.
    """

    keys: tuple[str, ...]
    mentions: int
    density: float
    named: bool


def find_key_phrase(layout: Layout) -> KeyPhrase | None:
    """Return the phrase that a text is stuffed with, or None."""
    total = layout.size
    if total < PHRASE_WORDS or not layout.words.function_words:
        return None
    best: KeyPhrase | None = None
    for keys, mentions in _frequent(layout):
        taken = mentions * len(keys)
        if taken / total < RIGID_DENSITY / WHOLE or not _may_be_stuffed(layout, keys, mentions):
            continue
        if best is not None and taken <= best.mentions * len(best.keys):
            continue
        if not layout.words.said.isdisjoint(keys):
            continue
        found = list(mentions_of(layout, keys))
        if not _is_spread(layout, found):
            continue
        named = all(has_name(layout, mention) for _, mention in found) or _is_subject(layout, found)
        if _is_stuffed(layout, keys, found, named=named):
            best = KeyPhrase(keys, mentions, taken / total, named)
    return best


def _frequent(layout: Layout) -> list[tuple[tuple[str, ...], int]]:
    """Return the n-grams that stand in enough sentences and have a phrase's edges, and in how many.

    By length, and by where they stand first.
    """
    # The longest phrase has to be dense enough with so many mentions, each of its words as many.
    least = max(
        min(PHRASE_MENTIONS.values()), ceil(RIGID_DENSITY / WHOLE * layout.size / PHRASE_LONGEST)
    )
    needed = [
        PHRASE_MENTIONS[max(PHRASE_SHORTEST, min(size, max(PHRASE_MENTIONS)))]
        for size in range(PHRASE_LONGEST + 1)
    ]
    return frequent_grams(layout, least, needed)


def _may_be_stuffed(layout: Layout, keys: tuple[str, ...], mentions: int) -> bool:
    """Whether so many mentions are enough for a name with its verb, or for a rigid term."""
    size = min(len(keys), max(PHRASE_MENTIONS))
    content = sum(key not in layout.words.function_words for key in keys)
    rigid = size > PHRASE_SHORTEST and content >= RIGID_WORDS
    density = min(MINIMUM_DENSITY[size], RIGID_DENSITY / WHOLE) if rigid else MINIMUM_DENSITY[size]
    return mentions >= PHRASE_MENTIONS[size] and mentions * len(keys) >= density * layout.size


def _is_stuffed(
    layout: Layout, keys: tuple[str, ...], found: list[tuple[Unit, Unit]], *, named: bool
) -> bool:
    mentions = [mention for _, mention in found]
    needed, density = _needed(layout, keys, named=named)
    return (
        len(found) >= needed
        and len(found) * len(keys) >= density * layout.size
        and all(_is_joined(layout, mention) for mention in mentions)
        and (named or not _is_anaphora(found))
        and (layout.words.nouns_capitalized or not _is_named(layout, mentions, with_verb=named))
    )


def _is_spread(layout: Layout, found: list[tuple[Unit, Unit]]) -> bool:
    first, last = found[0][1].first, found[-1][1].first
    return last - first >= PHRASE_SPREAD / WHOLE * layout.size


def _is_anaphora(found: list[tuple[Unit, Unit]]) -> bool:
    opening = sum(sentence.first == mention.first for sentence, mention in found)
    return opening >= ANAPHORA_RATIO * len(found)


def _is_named(layout: Layout, mentions: list[Unit], *, with_verb: bool) -> bool:
    """Whether a phrase is a name, or one with its title: "juiz Sergio Moro", "Kim Jong-un"."""
    if not with_verb and all(_has_capitals(layout, mention) for mention in mentions):
        return True
    return is_name(layout, mentions)


def _needed(layout: Layout, keys: tuple[str, ...], *, named: bool) -> tuple[int, float]:
    """Return the mentions and the share of the words from which on a phrase is stuffed."""
    size = min(len(keys), max(PHRASE_MENTIONS))
    if named or size == PHRASE_SHORTEST:
        return PHRASE_MENTIONS[size], MINIMUM_DENSITY[size]
    if not _is_rigid(layout, keys):
        return LOOSE_MENTIONS, LOOSE_DENSITY / WHOLE
    content = sum(key not in layout.words.function_words for key in keys)
    if content < RIGID_WORDS:
        return TERM_MENTIONS, TERM_DENSITY / WHOLE
    return PHRASE_MENTIONS[size], RIGID_DENSITY / WHOLE


def _is_rigid(layout: Layout, keys: tuple[str, ...]) -> bool:
    """Whether the content words of a phrase hardly stand outside it."""
    content = {key for key in keys if key not in layout.words.function_words}
    standings = layout.standings
    whole = len(layout.places(keys))
    return all(whole >= RIGID_RATIO / WHOLE * standings[key] for key in content)


def _is_subject(layout: Layout, found: list[tuple[Unit, Unit]]) -> bool:
    """Whether a phrase begins with a capital, inside sentences too, and ends without: an office.

    "Ministry of transport underlines", in languages that write the rest of it small.
    """
    text, starts = layout.text, layout.starts
    inside = sum(sentence.first != mention.first for sentence, mention in found)
    return inside > 1 and all(
        text[starts[mention.first]].isupper()
        and text[starts[mention.last - 1]].islower()
        and _has_gap_before(layout, mention.last - 1)
        for _, mention in found
    )


def has_name(layout: Layout, mention: Unit) -> bool:
    """Whether two words of a mention are capitalized, and others follow: a name and its verb."""
    return (
        _has_capitals(layout, mention)
        and not layout.text[layout.starts[mention.last - 1]].isupper()
        and _has_gap_before(layout, mention.last - 1)
    )


def _has_capitals(layout: Layout, mention: Unit) -> bool:
    starts = layout.starts[mention.first : mention.last]
    return sum(layout.text[start].isupper() for start in starts) > 1


def _is_joined(layout: Layout, mention: Unit) -> bool:
    """Whether blanks and hyphens join a mention's words: an address is no phrase."""
    numbers = range(mention.first, mention.last - 1)
    gaps = (layout.text[layout.ends[each] : layout.starts[each + 1]] for each in numbers)
    return all(gap.isspace() or gap == "-" for gap in gaps)


def _has_gap_before(layout: Layout, number: int) -> bool:
    """Whether a blank stands before a token: "un" in "Kim Jong-un" is no verb."""
    return layout.text[layout.starts[number] - 1].isspace()


def is_name(layout: Layout, mentions: list[Unit]) -> bool:
    """Whether a phrase is a name or title: its content words are capitalized wherever it stands."""
    function_words = layout.words.function_words
    lowered = 0
    for mention in mentions:
        lowered += any(
            layout.text[layout.starts[number]].islower()
            and layout.all_keys[number] not in function_words
            for number in range(mention.first, mention.last)
        )
    return lowered * 2 < len(mentions)


def mentions_of(layout: Layout, keys: tuple[str, ...]) -> Iterator[tuple[Unit, Unit]]:
    """Yield the first mention in each sentence that has one, with the sentence."""
    size = len(keys)
    reached = 0
    for first in layout.places(keys):
        if first < reached:
            continue  # a sentence has one
        sentence = layout.sentence_at(first)
        if first + size <= sentence.last:
            reached = sentence.last
            start, end = layout.starts[first], layout.ends[first + size - 1]
            yield sentence, Unit(start, end, first, first + size)
