"""How repetitive a text is, in figures that a user can filter by."""

from dataclasses import dataclass

from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.phrases import find_key_phrase
from textclean.stages.repetition.spans import signature


@dataclass(frozen=True, slots=True)
class RepetitionScore:
    """Figures of one text; all in [0, 1].

    Attributes:
        repeated_ratio: Share of the words in sentences that stood before, word for word.
        key_phrase: The phrase the text is stuffed with, in folded case; None without one.
        density: Share of the words that the key phrase's mentions are; 0 without one.
    """

    repeated_ratio: float
    key_phrase: str | None
    density: float


def repetition_score(text: str, language: str | None = None) -> RepetitionScore:
    """Measure a text.

    >>> repetition_score("Rain fell here. Rain fell here. Nobody came there then.")
    RepetitionScore(repeated_ratio=0.3, key_phrase=None, density=0.0)
    """
    layout = Layout(text, language)
    seen: set[tuple[str, ...]] = set()
    words = repeated = 0
    for sentence in layout.sentences:
        key = signature(layout, sentence)
        words += sentence.size
        repeated += sentence.size if key in seen else 0
        seen.add(key)
    phrase = find_key_phrase(layout)
    return RepetitionScore(
        repeated_ratio=repeated / words if words else 0.0,
        key_phrase=" ".join(phrase.keys) if phrase else None,
        density=min(1.0, phrase.density) if phrase else 0.0,
    )
