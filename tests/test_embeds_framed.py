"""Codes in square brackets around a flattened post."""

from hypothesis import given
from hypothesis import strategies as st

from textclean.edits import apply_edits
from textclean.stages.embeds import MODES, StripEmbeds

ABOVE = "The council approved the new harbour budget on Tuesday after a long debate."
BELOW = "Construction is expected to begin next spring, officials said."
BODY = "The new pier is open! Come and see it."
SIGNED = "— Harbour Authority (@harbourboard) May 1, 2020"
NAMES = st.from_regex(r"[A-Za-z][\w-]{0,30}", fullmatch=True).filter(str.isascii)


def cleaned(text, mode="remove"):
    return apply_edits(text, StripEmbeds(form="flattened", mode=mode).find_edits(text, None))


@given(NAMES, st.sampled_from(["", "=1", '="Ann"', " id=2"]), st.sampled_from(["", " ", "\n"]))
def test_a_pair_of_any_name_goes_with_the_post_that_it_holds(name, value, gap):
    post = f"[{name}{value}]{gap}{BODY}\n{SIGNED}{gap}[/{name.swapcase()}]"
    assert cleaned(f"{ABOVE}\n{post}\n{BELOW}") == f"{ABOVE}\n{BELOW}"


@given(NAMES, NAMES, st.sampled_from(["", "\n"]))
def test_two_names_make_no_pair(name, other, gap):
    if name.casefold() != other.casefold():
        found = cleaned(f"{ABOVE}\n[{name}]{gap}{BODY}\n{SIGNED}{gap}[/{other}]\n{BELOW}")
        assert f"[/{other}]" in found


def test_codes_are_no_words_of_the_post():
    text = f"{ABOVE}\n[box]{BODY}\n{SIGNED}[/box]\n{BELOW}"
    found = {mode: cleaned(text, mode) for mode in MODES}
    assert found == {
        "remove": f"{ABOVE}\n{BELOW}",
        "attribution": f"{ABOVE}\n{BODY}\n{BELOW}",
        "tag": f"{ABOVE}\n[embedded post: x.com @harbourboard May 1, 2020]\n{BELOW}",
    }


def test_each_post_of_many_has_its_own_pair():
    post = f"[box]{BODY}\n{SIGNED}[/box]"
    text = "\n".join([ABOVE, *[f"{post}\n{BELOW}"] * 3])
    assert cleaned(text) == "\n".join([ABOVE, *[BELOW] * 3])
