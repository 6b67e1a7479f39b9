"""Markup: the engine against its reference twin, literal text, idempotence, hostile input."""

import html
import json
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import textclean
from textclean.document import Document
from textclean.edits import apply_edits, check_edits
from textclean.stages.markup import StripMarkup, _compiled, text_from_soup
from textclean.stages.markup._rounds import markup_edits
from textclean.stages.markup._skeleton import MAXIMUM_DEPTH, build_skeleton
from textclean.stages.markup._tree import text_of_html, text_of_soup, text_of_tree
from textclean.stages.markup._triage import might_hold

STAGE = StripMarkup()
CASES = json.loads((Path(__file__).parent / "cases" / "markup.json").read_text("utf-8"))


def strip(text):
    [outcome] = STAGE.process([Document("a", text)])
    return outcome.text


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_cases(case):
    [outcome] = STAGE.process([Document("a", case["original"], case["language"])])
    assert outcome.text == case["expected"]
    assert sorted({edit.reason for edit in outcome.edits}) == case["reasons"]


# --- the reference twin: BeautifulSoup over html5lib, the same layout -------------------------

WORDS = st.sampled_from(
    [
        "harbour",
        "  quay ",
        "a &amp; b",
        "&lt;3",
        "caf&eacute;",
        "\n",
        " ",
        "x&nbsp;y",
        "港",
        "&#8217;s",
    ]
)
CONTAINERS = st.sampled_from(
    [
    "div", "p", "ul", "ol", "li", "blockquote", "h2", "section", "pre", "b", "em",
    "span", "a", "table", "tr", "td", "th", "tbody", "dl", "dd", "article", "button",
    "font", "center",
])  # fmt: skip
VOID = st.sampled_from(["<br>", "<hr>", "<img src=x>", "<!-- c -->", "<br/>", "<wbr>"])
STRAY = st.sampled_from(
    ["</p>", "</div>", "<p>", "<li>", "</table>", "<td>", "</b>", "<div>", "<tr>"]
)
GONE = st.sampled_from(
    [
    "<script>if (a<b) '<p>';</script>", "<style>p>a{}</style>", "<p hidden>no</p>",
    "<iframe>x</iframe>", "<div style='display:none'>no</div>",
    "<svg><title>t</title></svg>", "<video>no</video>",
])  # fmt: skip


def wrap(name, inner):
    return f"<{name} class='c d'>{''.join(inner)}</{name}>"


TREES = st.recursive(
    st.one_of(WORDS, VOID, GONE),
    lambda inner: st.builds(wrap, CONTAINERS, st.lists(inner, max_size=4)),
    max_leaves=15,
)
PAGES = st.lists(st.one_of(TREES, STRAY), max_size=8).map("".join)


def soup_of(html):
    return BeautifulSoup(html, "html5lib")


#: Where our text of a page is not that of a browser's tree, by the label of a case, and why.
DELIBERATE_DIFFERENCES = {
    "generics in a page": "a browser reads <String> as an element; nobody meant it as one",
    "addresses in a page": "a browser reads <https: as an element; it is an address",
    "unclosed comment in a page": "a browser drops the rest of the page; it is somebody's text",
    "piece of a page that lost its start tags": "a parser drops the end tags, and joins two words",
    "surrogate and NUL in a page": "html5lib replaces NUL; a character is not ours to drop",
    "paragraph closed by an item in a table": "html5lib leaves it there, see misplaced_in_table",
}

#: What the standard lets stand right inside the parts of a table; all else goes before the table.
TABLE_PARTS = {
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"td", "th"},
}
ANYWHERE_IN_TABLES = {"script", "style", "template", "form", "input"}


def misplaced_in_table(soup):
    """Whether html5lib has left an element inside a table that the standard puts before it.

    It forgets that it was about to when a start tag closes a paragraph there. Lexbor does not.
    """
    return any(
        child.name not in TABLE_PARTS[part.name] | ANYWHERE_IN_TABLES
        for part in soup.find_all(list(TABLE_PARTS))
        for child in part.find_all(recursive=False)
    )


@settings(deadline=None, max_examples=150)
@given(PAGES)
def test_engine_equals_reference_on_its_skeleton(html):
    soup = soup_of(build_skeleton(html).html)
    assume(not misplaced_in_table(soup))
    assert text_of_html(html) == text_of_soup(soup)


@settings(deadline=None, max_examples=100)
@given(st.lists(TREES, max_size=8).map("".join))
def test_engine_has_the_words_of_the_reference(html):
    soup = soup_of(html)
    assume(not misplaced_in_table(soup))
    assert "".join(text_of_html(html).split()) == "".join(text_of_soup(soup).split())


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_reference_agrees_on_pages(case):
    """What a parser drops for good cannot be compared."""
    if case["reasons"] == ["markup.html"] and case["label"] not in DELIBERATE_DIFFERENCES:
        assert text_from_soup(soup_of(case["original"])) == case["expected"]


def test_soup_of_another_parser_and_a_part_of_one():
    html = "<div><p>One &lt;b&gt;x&lt;/b&gt;</p><ul><li>two</ul></div>"
    soup = BeautifulSoup(html, "html.parser")
    assert text_from_soup(soup) == "One &lt;b&gt;x&lt;/b&gt;\n- two"
    assert text_from_soup(soup.ul) == "- two"


def test_callers_may_pass_a_soup():
    post = "<blockquote class='twitter-tweet'>x</blockquote>"
    html = f"<html><body><p>One &amp; two</p>{post}</body></html>"
    for parser in ("html5lib", "html.parser"):
        soup = BeautifulSoup(html, parser)
        assert textclean.clean(soup) == textclean.clean(html) == "One & two"
        assert textclean.clean(soup.p) == "One & two"
        assert str(textclean.explain(soup).original.text) == str(soup)
    with pytest.raises(TypeError, match="bytes"):
        textclean.clean(b"x")


@pytest.mark.parametrize("attribute", ["hidden", "style='display:none'"])
def test_hidden_dialog_goes_and_a_hidden_article_stays(attribute):
    article = "".join(f"<p>The ferry leaves quay {number} at noon.</p>" for number in range(60))
    dialog = "<p>Sign in</p>" * 60
    page = f"<html><body>{article}<div {attribute}>{dialog}</div></body></html>"
    assert "Sign in" not in strip(page)
    assert text_from_soup(soup_of(page)) == strip(page)
    page = f"<html><body><p>Loading</p><div {attribute}>{article}</div></body></html>"
    assert strip(page).count("ferry") == 60
    assert text_from_soup(soup_of(page)) == strip(page)


def test_hidden_dialog_stays_hidden_beside_a_short_article():
    article = "".join(
        f"<p>The ferry leaves quay {number} at noon today.</p>" for number in range(4)
    )
    dialog = "<p>We and our partners store and read cookies on your device.</p>" * 60
    page = f"<html><body>{article}<div style='display:none'>{dialog}</div></body></html>"
    assert "cookies" not in strip(page)
    assert text_from_soup(soup_of(page)) == strip(page)


# --- invariants ------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [
    "<p>", "</p>", "<b>", "</b>", "<br>", "\n", " ", "a", "&lt;", "&gt;", "&amp;", "<",
    ">", "&", ";", "b>", "<!--", "-->", "<div hidden>", "</div>", "[b]", "[/b]", "[",
    "]", "/", "lt;", "#60;", "&#91;", "<html>", "<body>", "<![CDATA[", "]]>", "`", '"',
    "<li>", "<td>", "x", "[caption id=1]", "<script>", "</script>", "<!doctype html>",
    "<?xml ", "?>", "```\n", "\r\n", "\ud800", "\0", "<pre>", "- ", "<x-y a=1>",
    "</x-y>", "[list]", "[*]", "[/list]", "\u00a0", "<title>", "<textarea>", "<svg>",
])  # fmt: skip
MESS = st.lists(FRAGMENTS, max_size=25).map("".join)


@settings(deadline=None, max_examples=600)
@given(MESS)
def test_processing_twice_changes_nothing(text):
    edits = tuple(STAGE.find_edits(text, None))
    check_edits(text, edits)
    assert all(text[e.start : e.end] != e.replacement for e in edits)
    output = apply_edits(text, edits)
    assert not STAGE.find_edits(output, None)
    assert STAGE.might_change(text) or not edits


SHOWN = st.sampled_from(
    [
    "<p>", "</p>", "<br>", "<b>", "</b>", "<a href='x'>", "</a>", "<!-- c -->", "<!--", "-->",
    "<!doctype html>", "<?php x ?>", "<?xml x?>", "<![CDATA[", "]]>", "<![if x]>", "<![endif]>",
    "<script>", "</script>", "<style>", "</style>", "<iframe src=x>", "</iframe>", "<div hidden>",
    "</div>", "<x-y a=1>", "</x-y>", "<svg>", "</svg>", "&nbsp;", "&amp;", "&lt;", "&#91;", "[b]",
    "[/b]", "[gallery ids='1']", "[img]", "[/img]", "[list]", "[*]", "[/list]", "[addtoany]", "a",
    " ", "x < y", "\n", "[embed]", "https://x.example/", "[/embed]", "`", "```",
])  # fmt: skip


@example("<![if x]>\n<p>\n<p>\n<p>\n", "pre")
@settings(deadline=None, max_examples=400)
@given(st.lists(SHOWN, min_size=1, max_size=12).map("".join), st.sampled_from(["p", "pre", "code"]))
def test_markup_that_a_page_shows_is_safe(shown, name):
    output = strip(f"<div><{name}>{html.escape(shown, quote=False)}</{name}></div>")
    assert not STAGE.find_edits(output, None)


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet=st.characters(exclude_characters="<&["), max_size=80))
def test_text_without_signs_is_not_flagged(text):
    assert not STAGE.might_change(text)


@settings(deadline=None, max_examples=150)
@given(
    st.text(alphabet="ab \t\n.é港", min_size=1, max_size=40),
    st.sampled_from(["<b>x</b>", "&eacute;"]),
)
def test_other_lines_stay_byte_for_byte(prose, leftover):
    text = f"{prose}\n\nHere {leftover} stands.\n{prose}"
    middle = "Here x stands." if "b" in leftover else "Here é stands."
    assert strip(text) == f"{prose}\n\n{middle}\n{prose}"


# --- the compiled way and the plain way ------------------------------------------------------

SOURCE = st.sampled_from(
    [
    "<p>", "</p>", "<P hidden>", "<div style='x;Display : NONE'>", "</div>", "<b>", "</b >",
    "<b hidden>", "<span data-style='display:none'>", "</span>", "<a href=x>", "</a>", "<br>",
    "<br/>", "<hr hidden>", "<script>", "</script>", "<script/", "<style>", "</style x>",
    "<noscript>", "</noscript>", "<iframe ", "<svg>", "</svg>", "<svg/>", "<SVG a='>'>",
    "<title>", "</title>", "<textarea hidden>", "</textarea>", "<xmp>", "</xmp>", "<listing>",
    "</listing>", "<pre>", "\n", "</pre>", "<table>", "<tr>", "<td>", "<th>", "</table>",
    "<ul>", "<li>", "</ul>", "<button>", "</button>", "<template>", "</template>", "<video/>",
    "<video>", "</video>", "<x-y hidden>", "</x-y>", "<o:p>", "<String>", "<nick a=1>", "<!--",
    "-->", "--!>", "<!-->", "<!doctype html>", "<!-x", "<?php ", "?>", "<?xml ", "<![CDATA[",
    "]]>", "<", ">", "=", '="', "='", "&", "&am", "p;", "lt;", "&lt;", "&nbsp;", "\xa0", "\t",
    " ", "\r\n", "\r", "\x0c", "a", "word ", "港", "é", "\ud83d", "\x00", "</", "</ ", "<html>",
    "</body>", "<frameset>", "<form>", "<option>", "<select>", "/", "-",
])  # fmt: skip


@settings(deadline=None, max_examples=700)
@given(st.lists(SOURCE, max_size=30).map("".join))
def test_compiled_way_equals_the_plain_way(source):
    carried = source.replace("\ud83d", "").replace("\0", "")
    assert _compiled.build_skeleton(carried.encode()) == build_skeleton(carried)
    assert _compiled.text_of_skeleton(build_skeleton(carried).html) == text_of_tree(
        build_skeleton(carried).html
    )


@pytest.mark.parametrize("depth", [MAXIMUM_DEPTH - 1, MAXIMUM_DEPTH, MAXIMUM_DEPTH + 9])
def test_compiled_way_nests_as_deep(depth):
    source = "<div>a&am<ul><li>p;" * depth + "</div></ul>" * depth + "<tr>" * depth
    assert _compiled.build_skeleton(source.encode()) == build_skeleton(source)
    assert _compiled.text_of_skeleton(build_skeleton(source).html) == text_of_tree(
        build_skeleton(source).html
    )


def test_room_for_any_number_of_end_tags_and_drawings():
    source = "<svg></svg></b>" * 2000 + "<svg>" * 2000 + "</b>" * 5000 + "text"
    assert _compiled.build_skeleton(source.encode()) == build_skeleton(source)


# --- hostile input: it ends, and nothing is lost ---------------------------------------------


@pytest.mark.parametrize("page", ["", "<html><body>"], ids=["plain", "page"])
@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<",
        "<!--",
        '<a href="',
        "<a ",
        '="<a "',
        "<![CDATA[",
        "<script>",
        "<svg>",
        "<title>",
        "&",
        "&#",
        "[",
        "[b]",
        "<?php ",
        "<table><tr><td>",
        "<font a=1>",
        "<x ",
        "<p a=",
        "`<b>",
    ],
)
def test_hostile_repetition_ends(page, unit):
    strip(page + unit * 20_000 + "end")


def test_deep_nesting_keeps_the_text():
    text = strip("<div>" * 20_000 + "deep" + "</div>" * 20_000 + "<p>after</p>")
    assert text.split() == ["deep", "after"]
    assert build_skeleton("<div>" * 5000).html.count("<div>") == MAXIMUM_DEPTH


def test_thousands_of_attributes():
    attributes = " ".join(f"a{number}='{number}'" for number in range(20_000))
    assert strip(f"<p {attributes}>one</p><p>two</p>") == "one\ntwo"


def test_import_is_light():
    code = (
        "import sys, textclean.stages.markup\n"
        "sys.exit(any(name in sys.modules for name in ('selectolax', 'bs4', 'html5lib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


SIGNS = "< > </ [ ] [/ & ; #8 <! <? amp b B html x-y o:p GM gallery vc_row url * = ` code"
PIECES = st.sampled_from([*SIGNS.split(" "), " ", "\n", '"', "\u212a", "\u017f", "li\u0307"])


@settings(deadline=None, max_examples=400)
@given(pieces=st.lists(PIECES, max_size=12))
def test_triage_spares_only_what_has_no_markup(pieces):
    text = "".join(pieces)
    assert might_hold(text) or markup_edits(text) == ()


def test_triage_spares_signs_that_are_no_markup():
    for text in ("<GM> and <T.N>", "[sic] [the club]", "R&D; B&Q", "if (a <b && c)", "a<3 [1]"):
        assert markup_edits(text) == ()
    assert not might_hold("<GM> and <T.N> [sic] [the club] R&D a<3 [1]")


@pytest.mark.parametrize(
    "text",
    [
        "[/tweet]— Port Board (@port) May 1, 2020Open now!",
        "[/youtube][/caption]— Port Board (@port) May 1, 2020May 2, 2020",
    ],
)
def test_end_of_a_code_before_a_post_goes_at_once(text):
    once = textclean.clean(text, textclean.Recipe(stages=("embeds", "markup")))
    assert once == textclean.clean(once, textclean.Recipe(stages=("embeds", "markup")))
    assert "[/" not in once


def test_code_that_opens_before_a_dash_stays():
    text = "They wrote [tweet] — the word, no more — on the wall."
    assert textclean.clean(text, textclean.Recipe(stages=("markup",))) == text
