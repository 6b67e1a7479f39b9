"""pandas and polars: the column cleaned, and nothing else of it changed."""

import pytest

import textclean
from textclean import Recipe

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

DIRTY = "Fares:\u00c2 free &amp; easy"
CLEAN = textclean.clean(DIRTY)


@pytest.mark.parametrize("kind", ["str", "string", "object", "category"])
def test_a_pandas_series_keeps_index_name_type_and_what_is_missing(kind):
    from textclean.adapters.pandas import clean_series

    series = pd.Series([DIRTY, None, "x"], index=["a", "b", "c"], name="body", dtype=kind)
    cleaned = clean_series(series)
    assert cleaned.index.tolist() == ["a", "b", "c"]
    assert cleaned.name == "body"
    assert (cleaned.dtype == series.dtype) is (kind != "category")
    assert isinstance(cleaned.dtype, type(series.dtype))
    assert cleaned.isna().tolist() == [False, True, False]
    assert cleaned.dropna().tolist() == [CLEAN, "x"]
    assert series["a"] == DIRTY


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (pd.Series(["x", 1], dtype="object"), "text 1 must be str or missing, not int"),
        (pd.DataFrame({"text": ["x"]}), "such as frame.'text'., not DataFrame"),
        (["x"], "not list"),
    ],
)
def test_what_is_no_pandas_series_of_texts_is_refused(found, said):
    from textclean.adapters.pandas import clean_series

    with pytest.raises(TypeError, match=said):
        clean_series(found)


def test_a_recipe_counts():
    from textclean.adapters import pandas, polars

    recipe = Recipe(skip=("mojibake",))
    expected = [textclean.clean(DIRTY, recipe)]
    assert expected != [CLEAN]
    assert pandas.clean_series(pd.Series([DIRTY]), recipe).tolist() == expected
    assert polars.clean_series(pl.Series([DIRTY]), recipe).to_list() == expected


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_a_polars_expression_in_a_lazy_query(engine):
    from textclean.adapters.polars import clean_expression

    frame = pl.LazyFrame({"n": range(5000), "body": [DIRTY, None, "x", "y", "z"] * 1000})
    query = frame.with_columns(clean_expression("body").alias("clean")).filter(pl.col("n") < 4)
    done = query.collect(engine=engine)
    assert done["clean"].to_list() == [CLEAN, None, "x", "y"]
    assert done.schema == {"n": pl.Int64, "body": pl.String, "clean": pl.String}


def test_a_polars_expression_takes_an_expression():
    from textclean.adapters.polars import clean_expression

    frame = pl.DataFrame({"body": ["Fares", "free"]})
    joined = clean_expression(pl.col("body") + ":\u00c2 now")
    assert frame.select(joined)["body"].to_list() == ["Fares: now", "free: now"]


def test_a_polars_series_keeps_its_type():
    from textclean.adapters.polars import clean_series

    series = pl.Series("body", [DIRTY, None, DIRTY], dtype=pl.Categorical)
    cleaned = clean_series(series)
    assert (cleaned.name, cleaned.dtype) == ("body", pl.Categorical)
    assert cleaned.to_list() == [CLEAN, None, CLEAN]
    with pytest.raises(TypeError, match="must hold strings, not Int64"):
        clean_series(pl.Series([1]))
    with pytest.raises(TypeError, match=r"such as frame.'text'., not DataFrame"):
        clean_series(series.to_frame())


def test_the_categories_of_a_pandas_series_are_the_cleaned_texts():
    from textclean.adapters.pandas import clean_series

    kind = pd.CategoricalDtype(["y", DIRTY, CLEAN, "unused"], ordered=True)
    cleaned = clean_series(pd.Series([DIRTY, CLEAN, "y"], dtype=kind))
    assert cleaned.tolist() == [CLEAN, CLEAN, "y"]
    assert cleaned.dtype == pd.CategoricalDtype([CLEAN, "y"])


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum([DIRTY])])
def test_a_polars_column_of_categories_becomes_one_of_strings(kind):
    from textclean.adapters.polars import clean_expression, clean_series

    series = pl.Series("body", [DIRTY, None], dtype=kind)
    done = series.to_frame().lazy().with_columns(clean_expression("body")).collect()
    assert done.schema == {"body": pl.String}
    assert done["body"].to_list() == clean_series(series).to_list() == [CLEAN, None]


def test_a_polars_expression_of_numbers_is_refused():
    from textclean.adapters.polars import clean_expression

    with pytest.raises(TypeError, match="'n' must hold strings, not Int64"):
        pl.DataFrame({"n": [1]}).with_columns(clean_expression("n"))
