"""What a scan finds in a page whose posts are gone, told from what it found before.

A text in which posts were found is looked at once more without them. Where whole elements went, the
tokens of the rest are those they were, farther to the front: the page need not be read again.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from textclean.edits import Edit
from textclean.kernels import pairs
from textclean.stages.embeds.scan import ElementRows

_Offsets = npt.NDArray[np.int64]
#: Behind one of these no tag can be under way that has a name the scanner knows, and no name can
#: grow by what follows.
_CLOSED = " \t\r\n>"
#: With more edits than these it is quicker to read the page again.
_FEW = 32


def rows_without(text: str, rows: ElementRows, edits: Sequence[Edit]) -> ElementRows | None:
    """Return what a scan of the edited text would find; None where that is not certain.

    Certain it is where each edit deletes whole elements, or all between two tags, and white space
    around that; where what is left of the text before cannot be the beginning of a token; and
    where no tag, comment or program, and no element's pair of tags, is cut in two.

    Args:
        text: The text that was scanned.
        rows: What was found.
        edits: In order and disjoint.
    """
    if len(edits) > _FEW or not all(_is_clean(text, edit) for edit in edits):
        return None
    columns = rows.elements.T[pairs.START : pairs.END + 1].copy()
    stays = np.ones(len(rows.elements), np.bool_)
    comments = rows.comments
    for edit in edits:
        within = _elements_within(edit, columns) if _follows_tags(text, edit, columns) else None
        if within is None or _cuts_one(edit, comments):
            return None
        stays[within] = False
        comments = comments[(comments[:, 1] <= edit.start) | (comments[:, 0] >= edit.end)]
    left = rows.elements[stays]
    offsets = slice(pairs.START, pairs.END + 1)
    left[:, offsets] = _moved(left[:, offsets], edits)
    return ElementRows(left, _moved(comments, edits))


def _is_clean(text: str, edit: Edit) -> bool:
    """Whether an edit deletes, and no token can go on from before it to behind it."""
    return not edit.replacement and (edit.start == 0 or text[edit.start - 1] in _CLOSED)


def _follows_tags(text: str, edit: Edit, columns: _Offsets) -> bool:
    """Whether an edit begins and ends, white space aside, where tags do."""
    starts, open_ends, closes, ends = columns
    gone = text[edit.start : edit.end]
    first = edit.end - len(gone.lstrip())
    last = edit.start + len(gone.rstrip())
    begins = (starts == first).any() or (open_ends == first).any()
    return bool(begins and ((ends == last).any() or (closes == last).any()))


def _elements_within(edit: Edit, columns: _Offsets) -> slice | None:
    """Return which elements lie in an edit; None when it cuts a tag or a pair of tags in two."""
    starts, open_ends, closes, ends = columns
    first, after = np.searchsorted(starts, (edit.start, edit.end)).tolist()
    within = slice(first, after)
    if (first and open_ends[first - 1] > edit.start) or (ends[within] > edit.end).any():
        return None
    if after == len(starts) > first and ends[-1] == open_ends[-1]:
        return None  # it may be a program without an end, behind which nothing was read
    met = (ends > edit.start) & (closes < edit.end) & (ends > open_ends)  # end tags
    return within if np.count_nonzero(met) == np.count_nonzero(met[within]) else None


def _cuts_one(edit: Edit, spans: _Offsets) -> bool:
    """Whether a span begins or ends outside of an edit, and not wholly."""
    begins, ends = spans.T
    cut = (begins < edit.start) & (ends > edit.start)
    return bool((cut | ((begins < edit.end) & (ends > edit.end))).any())


def _moved(offsets: _Offsets, edits: Sequence[Edit]) -> _Offsets:
    """Return where offsets that lie in no edit stand in the edited text."""
    moved = offsets.copy()
    for edit in edits:
        moved -= (offsets >= edit.end) * (edit.end - edit.start)
    return moved
