"""CSV and TSV: read as Python's csv module reads them, rewritten in place."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textclean.errors import InputError
from textclean.io.delimited import Delimited

CELLS = st.text(st.sampled_from('ab ",\r\n\té;|&'), max_size=8)


def rows_of(data, **options):
    return list(csv.reader(io.StringIO(data.decode(), newline=""), **options))


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_rows_are_read_as_python_wrote_them(rows, line_end):
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=line_end).writerows(rows)
    data = file.getvalue().encode()
    row_format = Delimited("csv", b"id,text,n\n")
    read = []
    for frame in row_format.frames(data):
        parsed = row_format.parse(row_format.cut(data, frame))
        read.append((parsed.id or "", parsed.text))
    assert read == [(id_, text) for id_, text, _ in rows]


@given(CELLS, CELLS, CELLS, CELLS, st.sampled_from(["csv", "tsv"]))
def test_a_rewritten_row_has_only_another_text(id_, text, other, new, name):
    file = io.StringIO(newline="")
    options = {"delimiter": "," if name == "csv" else "\t", "lineterminator": ""}
    csv.writer(file, quoting=csv.QUOTE_ALL, **options).writerow([id_, text, other])
    raw = file.getvalue().encode()
    header = options["delimiter"].join(("id", "text", "n")).encode() + b"\n"
    row_format = Delimited(name, header)
    rewritten = row_format.rewrite(raw, new, None)
    assert rows_of(rewritten, delimiter=options["delimiter"]) == [[id_, new, other]]
    assert row_format.parse(rewritten).text == new
    assert row_format.rewrite(rewritten, text, None) == raw


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        (
            "a.csv",
            b'id;"text";n\r\n1;"a &amp; ""b""\r\nc";1.50\r\n\r\n2;plain "x";007\r\n',
            b'id;"text";n\r\n1;"a & ""b""\r\nc";1.50\r\n2;plain "x";007\r\n',
        ),
        ("a.csv", b"text\nx &amp; y\n\nz", b"text\nx & y\nz"),
        ("a.csv", b'\xef\xbb\xbftext,"a ""b"""\nx &amp; y,"1"\n', b'text,"a ""b"""\nx & y,"1"\n'),
        ("a.tsv", b'text\tn\n"Hello" said &amp; done\t5"\n', b'text\tn\n""\t\n'),
        ("a.csv", b"id,text\n", b"id,text\n"),
    ],
)
def test_other_cells_stay_byte_for_byte(run, tmp_path, name, data, expected):
    path = tmp_path / name
    path.write_bytes(data)
    done = run("--quiet", path, "-o", tmp_path / f"out-{name}")
    assert done.code == 0
    if name == "a.tsv":  # unquoted TSV: quotes are plain characters
        expected = b'text\tn\n"""Hello"" said & done"\t5"\n'
    assert (tmp_path / f"out-{name}").read_bytes() == expected


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (b"1,a,b", "the row has 3 cells, the header 2"),
        (b"1", "the row has 1 cells"),
        (b'1,"open\nto the end', "a quoted cell is not closed"),
        (b'1,"a"b', "goes on behind its closing quote"),
        (b"1,\xff", "invalid UTF-8 (byte 0xff)"),
    ],
)
def test_broken_rows_are_named_and_can_be_set_aside(run, tmp_path, row, says):
    data = b"id,text\n0,fine\n" + row + b"\n"
    path, bad = tmp_path / "a.csv", tmp_path / "bad"
    path.write_bytes(data)
    done = run(path)
    assert done.code == 1
    assert says in done.err
    assert "line 3, byte" in done.err
    done = run(path, "--bad-records", bad)
    assert (done.code, done.out) == (0, b"id,text\n0,fine\n")
    assert bad.read_bytes() == row + b"\n"


def test_a_header_without_the_text_says_what_there_is(run, tmp_path):
    path = tmp_path / "a.csv"
    for header, says in (
        (b"id,body\n1,x\n", "no column 'text' in 'id', 'body'"),
        (b"text,text\n1,x\n", "is there twice"),
        (b'"open\n', "unreadable header"),
    ):
        path.write_bytes(header)
        done = run(path)
        assert done.code == 1
        assert says in done.err


def test_csv_on_stdin_is_known_by_its_header(run):
    assert run("--quiet", stdin=b"id,text\n1,a &amp; b\n").out == b"id,text\n1,a & b\n"
    assert run("--quiet", stdin=b"id\ttext\n1\ta &amp; b\n").out == b"id\ttext\n1\ta & b\n"
    article = b"Ferries, boats, ships\nand &amp; text\n"
    assert run("--quiet", stdin=article).out == article.replace(b"&amp;", b"&")


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_a_text_that_becomes_empty_stays_a_row(run, name):
    done = run("--quiet", "--from", name, stdin=b"text\n<p></p>\nmore\n")
    assert done.out == b'text\n""\nmore\n'
    done = run("--from", name, stdin=done.out)
    assert "2 in = 2 out" in done.err


def test_language_becomes_a_column(run):
    text = b"Der Hafen &ouml;ffnet am Montag wieder f&uuml;r alle F&auml;hren der Stadt."
    stdin = b"id,text\r\n1,%s\r\n2,42\r\n" % text
    done = run("--quiet", "--detect-language", stdin=stdin)
    lines = done.out.decode().splitlines()
    assert [line.rpartition(",")[2] for line in lines] == ["language", "de", ""]


def test_columns_become_fields_and_fields_columns(run):
    stdin = b'n,text\n1.50,"a &amp; ""b"""\n'
    done = run("--quiet", "--to", "jsonl", stdin=stdin)
    assert json.loads(done.out) == {"id": "stdin:2", "n": "1.50", "text": 'a & "b"'}
    stdin = b'{"text": "a &amp; b", "n": 1.50, "big": 12345678901234567890, "l": [1, "x"]}\n'
    rest = b'{"l": null, "text": "c"}\n'
    done = run("--quiet", "--to", "csv", stdin=stdin + rest)
    assert done.out == (
        b'id,text,n,big,l\nstdin:1,a & b,1.50,12345678901234567890,"[1, ""x""]"\nstdin:2,c,,,\n'
    )
    done = run("--to", "csv", stdin=stdin + b'{"text": "c", "new": 1}\n')
    assert done.code == 1
    assert "line 2" in done.err
    assert "'new' has no column" in done.err
    done = run("--to", "csv", stdin=b'{"text": "c", "x": "\\ud800"}\n')
    assert done.code == 1
    assert "lone surrogate" in done.err


def test_files_with_other_columns_do_not_share_an_output(run, tmp_path):
    for name, header in (("a", b"id,text"), ("b", b"text,id"), ("c", b"id,text")):
        (tmp_path / f"{name}.csv").write_bytes(header + b"\nx %s,y\n" % name.encode())
    done = run(tmp_path / "a.csv", tmp_path / "b.csv")
    assert done.code == 2
    assert "different columns" in done.err
    done = run("--quiet", tmp_path / "a.csv", tmp_path / "c.csv")
    assert done.out == b"id,text\nx a,y\n"  # the second repeats the first
    words = ("--stages", "markup", "-o", f"{tmp_path}/out/")
    assert run(*(tmp_path / f"{name}.csv" for name in "abc"), *words).code == 0
    for name in "abc":
        written = (tmp_path / "out" / f"{name}.csv").read_bytes()
        assert written == (tmp_path / f"{name}.csv").read_bytes()


def test_many_rows_are_cut_at_row_ends(run, tmp_path):
    rows = "".join(f'{n},"line one {n}\nline ""two"", {n} &amp; more"\n' for n in range(40_000))
    path = tmp_path / "a.csv"
    path.write_text("id,text\n" + rows)
    done = [run("--quiet", "--stages", "markup", "--workers", n, path).out for n in (1, 2)]
    assert done[0] == done[1] == path.read_bytes().replace(b"&amp;", b"&")


def test_parse_refuses_more_than_a_row_has():
    with pytest.raises(InputError, match="cells"):
        Delimited("csv", b"id,text\n").parse(b"1,2,3")
