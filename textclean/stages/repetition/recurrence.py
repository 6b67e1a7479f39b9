"""Which units of a text share words with others: by kernels where they are compiled.

What decides does so in either form; what only nominates may nominate more without a kernel.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from textclean.stages.repetition.content import content_marks
from textclean.stages.repetition.layout import SEQUENCE, Layout
from textclean.stages.repetition.spans import has_unspaced
from textclean.stages.repetition.tokens import ALPHA, FIGURE, WIDE, having
from textclean.stages.repetition.units import Unit, Units
from textclean.stages.repetition.vocabulary import listed_among

if TYPE_CHECKING:
    from textclean.kernels.arrays import Starts


def words_needed(words: Mapping[int, int], standings: int) -> int:
    """Return the words that a unit needs which stands so often.

    >>> [words_needed({2: 5, 4: 3}, standings) for standings in (2, 3, 4, 9)]
    [5, 5, 3, 3]
    """
    return words[max([count for count in words if count <= standings])]


def repeated(layout: Layout, units: Units, needed: Mapping[int, int]) -> list[Unit]:
    """Return the units whose words another of them has in the same order, and enough of them.

    Args:
        layout: The text.
        units: Of one kind.
        needed: Words that begin with a letter, or are of a script without spaces, by how often a
            unit stands.

    >>> layout = Layout("Go on. Stop it. Go on! So. So.", "en")
    >>> [layout.slice(unit) for unit in repeated(layout, layout.sentences, {2: 2})]
    ['Go on.', 'Go on!']
    """
    arrays = layout.arrays
    if len(units) < 2:  # noqa: PLR2004 - one and its repeat
        return []
    if arrays is None:
        all_keys = list(map(layout.keys, units))
        times = Counter(all_keys)
        return [
            unit
            for unit, keys in zip(units, all_keys, strict=True)
            if times[keys] > 1
            and sum(kind & (ALPHA | WIDE) != 0 for kind in layout.kinds[unit.first : unit.last])
            >= words_needed(needed, times[keys])
        ]
    from textclean.kernels.choosing import choose_repeated

    least = _by_standings(tuple(needed.items()))
    return units.numbered(choose_repeated(arrays.numbers, arrays.kinds, units.rows, least))


@cache
def _by_standings(needed: tuple[tuple[int, int], ...]) -> "Starts":
    """Return the words that a unit needs, by how often it stands; the last number for more."""
    import numpy as np

    words = dict(needed)
    fewest = min(words)
    standings = range(max(words) + 1)
    return np.array([words_needed(words, max(fewest, each)) for each in standings], np.int32)


def mostly_recurring(layout: Layout, permille: int) -> list[Unit]:
    """Return the sentences most of which lies in word sequences that sentences have twice.

    Figures count neither way.

    Args:
        layout: The text.
        permille: How many of 1,000 words that is.
    """
    arrays, sentences = layout.arrays, layout.sentences
    if arrays is None:
        marks, own = _within(layout), having(layout.kinds, FIGURE)
        return [unit for unit in sentences if _is_mostly(marks, own, unit, permille)]
    from textclean.kernels.choosing import choose_covered

    rows = sentences.rows
    return sentences.numbered(
        choose_covered(arrays.numbers, arrays.kinds, rows, SEQUENCE, permille)
    )


def _within(layout: Layout) -> bytearray:
    """Return for each token, whether it is in a sequence that stands in sentences twice."""
    within = bytearray(layout.size)
    ends = layout.sentence_ends
    places = [
        (number, sequence)
        for number, sequence in enumerate(layout.sequences)
        if number + SEQUENCE <= ends[number]
    ]
    times = Counter([sequence for _, sequence in places])
    for number, sequence in places:
        if times[sequence] > 1:
            within[number : number + SEQUENCE] = b"\1" * SEQUENCE
    return within


def _is_mostly(within: bytearray, figures: bytes, unit: Unit, permille: int) -> bool:
    pairs = list(zip(within[unit.first : unit.last], figures[unit.first : unit.last], strict=True))
    words = sum(not is_figure for _, is_figure in pairs)
    marked = sum(is_within and not is_figure for is_within, is_figure in pairs)
    return any(within[unit.first : unit.last]) and 1000 * marked >= permille * words


def of_equal_words(layout: Layout, least: int, most: int) -> list[Unit]:
    """Return the sentences of so many words that may have those of another one in any order.

    Args:
        layout: The text.
        least: Words.
        most: Words.
    """
    arrays, sentences = layout.arrays, layout.sentences
    if arrays is None:
        sized = [unit for unit in sentences if least <= unit.size <= most]
        sets = [frozenset(layout.keys(unit)) for unit in sized]  # each word as often, or not
        times = Counter(sets)
        return [unit for unit, own in zip(sized, sets, strict=True) if times[own] > 1]
    from textclean.kernels.choosing import choose_equal

    return sentences.numbered(choose_equal(arrays.numbers, sentences.rows, least, most))


def of_same_start(layout: Layout, least: int, most: int, size: int) -> list[Unit]:
    """Return the sentences of so many words that may begin as another one does.

    Args:
        layout: The text.
        least: Words.
        most: Words.
        size: Words of a beginning, fewer than ``least``.
    """
    arrays, sentences = layout.arrays, layout.sentences
    if arrays is None:
        return sentences.of_sizes(least, most)
    from textclean.kernels.choosing import choose_same_start

    chosen = choose_same_start(arrays.numbers, sentences.rows, least, most, size)
    return sentences.numbered(chosen)


def within_words(layout: Layout, words: frozenset[str], units: Collection[Unit]) -> Units:
    """Return the sentences all of whose words are in some units, or among some listed ones."""
    arrays, sentences = layout.arrays, layout.sentences
    if arrays is None:
        allowed = words.union(*map(layout.keys, units))
        return Units([unit for unit in sentences if allowed.issuperset(layout.keys(unit))])
    import numpy as np

    from textclean.kernels.choosing import choose_within

    listed = listed_among(words)[arrays.listed]
    rows = np.fromiter(chain.from_iterable(units), np.int32, 4 * len(units)).reshape(-1, 4)
    return Units.of(choose_within(arrays.numbers, listed, sentences.rows, rows))


def maybe_restating(layout: Layout, units: Units, likely: Collection[Unit]) -> bytes:
    """Return for each sentence, 1 or 0, whether it may say what an earlier one says otherwise.

    Args:
        layout: The text.
        units: Sentences.
        likely: Those of them that may be alike others; the rest has to have another's content.
    """
    marks, arrays = content_marks(layout), layout.arrays
    if marks is None or arrays is None:
        return b"\1" * len(units)
    import numpy as np

    from textclean.kernels.restating import choose_restating

    chosen = np.frombuffer(bytes([unit in likely for unit in units]), np.uint8)
    return choose_restating(
        arrays.numbers, arrays.kinds, arrays.folded, marks.kinds, units.rows, chosen
    ).tobytes()


def crowded(layout: Layout, again: int, times: int, wide_times: int) -> list[Unit]:
    """Return the sentences in which words stood before, and one of them as often as a keyword.

    Args:
        layout: The text.
        again: How many words stood before in the sentence.
        times: How often one stands that carries no grammar.
        wide_times: How often three in a row do in a sentence of a script without spaces.

    >>> layout = Layout("Cheap oak, oak gates, an oak. The man of the house and the dog.", "en")
    >>> [layout.slice(unit) for unit in crowded(layout, 2, 3, 4)]
    ['Cheap oak, oak gates, an oak.']
    """
    arrays, sentences, grammar = layout.arrays, layout.sentences, layout.words.function_words
    if arrays is None:
        counted = [(unit, Counter(layout.keys(unit))) for unit in sentences]
        return [
            unit
            for unit, counts in counted
            if unit.size - len(counts) >= again
            and (
                any(count >= times and key not in grammar for key, count in counts.items())
                or (has_unspaced(layout, unit) and _most_triples(layout, unit) >= wide_times)
            )
        ]
    from textclean.kernels.choosing import choose_crowded

    words = listed_among(grammar)[arrays.listed]
    rows = sentences.rows
    return sentences.numbered(
        choose_crowded(arrays.numbers, arrays.kinds, rows, words, again, times, wide_times)
    )


def _most_triples(layout: Layout, unit: Unit) -> int:
    keys = layout.keys(unit)
    return max(Counter(zip(keys, keys[1:], keys[2:], strict=False)).values(), default=0)


def maybe_periodic(layout: Layout, longest: int, periods: int) -> list[Unit]:
    """Return the paragraphs in which words may stand again and again at an even distance.

    Args:
        layout: The text.
        longest: Words of the longest period.
        periods: How many have to follow each other.
    """
    arrays, paragraphs = layout.arrays, layout.paragraphs
    if arrays is None:
        return [unit for unit in paragraphs if _repeats_sequences(layout, unit, periods)]
    import numpy as np

    from textclean.kernels.recurrence import find_periodic

    chosen = np.empty(len(paragraphs), np.uint8)
    find_periodic(arrays.numbers, paragraphs.rows, longest, periods, chosen)
    return paragraphs.at(chosen)


def _repeats_sequences(layout: Layout, unit: Unit, periods: int) -> bool:
    """Whether so many sequences recur as the shortest period of two words makes recur."""
    sequences = layout.sequences_of(unit)
    return len(sequences) - len(set(sequences)) >= 2 * periods - SEQUENCE - 1


def different(layout: Layout, least: int) -> tuple[Units, int]:
    """Return the first of the sentences with the same words, and how many are built alike.

    Args:
        layout: The text.
        least: Words of such a sentence; see ``count_alike``.
    """
    arrays, sentences = layout.arrays, layout.sentences
    if arrays is None:
        found: dict[tuple[str, ...], Unit] = {}
        for unit in sentences:
            if unit.size >= least:
                found.setdefault(layout.keys(unit), unit)
        units = Units(list(found.values()))
        return units, count_alike(layout, units, least)
    from textclean.kernels.choosing import choose_different

    rows, alike = choose_different(arrays.numbers, arrays.kinds, sentences.rows, least)
    return Units.of(rows), alike


def maybe_of_one_content(layout: Layout, units: Units) -> set[Unit]:
    """Return the sentences that may have the content of another one, in any order."""
    marks, arrays = content_marks(layout), layout.arrays
    if marks is None or arrays is None:
        return set(units)
    from textclean.kernels.content import choose_of_one_content

    return set(units.numbered(choose_of_one_content(arrays.numbers, marks.kinds, units.rows)))


def count_alike(layout: Layout, units: Units, size: int) -> int:
    """Return how many units begin or end with the same words as another one, figures aside.

    Args:
        layout: The text.
        units: Units with different words.
        size: How many words that is; twice as many where one is of a script without spaces.
    """
    arrays = layout.arrays
    if arrays is None:
        edges = [_edges(layout, unit, size) for unit in units]
        firsts, lasts = Counter([first for first, _ in edges]), Counter([last for _, last in edges])
        return sum([firsts[first] > 1 or lasts[last] > 1 for first, last in edges])
    from textclean.kernels.choosing import count_built_alike

    return count_built_alike(arrays.numbers, arrays.kinds, units.rows, size)


def _edges(layout: Layout, unit: Unit, size: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the first words of a sentence, and the last."""
    size = 2 * size if has_unspaced(layout, unit) else size
    keys = ["0" if key[0].isdecimal() else key for key in layout.keys(unit)]
    return tuple(keys[:size]), tuple(keys[-size:])
