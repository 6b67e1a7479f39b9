"""``textclean tune``: pairs around the threshold, and what each setting would take."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from textclean.cli.inputs import expand, open_sources
from textclean.cli.notices import announce_compiling
from textclean.dedup.pairs import LOWEST, Pair, all_pairs, effect
from textclean.diff.comparison import compare
from textclean.diff.terminal import render_comparison, render_edits
from textclean.diff.visible import visible_name
from textclean.document import Document
from textclean.engines.tuning import (
    Taken,
    before_repetition,
    cleaned,
    sample_of,
    shares,
    taken_by_levels,
    taken_by_modes,
)
from textclean.errors import InputError
from textclean.recipe import Recipe, recipe_line

#: Thresholds of the table, and shingle sizes beside the chosen one.
_THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
_SHINGLE_SIZES = (3, 5, 8)
#: Settings that the tables are about; of the others only those that are not the default are shown.
_TUNED = ("embeds", "repetition", "drop_stuffed_above", "threshold", "shingle_size")
#: Shares of repetition of the table.
_STUFFED = (0.1, 0.2, 0.3, 0.5, 0.7)
#: A pair this near to the threshold is worth a look.
_NEAR = 0.15


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked at.

    Attributes:
        sample: Documents compared with each other; the work grows with its square.
        pairs: Pairs shown on either side of the threshold, and edits of each level and mode.
        color: Mark by colors.
    """

    sample: int
    pairs: int
    color: bool


def wants_color(asked: bool | None) -> bool:  # noqa: FBT001 - an option that may be absent
    """Return whether to use colors: as asked, or on a terminal, unless ``NO_COLOR`` is set."""
    return asked if asked is not None else sys.stdout.isatty() and "NO_COLOR" not in os.environ


def tune_files(
    names: Sequence[str],
    recipe: Recipe,
    choice: Choice,
    *,
    source_format: str | None,
    encoding: str | None,
) -> None:
    """Print what the settings do to a sample, and the recipe lines for them.

    Raises:
        InputError: A record is broken, or there is none.
    """
    announce_compiling()
    sources = open_sources(expand(names), source_format, recipe.text_field, encoding)
    documents, total = sample_of(sources, recipe, choice.sample)
    if not documents:
        message = "there are no documents to look at"
        raise InputError(message)
    for line in _lines(documents, total, recipe, choice):
        sys.stdout.write(line + "\n")


def _lines(
    documents: Sequence[Document], total: int, recipe: Recipe, choice: Choice
) -> Iterator[str]:
    texts = cleaned(documents, recipe)
    yield f"{len(documents):,} of {total:,} documents, every pair of them compared exactly."
    if len(documents) < total:
        yield "A copy whose twin is not in the sample is not seen: a larger --sample sees more."
    yield ""
    sizes = sorted({*_SHINGLE_SIZES, recipe.shingle_size})
    pairs = {size: all_pairs(texts, size) for size in sizes}
    yield from _table(pairs, len(texts), recipe)
    yield ""
    yield from _shown_pairs(texts, pairs[recipe.shingle_size], recipe, choice)
    given = before_repetition(documents, recipe)
    if given:
        levels, scores = taken_by_levels(given, recipe, choice.pairs)
        title = "Repetition: what each level of --repetition takes alone, the chosen together"
        yield from _taken(title, given, levels, choice)
        yield from _stuffed(scores, recipe)
    modes = taken_by_modes(documents, recipe, choice.pairs)
    title = "Posts: what each mode of --embeds takes"
    yield from _taken(title, documents, modes, choice, recipe.embeds)
    yield "The recipe lines for these settings (textclean --recipe FILE):"
    yield ""
    for setting in fields(recipe):
        if setting.name in _TUNED or getattr(recipe, setting.name) != setting.default:
            yield recipe_line(recipe, setting.name)


def _table(pairs: dict[int, list[Pair]], count: int, recipe: Recipe) -> Iterator[str]:
    yield "Share dropped as duplicates, by --threshold and --shingle-size:"
    yield ""
    yield (
        f"{'threshold':>11}"
        + "".join(f"{f'{size} tokens':>12}" for size in pairs)
        + (f"{'not found':>12}")
    )
    for threshold in sorted({*_THRESHOLDS, recipe.threshold}):
        if threshold < LOWEST:
            continue
        effects = {size: effect(found, threshold) for size, found in pairs.items()}
        cells = shares([one.dropped for one in effects.values()], count)
        chosen = "*" if threshold == recipe.threshold else " "
        missed = effects[recipe.shingle_size].missed
        yield (
            f"{chosen}{threshold:>10.4g}"
            + "".join(f"{cell:>12}" for cell in cells)
            + (f"{missed:>12.3f}")
        )
    yield ""
    yield (
        f"* the choice. Not found: how many drops, at {recipe.shingle_size} tokens, the index is"
        " expected to miss."
    )


def _shown_pairs(
    texts: Sequence[str], pairs: Sequence[Pair], recipe: Recipe, choice: Choice
) -> Iterator[str]:
    near = sorted(
        (pair for pair in pairs if abs(pair.jaccard - recipe.threshold) <= _NEAR),
        key=lambda pair: (abs(pair.jaccard - recipe.threshold), pair.second, pair.first),
    )
    above = [pair for pair in near if pair.jaccard >= recipe.threshold][: choice.pairs]
    below = [pair for pair in near if pair.jaccard < recipe.threshold][: choice.pairs]
    for title, found in (("just above: one would go", above), ("just below: both stay", below)):
        yield f"Pairs {title}"
        yield ""
        if not found:
            yield f"  none within {_NEAR} of the threshold"
            yield ""
        for pair in found:
            yield f"similarity {pair.jaccard:.4f}"
            comparison = compare(texts[pair.second], texts[pair.first], recipe.shingle_size)
            yield render_comparison(
                comparison, color=choice.color, columns=_columns(), other="earlier text"
            )
            yield ""


def _taken(
    title: str,
    documents: Sequence[Document],
    rows: Sequence[Taken],
    choice: Choice,
    chosen: str = "",
) -> Iterator[str]:
    if not rows:
        return
    characters = sum(len(document.text) for document in documents)
    wide = max(len(row.name) for row in rows) + 2
    yield f"{title}:"
    yield ""
    yield f"{'':>{wide}}{'documents':>12}{'':>10}{'characters':>14}"
    for row in rows:
        [touched] = shares([row.documents], len(documents))
        taken = row.removed - row.added
        [net] = shares([taken], characters)
        mark = "*" if row.name == chosen else " "
        yield f"{mark}{row.name:>{wide - 1}}{row.documents:>12,}{touched:>10}{taken:>14,}{net:>9}"
    yield ""
    for row in rows:
        yield from _examples(row, choice)


def _examples(row: Taken, choice: Choice) -> Iterator[str]:
    """Show the largest edits of the documents that lose most."""
    if not row.examples:
        return
    yield f"{row.name}, for example:"
    for example in row.examples:
        yield f"  {visible_name(example.id)}"
        yield from render_edits(
            example.text, [example.edit], color=choice.color, columns=_columns()
        )
    yield ""


def _stuffed(scores: Sequence[float], recipe: Recipe) -> Iterator[str]:
    yield "Stuffing: documents that --drop-stuffed-above would drop:"
    yield ""
    for limit in sorted({*_STUFFED, recipe.drop_stuffed_above}):
        number = sum(score > limit for score in scores)
        [share] = shares([number], len(scores))
        chosen = "*" if limit == recipe.drop_stuffed_above else " "
        yield f"{chosen}{limit:>10.4g}{number:>12,}{share:>10}"
    yield ""


def _columns() -> int:
    return shutil.get_terminal_size().columns
