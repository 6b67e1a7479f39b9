"""Hostile input to the stages that read HTML: time grows with its size, not with its square.

Four times the input may take twelve times as long and a blink: far from the sixteen of a square
at these sizes, and generous to a busy machine.
"""

import gc
import time

import pytest

from textclean.document import Document
from textclean.stages.embeds import StripEmbeds
from textclean.stages.markup import StripMarkup

STAGES = [StripMarkup(), StripEmbeds(form="elements")]
SIZE = 60_000
BLINK = 0.3
UNITS = [
    "<", "<!", "<!--", "<?php ", "<![CDATA[", "<div>", "</div>", "<div hidden>", "<a ",
    '<a href="', "<a b=c", '="<a "', "=\"'", "<p x='", "<script>", "<title>", "<svg>",
    "<svg></svg>", "<x-y>", "<String ", "<pre>\n", "<table><tr><td>", "<ul><li>", "<b><a>",
    "&", "&#", "&amp;", "&lt;b&gt;", "&lt;b ", "`<b>", "[", "[b]", "[/b]", "[quote]x",
    "[caption id=1]", "[vc_row] ", "[/vc_row] ", "<code>[b]",
    "<code>[b]</code>", "</div>x", "<div class='youtube-player'>", "<a>x</a>", "{",
    "[embed]", "[tweet 12345", "{% tweet ", "{{< x ", "<aside>", "<aside ",
    "<aside><b>", "<blockquote class='twitter-tweet'>",
    "<blockquote class='twitter-tweet'>x</div>", "<figure class='wp-block-embed'>",
    "<noscript>", "<p>https://twitter.com/a/status/1</p>\n",
    "<a class='fb-xfbml-parse-ignore'>", "<iframe src='https://www.youtube.com/embed/x'>",
]  # fmt: skip


def seconds(stage, text):
    gc.disable()  # the garbage of a whole test run takes half a second to look through
    started = time.process_time()
    stage.process([Document("a", text)])
    taken = time.process_time() - started
    gc.enable()
    return taken


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
@pytest.mark.parametrize("page", ["", "<html><body>"], ids=["plain", "page"])
def test_time_grows_with_the_size(stage, page):
    seconds(stage, page + "<p>kernels and tables are loaded</p>" * 1000)
    slow = []
    for unit in UNITS:
        for _ in range(2):  # a busy machine may have held up one
            short = seconds(stage, page + unit * (SIZE // len(unit)) + "end")
            long = seconds(stage, page + unit * (4 * SIZE // len(unit)) + "end")
            if long <= 12 * short + BLINK:
                break
        else:
            slow.append((unit, short, long))
    assert slow == []


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
@pytest.mark.parametrize("unit", ["a", "a ", " ", "1a", "a=", "a = ", "a='", "=", ".", "-", "\n"])
def test_time_grows_with_the_size_of_one_tag(stage, unit):
    for before, after in (
        ("a <p ", " => b"),
        ("<html><p>", "x"),
        ("a <p title='", "'> b"),
        ("[b", "]"),
    ):
        short, long = (
            seconds(stage, before + unit * (size // len(unit)) + after) for size in (SIZE, 4 * SIZE)
        )
        assert long <= 12 * short + BLINK, before


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_200_000_nested_elements_keep_their_text(stage):
    text = "<html><body>" + "<div>" * 200_000 + "deep" + "</div>" * 200_000 + "<p>after</p>"
    [outcome] = stage.process([Document("a", text)])
    assert "deep" in outcome.text
    assert "after" in outcome.text


def test_ten_megabytes_of_one_sign_stay_text():
    for page in ("", "<html><body>"):
        [outcome] = StripMarkup().process([Document("a", page + "<" * 10_000_000 + "end")])
        assert outcome.text == "<" * 10_000_000 + "end"
