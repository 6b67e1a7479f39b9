"""Real posts planted between two article sentences, in all orders an extractor leaves."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from quality_sections.common import Figure, Folder, Row, cleaner, share

#: Neighbours in the language of the post where we have them: (before, after).
NEIGHBORS = {
    "en": [
        (
            "The council approved the new harbour budget on Tuesday after a long debate.",
            "Construction is expected to begin next spring, officials said.",
        ),
        (
            "Sales rose by 4.2% in the second quarter, the company reported.",
            "Its shares closed slightly lower in the evening.",
        ),
        (
            "Rain kept most visitors away from the opening of the fair.",
            "The organisers hope for a dry Sunday and 20,000 guests.",
        ),
    ],
    "fr": [
        (
            "Le conseil a adopté mardi le budget du port après un long débat.",
            "Les travaux devraient commencer au printemps prochain.",
        )
    ],
    "de": [
        (
            "Der Stadtrat hat am Dienstag nach langer Debatte den Haushalt beschlossen.",
            "Die Bauarbeiten sollen im kommenden Frühjahr beginnen.",
        )
    ],
    "es": [
        (
            "El consejo aprobó el martes el presupuesto del puerto tras un largo debate.",
            "Las obras empezarán la próxima primavera, según fuentes oficiales.",
        )
    ],
    "pt": [
        (
            "A câmara aprovou na terça-feira o orçamento do porto após longo debate.",
            "As obras devem começar na próxima primavera.",
        )
    ],
    "ja": [
        (
            "市議会は火曜日、長い審議の末に港の予算案を可決した。",
            "工事は来年の春に始まる見通しだ。",
        )
    ],
    "ru": [
        (
            "Во вторник совет после долгих споров утвердил бюджет порта.",
            "Работы должны начаться следующей весной.",
        )
    ],
}
_LINK_AT_END = re.compile(r"(?:https?://t\.co/\w+|pic\.twitter\.com/\w+)\s*$")
_SENTENCE_GAP = re.compile(r"(?<=[.!?…。！？])\s*(?=\S)")
#: A remainder shorter than this beside its link is hardly a sentence.
_MINIMUM_REMAINDER = 20


def figures(folder: Folder) -> Iterator[Figure]:
    """Share of plants after which the post is gone and both neighbours stand byte for byte."""
    clean = cleaner("embeds")
    right: Counter[str] = Counter()
    harmed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for _, order, before, post, after in plants(folder):
        gap = " " if order == "one_paragraph" else "\n"
        output = clean(f"{before}{gap}{post}{gap}{after}")
        whole = output.startswith(before) and output.endswith(after)
        total[order] += 1
        harmed[order] += not whole
        right[order] += whole and not output[len(before) : -len(after)].strip()
    for order in sorted(total):
        yield Figure(f"{order}.right", share(right[order], total[order]), total[order])
        yield Figure(
            f"{order}.neighbour_harmed", share(harmed[order], total[order]), total[order], "lower"
        )


class Plant(NamedTuple):
    """A post, the way in which it stands, and the sentences around it."""

    where: str
    order: str
    before: str
    post: str
    after: str


def plants(folder: Folder) -> Iterator[Plant]:
    """Yield each post in each order between two sentences of its language."""
    for number, row in enumerate(folder.rows("embed_snippets")):
        pairs = NEIGHBORS.get(row["lang"] or "en", NEIGHBORS["en"])
        before, after = pairs[number % len(pairs)]
        for order, post in orders(row):
            yield Plant(row["source"], order, before, post, after)


def orders(row: Row) -> Iterator[tuple[str, str]]:
    """Return the ways in which this post can stand, by name."""
    one_line = " ".join((row["one_line"] or "").split("\n")).strip()
    body, attribution, date = row["body"], row["attribution"], row["date"]
    if not (body and attribution):
        return
    attribution = " ".join(attribution.split())
    lines = [line for line in body.split("\n") if line.strip()]
    flat = " ".join(lines)
    if flat.rstrip().endswith(attribution):
        return
    yield "one_paragraph", one_line
    yield "own_line", one_line
    yield "attribution_below", f"{flat}\n{attribution}"
    yield "blank_lines", f"\n{flat}\n\n{attribution}\n"
    if len(lines) > 1:
        yield "several_lines", "\n".join([*lines, attribution])
    if date and attribution.endswith(date) and attribution != date:
        yield "date_on_its_own_line", f"{flat}\n{attribution[: -len(date)].rstrip()}\n{date}"
    if split := _split_as_in_the_seed(lines):
        yield "attribution_inside", f"{split[0]}\n{attribution}\n{split[1]}"


def _split_as_in_the_seed(lines: list[str]) -> tuple[str, str] | None:
    """Cut a body before its last line or sentence, when that ends with the post's link."""
    if not lines or not _LINK_AT_END.search(lines[-1]):
        return None
    parts = lines if len(lines) > 1 else _SENTENCE_GAP.split(lines[0])
    last = parts[-1]
    if len(parts) < 2 or len(_LINK_AT_END.sub("", last)) < _MINIMUM_REMAINDER:
        return None
    return " ".join(parts[:-1]), last
