r"""JSON Lines records: validate, take out the text, and put a new one in its place.

The fast path (msgspec) decodes only what is needed. What it refuses (lone surrogates, NaN,
very deep nesting) goes through the member scan here, which is iterative, linear, and knows
the byte range of each value, so that every other byte of a record stays as it came.
"""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from textclean.errors import InputError, listed

#: DESIGN.md, section 5: records nested deeper are broken.
MAXIMUM_DEPTH = 1000

#: Code points that are encoded at once.
_LARGE = 2**20

# The parts of JSON, as sources: what is compiled is only ever asked where it is to begin.
_BLANKS = rb"[ \t\n\r]*+"
_QUOTED = rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
_PLAIN = (
    rb"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?+"
    rb"|-?Infinity|NaN|true|false|null)(?![0-9A-Za-z_.+-])"
)
_SPACE = re.compile(_BLANKS)
_STRING = re.compile(_QUOTED)
_SCALAR = re.compile(_PLAIN)
#: A member whose name has no escapes and whose value is no object or list, and what follows it.
_PLAIN_MEMBER = re.compile(
    rb'%(blanks)b"([^"\\\x00-\x1f]*+)"%(blanks)b:%(blanks)b(%(quoted)b|%(plain)b)%(blanks)b([,}])'
    % {b"blanks": _BLANKS, b"quoted": _QUOTED, b"plain": _PLAIN}
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_ASCII = re.compile(rb"[\x80-\xff]")
#: An escape that only a writer of pure ASCII makes.
_ESCAPED = re.compile(rb"\\u(?!00[0-7])[0-9a-fA-F]{4}")

#: What a value that is no string is, by its first byte; all others are numbers.
_KINDS = {b"{": "an object", b"[": "a list", b"t": "true", b"f": "false", b"n": "null"}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """What the pipeline needs of a record; ``id`` None when it has none."""

    id: str | None
    text: str


def parse_record(raw: bytes, text_field: str = "text", id_field: str = "id") -> ParsedRecord:
    """Return id and text of one record.

    Raises:
        InputError: No object, field missing or no string, invalid UTF-8, nested too deeply;
            ``byte_offset`` is the place within the record.

    >>> parse_record(b'{"id": 7, "text": "a"}')
    ParsedRecord(id='7', text='a')
    """
    import msgspec

    check_utf8(raw)
    plain = text_field.isidentifier() and id_field.isidentifier()  # msgspec takes no others
    if plain and raw.count(b"{") + raw.count(b"[") <= MAXIMUM_DEPTH:
        try:
            found = record_decoder(text_field, id_field).decode(raw)
        except (msgspec.MsgspecError, RecursionError):
            pass  # the scan below accepts more, and says better what is wrong
        else:
            return ParsedRecord(id_from_json(bytes(found.id)), found.text)
    spans = member_spans(raw)
    if text_field not in spans:
        there = f"it has {listed(spans)}" if spans else "it has none"
        message = f"the record has no field {text_field!r}: {there}; --text-field names the text's"
        raise InputError(message, byte_offset=0)
    start, end = spans[text_field]
    if raw[start : start + 1] != b'"':
        kind = _KINDS.get(raw[start : start + 1], "a number")
        message = f"the field {text_field!r} is {kind}, not a string"
        raise InputError(message, byte_offset=start)
    id_start, id_end = spans.get(id_field, (0, 0))
    return ParsedRecord(id_from_json(raw[id_start:id_end]), json.loads(raw[start:end]))


def rewrite_record(
    raw: bytes, text_field: str, text: str | None, language: str | None = None
) -> bytes:
    """Return the record with another text and language; every other byte stays.

    A text that came in as ASCII with escapes goes out that way.

    >>> rewrite_record(b'{"text": "a",  "n": 1.50}', "text", "b")
    b'{"text": "b",  "n": 1.50}'
    """
    spans = member_spans(raw)
    changes: list[tuple[int, int, list[bytes]]] = []
    if text is not None:
        start, end = spans[text_field]
        is_ascii = _is_escaped(raw, start, end)
        changes.append((start, end, _json_pieces(text, ascii_only=is_ascii)))
    if language is not None:
        start, end, value = _member_change(spans, "language", json_string(language))
        changes.append((start, end, [value]))
    pieces: list[bytes] = []
    reached = 0
    for start, end, values in sorted(changes):
        pieces += (raw[reached:start], *values)
        reached = end
    return b"".join([*pieces, raw[reached:]])


def _is_escaped(raw: bytes, start: int, end: int) -> bool:
    """Whether the JSON string there is ASCII because something in it is written as an escape."""
    if _ESCAPED.search(raw, start, end) is None:
        return False
    return _NO_ASCII.search(raw, start, end) is None


def with_member(raw: bytes, name: str, value: bytes) -> bytes:
    """Return a record with a member set; every other byte stays.

    >>> with_member(b'{"text": "a"}', "n", b"1")
    b'{"text": "a", "n": 1}'
    """
    start, end, piece = _member_change(member_spans(raw), name, value)
    return raw[:start] + piece + raw[end:]


def _member_change(
    spans: Mapping[str, tuple[int, int]], name: str, value: bytes
) -> tuple[int, int, bytes]:
    """Return what stands between which bytes when a member of a record is set."""
    if name in spans:
        return (*spans[name], value)
    at = max(end for _, end in spans.values())
    return at, at, b", " + json_string(name) + b": " + value


def record_of_members(members: Mapping[str, bytes]) -> bytes:
    """Return a new record of values that are JSON already, without a line end.

    >>> record_of_members({"a": b"1.50"})
    b'{"a": 1.50}'
    """
    return b"{" + b", ".join(json_string(k) + b": " + v for k, v in members.items()) + b"}"


def build_record(fields: dict[str, Any]) -> bytes:
    """Return a new record, without a line end.

    >>> build_record({"id": "a", "text": "b"})
    b'{"id": "a", "text": "b"}'
    """
    try:
        return json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8
        return json.dumps(fields).encode("ascii")


def json_string(text: str, *, ascii_only: bool = False) -> bytes:
    """Return a text as a JSON string; lone surrogates as escapes."""
    return b"".join(_json_pieces(text, ascii_only=ascii_only))


def _json_pieces(text: str, *, ascii_only: bool) -> list[bytes]:
    """Return a text as a JSON string in pieces: a large one is written only once."""
    if not ascii_only:
        import msgspec

        with contextlib.suppress(UnicodeEncodeError):  # the same bytes as json's, sooner
            if len(text) <= _LARGE:
                return [msgspec.json.encode(text)]
            # With each text it encodes, its UTF-8 bytes are kept as long as the text is.
            parts = (text[at : at + _LARGE] for at in range(0, len(text), _LARGE))
            return [b'"', *(msgspec.json.encode(part)[1:-1] for part in parts), b'"']
    return [json.dumps(text).encode("ascii")]


def members_of(raw: bytes) -> dict[str, bytes]:
    """Return the values of a JSON object as they are written; the last of equal keys counts.

    >>> members_of(b'{"a": 1.50, "b": "c"}')
    {'a': b'1.50', 'b': b'"c"'}
    """
    check_utf8(raw)
    return {key: raw[start:end] for key, (start, end) in member_spans(raw).items()}


def text_of_json(value: bytes) -> str:
    """Return a JSON value as text: a string's content, nothing for null, else as written.

    >>> text_of_json(b'"a"'), text_of_json(b"1.50"), text_of_json(b"null")
    ('a', '1.50', '')
    """
    if value.startswith(b'"'):
        return str(json.loads(value))
    return "" if value == b"null" else value.decode()


def check_utf8(raw: bytes) -> None:
    """Raise ``InputError`` with the byte within ``raw`` that is no UTF-8."""
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        message = (
            f"invalid UTF-8 (byte 0x{raw[error.start]:02x}); "
            "--encoding NAME reads another encoding (cp1252, say)"
        )
        raise InputError(message, byte_offset=error.start) from None


def refuse_surrogates(text: str, target: str) -> None:
    """Raise ``InputError`` when a text cannot be written in a format without escapes."""
    if target != "jsonl" and not text.isascii() and _SURROGATE.search(text):
        message = f"the text holds a lone surrogate, which {target} cannot; use --to jsonl"
        raise InputError(message, byte_offset=0)


def member_spans(raw: bytes) -> dict[str, Span]:
    """Return the byte range of each value of a JSON object; the last of equal keys counts.

    Validates the whole record; numbers beyond JSON that Python writes (NaN, Infinity) pass.

    Raises:
        InputError: Where the record stops being a JSON object.
    """
    at = _skip_space(raw, 0)
    if raw[at : at + 1] != b"{":
        message = "the record is no JSON object"
        raise InputError(message, byte_offset=at)
    spans: dict[str, Span] = {}
    at = _skip_space(raw, at + 1)
    if raw[at : at + 1] == b"}":
        at += 1
    else:
        while True:
            if (member := _PLAIN_MEMBER.match(raw, at)) is not None:
                spans[member[1].decode()] = member.span(2)
                at = member.end()
                if member[3] == b"}":
                    break
                continue
            key, at = _key(raw, _skip_space(raw, at))
            end = _skip_value(raw, at)
            spans[key] = (at, end)
            at = _skip_space(raw, end)
            closing = raw[at : at + 1]
            if closing == b"}":
                at += 1
                break
            if closing != b",":
                _fail(raw, at, "',' or '}'")
            at += 1
    if _skip_space(raw, at) != len(raw):
        _fail(raw, _skip_space(raw, at), "the end of the record")
    return spans


def _key(raw: bytes, at: int) -> tuple[str, int]:
    """Read ``"key" :``; return the key and where its value starts."""
    match = _STRING.match(raw, at)
    if match is None:
        _fail(raw, at, "a key in quotes")
    colon = _skip_space(raw, match.end())
    if raw[colon : colon + 1] != b":":
        _fail(raw, colon, "':'")
    return json.loads(match[0]), _skip_space(raw, colon + 1)


def _skip_value(raw: bytes, at: int) -> int:
    """Return the end of the value that starts here; iterative, whatever its depth."""
    closers = bytearray()
    while True:
        opener = raw[at : at + 1]
        if opener in (b"{", b"["):
            if len(closers) + 1 >= MAXIMUM_DEPTH:
                message = f"the record is nested beyond {MAXIMUM_DEPTH:,} levels"
                raise InputError(message, byte_offset=at)
            closer = b"}" if opener == b"{" else b"]"
            inside = _skip_space(raw, at + 1)
            if raw[inside : inside + 1] != closer:
                closers += closer
                at = _key(raw, inside)[1] if closer == b"}" else inside
                continue
            at = inside + 1
        else:
            match = _STRING.match(raw, at) or _SCALAR.match(raw, at)
            if match is None:
                _fail(raw, at, "a value")
            at = match.end()
        while closers:
            at = _skip_space(raw, at)
            if raw[at] == closers[-1] if at < len(raw) else False:
                closers.pop()
                at += 1
                continue
            if raw[at : at + 1] != b",":
                _fail(raw, at, f"',' or {chr(closers[-1])!r}")
            at = _skip_space(raw, at + 1)
            at = _key(raw, at)[1] if closers[-1:] == b"}" else at
            break
        else:
            return at


def _skip_space(raw: bytes, at: int) -> int:
    match = _SPACE.match(raw, at)
    assert match is not None  # noqa: S101 - the pattern matches the empty string
    return match.end()


def _fail(raw: bytes, at: int, expected: str) -> NoReturn:
    if at >= len(raw):
        message = f"the record is cut: expected {expected} where it ends"
    elif expected == "a value" and raw[at : at + 1] == b'"':
        message = (
            "no valid JSON: a string without end, or with a raw control character or bad escape"
        )
    else:
        message = f"no valid JSON: expected {expected}, found {chr(raw[at])!r}"
    raise InputError(message, byte_offset=at)


def id_from_json(value: bytes) -> str | None:
    """Return an id as text: a string's content, another value as it is written."""
    if not value or value == b"null":
        return None
    if value.startswith(b'"'):
        if b"\\" not in value:
            return value[1:-1].decode()
        text = json.loads(value)
        return text if isinstance(text, str) else None
    return value.decode()


@lru_cache(maxsize=8)
def record_decoder(text_field: str, id_field: str) -> Any:
    """Return a msgspec decoder of the two fields; all others are validated and skipped."""
    import msgspec

    struct = msgspec.defstruct(
        "Record",
        [("text", str), ("id", msgspec.Raw, msgspec.Raw(b""))],
        rename={"text": text_field, "id": id_field},
    )
    return msgspec.json.Decoder(struct)
