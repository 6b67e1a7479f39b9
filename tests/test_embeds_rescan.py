"""A page without its posts: what is told of it is what a scan of it finds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from textclean.edits import Edit, apply_edits
from textclean.kernels import pairs
from textclean.stages.embeds.elements import PageFinder
from textclean.stages.embeds.modes import settle
from textclean.stages.embeds.rescan import rows_without
from textclean.stages.embeds.scan import rows_of

POST = '<blockquote class="twitter-tweet"><p>Words.</p>&mdash; N (@n) </blockquote>'
PIECES = [
    "<div>", "</div>", "<DIV class='twitter-video'>", "</div ", "<figure>", "</figure>", "<p>",
    "</p>", '<blockquote class="twitter-tweet">', "</blockquote>", POST, POST + "</div>",
    "<div>" + POST, "<script>", "</script>", "<script src='//platform.twitter.com/widgets.js'>",
    "<!--", "-->", "<!-- x -->", "<", "</", "<!", "<!-", "<d", "iv", "div>", ">", '="', '"', "'",
    "<pre>", "</pre>", "<title>", "</title>", "<b title='", "text", "é", " ", "\n", "\n\n", "\t",
    "https://twitter.com/n/status/1", "<iframe src='https://www.youtube.com/embed/x'></iframe>",
    "<section>", "</section>", "<blockquote", "<a href='https://twitter.com/n/status/1'>May 1</a>",
]  # fmt: skip
pages = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)


def equal(told, found):
    columns = slice(0, pairs.KEPT + 1)
    return np.array_equal(told.elements[:, columns], found.elements[:, columns]) and np.array_equal(
        told.comments, found.comments
    )


@given(pages, st.data())
def test_rows_of_a_page_without_some_elements_are_those_of_a_scan(page, data):
    rows = rows_of(page)
    edits, reached = [], 0
    for begins, opened, close, ends in rows.elements[:, pairs.START : pairs.END + 1].tolist():
        spans = [(begins, ends), (opened, close), (begins, close), (begins, opened)]
        start, end = data.draw(st.sampled_from(spans))
        before = start - len(page[:start].rstrip()) if data.draw(st.booleans()) else 0
        after = len(page[end:]) - len(page[end:].lstrip()) if data.draw(st.booleans()) else 0
        if reached <= start - before < end + after and data.draw(st.booleans()):
            edits.append(Edit(start - before, end + after, "", "embeds.element"))
            reached = end + after
    told = rows_without(page, rows, edits)
    assert told is None or equal(told, rows_of(apply_edits(page, edits)))


@given(pages, st.sampled_from(["remove", "attribution", "tag"]))
def test_rounds_find_what_scans_of_each_page_find(page, mode):
    anew = settle(page, lambda now, _: PageFinder().find(now, ()), mode)
    assert settle(page, PageFinder().find, mode) == anew


def test_pages_with_posts_on_their_own_are_told():
    page = f"<div><p>One.</p>\n{POST}\n<p>Two.</p><!-- two -->{POST}</div><p>Three</p>"
    starts = page.index(POST), page.rindex(POST)
    edits = [Edit(start, start + len(POST), "", "embeds.element") for start in starts]
    told = rows_without(page, rows_of(page), edits)
    assert told is not None
    assert len(told.comments) == 1
    assert equal(told, rows_of(apply_edits(page, edits)))


def test_what_cuts_a_pair_of_tags_or_lets_a_name_grow_is_not_told():
    cases = [f"<div><!-- x\n{POST} --></div>", f"<d{POST}iv>", f"<{POST}div>", f"</{POST}div>"]
    for page in cases:
        start = page.index(POST)
        edit = Edit(start, start + len(POST), "", "embeds.element")
        assert rows_without(page, rows_of(page), [edit]) is None, page
    page = f"<div>{POST[:-13]}<div></blockquote>x</div></div>"
    start = page.index(POST[:20])
    edit = Edit(start, page.index("x</div>"), "", "embeds.element")
    assert rows_without(page, rows_of(page), [edit]) is None
    many = "".join(f"{POST}<p>Word {n}.</p>" for n in range(40))
    found = PageFinder().find(many, ())
    edits = [Edit(cut.start, cut.end, "", cut.reason) for cut in found]
    assert len(edits) == 40
    assert rows_without(many, rows_of(many), edits) is None
