"""Level ``phrase``: what is built around a stuffed key phrase.

A sentence that states nothing goes; a subordinate clause that carries only the phrase is cut at
its boundaries, so that what is left is a well-formed sentence. The first mention stays, and each
that carries a fact.
"""

import re
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import NamedTuple

from textclean.edits import Edit
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.languages import Openers, shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.phrases import find_key_phrase, is_name, mentions_of
from textclean.stages.repetition.spans import (
    CLOSERS,
    ends_statement,
    is_balanced,
    is_quoted,
    removal_span,
)
from textclean.stages.repetition.units import Unit

#: Share of the mentions after the first, quotations aside, that have to be empty. Of real terms and
#: names fewer than half are; a term says more with fewer words of its own.
EMPTY_RATIO = 0.55
EMPTY_TERM_RATIO = 0.65

#: Words behind the phrase that may go with it, of the clause before it, and of a sentence.
MAXIMUM_CLAUSE_WORDS = 14
MAXIMUM_LEAD_WORDS = 8
MAXIMUM_SENTENCE_WORDS = 18

#: Content words beside the phrase that stand nowhere else: more of them, and something is said.
MAXIMUM_NEW_WORDS = 6
MAXIMUM_NEW_CLAUSE_WORDS = 5

#: The same for a phrase without a name: an article may need its term.
MAXIMUM_TERM_SENTENCE_WORDS = 12

#: Content words of a part of a sentence that commas set off from the phrase, before and behind it.
MAXIMUM_WORDS_BEFORE = 3
MAXIMUM_WORDS_BEHIND = 4

#: The phrase stands among the first words of a sentence that is built around it.
HEAD_WORDS = 8

#: Words behind a term that make what it stands in a clause.
MINIMUM_PREDICATE_WORDS = 2

#: Words from a conjunction to a term that is the last item of a list: "and the best PHRASE".
MAXIMUM_ITEM_LEAD = 3

#: Words before the phrase among which a conjunction without a comma is looked for.
BARE_REACH = 5

#: What is left of a sentence after a cut has at least this many words.
MINIMUM_REST_WORDS = 4

_CLAUSE_MARKS = frozenset(",;–—،-")
_COMMA = re.compile(r"[,;–—،]\s*+|(?<=\s)-\s++")


class _Cut(NamedTuple):
    """What may go around a mention: the span that is lost, and the edit that takes it."""

    start: int
    end: int
    edit: Edit


def phrase_edits(layout: Layout, keeper: FactKeeper) -> Iterator[Edit]:
    """Yield cuts of clauses and sentences that only carry the key phrase.

    Only where most mentions are such: an article that needs its term says something with it.
    """
    phrase = find_key_phrase(layout)
    if phrase is None:
        return
    mentions = [
        (sentence, mention)
        for sentence, mention in islice(mentions_of(layout, phrase.keys), 1, None)
        if not keeper.is_gone(sentence.start, sentence.end)
        and (layout.words.nouns_capitalized or not is_name(layout, [mention]))
        and not is_quoted(layout, mention.start)
    ]
    empty = [pair for pair in mentions if _cut(layout, keeper, *pair, named=phrase.named)]
    if len(empty) < (EMPTY_RATIO if phrase.named else EMPTY_TERM_RATIO) * len(mentions):
        return
    for sentence, mention in empty:
        cut = _cut(layout, keeper, sentence, mention, named=phrase.named)  # as things stand now
        if cut and keeper.remove(cut.start, cut.end):
            yield cut.edit


def _cut(
    layout: Layout, keeper: FactKeeper, sentence: Unit, mention: Unit, *, named: bool
) -> _Cut | None:
    return (
        _cut_rear(layout, keeper, sentence, mention, named=named)
        or _cut_front(layout, keeper, sentence, mention)
        or _cut_sentence(layout, keeper, sentence, mention, named=named)
    )


def _opener_before(layout: Layout, sentence: Unit, mention: Unit, openers: Openers) -> int | None:
    """Number of the token where an opener starts that ends right before the mention."""
    if mention.first == sentence.first:
        return None
    for opener in openers.get(layout.all_keys[mention.first - 1], ()):
        first = mention.first - len(opener)
        if first < sentence.first:
            continue
        if layout.all_keys[first : mention.first] == opener:
            return first
    return None


def _says_nothing(layout: Layout, keeper: FactKeeper, start: int, end: int) -> bool:
    piece = layout.text[start:end]
    return (
        is_balanced(piece)
        and not is_quoted(layout, start)
        and '"' not in piece
        and "“" not in piece
        and layout.words.said.isdisjoint(layout.keys(layout.unit(start, end)))
        and keeper.new_names(start, end, leading=False) == 0
        and not keeper.has_new_figure(layout.unit(start, end))
    )


def _cut_rear(
    layout: Layout, keeper: FactKeeper, sentence: Unit, mention: Unit, *, named: bool
) -> _Cut | None:
    """Cut ", particularly as PHRASE the potential of it" from the comma to the full stop."""
    first = _rear_start(layout, sentence, mention, named=named)
    if first is None or first - sentence.first < MINIMUM_REST_WORDS:
        return None
    if _goes_on(layout, sentence, mention):
        return None
    if sentence.last - mention.last > MAXIMUM_CLAUSE_WORDS:
        return None
    start, end = _mark_before(layout, first), layout.ends[sentence.last - 1]
    clause = layout.unit(start, end)
    if not _says_nothing(layout, keeper, start, end):
        return None
    if keeper.new_words(clause, mention) > MAXIMUM_NEW_WORDS:
        return None
    return _Cut(start, end, Edit(start, end, "", "repetition.clause"))


def _rear_start(layout: Layout, sentence: Unit, mention: Unit, *, named: bool) -> int | None:
    """Number of the token where the clause starts that carries the phrase to the sentence's end."""
    words = layout.words
    first = _opener_before(layout, sentence, mention, words.openers_by_end)
    if first is not None and first > sentence.first:
        gap = _gap_before(layout, first)
        is_phrase = layout.all_keys[mention.first - 1] in shared_words("prepositions")
        ends = mention.last == sentence.last or not is_phrase
        if gap in _CLAUSE_MARKS or (not gap and ends and _opens_alone(layout, first, named=named)):
            return None if _ends_list(layout, first, sentence, mention, named=named) else first
    first = _bare_opener(layout, sentence, mention)
    if first is not None:
        return first
    first = _clause_start(layout, sentence, mention)
    if first is None or not _begins_clause(layout, first):
        return None
    # "For a week, with PHRASE nothing fails": the main clause is what stands behind the comma.
    begins_aside = _begins_clause(layout, sentence.first)
    inner = layout.text[sentence.start : layout.ends[first - 1]]
    if begins_aside and not _COMMA.search(inner):
        return None
    return None if _ends_list(layout, first, sentence, mention, named=named) else first


def _opens_alone(layout: Layout, first: int, *, named: bool) -> bool:
    """Whether an opener opens a clause without a comma before it.

    Before a name and its verb "as" does, which may else be "known as"; "and" may join two names,
    and "where" may belong to the noun before it: "the point where". Languages in which a clause
    has commas around it have none that does, nor does one behind "is": "it is because of PHRASE".
    """
    words = layout.words
    key, before = layout.all_keys[first], layout.all_keys[first - 1]
    if key in words.coordinators or key in shared_words("relatives") or words.front_inverts:
        return False
    if before in words.function_words and before not in words.pronouns:
        return False
    return named or key not in shared_words("ambiguous_openers")


def _goes_on(layout: Layout, sentence: Unit, mention: Unit) -> bool:
    """Whether a sentence goes on behind an aside: ", thanks to PHRASE, the town grew"."""
    comma = _COMMA.search(layout.text, mention.end, sentence.end)
    if comma is None:
        return False
    rest = layout.unit(comma.end(), sentence.end)
    return rest.size >= MINIMUM_REST_WORDS and not _begins_clause(layout, rest.first)


def _bare_opener(layout: Layout, sentence: Unit, mention: Unit) -> int | None:
    """Number of the conjunction that opens a clause without a comma: "when you choose PHRASE".

    It stands few words before the phrase, so that the clause says nothing before it either.
    """
    words = layout.words
    content = 0
    for number in range(mention.first - 1, max(sentence.first, mention.first - BARE_REACH), -1):
        key = layout.all_keys[number]
        if _gap_before(layout, number + 1):
            return None
        if (key,) in words.openers_by_end.get(key, ()) and key not in words.coordinators:
            is_bare = number < mention.first - 1 and _opens_alone(layout, number, named=False)
            return number if is_bare else None
        content += key not in words.function_words
        if content > 1:
            return None
    return None


def _ends_list(layout: Layout, first: int, sentence: Unit, mention: Unit, *, named: bool) -> bool:
    """Whether a clause may be the last item of a list: ", and PHRASE".

    Not ", and that is where PHRASE come in", nor ", and then along came PHRASE".
    """
    is_joined = layout.all_keys[first] in layout.words.coordinators
    return (
        is_joined
        and not named
        and mention.first - first <= MAXIMUM_ITEM_LEAD
        and sentence.last - mention.last < MINIMUM_PREDICATE_WORDS
    )


def _clause_start(layout: Layout, sentence: Unit, mention: Unit) -> int | None:
    """Number of the token behind the last comma before a mention, if it is near."""
    lowest = max(sentence.first, mention.first - MAXIMUM_LEAD_WORDS - 1)
    for number in range(mention.first, lowest, -1):
        if _gap_before(layout, number) in _CLAUSE_MARKS:
            return number
    return None


def _gap_before(layout: Layout, number: int) -> str:
    return layout.text[_mark_before(layout, number) : layout.starts[number]].strip()


def _mark_before(layout: Layout, number: int) -> int:
    """Return where the mark before a token begins, behind what a bracket or quotation closes."""
    end, start = layout.ends[number - 1], layout.starts[number]
    closers = len(layout.text[end:start]) - len(layout.text[end:start].lstrip(CLOSERS))
    return end + closers


def _begins_clause(layout: Layout, number: int) -> bool:
    """Whether a word can begin what a main clause can do without: "which", "with", "making"."""
    key, following = layout.all_keys[number : number + 2]
    if key in layout.words.clause_starts or f"{key}_{following}" in layout.words.clause_starts:
        return True
    ending = layout.words.participle_ending
    return bool(ending) and key.endswith(ending) and len(key) > len(ending) + 1


def _cut_front(layout: Layout, keeper: FactKeeper, sentence: Unit, mention: Unit) -> _Cut | None:
    """Cut "When PHRASE it, " and let the main clause begin with a capital."""
    clause_end = _front_clause_end(layout, sentence, mention)
    if clause_end is None:
        return None
    start, end = sentence.start, clause_end.end()
    inner = layout.ends[sentence.first]
    if not _says_nothing(layout, keeper, inner, clause_end.start()):
        return None
    clause = layout.unit(start, clause_end.start())
    if keeper.new_words(clause, mention) > MAXIMUM_NEW_CLAUSE_WORDS:
        return None
    initial = layout.text[end]
    capital = initial.upper()
    if capital == initial or len(capital) != 1:
        return _Cut(start, end, Edit(start, end, "", "repetition.clause"))
    return _Cut(start, end, Edit(start, end + 1, capital, "repetition.clause"))


def _front_clause_end(layout: Layout, sentence: Unit, mention: Unit) -> re.Match[str] | None:
    """Return the comma after a front clause that carries the phrase, if a main clause follows."""
    if layout.words.front_inverts or not _begins_with(layout, sentence, mention):
        return None
    comma = _COMMA.search(layout.text, layout.ends[sentence.first], sentence.end)
    if comma is None or comma.start() < mention.end:
        return None
    rest = layout.unit(comma.end(), sentence.end)
    clause = layout.unit(sentence.start, comma.start())
    if rest.size < MINIMUM_REST_WORDS or clause.last - mention.last > MAXIMUM_CLAUSE_WORDS:
        return None
    is_main = _is_main_clause(layout, rest) and layout.starts[rest.first] == comma.end()
    return comma if is_main else None


def _begins_with(layout: Layout, sentence: Unit, mention: Unit) -> bool:
    """Whether a sentence begins with a clause that the mention is near the start of."""
    if (
        _opener_before(layout, sentence, mention, layout.words.front_openers_by_end)
        == sentence.first
    ):
        return True
    lead = mention.first - sentence.first
    return 0 < lead <= MAXIMUM_LEAD_WORDS and _begins_clause(layout, sentence.first)


def _is_main_clause(layout: Layout, rest: Unit) -> bool:
    """Whether what follows a front clause begins as a main clause can.

    Not in "With PHRASE, which is new, the town grows", nor in "With PHRASE, bread and milk"; but
    in "As PHRASE it, but nobody came".
    """
    words = layout.words
    begins, follows = (layout.all_keys[rest.first + number] for number in (0, 1))
    return (
        (begins not in words.coordinators or begins in shared_words("adversatives"))
        and (begins not in shared_words("relatives") or begins in words.determiners)
        and follows not in words.coordinators
    )


def _carries_fact(layout: Layout, keeper: FactKeeper, sentence: Unit, mention: Unit) -> bool:
    """Whether a sentence has any fact beside the name that the phrase itself is or follows."""
    own = " ".join(layout.slice(mention).split())
    facts = keeper.facts(sentence.start, sentence.end)
    return any(" ".join(fact.split()) not in own for fact in facts)


def _states_beside(layout: Layout, sentence: Unit, mention: Unit) -> bool:
    """Whether a part of the sentence that a comma sets off from the phrase says something."""
    words = layout.words
    bounds = [sentence.start]
    bounds += [mark.end() for mark in _COMMA.finditer(layout.text, sentence.start, sentence.end)]
    for start, end in pairwise([*bounds, sentence.end]):
        part = layout.unit(start, end)
        content = sum(
            key not in words.function_words and key not in words.light and key not in words.adverbs
            for key in layout.keys(part)
        )
        most = MAXIMUM_WORDS_BEHIND if start > mention.start else MAXIMUM_WORDS_BEFORE
        if content > most and not part.first <= mention.first < part.last:
            return True
    return False


def _cut_sentence(
    layout: Layout, keeper: FactKeeper, sentence: Unit, mention: Unit, *, named: bool
) -> _Cut | None:
    """Remove a sentence that is built around the phrase and states nothing."""
    if mention.first - sentence.first > HEAD_WORDS or not ends_statement(layout.slice(sentence)):
        return None
    size = MAXIMUM_SENTENCE_WORDS if named else MAXIMUM_TERM_SENTENCE_WORDS
    states = (
        sentence.size - mention.size > size
        or keeper.new_words(sentence, mention) > MAXIMUM_NEW_WORDS
        or not _says_nothing(layout, keeper, layout.ends[sentence.first], sentence.end)
        or _states_beside(layout, sentence, mention)
        or keeper.has_new_figure(sentence)
        or keeper.begins_with_new_name(sentence)
        or _carries_fact(layout, keeper, sentence, mention)
    )
    if states:
        return None
    start, end = keeper.trimmed(*removal_span(layout.text, sentence.start, sentence.end))
    return _Cut(start, end, Edit(start, end, "", "repetition.phrase"))
