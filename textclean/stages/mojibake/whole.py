"""Texts that are damaged from end to end: read back line by line, not run by run.

Where one code page explains most of the damage for certain, one edit says so for all that stands in
a line between characters that are not damaged, or that could be a sound word.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import compress, islice
from typing import NamedTuple

from textclean.stages.mojibake.clear import FEWEST_RUNS, Clear, Decoded, decode_lines, split
from textclean.stages.mojibake.code_pages import UNITS, CodePage, code_pages, decode
from textclean.stages.mojibake.found import Found, Run
from textclean.stages.mojibake.judge import (
    Segment,
    covered_length,
    distinct,
    is_whole,
    judged_runs,
    settled,
)
from textclean.stages.mojibake.one_letter import possible_words, proven_words
from textclean.stages.mojibake.preference import WITNESSES, explaining, preferred_pages
from textclean.stages.mojibake.reading import Verdict
from textclean.stages.mojibake.surroundings import Surroundings
from textclean.stages.mojibake.triage import Scan, scan

#: What the kernel does not decide on: lost bytes, surrogates, leads of rare planes.
_UNDECIDED = re.compile("[\x1a\xf1-\xff]|\xed[\xa0-\xbf]")


class Whole(NamedTuple):
    """A text read back line by line.

    What is certain through another page stays out of the lines, and so does what looks sound.

    Attributes:
        lines: The damaged parts of the lines.
        left_out: Where runs stand that look sound by themselves, or are of another damage.
        runs: The segments of those.
        surroundings: What stands around all that.
    """

    lines: Clear
    left_out: Scan
    runs: list[tuple[Segment, ...]]
    surroundings: Surroundings

    def found(self) -> Found:
        """Return the same by place."""
        pairs = zip(self.left_out.starts, self.runs, strict=True)
        runs = [Run(start, run) for start, run in pairs if run]
        return Found(self.lines, runs, surroundings=self.surroundings)


def read_whole(text: str, seen: Scan, decoded: Decoded | None) -> Whole | None:
    """Read a text back line by line when one page explains most of its runs for certain.

    Args:
        text: The text.
        seen: What triage saw of it.
        decoded: What the kernel made of its runs, if it was asked.
    """
    if len(seen.starts) < FEWEST_RUNS:
        return None
    # Where nothing was left out, sound runs are among them, and say nothing of the damage.
    if len(scan(text).starts) < FEWEST_RUNS:
        return None
    page = _majority(text, seen, decoded)
    if page is None:
        return None
    number = code_pages().index(page)
    if decoded is None:
        unclear: Sequence[int] = range(len(seen.starts))
        sound: Sequence[int] = ()
    else:
        unclear, sound = decoded.not_through(number)
    words = possible_words(text, seen, unclear, page)
    among_words = {number: word for word, numbers in words.items() for number in numbers}
    left_out = _left_out(text, seen, [n for n in unclear if n not in among_words], page)
    apart = {**left_out, **{n: (word,) for n, word in among_words.items()}}
    surroundings = _surroundings(text, seen, page, apart, sound)
    if words:
        proven = proven_words(seen, words, surroundings)
        surroundings.prove(proven)
        left_out |= {n: (word,) for n, word in among_words.items() if word not in proven}
    numbers = sorted(left_out)
    lines = _read_lines(text, seen, decoded, [*numbers, *sound], page)
    runs = [left_out[number] for number in numbers]
    return lines and Whole(lines, _only(seen, numbers), runs, surroundings)


def _surroundings(
    text: str,
    seen: Scan,
    page: CodePage,
    apart: dict[int, tuple[Segment, ...]],
    sound: Sequence[int],
) -> Surroundings:
    """Return what stands around the damage if all runs but those apart are read through a page."""
    not_read = sorted([*apart, *sound])
    starts, ends = _without(seen.starts, not_read), _without(seen.ends, not_read)
    bits = [1 << code_pages().index(page)] * len(starts)
    runs = [Run(seen.starts[number], run) for number, run in apart.items()]
    damaged = (text[start:end] for start, end in zip(starts, ends, strict=True))
    repaired = (decode(page.bytes_from_text(one)) for one in damaged)
    return Surroundings(text, Found(Clear(starts, ends, bits, ()), runs), repaired)


def _without(places: Sequence[int], numbers: Sequence[int]) -> list[int]:
    """Return all places but those of some ascending numbers.

    >>> _without([5, 6, 7, 8], [1, 2])
    [5, 8]
    """
    kept = list(places)
    for number in reversed(numbers):
        del kept[number]
    return kept


def _left_out(
    text: str, seen: Scan, numbers: Sequence[int], page: CodePage
) -> dict[int, tuple[Segment, ...]]:
    """Return the runs that look sound, or went through another page, and their segments."""
    if not numbers:
        return {}
    judged = judged_runs(text, _only(seen, numbers), (page,))
    doubtful = {
        number: run
        for number, run in zip(numbers, judged, strict=True)
        if not is_whole(run, _span(seen, number), page.name)
    }
    under_all = judged_runs(text, _only(seen, list(doubtful)), code_pages())
    left_out = {
        number: run
        for number, run in zip(doubtful, under_all, strict=True)
        if not _is_likely(doubtful[number], _span(seen, number))
        or (run and is_whole(run, _span(seen, number), run[0].page))
    }
    runs = list(left_out.values())
    again = settled(text, _only(seen, list(left_out)), runs, (page, *_other_pages(runs, page)))
    return dict(zip(left_out, again, strict=True))


def _other_pages(runs: list[tuple[Segment, ...]], page: CodePage) -> Iterator[CodePage]:
    """Yield the pages that runs outside the lines went through, the best first."""
    certain = [s for run in distinct(runs) for s in run if s.verdict is Verdict.CERTAIN]
    spans = islice(dict.fromkeys(segment.damaged for segment in certain), WITNESSES)
    witnesses = {damaged: explaining(damaged) for damaged in spans}
    used = {segment.page for segment in certain}
    for other in preferred_pages(witnesses, used) if used else ():
        if other is not page:
            yield other


def _majority(text: str, seen: Scan, decoded: Decoded | None) -> CodePage | None:
    """Return the page through which most of the runs are certain from end to end."""
    counts = Counter() if decoded is None else decoded.counts()
    if (name := _most_of(counts, len(seen.starts))) is None:
        _, rest = split(seen, decoded)
        runs = judged_runs(text, rest, code_pages())
        for run, *span in zip(runs, rest.starts, rest.ends, strict=True):
            if run and is_whole(run, span, run[0].page):
                counts[run[0].page] += 1
        name = _most_of(counts, len(seen.starts))
    return next((page for page in code_pages() if page.name == name), None)


def _most_of(counts: Counter[str], total: int) -> str | None:
    """Return what is counted more often than in half of all cases.

    >>> _most_of(Counter({"cp1251": 40, "cp1252": 2}), 64)
    'cp1251'
    >>> _most_of(Counter({"cp1251": 30}), 64) is None
    True
    """
    return next((name for name, count in counts.most_common(1) if count * 2 > total), None)


def _only(seen: Scan, numbers: Sequence[int]) -> Scan:
    """Keep the runs of these numbers."""
    starts, ends = seen.starts, seen.ends
    return Scan(seen.flags, [starts[n] for n in numbers], [ends[n] for n in numbers])


def _span(seen: Scan, number: int) -> tuple[int, int]:
    return seen.starts[number], seen.ends[number]


def _is_likely(run: tuple[Segment, ...], span: tuple[int, int]) -> bool:
    """Whether all of a run may have been misread, and none of it looks like a sound word."""
    likely = all(segment.verdict >= Verdict.POSSIBLE for segment in run)
    return likely and covered_length(run) == span[1] - span[0]


def _read_lines(
    text: str, seen: Scan, decoded: Decoded | None, left_out: Sequence[int], page: CodePage
) -> Clear | None:
    r"""Return the damaged parts of each line, read back; None when a run is not whole sequences.

    Runs with nothing but ASCII between them are one part.

    >>> text = "Ã¡ Ã©\nÃ­ Ã"
    >>> lines = _read_lines(text, Scan(32, [0, 3, 6, 9], [2, 5, 8, 10]), None, [3], code_pages()[0])
    >>> lines.starts, lines.ends, lines.repaired
    ([0, 6], [5, 8], ['á é', 'í'])
    """
    number = code_pages().index(page)
    if decoded is not None:
        lines = decode_lines(decoded, left_out, number)
        return lines if lines.starts else None
    starts: list[int] = []
    ends: list[int] = []
    pieces: list[list[str]] = []
    is_read = [True] * len(seen.starts)
    for each in left_out:
        is_read[each] = False
    for start, end in compress(zip(seen.starts, seen.ends, strict=True), is_read):
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
