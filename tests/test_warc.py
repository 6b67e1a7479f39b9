"""WARC and WET: pages and texts are documents, everything else stays byte for byte."""

import base64
import gzip
import hashlib
import json
import zlib

import pytest

from textclean.io.warc import Warc

PAGE = "<html><body><p>The ferry café {} leaves &amp; returns.</p></body></html>"


def record(kind, uri, block, media, *extra):
    """Return one WARC record."""
    rows = [
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{uri}>",
        "WARC-Date: 2024-01-01T00:00:00Z",
        f"WARC-Target-URI: {uri}",
        *extra,
        f"Content-Type: {media}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(["WARC/1.0", *rows, "", ""]).encode() + block + b"\r\n\r\n"


def response(uri, body, media="text/html; charset=utf-8", *headers, status="200 OK"):
    rows = [f"HTTP/1.1 {status}", f"Content-Type: {media}", *headers, "", ""]
    return record("response", uri, "\r\n".join(rows).encode() + body, "application/http")


def page(number, encoding="utf-8"):
    return PAGE.format(number).encode(encoding)


CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page(1)), page(1))
INFO = record("warcinfo", "w", b"software: x\r\n", "application/warc-fields")
REQUEST = record("request", "r", b"GET / HTTP/1.1\r\n\r\n", "application/http")
IMAGE = response("i", b"\x89PNG\r\n\r\nWARC/1.0\r\nContent-Length: 1\r\n", "image/png")
ERROR = response("e", page(0), status="404 Not Found")
PLAIN = record("conversion", "c", b"Words of a page without dirt.", "text/plain")
OTHERS = [INFO, REQUEST, IMAGE, ERROR]


def texts(run, *records, **options):
    done = run("--quiet", "--to", "jsonl", stdin=b"".join(records), **options)
    assert done.code == 0, done.err
    return [json.loads(line)["text"] for line in done.out.splitlines()]


def test_what_is_no_document_stays_and_is_not_counted(run):
    stdin = b"".join([*OTHERS, PLAIN])
    done = run(stdin=stdin)
    assert done.out == stdin
    assert "1 in = 1 out" in done.err
    assert texts(run, *OTHERS) == []


def test_a_changed_page_becomes_a_conversion_record(run):
    stdin = INFO + response("http://a/1", page(1)) + PLAIN
    done = run("--quiet", stdin=stdin)
    assert done.out.startswith(INFO)
    assert done.out.endswith(PLAIN)
    header, _, block = done.out[len(INFO) : -len(PLAIN)].partition(b"\r\n\r\n")
    text = "The ferry café 1 leaves & returns.".encode()
    assert block == text + b"\r\n\r\n"
    rows = dict(line.split(": ", 1) for line in header.decode().split("\r\n")[1:])
    digest = base64.b32encode(hashlib.sha1(text).digest()).decode()  # noqa: S324 - WARC's own
    assert rows.pop("WARC-Record-ID").startswith("<urn:uuid:")
    assert rows == {
        "WARC-Type": "conversion",
        "WARC-Refers-To": "<urn:uuid:http://a/1>",
        "WARC-Target-URI": "http://a/1",
        "WARC-Date": "2024-01-01T00:00:00Z",
        "WARC-Block-Digest": f"sha1:{digest}",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(text)),
    }
    assert run("--quiet", stdin=done.out).out == done.out


def test_a_changed_text_keeps_the_other_fields(run):
    dirty = record(
        "conversion", "c", b"a &amp; b", "text/plain", "WARC-X: y", "WARC-Block-Digest: z"
    )
    done = run("--quiet", stdin=dirty)
    assert b"WARC-X: y\r\n" in done.out
    assert b"WARC-Block-Digest: sha1:" in done.out
    assert b"Content-Length: 5\r\n\r\na & b\r\n\r\n" in done.out


@pytest.mark.parametrize(
    ("body", "media", "headers"),
    [
        (page(1), "text/html; charset=utf-8", ()),
        (page(1, "latin-1"), 'text/html; charset="ISO-8859-1"', ()),
        (page(1, "utf-16"), "text/html; charset=latin-1", ()),
        (b'<meta charset="windows-1252">' + page(1, "cp1252"), "text/html", ()),
        (page(1), "text/html", ()),
        (page(1, "cp1252"), "text/html", ()),
        (page(1), "application/xhtml+xml; charset=nonsense", ()),
        (gzip.compress(page(1), mtime=0), "text/html", ("Content-Encoding: gzip",)),
        (zlib.compress(page(1)), "text/html", ("Content-Encoding: deflate",)),
        (page(1), "text/html", ("Content-Encoding: br",)),
        (CHUNKED, "text/html", ("Transfer-Encoding: chunked",)),
        (page(1), "text/html", ("Transfer-Encoding: chunked",)),
    ],
)  # fmt: skip
def test_pages_are_decoded_as_they_say(run, body, media, headers):
    assert texts(run, response("a", body, media, *headers)) == [
        "The ferry café 1 leaves & returns."
    ]


def test_resources_and_plain_text_are_documents(run):
    assert texts(
        run,
        record("resource", "a", page(1), "text/html; charset=utf-8"),
        response("b", b"plain &amp; simple", "text/plain"),
    ) == ["The ferry café 1 leaves & returns.", "plain & simple"]


def test_each_record_is_a_gzip_member(run, tmp_path):
    records = [INFO, response("a", page(1)), PLAIN]
    source, target = tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"
    source.write_bytes(b"".join(map(gzip.compress, records)))
    assert run("--quiet", source, "-o", target).code == 0
    members, data = 0, target.read_bytes()
    while data:
        inflater = zlib.decompressobj(31)
        assert inflater.decompress(data).startswith(b"WARC/1.0\r\n")
        members, data = members + 1, inflater.unused_data
    assert members == 3


def test_a_damaged_record_is_named_and_the_next_one_found(run, tmp_path):
    bad = tmp_path / "bad"
    garbage = b"garbage\r\n\r\n" * 50_000
    records = [PLAIN, garbage, PLAIN.replace(b"Words", b"Other"), PLAIN[:-30]]
    stdin = b"".join(records)
    done = run(stdin=stdin)
    assert done.code == 1
    assert f"byte {len(PLAIN)}: this is no WARC record" in done.err
    done = run("--bad-records", bad, stdin=stdin)
    assert done.code == 0
    assert done.out == records[0] + records[2]
    assert bad.read_bytes() == garbage + records[3]
    assert "2 set aside" in done.err


@pytest.mark.parametrize(
    "broken",
    [
        b"WARC/1.0\r\nWARC-Type: x\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: -1\r\n\r\n",
        b"WARC/1.0\r\n" + b"x" * 70_000,
        record("conversion", "c", b"\xff", "text/plain"),
        response("a", b"\x1f\x8bno gzip", "text/html", "Content-Encoding: gzip"),
    ],
)
def test_broken_records_are_set_aside_whole(run, tmp_path, broken):
    bad = tmp_path / "bad"
    done = run("--bad-records", bad, stdin=PLAIN + broken)
    assert done.code == 0
    assert done.out == PLAIN
    assert bad.read_bytes() == broken


def test_large_records_are_cut_in_linear_steps(run):
    text = b"word " * 2_000_000
    large = record("conversion", "c", text, "text/plain")
    assert run("--quiet", "--stages", "markup", stdin=large).out == large
    small = [record("conversion", f"c{n}", b"number %d" % n, "text/plain") for n in range(20_000)]
    done = run("--quiet", "--stages", "markup", stdin=b"".join(small))
    assert done.out == b"".join(small)


def test_records_become_an_archive(run):
    done = run("--quiet", "--to", "warc", stdin=b'{"id": "a\\r\\nX: y", "text": "a &amp; b"}\n')
    assert b"WARC-Target-URI: a%20%20X: y\r\n" in done.out
    frames = list(Warc().frames(done.out))
    assert len(frames) == 1
    assert Warc().parse(Warc().cut(done.out, frames[0])).text == "a & b"


def test_archives_without_an_end_are_not_glued(run, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(PLAIN.replace(b"Words ", b"Word" + name.encode() + b" ")[:-4])
    done = run("--quiet", "--stages", "markup", tmp_path / "a", tmp_path / "b")
    frames = list(Warc().frames(done.out))
    assert [Warc().parse(Warc().cut(done.out, frame)).text[:6] for frame in frames] == [
        "Worda ",
        "Wordb ",
    ]
