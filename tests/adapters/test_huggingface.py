"""Hugging Face ``datasets``: the map and the filter of the README, against the real package."""

import pytest

import textclean
from textclean import Recipe
from textclean.errors import UsageError

datasets = pytest.importorskip("datasets")

NOTICE = "The ferry to the island leaves at noon from the northern pier of the harbour."
TEXTS = [NOTICE, "Fares:\u00c2 free", NOTICE.upper(), None, "Tea &amp; cake", NOTICE + " Now."]
KEPT = [NOTICE, "Fares: free", None, "Tea & cake"]


@pytest.fixture
def dataset(tmp_path):
    columns = {"n": list(range(len(TEXTS))), "text": TEXTS}
    made = datasets.Dataset.from_dict(columns)
    made.save_to_disk(tmp_path / "made")
    return datasets.load_from_disk(tmp_path / "made")


@pytest.mark.parametrize("processes", [None, 2])
def test_map_and_filter(dataset, processes):
    from textclean.adapters.huggingface import drop_near_duplicates

    cleaned = dataset.map(textclean.map_batch, batched=True, num_proc=processes)
    kept = drop_near_duplicates(cleaned, threshold=0.7)
    assert kept["text"][:] == KEPT
    assert kept["n"][:] == [0, 1, 3, 4]
    assert kept.features == dataset.features


def test_map_keeps_texts_in_arrow(dataset):
    cleaned = dataset.with_format("arrow").map(textclean.map_batch, batched=True)
    lists = dataset.map(textclean.map_batch, batched=True)
    assert cleaned.with_format(None)["text"][:] == lists["text"][:]


def test_map_takes_data_sets_that_hand_over_pandas_frames(dataset):
    cleaned = dataset.with_format("pandas").map(textclean.map_batch, batched=True)
    lists = dataset.map(textclean.map_batch, batched=True)
    assert cleaned.with_format(None)["text"][:] == lists["text"][:]


def test_results_come_from_the_cache_for_the_same_recipe_only(dataset):
    def mapped(recipe):
        return dataset.map(textclean.map_batch, batched=True, fn_kwargs={"recipe": recipe})

    one, same, other = (mapped(Recipe(skip=skip)) for skip in ((), (), ("markup",)))
    assert one.cache_files == same.cache_files != other.cache_files
    assert other["text"][4] == "Tea &amp; cake"


def test_splits_are_mapped_and_not_compared(dataset):
    from textclean.adapters.huggingface import drop_near_duplicates

    splits = datasets.DatasetDict({"train": dataset})
    assert splits.map(textclean.map_batch, batched=True)["train"]["text"][1] == "Fares: free"
    with pytest.raises(UsageError, match="filter one split"):
        drop_near_duplicates(splits)


def test_a_recipe_that_drops_rows():
    german = "Das Hafenamt eröffnet am Montag den neuen Anleger für Fähren und Besucher der Insel."
    dataset = datasets.Dataset.from_dict({"n": [1, 2], "text": [NOTICE, german]})
    recipe = Recipe(language=("de",))
    for one in (dataset, dataset.with_format("arrow")):
        kept = one.map(textclean.map_batch, batched=True, fn_kwargs={"recipe": recipe})
        assert kept.with_format(None).to_dict() == {"n": [2], "text": [german]}


def test_the_filter_equals_deduplicate_beyond_one_batch():
    from textclean.adapters.huggingface import drop_near_duplicates

    texts = [f"{NOTICE} Boat {n % 1900} of {n % 1900} sails." for n in range(2500)]
    kept = textclean.deduplicate(texts).kept
    dataset = datasets.Dataset.from_dict({"text": texts})
    assert drop_near_duplicates(dataset)["text"][:] == [texts[n] for n in kept]
    lazy = drop_near_duplicates(dataset.to_iterable_dataset())
    for _ in range(2):  # each epoch is compared afresh
        assert [row["text"] for row in lazy] == [texts[n] for n in kept]


def test_a_lazy_data_set_is_mapped_and_filtered(dataset):
    from textclean.adapters.huggingface import drop_near_duplicates

    stream = dataset.to_iterable_dataset().map(textclean.map_batch, batched=True)
    rows = list(drop_near_duplicates(stream, threshold=0.7))
    assert [row["text"] for row in rows] == KEPT
    assert [row["n"] for row in rows] == [0, 1, 3, 4]


def test_settings_are_checked_before_anything_is_read(dataset):
    from textclean.adapters.huggingface import drop_near_duplicates

    for one in (dataset, dataset.to_iterable_dataset()):
        with pytest.raises(ValueError, match="threshold must be above 0"):
            drop_near_duplicates(one, threshold=0)


@pytest.mark.parametrize("kind", ["arrow", "numpy", "pandas"])
def test_the_format_of_a_data_set_does_not_matter_to_the_filter(dataset, kind):
    from textclean.adapters.huggingface import drop_near_duplicates

    cleaned = dataset.map(textclean.map_batch, batched=True)
    kept = drop_near_duplicates(cleaned.with_format(kind), threshold=0.7)
    assert kept.with_format(None)["text"][:] == KEPT
    stream = cleaned.to_iterable_dataset().with_format(kind)
    assert [row["text"] for row in drop_near_duplicates(stream, threshold=0.7)] == KEPT


def test_a_column_without_texts_is_refused(dataset):
    from textclean.adapters.huggingface import drop_near_duplicates

    rows = datasets.IterableDataset.from_generator(lambda: iter([{"n": 1}]))
    for one in (dataset, dataset.to_iterable_dataset(), rows):
        with pytest.raises(UsageError, match="no column 'body'; there are: 'n'"):
            list(drop_near_duplicates(one, text_field="body"))
    for one in (dataset, dataset.to_iterable_dataset()):
        with pytest.raises(TypeError, match="text 0 must be str or missing, not int"):
            list(drop_near_duplicates(one, text_field="n"))
