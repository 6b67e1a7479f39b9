"""Level ``near``: sentences that differ in filler, order or punctuation; the fuller one stays.

Two sentences are the same statement when all they do not share is light: fillers of the
language, or two forms of one word. A different number, name, negation, sign or link is never
light. Sentences that share their words in another order are the same when one block moved.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain

from textclean.edits import Edit
from textclean.kernels.thresholds import (
    NEAR_ADDED_WORDS,
    NEAR_MOST_WORDS,
    NEAR_PERMILLE,
    NEAR_SHARED_PERMILLE,
    NEAR_WORDS,
)
from textclean.stages.repetition.content import content, core
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.formula import is_formulaic
from textclean.stages.repetition.layout import SEQUENCE, Layout
from textclean.stages.repetition.order import bag_of, bag_of_content, has_same_content
from textclean.stages.repetition.recurrence import (
    maybe_restating,
    mostly_recurring,
    of_equal_words,
    within_words,
)
from textclean.stages.repetition.spans import (
    BULLET,
    ends_statement,
    is_balanced,
    is_quoted,
    is_refrain,
    removal_span,
    signs,
    word_count,
)
from textclean.stages.repetition.units import Unit

#: Of the longer sentence's words, the share both have, before word forms are matched.
MINIMUM_COMMON_RATIO = 0.55

#: Signs that end sentences somewhere, with all punctuation beyond ASCII.
MARKS_INSIDE = frozenset(".!?:;\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")

#: Earlier sentences that one is compared with: those that share most of its rarer words.
CANDIDATES = 6
MAXIMUM_POSTINGS = 24

#: Sentences whose sequences are kept for a while.
SEQUENCED = 256

#: Two words are forms of one when the longer is the other with an ending of these; the shorter has
#: so many letters.
STEM_LETTERS = 5
PLURALS = frozenset(("s", "es", "'s", "'"))
#: What the Turkish capital of i becomes in small.
DOTTED = "i\u0307"


def near_edits(layout: Layout, keeper: FactKeeper) -> Iterator[Edit]:
    """Yield a removal for each sentence that says what another one says."""
    likely = _likely(layout)
    if not likely:
        return
    kept = _Kept(layout)
    units = within_words(layout, layout.words.aside, likely)
    restating = maybe_restating(layout, units, likely)
    for unit, maybe in zip(units[: restating.rfind(1) + 1], restating, strict=False):
        is_likely = unit in likely
        if not is_likely and not _is_comparable(layout, unit):
            continue
        if keeper.is_gone(unit.start, unit.end):
            continue
        others = kept.candidates(unit, likely=is_likely) if maybe else []
        for gone in _lesser_of_all(layout, keeper, unit, others):
            edit = _removal(layout, keeper, gone)
            if edit is not None:
                yield edit
                break
        else:
            gone = None
        if gone is not unit:
            kept.add(unit, likely=is_likely)


def _removal(layout: Layout, keeper: FactKeeper, unit: Unit) -> Edit | None:
    """Remove a sentence if that loses no fact, and nothing tells that its repeat is meant."""
    if not _may_go(layout, unit) or is_formulaic(layout):
        return None
    start, end = keeper.trimmed(*removal_span(layout.text, unit.start, unit.end))
    return Edit(start, end, "", "repetition.near") if keeper.remove(start, end) else None


class _Kept:
    """The sentences that stayed, found again by their content or by the words they share."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._added: list[tuple[Unit, bool]] = []  # before anything was looked for
        self._units: list[Unit] = []
        self._by_content: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._words: list[tuple[int, frozenset[str]]] = []  # of the likely ones
        self._by_word: dict[str, list[int]] = defaultdict(list)  # of the same, where they are many
        self._entered = 0

    def add(self, unit: Unit, *, likely: bool) -> None:
        """Add a sentence, which is looked at when another one is looked for."""
        self._added.append((unit, likely))

    def _sort_in(self, unit: Unit, *, likely: bool) -> None:
        number = len(self._units)
        self._units.append(unit)
        self._by_content[bag_of_content(self._layout, unit)].append(number)
        if likely:
            self._words.append((number, frozenset(self._layout.keys(unit))))
            if len(self._words) > MAXIMUM_POSTINGS:
                self._enter()

    def _enter(self) -> None:
        """Enter by their words the likely ones that are not entered yet."""
        for number, words in self._words[self._entered :]:
            for key in words:
                self._by_word[key].append(number)
        self._entered = len(self._words)

    def candidates(self, unit: Unit, *, likely: bool) -> list[Unit]:
        """Return earlier sentences of the same content, and those that share the most words."""
        for added, was_likely in self._added:
            self._sort_in(added, likely=was_likely)
        self._added.clear()
        numbers = self._by_content.get(bag_of_content(self._layout, unit), [])[:CANDIDATES]
        if likely:
            numbers = numbers + self._sharing(set(self._layout.keys(unit)))
        return [self._units[number] for number in dict.fromkeys(numbers)]

    def _sharing(self, distinct: set[str]) -> list[int]:
        """Earlier sentences by the number of words shared, through each word's last standings."""
        if self._entered:
            last = [
                self._by_word[key][-MAXIMUM_POSTINGS:] for key in distinct & self._by_word.keys()
            ]
            shared = Counter(chain.from_iterable(last))
        else:  # so few that each word's last standings are all of them
            shared = Counter({number: len(distinct & words) for number, words in self._words})
        least = max(1, len(distinct) // 2)
        likely = sorted([(-count, number) for number, count in shared.items() if count >= least])
        return [number for _, number in likely[:CANDIDATES]]


def _likely(layout: Layout) -> set[Unit]:
    """Sentences most of which lies in word sequences that stand more than once, if two are so.

    And those that have all the words of another one in another order. Without any, nothing is
    compared, which is what the compiled triage relies on; with some, every sentence of their
    content is one more of them.
    """
    found = {
        unit for unit in mostly_recurring(layout, NEAR_PERMILLE) if _is_comparable(layout, unit)
    }
    units = of_equal_words(layout, NEAR_WORDS, NEAR_MOST_WORDS)
    # Mostly they stand in the same order, and so in sequences that stand more than once.
    for pair in () if found.issuperset(units) else _of_equal_words(layout, units):
        if not found.issuperset(pair) and not any(_has_mark_inside(layout, each) for each in pair):
            found.update(pair)
    return found if len(found) > 1 else set()


def _of_equal_words(layout: Layout, units: list[Unit]) -> Iterator[tuple[Unit, Unit]]:
    """Yield sentences with the first one that has the same words in any order."""
    bags: dict[tuple[str, ...], Unit] = {}
    for unit in units:
        other = bags.setdefault(bag_of(layout.keys(unit)), unit)
        if other is not unit:
            yield unit, other


def _has_mark_inside(layout: Layout, unit: Unit) -> bool:
    """Whether a sentence holds what could end one: the compiled triage would see two."""
    inside = layout.text[layout.ends[unit.first] : layout.starts[unit.last - 1]]
    if inside.isascii():
        return not MARKS_INSIDE.isdisjoint(inside)
    return any(
        mark in MARKS_INSIDE or (mark > "\x7f" and unicodedata.category(mark) == "Po")
        for mark in inside
    )


def _is_comparable(layout: Layout, unit: Unit) -> bool:
    return (
        NEAR_WORDS <= unit.last - unit.first <= NEAR_MOST_WORDS
        and word_count(layout, unit) >= NEAR_WORDS
        and BULLET.match(layout.text, unit.start, unit.end) is None
    )


def _lesser_of_all(
    layout: Layout, keeper: FactKeeper, unit: Unit, others: list[Unit]
) -> tuple[Unit, ...]:
    """Return which of this sentence and the first of others that says the same may go."""
    for other in others:
        if keeper.is_gone(other.start, other.end):
            continue
        lesser = _lesser(layout, other, unit)
        if lesser:
            return lesser
    return ()


def _may_go(layout: Layout, unit: Unit) -> bool:
    piece = layout.slice(unit)
    if is_refrain(layout, unit, 2):
        return False
    return ends_statement(piece) and is_balanced(piece) and not is_quoted(layout, unit.start)


def _lesser(layout: Layout, first: Unit, second: Unit) -> tuple[Unit, ...]:
    """Return the sentence that says no more than the other; both where neither does, or none.

    Of both, the second goes rather than the first.
    """
    one, two = layout.keys(first), layout.keys(second)
    if one == two:
        return ()  # whether equal sentences may go is decided by the level for them
    if _marks(layout, first) != _marks(layout, second):
        return ()  # no two words with different digits are forms of one
    if has_same_content(layout, first, second):
        return second, first
    # Also without fillers, each of which breaks four sequences.
    figures = layout.figure_keys
    if not _share_sequences(one, two, figures) and not _share_sequences(
        content(layout, first), content(layout, second), figures
    ):
        return ()
    return _lesser_of_aligned(layout, first, second)


def _marks(layout: Layout, unit: Unit) -> tuple[list[str], list[str]]:
    """Return the signs of a sentence and its words that have a digit, each sorted; found once."""
    found = layout.marks.get(unit)
    if found is None:
        found = layout.marks[unit] = (sorted(signs(layout, unit)), _figures(layout, unit))
    return found


def _figures(layout: Layout, unit: Unit) -> list[str]:
    """Return the words of a sentence that have a digit, sorted."""
    found: list[str] = []
    number = layout.numerals.find(1, unit.first, unit.last)
    while number >= 0:
        found.append(_without_dot(layout.all_keys[number]))
        number = layout.numerals.find(1, number + 1, unit.last)
    return sorted(found)


def _lesser_of_aligned(layout: Layout, first: Unit, second: Unit) -> tuple[Unit, ...]:
    """Return the lesser of two sentences that are alike but for some words, or none, or both."""
    numbers, others = core(layout, first), core(layout, second)
    one = [layout.all_keys[number] for number in numbers]
    two = [layout.all_keys[number] for number in others]
    common = len(set(one) & set(two))
    if common < MINIMUM_COMMON_RATIO * max(len(set(one)), len(set(two))):
        return ()  # not worth an alignment
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    only_one: list[int] = []
    only_two: list[int] = []
    shared = 0
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            shared += j - i
            continue
        numerals = layout.words.numerals
        paired = [
            x
            for x in range(min(j - i, m - k))
            if _one_word(one[i + x], two[k + x]) and numerals.isdisjoint((one[i + x], two[k + x]))
        ]
        left = [numbers[i + x] for x in range(j - i) if x not in paired]
        right = [others[k + x] for x in range(m - k) if x not in paired]
        if _replace_fillers(layout, left, right) or _replace_fillers(layout, right, left):
            return ()
        only_one += left
        only_two += right
        shared += len(paired)
    if 1000 * shared < NEAR_SHARED_PERMILLE * max(len(one), len(two)):
        return ()
    return _by_difference(layout, (first, only_one), (second, only_two))


def _replace_fillers(layout: Layout, own: list[int], others: list[int]) -> bool:
    """Whether words say something where another sentence has fillers: "on Monday" for "today".

    An article for a pronoun is no such filler.
    """
    words, keys = layout.words, layout.all_keys
    mine = {keys[number] for number in own}
    is_light = bool(mine) and mine <= words.fillers and not mine <= words.function_words
    return is_light and any(keys[number] not in words.fillers for number in others)


def _share_sequences(one: tuple[str, ...], two: tuple[str, ...], figures: AbstractSet[str]) -> bool:
    """Whether most of both sentences lies in word sequences that both have; figures aside.

    >>> _share_sequences(tuple("abcdefgh"), tuple("abcdxefgh"), frozenset())
    True
    >>> _share_sequences(tuple("abcdefgh"), tuple("abcxdefxgh"), frozenset())
    False
    """
    shared = _distinct_sequences(one) & _distinct_sequences(two)
    return bool(shared) and all(_is_mostly(keys, shared, figures) for keys in (one, two))


@lru_cache(maxsize=SEQUENCED)
def _distinct_sequences(keys: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Return the sequences of a sentence; each is compared with several others."""
    return frozenset(_sequences(keys))


def _sequences(keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return zip(keys, keys[1:], keys[2:], keys[SEQUENCE - 1 :], strict=False)


def _is_mostly(
    keys: tuple[str, ...], sequences: AbstractSet[tuple[str, ...]], figures: AbstractSet[str]
) -> bool:
    """Whether most words lie in one of the sequences; figures count neither way."""
    within = bytearray(len(keys))
    for number, each in enumerate(_sequences(keys)):
        if each in sequences:
            within[number : number + SEQUENCE] = b"\1" * SEQUENCE
    words, marked = len(keys), within.count(1)
    if not figures.isdisjoint(keys):
        own = [is_within for key, is_within in zip(keys, within, strict=True) if key not in figures]
        words, marked = len(own), sum(own)
    return 1000 * marked >= NEAR_PERMILLE * words


def _by_difference(
    layout: Layout, first: tuple[Unit, list[int]], second: tuple[Unit, list[int]]
) -> tuple[Unit, ...]:
    """Decide by the tokens that one sentence has and the other has not."""
    for unit, own in (first, second):
        if any(_states(layout, unit, number) for number in own):
            return ()
    fillers = layout.words.fillers
    more, fewer = (
        [n for n in own if layout.all_keys[n] not in fillers] for _, own in (first, second)
    )
    if more and fewer:
        return ()
    if len(more) + len(fewer) > NEAR_ADDED_WORDS:
        return ()
    if not more and not fewer:
        return second[0], first[0]
    return (second[0],) if more else (first[0],)


def _states(layout: Layout, unit: Unit, number: int) -> bool:
    """Whether a token makes a sentence a different one: figure, name, negation."""
    key = layout.all_keys[number]
    words = layout.words
    if any(c.isdigit() for c in key):
        return True
    if key in words.numerals:
        return True
    if words.denies(key):
        return True
    return layout.capitals[number] == 1 and number != unit.first and key not in words.fillers


def _without_dot(key: str) -> str:
    return key.replace(DOTTED, "i")


def _one_word(one: str, two: str) -> bool:
    """Whether two keys are forms of one word: the same, or its plural.

    Other endings tell apart who does what: "employer" and "employee", "empleado" and "empleador".

    >>> _one_word("machine", "machines"), _one_word("trainer", "trainee"), _one_word("not", "now")
    (True, False, False)
    """
    one, two = sorted((_without_dot(one), _without_dot(two)), key=len)
    if one == two:
        return True
    is_longer = len(one) >= STEM_LETTERS and two.startswith(one)
    return is_longer and two[len(one) :] in PLURALS and not any(c.isdigit() for c in one)
