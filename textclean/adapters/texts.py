"""What the adapters share: texts in, texts or results out; a missing text stays missing."""

from collections.abc import Iterable

from textclean.document import Document
from textclean.pipeline import Result, single_text_pipeline
from textclean.recipe import Recipe


def process_texts(texts: Iterable[object], recipe: Recipe | None = None) -> list[Result | None]:
    r"""Return what the recipe, less ``duplicates``, makes of each text; None for None.

    Raises:
        TypeError: A text is neither ``str`` nor None.

    >>> [result and result.text for result in process_texts(["Fares:\u00c2 free", None])]
    ['Fares: free', None]
    """
    documents: list[Document | None] = []
    for place, text in enumerate(texts):
        if isinstance(text, str):
            documents.append(Document(str(place), text))
        elif _is_missing(text):
            documents.append(None)
        else:
            message = f"text {place} must be str or missing, not {type(text).__name__}"
            raise TypeError(message)
    there = [document for document in documents if document is not None]
    results = iter(single_text_pipeline(recipe or Recipe()).process(there))
    return [None if document is None else next(results) for document in documents]


def _is_missing(text: object) -> bool:
    is_nan = isinstance(text, float) and text != text  # noqa: PLR0124 - NaN alone differs from itself
    return text is None or is_nan or type(text).__name__ == "NAType"


def clean_texts(texts: Iterable[object], recipe: Recipe | None = None) -> list[str | None]:
    """Return as many texts as came in, each as ``textclean.clean`` returns it.

    Raises:
        TypeError: A text is neither ``str`` nor missing.

    >>> clean_texts(["Tea &amp; cake", None])
    ['Tea & cake', None]
    """
    return [None if result is None else result.text for result in process_texts(texts, recipe)]
