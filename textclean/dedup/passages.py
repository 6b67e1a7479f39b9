"""Which passages of a text stand in another: the tokens that their common shingles cover."""

from collections.abc import Callable

from textclean.dedup.normal_form import normalize
from textclean.dedup.signatures import check_shingle_size, tokens
from textclean.kernels.characters import kind_of


def shared_passages(
    text: str, holds: Callable[[bytes], bool], size: int = 5
) -> list[tuple[int, int]]:
    """Return the passages of a text whose shingles another one holds.

    Args:
        text: Any text.
        holds: Whether the other text has a shingle: folded tokens joined by single spaces, UTF-8.
        size: Tokens in a shingle.

    Returns:
        Spans of the text in code points, sorted and disjoint. None where folding the text moved
        the borders of its tokens, which happens with a few rare characters.

    >>> from textclean.dedup.signatures import shingles
    >>> other = set(shingles("The pier opens on Monday.", 2))
    >>> text = "On Friday THE PIER opens, we hear."
    >>> [text[start:end] for start, end in shared_passages(text, other.__contains__, 2)]
    ['THE PIER opens']
    """
    check_shingle_size(size)
    spans = token_spans(text)
    words = tokens(text)
    if len(spans) != len(words) or not words:
        return []
    width = min(size, len(words))
    passages: list[tuple[int, int]] = []
    reached = 0  # tokens before this one are in a passage already
    for number in range(len(words) - width + 1):
        if not holds(" ".join(words[number : number + width]).encode()):
            continue
        start, end = spans[number][0], spans[number + width - 1][1]
        if passages and number < reached:
            passages[-1] = (passages[-1][0], end)
        else:
            passages.append((start, end))
        reached = number + width
    return passages


def token_spans(text: str) -> list[tuple[int, int]]:
    """Return where the tokens of a text stand, in code points.

    >>> [("a-b 東京"[start:end]) for start, end in token_spans("a-b 東京")]
    ['a', 'b', '東', '京']
    """
    kinds: dict[str, int] = {}
    spans: list[tuple[int, int]] = []
    start = -1
    for place, character in enumerate(text):
        kind = kinds.get(character)
        if kind is None:
            # folding may turn a separator into letters, as with some compatibility signs
            kind = kinds[character] = max(map(kind_of, normalize(character).casefold()))
        if kind == 1 and start < 0:
            start = place
        elif kind != 1:
            if start >= 0:
                spans.append((start, place))
                start = -1
            if kind:
                spans.append((place, place + 1))
    if start >= 0:
        spans.append((start, len(text)))
    return spans
