"""Which levels could change a text at all: what the careful path is spared.

The answer never changes a result: a level that is not named would find nothing. So a caller may
do without it where asking costs more than the careful path does.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from textclean.kernels.jit import is_allowed, is_worth
from textclean.stages.repetition.languages import language_table

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes, Longs
    from textclean.kernels.text import FlatText

#: The levels in the order in which they work, the surest first, and the kernel's flag of each.
FLAGS = {"exact": 1, "runs": 4, "near": 2, "phrase": 8}
EVERY_LEVEL = sum(FLAGS.values())

#: Loading the compiler takes longer than reading this many characters carefully.
WORTH_LOADING = 100_000


def level_flags(texts: Sequence[str]) -> list[int]:
    """Return for each text the flags of the levels that could change it.

    >>> level_flags(["The ferry left at noon. It came back at night.",
    ...              "Book cheap flights right now. Planes fly. Book cheap flights right now. "
    ...              "Ships sail."])
    [0, 1]
    """
    from textclean.kernels.text import flatten

    found: list[int] = column_flags(flatten(texts)).tolist()
    return found


def column_flags(flat: "FlatText") -> "Bytes":
    """Return the flags of texts in UTF-8; every level where the kernels may not be compiled.

    Whoever asks wants the answer, whatever the size.
    """
    import numpy as np

    if not is_allowed():
        return np.full(len(flat.offsets) - 1, EVERY_LEVEL, np.uint8)

    from textclean.kernels.repeats import repeat_flags
    from textclean.kernels.signs import sign_table

    flags = np.zeros(len(flat.offsets) - 1, np.uint8)
    repeat_flags(flat.data, flat.offsets, sign_table(), light_words(), flags)
    return flags


@cache
def light_words() -> "Longs":
    """Return the table of words that add nothing to a statement in any listed language.

    Their fillers, and the words of their introductions: two sentences that are one statement in
    one language still have the same words when more of them are left out.
    """
    import numpy as np

    from textclean.kernels.light import enter_light
    from textclean.kernels.scan import scan
    from textclean.kernels.signs import sign_table
    from textclean.kernels.text import flatten

    words = {
        word for row in language_table().values() for word in row.fillers.union(*row.introductions)
    }
    data, room = flatten(["\n".join(sorted(words))]).data, 4 + sum(map(len, words))
    tokens, starts = np.empty(room, np.uint64), np.empty(room, np.uint32)
    gaps, letters = np.empty((2, room), np.uint8)
    count = scan(data, sign_table(), tokens, starts, gaps, letters)
    light = np.zeros(1 << (2 * count).bit_length(), np.uint64)
    enter_light(data, starts[:count], sign_table(), light)
    return light


def cheap_flags(texts: Sequence[str]) -> list[int]:
    """Return the same, or every level where the answer would cost more than it saves."""
    if is_worth(sum(map(len, texts)), WORTH_LOADING):
        return level_flags(texts)
    return [EVERY_LEVEL] * len(texts)
