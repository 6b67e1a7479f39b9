"""What stands around a damaged span: letters of the text's own language, and scripts."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from textclean.stages.mojibake.clear import page_of
from textclean.stages.mojibake.code_pages import stray_lead
from textclean.stages.mojibake.coherence import TYPOGRAPHIC, kind, scripts_of
from textclean.stages.mojibake.found import Found
from textclean.stages.mojibake.judge import Segment
from textclean.stages.mojibake.pairs import EWE_VOWELS
from textclean.stages.mojibake.reading import Verdict
from textclean.stages.mojibake.spaced import OWN_RING
from textclean.stages.mojibake.words import without_typography

#: Distinct characters outside of the damage that make a text from which its scripts can be told.
_FEWEST_CHARACTERS = 12
_PAIR = 2
_QUOTES = frozenset("“”„‘’‚«»‹›\"'")
#: Characters around a place, in a text without line ends.
_BLOCK = 1000
#: Characters around a word that tell whether it is one of many in capitals.
_NEAR = 12
_WORD = re.compile(r"[^\W\d_]{2,}")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_ASCII_LETTER = re.compile(b"[A-Za-z]")
#: Letters beyond ASCII that are words by themselves in some language.
WORDS_OF_A_LETTER = frozenset("àáâãäåæèéêìíîòóôõöøőùúûüāēīōūабвжзийікоусўэюяє")
#: Letters of Ewe besides ƒ; hardly a sentence of it does without them all.
_EWE = frozenset("ɛɔɖŋɣʋƐƆƉŊƔƲ")
#: But for ``ƒá``, ``ƒì``, ``ƒõ``, which mostly are ć, ē, ě: ``Petroviƒá``.
_EWE_SYLLABLE = re.compile(f"ƒ[{''.join(sorted(EWE_VOWELS - set('áìõ')))}]")


class Surroundings:
    """What stands around the damage: letters of the text's own language, and scripts.

    Args:
        text: The text.
        found: What of it is damaged; nothing but characters beyond ASCII.
        repaired: What its clear runs were, where ``found`` does not say.
    """

    def __init__(self, text: str, found: Found, repaired: Iterable[str] | None = None) -> None:
        self._text = text
        self._found = found
        self._clear_ones = found.clear.repaired if repaired is None else repaired
        self._strays: dict[tuple[str, str], bool] = {}
        self._is_proven_lead: dict[str, bool] = {}
        self._is_no_word: dict[tuple[str, str], bool] = {}
        self._scripts_beside: dict[int, frozenset[str]] = {}

    def allow(self, segment: Segment, start: int, end: int) -> bool:
        """Whether the rest of a text lets a segment be read through a page that is proven.

        One that looks like a word must be none: its letters stand nowhere else, no word of their
        script stands in the same line, and the text is written in the script of its reading.

        Args:
            segment: What may be read.
            start: Where it begins in the text.
            end: Where it ends in the text.
        """
        if segment.verdict is not Verdict.WORD:
            return segment.verdict > Verdict.WORD
        if self._stands_in_own_script(segment, start, end):
            return False
        if self._stands_in_capitals(segment, start, end):
            return False
        key = (segment.page, segment.damaged)
        if key not in self._is_no_word:
            readable = self._is_written_in(scripts_of(segment.repaired))
            self._is_no_word[key] = readable and self._are_foreign_to(segment)
        return self._is_no_word[key]

    def prove(self, words: Iterable[Segment]) -> None:
        """Take segments for certain, for all that is asked from now on."""
        for word in words:
            self._is_proven_lead.update(dict.fromkeys(word.damaged, True))
            self._read_scripts |= scripts_of(word.repaired)
        self._is_no_word = {key: True for key, is_none in self._is_no_word.items() if is_none}

    def lack_letters_like(self, damaged: str, start: int, end: int) -> bool:
        """Whether a lead of another alphabet stands in a text that has no other letter of it.

        Only of Cyrillic, and the ``ƒ`` of Ewe: single Greek letters stand in all kinds of text.
        """
        if len(damaged) != _PAIR:
            return False
        before, after = self._text[start - 1 : start], self._text[end : end + 1]
        if damaged[0] == "ƒ":
            is_in_word = before.isalpha() or after.isalpha()
            return is_in_word and not self._is_ewe and self._are_many()
        if scripts_of(damaged[0]) != {"CYRILLIC"}:
            return False
        if damaged[1] in "«»":  # by itself: the letter В may be spoken of
            is_spoken_of = before.isalnum() or before in _QUOTES
            stands_free = not is_spoken_of and (damaged[1] == "«" or not after.strip())
        elif damaged[1] == "\xa0":
            stands_free = before.isalpha() or after.isalpha()
        else:
            stands_free = damaged[1] not in TYPOGRAPHIC
        if not stands_free or "CYRILLIC" in self._outer_scripts:
            return False
        return "LATIN" in self._outer_scripts and self._are_many()

    def _stands_in_own_script(self, segment: Segment, start: int, end: int) -> bool:
        """Whether a letter would take the place of two in a word, or among words, of their script.

        ``Рік``, ``Її``, ``Её мать``. But ``РІ`` by itself is no word, and ``в`` is one.
        """
        script = kind(segment.damaged[0])[1:]
        if script == "LATIN" or len(segment.repaired) > 1:
            return False
        before, after = self._text[start - 1 : start], self._text[end : end + 1]
        if scripts_of(before + after) & {script}:
            return True
        if before.isalpha() or after.isalpha():
            return script in self._scripts_in_line(start)
        return segment.repaired.lower() not in WORDS_OF_A_LETTER and (
            script in self._scripts_in_line(start) or kind(segment.repaired)[1:] == "LATIN"
        )

    def _scripts_in_line(self, at: int) -> frozenset[str]:
        """The scripts of the sound words around a place, in its line: two letters at least."""
        block = at - at % _BLOCK
        first = self._text.rfind("\n", block, at) + 1 or block
        if first not in self._scripts_beside:
            last = self._text.find("\n", at, block + _BLOCK)
            last = block + _BLOCK if last < 0 else last
            words = _WORD.findall(self._sound(first, last))
            self._scripts_beside[first] = scripts_of("".join(words))
        return self._scripts_beside[first]

    def _sound(self, first: int, last: int) -> str:
        """What stands between two places and is not damaged; damage leaves a blank."""
        pieces = []
        for number in range(bisect_right(self._span_ends, first), len(self._span_ends)):
            start, end = self._spans[number]
            if start >= last:
                break
            pieces.append(self._text[first:start])
            first = end
        return " ".join([*pieces, self._text[first:last]])

    def _stands_in_capitals(self, segment: Segment, start: int, end: int) -> bool:
        """Whether capitals would be read as a small letter among capitals: ``PÄŤ BODOV``.

        Or as another capital, through a page that nothing is certain of: ``DĹŽKA``.
        """
        if not segment.damaged.isupper():
            return False
        before = self._text[start - 1 : start]
        if segment.repaired.isupper():
            is_among_capitals = (before + self._text[end : end + 1]).isupper()
            return is_among_capitals and segment.page not in self._certain_pages
        if not before.isupper():
            return False
        sides = self._text[max(0, start - _NEAR) : start], self._text[end : end + _NEAR]
        letters = ("".join(filter(str.isalpha, side)) for side in sides)
        return any(len(side) > _PAIR and side.isupper() for side in letters)

    def _are_foreign_to(self, segment: Segment) -> bool:
        """Whether the letters of a segment, or of its alphabet, stand nowhere else in the text."""
        lead, letters = segment.damaged[0], without_typography(segment.damaged[1:])
        if not letters.isalpha():  # ``ГОСТ Р–2015``, ``SÄ’``: is it a lead in another place?
            own = self._outer_scripts & (scripts_of(lead) - {"LATIN"})
            return not own and (
                self._is_in_certain_damage(lead)
                or (segment.damaged[1:] == "\xa0" and self._lacks_letter(lead))
            )
        return self._outside.isdisjoint(letters) or not self._is_stray(segment.page, lead)

    def _is_stray(self, page: str, lead: str) -> bool:
        """Whether a lead stands somewhere without a continuation."""
        key = (page, lead)
        if key not in self._strays:
            self._strays[key] = stray_lead(page, lead).search(self._text) is not None
        return self._strays[key]

    def _lacks_letter(self, lead: str) -> bool:
        """Whether no letter like the lead stands in the text: ``Å koda`` with a NO-BREAK SPACE."""
        return self._outside.isdisjoint({lead, lead.lower()}) and not (
            lead == "Å" and OWN_RING.search(self._text)
        )

    @cached_property
    def _is_ewe(self) -> bool:
        """Whether a text has other letters of Ewe, or its ``ƒ`` before its vowels."""
        return not self._outside.isdisjoint(_EWE) or _EWE_SYLLABLE.search(self._text) is not None

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return self._found.spans()

    @cached_property
    def _span_ends(self) -> list[int]:
        return [end for _, end in self._spans]

    @cached_property
    def _outside(self) -> frozenset[str]:
        """The characters beyond ASCII that stand outside of all damage."""
        damaged = sum(self._span_ends) - sum(start for start, _ in self._spans)
        if damaged == len(self._text) - len(self._in_ascii):
            return frozenset()
        ends = [0, *self._span_ends]
        starts = [*(start for start, _ in self._spans), len(self._text)]
        gaps = "".join(map(self._text.__getitem__, map(slice, ends, starts)))
        return frozenset() if gaps.isascii() else frozenset(_BEYOND_ASCII.findall(gaps))

    @cached_property
    def _in_ascii(self) -> bytes:
        """All of the text that is ASCII: none of it is damaged."""
        return self._text.encode("ascii", "ignore")

    def _are_many(self) -> bool:
        """Whether many different characters stand outside of all damage."""
        fewest = _FEWEST_CHARACTERS - len(self._outside)
        in_ascii = self._in_ascii
        return len(set(in_ascii[:_BLOCK])) >= fewest or len(set(in_ascii)) >= fewest

    def _is_written_in(self, scripts: frozenset[str]) -> bool:
        """Whether these stand outside of all damage, or in what was certainly repaired.

        That is read no farther than it takes.
        """
        if scripts <= {"LATIN"}:
            return True
        while not self._read_scripts >= scripts:
            piece = next(self._unread, None)
            if piece is None:
                return False
            self._read_scripts |= scripts_of(piece)
        return True

    @cached_property
    def _read_scripts(self) -> frozenset[str]:
        """The scripts that were met so far."""
        return self._outer_scripts | {"LATIN"}

    @cached_property
    def _unread(self) -> Iterator[str]:
        """What was certainly repaired, but for what was read for its scripts."""
        return chain(self._clear_ones, (segment.repaired for segment in self._certain))

    @cached_property
    def _certain(self) -> list[Segment]:
        segments = (segment for run in self._found.runs for segment in run.segments)
        return [segment for segment in segments if segment.verdict is Verdict.CERTAIN]

    @cached_property
    def _certain_pages(self) -> frozenset[str]:
        """The pages that something is certain of, not those that explain as much."""
        clear = {page_of(bits).name for bits in set(self._found.clear.explaining)}
        return frozenset(clear.union(segment.page for segment in self._certain))

    def _is_in_certain_damage(self, lead: str) -> bool:
        """Whether a lead stands in certain damage, where it is one: it is no continuation, too."""
        if lead not in self._is_proven_lead:
            spans = zip(self._found.clear.starts, self._found.clear.ends, strict=True)
            self._is_proven_lead[lead] = any(
                self._text.find(lead, start, end) >= 0 for start, end in spans
            ) or any(lead in segment.damaged for segment in self._certain)
        return self._is_proven_lead[lead]

    @cached_property
    def _outer_scripts(self) -> frozenset[str]:
        """The scripts of what stands outside of all damage."""
        beyond = scripts_of("".join(self._outside))
        return beyond | {"LATIN"} if _ASCII_LETTER.search(self._in_ascii) else beyond
