"""Find a stuffed key phrase.

A *key phrase* is an n-gram that recurs as no natural text lets one recur: often, densely, all
through the text, in the same words. A name, a title or name + "said" is none.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from textclean.stages.repetition.layout import Layout, Unit

#: Words of a key phrase.
SHORTEST = 2
LONGEST = 7

#: Words a text needs for a frequency to mean anything.
MINIMUM_WORDS = 80

#: Mentions, and share of the text's words, by length of the phrase: where clean news ends.
MINIMUM_MENTIONS = {2: 14, 3: 6, 4: 5}
MINIMUM_DENSITY = {2: 0.06, 3: 0.03, 4: 0.025}

#: Where this share of the sentences begins with the phrase, it is anaphora: "I have a dream".
#: A stuffed name is exempt: nobody opens every sentence with a full name and one verb.
ANAPHORA_RATIO = 0.8

#: First to last mention span this share of the text.
MINIMUM_SPREAD = 0.45

#: A term, not a name, is worn down in natural text: "the cards" follows "national identity cards".
#: Where so many of the standings of each of its words are in the whole phrase, it is stuffed; with
#: three content words, where clean news ends is then this low.
RIGID_RATIO = 0.85
RIGID_WORDS = 3
RIGID_DENSITY = 0.018

#: The same for a term of two content words that others join, and for one whose words stand alone
#: too: "casas para alugar", "video on demand".
PAIR_MENTIONS, PAIR_DENSITY = 7, 0.035
LOOSE_MENTIONS, LOOSE_DENSITY = 9, 0.045


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
    total = len(layout.tokens)
    if total < MINIMUM_WORDS or not layout.words.function_words:
        return None
    best: KeyPhrase | None = None
    for length in range(SHORTEST, LONGEST + 1):
        for keys, mentions in _frequent(layout, length):
            density = mentions * length / total
            if density < RIGID_DENSITY:
                continue
            if best is not None and mentions * length <= best.mentions * len(best.keys):
                continue
            found = list(mentions_of(layout, keys))
            named = all(has_name(layout, mention) for _, mention in found) or _is_subject(
                layout, found
            )
            if _is_stuffed(layout, keys, found, named=named):
                best = KeyPhrase(keys, mentions, density, named)
    return best


def _frequent(layout: Layout, length: int) -> list[tuple[tuple[str, ...], int]]:
    """N-grams inside sentences that are frequent enough and have a phrase's edges."""
    counts: Counter[tuple[str, ...]] = Counter()
    for sentence in layout.sentences:
        keys = layout.keys(sentence)
        grams = {tuple(keys[i : i + length]) for i in range(len(keys) - length + 1)}
        counts.update(grams)  # once a sentence: a run is another level's work
    needed = MINIMUM_MENTIONS[min(length, max(MINIMUM_MENTIONS))]
    function_words = layout.words.function_words
    return [
        (keys, count)
        for keys, count in counts.items()
        if count >= needed
        and keys[0] not in function_words
        and keys[-1] not in function_words
        and all(key[0].isalpha() for key in keys)
        and sum(key not in function_words for key in keys) > 1
    ]


def _is_stuffed(
    layout: Layout, keys: tuple[str, ...], found: list[tuple[Unit, Unit]], *, named: bool
) -> bool:
    mentions = [mention for _, mention in found]
    needed, density = _needed(layout, keys, named=named)
    return (
        len(found) >= needed
        and len(found) * len(keys) >= density * len(layout.tokens)
        and mentions[-1].first - mentions[0].first >= MINIMUM_SPREAD * len(layout.tokens)
        and not any(key in layout.words.said for key in keys)
        and all(_is_joined(layout, mention) for mention in mentions)
        and (named or not _is_anaphora(found))
        and (layout.words.nouns_capitalized or not _is_named(layout, mentions, with_verb=named))
    )


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
    size = min(len(keys), max(MINIMUM_MENTIONS))
    if named or size == SHORTEST:
        return MINIMUM_MENTIONS[size], MINIMUM_DENSITY[size]
    if not _is_rigid(layout, keys):
        return LOOSE_MENTIONS, LOOSE_DENSITY
    content = sum(key not in layout.words.function_words for key in keys)
    if content < RIGID_WORDS:
        return PAIR_MENTIONS, PAIR_DENSITY
    return MINIMUM_MENTIONS[size], RIGID_DENSITY


def _is_rigid(layout: Layout, keys: tuple[str, ...]) -> bool:
    """Whether the content words of a phrase hardly stand outside it."""
    content = {key for key in keys if key not in layout.words.function_words}
    standings = layout.standings
    whole = layout.count(keys)
    return all(whole >= RIGID_RATIO * standings[key] for key in content)


def _is_subject(layout: Layout, found: list[tuple[Unit, Unit]]) -> bool:
    """Whether a phrase begins with a capital, inside sentences too, and ends without: an office.

    "Ministry of transport underlines", in languages that write the rest of it small.
    """
    text, tokens = layout.text, layout.tokens
    inside = sum(sentence.first != mention.first for sentence, mention in found)
    return inside > 1 and all(
        text[tokens[mention.first].start].isupper()
        and text[tokens[mention.last - 1].start].islower()
        and _has_gap_before(layout, mention.last - 1)
        for _, mention in found
    )


def has_name(layout: Layout, mention: Unit) -> bool:
    """Whether two words of a mention are capitalized, and others follow: a name and its verb."""
    last = layout.tokens[mention.last - 1]
    return (
        _has_capitals(layout, mention)
        and not layout.text[last.start].isupper()
        and _has_gap_before(layout, mention.last - 1)
    )


def _has_capitals(layout: Layout, mention: Unit) -> bool:
    text, tokens = layout.text, layout.tokens[mention.first : mention.last]
    return sum(text[token.start].isupper() for token in tokens) > 1


def _is_joined(layout: Layout, mention: Unit) -> bool:
    """Whether blanks and hyphens join a mention's words: an address is no phrase."""
    tokens = layout.tokens[mention.first : mention.last]
    gaps = (layout.text[one.end : two.start] for one, two in pairwise(tokens))
    return all(gap.isspace() or gap == "-" for gap in gaps)


def _has_gap_before(layout: Layout, number: int) -> bool:
    """Whether a blank stands before a token: "un" in "Kim Jong-un" is no verb."""
    return layout.text[layout.tokens[number].start - 1].isspace()


def is_name(layout: Layout, mentions: list[Unit]) -> bool:
    """Whether a phrase is a name or title: its content words are capitalized wherever it stands."""
    function_words = layout.words.function_words
    lowered = 0
    for mention in mentions:
        lowered += any(
            layout.text[token.start].islower() and token.key not in function_words
            for token in layout.tokens[mention.first : mention.last]
        )
    return lowered * 2 < len(mentions)


def mentions_of(layout: Layout, keys: tuple[str, ...]) -> Iterator[tuple[Unit, Unit]]:
    """Yield the first mention in each sentence that has one, with the sentence."""
    size = len(keys)
    for sentence in layout.sentences:
        own = layout.keys(sentence)
        for at in range(len(own) - size + 1):
            if own[at] == keys[0] and own[at : at + size] == keys:
                first = sentence.first + at
                start, end = layout.tokens[first].start, layout.tokens[first + size - 1].end
                yield sentence, Unit(start, end, first, first + size)
                break
