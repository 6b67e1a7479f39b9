"""Sequences that hold a plain space where their byte A0 was: ``Å iaip`` for ``Šiaip``.

Every language has words that end in one of the leads (``PÅ TID``, ``“xã” này``), so what
is left of a sequence counts only where the same text holds whole ones, in other places, that begin
in the same way.
"""

import re
from collections.abc import Iterator
from functools import cache

from textclean.edits import Edit
from textclean.stages.mojibake.code_pages import UNITS, CodePage, decode
from textclean.stages.mojibake.triage import SPACED_LEADS

LOST_NBSP = "mojibake.lost-nbsp"

#: A document that writes these, damaged or not, has a language that owns ``Å``.
OWN_RING = re.compile("[åÅ][a-z]|å[ .,;:!?]|Ã[¥…]")


def spaced_sequences(text: str, page: CodePage) -> Iterator[Edit]:
    """Yield the edits of such sequences; the page is proven.

    >>> from textclean.stages.mojibake.code_pages import code_pages
    >>> [edit[:3] for edit in spaced_sequences("Å iaip yra viskas, Å¡iandien", code_pages()[0])]
    [(0, 2, 'Š')]
    """
    starts: set[str] | None = None
    for match in _spaced_sequence(page).finditer(text):
        start, end = match.span()
        kept = match[0][0] if match[0][0] == page.characters[0xF0] else match[0].partition(" ")[0]
        if starts is None:  # only now: most texts have no such sequence
            starts = _starts(text, page)
        ends_word = text[start - 1 : start].isalpha() and text[start - 1].isascii()  # ``PÅ TV``
        if not match["sign"] and (kept not in starts or ends_word):
            continue
        as_bytes = page.bytes_from_text(match[0]).replace("x", "\xa0")
        if UNITS.fullmatch(as_bytes):
            yield Edit(start, end, decode(as_bytes), LOST_NBSP)


def _starts(text: str, page: CodePage) -> set[str]:
    """Return how the whole sequences of a text begin, but for letters that it writes itself."""
    starts = set(_start_of_sequence(page).findall(text))
    if "Å" in starts and OWN_RING.search(text):
        starts.discard("Å")
    return starts


@cache
def _start_of_sequence(page: CodePage) -> re.Pattern[str]:
    """A lead before all the continuations it asks for, with as many of them as may be kept."""
    tail = _characters(page, *range(0x80, 0xC0))
    two, three = _characters(page, *range(0xC2, 0xE0)), _characters(page, *range(0xE0, 0xF0))
    four = _characters(page, 0xF0)
    return re.compile(f"{two}(?={tail})|{three}{tail}(?={tail})|{four}(?={tail}{{3}})")


@cache
def _spaced_sequence(page: CodePage) -> re.Pattern[str]:
    def one(*numbers: int) -> str:
        return _characters(page, *numbers)

    tail = one(*range(0x80, 0x85), *range(0x86, 0xA0), *range(0xA1, 0xC0))
    # Of E2, only U+2800, with which people make blank lines, the square that heads items, and the
    # warning sign before its variation selector; ``dienā €20`` and ``“â” și`` are sound.
    signs = f" {one(0x80)}|{one(0x96)} |{one(0x9A)} (?={one(0xEF)})"
    signs = f"(?<![^\\W_]{one(0xE2)})(?P<sign>{signs if page.name == 'cp1252' else '$^'})"
    vietnamese = f"{one(0xBA, 0xBB)} (?=\\w)"  # ``áž `` ends a word
    leads = (*SPACED_LEADS, 0xE0, 0xE1, 0xE2, 0xE3, 0xF0)
    return re.compile(  # one class first: ``re`` skips the rest of a text at the speed of a loop
        f"{one(*leads)}(?:(?<={one(*SPACED_LEADS)}) (?=\\w)"
        f"|(?<={one(0xE1)}){vietnamese}"
        f"|(?<={one(0xE2)}){signs}"
        f"|(?<={one(0xE0, 0xE3)}){tail} (?=\\w)"
        f"|(?<={one(0xF0)})(?: {tail}{tail}|{tail} {tail}|{tail}{tail} ))"
    )


def _characters(page: CodePage, *numbers: int) -> str:
    """A class of the characters that stand for some bytes in a page."""
    return "[" + "".join(re.escape(page.characters[number]) for number in numbers) + "]"
