"""NFC in linear time, also for text that was made to be slow, and in little memory."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

#: In a run of so many marks their order is not left to Python.
_MANY = 64
#: Where characters are that are marks, or that begin with one when they are taken apart.
_MARKED = range(0x300, 0x1F000)
#: Code points that are looked at together, about: Python takes 4 bytes for each, and 4 more.
PART = 2**20


@cache
def boundary() -> re.Pattern[str]:
    """Return the pattern of a character that has no part in what becomes of the one before it.

    Nor the reverse: starters that are in NFC and compose with nothing before them (Unicode Standard
    Annex #15, section 9).
    """
    return re.compile("[\x00-\u02ff\u3041-\u3096\u4e00-\u9fff\uac00-\ud7a3]")


def normalize(text: str) -> str:
    r"""Return the text in NFC; the common cases cost no copy.

    >>> normalize("e\N{COMBINING ACUTE ACCENT}")
    'é'
    """
    if text.isascii():
        return text
    if len(text) <= PART:
        return _normalize(text)
    if all(_normalize(part) is part for part in _parts(text)):  # as a rule: no second text is made
        return text
    return "".join(_normalize(part) for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    """Cut a text where what is before has no part in what is behind."""
    start = 0
    while start < len(text):
        found = boundary().search(text, start + PART)
        end = found.start() if found else len(text)
        yield text[start:end]
        start = end


def _normalize(text: str) -> str:
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    if _beyond_marks().search(text):
        text = _long_run().sub(_in_canonical_order, text)
    return unicodedata.normalize("NFC", text)


@cache
def _beyond_marks() -> re.Pattern[str]:
    """Return the pattern of what a long run of marks is a run of, quicker to look for."""
    return re.compile(f"[{chr(_MARKED[0])}-{chr(_MARKED[-1])}]{{{_MANY}}}")


@cache
def _long_run() -> re.Pattern[str]:
    marks = "".join(filter(is_marked, map(chr, _MARKED)))
    return re.compile(f"[{marks}]{{{_MANY},}}")


def is_marked(character: str) -> bool:
    """Whether a character is a mark that has a place among others, or is taken apart into such."""
    return unicodedata.combining(unicodedata.normalize("NFD", character)[0]) > 0


def _in_canonical_order(run: re.Match[str]) -> str:
    """Return a canonically equivalent run of marks, in order.

    Python orders marks by insertion, in quadratic time: 80,000 shuffled accents take 5 seconds,
    a megabyte of them an hour. In order already, they take linear time.
    """
    marks = "".join(unicodedata.normalize("NFD", mark) for mark in run[0])
    return "".join(sorted(marks, key=unicodedata.combining))
