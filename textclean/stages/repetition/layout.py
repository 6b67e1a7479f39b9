"""Cut a text into paragraphs, lines, sentences and tokens, with exact offsets.

Nothing here judges; every later module works on the ``Layout`` made here.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate, islice
from typing import NamedTuple

from textclean.stages.repetition.languages import (
    GUESS_WORDS,
    LanguageWords,
    guess_language,
    language_table,
)

#: Line ends as ``str.splitlines`` knows them, CR LF as one.
LINE_END = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

_SURROGATE = re.compile("[\ud800-\udfff]")
#: Where a sentence may end inside a line; a line without one is one sentence, and the
#: segmenter is not asked.
INNER_END = re.compile(r"[.!?…。！？؟۔।॥։።᙮។‽⁇⁈⁉．｡][^\n]")

#: What the segmenter answers for in time that grows with the square of their number: marks with
#: no blank after them, and quotation marks, each compared with every other.
COSTLY = re.compile(r"[.!?…。！？؟۔।॥։᙮‽⁇⁈⁉．｡](?=\S)|[\"`‘“”„«»‹›「」『』《》]")

#: A piece with at most so many of them is handed over whole (real paragraphs have up to 500), up
#: to the largest size; else it is cut, down to the smallest. No call takes long, nor do all.
MAXIMUM_COSTLY = 1000
LARGEST_PIECE = 100_000
SMALLEST_PIECE = 500

#: What could end a sentence where the segmenter saw an abbreviation, and the words that make a
#: piece between two such places a sentence when it is one elsewhere.
POSSIBLE_END = re.compile(r"[.!?…][\"'”’»)]{0,3}\s")
KNOWN_WORDS = 4

#: Scripts written without spaces: each character is a token, as in the glossary's shingles.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"

#: Script of a text whose language is unknown -> a language whose sentence rules fit the script.
SCRIPT_LANGUAGES = (
    (re.compile("[\u3040-\u30ff]"), "ja"),
    (re.compile("[\u3400-\u9fff]"), "zh"),
    (re.compile("[\uac00-\ud7a3]"), "ko"),
    (re.compile("[\u0400-\u04ff]"), "ru"),
    (re.compile("[\u0600-\u06ff]"), "ar"),
    (re.compile("[\u0900-\u097f]"), "hi"),
    (re.compile("[\u0370-\u03ff]"), "el"),
)

#: What no text in Latin letters has, or hardly.
OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u3000-\ud7a3]")

#: Words of the sequences by which repeats are looked for.
SEQUENCE = 4

#: Hard-wrapped prose: this share of lines within the width, and few that end a sentence.
WRAP_WIDTH = (45, 100)
WRAP_SHARE = 0.6
WRAP_MINIMUM_LINES = 6


class Unit(NamedTuple):
    """A stretch of the text with its tokens, ``first`` to ``last`` of the layout."""

    start: int
    end: int
    first: int
    last: int

    @property
    def size(self) -> int:
        """Number of tokens."""
        return self.last - self.first


#: The tokens of a text without marks and without unspaced scripts, which most texts are.
PLAIN_TOKEN = re.compile(r"(\d++(?:[.,:/]\d++)*+(?!\w)|\w++(?:['’]\w++)*+)")

#: Outside the blocks that surely have no marks; thirty times faster than to look for marks.
UNUSUAL = re.compile("[^\x00-\u02ff\u0370-\u0482\u2000-\u20cf\u2100-\u24ff\u2500-\u2bff]")


def token_pattern(text: str) -> re.Pattern[str]:
    """Return the pattern of the tokens of a text, as one group."""
    if not UNUSUAL.search(text):
        return PLAIN_TOKEN
    rare, pattern = _token_patterns()
    return pattern if rare.search(text) else PLAIN_TOKEN


@cache
def _token_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Letters and digits with their marks; built once, since ``re`` has no class of marks."""
    marks: list[str] = []
    reached = -1
    for code in range(0x300, 0x1F000):
        if unicodedata.category(chr(code)) in ("Mn", "Mc"):
            if code == reached + 1 and marks:
                marks[-1] = marks[-1][0] + "-" + chr(code)
            else:
                marks.append(chr(code))
            reached = code
    mark = "".join(re.escape(m) if len(m) == 1 else m for m in marks)
    letter = rf"[^\W{UNSPACED}]|[{mark}]"
    number = r"\d++(?:[.,:/]\d++)*+"
    word = rf"(?:{letter})++(?:['’ʼ](?:{letter})++)*+"
    whole = re.compile(rf"({number}(?!{letter})|[{UNSPACED}][{mark}]*+|{word})")
    return re.compile(f"[{mark}{UNSPACED}]"), whole


def key_of(word: str) -> str:
    """Fold case and apostrophes: what two spellings of a word share.

    >>> key_of("Don’t")
    "don't"
    """
    return word.casefold().replace("’", "'").replace("ʼ", "'")


@dataclass(slots=True)
class _Boundaries:
    """The sentence segmenter, loaded when the first text needs it."""

    language: str

    def split(self, text: str) -> list[int]:
        """Return where the sentences of one paragraph end, the last included.

        A paragraph too dear to ask for at once is asked for by windows. The last sentence of a
        window may go on after it: where it began late, the next window begins with it.
        """
        ends: list[int] = []
        start, size = 0, LARGEST_PIECE
        while start < len(text):
            window, size = _window(text, start, size * 2)
            found = self._split_window(window)
            after = start + len(window)
            if after < len(text):
                ends += [start + end for end in found[:-1]]
                began = found[-2] if len(found) > 1 else 0
                start = start + began if 2 * began >= len(window) else after
            else:
                return ends + [start + end for end in found]
        return [*ends, len(text)]

    def _split_window(self, text: str) -> list[int]:
        """Return the ends that the segmenter sees.

        The segmenter's own start offsets are off after blank lines and before no-break spaces
        (measured on crawled pages), so only consecutive pieces that equal the text are taken;
        a window where they do not is one sentence.
        """
        if not INNER_END.search(text):
            return [len(text)]
        import sentencex

        sound = _SURROGATE.sub("\ufffd", text)  # no "?": that would end a sentence
        ends: list[int] = []
        reached = 0
        for boundary in sentencex.get_sentence_boundaries(self.language, sound):
            piece: str = boundary["text"]
            at = sound.find(piece, reached)
            if at < 0 or sound[reached:at].strip():
                return [len(text)]
            reached = at + len(piece)
            ends.append(reached)
        if not ends or sound[reached:].strip():
            return [len(text)]
        ends[-1] = len(text)
        return ends


def _window(text: str, start: int, size: int) -> tuple[str, int]:
    """Return what may be asked for at once from a place on, and the size that was possible.

    >>> [len(_window(piece * 99_999, 0, 200_000)[0]) for piece in ("A word. ", "![")]
    [100000, 1562]
    """
    size = min(size, LARGEST_PIECE)
    while size > SMALLEST_PIECE and not _is_cheap(text, start, start + size):
        size //= 2
    end = start + size
    if end >= len(text):
        return text[start:], size
    blank = text.rfind(" ", start + size // 2, end)
    return text[start : blank + 1 if blank >= 0 else end], size


def _is_cheap(text: str, start: int, end: int) -> bool:
    """Whether the segmenter answers for a piece in little time; no longer than it takes to see."""
    return next(islice(COSTLY.finditer(text, start, end), MAXIMUM_COSTLY, None), None) is None


@dataclass
class Layout:
    """One text, cut up. Lines are without their ends; sentences without white space around.

    Attributes:
        text: The text itself.
        language: As the document says; None when it does not.
        starts: Where each token starts: a word, or one character of an unspaced script.
        ends: Where each ends.
        all_keys: What each is compared by.
        lines: The lines.
        contents: What ``content.py`` found in sentences.
    """

    text: str
    language: str | None = None
    starts: list[int] = field(init=False)
    ends: list[int] = field(init=False)
    all_keys: tuple[str, ...] = field(init=False)
    lines: list[Unit] = field(init=False)
    contents: dict[Unit, tuple[str, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Find tokens and lines; the rest is found when asked for."""
        parts = token_pattern(self.text).split(self.text)  # gap, token, gap, ..., token, gap
        reached = list(accumulate(map(len, parts)))
        self.starts, self.ends = reached[:-1:2], reached[1::2]
        # Folding all at once is twice as fast, and no character folds to what no token has.
        self.all_keys = tuple(key_of("\n".join(parts[1::2])).split("\n")) if self.ends else ()
        self.lines = [self.unit(start, end) for start, end in self._line_spans()]

    @property
    def size(self) -> int:
        """Number of tokens."""
        return len(self.ends)

    def _line_spans(self) -> Iterator[tuple[int, int]]:
        reached = 0
        for match in LINE_END.finditer(self.text):
            yield reached, match.start()
            reached = match.end()
        yield reached, len(self.text)

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
    def recurring(self) -> frozenset[tuple[str, ...]]:
        """Sequences that stand more than once in sentences."""
        seen: set[tuple[str, ...]] = set()
        again: set[tuple[str, ...]] = set()
        if len(set(self.sequences)) < len(self.sequences):
            for unit in self.sentences:
                for sequence in self.sequences_of(unit):
                    (again if sequence in seen else seen).add(sequence)
        return frozenset(again)

    def sequences_of(self, unit: Unit) -> list[tuple[str, ...]]:
        """Return the sequences that lie in a unit."""
        return self.sequences[unit.first : max(unit.first, unit.last - SEQUENCE + 1)]

    @cached_property
    def standings(self) -> Counter[str]:
        """How often each word stands in the whole text."""
        return Counter(self.all_keys)

    def count(self, keys: tuple[str, ...]) -> int:
        """Return how often a sequence of words stands in the whole text."""
        rows = (self.all_keys[number:] for number in range(len(keys)))
        return sum(each == keys for each in zip(*rows, strict=False))

    @cached_property
    def words(self) -> LanguageWords:
        """What is known about the language: the document's own, or the guess."""
        if self.language is not None:
            row = language_table().get(self.language.split("-")[0].lower())
            return row if row is not None else LanguageWords(self.language)
        return guess_language(self.all_keys[:GUESS_WORDS])

    @cached_property
    def wrapped(self) -> bool:
        """Whether lines were broken at a width, so that a sentence runs across them."""
        full = [line for line in self.lines if line.size]
        if len(full) < WRAP_MINIMUM_LINES:
            return False
        low, high = WRAP_WIDTH
        broken = sum(
            low <= line.end - line.start <= high and self.text[line.end - 1].isalnum()
            for line in full
        )
        return broken >= WRAP_SHARE * len(full)

    @cached_property
    def blocks(self) -> list[list[Unit]]:
        """Lines that stand together, between blank ones."""
        found: list[list[Unit]] = [[]]
        for line in self.lines:
            if line.end > line.start and not self.slice(line).isspace():
                found[-1].append(line)
            elif found[-1]:
                found.append([])
        return [block for block in found if block]

    @cached_property
    def paragraphs(self) -> list[Unit]:
        """A line each; in hard-wrapped text, a block each."""
        if not self.wrapped:
            return [line for line in self.lines if line.size]
        units = (self.unit(block[0].start, block[-1].end) for block in self.blocks)
        return [unit for unit in units if unit.size]

    @cached_property
    def sentences(self) -> list[Unit]:
        """Sentences that hold a token, in order."""
        boundaries = _Boundaries(self._segmenter_language())
        found: list[Unit] = []
        for paragraph in self.paragraphs:
            piece = self.slice(paragraph)
            reached = 0
            for end in boundaries.split(piece):
                sentence = piece[reached:end]
                start = paragraph.start + reached + len(sentence) - len(sentence.lstrip())
                stop = paragraph.start + reached + len(sentence.rstrip())
                reached = end
                if start < stop:
                    found.append(self.unit(start, stop))
        return self._split_known([unit for unit in found if unit.size])

    def _split_known(self, sentences: list[Unit]) -> list[Unit]:
        """Part a sentence from its neighbor where it stands alone elsewhere.

        The segmenter takes "5 May." for an abbreviation, and what was put in after it for the
        same sentence; a piece that is a whole sentence elsewhere settles it.
        """
        known: set[tuple[str, ...]] | None = None
        found: list[Unit] = []
        for sentence in sentences:
            if not POSSIBLE_END.search(self.text, sentence.start, sentence.end):
                found.append(sentence)
                continue
            if known is None:
                known = {self.keys(unit) for unit in sentences if unit.size >= KNOWN_WORDS}
            found += self._parted(sentence, known)
        return [unit for unit in found if unit.size]

    def _parted(self, sentence: Unit, known: set[tuple[str, ...]]) -> Iterator[Unit]:
        reached = sentence.start
        for piece in self.pieces(sentence):
            if piece == sentence or piece.size < KNOWN_WORDS or self.keys(piece) not in known:
                continue
            if self.text[reached : piece.start].strip():
                yield self._stripped(reached, piece.start)
            yield piece
            reached = piece.end
        if reached == sentence.start:
            yield sentence
        elif self.text[reached : sentence.end].strip():
            yield self._stripped(reached, sentence.end)

    def pieces(self, sentence: Unit) -> list[Unit]:
        """Cut a sentence at everything that could be its end."""
        found: list[Unit] = []
        reached = sentence.start
        for match in POSSIBLE_END.finditer(self.text, sentence.start, sentence.end):
            found.append(self._stripped(reached, match.end()))
            reached = match.end()
        found.append(self._stripped(reached, sentence.end))
        return found

    def _stripped(self, start: int, end: int) -> Unit:
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return self.unit(start, end)

    def _segmenter_language(self) -> str:
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
