"""Edits as a person reads them: whole words, with a few words around them.

An edit may change one letter; what is shown is the word. Edits of one reason that stand close
together on a line are shown as one hunk. Nothing here knows a terminal or HTML.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from textclean.edits import Edit, apply_edits

#: Code points of unchanged text shown on each side.
CONTEXT = 48
#: The longest span shown whole; of a longer one, both ends.
MAXIMUM_SHOWN = 400
#: A longer run of letters is no word of a script with spaces: it is not shown whole.
_LONGEST_WORD = 32

Kind = Literal["same", "removed", "added", "left-out"]


class Piece(NamedTuple):
    """A run of text of one kind; of ``left-out``, a phrase that says how much is not shown."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """One change as it is shown.

    Attributes:
        line: Where it starts, from 1.
        pieces: What stood there and what comes, with the text around.
        reasons: How many edits of each reason it holds.
    """

    line: int
    pieces: tuple[Piece, ...]
    reasons: Mapping[str, int]


def hunks(text: str, edits: Sequence[Edit]) -> Iterator[Hunk]:
    """Yield the changes of one step in order.

    Args:
        text: What the edits apply to.
        edits: Sorted and disjoint.

    >>> [hunk] = hunks("abre tambiÃ©n hoy", [Edit(10, 12, "é", "mojibake.utf8-as-cp1252")])
    >>> [(piece.kind, piece.text) for piece in hunk.pieces]
    [('same', 'abre '), ('removed', 'tambiÃ©n'), ('added', 'también'), ('same', ' hoy')]
    """
    words = list(_words(text, edits))
    line = 1
    counted = reached = number = 0
    while number < len(words):
        together = _together(text, words, number)
        following = number + len(together)
        start, end = together[0].start, together[-1].end
        limit = words[following].start if following < len(words) else len(text)
        line += text.count("\n", counted, start)
        counted = start
        before = text[max(reached, start - CONTEXT) : start].rpartition("\n")[2]
        after = text[end : min(limit, end + CONTEXT)].partition("\n")[0]
        cut = max(reached, start - CONTEXT)
        if cut and cut + len(before) == start and text[cut - 1] != "\n" and cut > reached:
            before = _from_word(before)
        if end + len(after) < limit and text[end + len(after)] != "\n":
            after = _from_word(after[::-1])[::-1]
        pieces = [
            Piece("same", before),
            *_changes(text, together),
            Piece("same", after),
        ]
        reasons = Counter(edit.reason for word in together for edit in word.edits)
        yield Hunk(line, tuple(piece for piece in pieces if piece.text), reasons)
        number, reached = following, end


def clipped(text: str, kind: Kind, maximum: int = MAXIMUM_SHOWN) -> Iterator[Piece]:
    """Yield a span, or both ends of a long one and how much lies between.

    >>> [piece.text for piece in clipped("abcdefgh", "removed", 4)]
    ['ab', ' … 4 more characters … ', 'gh']
    """
    if len(text) <= maximum:
        yield Piece(kind, text)
        return
    half = maximum // 2
    yield Piece(kind, text[:half])
    yield Piece("left-out", f" … {len(text) - 2 * half:,} more characters … ")
    yield Piece(kind, text[-half:])


class _Word(NamedTuple):
    """Edits that change one word, or one edit that changes no word, and the span shown."""

    start: int
    end: int
    edits: tuple[Edit, ...]


def _words(text: str, edits: Iterable[Edit]) -> Iterator[_Word]:
    """Widen each edit to whole words, and join those that then overlap."""
    start = end = 0
    members: list[Edit] = []
    for edit in edits:
        its_start, its_end = _widened(text, edit)
        if members and its_start < end:
            end = max(end, its_end)
            members.append(edit)
            continue
        if members:
            yield _Word(start, end, tuple(members))
        start, end, members = max(its_start, end), its_end, [edit]
    if members:
        yield _Word(start, end, tuple(members))


def _widened(text: str, edit: Edit) -> tuple[int, int]:
    removed = text[edit.start : edit.end]
    start, end = edit.start, edit.end
    if any(map(_is_of_word, (removed[:1], edit.replacement[:1]))):
        while start > 0 and edit.start - start < _LONGEST_WORD and _is_of_word(text[start - 1]):
            start -= 1
        if edit.start - start == _LONGEST_WORD:
            start = edit.start
    if any(map(_is_of_word, (removed[-1:], edit.replacement[-1:]))):
        while end < len(text) and end - edit.end < _LONGEST_WORD and _is_of_word(text[end]):
            end += 1
        if end - edit.end == _LONGEST_WORD:
            end = edit.end
    return start, end


def _is_of_word(character: str) -> bool:
    return character.isalnum() or (character != "" and unicodedata.combining(character) > 0)


def _together(text: str, words: Sequence[_Word], first: int) -> list[_Word]:
    """Return the words from the first on that are shown as one hunk."""
    reasons = {edit.reason for edit in words[first].edits}
    found = [words[first]]
    for number in range(first + 1, len(words)):
        word = words[number]
        end = found[-1].end
        if (
            word.start - end > CONTEXT
            or "\n" in text[end : word.start]
            or {edit.reason for edit in word.edits} != reasons
            or word.end - found[0].start > MAXIMUM_SHOWN
        ):
            break
        found.append(word)
    return found


def _changes(text: str, together: Iterable[_Word]) -> Iterator[Piece]:
    reached: int | None = None
    for word in together:
        if reached is not None:
            yield Piece("same", text[reached : word.start])
        moved = [
            edit._replace(start=edit.start - word.start, end=edit.end - word.start)
            for edit in word.edits
        ]
        removed = text[word.start : word.end]
        yield from clipped(removed, "removed")
        yield from clipped(apply_edits(removed, moved), "added")
        reached = word.end


def _from_word(text: str) -> str:
    """Return text without the part of a word with which it begins."""
    at = text.find(" ")
    return text[at + 1 :] if 0 <= at < _LONGEST_WORD else text
