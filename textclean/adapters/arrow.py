"""Arrow tables and streams of record batches: columns and types as they are, but for the text."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from textclean.document import Document
from textclean.errors import InputError, MissingExtraError, UsageError
from textclean.pipeline import Pipeline, Result, single_text_pipeline
from textclean.recipe import Recipe

if TYPE_CHECKING:
    import pyarrow as pa

#: Field that holds the language when a recipe detects it.
LANGUAGE = "language"


def clean_table(table: "pa.Table", recipe: Recipe | None = None) -> "pa.Table":
    r"""Return a table cleaned as a stream of its rows would be: near-duplicates go, too.

    Rows keep their order, and columns their types. A missing text stays missing.

    Args:
        table: With a column of texts (string, large_string, string_view, a dictionary of these, or
            null) under the recipe's ``text_field``.
        recipe: Settings; None: the default recipe.

    Raises:
        UsageError: It is no table, or there is no such column of texts.
        InputError: A text is no UTF-8.
        MissingExtraError: pyarrow is not installed.

    >>> import pyarrow as pa
    >>> notice = "The ferry to the island leaves at noon from the northern pier."
    >>> table = pa.table({"id": [1, 2, 3], "text": [notice, "Fares:\u00c2 free", notice.upper()]})
    >>> clean_table(table).to_pydict()["text"]
    ['The ferry to the island leaves at noon from the northern pier.', 'Fares: free']
    """
    pa = _pyarrow()
    recipe = recipe or Recipe()
    if not isinstance(table, pa.Table):
        message = (
            f"clean_table takes a pyarrow.Table, not {type(table).__name__};"
            " adapters.arrow.clean_batches takes record batches"
        )
        raise UsageError(message)
    pipeline = Pipeline.from_recipe(recipe)
    schema = cleaned_schema(table.schema, recipe)
    batches = _clean(table.to_batches(), recipe, pipeline)
    return pa.Table.from_batches(batches, schema=schema.with_metadata(table.schema.metadata))


def clean_batches(
    batches: "Iterable[pa.RecordBatch]", recipe: Recipe | None = None
) -> "Iterator[pa.RecordBatch]":
    """Clean record batches one by one, for engines that hand over a part of a table.

    ``duplicates`` is left out: a part knows nothing of the others.

    Args:
        batches: As the rows of ``clean_table``.
        recipe: Settings; None: the default recipe.

    Raises:
        UsageError: There is no column of texts under the recipe's ``text_field``.
        InputError: A text is no UTF-8.
        MissingExtraError: pyarrow is not installed.

    >>> import pyarrow as pa
    >>> batch = pa.record_batch({"text": ["Tea &amp; cake"]})
    >>> [cleaned.to_pydict() for cleaned in clean_batches([batch])]
    [{'text': ['Tea & cake']}]
    """
    recipe = recipe or Recipe()
    return _clean(batches, recipe, single_text_pipeline(recipe))


def cleaned_schema(schema: "pa.Schema", recipe: Recipe) -> "pa.Schema":
    """Return the schema of what is cleaned: a column ``language`` joins when the recipe writes it.

    Raises:
        UsageError: There is no column of texts under the recipe's ``text_field``.
    """
    _check_column(schema, recipe.text_field)
    if not _writes_language(recipe):
        return schema
    field = _pyarrow().field(LANGUAGE, _pyarrow().string())
    at = schema.get_field_index(LANGUAGE)
    return schema.append(field) if at < 0 else schema.set(at, field)


def texts_of(
    column: "pa.Array | pa.ChunkedArray", name: str, first_row: int = 0
) -> list[str | None]:
    """Return a column of strings as Python has them.

    Args:
        column: Of strings.
        name: What messages call it.
        first_row: The number of its first row, for messages.

    Raises:
        InputError: A string is no UTF-8, which Arrow does not check; it says which row and byte.
    """
    try:
        texts: list[str | None] = column.to_pylist()
    except UnicodeDecodeError:
        for row, value in enumerate(column, first_row):
            try:
                value.as_py()
            except UnicodeDecodeError as error:
                message = (
                    f"row {row} (from 0) of the column {name!r}, byte {error.start}: invalid UTF-8"
                    f" (0x{error.object[error.start]:02x}); read it as binary, and decode it by its"
                    " encoding, before it becomes a column of strings"
                )
                raise InputError(message) from error
        raise
    return texts


def _clean(
    batches: "Iterable[pa.RecordBatch]", recipe: Recipe, pipeline: Pipeline
) -> "Iterator[pa.RecordBatch]":
    place = 0
    for batch in batches:
        schema = cleaned_schema(batch.schema, recipe)
        texts = texts_of(batch.column(recipe.text_field), recipe.text_field, place)
        documents = [
            Document(str(place + row), text) for row, text in enumerate(texts) if text is not None
        ]
        place += len(texts)
        results = iter(pipeline.process(documents))
        yield _with_results(
            batch, [None if text is None else next(results) for text in texts], recipe, schema
        )


def _with_results(
    batch: "pa.RecordBatch", results: list[Result | None], recipe: Recipe, schema: "pa.Schema"
) -> "pa.RecordBatch":
    """Return the batch with new texts and languages, less the rows that were dropped."""
    pa = _pyarrow()
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    if any(result is not None and result.text is not result.original.text for result in results):
        texts = [None if result is None else result.text for result in results]
        columns[recipe.text_field] = _array(texts, batch.schema.field(recipe.text_field).type)
    if _writes_language(recipe):
        languages = [None if result is None else result.document.language for result in results]
        columns[LANGUAGE] = pa.array(languages, pa.string())
    cleaned = pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)
    kept = [result is None or result.drop is None for result in results]
    return cleaned if all(kept) else cleaned.filter(pa.array(kept, pa.bool_()))


def _array(texts: list[str | None], type_: "pa.DataType") -> "pa.Array":
    pa = _pyarrow()
    if pa.types.is_dictionary(type_):
        return pa.array(texts, type_.value_type).dictionary_encode().cast(type_)
    return pa.array(texts, type_)


def _check_column(schema: "pa.Schema", name: str) -> None:
    places = schema.get_all_field_indices(name)
    if len(places) != 1:
        there = ", ".join(map(repr, schema.names[:20])) or "no columns"
        message = f"the table has {len(places)} columns {name!r} for the text; there are: {there}"
        raise UsageError(message)
    type_ = schema.field(places[0]).type
    types = _pyarrow().types
    value = type_.value_type if types.is_dictionary(type_) else type_
    known = types.is_string(value) or types.is_large_string(value) or types.is_string_view(value)
    if not known and not types.is_null(value):  # of that type are columns without any text
        message = f"the column {name!r} must hold strings, not {type_}"
        raise UsageError(message)


def _writes_language(recipe: Recipe) -> bool:
    return recipe.detect_language or "language" in recipe.stages


def _pyarrow() -> Any:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError(extra="parquet", need="Arrow tables need pyarrow") from error
    return pa
