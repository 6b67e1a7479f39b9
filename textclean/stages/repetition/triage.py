"""Which levels could change a text at all: what the careful path is spared.

The answer never changes a result: a level that is not named would find nothing. So a caller may
do without it where asking costs more than the careful path does.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from textclean.kernels.jit import is_allowed, is_worth
from textclean.stages.repetition.languages import language_table
from textclean.stages.repetition.sections import LARGEST_WHOLE
from textclean.stages.repetition.tokens import key_of

if TYPE_CHECKING:
    from textclean.kernels.arrays import Bytes, Longs, Words
    from textclean.kernels.repeats import Tables
    from textclean.kernels.text import FlatText
    from textclean.kernels.vocabulary import Vocabulary

#: The levels in the order in which they work, the surest first, and the kernel's flag of each.
FLAGS = {"exact": 1, "runs": 4, "near": 2, "phrase": 8}
EVERY_LEVEL = sum(FLAGS.values())

#: What the kernels know all languages by, listed and others.
ANY_LANGUAGE = (1 << 31) - 1

#: Loading the compiler takes longer than reading this many characters carefully.
WORTH_LOADING = 100_000


def level_flags(texts: Sequence[str], languages: Sequence[str | None] | None = None) -> list[int]:
    """Return for each text the flags of the levels that could change it.

    Args:
        texts: The texts.
        languages: As their documents say, None where they do not; without, any may be said.

    >>> level_flags(["The ferry left at noon. It came back at night.",
    ...              "Book cheap flights right now. Planes fly. Book cheap flights right now. "
    ...              "Ships sail."])
    [0, 1]
    """
    from textclean.kernels.text import flatten

    found: list[int] = column_flags(flatten(texts), languages).tolist()
    return found


def column_flags(flat: "FlatText", languages: Sequence[str | None] | None = None) -> "Bytes":
    """Return the flags of texts in UTF-8; every level where the kernels may not be compiled.

    Whoever asks wants the answer, whatever the size.
    """
    import numpy as np

    size = len(flat.offsets) - 1
    if not is_allowed():
        return np.full(size, EVERY_LEVEL, np.uint8)

    from textclean.kernels.repeats import repeat_flags

    spoken = np.full(size, ANY_LANGUAGE, np.int64)
    if languages is not None:
        bits = {language: _language_bits(language) for language in set(languages)}
        spoken[:] = [bits[language] for language in languages]
    flags = np.full(size, EVERY_LEVEL, np.uint8)
    # Of a long text, the sections are asked for.
    long = np.flatnonzero(np.diff(flat.offsets) > LARGEST_WHOLE).tolist()
    for first, last in zip([0, *(each + 1 for each in long)], [*long, size], strict=True):
        offsets = flat.offsets[first : last + 1]
        repeat_flags(flat.data, offsets, spoken[first:last], _tables(), flags[first:last])
    return flags


def _language_bits(language: str | None) -> int:
    """Return what the kernels know a language by."""
    from textclean.kernels.vocabulary import UNLISTED, UNTOLD

    if language is None:
        return UNTOLD
    codes = list(language_table())
    code = language.split("-")[0].lower()
    return 1 << codes.index(code) if code in codes else UNLISTED


@cache
def _tables() -> "Tables":
    """Return what the kernels know of words; made once per process."""
    from textclean.kernels.repeats import Tables
    from textclean.kernels.signs import sign_table

    return Tables(sign_table(), light_words(), vocabulary())


@cache
def light_words() -> "Longs":
    """Return the table of words that add nothing to a statement in any listed language.

    Their fillers, and the words of their introductions: two sentences that are one statement in
    one language still have the same words when more of them are left out.
    """
    import numpy as np

    from textclean.kernels.light import enter_light
    from textclean.kernels.signs import sign_table
    from textclean.kernels.text import flatten

    words = {
        word for row in language_table().values() for word in row.fillers.union(*row.introductions)
    }
    data = flatten(["\n".join(sorted(words))]).data
    starts = _tokens_of(data)[1]
    light = np.zeros(1 << (2 * len(starts)).bit_length(), np.uint64)
    enter_light(data, starts, sign_table(), light)
    return light


@cache
def vocabulary() -> "Vocabulary":
    """Return the words of grammar and the verbs of reporting of all listed languages.

    Those that are no token as they stand are left out: no token of a text is equal to one.
    """
    import numpy as np

    from textclean.kernels.text import flatten
    from textclean.kernels.vocabulary import Vocabulary, enter_words

    rows = list(language_table().values())
    listed = sorted(set().union(*(row.function_words | row.said for row in rows)))
    folded = [word for word in listed if key_of(word) == word]
    data = flatten(["\n".join(folded)]).data
    tokens, starts = _tokens_of(data)
    begin = np.cumsum([0, *(len(word.encode()) + 1 for word in folded)])
    first, behind = np.searchsorted(starts, begin[:-1]), np.searchsorted(starts, begin[1:])
    alone = np.flatnonzero(behind == first + 1)
    words = [folded[number] for number in alone.tolist()]
    points = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    places = np.cumsum([0, *map(len, words)], dtype=np.int32)
    grammar, said = (
        np.array([_bits(word in getattr(row, kind) for row in rows) for word in words], np.int32)
        for kind in ("function_words", "said")
    )
    room = 1 << (2 * len(words)).bit_length()
    keys, numbers = np.zeros(room, np.uint64), np.zeros(room, np.int32)
    nouns = _bits(row.nouns_capitalized for row in rows)
    made = Vocabulary(keys, numbers, places, points, grammar, said, nouns)
    enter_words(tokens[first[alone]], made)
    return made


def _bits(marks: Iterable[bool]) -> int:
    """Return a number whose bits are these, the lowest first."""
    return sum(mark << number for number, mark in enumerate(marks))


def _tokens_of(data: "Bytes") -> "tuple[Longs, Words]":
    """Return the hashes of the tokens of a text in UTF-8, and where they start."""
    import numpy as np

    from textclean.kernels.scan import scan
    from textclean.kernels.signs import sign_table

    room = len(data) // 2 + 4
    tokens, starts = np.empty(room, np.uint64), np.empty(room, np.uint32)
    gaps, letters = np.empty((2, room), np.uint8)
    count = scan(data, sign_table(), tokens, starts, gaps, letters)
    return tokens[:count], starts[:count]


def cheap_flags(texts: Sequence[str], languages: Sequence[str | None] | None = None) -> list[int]:
    """Return the same, or every level where the answer would cost more than it saves."""
    if is_worth(sum(map(len, texts)), WORTH_LOADING):
        return level_flags(texts, languages)
    return [EVERY_LEVEL] * len(texts)
