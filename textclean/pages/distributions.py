"""The distributions of a run as charts."""

from collections import Counter
from collections.abc import Iterator

from textclean.diff.visible import visible_name
from textclean.elements import Html, element
from textclean.pages.charts import Histogram, histogram, meter, table, unseen
from textclean.survey import MAXIMUM_CLUSTERS, Distributions

_SHOWN_PHRASES = 15
_SHOWN_LANGUAGES = 12


def charts(found: Distributions) -> Iterator[Html]:
    """Yield a chart for each distribution that there is anything in."""
    if found.before:
        yield histogram(_lengths(found))
    if found.similarities:
        yield histogram(_similarities(found.similarities))
    if found.clusters:
        yield histogram(_clusters(found.clusters))
    if found.repeated:
        yield histogram(_repetition(found.repeated))
    if found.languages:
        yield _listed(
            "Languages",
            "documents by language",
            "language",
            found.languages.most_common(),
            _SHOWN_LANGUAGES,
        )
    if found.phrases:
        rows = sorted(found.phrases.items(), key=lambda pair: (-pair[1], pair[0]))
        yield _listed(
            "Key phrases",
            "what texts were stuffed with, by documents; in folded case",
            "phrase",
            rows,
            _SHOWN_PHRASES,
        )


def _lengths(found: Distributions) -> Histogram:
    met = {*found.before, *found.after}
    classes = range(min(met), max(met) + 1)
    return Histogram(
        "Lengths of kept documents",
        "characters of a text, in powers of two",
        [_short(1 << number - 1 if number else 0) for number in classes],
        ["before", "after"],
        [[counter[number] for number in classes] for counter in (found.before, found.after)],
    )


def _similarities(counts: Counter[int]) -> Histogram:
    classes = range(min(counts), 51)
    return Histogram(
        "Similarity of drops",
        "exact similarity with the survivor; 1.00 is the same text but for capitals and marks",
        [f"{number / 50:.2f}" for number in classes],
        ["drops"],
        [[counts[number] for number in classes]],
    )


def _clusters(counts: Counter[int]) -> Histogram:
    sizes = Counter((number + 1).bit_length() for number in counts.values())
    classes = range(2, max(sizes) + 1)
    note = "documents in a cluster, its survivor included"
    if len(counts) == MAXIMUM_CLUSTERS:
        note += f"; of the first {MAXIMUM_CLUSTERS:,} clusters"
    return Histogram(
        f"Sizes of {len(counts):,} clusters",
        note,
        [_range(1 << number - 1, (1 << number) - 1) for number in classes],
        ["clusters"],
        [[sizes[number] for number in classes]],
    )


def _repetition(counts: Counter[int]) -> Histogram:
    classes = range(21)
    return Histogram(
        "Repetition",
        f"share of a text's words in sentences that stood before, in {counts.total():,} of the"
        " documents as they came in (every eighth, chosen by its bytes)",
        [f"{number * 5} %" for number in classes],
        ["documents"],
        [[counts[number] for number in classes]],
    )


def _listed(title: str, note: str, kind: str, rows: list[tuple[str, int]], shown: int) -> Html:
    highest = max(number for _, number in rows)
    cells = [
        [visible_name(word), f"{number:,}", meter(number, highest)] for word, number in rows[:shown]
    ]
    more = len(rows) - shown
    return element(
        "figure",
        element("figcaption", title, element("span", note)),
        table([kind, "documents", unseen("as a bar")], cells),
        element("p", f"and {more:,} more", class_="soft") if more > 0 else None,
    )


def _range(low: int, high: int) -> str:
    return f"{_short(low)}–{_short(high)}" if low < high else str(low)


def _short(number: int) -> str:
    for size, letter in ((2**30, "G"), (2**20, "M"), (2**10, "k")):
        if number >= size:
            return f"{number // size}{letter}"
    return str(number)
