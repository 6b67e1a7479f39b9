"""Repetition's kernels over sentences and lines find what plain Python finds."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALL_TEXTS

from textclean.stages.repetition import layout as layouts
from textclean.stages.repetition import recurrence
from textclean.stages.repetition.content import content, content_of, core
from textclean.stages.repetition.facts import FactKeeper
from textclean.stages.repetition.formula import is_formulaic
from textclean.stages.repetition.frequent import frequent_grams
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.near import near_edits
from textclean.stages.repetition.runs import run_edits
from textclean.stages.repetition.sentences import segmenter_language

WORDS = [*"abcdef", "The", "7", "1,200", "5.", "well", "in", "fact", "e.g.", "中文", "no!", "“so”"]
ENDS = [". ", "! ", ".\n", "\n", "\r\n", "\n\n", ", ", "... ", '." ', " \u2028", " "]
SENTENCES = st.lists(
    st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), st.sampled_from(ENDS)),
    min_size=1,
    max_size=6,
)


def joined(rows, order):
    pieces = [" ".join(words) + end for words, end in rows]
    return "".join(pieces[number % len(pieces)] for number in order)


NEEDED = {2: 3, 3: 2, 5: 1}
TEXTS = st.one_of(
    ALL_TEXTS, st.builds(joined, SENTENCES, st.lists(st.integers(0, 5), min_size=1, max_size=12))
)


def both(text, language="en"):
    """The same text with the arrays of the kernel, and without."""
    found = []
    for answer in (True, False):
        before, layouts.is_compiled = layouts.is_compiled, lambda answer=answer: answer
        try:
            found.append(Layout(text, language))
        finally:
            layouts.is_compiled = before
    return found


@settings(deadline=None, max_examples=300)
@given(text=TEXTS)
@example(text="Born on 5 May. The boats came in early. … The boats came in early. 5 May. So.")
@example(text='He left. "\nThe boats came in early. ”\n The boats came in early. x')
@example(text="a.\r\n\rb\x85 \u2029c\n")
def test_lines_and_sentences_are_the_same(text):
    compiled, plain = both(text)
    assert list(compiled.lines) == list(plain.lines)
    assert list(compiled.full_lines) == list(plain.full_lines)
    assert list(compiled.paragraphs) == list(plain.paragraphs)
    assert list(compiled.sentences) == list(plain.sentences)
    assert compiled.blocks == plain.blocks
    assert list(compiled.blocks_of(2)) == list(plain.blocks_of(2))
    assert compiled.maybe_signs == plain.maybe_signs
    assert segmenter_language(compiled) == segmenter_language(plain)
    assert compiled.standings == plain.standings
    assert compiled.words == plain.words


@settings(deadline=None, max_examples=300)
@given(
    text=TEXTS,
    listed=st.sets(st.sampled_from(["in", "so", "the"])),
)
def test_what_decides_is_the_same(text, listed):
    compiled, plain = both(text)
    found = [
        (
            recurrence.repeated(each, each.sentences, NEEDED),
            recurrence.repeated(each, each.lines, NEEDED),
            recurrence.repeated(each, each.paragraphs, NEEDED),
            recurrence.mostly_recurring(each, 550),
            list(recurrence.within_words(each, frozenset(listed), each.sentences[:2])),
            recurrence.crowded(each, 2, 3, 99),
            recurrence.crowded(each, 1, 2, 99),
            list(recurrence.different(each, 3)[0]),
            recurrence.different(each, 3)[1],
            [(core(each, unit), content(each, unit)) for unit in each.sentences],
            recurrence.count_alike(each, recurrence.different(each, 3)[0], 3),
            is_formulaic(each),
            frequent_grams(each, 2, [2] * 6),
            frequent_grams(each, 3, [9, 9, 4, 3, 3]),
            each.standing(frozenset(listed)),
            [each.places(each.all_keys[at : at + 2]) for at in range(each.size)],
            each.small_keys,
            each.figure_keys,
        )
        for each in (compiled, plain)
    ]
    assert found[0] == found[1]


@settings(deadline=None, max_examples=300)
@given(
    words=st.lists(
        st.sampled_from(["boat", "5", "the", "of", "de", "la", "que", "der", "das", "il"]),
        min_size=15,
        max_size=60,
    ),
    times=st.sampled_from([1, 90]),
)
def test_the_same_language_is_guessed(words, times):
    compiled, plain = both(" ".join(words * times), None)
    assert compiled.words == plain.words


@settings(deadline=None, max_examples=300)
@given(text=TEXTS)
def test_what_nominates_leaves_nothing_out(text):
    compiled, plain = both(text)
    sentences = compiled.sentences
    bags = [sorted(compiled.keys(unit)) for unit in sentences]
    sized = [unit for unit, bag in zip(sentences, bags, strict=True) if 2 <= len(bag) <= 6]
    expected = [unit for unit in sized if bags.count(sorted(compiled.keys(unit))) > 1]
    assert recurrence.of_equal_words(compiled, 2, 6) == expected
    starts = [(unit, compiled.keys(unit)[:2]) for unit in sentences if 3 <= unit.size <= 6]
    found = recurrence.of_same_start(compiled, 3, 6, 2)
    assert found == [u for u, start in starts if [own for _, own in starts].count(start) > 1]
    assert {*recurrence.crowded(plain, 2, 3, 2)} <= {*recurrence.crowded(compiled, 2, 3, 2)}
    different, _ = recurrence.different(compiled, 2)
    contents = [sorted(content_of(compiled, unit)) for unit in different]
    alike = {u for u, own in zip(different, contents, strict=True) if contents.count(own) > 1}
    assert recurrence.maybe_of_one_content(compiled, different) == alike


STATEMENTS = [
    "The old mill on the river was sold to the town council.",
    "The quiet machines in the hall ran through the night without a break.",
    "Half of the 12 boats in the harbour came back with broken masts.",
]
CHANGES = [
    ("", ""),
    ("old ", ""),
    ("The ", "In fact, the "),
    ("river", "rivers"),
    ("machines", "machine"),
    ("was sold", "was then really sold"),
    ("12", "13"),
    ("came", "never came"),
    ("sold", "given"),
    (" to the town council", " in May to the town council"),
    ("broken ", "broken old wet torn thin "),
    ("old mill", "old Norden mill"),
    ("the hall", "the new hall"),
    (".", "!"),
]


@settings(deadline=None, max_examples=400)
@given(
    pieces=st.lists(
        st.tuples(st.sampled_from(STATEMENTS), st.lists(st.sampled_from(CHANGES), max_size=3)),
        min_size=2,
        max_size=7,
    )
)
@example(pieces=[(STATEMENTS[0], []), (STATEMENTS[0], [("old ", "")])])
@example(pieces=[(STATEMENTS[1], []), (STATEMENTS[1], [("machines", "machine")])])
def test_whoever_restates_an_earlier_one_is_compared(pieces):
    text = ""
    for statement, changes in pieces:
        said = statement
        for old, new in changes:
            said = said.replace(old, new, 1)
        text += said + " "
    found = [list(near_edits(each, FactKeeper(each))) for each in both(text)]
    assert found[0] == found[1]


def test_who_surely_says_something_else_is_not_compared():
    """One with a word of its own in each, another figure, a name more, or the same words."""
    first = "The old mill on the river was sold to the town council."
    others = {
        "The old barn on the river was sold to the town council.": 0,
        "The old mill on the river was sold to the town council in 1990.": 0,
        "The old Norden mill on the river was sold to the town council.": 0,
        "The old mill on the river was sold to the big rich wet town council of men.": 0,
        first: 0,
        "The old mills on the river was really sold to the town council.": 1,
        "To the town council was sold the old mill on the river.": 1,
    }
    for other, expected in others.items():
        compiled, plain = both(f"{first} {other}")
        units = compiled.sentences
        found = recurrence.maybe_restating(compiled, units, set(units))
        assert list(found) == [0, expected], other
        assert list(recurrence.maybe_restating(plain, units, set(units))) == [1, 1]


def test_who_is_not_likely_to_be_alike_has_to_have_the_content_of_another():
    text = "The old mill on the river was sold. The old mill on the river was sold in May. "
    compiled, _ = both(text + "In fact, the old mill on the river was sold.")
    units = compiled.sentences
    assert list(recurrence.maybe_restating(compiled, units, {units[1]})) == [0, 0, 1]


def test_many_sentences_are_not_all_compared_with_each_other():
    """Behind so many, each may say what one of them says."""
    text = "".join(f"The b{number} of c{number} d{number} in e{number}. " for number in range(4100))
    compiled, _ = both(text)
    units = compiled.sentences
    found = recurrence.maybe_restating(compiled, units, set(units))
    assert (found.find(1), found.count(1)) == (4097, 3)
    words = [f"{letter}oatum" for letter in "abcdfghijklmnopqrtuvwxyzäöüßéèêñçåøłžš"]
    text = "".join(f"{' '.join(words)} {each}. " for each in words)  # each has another one twice
    compiled, _ = both(text)
    units = compiled.sentences
    found = recurrence.maybe_restating(compiled, units, set(units))
    assert (found.find(1), found.count(1)) == (33, len(words) - 33)


@settings(deadline=None, max_examples=300)
@given(
    before=st.lists(st.integers(0, 9), max_size=5),
    period=st.lists(st.integers(0, 4), min_size=1, max_size=5),
    times=st.integers(1, 6),
)
def test_even_distances(before, period, times):
    text = " ".join(f"word{number}" for number in [*before, *(period * times)])
    compiled, plain = both(text)
    expected = any(
        words[at : at + size] * 4 == words[at : at + 4 * size]
        for words in [text.split()]
        for size in range(1, 6)
        for at in range(len(words) - 4 * size + 1)
    )
    assert bool(recurrence.maybe_periodic(compiled, 5, 4)) == expected
    found = [list(run_edits(each, FactKeeper(each))) for each in (compiled, plain)]
    assert found[0] == found[1]


def test_who_may_hold_a_keyword_list():
    """A word of grammar makes no list, nor does any sign of a script without spaces alone."""
    text = (
        "The man and the dog of the house saw the cat of the mill and the end. "
        "Oak gates, old oak gates, oak gates here and there. "
    )
    wide = "租车网、北京租车网、租车网价格、租车网。山中的人和水中的鱼和天中的鸟和林中的花。"
    for each in both(text):
        found = recurrence.crowded(each, 4, 3, 4)
        assert [each.slice(unit)[:3] for unit in found] == ["Oak"]
    for each in both(wide, "zh"):
        found = recurrence.crowded(each, 4, 9, 4)
        assert [each.slice(unit)[:3] for unit in found] == ["租车网"]
