"""Runs that leave no doubt: the compiled shortcut of ``segments``, with the same verdict.

Most damage is of a few kinds, over and over. A kernel decodes what is certain of it; the careful
path judges the rest, and would judge these in the same way, as a test holds it to.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from textclean.stages.mojibake.code_pages import (
    CodePage,
    code_pages,
    implausible,
    needs_proof,
    never_meet,
    unassigned_count,
)
from textclean.stages.mojibake.coherence import TYPOGRAPHIC, is_letter, kind
from textclean.stages.mojibake.explained import ARROWS
from textclean.stages.mojibake.pairs import OPENING_QUOTES, REVERSED_QUOTES, ROOTS
from textclean.stages.mojibake.reading import COMMON_SIGNS, badness
from textclean.stages.mojibake.triage import Flag, Scan, Scanned
from textclean.stages.mojibake.words import TOUCHING

#: So many runs take as long to judge as the tables to make.
ENOUGH_RUNS = 4_000
#: What the kernels have in place of, and beside, the bits of code pages.
SOUND, UNKNOWN = 1 << 14, 1 << 15
#: The bits of code pages.
PAGES = SOUND - 1
#: The kernels decide how a text with more runs is judged: they are asked in any case.
MANY_RUNS = 1_000
#: A text with fewer damaged runs is shown run by run.
FEWEST_RUNS = 64
#: Flags beside which a text may be read twice in one round: no rule but that acts on them then.
_WHOLE_ONLY = int(Flag.CANDIDATE | Flag.NBSP | Flag.C1)
#: Letters that are filled in without a look at each: ideographs and Hangul syllables.
_EAST_ASIAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3))


class Clear(NamedTuple):
    """Runs beyond doubt, in the order of the text.

    Attributes:
        starts: Where they begin.
        ends: Where they end.
        explaining: A bit for each code page that explains them; they are read through the first.
            ``UNKNOWN`` is among the bits where another page cannot be told so.
        repaired: What they were.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    explaining: Sequence[int]
    repaired: Sequence[str]


NONE_CLEAR = Clear([], [], [], [])


class Decoded(NamedTuple):
    """What the kernel made of all runs of a text, as arrays.

    Attributes:
        points: ``uint32[n]``, the code points of the text.
        spans: ``int32[2, runs]``, where the runs begin and end.
        explaining: ``int32[runs]``: see ``Clear``; 0 for a run in doubt, ``SOUND`` for one in which
            nothing was misread.
        out: What the clear runs were, one after the other.
        bounds: ``int64[runs]``: where each run ends in ``out``.
        levels: How often the clear runs were read back.
    """

    points: Any
    spans: Any
    explaining: Any
    out: Any
    bounds: Any
    levels: int = 1

    def counts(self) -> Counter[str]:
        """Return how many runs are clear, by the name of the page they are read through."""
        counts: Counter[str] = Counter()
        for bits, count in Counter(self.explaining.tolist()).items():
            if bits & PAGES:
                counts[page_of(bits).name] += count
        return counts

    def not_through(self, number: int) -> tuple[list[int], list[int]]:
        """Return which runs are not beyond doubt through the page of a number, and the sound ones.

        The sound ones are not among the others.
        """
        is_sound = self.explaining == SOUND
        first = self.explaining & -self.explaining
        others = (first != 1 << number) & ~is_sound
        return others.nonzero()[0].tolist(), is_sound.nonzero()[0].tolist()


def decode_all(texts: Sequence[str], scanned: Scanned) -> list[Decoded | None]:
    """Decode what is beyond doubt of the runs that triage saw; None where there are none.

    None for all where it is not worth it.
    """
    decoded: list[Decoded | None] = [None] * len(texts)
    numbers = [number for number, seen in enumerate(scanned.scans) if seen.starts]
    scans = [scanned.scans[number] for number in numbers]
    counts = [len(seen.starts) for seen in scans]
    if not numbers or not (_is_worthwhile(sum(counts)) or max(counts) > MANY_RUNS):
        return decoded
    import numpy as np

    from textclean.kernels.misread_runs import clear_texts

    chosen = [texts[number] for number in numbers]
    points = np.frombuffer("".join(chosen).encode("utf-32-le", "surrogatepass"), np.uint32)
    bounds = np.zeros((2, len(chosen) + 1), np.int64)
    np.cumsum([[len(text) for text in chosen], counts], 1, out=bounds[:, 1:])
    spans, runs = _spans(scanned), int(bounds[1, -1])
    explaining, out = np.empty(runs, np.int32), np.empty(len(points), np.uint32)
    offsets = np.empty(runs + len(chosen), np.int64)
    may_be_deeper = [_may_be_deeper(*pair) for pair in zip(chosen, scans, strict=True)]
    levels = np.array(may_be_deeper, np.uint8)
    clear_texts(points, bounds, spans, _table(), explaining, out, offsets, levels)
    places = zip(*bounds.tolist(), strict=True)
    for text, ((start, first), (end, last)) in enumerate(pairwise(places)):
        decoded[numbers[text]] = Decoded(
            points[start:end],
            spans[:, first:last],
            explaining[first:last],
            out[start:end],
            offsets[first + text + 1 : last + text + 1],
            int(levels[text]),
        )
    return decoded


def decode_runs(text: str, seen: Scan) -> Decoded | None:
    """Do the same for one text."""
    return decode_all([text], Scanned([seen]))[0]


def _spans(scanned: Scanned) -> Any:
    """Return where all runs begin and end, as an array."""
    if scanned.spans is not None:
        return scanned.spans
    import numpy as np

    starts = [start for seen in scanned.scans for start in seen.starts]
    ends = [end for seen in scanned.scans for end in seen.ends]
    return np.array([starts, ends], np.int32)


def _may_be_deeper(text: str, seen: Scan) -> bool:
    """Whether the next round would do no more than decode again.

    What lost a byte is looked for in each round, and so is what a text explains.
    """
    if seen.flags & ~_WHOLE_ONLY or len(seen.starts) >= FEWEST_RUNS:
        return False
    return not any(arrow in text for arrow in ARROWS)


def split(seen: Scan, decoded: Decoded | None) -> tuple[Clear, Scan]:
    """Part what is beyond doubt of the runs that triage saw from the rest.

    >>> from textclean.stages.mojibake.triage import scan
    >>> seen = scan("cafÃ©")
    >>> clear, rest = split(seen, decode_runs("cafÃ©", seen))
    >>> sorted(clear.starts + list(rest.starts))
    [3]
    """
    if decoded is None:
        return NONE_CLEAR, seen
    explaining = decoded.explaining.tolist()
    pieces = _pieces(decoded.out, decoded.bounds.tolist())
    if 0 not in explaining and SOUND not in explaining:
        return Clear(seen.starts, seen.ends, explaining, pieces), seen._replace(starts=[], ends=[])
    rows = list(zip(seen.starts, seen.ends, explaining, pieces, strict=True))
    clear = [row for row in rows if row[2] & PAGES]
    in_doubt = [row[:2] for row in rows if not row[2]]
    starts, ends = [start for start, _ in in_doubt], [end for _, end in in_doubt]
    return of_rows(clear), seen._replace(starts=starts, ends=ends)


def of_rows(rows: list[tuple[int, int, int, str]]) -> Clear:
    """Return runs beyond doubt, given one by one."""
    return Clear(*map(list, zip(*rows, strict=True))) if rows else NONE_CLEAR


def decode_lines(decoded: Decoded, left_out: Sequence[int], number: int) -> Clear:
    """Return the damaged parts of lines read through a page; nothing when a run is not whole.

    Args:
        decoded: What the kernel made of a text.
        left_out: The runs that are not read.
        number: The number of the page.
    """
    import numpy as np

    from textclean.kernels import sequences

    is_read = np.ones(decoded.spans.shape[1], np.bool_)
    is_read[left_out] = False
    lines = np.empty((3, len(is_read)), np.int64)
    page, out = _table().bytes_of[number], np.empty(len(decoded.points), np.uint32)
    count = sequences.decode_lines(decoded.points, decoded.spans, is_read, page, out, lines)
    if not count:
        return NONE_CLEAR
    first, last, bounds = lines[:, :count].tolist()
    return Clear(first, last, [1 << number] * count, _pieces(out, bounds))


def _pieces(out: Any, ends: list[int]) -> list[str]:
    """Cut what a kernel decoded at the ends it gave, from 0 to the last."""
    decoded = out[: ends[-1]].tobytes().decode("utf-32-le", "surrogatepass")
    return [decoded[start:end] for start, end in pairwise([0, *ends])]


@cache
def page_of(explaining: int) -> CodePage:
    """Return the first of the code pages whose bits are set."""
    return code_pages()[(explaining & -explaining).bit_length() - 1]


@cache
def pages_of(explaining: int) -> tuple[int, ...] | None:
    """Return the numbers of all code pages whose bits are set; None where not all are known."""
    if explaining & UNKNOWN:
        return None
    return tuple(number for number in range(len(code_pages())) if explaining >> number & 1)


#: How many runs this process has met: it tells only how verdicts are reached, never which.
_met = [0]


def _is_worthwhile(runs: int) -> bool:
    """Whether the runs met so far would have repaid the tables."""
    if _met[0] < ENOUGH_RUNS:
        _met[0] += runs
    return _met[0] >= ENOUGH_RUNS


@cache
def _table() -> Any:
    """The tables of the kernel: a few hundredths of a second."""
    import numpy as np

    from textclean.kernels import misread
    from textclean.kernels.sequences import TABLE_SIZE

    pages = code_pages()
    bytes_of = np.zeros((len(pages), TABLE_SIZE), np.uint8)
    for number, page in enumerate(pages):
        for point, byte in page.byte_map.items():
            if byte >= "\x80":
                bytes_of[number, point] = ord(byte)
    characters = sorted({chr(p) for page in pages for p, b in page.byte_map.items() if b >= "\x80"})
    places = np.zeros(TABLE_SIZE, np.uint16)
    for place, character in enumerate(characters, 1):
        places[ord(character)] = place
    pairs = np.zeros((len(characters) + 1, len(characters) + 1), np.uint8)
    for pair in never_meet():
        if pair[0] != "ƒ":  # of Ewe: see the verdicts
            pairs[places[ord(pair[0])], places[ord(pair[1])]] = misread.NEVER_MEET
    after_capitals = {*REVERSED_QUOTES, "…"}
    for pair in _unsound_pairs(pages):
        pairs[places[ord(pair[0])], places[ord(pair[1])]] = (
            misread.SOUND_AFTER_CAPITAL if pair[1] in after_capitals else misread.NEVER_SOUND
        )
    for pair in needs_proof():
        pairs[places[ord(pair[0])], places[ord(pair[1])]] = misread.MAY_BE_MEANT
    touches_words = np.zeros(TABLE_SIZE, np.uint8)
    touches_words[[ord(character) for character in TOUCHING]] = 1
    touches_words[[ord(character) for character in TYPOGRAPHIC]] = misread.TYPOGRAPHIC
    return misread.MisreadTable(bytes_of, _kinds(), _shapes(), places, pairs, touches_words)


def _unsound_pairs(pages: Iterable[CodePage]) -> Iterable[str]:
    """The pairs of a lead and a continuation that ftfy's pattern finds, whatever stands around.

    But for those that the verdict on a pair looks at more closely.
    """
    is_unsound = badness().search
    for page in pages:
        leads = [chr(p) for p, byte in page.byte_map.items() if "\xc2" <= byte <= "\xf3"]
        tails = [chr(p) for p, byte in page.byte_map.items() if "\x80" <= byte <= "\xbf"]
        for lead in leads:
            for tail in tails:
                pair = lead + tail
                doubtful = lead in "ƒ“”‘’" or tail in OPENING_QUOTES or pair in needs_proof()
                doubtful |= pair == "Å³" or pair in ROOTS  # also a cubed unit, a formula
                if not doubtful and tail != "\xa0" and is_unsound(pair):
                    yield pair


def _kinds() -> Any:
    """What each code point is."""
    import numpy as np

    from textclean.kernels import misread

    kinds = np.zeros(misread.KINDS_SIZE, np.uint8)
    scripts = {"CJK": misread.SCRIPT, "CYRILLIC": misread.CYRILLIC}
    for first, last in _EAST_ASIAN:
        kinds[first : last + 1] = misread.SCRIPT
    for point in np.flatnonzero(kinds == 0).tolist():
        character = chr(point)
        if implausible().match(character) or unassigned_count(character):
            continue
        kinds[point] = _kind(character, scripts)
    return kinds


def _shapes() -> Any:
    """What each code point is, whatever its script."""
    import numpy as np

    from textclean.kernels import misread

    shapes = {"U": misread.CAPITAL, "l": misread.SMALL, "s": misread.SIGN}
    kinds = (kind(chr(point)) for point in range(misread.KINDS_SIZE))
    return np.array([shapes.get(one[:1], 0) for one in kinds], np.uint8)


def _kind(character: str, scripts: dict[str, int]) -> int:
    from textclean.kernels import misread

    what = kind(character)
    if is_letter(what):
        if what[1:] == "LATIN" and what[0] in "Ul":
            return misread.SMALL if what[0] == "l" else misread.CAPITAL
        return scripts.setdefault(what[1:], misread.SCRIPT + len(scripts))
    if what == "mark":
        return misread.MARK
    return misread.COMMON_SIGN if COMMON_SIGNS.fullmatch(character) else misread.OTHER
