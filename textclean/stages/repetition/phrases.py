"""Level ``phrase``: a stuffed key phrase, and what is built around it.

A *key phrase* is an n-gram that recurs as no natural text lets one recur: often, densely, all
through the text, in the same words. A name, a title or name + "said" is none. Around it, a
sentence that states nothing goes; a subordinate clause that carries only the phrase is cut.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from textclean.edits import Edit
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout, Token, Unit
from textclean.stages.repetition.spans import (
    ends_statement,
    is_balanced,
    is_quoted,
    removal_span,
)

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

#: Words after an opener that may go with it, and of a sentence that may go as a whole.
MAXIMUM_CLAUSE_WORDS = 14
MAXIMUM_SENTENCE_WORDS = 18

#: Content words beside the phrase that stand nowhere else: more of them, and something is said.
MAXIMUM_NEW_WORDS = 6

#: The same, and more mentions, for a phrase without a name: an article may need its term.
TERM_MENTIONS = 1
MAXIMUM_TERM_SENTENCE_WORDS = 12
MAXIMUM_TERM_NEW_WORDS = 4

#: The phrase stands among the first words of a sentence that is built around it.
HEAD_WORDS = 8

#: What is left of a sentence after a cut has at least this many words.
MINIMUM_REST_WORDS = 4

_CLAUSE_MARKS = frozenset(",;–—،-")
_COMMA = re.compile(r"[,;–—،]\s*+|(?<=\s)-\s++")


class KeyPhrase(NamedTuple):
    """A stuffed n-gram: its keys, how often it stands, and its share of the words."""

    keys: tuple[str, ...]
    mentions: int
    density: float


def find_key_phrase(layout: Layout) -> KeyPhrase | None:
    """Return the phrase that a text is stuffed with, or None."""
    total = len(layout.tokens)
    if total < MINIMUM_WORDS or not layout.words.function_words:
        return None
    best: KeyPhrase | None = None
    for length in range(SHORTEST, LONGEST + 1):
        for keys, mentions in _frequent(layout, length):
            density = mentions * length / total
            if density < MINIMUM_DENSITY[min(length, max(MINIMUM_DENSITY))]:
                continue
            if best is not None and mentions * length <= best.mentions * len(best.keys):
                continue
            if _is_stuffed(layout, keys):
                best = KeyPhrase(keys, mentions, density)
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


def _is_stuffed(layout: Layout, keys: tuple[str, ...]) -> bool:
    found = list(_mentions(layout, keys))
    mentions = [unit for _, unit in found]
    spread = mentions[-1].first - mentions[0].first
    if spread < MINIMUM_SPREAD * len(layout.tokens):
        return False
    words = layout.words
    if any(key in words.said for key in keys):
        return False
    if not _has_name(layout, mentions):
        opening = sum(sentence.first == mention.first for sentence, mention in found)
        needed = MINIMUM_MENTIONS[min(len(keys), max(MINIMUM_MENTIONS))] + TERM_MENTIONS
        if len(found) < needed or opening >= ANAPHORA_RATIO * len(found):
            return False
    return words.nouns_capitalized or not _is_name(layout, mentions)


def _has_name(layout: Layout, mentions: list[Unit]) -> bool:
    """Whether two words of the phrase are capitalized in every mention."""
    return all(
        sum(layout.text[token.start].isupper() for token in layout.tokens[unit.first : unit.last])
        > 1
        for unit in mentions
    )


def _is_name(layout: Layout, mentions: list[Unit]) -> bool:
    """Whether a phrase is a name or title: its content words are capitalized wherever it stands."""
    function_words = layout.words.function_words
    lowered = 0
    for mention in mentions:
        lowered += any(
            layout.text[token.start].islower() and token.key not in function_words
            for token in layout.tokens[mention.first : mention.last]
        )
    return lowered * 2 < len(mentions)


def _mentions(layout: Layout, keys: tuple[str, ...]) -> Iterator[tuple[Unit, Unit]]:
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


def phrase_edits(layout: Layout, keeper: FactKeeper) -> Iterator[Edit]:
    """Yield cuts of clauses and sentences that only carry the key phrase."""
    phrase = find_key_phrase(layout)
    if phrase is None:
        return
    for sentence, mention in islice(_mentions(layout, phrase.keys), 1, None):
        if keeper.is_gone(sentence.start, sentence.end):
            continue
        if not layout.words.nouns_capitalized and _is_name(layout, [mention]):
            continue
        yield from (
            _cut_rear(layout, keeper, sentence, mention)
            or _cut_front(layout, keeper, sentence, mention)
            or _cut_sentence(layout, keeper, sentence, mention)
        )


def _opener_before(
    layout: Layout, sentence: Unit, mention: Unit, openers: tuple[tuple[str, ...], ...]
) -> int | None:
    """Number of the token where an opener starts that ends right before the mention."""
    for opener in openers:
        first = mention.first - len(opener)
        if first < sentence.first:
            continue
        if tuple(token.key for token in layout.tokens[first : mention.first]) == opener:
            return first
    return None


def _says_nothing(layout: Layout, keeper: FactKeeper, start: int, end: int) -> bool:
    piece = layout.text[start:end]
    return (
        is_balanced(piece)
        and not is_quoted(layout, start)
        and '"' not in piece
        and "“" not in piece
        and not any(token.key in layout.words.said for token in _tokens(layout, start, end))
        and keeper.new_names(start, end, leading=False) == 0
    )


def _tokens(layout: Layout, start: int, end: int) -> list[Token]:
    unit = layout.unit(start, end)
    return layout.tokens[unit.first : unit.last]


def _cut_rear(layout: Layout, keeper: FactKeeper, sentence: Unit, mention: Unit) -> list[Edit]:
    """Cut ", particularly as PHRASE the potential of it" from the comma to the full stop."""
    first = _opener_before(layout, sentence, mention, layout.words.openers)
    if first is None or first - sentence.first < MINIMUM_REST_WORDS:
        return []
    if sentence.last - mention.last > MAXIMUM_CLAUSE_WORDS:
        return []
    start = layout.tokens[first - 1].end
    gap = layout.text[start : layout.tokens[first].start]
    opener = layout.tokens[first].key
    if gap.strip() not in _CLAUSE_MARKS and (
        gap.strip() or opener in shared_words("ambiguous_openers")
    ):
        return []
    end = layout.tokens[sentence.last - 1].end
    if not _says_nothing(layout, keeper, start, end) or not keeper.remove([(start, end)]):
        return []
    return [Edit(start, end, "", "repetition.clause")]


def _cut_front(layout: Layout, keeper: FactKeeper, sentence: Unit, mention: Unit) -> list[Edit]:
    """Cut "When PHRASE it, " and let the main clause begin with a capital."""
    clause_end = _front_clause_end(layout, sentence, mention)
    if clause_end is None:
        return []
    start, end = sentence.start, clause_end.end()
    inner = layout.tokens[sentence.first].end
    if not _says_nothing(layout, keeper, inner, clause_end.start()):
        return []
    if not keeper.remove([(start, end)]):
        return []
    initial = layout.text[end]
    capital = initial.upper()
    if capital == initial or len(capital) != 1:
        return [Edit(start, end, "", "repetition.clause")]
    return [Edit(start, end + 1, capital, "repetition.clause")]


def _front_clause_end(layout: Layout, sentence: Unit, mention: Unit) -> re.Match[str] | None:
    """Return the comma after a front clause that carries the phrase, if a main clause follows."""
    words = layout.words
    first = _opener_before(layout, sentence, mention, words.front_openers)
    if first != sentence.first or words.front_inverts:
        return None
    comma = _COMMA.search(layout.text, mention.end, sentence.end)
    if comma is None:
        return None
    rest = layout.unit(comma.end(), sentence.end)
    clause = layout.unit(sentence.start, comma.start())
    if rest.size < MINIMUM_REST_WORDS or clause.last - mention.last > MAXIMUM_CLAUSE_WORDS:
        return None
    return comma if layout.tokens[rest.first].start == comma.end() else None


def _carries_fact(layout: Layout, keeper: FactKeeper, sentence: Unit, mention: Unit) -> bool:
    """Whether a sentence has any fact beside the name that the phrase itself is or follows."""
    own = layout.text[mention.start : mention.end]
    facts = keeper.facts(sentence.start, sentence.end)
    return any(" ".join(fact.split()) not in " ".join(own.split()) for fact in facts)


def _cut_sentence(layout: Layout, keeper: FactKeeper, sentence: Unit, mention: Unit) -> list[Edit]:
    """Remove a sentence that is built around the phrase and states nothing."""
    if mention.first - sentence.first > HEAD_WORDS or not ends_statement(layout.slice(sentence)):
        return []
    named = _has_name(layout, [mention])
    size = MAXIMUM_SENTENCE_WORDS if named else MAXIMUM_TERM_SENTENCE_WORDS
    new_words = MAXIMUM_NEW_WORDS if named else MAXIMUM_TERM_NEW_WORDS
    states = (
        sentence.size - mention.size > size
        or not _says_nothing(layout, keeper, layout.tokens[sentence.first].end, sentence.end)
        or _carries_fact(layout, keeper, sentence, mention)
        or keeper.new_words(sentence, mention) > new_words
    )
    start, end = keeper.trimmed(*removal_span(layout.text, sentence.start, sentence.end))
    if states or not keeper.remove([(start, end)]):
        return []
    return [Edit(start, end, "", "repetition.phrase")]
