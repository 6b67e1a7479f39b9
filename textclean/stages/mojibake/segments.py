"""Damaged segments of a text: where UTF-8 was read through a code page, and how sure that is."""

from collections.abc import Iterable, Sequence
from itertools import islice
from operator import itemgetter

from textclean.stages.mojibake.clear import (
    MANY_RUNS,
    Clear,
    Decoded,
    of_rows,
    page_of,
    pages_of,
    split,
)
from textclean.stages.mojibake.code_pages import CodePage, code_pages, read_through
from textclean.stages.mojibake.found import Found, Proven, Run
from textclean.stages.mojibake.judge import Segment, distinct, judged_runs, settled
from textclean.stages.mojibake.preference import WITNESSES, explaining, preferred_pages
from textclean.stages.mojibake.reading import COMMON_SIGNS, Verdict
from textclean.stages.mojibake.triage import Scan
from textclean.stages.mojibake.whole import read_whole

#: Distinct runs in doubt above which a text was made to keep the judge busy, if most stand there
#: once. Half a megabyte of damaged news has some hundreds. A text with ``MANY_RUNS`` of which half
#: are such runs was made for that, too: of 2,800 in a declaration of human rights 126 are.
MOST_IN_DOUBT = 5_000
#: The same however often each stands there: large books have fewer.
_MOST_REPEATED = 4 * MOST_IN_DOUBT
#: Damaged spans, the first of a text, that witnesses are called from.
_HEARD = 512


def find_segments(text: str, seen: Scan, decoded: Decoded | None, proven: Proven) -> Found:
    """Return the segments of a text that may be damaged, by the run they stand in.

    Where more runs are in doubt than people write, those are all left alone.

    What is certain in one place settles the others: where the code page that explains most
    of the text explains a run as well as any other, the run is read through it.

    Args:
        text: The text.
        seen: What triage saw of it.
        decoded: What the kernel made of its runs, if it was asked.
        proven: The code pages that are proven; those found certain here are added.

    >>> from textclean.stages.mojibake.triage import scan
    >>> text = "un dГ©clin"
    >>> find_segments(text, scan(text), None, Proven()).spans()
    [(4, 6)]
    """
    if decoded is not None and _is_hostile(text, decoded):
        clear = split(seen, decoded)[0]
        proven.update(page_of(bits).name for bits in set(clear.explaining))
        return Found(clear, [])
    if whole := read_whole(text, seen, decoded):
        proven.update(page_of(bits).name for bits in set(whole.lines.explaining))
        runs = distinct(whole.runs)
        proven.update(s.page for run in runs for s in run if s.verdict is Verdict.CERTAIN)
        return whole.found()
    clear, rest = split(seen, decoded)
    levels = 1 if decoded is None else decoded.levels
    runs = judged_runs(text, rest, code_pages())
    segments = [segment for run in distinct(runs) for segment in run]
    certain = [segment for segment in segments if segment.verdict is Verdict.CERTAIN]
    used = {segment.page for segment in certain}
    used |= {page_of(bits).name for bits in set(clear.explaining)}

    def preferred_ones() -> tuple[CodePage, ...]:
        return preferred_pages(_witnesses(text, clear, rest.starts, runs), used)

    if len(certain) == len(segments) and len(used) <= 1:
        if used:
            proven.update_later(lambda: [page.name for page in preferred_ones()])
        return Found(clear, _with_segments(rest, runs), levels)
    preferred = preferred_ones()
    proven.update(page.name for page in preferred)
    preferred += tuple(p for p in code_pages() if p.name in proven and p not in preferred)
    if preferred:
        clear, rest, runs = _reopened(text, clear, rest, runs, preferred[0])
        runs = settled(text, rest, runs, preferred)
    return Found(clear, _with_segments(rest, runs), levels)


def _with_segments(rest: Scan, runs: Iterable[tuple[Segment, ...]]) -> list[Run]:
    """Return the runs that hold segments."""
    return [Run(start, run) for start, run in zip(rest.starts, runs, strict=True) if run]


def _is_hostile(text: str, decoded: Decoded) -> bool:
    """Whether more distinct runs are in doubt than in any text that people damaged."""
    runs = len(decoded.explaining)
    if runs <= min(MANY_RUNS, MOST_IN_DOUBT):
        return False
    is_open = decoded.explaining == 0
    spans = zip(*decoded.spans[:, is_open].tolist(), strict=True)
    distinct = len({text[start:end] for start, end in spans})
    if runs > MANY_RUNS and distinct * 2 > runs:
        return True
    if distinct <= MOST_IN_DOUBT:
        return False
    return distinct > _MOST_REPEATED or distinct * 2 > int(is_open.sum())


def _witnesses(
    text: str, clear: Clear, starts: Sequence[int], runs: Iterable[tuple[Segment, ...]]
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
    distinct = islice(dict.fromkeys(damaged for _, damaged, _ in heard[:_HEARD]), WITNESSES)
    return {one: known[one] or explaining(one) for one in distinct}


def _reopened(
    text: str,
    clear: Clear,
    rest: Scan,
    runs: list[tuple[Segment, ...]],
    best: CodePage,
) -> tuple[Clear, Scan, list[tuple[Segment, ...]]]:
    """Put the clear runs that another than the best page explains among the rest.

    But for single quotes, dashes and the like, which pages share: they are read through the best.
    """
    if all(page_of(bits) is best for bits in set(clear.explaining)):
        return clear, rest, runs
    judged = list(zip(rest.starts, rest.ends, runs, strict=True))
    kept: list[tuple[int, int, int, str]] = []
    for start, end, bits, repaired in zip(*clear, strict=True):
        damaged = text[start:end]
        is_sign = len(repaired) == 1 and COMMON_SIGNS.match(repaired)
        if (page := page_of(bits)) is best:
            kept.append((start, end, bits, repaired))
        elif is_sign and read_through(damaged, best.name) == repaired:
            kept.append((start, end, 1 << code_pages().index(best), repaired))
        else:
            segment = Segment(0, end - start, damaged, repaired, page.name, Verdict.CERTAIN)
            judged.append((start, end, (segment,)))
    if len(judged) == len(runs):
        return of_rows(kept), rest, runs
    judged.sort(key=lambda item: item[0])
    starts, ends, again = zip(*judged, strict=True)
    return of_rows(kept), Scan(rest.flags, starts, ends), list(again)
