"""``--extract main``: trafilatura's main text of whole pages, cleaned by our stages."""

import subprocess
import sys

import pytest

import textclean
from textclean.document import Document
from textclean.errors import MissingExtraError, RecipeError
from textclean.recipe import build_stages
from textclean.stages.markup.extract import ExtractMain

SENTENCES = [
    "The harbour board approved the plan for the new pier on Monday evening, after a long debate.",
    "Work is to begin in spring, when the fishing fleet has left the inner basin for the season.",
    "The pier will cost eleven million, of which the county pays a third, said the treasurer.",
]
POST = (
    '<blockquote class="twitter-tweet"><p>The new pier is open, come and see!</p>&mdash; Port '
    '(@harbourboard) <a href="https://twitter.com/harbourboard/status/1">May 1, 2020</a>'
    "</blockquote>"
)
PAGE = (
    "<html><head><title>Pier</title></head><body><nav><ul><li><a href='/'>Home</a></li>"
    "<li><a href='/sport'>Sport</a></li></ul></nav><article><h1>Pier approved</h1>"
    f"<p>{SENTENCES[0]}</p>{POST}<p>{SENTENCES[1]}</p><p>{SENTENCES[2]}</p></article>"
    "<footer><p>All rights reserved by the harbour gazette</p></footer></body></html>"
)
RECIPE = textclean.Recipe(extract="main")


def test_main_text_of_a_page_without_menu_footer_and_post():
    lines = textclean.clean(PAGE, RECIPE).splitlines()
    assert lines == ["Pier approved", *SENTENCES]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('<pre>[gallery ids="1"]</pre>', '&#91;gallery ids="1"]'),
        ("<p><code>[tweet 1234567890123456]</code></p>", "&#91;tweet 1234567890123456]"),
        ("<p><code>&lt;br&gt;</code></p>", "&lt;br&gt;"),
    ],
)
def test_code_alone_on_a_line_stays_code(code, shown):
    lines = textclean.clean(PAGE.replace(POST, code), RECIPE).splitlines()
    assert lines == ["Pier approved", SENTENCES[0], shown, *SENTENCES[1:]]
    again = textclean.clean("\n".join(lines))
    assert again.splitlines() == lines


def test_only_whole_pages_are_extracted():
    for text in (SENTENCES[0], f"<p>{SENTENCES[0]}</p>", "List<String> and a < b"):
        assert not ExtractMain().might_change(text)
        assert textclean.clean(text, RECIPE) == textclean.clean(text)


def test_page_without_main_text_is_cleaned_whole():
    page = "<html><body><nav><a href='/'>Home</a></nav></body></html>"
    assert textclean.clean(page, RECIPE) == textclean.clean(page) == "Home"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("Write &lt;b&gt;bold&lt;/b&gt; here.", "Write &lt;b&gt;bold&lt;/b&gt; here."),
        ("Write &amp;nbsp; for a space.", "Write &amp;nbsp; for a space."),
        ("Write &amp;lt; for a sign.", "Write &amp;lt; for a sign."),
        ("Write <code>[b]x[/b]</code> here.", "Write [b]x[/b] here."),
        ("Write a[0] in <code>{a[0]}</code>.", "Write a[0] in {a[0]}."),
        ("AT&amp;T says a &lt; b.", "AT&T says a < b."),
    ],
)
def test_shown_markup_is_no_source_to_the_stages_that_follow(shown, expected):
    page = PAGE.replace(SENTENCES[1], f"{SENTENCES[1]} {shown}")
    text = textclean.clean(page, RECIPE)
    assert f"{SENTENCES[1]} {expected}" in text
    assert textclean.clean(text, RECIPE) == text


def test_page_with_characters_no_tree_carries():
    text = textclean.clean(PAGE.replace("Monday", "Mon\ud800day\0"), RECIPE)
    assert SENTENCES[0] in text


def test_extraction_is_one_edit_with_its_reason():
    [outcome] = ExtractMain().process([Document("a", PAGE)])
    assert [edit.reason for edit in outcome.edits] == ["extract.main"]
    assert "harbour gazette" not in outcome.text


def test_posts_go_as_elements_before_the_page_is_handed_over():
    names = [stage.name for stage in build_stages(RECIPE)]
    assert names[:3] == ["embeds", "extract", "mojibake"]
    assert build_stages(textclean.Recipe(extract="main", skip=("embeds",)))[0].name == "extract"


def test_unknown_extraction_is_refused():
    with pytest.raises(RecipeError, match="'main'"):
        textclean.Recipe(extract="all")
    with pytest.raises(RecipeError, match="'main'"):
        ExtractMain(what="all")


def test_absent_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    monkeypatch.setattr("textclean.stages.markup.extract.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"textclean\[extract\]"):
        build_stages(RECIPE)
    with pytest.raises(ImportError):
        build_stages(RECIPE)


def test_command_extracts(tmp_path):
    source = tmp_path / "page.html"
    source.write_text(PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "textclean", "--quiet", "--extract", "main", str(source)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert done.stdout.splitlines() == ["Pier approved", *SENTENCES]


def test_trafilatura_loads_only_when_asked_for():
    code = (
        "import sys, textclean; textclean.clean('<html><body>x')\n"
        "sys.exit('trafilatura' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
