"""The code pages through which UTF-8 is misread, and where a text may hold such a reading.

Each byte of a single-byte code page is one character. So a misread text, mapped back byte by
byte, keeps its offsets, and one pattern finds the UTF-8 sequences in it for every page.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

#: What stands for a character that a code page lacks: ASCII, so that no sequence holds it.
UNMAPPED = "x"
#: What stands for U+FFFD, the grave of a byte the code page had no character for.
LOST_BYTE = "\x1a"

_TAIL = "[\x80-\xbf]"
_UNIT = (
    f"[\xc2-\xdf]{_TAIL}"
    f"|\xe0[\xa0-\xbf]{_TAIL}|[\xe1-\xec\xee\xef]{_TAIL}{_TAIL}|\xed[\x80-\x9f]{_TAIL}"
    # CESU-8: a surrogate pair, each half as three bytes (emoji from old Java and databases)
    f"|\xed[\xa0-\xaf]{_TAIL}\xed[\xb0-\xbf]{_TAIL}"
    f"|\xf0[\x90-\xbf]{_TAIL}{_TAIL}|\xf3\xa0[\x80\x81]{_TAIL}"
    # one byte lost: nothing but U+FFFD can stand for the whole sequence
    f"|[\xc2-\xdf]{LOST_BYTE}|[\xe0-\xef](?:{LOST_BYTE}{_TAIL}|{_TAIL}{LOST_BYTE})"
    f"|\xf0(?:{LOST_BYTE}{_TAIL}{_TAIL}|{_TAIL}{LOST_BYTE}{_TAIL}|{_TAIL}{_TAIL}{LOST_BYTE})"
)
#: A run of UTF-8 sequences in a text of characters that stand for bytes.
UNITS = re.compile(f"(?:{_UNIT})+")
_LOST_UNIT = re.compile(f"[\xc2-\xf0][\x80-\xbf]*{LOST_BYTE}[\x80-\xbf]*")


class _ByteMap(dict[int, str]):
    """Code point to the byte it stands for; whatever the page lacks is unmapped."""

    def __missing__(self, code_point: int) -> str:
        return UNMAPPED


@dataclass(frozen=True, slots=True, eq=False)
class CodePage:
    """One way to misread bytes.

    Attributes:
        name: As in the reasons: ``utf8-as-<name>``.
        byte_map: Code point to the byte it stands for, for ``str.translate``.
        characters: The character of each byte.
    """

    name: str
    byte_map: _ByteMap
    characters: tuple[str, ...]

    def bytes_from_text(self, text: str) -> str:
        """Map a text to the bytes it was, one character for each; offsets are kept.

        >>> code_pages()[0].bytes_from_text("Ã©Ω")
        'Ã©x'
        """
        as_bytes = text.translate(self.byte_map)
        if LOST_BYTE in as_bytes and self.characters[0x9D] == "\x9d":
            # the one common sequence that ends in a byte the page has no character for
            as_bytes = as_bytes.replace("\xe2\x80" + LOST_BYTE, "\xe2\x80\x9d")
        return as_bytes


@cache
def tables() -> dict[str, Any]:
    """The data of this stage."""
    source = files("textclean.stages") / "tables" / "mojibake.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def code_pages() -> tuple[CodePage, ...]:
    """The code pages, in the order in which they are tried."""
    return tuple(
        _code_page(row["name"], row["codec"], c1_too=row["c1_too"]) for row in tables()["code_page"]
    )


def _code_page(name: str, codec: str, *, c1_too: bool) -> CodePage:
    characters = tuple(_character(byte, codec) for byte in range(256))
    byte_map = _ByteMap()
    for byte in range(0x80, 0x100):
        byte_map[ord(characters[byte])] = chr(byte)
    if c1_too:
        for byte in range(0x80, 0xA0):
            byte_map[byte] = chr(byte)
    byte_map[0xFFFD] = LOST_BYTE
    return CodePage(name, byte_map, characters)


def _character(byte: int, codec: str) -> str:
    """The character of a byte; bytes without one are C1 controls, as in browsers."""
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


def decode(as_bytes: str) -> str:
    r"""Decode a run of sequences found by ``UNITS``.

    >>> decode("Ã©")
    'é'
    >>> decode("\xed\xa0\xbd\xed\xb8\x8d")
    '😍'
    """
    if LOST_BYTE in as_bytes:
        as_bytes = _LOST_UNIT.sub("\xef\xbf\xbd", as_bytes)
    text = as_bytes.encode("latin-1").decode("utf-8", "surrogatepass")
    if "\xed" in as_bytes:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


@lru_cache(maxsize=256)
def read_through(damaged: str, name: str) -> str | None:
    """Return what a text was if all of it was UTF-8 and went through a page.

    >>> read_through("Ã©", "cp1252"), read_through("é", "cp1252")
    ('é', None)
    """
    page = next(page for page in code_pages() if page.name == name)
    as_bytes = page.bytes_from_text(damaged)
    return decode(as_bytes) if UNITS.fullmatch(as_bytes) else None


@cache
def implausible() -> re.Pattern[str]:
    """A character that a repair should not bring forth."""
    sound = "".join(f"{row['first']}-{row['last']}" for row in tables()["plausible"])
    return re.compile(f"[^\x00-\x7f{sound}]")


def unassigned_count(repaired: str) -> int:
    """Count the holes of the alphabets: Thai has some, and two code pages tell it apart by them."""
    letters = (c for c in repaired if "\u0370" <= c < "\u2000")
    return sum(unicodedata.category(letter) == "Cn" for letter in letters)


@cache
def needs_proof() -> frozenset[str]:
    """Damage that people also write on purpose."""
    return frozenset(row["text"] for row in tables()["needs_proof"])


@cache
def never_meet() -> frozenset[str]:
    """Pairs of letters that no alphabet holds both."""
    rows = tables()["never_meet"]
    return frozenset(row["first"] + second for row in rows for second in row["seconds"])


@cache
def stray_lead(page_name: str, lead: str) -> re.Pattern[str]:
    """A lead character of a page that no continuation follows: the text uses it as a letter."""
    page = next(page for page in code_pages() if page.name == page_name)
    tail = "".join(re.escape(page.characters[byte]) for byte in range(0x80, 0xC0))
    return re.compile(f"{re.escape(lead)}(?![{tail} \ufffd\x80-\x9f])")
