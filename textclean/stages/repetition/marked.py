"""What a reader can quote or follow, by the signs that mark it: quotations, addresses, handles."""

import re
from functools import cache
from typing import TYPE_CHECKING

from textclean.stages.repetition.tokens import UNSPACED

if TYPE_CHECKING:
    from textclean.kernels.arrays import Words as Codes

#: What stands beside a quotation where no blanks do.
_WIDE = f"{UNSPACED}，。！？：；"

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
    (("'",), r"(?<![^\s(\[,])'(?=[^\W_])[^'\n]{1,100}(?<=[\w.,!?])'(?![\w'])"),
    (("`",), r"`[^`\n]{1,200}`"),
    # "½ kg", "C++"
    (FRACTIONS, rf"(?:\d{{1,9}} ?)?[{''.join(FRACTIONS)}](?: ?[^\W\d_]{{1,20}})?"),
    (("+", "#"), r"(?<!\w)\w{1,10}(?:\+{1,2}|#)(?![\w+#])"),
    # A straight mark opens after a blank (or a comma that none follows) and closes after none:
    # pairing by count would take what stands between two quotations for one.
    (('"',), rf"\"(?<=[{_WIDE}]\")[^\"\n]{{1,300}}\"(?=[{_WIDE}])"),
    (('"',), r"\"(?<![^\s(\[,\u2014]\")(?=[^\s\"])[^\"\n]{0,600}(?<=[^\s\"])\"(?!\w)"),
)


@cache
def marked_pattern(numbers: tuple[int, ...]) -> re.Pattern[str]:
    """Return the pattern of some rows of ``MARKED``; a short one is quicker."""
    return re.compile("|".join(MARKED[number][1] for number in numbers))


@cache
def _sign_rows() -> "Codes":
    """Return for each code point the rows of ``MARKED`` that have it as a sign, a bit for each."""
    import numpy as np

    rows = np.zeros(0x110000, np.uint32)
    for number, (signs, _) in enumerate(MARKED):
        for sign in signs:
            rows[ord(sign[0])] |= 1 << number
    return rows


def rows_seen(points: "Codes | None") -> int:
    """Return the rows of ``MARKED`` with a sign that may be in a text, a bit for each."""
    if points is None:
        return -1
    import numpy as np

    return int(np.bitwise_or.reduce(_sign_rows()[points]))
