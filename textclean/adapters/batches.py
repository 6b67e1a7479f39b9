"""Batches of columns, as Hugging Face ``datasets`` hands them to a function."""

from typing import TYPE_CHECKING, Any

from textclean.adapters.arrow import LANGUAGE, clean_batches, cleaned_schema
from textclean.adapters.texts import process_texts
from textclean.errors import UsageError
from textclean.recipe import Recipe

if TYPE_CHECKING:
    import pyarrow as pa


def map_batch(
    batch: "dict[str, list[Any]] | pa.Table", recipe: Recipe | None = None
) -> "dict[str, list[Any]] | pa.Table":
    r"""Clean the texts of a batch; for ``dataset.map(textclean.map_batch, batched=True)``.

    ``duplicates`` is left out, since a batch knows nothing of the others; see
    ``textclean.adapters.huggingface.drop_near_duplicates``. A recipe goes in as ``fn_kwargs={
    "recipe": recipe}``. With ``dataset.with_format("arrow")`` the texts stay in Arrow. ``datasets``
    takes results from its cache as long as function and recipe have the same names and values:
    after an update of textclean, ``load_from_cache_file=False`` maps afresh.

    Args:
        batch: Lists by column, or an Arrow table; the texts stand under the recipe's ``text_field``
            and may be missing.
        recipe: Settings; None: the default recipe.

    Returns:
        The columns that change (all of them when a language filter drops rows), or the table.

    Raises:
        UsageError: There is no column of texts, or it is no batch.
        TypeError: A text is neither ``str`` nor missing.

    >>> map_batch({"id": [1, 2], "text": ["Fares:\u00c2 free", None]})
    {'text': ['Fares: free', None]}
    """
    recipe = recipe or Recipe()
    if not isinstance(batch, dict) and hasattr(batch, "to_batches"):
        import pyarrow as pa

        cleaned = clean_batches(batch.to_batches(), recipe)
        return pa.Table.from_batches(cleaned, cleaned_schema(batch.schema, recipe))
    if isinstance(batch, list):
        message = "map_batch takes whole batches: leave input_columns out"
        raise UsageError(message)
    if recipe.text_field not in batch:
        there = ", ".join(map(repr, batch))
        message = f"the batch has no column {recipe.text_field!r}; there are: {there}"
        raise UsageError(message)
    texts = batch[recipe.text_field]
    if texts is None or isinstance(texts, str):  # its characters would be taken for texts
        message = "map_batch takes batches: dataset.map(textclean.map_batch, batched=True)"
        raise UsageError(message)
    results = process_texts(texts, recipe)
    columns: dict[str, list[Any]] = {
        recipe.text_field: [None if result is None else result.text for result in results]
    }
    if recipe.detect_language or "language" in recipe.stages:
        languages = [None if result is None else result.document.language for result in results]
        columns[LANGUAGE] = languages
    kept = [result is None or result.drop is None for result in results]
    if all(kept):
        return columns
    return {
        name: [value for value, stays in zip(column, kept, strict=True) if stays]
        for name, column in {**batch, **columns}.items()
    }
