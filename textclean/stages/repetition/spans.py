"""Which characters go when a sentence, line or block goes, and whether it may go at all."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from textclean.edits import Edit
from textclean.kernels.thresholds import REFRAIN_PERMILLE, REFRAIN_WORDS
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.marks import DASHES, PLAIN_SIGNS
from textclean.stages.repetition.units import Unit

#: Signs that make two equal word sequences different statements: 10 and 10 %, 5 and -5, $ and €.
SIGNS = re.compile(f"[{PLAIN_SIGNS}]|(?<!\\w)[{DASHES}](?=\\d)")

#: The end of a statement; a line without one is a heading, a label or a call.
SENTENCE_ENDS = tuple(".!?…。！？؟۔।॥։።．｡")
CLOSERS = "\"'”’»)]"

#: What opens a list item.
BULLET = re.compile(r"\s*(?:[-*•·‣▪–—+>]\s+|\(?(?:\d{1,3}|[a-z])[.)]\s+|\d)")

#: A quotation that opened further back than this is not looked for.
QUOTE_REACH = 2000

_OPENING = tuple('“„«"‘「『')
_MARKS = re.compile('["“”«»()\\[\\]「」『』]')
_PAIRS = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"), ("「", "」"), ("『", "』"))


def signature(layout: Layout, unit: Unit) -> tuple[str, ...]:
    """Return what two units share when they say the same: words and signs.

    >>> layout = Layout("Up 10%. up   10 % Up 10.")
    >>> signature(layout, layout.unit(0, 7)) == signature(layout, layout.unit(8, 17))
    True
    >>> signature(layout, layout.unit(0, 7)) == signature(layout, layout.unit(18, 24))
    False
    """
    keys = layout.keys(unit)
    return (*keys, *found) if (found := signs(layout, unit)) else keys


def signs(layout: Layout, unit: Unit) -> list[str]:
    """Return the signs of a unit, in order; most have none, which is seen without a look at it."""
    places = layout.maybe_signs
    at = bisect_left(places, unit.start)
    if at == len(places) or places[at] >= unit.end:
        return []
    return SIGNS.findall(layout.slice(unit))


def word_count(layout: Layout, unit: Unit) -> float:
    """Count words; two characters of an unspaced script weigh one, figures and signs none.

    >>> layout = Layout("Two words 7 四个汉字")
    >>> word_count(layout, layout.lines[0])
    4.0
    """
    letters = layout.letters.count(1, unit.first, unit.last)
    if not layout.has_unspaced or not has_unspaced(layout, unit):
        return float(letters)
    numbers = [number for number in range(unit.first, unit.last) if layout.unspaced[number]]
    narrow = letters - sum(layout.letters[number] for number in numbers)
    return narrow + sum(len(layout.all_keys[number]) <= 2 for number in numbers) / 2  # noqa: PLR2004


def has_unspaced(layout: Layout, unit: Unit) -> bool:
    """Whether any token is a character of a script without spaces."""
    return layout.has_unspaced and layout.unspaced.find(1, unit.first, unit.last) >= 0


def is_balanced(piece: str) -> bool:
    """Whether quotes and brackets opened in a piece are closed in it."""
    if _MARKS.search(piece) is None:
        return True
    return piece.count('"') % 2 == 0 and all(piece.count(o) == piece.count(c) for o, c in _PAIRS)


def is_quoted(layout: Layout, start: int) -> bool:
    """Whether a quotation is or goes open at ``start``, as far as its line tells."""
    if layout.text[start : start + 1] in _OPENING:
        return True
    line_start = layout.line_starts[max(0, bisect_right(layout.line_starts, start) - 1)]
    before = layout.text[max(line_start, start - QUOTE_REACH) : start]
    for opening, closing in _PAIRS:
        at = before.rfind(opening)
        if at >= 0 and before.find(closing, at) < 0:
            return True
    # A straight mark opens when a blank or nothing stands before it; counting them would go
    # wrong wherever a quotation runs over several paragraphs.
    at = before.rfind('"')
    if at < 0 or before[at + 1 : at + 2].isspace():
        return False
    return at == 0 or before[at - 1] in " \u00a0\t(["


def is_refrain(layout: Layout, unit: Unit, standings: int) -> bool:
    """Whether a short sentence is so rare in a long text that it is a figure of speech."""
    if word_count(layout, unit) >= REFRAIN_WORDS:
        return False
    return 1000 * standings * unit.size < REFRAIN_PERMILLE * layout.size


def ends_statement(piece: str) -> bool:
    """Whether a piece ends as a sentence does."""
    return piece.rstrip().rstrip(CLOSERS).endswith(SENTENCE_ENDS)


def removal_span(text: str, start: int, end: int) -> tuple[int, int]:
    r"""Widen a span by the white space that must go with it.

    A sentence takes the blank after it (at the end of a line, the one before it); a whole line
    takes the line end and the blank line before it.

    >>> text = "One. Two. Three.\n\nFour.\n\nFive."
    >>> [text[slice(*removal_span(text, text.find(w), text.find(w) + len(w)))]
    ...  for w in ("Two.", "Three.", "Four.", "Five.")]
    ['Two. ', ' Three.', '\n\nFour.', '\n\nFive.']
    """
    left = start
    while left and _is_blank(text[left - 1]):
        left -= 1
    right = end
    while right < len(text) and _is_blank(text[right]):
        right += 1
    line_starts = left == 0 or _is_break(text[left - 1])
    line_ends = right == len(text) or _is_break(text[right])
    if not (line_starts and line_ends):
        return (left, end) if line_ends else (start, right)
    before = left
    while before and text[before - 1].isspace():
        before -= 1
    if before:  # to the end of the line before, so that removals of neighbors never meet
        return before, end
    while right < len(text) and text[right].isspace():
        right += 1
    while right > end and right < len(text) and _is_blank(text[right - 1]):
        right -= 1  # the indent of the next line stays
    return left, right


def without_blank_ends(text: str, edits: Sequence[Edit]) -> Iterator[Edit]:
    """Widen removals that touch each other by the blank they leave at the end of a line.

    Each of them took the blank on one side of it, so that one too many stays.

    >>> text = "One. Two. Two."
    >>> [(e.start, e.end) for e in without_blank_ends(text, [Edit(5, 10, "", ""),
    ...                                                      Edit(10, 14, "", "")])]
    [(4, 10), (10, 14)]
    """
    number = 0
    while number < len(edits):
        last = number
        while last + 1 < len(edits) and edits[last + 1].start == edits[last].end:
            last += 1
        first, end = edits[number], edits[last].end
        while end < len(text) and _is_blank(text[end]):
            end += 1
        if last > number and (end == len(text) or _is_break(text[end])):
            floor = edits[number - 1].end if number else 0
            start = first.start
            while start > floor and _is_blank(text[start - 1]):
                start -= 1
            if start and not _is_break(text[start - 1]):  # else it is the indent of a line
                first = first._replace(start=start)
        yield first
        yield from edits[number + 1 : last + 1]
        number = last + 1


def _is_blank(character: str) -> bool:
    return character.isspace() and not _is_break(character)


def _is_break(character: str) -> bool:
    return character in "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
