"""A text cut up by a kernel: its words, lines and signs, as arrays."""

from functools import cache
from typing import TYPE_CHECKING

from textclean.kernels.thresholds import GUESS_TEXT
from textclean.stages.repetition.languages import language_table
from textclean.stages.repetition.marks import FOREIGN, LONGEST_LINE, mark_table, shape_table
from textclean.stages.repetition.vocabulary import listed_table

if TYPE_CHECKING:
    from textclean.kernels.arrays import Words as Codes
    from textclean.kernels.cutting import Cut, Tables

#: Characters by which the script of a text is told.
SAMPLE = 20_000


def cut(text: str) -> "tuple[Codes, Cut]":
    """Return the code points of a text, and what a kernel finds among them.

    >>> points, found = cut("Don't pay 1,200")
    >>> len(points), found.starts.tolist(), found.ends.tolist()
    (15, [0, 6, 10], [5, 9, 15])
    """
    import numpy as np

    from textclean.kernels.cutting import Sample, cut_text

    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    sample = Sample(GUESS_TEXT, SAMPLE, LONGEST_LINE, len(language_table()))
    return points, cut_text(points, _tables(), sample)


@cache
def _tables() -> "Tables":
    import numpy as np

    from textclean.kernels.cutting import Tables
    from textclean.kernels.signs import sign_table
    from textclean.kernels.words import class_table

    foreign = np.array(FOREIGN, np.int32)
    return Tables(sign_table(), class_table(), mark_table(), shape_table(), foreign, listed_table())
