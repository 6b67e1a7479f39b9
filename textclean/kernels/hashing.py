"""The numbers in the hash of a token and of a shingle; changing one changes every stored index.

``shingles.py`` has the formulas. This module loads no compiler, so that plain Python can use it.
"""

import numpy as np

#: The state before a token's first code point: the offset basis of 64-bit FNV-1a.
TOKEN_BASIS = np.uint64(0xCBF29CE484222325)
#: 2^64 divided by the golden ratio: the multiplier of Fibonacci hashing.
TOKEN_FACTOR = np.uint64(0x9E3779B97F4A7C15)
#: An odd number with about as many ones as zeros, unrelated to the others.
SHINGLE_FACTOR = np.uint64(0xD6E8FEB86659FD93)
#: The finalizer ``fmix64`` of MurmurHash3.
MIX_FIRST = np.uint64(0xFF51AFD7ED558CCD)
MIX_SECOND = np.uint64(0xC4CEB9FE1A85EC53)
MIX_SHIFT = np.uint64(33)
HALF = np.uint64(32)
