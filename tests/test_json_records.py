"""JSON Lines records: what is accepted, what is refused where, and what stays byte for byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textclean.errors import InputError
from textclean.io import json_records
from textclean.io.json_records import (
    MAXIMUM_DEPTH,
    json_string,
    member_spans,
    parse_record,
    rewrite_record,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(max_size=4), VALUES, max_size=5), st.text(), st.text(), st.booleans()
)
def test_rewriting_replaces_the_text_and_nothing_else(fields, before, after, ascii_only):
    raw = json.dumps({**fields, "text": before}, ensure_ascii=ascii_only).encode(
        errors="surrogatepass" if ascii_only else "ignore"
    )
    parsed = parse_record(raw)
    assert parsed.text == json.loads(raw)["text"]
    rewritten = rewrite_record(raw, "text", after)
    start, end = member_spans(raw)["text"]
    assert rewritten.startswith(raw[:start])
    assert rewritten.endswith(raw[end:])
    assert parse_record(rewritten).text == after


@given(st.binary(max_size=40))
def test_any_bytes_are_a_record_or_an_input_error(data):
    raw = b'{"text": "a", "x": ' + data + b"}"
    try:
        parse_record(raw)
    except InputError as error:
        assert 0 <= error.byte_offset <= len(raw)  # noqa: PT017 - most bytes raise nothing


@pytest.mark.parametrize(
    "raw",
    [
        b'{"text": "a", "n": NaN}',
        b'{"text": "a", "n": -Infinity}',
        b'{"text": "a", "n": 123456789012345678901234567890}',
        b'{"text": "a", "n": 1' + b"0" * 6000 + b"}",
        b'{"text": "a", "x": "\\ud800"}',
        b'{"x": 1, "x": 2, "text": "a"}',
        b' {"text" : "a" } ',
        b'{"text": "a", "x": ' + b"[" * 999 + b"]" * 999 + b"}",
    ],
)
def test_odd_but_sound_records_pass(raw):
    assert parse_record(raw).text == "a"
    assert rewrite_record(raw, "text", "b") == raw.replace(b'"a"', b'"b"')


@pytest.mark.parametrize(
    ("raw", "at", "says"),
    [
        (b"[1]", 0, "no JSON object"),
        (b'"text"', 0, "no JSON object"),
        (b"{}", 0, "no field 'text'"),
        (b'{"text": 3}', 9, "a number, not a string"),
        (b'{"text": null}', 9, "null, not a string"),
        (b'{"text": "a"', 12, "cut"),
        (b'{"text": "a', 9, "a string without end"),
        (b'{"text": "a"} x', 14, "the end of the record"),
        (b'{"text": "a", }', 14, "a key in quotes"),
        (b'{"text": "a\xff"}', 11, "0xff"),
        (b'{"text": "a", "x": 01}', 19, "expected a value"),
        (b'{"text": "a", "x": [1, 2}', 24, "',' or ']'"),
        (b'{"text": "a\tb"}', 9, "a raw control character"),
    ],
)
def test_broken_records_name_the_byte(raw, at, says):
    with pytest.raises(InputError, match=says.replace("'", ".")) as caught:
        parse_record(raw)
    assert caught.value.byte_offset == at


def test_nesting_beyond_the_limit_is_refused_at_any_depth():
    for depth in (MAXIMUM_DEPTH, 10 * MAXIMUM_DEPTH, 200_000):
        raw = b'{"text": "a", "x": ' + b"[" * depth + b"]" * depth + b"}"
        with pytest.raises(InputError, match="nested beyond 1,000 levels"):
            parse_record(raw)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(b'"a"', "a"), (b"7", "7"), (b"null", None), (b"1.50", "1.50"), (b"[1]", "[1]")],
)
def test_ids_of_every_type_become_text(value, expected):
    assert parse_record(b'{"text": "", "id": ' + value + b"}").id == expected
    assert parse_record(b'{"text": "", "id": ' + value + b', "n": NaN}').id == expected


def test_a_lone_surrogate_survives_in_the_text():
    raw = b'{"text": "a\\ud83d b"}'
    assert parse_record(raw).text == "a\ud83d b"
    assert rewrite_record(raw, "text", "\ud83d") == b'{"text": "\\ud83d"}'


def test_language_is_added_or_replaced():
    assert rewrite_record(b'{"text": "a"}', "text", None, "en") == (
        b'{"text": "a", "language": "en"}'
    )
    assert rewrite_record(b'{"language": 1, "text": "a"}', "text", "b", "en") == (
        b'{"language": "en", "text": "b"}'
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"caf\\u00e9"', '"\\u00e9b"'),
        ('"café"', '"éb"'),
        ('"caf\\u00e9 é"', '"éb"'),  # both ways: as most of the world writes it
        ('"\\u001a \\u003c"', '"éb"'),  # escapes that every writer makes
        ('"plain"', '"éb"'),
    ],
)
def test_a_text_is_escaped_as_it_was(value, expected):
    record = f'{{"text": {value}}}'.encode()
    assert rewrite_record(record, "text", "éb") == f'{{"text": {expected}}}'.encode()


@given(st.text(st.characters(codec=None), max_size=12))
def test_large_texts_are_encoded_part_by_part(text):
    whole = json_string(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_records, "_LARGE", 2)
        assert json_string(text) == whole
