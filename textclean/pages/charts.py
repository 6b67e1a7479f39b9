"""Small charts as inline SVG, each with its numbers as a table.

Nothing is styled in attributes: the page's policy allows only its own style sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from textclean.elements import Html, element

_WIDTH, _HEIGHT = 420, 136
_BOTTOM, _TOP = 18, 18
#: From the middle of a label to the nearest edge: it is larger on a narrow screen.
_EDGE = 20


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of neighboring classes, in one or two series.

    Attributes:
        title: What is counted.
        note: How it is to be read.
        labels: Of the classes, from low to high.
        series: Names of the series.
        counts: For each series, a count for each class.
    """

    title: str
    note: str
    labels: Sequence[str]
    series: Sequence[str]
    counts: Sequence[Sequence[int]]


def histogram(chart: Histogram) -> Html:
    """Return a histogram with its numbers.

    >>> "<svg" in histogram(Histogram("Sizes", "", ["1", "2"], ["sizes"], [[3, 4]]))
    True
    """
    highest = max((max(row, default=0) for row in chart.counts), default=0) or 1
    step = _WIDTH / max(1, len(chart.labels))
    width = step * 0.84 / max(1, len(chart.counts))
    parts: list[Html] = []
    for number, row in enumerate(chart.counts):
        for place, count in enumerate(row):
            height = (_HEIGHT - _BOTTOM - _TOP) * count / highest
            if count:
                height = max(height, 1.5)  # a few among many are still seen
            parts.append(
                element(
                    "rect",
                    x=f"{place * step + step * 0.08 + number * width:.1f}",
                    y=f"{_HEIGHT - _BOTTOM - height:.1f}",
                    width=f"{width:.1f}",
                    height=f"{height:.1f}",
                    class_=("bar", "second")[number % 2],
                )
            )
    parts += _axis(chart.labels, step)
    parts.append(element("text", f"{highest:,}", x="2", y="14"))
    drawing = element(
        "svg",
        parts,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label=f"{chart.title}: a histogram; its numbers follow",
    )
    return element("figure", _caption(chart), drawing, _numbers(chart))


def meter(value: float, highest: float, kind: str = "bar") -> Html:
    """Return a bar for a table's cell; the number itself stands beside it."""
    length = 100 * value / highest if highest else 0
    if value:
        length = max(length, 0.7)
    bar = element("rect", x="0", y="0", width=f"{length:.2f}", height="10", class_=kind)
    return element("svg", bar, viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true")


def unseen(text: str) -> Html:
    """Return text for those who hear the page; who sees it needs it not."""
    return element("span", text, class_="unseen")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    """Return a table; cells of figures and ``Html`` stand as they are, numbers to the right.

    Roles and headings stand at each cell, too: where a style sheet lays a row out as a card,
    browsers no longer take the elements for a table.
    """
    kinds = [any(_is_number(row[place]) for row in rows) for place in range(len(headings))]
    head = [
        element(
            "th", word, scope="col", role="columnheader", class_="number" if is_number else None
        )
        for word, is_number in zip(headings, kinds, strict=True)
    ]
    body = [
        element("tr", [_cell(*pair) for pair in zip(headings, row, strict=True)], role="row")
        for row in rows
    ]
    return element(
        "div",
        element(
            "table",
            element("thead", element("tr", head, role="row"), role="rowgroup"),
            element("tbody", body, role="rowgroup"),
            role="table",
        ),
        class_="wide",
    )


def _cell(heading: str, cell: str) -> Html:
    kind = "number" if _is_number(cell) else None
    if cell.startswith("<svg") and isinstance(cell, Html):
        kind = "meter"
    label = None if isinstance(heading, Html) else heading
    return element("td", cell, role="cell", class_=kind, data_label=label)


def _is_number(cell: str) -> bool:
    return not isinstance(cell, Html) and cell.strip("+−").replace(",", "").isdecimal()


def _caption(chart: Histogram) -> Html:
    keys: list[Html] = []
    if len(chart.series) > 1:
        keys = [
            element("span", name, class_=f"key {('bar', 'second')[number % 2]}")
            for number, name in enumerate(chart.series)
        ]
    return element("figcaption", chart.title, element("span", chart.note), keys)


def _axis(labels: Sequence[str], step: float) -> list[Html]:
    bottom = f"{_HEIGHT - _BOTTOM}"
    parts = [element("line", x1="0", x2=str(_WIDTH), y1=bottom, y2=bottom, class_="axis")]
    every = max(1, -(-len(labels) * 46 // _WIDTH))
    parts += (
        element(
            "text",
            labels[place],
            x=f"{min(max((place + 0.5) * step, _EDGE), _WIDTH - _EDGE):.1f}",
            y=str(_HEIGHT - 4),
            text_anchor="middle",
            class_="between" if place // every % 2 else None,  # left out on a narrow screen
        )
        for place in range(0, len(labels), every)
    )
    return parts


def _numbers(chart: Histogram) -> Html:
    rows = [
        [label, *(f"{row[place]:,}" for row in chart.counts)]
        for place, label in enumerate(chart.labels)
        if any(row[place] for row in chart.counts)
    ]
    return element(
        "details",
        element("summary", "Numbers"),
        table(["from", *chart.series], rows),
    )
