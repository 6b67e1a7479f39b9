"""Which characters of a text are gone from what was made of it."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from textclean.edits import Edit

#: Above this many characters on a side, a changed block is compared word by word.
_MAXIMUM_CHARACTERS = 1500
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


def gone_by_lines(text: str, output: str) -> bytearray:
    r"""Mark what is gone: aligned by lines, then within changed lines.

    >>> gone_by_lines("one\ntwo a\nthree", "one\ntwo\nthree").hex(" ")
    '00 00 00 00 00 00 00 01 01 00 00 00 00 00 00'
    """
    gone = bytearray(len(text))
    if text == output:
        return gone
    old, new = _line_spans(text), _line_spans(output)
    matcher = SequenceMatcher(
        None, [text[a:b] for a, b in old], [output[a:b] for a, b in new], autojunk=False
    )
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "delete":
            for start, end in old[i:j]:
                gone[start:end] = b"\1" * (end - start)
        elif tag == "replace":
            start, end = old[i][0], old[j - 1][1]
            gone[start:end] = _gone_within(text[start:end], output[new[k][0] : new[m - 1][1]])
    return gone


def gone_by_edits(text: str, edits: Sequence[Edit]) -> bytearray:
    """Mark what is gone by the edits of one stage: exact, where a diff would have to guess."""
    gone = bytearray(len(text))
    for start, end, replacement, _ in edits:
        gone[start:end] = _gone_within(text[start:end], replacement)
    return gone


def _line_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of all lines that are not blank."""
    return [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text)]


def _gone_within(old: str, new: str) -> bytearray:
    if max(len(old), len(new)) <= _MAXIMUM_CHARACTERS:
        old_parts, new_parts = _letters(old), _letters(new)
    else:
        old_parts, new_parts = _WORD.findall(old), _WORD.findall(new)
    starts = [0]
    for part in old_parts:
        starts.append(starts[-1] + len(part))
    gone = bytearray(b"\1" * len(old))
    for i, _, size in SequenceMatcher(
        None, old_parts, new_parts, autojunk=False
    ).get_matching_blocks():
        gone[starts[i] : starts[i + size]] = bytes(starts[i + size] - starts[i])
    return gone


def _letters(text: str) -> list[str]:
    """Return the characters in small: a sentence that begins elsewhere has lost no letter."""
    return [character.lower() for character in text]
