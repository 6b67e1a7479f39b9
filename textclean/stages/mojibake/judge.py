"""Judged runs: what each run of non-ASCII characters was, and how sure that is.

Each code page is tried; the one that explains most of a run for certain explains it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits, whitespace
from typing import NamedTuple

from textclean.stages.mojibake.code_pages import UNITS, CodePage, decode
from textclean.stages.mojibake.coherence import TYPOGRAPHIC
from textclean.stages.mojibake.pairs import OPENING_QUOTES, REVERSED_QUOTES
from textclean.stages.mojibake.reading import Reading, Verdict
from textclean.stages.mojibake.triage import Scan
from textclean.stages.mojibake.verdicts import verdict_on

#: Characters on either side that a verdict may look at.
CONTEXT = 3
#: Runs up to this length, with their context, are judged once per process: damage repeats itself.
_REMEMBERED_LENGTH = 48
_REMEMBERED_RUNS = 40_000
_SHORT_SPAN = 12
_NON_ASCII = re.compile("[^\x00-\x7f]+")
#: How far a line is looked at, for the sake of texts that are one line.
_LINE_CONTEXT = 1000
_SOUND_SIGN = re.compile("(?<![^\x00-\x7f])[‘’“”–—](?![^\x00-\x7f])")
#: Share of a run's odd characters that a reading must explain; else the run is something else
#: (Thai or Korean read as Latin-1), and repairing a few characters makes it worse.
_MINIMUM_COVERAGE = 0.5
_MINIMUM_LONG_COVERAGE = 0.6
#: No sound text holds so many of these in a row: another encoding, read as Latin-1.
GARBLE = re.compile("[\xa1-\xff][\xa1-\xff]{5}")  # (a class first: so most are skipped quickly)


class Segment(NamedTuple):
    """A damaged span, what it was, and the code page it went through.

    Attributes:
        start: Where it begins, from the start of its run.
        end: Where it ends, from the start of its run.
        damaged: What stands there.
        repaired: What it was.
        page: Name of the code page.
        verdict: How sure that is.
    """

    start: int
    end: int
    damaged: str
    repaired: str
    page: str
    verdict: Verdict


class _Read(NamedTuple):
    """What a run is through one code page.

    Attributes:
        segments: Its damaged spans.
        sure: How many characters are in those that are certain, or certain by their line.
        covered: How many characters are in them.
    """

    segments: tuple[Segment, ...]
    sure: int
    covered: int


_NOTHING = _Read((), 0, 0)

#: A verdict tells ASCII letters apart by case only, digits and blanks not at all.
_SHAPES = str.maketrans(
    ascii_letters + digits + whitespace,
    "a" * len(ascii_lowercase)
    + "A" * len(ascii_uppercase)
    + "0" * len(digits)
    + " " * len(whitespace),
)


def _shape(key: str) -> str:
    """Make keys equal whose verdicts are: nothing beyond the nearest blank counts.

    >>> _shape("ab Ã©s 1"), _shape("x2.Ã©Tom")
    ('   Ã©a  ', 'a0.Ã©Aaa')
    """
    key = key.translate(_SHAPES)
    before = key[:CONTEXT].rpartition(" ")[2].rjust(CONTEXT)
    return before + key[CONTEXT:].partition(" ")[0].ljust(len(key) - CONTEXT)


class _Judge(dict[str, tuple[Segment, ...]]):
    """The segments of runs under some code pages, by the run in its context.

    A key is a run between ``CONTEXT`` characters before it and at most as many after it, so
    it is known where in the key the run stands.
    """

    def __init__(self, pages: tuple[CodePage, ...]) -> None:
        super().__init__()
        self._judges = [_judge_through(page) for page in pages]
        self._by_shape: dict[str, tuple[Segment, ...]] = {}

    def __missing__(self, key: str) -> tuple[Segment, ...]:
        if len(key) > _REMEMBERED_LENGTH:
            return self._judged(key)
        shape = _shape(key)
        segments = self._by_shape.get(shape)
        if len(self) >= _REMEMBERED_RUNS:
            self.clear()
            self._by_shape.clear()
        if segments is None:
            self._by_shape[shape] = segments = self._judged(shape)
        self[key] = segments
        return segments

    def _judged(self, key: str) -> tuple[Segment, ...]:
        return _best(key, [judge.read for judge in self._judges])


class _PageJudge(dict[str, _Read]):
    """What runs are through one page, by the run in its context: several judges ask."""

    def __init__(self, page: CodePage) -> None:
        super().__init__()
        self._page = page

    def read(self, key: str) -> _Read:
        return self[key] if len(key) <= _REMEMBERED_LENGTH else _read_run(key, self._page)

    def __missing__(self, key: str) -> _Read:
        if len(self) >= _REMEMBERED_RUNS:
            self.clear()
        self[key] = read = _read_run(key, self._page)
        return read


_judge_through = lru_cache(maxsize=16)(_PageJudge)
judge_under = lru_cache(maxsize=16)(_Judge)


def forget() -> None:
    """Empty what this process remembers of damage: verdicts are the same without."""
    judge_under.cache_clear()
    _judge_through.cache_clear()
    _remembered_verdict_on.cache_clear()


def judged_runs(text: str, seen: Scan, pages: tuple[CodePage, ...]) -> list[tuple[Segment, ...]]:
    """Return the segments of each run that could be damaged.

    Args:
        text: The text.
        seen: Where its runs stand.
        pages: The code pages that are tried, in this order.
    """
    judge = judge_under(pages)
    spans = zip(seen.starts, seen.ends, strict=True)
    if seen.starts and seen.starts[0] < CONTEXT:
        text = " " * CONTEXT + text  # the start of a text is as good as a space
        runs = [judge[text[start : end + 2 * CONTEXT]] for start, end in spans]
        text = text[CONTEXT:]
    else:
        runs = [judge[text[start - CONTEXT : end + CONTEXT]] for start, end in spans]
    by_line = {id(run) for run in distinct(runs) if _needs_line(run)}
    for number, run in enumerate(runs) if by_line else ():
        if id(run) in by_line:
            start = seen.starts[number]
            runs[number] = tuple(_settle_by_line(text, start, segment) for segment in run)
    return runs


def judged_alone(run: str, pages: tuple[CodePage, ...]) -> tuple[Segment, ...]:
    """Return the segments of a short run between blanks; the rest of its line is not asked."""
    blanks = " " * CONTEXT
    return judge_under(pages)[blanks + run + blanks]


def settled(
    text: str,
    seen: Scan,
    runs: list[tuple[Segment, ...]],
    preferred: tuple[CodePage, ...],
) -> list[tuple[Segment, ...]]:
    """Judge again, under the preferred pages, the runs that the best of them does not explain.

    Args:
        text: The text.
        seen: Where its runs stand.
        runs: What they are under all pages.
        preferred: The pages, the best first.
    """
    best = preferred[0].name
    spans = zip(runs, seen.starts, seen.ends, strict=True)
    open_ones = [n for n, (run, *span) in enumerate(spans) if not is_whole(run, span, best)]
    starts = [seen.starts[number] for number in open_ones]
    ends = [seen.ends[number] for number in open_ones]
    again = judged_runs(text, Scan(seen.flags, starts, ends), preferred)
    settled = runs.copy()
    for number, run in zip(open_ones, again, strict=True):
        if covered_length(run) >= covered_length(runs[number]):
            settled[number] = run
    return settled


def is_whole(run: tuple[Segment, ...], span: Sequence[int], page: str) -> bool:
    """Return whether a run is certain from end to end, through one page."""
    if not all(s.page == page and s.verdict is Verdict.CERTAIN for s in run):
        return False
    return covered_length(run) == span[1] - span[0]


def covered_length(segments: Iterable[Segment]) -> int:
    """Return how many characters segments hold."""
    return sum(segment.end - segment.start for segment in segments)


def distinct(runs: Iterable[tuple[Segment, ...]]) -> Iterable[tuple[Segment, ...]]:
    """Return each run once, of those that are one object, as remembered ones are."""
    return {id(run): run for run in runs}.values()


def _needs_line(run: tuple[Segment, ...]) -> bool:
    return any(segment.verdict is Verdict.BY_LINE for segment in run)


def _settle_by_line(text: str, run_start: int, segment: Segment) -> Segment:
    """Decide by the line: is it sound otherwise, does ``Ã”`` end a quotation of a capital?"""
    if segment.verdict is not Verdict.BY_LINE:
        return segment
    start, end = run_start + segment.start, run_start + segment.end
    line = text[
        max(
            text.rfind("\n", max(0, start - _LINE_CONTEXT), start) + 1, start - _LINE_CONTEXT, 0
        ) : start
    ]
    quote = text[end - 1]
    if (opening := OPENING_QUOTES.get(quote) or REVERSED_QUOTES.get(quote)) is not None:
        against = max(map(line.rfind, opening)) > line.rfind(quote)
    else:
        ends = text.find("\n", end, end + _LINE_CONTEXT)
        line += text[end : ends if ends >= 0 else end + _LINE_CONTEXT]
        against = _SOUND_SIGN.search(line) is not None
    return segment._replace(verdict=Verdict.POSSIBLE if against else Verdict.CERTAIN)


def _best(key: str, readers: Iterable[Callable[[str], _Read]]) -> tuple[Segment, ...]:
    """Return the segments of the reading that explains most for certain, the first of several."""
    best = _NOTHING
    length = _end_of_run(key) - CONTEXT
    for read in readers:
        one = read(key)
        if (one.sure, one.covered) > (best.sure, best.covered):
            best = one
        if one.sure == length:
            break
    return best.segments


def _end_of_run(key: str) -> int:
    match = _NON_ASCII.match(key, CONTEXT)
    return match.end() if match else CONTEXT


def _read_run(key: str, page: CodePage) -> _Read:
    """Return the segments of a run of non-ASCII characters under a code page.

    Args:
        key: The run between ``CONTEXT`` characters before it and at most as many after it.
        page: The code page.
    """
    end = _end_of_run(key)
    run = key[CONTEXT:end]
    as_bytes = page.bytes_from_text(run)
    spans = [match.span() for match in UNITS.finditer(as_bytes)]
    if not spans:
        return _NOTHING
    covered = sum(end - start for start, end in spans)
    if covered < len(run) and (_is_too_little(covered, run) or _leaves_garble(run, spans)):
        return _NOTHING
    segments = tuple(_judge_spans(key[:CONTEXT], run, key[end:], page, as_bytes, spans))
    covered = covered_length(segments)
    if covered < len(run) and _is_too_little(covered, run):
        return _NOTHING
    sure = sum(s.end - s.start for s in segments if s.verdict >= Verdict.BY_LINE)
    return _Read(segments, sure, covered)


@lru_cache(maxsize=64)
def _odd_count(run: str) -> int:
    """Count the characters that are no typography; 1 at least."""
    return sum(character not in TYPOGRAPHIC for character in run) or 1


def _is_too_little(covered: int, run: str) -> bool:
    """Whether a reading explains so few of a run's odd characters that chance does as well."""
    odd = _odd_count(run)
    share = _MINIMUM_COVERAGE if odd <= 2 * CONTEXT else _MINIMUM_LONG_COVERAGE
    return covered < share * odd


def _leaves_garble(run: str, spans: list[tuple[int, int]]) -> bool:
    """Whether too much of a run stays unexplained."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(run)]
    gaps = zip(ends, starts, strict=True)
    return any(GARBLE.search(run, end, start) for end, start in gaps if start - end > CONTEXT)


#: For the spans of runs too long to be remembered themselves; hostile ones hold many alike.
_remembered_verdict_on = lru_cache(maxsize=4096)(verdict_on)


def _judge_spans(  # noqa: PLR0913, PLR0917 - a run, what surrounds it, and how it reads
    before: str,
    run: str,
    after: str,
    page: CodePage,
    as_bytes: str,
    spans: list[tuple[int, int]],
) -> Iterator[Segment]:
    for start, end in spans:
        left = (before + run[max(0, start - CONTEXT) : start])[-CONTEXT:]
        right = (run[end : end + CONTEXT] + after)[:CONTEXT]
        repaired = decode(as_bytes[start:end])
        repeats = end - start <= _SHORT_SPAN and len(run) > _REMEMBERED_LENGTH
        judge = _remembered_verdict_on if repeats else verdict_on
        verdict = judge(Reading(left, run[start:end], right, repaired), page)
        if verdict:
            yield Segment(start, end, run[start:end], repaired, page.name, verdict)
