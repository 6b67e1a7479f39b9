"""What the mojibake stage keeps to whatever the text; nothing here knows a rule."""

import re
import subprocess
import sys

import ftfy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from misread import repair
from strategies import DAMAGED, TEXTS

from textclean.document import Document
from textclean.edits import apply_edits, check_edits
from textclean.stages.mojibake import RepairMojibake, triage
from textclean.stages.mojibake.characters import CHARACTERS

STAGE = RepairMojibake()
KEEPING = RepairMojibake(keep_nbsp=True)
PLAIN = RepairMojibake(characters=CHARACTERS)


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
