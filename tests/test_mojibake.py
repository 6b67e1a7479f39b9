"""The rules of the mojibake stage; the shared invariants are in test_stage_contract.py."""

import re
import subprocess
import sys

import ftfy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import DAMAGED, TEXTS

from textclean.document import Document
from textclean.edits import Edit, apply_edits, check_edits
from textclean.errors import RecipeError
from textclean.stages.mojibake import RepairMojibake, clear, triage
from textclean.stages.mojibake.characters import CHARACTERS, holds_characters
from textclean.stages.mojibake.code_pages import code_pages, decode, implausible, tables
from textclean.stages.mojibake.judge import CONTEXT, _judge_run, _shape
from textclean.stages.mojibake.preference import _explaining_anew
from textclean.stages.mojibake.reading import Verdict
from textclean.stages.mojibake.rounds import repeat, trim
from textclean.stages.mojibake.segments import find_segments
from textclean.stages.mojibake.triage import scan_by_patterns

STAGE = RepairMojibake()
KEEPING = RepairMojibake(keep_nbsp=True)
PLAIN = RepairMojibake(characters=CHARACTERS)

#: Sound sentences with several characters beyond ASCII each.
SENTENCES = {
    "fr": "Le théâtre est fermé : l’été à la forêt, dès décembre.",
    "de": "Die Fähre fährt über die Bucht, größer und schöner als früher.",
    "pt": "A estação não abre amanhã; às ilhas vão só três barcos.",
    "pl": "Prom płynie przez zatokę, gdyż most został zamknięty.",
    "tr": "Vapur körfezi geçiyor, köprü kapalı ve yağmur yağıyor.",
    "cs": "Loď pluje přes záliv, protože most je zavřený.",
    "ro": "Feribotul traversează golful, fiindcă podul este închis și aici.",
    "vi": "Phà chạy qua vịnh vì cầu đã đóng cửa từ tháng trước.",
    "ru": "Паром идёт через залив, потому что мост закрыт.",
    "el": "Το πλοίο περνά τον κόλπο επειδή η γέφυρα έκλεισε.",
    "he": "המעבורת חוצה את המפרץ כי הגשר סגור.",
    "ja": "橋が閉鎖されたため、フェリーが湾を渡ります。",
    "ko": "다리가 닫혀서 배가 만을 건넙니다.",
    "th": "เรือข้ามอ่าวเพราะสะพานปิด",
}
CHAINS = ("cp1252", "cp1250", "cp1251", "mac_roman", "cp437")


def sloppily(text: str, codec: str) -> str:
    """Read UTF-8 through a code page; a byte without a character becomes its C1 control."""
    read = []
    for byte in text.encode():
        try:
            read.append(bytes([byte]).decode(codec))
        except UnicodeDecodeError:
            read.append(chr(byte))
    return "".join(read)


def repair(text: str, stage: RepairMojibake = STAGE, language: str | None = None) -> str:
    return apply_edits(text, stage.find_edits(text, language))


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("language", SENTENCES)
def test_a_damaged_line_is_restored_and_the_others_stay(language: str, chain: str) -> None:
    sentence = SENTENCES[language]
    lines = ["“Curly quotes” stay — here.", sloppily(sentence, chain), "Ｗｉｄｅ too…"]
    assert repair("\n".join(lines)) == "\n".join([lines[0], sentence, lines[2]])


@pytest.mark.parametrize("language", SENTENCES)
def test_twice_damaged_text_is_restored(language: str) -> None:
    sentence = SENTENCES[language]
    assert repair(sloppily(sloppily(sentence, "cp1252"), "cp1252")) == sentence


@pytest.mark.parametrize("language", SENTENCES)
def test_sound_text_stays_beside_damage_in_another_language(language: str) -> None:
    text = SENTENCES[language] + "\n"
    assert repair(text + "The board didnâ€™t meet.") == text + "The board didn’t meet."


def test_one_edit_per_segment_and_no_more_than_differs() -> None:
    text = "Le bac est fermÃ© – l’étÃ©."
    assert STAGE.find_edits(text, "fr") == [
        Edit(15, 17, "é", "mojibake.utf8-as-cp1252"),
        Edit(24, 26, "é", "mojibake.utf8-as-cp1252"),
    ]


def test_proof_in_one_place_settles_another() -> None:
    assert repair("Til kajen – pÃ¥ land.") == "Til kajen – pÃ¥ land."
    assert repair("FÃ¦rgen – pÃ¥ land.") == "Færgen – på land."


def test_proof_does_not_reach_another_document() -> None:
    assert repair("FÃ¦rgen.") == "Færgen."
    assert repair("Til kajen – pÃ¥ land.") == "Til kajen – pÃ¥ land."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aÂ b", "a b"),
        ("a Â b. Harbour:Â C", "a b. Harbour: C"),
        ("a. Â Â b. Harbour:Â C", "a. b. Harbour: C"),
        ("day:Â\nnext. Harbour:Â C", "day:\nnext. Harbour: C"),
        ("Harbour:Â Âge d’or", "Harbour: Âge d’or"),
        ("a\nÂ The b", "a\nThe b"),
        ("USAÂ is one", "USAÂ is one"),
        ("the letter Â is one", "the letter Â is one"),
    ],
)
def test_stray_a_circumflex(text: str, expected: str) -> None:
    assert repair(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("isnâ€t", "isn’t"),
        ("the â€end", "the “end"),
        ("the endâ€, then", "the end”, then"),
        ("then â€ now", "then – now"),
        ("(â€endâ€?)", "(“end”)"),
    ],
)
def test_quote_without_its_last_byte(text: str, expected: str) -> None:
    assert repair(text) == expected


@pytest.mark.parametrize("text", ["l\ufffds", "Dor\ufffd", "a\ufffdb", "don\ufffd t", "Dor\ufffds"])
def test_replacement_character_with_more_than_one_reading_stays(text: str) -> None:
    assert repair(text) == text


def test_nbsp_of_french_stays_in_french_and_where_nobody_knows() -> None:
    text = "Oui\xa0! «\xa0Non\xa0» 12\xa0500"
    assert repair(text) == repair(text, language="fr") == text
    assert repair(text, language="en") == "Oui ! « Non » 12\xa0500"
    assert repair("a\xa0\xa0b \xa0c") == "a  b  c"


def test_keep_nbsp_keeps_every_nbsp_and_repairs_the_rest() -> None:
    assert repair("a\xa0b cÂ\xa0d Ã©", KEEPING) == "a\xa0b c\xa0d é"


@settings(deadline=None)
@given(TEXTS)
def test_keep_nbsp_changes_no_nbsp_of_text_without_damage(text: str) -> None:
    sound = re.sub("[^\n -~\xa0]", "", text)
    assert repair(sound, KEEPING) == sound


@settings(deadline=None)
@given(st.text("ab \xa0Â:.\n", max_size=12))
def test_words_are_never_joined(text: str) -> None:
    def words(one: str) -> list[str]:
        return re.findall("[ab]+", one)

    assert words(repair(text)) == words(text)


def test_a_control_character_never_joins_words_that_it_separates() -> None:
    assert repair("a\x1cb\x0bc\x00d\x0b.") == "a b\ncd."


@settings(deadline=None, max_examples=300)
@given(st.text("Ã©Ââ€™œ\x9d\xa0\x92ÐŸÑ€√ƒ├ГђВ«ea .\ufffdĂĹ\x1b[m?\r", max_size=10))
def test_dense_damage_keeps_the_contract(text: str) -> None:
    for stage in (STAGE, KEEPING, PLAIN):
        edits = stage.find_edits(text, None)
        check_edits(text, edits)
        assert not edits or stage.might_change(text)
        assert stage.find_edits(apply_edits(text, edits), None) == []


DENSE = st.text("Ã©Ââ€™œ\x9d\xa0\x92ÐŸÑ€√ƒ├ГђВ«ea.\n“”é…\ufffdĂĹ", max_size=10)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.one_of(DENSE, TEXTS), max_size=5))
def test_a_batch_is_cleaned_as_its_texts_are(texts: list[str]) -> None:
    for stage in (STAGE, KEEPING, PLAIN):
        outcomes = stage.process([Document("a", text) for text in texts])
        assert [outcome.edits for outcome in outcomes] == [
            tuple(stage.find_edits(text, None)) for text in texts
        ]


@settings(deadline=None, max_examples=200)
@given(st.one_of(DENSE, TEXTS))
def test_what_triage_passes_no_rule_touches(text: str) -> None:
    for stage in (STAGE, KEEPING, PLAIN):
        if not stage.might_change(text):
            assert stage.find_edits(text, None) == []


@pytest.mark.parametrize("length", [0, 3 * triage.COMPILED_LENGTH])
def test_short_and_long_texts_are_judged_alike(length: int) -> None:
    """The compiled triage may not be loaded for the first, and is for the second."""
    code = (
        "import sys\n"
        "from textclean.document import Document\n"
        "from textclean.stages.mojibake import RepairMojibake\n"
        f"text = '“Sound” – ' * {length // 10} + 'caf\u00c3\u00a9 isn\ufffdt\u00c2 open'\n"
        "[outcome] = RepairMojibake().process([Document('a', text)])\n"
        "assert outcome.text.endswith('caf\u00e9 isn’t open'), outcome.text[-20:]\n"
        f"assert ('numba' in sys.modules) == {length > 0}\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a \x1b[34mblue\x1b[0m pier", "a blue pier"),
        ("\x1b]0;title\x07pier \x1b]0;title\x1b\\pier", "pier pier"),
        ("an \x1b alone, [34m stays", "an  alone, [34m stays"),
        ("ISO 2022: \x1b$BVh\x1b(B", "ISO 2022: \x1b$BVh\x1b(B"),
        ("unfinished \x1b[34", "unfinished [34"),
    ],
)
def test_escape_sequences_go_whole(text: str, expected: str) -> None:
    assert repair(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It doesn?t open. It?s shut, I?m sure.", "It doesn’t open. It’s shut, I’m sure."),
        ("It?s shut, I?m sure.", "It?s shut, I?m sure."),
        ("Which day? It doesn?t say.", "Which day? It doesn’t say."),
        ("harbour.example/open?t=1 and /don?t=2", "harbour.example/open?t=1 and /don?t=2"),
        ("Is it open?then come", "Is it open?then come"),
    ],
)
def test_question_mark_for_an_apostrophe(text: str, expected: str) -> None:
    assert repair(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(15 kV 16â…” Hz)", "(15 kV 16⅔ Hz)"),
        ("ŕ¸—ŕ¸\xadŕ¸‡ ŕ¸ˇ.ŕ¸ˇ. ŕ¸—ŕ¸\xadŕ¸‡ ŕ¸ž.", "ทอง ม.ม. ทอง พ."),
        ("Ăžar eru skip", "Þar eru skip"),
        ("ĂŽn port", "În port"),
        ("BontĂ\xa0, veritĂ\xa0.", "Bontà, verità."),
        ("ËÅÒÂ¡Ã³Õ ÃÑ°", "ËÅÒÂ¡Ã³Õ ÃÑ°"),
        ("ItÃ?Â¢â?¬â?¢s open", "It’s open"),
    ],
)
def test_places_that_need_more_than_decoding(text: str, expected: str) -> None:
    assert repair(text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("ligatures", "ﬁrst ĳ", "first ij"),
        ("width", "ＷＩＤＥ\u3000ｶﾞ", "WIDE ガ"),
        ("quotes", "“It’s”", '"It\'s"'),
        ("line-breaks", "a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("surrogates", "\ud83d\ude00 \udc00", "😀 \ufffd"),
    ],
)
def test_characters_are_an_option(name: str, text: str, expected: str) -> None:
    assert repair(text) == text
    stage = RepairMojibake(characters=(name,))
    assert repair(text, stage) == expected
    assert not holds_characters(expected, [name])


def test_characters_wait_for_the_repair() -> None:
    assert repair("â€œIt’sâ€\x9d", RepairMojibake(characters=("quotes",))) == '"It\'s"'


def test_unknown_characters_are_refused() -> None:
    with pytest.raises(RecipeError, match="did you mean 'width'"):
        RepairMojibake(characters=("widths",))


@settings(deadline=None)
@given(st.one_of(DAMAGED, DENSE, st.text("\x80\x85\x92\x93\x9d “é.a", max_size=8)))
def test_what_triage_calls_clean_ftfy_leaves_alone(text: str) -> None:
    if not STAGE.might_change(text):
        assert ftfy.fix_encoding(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "\ud800Ã©\udfff",
        "\x00",
        "",
        "Ã",
        "Â",
        "â",
        "\xa0",
        "e\u0301Â ",
        "Ã©\ud83d",
        "\ufeff",
        "�" * 9,
    ],
)
def test_odd_texts(text: str) -> None:
    once = repair(text)
    assert repair(once) == once


@pytest.mark.parametrize(
    "piece", ["Ã", "Â", "Â ", "Ã©", "ÂÂ¬", "\x85", "\xa0", "é…", "Ð", "¬Â", "�"]
)
def test_time_is_linear(piece: str) -> None:
    """No timing is asserted: a quadratic rule would outlast any patience at this size."""
    text = piece * (60_000 // len(piece))
    edits = STAGE.find_edits(text, None)
    check_edits(text, edits)


def test_a_text_that_never_settles_is_left_as_it_is() -> None:
    text = "Â" * 40 + "©"
    assert STAGE.find_edits(text, None) == []


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_trimmed_edit_is_true_and_minimal_at_its_ends(old: str, new: str) -> None:
    edit = trim(old, Edit(0, len(old), new, "r"))
    if edit is None:
        assert old == new
    else:
        assert apply_edits(old, [edit]) == new
        rest = old[edit.start : edit.end]
        assert not (rest and edit.replacement and rest[0] == edit.replacement[0])
        assert not (rest and edit.replacement and rest[-1] == edit.replacement[-1])


def test_repeat_reports_the_sum_of_its_rounds() -> None:
    def find(text: str) -> list[Edit]:
        at = text.find("aa")
        return [Edit(at, at + 2, "a", "r")] if at >= 0 else []

    now, edits = repeat("baaaab", find)
    assert now == apply_edits("baaaab", edits) == "bab"


@given(st.characters(min_codepoint=0x80, exclude_categories=["Cs"]))
def test_bytes_of_a_code_page_read_back(character: str) -> None:
    as_bytes = "".join(map(chr, character.encode()))
    assert decode(as_bytes) == character
    for page in code_pages():
        read = "".join(page.characters[ord(byte)] for byte in as_bytes)
        assert page.bytes_from_text(read) == as_bytes


def test_segments_name_their_page() -> None:
    proven: set[str] = set()
    found = find_segments("dГ©clin", scan_by_patterns("dГ©clin"), proven)
    pages = [segment.page for run in found.runs for segment in run.segments]
    assert pages + [clear.page_of(bits).name for bits in found.clear.explaining] == ["cp1251"]
    assert proven == {"cp1251"}


RUNS = st.text("Ã©Ââ€™œ\x9d\xa0ÐŸÑ€√ƒ├ГђВ«“éĂĹ─ç≈àÄ…", min_size=1, max_size=5)
CONTEXTS = st.text("abzABZ059 .,'?-é\n", max_size=CONTEXT)


@settings(deadline=None, max_examples=300)
@given(CONTEXTS, RUNS, CONTEXTS)
def test_verdicts_rest_on_the_shape_of_the_neighbors(before: str, run: str, after: str) -> None:
    """What is remembered of a run is remembered under the shape of its neighbors."""
    before = before.rjust(CONTEXT)
    shape = _shape(before + run + after)
    end = CONTEXT + len(run)
    alike = shape[:CONTEXT], shape[CONTEXT:end], shape[end:]
    assert _judge_run(before, run, after, code_pages()) == _judge_run(*alike, code_pages())


PIECES = st.sampled_from(
    [
        *"éàãçñüşğłżÉŁбвгдИЯΩω中か한กขไאبعرب’“”–…™«»°ß",
        "Привет",
        "ação",
        *"aeistAENST .,1\n",
        *(" ", "\xa0", "é -> é", "→"),
        "Ã¥",
        "ƒ",
        "√",
        "в",
    ]
)


@st.composite
def misread_texts(draw: st.DrawFn) -> str:
    """A text misread through one code page up to three times, then tampered with."""
    page = draw(st.sampled_from(code_pages()))
    text = "".join(draw(st.lists(PIECES, min_size=1, max_size=10)))
    for _ in range(draw(st.integers(1, 3))):
        text = "".join(page.characters[byte] for byte in text.encode())
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        stray = draw(st.sampled_from([*"aA .", *page.characters[0x80:]]))
        text = text[:at] + stray + text[at:]
    return text


@settings(deadline=None, max_examples=400)
@given(misread_texts())
@example("".join(sloppily(sentence, "cp1252") for sentence in SENTENCES.values()))
def test_what_is_clear_is_judged_the_same_with_care(text: str) -> None:
    seen = scan_by_patterns(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        patch.setattr(clear, "_may_be_deeper", lambda *_: False)
        found, rest = clear.split(seen, clear.decode_runs(text, seen))
    assert sorted([*found.starts, *rest.starts]) == list(seen.starts)
    padded = " " * CONTEXT + text
    for start, end, bits, repaired in zip(*found, strict=True):
        page = clear.page_of(bits)
        before, run = padded[start : start + CONTEXT], text[start:end]
        [segment] = _judge_run(before, run, text[end : end + CONTEXT], code_pages())
        assert segment == (0, end - start, run, repaired, page.name, Verdict.CERTAIN)
        assert page.bytes_from_text(run).encode("latin-1").decode() == repaired
        assert clear.pages_of(bits) in {None, _explaining_anew(run)}


@pytest.mark.parametrize("text", ["itÃ¢â‚¬â„¢s dÃƒÂ©clarÃƒÂ©", "doesnÃ¢â‚¬â„¢t"])
def test_what_is_clear_twice_is_read_back_at_once(text: str) -> None:
    seen = scan_by_patterns(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        at_once = clear.split(seen, clear.decode_runs(text, seen))[0]
        beside = f"{text}, “cafÃ©”"  # misread once: nothing is read twice then
        seen = scan_by_patterns(beside)
        once = clear.split(seen, clear.decode_runs(beside, seen))[0]
    assert "".join(at_once.repaired).translate(dict.fromkeys(map(ord, "“”’é"))) == ""
    assert once.repaired[0] not in at_once.repaired


@pytest.mark.parametrize("language", SENTENCES)
def test_something_of_a_damaged_sentence_is_clear(language: str) -> None:
    text = sloppily(SENTENCES[language], "cp1252")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        seen = scan_by_patterns(text)
        found, rest = clear.split(seen, clear.decode_runs(text, seen))
    assert found.starts
    if not re.search("[a-z]", SENTENCES[language]):
        assert len(found.starts) > len(rest.starts)


@settings(deadline=None)
@given(st.lists(misread_texts(), min_size=1, max_size=4).map("\n".join), st.booleans())
def test_the_compiled_shortcut_changes_no_edit(text: str, keep_nbsp: bool) -> None:  # noqa: FBT001
    stage = RepairMojibake(keep_nbsp=keep_nbsp)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        compiled = stage.find_edits(text, None)
        patch.setattr(clear, "_is_worthwhile", lambda _: False)
        assert stage.find_edits(text, None) == compiled


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(sorted(SENTENCES)), min_size=1, max_size=3),
    st.sampled_from(CHAINS),
    st.integers(1, 2),
    st.one_of(st.just(""), misread_texts()),
)
def test_whole_texts_are_read_back_line_by_line(
    languages: list[str], codec: str, times: int, stray: str
) -> None:
    sound = "\n".join(SENTENCES[language] for language in languages for _ in range(30))
    damaged = sound
    for _ in range(times):
        damaged = sloppily(damaged, codec)
    text = f"{damaged}\n{stray}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda _: True)
        compiled = STAGE.find_edits(text, None)
        patch.setattr(clear, "_is_worthwhile", lambda _: False)
        assert STAGE.find_edits(text, None) == compiled
    if not stray:
        assert apply_edits(text, compiled) == sound + "\n"
        if codec == "cp1252":  # another page may share what it explains with this one
            assert len(compiled) <= text.count("\n")


def test_the_bit_beside_the_code_pages_is_the_kernel_s() -> None:
    from textclean.kernels import misread  # the stage must not load the compiler for a number

    assert clear.UNKNOWN == misread.UNKNOWN
    assert len(code_pages()) < misread.UNKNOWN.bit_length()


def test_every_row_of_the_table_says_why() -> None:
    rows = [row for part in tables().values() for row in part]
    assert all(row["why"] for row in rows)
    assert implausible().search("éłπяا日😀") is None


def test_import_loads_no_heuristics() -> None:
    code = "import sys, textclean.stages.mojibake; sys.exit('ftfy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
