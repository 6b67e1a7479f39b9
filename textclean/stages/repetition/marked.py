"""What a reader can quote or follow, by the signs that mark it: quotations, addresses, handles."""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from textclean.stages.repetition.tokens import UNSPACED

if TYPE_CHECKING:
    from textclean.kernels.arrays import Words as Codes

#: What stands beside a quotation where no blanks do.
_WIDE_MARKS = "，。！？：；"
_WIDE = UNSPACED + _WIDE_MARKS
_BESIDE_WIDE = rf"\"(?<=[{_WIDE}]\")[^\"\n]{{1,300}}\"(?=[{_WIDE}])"

#: Fractions that are one character.
FRACTIONS = tuple("¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞↉")

#: Spans a reader can quote or follow, by the signs that one of is in each. A class excludes its
#: own opening mark, so that a row of unclosed marks is read once.
MARKED = (
    (
        ("://", "www.", "WWW.", "Www."),
        r"(?:(?<![^\W_])[^\W\d_]{2,10}://|(?i:www\.))[^\s<>\"“”«»]{1,2000}",
    ),
    (("@",), r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}"),
    (("@", "#"), r"[@#](?<!\w[@#])\w{2,64}"),
    (("“",), r"“[^“”\n]{1,600}”"),
    (("„",), r"„[^„“”\n]{1,600}[“”]"),
    (("«",), r"«[^«»\n]{1,600}»"),
    (("‹",), r"‹[^‹›\n]{1,600}›"),
    (("「",), r"「[^「」\n]{1,300}」"),
    (("『",), r"『[^『』\n]{1,300}』"),
    (("‘",), r"‘[^‘’\n]{2,300}’(?!\w)"),
    # A straight single mark is an apostrophe, too: it opens after a blank, and none stands inside.
    (("'",), r"'(?<![^\s(\[,]')(?=[^\W_])[^'\n]{1,100}(?<=[\w.,!?])'(?![\w'])"),
    (("`",), r"`[^`\n]{1,200}`"),
    # "½ kg", "C++"
    (FRACTIONS, rf"(?:\d{{1,9}} ?)?[{''.join(FRACTIONS)}](?: ?[^\W\d_]{{1,20}})?"),
    (("+", "#"), r"(?<!\w)\w{1,10}(?:\+{1,2}|#)(?![\w+#])"),
    # A straight mark opens after a blank (or a comma that none follows) and closes after none:
    # pairing by count would take what stands between two quotations for one.
    (('"',), _BESIDE_WIDE),
    (('"',), r"\"(?<![^\s(\[,\u2014]\")(?=[^\s\"])[^\"\n]{0,600}(?<=[^\s\"])\"(?!\w)"),
)


@cache
def marked_pattern(numbers: tuple[int, ...]) -> re.Pattern[str]:
    """Return the pattern of some rows of ``MARKED``; a short one is quicker."""
    return re.compile("|".join(MARKED[number][1] for number in numbers))


@cache
def _sign_rows() -> "Codes":
    """Return for each code point the rows of ``MARKED`` that it is needed for, a bit for each."""
    import numpy as np

    rows = np.zeros(0x110000, np.uint32)
    for number, (signs, pattern) in enumerate(MARKED):
        firsts = [sign[0] for sign in signs]
        if pattern is _BESIDE_WIDE:  # dear to compile, and few texts have what stands beside it
            firsts = [*_WIDE_MARKS, *map(chr, _unspaced())]
        rows[list(map(ord, firsts))] |= 1 << number
    return rows


def _unspaced() -> Iterator[int]:
    """Yield the code points of the scripts without spaces."""
    for first, last in zip(UNSPACED[::3], UNSPACED[2::3], strict=True):
        yield from range(ord(first), ord(last) + 1)


@cache
def _ascii_rows() -> int:
    """Return the rows of ``MARKED`` that match what is ASCII, a bit for each."""
    return sum(
        1 << number
        for number, (signs, pattern) in enumerate(MARKED)
        if pattern is not _BESIDE_WIDE and any(map(str.isascii, signs))
    )


def rows_seen(text: str, points: "Codes | None") -> int:
    """Return the rows of ``MARKED`` that may match in a text, a bit for each.

    Args:
        text: The text.
        points: Its code points; None without kernels.
    """
    if text.isascii():
        return _ascii_rows()
    if points is None:
        return -1
    import numpy as np

    return int(np.bitwise_or.reduce(_sign_rows().take(points)))
