"""A text that counts as a duplicate, and its survivor: what they share, passage by passage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from textclean.diff.hunks import Kind, Piece

if TYPE_CHECKING:
    from textclean.dedup.measures import Hashes

#: Of a passage that both texts have, this much is shown at either end.
_SHOWN_OF_SHARED = 60
#: Code points of pieces after which a text is cut.
_MAXIMUM_SHOWN = 1_600


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts.

    Attributes:
        text: The text as it was compared: cleaned.
        passages: Spans whose shingles the other text holds, too; sorted and disjoint.
    """

    text: str
    passages: Sequence[tuple[int, int]]

    def pieces(self, own: Kind, *, whole: bool = False) -> tuple[Piece, ...]:
        """Return the text in pieces: what is shared as ``same``, the rest as ``own``.

        Args:
            own: Kind of what only this text has.
            whole: Show long shared passages whole, too.
        """
        found: list[Piece] = []
        shown = 0
        for piece in self._pieces(own):
            parts = [piece] if whole else _shortened(piece)
            for part in parts:
                if shown + len(part.text) > _MAXIMUM_SHOWN:
                    found.append(Piece(part.kind, part.text[: max(0, _MAXIMUM_SHOWN - shown)]))
                    found.append(Piece("left-out", " … and so on"))
                    return tuple(found)
                shown += len(part.text)
                found.append(part)
        return tuple(found)

    def _pieces(self, own: Kind) -> Iterator[Piece]:
        reached = 0
        for start, end in self.passages:
            if reached < start:
                yield Piece(
                    own if self._has_word(reached, start) else "same", self._cut(reached, start)
                )
            yield Piece("same", self._cut(start, end))
            reached = end
        if reached < len(self.text):
            end = len(self.text)
            yield Piece(own if self._has_word(reached, end) else "same", self._cut(reached, end))

    def _cut(self, start: int, end: int) -> str:
        return self.text[start:end]

    def _has_word(self, start: int, end: int) -> bool:
        return any(map(str.isalnum, self._cut(start, end)))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Why a text counts as a duplicate.

    Attributes:
        dropped: The text that repeats.
        survivor: The kept text it repeats; None when it is not at hand.
        shared: How many shingles both have; of how many in the dropped text, and in both together.
        is_same: Both are known to say the same, but for capitals, punctuation and spaces.
    """

    dropped: Side
    survivor: Side | None
    shared: tuple[int, int, int]
    is_same: bool = False


def compare(dropped: str, survivor: str, shingle_size: int) -> Comparison:
    """Compare two texts by their shingles.

    >>> comparison = compare("The new pier opens today.", "The new pier opens now.", 2)
    >>> comparison.shared
    (3, 4, 5)
    >>> [piece.text for piece in comparison.dropped.pieces("added")]
    ['The new pier opens', ' today.']
    """
    from textclean.dedup.passages import shared_passages
    from textclean.dedup.signatures import shingles, tokens

    left, right = set(shingles(dropped, shingle_size)), set(shingles(survivor, shingle_size))
    return Comparison(
        Side(dropped, shared_passages(dropped, right.__contains__, shingle_size)),
        Side(survivor, shared_passages(survivor, left.__contains__, shingle_size)),
        (len(left & right), len(left), len(left | right)),
        # (equal sets are not enough: one may say it twice)
        left == right and tokens(dropped) == tokens(survivor),
    )


def compare_with_hashes(dropped: str, survivor: "Hashes", shingle_size: int) -> Comparison:
    """Compare a text with one of which only the shingles' hashes are known.

    Args:
        dropped: The text that repeats.
        survivor: ``uint64[n]``: the shingle set of the kept text, sorted.
        shingle_size: Tokens in a shingle.
    """
    from textclean.dedup.passages import shared_passages
    from textclean.dedup.signatures import shingle_hash64, shingles

    def holds(shingle: bytes) -> bool:
        hash_ = np.uint64(shingle_hash64(shingle))
        number = int(np.searchsorted(survivor, hash_))
        return number < len(survivor) and survivor[number] == hash_

    own = shingles(dropped, shingle_size)
    common = sum(map(holds, own))
    return Comparison(
        Side(dropped, shared_passages(dropped, holds, shingle_size)),
        None,
        (common, len(own), len(own) + len(survivor) - common),
    )


def _shortened(piece: Piece) -> list[Piece]:
    """Return a long shared passage without its middle."""
    text = piece.text
    if piece.kind != "same" or len(text) <= 3 * _SHOWN_OF_SHARED:
        return [piece]
    # cut between words where there is a space not far away
    head = text[:_SHOWN_OF_SHARED].rpartition(" ")[0] or text[:_SHOWN_OF_SHARED]
    tail = text[-_SHOWN_OF_SHARED:].partition(" ")[2] or text[-_SHOWN_OF_SHARED:]
    left_out = len(text) - len(head) - len(tail)
    return [
        Piece("same", head),
        Piece("left-out", f" … {left_out:,} characters in both … "),
        Piece("same", tail),
    ]
