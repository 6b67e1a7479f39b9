"""What a token is: a word, a figure, or one character of a script without spaces."""

import re
import unicodedata
from functools import cache

#: Scripts written without spaces: each character is a token, as in the glossary's shingles.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"

#: The tokens of a text without marks and without unspaced scripts, which most texts are.
PLAIN_TOKEN = re.compile(r"(\d++(?:[.,:/]\d++)*+(?!\w)|\w++(?:['’]\w++)*+)")

#: Outside the blocks that surely have no marks; thirty times faster than to look for marks.
UNUSUAL = re.compile("[^\x00-\u02ff\u0370-\u0482\u2000-\u20cf\u2100-\u24ff\u2500-\u2bff]")


def token_pattern(text: str) -> re.Pattern[str]:
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
