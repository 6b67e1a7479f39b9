"""Facts are the same however small the segments of a line are in which they are looked for."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from textclean.stages.repetition import finding
from textclean.stages.repetition.layout import Layout

PIECES = [
    *("Anna Berg", "Anna", "Berg", "da", "of", "de", "Rio", "U. S.", "Jean-Luc", "Dunkin’ Donuts"),
    *(
        "Sharif's",
        "7",
        "1,200",
        "$5",
        "-3",
        "20 %",
        "5 kg",
        "Boeing 747",
        "5 de mayo",
        "2 May 1999",
    ),
    *("May 3, 2024", "2024", "in", "the", "boats", "came", "word", "averylongwordindeed" * 3),
    *("“so it is”", '"so it is"', "“open", "@anna", "https://example.org/a", "a@b.org", "É", "中"),
    *(".", ",", "\n", "\n\n", "X " * 30, "of the "),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)


def touching(text, spans, words):
    before, finding.SEGMENT_WORDS = finding.SEGMENT_WORDS, words
    try:
        finder = finding.FactFinder(Layout(text, "en"))
        return [finder.touching(start, end) for start, end in spans]
    finally:
        finding.SEGMENT_WORDS = before


@settings(deadline=None, max_examples=400)
@given(text=TEXTS, cuts=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90)), max_size=6))
@example(text="It cost 5 de mayo or " + "x" * 60 + " 7 " + "y" * 60 + " kg.", cuts=[(85, 2)])
def test_facts_are_the_same_in_segments_of_any_size(text, cuts):
    spans = [(min(start, len(text)), min(start + size, len(text))) for start, size in cuts]
    spans.append((0, len(text)))
    whole = touching(text, spans, 10**9)
    assert touching(text, spans, 1) == whole
    assert touching(text, spans, 5) == whole
    assert sorted({fact for found in whole for fact in found}) == whole[-1]


def test_what_is_looked_for_stays_near():
    text = "The boats came in with Anna Berg. " * 400
    finder = finding.FactFinder(Layout(text, "en"))
    looked = []
    names = finder._names.between
    finder._names.between = lambda *words: looked.append(words) or names(*words)
    assert finder.touching(7000, 7040)
    assert sum(last - first for first, last in looked) < 300
