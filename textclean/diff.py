r"""Show what a trace changed, edit by edit, for a terminal.

Text is shown, never sent: control and escape characters of the input appear as ``\x1b``.
"""

from collections.abc import Iterable, Iterator, Sequence

from textclean.edits import Edit, apply_edits
from textclean.stage import Step

#: Code points of context on each side of an edit, and the longest span shown whole.
CONTEXT = 40
MAXIMUM_SHOWN = 400

_RED, _GREEN, _DIM, _BOLD, _RESET = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


def visible(text: str) -> str:
    r"""Return text with everything a terminal could obey, or a reader could miss, escaped.

    >>> print(visible("a\x1b[2Jb\u00a0c"))
    a\x1b[2Jb\xa0c
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def render_trace(text: str, trace: Sequence[Step], *, color: bool = False) -> str:
    """Return the trace as a diff: a heading for each step, a line for each edit.

    Args:
        text: The text the trace was recorded on.
        trace: The steps.
        color: Mark what goes red and what comes green, with ANSI sequences.

    >>> step = Step("mojibake", edits=(Edit(2, 4, "é", "mojibake.utf8-as-cp1252"),))
    >>> print(render_trace("caÃ©", [step]))
    mojibake: 1 edit
      line 1  mojibake.utf8-as-cp1252
        ca[-Ã©-]{+é+}
    """
    if not trace:
        return "nothing to change"
    return "\n".join(_lines(text, trace, color=color))


def _lines(text: str, trace: Sequence[Step], *, color: bool) -> Iterator[str]:
    for step in trace:
        heading = step.stage if step.run == 1 else f"{step.stage} (run {step.run})"
        if step.edits:
            number = len(step.edits)
            heading = f"{heading}: {number:,} edit{'s' if number > 1 else ''}"
        yield _paint(heading, _BOLD, color)
        for line, edit in _numbered(text, step.edits):
            yield _paint(f"  line {line}  {edit.reason}", _DIM, color)
            yield "    " + _one_edit(text, edit, color=color)
        if step.drop is not None:
            drop = step.drop
            detail = ""
            if drop.duplicate_of is not None:
                detail = f" of {visible(drop.duplicate_of)}, Jaccard {drop.similarity:.4f}"
            yield _paint(f"  dropped: {drop.reason}{detail}", _RED, color)
        text = apply_edits(text, step.edits)


def _numbered(text: str, edits: Iterable[Edit]) -> Iterator[tuple[int, Edit]]:
    """Yield each edit with the line it starts on; one pass over the text."""
    line, reached = 1, 0
    for edit in edits:
        line += text.count("\n", reached, edit.start)
        reached = edit.start
        yield line, edit


def _one_edit(text: str, edit: Edit, *, color: bool) -> str:
    before = text[max(0, edit.start - CONTEXT) : edit.start].rpartition("\n")[2]
    after = text[edit.end : edit.end + CONTEXT].partition("\n")[0]
    shown = visible(before)
    if edit.end > edit.start:
        removed = _clip(text, edit.start, edit.end)
        shown += _paint(removed, _RED, color) if color else f"[-{removed}-]"
    if edit.replacement:
        added = _clip(edit.replacement, 0, len(edit.replacement))
        shown += _paint(added, _GREEN, color) if color else f"{{+{added}+}}"
    return shown + visible(after)


def _clip(text: str, start: int, end: int) -> str:
    """Return a span, made visible; a long one without its middle."""
    if end - start <= MAXIMUM_SHOWN:
        return visible(text[start:end])
    half = MAXIMUM_SHOWN // 2
    hidden = end - start - 2 * half
    head, tail = text[start : start + half], text[end - half : end]
    return f"{visible(head)} … {hidden:,} more … {visible(tail)}"


def _paint(text: str, code: str, color: bool) -> str:  # noqa: FBT001 - local, read at a glance
    return f"{code}{text}{_RESET}" if color else text


def _escape(character: str) -> str:
    if character == "\n":
        return "⏎"
    return character.encode("unicode_escape").decode("ascii")
