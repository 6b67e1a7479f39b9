"""Texts that are damaged from end to end: read back line by line, not run by run.

Where one code page explains most of the damage for certain, one edit says so for all that stands in
a line between characters that are not damaged, or that could be a sound word.
"""

import re
from collections import Counter
from collections.abc import Iterable

from textclean.stages.mojibake.clear import Clear, compiled_lines, page_of
from textclean.stages.mojibake.code_pages import UNITS, CodePage, code_pages, decode
from textclean.stages.mojibake.triage import Scan

#: A text with fewer damaged runs is shown run by run.
FEWEST_RUNS = 64
#: What the kernel does not decide on: lost bytes, surrogates, leads of rare planes.
_UNDECIDED = re.compile("[\x1a\xf1-\xff]|\xed[\xa0-\xbf]")


def majority(clear: Clear, certain: Iterable[str], total: int) -> CodePage | None:
    """Return the page through which most of so many runs are certain from end to end.

    Args:
        clear: The runs beyond doubt.
        certain: The page of each other run that one page explains from end to end for certain.
        total: How many runs there are.

    >>> majority(Clear([], [], [], []), ["cp1251"] * 40, 64).name
    'cp1251'
    >>> majority(Clear([], [], [], []), ["cp1251"] * 30, 64) is None
    True
    """
    counts = Counter(certain)
    for bits, count in Counter(clear.explaining).items():
        counts[page_of(bits).name] += count
    for name, count in counts.most_common(1):
        if count * 2 > total:
            return next(page for page in code_pages() if page.name == name)
    return None


def read_lines(text: str, seen: Scan, page: CodePage) -> Clear | None:
    r"""Return the damaged parts of each line, read back; None when a run is not whole sequences.

    Runs with nothing but ASCII between them are one part.

    >>> text = "Ã¡ Ã©\nÃ­"
    >>> lines = read_lines(text, Scan(32, [0, 3, 6], [2, 5, 8]), code_pages()[0])
    >>> lines.starts, lines.ends, lines.repaired
    ([0, 6], [5, 8], ['á é', 'í'])
    """
    number = code_pages().index(page)
    if (found := compiled_lines(text, seen, number)) is not None:
        return found if found.starts else None
    starts: list[int] = []
    ends: list[int] = []
    pieces: list[list[str]] = []
    for start, end in zip(seen.starts, seen.ends, strict=True):
        as_bytes = page.bytes_from_text(text[start:end])
        if not UNITS.fullmatch(as_bytes) or _UNDECIDED.search(as_bytes):
            return None
        gap = text[ends[-1] : start] if ends else "\n"
        if "\n" in gap or not gap.isascii():
            starts.append(start)
            ends.append(end)
            pieces.append([decode(as_bytes)])
        else:
            ends[-1] = end
            pieces[-1] += (gap, decode(as_bytes))
    repaired = ["".join(line) for line in pieces]
    return Clear(starts, ends, [1 << number] * len(starts), repaired)
