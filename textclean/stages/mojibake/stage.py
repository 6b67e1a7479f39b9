"""The stage: triage, one round of all rules, rounds until nothing is left."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar

from textclean.document import Document
from textclean.edits import Edit
from textclean.stage import Outcome, TextStage
from textclean.stages.mojibake import characters, residue, rounds, single, spaced, triage
from textclean.stages.mojibake.clear import page_of
from textclean.stages.mojibake.code_pages import stray_lead
from textclean.stages.mojibake.coherence import TYPOGRAPHIC, scripts_of
from textclean.stages.mojibake.judge import Segment
from textclean.stages.mojibake.reading import Verdict
from textclean.stages.mojibake.segments import Found, find_segments
from textclean.stages.mojibake.triage import Flag, Scan
from textclean.stages.mojibake.words import without_typography

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
#: Distinct characters outside of the damage that make a text from which its scripts can be told.
_FEWEST_CHARACTERS = 12
_PAIR = 2
_QUOTES = frozenset("“”„‘’‚«»‹›\"'")
#: Letters of Ewe besides ƒ; hardly a sentence of it does without them all.
_EWE = frozenset("ɛɔɖŋɣʋƐƆƉŊƔƲ")
_BESIDE_SPACE = re.compile(
    "\xa0(?:(?<=[\x00-\x7f]\xa0)(?= )|(?<= \xa0)(?=[\x00-\x7f]))|(?<=[\x00-\x7f]\xa0)\xa0+"
)
_REASON_OF_PAGE = {
    reason.removeprefix("mojibake.utf8-as-"): reason
    for reason in _REASONS
    if reason.startswith("mojibake.utf8-as-")
}


@dataclass(frozen=True, slots=True)
class RepairMojibake(TextStage):
    """Repair text that was decoded with the wrong encoding, where it is damaged.

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
        return self._holds_characters(text) or bool(self._seen(text).flags & ~Flag.SPACED)

    def _holds_characters(self, text: str) -> bool:
        return bool(self.characters) and characters.holds_characters(text, self.characters)

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document; the triage of the whole batch is one scan."""
        outcomes = [Outcome(document.text) for document in batch]
        flags = triage.flags_of([document.text for document in batch])
        ignored = Flag.NBSP if self.keep_nbsp else 0
        for number, (document, seen) in enumerate(zip(batch, flags, strict=True)):
            text = document.text
            if not seen & ~ignored and not self._holds_characters(text):
                continue
            repaired, edits = self._repaired(text, document.language)
            if edits:
                outcomes[number] = Outcome(repaired, tuple(edits))
        return outcomes

    def find_edits(self, text: str, language: str | None) -> list[Edit]:
        """Return the edits of this text, sorted and disjoint."""
        return self._repaired(text, language)[1]

    def _repaired(self, text: str, language: str | None) -> tuple[str, list[Edit]]:
        proven: set[str] = set()
        return rounds.repeat(text, lambda current: self._round(current, language, proven))

    def _seen(self, text: str) -> Scan:
        seen = triage.scan(text)
        return seen._replace(flags=seen.flags & ~Flag.NBSP) if self.keep_nbsp else seen

    def _round(self, text: str, language: str | None, proven: set[str]) -> list[Edit]:
        """One round; what is proven stays proven in the rounds that follow.

        A text is done when nothing is left even without what earlier rounds have proven:
        so the stage finds nothing in its own output.
        """
        seen = self._seen(text)
        if not seen.flags & ~triage.WEAK:
            return self._plain_characters(text)
        found = self._find(text, seen, language, proven)
        if not found and proven:
            proven.clear()
            found = self._find(text, seen, language, proven)
        return found or self._plain_characters(text)

    def _plain_characters(self, text: str) -> list[Edit]:
        """Only where nothing is left to repair: a quote or wide character may be a byte."""
        if not self.characters:
            return []
        return rounds.disjoint(text, characters.find_characters(text, self.characters))

    def _find(self, text: str, seen: Scan, language: str | None, proven: set[str]) -> list[Edit]:
        if known := residue.lost_sequences(text) if seen.flags & Flag.CANDIDATE else []:
            return known
        found = self._repairs(text, seen, proven) if seen.starts else []
        more = list(residue.find_residue(text, seen.flags, proven))
        if not found and not more:  # only now: a control or NO-BREAK SPACE may be a byte
            more = list(single.find_single(text, seen.flags, language, keep_nbsp=self.keep_nbsp))
        return rounds.joined(text, found, more)

    def _repairs(self, text: str, seen: Scan, proven: set[str]) -> list[Edit]:
        """Return the repairs of whole sequences, sorted and disjoint."""
        found = find_segments(text, seen, proven)
        repairs = list(self._repairs_in_doubt(text, found, proven))
        starts, ends, explaining, repaired = found.clear
        if not self.keep_nbsp:
            repaired = [
                _without_doubled_space(text, start, end, piece) if "\xa0" in piece else piece
                for start, end, piece in zip(starts, ends, repaired, strict=True)
            ]
        reason_of = {bits: _REASON_OF_PAGE[page_of(bits).name] for bits in set(explaining)}
        reasons = [reason_of[bits] for bits in explaining]
        columns = zip(starts, ends, repaired, reasons, strict=True)
        repairs += [tuple.__new__(Edit, column) for column in columns]  # in half the time
        repairs.sort()
        return repairs

    def _repairs_in_doubt(self, text: str, found: Found, proven: set[str]) -> Iterator[Edit]:
        surroundings = _Surroundings(text, found)
        for run_start, segments in found.runs:
            for segment in segments:
                start, end, _, repaired, page, verdict = segment
                start += run_start
                end += run_start
                allowed = verdict is Verdict.CERTAIN
                allowed = allowed or (page in proven and surroundings.allow(segment))
                if not (allowed or surroundings.lack_letters_like(segment.damaged, start, end)):
                    continue
                if "\xa0" in repaired and not self.keep_nbsp:
                    repaired = _without_doubled_space(text, start, end, repaired)
                yield Edit(start, end, repaired, _REASON_OF_PAGE[page])


class _Surroundings:
    """What stands around the damage: letters of the text's own language, and scripts."""

    def __init__(self, text: str, found: Found) -> None:
        self._text = text
        self._found = found
        self._is_stray: dict[tuple[str, str], bool] = {}
        self._is_no_word: dict[tuple[str, str], bool] = {}

    def allow(self, segment: Segment) -> bool:
        """Whether the rest of a text lets a segment be read through a page that is proven.

        One that looks like a word must be none: its letters stand nowhere else, and the text is
        written in the script of its reading.
        """
        if segment.verdict is not Verdict.WORD:
            return segment.verdict > Verdict.WORD
        key = (segment.page, segment.damaged)
        if key not in self._is_no_word:
            readable = self._scripts >= scripts_of(segment.repaired)
            self._is_no_word[key] = readable and self._are_foreign_to(segment)
        return self._is_no_word[key]

    def lack_letters_like(self, damaged: str, start: int, end: int) -> bool:
        """Whether a lead of another alphabet stands in a text that has no other letter of it.

        Only of Cyrillic, and the ``ƒ`` of Ewe: single Greek letters stand in all kinds of text.
        """
        if len(damaged) != _PAIR or len(self._outside) < _FEWEST_CHARACTERS:
            return False
        before, after = self._text[start - 1 : start], self._text[end : end + 1]
        if damaged[0] == "ƒ":
            return (before.isalpha() or after.isalpha()) and self._outside.isdisjoint(_EWE)
        if scripts_of(damaged[0]) != {"CYRILLIC"}:
            return False
        if damaged[1] in "«»":  # by itself: the letter В may be spoken of
            is_spoken_of = before.isalnum() or before in _QUOTES
            stands_free = not is_spoken_of and (damaged[1] == "«" or not after.strip())
        elif damaged[1] == "\xa0":
            stands_free = before.isalpha() or after.isalpha()
        else:
            stands_free = damaged[1] not in TYPOGRAPHIC
        return stands_free and "CYRILLIC" not in self._outer_scripts >= {"LATIN"}

    def _are_foreign_to(self, segment: Segment) -> bool:
        """Whether the letters of a segment, or of its alphabet, stand nowhere else in the text."""
        lead, letters = segment.damaged[0], without_typography(segment.damaged[1:])
        key = (segment.page, lead)
        if key not in self._is_stray:
            self._is_stray[key] = stray_lead(*key).search(self._text) is not None
        if not letters.isalpha():  # ``ГОСТ Р–2015``, ``SÄ’``: is it a lead in another place?
            own = self._outer_scripts & (scripts_of(lead) - {"LATIN"})
            return not own and self._is_in_certain_damage(lead)
        return not self._is_stray[key] or self._outside.isdisjoint(letters)

    @cached_property
    def _outside(self) -> frozenset[str]:
        """The characters that stand outside of all damage."""
        spans = self._found.spans()
        ends = [0, *(end for _, end in spans)]
        starts = [*(start for start, _ in spans), len(self._text)]
        gaps = zip(ends, starts, strict=True)
        return frozenset("".join(self._text[end:start] for end, start in gaps))

    @cached_property
    def _scripts(self) -> frozenset[str]:
        """The scripts outside of all damage, and in what was certainly repaired."""
        certain = {segment.repaired for segment in self._certain}
        repaired = scripts_of("".join({*self._found.clear.repaired, *certain}))
        return self._outer_scripts | repaired | {"LATIN"}

    @cached_property
    def _certain(self) -> list[Segment]:
        segments = (segment for run in self._found.runs for segment in run.segments)
        return [segment for segment in segments if segment.verdict is Verdict.CERTAIN]

    def _is_in_certain_damage(self, lead: str) -> bool:
        """Whether a lead stands in certain damage, where it is one: it is no continuation, too."""
        spans = zip(self._found.clear.starts, self._found.clear.ends, strict=True)
        if any(self._text.find(lead, start, end) >= 0 for start, end in spans):
            return True
        return any(lead in segment.damaged for segment in self._certain)

    @cached_property
    def _outer_scripts(self) -> frozenset[str]:
        return scripts_of("".join(self._outside))


def _without_doubled_space(text: str, start: int, end: int, repaired: str) -> str:
    r"""Drop the NO-BREAK SPACEs of a repair that stand beside a plain space.

    Not after a character beyond ASCII: there it may be a byte of a sequence, damaged twice.

    >>> _without_doubled_space("on Â\xa0time", 3, 5, "\xa0")
    ''
    """
    before, after = text[start - 1 : start] or "\n", text[end : end + 1] or "\n"
    return _BESIDE_SPACE.sub("", before + repaired + after)[1:-1]
