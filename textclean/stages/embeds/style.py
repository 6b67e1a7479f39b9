"""How a sentence is written: as posts are, or as articles.

A linear model over a sentence's words and the shapes of its words (capitals, digits, signs, the
kinds of Japanese letters), each hashed into one of a few thousand buckets; a sentence is the set of
its buckets, scaled to length 1 (Weinberger et al., "Feature Hashing for Large Scale Multitask
Learning", 2009). The weights stand in ``tables/embeds_style.toml`` and hold no text;
``benchmarks/fit_style.py`` fits them.
"""

import re
from collections.abc import Iterator
from math import sqrt
from zlib import crc32

from textclean.stages.embeds.lines import LINK
from textclean.stages.embeds.sentences import sentences
from textclean.stages.embeds.tables import StyleTable

_DIGIT = re.compile(r"\d")
#: Words and signs; in East Asian text runs of one kind of letters.
_TOKEN = re.compile(
    r"[\u3041-\u309f]+|[\u30a0-\u30ff]+|[\u3400-\u9fff]+|[^\W\u3041-\u30ff\u3400-\u9fff]+|[^\w\s]"
)
#: What the first letter of a run tells, by the last one of its range.
_EAST_ASIAN = (("\u309f", "H"), ("\u30ff", "K"), ("\u9fff", "C"))
_FIRST_EAST_ASIAN = "\u3041"
_LONGEST_SHAPES = 3
#: Sizes of sentences, in steps of so many characters, to so many steps.
_SIZE_STEP, _SIZES = 20, 10


def style_score(string: str, table: StyleTable) -> float:
    """Return how much more likely posts are to have a sentence than articles, in log odds."""
    found = buckets(string, len(table.weights))
    return table.bias + table.unit * sum(table.weights[n] for n in found) / sqrt(len(found))


def mean_style(string: str, table: StyleTable) -> float:
    """Return the mean over the sentences of a string that holds at least one."""
    scores = [style_score(sentence, table) for sentence in sentences(string)]
    return sum(scores) / len(scores)


def buckets(string: str, number: int) -> set[int]:
    """Return the buckets of a sentence, of so many: never none."""
    bare = _DIGIT.sub("0", LINK.sub("", string)).strip()
    return {crc32(trait.encode("utf-8", "surrogatepass")) % number for trait in _traits(bare)}


def _traits(string: str) -> Iterator[str]:
    """Yield the words, the first and the last of them as such, the shapes, and the size."""
    tokens = _TOKEN.findall(string)
    words = ["^", *(token.casefold() for token in tokens), "$"]
    yield from words[1:-1]
    yield f"^ {words[1]}"
    yield f"{words[-2]} $"
    shapes = ["^", *map(_shape, tokens), "$"]
    for length in range(1, _LONGEST_SHAPES + 1):
        for start in range(len(shapes) - length + 1):
            yield "S" + " ".join(shapes[start : start + length])
    yield f"L{min(len(string) // _SIZE_STEP, _SIZES)}"


def _shape(token: str) -> str:
    """Return what kind of word a token is; a sign is itself.

    >>> [_shape(token) for token in ("US", "I", "Pier", "open", "iPad", "00", "!", "ひら", "漢字")]
    ['A', 'I', 'Aa', 'a', 'x', '0', '!', 'H', 'C']
    """
    first = token[0]
    if not first.isalnum():
        return token if len(token) == 1 else "_"
    if first >= _FIRST_EAST_ASIAN:
        return next((kind for last, kind in _EAST_ASIAN if first <= last), "x")
    if first.isdigit():
        return "0"
    if token.isupper():
        return "A" if len(token) > 1 else "I"
    if token.islower():
        return "a"
    return "Aa" if first.isupper() else "x"
