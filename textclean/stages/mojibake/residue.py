"""Residue: mojibake that has lost a byte, so that no decoding can bring it back.

Every rule asks for evidence: neighbors that no language writes so, or a place elsewhere in the
document that proves the code page. Counter-evidence is a document that writes ``â`` itself.
"""

import re
import unicodedata
from collections.abc import Container, Iterator
from functools import cache

from textclean.edits import Edit
from textclean.stages.mojibake.code_pages import code_pages, tables
from textclean.stages.mojibake.coherence import kind
from textclean.stages.mojibake.judge import GARBLE
from textclean.stages.mojibake.spaced import LOST_NBSP, spaced_sequences
from textclean.stages.mojibake.triage import SPACED_PAGES, Flag

#: Part of every row of that table.
_LOST_SEQUENCE_CORE = "Ã?Â¢â?¬"

#: What stands where a byte was lost, and what every apostrophe that proves the same of question
#: marks is part of; more characters than the rows of the two tables match on a side of either.
_LOST, _PROOF_CORE, _CONTRACTED = "\ufffd", "n?t", 8

LOST_QUOTE = "mojibake.lost-quote"
#: What triage sees of texts that hold any.
FLAGS = int(Flag.STRAY_A | Flag.A_GRAVE | Flag.STUMP | Flag.LOST | Flag.QUESTION | Flag.SPACED)

# ``Â`` where a NO-BREAK SPACE was: C2 A0 read as cp1252 and the A0 made a plain space, or cut.
_STRAY_A = re.compile("Â[Â ]*+")
_PROVING_BEFORE = frozenset(".,:;!?)]}%”’»…-–—")
_ENDS = frozenset(".,:;!?)")
_ACRONYM = re.compile("[a-z][,;:]? (?:(?P<number>[IVXL]+)|[A-Z]{2,8})$")
_ACRONYM_ROOM = 12
#: A document that writes these before a letter has a language that owns ``Â``.
_OWN_CIRCUMFLEX = re.compile(
    "[âÂĂăȘșȚțŵŷŴŶ](?:(?<=[âÂ])(?=[A-Za-z])|(?<=[ĂăȘșȚțŵŷŴŶ])|(?<=(?<!\\S)â)(?= ))"
)

# ``â€`` (and the same through other pages) whose third byte is gone: a quote or a dash.
# (One class first, then what is no whole sequence: so it is skipped without a call.)
_STUMP = re.compile(
    "[âвβāΓ](?:(?<=[âβā])€|(?<=в)Ђ|(?<=Γ)Ç)"
    r"(?:[?\ufffd](?:(?![A-Za-z]{2})|(?=(?:re|ve|ll)\b)))?+"
    r"(?P<gap>(?<=[^\W\d_].[€ЂÇ]) (?=(?:s|t|re|ve|ll|d|m)\b))?+"
    r"(?![^\x00-\x7f“”‘’…—–])"
)
_CLOSING_BEFORE = re.compile(r"[^\s(\[“‘—–-]")
_OPENING_AFTER = re.compile(r"[^\s.,:;!?)\]”’]")

# ``Ã``, or ``Г`` of cp1251, where ``à`` was: the byte A0 became a plain space, or fell together
# with one.
_STRAY_A_GRAVE = re.compile("(?P<lead>[ÃГ]) (?P<rest>quele|quela|quilo|s(?= ))?(?P<space> ?)")
_A_GRAVE_PAGE = {"Ã": "cp1252", "Г": "cp1251"}


def find_residue(text: str, flags: int, proven: Container[str]) -> Iterator[Edit]:
    """Yield the edits for what lost a byte; not sorted, they may overlap each other.

    Args:
        text: The text.
        flags: What triage saw of it.
        proven: Names of the code pages that are proven.

    >>> [edit[:3] for edit in find_residue("Our partners:Â The list", Flag.STRAY_A, ())]
    [(13, 15, ' ')]
    """
    if flags & (Flag.STRAY_A | Flag.A_GRAVE) and not GARBLE.search(text):
        if flags & Flag.STRAY_A:
            yield from _stray_a(text, proven)
        if flags & Flag.A_GRAVE:
            yield from _stray_a_grave(text, proven)
    if flags & Flag.STUMP:
        yield from _stumps(text)
    if flags & Flag.LOST:
        yield from _apostrophes(text, _LOST, _lost_apostrophe())
    if flags & Flag.QUESTION and _has_contraction(text):
        yield from _apostrophes(text, "?", _questioned_apostrophe())
    if flags & Flag.SPACED:
        for page in code_pages():
            if page.name in proven and page.name in SPACED_PAGES:
                yield from spaced_sequences(text, page)
                return  # the same letters are other bytes in the next page


def _stray_a(text: str, proven: Container[str]) -> Iterator[Edit]:
    places = [match.span() for match in _STRAY_A.finditer(text)]
    places = [(start, _without_word(text, start, end)) for start, end in places]
    places = [(start, end) for start, end in places if start < end]
    proof = "cp1252" in proven or any(_proves(text, *place) for place in places)
    own = bool(places) and _OWN_CIRCUMFLEX.search(text) is not None
    capitals = [place for place in places if text[place[0] - 1 : place[0]].isupper()]
    own_capitals = own or len({_word_before(text, start) for start, _ in capitals}) > 1
    for start, end in places:
        is_own = own_capitals if text[start - 1 : start].isupper() else own
        if _proves(text, start, end) or _is_stray(text, start, end, proof=proof, own=is_own):
            yield _joined(text, start, end)


def _word_before(text: str, end: int) -> str:
    """Return the end of the word before: several in capitals make a language of their own."""
    return text[max(0, end - _ACRONYM_ROOM) : end].rpartition(" ")[2]


def _without_word(text: str, start: int, end: int) -> int:
    """Give a final ``Â`` back to the word or sequence that it begins."""
    follows = text[end : end + 1]
    if text[end - 1] == "Â" and (follows.isalpha() or follows > "\x7f"):
        while end > start and text[end - 1] == "Â":
            end -= 1
    return end


def _proves(text: str, start: int, end: int) -> bool:
    """``NameÂ is``, ``Name:Â The``: no language puts a capital there, before a space."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if " " not in text[start:end] or not after.strip():
        return False
    category = unicodedata.category(before or " ")
    if before in _PROVING_BEFORE or category[0] in "NM" or (category == "Po" and before != "‖"):
        return True  # ``‖Â − A‖`` is the norm of an operator
    return before.isalpha() and not before.isupper()


def _is_stray(text: str, start: int, end: int, *, proof: bool, own: bool) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if own:
        return False
    if before.isspace() or not before:
        if text[max(0, start - 2) : start - 1].isupper() and after.isupper():
            return False  # ``PIN Â PHERCHENNOG``: a word of Welsh, in capitals
        opens_line = before in {"", "\n"} and " " in text[start:end]
        doubled = text.count("Â", start, end) > 1
        return proof or (opens_line and (after.isupper() or after in {"“", '"'} or doubled))
    ends = not after or after.isspace() or after in _ENDS
    if _ends_line(text, start, end):
        return True
    if before.isupper():
        return _ends_acronym(text, start, after) and (ends or " " in text[start:end])
    return proof and (ends or " " in text[start:end])


def _ends_line(text: str, start: int, end: int) -> bool:
    """Whether a sentence, then the ``Â``, end a line before others: ``the end.Â``, not ``I.Â``."""
    ends_sentence = text[start - 1 : start] in {".", "!", "?", "…"} and start > 1
    return ends_sentence and text[start - 2].islower() and text[end : end + 1] in {"\n", "\r"}


def _ends_acronym(text: str, end: int, after: str) -> bool:
    """Whether a word of capitals among small letters ends there: ``of the EUÂ in``."""
    match = _ACRONYM.search(text[max(0, end - _ACRONYM_ROOM) : end])
    return match is not None and (after.islower() or match["number"] is not None)


def _joined(text: str, start: int, end: int) -> Edit:
    """Delete a stray ``Â`` so that exactly one space stays between words."""
    before, after = text[start - 1 : start], text[end : end + 1]
    spaced = " " in text[start:end]
    touches_space = not before or before.isspace() or not after or after.isspace()
    return Edit(start, end, " " if spaced and not touches_space else "", LOST_NBSP)


def _stumps(text: str) -> Iterator[Edit]:
    for match in _STUMP.finditer(text):
        start, end = match.span()
        after = text[end : end + 1]
        before = text[start - 1 : start]
        if before > "\x7f" and (before == "ƒ" or kind(before) == "sign"):
            continue  # garble
        if match["gap"] or (before.isdigit() and after.isdigit()):
            quote = "’" if match["gap"] else "–"  # ``doesnâ€ t``, ``1990â€1995``
        else:
            quote = _quote(before, match[0][-1] in "?\ufffd", after)
        yield Edit(start, end, quote, LOST_QUOTE)


def _quote(before: str, byte_undefined: bool, after: str) -> str:  # noqa: FBT001 - a fact of the place
    """Tell by the neighbors which sign of U+2010 to U+201F it was.

    Args:
        before: The character before, or nothing.
        byte_undefined: A mark stands for the third byte: the page had no character for it,
            which of the common signs is true only of the closing quote (cp1252 lacks 9D).
        after: The character after, or nothing.
    """
    closes = _CLOSING_BEFORE.match(before) is not None
    opens = _OPENING_AFTER.match(after) is not None
    if byte_undefined and not (before.isalpha() and after.isalpha()):
        return "”"
    if closes and opens:
        return "’"
    if closes:
        return "”"
    return "“" if opens else "–"


def _stray_a_grave(text: str, proven: Container[str]) -> Iterator[Edit]:
    for match in _STRAY_A_GRAVE.finditer(text):
        before = text[max(0, match.start() - 2) : match.start()]
        after = text[match.end() : match.end() + 1]
        page = _A_GRAVE_PAGE[match["lead"]]
        if before.rstrip()[-1:].isupper() or not (
            page in proven or _reads_well(match, before, after)
        ):
            continue  # ``IRMÃ dele``, ``The letter Ã is``
        if match["lead"] == "Г" and not (before.isascii() and after.isascii()):
            continue  # ``Категория Г и``
        rest = match["rest"]
        replacement = "à" + rest + match["space"] if rest else "à" if after in _ENDS else "à "
        yield Edit(match.start(), match.end(), replacement, LOST_NBSP)


def _reads_well(match: re.Match[str], before: str, after: str) -> bool:
    """Whether ``à`` reads well there: at the end of a word, or by itself if two blanks follow."""
    in_word = before[-1:].isalpha() or match["rest"] or match["space"]
    beside_lower = before.isascii() and before.rstrip().islower()
    fits = beside_lower and (after.islower() or after in _ENDS)
    return match["lead"] == "Ã" and bool(in_word) and fits


def _apostrophes(text: str, mark: str, pattern: re.Pattern[str]) -> Iterator[Edit]:
    """Yield an apostrophe for each match of a pattern; only what surrounds a mark is looked at."""
    at, reached = text.find(mark), 0
    while at >= 0:
        match = pattern.search(text, max(reached, at - _CONTRACTED), at + _CONTRACTED)
        if match is not None and match.start(match.lastindex or 0) == at:
            reached = match.end()
            yield Edit(at, at + 1, "’", LOST_QUOTE)
        at = text.find(mark, at + 1)


def _has_contraction(text: str) -> bool:
    """Whether a question mark can only have been an apostrophe: ``doesn?t``."""
    at = text.find(_PROOF_CORE)
    while at >= 0:
        if _apostrophe_proof().search(text, max(0, at - _CONTRACTED), at + len(_PROOF_CORE) + 1):
            return True
        at = text.find(_PROOF_CORE, at + 1)
    return False


@cache
def _lost_apostrophe() -> re.Pattern[str]:
    return re.compile("|".join(row["pattern"] for row in tables()["lost_apostrophe"]))


@cache
def _questioned_apostrophe() -> re.Pattern[str]:
    rows = tables()["lost_apostrophe"]
    patterns = "|".join(row["pattern"].replace("\ufffd", r"\?") for row in rows)
    return re.compile(f"(?:{patterns})(?![=&/])")


@cache
def _apostrophe_proof() -> re.Pattern[str]:
    return re.compile("|".join(row["pattern"] for row in tables()["apostrophe_proof"]))


def lost_sequences(text: str) -> list[Edit]:
    """Return the edits of sequences that the table knows by heart.

    >>> [edit[:3] for edit in lost_sequences("ItÃ?Â¢â?¬â?¢s")]
    [(2, 12, '’')]
    """
    if _LOST_SEQUENCE_CORE not in text:
        return []
    known = {row["text"]: row["repaired"] for row in tables()["lost_sequence"]}
    pattern = "|".join(map(re.escape, known))
    return [
        Edit(match.start(), match.end(), known[match[0]], LOST_QUOTE)
        for match in re.finditer(pattern, text)
    ]
