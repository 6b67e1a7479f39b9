r"""polars: a Series of texts, or an expression in a query, lazy ones included.

>>> import polars
>>> frame = polars.DataFrame({"text": ["Fares:\u00c2 free", None, "Tea &amp; cake"]})
>>> frame.lazy().with_columns(clean_expression("text")).collect()["text"].to_list()
['Fares: free', None, 'Tea & cake']
"""

from textclean.adapters.texts import clean_texts
from textclean.errors import MissingExtraError
from textclean.recipe import Recipe

try:
    import polars as pl
except ImportError as _error:
    raise MissingExtraError(extra="polars", need="this adapter needs polars") from _error


def clean_series(series: "pl.Series", recipe: Recipe | None = None) -> "pl.Series":
    """Return the series with each text as ``textclean.clean`` returns it; null stays null.

    Args:
        series: Of the type ``String``, which stays, or ``Categorical`` or ``Enum``: what comes out
            is ``String`` for an ``Enum``, which names the texts that there can be.
        recipe: Settings; None: the default recipe.

    Raises:
        TypeError: It is no series, or holds anything else.
    """
    if not isinstance(series, pl.Series):
        message = f"a Series, such as frame['text'], not {type(series).__name__}"
        raise TypeError(message)
    _refuse_other_types(series)
    cleaned = clean_texts(series, recipe)
    kind = pl.String if series.dtype == pl.Enum else series.dtype
    return pl.Series(series.name, cleaned, dtype=kind)


def clean_expression(column: "str | pl.Expr", recipe: Recipe | None = None) -> "pl.Expr":
    """Return the expression for ``clean_series`` of a column.

    Each text is cleaned for itself, so that streaming engines may cut the column where they like.

    Args:
        column: Name or expression of a column of the type ``String``, ``Categorical`` or ``Enum``;
            the result is ``String``.
        recipe: Settings; None: the default recipe.
    """
    expression = pl.col(column) if isinstance(column, str) else column

    def clean(series: "pl.Series") -> "pl.Series":
        _refuse_other_types(series)
        return clean_series(series.cast(pl.String), recipe)

    return expression.map_batches(clean, return_dtype=pl.String, is_elementwise=True)


def _refuse_other_types(series: "pl.Series") -> None:
    if series.dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        message = f"the column {series.name!r} must hold strings, not {series.dtype}"
        raise TypeError(message)
