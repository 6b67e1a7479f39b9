"""Which elements of a page could be posts: found, and paired with their end tags.

Nothing of what a post is stands here. The kernel and the plain way give the same answer, but that
the kernel leaves out what cannot matter; the plain way serves until so much was scanned that
to wait for the compiler is worth it.
"""

import re
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.kernels.elements import ElementTable
from textclean.kernels.elements import element_table as kernel_table
from textclean.stages.embeds.tables import alternation, element_table

#: To load the kernel takes as long as to scan so many characters without it.
WORTH_THE_KERNEL = 30_000_000

#: Names whose content is no markup, or is shown as it stands.
_RAW = frozenset({"script", "style", "textarea", "title", "xmp"})
_SHOWN = frozenset({"pre", "code"})
#: As for a browser, a quote opens a value only after "="; elsewhere it is a stray character.
_QUOTE_OR_END = re.compile(r"=\s{0,20}([\"'])|>")


class Element(NamedTuple):
    """A start tag and, when it is closed, its end tag."""

    name: str
    start: int
    open_end: int
    close_start: int
    end: int

    @property
    def closed(self) -> bool:
        """Whether an end tag was found."""
        return self.end > self.open_end


class Scan(NamedTuple):
    """What one pass of the tokenizer found."""

    elements: list[Element]
    shown: list[tuple[int, int]]


class ElementRows(NamedTuple):
    """All that the kernel found in a text, as numbers.

    Attributes:
        elements: ``int64[n, pairs.COLUMNS]``, those that cannot matter among them.
        comments: ``int64[k, 2]``: where they begin and end.
    """

    elements: npt.NDArray[np.int64]
    comments: npt.NDArray[np.int64]


@cache
def _token_pattern() -> re.Pattern[str]:
    table = element_table()
    names = {*table.posts, *table.wrappers, *_RAW, *_SHOWN}
    return re.compile(rf"<!--|<(/?)({alternation(names)})(?=[\s/>])", re.IGNORECASE | re.ASCII)


#: Long enough to be rare in the attributes of other elements, short enough to be few.
_STEM = 7


@cache
def _stems(name: str) -> tuple[str, ...]:
    """Return strings of which every start tag of that name holds one that a row can match."""
    table = element_table()
    words = {word for row in table.wrappers.get(name, ()) for word in (*row.classes, *row.prefixes)}
    words |= table.keywords.get(name, frozenset())
    return tuple(sorted({word[:_STEM] for word in words}))


#: The last text that was narrowed, and its bytes: triage and scan ask for the same.
_narrowed: list[tuple[str, bytes]] = [("", b"")]


def narrow(text: str) -> bytes:
    """Return a byte for each character of a text; "?" for all beyond ASCII.

    >>> narrow("<p>é")
    b'<p>?'
    """
    last, data = _narrowed[0]
    if last is not text:
        data = text.encode("ascii", "replace")
        _narrowed[0] = (text, data)
    return data


def is_hinted(name: str, tag: str) -> bool:
    """Whether a start tag, in lower case, is worth a look at its attributes."""
    stems = _stems(name)
    for stem in stems:  # (a generator would take twice as long, and pages have many elements)
        if stem in tag:
            return True
    return not stems


def _tag_end(text: str, offset: int) -> int:
    """Return the offset after the ``>`` of a tag, quotes respected; -1 when it never comes."""
    while True:
        match = _QUOTE_OR_END.search(text, offset)
        if match is None:
            return -1
        if match[0] == ">":
            return match.end()
        close = text.find(match[1], match.end())
        offset = close + 1 if close >= 0 else match.end()


def scan_plain(text: str) -> Scan:
    """Return the elements in order of their start tags, in one linear pass without the kernel.

    An unfinished tag, comment or script ends the pass, as it ends the text for a browser.

    >>> found = scan_plain("<b>x</b><blockquote class='twitter-tweet'>y</blockquote>")
    >>> [element.name for element in found.elements]
    ['blockquote']
    """
    tokens = _token_pattern()
    found: list[Element] = []
    shown: list[tuple[int, int]] = []
    opened: dict[str, list[int]] = {}
    offset = 0
    while (match := tokens.search(text, offset)) is not None:
        if match[2] is None:
            offset = text.find("-->", match.end()) + 3
            if offset == 2:  # noqa: PLR2004 - find gave -1
                break
            shown.append((match.start(), offset))
            continue
        name = match[2].lower()
        tag_end = _tag_end(text, match.end())
        if tag_end < 0:
            break
        offset = tag_end
        if match[1]:
            if stack := opened.get(name):
                number = stack.pop()
                found[number] = found[number]._replace(close_start=match.start(), end=tag_end)
            continue
        found.append(Element(name, match.start(), tag_end, tag_end, tag_end))
        if name in _RAW:
            offset = _raw_end(text, name, tag_end)
            if offset < 0:
                break
            found[-1] = found[-1]._replace(close_start=text.rfind("<", tag_end, offset), end=offset)
        else:
            opened.setdefault(name, []).append(len(found) - 1)
    shown += ((e.start, e.end) for e in found if e.name in _SHOWN or e.name in _RAW)
    return Scan(found, sorted(shown))


def _raw_end(text: str, name: str, offset: int) -> int:
    """Return the offset after the end tag of an element whose content is no markup."""
    pattern = re.compile(rf"</{name}(?=[\s/>])[^<>]*+>", re.IGNORECASE | re.ASCII)
    match = pattern.search(text, offset)
    return match.end() if match else -1


@cache
def _names() -> tuple[str, ...]:
    table = element_table()
    return tuple(sorted({*table.posts, *table.wrappers, *_RAW, *_SHOWN}))


class _KernelTables(NamedTuple):
    traits: ElementTable
    hints: npt.NDArray[np.uint8]


@cache
def _kernel_tables() -> _KernelTables:
    """Return what the kernel asks: traits by name, and the hashes of words that matter."""
    from textclean.kernels import pairs

    table = element_table()
    hints = np.zeros(pairs.HINTS, np.uint8)
    traits = []
    bit = 1
    for number, name in enumerate(_names()):
        marks = number | (pairs.RAW if name in _RAW else 0)
        stems = _stems(name)
        if name not in table.posts and name not in table.wrappers:
            marks |= pairs.NEVER_HINTED
        elif (
            stems
            and min(map(len, stems)) >= pairs.HINT_LENGTH
            and name != "blockquote"  # those are known by their signature too
        ):
            for stem in stems:
                first = np.frombuffer(stem.encode(), np.uint8)
                hints[pairs.hint_hash(first, 0)] |= bit
            marks |= bit << pairs.HINT_SHIFT
            bit *= 2
        traits.append((name, marks))
    return _KernelTables(kernel_table(traits), hints)


@cache
def _shown_names() -> npt.NDArray[np.bool_]:
    """Return which names, by their numbers, have content that is shown or is no markup."""
    return np.array([name in _SHOWN or name in _RAW for name in _names()])


def scan_compiled(text: str) -> Scan:
    """Return the same, less elements that cannot matter, found by the kernel."""
    return scan_from_rows(rows_of(text))


def rows_of(text: str) -> ElementRows:
    """Return what the kernel finds in a text."""
    from textclean.kernels import pairs

    data = np.frombuffer(narrow(text), np.uint8)
    signs = int(np.count_nonzero(data == ord("<")))
    found = np.empty((signs + 1, pairs.COLUMNS), np.int64)
    comments = np.empty((signs + 1, 2), np.int64)  # (what is not written costs nothing)
    top = np.full(len(_names()), -1, np.int64)
    count, commented = pairs.pair_elements(data, *_kernel_tables(), top, found, comments)
    return ElementRows(found[:count], comments[:commented])


def scan_from_rows(rows: ElementRows) -> Scan:
    """Return what matters of what the kernel found."""
    from textclean.kernels import pairs

    names, found = _names(), rows.elements
    kept = found[found[:, pairs.KEPT] != 0, : pairs.END + 1]
    elements = [Element(names[row[0]], *row[1:]) for row in kept.tolist()]
    shown = found[_shown_names()[found[:, pairs.NAME]]][:, [pairs.START, pairs.END]]
    spans = np.concatenate((shown, rows.comments)).tolist()
    return Scan(elements, sorted((start, end) for start, end in spans))
