"""The compiled way from a page to its text: two kernels, with the tree builder between them.

The plain way (``_skeleton.py``, ``_tree.py``) gives the same text. It serves short pages, which
need not wait for the compiler.
"""

import re
from functools import cache

import numpy as np

from textclean.kernels import elements as traits
from textclean.kernels.arrays import Bytes, Counts, Longs
from textclean.kernels.elements import ElementTable, element_table, hash_of_name
from textclean.kernels.jit import is_worth
from textclean.stages.markup import _skeleton
from textclean.stages.markup._skeleton import Skeleton
from textclean.stages.markup._tables import Element, elements
from textclean.stages.shown import CODE_ELEMENTS

#: To read so many bytes without kernels takes as long as loading the compiler.
COMPILED_LENGTH = 500_000
#: Room for end tags and drawings at the first look: pages seldom have more.
_SIZE_OF_END_TAG, _FEW_DRAWINGS = 32, 256

_KINDS = {
    "inline": traits.INLINE,
    "block": traits.BLOCK,
    "item": traits.ITEM,
    "row": traits.ROW,
    "cell": traits.CELL,
    "break": traits.BREAK,
    "pre": traits.PRE,
    "boxed": traits.BOXED,
    "gone": traits.GONE,
    "raw-gone": traits.RAW_GONE,
}


def is_compiled(source: bytes) -> bool:
    """Whether a page takes the compiled way: it is long, or the kernels are loaded anyway."""
    return is_worth(len(source), COMPILED_LENGTH)


@cache
def _table() -> ElementTable:
    return element_table((name, _traits(name, element)) for name, element in elements().items())


@cache
def _codes() -> frozenset[int]:
    """Return the hashes of the elements that show code."""
    return frozenset(map(hash_of_name, CODE_ELEMENTS))


def _traits(name: str, element: Element) -> int:
    """Return what the kernels know of an element."""
    written = _skeleton.REWRITTEN.get(name, name)
    marks = {
        traits.VOID: element.void,
        traits.IMPLIED: name in _skeleton.IMPLIED_END,
        traits.UNWRITTEN: name in _skeleton.UNWRITTEN,
        traits.TEXT_ONLY: name in _skeleton.TEXT_ONLY,
        traits.PROGRAM: name in _skeleton.PROGRAMS,
        traits.DRAWING: name == "svg",
        traits.LINK: name == "a",
        traits.AS_PRE: written != name,
        traits.IS_PRE: written == "pre",
    }
    return _KINDS[element.kind] | sum(bit for bit, holds in marks.items() if holds)


def _survey(data: Bytes) -> tuple[Longs, Counts, int]:
    """Return what has an end tag, where drawings stand, and how many ``<`` there are."""
    from textclean.kernels.source import survey

    size, drawn = len(data) // _SIZE_OF_END_TAG + 64, _FEW_DRAWINGS
    while True:
        ends, drawings = np.empty(size, np.uint64), np.empty((drawn, 2), np.int64)
        found, begun, signs = survey(data, ends, drawings, np.empty(drawn, np.int64))
        if found <= size and begun <= drawn:
            return np.unique(ends[:found]), drawings[:begun], signs
        size, drawn = found, begun  # unusual: now their numbers are known


def text_of_skeleton(html: str) -> str:
    """Return the text of a skeleton, laid out in lines."""
    from selectolax.lexbor import LexborHTMLParser

    return lay_out(LexborHTMLParser(html).html or "")


def build_skeleton(source: bytes) -> Skeleton:
    """Return what is left of a page in UTF-8, as ``_skeleton.build_skeleton``."""
    from textclean.kernels.outline import outline
    from textclean.kernels.source import HAS_HIDDEN, STATE_SIZE, Page

    source = _skeleton.with_line_feeds(source)
    data = np.frombuffer(source, np.uint8)
    names, drawings, signs = _survey(data)
    page = Page(
        text=data,
        ends=names,
        opened=np.zeros(len(names), np.int64),
        written=np.zeros(len(names), np.uint8),
        absent=np.zeros(len(names), np.uint8),
        drawings=drawings,
        out=np.empty(len(source) + 8 * signs + 64, np.uint8),
        state=np.zeros(STATE_SIZE, np.int64),
    )
    length = outline(page, _table(), _skeleton.MAXIMUM_DEPTH)
    html = page.out[:length].tobytes().decode()
    return Skeleton(html, bool(page.state[HAS_HIDDEN]), not _codes().isdisjoint(names.tolist()))


def lay_out(html: str) -> str:
    r"""Return the text of a serialized tree.

    >>> lay_out("<ul><li>a</li><li hidden="">b</li><li>c &lt; d</li></ul>")
    '- a\n- c < d'
    """
    from textclean.kernels import layout as kernel

    source = html.encode()
    sheet = kernel.Sheet(
        html=np.frombuffer(source, np.uint8),
        out=np.empty(len(source) + 64, np.uint8),
        rows=np.empty((len(re.findall(b"<tr[ >]", source)) + 1, 2), np.int64),
        state=np.zeros(kernel.STATE_SIZE, np.int64),
    )
    return sheet.out[: kernel.lay_out(sheet, _table())].tobytes().decode()
