"""Texts too long to be looked at as a whole: their sections are texts of their own."""

import random

from hypothesis import given
from hypothesis import strategies as st

from textclean.document import Document
from textclean.edits import apply_edits
from textclean.stages.repetition.collapse import CollapseRepetition, repetition_score
from textclean.stages.repetition.sections import LARGEST_WHOLE, sections

AGAIN = "The ferry company announced new departure times for the northern islands on Monday."


def long_text(seed, size=LARGEST_WHOLE + 100_000):
    """Paragraphs of sentences that never repeat, a sentence twice within 10,000 characters."""
    draw = random.Random(seed)
    words = [f"{a}{b}{c}" for a in "bdfgk" for b in ("ar", "el", "im", "on") for c in "dlnst"]
    paragraphs, length = [], 0
    while length < size:
        sentences = [
            " ".join(draw.choices(words, k=draw.randint(8, 14))).capitalize() + "."
            for _ in range(draw.randint(3, 6))
        ]
        paragraphs.append(" ".join(sentences))
        length += len(paragraphs[-1]) + 2
    places = [3, 20, len(paragraphs) - 20, len(paragraphs) - 5]
    for place in places:
        paragraphs[place] += " " + AGAIN
    return "\n\n".join(paragraphs)


@given(st.text(st.sampled_from("ab .\n。"), max_size=200), st.integers(1, 40))
def test_sections_are_the_text_but_for_white_space_between(text, size):
    spans = list(sections(text, size))
    reached = 0
    for start, end in spans:
        assert reached <= start < end <= start + size
        assert not text[reached:start].strip()
        assert text[start:end] == text[start:end].strip()
        reached = end
    assert not text[reached:].strip()


def test_what_repeats_in_a_section_collapses_and_what_repeats_far_away_stays():
    text = long_text(1)
    assert text.count(AGAIN) == 4
    outcome = CollapseRepetition().process([Document("a", text)])[0]
    assert {edit.reason for edit in outcome.edits} == {"repetition.sentence"}
    assert outcome.text == apply_edits(text, outcome.edits)
    first, last = text.find(AGAIN), outcome.text.rfind(AGAIN)
    assert outcome.text.count(AGAIN) == 2
    assert outcome.text.find(AGAIN) == first < LARGEST_WHOLE // 2 < last
    assert "\n\n\n" not in outcome.text


def test_a_long_text_is_the_same_with_and_without_triage_and_settled():
    stage = CollapseRepetition()
    document = Document("a", long_text(2))
    once = stage.process([document])[0]
    assert once == stage.process_untriaged([document])[0]
    assert stage.process([Document("a", once.text)])[0].edits == ()


def test_a_long_text_beside_short_ones_keeps_its_place():
    short = f"Boats came in. {AGAIN} The mayor spoke. {AGAIN} It rained."
    texts = [short, long_text(3), "Boats came in."]
    outcomes = CollapseRepetition().process([Document(str(n), t) for n, t in enumerate(texts)])
    alone = [CollapseRepetition().process([Document("a", text)])[0] for text in texts]
    assert outcomes == alone
    assert [len(outcome.edits) for outcome in outcomes] == [1, 2, 0]


def test_a_long_text_of_repetition_has_a_score_and_may_be_dropped():
    text = f"{long_text(4, 10_000)}\n\n" + f"{AGAIN} " * (LARGEST_WHOLE // len(AGAIN))
    assert repetition_score(text).value > 0.9
    outcome = CollapseRepetition(drop_above=0.5).process([Document("a", text)])[0]
    assert outcome.drop is not None
