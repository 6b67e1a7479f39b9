"""Which passages of a text stand in another: the tokens that their common shingles cover."""

from collections.abc import Callable, Iterator

from textclean.dedup.normal_form import boundary, is_marked, normalize
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
        Spans of the text in code points, sorted and disjoint.

    >>> from textclean.dedup.signatures import shingles
    >>> other = set(shingles("The pier opens on Monday.", 2))
    >>> text = "On Friday THE PIER opens, we hear."
    >>> [text[start:end] for start, end in shared_passages(text, other.__contains__, 2)]
    ['THE PIER opens']
    """
    check_shingle_size(size)
    spans = token_spans(text)
    words = tokens(text)
    if not words:
        return []
    width = min(size, len(words))
    passages: list[tuple[int, int]] = []
    reached = 0  # tokens before this one are in a passage already
    for number in range(len(words) - width + 1):
        if not holds(" ".join(words[number : number + width]).encode()):
            continue
        start, end = spans[number][0], spans[number + width - 1][1]
        # two tokens may be of one piece: a sign and its mark
        if passages and (number < reached or start < passages[-1][1]):
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
    kinds: dict[str, list[int]] = {}
    spans: list[tuple[int, int]] = []
    word: tuple[int, int] | None = None
    for start, end in _clusters(text):
        cluster = text[start:end]
        if cluster not in kinds:
            # folding may turn a separator into letters, as with some compatibility signs
            kinds[cluster] = list(map(kind_of, normalize(cluster).casefold()))
        for kind in kinds[cluster]:
            if kind == 1:
                word = (start if word is None else word[0], end)
                continue
            if word is not None:
                spans.append(word)
                word = None
            if kind:
                spans.append((start, end))
    return spans if word is None else [*spans, word]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the pieces stand that NFC makes something of, one by one."""
    start = 0
    for place in range(1, len(text)):
        if not _joins(text, start, place):
            yield start, place
            start = place
    if text:
        yield start, len(text)


def _joins(text: str, start: int, place: int) -> bool:
    """Whether a character becomes something else, or stands elsewhere, with what is before it."""
    sign = text[place]
    if boundary().match(sign):
        return False
    if is_marked(sign):
        return True
    before = text[start:place]
    return normalize(before + sign) != normalize(before) + normalize(sign)
