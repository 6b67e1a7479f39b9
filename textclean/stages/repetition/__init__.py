"""The stage ``repetition``: collapse what a text repeats, and lose no fact."""

from textclean.stages.repetition.collapse import CollapseRepetition, repetition_score
from textclean.stages.repetition.score import RepetitionScore, traced_score

__all__ = ["CollapseRepetition", "RepetitionScore", "repetition_score", "traced_score"]
