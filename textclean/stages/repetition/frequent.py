"""Which n-grams of a text stand in many sentences: by a kernel where it is compiled."""

from collections import Counter
from collections.abc import Iterator, Sequence

from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.vocabulary import listed_among

#: Words of the shortest n-gram.
PAIR = 2

#: An n-gram and in how many sentences it stands.
Gram = tuple[tuple[str, ...], int]


def frequent_grams(layout: Layout, least: int, needed: Sequence[int]) -> list[Gram]:
    """Return the n-grams of words that begin and end with content and stand in enough sentences.

    Args:
        layout: The text.
        least: What stands less often is not looked at.
        needed: Sentences, by length of the n-gram; ``least`` at least.

    >>> layout = Layout("The old pier is closed. An old pier burns. See the old pier!", "en")
    >>> frequent_grams(layout, 3, [3, 3, 3, 3])
    [(('old', 'pier'), 3)]
    """
    if layout.arrays is None:
        return list(_plain_grams(layout, least, needed))
    import numpy as np

    from textclean.kernels.choosing import choose_grams

    arrays, rows = layout.arrays, layout.sentences.rows
    inner = listed_among(layout.words.function_words)[arrays.listed]
    limits = np.array(needed, np.int32)
    found = choose_grams(arrays.numbers, arrays.kinds, rows, inner, least, limits)
    grams: list[tuple[int, int, int]] = found.tolist()
    return [(layout.all_keys[place : place + size], times) for place, size, times in grams]


def _plain_grams(layout: Layout, least: int, needed: Sequence[int]) -> Iterator[Gram]:
    """Yield the same without a kernel.

    A part of one is as frequent as the whole, so that each length starts where the last ended, at
    the places where the n-gram that is one word shorter is frequent one word later, too.
    """
    keys, standings = layout.all_keys, layout.standings
    last_of = layout.sentence_ends
    often = bytes([standings[key] >= least for key in keys])
    places = _both(often)
    pairs = Counter([keys[n : n + PAIR] for n in places])
    places = [n for n in places if pairs[keys[n : n + PAIR]] >= least]
    for length in range(PAIR, len(needed)):
        standing = set(places)
        grams = [
            (n, keys[n : n + length])
            for n in places
            if n + length <= last_of[n] and (length == PAIR or n + 1 in standing)
        ]
        counts = _count(grams, last_of)  # once a sentence: a run is another's work
        for gram, count in counts.items():
            if count >= needed[length] and _has_edges(layout, gram):
                yield gram, count
        places = [n for n, gram in grams if counts[gram] >= least]


def _both(often: bytes) -> list[int]:
    r"""Return the places where two words in a row are frequent.

    >>> _both(b"\1\1\1\0\1\1")
    [0, 1, 4]
    """
    found: list[int] = []
    at = often.find(b"\1\1")
    while at >= 0:
        found.append(at)
        at = often.find(b"\1\1", at + 1)
    return found


def _count(
    grams: list[tuple[int, tuple[str, ...]]], last_of: list[int]
) -> dict[tuple[str, ...], int]:
    """Count in how many sentences each n-gram stands."""
    counts: dict[tuple[str, ...], int] = {}
    seen_in: dict[tuple[str, ...], int] = {}
    for place, gram in grams:
        if seen_in.get(gram) != last_of[place]:
            seen_in[gram] = last_of[place]
            counts[gram] = counts.get(gram, 0) + 1
    return counts


def _has_edges(layout: Layout, gram: tuple[str, ...]) -> bool:
    """Whether an n-gram of words begins and ends with content."""
    function_words = layout.words.function_words
    return (
        gram[0] not in function_words
        and gram[-1] not in function_words
        and all(key[0].isalpha() for key in gram)
    )
