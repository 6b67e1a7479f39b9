"""Which code pages a text went through, told by a few witnesses: damaged spans that are certain."""

from collections.abc import Collection
from functools import lru_cache

from textclean.stages.mojibake.code_pages import UNITS, CodePage, code_pages

#: So many distinct spans are asked which pages explain them.
WITNESSES = 32
#: Spans up to this length are explained once per process.
_REMEMBERED_LENGTH = 48


def preferred_pages(
    witnesses: dict[str, tuple[int, ...]], used: Collection[str]
) -> tuple[CodePage, ...]:
    """Return the pages that something is certain of, or that explain as much; the best first.

    Args:
        witnesses: Damaged spans, and the numbers of the pages that explain each.
        used: Names of the pages that something is certain of.
    """
    pages = code_pages()
    explained = [0] * len(pages)
    for damaged, explaining in witnesses.items():
        for number in explaining:
            explained[number] += len(damaged)
    most = max(explained)
    order = sorted(range(len(pages)), key=lambda number: -explained[number])
    return tuple(pages[n] for n in order if pages[n].name in used or 0 < most == explained[n])


def _explaining_anew(damaged: str) -> tuple[int, ...]:
    """The numbers of the code pages in which a span is nothing but UTF-8 sequences."""
    pages = enumerate(code_pages())
    return tuple(n for n, page in pages if UNITS.fullmatch(page.bytes_from_text(damaged)))


_remembered_explaining = lru_cache(maxsize=4096)(_explaining_anew)


def explaining(damaged: str) -> tuple[int, ...]:
    r"""Return the numbers of the code pages that explain a span from end to end.

    >>> [code_pages()[number].name for number in explaining("Ă\xad")][:2]
    ['cp1250', 'iso-8859-2']
    """
    short = len(damaged) <= _REMEMBERED_LENGTH
    return _remembered_explaining(damaged) if short else _explaining_anew(damaged)
