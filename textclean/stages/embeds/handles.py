"""Handles: "@" and a name, and the signs by which they are found."""

import re
from collections.abc import Iterator, Sequence

#: A handle in brackets, or one that is not inside a word. One class of characters begins both: a
#: search skips to the next of them.
HANDLE = re.compile(
    r"[(（@＠](?:(?<=[(（])\s{0,3}[@＠](?P<handle>[\w.-]{1,40}(?:@[\w.-]{1,40})?)\s{0,3}[)）]"
    r"|(?<=[@＠])(?<![\w.@(（/].)(?P<bare>\w{1,30})(?![\w@]))"
)
#: Signs of handles, each by itself: a class of both is looked for ten times as long.
_SIGN, _WIDE_SIGN = re.compile("@"), re.compile("＠")
#: White space between a bracket and a handle, at most.
_IN_BRACKETS = 3


def signs_of(text: str) -> list[int]:
    """Return where the signs of handles stand."""
    signs = [match.start() for match in _SIGN.finditer(text)]
    if "＠" in text:
        signs = sorted([*signs, *(match.start() for match in _WIDE_SIGN.finditer(text))])
    return signs


def bracket_before(text: str, sign: int) -> int | None:
    """Return where the bracket of a handle opens whose "@" stands at an offset."""
    at = sign
    while sign - at < _IN_BRACKETS and text[at - 1 : at].isspace():
        at -= 1
    return at - 1 if text[at - 1 : at] in {"(", "（"} else None


def handles_at(text: str, signs: Sequence[int]) -> Iterator[re.Match[str]]:
    """Yield the matches of ``HANDLE``: signs are rarer than brackets, and looked for first."""
    reached = 0
    for at in signs:
        if at < reached:
            continue
        bracket = bracket_before(text, at)
        in_brackets = bracket is not None and bracket >= reached
        match = HANDLE.match(text, bracket) if bracket is not None and in_brackets else None
        match = match or HANDLE.match(text, at)
        if match is not None:
            yield match
            reached = match.end()
