"""The language stage: which language a text is written in, and which texts stay for it."""

from textclean.stages.language.detectors import DETECTORS, LANGUAGES, detect_language
from textclean.stages.language.sample import SAMPLE_LENGTH
from textclean.stages.language.stage import DetectLanguage

__all__ = ["DETECTORS", "LANGUAGES", "SAMPLE_LENGTH", "DetectLanguage", "detect_language"]
