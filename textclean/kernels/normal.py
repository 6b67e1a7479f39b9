"""Whether a text may need normalization: almost none does, and to ask Python takes long."""

import numpy as np

from textclean.kernels.arrays import Bytes, Counts, Longs
from textclean.kernels.jit import kernel

#: Ranges of characters that are in NFC whatever stands around them: no marks, nothing that is
#: taken apart, and nothing that composes with what is before it. A text of nothing else, and of
#: what is before U+0300, is in NFC (Unicode Standard Annex #15, section 9). No list of all.
_INERT = (
    (0x0388, 0x0483),  # Greek, Cyrillic
    (0x048A, 0x0591),  # Cyrillic, Armenian
    (0x05D0, 0x05EB),  # Hebrew
    (0x061B, 0x064B),  # Arabic
    (0x2002, 0x2040),  # general punctuation
    (0x20A0, 0x20C1),  # signs of currencies
    (0x2190, 0x219A),  # arrows
    (0x2500, 0x2ADC),  # drawings, dingbats
    (0x3000, 0x302A),  # punctuation of Chinese and Japanese
    (0x3041, 0x3099),  # Hiragana
    (0x309F, 0x3100),  # Katakana
    (0x4E00, 0xA000),  # Han
    (0xAC00, 0xD7A4),  # Hangul
    (0xFF00, 0xFFF0),  # full width
)
_BEYOND_BASIC = 0x10000
#: First bytes: of U+0300 and behind, and of characters of three and of four bytes.
_FIRST, _OF_THREE, _OF_FOUR = np.uint8(0xCC), np.uint8(0xE0), np.uint8(0xF0)
#: The second byte of pictographs, U+1F000 to U+1FFFF, all inert.
_PICTURE = np.uint8(0x9F)
_ONE, _TWO, _THREE, _FOUR, _SIX = (np.uint64(number) for number in (1, 2, 3, 4, 6))
_LOW_FOUR, _LOW_FIVE, _LOW_SIX = np.uint64(0xF), np.uint64(0x1F), np.uint64(0x3F)


def inert_characters() -> Longs:
    """Return a bit for each character of the basic plane, 64 in a number: whether it is inert."""
    inert = np.zeros(_BEYOND_BASIC, np.bool_)
    for start, end in _INERT:
        inert[start:end] = True
    return np.packbits(inert, bitorder="little").view(np.uint64)


@kernel
def may_change(data: Bytes, offsets: Counts, inert: Longs, flags: Bytes) -> None:
    """Flag each text of a batch that NFC may change; one too many now and then.

    Args:
        data: ``uint8``, UTF-8.
        offsets: ``int64[texts + 1]`` into it.
        inert: From ``inert_characters``.
        flags: ``uint8[texts]``, filled.
    """
    for index in range(len(flags)):
        largest = np.uint8(0)
        text = data[offsets[index] : offsets[index + 1]]
        for position in range(len(text)):  # over a slice: in vectors
            largest = max(largest, text[position])
        flags[index] = largest >= _FIRST and has_others(text, inert)


@kernel
def has_others(text: Bytes, inert: Longs) -> bool:
    """Whether a text has a character from U+0300 on that is not known to be inert."""
    place, end = np.uint64(0), np.uint64(len(text))
    while place < end:
        byte = text[place]
        if byte < _FIRST:  # also the second byte of characters before U+0300
            place += _ONE
            continue
        if byte >= _OF_FOUR:
            if byte != _OF_FOUR or text[place + _ONE] != _PICTURE:
                return True
            place += _FOUR
            continue
        block = np.uint64(text[place + _ONE]) & _LOW_SIX
        if byte < _OF_THREE:
            block, last = np.uint64(byte) & _LOW_FIVE, block
            place += _TWO
        else:
            block |= (np.uint64(byte) & _LOW_FOUR) << _SIX
            last = np.uint64(text[place + _TWO]) & _LOW_SIX
            place += _THREE
        if not inert[block] >> last & _ONE:
            return True
    return False
