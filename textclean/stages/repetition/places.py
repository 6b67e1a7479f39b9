"""Where a sequence of words stands in a text: by a kernel where it is compiled."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textclean.stages.repetition.layout import Layout


def find_places(layout: "Layout", keys: tuple[str, ...]) -> list[int]:
    """Return the numbers of the tokens at which a sequence of words starts."""
    if layout.arrays is None:
        return list(_plain_places(layout, keys))
    import numpy as np

    from textclean.kernels.choosing import find_sequence

    wanted = np.array([layout.number_of.get(key, -1) for key in keys], np.int32)
    found: list[int] = find_sequence(layout.arrays.numbers, wanted).tolist()
    return found


def _plain_places(layout: "Layout", keys: tuple[str, ...]) -> Iterator[int]:
    """Yield the same, by the rarest of the words."""
    all_keys = layout.all_keys
    times = [layout.standings.get(key, 0) for key in keys]
    offset = times.index(min(times))
    at, behind = -1, layout.size - len(keys) + offset + 1
    for _ in range(times[offset]):
        at = all_keys.index(keys[offset], at + 1)
        if offset <= at < behind and all_keys[at - offset : at - offset + len(keys)] == keys:
            yield at - offset
