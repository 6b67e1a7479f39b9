"""The tokens of repetition: the kernel cuts them as the regular expressions do."""

import json
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALL_TEXTS

from textclean import Document
from textclean.stages.repetition import CollapseRepetition, layout
from textclean.stages.repetition.tokens import Tokens, having, key_of, plain_tokens

CASES = json.loads((Path(__file__).parent / "cases" / "repetition.json").read_text("utf-8"))
PIECES = [*"ab1 9.,:/'’ʼ!\n_²½中กั๒Ǆǅßŉΐͅ\ud800", "\u0301", "don't", "1,200", "3.5 ", "É", "𝟗", "ʼn"]


def cut_by_the_kernel(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "is_compiled", lambda: True)
        return layout.Layout(text)


def kernel_tokens(text):
    found = cut_by_the_kernel(text)
    return Tokens(found.starts, found.ends, found.all_keys, found.kinds)


@settings(deadline=None, max_examples=300)
@given(text=st.one_of(ALL_TEXTS, st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
@example(text="1,200th 1.5.9 1.a 1., 5'6 a5'6 'tis dogs' d’’e ๑๒ก ๑a กั\u0301 aั ŉ'a ß")
def test_the_kernel_cuts_as_the_pattern_does(text):
    assert kernel_tokens(text) == plain_tokens(text)


def test_each_character_alone_and_beside_letters_and_figures():
    points = [*range(0x600), *range(0x600, 0x3400, 5), *range(0xA000, 0x110000, 211)]
    text = "".join(
        before + chr(point) + after for point, before, after in product(points, "a1 ", "a1.")
    )
    assert kernel_tokens(text) == plain_tokens(text)


def test_kinds_tell_what_the_words_are():
    text = "Ab cd 7 x9 É ß 中 ǅ ½ ٣"
    tokens = plain_tokens(text)
    words = [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    assert tokens.keys == tuple(map(key_of, words))
    assert [
        each for each, is_one in zip(words, having(tokens.kinds, 1), strict=True) if is_one
    ] == [*("Ab", "É", "ǅ")]
    assert [
        each for each, is_one in zip(words, having(tokens.kinds, 32), strict=True) if is_one
    ] == [*("7", "x9", "٣")]


@settings(deadline=None)
@given(words=st.lists(st.sampled_from(["Straße", "STRASSE", "don’t", "7", "a", "b"]), max_size=30))
def test_numbers_tell_which_words_are_equal(words):
    cut = cut_by_the_kernel(" ".join([*words, "end"]))
    found = [cut.distinct[number] for number in cut.arrays.numbers]
    assert found == [key_of(word) for word in [*words, "end"]]
    assert len(cut.distinct) == len(set(found))


def test_as_many_distinct_words_as_characters():
    text = "".join(map(chr, range(0x4E00, 0x6E00)))
    assert kernel_tokens(text) == plain_tokens(text)
    assert len(cut_by_the_kernel(text * 2).distinct) == len(text)


@pytest.mark.parametrize("cut", [kernel_tokens, plain_tokens])
def test_no_words(cut):
    assert cut("") == cut(" .-\n") == Tokens([], [], (), b"")


def test_edits_are_the_same_with_and_without_the_kernel(monkeypatch):
    documents = [Document("a", case["original"], case.get("language")) for case in CASES]
    found = {}
    for with_kernels in (True, False):
        monkeypatch.setattr(layout, "is_compiled", lambda answer=with_kernels: answer)
        found[with_kernels] = [outcome.edits for outcome in CollapseRepetition().process(documents)]
    assert found[True] == found[False]
    assert any(found[True])
