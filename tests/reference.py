"""Slow twins of the kernels: plain Python integers, strings and sets; obvious, and nothing shared.

Each has the name of what it checks. Nothing here imports textclean.
"""

import re
import unicodedata
from itertools import groupby

WORD_BITS = 2**64
#: First and last code points of scripts in which each character is a token.
SCRIPTS_WITHOUT_SPACES = {
    "Thai": [(0x0E00, 0x0E7F)],
    "Lao": [(0x0E80, 0x0EFF)],
    "Myanmar": [(0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0x116D0, 0x116FF)],
    "Khmer": [(0x1780, 0x17FF)],
    "Hiragana and Katakana": [
        (0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F), (0x1AFF0, 0x1B16F),
    ],
    "Han": [
        (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x16FF0, 0x16FF6), (0x20000, 0x3FFFF),
    ],
}  # fmt: skip


def kind_of(character):
    """0: separates tokens; 1: belongs to one; 2: is one."""
    if not (character == "_" or re.match("[LMN]", unicodedata.category(character))):
        return 0
    for ranges in SCRIPTS_WITHOUT_SPACES.values():
        for first, last in ranges:
            if first <= ord(character) <= last:
                return 2
    return 1


def tokens(text):
    found = []
    for kind, run in groupby(unicodedata.normalize("NFC", text).casefold(), key=kind_of):
        characters = "".join(run)
        if kind:
            found += [characters] if kind == 1 else list(characters)
    return found


def shingle_lists(text, size):
    """All shingles in order, as tuples of tokens, repeats included."""
    words = tokens(text)
    if not words:
        return []
    if len(words) < size:
        return [tuple(words)]
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]


def shingles(text, size=5):
    distinct = []
    for shingle in shingle_lists(text, size):
        if shingle not in distinct:
            distinct.append(shingle)
    return [" ".join(shingle).encode() for shingle in distinct]


def token_hash(token):
    state = 0xCBF29CE484222325
    for character in token:
        state = ((state ^ ord(character)) * 0x9E3779B97F4A7C15) % WORD_BITS
        state = state ^ (state // 2**32)
    return state


def fmix64(value):
    value = ((value ^ (value // 2**33)) * 0xFF51AFD7ED558CCD) % WORD_BITS
    value = ((value ^ (value // 2**33)) * 0xC4CEB9FE1A85EC53) % WORD_BITS
    return value ^ (value // 2**33)


def fmix32(value):
    value = ((value ^ (value // 2**16)) * 0x85EBCA6B) % 2**32
    value = ((value ^ (value // 2**13)) * 0xC2B2AE35) % 2**32
    return value ^ (value // 2**16)


def shingle_hash64(shingle):
    hashes = [token_hash(token) for token in shingle.decode().split(" ")]
    powers = [0xD6E8FEB86659FD93**power for power in range(len(hashes))]
    return fmix64(sum(h * p for h, p in zip(hashes, reversed(powers), strict=True)) % WORD_BITS)


def shingle_hash(shingle):
    return shingle_hash64(shingle) // 2**32


def shingle_set(text, size=5):
    return sorted({shingle_hash64(shingle) for shingle in shingles(text, size)})


def signature(hashes, multipliers, increments):
    """``affine32`` of 32-bit hashes, as the definition reads."""
    return [
        min((((a * fmix32(x)) + b) % 2**32 for x in hashes), default=2**32 - 1)
        for a, b in zip(multipliers, increments, strict=True)
    ]


def jaccard(left, right):
    left, right = set(left), set(right)
    return len(left & right) / len(left | right)


def deduplicate(texts, threshold=0.8, shingle_size=5):
    """Compare each text with every kept one: indices kept, and survivor and Jaccard of the rest."""
    kept = {}
    dropped = {}
    for number, text in enumerate(texts):
        own = frozenset(shingle_lists(text, shingle_size))
        best = (0.0, None)
        for survivor, theirs in kept.items():
            if own and theirs:
                similarity = jaccard(own, theirs)
                if similarity >= threshold and similarity > best[0]:
                    best = (similarity, survivor)
        if best[1] is None:
            kept[number] = own
        else:
            dropped[number] = (best[1], best[0])
    return list(kept), dropped
