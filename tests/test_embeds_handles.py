"""Handles and networks' lines are looked for around rare signs; the plain search finds the same."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textclean.stages.embeds import networks
from textclean.stages.embeds.handles import HANDLE, handles_at, signs_of
from textclean.stages.embeds.tables import phrases
from textclean.stages.embeds.voices import Surroundings, _voices

PIECES = st.sampled_from(
    [
        *("@", "＠", "(", "（", ")", "）", " ", "  ", "\n", "\t", ".", "-", "a", "ann", "_b", "é"),
        *("(@ann)", "( @ ann )", "（\n＠b.c）", "@c@d.e", "x@y", "((@z)", "\n\n"),
        *("posted", "by", "BY ", "u/ann", "U/b", "in", "r/boats", "/", "\nby u/ann in r/boats\n"),
        *phrases("shared"),
        *phrases("shared after"),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


def spans(matches):
    return [match.span() for match in matches]


@settings(deadline=None, max_examples=400)
@given(TEXTS)
@example("(@a(@b)")
@example("@@a (  @b)")
@example("(    @four blanks)")
def test_handles_are_those_of_the_pattern(text):
    assert spans(handles_at(text, signs_of(text))) == spans(HANDLE.finditer(text))


@settings(deadline=None, max_examples=400)
@given(TEXTS)
@example("x\nposted\nby\n\n\nu/ann\nin r/boats\ny")
@example("Ann (\n@ann) shared a post\n")
def test_lines_of_networks_are_those_of_the_patterns(text):
    signs = signs_of(text)
    after = networks._shared_after()
    lines = networks._lines_of_handles(text, signs)
    assert spans(networks._matches_at(after, text, lines)) == spans(after.finditer(text))
    titled = networks._TITLED
    lines = networks._lines_of_users(text)
    assert spans(networks._matches_at(titled, text, lines)) == spans(titled.finditer(text))
    if networks.SHARED.whole().search(text) is not None:
        assert networks._might_be_shared(text, signs)


def test_a_line_is_tried_once_however_many_users_follow():
    assert list(networks._lines_of_users("u/a u/b\nu/\nu/ u/c\n")) == [0, 8, 11]
    lines = list(networks._lines_of_users("\nu/" * 1000))
    assert lines == [0, *range(1, 3000, 3)]


@pytest.mark.parametrize("phrase", phrases("shared"))
def test_no_opening_is_too_far_from_its_handle(phrase):
    text = f"{phrase.replace(' ', '   ')}   {'n' * networks.NAME_LIMIT} (   @ann) May 1, 2020"
    for before in ("", "x " * 300, "@ann " * 9 + "x " * 300):
        whole = before + text
        assert networks.SHARED.whole().search(whole) is not None
        assert networks._might_be_shared(whole, signs_of(whole))
    assert not networks._might_be_shared(phrase + " " + "x " * 300 + "@ann", [len(phrase) + 601])


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["I ", "you", "wow!", "!!", "...", "what?", " & ", "pier. ", "水"])),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_voices_outside_of_a_post_are_those_that_a_search_of_both_sides_finds(parts, one, other):
    text = "".join(parts)
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    around = Surroundings(text)
    for name, pattern in _voices().items():
        before = any(match.start() < start for match in pattern.finditer(text))
        expected = before or pattern.search(text, end) is not None
        assert around.has_voice(name, start, end) == expected
        assert around.has_voice(name, start, end) == expected  # remembered
