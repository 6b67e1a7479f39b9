"""Repetition's kernels over lines tell what the expressions over them tell."""

import sys

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALL_TEXTS

from textclean.kernels import line_kinds as kinds
from textclean.kernels.heads import NO_HEAD, head_figure
from textclean.kernels.words import class_table
from textclean.stages.repetition import layout as layouts
from textclean.stages.repetition import protect
from textclean.stages.repetition.forms import LONGEST_LINE, LikelyLines
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.marks import shape_table

PIECES = [
    *("3.", "(2)", "§ 5", "1:3", "IV.", "a)", "12", "XII", "- ", "• ", "7-madde", "½", "Ⅳ"),
    *("Anna:", "Anna Berg: ", "a: b", "— so", "–", "No. 5: "),
    *("x = 1", "def ", "class ", "import ", "return ", "<a ", "f(x);", "{", "}", "//", "#"),
    *(
        "\t",
        "|",
        "   ",
        "  ",
        " ",
        "\u3000",
        "\u2003",
        "word",
        "longer words",
        "É",
        "中",
        "1,200",
        ".",
    ),
    *("\n", "\r\n", "\n\n", "\u2028", "x" * 39, "y" * 399, " " * 60),
]
TEXTS = st.one_of(
    ALL_TEXTS,
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.lists(
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join),
        min_size=5,
        max_size=12,
    ).map("\n".join),
)
PATTERNS = {
    kinds.HEAD_LINE: (protect.NUMBERED.match, protect.COUNTED.match),
    kinds.SPEAKER_LINE: (protect.SPEAKER.match,),
    kinds.DASHED_LINE: (protect.DASHED.match,),
    kinds.CODE_LINE: (protect.CODE.search,),
    kinds.COLUMN_LINE: (protect.COLUMNS.search,),
}


def both(text):
    """The same text with the arrays of the kernel, and without."""
    found = []
    for answer in (True, False):
        before, layouts.is_compiled = layouts.is_compiled, lambda answer=answer: answer
        try:
            found.append(Layout(text, "en"))
        finally:
            layouts.is_compiled = before
    return found


@settings(deadline=None, max_examples=500)
@given(text=TEXTS)
@example(text="word word XII ½\n" * 6)
@example(text="   \tword\t| x\n" * 6)
def test_no_line_that_an_expression_matches_is_left_out(text):
    compiled, plain = both(text)
    for kind, tests in PATTERNS.items():
        lines = LikelyLines(plain).of(kind)
        assert lines == [plain.slice(line)[:LONGEST_LINE] for line in plain.full_lines]
        matched = [line for line in lines if any(test(line) for test in tests)]
        likely = LikelyLines(compiled).of(kind)
        assert [line for line in likely if any(test(line) for test in tests)] == matched


def test_plain_prose_is_looked_at_by_no_expression():
    text = "The boats came in early today, said the mayor.\n" * 6
    compiled, _ = both(text)
    assert [LikelyLines(compiled).of(kind) for kind in PATTERNS] == [[]] * len(PATTERNS)


def figure_by_expressions(line):
    match = protect.NUMBERED.match(line) or protect.COUNTED.match(line)
    return NO_HEAD if match is None else protect._figure(match.group().strip())


def figure_by_kernel(line):
    points = np.frombuffer(line.encode("utf-32-le", "surrogatepass"), np.uint32)
    return head_figure(points, shape_table(), class_table())


HEADS = [
    *("1", "12", "1234", "12345", "٣", "𝟙", "½", "Ⅳ", "²", "(", ")", ".", ":", "]", "§", "#", "*"),
    *("-", "•", ">", " ", "  ", "\u3000", "I", "IV", "viii", "XIII", "IIII", "a", "ab", "abc", "É"),
    *("Chapter", "Teil", "章", "_", "’", ",", "x" * 20, "x" * 21, "y" * 38),
]


@settings(deadline=None, max_examples=2000)
@given(line=st.lists(st.sampled_from(HEADS), min_size=1, max_size=7).map("".join))
@example(line="- §§ 5) So")
@example(line="(iv) So")
@example(line="Book Two XII.")
@example(line="Book IV X")
def test_heads_are_those_of_the_expressions(line):
    assert figure_by_kernel(line) == figure_by_expressions(line)


def test_numbers_of_all_scripts():
    digits = [chr(point) for point in range(sys.maxunicode + 1) if chr(point).isdecimal()]
    assert len(digits) > 600
    assert [figure_by_kernel(f"1{digit}. So") - 10 for digit in digits] == list(map(int, digits))


def forms_of(layout):
    """What the text is, of what it may be, by the expressions."""
    lines, likely = layout.full_lines, LikelyLines(layout)
    count = len(lines)
    return {
        kinds.NUMBERED: protect._is_numbered(likely, count),
        kinds.SPOKEN: protect._is_spoken(likely, count),
        kinds.CODE: protect._is_mostly(
            protect.CODE, likely.of(kinds.CODE_LINE), protect.CODE_RATIO, count
        ),
        kinds.COLUMNS: protect._is_mostly(
            protect.COLUMNS, likely.of(kinds.COLUMN_LINE), protect.COLUMN_RATIO, count
        ),
        kinds.FIGURES: protect._is_figures(layout, lines),
        kinds.VERSE: protect._is_verse(layout, lines),
        kinds.HEADED: protect._has_headings(layout, lines),
    }


NUMBERS = "".join(f"{number}. Word by word, {number} of them.\n" for number in range(7))
SECTIONS = "Atikulu {}\nIt says so at length, and so it is.\n"
WAYS = ["Tu", "Tatu", "Nne", "Tano", "Sita", "Saba", "Nane", "Tisa", "Kumi", "Moja"]


@settings(deadline=None, max_examples=300)
@given(text=TEXTS)
@example(text=NUMBERS)
@example(text="Anna: So it is.\nBen: It is not.\n" * 4)
@example(text="— So it is.\n" * 6)
@example(text="return f(x);\nx = 1\n" * 4)
@example(text="one | two\nthree\tfour\n" * 4)
@example(text="12 4 boats\n3 5 7\n" * 4)
@example(text="".join(f"The {word} sings, the {word} flows\n" for word in WAYS))
@example(text="".join(map(SECTIONS.format, WAYS)))
@example(text="".join(map("Atikulu {}. ”]\nAtikulu {} sa\n".format, WAYS, WAYS)))
def test_a_form_that_a_text_has_is_not_left_out(text):
    compiled, plain = both(text)
    if len(plain.full_lines) < protect.FORM_LINES:
        return
    found = forms_of(plain)
    assert forms_of(compiled) == found
    assert not {form for form, has in found.items() if has and not compiled.form & form}


def test_what_only_looks_like_a_form_is_none():
    for text in (
        "It was 1999, not 2001, in the end.\nIn 5 years none (of them).\n" * 6,
        "He came (so they said) and went; that was 1 of 2.\nOr/and so it is; or was it?\n" * 6,
        "One of many.\nTwo of them here.\nThe last.\n" * 6,
        "1. So it is\n3. It is so\n9. Is it so\n2. Here it is\n7. Now it is\n" * 2,
    ):
        assert both(text)[0].form & kinds.PROTECTED & ~kinds.VERSE == 0, text
    assert both(NUMBERS)[0].form & kinds.PROTECTED == kinds.NUMBERED


@settings(deadline=None, max_examples=500)
@given(text=TEXTS)
def test_the_form_of_a_text_is_the_same(text):
    compiled, plain = both(text)
    assert compiled.wrapped == plain.wrapped
    assert compiled.filled == plain.filled
    assert protect.is_protected(compiled) == protect.is_protected(plain)


@settings(deadline=None, max_examples=200)
@given(
    words=st.lists(st.integers(1, 14), min_size=60, max_size=120),
    width=st.integers(40, 104),
    blank=st.integers(2, 40),
    indent=st.sampled_from(["", "  "]),
)
def test_wrapped_prose_is_told_alike(words, width, blank, indent):
    lines, line = [], ""
    for size in words:
        if len(line) + size >= width:
            lines.append(line)
            line = ""
            if len(lines) % blank == 0:
                lines.append("")
                line = indent
        line += "x" * size + " "
    text = "\n".join([*lines, line])
    compiled, plain = both(text)
    assert compiled.wrapped == plain.wrapped
    assert compiled.filled == plain.filled
