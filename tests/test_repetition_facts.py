"""What a text states does not get lost where sentences are alike, or carry a stuffed phrase."""

import re
from itertools import permutations

import pytest

from textclean.document import Document
from textclean.stages.repetition import CollapseRepetition
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.sites import sites

#: Sentences that differ in fillers or order only, by language, and what may fill their gap.
ALIKE = [
    (
        "en",
        (
            "The ferry to the outer islands carried {} passengers on its first trip.",
            "Really, the ferry to the outer islands carried {} passengers on its first trip.",
            "On its first trip the ferry to the outer islands carried {} passengers.",
        ),
        ("all", "eighty", "sixteen", "seventeen", "no", "few", "12", "1,200", "№ 5", "5 km"),
    ),
    (
        "en",
        (
            "The board will vote on the plan for the northern shore {} as the mayor said.",
            "Indeed, the board will vote on the plan for the northern shore {} as the mayor said.",
        ),
        ("today", "on Monday", "on 5 May", "on 6 May", "never", "at https://example.org/a"),
    ),
    (
        "de",
        (
            "Der Rat hat dem Plan für den neuen Deich im Norden {} zugestimmt, wie es heißt.",
            "Der Rat hat dem Plan für den neuen Deich im Norden echt {} zugestimmt, wie es heißt.",
        ),
        ("heute", "gestern", "nie", "einstimmig", "am Montag", "siebzehnmal", "fünfzehnmal"),
    ),
    (
        "pt",
        (
            "O barco para as ilhas levou {} passageiros durante a sua primeira viagem do ano.",
            "Na verdade, o barco para as ilhas levou {} passageiros na sua primeira viagem do ano.",
        ),
        ("dezesseis", "dezessete", "todos os", "alguns", "duzentos", "trezentos"),
    ),
    (
        "ru",
        (
            "Паром на острова перевёз {} пассажиров за первый день своей работы в порту.",
            "Конечно, паром на острова перевёз {} пассажиров за первый день своей работы в порту.",
        ),
        ("пятнадцать", "шестнадцать", "всех", "двести", "триста", "12", "13"),
    ),
    (
        "hi",
        (
            "द्वीपों की नाव ने अपनी पहली यात्रा में {} यात्रियों को बंदरगाह तक पहुंचाया।",
            "वास्तव में द्वीपों की नाव ने अपनी पहली यात्रा में {} यात्रियों को बंदरगाह तक पहुंचाया।",
        ),
        ("१२", "१३", "साठ", "सत्तर", "राम शर्मा के", "सभी"),
    ),
    (
        "ar",
        (
            "نقلت العبارة إلى الجزر {} راكبا في رحلتها الأولى من الميناء هذا العام.",
            "في الواقع نقلت العبارة إلى الجزر {} راكبا في رحلتها الأولى من الميناء هذا العام.",
        ),
        ("١٢", "١٣", "ستين", "سبعين", "من مصر", "كل"),
    ),
    (
        "zh",
        (
            "开往外岛的渡轮在首次航行中运送了{}名乘客并在傍晚返回港口。",
            "事实上，开往外岛的渡轮在首次航行中运送了{}名乘客并在傍晚返回港口。",
        ),
        ("十三", "三十", "十", "二十", "数十", "上海", "北京"),
    ),
]
PHRASE = "Crypto Council warns"
CLEAN = (
    "The harbor opened a new pier on the northern shore",
    "Boats from the island came in late because of the fog",
    "A crane stood idle beside the empty market hall",
    "Trucks waited for hours along the narrow road",
    "Children fed the seals from the wooden bridge",
    "The bakery sold out before the first bus arrived",
    "A painter mended the sign above the old gate",
    "The choir sang in the chapel until the lights went out",
    "Nobody saw the pilot climb down the ladder",
    "The ice melted slowly under the bright morning sun",
)
EMPTY = (
    ", as {} the growing role of the sector",
    ", while {} the need for further reforms",
    ", because {} the interests of all sides",
)
#: What a clause with the phrase may state: it stands nowhere else, so that the clause stays.
STATED = (
    "twelve", "two thirds", "seventeen thousand", "5 %", "5 May", "Monday", "Anna Berg", "Berg",
    "“not now”", "https://example.org/a", "@harbor", "9–13", "$5", "half", "IBM", "6-3",
    "vane.com", "vane.de", "½", "5 am", "ftp://vane/a", "'not now'", "Vane++", "№ 5", "北京",
)  # fmt: skip


def clean(text: str, language: str | None) -> str:
    return CollapseRepetition().process([Document("a", text, language)])[0].text


@pytest.mark.parametrize(("language", "frames", "values"), ALIKE)
def test_sentences_that_differ_in_what_they_state_stay(language, frames, values):
    gap = "" if language == "zh" else " "
    for one, two in permutations(values, 2):
        for frame, other in permutations(frames, 2):
            text = gap.join([frame.format(one), other.format(two), frame.format(one)])
            output = clean(text, language)
            for value in (one, two):
                assert any(each.format(value) in output for each in frames), (one, two, output)


@pytest.mark.parametrize("stated", STATED)
def test_a_clause_with_the_phrase_that_states_something_stays(stated):
    clauses = [EMPTY[number % 3].format(PHRASE) for number in range(len(CLEAN))]
    clauses[6] = f", as {PHRASE} a loss of {stated}"
    text = " ".join(f"{own}{clause}." for own, clause in zip(CLEAN, clauses, strict=True))
    output = clean(text, "en")
    assert 1 < output.count(PHRASE) < 4  # the first, the one that states something, its neighbor
    assert re.search(rf"a loss of {re.escape(stated)}\.", output)


#: Keyword lists by language, with a gap for what must not get lost.
LISTS = (
    ("en", "cheap flights, cheap flights {}, best cheap flights, cheap flights now, cheap flights"),
    ("ru", "дешёвые билеты, дешёвые билеты {}, купить дешёвые билеты, дешёвые билеты онлайн"),
    ("ar", "رحلات رخيصة, رحلات رخيصة {}, افضل رحلات رخيصة, رحلات رخيصة اليوم, رحلات رخيصة"),
    ("hi", "सस्ती उड़ानें, सस्ती उड़ानें {}, सस्ती उड़ानें आज, सस्ती उड़ानें ऑनलाइन, सस्ती उड़ानें"),
    ("ko", "저렴한 항공권, 저렴한 항공권 {}, 저렴한 항공권, 저렴한 항공권, 저렴한 항공권"),
    ("zh", "便宜机票、便宜机票{}、便宜机票价格、便宜机票网、便宜机票"),
    ("ja", "格安航空券、格安航空券{}、格安航空券比較、格安航空券予約、格安航空券"),
)  # fmt: skip
#: What such a list may have; and, for scripts without capitals, places written in them.
LISTED = ("9 am", "½", "vane.de", "'blue lantern'", "ftp://vane.example/x", "C++", "№ 5", "Malvona")
PLACES = {"ar": "القاهرة", "hi": "मुंबई", "ko": "부산", "zh": "上海", "ja": "大阪"}


@pytest.mark.parametrize(("language", "keywords"), LISTS)
def test_keyword_lists_lose_no_fact(language, keywords):
    facts = (*LISTED, PLACES[language]) if language in PLACES else LISTED
    for fact in facts:
        text = f"{keywords.replace('{}', fact)}."
        output = clean(text, language)
        assert fact in output, (fact, output)
        assert len(output) < len(text) or "/" in fact  # which parts items, too


def test_a_name_whose_words_stand_apart_elsewhere_stays():
    clauses = [EMPTY[number % 3].format(PHRASE) for number in range(len(CLEAN))]
    text = " ".join(f"{own}{clause}." for own, clause in zip(CLEAN, clauses, strict=True))
    text += f" The port is old. We saw Malvona. Port Malvona shows how {PHRASE} again."
    assert "Port Malvona" in clean(text, "en")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See vane.com or shop.vane.co.uk, and news.vane.io too.", 3),
        ("It ended.The ship left, e.g. at noon, i.e. late. And so on...or not.", 0),
        ("ВАНЕ: vane.рф", 1),
    ],
)
def test_sites_are_told_by_their_ending(text, found):
    layout = Layout(text, "en")
    assert len(list(sites(layout))) == found


def test_a_name_is_new_when_its_other_standing_went_though_a_small_word_is_left():
    text = "Ask the baker now. We met Baker here. We saw Baker there. We like the bread."
    keeper = FactKeeper(Layout(text, "en"))
    first, second = text.index("We met"), text.index("We saw")
    behind = text.index(" We like")
    assert keeper.new_names(second, behind, leading=True) == 0
    assert keeper.remove(first, second)
    assert keeper.new_names(second, behind, leading=True) == 1


def test_a_figure_in_words_is_new_by_itself_and_in_its_order():
    text = "It cost two hundred. Of hundred boats two came. We paid two hundred. Then one sank."
    layout = Layout(text, "en")
    keeper = FactKeeper(layout)
    last = layout.unit(text.index("We paid"), text.index(" Then"))
    assert keeper.has_new_figure(layout.unit(last.end, len(text)))
    assert not keeper.has_new_figure(last)
    assert keeper.remove(0, text.index("Of hundred"))
    assert keeper.has_new_figure(last)
