"""Tell whether the same words in another order say the same: "in the morning take one tablet".

One block of words may have moved. Not where that changes who does what to whom ("the keeper shows
the lion the tiger"), nor what a word limits ("only the mayor can", "the mayor can only").
"""

from itertools import groupby

from textclean.stages.repetition.content import MINIMUM_CORE_WORDS, content, content_numbers
from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.units import Unit


def has_same_content(layout: Layout, first: Unit, second: Unit) -> bool:
    """Whether two sentences have the same words but fillers, and say the same with them."""
    one, two = content(layout, first), content(layout, second)
    if min(len(one), len(two)) < MINIMUM_CORE_WORDS:
        return False
    if one == two:
        return not _has_other_articles(layout, first, second)
    if bag_of_content(layout, first) != bag_of_content(layout, second):
        return False
    if _figures_in_words(layout, one) != _figures_in_words(layout, two):
        return False
    moved = _moved_block(one, two)
    if moved is None:
        return _is_inverted(layout, one, two)
    return _may_move(layout, content_numbers(layout, first), *moved)


def bag_of(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return words in an order that does not depend on theirs."""
    return tuple(sorted(keys))


def bag_of_content(layout: Layout, sentence: Unit) -> tuple[str, ...]:
    """Return what ``content`` returns, in such an order; found once."""
    found = layout.bags.get(sentence)
    if found is None:
        found = layout.bags[sentence] = bag_of(content(layout, sentence))
    return found


def _has_other_articles(layout: Layout, first: Unit, second: Unit) -> bool:
    """Whether an article that shows the case of its noun is another: "der Wolf", "den Wolf"."""
    articles = layout.words.articles
    if not articles:
        return False
    pairs = zip(content_numbers(layout, first), content_numbers(layout, second), strict=True)
    keys = layout.all_keys
    return any(
        one > first.first
        and two > second.first
        and keys[one - 1] != keys[two - 1]
        and {keys[one - 1], keys[two - 1]} <= articles
        for one, two in pairs
    )


def _is_inverted(layout: Layout, one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether an aside has come before the verb and the subject behind it, as in German.

    "Das Museum öffnet im Mai seine Tore", "im Mai öffnet das Museum seine Tore".
    """
    words = layout.words
    if not words.front_inverts:
        return False
    left, right = _common_ends(one, two)
    inner, other = one[left:right], two[left:right]
    if any(map(words.denies, inner)):
        return False
    for verb in range(1, len(inner) - 1):
        before, behind = inner[:verb], inner[verb + 1 :]
        if other == (*behind, inner[verb], *before):
            return not shared_words("asides").isdisjoint((before[0], behind[0]))
    return False


def _common_ends(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[int, int]:
    """Return how many words two orders of the same words begin with, and where the same end begins.

    They differ.
    """
    left, right = 0, len(one)
    while one[left] == two[left]:
        left += 1
    while one[right - 1] == two[right - 1]:
        right -= 1
    return left, right


def _moved_block(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[int, int, int] | None:
    """Return where two blocks of words side by side begin, meet and end whose exchange is all.

    >>> _moved_block(tuple("abcdef"), tuple("adefbc"))
    (1, 3, 6)
    >>> _moved_block(tuple("abcdef"), tuple("ebcdaf")) is None
    True
    """
    left, right = _common_ends(one, two)
    inner, other = one[left:right], two[left:right]
    for cut in range(1, len(inner)):
        if inner[cut:] + inner[:cut] == other:
            return left, left + cut, right
    return None


def _may_move(layout: Layout, numbers: list[int], start: int, middle: int, end: int) -> bool:
    """Whether two blocks of a sentence's content may change places.

    Args:
        layout: The text.
        numbers: Of the tokens of the content.
        start: Where among them the first block begins.
        middle: Where the second does.
        end: Where it ends.
    """
    words = layout.words
    first, second = (
        {layout.all_keys[number] for number in block}
        for block in (numbers[start:middle], numbers[middle:end])
    )
    if any(map(words.denies, first | second)):
        return False
    if first <= words.function_words or second <= words.function_words:
        return False  # "the fund of the bank"
    if not all(_begins_noun(layout, numbers[place]) for place in (start, middle)):
        return True
    between = range(numbers[middle - 1] + 1, numbers[middle])
    gap = layout.text[layout.ends[numbers[middle - 1]] : layout.starts[numbers[middle]]]
    return "," in gap or any(layout.all_keys[each] in words.coordinators for each in between)


def _begins_noun(layout: Layout, number: int) -> bool:
    """Whether an article leads to a word, or it is one, or has a capital inside a sentence."""
    words, key = layout.words, layout.all_keys[number]
    before = layout.all_keys[number - 1] if number else ""
    is_first = layout.sentence_at(number).first == number
    leading = words.articles | (words.determiners & words.light)
    if key in leading or (before in leading and not is_first):
        return True
    return bool(layout.capitals[number]) and not is_first


def _figures_in_words(layout: Layout, keys: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the runs of figures in words, sorted: "two hundred" is not "hundred two"."""
    numerals = layout.words.numerals
    runs = (tuple(run) for is_number, run in groupby(keys, numerals.__contains__) if is_number)
    return sorted(runs)
