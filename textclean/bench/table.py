"""The figures of a benchmark: as a table, as JSON, and as a picture."""

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from math import log10
from typing import Any, NamedTuple

from textclean.bench.corpus import Corpus
from textclean.bench.costs import Cost
from textclean.bench.quality import Quality

SCHEMA_VERSION = 1

_WIDTH, _ROW, _LEFT, _TOP = 600, 24, 120, 36
_SMALLEST, _LARGEST = 0.1, 1000.0


def as_text(
    corpus: Corpus,
    costs: Sequence[Cost],
    qualities: Sequence[Quality],
    curve: Sequence[tuple[float, float]],
) -> str:
    """Return the tables."""
    columns = ("MB/s", "documents/s", "CPU s", "peak MiB", "touched", "ms each")
    lines = [
        f"{len(corpus.texts):,} documents, {corpus.text_bytes / 1e6:.1f} MB of text, one process",
        "",
        "{:<15}{:>8}{:>13}{:>9}{:>10}{:>9}{:>9}".format("", *columns),
    ]
    for cost in costs:
        touched = "" if cost.touched_share is None else f"{cost.touched_share:.1%}"
        each = cost.milliseconds_per_touched
        lines.append(
            f"{cost.name:<15}{cost.mb_per_second:>8.1f}{cost.articles_per_second:>13,.0f}"
            f"{cost.cpu_seconds:>9.2f}{cost.peak_bytes / 2**20:>10.0f}{touched:>9}"
            + ("" if each is None else f"{each:>9.2f}")
        )
    lines += ["", f"{'planted dirt':<15}{'texts':>8}{'recall':>9}{'harmed':>9}"]
    lines += [f"{q.stage:<15}{q.planted:>8,}{q.recall:>9.3f}{q.harmed:>9.4f}" for q in qualities]
    lines += ["", "similarity of two texts, and the probability that they are compared"]
    lines += [
        "  ".join(f"{similarity:.2f}" for similarity, _ in curve),
        "  ".join(f"{probability:.2f}" for _, probability in curve),
    ]
    return "\n".join(lines) + "\n"


def as_json(
    corpus: Corpus,
    costs: Sequence[Cost],
    qualities: Sequence[Quality],
    curve: Sequence[tuple[float, float]],
) -> dict[str, Any]:
    """Return the same for a JSON file."""
    return {
        "schema_version": SCHEMA_VERSION,
        "documents": len(corpus.texts),
        "text_bytes": corpus.text_bytes,
        "costs": [asdict(cost) for cost in costs],
        "quality": [asdict(quality) for quality in qualities],
        "compared": [list(pair) for pair in curve],
    }


def as_svg(costs: Sequence[Cost]) -> str:
    """Return the speeds as a picture."""
    return svg_of_bars(
        [Bar(cost.name, cost.mb_per_second, cost.touched_share is not None) for cost in costs]
    )


class Bar(NamedTuple):
    """A speed in a picture; ``is_own`` tells textclean's from others'."""

    name: str
    mb_per_second: float
    is_own: bool


def svg_of_bars(bars: Sequence[Bar]) -> str:
    """Return speeds as bars on a logarithmic scale."""
    height = _TOP + _ROW * len(bars) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}">',
        '<g font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="20" font-weight="bold">MB of text a second, one core</text>',
    ]
    for power in range(-1, 4):
        x = _place(10.0**power)
        parts += [
            f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{_TOP - 8}" y2="{height - 30}" stroke="#ddd"/>',
            f'<text x="{x:.0f}" y="{height - 12}" text-anchor="middle">{10.0**power:g}</text>',
        ]
    for number, bar in enumerate(bars):
        y = _TOP + _ROW * number
        end = _place(bar.mb_per_second)
        color = "#2b6cb0" if bar.is_own else "#b0b0b0"
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(bar.name)}</text>',
            f'<rect x="{_LEFT}" y="{y}" width="{end - _LEFT:.1f}" height="18" fill="{color}"/>',
            f'<text x="{end + 6:.0f}" y="{y + 14}">{bar.mb_per_second:.1f}</text>',
        ]
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _place(speed: float) -> float:
    """Return where a speed stands on the scale."""
    bounded = min(max(speed, _SMALLEST), _LARGEST)
    share = log10(bounded / _SMALLEST) / log10(_LARGEST / _SMALLEST)
    return _LEFT + share * (_WIDTH - _LEFT - 60)
