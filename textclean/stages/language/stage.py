"""The stage that names the language of each text, and drops those in other languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from textclean.document import Document
from textclean.stage import Drop, Outcome
from textclean.stages.language.detectors import (
    UNDETERMINED,
    check_detector,
    detector_of,
    primary_tag,
)


@dataclass(frozen=True, slots=True)
class DetectLanguage:
    """Set the language of each document; with ``keep``, drop those in other languages.

    A document whose language is set already keeps it. A text without enough letters has none: its
    language stays unknown, and ``keep`` drops it, with a reason of its own, unless it
    contains ``"und"`` (undetermined).

    Attributes:
        keep: BCP 47 primary tags; empty: keep all.
        detector: ``"profiles"``, ``"langdetect"`` (the same answers, slowly) or ``"fasttext"``.

    Raises:
        RecipeError: A tag that the detector gives to no text, or no such detector.

    >>> stage = DetectLanguage(keep=("en", "und"))
    >>> texts = ["The council voted on the new harbour.", "12.5", "Das ist schön, nicht wahr?"]
    >>> for outcome in stage.process([Document("a", text) for text in texts]):
    ...     print(outcome.language, outcome.drop.reason if outcome.drop else "kept")
    en kept
    None kept
    de language.other
    """

    keep: tuple[str, ...] = ()
    detector: str = "profiles"

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
        check_detector(self.detector)
        keep = dict.fromkeys(primary_tag(tag, self.detector) for tag in self.keep)
        object.__setattr__(self, "keep", tuple(keep))

    def process(self, batch: Sequence[Document], /) -> list[Outcome]:
        """Return one outcome per document; texts are never changed."""
        open_ones = [document.text for document in batch if not document.language]
        answers = iter(detector_of(self.detector)(open_ones) if open_ones else ())
        return [
            self._outcome(document, None if document.language else next(answers))
            for document in batch
        ]

    def _outcome(self, document: Document, detected: str | None) -> Outcome:
        drop = self._drop(document.language or detected)
        return Outcome(document.text, drop=drop, language=detected)

    def _drop(self, language: str | None) -> Drop | None:
        if not self.keep or (language or UNDETERMINED) in self.keep:
            return None
        return Drop("language.other" if language else "language.unknown")
