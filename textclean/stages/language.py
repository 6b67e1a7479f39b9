"""Which language a text is written in: langdetect, made to give one answer.

langdetect draws random numbers from a seed that is global to the process. Here a private factory
holds the profiles and each call starts from the same seed, so the answer depends on the text
alone: not on the order of documents, the worker, or a caller who seeds langdetect himself.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textclean.document import Document
from textclean.errors import RecipeError
from textclean.stage import Drop, Outcome

if TYPE_CHECKING:
    from langdetect.detector_factory import DetectorFactory

#: BCP 47's tag for "undetermined": in ``keep`` it lets texts of unknown language pass.
UNDETERMINED = "und"
#: Longer texts are judged by pieces of this total length from beginning, middle and end.
SAMPLE_LENGTH = 4000
#: Fewer letters say too little; one of a script of syllables or words counts thrice.
MINIMUM_LETTERS = 12
#: Below this the detector itself wavers between languages.
MINIMUM_PROBABILITY = 0.5

_CODES = (
    "af ar bg bn ca cs cy da de el en es et fa fi fr gu he hi hr hu id it ja kn ko lt lv mk ml mr"
    " ne nl no pa pl pt ro ru sk sl so sq sv sw ta te th tl tr uk ur vi zh"
)
#: What langdetect's profiles can answer, as BCP 47 primary tags.
LANGUAGES = frozenset(_CODES.split())
#: Tags of one language, or of a part of it, under which the detector does not answer.
_ALIASES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "cmn": "zh"}

_SEED = 0
_PIECES = 4
_LETTER = re.compile(r"[^\W\d_]")
_DENSE_LETTER = re.compile(r"[\u0900-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_KANA = re.compile(r"[\u3040-\u30ff]")
#: An address is in no language, and langdetect's own pattern for it is slow on long ones.
_ADDRESS = re.compile(r"https?://\S{1,2000}|\S{1,64}@\S{1,255}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PRIMARY = {"zh-cn": "zh", "zh-tw": "zh"}

_lock = threading.Lock()
_loaded: list["DetectorFactory"] = []


@dataclass(frozen=True, slots=True)
class DetectLanguage:
    """Set the language of each document; with ``keep``, drop those in other languages.

    A document whose language is set already keeps it. A text without enough letters has none: its
    language stays unknown, and ``keep`` drops it, with a reason of its own, unless it
    contains ``"und"`` (undetermined).

    Attributes:
        keep: BCP 47 primary tags; empty: keep all.

    >>> stage = DetectLanguage(keep=("en", "und"))
    >>> texts = ["The council voted on the new harbour.", "12.5", "Das ist schön, nicht wahr?"]
    >>> for outcome in stage.process([Document("a", text) for text in texts]):
    ...     print(outcome.language, outcome.drop.reason if outcome.drop else "kept")
    en kept
    None kept
    de language.other
    """

    keep: tuple[str, ...] = ()

    name: ClassVar[str] = "language"
    languages: ClassVar[frozenset[str] | None] = None
    reasons: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "language.other": "The text is written in a language that was not asked for.",
            "language.unknown": "The text has too few letters to tell its language.",
        }
    )

    def __post_init__(self) -> None:
        """Reduce the tags to primary ones, and refuse those that no text could match."""
        object.__setattr__(self, "keep", tuple(dict.fromkeys(map(_primary_tag, self.keep))))

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document; texts are never changed."""
        return [self._outcome(document) for document in batch]

    def _outcome(self, document: Document) -> Outcome:
        detected = None if document.language else detect_language(document.text)
        return Outcome(
            document.text, drop=self._drop(document.language or detected), language=detected
        )

    def _drop(self, language: str | None) -> Drop | None:
        if not self.keep or (language or UNDETERMINED) in self.keep:
            return None
        return Drop("language.other" if language else "language.unknown")


def _primary_tag(tag: str) -> str:
    """Return the primary tag of a BCP 47 tag: ``en`` of ``en-GB``."""
    primary = tag.replace("_", "-").partition("-")[0].lower()
    primary = _ALIASES.get(primary, primary)
    if primary != UNDETERMINED and primary not in LANGUAGES:
        message = f"language: {tag!r} is none of {', '.join(sorted(LANGUAGES))}, und"
        raise RecipeError(message)
    return primary


def detect_language(text: str) -> str | None:
    """Return the BCP 47 primary tag of a text's language; None when it cannot be told.

    >>> detect_language("El puerto estará cerrado hasta el lunes por la mañana.")
    'es'
    """
    sample = _sample(text)
    weight = len(_LETTER.findall(sample)) + 2 * len(_DENSE_LETTER.findall(sample))
    if weight < MINIMUM_LETTERS:
        return None
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    detector.seed = _SEED
    detector.append(sample)
    try:
        best = detector.get_probabilities()
    except LangDetectException:  # no feature of any profile: a script it does not know
        return None
    if not best or best[0].prob < MINIMUM_PROBABILITY:
        return None
    language = str(best[0].lang)
    if language == "ko" and not _HANGUL.search(sample):  # traditional Chinese, mostly
        return "ja" if _KANA.search(sample) else "zh"
    return _PRIMARY.get(language, language)


def _sample(text: str) -> str:
    """A bounded part of the text, cut at fixed places; addresses left out."""
    if len(text) > SAMPLE_LENGTH:
        size = SAMPLE_LENGTH // _PIECES
        step = (len(text) - size) // (_PIECES - 1)
        text = "\n".join(text[start : start + size] for start in range(0, step * _PIECES, step))
    return _SURROGATE.sub(" ", _ADDRESS.sub(" ", text))


def _factory() -> "DetectorFactory":
    """Return langdetect's profiles, read at the first call; never its shared factory."""
    with _lock:
        if not _loaded:
            import langdetect
            from langdetect.detector_factory import DetectorFactory

            folder = Path(langdetect.__file__).parent / "profiles"
            factory = DetectorFactory()
            # in one order on every file system: the order breaks ties
            factory.load_json_profile(
                [file.read_text("utf-8") for file in sorted(folder.iterdir())]
            )
            _loaded.append(factory)
        return _loaded[0]
