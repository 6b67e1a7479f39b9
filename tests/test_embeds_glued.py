"""Posts glued into a paragraph: what is asked of the text below them, and of their size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textclean.stages.embeds import glued, voices
from textclean.stages.embeds.sentences import sentences
from textclean.stages.embeds.tables import style_table

SOBER = "The council approved the new harbour budget on Tuesday after a long debate."
SIGNED = "— Harbour Authority (@harbourboard) May 1, 2020"


def found(text, limit=280):
    """Return the glued post that ends in the only attribution of a text."""
    end = text.index(SIGNED)
    return glued.Glued(0, end, end + len(SIGNED), limit, signed=True)


def features(text, limit=280):
    """Return the features of each beginning of the post, from the nearest upwards."""
    post, style = found(text, limit), style_table()
    below = voices.below_post(text, post.attribution_end, style)
    around = voices.Surroundings(text)
    return list(glued.beginnings(glued.candidates(text, post), around, below, style))


def test_what_stands_below_a_post_are_its_finished_sentences():
    style = style_table()
    below = voices.below_post(f"Port. {SOBER} Share this", 5, style)
    assert below == voices.below_post(SOBER, 0, style)
    assert below.words == {"council", "approved", "harbour", "budget", "tuesday", "after"} | {
        "long",
        "debate",
    }
    assert below.style < -2 < voices.below_post("omg so excited!! see ya tonight!", 0, style).style


@pytest.mark.parametrize("below", ["", " \n", "Share this", "Follow us on Instagram\nSubscribe"])
def test_nothing_below_is_no_post_s_style(below):
    assert voices.below_post(below, 0, style_table()) == voices.Below(-3.0, frozenset())


@given(st.text(max_size=200), st.integers(0, 220))
def test_what_stands_below_any_post_has_a_finite_style(text, end):
    below = voices.below_post(text, end, style_table())
    assert below.style > float("-inf")
    assert all(word in text.casefold() for word in below.words)


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("The ferries are here.", "The pier is open.", {"names.none"}),
        ("New ferries call at Lindholm.", "The pier is open.", set()),
        ("New ferries call at Lindholm.", "Lindholm is glad.", {"names.in_body"}),
        ("New ferries call at Lindholm.", "The lindholm is glad.", set()),
        ("From Vaxholm, Lindholm and Sandhamn.", "The pier is open.", {"names.many"}),
    ],
)
def test_names_of_a_sentence(first, second, names):
    _, farther, *_ = features(f"{SOBER} {first} {second} {SIGNED} {SOBER}")
    assert {name for name in farther if name.startswith("names.") and "known" not in name} == names


def test_how_much_of_its_room_a_post_fills():
    text = f"{SOBER} {'a' * 49}. {'a' * 99}. {SIGNED} {SOBER}"
    filled = glued.candidates(text, found(text)).filled
    assert filled[:2] == [pytest.approx(36, abs=1), pytest.approx(54, abs=1)]
    nearest, farther, *_ = features(text)
    assert {f"opening.fills_{n}" for n in (10, 20, 30)} <= set(nearest)
    assert "opening.fills_40" not in nearest
    assert "opening.fills_40" in farther


def test_a_caption_has_all_the_room_it_wants():
    text = f"{SOBER} {'a' * 49}. {'a' * 99}. {SIGNED} {SOBER}"
    assert not any(name.startswith("opening.fills") for name in features(text, 2200)[1])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The U.S. is out. It was late.", ["The U.S. is out.", "It was late."]),
        ("They left the U.S. It was late.", ["They left the U.S.", "It was late."]),
        ("Open at 9 p.m. today. Come!", ["Open at 9 p.m. today.", "Come!"]),
        ("Pier No. 9 is open.", ["Pier No. 9 is open."]),
        ("Open? No. It is late.", ["Open?", "No.", "It is late."]),
        ("Is it? The answer is no. 44% left.", ["Is it?", "The answer is no.", "44% left."]),
        ("Open from Dec. 20 on.", ["Open from Dec. 20 on."]),
        ("It ended in Dec. The work is done.", ["It ended in Dec.", "The work is done."]),
        ("Pres. Ames said so.", ["Pres. Ames said so."]),
        ("We waited... and waited… for years.", ["We waited... and waited… for years."]),
        ("We waited... The pier is open.", ["We waited...", "The pier is open."]),
        ("omg. so late.", ["omg.", "so late."]),
    ],
)
def test_what_has_a_full_stop_and_ends_no_sentence(text, found):
    assert list(sentences(text)) == found


@given(
    st.lists(
        st.sampled_from(
            ["U.S.", "No.", "9", "Dec.", "is", "It", "now…", "gone...", "Open!", "p.m."]
        )
    )
)
def test_sentences_lose_nothing(words):
    text = " ".join(words)
    assert " ".join(sentences(text)) == text
