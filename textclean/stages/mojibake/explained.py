"""Damage that a text shows on purpose: ``é -> Ã©``, or side by side in a table of letters."""

from collections.abc import Iterator

from textclean.edits import Edit
from textclean.stages.mojibake.code_pages import read_through

#: Between a text and its damage where a text explains damage: arrows, the bounds of cells.
ARROWS = ("->", "=>", "→", "⇒", "=", "|", "\t")
#: What may stand between an arrow and what it joins.
_BESIDE_ARROW = " \"'`“”‘’()"
#: Characters beside damage in which its explanation must stand.
_EXPLAINED = 24


def is_explained(text: str, edit: Edit, page: str) -> bool:
    """Return whether an arrow, or the like, joins damage and what it was, misread once or more.

    Quotes may stand at both.

    Args:
        text: The text.
        edit: The repair of the damage.
        page: Name of the code page that it went through.

    >>> is_explained("“é” → “Ã©”", Edit(7, 9, "é", "mojibake.utf8-as-cp1252"), "cp1252")
    True
    """
    before = text[max(0, edit.start - _EXPLAINED) : edit.start]
    after = text[edit.end : edit.end + _EXPLAINED]
    if before[-1:].isalnum() and after[:1].isalnum():
        return False  # inside a word, as nearly always
    return any(_is_joined(before, after, one) for one in _levels(edit.replacement, page))


def _levels(repaired: str, page: str) -> Iterator[str]:
    """Yield a repair, and what that was if it was misread, too."""
    level: str | None = repaired
    while level:
        yield level
        level = read_through(level, page)


def _is_joined(before: str, after: str, repaired: str) -> bool:
    """Whether an arrow leads from or to what damage was."""
    beside = _BESIDE_ARROW.translate(dict.fromkeys(map(ord, repaired)))
    before, after = before.rstrip(beside), after.lstrip(beside)
    if before.endswith(ARROWS):
        return before.rstrip("".join(ARROWS)).rstrip(beside).endswith(repaired)
    if after.startswith(ARROWS):
        return after.lstrip("".join(ARROWS)).lstrip(beside).startswith(repaired)
    return False
