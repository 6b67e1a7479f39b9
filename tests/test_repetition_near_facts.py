"""Facts are looked for around a span only, and none that touches it is missed."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from textclean.stages.repetition.finding import FactFinder
from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.sites import sites

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
WRAPPED = (
    "The boats of the old harbour came in at noon, and then Anna\n"
    "Berg of the port told all who had come to wait there that “so it\n"
    "is” and that nobody would have to go home with an empty basket\n"
) + "but the gulls had come before them, and there was little left of\n" * 6
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)


@settings(deadline=None, max_examples=400)
@given(text=TEXTS, cuts=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90)), max_size=6))
@example(text="It cost 5 de mayo or " + "x" * 60 + " 7 " + "y" * 60 + " kg.", cuts=[(85, 2)])
@example(text="On 5\nMay\n2024 boats came.", cuts=[(3, 1)])
@example(text=WRAPPED, cuts=[(WRAPPED.index("“"), 3), (WRAPPED.index("Berg"), 2)])
@example(text=WRAPPED, cuts=[(WRAPPED.index("it\nis") + 2, 3), (WRAPPED.index("is”"), 2)])
def test_the_facts_around_a_span_are_those_of_the_text_that_touch_it(text, cuts):
    whole = FactFinder(Layout(text, "en")).touching(0, len(text))
    finder = FactFinder(Layout(text, "en"))
    for start, size in cuts:
        end = min(start + size, len(text))
        found = [fact for fact in whole if fact[0] < end and start < fact[1]]
        assert finder.touching(start, end) == found


def test_a_name_and_a_quotation_go_on_in_the_next_line_of_wrapped_text():
    layout = Layout(WRAPPED, "en")
    assert layout.wrapped
    finder = FactFinder(layout)
    for part, fact in (("Berg", "Anna Berg"), ("is”", "“so it is”"), ("\nis”", "“so it is”")):
        start = WRAPPED.index(part)
        facts = [finder.flat[slice(*span)] for span in finder.touching(start, start + len(part))]
        assert fact in facts


def test_every_ending_of_a_site_is_seen_behind_its_stop():
    for ending in shared_words("site_endings"):
        text = f"See vane.{ending} now."
        assert [text[slice(*span)] for span in sites(Layout(text))] == [f"vane.{ending}"]


def test_what_is_looked_for_stays_near():
    text = "The boats came in with Anna Berg. " * 400
    finder = FactFinder(Layout(text, "en"))
    looked = []
    names = finder._names.between
    finder._names.between = lambda *words: looked.append(words) or names(*words)
    assert finder.touching(7000, 7040)
    assert sum(last - first for first, last in looked) < 300
