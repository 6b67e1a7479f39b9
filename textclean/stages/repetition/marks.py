"""Characters that may end a sentence, or make equal words another statement: patterns and tables.

The kernels find the same as the patterns, from tables of the same strings.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes

#: What may end a sentence in some language, for all the segmenter knows; where it takes long.
ENDS = ".!?…。！？؟۔।॥։።᙮។‽⁇⁈⁉．｡"
COSTLY_ENDS = ".!?…。！？؟۔।॥։᙮‽⁇⁈⁉．｡"
QUOTES = '"`‘“”„«»‹›「」『』《》'

#: Where a sentence may end inside a line; a line without one is one sentence, and the
#: segmenter is not asked.
INNER_END = re.compile(f"[{ENDS}][^\\n]")

#: What the segmenter answers for in time that grows with the square of their number: marks with
#: no blank after them, and quotation marks, each compared with every other.
COSTLY = re.compile(f"[{COSTLY_ENDS}](?=\\S)|[{QUOTES}]")

#: What could end a sentence where the segmenter saw an abbreviation: before white space, or as it
#: stands.
POSSIBLE_ENDS, WIDE_ENDS = ".!?…", "。！？"
CLOSING = "\"'”’»)"
POSSIBLE_END = re.compile(f"[{POSSIBLE_ENDS}][{CLOSING}]{{0,3}}\\s|[{WIDE_ENDS}]")

#: Signs that make two equal word sequences different statements, with those that do so before a
#: figure only.
PLAIN_SIGNS = "%‰‱#№@&+±<>=°?؟？$¢£¤¥" + "".join(map(chr, range(0x20A0, 0x20D0)))
DASHES = "−-"
MAYBE_SIGN = re.compile(f"[{PLAIN_SIGNS}]|[{DASHES}](?=\\d)")

#: What no text in Latin letters has, or hardly.
FOREIGN = ((0x370, 0x1FFF), (0x3000, 0xD7A3))
OTHER_SCRIPT = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in FOREIGN) + "]")

#: How much of a line is looked at.
LONGEST_LINE = 400

#: What may stand before a number; signs that code has inside its lines, and the first letters of
#: def, class, import, return; what ends the name of a speaker or shows that there is none; a
#: dash before speech; what stands between columns, beside gaps.
BEFORE_NUMBER = "-*•#>§("
CODE_SIGNS, CODE_STARTS = "(=)", "dcir"
NAME_ENDS, SPEECH_DASHES, COLUMN_SIGNS = ":.!?", "—–", "\t|"
LETTERS, ROMAN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "IVXLC"

#: Languages in which the segmenter ends sentences at a semicolon or colon, too, and the letters of
#: theirs without which a text is in none of them: the compiled triage knows them by these.
OTHER_ENDS = frozenset(("el", "pnt", "hy", "hyw"))
OWN_LETTERS = re.compile("[\u0370-\u03ff\u0530-\u058f]")


@cache
def mark_table() -> "Bytes":
    """Return the marks of ``kernels/marks.py``; made once per process."""
    import numpy as np

    from textclean.kernels import marks

    table = np.zeros(marks.MARKED, np.uint8)
    for characters, mark in (
        (ENDS, marks.INNER),
        (COSTLY_ENDS, marks.COSTLY_ALONE),
        (QUOTES, marks.COSTLY),
        (POSSIBLE_ENDS, marks.POSSIBLE),
        (WIDE_ENDS, marks.WIDE),
        (CLOSING, marks.CLOSING),
        (PLAIN_SIGNS, marks.SIGN),
        (DASHES, marks.DASH),
    ):
        table[list(map(ord, characters))] |= mark
    return table


@cache
def shape_table() -> "Bytes":
    """Return the shapes of ``kernels/heads.py`` and ``kernels/lines.py``; made once per process."""
    import numpy as np

    from textclean.kernels import heads, lines, marks

    table = np.zeros(marks.MARKED, np.uint8)
    for characters, shape in (
        (BEFORE_NUMBER, heads.BEFORE_NUMBER),
        (LETTERS, heads.LETTER),
        (ROMAN, heads.ROMAN),
        (CODE_SIGNS, lines.CODE_SIGN),
        (CODE_STARTS, lines.CODE_START),
        (NAME_ENDS, lines.STOP),
        (SPEECH_DASHES, lines.DASH),
        (COLUMN_SIGNS, lines.COLUMN_SIGN),
    ):
        table[list(map(ord, characters))] |= shape
    return table
