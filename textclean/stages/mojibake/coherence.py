"""How well a few characters fit together: the judge of words that ftfy has no opinion on.

``dГ©clare`` mixes scripts and has a sign inside a word; ``déclare`` does not.
"""

import unicodedata
from functools import lru_cache
from itertools import pairwise

#: Letters by category that no word is written with; code pages hold them, so mojibake does.
_UNUSUAL_LETTERS = frozenset("ªºˆˇ˜µ\uf8ff")
#: Case by category.
_LETTERS = {"Lu": "U", "Lt": "U", "Ll": "l", "Lo": "o", "Lm": "o"}
#: First words of character names whose scripts mix in one word.
_EAST_ASIAN = frozenset({"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "IDEOGRAPHIC"})
#: Punctuation that legitimately touches words, besides ASCII.
TYPOGRAPHIC = frozenset("’‘“”„‚«»‹›–—…•·\u00a0¡¿\u2009\u202f\u200b\u2011")


@lru_cache(maxsize=4096)
def kind(character: str) -> str:
    """``U``, ``l`` or ``o`` (letter without case) and the script; ``digit``, ``mark``,
    ``sign`` (what no word holds), or ``""`` (space, and punctuation of any script).

    >>> kind("Ä"), kind("г"), kind("√"), kind("’")
    ('ULATIN', 'lCYRILLIC', 'sign', '')
    """  # noqa: D205 - one sentence
    category = unicodedata.category(character)
    if category in _LETTERS and character not in _UNUSUAL_LETTERS:
        return _LETTERS[category] + _script(character)
    if category[0] == "M":
        return "mark"
    if category == "Nd":
        return "digit"
    if (
        character < "\x80"
        or character in TYPOGRAPHIC
        or (category == "Po" and character > "\u0370")
    ):
        return ""
    return "sign"


def _script(character: str) -> str:
    script = unicodedata.name(character, "UNKNOWN").partition(" ")[0]
    return "CJK" if script in _EAST_ASIAN else script


def is_letter(character_kind: str) -> bool:
    """Whether a kind is that of a letter."""
    return character_kind[:1] in {"U", "l", "o"} and character_kind != ""


def incoherence(text: str) -> int:
    """Count the places where neighbors do not belong together.

    >>> incoherence("dГ©cl"), incoherence("décl"), incoherence("kuruÅŸ"), incoherence("AHř")
    (3, 0, 1, 1)
    """
    count = 0
    before, earlier = "", ""
    for character in text:
        now = kind(character)
        if now == "mark":
            continue
        if before and now:
            count += _clash(earlier, before, now)
        earlier, before = before, now
    return count


def scripts_of(text: str) -> frozenset[str]:
    """Return the scripts of the letters of a text, and of punctuation that only one script has.

    >>> sorted(scripts_of("Паром 2, the ferry՟"))
    ['ARMENIAN', 'CYRILLIC', 'LATIN']
    """
    return frozenset(map(_script_of, set(text))) - {""}


@lru_cache(maxsize=4096)
def _script_of(character: str) -> str:
    """Return the script that a character speaks for, if any."""
    what = kind(character)
    if is_letter(what):
        return what[1:]
    speaks = "\u0370" <= character < "\u2000" and what in {"", "mark"}
    return _script(character) if speaks else ""


def script_changes(text: str) -> int:
    """Count the neighbors that are letters of different scripts.

    >>> script_changes("ãĉ㢋ľՋ"), script_changes("見た目")
    (3, 0)
    """
    scripts = [one[1:] if is_letter(one) else "" for one in map(kind, text)]
    return sum(a != b for a, b in pairwise(scripts) if a and b)


def _clash(earlier: str, before: str, now: str) -> int:
    """Whether ``before`` and ``now`` clash; ``earlier`` tells a shout from a title."""
    if is_letter(before) and is_letter(now):
        if before[1:] != now[1:]:
            return int("MODIFIER" not in {before[1:], now[1:]})  # the okina is of Latin words
        if before[0] == "l" and now[0] == "U":
            return 1
        return int(earlier[:1] == "U" and before[0] == "U" and now[0] == "l")
    if "sign" in {before, now}:
        return int("digit" not in {before, now})
    return 0
