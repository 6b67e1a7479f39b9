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
        series: Of the type ``String``, or ``Categorical``.
        recipe: Settings; None: the default recipe.

    Raises:
        TypeError: It holds anything else.
    """
    cleaned = clean_texts(series.to_list(), recipe)
    return pl.Series(series.name, cleaned, dtype=series.dtype)


def clean_expression(column: "str | pl.Expr", recipe: Recipe | None = None) -> "pl.Expr":
    """Return the expression for ``clean_series`` of a column.

    Each text is cleaned for itself, so that streaming engines may cut the column where they like.

    Args:
        column: Name or expression of a column of the type ``String``.
        recipe: Settings; None: the default recipe.
    """
    expression = pl.col(column) if isinstance(column, str) else column
    return expression.map_batches(
        lambda series: clean_series(series, recipe), return_dtype=pl.String, is_elementwise=True
    )
