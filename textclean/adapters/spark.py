r"""Spark: a frame cleaned by ``mapInArrow``; texts cross to Python as Arrow batches.

``textclean`` must be installed where Spark's Python workers run.

>>> from pyspark.sql import SparkSession
>>> spark = SparkSession.builder.master("local[1]").getOrCreate()
>>> rows = [("a", "Fares:\u00c2 free"), ("b", None)]
>>> clean_frame(spark.createDataFrame(rows, "id string, text string")).collect()
[Row(id='a', text='Fares: free'), Row(id='b', text=None)]
>>> spark.stop()
"""

from functools import partial
from typing import Any

from textclean.adapters.arrow import LANGUAGE, clean_batches
from textclean.errors import MissingExtraError, UsageError
from textclean.recipe import Recipe

try:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StringType, StructType
except ImportError as _error:
    raise MissingExtraError(extra="spark", need="this adapter needs pyspark") from _error


def clean_frame(frame: "DataFrame", recipe: Recipe | None = None) -> "DataFrame":
    """Return the frame with its texts cleaned; lazy, as all of Spark is.

    Other columns stay as they are; a language filter drops rows, and a recipe that detects
    languages adds the column ``language``. ``duplicates`` is left out, since a batch knows nothing
    of the others: ``textclean dedup --engine ray`` does that on many machines.

    Args:
        frame: With a column of strings under the recipe's ``text_field``.
        recipe: Settings; None: the default recipe.

    Raises:
        UsageError: There is no such column.
    """
    recipe = recipe or Recipe()
    types = {field.name: field.dataType for field in frame.schema.fields}
    if not isinstance(types.get(recipe.text_field), StringType):
        there = ", ".join(map(repr, types))
        message = f"no column {recipe.text_field!r} of strings; there are: {there}"
        raise UsageError(message)
    # Only the settings are pickled.
    return frame.mapInArrow(partial(clean_batches, recipe=recipe), _schema(frame, recipe))


def _schema(frame: "DataFrame", recipe: Recipe) -> Any:
    if not (recipe.detect_language or "language" in recipe.stages):
        return frame.schema
    language = StructType().add(LANGUAGE, StringType()).fields[0]
    fields = [language if field.name == LANGUAGE else field for field in frame.schema.fields]
    return StructType(fields if LANGUAGE in frame.columns else [*fields, language])
