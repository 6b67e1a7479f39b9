"""Cut a text into paragraphs, lines, sentences and tokens, with exact offsets.

Nothing here judges; every later module works on the ``Layout`` made here.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from textclean.stages.repetition.languages import (
    GUESS_WORDS,
    LanguageWords,
    guess_language,
    language_table,
)
from textclean.stages.repetition.segmenter import OTHER_SCRIPT, SCRIPT_LANGUAGES
from textclean.stages.repetition.sentences import POSSIBLE_END, find_sentences
from textclean.stages.repetition.tokens import (
    ALPHA,
    CAPITAL,
    DIGIT,
    HAS_DIGIT,
    SMALL,
    WIDE,
    Tokens,
    find_tokens,
)
from textclean.stages.repetition.units import Unit, rows_of, units_of

if TYPE_CHECKING:
    from textclean.kernels.arrays import Starts

#: Signs that make two equal word sequences different statements, with those that do so before a
#: figure only.
PLAIN_SIGNS = "%‰‱#@&+±<>=°?？؟$¢£¤¥\u20a0-\u20cf"
MAYBE_SIGN = re.compile(f"[{PLAIN_SIGNS}]|[−-](?=\\d)")

#: Words of the sequences by which repeats are looked for.
SEQUENCE = 4

#: Hard-wrapped prose: this share of lines within the width, and few that end a sentence.
WRAP_WIDTH = (45, 100)
WRAP_SHARE = 0.6
WRAP_MINIMUM_LINES = 6

#: The same, told by where lines end: at the width, or a little before it. Of the lines of real
#: verse and recipes up to 0.43 do so, of texts that mix prose with verse, code or headers up to
#: 0.84, of most wrapped prose more.
FILLED_SHARE = 0.85
FILL_SLACK = 2


@dataclass
class Layout:
    """One text, cut up. Lines are without their ends; sentences without white space around.

    Attributes:
        text: The text itself.
        language: As the document says; None when it does not.
        tokens: Its words, and characters of unspaced scripts.
        starts: Where each of them starts.
        ends: Where each ends.
        all_keys: What each is compared by.
        lines: The lines.
        line_rows: Those that hold a token, as ``rows_of``; only with the tokens' arrays.
        contents: What ``content.py`` found in sentences.
        introduced: Where it found introductions; None before it looked.
    """

    text: str
    language: str | None = None
    tokens: Tokens = field(init=False)
    starts: list[int] = field(init=False)
    ends: list[int] = field(init=False)
    all_keys: tuple[str, ...] = field(init=False)
    lines: list[Unit] = field(init=False)
    line_rows: "Starts" = field(init=False, repr=False)
    contents: dict[Unit, tuple[str, ...]] = field(init=False, default_factory=dict)
    introduced: list[int] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Find tokens and lines; the rest is found when asked for."""
        self.tokens = find_tokens(self.text)
        self.starts, self.ends, self.all_keys, *_ = self.tokens
        arrays = self.tokens.arrays
        if arrays is None:
            self.lines = list(self._cut_lines())
        else:
            from textclean.kernels.signs import sign_table
            from textclean.kernels.units import cut_lines

            rows = cut_lines(arrays.points, sign_table().entries, arrays.starts)
            self.lines = units_of(rows)
            self.line_rows = rows[rows[:, 2] < rows[:, 3]]

    @property
    def size(self) -> int:
        """Number of tokens."""
        return len(self.ends)

    def _cut_lines(self) -> Iterator[Unit]:
        start = first = 0
        for line, whole in zip(
            self.text.splitlines(), self.text.splitlines(keepends=True), strict=True
        ):
            last = bisect_left(self.starts, start + len(line), first)
            yield Unit(start, start + len(line), first, last)
            start, first = start + len(whole), last
            if len(line) == len(whole):
                return  # the last line has no end
        yield Unit(start, start, first, first)

    def unit(self, start: int, end: int) -> Unit:
        """Return the span as a unit with its tokens."""
        return Unit(start, end, bisect_left(self.starts, start), bisect_left(self.starts, end))

    def keys(self, unit: Unit) -> tuple[str, ...]:
        """Return the keys of a unit's tokens."""
        return self.all_keys[unit.first : unit.last]

    def slice(self, unit: Unit) -> str:
        """Return the unit as it stands."""
        return self.text[unit.start : unit.end]

    @cached_property
    def line_starts(self) -> list[int]:
        """Where each line starts."""
        return [line.start for line in self.lines]

    @cached_property
    def sequences(self) -> list[tuple[str, ...]]:
        """The sequence of ``SEQUENCE`` words that starts at each token, as far as there is one."""
        rows = (self.all_keys[number:] for number in range(SEQUENCE))
        return list(zip(*rows, strict=False))

    @cached_property
    def sentence_ends(self) -> list[int]:
        """For each token the number of the one behind its sentence; 0 outside sentences."""
        found = [0] * self.size
        for unit in self.sentences:
            found[unit.first : unit.last] = [unit.last] * unit.size
        return found

    @cached_property
    def figures(self) -> bytes:
        """For each token, whether it begins with a digit."""
        return self.tokens.having(DIGIT)

    @cached_property
    def capitals(self) -> bytes:
        """For each token, whether it begins with a capital."""
        return self.tokens.having(CAPITAL)

    @cached_property
    def smalls(self) -> bytes:
        """For each token, whether it begins with a small letter."""
        return self.tokens.having(SMALL)

    @cached_property
    def numerals(self) -> bytes:
        """For each token, whether there is a digit in it."""
        return self.tokens.having(HAS_DIGIT)

    @cached_property
    def letters(self) -> bytes:
        """For each token, whether it begins with a letter."""
        return self.tokens.having(ALPHA)

    @cached_property
    def unspaced(self) -> bytes:
        """For each token, whether it is of a script without spaces."""
        return self.tokens.having(WIDE)

    @cached_property
    def has_unspaced(self) -> bool:
        """Whether any token is of a script without spaces."""
        return 1 in self.unspaced

    @cached_property
    def maybe_signs(self) -> list[int]:
        """Where signs may stand that make equal words different statements."""
        return [match.start() for match in MAYBE_SIGN.finditer(self.text)]

    def sequences_of(self, unit: Unit) -> list[tuple[str, ...]]:
        """Return the sequences that lie in a unit."""
        return self.sequences[unit.first : max(unit.first, unit.last - SEQUENCE + 1)]

    @cached_property
    def standings(self) -> Counter[str]:
        """How often each word stands in the whole text."""
        arrays = self.tokens.arrays
        if arrays is None:
            return Counter(self.all_keys)
        import numpy as np

        times = np.bincount(arrays.numbers).tolist()
        return Counter(dict(zip(arrays.distinct, times, strict=True)))

    def places(self, keys: tuple[str, ...]) -> Iterator[int]:
        """Yield where a sequence of words starts, by its rarest word.

        >>> list(Layout("to be or not to be").places(("to", "be")))
        [0, 4]
        """
        offset = min(range(len(keys)), key=lambda number: self.standings[keys[number]])
        at, behind = -1, self.size - len(keys) + offset + 1
        for _ in range(self.standings[keys[offset]]):
            at = self.all_keys.index(keys[offset], at + 1)
            if (
                offset <= at < behind
                and self.all_keys[at - offset : at - offset + len(keys)] == keys
            ):
                yield at - offset

    def sentence_at(self, number: int) -> Unit:
        """Return the sentence that starts last at or before a token."""
        return self.sentences[bisect_right(self._sentence_firsts, number) - 1]

    @cached_property
    def _sentence_firsts(self) -> list[int]:
        return [unit.first for unit in self.sentences]

    @cached_property
    def words(self) -> LanguageWords:
        """What is known about the language: the document's own, or the guess."""
        if self.language is not None:
            row = language_table().get(self.language.split("-")[0].lower())
            return row if row is not None else LanguageWords(self.language)
        if self.size <= GUESS_WORDS:
            return guess_language(self.standings)
        return guess_language(Counter(self.all_keys[:GUESS_WORDS]))

    @cached_property
    def full_lines(self) -> list[Unit]:
        """The lines that hold a token."""
        return [line for line in self.lines if line[2] < line[3]]

    @cached_property
    def wrapped(self) -> bool:
        """Whether lines were broken at a width, so that a sentence runs across them."""
        full = self.full_lines
        if len(full) < WRAP_MINIMUM_LINES:
            return False
        low, high = WRAP_WIDTH
        ends = [end - 1 for start, end, _, _ in full if low <= end - start <= high]
        if len(ends) >= WRAP_SHARE * len(full):
            broken = sum([self.text[end].isalnum() for end in ends])
            if broken >= WRAP_SHARE * len(full):
                return True
        return self.filled

    @cached_property
    def filled(self) -> bool:
        """Whether lines end where the next word would not have fitted, as no verse does."""
        sizes = sorted([end - start for start, end, _, _ in self.full_lines])
        width = sizes[len(sizes) * 19 // 20] if sizes else 0  # headers and tables may be wider
        low, high = WRAP_WIDTH
        if not low <= width <= high:
            return False
        full = [
            line.end - line.start + 1 + self._first_word(after) > width - FILL_SLACK
            for block in self.blocks
            for line, after in pairwise(block)
            if not self.text[after.start].isspace()  # that begins a paragraph
        ]
        return len(full) >= WRAP_MINIMUM_LINES and sum(full) >= FILLED_SHARE * len(full)

    def _first_word(self, line: Unit) -> int:
        """Return the length of what stands before the first blank of a line."""
        return len(self.text[line.start : line.start + WRAP_WIDTH[1]].split(maxsplit=1)[0])

    @cached_property
    def blocks(self) -> list[list[Unit]]:
        """Lines that stand together, between blank ones."""
        found: list[list[Unit]] = [[]]
        for line in self.lines:
            start, end, first, last = line
            if first < last or (start < end and not self.text[start:end].isspace()):
                found[-1].append(line)
            elif found[-1]:
                found.append([])
        return [block for block in found if block]

    @cached_property
    def paragraphs(self) -> list[Unit]:
        """A line each; in hard-wrapped text, a block each."""
        if not self.wrapped:
            return self.full_lines
        units = (self.unit(block[0].start, block[-1].end) for block in self.blocks)
        return [unit for unit in units if unit.size]

    @cached_property
    def sentences(self) -> list[Unit]:
        """Sentences that hold a token, in order."""
        return find_sentences(self)

    @cached_property
    def sentence_rows(self) -> "Starts":
        """The sentences as ``rows_of``."""
        return rows_of(self.sentences)

    def pieces(self, sentence: Unit) -> list[Unit]:
        """Cut a sentence at everything that could be its end."""
        found: list[Unit] = []
        reached = sentence.start
        for match in POSSIBLE_END.finditer(self.text, sentence.start, sentence.end):
            found.append(self.stripped(reached, match.end()))
            reached = match.end()
        found.append(self.stripped(reached, sentence.end))
        return found

    def stripped(self, start: int, end: int) -> Unit:
        """Return a span without white space around as a unit."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return self.unit(start, end)

    def segmenter_language(self) -> str:
        """Return the language by whose rules sentences end."""
        if self.language is not None:
            return self.language.split("-")[0].lower()
        sample = self.text[:20_000]
        if not OTHER_SCRIPT.search(sample):
            return self.words.code if self.words.code != "und" else "en"
        counts = [(len(pattern.findall(sample)), code) for pattern, code in SCRIPT_LANGUAGES]
        count, code = max(counts)
        if count > len(sample) // 5:
            return code
        return self.words.code if self.words.code != "und" else "en"
