"""Keyword lists: in scripts without spaces, of one long word, with items that come again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textclean.document import Document
from textclean.stages.repetition import CollapseRepetition
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.runs import run_edits
from textclean.stages.repetition.stacks import stacks
from textclean.stages.repetition.triage import FLAGS, level_flags


def clean(text: str, language: str | None = None) -> str:
    return CollapseRepetition().process([Document("a", text, language)])[0].text


@pytest.mark.parametrize(
    ("listed", "left"),
    [
        ("租车网，专业租车网，租车网价格，便宜租车网价格，租车网", "租车网"),
        # a place may stand beside the keyword
        ("租车网，北京租车网，租车网价格，便宜租车网价格，租车网", "租车网，北京"),
        (
            "中古車販売、中古車販売店、格安中古車販売、中古車販売 口コミ、格安中古車販売店",
            "中古車販売",
        ),
        ("二手房 | 二手房 出售 | 便宜 二手房 | 二手房 价格 | 便宜 二手房 价格", "二手房"),
        # two signs that are a word each may be a place together, and stand on both sides
        ("租车网，长春租车网，租车网价格，便宜租车网，租车网长春，租车网", "租车网，长春"),
        ("租车网，北京租车网联盟，租车网价格，便宜租车网，租车网", "租车网，北京租车网联盟"),
        ("ราคารถเช่า, รถเช่าราคาถูก, รถเช่า, จองรถเช่า, รถเช่าเชียงใหม่", "ราคารถเช่า, เชียงใหม่"),
        ("脱毛器 格安脱毛器 脱毛器通販 格安脱毛器通販 脱毛器 脱毛器人気", "脱毛器"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "今日は雨が降った。\n{}\n船は戻らなかった。"])
def test_lists_of_scripts_without_spaces_collapse(listed, left, around):
    assert clean(around.format(listed)) == around.format(left)


@pytest.mark.parametrize(
    ("listed", "left"),
    [
        (
            "cheap ferries, cheap ferries to Malvona, best cheap ferries, cheap ferries now",
            "cheap ferries, to Malvona",
        ),
        (
            "cheap ferries, cheap ferries 2031, best cheap ferries, cheap ferries now",
            "cheap ferries, cheap ferries 2031",
        ),
        (
            "تأجير قوارب، تأجير قوارب مالفونا، أرخص تأجير قوارب، تأجير قوارب رخيص، تأجير قوارب",
            "تأجير قوارب، مالفونا",
        ),
        (
            "저렴한 렌트카, 저렴한 렌트카 말보나, 저렴한 렌트카 추천, 저렴한 렌트카 가격",
            "저렴한 렌트카, 말보나",
        ),
        (
            "השכרת סירות, השכרת סירות מלבונה, השכרת סירות במחיר, השכרת סירות זול, השכרת סירות",
            "השכרת סירות, מלבונה",
        ),
    ],
)
@pytest.mark.parametrize("around", ["{}", "Rain fell on the hills.\n{}\nThe boat came back."])
def test_what_an_item_names_stays_without_its_keyword(listed, left, around):
    assert clean(around.format(listed)) == around.format(left)


def test_items_inside_a_sentence_keep_their_keyword():
    listed = "cheap ferries, cheap ferries to Malvona, best cheap ferries, cheap ferries now"
    text = f"The harbor master who sold us all the tickets in the old house spoke of {listed}."
    assert "cheap ferries to Malvona" in clean(text, "en")


@pytest.mark.parametrize(
    "kept",
    [
        "参加校は第一中学校、第二中学校、第三中学校、第四中学校、第五中学校です。",
        "東京大学、京都大学、大阪大学、北海道大学、九州大学が発表した。",
        "小型自動車、普通自動車、大型自動車、特殊自動車の四種がある。",
        "他喜欢看海，也喜欢看山，更喜欢看云，最喜欢看雨后的彩虹。",
        # departments and branches, which nothing sells
        "部门：图书馆、市图书馆、省图书馆、图书馆分馆、少年图书馆",
        "본점: 한강 식당, 한강 식당 강남점, 한강 식당 종로점, 한강 식당 부산점",
        "الفروع: بنك النيل، بنك النيل فرع المعادي، بنك النيل فرع الزمالك، بنك النيل فرع الجيزة.",
        "一月一日、二月二日、三月三日、四月四日、五月五日に市が立つ。",
    ],
)
def test_lists_that_name_different_things_stay(kept):
    assert clean(kept) == kept


WIDE = st.lists(
    st.sampled_from(["租车网", "租车", "网", "价格", "北京", "、", "，", " ", "。", "iVane"]),
    max_size=60,
).map("".join)


@given(WIDE)
@settings(max_examples=400, deadline=None)
def test_what_triage_passes_has_no_run(text):
    if not level_flags([text])[0] & FLAGS["runs"]:
        layout = Layout(text)
        assert not list(run_edits(layout, FactKeeper(layout)))


def test_wired_articles_with_lines_put_in_are_no_verse():
    call = "Always ask a qualified surveyor before you sign any binding agreement."
    lines = [
        "A strong year in all parts of the harbor trust's business lifted",
        f"its profit above the sum of the year before, the chairman said. {call}",
        "Good results came from the northern docks and from the old yard,",
        f"where the number of boats rose again in spite of the long strike. {call}",
        "Cold stores took in less fish than before, since most of the fleet",
        f"stayed at the southern banks until the first storms of the autumn. {call}",
        "The trust wants to mend the sea wall and to plant trees along it,",
        f"and it will ask the town for help with the cost of the new road. {call}",
        "Nobody could say when the work on the great crane would be done or",
        f"who would pay for the damage to the barges that lay beside it. {call}",
    ]
    assert clean("\n".join(lines), "en").count(call) == 1


@pytest.mark.parametrize(
    ("listed", "left"),
    [
        (
            "dakpannen, oude dakpannen, dakpannen prijs, oude dakpannen prijs, dakpannen",
            "dakpannen",
        ),
        (
            "cab ely, cab york, cab ely, cab bath, cab york, cab hull, cab ely, cab york",
            "cab ely, cab york, cab bath, cab hull",
        ),
        (
            "old vans leeds, old vans york, old vans leeds, old vans york, old vans leeds",
            "old vans leeds, old vans york",
        ),
        (
            "old vans Leeds old vans York cheap old vans uk old vans cheap old vans uk old vans",
            "old vans Leeds York",
        ),
    ],
)
@pytest.mark.parametrize("around", ["{}", "Rain fell on the hills.\n{}\nThe boat came back."])
def test_lists_keep_one_of_each_thing_they_name(listed, left, around):
    assert clean(around.format(listed)) == around.format(left)


@pytest.mark.parametrize(
    "kept",
    [
        "insurance, car insurance, home insurance, life insurance, insurance law, insurance fraud",
        "roofer leeds, roofer york, roofer hull, roofer bath, roofer ripon",
        "hotel, hotels, cheap hotel, cheap hotels, hotel cheap, best hotels, hotel best",
        "garden doors 2021, garden doors 2022, garden doors 2023, garden doors 2024",
        "Red lorry, yellow lorry, red lorry, yellow lorry, red lorry, blue lorry.",
        "In stock: red garden chair, blue garden chair, folding garden chair, garden chair cover.",
        "win, loss, win, win, loss, loss, win, win, loss, win",
    ],
)
def test_lists_of_topics_places_and_results_stay(kept):
    assert clean(kept) == kept


LISTED = st.lists(
    st.sampled_from(["zonnepanelen", "roofer", "leeds", "york", "goedkope", "7", "the", "Oslo"]),
    min_size=1,
    max_size=4,
).map(" ".join)


@given(
    st.lists(LISTED, min_size=3, max_size=12), st.sampled_from([", ", " | ", "; ", " ", ". ", "\n"])
)
@settings(max_examples=400, deadline=None)
def test_what_triage_passes_has_no_list_of_words(items, separator):
    text = separator.join(items)
    if not level_flags([text])[0] & FLAGS["runs"]:
        layout = Layout(text, "en")
        assert not list(run_edits(layout, FactKeeper(layout)))


def test_a_table_of_results_is_no_chain():
    rows = " ".join(f"Net loss {n}.4 mln vs profit {n}.6 mln" for n in range(3, 11))
    text = f"{rows}\nThe figures are those of the year before last."
    assert not CollapseRepetition().find_edits(text, None)


STACKED = st.lists(
    st.lists(
        st.sampled_from(
            [
                *("cheap", "boat", "hire", "online", "of", "Malvona", "7", "dakpannen", "oude"),
                *("नाव", "किराया", "सस्ती", "租车网", "价格", "北京", "特价租车网"),
            ]
        ),
        max_size=5,
    ),
    min_size=4,
    max_size=12,
)


@given(STACKED, st.sampled_from(["", "- ", "• "]), st.sampled_from(["\n", "\n\n"]))
@settings(max_examples=400, deadline=None)
def test_what_triage_passes_has_no_stack(lines, bullet, gap):
    text = gap.join(bullet + " ".join(words) for words in lines)
    if not level_flags([text])[0] & FLAGS["runs"]:
        layout = Layout(text)
        assert list(run_edits(layout, FactKeeper(layout))) == []


@pytest.mark.parametrize("bullet", ["", "- ", "* ", "• "])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_keyword_lists_of_lines_collapse(bullet, gap):
    forms = ["boat hire", "cheap boat hire", "boat hire rates", "boat hire Malvona"]
    forms += ["best boat hire", "cheap boat hire rates"]
    before = (
        "The ferry left the pier at noon with all the mail and two crates of apples for the school."
    )
    text = f"{before}\n\n{{}}\n\n{before.replace('ferry', 'barge').replace('apples', 'pears')}"
    listed = gap.join(bullet + form for form in forms)
    left = gap.join(bullet + form for form in ("boat hire", "Malvona"))
    assert clean(text.format(listed), "en") == text.format(left)


@pytest.mark.parametrize(
    ("language", "forms", "left"),
    [
        (
            "es",
            "{0}|{0} en el puerto|mejor {0}|mejor {0} en el puerto|{0} a plazos".format(
                "venta de lonas"
            ),
            "venta de lonas",
        ),
        (
            "nl",
            "dakpannen|oude dakpannen|dakpannen prijs|oude dakpannen prijs|goedkope dakpannen",
            "dakpannen",
        ),
        (
            "hi",
            "नाव किराया|सस्ती नाव किराया|नाव किराया ऑनलाइन|नाव किराया एब्रो में|सस्ती नाव किराया ऑनलाइन",
            "नाव किराया|एब्रो में",
        ),
        (
            "zh",
            "租车网|特价租车网|租车网价格|马尔沃租车网|特价租车网价格",
            "租车网|马尔沃",
        ),
        (
            "ja",
            "自転車店|格安自転車店|自転車店の予約|自転車店 口コミ|格安自転車店 口コミ",
            "自転車店",
        ),
    ],
)
@pytest.mark.parametrize("bullet", ["", "- "])
def test_keyword_lists_of_lines_collapse_in_any_script(language, forms, left, bullet):
    around = {"zh": "昨天下雨了。\n\n{}\n\n船回来了。", "ja": "雨が降った。\n\n{}\n\n船が戻った。"}
    text = around.get(language, "Rain fell.\n\n{}\n\nThe boat came back.")
    listed, expected = (
        "\n".join(bullet + form for form in each.split("|")) for each in (forms, left)
    )
    assert clean(text.format(listed), language) == text.format(expected)


@pytest.mark.parametrize(
    "kept",
    [
        # what is for sale in each of several places, with nothing that sells it
        "天气预报\n北京天气预报\n上海天气预报\n广州天气预报\n深圳天气预报",
        "Harbor Trust\nOld Harbor Trust\nHarbor Trust Malvona\nHarbor Trust Ebro\nNew Harbor Trust",
        "नाव घर\nपुराना नाव घर\nनाव घर माल्वोना\nनाव घर एब्रो\nनाव घर ओरला",
    ],
)
def test_lists_of_lines_that_sell_nothing_stay(kept):
    assert clean(f"Rain fell.\n\n{kept}\n\nThe boat came back.") == (
        f"Rain fell.\n\n{kept}\n\nThe boat came back."
    )


def test_stacks_know_lists_of_their_own():
    layout = Layout("Boat Hire\nBest Boat Hire\nBoat Hire Rates\nBoat Hire Now\nBest Boat Hire Now")
    ((lines, keyword, _),) = stacks(layout)
    assert (len(lines), keyword.words) == (5, {"boat", "hire"})
