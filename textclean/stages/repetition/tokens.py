"""What a token is: a word, a figure, or one character of a script without spaces."""

import re
import unicodedata
from functools import cache
from itertools import accumulate
from typing import NamedTuple

#: Scripts written without spaces: each character is a token, as in the glossary's shingles.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"

#: The first of them.
FIRST_UNSPACED = "\u0e00"
_UNSPACED = re.compile(f"[{UNSPACED}]")

#: The tokens of a text without marks and without unspaced scripts, which most texts are.
PLAIN_TOKEN = re.compile(r"(\d++(?:[.,:/]\d++)*+(?!\w)|\w++(?:['’]\w++)*+)")

#: Outside the blocks that surely have no marks; thirty times faster than to look for marks.
UNUSUAL = re.compile("[^\x00-\u02ff\u0370-\u0482\u2000-\u20cf\u2100-\u24ff\u2500-\u2bff]")

#: What a token's first character is, and its first one in folded case; whether it has a digit;
#: whether it is of a script without spaces; whether it is a figure.
CAPITAL, SMALL, DIGIT, ALPHA, DECIMAL, HAS_DIGIT, WIDE, FIGURE = 1, 2, 4, 8, 16, 32, 64, 128

#: What stands in a figure beside digits.
FIGURE_MARKS = ".,:/"


class Tokens(NamedTuple):
    """The tokens of a text.

    Attributes:
        starts: Where each starts.
        ends: Where each ends.
        keys: What each is compared by.
        kinds: A byte each of ``CAPITAL``, ``SMALL``, ``DIGIT``, ``ALPHA``, ``DECIMAL``,
            ``HAS_DIGIT``, ``WIDE``, ``FIGURE``.
    """

    starts: list[int]
    ends: list[int]
    keys: tuple[str, ...]
    kinds: bytes


def having(kinds: bytes, kind: int) -> bytes:
    """Return for each token 1 if it is of a kind, else 0."""
    return kinds.translate(_table_of(kind))


@cache
def _table_of(kind: int) -> bytes:
    return bytes([each & kind != 0 for each in range(256)])


def plain_tokens(text: str) -> Tokens:
    """Return the tokens of a text, found without a kernel.

    >>> starts, ends, keys, _ = plain_tokens("Don’t pay 1,200")
    >>> starts, ends, keys
    ([0, 6, 10], [5, 9, 15], ("don't", 'pay', '1,200'))
    """
    parts = _token_pattern(text).split(text)  # gap, token, gap, ..., token, gap
    reached = list(accumulate(map(len, parts)))
    if len(parts) == 1:
        return Tokens([], [], (), b"")
    # Folding all at once is twice as fast, and no character folds to what no token has.
    keys = tuple(key_of("\n".join(parts[1::2])).split("\n"))
    kinds = bytes(map(_kind_of, parts[1::2], keys))
    return Tokens(reached[:-1:2], reached[1::2], keys, kinds)


def _kind_of(word: str, key: str) -> int:
    first, folded = word[0], key[0]
    kind = CAPITAL if first.isupper() or first.istitle() else SMALL * first.islower()
    kind |= DIGIT * folded.isdigit() | ALPHA * folded.isalpha() | DECIMAL * folded.isdecimal()
    if folded >= FIRST_UNSPACED and _UNSPACED.match(folded):
        kind |= WIDE
    if key.isalpha():
        return kind
    return kind | HAS_DIGIT * any(map(str.isdigit, key)) | FIGURE * is_figure(key)


def is_figure(key: str) -> bool:
    """Whether a key is digits, with what parts them.

    >>> is_figure("1,200"), is_figure("5th")
    (True, False)
    """
    return not key[0].isalpha() and all(c.isdecimal() or c in FIGURE_MARKS for c in key)


def _token_pattern(text: str) -> re.Pattern[str]:
    """Return the pattern of the tokens of a text, as one group."""
    if not UNUSUAL.search(text):
        return PLAIN_TOKEN
    rare, pattern = _token_patterns()
    return pattern if rare.search(text) else PLAIN_TOKEN


@cache
def _token_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Letters and digits with their marks; built once, since ``re`` has no class of marks."""
    marks: list[str] = []
    reached = -1
    for code in range(0x300, 0x1F000):
        if unicodedata.category(chr(code)) in ("Mn", "Mc"):
            if code == reached + 1 and marks:
                marks[-1] = marks[-1][0] + "-" + chr(code)
            else:
                marks.append(chr(code))
            reached = code
    mark = "".join(re.escape(m) if len(m) == 1 else m for m in marks)
    letter = rf"[^\W{UNSPACED}]|[{mark}]"
    number = r"\d++(?:[.,:/]\d++)*+"
    word = rf"(?:{letter})++(?:['’ʼ](?:{letter})++)*+"
    whole = re.compile(rf"({number}(?!{letter})|[{UNSPACED}][{mark}]*+|{word})")
    return re.compile(f"[{mark}{UNSPACED}]"), whole


def key_of(word: str) -> str:
    """Fold case and apostrophes: what two spellings of a word share.

    >>> key_of("Don’t")
    "don't"
    """
    return word.casefold().replace("’", "'").replace("ʼ", "'")
