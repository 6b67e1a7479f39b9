r"""A trace as lines of a terminal: word by word, wrapped, the reasons beside it.

Text is shown, never sent: control and escape characters of the input appear as ``\x1b``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from textclean.diff.comparison import Comparison, Side
from textclean.diff.hunks import Hunk, Kind, Piece, hunks
from textclean.diff.visible import visible, visible_name, width
from textclean.edits import Edit, apply_edits
from textclean.stage import Drop, Step

#: Columns when nobody says how many there are.
DEFAULT_COLUMNS = 80
#: Below this many columns the reasons stand under a change, not beside it.
_COLUMNS_FOR_REASONS = 72
#: From this many on, a dropped text and its survivor stand side by side.
_COLUMNS_FOR_TWO = 100
_LINE_NUMBER = 6
_MINIMUM_COLUMNS = 24

_RESET = "\x1b[0m"
_BOLD, _DIM, _RED = "\x1b[1m", "\x1b[2m", "\x1b[31m"
#: Struck out and underlined besides red and green: not all eyes tell these two apart.
_COLORS: Mapping[Kind, str] = {"removed": "\x1b[31;9m", "added": "\x1b[32;4m", "left-out": _DIM}
_MARKS: Mapping[Kind, tuple[str, str]] = {"removed": ("[-", "-]"), "added": ("{+", "+}")}

#: A run of one line in one kind.
_Run = tuple[Kind, str]


def render_trace(  # noqa: PLR0913 - one text, and how it is shown
    text: str,
    trace: Sequence[Step],
    *,
    color: bool = False,
    columns: int = DEFAULT_COLUMNS,
    stages: Sequence[str] = (),
    comparison: Comparison | None = None,
) -> str:
    """Return the trace as a diff: a heading for each step, the changes with their reasons.

    Args:
        text: The text the trace was recorded on.
        trace: The steps.
        color: Mark what goes red and what comes green, with ANSI sequences, instead of
            ``[-so-]`` and ``{+so+}``.
        columns: Width of the terminal.
        stages: Show only steps of these; all when empty.
        comparison: Of the dropped text with its survivor.

    >>> from textclean.edits import Edit
    >>> step = Step("mojibake", edits=(Edit(3, 5, "é", "mojibake.utf8-as-cp1252"),))
    >>> print(render_trace("cafÃ©", [step]))
    mojibake: 1 edit
         1  [-cafÃ©-]{+café+}                                mojibake.utf8-as-cp1252
    """
    if not trace:
        return "nothing to change"
    columns = max(columns, _MINIMUM_COLUMNS)
    lines: list[str] = []
    for step in trace:
        if not stages or step.stage in stages:
            lines += _step(text, step, columns, color=color)
            if step.drop is not None:
                lines += _drop(step.drop, comparison, columns, color=color)
        text = apply_edits(text, step.edits)
    return "\n".join(line.rstrip() for line in lines)


def _step(text: str, step: Step, columns: int, *, color: bool) -> Iterator[str]:
    heading = step.stage if step.run == 1 else f"{step.stage} (run {step.run})"
    if step.edits:
        number = len(step.edits)
        heading = f"{heading}: {number:,} edit{'s' if number > 1 else ''}"
    yield _paint(heading, _BOLD, color)
    yield from _edits(text, step.edits, columns, color=color)


def render_edits(
    text: str, edits: Sequence[Edit], *, color: bool = False, columns: int = DEFAULT_COLUMNS
) -> Iterator[str]:
    """Yield the lines of a diff without a heading; arguments as for ``render_trace``.

    Args:
        text: What the edits apply to.
        edits: Sorted and disjoint.
        color: Mark by ANSI sequences.
        columns: Width of the terminal.
    """
    for line in _edits(text, edits, max(columns, _MINIMUM_COLUMNS), color=color):
        yield line.rstrip()


def _edits(text: str, edits: Sequence[Edit], columns: int, *, color: bool) -> Iterator[str]:
    found = list(hunks(text, edits))
    reasons = max((len(reason) for hunk in found for reason in _reasons(hunk)), default=0)
    for hunk in found:
        yield from _hunk(hunk, columns, reasons, color=color)


def _hunk(hunk: Hunk, columns: int, reasons: int, *, color: bool) -> Iterator[str]:
    beside = columns >= _COLUMNS_FOR_REASONS and reasons <= columns // 2
    room = columns - _LINE_NUMBER - 2 - (reasons + 2 if beside else 0)
    number = f"{hunk.line:>{_LINE_NUMBER}}"
    if not beside:
        yield _paint(f"{number}  {', '.join(_reasons(hunk))}", _DIM, color)
        number = ""
    notes = _reasons(hunk) if beside else []
    for line, note in zip_longest(_wrapped(hunk.pieces, room, color=color), notes):
        runs = line or []
        shown = _shown(runs, color=color)
        padding = " " * (room - _columns_of(runs)) if note else ""
        side = _paint(f"  {note}", _DIM, color) if note else ""
        yield f"{number:<{_LINE_NUMBER}}  {shown}{padding}{side}"
        number = ""


def _reasons(hunk: Hunk) -> list[str]:
    return [
        reason if number == 1 else f"{reason} ×{number}" for reason, number in hunk.reasons.items()
    ]


def _drop(drop: Drop, comparison: Comparison | None, columns: int, *, color: bool) -> Iterator[str]:
    yield _paint(f"  dropped: {drop_phrase(drop)}", _RED, color)
    if comparison is not None:
        yield from _comparison(comparison, columns, color=color)


def render_comparison(
    comparison: Comparison,
    *,
    color: bool = False,
    columns: int = DEFAULT_COLUMNS,
    other: str = "survivor",
) -> str:
    """Return two texts with what only one of them has marked, side by side where there is room.

    Args:
        comparison: The texts.
        color: As for ``render_trace``.
        columns: Width of the terminal.
        other: What the second text is called.
    """
    lines = _comparison(comparison, max(columns, _MINIMUM_COLUMNS), color=color, other=other)
    return "\n".join(line.rstrip() for line in lines)


def _comparison(
    comparison: Comparison, columns: int, *, color: bool, other: str = "survivor"
) -> Iterator[str]:
    common, own, union = comparison.shared
    yield f"  {common:,} of its {own:,} shingles are in the {other} ({union:,} in either)"
    if comparison.survivor is None:
        yield "  its text is not at hand (--survivors FILE); {+so+} is what it does not have:"
        yield from _indented(comparison.dropped.pieces("added"), columns - 4, color=color)
        return
    if comparison.is_same:
        yield "  both say the same, but for capitals, punctuation and spaces"
        return
    titles = ("this text, what only it has marked", f"the {other}, what only it has marked")
    yield from _sides(comparison.dropped, comparison.survivor, titles, columns, color=color)


def drop_phrase(drop: Drop) -> str:
    """Return why a document went, in a few words.

    >>> drop_phrase(Drop("duplicate.near", "a", 0.9))
    'duplicate.near of a, similarity 0.9000'
    """
    phrase = drop.reason
    if drop.duplicate_of is not None:
        phrase += f" of {visible_name(drop.duplicate_of)}"
    if drop.similarity is not None:
        phrase += f", similarity {drop.similarity:.4f}"
    return phrase


def _sides(
    dropped: Side, survivor: Side, titles: tuple[str, str], columns: int, *, color: bool
) -> Iterator[str]:
    left, right = dropped.pieces("added"), survivor.pieces("removed")
    if columns < _COLUMNS_FOR_TWO:
        for title, pieces in zip(titles, (left, right), strict=True):
            yield _paint(f"  {title}:", _DIM, color)
            yield from _indented(pieces, columns - 4, color=color)
        return
    room = (columns - 7) // 2
    yield _paint(f"    {titles[0]:<{room}} │ {titles[1]}", _DIM, color)
    lines = zip_longest(_wrapped(left, room, color=color), _wrapped(right, room, color=color))
    for one, other in lines:
        padding = " " * (room - _columns_of(one or []))
        beside = _shown(other or [], color=color)
        yield f"    {_shown(one or [], color=color)}{padding} │ {beside}"


def _indented(pieces: Iterable[Piece], room: int, *, color: bool) -> Iterator[str]:
    for runs in _wrapped(pieces, room, color=color):
        yield "    " + _shown(runs, color=color)


def _wrapped(pieces: Iterable[Piece], room: int, *, color: bool) -> Iterator[list[_Run]]:
    """Break pieces into lines of at most so many columns, at spaces where there are any."""
    line: list[_Run] = []
    used = 0
    for kind, word in _words(pieces, color=color):
        size = width(word.rstrip(" "))
        if line and used + size > room:
            yield line
            line, used = [], 0
        while size > room:
            cut = _fitting(word, room)
            yield [(kind, word[:cut])]
            word = word[cut:]  # noqa: PLW2901 - what is left of it
            size = width(word.rstrip(" "))
        line.append((kind, word))
        used += width(word)
        if word.rstrip("-+]}").endswith("⏎"):
            yield line
            line, used = [], 0
    if line:
        yield line


def _words(pieces: Iterable[Piece], *, color: bool) -> Iterator[_Run]:
    """Yield words with the spaces after them; a line break ends a word."""
    for kind, text in pieces:
        words = re.findall(r"[^ ⏎]*(?:⏎|[^ ⏎] *| +)", visible(text))
        if not color and kind in _MARKS and words:
            opening, closing = _MARKS[kind]
            words[0] = opening + words[0]
            words[-1] += closing
        for word in words:
            yield kind, word


def _fitting(word: str, room: int) -> int:
    """Return how many characters of a word fit, at least one."""
    used = 0
    for number, character in enumerate(word):
        used += width(character)
        if used > room:
            return max(1, number)
    return len(word)


def _columns_of(runs: Iterable[_Run]) -> int:
    return sum(width(text) for _, text in runs)


def _shown(runs: Iterable[_Run], *, color: bool) -> str:
    if not color:
        return "".join(text for _, text in runs)
    joined: list[_Run] = []
    for kind, text in runs:
        if joined and joined[-1][0] == kind:
            joined[-1] = (kind, joined[-1][1] + text)
        else:
            joined.append((kind, text))
    return "".join(_paint(text, _COLORS.get(kind, ""), color=True) for kind, text in joined)


def _paint(text: str, code: str, color: bool) -> str:  # noqa: FBT001 - local, read at a glance
    return f"{code}{text}{_RESET}" if color and code else text
