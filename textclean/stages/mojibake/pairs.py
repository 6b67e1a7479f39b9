"""Verdicts on pairs: one lead and one continuation, which also meet in sound text.

``MANHÔ``, ``É…``, ``»Å«``, ``Kerkük’ün``, ``5 Å²``: every rule here has its cases on both sides.
"""

from collections.abc import Callable

from textclean.stages.mojibake.code_pages import needs_proof, never_meet
from textclean.stages.mojibake.coherence import TYPOGRAPHIC, is_letter, kind
from textclean.stages.mojibake.reading import C1_CONTROLS, Reading, Verdict
from textclean.stages.mojibake.words import (
    continues_word,
    follows_capital,
    is_line_art,
    mends_script,
    unless_word,
    verdict_on_word,
)

#: An opening quotation mark for each that closes and is a continuation byte somewhere.
OPENING_QUOTES = {"”": "“„", "’": "‘‚", "»": "«", "›": "‹"}
#: The other way round, as Danes and Germans quote: ``»Å«``, ``„Ä“``.
REVERSED_QUOTES = {"«": "»", "“": "„"}
_QUOTED = frozenset({"»«", "„“", "“”", "””", "«»", "‘’", "’’", "‚‘", "›‹", "‹›"})
#: Vowels as Ewe writes them after ƒ.
EWE_VOWELS = frozenset("aeiouɛɔáàãéèíìóòõúù")
#: Roots that formulas are full of; in words they are ù, ÷ and ý.
ROOTS = frozenset({"√π", "√∑", "√Ω"})
_COMBINING_END = "\u036f"  # of the marks that Latin letters carry


def verdict_on_pair(reading: Reading) -> Verdict:
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
    return follows_capital(reading) and reading.damaged[1] in REVERSED_QUOTES


def _trails_off(reading: Reading) -> bool:
    """``AMANHÃ… disse``: capitals, an ellipsis, and no letter that would go on."""
    capitals = follows_capital(reading) and kind(reading.left[-2:-1] or " ")[:1] == "U"
    return capitals and reading.damaged[1] == "…" and not is_letter(reading.after)


def _is_angstrom(reading: Reading) -> bool:
    """``5 Å²``: a unit, squared."""
    unit = reading.damaged in {"Å²", "Å³"}
    return unit and not (is_letter(reading.before) or is_letter(reading.after))


def _is_adjoint(reading: Reading) -> bool:
    """``Â†``: an operator of quantum mechanics; as damage it is a control character."""
    return reading.damaged == "Â†"


def _begins_with_quote(reading: Reading) -> bool:
    """``Kerkük’ün``, ``“†”``: Mac Roman has quotes among its leads."""
    return reading.damaged[0] in "“”‘’"


def _is_ewe(reading: Reading) -> bool:
    """``ƒe``, ``nyaƒãwo``: the letter of Ewe, before its vowels, or at the start of a word."""
    if reading.damaged[0] != "ƒ" or reading.damaged in never_meet():
        return False
    return reading.damaged[1] in EWE_VOWELS or not reading.joins_left


def _needs_proof(reading: Reading) -> bool:
    return reading.damaged in needs_proof()


def _lacks_word(reading: Reading) -> bool:
    """A letter that no text has by itself: of Arabic (but ``و``), or the okina."""
    in_word = reading.joins_left or reading.joins_right
    if reading.letter == "oMODIFIER":
        in_word = is_letter(reading.before) or is_letter(reading.after)
    return reading.letter[:1] == "o" and not in_word and reading.repaired != "و"


def _is_root(reading: Reading) -> bool:
    """``√π``, ``√Ω`` by themselves: ``ù`` is no word, and ``÷`` stands between figures."""
    if reading.damaged not in ROOTS or reading.joins_left or reading.joins_right:
        return False
    return is_letter(reading.letter) or not (reading.left + reading.right).strip().isdigit()


def _is_formula(reading: Reading) -> bool:
    """``√±1``, ``√πr``, ``(¬º-``: signs before a figure, or by themselves."""
    if reading.damaged in ROOTS:
        return not (reading.joins_left or reading.right[:2].isalpha())
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
        return unless_word(reading) if foreign or is_letter(reading.letter) else Verdict.NO
    if tail in OPENING_QUOTES and not reading.is_inside:
        return Verdict.BY_LINE if is_letter(reading.before) else unless_word(reading)
    if tail in TYPOGRAPHIC and continues_word(reading):
        return Verdict.WORD  # ``КАМАЗ–``
    return Verdict.CERTAIN if is_bad else verdict_on_word(reading)


def _makes_odd_word(reading: Reading) -> bool:
    """Whether a repair puts a small letter among capitals, or a foreign mark on a letter."""
    if reading.letter == "mark" and reading.repaired > _COMBINING_END:
        return reading.before[1:] == "LATIN"
    if (
        reading.letter[:1] != "l"
        or reading.before[:1] != "U"
        or C1_CONTROLS.search(reading.damaged)
    ):
        return False
    return "U" in {kind(reading.left[-2:-1] or " ")[:1], reading.after[:1]}


#: What a pair is by its characters and their nearest neighbors; the first that applies decides.
_RULES_FOR_PAIRS: tuple[tuple[Callable[[Reading], bool], Verdict], ...] = (
    (_is_quoted_letter, Verdict.NO),
    (is_line_art, Verdict.NO),
    (_is_angstrom, Verdict.NO),
    (_is_adjoint, Verdict.POSSIBLE),
    (_trails_off, Verdict.NO),
    (_ends_quoted_capitals, Verdict.BY_LINE),
    (_begins_with_quote, Verdict.WORD),
    (_is_ewe, Verdict.WORD),
    (_needs_proof, Verdict.BY_LINE),
    (_lacks_word, Verdict.WORD),
    (_is_root, Verdict.NO),
    (_is_formula, Verdict.POSSIBLE),
    (_is_degree, Verdict.CERTAIN),
    (_is_guillemet, Verdict.CERTAIN),
    (_never_met, Verdict.CERTAIN),
    (_is_symbol, Verdict.POSSIBLE),
    (mends_script, Verdict.CERTAIN),
)
