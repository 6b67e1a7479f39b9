"""WARC and WET: web archives, whose pages and texts are documents and whose rest is passed on.

Documents are HTTP responses and resources of type HTML or plain text, and conversion records of
plain text. A text that changed is written as a conversion record (what WET files hold) that
refers to the record it was made from; everything else stays byte for byte. Framed here, so that
a damaged record is reported with its place and not skipped.
"""

import base64
import hashlib
import re
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textclean.errors import InputError
from textclean.io.json_records import ParsedRecord, json_string
from textclean.io.records import Frame, RecordFormat

#: A header larger than this is none.
_MAXIMUM_HEADER = 2**16
#: What a compressed or chunked page may become.
_MAXIMUM_PAGE = 2**28
_NEXT_RECORD = re.compile(rb"\r?\n(?=WARC/1\.[01]\r?\n)")
#: A version, fields, an empty line; a line that is no field ends the search at once.
_HEADER = re.compile(
    rb"WARC/1\.[01]\r?\n(?:[!-9;-~]{1,100}+:[^\n]*+\n|[ \t][^\n]*+\n)*+(?:\r\n|\n)"
)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"\r?\n[Cc]ontent-[Ll]ength:[ \t]*+([0-9]{1,15})[ \t]*+\r?\n")
_GAP = re.compile(rb"[\r\n]*+")
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset[ ]*+=[ ]*+[\"']?[ ]*+([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)
_META_REACH = 4096
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*+(?:;[^\r\n]*+)?\r\n")
_UTF8 = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Warc(RecordFormat):
    """Records of a web archive."""

    name: str = "warc"

    def frames(self, data: bytes) -> Iterator[Frame]:
        """Yield the records; one that is damaged reaches to where the next begins."""
        at = line = 0
        while at < len(data):
            end = record_end(data, at)
            if end is None:
                following = _NEXT_RECORD.search(data, at + 1)
                content = end = len(data) if following is None else following.end()
            else:
                content, end = end, _gap_end(data, end)
            yield Frame(at, content, end, line)
            line += data.count(b"\n", at, end)
            at = end

    def parse(self, raw: bytes) -> ParsedRecord | None:
        """Return the target's address and the text; None for a record that is no document."""
        fields, block = _split(raw)
        text = _document(fields, block)
        if text is None:
            return None
        return ParsedRecord(fields.get("warc-target-uri") or fields.get("warc-record-id"), text)

    def members(self, raw: bytes) -> Mapping[str, bytes]:
        """Return address, date and record id."""
        fields, _ = _split(raw)
        names = {"url": "warc-target-uri", "date": "warc-date", "record_id": "warc-record-id"}
        return {key: json_string(fields[name]) for key, name in names.items() if name in fields}

    def rewrite(self, raw: bytes, text: str | None, language: str | None) -> bytes:
        """Return a conversion record of the text; what no text is given for stays."""
        if text is None:
            return raw
        fields, _ = _split(raw)
        if fields.get("warc-type") == "conversion":
            return _with_block(raw, text.encode(), language)
        origin = fields.get("warc-record-id", "")
        made = {
            "WARC-Type": "conversion",
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, origin + '#text')}>",
            "WARC-Refers-To": origin,
            "WARC-Target-URI": fields.get("warc-target-uri", ""),
            "WARC-Date": fields.get("warc-date", ""),
        }
        return _conversion(made, text.encode(), language)

    def build(
        self,
        id: str,  # noqa: A002
        text: str,
        language: str | None,
        members: Mapping[str, bytes],  # noqa: ARG002
    ) -> bytes:
        """Return a conversion record under a name made of the id; it has no date."""
        name = uuid.uuid5(uuid.NAMESPACE_URL, id)
        made = {
            "WARC-Type": "conversion",
            "WARC-Record-ID": f"<urn:uuid:{name}>",
            "WARC-Target-URI": "".join(c if c.isprintable() else "%20" for c in id),
            "WARC-Date": "1970-01-01T00:00:00Z",
        }
        return _conversion(made, text.encode(), language) + b"\r\n\r\n"


def record_end(data: bytes | bytearray, start: int) -> int | None:
    """Return where the block of the record that begins here ends; None when it is damaged.

    The end may lie behind the data.
    """
    header = _HEADER.match(data, start, start + _MAXIMUM_HEADER)
    if header is None:
        return None
    length = _LENGTH.search(data, start, header.end())
    return None if length is None else header.end() + int(length[1])


def whole_end(data: bytes | bytearray, start: int) -> int | None:
    """Return the end of the record that begins here, with the gap behind it; None when cut."""
    end = record_end(data, start)
    if end is None or end + 4 > len(data):
        return None
    return _gap_end(data, end)


def is_damaged(data: bytes | bytearray, start: int) -> bool:
    """Tell whether what begins here is no record, however much more comes."""
    whole = len(data) - start > _MAXIMUM_HEADER or _HEADER_END.search(data, start) is not None
    return whole and record_end(data, start) is None


def next_record(data: bytes | bytearray, start: int) -> int | None:
    """Return where the next record begins behind a damaged one."""
    found = _NEXT_RECORD.search(data, start + 1)
    return None if found is None else found.end()


def _gap_end(data: bytes | bytearray, end: int) -> int:
    gap = _GAP.match(data, end)
    return end if gap is None else gap.end()


def _split(raw: bytes) -> tuple[dict[str, str], bytes]:
    """Return the fields of a record, lower-case names first, and its block."""
    end = record_end(raw, 0)
    header = _HEADER_END.search(raw)
    if end is None or header is None:
        message = "this is no WARC record: a version, a header with Content-Length, a block"
        raise InputError(message, byte_offset=0)
    if end > len(raw):
        message = "the WARC record is cut: its block is shorter than its Content-Length"
        raise InputError(message, byte_offset=0)
    return _fields(raw[: header.start()]), raw[header.end() : end]


def _fields(header: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in header.split(b"\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            key = name.strip().decode("latin-1").lower()
            fields.setdefault(key, value.strip().decode("utf-8", "replace"))
    return fields


def _document(fields: Mapping[str, str], block: bytes) -> str | None:
    """Return the text of a record, markup included; None when it is no document."""
    kind = fields.get("warc-type")
    media = fields.get("content-type", "")
    if kind == "conversion" and media.lower().startswith("text/plain"):
        return _decoded(block, media, is_html=False)
    if kind == "resource":
        return _page(media, block)
    if kind != "response" or not media.lower().replace(" ", "").startswith("application/http"):
        return None
    header = _HEADER_END.search(block, 0, _MAXIMUM_HEADER)
    status = re.match(rb"HTTP/[0-9.]+ +(2[0-9][0-9])", block)
    if header is None or status is None:
        return None
    http = _fields(block[: header.start()])
    if not _is_text(http.get("content-type", "")):
        return None
    return _page(http["content-type"], _plain_body(http, block[header.end() :]))


def _is_text(media: str) -> bool:
    kind = media.partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml", "text/plain")


def _page(media: str, body: bytes) -> str | None:
    if not _is_text(media):
        return None
    return _decoded(body, media, is_html="html" in media.partition(";")[0].lower())


def _decoded(body: bytes, media: str, *, is_html: bool) -> str:
    """Decode by the mark, the header's charset, the page's own, UTF-8, in this order.

    A page that is not what it says is read as browsers do: with U+FFFD for what is broken. A
    text that says nothing must be UTF-8.
    """
    import webencodings

    declared = re.search(r"charset[ ]*=[ ]*[\"']?([^\s;\"']{1,40})", media, re.IGNORECASE)
    label = declared[1] if declared else ""
    if not label and is_html and (found := _META_CHARSET.search(body, 0, _META_REACH)):
        label = found[1].decode("ascii")
        label = "utf-8" if label.lower().startswith("utf-16") else label
    encoding = webencodings.lookup(label) if label else None
    if encoding is None:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if not is_html:
                message = f"invalid UTF-8 (byte 0x{body[error.start]:02x})"
                raise InputError(message, byte_offset=0) from None
            return str(webencodings.decode(body, "windows-1252")[0])
    return str(webencodings.decode(body, encoding)[0])


def _plain_body(http: Mapping[str, str], body: bytes) -> bytes:
    """Undo chunks and compression that an archive has kept."""
    if http.get("transfer-encoding", "").lower() == "chunked":
        body = _unchunked(body)
    coding = http.get("content-encoding", "").lower()
    if coding in ("gzip", "x-gzip", "deflate") and body[:1] in (b"\x1f", b"\x78"):
        inflater = zlib.decompressobj(47)  # gzip or zlib, by the header
        try:
            plain = inflater.decompress(body, _MAXIMUM_PAGE)
        except zlib.error as error:
            message = f"the page's {coding} is broken: {error}"
            raise InputError(message, byte_offset=0) from None
        if inflater.unconsumed_tail:
            message = f"the page is larger than {_MAXIMUM_PAGE:,} bytes"
            raise InputError(message, byte_offset=0)
        return plain
    if coding in ("br", "zstd") and b"<" not in body[:_META_REACH]:
        message = f"the page is compressed by {coding}, which is not read"
        raise InputError(message, byte_offset=0)
    return body


def _unchunked(body: bytes) -> bytes:
    """Join the chunks of RFC 9112, 7.1; what is no chunk was joined by the archive already."""
    pieces: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(pieces)
        pieces.append(body[size.end() : size.end() + length])
        at = size.end() + length + 2
    return b"".join(pieces) if pieces else body


def _conversion(made: Mapping[str, str], block: bytes, language: str | None) -> bytes:
    rows = dict(made)
    if language is not None:
        rows["WARC-Identified-Content-Language"] = language
    rows |= {
        "WARC-Block-Digest": _digest(block),
        "Content-Type": _UTF8,
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in rows.items() if value)
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block


def _with_block(raw: bytes, block: bytes, language: str | None) -> bytes:
    """Return a conversion record with another block; other fields stay as they are."""
    header = _HEADER.match(raw)
    assert header is not None  # noqa: S101 - split before
    kept: list[bytes] = []
    is_replaced = False
    for line in header[0].rstrip(b"\r\n").split(b"\n"):
        name = line.partition(b":")[0].strip().lower()
        if line.startswith((b" ", b"\t")):
            if not is_replaced:
                kept.append(line)
            continue
        made = _replaced_field(name, line, block, language)
        is_replaced = made != line
        kept += [made] if made else []
    if language is not None:
        kept.insert(1, b"WARC-Identified-Content-Language: " + language.encode() + b"\r")
    return b"\n".join(kept).rstrip(b"\r") + b"\r\n\r\n" + block


def _replaced_field(name: bytes, line: bytes, block: bytes, language: str | None) -> bytes:
    """Return the line of a field as it is to be with another block; empty: not at all."""
    key = line.partition(b":")[0]
    if name == b"content-length":
        return b"%s: %d\r" % (key, len(block))
    if name in (b"warc-block-digest", b"warc-payload-digest"):
        return b"%s: %s\r" % (key, _digest(block).encode())
    if name == b"content-type" and b"charset" in line.lower():
        return b"%s: %s\r" % (key, _UTF8.encode())
    if name == b"warc-identified-content-language" and language is not None:
        return b""
    return line


def _digest(block: bytes) -> str:
    """Return the SHA-1 that WARC files carry, against accidents only."""
    return "sha1:" + base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
