"""Find what a text states that must not get lost: the *facts* of ``facts.py``.

They are looked for around what may go, no further than the longest of them reaches.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout, Unit

#: Spans a reader can quote or follow. Each class excludes its own opening mark, so that a row
#: of unclosed marks is read once.
MARKED = re.compile(
    r"(?:https?://|www\.)[^\s<>\"“”«»]{1,2000}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}"
    r"|(?<!\w)[@#]\w{2,64}"
    r"|“[^“”\n]{1,600}”"
    r"|„[^„“”\n]{1,600}[“”]"
    r"|«[^«»\n]{1,600}»"
    r"|「[^「」\n]{1,300}」"
    r"|『[^『』\n]{1,300}』"
    r"|‘[^‘’\n]{2,300}’(?!\w)"
    # A straight mark opens after a blank and closes after none: pairing by count would take
    # what stands between two quotations for one.
    r"|(?<![^\s(\[\u2014])\"(?=[^\s\"])[^\"\n]{0,600}(?<=[^\s\"])\"(?!\w)",
)

#: What is in each of them.
MARK_SIGNS = ("://", "www.", "@", "#", "“", "„", "«", "「", "『", "‘", '"')

DIGIT = re.compile(r"\d")

#: No quotation and hardly an address is longer than this; no date and hardly a name than that.
REACH = 700
NEAR_REACH = 120

#: A day, month and year in one: losing the combination loses the date.
DATE = re.compile(
    r"(?<!\w)\d{1,2}(?:\.|st|nd|rd|th|º|er)? (?:de |of )?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}(?!\w)"
    r"|(?<!\w)[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?, \d{4}(?!\w)"
)

#: Longer runs of capitals are headlines or shouting; they are facts in pieces of this size.
MAXIMUM_NAME_WORDS = 8

#: What joins the words of a name: "Dunkin’ Donuts", "Jean-Luc".
NAME_GAPS = frozenset((" ", "\u00a0", "-", "’ ", "' "))

_APOSTROPHES = "'’ʼ"
_FLAT = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\t\n\r", " "))


def is_capitalized(word: str) -> bool:
    """Whether a word begins with a capital."""
    return word[0].isupper() or word[0].istitle()


class FactFinder:
    """Knows the facts around any place of a text.

    >>> finder = FactFinder(Layout("Rent rose to $1,200 in 2024. Anna Berg paid.", "en"))
    >>> [finder.flat[slice(*span)] for span in finder.touching(20, 35)]
    ['2024', 'Anna Berg']
    """

    def __init__(self, layout: Layout) -> None:
        """Know the text; nothing is looked for yet."""
        self._layout = layout

    @cached_property
    def flat(self) -> str:
        """The text with all white space as blanks, at the same offsets."""
        return self._layout.text.translate(_FLAT)

    @cached_property
    def lower_seen(self) -> set[str]:
        """Words that stand small somewhere."""
        text = self._layout.text
        pairs = zip(self._layout.starts, self._layout.all_keys, strict=True)
        return {key for start, key in pairs if text[start].islower()}

    def touching(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the spans of the facts that touch a span, in order."""
        near = self._layout.unit(max(0, start - NEAR_REACH), min(end + NEAR_REACH, len(self.flat)))
        found = {
            fact
            for facts in (self._marked(start, end), self._figures(near), self._names(near))
            for fact in facts
            if fact[0] < end and fact[1] > start
        }
        return sorted(found)

    def _marked(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield quotations, addresses and handles around a span, in its lines."""
        layout, text = self._layout, self._layout.text
        first = max(0, bisect_right(layout.line_starts, start) - 1)
        last = max(first, bisect_right(layout.line_starts, end) - 1)
        low = max(layout.lines[first].start, start - REACH)
        high = min(layout.lines[last].end, end + REACH)
        piece = text[low:high]
        if any(sign in piece for sign in MARK_SIGNS):
            for match in MARKED.finditer(text, low, high):
                yield match.span()

    def _figures(self, near: Unit) -> Iterator[tuple[int, int]]:
        if DIGIT.search(self.flat, near.start, near.end):
            for match in DATE.finditer(self.flat, near.start, near.end):
                yield match.span()
            yield from self._numbers(near)

    def _numbers(self, line: Unit) -> Iterator[tuple[int, int]]:
        """Yield figures with their sign and unit, and with the name before them: "Boeing 747"."""
        layout, text = self._layout, self.flat
        number = layout.numerals.find(1, line.first, line.last)
        while number >= 0:
            start, end = layout.starts[number], layout.ends[number]
            yield self._with_signs(number)
            if number and layout.capitals[number - 1]:
                before, after = layout.starts[number - 1], layout.ends[number - 1]
                if text[after:start] == " ":
                    yield before, end
            number = layout.numerals.find(1, number + 1, line.last)

    def _with_signs(self, number: int) -> tuple[int, int]:
        layout, text = self._layout, self.flat
        start, end = layout.starts[number], layout.ends[number]
        if start and unicodedata.category(text[start - 1]) == "Sc":
            start -= 1
        if start and text[start - 1] in "-−±" and text[max(0, start - 2) : start - 1] in ("", " "):
            start -= 1
        if end < len(text) and (text[end] in "%‰°" or unicodedata.category(text[end]) == "Sc"):
            return start, end + 1
        if number + 1 < layout.size:
            gap = text[end : layout.starts[number + 1]]
            if gap in (" ", "-") and layout.all_keys[number + 1] not in layout.words.function_words:
                return start, layout.ends[number + 1]
        return start, end

    def _names(self, line: Unit) -> Iterator[tuple[int, int]]:
        """Yield runs of capitalized words, with and without the small words inside them."""
        layout = self._layout
        number = layout.capitals.find(1, line.first, line.last)
        while number >= 0:
            reached = self._run_end(number, line.last)
            if reached > number + 1:
                yield from self._name_spans(
                    [
                        (layout.starts[each], self._without_possessive(each))
                        for each in range(number, reached)
                    ]
                )
            number = layout.capitals.find(1, reached, line.last)

    def _run_end(self, number: int, last: int) -> int:
        """Return the token behind the run of capitalized and joining words from a token on."""
        layout, text = self._layout, self._layout.text
        connectors = shared_words("connectors")
        end = min(last, number + MAXIMUM_NAME_WORDS)
        for each in range(number + 1, end):
            gap = text[layout.ends[each - 1] : layout.starts[each]]
            initial = layout.ends[each - 1] - layout.starts[each - 1] == 1
            if gap not in NAME_GAPS and not (gap == ". " and initial):
                return each
            if not layout.capitals[each] and layout.all_keys[each] not in connectors:
                return each
        return end

    def _without_possessive(self, number: int) -> int:
        """Cut "'s" off a word, so that "Sharif's" is one more standing of "Sharif"."""
        start, end = self._layout.starts[number], self._layout.ends[number]
        for mark in _APOSTROPHES:
            at = self.flat.find(mark, start, end)
            if at > start + 1 and end - at <= 3:  # noqa: PLR2004 - the mark and two letters
                return at
        return end

    def _name_spans(self, run: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        text = self.flat
        words = [(s, e) for s, e in run]
        if words and self._only_looks_capitalized(words[0], words[1:]):
            words = words[1:]
        while words and not is_capitalized(text[words[-1][0]]):
            words.pop()
        while words and not is_capitalized(text[words[0][0]]):
            words = words[1:]
        if len(words) < 2:  # noqa: PLR2004 - a name of two words or more
            return
        yield words[0][0], words[-1][1]
        piece: list[tuple[int, int]] = []
        for word in [*words, None]:
            if word is not None and is_capitalized(text[word[0]]):
                piece.append(word)
                continue
            if 2 <= len(piece) < len(words):  # noqa: PLR2004 - the same
                yield piece[0][0], piece[-1][1]
            piece = []

    def _only_looks_capitalized(
        self, word: tuple[int, int], others: Sequence[tuple[int, int]]
    ) -> bool:
        """Whether the first word of a run owes its capital to the start of a sentence.

        Of two words, it does when either stands small elsewhere.
        """
        start = word[0]
        before = self.flat[max(0, start - 3) : start].rstrip()
        starts = start == 0 or self._layout.text[start - 1] in "\n\r" or before[-1:] in '.!?:;-•*"“'
        if not starts or self._key(word) in self.lower_seen:
            return starts
        if len(others) == 1 and self._key(others[0]) not in self.lower_seen:
            return False
        return self._key(word) in self._layout.words.determiners

    def _key(self, word: tuple[int, int]) -> str:
        return self.flat[word[0] : word[1]].casefold()
