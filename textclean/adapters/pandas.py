r"""pandas: a Series of texts.

>>> import pandas
>>> frame = pandas.DataFrame({"text": ["Fares:\u00c2 free", None, "Tea &amp; cake"]})
>>> clean_series(frame["text"]).dropna().tolist()
['Fares: free', 'Tea & cake']
"""

from textclean.adapters.texts import clean_texts
from textclean.errors import MissingExtraError
from textclean.recipe import Recipe

try:
    import pandas as pd
except ImportError as _error:
    raise MissingExtraError(extra="pandas", need="this adapter needs pandas") from _error


def clean_series(series: "pd.Series[str]", recipe: Recipe | None = None) -> "pd.Series[str]":
    """Return the series with each text as ``textclean.clean`` returns it.

    Index, name and type stay, and so does what is missing (None, NaN, NA). The categories of a
    ``category`` are then the cleaned texts that occur, without an order.

    Args:
        series: Texts, of the type ``str``, ``string``, ``object`` or ``category``.
        recipe: Settings; None: the default recipe.

    Raises:
        TypeError: It is no series, or a value is neither ``str`` nor missing.
    """
    if not isinstance(series, pd.Series):
        message = f"a Series, such as frame['text'], not {type(series).__name__}"
        raise TypeError(message)
    values = series.to_list()
    cleaned = clean_texts(values, recipe)
    values = [value if text is None else text for value, text in zip(values, cleaned, strict=True)]
    kind = "category" if isinstance(series.dtype, pd.CategoricalDtype) else series.dtype
    return pd.Series(values, index=series.index, name=series.name, dtype=kind)
