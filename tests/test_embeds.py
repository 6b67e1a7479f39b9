"""StripEmbeds: the tables row by row, the reach, and properties on any text."""

import json
import math
import pickle
import re
import tomllib
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textclean import Recipe, clean
from textclean.document import Document
from textclean.edits import apply_edits, check_edits
from textclean.errors import RecipeError
from textclean.stages.embeds import StripEmbeds, choice, evidence, glued, opening, style, voices
from textclean.stages.embeds.attributions import find_attributions
from textclean.stages.embeds.dates import Dated
from textclean.stages.embeds.elements import might_hold
from textclean.stages.embeds.reach import post_length
from textclean.stages.embeds.scan import is_hinted, scan_compiled, scan_plain
from textclean.stages.embeds.tables import date_pattern, element_table, months, style_table

CASES = json.loads((Path(__file__).parent / "cases" / "embeds.json").read_text(encoding="utf-8"))
TABLES = files("textclean.stages") / "tables"
BEFORE = "The harbour board approved the plan for the new pier on Monday evening."
AFTER = "Work is to begin in spring, when the fishing fleet has left the inner basin."
FORMS = ("elements", "flattened")
MONTHS = sorted(frozenset().union(*months()))


def table(name):
    return tomllib.loads((TABLES / name).read_text(encoding="utf-8"))


def cleaned(text, form="flattened"):
    edits = list(StripEmbeds(form=form).find_edits(text, None))
    check_edits(text, edits)
    return apply_edits(text, edits)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_case(case):
    stage = StripEmbeds(**case.get("settings", {}))
    edits = list(stage.find_edits(case["original"], case["language"]))
    found = (apply_edits(case["original"], edits), sorted({edit.reason for edit in edits}))
    assert (found == (case["expected"], case["reasons"])) == (case["expect"] == "pass"), found


def test_every_reason_has_a_case():
    assert {reason for case in CASES for reason in case["reasons"]} == set(StripEmbeds.reasons)


def test_case_labels_are_unique():
    assert len({case["label"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("row", table("embeds.toml")["element"], ids=lambda row: row["sample"][:60])
def test_element_sample_goes(row):
    page = f"<p>{BEFORE}</p>{row['sample']}<p>{AFTER}</p>"
    assert might_hold(row["sample"])
    assert cleaned(page, "elements") == f"<p>{BEFORE}</p><p>{AFTER}</p>"


@pytest.mark.parametrize("row", table("embeds.toml")["element"], ids=lambda row: row["sample"][:60])
def test_element_words_are_marked(row):
    # Triage may flag too much, never too little: each way a row can match holds a marker.
    words = [*row.get("classes", ()), *row.get("sources", ()), *row.get("attributes", ())]
    words += [tag for tag in row["tag"] if "-" in tag or ":" in tag]
    assert [word for word in words if not might_hold(f"<{word}></b>")] == []


@pytest.mark.parametrize("row", table("embeds.toml")["shortcode"], ids=lambda row: row["style"])
def test_shortcode_sample_goes(row):
    assert cleaned(f"{BEFORE}\n\n{row['sample']}\n\n{AFTER}", "elements") == f"{BEFORE}\n\n{AFTER}"


@pytest.mark.parametrize(
    "row",
    [row for row in table("embeds.toml")["url"] if row["sample"].startswith("http")],
    ids=lambda row: row["sample"],
)
def test_address_goes_from_html_and_stays_in_plain_text(row):
    page = f"<p>{BEFORE}</p>\n<p>{row['sample']}</p>\n<p>{AFTER}</p>"
    assert cleaned(page, "elements") == f"<p>{BEFORE}</p>\n<p>{AFTER}</p>"
    plain = f"{BEFORE}\n{row['sample']}\n{AFTER}"
    assert cleaned(plain, "elements") == cleaned(plain) == plain


def test_every_feature_has_a_weight_and_every_weight_its_feature(monkeypatch):
    met = set()

    def noting(whole):
        def note(*arguments):
            names = list(whole(*arguments))
            met.update(names)
            return iter(names)

        return note

    for name in ("features", "opening_features"):
        monkeypatch.setattr(choice, name, noting(getattr(choice, name)))
    for case in CASES:
        cleaned(case["original"])
    names = [row["name"] for row in table("embeds_reach.toml")["feature"]]
    assert len(set(names)) == len(names)
    assert met <= set(names)
    source = "".join(
        Path(module.__file__).read_text(encoding="utf-8") for module in (evidence, opening)
    )
    assert [name for name in names if f'"{name}"' not in source] == []
    assert all(row["why"] for row in table("embeds_reach.toml")["feature"])


#: Words, some of which end a sentence.
GLUED = ["Open", "now!", "We", "are", "there.", "He", "said.", "Dr.", "pier?", "soon…", "harbour"]


def test_every_feature_of_glued_sentences_has_a_weight_and_every_weight_its_feature(monkeypatch):
    met = set()

    def note(*arguments):
        names = list(voices.sentence_features(*arguments))
        met.update(names)
        return iter(names)

    def note_opening(**settings):
        names = list(voices.opening_features(**settings))
        met.update(names)
        return iter(names)

    monkeypatch.setattr(glued, "sentence_features", note)
    monkeypatch.setattr(glued, "opening_features", note_opening)
    for case in CASES:
        cleaned(case["original"])
    rows = table("embeds_glued.toml")["feature"]
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names)
    assert met <= set(names)
    source = Path(voices.__file__).read_text(encoding="utf-8")
    spoken = {f"voice.{name}{end}" for name in voices._voices() for end in ("", ".shared")}
    spoken |= {f"style.above_{bound}" for bound in voices._STYLES}
    spoken |= {f"style.over_text_{bound}" for bound in voices._STYLES_BESIDE}
    spoken |= {f"opening.fills_{bound}" for bound in voices._FILLED}
    assert [name for name in names if f'"{name}"' not in source and name not in spoken] == []
    assert spoken <= set(names)
    assert all(row["why"] for row in rows)


def test_the_style_of_posts_and_of_articles():
    score = partial(style.style_score, table=style_table())
    assert score("omg I can't wait to see you all tonight!!") > 2
    assert score("GREAT win. So proud of my boys") > 0
    assert score("The minister said on Thursday that the talks had been postponed.") < -3
    assert (
        score("Die Bauarbeiten sollen im kommenden Frühjahr beginnen, teilte die Stadt mit.") < -2
    )


@given(st.text(max_size=60))
def test_the_style_of_any_string_has_buckets_and_a_finite_score(string):
    found = style.buckets(string, 8192)
    assert found <= set(range(8192))
    assert style.buckets(f" {string}\n", 8192) == found
    assert math.isfinite(style.style_score(string, style_table()))


def test_digits_and_links_say_nothing_about_style():
    with_link = "Doors open at 7:30 pic.twitter.com/AbCdEf1234"
    assert style.buckets(with_link, 8192) == style.buckets("Doors open at 9:15 ", 8192)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.sampled_from([*GLUED, "I", "#pier", "“", "”", "新しい桟橋。"]), max_size=30),
    st.booleans(),
)
def test_a_glued_post_begins_at_a_sentence_of_its_paragraph(words, signed):
    before = "The board met. " + " ".join(words)
    text = f"{before} — Port (@port) May 1, 2020 The board meets again."
    end = text.index("— Port")
    post = glued.Glued(0, end, end + 26, 280, signed)
    begin = glued.start_in_paragraph(text, post, voices.Surroundings(text))
    assert 0 < begin <= end
    assert text[:begin].rstrip()[-1] in ".!?…”。" or begin >= len(before)


@pytest.mark.parametrize("row", table("embeds_dates.toml")["months"], ids=lambda r: r["language"])
def test_every_month_makes_an_attribution(row):
    for name in row["names"]:
        for date in (f"7 {name} 2018", f"{name.capitalize()} 7, 2018", f"7. {name} 2018"):
            post = f"{BEFORE}\nThe new pier is open!\n— Port (@harbourboard) {date}\n{AFTER}"
            assert cleaned(post) == f"{BEFORE}\n{AFTER}", date


@pytest.mark.parametrize("row", table("embeds_phrases.toml")["posted"], ids=lambda r: r["language"])
@pytest.mark.parametrize("body", ["", "Åben igen! ⚓ #pier\n", "The new pier is open ç!\n"])
def test_facebook_signs_in_every_language(row, body):
    """(A letter beyond ASCII stands in each text: see ``might_be_posted``.)"""
    before = f"{AFTER}\n{BEFORE} É."
    assert cleaned(f"{before}\n{body}{row['sample']}\n{AFTER}") == f"{before}\n{AFTER}"
    hour = f"{before}\nLabel\n{row['sample']} 9:30\n{AFTER}"
    assert cleaned(hour) == hour


@pytest.mark.parametrize(
    "date",
    [
        "September 2, 2025",
        "2 September 2025",
        "14. Juni 2018",
        "9 février 2016",
        "29 de enero de 2017",
        "12 d'abril de 2020",
        "30 de janeiro de 2018",
        "2017年2月7日",
        "2014, 5月 30",
        "1月 15, 2012",
        "16 мая 2018 г.",
        "07 февраля 2017, 15:12",
        "12:01 · May 2, 2026",
        "3:45 PM - 6 Mar 2018",
        "2. helmikuuta 2017",
        "2017. február 7.",
        "2020(e)ko maiatzaren 1(a)",
        "2020. gada 1. maijs",
        "2020 m. gegužės 1 d.",
        "1 մայիսի, 2020 թ.",
        "१ मई २०२०",
        "১ মে, ২০২০",
        "7/2/2018",
        "2018-02-07",
    ],
)
def test_date_shape(date):
    assert re.fullmatch(date_pattern(MONTHS), date)


@pytest.mark.parametrize(
    "text", ["2 to 1", "May 2", "in 2018", "20 2018", "Marchand 7, 2018", "7 mayors 2018"]
)
def test_no_date(text):
    assert re.search(date_pattern(MONTHS), text) is None


@cache
def _plain(date):
    return re.compile(date)


@pytest.mark.parametrize("name", MONTHS)
def test_a_date_is_found_whatever_months_its_pattern_is_compiled_for(name):
    for spelling in (name, name.upper(), name.title(), name.replace("i", "İ"), name.swapcase()):
        for date in (f"7 {spelling} 2018", f"{spelling} 7, 2018", f"2018. {spelling} 7."):
            for text in (date, f"{date} Mailed {name}x."):
                whole = Dated(_plain).whole().match(text)
                found = Dated(_plain).within(text).match(text)
                assert (found and found.span()) == (whole and whole.span()), text


def test_for_many_languages_one_pattern_serves_for_all():
    pattern = Dated(re.compile)
    for names in months():
        date = f"7 {min(names)} 2018"
        assert pattern.within(date).match(date)
    assert pattern.within("7 mai 2018") is pattern.whole()


def test_shortened_links_and_leading_handles_count_nothing():
    assert post_length("@islandport @pier Open now. https://t.co/AbCdEf1234") == len("Open now.")


def test_a_handle_inside_an_address_is_no_attribution():
    assert list(find_attributions("— office (pier@harbour.example) May 1, 2020")) == []


@pytest.mark.parametrize("form", FORMS)
def test_pickle_and_batches(form):
    stage = StripEmbeds(form=form)
    assert pickle.loads(pickle.dumps(stage)) == stage  # noqa: S301 - our own bytes
    batch = [Document(str(n), case["original"]) for n, case in enumerate(CASES)]
    whole = stage.process(batch)
    assert whole == stage.process(batch[:7]) + stage.process(batch[7:])
    untouched = [(d, o) for d, o in zip(batch, whole, strict=True) if not o.edits]
    assert all(outcome.text is document.text for document, outcome in untouched)


def test_unknown_form_and_mode_are_refused():
    with pytest.raises(RecipeError, match="elements"):
        StripEmbeds(form="tree")
    with pytest.raises(RecipeError, match="attribution"):
        StripEmbeds(mode="keep")
    with pytest.raises(RecipeError, match="did you mean 'tag'"):
        Recipe(embeds="tags")


# -- the kernel and the plain way -------------------------------------------------------------

SOURCE = [
    "<div class='fb-post'>", "<div>", "<DIV data-x=instagram-media>", "</div>", "</DIV >",
    "<a ", "<a>", "<a data-pin-do=embedPin>", "</a>", "<blockquote>", "</blockquote", ">",
    "<blockquote class=x>", "</blockquote>", "<figure class='embed'>", "</figure>",
    "<iframe src='youtube.com/embed'>", "</iframe>", "<script>", "</script>", "</script x>",
    "<style>", "</style>", "<pre>", "</pre>", "<code>", "</code>", "<!--", "-->", "<!-->",
    "<fb:post>", "</fb:post>", "<amp-twitter/>", "<noscript>", "</noscript>", "<", "/", '="',
    "='", '"', "'", "=", " ", "é", "港", "\ud800", "x", "<title>", "</title>", "\xa0", "<b>",
    "<!", "\n",
]  # fmt: skip


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(SOURCE), max_size=30).map("".join))
def test_kernel_finds_what_the_plain_way_finds(source):
    plain, compiled = scan_plain(source), scan_compiled(source)
    assert compiled.shown == plain.shown
    left_out = [e for e in plain.elements if e not in compiled.elements]
    assert [e for e in plain.elements if e in compiled.elements] == compiled.elements
    table = element_table()
    for element in left_out:
        tag = source[element.start : element.open_end].lower()
        named = element.name in table.posts or element.name in table.wrappers
        assert not (named and is_hinted(element.name, tag))
        assert element.name != "blockquote"


# -- properties -------------------------------------------------------------------------------

PIECES = [
    "\n", "\n\n", " ", "\r\n", "\u00a0", ".", ":", "!", "— ", "- ", "â\u0080\u0094 ", "Name ",
    "(", ")", "(@harbourboard)", "@harbourboard", " May 1, 2020", "May 1, 2012",
    "2017年2月7日", "#pier",
    "pic.twitter.com/AbCdEf1234", "https://t.co/AbCdEf1234", "View this post on Instagram",
    "A post shared by Port (@port) on Feb 6, 2018 at 12:07am PST", "Show this thread", "x",
    "open now", "The pier is open.", BEFORE, "新しい桟橋", "\ud800", "\x00", "e\u0301", "🎉",
    "<blockquote class='twitter-tweet'>", "</blockquote>", "<p>", "</p>", "<figure class=embed>",
    "</figure>", "<iframe src='https://www.youtube.com/embed/x'>", "</iframe>", "<!--", "-->",
    "<script>", "</script>", "https://twitter.com/harbourboard/status/123", "[tweet 12345]", "<h2>",
    "<noscript>", "</noscript>", '="', '<div class="fb-post">', "</div>", "{% youtube AbC %}",
]  # fmt: skip
mixtures = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join)


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None, max_examples=300)
@given(text=mixtures)
def test_any_text(form, text):
    stage = StripEmbeds(form=form)
    edits = list(stage.find_edits(text, None))
    check_edits(text, edits)
    result = apply_edits(text, edits)
    assert all(edit.replacement == "" and edit.start < edit.end for edit in edits)
    assert {edit.reason for edit in edits} <= stage.reasons.keys()
    assert list(stage.find_edits(result, None)) == []
    if not stage.might_change(text):
        assert edits == []


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None)
@given(text=st.text())
def test_triage_never_says_too_little(form, text):
    stage = StripEmbeds(form=form)
    if not stage.might_change(text):
        assert list(stage.find_edits(text, None)) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["attribution", "tag"])
@settings(deadline=None, max_examples=200)
@given(text=mixtures)
def test_any_text_in_the_other_modes(form, mode, text):
    stage = StripEmbeds(form=form, mode=mode)
    edits = list(stage.find_edits(text, None))
    check_edits(text, edits)
    result = apply_edits(text, edits)
    assert list(stage.find_edits(result, None)) == []
    if not stage.might_change(text):
        assert edits == []


@pytest.mark.parametrize("mode", ["attribution", "tag"])
@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_other_modes_settle_on_every_case(case, mode):
    form = case.get("settings", {}).get("form", "flattened")
    stage = StripEmbeds(form=form, mode=mode)
    text = case["original"]
    result = apply_edits(text, list(stage.find_edits(text, None)))
    assert list(stage.find_edits(result, None)) == []
    if case["original"] == case["expected"] and "mode" not in case.get("settings", {}):
        assert result == text


@pytest.mark.parametrize(
    ("post", "tag"),
    [
        ("Open now!\n— Port (@harbourboard) May 1, 2020", "x.com @harbourboard May 1, 2020"),
        ("Öffnet heute!\n— Port (@hafen) 14. Juni 2018", "x.com @hafen 14. Juni 2018"),
        ("Open!\n— Port (@port.bsky.social) May 1, 2020", "bsky.app @port.bsky.social May 1, 2020"),
        ("Open!\n— Port (@p@sea.example) May 1, 2020", "sea.example @p@sea.example May 1, 2020"),
        ("A post shared by Port (@port)", "instagram.com @port"),
        ("Our new pier pic.twitter.com/AbCdEf1234", "x.com"),
    ],
)  # fmt: skip
def test_tag_says_whose_post_it_was(post, tag):
    stage = StripEmbeds(mode="tag")
    text = f"{BEFORE}\n{post}\n{AFTER}"
    result = apply_edits(text, list(stage.find_edits(text, None)))
    assert result == f"{BEFORE}\n[embedded post: {tag}]\n{AFTER}"
    assert cleaned(result) == result


def test_tag_of_an_element_passes_through_the_other_stages():
    quote = (
        '<blockquote class="twitter-tweet"><p>Open now!</p>&mdash; Port (@harbourboard) '
        '<a href="https://twitter.com/harbourboard/status/1">May 1, 2020</a></blockquote>'
    )
    page = f"<p>{BEFORE}</p>{quote}<p>{AFTER}</p>"
    tag = "[embedded post: x.com @harbourboard May 1, 2020]"
    assert clean(page, Recipe(embeds="tag")) == f"{BEFORE}\n{tag}\n{AFTER}"
    assert clean(page, Recipe(embeds="attribution")) == f"{BEFORE}\nOpen now!\n{AFTER}"
    assert clean(page) == f"{BEFORE}\n{AFTER}"


@pytest.mark.parametrize(
    ("post", "tag"),
    [
        (
            '<blockquote class="mastodon-embed" data-embed-url="https://sea.example/@p/1"></blockquote>',
            "sea.example",
        ),
        ('<script data-telegram-post="port/1"></script>', "t.me"),
        ('<amp-twitter data-tweetid="1"></amp-twitter>', "x.com"),
        ('<amp-instagram data-shortcode="x"></amp-instagram>', "instagram.com"),
        ('<amp-youtube data-videoid="x"></amp-youtube>', "youtube.com"),
        ('<blockquote class="tiktok-embed">x</blockquote>', "tiktok.com"),
        ('<blockquote class="text-post-media">x</blockquote>', "threads.com"),
    ],
)  # fmt: skip
def test_tag_names_the_network_of_an_element(post, tag):
    page = f"<p>{BEFORE}</p>{post}<p>{AFTER}</p>"
    assert clean(page, Recipe(embeds="tag")) == f"{BEFORE}\n[embedded post: {tag}]\n{AFTER}"


def test_lines_of_the_network_go_and_the_words_stay():
    video = (
        '<blockquote class="tiktok-embed"><section><a title="@port" href="x">@port</a><p>The pier '
        'is open, says <a href="y">@pal</a></p><a href="z">♬ original sound - port</a></section>'
        "</blockquote>"
    )
    post = (
        '<blockquote class="text-post-media"><a href="x"><div>Post by @port</div><div>View on '
        "Threads</div></a></blockquote>"
    )
    recipe = Recipe(embeds="attribution")
    result = clean(f"<p>{BEFORE}</p>{video}{post}<p>{AFTER}</p>", recipe)
    assert result == f"{BEFORE}\nThe pier is open, says @pal\n{AFTER}"


SHAPES = [
    "<b>", "</b>", "<br>", "<p>", "</p>", "<li>", "</ul>", "<td>", "<a href='x'>", "</a>", "<i>",
    "<pre>", "</pre>", "<code>", "</code>", "<html>", "&lt;", "&gt;", "&amp;", "&nbsp;", "\n", " ",
    "[tweet 1234567890123456]", "{% tweet 123456 %}",
    "\n— Port (@port) May 1, 2020\n", "A post shared by Port (@port)", "@port", "- ", ".", "open",
    "Posted by Port on Monday, May 1, 2020\n", "by u/port in r/pier", "View on Threads", "The pier",
]  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(text=st.lists(st.sampled_from(SHAPES), max_size=20).map("".join))
def test_posts_and_markup_together_settle_in_one_run(text):
    recipe = Recipe(stages=("embeds", "markup"))
    once = clean(text, recipe)
    assert clean(once, recipe) == once


words = st.lists(
    st.sampled_from(["pier", "port", "quay", "open", "today", "boat", "fog"]), min_size=2
)


@settings(deadline=None)
@given(body=words.map(" ".join).filter(lambda body: len(body) < 200), gap=st.integers(1, 3))
def test_neighbors_stay_byte_for_byte(body, gap):
    space = "\n" * gap
    post = f"{body}{space}— Port (@harbourboard) May 1, 2020"
    assert cleaned(f"{BEFORE}{space}{post}{space}{AFTER}") == f"{BEFORE}{space}{AFTER}"


@settings(deadline=None)
@given(st.lists(st.sampled_from([BEFORE, AFTER, "The tide is low at noon."]), max_size=8))
def test_text_without_a_post_is_untouched(sentences):
    for text in ("\n".join(sentences), " ".join(sentences)):
        for form in FORMS:
            assert cleaned(text, form) == text


SIZE = 100_000


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "piece",
    [
        "a", " ", "\n", "@", "(", "(@a", "(@a)", "— ", "-", "<", "<!--", "<div ", '<div class="',
        "<blockquote class='twitter-tweet'>", "</blockquote>", "pic.twitter.com/", "t.co/AbCdEf1 ",
        "[tweet ", "[embed]", "{% ", "#x ", "A post shared by ", "— N (@h) May 1, 2020\n",
        "Posted by ", "Posted by A on Monday, May 1, 2020\n", "\nby u/a in b", "\n♬ ", "@ab\n♬\n",
        "A. ", "x. — N (@h) May 1, 2020 X", "t.co/AbCdEf1\n", "@h\n— N (@h) May 1, 2020\n",
        "[embedded post", "Ann\n@ann\nopen\n10:02 AM · May 1, 2020\n", "10:02 AM · May 1, 2020\n",
        "- Ann (@ann) May 1, 2020\n", "A - B (@ann) May 1, 2020 ", "— N (@h)\n",
        "A (@h)がシェアした投稿\n",
        "<figure class='embed'>", "https://twitter.com/a/status/1 ", "\u00a0", "1 ", '="',
    ],
)  # fmt: skip
def test_large_input_comes_back(form, piece):
    text = piece * (SIZE // len(piece))
    result = cleaned(text, form)
    assert len(result) <= len(text)


def test_deep_nesting_needs_no_recursion():
    page = "<blockquote>" * 20_000 + "<div class='fb-post'>x</div>" + "</blockquote>" * 20_000
    assert cleaned(page, "elements") == "<blockquote>" * 20_000 + "</blockquote>" * 20_000
