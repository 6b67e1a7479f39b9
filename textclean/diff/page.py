"""A trace as HTML: fragments for a page or a notebook, and pages that load nothing.

All text is escaped by ``elements``; control characters are shown as on a terminal.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from textclean.diff.comparison import Comparison
from textclean.diff.hunks import Hunk, Piece, hunks
from textclean.diff.terminal import drop_phrase
from textclean.diff.visible import visible
from textclean.edits import apply_edits
from textclean.elements import Html, element, join
from textclean.stage import Step

#: What a diff looks like: tints that suit a light and a dark ground. No character of it is special
#: in HTML.
DIFF_STYLE = """
.tc-diff { line-height: 1.5; overflow-wrap: anywhere; }
.tc-diff h3 { margin: .8em 0 .2em; font-size: 1em; }
.tc-hunk { display: grid; grid-template-columns: 3.2em minmax(0, 1fr) minmax(7em, 15em);
  gap: 0 .8em; padding: .3em 0; border-top: 1px solid rgba(128, 128, 128, .25); }
.tc-line { text-align: right; opacity: .7; font-variant-numeric: tabular-nums; }
.tc-text { white-space: pre-wrap; unicode-bidi: plaintext; text-align: start; }
.tc-reasons { font-size: .85em; opacity: .85; }
.tc-diff del { background: rgba(220, 60, 50, .22); text-decoration: line-through; }
.tc-diff ins { background: rgba(40, 160, 70, .24); text-decoration: underline; }
.tc-diff mark { background: rgba(70, 130, 230, .2); color: inherit; }
.tc-diff .tc-left-out { opacity: .7; font-style: italic; }
.tc-sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.2em; }
.tc-side { margin: .3em 0; font-size: .9em; font-weight: 700; }
@media (max-width: 44em) {
  .tc-hunk { grid-template-columns: 2.4em minmax(0, 1fr); }
  .tc-reasons { grid-column: 2; }
  .tc-sides { grid-template-columns: 1fr; }
}
"""

_TAGS = {"same": None, "removed": "del", "added": "ins", "left-out": "span"}


def html_from_trace(
    text: str,
    trace: Sequence[Step],
    explanations: Mapping[str, str],
    *,
    stages: Sequence[str] = (),
    comparison: Comparison | None = None,
) -> Html:
    """Return the trace as one element; ``DIFF_STYLE`` is its style.

    Args:
        text: The text the trace was recorded on.
        trace: The steps.
        explanations: A sentence for each reason, shown where the pointer rests on it.
        stages: Show only steps of these; all when empty.
        comparison: Of the dropped text with its survivor.

    >>> from textclean.stage import Drop
    >>> step = Step("squeeze", drop=Drop("duplicate.near", "<a>", 1.0))
    >>> "&lt;a&gt;" in html_from_trace("x", [step], {})
    True
    """
    parts: list[Html] = []
    for step in trace:
        if not stages or step.stage in stages:
            parts += _step(text, step, explanations)
            if step.drop is not None:
                parts.append(element("p", "dropped: ", element("strong", drop_phrase(step.drop))))
                if comparison is not None:
                    parts.append(html_from_comparison(comparison))
        text = apply_edits(text, step.edits)
    if not trace:
        parts.append(element("p", "nothing to change"))
    return element("div", parts, class_="tc-diff")


def html_from_hunk(hunk: Hunk, explanations: Mapping[str, str]) -> Html:
    """Return one change: its line, its text, its reasons."""
    reasons = [
        element(
            "div",
            reason if number == 1 else f"{reason} ×{number}",
            title=explanations.get(reason),
        )
        for reason, number in hunk.reasons.items()
    ]
    return element(
        "div",
        element("span", str(hunk.line), class_="tc-line", title="line"),
        element("span", html_from_pieces(hunk.pieces), class_="tc-text"),
        element("span", reasons, class_="tc-reasons"),
        class_="tc-hunk",
    )


def html_from_comparison(comparison: Comparison) -> Html:
    """Return a dropped text beside its survivor, what both have marked."""
    common, own, union = comparison.shared
    survivor = comparison.survivor
    sides = [("This text", comparison.dropped)]
    if comparison.is_same:
        note = "Both say the same, but for capitals, punctuation and spaces."
        text = html_from_pieces(comparison.dropped.pieces("same"))
        return join(element("p", note), element("div", text, class_="tc-text"))
    note = f"{common:,} of its {own:,} shingles are in the survivor ({union:,} in either)"
    if survivor is None:
        note += "; the survivor's text is not at hand"
    else:
        sides.append(("The survivor", survivor))
    columns = [
        element(
            "div",
            element("p", title, class_="tc-side"),
            element("div", _with_marks(side.pieces("added")), class_="tc-text"),
        )
        for title, side in sides
    ]
    return join(element("p", f"{note}. Marked: what both have."), _sides(columns))


def html_from_pieces(pieces: Iterable[Piece]) -> Html:
    """Return pieces of a change, what goes as ``del``, what comes as ``ins``."""
    return join(_piece(piece, _TAGS[piece.kind]) for piece in pieces)


def page(title: str, style: str, body: Html, script: str = "") -> Html:
    """Return a whole page that loads nothing, and runs no script but the one given.

    Args:
        title: Text.
        style: Of all of it. Written by us; nothing of data.
        body: What stands in it.
        script: Written by us; nothing of data.
    """
    allowed = [f"style-src 'sha256-{_digest(style)}'"]
    if script:
        allowed.append(f"script-src 'sha256-{_digest(script)}'")
    policy = "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(style)),
    )
    end = element("script", Html(script)) if script else None
    return join(
        Html("<!doctype html>\n"), element("html", head, element("body", body, end), lang="en")
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _step(text: str, step: Step, explanations: Mapping[str, str]) -> Iterator[Html]:
    heading = step.stage if step.run == 1 else f"{step.stage} (run {step.run})"
    if step.edits:
        number = len(step.edits)
        heading = f"{heading}: {number:,} edit{'s' if number > 1 else ''}"
    yield element("h3", heading)
    for hunk in hunks(text, step.edits):
        yield html_from_hunk(hunk, explanations)


def _sides(columns: Sequence[Html]) -> Html:
    return element("div", columns, class_="tc-sides") if len(columns) > 1 else join(columns)


def _with_marks(pieces: Iterable[Piece]) -> Html:
    tags = {"same": "mark", "added": None, "left-out": "span"}
    return join(_piece(piece, tags[piece.kind]) for piece in pieces)


def _piece(piece: Piece, tag: str | None) -> Html:
    text = visible(piece.text).replace("⏎", "⏎\n")
    if tag is None:
        return join(text)
    return element(tag, text, class_="tc-left-out" if piece.kind == "left-out" else None)
