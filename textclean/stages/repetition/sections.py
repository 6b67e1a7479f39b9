"""Very long texts, section by section: in bounded memory, and in a time linear in their length.

What is known of a text while its repetition is looked for takes some hundred bytes a character. A
record of millions (a dump, a file taken for one text) is no article that somebody has stuffed: its
sections are each taken for a text of their own, and what repeats in one collapses.
"""

from collections.abc import Callable, Iterator, Sequence

from textclean.edits import Edit, settled

#: Characters of the largest text that is looked at as a whole, and of a section.
LARGEST_WHOLE = 1 << 20

#: Where a text is cut, best first.
_BREAKS = ("\n\n", "\n", ". ", "。", " ")


def sections(text: str, size: int = LARGEST_WHOLE) -> Iterator[tuple[int, int]]:
    r"""Yield the spans of a text's sections, without the white space between them.

    Args:
        text: The text.
        size: Characters of a section, at most; cut in its second half where there is a break.

    >>> text = "One two.\n\nThree four. Five six."
    >>> [text[start:end] for start, end in sections(text, 16)]
    ['One two.', 'Three four.', 'Five six.']
    """
    start = 0
    while start < len(text):
        end = min(len(text), start + size)
        if end < len(text):
            end = _cut(text, start + size // 2, end)
        piece = text[start:end]
        first = start + len(piece) - len(piece.lstrip())
        if first < end:
            yield first, start + len(piece.rstrip())
        start = end


def _cut(text: str, least: int, most: int) -> int:
    for each in _BREAKS:
        at = text.rfind(each, least, most)
        if at >= 0:
            return at + len(each)
    return most


def settle_sections(
    text: str, edits_of: Callable[[str], Sequence[Edit]], maximum_rounds: int
) -> tuple[str, tuple[Edit, ...]]:
    """Return the text whose sections change no more, and the edits that lead to it.

    Args:
        text: The text.
        edits_of: Returns the edits after which a text changes no more.
        maximum_rounds: After so many cuts into sections a text that still changes stays as it came.
    """

    def find(now: str) -> list[Edit]:
        return [
            edit._replace(start=start + edit.start, end=start + edit.end)
            for start, end in sections(now)
            for edit in edits_of(now[start:end])
        ]

    return settled(text, find, maximum_rounds)
