"""Single characters that no text should hold: BOMs, control characters, odd spaces."""

import re
from collections.abc import Iterator

from textclean.edits import Edit
from textclean.stages.mojibake.coherence import incoherence
from textclean.stages.mojibake.residue import LOST_QUOTE
from textclean.stages.mojibake.triage import Flag

BOM = "mojibake.bom"
CONTROL = "mojibake.control"
C1 = "mojibake.cp1252-as-latin1"
NBSP = "mojibake.nbsp"

# (A pattern that begins with one character, or with one of a class, is looked for many times
# sooner than one that begins with several.)
_BOM = re.compile("\ufeff\ufeff*+")
# What XML 1.0 and JSON text forbid; tab, line feed, form feed and carriage return stay.
_CONTROL_CHARACTERS = "\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f"
# An ESC goes with the whole of its terminal sequence (ECMA-48: CSI, and OSC with its end). One
# that switches the character set of ISO 2022 stays: without it nobody can decode what follows.
_CONTROL = re.compile(
    "(?:\x1b\\[[0-?]{0,64}[!-/]{0,8}[@-~]"
    "|\x1b\\][^\x00-\x1f\x7f]{0,512}(?:\x07|\x1b\\\\)"
    "|\x1b(?![$(][$(]?[A-Z@])"
    f"|[{_CONTROL_CHARACTERS}])+"
)
#: Controls that separate: str.split and str.splitlines agree.
_SEPARATORS = frozenset("\x0b\x1c\x1d\x1e\x1f")
_C1 = re.compile("[\x80-\x9f]")
#: The last byte of E2 80 xx, read as Latin-1.
_HALVES = {chr(0x80 | ord(sign) & 0x3F): sign for sign in "–—‘’“”"}
_HALF_SIGN = re.compile(f"(?:(?<=\\s)')?\x80([{''.join(_HALVES)}])")
_NBSP = re.compile("\xa0\xa0*+")
# NO-BREAK SPACE as typography: French punctuation, inside guillemets, between groups of digits.
_FRENCH_SPACE = re.compile(
    '\xa0(?:(?<=[\\w)»”’"?!.…%€$£°]\xa0)(?=[:;!?»](?!\\w))|(?<=«\xa0)(?=\\S))'
)
_DIGIT_GROUP = re.compile("\xa0(?<=\\d\xa0)(?=\\d{3}(?!\\d))")

#: Inside a word these are letters of Mac Roman or of code page 850: ``J\x94rg``.
_NO_LETTERS = frozenset("€‚„†‡ˆ‰‹“”•˜™›")
_CONTROLS = re.compile(f"[{_CONTROL_CHARACTERS}]")
#: cp1252 of the C1 range, but for the five bytes it leaves unassigned.
_CP1252 = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}


def find_single(text: str, flags: int, language: str | None, *, keep_nbsp: bool) -> Iterator[Edit]:
    r"""Yield the edits of single characters; not sorted.

    >>> flags = Flag.NBSP | Flag.C1
    >>> [edit[:3] for edit in find_single("a\xa0b\x85", flags, None, keep_nbsp=False)]
    [(3, 4, '…'), (1, 2, ' ')]
    """
    if flags & Flag.BOM:
        for match in _BOM.finditer(text):
            yield Edit(match.start(), match.end(), "", BOM)
    if flags & Flag.CONTROL:
        for match in _CONTROL.finditer(text):
            yield _without_control(text, match)
    if flags & Flag.C1:
        halves = list(_half_signs(text))
        yield from halves
        for match in () if halves else _C1.finditer(text):
            if (character := _cp1252_character(text, match)) is not None:
                yield Edit(match.start(), match.end(), character, C1)
    if flags & Flag.NBSP and not keep_nbsp:
        yield from plain_spaces(text, language)


def _half_signs(text: str) -> Iterator[Edit]:
    """Signs of which the first of three bytes is gone, or became an apostrophe."""
    if "\x80" not in text:  # the pattern would look at every character
        return
    for match in _HALF_SIGN.finditer(text):
        yield Edit(match.start(), match.end(), _HALVES[match[1]], LOST_QUOTE)


def _cp1252_character(text: str, match: re.Match[str]) -> str | None:
    """What a C1 control stands for, unless another encoding was at work."""
    start, end = match.span()
    character = _CP1252.get(ord(match[0]))
    before, after = text[max(0, start - 3) : start], text[end : end + 3]
    if character is None or "\ufffd" in before[-2:] + after[:2]:
        return None
    if before[-1:].isalpha() and (character in _NO_LETTERS and after[:1].isalpha()):
        return None
    if incoherence(before + character + after) > incoherence(before + "." + after):
        return None  # ``Ume\x8c``: a capital at the end of a word is a letter of another page
    beside = before[-1:] + after[:1]
    return None if _CONTROLS.search(beside) else character


def _without_control(text: str, match: re.Match[str]) -> Edit:
    """Delete control characters; one that separates words becomes what separates them."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    separates = not _SEPARATORS.isdisjoint(match[0]) and before.strip() and after.isalnum()
    replacement = ("\n" if "\x0b" in match[0] else " ") if separates else ""
    return Edit(match.start(), match.end(), replacement, CONTROL)


def plain_spaces(text: str, language: str | None) -> Iterator[Edit]:
    """Yield the edits that make NO-BREAK SPACEs plain, but for those that are typography."""
    is_french = language is None or language.partition("-")[0].lower() == "fr"
    for match in _NBSP.finditer(text):
        start, end = match.span()
        if end - start == 1 and (  # what is typography stands alone
            _DIGIT_GROUP.match(text, start) or (is_french and _FRENCH_SPACE.match(text, start))
        ):
            continue
        yield Edit(start, end, " " * (end - start), NBSP)
