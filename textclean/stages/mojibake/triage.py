"""Triage: what of a text the rules could touch, by a compiled scan or by patterns.

Both give the same answer. The patterns serve short texts, which need not wait for a compiler.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from textclean.kernels.jit import is_worth
from textclean.stages.mojibake.code_pages import CodePage, code_pages

if TYPE_CHECKING:
    from textclean.kernels.arrays import Counts, Spans
    from textclean.kernels.columns import Columns

#: To scan so many characters by patterns takes as long as loading the compiler.
COMPILED_LENGTH = 500_000
#: Characters scanned in one call: their bytes are copied for it, and should stay in the cache.
_BATCH_LENGTH = 200_000
#: Bytes of UTF-8 in a run that holds a candidate, at least.
_SHORTEST_RUN = 4


class Flag(IntEnum):
    """What a text holds; the numbers are those of ``kernels.mojibake``."""

    NBSP = 1
    C1 = 2
    LOST = 4
    BOM = 8
    CONTROL = 16
    CANDIDATE = 32  # a lead and its continuations
    STUMP = 64
    STRAY_A = 128
    A_GRAVE = 256
    SPACED = 512  # matters only where a code page is proven
    QUESTION = 1024  # in ``don?t``


#: Flags that no rule acts on by themselves.
WEAK = int(Flag.SPACED)

#: ``â€`` and the same through other pages: the two characters that are left of three.
STUMPS = (("âβā", "€"), ("в", "Ђ"), ("Γ", "Ç"))
#: Pages in which a lead before a plain space is told from a letter, once they are proven.
SPACED_PAGES = ("cp1252", "cp1257")
#: Leads after which a lost A0 makes a common letter: Å + A0 is Š, Î Π, Ð Р, Ù the digit zero.
SPACED_LEADS = (0xC5, 0xCE, 0xD0, 0xD9)
_SPACED_THREE = (0xE0, 0xE1, 0xE2, 0xE3)
_SPACED_FOUR = (0xF0,)


class Scan(NamedTuple):
    """What triage saw.

    Attributes:
        flags: Sum of ``Flag``.
        starts: Where the runs of non-ASCII characters begin that hold a candidate.
        ends: Where they end.
    """

    flags: int
    starts: Sequence[int]
    ends: Sequence[int]


#: Of a text that nothing was seen in.
NOTHING = Scan(0, [], [])


class Scanned(NamedTuple):
    """What triage saw of several texts.

    Attributes:
        scans: The same text by text.
        spans: ``int32[2, runs]``: where the runs of all texts begin and end, each in its own text;
            None where no array was made.
    """

    scans: list[Scan]
    spans: "Spans | None" = None

    def only(self, numbers: Sequence[int]) -> "Scanned":
        """Return what was seen of some texts, all those with runs among them."""
        return Scanned([self.scans[number] for number in numbers], self.spans)


def scan(text: str) -> Scan:
    """Scan one text.

    >>> scan("Sound – “text”.") == NOTHING
    True
    >>> scan("un dGâ dГ©clin")
    Scan(flags=32, starts=[8], ends=[10])
    """
    return scan_all([text]).scans[0]


def scan_all(texts: Sequence[str]) -> Scanned:
    """Scan several texts; of those that no rule could touch ``flags`` are 0, or weak.

    >>> [seen.flags for seen in scan_all(["Sound – “text”.", "dГ©clin", "I don?t"]).scans]
    [0, 32, 1024]
    """
    if is_worth(sum(map(len, texts)), COMPILED_LENGTH):
        return scan_compiled(texts)
    return Scanned([scan_by_patterns(text) for text in texts])


def scan_nothing(texts: Sequence[str]) -> Scanned:
    """Return a scan that leaves nothing out: all flags, and every run of non-ASCII characters.

    >>> scan_nothing(["dé – clin"]).scans[0].starts
    [1, 3]
    """
    everything = sum(Flag)
    runs = [[run.span() for run in _NON_ASCII.finditer(text)] for text in texts]
    spans = [([start for start, _ in found], [end for _, end in found]) for found in runs]
    return Scanned([Scan(everything, starts, ends) for starts, ends in spans])


def parted(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first of some texts and the one after the last, for texts to be scanned at once.

    >>> list(parted(["a", "b" * 300_000, "c", "d"]))
    [(0, 1), (1, 2), (2, 4)]
    """
    first = length = 0
    for number, text in enumerate(texts):
        if length + len(text) > _BATCH_LENGTH and first < number:
            yield first, number
            first, length = number, 0
        length += len(text)
    if texts:
        yield first, len(texts)


def column_flags(columns: "Columns") -> "Counts":
    """Return the same for a column of texts."""
    np, kernels, _, _ = _compiled()
    flags: Counts = np.zeros(len(columns), np.int64)
    kernels.scan_batch(columns.data, columns.words, columns.offsets, classes(), flags)
    return flags & ~WEAK


def scan_compiled(texts: Sequence[str]) -> Scanned:
    """Scan by the kernel."""
    np, kernels, flatten, words_of = _compiled()
    data, offsets = flatten(texts)
    flags, bounds = np.empty(len(texts), np.int64), np.empty(len(texts) + 1, np.int64)
    spans = np.empty((2, len(data) // _SHORTEST_RUN + 1), np.int32)
    kernels.scan_texts(data, words_of(data), offsets, classes(), flags, bounds, spans)
    spans = spans[:, : bounds[-1]]
    starts, ends = spans.tolist()
    scans, first = [], 0
    for seen, last in zip(flags.tolist(), bounds[1:].tolist(), strict=True):
        scans.append(Scan(seen, starts[first:last], ends[first:last]) if seen else NOTHING)
        first = last
    return Scanned(scans, spans)


@cache
def _compiled() -> tuple[Any, Any, Any, Any]:
    """NumPy, the kernels, and what makes arrays of texts."""
    import numpy as np

    from textclean.kernels import mojibake as kernels
    from textclean.kernels.plain import words_of
    from textclean.kernels.text import flatten

    return np, kernels, flatten, words_of


@cache
def classes() -> Any:
    """What each character can be, as the bits that the kernel reads."""
    np, kernels, _, _ = _compiled()
    entries = [0] * kernels.TABLE_SIZE
    for number, page in enumerate(code_pages()):
        for shift, characters in (
            (kernels.LEAD_OF_TWO, _characters(page, 0xC2, 0xDF)),
            (kernels.LEAD_OF_THREE, _characters(page, 0xE0, 0xEF)),
            (kernels.LEAD_OF_FOUR, _characters(page, 0xF0, 0xF3)),
            (kernels.CONTINUATION, _tails(page)),
        ):
            for character in characters:
                entries[ord(character)] |= 1 << shift + number
    for bit, characters in _bits(kernels):
        for character in characters:
            entries[ord(character)] |= 1 << bit
    return np.array(entries, np.uint64)


def _bits(kernels: Any) -> Iterator[tuple[int, str]]:
    for number, characters in enumerate(("\xa0", _C1, "\ufffd", "\ufeff")):
        yield kernels.ALONE_SHIFT + number, characters
    for number, (firsts, second) in enumerate(STUMPS):
        yield kernels.FIRSTS + number, firsts
        yield kernels.SECONDS + number, second
    yield kernels.STRAY, "Â"
    yield kernels.BEFORE_SPACE, "ÃГ"
    yield kernels.SPACED_TWO, _spaced(SPACED_LEADS)
    yield kernels.SPACED_THREE, _spaced(_SPACED_THREE)
    yield kernels.SPACED_FOUR, _spaced(_SPACED_FOUR)


_C1 = "".join(map(chr, range(0x80, 0xA0)))


def _characters(page: CodePage, first: int, last: int) -> str:
    """The characters that stand for a byte of that range in a page."""
    mapped = page.byte_map.items()
    return "".join(chr(point) for point, byte in mapped if first <= ord(byte) <= last)


def _tails(page: CodePage) -> str:
    """What stands for a continuation byte, or for one that was lost."""
    return _characters(page, 0x80, 0xBF) + "\ufffd"


def _spaced(leads: Sequence[int]) -> str:
    pages = [page for page in code_pages() if page.name in SPACED_PAGES]
    return "".join(page.characters[byte] for page in pages for byte in leads)


# --- the same by patterns


def scan_by_patterns(text: str) -> Scan:
    """Scan by patterns, one for each flag."""
    if not _any_flag().search(text):
        return NOTHING
    flags = sum(flag for flag, pattern in _patterns() if pattern.search(text))
    if not flags & Flag.CANDIDATE:
        return Scan(flags, [], [])
    search = _candidate().search
    runs = [run.span() for run in _NON_ASCII.finditer(text) if search(text, *run.span())]
    return Scan(flags, [start for start, _ in runs], [end for _, end in runs])


_FOLLOWS_STRAY_A = "(?<=Â)(?![A-Za-z\x80-\U0010ffff])"
#: One place is a plain space, the others are beyond ASCII.
_TWO = "(?:[^\x00-\x7f] | [^\x00-\x7f])"
_THREE = "(?:[^\x00-\x7f]{1,2} | [^\x00-\x7f])"
_NON_ASCII = re.compile("[^\x00-\x7f]+")


@cache
def _any_flag() -> re.Pattern[str]:
    """Whatever one of the patterns finds; it begins with one character class, as they do not.

    So ``re`` skips the rest of a text at the speed of a byte loop.
    """
    two, three, four = map(_spaced, (SPACED_LEADS, _SPACED_THREE, _SPACED_FOUR))
    leads = "".join(sorted({c for page in code_pages() for c in _characters(page, 0xC2, 0xF3)}))
    alone = "\xa0\x80-\x9f\ufffd\ufeff\x00-\x08\x0b\x0e-\x1f\x7f"
    follows = [f"(?<=[{alone}])", "(?<=n[?])t", _FOLLOWS_STRAY_A, "(?<=[ÃГ]) ", f"(?<=[{two}]) "]
    follows += [f"(?<=[{three}]){_TWO}", f"(?<=[{four}]){_THREE}", *_sequences()]
    follows += [f"(?<=[{firsts}]){second}" for firsts, second in STUMPS]
    return re.compile(f"[?{alone}ÃГÂ{re.escape(leads)}](?:{'|'.join(follows)})")


@cache
def _candidate() -> re.Pattern[str]:
    """A lead and its continuations, in one of the code pages."""
    leads = "".join(sorted({c for page in code_pages() for c in _characters(page, 0xC2, 0xF3)}))
    return re.compile(f"[{re.escape(leads)}](?:{'|'.join(_sequences())})")


@cache
def _sequences() -> tuple[str, ...]:
    """What follows a lead, with a lookbehind that tells which kind of lead it was."""
    follows: dict[str, None] = {}
    for page in code_pages():
        tail = f"[{re.escape(_tails(page))}]"
        for length, first, last in ((1, 0xC2, 0xDF), (2, 0xE0, 0xEF), (3, 0xF0, 0xF3)):
            lead = re.escape(_characters(page, first, last))
            follows[f"(?<=[{lead}]){tail}{{{length}}}"] = None
    return tuple(follows)


@cache
def _patterns() -> tuple[tuple[int, re.Pattern[str]], ...]:
    stumps = "|".join(f"[{firsts}]{second}" for firsts, second in STUMPS)
    two, three, four = map(_spaced, (SPACED_LEADS, _SPACED_THREE, _SPACED_FOUR))
    return tuple(
        (int(flag), re.compile(pattern))
        for flag, pattern in (
            (Flag.NBSP, "\xa0"),
            (Flag.C1, "[\x80-\x9f]"),
            (Flag.LOST, "\ufffd"),
            (Flag.BOM, "\ufeff"),
            (Flag.CONTROL, "[\x00-\x08\x0b\x0e-\x1f\x7f]"),
            (Flag.CANDIDATE, _candidate().pattern),
            (Flag.STUMP, stumps),
            (Flag.STRAY_A, "Â" + _FOLLOWS_STRAY_A),
            (Flag.A_GRAVE, "[ÃГ] "),
            (Flag.SPACED, f"[{two}] |[{three}]{_TWO}|[{four}]{_THREE}"),
            (Flag.QUESTION, "[?](?<=n[?])t"),
        )
    )
