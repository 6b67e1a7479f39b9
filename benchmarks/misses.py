"""List what the measures of posts count as wrong, the largest first: material to sort by hand.

    python benchmarks/misses.py DATA_FOLDER left|lost|glued|html [--most N]

``left``: characters of flattened posts that stay, and ``lost``: characters of articles that go; in
the passage shown, what is asked about stands in ⟦ ⟧, what is gone in ⟨ ⟩. ``glued``: posts in one
paragraph that are not exactly gone, as the text before, the post and the text after, and what is
left of them. ``html``: posts of pages that stay, and sentences that go.
"""

import argparse
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from quality_sections import embeds_html
from quality_sections.alignment import gone_by_lines
from quality_sections.common import Folder, cleaner, count_solid, without_space
from quality_sections.embeds_flat import marked_posts
from quality_sections.embeds_planted import plants

#: Characters shown around a passage, and of it from each end.
_AROUND, _OF_IT = 150, 400


class Miss(NamedTuple):
    """One passage that is left or lost: its size without white space, where, and what to show."""

    size: int
    where: str
    shown: str


def main() -> None:
    """Print the misses of one measure, the largest first."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("measure", choices=_MEASURES)
    parser.add_argument("--most", type=int, metavar="N", help="show no more than these")
    options = parser.parse_args()
    found = sorted(_MEASURES[options.measure](Folder(options.data)), key=lambda miss: -miss.size)
    print(f"{len(found)} misses, {sum(miss.size for miss in found):,} characters")
    for number, miss in enumerate(found[: options.most], 1):
        print(f"--- {number}: {miss.size} of {miss.where}\n{miss.shown}")


def _left(folder: Folder) -> Iterator[Miss]:
    """Yield what stays of flattened posts."""
    return (
        _passage(where, text, run, gone)
        for where, text, posts, gone, is_clean in _flattened(folder)
        if is_clean
        for run in _runs(text, bytes(a & ~b for a, b in zip(posts, gone, strict=True)))
    )


def _lost(folder: Folder) -> Iterator[Miss]:
    """Yield what goes of articles around flattened posts."""
    return (
        _passage(where, text, run, gone)
        for where, text, posts, gone, _ in _flattened(folder)
        for run in _runs(text, bytes(b & ~a for a, b in zip(posts, gone, strict=True)))
    )


def _flattened(folder: Folder) -> Iterator[tuple[str, str, bytes, bytes, bool]]:
    """Yield name and text of a page, its posts marked, what is gone marked, whether all are."""
    clean = cleaner("embeds")
    for row in folder.rows("embed_flat"):
        text = row["text"]
        gone = bytes(gone_by_lines(text, clean(text)))
        yield f"{row['id']}, {row['extractor']}", text, bytes(marked_posts(row)), gone, row["clean"]


def _runs(text: str, marks: bytes) -> Iterator[tuple[int, int]]:
    """Yield the spans of marked characters that only white space parts."""
    places = (place for place, character in enumerate(text) if not character.isspace())
    for is_marked, group in groupby(places, key=marks.__getitem__):
        if is_marked:
            run = list(group)
            yield run[0], run[-1] + 1


def _passage(where: str, text: str, run: tuple[int, int], gone: bytes) -> Miss:
    """Show a passage between what stands around it; of a long one both ends."""
    start, end = run
    size = count_solid(text[start:end])
    middle = text[start:end]
    if len(middle) > 2 * _OF_IT:
        middle = f"{middle[:_OF_IT]} […] {middle[-_OF_IT:]}"
    before = _with_gone(text, max(0, start - _AROUND), start, gone)
    after = _with_gone(text, end, min(len(text), end + _AROUND), gone)
    if gone[start]:
        return Miss(size, where, f"{before}⟦⟨{middle}⟩⟧{after}")
    return Miss(size, where, f"{before}⟦{middle}⟧{after}")


def _with_gone(text: str, start: int, end: int, gone: bytes) -> str:
    """Return a passage with brackets around what is gone of it."""
    parts = []
    for is_gone, group in groupby(range(start, end), key=gone.__getitem__):
        part = "".join(text[place] for place in group)
        parts.append(f"⟨{part}⟩" if is_gone else part)
    return "".join(parts)


def _glued(folder: Folder) -> Iterator[Miss]:
    """Yield the posts planted into one paragraph that are not exactly gone."""
    clean = cleaner("embeds")
    for plant in plants(folder):
        if plant.order != "one_paragraph":
            continue
        output = clean(f"{plant.before} {plant.post} {plant.after}")
        if not (output.startswith(plant.before) and output.endswith(plant.after)):
            left = f"HARMED: {output}"
        elif not (left := output[len(plant.before) : -len(plant.after)].strip()):
            continue
        shown = f"{plant.before} ⟦{plant.post}⟧ {plant.after}\nleft: {left}"
        yield Miss(count_solid(left), plant.where, shown)


def _html(folder: Folder) -> Iterator[Miss]:
    """Yield the posts of pages that stay, and the sentences outside of them that go."""
    clean = cleaner("embeds")
    for row in folder.rows("embed_pages_html"):
        before = embeds_html.visible_text(row["text"])
        after = without_space(embeds_html.visible_text(clean(row["text"])))
        posts, sentences = embeds_html.labels(row, before)
        for kind, missed in (
            ("post stays", (post for post in posts if post in after)),
            (
                "sentence goes",
                (sentence for sentence in sorted(sentences) if sentence not in after),
            ),
        ):
            for string in missed:
                yield Miss(len(string), f"{row['id']}, {kind}", string[: 2 * _OF_IT])


_MEASURES: dict[str, Callable[[Folder], Iterator[Miss]]] = {
    "left": _left,
    "lost": _lost,
    "glued": _glued,
    "html": _html,
}


if __name__ == "__main__":
    main()
