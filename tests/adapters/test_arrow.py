"""Arrow tables and batches: the texts as the pipeline gives them, all else as it was."""

import pyarrow as pa
import pytest

import textclean
from textclean import Document, Pipeline, Recipe
from textclean.adapters.arrow import clean_batches
from textclean.errors import InputError, UsageError

DIRTY = "Fares:\u00c2 free &amp; easy"
CLEAN = "Fares: free & easy"
NOTICE = "The ferry to the island leaves at noon from the northern pier of the harbour."


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_every_kind_of_string_column_keeps_its_type(kind):
    table = pa.table({"n": pa.array([1, 2, 3], pa.int8()), "text": pa.array([DIRTY, None, "x"])})
    table = table.set_column(1, "text", table["text"].cast(kind)).replace_schema_metadata(
        {"a": "b"}
    )
    cleaned = textclean.clean_table(table)
    assert cleaned.schema.equals(table.schema, check_metadata=True)
    assert cleaned.to_pydict() == {"n": [1, 2, 3], "text": [CLEAN, None, "x"]}


def test_a_table_is_cleaned_as_the_stream_of_its_rows_however_it_is_chunked():
    texts = [NOTICE, DIRTY, NOTICE.upper(), None, "", DIRTY, NOTICE + " Bring a coat."]
    documents = [Document(str(n), text) for n, text in enumerate(texts) if text is not None]
    results = list(Pipeline.default().run(documents))
    expected = [result.text for result in results if result.drop is None]
    whole = pa.table({"text": texts})
    pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1, 3), whole.slice(4)])
    for table in (whole, pieces):
        cleaned = textclean.clean_table(table)["text"].to_pylist()
        assert cleaned[: texts.index(None) - 1] == expected[: texts.index(None) - 1]
        assert [text for text in cleaned if text is not None] == expected
        assert cleaned.count(None) == 1


def test_clean_columns_are_not_copied():
    table = pa.table({"text": ["One.", "Two."]})
    cleaned = textclean.clean_table(table)
    before, after = (one["text"].chunk(0).buffers()[2].address for one in (table, cleaned))
    assert before == after


def test_no_rows_and_no_batches_keep_the_schema():
    schema = pa.schema({"text": pa.string(), "id": pa.int64()})
    for table in (schema.empty_table(), pa.Table.from_batches([], schema)):
        assert textclean.clean_table(table).schema == schema
        assert textclean.clean_table(table).num_rows == 0


@pytest.mark.parametrize("dictionary", [False, True])
def test_a_text_that_is_no_utf8_is_told_with_row_and_byte(dictionary):
    """Arrow does not look into strings."""
    raw = pa.array([b"Tea", None, "Thé".encode("latin-1")], pa.binary())
    strings = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    if dictionary:
        strings = pa.DictionaryArray.from_arrays([0, 1, 2], strings)
    rows = pa.chunked_array([strings[:0], strings])
    table = pa.table({"text": pa.chunked_array([strings[:2], *rows.chunks])})
    said = r"row 4 \(from 0\) of the column 'text', byte 2: invalid UTF-8 \(0xe9\); read it as"
    with pytest.raises(InputError, match=said):
        textclean.clean_table(table)
    with pytest.raises(InputError, match="row 4 "):
        list(clean_batches(table.to_batches()))


def test_language_joins_and_filters():
    english = "The harbour office opens its new pier to ferries and visitors on Monday morning."
    german = "Das Hafenamt eröffnet am Montag den neuen Anleger für Fähren und Besucher der Insel."
    table = pa.table({"text": [english, german, None]})
    cleaned = textclean.clean_table(table, Recipe(detect_language=True, language=("de",)))
    assert cleaned.to_pydict() == {"text": [german, None], "language": ["de", None]}


def test_a_column_that_never_had_a_text_stays():
    table = pa.table({"text": pa.nulls(2), "n": [1, 2]})
    assert textclean.clean_table(table).equals(table)


def test_batches_know_nothing_of_one_another():
    batch = pa.record_batch({"text": [NOTICE, NOTICE]})
    cleaned = list(clean_batches(iter([batch, batch])))
    assert [one.num_rows for one in cleaned] == [2, 2]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"body": ["x"]}), "0 columns 'text'.*'body'"),
        (pa.table([["x"], ["y"]], ["text", "text"]), "2 columns 'text'"),
        (pa.table({"text": [1]}), "must hold strings, not int64"),
        (pa.table({"text": [b"x"]}), "must hold strings, not binary"),
        (pa.record_batch({"text": ["x"]}), "takes a pyarrow.Table, not RecordBatch"),
    ],
)
def test_a_table_without_texts_is_refused(table, said):
    with pytest.raises(UsageError, match=said):
        textclean.clean_table(table)


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        ({"text": DIRTY}, "batched=True"),  # one row: its text is no list of texts
        ({"text": None}, "batched=True"),
        ([DIRTY], "leave input_columns out"),
        ({"body": [DIRTY]}, "no column 'text'; there are: 'body'"),
    ],
)
def test_map_batch_says_how_it_is_called(batch, said):
    with pytest.raises(UsageError, match=said):
        textclean.map_batch(batch)


def test_map_batch_takes_lists_and_tables():
    lists = {"n": [1, 2], "text": [DIRTY, None]}
    assert textclean.map_batch(lists) == {"text": [CLEAN, None]}
    assert textclean.map_batch(pa.table(lists)).to_pydict() == {"n": [1, 2], "text": [CLEAN, None]}
    with pytest.raises(UsageError, match="no column 'body'"):
        textclean.map_batch(lists, Recipe(text_field="body"))
    with pytest.raises(TypeError, match="text 0 must be str or missing, not bytes"):
        textclean.map_batch({"text": [b"x"]})


def test_map_batch_returns_every_column_when_rows_go():
    english = "The harbour office opens its new pier to ferries and visitors on Monday morning."
    german = "Das Hafenamt eröffnet am Montag den neuen Anleger für Fähren und Besucher der Insel."
    batch = {"n": [1, 2], "text": [english, german]}
    assert textclean.map_batch(batch, Recipe(language=("de",))) == {"n": [2], "text": [german]}
