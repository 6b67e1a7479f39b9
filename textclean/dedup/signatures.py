"""Shingles, their hashes, and MinHash signatures, for one text at a time.

``shingles`` and ``shingle_hash`` are plain Python and say what the compiled kernels compute;
``measures.py`` runs those over whole batches.
"""

import numpy as np
import numpy.typing as npt

from textclean.dedup.bands import SIGNATURE_SIZE
from textclean.dedup.normal_form import normalize
from textclean.kernels.characters import kind_of
from textclean.kernels.hashing import (
    MIX_FIRST,
    MIX_SECOND,
    SHINGLE_FACTOR,
    TOKEN_BASIS,
    TOKEN_FACTOR,
)

_WORD_BITS = 0xFFFFFFFFFFFFFFFF


def tokens(text: str) -> list[str]:
    """Return the folded tokens of a text, in order.

    >>> tokens("Straße_1: L’été, 東京!")
    ['strasse_1', 'l', 'été', '東', '京']
    """
    return normalize(text).casefold().translate(_SPACING).split()


def shingles(text: str, size: int = 5) -> list[bytes]:
    """Return the distinct shingles of a text in order of first appearance, as UTF-8 bytes.

    Args:
        text: Any text.
        size: Tokens in a shingle; a text with fewer is one shingle.

    >>> shingles("The ferry leaves; the FERRY LEAVES!", size=2)
    [b'the ferry', b'ferry leaves', b'leaves the']
    >>> shingles("...")
    []
    """
    check_shingle_size(size)
    words = tokens(text)
    if not words:
        return []
    width = min(size, len(words))
    starts = range(len(words) - width + 1)
    joined = dict.fromkeys(" ".join(words[start : start + width]) for start in starts)
    return [shingle.encode() for shingle in joined]


def shingle_hash64(shingle: bytes) -> int:
    """Return the 64-bit hash by which shingle sets are compared.

    Args:
        shingle: What ``shingles`` returns: folded tokens joined by single spaces.
    """
    rolling = 0
    for token in shingle.decode().split(" "):
        state = int(TOKEN_BASIS)
        for character in token:
            state = (state ^ ord(character)) * int(TOKEN_FACTOR) & _WORD_BITS
            state ^= state >> 32
        rolling = (rolling * int(SHINGLE_FACTOR) + state) & _WORD_BITS
    mixed = (rolling ^ rolling >> 33) * int(MIX_FIRST) & _WORD_BITS
    mixed = (mixed ^ mixed >> 33) * int(MIX_SECOND) & _WORD_BITS
    return mixed ^ mixed >> 33


def shingle_hash(shingle: bytes) -> int:
    """Return the 32-bit hash that goes into signatures: the upper half of the 64-bit one.

    Hand it to datasketch as ``hashfunc``, and its ``affine32`` signatures equal ours.

    >>> shingle_hash(b"the ferry leaves at noon")
    1815824143
    """
    return shingle_hash64(shingle) >> 32


def signature(text: str, shingle_size: int = 5) -> npt.NDArray[np.uint32]:
    """Return the MinHash signature of a text: 128 slots.

    It equals ``datasketch.MinHash(num_perm=128, seed=1, scheme="affine32",
    hashfunc=textclean.shingle_hash)`` updated with ``shingles(text, shingle_size)``.

    >>> left = signature("The harbour opens its new pier to ferries and visitors on Monday.")
    >>> right = signature("The harbour opens its new pier to ferries and visitors on Tuesday.")
    >>> float((left == right).mean())  # they share 7 of 9 shingles
    0.75
    """
    from textclean.dedup.measures import shingle_sets, signatures

    check_shingle_size(shingle_size)
    sets, ends = shingle_sets([text], shingle_size)
    slots: npt.NDArray[np.uint32] = signatures(sets, ends, SIGNATURE_SIZE)[0]
    return slots


def check_shingle_size(size: int) -> None:
    """Raise ``ValueError`` unless shingles of this size can exist."""
    if size < 1:
        message = f"a shingle has at least 1 token, not {size}"
        raise ValueError(message)


class _Spacing(dict[int, str]):
    """A table for ``str.translate`` that leaves spaces between tokens and nowhere else.

    It fills as characters come: a process meets few of the million.
    """

    def __missing__(self, point: int) -> str:
        character = chr(point)
        self[point] = (" ", character, f" {character} ")[kind_of(character)]
        return self[point]


_SPACING = _Spacing()
