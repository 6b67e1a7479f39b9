"""Words of one letter, ``в`` and ``é``: damaged, they are two letters, which may be a word, too.

They stand between blanks, many times in a text. Whether one is read rests on the pair and on the
document, not on the place. So each is judged once in a process, and asked about once in a document.
"""

from collections.abc import Iterable
from functools import lru_cache

from textclean.stages.mojibake.code_pages import CodePage, code_pages
from textclean.stages.mojibake.coherence import kind
from textclean.stages.mojibake.judge import Segment, judged_alone
from textclean.stages.mojibake.reading import PAIR, Verdict
from textclean.stages.mojibake.surroundings import WORDS_OF_A_LETTER, Surroundings
from textclean.stages.mojibake.triage import Scan

_BLANKS = frozenset(" \n")
#: For each word, the runs that may be it, by their numbers.
Words = dict[Segment, list[int]]


def possible_words(text: str, seen: Scan, numbers: Iterable[int], page: CodePage) -> Words:
    """Return the runs that may be words of one letter, read through a page.

    Args:
        text: The text.
        seen: Where its runs stand.
        numbers: The runs that are looked at.
        page: The code page.

    >>> from textclean.stages.mojibake.triage import scan
    >>> [cp1251] = (page for page in code_pages() if page.name == "cp1251")
    >>> words = possible_words("a РІ b", scan("a РІ b"), [0], cp1251)
    >>> [(word.repaired, numbers) for word, numbers in words.items()]
    [('в', [0])]
    """
    words: Words = {}
    starts, ends, last = seen.starts, seen.ends, len(text)
    for number in numbers:
        start, end = starts[number], ends[number]
        if end - start != PAIR or not 0 < start < end < last:
            continue
        if text[start - 1] in _BLANKS and text[end] in _BLANKS:
            word = _word(text[start:end], page)
            if word is not None:
                words.setdefault(word, []).append(number)
    return words


def proven_words(seen: Scan, words: Words, surroundings: Surroundings) -> set[Segment]:
    """Return the words of one letter that the rest of a text lets be read."""
    starts = seen.starts
    places = ((word, starts[numbers[0]]) for word, numbers in words.items())
    return {word for word, start in places if surroundings.allow(word, start, start + PAIR)}


@lru_cache(maxsize=4096)
def _word(damaged: str, page: CodePage) -> Segment | None:
    """Return what a pair between blanks was, if it is for the document to say whether it was that.

    Where another page makes more of the pair it is not.
    """
    segments = judged_alone(damaged, (page,))
    if len(segments) != 1 or segments[0].verdict is not Verdict.WORD:
        return None
    if any(segment.verdict >= Verdict.BY_LINE for segment in judged_alone(damaged, code_pages())):
        return None
    [word] = segments
    is_latin = kind(damaged[0])[1:] == "LATIN"
    return word if is_latin or word.repaired.lower() in WORDS_OF_A_LETTER else None
