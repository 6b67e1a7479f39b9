"""Cut a text into paragraphs, lines, sentences and tokens, with exact offsets.

Nothing here judges; every later module works on the ``Layout`` made here.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING

from textclean.kernels.jit import is_compiled
from textclean.kernels.line_kinds import FILLED, PROTECTED, WRAPPED
from textclean.kernels.thresholds import GUESS_TEXT
from textclean.stages.repetition.cutting import cut
from textclean.stages.repetition.languages import (
    LanguageWords,
    guess_language,
    language_table,
)
from textclean.stages.repetition.lazy import Lazy
from textclean.stages.repetition.marks import (
    MAYBE_SIGN,
    POSSIBLE_END,
)
from textclean.stages.repetition.places import find_places
from textclean.stages.repetition.sentences import find_sentences
from textclean.stages.repetition.tokens import (
    ALPHA,
    CAPITAL,
    DIGIT,
    FIGURE,
    HAS_DIGIT,
    SMALL,
    WIDE,
    Tokens,
    having,
    plain_tokens,
)
from textclean.stages.repetition.units import Unit, Units
from textclean.stages.repetition.vocabulary import language_of, listed_among
from textclean.stages.repetition.wrapping import is_filled, is_wrapped

if TYPE_CHECKING:
    from textclean.kernels.arrays import Starts
    from textclean.kernels.arrays import Words as Codes
    from textclean.kernels.cutting import Cut
    from textclean.stages.repetition.content import ContentMarks

#: Words of the sequences by which repeats are looked for.
SEQUENCE = 4


@dataclass
class Layout:
    """One text, cut up. Lines are without their ends; sentences without white space around.

    Attributes:
        text: The text itself.
        language: As the document says; None when it does not.
        points: Its code points, ``uint32[n]``; None without kernels.
        arrays: What they find in it: words, and characters of unspaced scripts, and lines.
        contents: What ``content.py`` found in sentences, and in their tokens.
        bags: The former in the order of ``order.py``.
        marks: What ``near.py`` found in sentences.
        content_marks: The latter; None before it looked.
        introduced: Where it found introductions; None before it looked.
        formulaic: What ``formula.py`` found; None before it looked.
        instructing: What ``meant.py`` found; None before it looked.
        turns: The same.
        openings: What ``exact.py`` found; None before it looked.
    """

    text: str
    language: str | None = None
    points: "Codes | None" = field(init=False, repr=False, default=None)
    arrays: "Cut | None" = field(init=False, repr=False, default=None)
    contents: dict[Unit, tuple[str, ...]] = field(init=False, default_factory=dict)
    bags: dict[Unit, tuple[str, ...]] = field(init=False, default_factory=dict)
    marks: dict[Unit, tuple[list[str], list[str]]] = field(init=False, default_factory=dict)
    content_marks: "ContentMarks | None" = field(init=False, default=None)
    introduced: list[int] | None = field(init=False, default=None)
    formulaic: bool | None = field(init=False, default=None)
    instructing: bool | None = field(init=False, default=None)
    turns: Counter[str | None] | None = field(init=False, default=None)
    openings: dict[tuple[str, ...], list[Unit]] | None = field(init=False, default=None)
    _places: dict[tuple[str, ...], list[int]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Find the tokens; the rest is found when asked for."""
        if is_compiled():
            self.points, self.arrays = cut(self.text)

    @Lazy
    def _plain(self) -> Tokens:
        return plain_tokens(self.text)

    @Lazy
    def starts(self) -> list[int]:
        """Where each token starts."""
        return self._plain.starts if self.arrays is None else self.arrays.starts.tolist()

    @Lazy
    def ends(self) -> list[int]:
        """Where each token ends."""
        return self._plain.ends if self.arrays is None else self.arrays.ends.tolist()

    @Lazy
    def all_keys(self) -> tuple[str, ...]:
        """What each token is compared by."""
        if self.arrays is None:
            return self._plain.keys
        import numpy as np

        # One object for all standings of a word: equal ones are told apart without a look at them.
        words = np.array(self.distinct, np.object_)
        return tuple(words[self.arrays.numbers].tolist())

    @Lazy
    def distinct(self) -> list[str]:
        """What there is in ``all_keys``, in the order in which it stands first; with arrays."""
        if self.arrays is None or not self.size:
            return []
        folded = self.arrays.folded[:-1].tobytes()
        return folded.decode("utf-32-le", "surrogatepass").split("\n")

    @Lazy
    def kinds(self) -> bytes:
        """What each token is, as in ``Tokens``."""
        return self._plain.kinds if self.arrays is None else self.arrays.kinds.tobytes()

    @property
    def size(self) -> int:
        """Number of tokens."""
        return len(self.kinds)

    @Lazy
    def lines(self) -> Units:
        """The lines, without their ends."""
        if self.arrays is None:
            return Units(list(self._cut_lines()))
        return Units.of(self.arrays.lines)

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

    @Lazy
    def line_starts(self) -> list[int]:
        """Where each line starts."""
        if self.arrays is None:
            return [line.start for line in self.lines]
        starts: list[int] = self.lines.rows[:, 0].tolist()
        return starts

    @Lazy
    def sequences(self) -> list[tuple[str, ...]]:
        """The sequence of ``SEQUENCE`` words that starts at each token, as far as there is one."""
        rows = (self.all_keys[number:] for number in range(SEQUENCE))
        return list(zip(*rows, strict=False))

    @Lazy
    def sentence_ends(self) -> list[int]:
        """For each token the number of the one behind its sentence; 0 outside sentences."""
        found = [0] * self.size
        for unit in self.sentences:
            found[unit.first : unit.last] = [unit.last] * unit.size
        return found

    @Lazy
    def figures(self) -> bytes:
        """For each token, whether it begins with a digit."""
        return having(self.kinds, DIGIT)

    @Lazy
    def figure_keys(self) -> frozenset[str]:
        """The tokens that are digits, with what parts them."""
        return self._keys_of(FIGURE)

    @Lazy
    def small_keys(self) -> frozenset[str]:
        """The words that begin with a small letter somewhere."""
        return self._keys_of(SMALL)

    def _keys_of(self, kind: int) -> frozenset[str]:
        if self.arrays is None:
            return frozenset(compress(self.all_keys, having(self.kinds, kind)))
        import numpy as np

        found = np.zeros(len(self.arrays.listed), np.bool_)
        found[self.arrays.numbers[self.arrays.kinds & kind != 0]] = True
        return frozenset(compress(self.distinct, found.tolist()))

    @Lazy
    def capitals(self) -> bytes:
        """For each token, whether it begins with a capital."""
        return having(self.kinds, CAPITAL)

    @Lazy
    def smalls(self) -> bytes:
        """For each token, whether it begins with a small letter."""
        return having(self.kinds, SMALL)

    @Lazy
    def numerals(self) -> bytes:
        """For each token, whether there is a digit in it."""
        return having(self.kinds, HAS_DIGIT)

    @Lazy
    def letters(self) -> bytes:
        """For each token, whether it begins with a letter."""
        return having(self.kinds, ALPHA)

    @Lazy
    def unspaced(self) -> bytes:
        """For each token, whether it is of a script without spaces."""
        return having(self.kinds, WIDE)

    @Lazy
    def has_unspaced(self) -> bool:
        """Whether any token is of a script without spaces."""
        return 1 in self.unspaced

    @Lazy
    def maybe_signs(self) -> list[int]:
        """Where signs may stand that make equal words different statements."""
        if self.arrays is None:
            return [match.start() for match in MAYBE_SIGN.finditer(self.text)]
        found: list[int] = self.arrays.signs.tolist()
        return found

    def sequences_of(self, unit: Unit) -> list[tuple[str, ...]]:
        """Return the sequences that lie in a unit."""
        return self.sequences[unit.first : max(unit.first, unit.last - SEQUENCE + 1)]

    @Lazy
    def standings(self) -> dict[str, int]:
        """How often each word stands in the whole text."""
        if self.arrays is None:
            return dict(Counter(self.all_keys))
        import numpy as np

        return dict(zip(self.distinct, np.bincount(self.arrays.numbers).tolist(), strict=True))

    def standing(self, words: frozenset[str]) -> list[int]:
        """Return where any of some listed words stands.

        >>> Layout("to be or not to be").standing(frozenset(("be", "not")))
        [1, 3, 5]
        """
        if self.arrays is None:
            return [number for number, key in enumerate(self.all_keys) if key in words]

        wanted = listed_among(words)[self.arrays.listed]
        numbers: list[int] = wanted[self.arrays.numbers].nonzero()[0].tolist()
        return numbers

    def places(self, keys: tuple[str, ...]) -> list[int]:
        """Return where a sequence of words starts.

        >>> Layout("to be or not to be").places(("to", "be"))
        [0, 4]
        """
        found = self._places.get(keys)
        if found is None:
            found = self._places[keys] = find_places(self, keys)
        return found

    @Lazy
    def number_of(self) -> dict[str, int]:
        """The number of each distinct word; with arrays."""
        return {key: number for number, key in enumerate(self.distinct)}

    def sentence_at(self, number: int) -> Unit:
        """Return the sentence that starts last at or before a token."""
        return self.sentences[bisect_right(self._sentence_firsts, number) - 1]

    @Lazy
    def _sentence_firsts(self) -> list[int]:
        if self.arrays is None:
            return [unit.first for unit in self.sentences]
        firsts: list[int] = self.sentences.rows[:, 2].tolist()
        return firsts

    @Lazy
    def words(self) -> LanguageWords:
        """What is known about the language: the document's own, or the guess."""
        if self.language is not None:
            row = language_table().get(self.language.split("-")[0].lower())
            return row if row is not None else LanguageWords(self.language)
        if self.arrays is None:
            return guess_language(Counter(self.all_keys[:GUESS_TEXT]))
        return language_of(self.arrays.grammar, min(self.size, GUESS_TEXT))

    @Lazy
    def full_lines(self) -> Units:
        """The lines that hold a token."""
        return self.lines.with_tokens() if self.arrays is None else Units.of(self.arrays.full_lines)

    @Lazy
    def wrapped(self) -> bool:
        """Whether lines were broken at a width, so that a sentence runs across them."""
        return is_wrapped(self) if self.arrays is None else self.form & WRAPPED != 0

    @Lazy
    def filled(self) -> bool:
        """Whether lines end where the next word would not have fitted, as no verse does."""
        return is_filled(self) if self.arrays is None else self.form & FILLED != 0

    @Lazy
    def form(self) -> int:
        """What the text may be, of ``line_kinds.py``; without arrays, anything."""
        return PROTECTED if self.arrays is None else self.arrays.form

    @Lazy
    def blocks(self) -> list[tuple[int, int]]:
        """Of lines that stand together, between blank ones, the first and the one behind."""
        if self.block_rows is not None:
            return list(map(tuple, self.block_rows.tolist()))
        found: list[tuple[int, int]] = []
        reached = -1
        for number, (start, end, first, last) in enumerate(self.lines):
            if first == last and (start == end or self.text[start:end].isspace()):
                continue
            if number == reached:
                found[-1] = found[-1][0], number + 1
            else:
                found.append((number, number + 1))
            reached = number + 1
        return found

    @Lazy
    def block_rows(self) -> "Starts | None":
        """The same, ``int32[blocks, 2]``; None without arrays."""
        return None if self.arrays is None else self.arrays.blocks

    def blocks_of(self, least: int) -> Units:
        """Return the blocks of so many lines, or more, as units."""
        lines = self.lines
        if self.block_rows is None:
            blocks = [block for block in self.blocks if block[1] - block[0] >= least]
            spans = [(lines[first].start, lines[last - 1].end) for first, last in blocks]
            return Units([self.unit(start, end) for start, end in spans])
        rows, last = lines.rows[self.block_rows[:, 0]], lines.rows[self.block_rows[:, 1] - 1]
        rows[:, 1], rows[:, 3] = last[:, 1], last[:, 3]
        return Units.of(rows[self.block_rows[:, 1] - self.block_rows[:, 0] >= least])

    @Lazy
    def paragraphs(self) -> Units:
        """A line each; in hard-wrapped text, a block each."""
        return self.blocks_of(1).with_tokens() if self.wrapped else self.full_lines

    @Lazy
    def sentences(self) -> Units:
        """Sentences that hold a token, in order."""
        return find_sentences(self)

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
