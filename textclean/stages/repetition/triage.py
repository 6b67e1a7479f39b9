"""Which levels could change a text at all: what the careful path is spared.

The answer never changes a result: a level that is not named would find nothing. So a caller may
do without it where asking costs more than the careful path does.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textclean.kernels.jit import is_worth

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes
    from textclean.kernels.text import FlatText

#: The levels in the order in which they work, the surest first, and the kernel's flag of each.
FLAGS = {"exact": 1, "runs": 4, "near": 2, "phrase": 8}
EVERY_LEVEL = sum(FLAGS.values())

#: Loading the compiler takes longer than reading this many characters carefully.
WORTH_LOADING = 100_000


def level_flags(texts: Sequence[str]) -> list[int]:
    """Return for each text the flags of the levels that could change it.

    >>> level_flags(["The ferry left at noon. It came back at night.",
    ...              "Book cheap flights right now. Planes fly. Book cheap flights right now."])
    [0, 1]
    """
    from textclean.kernels.text import flatten

    found: list[int] = column_flags(flatten(texts)).tolist()
    return found


def column_flags(flat: "FlatText") -> "Bytes":
    """Return the flags of texts in UTF-8; every level where the kernels may not be compiled.

    Whoever asks wants the answer, so that compiling pays whatever the size.
    """
    import numpy as np

    if not is_worth(1, 1):
        return np.full(len(flat.offsets) - 1, EVERY_LEVEL, np.uint8)

    from textclean.kernels.repeats import repeat_flags
    from textclean.kernels.signs import sign_table

    flags = np.zeros(len(flat.offsets) - 1, np.uint8)
    repeat_flags(flat.data, flat.offsets, sign_table(), flags)
    return flags


def cheap_flags(texts: Sequence[str]) -> list[int]:
    """Return the same, or every level where the answer would cost more than it saves."""
    if is_worth(sum(map(len, texts)), WORTH_LOADING):
        return level_flags(texts)
    return [EVERY_LEVEL] * len(texts)
