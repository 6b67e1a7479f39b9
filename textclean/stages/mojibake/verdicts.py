"""Verdicts: how sure it is that a few characters are one misread UTF-8 sequence, or several.

ftfy's pattern of unlikely neighbors speaks first. Where it is silent (Mac Roman, code page 437,
cp1251 in Latin text) the coherence of the word decides; where it is rash (``MANHÔ``, ``MÄ£ÄM``)
other evidence is asked for.
"""

import re
import unicodedata

from textclean.stages.mojibake.code_pages import (
    UNITS,
    CodePage,
    decode,
    implausible,
    unassigned_count,
)
from textclean.stages.mojibake.coherence import TYPOGRAPHIC, is_letter, kind, script_changes
from textclean.stages.mojibake.pairs import verdict_on_pair
from textclean.stages.mojibake.reading import C1_CONTROLS, COMMON_SIGNS, PAIR, Reading, Verdict
from textclean.stages.mojibake.words import (
    continues_word,
    follows_capital,
    is_line_art,
    is_word,
    unless_word,
    verdict_on_word,
    without_typography,
)

#: Combining marks that people type: another page may read a letter where this one reads a mark.
_COMMON_MARKS = frozenset(
    map(
        chr, (*range(0x300, 0x305), *range(0x306, 0x30D), 0x323, 0x327, 0x328, *range(0x331, 0x339))
    )
)
#: Characters of symbol fonts: bullets and marks.
_PRIVATE_SIGNS = re.compile("[\uf020-\uf0ff]+")


def verdict_on(reading: Reading, page: CodePage) -> Verdict:
    """How sure a reading through a code page is."""
    repaired = reading.repaired
    odd = len(implausible().findall(repaired)) + unassigned_count(repaired)
    if odd * 8 > len(repaired) or _is_gibberish(repaired, page):
        return Verdict.NO
    if page.name != "cp1252" and C1_CONTROLS.fullmatch(repaired):
        return Verdict.NO
    if "\ufffd" in reading.damaged and repaired == "\ufffd":
        return _verdict_on_lost(reading)
    if reading.letter == "mark" and (not reading.before or follows_capital(reading)):
        # it has nothing to stand on
        return Verdict.NO if unless_word(reading) is Verdict.WORD else Verdict.POSSIBLE
    if len(reading.damaged) == PAIR:
        rare = reading.letter == "mark" and repaired not in _COMMON_MARKS
        return min(verdict_on_pair(reading), Verdict.POSSIBLE if rare else Verdict.CERTAIN)
    verdict = _verdict_on_longer(reading)
    below = page.bytes_from_text(repaired)
    if verdict < Verdict.CERTAIN and UNITS.fullmatch(below):  # damaged twice: judge the word below
        verdict = max(verdict, _verdict_on_longer(reading._replace(repaired=decode(below))))
    return verdict


def _is_gibberish(repaired: str, page: CodePage) -> bool:
    """Whether a longer reading fits no better together than chance, on any level."""
    if script_changes(repaired) * 3 <= len(repaired):
        return False
    again = UNITS.findall(page.bytes_from_text(repaired))
    return sum(map(len, again)) * 2 < len(repaired)


def _verdict_on_lost(reading: Reading) -> Verdict:
    """A sequence of which only the lead is left: its reading is U+FFFD, so be sure of it."""
    breaks_word = reading.before[:1] == "l" and reading.lead[:1] == "U"
    return Verdict.CERTAIN if breaks_word else Verdict.POSSIBLE


def _verdict_on_longer(reading: Reading) -> Verdict:
    """Three characters or more, which seldom meet in sound text."""
    single = len(reading.repaired) == 1
    if (single and _ends_word(reading)) or is_line_art(reading):
        return Verdict.NO
    if continues_word(reading) and not reading.joins_left:
        return Verdict.NO  # ``КАМАЗ–В»``: a word does not go on in another script
    if _is_sign(reading) or _is_fraction(reading):
        return Verdict.CERTAIN
    if _stands_alone(reading):
        return unless_word(reading)
    if reading.is_bad or _spells_word(reading):
        return Verdict.CERTAIN
    return verdict_on_word(reading)


def _is_sign(reading: Reading) -> bool:
    """Whether common signs stand there; those of symbol fonts also stand in ``RINÔÇÉRÔSE``."""
    if _PRIVATE_SIGNS.fullmatch(reading.repaired):
        return not is_word(reading.damaged)
    return COMMON_SIGNS.fullmatch(reading.repaired) is not None


def _stands_alone(reading: Reading) -> bool:
    """Whether this is one Chinese character among strangers, which is chance."""
    alone = len(reading.repaired) == 1 and not (reading.joins_left or reading.joins_right)
    return alone and reading.letter[:1] == "o"


def _is_fraction(reading: Reading) -> bool:
    """Whether a digit, then a fraction stand there: ``16â…”`` for ``16⅔``."""
    if reading.before != "digit" or len(reading.repaired) > 1:
        return False
    return unicodedata.category(reading.repaired) == "No"


def _ends_word(reading: Reading) -> bool:
    """Whether this is the end of a Cyrillic or Greek word, then punctuation: ``й…»``."""
    in_latin = is_letter(reading.before) and reading.before[1:] == "LATIN"
    if not is_letter(reading.lead) or reading.lead[1:] == "LATIN" or in_latin:
        return False
    return all(character in TYPOGRAPHIC for character in reading.damaged[1:])


def _is_typeset_word(text: str) -> bool:
    """Whether a text is a word and what may touch it: ``ЁМ”``."""
    word = without_typography(text)
    return word != "" and is_word(word)


def _spells_word(reading: Reading) -> bool:
    """Whether a run of sequences spells letters of one script, and looks like none itself."""
    kinds = [kind(character) for character in reading.repaired]
    scripts = [one[1:] for one in kinds if is_letter(one)]
    if len(reading.repaired) == 1 or len(set(scripts)) != 1:
        return False
    others = sum(one in {"sign", "digit"} for one in kinds)
    return others * 3 < len(scripts) and not _is_typeset_word(reading.damaged)
