"""How repetitive a text is, in figures that a user can filter by."""

from collections.abc import Sequence
from dataclasses import dataclass

from textclean.document import Document
from textclean.edits import Edit, apply_edits
from textclean.stage import Step
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.phrases import find_key_phrase
from textclean.stages.repetition.protect import is_protected
from textclean.stages.repetition.sections import LARGEST_WHOLE, sections
from textclean.stages.repetition.triage import FLAGS, cheap_flags


@dataclass(frozen=True, slots=True)
class RepetitionScore:
    """Figures of one text; all numbers in [0, 1].

    Attributes:
        repeated_ratio: Share of the characters that ``CollapseRepetition`` takes out. What it keeps
            (verse, law, a repeated fact) is no repetition here either.
        key_phrase: The phrase the text is stuffed with, in folded case; None without one. Of a text
            longer than 1,048,576 characters: that of its first section (``sections.py``).
        density: Share of the words that the key phrase's mentions are; 0 without one.
    """

    repeated_ratio: float = 0.0
    key_phrase: str | None = None
    density: float = 0.0

    @property
    def value(self) -> float:
        """The higher of the two shares: what ``--drop-stuffed-above`` is compared with.

        >>> RepetitionScore(0.25, "cheap flights", 0.07).value
        0.25
        """
        return max(self.repeated_ratio, self.density)

    def to_json(self) -> dict[str, float | str | None]:
        """Return the score as the values of the field ``repetition_score``.

        >>> RepetitionScore(1 / 3).to_json()
        {'value': 0.3333, 'repeated_ratio': 0.3333, 'key_phrase': None, 'density': 0.0}
        """
        return {
            "value": round(self.value, 4),
            "repeated_ratio": round(self.repeated_ratio, 4),
            "key_phrase": self.key_phrase,
            "density": round(self.density, 4),
        }


def score_of(text: str, language: str | None, edits: Sequence[Edit], flags: int) -> RepetitionScore:
    """Return the score of a text from the edits that collapse it.

    Args:
        text: The text before them.
        language: As the document says; None when it does not.
        edits: Of ``CollapseRepetition``.
        flags: Of triage; without that of the level for phrases there is no key phrase.
    """
    taken = sum(edit.end - edit.start - len(edit.replacement) for edit in edits)
    ratio = max(0.0, taken / len(text)) if taken else 0.0
    if len(text) > LARGEST_WHOLE:
        text = text[slice(*next(sections(text), (0, 0)))]
    elif not flags & FLAGS["phrase"]:
        return RepetitionScore(ratio)
    layout = Layout(text, language)
    found = find_key_phrase(layout)
    if found is None or is_protected(layout):
        return RepetitionScore(ratio)
    return RepetitionScore(ratio, " ".join(found.keys), min(1.0, found.density))


def traced_score(original: Document, trace: Sequence[Step]) -> RepetitionScore:
    """Return the score of a document as the stage met it, from the trace of its pipeline.

    >>> traced_score(Document("a", "Rain fell."), ())
    RepetitionScore(repeated_ratio=0.0, key_phrase=None, density=0.0)
    """
    text = original.text
    edits: Sequence[Edit] = ()
    for step in trace:
        if step.stage == "repetition":
            edits = step.edits
            break
        text = apply_edits(text, step.edits)
    flags = cheap_flags([text], [original.language])[0]
    return score_of(text, original.language, edits, flags)
