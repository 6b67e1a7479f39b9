"""Triage of repetition passes no text that a level would change: sentences that vary a little."""

import textwrap

from hypothesis import example, given, settings
from hypothesis import strategies as st

from textclean.stages.repetition.collapse import LEVELS
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.languages import language_table
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.triage import FLAGS, level_flags, light_words

NOUNS = "harbor machine machines pilot pilots Berlin 1,200 3.5 U.S. e.g. not 10% cranes river"
FILLERS = [
    "actually",
    "as we know,",
    "really",
    "In fact,",
    "of course",
    ": well,",
    "; then",
    "“so”",
]
SENTENCE = st.lists(st.sampled_from(NOUNS.split()), min_size=4, max_size=12, unique=True)
CHANGE = st.tuples(st.sampled_from(["add", "drop", "turn", "form"]), st.integers(0, 12))


def varied(words, changes, more):
    """A sentence with fillers or words put in, words left out, a block moved, other forms."""
    words = list(words)
    for kind, place in changes:
        at = place % (len(words) + 1)
        if kind == "add":
            words.insert(at, more[place % len(more)])
        elif kind == "turn":
            words = words[at:] + words[:at]
        elif kind == "form":
            words = [
                word + "s" if n == at and word.isalpha() else word for n, word in enumerate(words)
            ]
        elif len(words) > 1:
            del words[at % len(words)]
    return " ".join(words)


def joined(words, lots, ends, glue, width):
    """A text of one sentence in several variations, hard-wrapped or not."""
    text = glue.join(
        varied(words, changes, [*FILLERS, *extra]) + end
        for (changes, extra), end in zip(lots, ends, strict=False)
    )
    return textwrap.fill(text, width) if width else text


VARIED_TEXTS = st.builds(
    joined,
    SENTENCE,
    st.lists(
        st.tuples(
            st.lists(CHANGE, max_size=3),
            st.lists(st.sampled_from(["lantern", "Oslo", "ferry", "7"]), min_size=1, max_size=2),
        ),
        min_size=2,
        max_size=6,
    ),
    st.lists(st.sampled_from([".", ".", "!", ".”", "", ":", "…"]), min_size=6, max_size=6),
    st.sampled_from([" ", "\n", "\n\n", " The tide went out over the mud before noon. "]),
    st.sampled_from([0, 50]),
)


@given(VARIED_TEXTS, st.sampled_from([None, "en", "de", "xx"]))
@example("A crane fell on the old pier.\nA crane fell on the old pier.\r\nNo.", None)
@example("他昨天用微信发了一条新消息。他昨天用微信app发了一条新消息。", "zh")
@example("As we know, the harbor is shut today. The harbor is really shut today.", "en")
@settings(max_examples=600, deadline=None)
def test_a_level_that_is_not_named_finds_nothing(text, language):
    flags = level_flags([text], [language])[0]
    assert not flags & ~level_flags([text])[0]
    layout = Layout(text, language)
    for level, edits_of in LEVELS.items():
        if not flags & FLAGS[level]:
            assert not list(edits_of(layout, FactKeeper(layout)))


def test_what_near_leaves_to_the_same_statement_is_named():
    text = (
        "The city council approved the new budget for road repairs. Rain fell. "
        "The city council actually approved the new budget for road repairs."
    )
    assert level_flags([text])[0] == FLAGS["near"]
    assert list(LEVELS["near"](Layout(text, "en"), FactKeeper(Layout(text, "en"))))


def test_texts_that_no_level_changes_are_passed():
    kept = [
        "Shares fell by 5 cts to 35 cts vs 30 cts. Net 5 cts vs 3 cts. Shr 9 cts vs 7 cts.",
        "The minister said the talks would go on. The minister said the talks in Oslo had failed.",
        "The vote in the lower house is due on Monday. The vote in the lower house comes at noon.",
    ]
    assert level_flags(kept) == [0] * len(kept)


def test_no_light_word_is_a_figure():
    words = {word for row in language_table().values() for word in row.fillers}
    words |= {w for row in language_table().values() for each in row.introductions for w in each}
    assert not any(character.isdigit() for word in words for character in word)
    assert 2 * (light_words() > 0).sum() <= len(light_words())
