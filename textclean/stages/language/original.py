"""langdetect itself, made to give one answer.

It draws random numbers from a seed that is global to the process. Here a private factory holds
the profiles and each call starts from the same seed, so the answer depends on the text alone: not
on the order of documents, the worker, or a caller who seeds langdetect himself.
"""

import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textclean.stages.language.answer import HANGUL, KANA, answer, has_enough_letters
from textclean.stages.language.profiles import SEED, profile_texts
from textclean.stages.language.sample import sample

if TYPE_CHECKING:
    from langdetect.detector_factory import DetectorFactory

_SURROGATE = re.compile("[\ud800-\udfff]")

_lock = threading.Lock()
_loaded: list["DetectorFactory"] = []


def detect(texts: Sequence[str]) -> list[str | None]:
    """Return the language of each text; None if unknown.

    >>> detect(["El puerto estará cerrado hasta el lunes.", "12.5"])
    ['es', None]
    """
    return [_detect(_SURROGATE.sub(" ", sample(text))) for text in texts]


def _detect(text: str) -> str | None:
    if not has_enough_letters(text):
        return None
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    detector.seed = SEED
    detector.append(text)
    try:
        best = detector.get_probabilities()
    except LangDetectException:  # no feature of any profile: a script it does not know
        return None
    if not best:
        return None
    found = HANGUL.search(text) is not None, KANA.search(text) is not None
    return answer(best[0].lang, best[0].prob, has_hangul=found[0], has_kana=found[1])


def _factory() -> "DetectorFactory":
    """Return langdetect's profiles, read at the first call; never its shared factory."""
    with _lock:
        if not _loaded:
            from langdetect.detector_factory import DetectorFactory

            factory = DetectorFactory()
            factory.load_json_profile(profile_texts())
            _loaded.append(factory)
        return _loaded[0]
