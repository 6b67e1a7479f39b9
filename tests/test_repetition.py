"""The stage ``repetition``: what collapses, what stays, and that no fact is lost."""

import re
import unicodedata

import pytest
import sentencex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textclean.document import Document
from textclean.edits import apply_edits, check_edits
from textclean.errors import RecipeError
from textclean.stages.repetition import CollapseRepetition
from textclean.stages.repetition.collapse import LEVELS
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.spans import removal_span
from textclean.stages.repetition.tokens import UNSPACED, UNUSUAL
from textclean.stages.repetition.triage import FLAGS, level_flags

ARTICLE = (
    "The harbor board met on Tuesday to talk about the new pier. Boats from the island have had to "
    "wait at sea for hours. A report puts the cost of the work at 4.2 million dollars. "
    "Fishermen asked for a cold store beside the old market hall. "
    "The board will decide in spring, after the winter storms have passed. "
    "Shopkeepers near the quay hope for more visitors. A bus line will link the pier with the "
    "station. Trains from the capital stop there twice a day. "
    "The town wants to plant trees along the water and mend the footpath. "
    "Work on the sea wall ended last year without delay."
)

PIECES = (
    "the a cheap flights london acknowledges Harbor Board and not when as while it it's "
    'Дом стоит на 東京 の 今日 हिन्दी 2.50 kg 10% https://a.b/c , . ! ? “ ” " - • ( )'
)
WORDS = st.sampled_from([*PIECES.split(), "\n", "\n\n", "\u0301", "\ud800", "\u00a0"])


def clean(text: str, language: str | None = None, **settings_: object) -> str:
    return apply_edits(text, tuple(CollapseRepetition(**settings_).find_edits(text, language)))


def reasons(text: str, language: str | None = None) -> set[str]:
    return {edit.reason for edit in CollapseRepetition().find_edits(text, language)}


@given(st.lists(WORDS, max_size=80).map(" ".join), st.sampled_from([None, "en", "de", "xx"]))
@settings(max_examples=150, deadline=None)
def test_edits_are_sound_and_a_second_run_finds_nothing(text, language):
    stage = CollapseRepetition()
    edits = tuple(stage.find_edits(text, language))
    check_edits(text, edits)
    after = apply_edits(text, edits)
    assert tuple(stage.find_edits(after, language)) == ()
    assert all(text[e.start : e.end] != e.replacement for e in edits)
    if edits:
        assert stage.might_change(text)
        assert len(after) < len(text)


SENTENCES = st.sampled_from(
    [
        "The Harbor Board opened a pier with 12 berths.",
        "Watch the live stream here right now!",
        "watch the live stream here, right now.",
        "The ferry did not leave at 10.30 on 5 May.",
        "The ferry did leave at 10.30 on 6 May.",
        "“We will build it,” said the River Trust of Northmoor.",
        "See https://example.org/a for the full list of times.",
        "The pier costs $4.2 million and the wall costs €3.1 million.",
        "cheap flights, cheap flights london, cheap london flights, london cheap flights.",
        "The bridge is closed for the whole of the week.",
        "Indeed, the bridge is closed for the whole of the week.",
        "As we have said, in fact the bridge is really closed for the whole week.",
        "The bridge is closed for the whole week.",
        "Gulls and terns rest on the old wall in winter.",
        "In winter on the old wall terns and gulls rest.",
        "Мост закрыт на всю неделю для ремонта.",
        "橋は今週ずっと工事のため閉鎖されています。",
    ]
)


@given(st.lists(st.tuples(SENTENCES, st.sampled_from([" ", "\n", "\n\n"])), max_size=30))
@settings(max_examples=150, deadline=None)
def test_every_fact_still_stands(pairs):
    text = "".join(sentence + gap for sentence, gap in pairs)
    edits = tuple(CollapseRepetition().find_edits(text, "en"))
    check_edits(text, edits)
    after = apply_edits(text, edits)
    keeper = FactKeeper(Layout(text, "en"))
    for fact in keeper.facts(0, len(text)):
        assert fact in re.sub(r"\s", " ", after)
    assert tuple(CollapseRepetition().find_edits(after, "en")) == ()


@pytest.mark.parametrize("gap", [" ", "\n", "\n\n", "\r\n"])
def test_a_repeated_sentence_leaves_its_neighbors_as_they_were(gap):
    call = "Follow our channel for more news like this."
    sentences = ARTICLE.split(". ")
    planted = (". " + call + gap).join(sentences)
    after = clean(planted, "en")
    assert after.count(call) == 1
    assert set(re.split(r"\W+", after)) == set(re.split(r"\W+", planted))


def test_decimals_are_not_cut_and_measures_are_not_equal():
    text = "A bag of 2.50 kg. A box of 1.50 kg. A jar of 9.50 kg. A bag of 2.50 kg in all."
    assert clean(text, "en") == text


def test_cyrillic_sentences_of_equal_length_are_not_equal():
    text = "Это было очень давно. Кот сидит на окне. Мы едем в город. Это было на окне."
    assert clean(text) == text


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("The bridge will open on Monday at noon.", "The bridge will not open on Monday at noon."),
        ("The bridge will open on 5 May at noon.", "The bridge will open on 6 May at noon."),
        ("The bridge will cost two million in all.", "The bridge will cost six million in all."),
        ("The bridge to Northmoor is open to all.", "The bridge to Southmoor is open to all."),
        ("Profits in the first half rose by 10%.", "Profits in the first half rose by 10."),
        ("Did the council pay for the whole bridge?", "The council did pay for the whole bridge."),
        ("The king lent gold to the old bishop.", "The bishop lent gold to the old king."),
    ],
)
def test_what_differs_in_substance_stays(one, two):
    text = f"{one} Rain fell on the hills. {two}"
    assert clean(text, "en") == text


@pytest.mark.parametrize(
    ("one", "two", "left"),
    [
        (
            "The new bridge helps people get to work.",
            "Indeed, the new bridge helps people get to work.",
            0,
        ),
        (
            "The new bridge helps people get to work.",
            "The new bridge helps people get to work today!",
            0,
        ),
        (
            "The new bridge helps people get to work here.",
            "The new bridge helps people get to work early here.",
            1,
        ),
    ],
)
def test_the_fuller_of_two_near_repeats_stays(one, two, left):
    text = f"{one} Rain fell on the hills. {two}"
    after = clean(text, "en")
    assert (one, two)[left] in after
    assert (one, two)[1 - left].rstrip("!.") + "." not in after.replace((one, two)[left], "")


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        (
            "en",
            "The new bridge helps people get to work.",
            "As we have said, the new bridge helps people get to work.",
        ),
        (
            "en",
            "The new bridge brings guests and workers to the harbor.",
            "The new bridge brings workers and guests to the harbor.",
        ),
        (
            "en",
            "Guests like the quiet rooms and the friendly staff of the inn.",
            "Guests like the friendly staff and the quiet rooms of the inn.",
        ),
        (
            "ru",
            "Новый мост помогает жителям острова добираться до работы.",
            "Как известно, новый мост помогает жителям острова добираться до работы!",
        ),
        (
            "pl",
            "Nowy most pomaga mieszkańcom wyspy dojeżdżać do pracy.",
            "Jak wiadomo, nowy most pomaga mieszkańcom wyspy dojeżdżać do pracy.",
        ),
    ],
)
def test_introductions_and_order_make_no_new_statement(language, one, two):
    text = f"{one} +12 °C! {two}"
    assert clean(text, language) == f"{one} +12 °C!"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("The pilot sees the ferry before the buoy.", "The pilot sees the buoy before the ferry."),
        ("Before noon the harbor gate is shut.", "After noon the harbor gate is shut."),
        ("Without a permit nobody may land here.", "With a permit nobody may land here."),
    ],
)
def test_order_and_small_words_that_matter_stay(one, two):
    text = f"{one} Rain fell on the hills. {two}"
    assert clean(text, "en") == text


def phrase_text() -> str:
    built = [
        "The Harbor Authority acknowledges the need for steady work. ",
        "Harbor Authority acknowledges the role of every partner. ",
        "This moment where Harbor Authority acknowledges the wider picture shows a mature view. ",
    ]
    sentences = [s + ". " for s in ARTICLE.rstrip(".").split(". ")]
    sentences[1] = built[0] + sentences[1]
    sentences[3] += built[1]
    sentences[5] = (
        sentences[5][:-2] + ", particularly as Harbor Authority acknowledges the potential. "
    )
    sentences[6] = "When Harbor Authority acknowledges these plans, a" + sentences[6][1:]
    sentences[7] += built[2]
    sentences[8] += "Harbor Authority acknowledges a grant of 900,000 dollars. "
    sentences[9] = sentences[9][:-2] + ", as Harbor Authority acknowledges the value of patience. "
    return "".join(sentences).strip()


def test_a_stuffed_phrase_collapses_to_its_first_mention_and_its_facts():
    text = phrase_text()
    after = clean(text)
    assert after.count("acknowledges") == 2
    assert "Harbor Authority acknowledges the need for steady work." in after
    assert "a grant of 900,000 dollars" in after
    for sentence in ARTICLE.rstrip(".").split(". "):
        assert sentence + "." in after
    assert reasons(text) == {"repetition.clause", "repetition.phrase"}


def test_a_name_with_a_verb_of_reporting_is_how_news_is_written():
    text = phrase_text().replace("acknowledges", "said")
    assert clean(text) == text


def term_text(sentences: list[str]) -> str:
    """An article with a sentence behind every other one of its own."""
    own = [sentence + "." for sentence in ARTICLE.rstrip(".").split(". ")]
    for place, sentence in enumerate(sentences):
        own[place] += " " + sentence
    return " ".join(own)


def test_a_stuffed_term_collapses_and_an_article_keeps_the_term_it_needs():
    term = "solid oak garden benches"
    stuffed = [
        f"Everyone dreams of {term}.",
        f"With {term} nothing can go wrong.",
        f"It is easy to see why {term} are so popular.",
        f"For anyone who likes tea, {term} are simply the best choice.",
        f"There is no alternative to {term}.",
        f"Talk to our experts about {term}.",
    ]
    after = clean(term_text(stuffed), "en")
    assert after.count(term) == 1
    assert stuffed[0] in after
    needed = [
        f"The town bought 40 {term} from a mill in Northmoor.",
        f"Rot had ruined {term} from the last delivery, said the mayor.",
        f"A storm threw two {term} into the water on 3 May.",
        f"Nobody could tell who had painted {term} blue overnight.",
        f"The mill then replaced {term} at its own cost.",
        f"Students will carve names into {term} next summer.",
    ]
    text = term_text(needed)
    assert clean(text, "en") == text


def test_a_term_that_a_main_clause_needs_is_not_cut_out_of_it():
    term = "solid oak garden benches"
    text = term_text(
        [f"For a week, with {term} the quay looked like a park." for _ in range(1)]
        + [f"With {term}, bread and milk the feast began, and {n}00 came." for n in range(1, 8)]
    )
    assert clean(text, "en") == text


def test_a_cut_leaves_whole_sentences():
    """Each of these would be left without its verb, its noun or the end of its list."""
    fragile = [
        "This is the point where Harbor Authority acknowledges good planning.",
        "The mayor of the old town and Harbor Authority acknowledges it.",
    ]
    text = phrase_text() + " " + " ".join(fragile)
    after = clean(text, "en")
    assert after.count("acknowledges") < text.count("acknowledges")
    assert "This is the point." not in after
    assert "The mayor of the old town." not in after
    term = "solid oak garden benches"
    stuffed = [f"Everyone dreams of {term}."] + [
        f"Nothing beats {term} of the {n}." for n in "abcde"
    ]
    text = f"{term_text(stuffed)} The shop sells ropes, nets, paint, and {term}."
    assert clean(text, "en").endswith(f"The shop sells ropes, nets, paint, and {term}.")


def test_unknown_language_has_no_phrase_level():
    text = phrase_text()
    assert clean(text, "xx") == text


@pytest.mark.parametrize(
    "run",
    [
        "cheap flights, cheap flights london, cheap london flights, best cheap flights",
        "cheap flights | cheap flights london | london cheap flights | buy cheap flights",
        " ".join(["cheap flights london"] * 5),
    ],
)
def test_a_keyword_run_keeps_its_first_item(run):
    first = re.split(r"[,|]| (?=cheap)", run)[0].strip()
    after = clean(f"{ARTICLE}\n{run}\n{ARTICLE[::-1]}", "en")
    assert f"\n{first}\n" in after


@pytest.mark.parametrize(
    "text",
    [
        "We serve red wine, white wine, sweet wine, sparkling wine and dry wine with the meal.",
        "No, no, no, no, he said, and no again, no, no.",
        "Fans sang “Blue river, blue river, blue river, blue river” as the boats came in.",
        "北京大学、南京大学、东京大学、大阪大学、清华大学都参加了会议。",
        "She bought bread, milk, fresh bread, more milk, and the bread knife.",
    ],
)
def test_natural_lists_and_cries_stay(text):
    assert clean(text) == text


WRAPPED = """The harbor board met on Tuesday to talk about the new pier, which
boats from the island have asked for since the storm of last
winter tore the old one away and left only its stone foot behind
in the mud. Fishermen want a cold store beside the market hall
and a crane that lifts more than one box at a time from the hold.
The board will look at both wishes again when the money is there.
Shopkeepers near the quay hope for more visitors and would like
to see the footpath mended first. The board will look at both
wishes again when the money is there. Trains from the capital
stop in the town twice a day, but nobody walks from the station
to the water, because the way leads along a road without trees.
"""


def test_prose_broken_at_a_width_is_no_verse():
    assert Layout(WRAPPED).filled
    after = clean(WRAPPED, "en")
    assert after.count("look at both") == 1
    assert len(WRAPPED) - len(after) == len(
        "The board will look at both\nwishes again when the money is there. "
    )
    verse = "\n".join(
        f"{first}, {second}"
        for first in ("The river ran low", "The lamps were lit", "A gull cried twice over the pier")
        for second in ("and nobody came to the shore", "and we sang", "and the night was long")
    )
    assert not Layout(verse).filled
    assert clean(f"{verse}\n\n{verse}", "en") == f"{verse}\n\n{verse}"


def test_a_long_keyword_breaks_no_run():
    text = (
        "Book cheap flights, cheap flights london, best cheap flights to london from new york, "
        "cheap london flights, cheap flights london online"
    )
    assert clean(text) == "Book cheap flights"


@pytest.mark.parametrize(
    "text",
    [
        (
            "They named Orla (founded by a Danish baker), Brixo (founded by a French baker), Talvi "
            "(founded by a Finnish baker) and Mondo (founded by a Polish baker)."
        ),
        "Closed are the Orla car works, Brixo car works, Talvi car works, Mondo car works.",
        "M*BHJ*BHJ*BHJ*BHJ*BHJ*BHJ*BHJ*BHJ*GIZ>GIZ>GIZ>GIZ>GIZ>GIZ>GIZ>GIZ",
        (
            "We shall wait on the quay, we shall wait on the old landing stage, we shall wait in "
            "the fields and in the streets, we shall wait in the hills; we shall never leave."
        ),
        (
            "No more broken promises to our farmers, no more broken promises to our teachers and "
            "nurses, no more broken promises to our pilots at home, no more broken promises."
        ),
        (
            "Add two cups of flour, two cups of brown sugar, two cups of melted butter, two cups "
            "of warm milk, and stir."
        ),
        (
            "The tax on small cars is low, the tax on large cars is high, the tax on electric cars "
            "is nil, and the tax on trucks is under review."
        ),
    ],
)
def test_encoded_data_and_long_items_with_a_common_head_stay(text):
    assert clean(text, "en") == text


def test_the_keeper_refuses_the_last_standing():
    text = "The fee is 40 dollars. Pay at the door. The fee is 40 dollars."
    keeper = FactKeeper(Layout(text, "en"))
    assert keeper.remove(0, 22)
    assert not keeper.remove(40, len(text))
    assert keeper.remove(23, 39)


def test_levels_can_be_switched_off_and_unknown_ones_are_refused():
    text = "Follow our channel for more. Rain fell on the hills. Follow our channel for more."
    assert clean(text, "en", levels=("near", "runs", "phrase")) == text
    with pytest.raises(RecipeError, match="no level 'exakt'"):
        CollapseRepetition(levels=("exakt",))


def test_removal_span_of_the_first_line():
    text = "Gone.\n\n  Kept."
    start, end = removal_span(text, 0, 5)
    assert text[:start] + text[end:] == "  Kept."


def test_large_inputs_of_one_kind_come_back():
    for text in (
        "a" * 100_000,
        "\n" * 100_000,
        "a b, " * 5000,
        "a" + " " * 100_000 + "b",
        "“" * 50_000,
    ):
        assert isinstance(clean(text), str)


@pytest.mark.parametrize("piece", ["![", '!"', "![a", "![CDATA[", "。「", '""»「.a'])
def test_the_segmenter_is_asked_for_little_at_a_time(monkeypatch, piece):
    """Its time grows with the square of such input: each call has to be short, and few to be."""
    lengths: list[int] = []
    ask = sentencex.get_sentence_boundaries

    def counted(language: str, text: str) -> object:
        lengths.append(len(text))
        return ask(language, text)

    monkeypatch.setattr(sentencex, "get_sentence_boundaries", counted)
    asked = []
    for size in (20_000, 40_000):
        lengths.clear()
        text = (piece * size)[:size]
        sentences = Layout(text, "en").sentences
        assert all(0 <= unit.start < unit.end <= size for unit in sentences)
        assert max(lengths, default=0) <= 10_000
        asked.append(sum(lengths))
    assert asked[1] <= 3 * asked[0]
    assert asked[1] <= 3 * 40_000


def test_a_long_paragraph_in_windows_has_the_sentences_it_has_whole():
    text = "The ferry left the quay at noon (!?!). " * 2000
    layout = Layout(text, "en")
    assert {layout.slice(unit) for unit in layout.sentences} == {text[:38]}
    assert len(layout.sentences) == 2000


def test_a_batch_goes_through_process():
    stage = CollapseRepetition()
    outcomes = stage.process([Document("a", ARTICLE), Document("b", phrase_text())])
    assert outcomes[0].text == ARTICLE
    assert outcomes[1].edits


REPEATED = st.one_of(
    st.lists(WORDS, max_size=80).map(" ".join),
    st.lists(
        st.sampled_from(["a1 b", "x,", "1,200", "fine", "of", ".", "\n", "don’t", "中", "ก"])
    ).map(" ".join),
    st.lists(st.tuples(SENTENCES, st.sampled_from([" ", "\n", "\n\n"])), max_size=12).map(
        lambda pairs: "".join(sentence + gap for sentence, gap in pairs)
    ),
    st.tuples(st.lists(WORDS, max_size=9).map(" ".join), st.integers(1, 9), WORDS).map(
        lambda parts: (parts[0] + " ") * parts[1] + parts[2] + (" " + parts[0]) * 2
    ),
)


@given(REPEATED, st.sampled_from([None, "en", "xx"]))
@example(
    "the \ud800 Harbor the the " * 4 + "https://a.b/c" + " the \ud800 Harbor the the" * 2, None
)
@example("A list: cts cts, loss loss, cts cts loss, loss cts. Done.", None)  # two words, one bit
@settings(max_examples=400, deadline=None)
def test_a_level_that_triage_does_not_name_finds_nothing(text, language):
    """Even alone, with all facts at hand and in a form that would be protected."""
    flags = level_flags([text], [language])[0]
    assert not flags & ~level_flags([text])[0]
    layout = Layout(text, language)
    for level, edits_of in LEVELS.items():
        if not flags & FLAGS[level]:
            assert not list(edits_of(layout, FactKeeper(layout)))


def test_triage_of_a_batch_is_that_of_each_text():
    texts = [ARTICLE, "", phrase_text(), "cheap flights, " * 9, ARTICLE * 2, "\ud800 a"]
    assert level_flags(texts) == [level_flags([text])[0] for text in texts]
    assert level_flags([ARTICLE]) == [0]
    assert not CollapseRepetition(levels=("runs",)).might_change(phrase_text())


def test_a_prefilter_of_the_stage_knows_the_kernels_scripts_without_spaces():
    from textclean.kernels.signs import ALONE_RANGES

    assert "".join(f"{chr(first)}-{chr(last)}" for first, last in ALONE_RANGES) == UNSPACED


def test_what_looks_usual_has_no_marks():
    usual = [chr(point) for point in range(0x10000) if not UNUSUAL.match(chr(point))]
    assert not any(unicodedata.category(character) in {"Mn", "Mc"} for character in usual)
    assert not re.search(f"[{UNSPACED}]", "".join(usual))
