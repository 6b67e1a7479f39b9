"""Where text crosses into arrays: a batch of ``str`` becomes one flat UTF-8 buffer and offsets."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

#: Code points that are encoded at once.
_LARGE = 2**20


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
    pieces: Sequence[str] | list[bytes] = texts
    if all(map(str.isascii, texts)):
        data = "".join(texts).encode()  # half the time of what follows
    else:
        pieces = [_utf8(text) for text in texts]
        data = b"".join(pieces)
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, pieces), np.int64, len(texts)), out=offsets[1:])
    return FlatText(np.frombuffer(data, np.uint8), offsets)


def _utf8(text: str) -> bytes:
    """Return the UTF-8 bytes of a text; of a large one part by part.

    Python makes room for three bytes a character before it encodes, whatever they are.
    """
    if len(text) <= _LARGE:
        return text.encode("utf-8", "surrogatepass")
    parts = (text[at : at + _LARGE] for at in range(0, len(text), _LARGE))
    return b"".join(part.encode("utf-8", "surrogatepass") for part in parts)
