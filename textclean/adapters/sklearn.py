r"""scikit-learn: a transformer to stand before a vectorizer.

>>> from sklearn.feature_extraction.text import CountVectorizer
>>> from sklearn.pipeline import make_pipeline
>>> pipeline = make_pipeline(TextCleaner(), CountVectorizer())
>>> pipeline.fit(["Caf\u00c3\u00a9 &amp; bar"])[1].get_feature_names_out().tolist()
['bar', 'café']
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np

from textclean.adapters.texts import clean_texts
from textclean.errors import MissingExtraError
from textclean.recipe import Recipe

try:
    from sklearn.base import BaseEstimator, TransformerMixin
except ImportError as _error:
    raise MissingExtraError(extra="sklearn", need="this adapter needs scikit-learn") from _error


# With None, scikit-learn does not make a table of the texts, which no vectorizer would take.
class TextCleaner(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Clean texts, one for one, as ``textclean.clean`` does; nothing is learned.

    Args:
        recipe: Settings; None: the default recipe.
    """

    def __init__(self, recipe: Recipe | None = None) -> None:
        self.recipe = recipe

    def fit(self, X: Iterable[str], y: Any = None) -> Self:  # noqa: ARG002, N803 - the protocol
        """Do nothing; there is nothing to learn."""
        return self

    def transform(self, X: Iterable[str]) -> list[str | None]:  # noqa: N803 - the protocol
        """Return the texts cleaned, in order; None for a missing one (None, NaN, NA).

        Raises:
            TypeError: It is one ``str`` or a table, or holds anything but ``str`` and what is
                missing.
        """
        if isinstance(X, str) or len(getattr(X, "shape", (0,))) != 1:
            message = f"X must be several texts, such as frame['text'], not one {type(X).__name__}"
            raise TypeError(message)
        return clean_texts(X, self.recipe)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> Any:
        """Return the names of what comes in, so that the vectorizer behind can be asked for its."""
        return np.asarray(["text"] if input_features is None else input_features, dtype=object)

    def __sklearn_tags__(self) -> Any:
        """Say that texts come in, and that nothing need be fitted."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags
