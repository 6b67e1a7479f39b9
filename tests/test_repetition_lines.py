"""Repetition's kernels over lines tell what the expressions over them tell."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALL_TEXTS

from textclean.kernels import line_kinds as kinds
from textclean.stages.repetition import layout as layouts
from textclean.stages.repetition import protect
from textclean.stages.repetition.forms import LONGEST_LINE, LikelyLines
from textclean.stages.repetition.layout import Layout

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
