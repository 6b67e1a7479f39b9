"""The segmenter says of paragraphs asked for together what it says of each."""

import pytest
import sentencex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textclean.stages.repetition.segmenter import TOGETHER, Boundaries

LANGUAGES = ["en", "de", "it", "ja", "zh", "hi", "el", "hy", "my", "fi", "kk", "ar", "xx"]
PARAGRAPHS = st.lists(
    st.lists(
        st.sampled_from(
            [
                *(
                    "One word. ",
                    "Two? ",
                    "no! ",
                    "e.g. ",
                    "Dr. Who ",
                    "5. ",
                    "3.5 ",
                    "(in here. So) ",
                ),
                *(
                    "“It is. So. ",
                    "” ",
                    '"He left." ',
                    "  ",
                    "。",
                    "中文。",
                    "मैं। ",
                    "\ud800. ",
                    "– ",
                    "a.b ",
                ),
                "A longer sentence, as they are. " * 40,
            ]
        ),
        min_size=1,
        max_size=6,
    ).map("".join),
    min_size=1,
    max_size=9,
)


@settings(deadline=None, max_examples=300)
@given(
    texts=PARAGRAPHS,
    language=st.sampled_from(
        ["en", "de", "it", "ja", "zh", "hi", "el", "hy", "my", "fi", "kk", "ar", "xx"]
    ),
)
@example(texts=["One. Two." * 100] * 40, language="en")
@example(texts=["One. " * 2500, "Two. Three."], language="en")
def test_together_as_apart(texts, language):
    boundaries = Boundaries(language)
    together = boundaries.sizes(texts, is_cheap=True)
    assert together == boundaries.sizes(texts, is_cheap=False)
    ends = [boundaries.split(text) for text in texts]
    assert len(together) == len(texts) + sum(map(len, ends))


def test_few_calls(monkeypatch):
    calls = []

    def segment(language, text):
        calls.append(text)
        return real(language, text)

    real = sentencex.segment
    monkeypatch.setattr(sentencex, "segment", segment)
    Boundaries("en").sizes(["One. Two."] * 20, is_cheap=True)
    assert len(calls) == 1
    Boundaries("en").sizes(["One. Two."] * (TOGETHER // 3), is_cheap=True)
    assert 4 <= len(calls) <= 6
    assert max(map(len, calls)) < 2 * TOGETHER


@pytest.mark.parametrize("lost", ["\n\n", "Two."])
def test_an_answer_that_is_not_the_text_is_not_taken(monkeypatch, lost):
    real = sentencex.segment
    monkeypatch.setattr(
        sentencex,
        "segment",
        lambda language, text: [
            piece for piece in real(language, text) if "\n\n" not in text or piece != lost
        ],
    )
    assert Boundaries("en").sizes(["One. Two.", "Two.", "So."], is_cheap=True) == [
        *(5, 4, 2),
        *(4, 2),
        *(3, 2),
    ]
