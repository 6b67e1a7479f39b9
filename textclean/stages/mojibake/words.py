"""The word around a reading: whether it is one, and whether the reading mends it.

The judge where ftfy's pattern is silent: Mac Roman, code page 437, cp1251 in Latin text.
"""

import re

from textclean.stages.mojibake.coherence import TYPOGRAPHIC, incoherence, is_letter, kind
from textclean.stages.mojibake.reading import PAIR, Reading, Verdict

#: Signs that end words and figures, besides typography.
_ENDS_OF_WORDS = "®©™"
#: All that may touch a sound word, or stand in it.
TOUCHING = TYPOGRAPHIC | set(_ENDS_OF_WORDS)
_NO_TYPOGRAPHY = dict.fromkeys(map(ord, TOUCHING))
_BOX_DRAWING = re.compile("[\u2500-\u259f]")


def without_typography(text: str) -> str:
    """Return the rest without quotes, dashes and signs that touch words, or stand in them.

    >>> without_typography("кі”"), without_typography("м’і"), without_typography("Д®")
    ('кі', 'мі', 'Д')
    """
    return text.translate(_NO_TYPOGRAPHY)


def is_word(text: str) -> bool:
    """Whether a text is letters of one script, in one of the usual cases."""
    return all(is_letter(kind(character)) for character in text) and not incoherence(text)


def unless_word(reading: Reading) -> Verdict:
    """Possible where the page is proven; what sound words look like needs more than that."""
    damaged = reading.damaged
    if damaged[1] in "–—" and not (reading.left[-1:].strip() or reading.right[:1].strip()):
        return Verdict.POSSIBLE  # ``С–`` between blanks: a dash has one on either side, or on none
    if is_letter(reading.lead) and reading.lead[1:] != "LATIN" and len(damaged) == PAIR:
        return Verdict.WORD  # ``220 В±10%``
    word = without_typography(damaged)
    looks_sound = len(word) > 1 if len(damaged) > PAIR else word != ""
    return Verdict.WORD if looks_sound and is_word(word) else Verdict.POSSIBLE


def continues_word(reading: Reading) -> bool:
    """Whether the lead is one more letter of a word that is not in Latin script."""
    return is_letter(reading.before) and reading.before[1:] == reading.lead[1:] != "LATIN"


def verdict_on_word(reading: Reading) -> Verdict:
    """Judge by the word alone, ftfy being silent."""
    gain = reading.gain
    if _mends_word(reading, gain):
        return Verdict.CERTAIN
    if gain < 0:
        return Verdict.NO
    return unless_word(reading)


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
    return joins and (gain > 1 or mends_case or mends_script(reading))


def mends_script(reading: Reading) -> bool:
    """Whether the lead is a letter of a script that the word is not written in: ``Г«shtГ«``."""
    lead, letter = reading.lead, reading.letter
    if not (is_letter(lead) and is_letter(letter)) or lead[1:] == letter[1:]:
        return False
    if lead[1:] == "GREEK":  # ``Δ°G``: formulas put Greek letters before Latin ones
        word_follows = len(reading.right) > 1 and reading.right[:2].isalpha()
        return reading.joins_left or (reading.joins_right and word_follows)
    return reading.joins_left or reading.joins_right


def is_line_art(reading: Reading) -> bool:
    """``├─é─┤``: a line goes on beside it."""
    neighbors = reading.left[-1:] + reading.right[:1]
    return reading.lead == "sign" and _BOX_DRAWING.search(neighbors) is not None


def follows_capital(reading: Reading) -> bool:
    """Whether capitals go on: ``LUNEDÌ°``."""
    return reading.before[:1] == "U" == reading.lead[:1]
