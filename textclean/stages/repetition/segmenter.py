"""The sentence segmenter, asked for no more at once than it answers for in little time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, islice
from operator import sub

from textclean.stages.repetition.marks import COSTLY, INNER_END

_SURROGATE = re.compile("[\ud800-\udfff]")
#: A piece with at most so many of them is handed over whole (real paragraphs have up to 500), up
#: to the largest size; else it is cut, down to the smallest. No call takes long, nor do all.
MAXIMUM_COSTLY = 1000
LARGEST_PIECE = 100_000
SMALLEST_PIECE = 500

#: Paragraphs are handed over together up to so many characters: a call takes as long as a sentence,
#: but of more than ten thousand bytes the segmenter leaves out some of what parts them.
TOGETHER = 3000
_BREAK = "\n\n"

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


@dataclass(slots=True)
class Boundaries:
    """The sentence segmenter, loaded when the first text needs it."""

    language: str

    def split(self, text: str) -> list[int]:
        """Return where the sentences of one paragraph end, the last included.

        A paragraph too dear to ask for at once is asked for by windows. The last sentence of a
        window may go on after it: where it began late, the next window begins with it.
        """
        if len(text) <= MAXIMUM_COSTLY:  # as most paragraphs are: it cannot hold more of them
            return self._split_window(text)
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

        Only consecutive pieces that equal the text are taken; a window where they do not is one
        sentence.
        """
        return self._ask(text) if INNER_END.search(text) else [len(text)]

    def sizes(self, texts: Iterable[str], *, is_cheap: bool) -> list[int]:
        """Return how long the sentences of paragraphs are, and behind each paragraph one number.

        Args:
            texts: The paragraphs; none has an empty line in it.
            is_cheap: Whether each of them is cheap to ask for.
        """
        if not is_cheap:
            return self._sizes_apart(texts)
        sizes: list[int] = []
        group: list[str] = []
        width = 0
        for text in texts:
            width += len(text)
            if group and width > TOGETHER:
                sizes += self._sizes_together(group)
                group, width = [], len(text)
            group.append(text)
        return sizes + self._sizes_together(group)

    def _sizes_together(self, texts: list[str]) -> list[int]:
        import sentencex

        joined = _BREAK.join(texts)
        try:
            pieces = sentencex.segment(self.language, joined)
        except UnicodeEncodeError:  # a surrogate
            return self._sizes_apart(texts)
        if pieces.count(_BREAK) != len(texts) - 1 or "".join(pieces) != joined:
            return self._sizes_apart(texts)
        pieces.append(_BREAK)
        return list(map(len, pieces))

    def _sizes_apart(self, texts: Iterable[str]) -> list[int]:
        sizes: list[int] = []
        for text in texts:
            ends = self.split(text)
            sizes += map(sub, ends, [0, *ends])
            sizes.append(len(_BREAK))
        return sizes

    def _ask(self, text: str) -> list[int]:
        """Return the same of a text in which a sentence may end."""
        import sentencex

        sound = text
        try:
            pieces = sentencex.segment(self.language, sound)
        except UnicodeEncodeError:  # no "?" for a surrogate: that would end a sentence
            sound = _SURROGATE.sub("\ufffd", text)
            pieces = sentencex.segment(self.language, sound)
        if len(pieces) == 1 and pieces[0] == sound:
            return [len(text)]
        ends = list(accumulate(map(len, pieces)))
        if "".join(pieces) != sound:
            ends = _found_ends(pieces, sound)
        if not ends or sound[ends[-1] :].strip():
            return [len(text)]
        ends[-1] = len(text)
        return ends


def _found_ends(pieces: list[str], text: str) -> list[int]:
    """Return where pieces end in a text, nothing but white space between; none else.

    >>> _found_ends(["One.", "Two."], "One. Two."), _found_ends(["One.", "Two."], "One, Two.")
    ([4, 9], [])
    """
    ends: list[int] = []
    reached = 0
    for piece in pieces:
        at = text.find(piece, reached)
        if at < 0 or text[reached:at].strip():
            return []
        reached = at + len(piece)
        ends.append(reached)
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
