"""Where a post begins: the choice among all lines above its attribution that it could begin at.

Each line it would take along speaks for or against it (``evidence``), and so does how it would
begin (``opening``). The sum of both is the score of a beginning; a line is the post's when the
beginnings at it and above it are together as likely as ``certainty`` asks for: more of captions,
and of a line that is written as articles are (``style``).
"""

from collections.abc import Callable, Sequence
from math import exp

from textclean.stages.embeds.evidence import Profile, Step, features
from textclean.stages.embeds.opening import Opening, opening_features
from textclean.stages.embeds.style import mean_style
from textclean.stages.embeds.tables import reach_certainty, reach_weights, style_table


def choose(steps: Sequence[Step], openings: Sequence[Opening], profile: Profile) -> int:
    """Return how many lines to go up; ``openings`` has one more than ``steps``, the first."""
    weights = reach_weights()
    taken = 0.0
    scores: list[float] = []
    for number, opening in enumerate(openings):
        if number:
            taken += sum(weights[name] for name in features(steps[number - 1], profile))
        scores.append(taken + sum(weights[name] for name in opening_features(opening)))
    usual, caption, sober, sober_below = reach_certainty()
    if steps and steps[0].anchor.kind == "caption":
        usual = caption

    def asked(depth: int) -> float:
        return sober if mean_style(steps[depth - 1].upper, style_table()) < sober_below else usual

    return decide(scores, usual, asked)


def decide(
    scores: Sequence[float], certainty: float, asked: Callable[[int], float] | None = None
) -> int:
    """Return the highest beginning that, with all above it, is likely enough.

    Args:
        scores: The score of each beginning, upwards, in log odds.
        certainty: How likely each must be.
        asked: How likely one of them must be, where that is more.

    >>> decide([2.0, 0.0, 0.0], 0.5), decide([0.0, 0.0, 3.0], 0.5), decide([0.0, 3.0, 0.0], 0.5)
    (0, 2, 1)
    >>> decide([0.0, 0.0, 3.0], 0.5, lambda depth: 0.99 if depth == 2 else 0.5)
    1
    """
    highest = max(scores)
    odds = [exp(score - highest) for score in scores]
    everything = sum(odds)
    reached = 0.0
    for number in range(len(odds) - 1, 0, -1):
        reached += odds[number]
        share = reached / everything
        if share > certainty and (asked is None or share > asked(number)):
            return number
    return 0
