"""The damaged runs that leave no doubt, decoded without a look at ftfy's pattern.

A run of characters beyond ASCII is read back through each code page until its bytes are nothing
but UTF-8 sequences (Unicode Standard, table 3-7). What they spell is beyond doubt when it is

    several letters of one script other than Latin, spelled by something that is no word;
    dashes, quotes and other signs of three bytes, after a lead that words of its script do not
    end in;
    small Latin letters that fit between their neighbors, spelled by a pair that never is sound;
    sequences once more, when the run holds such a pair: it was misread twice.

A run that is none of these is left to the careful path, which judges these as certain, too.
``sound`` tells the runs in which that path finds nothing.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textclean.kernels.arrays import Bytes, Unsigned, Words
from textclean.kernels.jit import kernel
from textclean.kernels.sequences import sequence

#: Code points that ``kinds`` has entries for.
KINDS_SIZE = 0x20000

#: What a decoded character is: no character to be expected, a small letter or capital of Latin,
#: a mark, a common sign, anything else; from ``SCRIPT`` on, a letter of another script.
IMPLAUSIBLE, SMALL, CAPITAL, MARK, COMMON_SIGN, OTHER, SCRIPT = 0, 1, 2, 3, 4, 5, 16
CYRILLIC = 17

#: What a character is whatever its script, besides ``SMALL`` and ``CAPITAL``.
SIGN = 3

#: What a pair of a lead and a continuation is: never sound text; sound after a capital only; of
#: letters that never meet, which is asked of pairs alone, not in longer runs; written on purpose.
NEVER_SOUND, SOUND_AFTER_CAPITAL, NEVER_MEET, MAY_BE_MEANT = 1, 2, 3, 4

#: Of the bits for code pages: not all of them are known.
UNKNOWN = 1 << 15

#: What touches words and is nothing else.
TYPOGRAPHIC = 2

_CAPITAL_A, _CAPITAL_Z, _NO_CASE = ord("A"), ord("Z"), 0xFFFFFFDF
_ZERO, _NINE = ord("0"), ord("9")
_NBSP, _PAIR, _LAST_OF_ASCII = 0xA0, 2, 0x7F


class MisreadTable(NamedTuple):
    """What the kernel knows of code pages and characters.

    Attributes:
        bytes_of: ``uint8[pages, 0x10000]``: the byte that a code point stands for; 0 for none.
        kinds: ``uint8[0x20000]``: what each code point is, see above.
        shapes: ``uint8[0x20000]``: ``SMALL`` or ``CAPITAL`` for a letter of any script with case,
            ``SIGN`` for what no word holds.
        places: ``uint16[0x10000]``: row and column of a character of the code pages in ``pairs``.
        pairs: ``uint8[n, n]``: what a lead followed by a continuation is.
        touches_words: ``uint8[0x10000]``: ``TYPOGRAPHIC`` for quotes, dashes and the like, which
            stand at sound words; 1 for other signs that do.
    """

    bytes_of: npt.NDArray[np.uint8]
    kinds: npt.NDArray[np.uint8]
    shapes: npt.NDArray[np.uint8]
    places: npt.NDArray[np.uint16]
    pairs: npt.NDArray[np.uint8]
    touches_words: npt.NDArray[np.uint8]


@kernel
def _kind(point: Unsigned, table: MisreadTable) -> int:
    return int(table.kinds[point]) if point < np.uint32(KINDS_SIZE) else IMPLAUSIBLE


@kernel
def _is_of_one_script(out: Words, count: int, table: MisreadTable) -> bool:
    """Whether this is several letters of one script other than Latin, with few signs between."""
    script, letters, others = 0, 0, 0
    for number in range(count):
        kind = _kind(out[number], table)
        if kind == IMPLAUSIBLE or (kind == MARK and number == 0):
            return False
        if kind >= SCRIPT or kind in (SMALL, CAPITAL):
            if script and kind != script:
                return False
            script = kind
            letters += 1
        elif kind != MARK:
            others += 1
    return letters > 1 and script >= SCRIPT and others * 3 < letters


@kernel
def _is_all(out: Words, count: int, wanted: int, table: MisreadTable) -> bool:
    """Whether all characters are of one kind."""
    for number in range(count):  # noqa: SIM110 - the compiler knows no all()
        if _kind(out[number], table) != wanted:
            return False
    return True


@kernel
def _script(point: Unsigned, table: MisreadTable) -> int:
    """Return the script of a letter."""
    return max(_kind(point, table), CAPITAL)


@kernel
def _is_letter(point: Unsigned, table: MisreadTable) -> bool:
    kind = _kind(point, table)
    return kind >= SCRIPT or kind in (SMALL, CAPITAL)


@kernel
def _is_no_word(points: Words, start: int, end: int, table: MisreadTable) -> bool:
    """Whether a damaged run is no word by itself, quotes and the like aside.

    A word is letters of one script, small ones after a capital at most, or all capitals.
    """
    script, before, earlier = 0, 0, 0
    for at in range(start, end):
        point = points[at]
        if table.touches_words[point]:
            continue
        if not _is_letter(point, table):
            return True
        of_letter, now = _script(point, table), int(table.shapes[point])
        if script and script != of_letter:
            return True
        if before == SMALL and now == CAPITAL:
            return True
        if earlier == CAPITAL and before == CAPITAL and now == SMALL:
            return True
        script, before, earlier = of_letter, now, before
    return False


@kernel
def _holds_unsound(points: Words, start: int, end: int, table: MisreadTable) -> bool:
    """Whether two neighbors stand in a damaged run that never do in sound text."""
    for at in range(start, end - 1):
        row, column = table.places[points[at]], table.places[points[at + 1]]
        if 0 < table.pairs[row, column] < NEVER_MEET:
            return True
    return False


@kernel
def _is_capital(points: Words, at: int) -> bool:
    return bool(at >= 0 and _CAPITAL_A <= points[at] <= _CAPITAL_Z)


@kernel
def _fits_between(points: Words, start: int, end: int) -> bool:
    """Whether a small letter goes with what stands on both sides."""
    if end < len(points) and (_is_capital(points, end) or _ZERO <= points[end] <= _NINE):
        return False
    if not _is_capital(points, start - 1):
        return True
    earlier = start - 2
    is_foreign = (
        earlier >= 0 and points[earlier] > _LAST_OF_ASCII
    )  # maybe a capital of another alphabet
    return not (is_foreign or _is_capital(points, earlier))


@kernel
def _is_ascii_letter(points: Words, at: int) -> bool:
    if not 0 <= at < len(points):
        return False
    return bool(_CAPITAL_A <= points[at] & _NO_CASE <= _CAPITAL_Z)


@kernel
def _mends_script(points: Words, start: int, table: MisreadTable) -> bool:
    """Whether a pair begins with a letter of another script, in a word of ASCII letters."""
    if _kind(points[start], table) < SCRIPT or points[start + 1] == _NBSP:
        return False
    if _is_ascii_letter(points, start - 1):
        return True
    return _is_ascii_letter(points, start + 2) and _is_ascii_letter(points, start + 3)


@kernel
def _breaks_case(points: Words, start: int, table: MisreadTable) -> bool:
    """Whether a pair stands after a small letter and begins with a capital: ``lĂ˘mpada``."""
    earlier, tail = start - 1, points[start + 1]
    if _is_capital(points, earlier) or not _is_ascii_letter(points, earlier):
        return False
    if _kind(points[start], table) != CAPITAL or tail == _NBSP:
        return False
    return bool(table.shapes[tail]) or _is_ascii_letter(points, start + 2)


@kernel
def _breaks_word(points: Words, start: int, table: MisreadTable) -> bool:
    """Whether a pair is a capital and a sign, and a letter follows: ``SĂ©rgio``."""
    if _kind(points[start], table) != CAPITAL:
        return False
    return bool(table.shapes[points[start + 1]] == SIGN) and _is_ascii_letter(points, start + 2)


@kernel
def _breaks_letters(points: Words, start: int, table: MisreadTable) -> bool:
    """Whether a pair begins with a sign in a word of ASCII letters: ``raz√£o``, ``Jos√©``.

    It also needs a tail that is a sign or a letter: a quote may end what stands before it.
    """
    if table.shapes[points[start]] != SIGN or not table.shapes[points[start + 1]]:
        return False
    if not _is_ascii_letter(points, start - 1):
        return False
    return _is_ascii_letter(points, start + 2) or _is_ascii_letter(points, start - 2)


@kernel
def _is_unsound_pair(points: Words, start: int, table: MisreadTable) -> bool:
    """Whether a pair that spells a small Latin letter never is sound where it stands."""
    pair = table.pairs[table.places[points[start]], table.places[points[start + 1]]]
    if pair == MAY_BE_MEANT:
        return False
    if pair and not (pair == SOUND_AFTER_CAPITAL and _is_capital(points, start - 1)):
        return True
    if _breaks_word(points, start, table) or _breaks_case(points, start, table):
        return True
    if _breaks_letters(points, start, table):
        return True
    return _mends_script(points, start, table)


@kernel
def _spells_small(points: Words, start: int, end: int, count: int, table: MisreadTable) -> bool:
    """Whether small Latin letters, decoded from a run, leave no doubt about it."""
    if end - start == _PAIR:
        return _fits_between(points, start, end) and _is_unsound_pair(points, start, table)
    if _kind(points[start], table) >= SCRIPT and count == 1:
        return False  # may end a word of its script
    if _holds_unsound(points, start, end, table):
        return True
    return count > 1 and _is_no_word(points, start, end, table)


@kernel
def _is_free_letter(points: Words, start: int, end: int, table: MisreadTable) -> bool:
    """Whether a pair that never is sound stands by itself: ``и`` and ``в`` are words."""
    if end - start != _PAIR or _kind(points[start], table) >= SCRIPT:
        return False
    if _is_ascii_letter(points, start - 1) or _is_ascii_letter(points, end):
        return False
    if end < len(points) and _ZERO <= points[end] <= _NINE:
        return False
    pair = table.pairs[table.places[points[start]], table.places[points[start + 1]]]
    return bool(pair == NEVER_SOUND)


@kernel
def _is_clear(  # noqa: PLR0913, PLR0917 - a run, and what it spells
    points: Words, start: int, end: int, out: Words, count: int, table: MisreadTable
) -> bool:
    """Whether what a run spells leaves no doubt that it was misread."""
    if _is_all(out, count, SMALL, table):
        return _spells_small(points, start, end, count, table)
    if _is_all(out, count, COMMON_SIGN, table):
        return _kind(points[start], table) < SCRIPT or _is_letter(points[start + 1], table)
    if count == 1 and _kind(out[0], table) == CYRILLIC:
        return _is_free_letter(points, start, end, table)
    return _is_of_one_script(out, count, table) and _is_no_word(points, start, end, table)


@kernel
def _was_misread_twice(out: Words, count: int, page: Bytes, table: MisreadTable) -> bool:
    """Whether a decoded run is nothing but sequences again, of characters to be expected."""
    at = 0
    while at < count:
        length = sequence(out, at, count, page)[1]
        if length == 0:
            return False
        for each in range(at, at + length):
            if _kind(out[each], table) == IMPLAUSIBLE:
                return False
        at += length
    return True


@kernel
def leaves_no_doubt(  # noqa: PLR0913, PLR0917 - a run, what it spells, and through which page
    points: Words, start: int, end: int, out: Words, count: int, page: int, table: MisreadTable
) -> bool:
    """Whether a run was misread, once or twice."""
    if _is_clear(points, start, end, out, count, table):
        return True
    if not _was_misread_twice(out, count, table.bytes_of[page], table):
        return False
    return _holds_unsound(points, start, end, table)
