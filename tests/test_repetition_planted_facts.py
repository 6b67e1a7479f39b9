"""Whatever stuffing a fact stands in, it stands in the output, too."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textclean.document import Document
from textclean.stages.repetition import CollapseRepetition

#: By language: a keyword, what stands before and behind it, a key phrase, sentences and clauses
#: that carry it with a fact, sentences that differ in fillers, and sentences of an article.
STUFFING = {
    "en": (
        "oak garden doors",
        ("cheap", "best", "buy"),
        ("online", "near me", "prices"),
        "River Board warns",
        ("{p} the role of {f}.", "{f} shows how {p} again.", "In all this, {p} a view of {f}."),
        (", as {p} the needs of {f}", ", which is exactly what {p} for {f}", ", while {p} {f}"),
        "{}the barge to the lower lock carried {f} on its first run of the season.",
        ("Really, ", "Indeed, ", "As we know, "),
        ("nineteen", "two thirds", "in August", "Quessel", "Port Malvona", "NBRQ", "iVane"),
        """Rain fell on the hills all night. The miller swept his yard before noon. Nobody saw the
        heron leave. A cart stood idle beside the empty hall. Children fed the ducks from the
        bridge. The ice melted slowly under the sun. Two men mended the sign above the gate. The
        choir sang until the lights went out. Trucks waited along the narrow road. A gull followed
        the only trawler. The bakery sold out before eight.""",
    ),
    "de": (
        "ferienhaus am see",
        ("günstiges", "schönes", "neues"),
        ("mit hund", "online", "buchen"),
        "Stadtrat Lohmann betont",
        ("{p} die Rolle von {f}.", "{f} zeigt, was {p}.", "Dabei {p} auch {f}."),
        (", weil {p} auch {f} meint", ", während {p} {f}", ", denn {p} die Lage von {f}"),
        "{}die Barke zur unteren Schleuse brachte {f} auf ihrer ersten Fahrt der Saison.",
        ("Wirklich, ", "In der Tat, ", "Wie gesagt, "),
        ("neunzehn", "zwei Drittel", "am Montag", "Quessel", "Port Malvona", "NBRQ", "iVane"),
        """Regen fiel die ganze Nacht auf die Hügel. Der Müller fegte vor dem Mittag seinen Hof.
        Niemand sah den Reiher gehen. Ein Karren stand neben der leeren Halle. Kinder fütterten die
        Enten von der Brücke. Das Eis schmolz langsam in der Sonne. Zwei Männer besserten das
        Schild über dem Tor aus. Der Chor sang, bis die Lichter ausgingen. Lastwagen warteten an
        der engen Straße. Eine Möwe folgte dem einzigen Kutter. Die Bäckerei war vor acht leer.""",
    ),
    "pt": (
        "portas de carvalho",
        ("melhores", "comprar", "novas"),
        ("online", "perto de mim", "preço"),
        "Conselho Local adverte",
        ("{p} o papel de {f}.", "{f} mostra como {p} outra vez.", "Assim {p} o valor de {f}."),
        (", enquanto {p} o papel de {f}", ", como {p} com {f}", ", porque {p} {f}"),
        "{}a barca para a eclusa de baixo levou {f} na sua primeira viagem da temporada.",
        ("Na verdade, ", "Realmente, ", "Como sabemos, "),
        ("dezenove", "dois terços", "em agosto", "Quessel", "Porto Malvona", "NBRQ", "iVane"),
        """A chuva caiu nas colinas a noite toda. O moleiro varreu o pátio antes do almoço. Ninguém
        viu a garça partir. Uma carroça ficou ao lado do salão vazio. As crianças deram pão aos
        patos da ponte. O gelo derreteu devagar sob o sol. Dois homens consertaram a placa sobre o
        portão. O coro cantou até as luzes se apagarem. Caminhões esperavam na estrada estreita.
        Uma gaivota seguiu o único barco. A padaria vendeu tudo antes das oito.""",
    ),
    "ru": (
        "дубовые двери",
        ("купить", "лучшие", "новые"),
        ("онлайн", "недорого", "цены"),
        "Городской Совет предупреждает",
        ("{p} важность {f}.", "{f} показывает, что {p} снова.", "Вновь {p} значение {f}."),
        (", поскольку {p} роль {f}", ", как {p} и {f}", ", так как {p} {f}"),
        "{}баржа к нижнему шлюзу перевезла {f} во время первого рейса сезона.",
        ("Действительно, ", "Конечно, ", "Как известно, "),
        ("девятнадцать", "две трети", "в августе", "Квессел", "Порт Малвона", "НБРК", "iVane"),
        """Всю ночь на холмах шёл дождь. Мельник подмёл двор до полудня. Цапля улетела незаметно
        для всех. Телега стояла рядом с пустым залом. Дети кормили уток с моста. Лёд медленно таял
        под солнцем. Двое мужчин чинили вывеску над воротами. Хор пел, пока не погас свет.
        Грузовики ждали на узкой дороге. Чайка летела за единственным судном. Пекарня продала всё
        до восьми утра.""",
    ),
}  # fmt: skip

#: Facts of every language.
FIGURES = (
    "4713", "12,840", "3.7", "37 km", "94 %", "$812", "14 May 2031", "2031-04-11", "“blue lantern”",
    "https://malvona.example/7", "www.malvona.example", "info@malvona.example", "#malvona", "41-38",
    "torvane.com",
)  # fmt: skip
SEPARATORS = (", ", "; ", " | ", " / ", " · ", ",", "\n", " ")


def stands(fact: str, text: str) -> bool:
    """Whether a fact stands in a text by itself; white space and case aside."""
    before = r"(?<!\w)" if fact[0].isalnum() else ""
    after = r"(?!\w)" if fact[-1].isalnum() else ""
    pattern = before + re.escape(fact) + after
    return re.search(pattern, re.sub(r"\s+", " ", text), re.IGNORECASE) is not None


@st.composite
def keyword_lists(draw, language):
    """A list of forms of a keyword, with facts in it; sometimes the whole list repeats."""
    keyword, before, behind, *_ = STUFFING[language]
    facts = draw(st.lists(st.sampled_from([*STUFFING[language][8], *FIGURES]), max_size=4))
    forms = [
        keyword,
        *(f"{word} {keyword}" for word in before),
        *(f"{keyword} {word}" for word in behind),
    ]
    items = draw(st.lists(st.sampled_from(forms), min_size=3, max_size=12))
    for fact in facts:
        form = draw(st.sampled_from([f"{keyword} {fact}", f"{fact} {keyword}"]))
        items.insert(draw(st.integers(0, len(items))), form)
    case = draw(st.sampled_from([str, str, str.upper, str.title]))
    times = draw(st.sampled_from([1, 1, 2, 4]))
    return facts, draw(st.sampled_from(SEPARATORS)).join(map(case, items * times)) + "."


def with_list(draw, language, article):
    facts, listed = draw(keyword_lists(language))
    article.insert(draw(st.integers(0, len(article))), listed)
    return facts


def with_phrase(draw, language, article):
    phrase, sentences, clauses = STUFFING[language][3:6]
    carried = st.sampled_from([*STUFFING[language][8], *FIGURES, "", ""])
    facts = []
    for place in range(len(article)):
        facts.append(draw(carried))
        whole = draw(st.booleans())
        piece = draw(st.sampled_from(sentences if whole else clauses))
        piece = piece.replace("{p}", phrase).replace("{f}", facts[-1])
        article[place] = f"{article[place]} {piece}" if whole else f"{article[place][:-1]}{piece}."
    return facts


def with_variants(draw, language, article):
    frame, fillers = STUFFING[language][6:8]
    facts = draw(st.lists(st.sampled_from([*STUFFING[language][8], *FIGURES]), min_size=1))
    for fact in facts:
        variant = frame.format(draw(st.sampled_from(["", *fillers])), f=fact)
        article.insert(draw(st.integers(0, len(article))), variant[0].upper() + variant[1:])
    return facts


@st.composite
def planted(draw, language, plant):
    """An article with stuffing, and the facts in the stuffing."""
    article = [sentence.strip() + "." for sentence in STUFFING[language][9].split(".")[:-1]]
    article = [re.sub(r"\s+", " ", sentence) for sentence in article]
    facts = plant(draw, language, article)
    text = draw(st.sampled_from([" ", "\n\n"])).join(article)
    return list(filter(None, facts)), text.upper() if draw(st.integers(0, 7)) == 0 else text


@pytest.mark.parametrize("plant", [with_list, with_phrase, with_variants])
@pytest.mark.parametrize("language", list(STUFFING))
@given(data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_every_planted_fact_still_stands(language, plant, data):
    facts, text = data.draw(planted(language, plant))
    named = data.draw(st.sampled_from([language, None]))
    output = CollapseRepetition().process([Document("a", text, named)])[0].text
    assert [fact for fact in facts if stands(fact, text) and not stands(fact, output)] == []


@pytest.mark.parametrize("separator", [", ", " | ", "; "])
def test_a_name_in_a_keyword_list_that_repeats_whole_stays(separator):
    key = "best running shoes"
    items = [key] * 6 + [f"{key} Hamburg", f"{key} Berlin"] * 3 + [key] * 6
    output = CollapseRepetition().process([Document("a", separator.join(items))])[0].text
    assert output == separator.join([f"{key} Hamburg", f"{key} Berlin"])


def test_a_name_that_is_a_word_elsewhere_stays():
    own = [s.strip() + "." for s in re.sub(r"\s+", " ", STUFFING["en"][9]).split(".")[:-1]]
    clauses = [", as River Board warns the role of trade"] * len(own)
    clauses[5] = ", as River Board warns Miller"  # a miller swept his yard
    text = " ".join(s[:-1] + clause + "." for s, clause in zip(own, clauses, strict=True))
    output = CollapseRepetition().process([Document("a", text, "en")])[0].text
    assert output.count("River Board") == 2
    assert "River Board warns Miller." in output
