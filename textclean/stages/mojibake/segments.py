"""Damaged segments: where UTF-8 was read through a code page, and how sure that is."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from textclean.stages.mojibake.code_pages import UNITS, CodePage, candidate, code_pages, decode
from textclean.stages.mojibake.coherence import TYPOGRAPHIC
from textclean.stages.mojibake.verdicts import (
    OPENING_QUOTES,
    Reading,
    Verdict,
    remembered_verdict_on,
    verdict_on,
)

#: Characters on either side that a verdict may look at.
CONTEXT = 3
#: Runs and spans up to this length are judged once per process: damage repeats itself.
_REMEMBERED_LENGTH = 12

_NON_ASCII = re.compile("[^\x00-\x7f]+")
#: How far a line is looked at, for the sake of texts that are one line.
_LINE_CONTEXT = 1000
_SOUND_SIGN = re.compile("(?<![^\x00-\x7f])[‘’“”–—](?![^\x00-\x7f])")
#: Share of a run's odd characters that a reading must explain; else the run is something else
#: (Thai or Korean read as Latin-1), and repairing a few characters makes it worse.
_MINIMUM_COVERAGE = 0.5
#: No sound text holds so many of these in a row: another encoding, read as Latin-1.
GARBLE = re.compile("[\xa1-\xff]{6}")


class Segment(NamedTuple):
    """A damaged span, what it was, and the code page it went through."""

    start: int
    end: int
    repaired: str
    page: str
    verdict: Verdict


def find_segments(text: str, proven: set[str]) -> list[Segment]:
    """Return the segments of a text that may be damaged, sorted and disjoint.

    What is certain in one place settles the others: where the code page that explains most
    of the text explains a run as well as any other, the run is read through it.

    Args:
        text: The text.
        proven: Names of code pages that are proven; those found certain here are added.

    >>> find_segments("un dГ©clin", set())[0][:4]
    (4, 6, 'é', 'cp1251')
    """
    runs = list(_judged_runs(text, code_pages()))
    segments = [segment for run in runs for segment in run]
    certain = [segment for segment in segments if segment.verdict is Verdict.CERTAIN]
    preferred = _preferred(text, certain)
    proven.update(page.name for page in preferred)
    if len(certain) == len(segments) and len({s.page for s in certain}) < 2:  # noqa: PLR2004 - agreed
        return segments
    preferred += tuple(p for p in code_pages() if p.name in proven and p not in preferred)
    if not preferred:
        return segments
    settled = _judged_runs(text, preferred)
    return [
        segment
        for run, again in zip(runs, settled, strict=True)
        for segment in (again if _covered(again) >= _covered(run) else run)
    ]


def _preferred(text: str, certain: Iterable[Segment]) -> tuple[CodePage, ...]:
    """The pages that something is certain of, or that explain as much; the best first."""
    damaged = {text[segment.start : segment.end] for segment in certain}
    used = {segment.page for segment in certain}
    explained = Counter[str]()
    for page in code_pages() if damaged else ():
        for one in damaged:
            if UNITS.fullmatch(page.bytes_from_text(one)):
                explained[page.name] += len(one)
    most = max(explained.values(), default=0)
    chosen = [p for p in code_pages() if p.name in used or 0 < most == explained[p.name]]
    return tuple(sorted(chosen, key=lambda page: -explained[page.name]))


def _covered(segments: Iterable[Segment]) -> int:
    return sum(segment.end - segment.start for segment in segments)


def _judged_runs(text: str, pages: tuple[CodePage, ...]) -> Iterator[list[Segment]]:
    """Yield the segments of each run of non-ASCII characters that could be damaged."""
    search = candidate().search
    reached = 0
    while match := search(text, reached):
        start, end = _run_around(text, match.start(), reached)
        before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
        judge = _judge_remembered if end - start <= _REMEMBERED_LENGTH else _judge_run
        yield [
            _settle_by_line(
                text, segment._replace(start=start + segment.start, end=start + segment.end)
            )
            for segment in judge(before, text[start:end], after, pages)
        ]
        reached = end


def _run_around(text: str, position: int, reached: int) -> tuple[int, int]:
    """The run of non-ASCII characters around a position, not before ``reached``."""
    start = position
    while start > reached and text[start - 1] > "\x7f":
        start -= 1
    run = _NON_ASCII.match(text, position)
    return start, run.end() if run else position + 1


def _settle_by_line(text: str, segment: Segment) -> Segment:
    """Decide by the line: is it sound otherwise, does ``Ã”`` end a quotation of a capital?"""
    if segment.verdict is not Verdict.BY_LINE:
        return segment
    start, end = segment.start, segment.end
    line = text[max(text.rfind("\n", 0, start) + 1, start - _LINE_CONTEXT, 0) : start]
    quote = text[end - 1]
    if quote in OPENING_QUOTES:
        against = max(map(line.rfind, OPENING_QUOTES[quote])) > line.rfind(quote)
    else:
        ends = text.find("\n", end, end + _LINE_CONTEXT)
        line += text[end : ends if ends >= 0 else end + _LINE_CONTEXT]
        against = _SOUND_SIGN.search(line) is not None
    return segment._replace(verdict=Verdict.POSSIBLE if against else Verdict.CERTAIN)


def _judge_run(
    before: str, run: str, after: str, pages: tuple[CodePage, ...]
) -> tuple[Segment, ...]:
    """Return the segments of a run of non-ASCII characters under its best code page."""
    odd = sum(character not in TYPOGRAPHIC for character in run)
    best: tuple[Segment, ...] = ()
    best_score = (0, 0)
    for page in pages:
        spans = [match.span() for match in UNITS.finditer(page.bytes_from_text(run))]
        covered = sum(end - start for start, end in spans)
        if not spans or covered < _MINIMUM_COVERAGE * odd or _leaves_garble(run, spans):
            continue
        segments = tuple(_judge_spans(before, run, after, page, spans))
        if _covered(segments) < _MINIMUM_COVERAGE * odd:
            continue
        score = (
            sum(s.end - s.start for s in segments if s.verdict >= Verdict.BY_LINE),
            sum(s.end - s.start for s in segments),
        )
        if score > best_score:
            best, best_score = segments, score
        if best_score[0] == len(run):
            break
    return best


def _leaves_garble(run: str, spans: list[tuple[int, int]]) -> bool:
    """Whether too much of a run stays unexplained."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(run)]
    gaps = zip(ends, starts, strict=True)
    return any(GARBLE.search(run, end, start) for end, start in gaps if start - end > CONTEXT)


_judge_remembered = lru_cache(maxsize=65536)(_judge_run)


def _judge_spans(
    before: str, run: str, after: str, page: CodePage, spans: list[tuple[int, int]]
) -> Iterator[Segment]:
    for start, end in spans:
        left = (before + run[max(0, start - CONTEXT) : start])[-CONTEXT:]
        right = (run[end : end + CONTEXT] + after)[:CONTEXT]
        repaired = decode(page.bytes_from_text(run[start:end]))
        judge = remembered_verdict_on if end - start <= _REMEMBERED_LENGTH else verdict_on
        verdict = judge(Reading(left, run[start:end], right, repaired), page)
        if verdict:
            yield Segment(start, end, repaired, page.name, verdict)
