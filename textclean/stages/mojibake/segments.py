"""Damaged segments: where UTF-8 was read through a code page, and how sure that is."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

from textclean.stages.mojibake.clear import NONE_CLEAR, Clear, page_of, pages_of, split_clear
from textclean.stages.mojibake.code_pages import UNITS, CodePage, code_pages, decode
from textclean.stages.mojibake.coherence import TYPOGRAPHIC
from textclean.stages.mojibake.pairs import OPENING_QUOTES, REVERSED_QUOTES
from textclean.stages.mojibake.reading import Reading, Verdict
from textclean.stages.mojibake.triage import Scan
from textclean.stages.mojibake.verdicts import verdict_on
from textclean.stages.mojibake.whole import FEWEST_RUNS, majority, read_lines

#: Characters on either side that a verdict may look at.
CONTEXT = 3
#: Runs up to this length, with their context, are judged once per process: damage repeats itself.
_REMEMBERED_LENGTH = 48
_REMEMBERED_RUNS = 40_000
_SHORT_SPAN = 12
#: Damaged spans, the first of a text, among which so many distinct ones are asked which code page
#: explains them.
_HEARD, _WITNESSES = 512, 32

_NON_ASCII = re.compile("[^\x00-\x7f]+")
#: How far a line is looked at, for the sake of texts that are one line.
_LINE_CONTEXT = 1000
_SOUND_SIGN = re.compile("(?<![^\x00-\x7f])[‘’“”–—](?![^\x00-\x7f])")
#: Share of a run's odd characters that a reading must explain; else the run is something else
#: (Thai or Korean read as Latin-1), and repairing a few characters makes it worse.
_MINIMUM_COVERAGE = 0.5
_MINIMUM_LONG_COVERAGE = 0.6
#: No sound text holds so many of these in a row: another encoding, read as Latin-1.
GARBLE = re.compile("[\xa1-\xff]{6}")


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


class Run(NamedTuple):
    """A run of non-ASCII characters, and the segments in it."""

    start: int
    segments: tuple[Segment, ...]


#: A verdict tells ASCII letters apart by case only, and digits not at all.
_SHAPES = str.maketrans(
    ascii_letters + digits,
    "a" * len(ascii_lowercase) + "A" * len(ascii_uppercase) + "0" * len(digits),
)


class _Judge(dict[str, tuple[Segment, ...]]):
    """The segments of runs under some code pages, by the run in its context.

    A key is a run between ``CONTEXT`` characters before it and at most as many after it, so
    it is known where in the key the run stands.
    """

    def __init__(self, pages: tuple[CodePage, ...]) -> None:
        super().__init__()
        self._pages = pages
        self._by_shape: dict[str, tuple[Segment, ...]] = {}

    def __missing__(self, key: str) -> tuple[Segment, ...]:
        if len(key) > _REMEMBERED_LENGTH:
            return self._judged(key)
        shape = key.translate(_SHAPES)
        segments = self._by_shape.get(shape)
        if len(self) >= _REMEMBERED_RUNS:
            self.clear()
            self._by_shape.clear()
        if segments is None:
            self._by_shape[shape] = segments = self._judged(shape)
        self[key] = segments
        return segments

    def _judged(self, key: str) -> tuple[Segment, ...]:
        match = _NON_ASCII.match(key, CONTEXT)
        end = match.end() if match else CONTEXT
        return _judge_run(key[:CONTEXT], key[CONTEXT:end], key[end:], self._pages)


_judge = lru_cache(maxsize=16)(_Judge)


class Found(NamedTuple):
    """What of a text is damaged, or may be.

    Attributes:
        clear: Runs beyond doubt.
        runs: The other runs that hold segments, and those.
    """

    clear: Clear
    runs: list[Run]

    def spans(self) -> list[tuple[int, int]]:
        """Return where all of it begins and ends, sorted."""
        spans = [
            (run.start + s.start, run.start + s.end) for run in self.runs for s in run.segments
        ]
        return sorted([*spans, *zip(self.clear.starts, self.clear.ends, strict=True)])


def find_segments(text: str, seen: Scan, proven: set[str]) -> Found:
    """Return the segments of a text that may be damaged, by the run they stand in.

    What is certain in one place settles the others: where the code page that explains most
    of the text explains a run as well as any other, the run is read through it.

    Args:
        text: The text.
        seen: What triage saw of it.
        proven: Names of code pages that are proven; those found certain here are added.

    >>> from textclean.stages.mojibake.triage import scan
    >>> text = "un dГ©clin"
    >>> find_segments(text, scan(text), set()).spans()
    [(4, 6)]
    """
    clear, rest = split_clear(text, seen)
    runs = _judged_runs(text, rest, code_pages())
    if found := _read_whole(text, seen, clear, rest, runs):
        proven.update(page_of(bits).name for bits in set(found.clear.explaining))
        return found
    segments = [segment for run in _distinct(runs) for segment in run]
    certain = [segment for segment in segments if segment.verdict is Verdict.CERTAIN]
    used = {segment.page for segment in certain}
    used |= {page_of(bits).name for bits in set(clear.explaining)}
    preferred = _preferred(_witnesses(text, clear, rest.starts, runs), used)
    proven.update(page.name for page in preferred)
    if len(certain) < len(segments) or len(used) > 1:
        preferred += tuple(p for p in code_pages() if p.name in proven and p not in preferred)
        if preferred:
            clear, rest, runs = _reopened(text, clear, rest, runs, preferred[0])
            runs = _settled(text, rest, runs, preferred)
    return Found(
        clear, [Run(start, run) for start, run in zip(rest.starts, runs, strict=True) if run]
    )


def _read_whole(
    text: str, seen: Scan, clear: Clear, rest: Scan, runs: Sequence[tuple[Segment, ...]]
) -> Found | None:
    """Read a text back line by line when one page explains most of it for certain.

    A run that looks sound by itself is left out of its line.
    """
    if len(seen.starts) < FEWEST_RUNS:
        return None
    whole = [
        run[0].page
        for run, *span in zip(runs, rest.starts, rest.ends, strict=True)
        if run and _is_whole(run, span, run[0].page)
    ]
    page = majority(clear, whole, len(seen.starts))
    if page is None:
        return None
    _, rest, runs = _reopened(text, clear, rest, list(runs), page)
    doubtful = [
        (start, end, run)
        for run, start, end in zip(runs, rest.starts, rest.ends, strict=True)
        if not _is_likely(run, end - start, page)
    ]
    left_out = {start for start, _, _ in doubtful}
    kept = [span for span in zip(seen.starts, seen.ends, strict=True) if span[0] not in left_out]
    starts, ends = zip(*kept, strict=True)
    if (lines := read_lines(text, Scan(seen.flags, starts, ends), page)) is None:
        return None
    starts, ends, runs = zip(*doubtful, strict=True) if doubtful else ((), (), ())
    settled = _settled(text, Scan(seen.flags, starts, ends), list(runs), (page,))
    return Found(lines, [Run(*one) for one in zip(starts, settled, strict=True) if one[1]])


def _is_likely(run: tuple[Segment, ...], length: int, page: CodePage) -> bool:
    """Whether all of a run can be read through a page, and none of it looks like a sound word."""
    likely = all(s.page == page.name and s.verdict >= Verdict.POSSIBLE for s in run)
    return likely and _covered(run) == length


def _witnesses(
    text: str, clear: Clear, starts: Sequence[int], runs: Sequence[tuple[Segment, ...]]
) -> dict[str, tuple[int, ...]]:
    """Return the first damaged spans that are certain, and the pages that explain each."""
    spans = islice(zip(clear.starts, clear.ends, clear.explaining, strict=True), _HEARD)
    heard = [(start, text[start:end], pages_of(bits)) for start, end, bits in spans]
    heard += [
        (start + segment.start, segment.damaged, None)
        for start, run in zip(starts, runs, strict=True)
        for segment in run
        if segment.verdict is Verdict.CERTAIN
    ]
    heard.sort(key=itemgetter(0))
    known = {damaged: pages for _, damaged, pages in reversed(heard[:_HEARD])}
    distinct = islice(dict.fromkeys(damaged for _, damaged, _ in heard[:_HEARD]), _WITNESSES)
    return {one: known[one] or _explaining(one) for one in distinct}


def _reopened(
    text: str,
    clear: Clear,
    rest: Scan,
    runs: list[tuple[Segment, ...]],
    best: CodePage,
) -> tuple[Clear, Scan, list[tuple[Segment, ...]]]:
    """Put the clear runs that another than the best page explains among the rest."""
    if all(page_of(bits) is best for bits in set(clear.explaining)):
        return clear, rest, runs
    columns = list(zip(*clear, strict=True))
    judged = list(zip(rest.starts, rest.ends, runs, strict=True))
    for start, end, bits, repaired in columns:
        if (page := page_of(bits)) is not best:
            damaged = text[start:end]
            segment = Segment(0, end - start, damaged, repaired, page.name, Verdict.CERTAIN)
            judged.append((start, end, (segment,)))
    kept = [column for column in columns if page_of(column[2]) is best]
    judged.sort(key=lambda item: item[0])
    starts, ends, again = zip(*judged, strict=True)
    clear = Clear(*map(list, zip(*kept, strict=True))) if kept else NONE_CLEAR
    return clear, Scan(rest.flags, starts, ends), list(again)


def _settled(
    text: str,
    seen: Scan,
    runs: list[tuple[Segment, ...]],
    preferred: tuple[CodePage, ...],
) -> list[tuple[Segment, ...]]:
    """Judge again, under the preferred pages, the runs that the best of them does not explain."""
    best = preferred[0].name
    spans = zip(runs, seen.starts, seen.ends, strict=True)
    open_ones = [n for n, (run, *span) in enumerate(spans) if not _is_whole(run, span, best)]
    starts = [seen.starts[number] for number in open_ones]
    ends = [seen.ends[number] for number in open_ones]
    again = _judged_runs(text, Scan(seen.flags, starts, ends), preferred)
    settled = runs.copy()
    for number, run in zip(open_ones, again, strict=True):
        if _covered(run) >= _covered(runs[number]):
            settled[number] = run
    return settled


def _is_whole(run: tuple[Segment, ...], span: Sequence[int], page: str) -> bool:
    """Whether a run is certain from end to end, through one page."""
    if not all(s.page == page and s.verdict is Verdict.CERTAIN for s in run):
        return False
    return _covered(run) == span[1] - span[0]


def _preferred(
    witnesses: dict[str, tuple[int, ...]], used: Collection[str]
) -> tuple[CodePage, ...]:
    """The pages that something is certain of, or that explain as much; the best first."""
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


def _explaining(damaged: str) -> tuple[int, ...]:
    short = len(damaged) <= _REMEMBERED_LENGTH
    return _remembered_explaining(damaged) if short else _explaining_anew(damaged)


def _covered(segments: Iterable[Segment]) -> int:
    return sum(segment.end - segment.start for segment in segments)


def _judged_runs(text: str, seen: Scan, pages: tuple[CodePage, ...]) -> list[tuple[Segment, ...]]:
    """Return the segments of each run that could be damaged."""
    judge = _judge(pages)
    spans = zip(seen.starts, seen.ends, strict=True)
    if seen.starts and seen.starts[0] < CONTEXT:
        text = " " * CONTEXT + text  # the start of a text is as good as a space
        runs = [judge[text[start : end + 2 * CONTEXT]] for start, end in spans]
        text = text[CONTEXT:]
    else:
        runs = [judge[text[start - CONTEXT : end + CONTEXT]] for start, end in spans]
    by_line = {id(run) for run in _distinct(runs) if _needs_line(run)}
    for number, run in enumerate(runs) if by_line else ():
        if id(run) in by_line:
            start = seen.starts[number]
            runs[number] = tuple(_settle_by_line(text, start, segment) for segment in run)
    return runs


def _distinct(runs: Iterable[tuple[Segment, ...]]) -> Iterable[tuple[Segment, ...]]:
    """Each run once, of those that are one object, as remembered ones are."""
    return {id(run): run for run in runs}.values()


def _needs_line(run: tuple[Segment, ...]) -> bool:
    return any(segment.verdict is Verdict.BY_LINE for segment in run)


def _settle_by_line(text: str, run_start: int, segment: Segment) -> Segment:
    """Decide by the line: is it sound otherwise, does ``Ã”`` end a quotation of a capital?"""
    if segment.verdict is not Verdict.BY_LINE:
        return segment
    start, end = run_start + segment.start, run_start + segment.end
    line = text[max(text.rfind("\n", 0, start) + 1, start - _LINE_CONTEXT, 0) : start]
    quote = text[end - 1]
    if (opening := OPENING_QUOTES.get(quote) or REVERSED_QUOTES.get(quote)) is not None:
        against = max(map(line.rfind, opening)) > line.rfind(quote)
    else:
        ends = text.find("\n", end, end + _LINE_CONTEXT)
        line += text[end : ends if ends >= 0 else end + _LINE_CONTEXT]
        against = _SOUND_SIGN.search(line) is not None
    return segment._replace(verdict=Verdict.POSSIBLE if against else Verdict.CERTAIN)


def _judge_run(
    before: str, run: str, after: str, pages: tuple[CodePage, ...]
) -> tuple[Segment, ...]:
    """Return the segments of a run of non-ASCII characters under its best code page."""
    best: tuple[Segment, ...] = ()
    best_score = (0, 0)
    odd = 0  # counted only for a run that is not explained from end to end
    for page in pages:
        as_bytes = page.bytes_from_text(run)
        spans = [match.span() for match in UNITS.finditer(as_bytes)]
        if not spans:
            continue
        covered = sum(end - start for start, end in spans)
        if covered < len(run):
            odd = odd or _odd_count(run)
            if _is_too_little(covered, odd) or _leaves_garble(run, spans):
                continue
        segments = tuple(_judge_spans(before, run, after, page, as_bytes, spans))
        covered = _covered(segments)
        if covered < len(run):
            odd = odd or _odd_count(run)
            if _is_too_little(covered, odd):
                continue
        sure = sum(s.end - s.start for s in segments if s.verdict >= Verdict.BY_LINE)
        if (sure, covered) > best_score:
            best, best_score = segments, (sure, covered)
        if sure == len(run):
            break
    return best


def _odd_count(run: str) -> int:
    """Count the characters that are no typography; 1 at least."""
    return sum(character not in TYPOGRAPHIC for character in run) or 1


def _is_too_little(covered: int, odd: int) -> bool:
    """Whether a reading explains so few of the odd characters that chance does as well."""
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
