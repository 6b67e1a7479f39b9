"""Which characters of a text are gone from what was made of it."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, takewhile

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
    """Mark what is gone by the edits of one stage: exact, where a diff would have to guess.

    >>> gone_by_edits("What it is, the rest", [Edit(0, 13, "T", "")]).hex()
    '0101010101010101010101010000000000000000'
    """
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
    # What both end with belongs together: a matcher alone takes the first letter that is alike for
    # the capital that a sentence begins with behind a cut.
    from_end = zip(reversed(old_parts), reversed(new_parts), strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], from_end))
    kept, new_parts = len(old_parts) - same, new_parts[: len(new_parts) - same]
    starts = [0, *accumulate(map(len, old_parts))]
    gone = bytearray(b"\1" * starts[kept] + bytes(len(old) - starts[kept]))
    for i, _, size in SequenceMatcher(
        None, old_parts[:kept], new_parts, autojunk=False
    ).get_matching_blocks():
        gone[starts[i] : starts[i + size]] = bytes(starts[i + size] - starts[i])
    return gone


def _letters(text: str) -> list[str]:
    """Return the characters in small: a sentence that begins elsewhere has lost no letter."""
    return [character.lower()[0] for character in text]
