"""What this Python's Unicode database says of all code points at once, for the tables of kernels.

A call for each of a million code points takes a tenth of a second; each table asks for several
answers. So code points that hold nothing are left out, and those that fold are found by blocks.
"""

import re
import unicodedata
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

#: Letters, marks, numbers and punctuation are all below; beyond are tags and private use.
PLANES = 0x40000
#: No character beyond has case.
LAST_CASED = 0x20000
_BLOCK = 256


def characters(points: range) -> str:
    """Return the code points of a range as a string, surrogates too.

    >>> characters(range(65, 70))
    'ABCDE'
    """
    raw = np.arange(points.start, points.stop, dtype="<u4").tobytes()
    return raw.decode("utf-32-le", "surrogatepass")


def categories(points: range) -> "npt.NDArray[np.bytes_]":
    """Return the general category of each code point of a range, ``S2``.

    >>> categories(range(65, 68)).tolist()
    [b'Lu', b'Lu', b'Lu']
    """
    joined = "".join(map(unicodedata.category, characters(points)))
    return np.frombuffer(joined.encode(), "S2")


@cache
def plane_categories() -> "npt.NDArray[np.bytes_]":
    """Return the general category of each code point below ``PLANES``."""
    return categories(range(PLANES))


@cache
def folded() -> tuple[tuple[int, str], ...]:
    """Return each code point that does not fold to itself, and what it folds to.

    >>> dict(folded())[ord("ß")]
    'ss'
    """
    found = []
    for start in range(0, LAST_CASED, _BLOCK):
        block = characters(range(start, start + _BLOCK))
        if block.casefold() != block:
            folds = map(str.casefold, block)
            found += [(start + at, fold) for at, fold in enumerate(folds) if fold != block[at]]
    return tuple(found)


def spans_of(pattern: str) -> list[tuple[int, int]]:
    r"""Return the first code point of each run that a pattern of one class matches, and its end.

    >>> spans_of(r"\d+")[0]
    (48, 58)
    """
    found: Any = re.finditer(pattern, _planes())
    return [match.span() for match in found]


@cache
def _planes() -> str:
    return characters(range(PLANES))
