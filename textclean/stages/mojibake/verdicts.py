"""Verdicts: how sure it is that a few characters are one misread UTF-8 sequence, or several.

ftfy's pattern of unlikely neighbors speaks first. Where it is silent (Mac Roman, code page 437,
cp1251 in Latin text) the coherence of the word decides; where it is rash (``MANHÔ``, ``MÄ£ÄM``)
other evidence is asked for.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from textclean.stages.mojibake.code_pages import (
    UNITS,
    CodePage,
    decode,
    implausible,
    needs_proof,
    never_meet,
    unassigned_count,
)
from textclean.stages.mojibake.coherence import (
    TYPOGRAPHIC,
    incoherence,
    is_letter,
    kind,
    script_changes,
)

#: An opening quotation mark for each that closes and is a continuation byte somewhere.
OPENING_QUOTES = {"”": "“„", "’": "‘‚", "»": "«", "›": "‹"}
#: The other way round, as Danes and Germans quote: ``»Å«``, ``„Ä“``.
REVERSED_QUOTES = {"«": "»", "“": "„"}
_QUOTED = frozenset({"»«", "„“", "“”", "””", "«»", "‘’", "’’", "‚‘", "›‹", "‹›"})
#: Signs that end words and figures, besides typography.
_ENDS_OF_WORDS = "®©™"
_PAIR = 2  # the shortest sequence
#: Vowels as Ewe writes them after ƒ.
_EWE_VOWELS = frozenset("aeiouɛɔáàãéèíìóòõúù")
_BOX_DRAWING = re.compile("[\u2500-\u259f]")
#: Signs that three bytes of UTF-8 spell: dashes, quotes, bullets, euro, trade mark, arrows, and the
#: private characters of symbol fonts.
COMMON_SIGNS = re.compile("[\u2010-\u2027\u202f-\u203a\u20ac\u2122\u2190-\u2193\uf020-\uf0ff]+")
_C1 = re.compile("[\x80-\x9f]+")
_NO_TYPOGRAPHY = dict.fromkeys(map(ord, [*TYPOGRAPHIC, *_ENDS_OF_WORDS]))
_COMBINING_END = "\u036f"  # of the marks that Latin letters carry


class Verdict(IntEnum):
    """How sure a reading is."""

    NO = 0
    FOREIGN = 1  # sound by itself; the text may lack all other letters of the lead's script
    WORD = 2  # looks like a word: the page must be proven, its letters stand nowhere else
    POSSIBLE = 3  # only where the document proves the code page elsewhere
    BY_LINE = 4  # certain, unless the rest of the line speaks against it
    CERTAIN = 5


class Reading(NamedTuple):
    """A damaged span between its neighbors, and what it may have been."""

    left: str
    damaged: str
    right: str
    repaired: str

    @property
    def before(self) -> str:
        """Kind of the character before."""
        return kind(self.left[-1:] or " ")

    @property
    def after(self) -> str:
        """Kind of the character after."""
        return kind(self.right[:1] or " ")

    @property
    def lead(self) -> str:
        """Kind of the first damaged character."""
        return kind(self.damaged[0])

    @property
    def letter(self) -> str:
        """Kind of the first repaired character."""
        return kind(self.repaired[0])

    @property
    def is_inside(self) -> bool:
        """Whether letters stand on both sides."""
        return is_letter(self.before) and is_letter(self.after)

    @property
    def joins_left(self) -> bool:
        """Whether a letter of the same script stands before."""
        return is_letter(self.before) and self.before[1:] == self.letter[1:]

    @property
    def joins_right(self) -> bool:
        """Whether a letter of the same script stands after."""
        return is_letter(self.after) and self.after[1:] == kind(self.repaired[-1])[1:]

    @property
    def gain(self) -> int:
        """How much better the repaired characters go with their neighbors."""
        damaged = self.left + self.damaged + self.right
        return incoherence(damaged) - incoherence(self.left + self.repaired + self.right)

    @property
    def is_bad(self) -> bool:
        """Whether ftfy finds unlikely neighbors that involve the damaged span."""
        start, end = len(self.left), len(self.left) + len(self.damaged)
        matches = badness().finditer(self.left + self.damaged + self.right)
        return any(match.start() < end and match.end() > start for match in matches)


@cache
def badness() -> re.Pattern[str]:
    """The pattern of ftfy, loaded on first use."""
    from ftfy.badness import BADNESS_RE

    pattern: re.Pattern[str] = BADNESS_RE
    return pattern


def verdict_on(reading: Reading, page: CodePage) -> Verdict:
    """How sure a reading through a code page is."""
    repaired = reading.repaired
    odd = len(implausible().findall(repaired)) + unassigned_count(repaired)
    if odd * 8 > len(repaired) or _is_gibberish(repaired, page):
        return Verdict.NO
    if page.name != "cp1252" and _C1.fullmatch(repaired):
        return Verdict.NO
    if "\ufffd" in reading.damaged and repaired == "\ufffd":
        return _verdict_on_lost(reading)
    if reading.letter == "mark" and (not reading.before or _follows_capital(reading)):
        # it has nothing to stand on
        return Verdict.NO if _unless_word(reading) is Verdict.WORD else Verdict.POSSIBLE
    if len(reading.damaged) == _PAIR:
        return _verdict_on_pair(reading)
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
    if (single and _ends_word(reading)) or _is_line_art(reading):
        return Verdict.NO
    if _continues_word(reading) and not reading.joins_left:
        return Verdict.NO  # ``КАМАЗ–В»``: a word does not go on in another script
    if COMMON_SIGNS.fullmatch(reading.repaired) or _is_fraction(reading):
        return Verdict.CERTAIN
    if _stands_alone(reading):
        return _unless_word(reading)
    if reading.is_bad or _spells_word(reading):
        return Verdict.CERTAIN
    return _verdict_on_word(reading)


def without_typography(text: str) -> str:
    """Return the rest without quotes, dashes and signs that touch words, or stand in them.

    >>> without_typography("кі”"), without_typography("м’і"), without_typography("Д®")
    ('кі', 'мі', 'Д')
    """
    return text.translate(_NO_TYPOGRAPHY)


def _unless_word(reading: Reading) -> Verdict:
    """Possible where the page is proven; what sound words look like needs more than that."""
    damaged = reading.damaged
    if damaged[1] in "–—" and not (reading.left[-1:].strip() or reading.right[:1].strip()):
        return Verdict.POSSIBLE  # ``С–`` between blanks: a dash has one on either side, or on none
    word = without_typography(damaged)
    looks_sound = len(word) > 1 if len(damaged) > _PAIR else word != ""
    return Verdict.WORD if looks_sound and _is_word(word) else Verdict.POSSIBLE


def _follows_capital(reading: Reading) -> bool:
    """Whether capitals go on: ``LUNEDÌ°``."""
    return reading.before[:1] == "U" == reading.lead[:1]


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


def _spells_word(reading: Reading) -> bool:
    """Whether a run of sequences spells letters of one script, and looks like none itself."""
    kinds = [kind(character) for character in reading.repaired]
    scripts = [one[1:] for one in kinds if is_letter(one)]
    if len(reading.repaired) == 1 or len(set(scripts)) != 1:
        return False
    others = sum(one in {"sign", "digit"} for one in kinds)
    return others * 3 < len(scripts) and not _is_word(reading.damaged)


def _is_word(text: str) -> bool:
    """Whether a text is letters of one script, in one of the usual cases."""
    return all(is_letter(kind(character)) for character in text) and not incoherence(text)


def _verdict_on_pair(reading: Reading) -> Verdict:
    """Two characters, which also meet in sound text: ``MANHÔ``, ``É…``, ``MÄ£ÄM``."""
    if reading.damaged[1] == "\xa0":
        return _verdict_on_nbsp(reading)
    gain = reading.gain
    if gain < 0 or _makes_odd_word(reading):
        return Verdict.NO
    rules = (verdict for applies, verdict in _RULES_FOR_PAIRS if applies(reading))
    found = next(rules, None)
    verdict = _verdict_on_neighbors(reading, gain) if found is None else found
    if is_letter(reading.lead) and reading.lead[1:] not in {"LATIN", reading.letter[1:]}:
        verdict = max(verdict, Verdict.FOREIGN)  # ``В»`` in Latin text
    return verdict


def _is_quoted_letter(reading: Reading) -> bool:
    """``»Å«``, ``„Ä“``: a letter spoken of."""
    return is_letter(reading.lead) and reading.left[-1:] + reading.damaged[1] in _QUOTED


def _ends_quoted_capitals(reading: Reading) -> bool:
    """``»PÅ«``: capitals, then a quote that closes where Danes and Germans write."""
    return _follows_capital(reading) and reading.damaged[1] in REVERSED_QUOTES


def _is_line_art(reading: Reading) -> bool:
    """``├─é─┤``: a line goes on beside it."""
    neighbors = reading.left[-1:] + reading.right[:1]
    return reading.lead == "sign" and _BOX_DRAWING.search(neighbors) is not None


def _is_angstrom(reading: Reading) -> bool:
    """``5 Å²``: a unit, squared."""
    unit = reading.damaged in {"Å²", "Å³"}
    return unit and not (is_letter(reading.before) or is_letter(reading.after))


def _begins_with_quote(reading: Reading) -> bool:
    """``Kerkük’ün``: Mac Roman has quotes among its leads."""
    return reading.damaged[0] in "“”‘’" and is_letter(kind(reading.damaged[1]))


def _is_ewe(reading: Reading) -> bool:
    """``ƒe``, ``nyaƒãwo``: the letter of Ewe, before its vowels, or at the start of a word."""
    if reading.damaged[0] != "ƒ" or reading.damaged in never_meet():
        return False
    return reading.damaged[1] in _EWE_VOWELS or not reading.joins_left


def _needs_proof(reading: Reading) -> bool:
    return reading.damaged in needs_proof()


def _lacks_word(reading: Reading) -> bool:
    """A letter that no text has by itself: of Arabic (but ``و``), or the okina."""
    in_word = reading.joins_left or reading.joins_right
    if reading.letter == "oMODIFIER":
        in_word = is_letter(reading.before) or is_letter(reading.after)
    return reading.letter[:1] == "o" and not in_word and reading.repaired != "و"


def _is_formula(reading: Reading) -> bool:
    """``√±1``, ``(¬º-``: signs before a figure, or by themselves."""
    if reading.damaged == "¬º":
        return "digit" not in {reading.before, reading.after} and not is_letter(reading.after)
    return reading.lead == "sign" and reading.after == "digit" and is_letter(reading.letter)


def _is_symbol(reading: Reading) -> bool:
    """``Δ°G``: a Greek letter as formulas have it, not in a word."""
    in_word = reading.joins_left or reading.damaged.isalpha() or reading.letter[:1] == "l"
    return reading.lead[1:] == "GREEK" and not in_word


def _is_degree(reading: Reading) -> bool:
    """``20┬░``: line art does not begin after a figure."""
    return reading.repaired == "°" and reading.before == "digit" and reading.lead == "sign"


def _is_guillemet(reading: Reading) -> bool:
    """``Â«``, ``¬´Kion``: no word is ``Â``, and a face ends in ``¬´``."""
    if reading.damaged == "¬´":
        return is_letter(reading.after)
    return reading.damaged in {"Â«", "Â»"} and not reading.before


def _never_met(reading: Reading) -> bool:
    """Letters of no alphabet; but another page may give a small letter where this one does not."""
    breaks_case = reading.before[:1] == "l" and reading.letter[:1] == "U"
    return reading.damaged in never_meet() and not breaks_case


def _verdict_on_nbsp(reading: Reading) -> Verdict:
    """A letter, then a NO-BREAK SPACE: mostly the end of a word, but for ``Â`` and ``Ã``."""
    breaks_word = reading.before[:1] == "l" and reading.lead[:1] == "U"
    if breaks_word and reading.letter[:1] == "l" and not reading.joins_right:
        return Verdict.CERTAIN  # ``OnestĂ\xa0,``: no word has a capital for its last letter
    if is_letter(reading.lead) and reading.damaged[0] not in "ÂÃ":
        return Verdict.WORD if reading.gain >= 0 else Verdict.NO
    if reading.repaired == "\xa0":
        return Verdict.POSSIBLE if reading.before[:1] == "U" else Verdict.CERTAIN
    return _verdict_on_neighbors(reading, reading.gain)


def _verdict_on_neighbors(reading: Reading, gain: int) -> Verdict:
    tail = reading.damaged[1]
    is_bad = reading.is_bad
    if tail in TYPOGRAPHIC and not is_bad and not (reading.is_inside and gain):
        breaks_word = reading.before[:1] == "l" and reading.lead[:1] == "U"
        if breaks_word and reading.joins_left and reading.letter[:1] == "l":
            return Verdict.BY_LINE  # ``zemÄ›.``: no word ends in a capital
        foreign = reading.repaired > _COMBINING_END  # also punctuation of other scripts
        return _unless_word(reading) if foreign or is_letter(reading.letter) else Verdict.NO
    if tail in OPENING_QUOTES and not reading.is_inside:
        return Verdict.BY_LINE if is_letter(reading.before) else _unless_word(reading)
    if tail in TYPOGRAPHIC and _continues_word(reading):
        return Verdict.WORD  # ``КАМАЗ–``
    return Verdict.CERTAIN if is_bad else _verdict_on_word(reading)


def _makes_odd_word(reading: Reading) -> bool:
    """Whether a repair puts a small letter among capitals, or a foreign mark on a letter."""
    if reading.letter == "mark" and reading.repaired > _COMBINING_END:
        return reading.before[1:] == "LATIN"
    if reading.letter[:1] != "l" or reading.before[:1] != "U" or _C1.search(reading.damaged):
        return False
    return "U" in {kind(reading.left[-2:-1] or " ")[:1], reading.after[:1]}


def _verdict_on_word(reading: Reading) -> Verdict:
    """Judge by the word alone, ftfy being silent."""
    gain = reading.gain
    if _mends_word(reading, gain):
        return Verdict.CERTAIN
    if gain < 0:
        return Verdict.NO
    return _unless_word(reading)


def _continues_word(reading: Reading) -> bool:
    """Whether the lead is one more letter of a word that is not in Latin script."""
    return is_letter(reading.before) and reading.before[1:] == reading.lead[1:] != "LATIN"


def _mends_word(reading: Reading, gain: int) -> bool:
    """Whether the repair turns a broken word into one: ``cho─ç`` into ``choć``."""
    repaired, left = reading.repaired, reading.left
    if gain < 1 or not all(is_letter(kind(c)) or kind(c) == "mark" for c in repaired):
        return False
    if reading.lead == "sign" and not reading.joins_left:
        # line art, unless it is the first letter of a word
        starts = not left or left[-1].isspace()
        follows = reading.joins_right and kind(reading.right[1:2] or " ") != "sign"
        before_word = is_letter(kind(reading.damaged[1])) and reading.right[:2].islower()
        return starts and follows and (gain > 1 or before_word)  # no formula has ``√úbe``
    short = not reading.joins_right and not is_letter(kind(left[-2:-1] or " "))
    if reading.lead == "sign" and short:
        return False  # one letter before, none after: a formula as likely as a word
    mends_case = reading.joins_left and reading.before[0] == "l" == reading.letter[0]
    joins = reading.joins_left or reading.joins_right
    return joins and (gain > 1 or mends_case or _mends_script(reading))


def _mends_script(reading: Reading) -> bool:
    """Whether the lead is a letter of a script that the word is not written in: ``Г«shtГ«``."""
    lead, letter = reading.lead, reading.letter
    if not (is_letter(lead) and is_letter(letter)) or lead[1:] == letter[1:]:
        return False
    if lead[1:] == "GREEK":  # ``Δ°G``: formulas put Greek letters before Latin ones
        word_follows = len(reading.right) > 1 and reading.right[:2].isalpha()
        return reading.joins_left or (reading.joins_right and word_follows)
    return reading.joins_left or reading.joins_right


#: What a pair is by its characters and their nearest neighbors; the first that applies decides.
_RULES_FOR_PAIRS: tuple[tuple[Callable[[Reading], bool], Verdict], ...] = (
    (_is_quoted_letter, Verdict.NO),
    (_is_line_art, Verdict.NO),
    (_is_angstrom, Verdict.NO),
    (_ends_quoted_capitals, Verdict.BY_LINE),
    (_begins_with_quote, Verdict.WORD),
    (_is_ewe, Verdict.WORD),
    (_needs_proof, Verdict.BY_LINE),
    (_lacks_word, Verdict.POSSIBLE),
    (_is_formula, Verdict.POSSIBLE),
    (_is_degree, Verdict.CERTAIN),
    (_is_guillemet, Verdict.CERTAIN),
    (_never_met, Verdict.CERTAIN),
    (_is_symbol, Verdict.POSSIBLE),
    (_mends_script, Verdict.CERTAIN),
)
