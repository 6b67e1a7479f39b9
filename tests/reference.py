"""Slow twins of the kernels: plain Python integers, strings and sets; obvious, and nothing shared.

Each has the name of what it checks. Nothing here imports textclean.
"""

import re
import unicodedata
from functools import cache
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


#: Code pages of the mojibake triage, and whether a C1 control stands for its byte as well.
MISREADINGS = {
    "cp1252": True, "cp1250": False, "cp1251": False, "cp1253": False, "cp1254": False,
    "cp1257": False, "iso8859-2": False, "mac_roman": False, "cp437": False,
}  # fmt: skip
#: Flags by name, as the triage numbers them.
MOJIBAKE_FLAGS = {
    "nbsp": 1, "c1": 2, "lost": 4, "bom": 8, "control": 16, "candidate": 32, "stump": 64,
    "stray": 128, "letter and space": 256, "spaced": 512, "question": 1024,
}  # fmt: skip
SPACED_PAGES = ("cp1252", "cp1257")


@cache
def bytes_of_misreadings(character):
    """The byte that a character stands for in each code page; -1 for U+FFFD, which is any."""
    found = {}
    for codec, c1_too in MISREADINGS.items():
        numbers = []
        for number in range(128, 256):
            try:
                read = bytes([number]).decode(codec)
            except UnicodeDecodeError:
                read = chr(number)
            if read == character or (c1_too and number < 160 and chr(number) == character):
                numbers.append(number)
        found[codec] = numbers[0] if numbers else None
        if character == "\ufffd":
            found[codec] = -1
    return found


def begins_sequence(characters):
    """Whether a lead byte and as many continuations as it asks for stand at the start."""
    read = [bytes_of_misreadings(character) for character in characters[:4]]
    for codec in MISREADINGS:
        lead, *tails = [each[codec] for each in read]
        if lead is None or not 0xC2 <= lead <= 0xF3:
            continue
        length = 1 if lead < 0xE0 else 2 if lead < 0xF0 else 3
        goes_on = [tail == -1 or (tail is not None and 0x80 <= tail < 0xC0) for tail in tails]
        if len(goes_on) >= length and all(goes_on[:length]):
            return True
    return False


def is_spaced(lead, following):
    """Whether a space stands among the continuations of a lead of cp1252 or cp1257."""
    shape = "".join("s" if c == " " else "n" if c > "\x7f" else "a" for c in following)
    for codec in SPACED_PAGES:
        number = bytes_of_misreadings(lead)[codec]
        if number in {0xC5, 0xCE, 0xD0, 0xD9} and shape[:1] == "s":
            return True
        if number in range(0xE0, 0xE4) and shape[:2] in {"sn", "ns"}:
            return True
        if number == 0xF0 and (shape[:2] in {"sn", "ns"} or shape[:3] == "nns"):
            return True
    return False


def mojibake_flags_at(text, at):
    """The names of the flags that one place raises."""
    character, following = text[at], text[at + 1 : at + 4]
    after = following[:1]
    if character < " " and character not in "\t\n\f\r":
        yield "control"
    if character == "\x7f":
        yield "control"
    if "\x80" <= character <= "\x9f":
        yield "c1"
    yield from {"\xa0": ["nbsp"], "\ufffd": ["lost"], "\ufeff": ["bom"]}.get(character, [])
    if character > "\x7f" and begins_sequence(text[at : at + 4]):
        yield "candidate"
    if character + after in {"â€", "β€", "ā€", "вЂ", "ΓÇ"}:
        yield "stump"
    if character == "Â" and not (after > "\x7f" or (after.isascii() and after.isalpha())):
        yield "stray"
    if character in "ÃГ" and after == " ":
        yield "letter and space"
    if character > "\x7f" and is_spaced(character, following):
        yield "spaced"
    if character == "?" and text[max(0, at - 1) : at] == "n" and after == "t":
        yield "question"


def mojibake_scan(text):
    """Sum of the flags, and the runs beyond ASCII in which a sequence may begin."""
    names = [set(mojibake_flags_at(text, at)) for at in range(len(text))]
    runs = []
    for beyond, places in groupby(range(len(text)), key=lambda at: text[at] > "\x7f"):
        run = list(places)
        if beyond and any("candidate" in names[at] for at in run):
            runs.append((run[0], run[-1] + 1))
    raised = set().union(*names)
    return sum(MOJIBAKE_FLAGS[name] for name in raised), runs


def components(count: int, pairs: list[tuple[int, int]]) -> list[int]:
    """Return for each text the smallest one that pairs connect it to."""
    names = list(range(count))
    for _ in range(count):
        for left, right in pairs:
            names[left] = names[right] = min(names[left], names[right])
    return [int(name) for name in names]


def first_survivors(
    count: int, similarity: dict[tuple[int, int], float]
) -> list[tuple[int, float]]:
    """Return for each text the survivor it repeats and how similar it is, or (-1, 0.0)."""
    found: list[tuple[int, float]] = []
    for text in range(count):
        kept = [other for other in range(text) if found[other][0] == -1]
        similar = [
            (similarity[text, other], -other) for other in kept if (text, other) in similarity
        ]
        best, other = max(similar, default=(0.0, 1))
        found.append((-other, best))
    return found


def take_bits(slots):
    """Return a bit signature: of each slot, the first bit of its product with 2^32 / phi."""
    bits = "".join(str(int(slot) * 0x9E3779B1 % 2**32 >> 31) for slot in slots[:1024])
    return [int(bits[start : start + 64], 2) for start in range(0, 1024, 64)]


def distance(left, right):
    return sum((int(x) ^ int(y)).bit_count() for x, y in zip(left, right, strict=True))
