"""The stage: triage, one round of all rules, rounds until nothing is left."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textclean.document import Document
from textclean.edits import Edit
from textclean.stage import Outcome, TextStage
from textclean.stages.mojibake import characters, residue, rounds, single, spaced, triage
from textclean.stages.mojibake.clear import Clear, Decoded, decode_all, page_of
from textclean.stages.mojibake.explained import ARROWS, is_explained
from textclean.stages.mojibake.found import Found, Proven
from textclean.stages.mojibake.reading import Verdict
from textclean.stages.mojibake.segments import find_segments
from textclean.stages.mojibake.surroundings import Surroundings
from textclean.stages.mojibake.triage import Flag, Scan, Scanned, scan_all

if TYPE_CHECKING:
    from textclean.kernels.arrays import Flags
    from textclean.kernels.columns import Columns

_CHAIN = "UTF-8 was read as {}: the bytes are read again, as UTF-8."
_REASONS = {
    "mojibake.utf8-as-cp1252": _CHAIN.format("Windows-1252 or Latin-1"),
    "mojibake.utf8-as-cp1250": _CHAIN.format("Windows-1250"),
    "mojibake.utf8-as-cp1251": _CHAIN.format("Windows-1251"),
    "mojibake.utf8-as-cp1253": _CHAIN.format("Windows-1253"),
    "mojibake.utf8-as-cp1254": _CHAIN.format("Windows-1254"),
    "mojibake.utf8-as-cp1257": _CHAIN.format("Windows-1257"),
    "mojibake.utf8-as-iso-8859-2": _CHAIN.format("ISO 8859-2"),
    "mojibake.utf8-as-macroman": _CHAIN.format("Mac Roman"),
    "mojibake.utf8-as-cp437": _CHAIN.format("code page 437 (DOS)"),
    single.C1: "A C1 control stood for the Windows-1252 character of the same byte.",
    spaced.LOST_NBSP: "A sequence whose byte A0 had become a plain space, or was cut off.",
    residue.LOST_QUOTE: "A quote or dash whose last byte was lost, told by its neighbors.",
    single.BOM: "A byte order mark inside the text.",
    single.CONTROL: "A control character that no text may hold.",
    single.NBSP: "A NO-BREAK SPACE that is no typography of the language.",
    **characters.REASONS,
}
_BESIDE_SPACE = re.compile(
    "(?<= )\xa0+ (?!\\Z)|(?<!\\A) \xa0+(?= \\Z)"  # between two: one of them goes, too
    "|\xa0(?:(?<=[\x00-\x7f]\xa0)(?= )|(?<= \xa0)(?=[\x00-\x7f]))|(?<=[\x00-\x7f]\xa0)\xa0+"
)
_REASON_OF_PAGE = {
    reason.removeprefix("mojibake.utf8-as-"): reason
    for reason in _REASONS
    if reason.startswith("mojibake.utf8-as-")
}
_PAGE_OF_REASON = {reason: page for page, reason in _REASON_OF_PAGE.items()}


class _Progress(rounds.Progress):
    """How far a text is, what is proven of it, and how many levels of damage are repaired."""

    __slots__ = ("language", "levels", "proven")

    def __init__(self, text: str, language: str | None) -> None:
        super().__init__(text)
        self.language = language
        self.proven = Proven()
        self.levels = 0


@dataclass(frozen=True, slots=True)
class RepairMojibake(TextStage):
    """Repair text that was decoded with the wrong encoding, where it is damaged.

    Of a text with more than 1,000 damaged runs, half of which are in doubt and different, only
    those beyond doubt are repaired: nobody writes so, and each takes long. The same with more than
    5,000 different ones in doubt that mostly stand there once (20,000 if they come again).

    Args:
        keep_nbsp: Leave every NO-BREAK SPACE of sound text as it is.
        characters: Other characters to make plain, none by default: ``"ligatures"``,
            ``"width"``, ``"quotes"``, ``"line-breaks"``, ``"surrogates"``.

    Raises:
        RecipeError: A name among the characters is unknown.

    >>> stage = RepairMojibake()
    >>> text = "The cafÃ© opens at nine."
    >>> stage.find_edits(text, "en")
    [Edit(start=7, end=9, replacement='é', reason='mojibake.utf8-as-cp1252')]
    """

    name: ClassVar[str] = "mojibake"
    reasons: ClassVar[Mapping[str, str]] = MappingProxyType(_REASONS)
    keep_nbsp: bool = False
    characters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        characters.check_characters(self.characters)

    def might_change(self, text: str) -> bool:
        """Triage at the speed of a scan: False only when no rule can fire."""
        return self._holds_characters(text) or bool(self._flagged([text], triage.scan_all([text])))

    def _holds_characters(self, text: str) -> bool:
        return bool(self.characters) and characters.holds_characters(text, self.characters)

    def triage(self, columns: "Columns", /) -> "Flags":
        """Tell which texts of a column a rule could touch."""
        ignored = Flag.NBSP if self.keep_nbsp else 0
        found: Flags = triage.column_flags(columns) & ~ignored != 0
        if self.characters:
            found |= [self._holds_characters(text) for text in columns.texts]
        return found

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document; several texts are scanned and decoded at once."""
        outcomes = [Outcome(document.text) for document in batch]
        texts = [document.text for document in batch]
        for first, last in triage.parted(texts):
            scanned = triage.scan_all(texts[first:last])
            numbers = self._flagged(texts[first:last], scanned)
            if not numbers:
                continue
            chosen = [batch[first + number] for number in numbers]
            progresses = [_Progress(document.text, document.language) for document in chosen]
            self._settle(progresses, scanned.only(numbers))
            for number, progress in zip(numbers, progresses, strict=True):
                if edits := progress.trimmed():
                    outcomes[first + number] = Outcome(progress.now, tuple(edits))
        return outcomes

    def process_untriaged(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document; every run beyond ASCII is judged by every rule."""
        outcomes = []
        for document in batch:
            progress = _Progress(document.text, document.language)
            scanned = triage.scan_nothing([document.text])
            self._settle([progress], scanned, triage.scan_nothing)
            edits = tuple(progress.trimmed())
            outcomes.append(Outcome(progress.now, edits) if edits else Outcome(document.text))
        return outcomes

    def find_edits(self, text: str, language: str | None) -> list[Edit]:
        """Return the edits of this text, sorted and disjoint."""
        progress = _Progress(text, language)
        self._settle([progress], triage.scan_all([text]))
        return progress.trimmed()

    def _flagged(self, texts: Sequence[str], scanned: Scanned) -> list[int]:
        """Return which texts a rule could touch."""
        ignored = triage.WEAK | (Flag.NBSP if self.keep_nbsp else 0)
        scans = enumerate(scanned.scans)
        return [n for n, seen in scans if seen.flags & ~ignored or self._holds_characters(texts[n])]

    def _settle(
        self,
        progresses: Sequence[_Progress],
        scanned: Scanned,
        scan: Callable[[Sequence[str]], Scanned] = scan_all,
    ) -> None:
        """Take texts to where no rule finds anything, given what triage saw of them."""
        seen = [scanned]

        def find(open_ones: Sequence[_Progress]) -> list[list[Edit]]:
            texts = [progress.now for progress in open_ones]
            now = seen.pop() if seen else scan(texts)
            columns = zip(open_ones, now.scans, decode_all(texts, now), strict=True)
            return [self._round(*each) for each in columns]

        rounds.repeat(progresses, find)
        for progress in progresses:
            if progress.levels >= rounds.MAXIMUM_ROUNDS:
                progress.give_up()

    def _round(self, progress: _Progress, seen: Scan, decoded: Decoded | None) -> list[Edit]:
        """One round; what is proven stays proven in the rounds that follow.

        A text is done when nothing is left even without what earlier rounds have proven:
        so the stage finds nothing in its own output.
        """
        if self.keep_nbsp:
            seen = seen._replace(flags=seen.flags & ~Flag.NBSP)
        if not seen.flags & ~triage.WEAK:
            return self._plain_characters(progress.now)
        found = self._find(progress, seen, decoded)
        if not found and progress.proven:
            progress.proven.clear()
            found = self._find(progress, seen, decoded)
        progress.levels += bool(found)
        return found or self._plain_characters(progress.now)

    def _plain_characters(self, text: str) -> list[Edit]:
        """Only where nothing is left to repair: a quote or wide character may be a byte."""
        if not self.characters:
            return []
        return rounds.disjoint(text, characters.find_characters(text, self.characters))

    def _find(self, progress: _Progress, seen: Scan, decoded: Decoded | None) -> list[Edit]:
        text = progress.now
        if known := residue.lost_sequences(text) if seen.flags & Flag.CANDIDATE else []:
            return known
        found = self._repairs(progress, seen, decoded) if seen.starts else []
        more: list[Edit] = []
        if seen.flags & residue.FLAGS:
            more = list(residue.find_residue(text, seen.flags, progress.proven))
        if not found and not more:  # only now: a control or NO-BREAK SPACE may be a byte
            language, keep_nbsp = progress.language, self.keep_nbsp
            more = list(single.find_single(text, seen.flags, language, keep_nbsp=keep_nbsp))
        return rounds.joined(text, found, more) if more else found

    def _repairs(self, progress: _Progress, seen: Scan, decoded: Decoded | None) -> list[Edit]:
        """Return the repairs of whole sequences, sorted and disjoint."""
        text = progress.now
        found = find_segments(text, seen, decoded, progress.proven)
        progress.levels += found.levels - 1
        repairs = list(self._repairs_in_doubt(text, found, progress.proven))
        starts, ends, explaining, repaired = found.clear
        if not self.keep_nbsp:
            starts, repaired = _closed_up(text, found.clear)
        reason_of = {bits: _REASON_OF_PAGE[page_of(bits).name] for bits in set(explaining)}
        reasons = [reason_of[bits] for bits in explaining]
        columns = zip(starts, ends, repaired, reasons, strict=True)
        in_doubt = bool(repairs)
        repairs += [tuple.__new__(Edit, column) for column in columns]  # in half the time
        if in_doubt:
            repairs.sort()
        if any(arrow in text for arrow in ARROWS):
            return [
                edit
                for edit in repairs
                if not is_explained(text, edit, _PAGE_OF_REASON[edit.reason])
            ]
        return repairs

    def _repairs_in_doubt(self, text: str, found: Found, proven: Proven) -> Iterator[Edit]:
        surroundings = found.surroundings or Surroundings(text, found)
        for run_start, segments in found.runs:
            for segment in segments:
                start, end, _, repaired, page, verdict = segment
                start += run_start
                end += run_start
                allowed = verdict is Verdict.CERTAIN
                allowed = allowed or (page in proven and surroundings.allow(segment, start, end))
                if not (allowed or surroundings.lack_letters_like(segment.damaged, start, end)):
                    continue
                if "\xa0" in repaired and not self.keep_nbsp:
                    start, repaired = _without_doubled_space(text, start, end, repaired)
                yield Edit(start, end, repaired, _REASON_OF_PAGE[page])


def _closed_up(text: str, clear: Clear) -> tuple[list[int], list[str]]:
    """Return where clear runs begin and what they were, without the doubled spaces."""
    starts, repaired = list(clear.starts), list(clear.repaired)
    for number, piece in enumerate(repaired):
        if "\xa0" in piece:
            start, end = starts[number], clear.ends[number]
            starts[number], repaired[number] = _without_doubled_space(text, start, end, piece)
    return starts, repaired


def _without_doubled_space(text: str, start: int, end: int, repaired: str) -> tuple[int, str]:
    r"""Drop the NO-BREAK SPACEs of a repair that stand beside a plain space.

    Not after a character beyond ASCII: there it may be a byte of a sequence, damaged twice.
    Between two plain spaces they take one along, so that the repair may begin one earlier.

    >>> _without_doubled_space("on Â\xa0time", 3, 5, "\xa0")
    (3, '')
    >>> _without_doubled_space("on Â\xa0 time", 3, 5, "\xa0")
    (2, '')
    """
    before, after = text[start - 1 : start] or "\n", text[end : end + 1] or "\n"
    if before == after == " " and not repaired.strip("\xa0"):
        return start - 1, ""
    return start, _BESIDE_SPACE.sub("", before + repaired + after)[1:-1]
