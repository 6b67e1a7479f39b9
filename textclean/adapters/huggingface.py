r"""Hugging Face ``datasets``: a function for ``map``, and near-duplicates of a whole data set.

>>> from datasets import Dataset
>>> from textclean import map_batch
>>> notice = "The ferry to the island leaves at noon from the northern pier."
>>> dataset = Dataset.from_dict({"text": [notice, "Fares:\u00c2 free", notice.upper()]})
>>> drop_near_duplicates(dataset.map(map_batch, batched=True))["text"][:]
['The ferry to the island leaves at noon from the northern pier.', 'Fares: free']
"""

from collections.abc import Collection, Iterator
from functools import partial
from typing import Any

from textclean.adapters.arrow import texts_of
from textclean.dedup.index import NearDuplicateIndex
from textclean.errors import MissingExtraError, UsageError

try:
    import datasets
except ImportError as _error:
    raise MissingExtraError(extra="huggingface", need="this adapter needs datasets") from _error

#: Rows read at a time.
_BATCH_ROWS = 1_000


def drop_near_duplicates(
    dataset: "datasets.Dataset | datasets.IterableDataset",
    *,
    threshold: float = 0.8,
    shingle_size: int = 5,
    text_field: str = "text",
) -> Any:
    """Return the data set less the rows whose text repeats that of an earlier row which stays.

    Rows are compared in the order of the data set, in this process: whoever filters with a function
    of one batch, or with several processes, sees a part of the earlier rows only. A row without a
    text stays.

    Args:
        dataset: A ``Dataset`` gives a ``Dataset`` (by ``select``, without copying it); an
            ``IterableDataset`` is read lazily, and compared afresh each time it is iterated.
        threshold: Jaccard at and above which a text repeats another; above 0, at most 1.
        shingle_size: Tokens in a shingle.
        text_field: The column of texts.

    Raises:
        ValueError: A setting is out of range.
        UsageError: It is a ``DatasetDict``, whose splits have no order, or has no such column.
        TypeError: A value of the column is neither ``str`` nor missing.
        InputError: One is no UTF-8.
    """
    if isinstance(dataset, datasets.DatasetDict | datasets.IterableDatasetDict):
        message = (
            "a DatasetDict has no order: filter one split, or datasets.concatenate_datasets([...])"
        )
        raise UsageError(message)
    make_index = partial(NearDuplicateIndex[int], threshold, shingle_size)
    if dataset.column_names is not None:  # of a stream they may be known with its rows only
        _check_column(dataset.column_names, text_field)
    if isinstance(dataset, datasets.IterableDataset):
        make_index()  # settings out of range are noticed here, not in the middle
        # rows as lists of values, whatever format they are asked for in
        rows = dataset.with_format(None)
        arguments = {"dataset": rows, "make_index": make_index, "text_field": text_field}
        return datasets.IterableDataset.from_generator(
            _kept_rows, features=dataset.features, gen_kwargs=arguments
        )
    index = make_index()
    texts = dataset.with_format("arrow").select_columns([text_field])
    kept: list[bool] = []
    for table in texts.iter(_BATCH_ROWS):
        rows = texts_of(table.column(text_field), text_field, len(kept))
        kept += _kept(index, rows, len(kept))
    return dataset.select(_places(kept))


def _kept_rows(dataset: Any, make_index: Any, text_field: str) -> Iterator[dict[str, Any]]:
    index, read = make_index(), 0
    for batch in dataset.iter(_BATCH_ROWS):
        _check_column(batch, text_field)
        kept = _kept(index, batch[text_field], read)
        read += len(kept)
        for place in _places(kept):
            yield {name: column[place] for name, column in batch.items()}


def _kept(index: NearDuplicateIndex[int], texts: list[str | None], first: int) -> list[bool]:
    """Tell for each text of the next batch whether it stays."""
    for place, text in enumerate(texts, first):
        if text is not None and not isinstance(text, str):
            message = f"text {place} must be str or missing, not {type(text).__name__}"
            raise TypeError(message)
    measures = index.measure([text or "" for text in texts])
    matches = index.decide(range(first, first + len(texts)), measures)
    return [match is None for match in matches]


def _check_column(names: Collection[str], text_field: str) -> None:
    if text_field not in names:
        there = ", ".join(map(repr, names))
        message = f"the data set has no column {text_field!r}; there are: {there}"
        raise UsageError(message)


def _places(kept: list[bool]) -> list[int]:
    return [place for place, stays in enumerate(kept) if stays]
