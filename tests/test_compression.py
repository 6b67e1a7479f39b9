"""Compressed streams: several in a file, what stands between them, and slow ones."""

import bz2
import gzip
import io
import lzma

import pytest
import zstandard

from textclean.io.compression import open_decompressed

RECORD = b'{"text": "The ferry leaves at nine."}\n'


def test_zstd_frames_of_user_data_are_passed_over(run):
    skippable = b"\x5a\x2a\x4d\x18" + (9).to_bytes(4, "little") + b"x" * 9
    frame = zstandard.compress(RECORD)
    assert run("--quiet", stdin=skippable + frame + skippable + skippable).out == RECORD
    assert run("--quiet", stdin=skippable[:-1]).code == 1


def test_zstd_blocks_on_a_slow_stdin_come_out_at_once(start):
    process = start("--quiet", "--workers", 1)
    packer = zstandard.ZstdCompressor().compressobj()
    process.stdin.write(packer.compress(RECORD) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
    process.stdin.flush()
    assert process.stdout.readline() == RECORD


def test_streams_behind_a_stream_are_read(run):
    first, second = RECORD, RECORD.replace(b"nine", b"ten")
    for compress in (gzip.compress, bz2.compress, lzma.compress, zstandard.compress):
        both = compress(first) + compress(second)
        assert run("--quiet", "--skip", "duplicates", stdin=both).out == first + second
        assert run("--quiet", stdin=both[:-1]).code == 1
    padded = lzma.compress(first) + bytes(8192) + lzma.compress(second) + bytes(4)
    assert run("--quiet", "--skip", "duplicates", stdin=padded).out == first + second


@pytest.mark.parametrize(
    ("name", "compress", "padding"),
    [
        ("gzip", gzip.compress, 0),
        ("gzip", gzip.compress, 3),
        ("gzip", gzip.compress, 100_000),
        ("bz2", bz2.compress, 0),
        ("xz", lzma.compress, 0),
        ("xz", lzma.compress, 8),
        ("zstd", zstandard.compress, 0),
    ],
)
@pytest.mark.parametrize("foreign", [b"rubbish of a cut copy", b"x", b"BZ", b"\x1f\x9d\x90"])
def test_what_stands_behind_compressed_data_is_told_with_its_place(
    run, name, compress, padding, foreign
):
    """It would be read as nothing, or taken for a file that is not complete."""
    if name == "bz2" and foreign == b"BZ":
        foreign = b"BZ0"
    packed = compress(RECORD * 1000) + bytes(padding)
    done = run("--quiet", "--skip", "duplicates", stdin=packed + foreign)
    assert done.code == 1
    assert done.err == (
        f"textclean: stdin: cannot decompress: from byte {len(packed):,} of the file on, behind"
        f" the {name} data, stands something that is not {name}; take it off, or get the file"
        " again\n"
    )


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_file_that_ends_in_the_middle_is_told_so(run, compress):
    packed = compress(RECORD * 1000)
    for data in (packed[:-1], packed[: len(packed) // 2], packed + packed[:3], packed + packed[:1]):
        done = run("--quiet", "--skip", "duplicates", stdin=data)
        assert done.code == 1
        assert done.err.endswith("stream ends in the middle; is the file complete?\n")


@pytest.mark.parametrize("suffix", ["gz", "zst", "bz2", "xz"])
def test_a_changed_byte_of_what_was_written_is_noticed(run, tmp_path, suffix):
    """Or harmless: a header's spare bits, or gzip's system and time."""
    path = tmp_path / f"out.jsonl.{suffix}"
    run("--quiet", "-o", path, "--stages", "markup", stdin=RECORD)
    whole = path.read_bytes()
    noticed = 0
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        done = run("--quiet", "--from", "jsonl", "--stages", "markup", path)
        assert done.code == 1 or done.out == RECORD, at
        noticed += done.code
    assert noticed > len(whole) * 0.8


@pytest.mark.parametrize("where", ["name", "comment", "padding"])
def test_what_gzip_may_hold_of_any_length_is_read_from_the_source_in_pieces(where):
    plain = b"The ferry leaves at six."
    packed = gzip.compress(plain, mtime=0)
    flags, rest = {"name": b"\x08", "comment": b"\x10", "padding": b"\0"}[where], packed[10:]
    long = b"x" * 200_000 + b"\0" if where != "padding" else b""
    behind = bytes(200_000) if where == "padding" else b""
    data = packed[:3] + flags + packed[4:10] + long + rest + behind
    sizes = []

    class Counted(io.BytesIO):
        def read(self, size=-1):
            sizes.append(size)
            return super().read(size)

    read = open_decompressed(Counted(data))
    assert b"".join(iter(lambda: read(1000), b"")) == plain
    assert len(sizes) < 50
