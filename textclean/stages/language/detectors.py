"""The detectors by name: one answer for one text, whatever came before it."""

from collections.abc import Callable, Sequence

from textclean.errors import RecipeError

#: ``profiles`` gives the answers of ``langdetect`` from the same profiles, much faster;
#: ``fasttext`` knows 176 languages and needs the extra of that name.
DETECTORS = ("profiles", "langdetect", "fasttext")

#: BCP 47's tag for "undetermined": in ``keep`` it lets texts of unknown language pass.
UNDETERMINED = "und"

_CODES = (
    "af ar bg bn ca cs cy da de el en es et fa fi fr gu he hi hr hu id it ja kn ko lt lv mk ml mr"
    " ne nl no pa pl pt ro ru sk sl so sq sv sw ta te th tl tr uk ur vi zh"
)
#: What langdetect's profiles can answer, as BCP 47 primary tags.
LANGUAGES = frozenset(_CODES.split())
#: Tags of one language, or of a part of it, under which the detector does not answer.
_ALIASES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "cmn": "zh"}
_LENGTHS_OF_TAGS = (2, 3)

Detector = Callable[[Sequence[str]], list[str | None]]


def detector_of(name: str) -> Detector:
    """Return the function that tells the languages of texts.

    Raises:
        RecipeError: There is no such detector, or its package is not installed.
    """
    check_detector(name)
    if name == "langdetect":
        from textclean.stages.language.original import detect
    elif name == "fasttext":
        from textclean.stages.language.fasttext import detect
    else:
        from textclean.stages.language.profiles import detect
    return detect


def check_detector(name: str) -> None:
    """Refuse a name that no detector has."""
    if name not in DETECTORS:
        message = f"detector: {name!r} is none of {', '.join(DETECTORS)}"
        raise RecipeError(message)


def primary_tag(tag: str, detector: str) -> str:
    """Return the primary tag of a BCP 47 tag: ``en`` of ``en-GB``.

    Raises:
        RecipeError: The detector gives it to no text.

    >>> primary_tag("nb-NO", "profiles")
    'no'
    """
    primary = tag.replace("_", "-").partition("-")[0].lower()
    if detector == "fasttext":
        is_tag = primary.isascii() and primary.isalpha() and len(primary) in _LENGTHS_OF_TAGS
        if not is_tag:
            message = f"language: {tag!r} is no BCP 47 tag"
            raise RecipeError(message)
        return primary if primary == "nn" else _ALIASES.get(primary, primary)  # it knows Nynorsk
    primary = _ALIASES.get(primary, primary)
    if primary != UNDETERMINED and primary not in LANGUAGES:
        message = (
            f"language: no tag {tag!r}; English is en, German de; there are:"
            f" {', '.join(sorted(LANGUAGES))}, und"
        )
        raise RecipeError(message)
    return primary


def detect_language(text: str, detector: str = "profiles") -> str | None:
    """Return the BCP 47 primary tag of a text's language; None when it cannot be told.

    Raises:
        RecipeError: There is no such detector, or its package is not installed.

    >>> detect_language("El puerto estará cerrado hasta el lunes por la mañana.")
    'es'
    """
    return detector_of(detector)([text])[0]
