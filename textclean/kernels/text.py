"""Where text crosses into arrays: a batch of ``str`` becomes one flat UTF-8 buffer and offsets."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class FlatText(NamedTuple):
    """The texts of a batch, end to end.

    Attributes:
        data: UTF-8 bytes; lone surrogates as the three bytes they would have (``surrogatepass``).
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``; one more than there are texts.
    """

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]


def flatten(texts: Sequence[str]) -> FlatText:
    """Return the UTF-8 bytes of a batch of texts as one array.

    >>> flatten(["no", "", "é"])
    FlatText(data=array([110, 111, 195, 169], dtype=uint8), offsets=array([0, 2, 2, 4]))
    """
    pieces = [text.encode("utf-8", "surrogatepass") for text in texts]
    offsets = np.zeros(len(pieces) + 1, np.int64)
    np.cumsum([len(piece) for piece in pieces], out=offsets[1:])
    return FlatText(np.frombuffer(b"".join(pieces), np.uint8), offsets)
