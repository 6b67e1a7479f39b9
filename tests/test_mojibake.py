"""The rules of the mojibake stage; the shared invariants are in test_stage_contract.py."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from misread import CHAINS, SENTENCES, repair, sloppily

import textclean
from textclean.edits import Edit, apply_edits
from textclean.errors import RecipeError
from textclean.stages.mojibake import RepairMojibake, clear
from textclean.stages.mojibake.characters import holds_characters
from textclean.stages.mojibake.code_pages import code_pages, decode, implausible, tables
from textclean.stages.mojibake.found import Proven
from textclean.stages.mojibake.rounds import MAXIMUM_ROUNDS, Progress, repeat, trim
from textclean.stages.mojibake.segments import find_segments
from textclean.stages.mojibake.triage import scan_by_patterns

STAGE = RepairMojibake()
KEEPING = RepairMojibake(keep_nbsp=True)


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


def test_a_control_character_never_joins_words_that_it_separates() -> None:
    assert repair("a\x1cb\x0bc\x00d\x0b.") == "a b\ncd."


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

    texts = ["baaaab", "ba", "a" * (MAXIMUM_ROUNDS + 1)]
    progresses = [Progress(text) for text in texts]
    repeat(progresses, lambda open_ones: [find(one.now) for one in open_ones])
    assert [one.now for one in progresses] == ["bab", "ba", texts[2]]
    for text, one in zip(texts, progresses, strict=True):
        assert apply_edits(text, one.trimmed()) == one.now


@given(st.characters(min_codepoint=0x80, exclude_categories=["Cs"]))
def test_bytes_of_a_code_page_read_back(character: str) -> None:
    as_bytes = "".join(map(chr, character.encode()))
    assert decode(as_bytes) == character
    for page in code_pages():
        read = "".join(page.characters[ord(byte)] for byte in as_bytes)
        assert page.bytes_from_text(read) == as_bytes


def test_segments_name_their_page() -> None:
    proven = Proven()
    found = find_segments("dГ©clin", scan_by_patterns("dГ©clin"), None, proven)
    pages = [segment.page for run in found.runs for segment in run.segments]
    assert pages + [clear.page_of(bits).name for bits in found.clear.explaining] == ["cp1251"]
    assert "cp1251" in proven
    assert "cp1252" not in proven


def test_every_row_of_the_table_says_why() -> None:
    rows = [row for part in tables().values() for row in part]
    assert all(row["why"] for row in rows)
    assert implausible().search("éłπяا日😀") is None


def test_import_loads_no_heuristics() -> None:
    code = "import sys, textclean.stages.mojibake; sys.exit('ftfy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>It&acirc;&#128;&#153;s open.</p>", "It’s open."),
        ("<p>Pier&Acirc;&nbsp;4, the caf&Atilde;&copy;</p>", "Pier 4, the café"),
        ("<p>It&Atilde;&cent;&acirc;&sbquo;&not;&acirc;&bdquo;&cent;s open.</p>", "It’s open."),
        ("<p>&Acirc;ge d&rsquo;or</p>", "Âge d’or"),
    ],
)
def test_damage_in_entities_is_repaired_once_they_are_characters(html: str, expected: str) -> None:
    assert textclean.clean(html) == expected


def test_a_post_that_goes_does_not_speak_for_the_article() -> None:
    article = "He went from the EUÂ to the coast.\n\n"
    post = "La fenâtre pic.twitter.com/AbCdEfGhIj\n— Ana Silva (@anasilva) September 2, 2025\n\n"
    cleaned = textclean.clean(article + post + "The end of it.\n")
    assert cleaned == "He went from the EU to the coast.\n\nThe end of it.\n"
    assert repair(article + post) == article + post
