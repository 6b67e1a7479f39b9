"""What each HTML element does, in the form the kernels of the markup stage read.

Plain numbers and a hash; no compiler is loaded here. The stage that owns the table fills it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from textclean.kernels.arrays import Counts, Longs

#: What an element does to the line: the low bits of its traits.
INLINE, BLOCK, ITEM, ROW, CELL, BREAK, PRE, BOXED, GONE, RAW_GONE = range(10)
KIND_MASK = 15
#: Further bits: no end tag; closed by its kind or its parent; made by the tree builder itself; text
#: even where it looks like tags; a program; a drawing; a link; written as ``pre``; any ``pre``.
VOID, IMPLIED, UNWRITTEN, TEXT_ONLY, PROGRAM = 16, 32, 64, 128, 256
DRAWING, LINK, AS_PRE, IS_PRE = 512, 1024, 2048, 4096
#: The entry of a name that is in no table.
UNKNOWN = -1

#: 64-bit FNV-1a, over the lower-case bytes of a name.
NAME_BASIS, NAME_FACTOR = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
#: Slots of the table: a power of two, some four times the number of elements.
SLOTS = 1024


class ElementTable(NamedTuple):
    """Traits by the hash of a name, in open addressing.

    Attributes:
        hashes: ``uint64[SLOTS]``; 0: free.
        traits: ``int64[SLOTS]``.
    """

    hashes: Longs
    traits: Counts


def hash_of_name(name: str) -> int:
    """Return the hash of a name as the kernels compute it."""
    state = int(NAME_BASIS)
    for byte in name.encode():
        state = (state ^ byte) * int(NAME_FACTOR) % 2**64
    return state


def element_table(traits: Iterable[tuple[str, int]]) -> ElementTable:
    """Return the table of these names."""
    table = ElementTable(np.zeros(SLOTS, np.uint64), np.zeros(SLOTS, np.int64))
    for name, bits in traits:
        state = hash_of_name(name)
        slot = state % SLOTS
        while table.hashes[slot]:
            slot = (slot + 1) % SLOTS
        table.hashes[slot], table.traits[slot] = state, bits
    return table
