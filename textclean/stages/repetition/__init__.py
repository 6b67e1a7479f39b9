"""The stage ``repetition``: collapse what a text repeats, and lose no fact."""

from textclean.stages.repetition.collapse import CollapseRepetition
from textclean.stages.repetition.score import RepetitionScore, repetition_score

__all__ = ["CollapseRepetition", "RepetitionScore", "repetition_score"]
