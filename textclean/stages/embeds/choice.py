"""Where a post begins: the choice among all lines above its attribution that it could begin at.

Each line it would take along speaks for or against it (``evidence``), and so does how it would
begin (``opening``). The sum of both is the score of a beginning; a line is the post's when the
beginnings at it and above it are together as likely as ``certainty`` asks for.
"""

from collections.abc import Sequence
from math import exp

from textclean.stages.embeds.evidence import Profile, Step, features
from textclean.stages.embeds.opening import Opening, opening_features
from textclean.stages.embeds.tables import reach_certainty, reach_weights


def choose(steps: Sequence[Step], openings: Sequence[Opening], profile: Profile) -> int:
    """Return how many lines to go up; ``openings`` has one more than ``steps``, the first."""
    weights = reach_weights()
    taken = 0.0
    scores: list[float] = []
    for number, opening in enumerate(openings):
        if number:
            taken += sum(weights[name] for name in features(steps[number - 1], profile))
        scores.append(taken + sum(weights[name] for name in opening_features(opening)))
    return decide(scores, reach_certainty())


def decide(scores: Sequence[float], certainty: float) -> int:
    """Return the highest beginning that, with all above it, is likely enough.

    >>> decide([2.0, 0.0, 0.0], 0.5), decide([0.0, 0.0, 3.0], 0.5), decide([0.0, 3.0, 0.0], 0.5)
    (0, 2, 1)
    """
    highest = max(scores)
    odds = [exp(score - highest) for score in scores]
    asked = certainty * sum(odds)
    reached = 0.0
    for number in range(len(odds) - 1, 0, -1):
        reached += odds[number]
        if reached > asked:
            return number
    return 0
