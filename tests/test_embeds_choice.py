"""Which beginning of a post is chosen, and what it is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textclean.stages.embeds.choice import decide
from textclean.stages.embeds.sentences import sentence_starts, sentences
from textclean.stages.embeds.style import mean_style, style_score
from textclean.stages.embeds.tables import reach_certainty, style_table

_SCORES = st.lists(st.floats(-30, 30), min_size=1, max_size=8)
_PROSE = st.text("ab .!?。”\n", max_size=80)


@given(_SCORES, st.floats(0.5, 0.99), st.floats(0.5, 0.99), st.sets(st.integers(1, 8)))
def test_who_asks_for_more_never_goes_farther(scores, usual, more, sober):
    plain = decide(scores, usual)
    strict = decide(scores, usual, lambda depth: max(usual, more) if depth in sober else usual)
    assert strict <= plain
    assert strict == plain or plain in sober


@given(_SCORES, st.floats(0.5, 0.99))
def test_what_is_chosen_is_as_likely_as_asked(scores, certainty):
    chosen = decide(scores, certainty)
    if chosen:
        odds = [2.718281828459045 ** (score - max(scores)) for score in scores]
        assert sum(odds[chosen:]) >= certainty * sum(odds) * (1 - 1e-9)


@given(_PROSE)
def test_sentences_lose_nothing(text):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    starts = sentence_starts(text, len(text))
    assert starts == sorted(set(starts))
    assert all(0 < start < len(text) for start in starts)


@pytest.mark.parametrize(
    ("sober", "other"),
    [
        (
            "The council has approved the budget of the harbour, officials said on Monday.",
            "Guys, you won't believe this lol!",
        )
    ],
)
def test_sober_lines_are_told(sober, other):
    below = reach_certainty().sober_below
    assert mean_style(sober, style_table()) < below < mean_style(other, style_table())


def test_a_line_of_two_sentences_has_their_mean():
    first, second = "The pier was closed.", "Wow, come and see!"
    table = style_table()
    mean = (style_score(first, table) + style_score(second, table)) / 2
    assert mean_style(f"{first} {second}", table) == pytest.approx(mean)
