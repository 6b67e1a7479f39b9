"""What turns a statement makes another sentence of it: negations of any language, doubts."""

import pytest

from textclean.stages.repetition import CollapseRepetition


@pytest.mark.parametrize(
    ("stated", "turn"),
    [
        ("The mayor {}signed the contract for the new pier last week.", "seldom "),
        ("The mayor {}signed the contract for the new pier last week.", "reportedly "),
        ("Ο δήμαρχος {}υπέγραψε τη σύμβαση για τη νέα προβλήτα.", "δεν "),
        ("Thị trưởng {}ký hợp đồng xây cầu cảng mới tuần trước.", "không "),
        ("Мер {}підписав договір про новий причал минулого тижня.", "не "),
    ],
)
@pytest.mark.parametrize("language", [None, "en"])
def test_both_stay(stated, turn, language):
    plain, turned = stated.format(""), stated.format(turn)
    for first, second in ((plain, turned), (turned, plain)):
        text = f"{first} {second} Rain fell on the old harbor in the evening."
        assert not CollapseRepetition().find_edits(text, language)


def test_a_month_that_denies_in_another_language_turns_nothing():
    text = (
        "Das Museum öffnet im Mai die Türen für alle Kinder der Stadt. Am Abend war der Hafen "
        "leer. Im Mai öffnet das Museum die Türen für alle Kinder der Stadt."
    )
    assert CollapseRepetition().find_edits(text, "de")


def test_a_word_that_says_nothing_new_makes_no_other_sentence():
    text = (
        "The mayor signed the contract for the new pier. "
        "The mayor really signed the contract for the new pier."
    )
    assert CollapseRepetition().find_edits(text, "en")
