"""scikit-learn: the transformer in clones, grids and pipelines."""

import pickle

import pytest

import textclean
from textclean import Recipe

pytest.importorskip("sklearn")

DIRTY = "Caf\u00c3\u00a9 &amp; bar"


@pytest.fixture
def cleaner():
    from textclean.adapters.sklearn import TextCleaner

    return TextCleaner()


def test_parameters_and_clones(cleaner):
    from sklearn.base import clone

    assert cleaner.get_params() == {"recipe": None}
    recipe = Recipe(skip=("mojibake",))
    copied = clone(cleaner.set_params(recipe=recipe))
    assert copied is not cleaner
    assert copied.get_params() == {"recipe": recipe}
    assert copied.transform([DIRTY]) == [textclean.clean(DIRTY, recipe)]


def test_transform_needs_no_fit_and_takes_any_iterable(cleaner):
    import numpy as np

    for texts in (
        [DIRTY, None],
        (DIRTY, None),
        iter([DIRTY, None]),
        np.array([DIRTY, None], object),
    ):
        assert cleaner.transform(texts) == ["Café & bar", None]
    assert cleaner.fit_transform([DIRTY]) == ["Café & bar"]
    for table in (DIRTY, np.array([[DIRTY]], object)):
        with pytest.raises(TypeError, match="several texts"):
            cleaner.transform(table)


def test_a_column_of_pandas_with_missing_texts(cleaner):
    pd = pytest.importorskip("pandas")

    for gone in (None, float("nan"), pd.NA):
        assert cleaner.transform(pd.Series([DIRTY, gone])) == ["Café & bar", None]
    with pytest.raises(TypeError, match="not one DataFrame"):
        cleaner.transform(pd.DataFrame({"text": [DIRTY]}))


def test_it_is_pickled_with_its_recipe(cleaner):
    cleaner.set_params(recipe=Recipe(skip=("mojibake",)))
    copied = pickle.loads(pickle.dumps(cleaner))  # noqa: S301 - our own bytes
    assert copied.transform([DIRTY]) == cleaner.transform([DIRTY])


def test_a_pipeline_searched_over_recipes(cleaner):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline

    steps = [("clean", cleaner), ("count", CountVectorizer()), ("guess", LogisticRegression())]
    texts = [f"caf\u00c3\u00a9 {n}" for n in range(6)] + [f"harbour {n}" for n in range(6)]
    grid = {"clean__recipe": [None, Recipe(skip=("mojibake",))]}
    search = GridSearchCV(Pipeline(steps), grid, cv=2).fit(texts, [0] * 6 + [1] * 6)
    assert search.best_estimator_.predict(["café"]).tolist() == [0]


def test_its_tags_say_that_it_takes_texts(cleaner):
    from sklearn.utils import get_tags

    tags = get_tags(cleaner)
    assert tags.input_tags.string
    assert not tags.requires_fit


def test_the_names_of_features_are_those_of_the_vectorizer_behind_it(cleaner):
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.pipeline import make_pipeline

    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"text": [DIRTY, "harbour"]})
    words = make_pipeline(cleaner, CountVectorizer())
    table = ColumnTransformer([("words", words, "text")]).fit(frame)
    assert table.get_feature_names_out().tolist() == ["words__bar", "words__café", "words__harbour"]
    assert words.fit(frame["text"]).get_feature_names_out().tolist() == ["bar", "café", "harbour"]


def test_texts_stay_a_list_where_tables_are_asked_for(cleaner):
    import sklearn

    pytest.importorskip("pandas")
    with sklearn.config_context(transform_output="pandas"):
        assert cleaner.transform([DIRTY]) == ["Café & bar"]
