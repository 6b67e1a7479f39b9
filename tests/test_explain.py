"""``explain``: what is shown of edits and drops, in text, HTML and JSON."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textclean
from textclean.dedup.folder import IndexFolder
from textclean.dedup.passages import shared_passages, token_spans
from textclean.dedup.signatures import shingles, tokens
from textclean.diff.comparison import compare
from textclean.diff.hunks import hunks
from textclean.diff.terminal import render_trace
from textclean.diff.visible import width
from textclean.edits import Edit, apply_edits
from textclean.elements import Html, element, join
from textclean.stage import Drop, Step

NOTICE = "The harbour office opens its new pier to ferries, fishing boats and visitors on Monday."
LATER = NOTICE.replace("on Monday", "this coming Monday morning")
DIRTY = "Caf\u00c3\u00a9 at the pier:\u00c2 open."


def jsonl(*texts):
    rows = [{"id": f"r{number}", "text": text} for number, text in enumerate(texts, 1)]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@st.composite
def edited(draw):
    """A text and sorted, disjoint edits of it."""
    text = draw(st.text(alphabet="ab é\n\u00c3<東x", max_size=200))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    spans = [(cuts[n], cuts[n + 1]) for n in range(0, len(cuts) - 1, 2)]
    added = st.text(alphabet="yz \n", max_size=5)
    reason = st.sampled_from(["r.a", "r.b"])
    return text, [Edit(*span, draw(added), draw(reason)) for span in spans]


@settings(deadline=None)
@given(edited())
def test_hunks_hold_every_edit_and_only_true_text(case):
    text, edits = case
    after = apply_edits(text, edits)
    found = list(hunks(text, edits))
    assert sum(sum(hunk.reasons.values()) for hunk in found) == len(edits)
    for hunk in found:
        old = "".join(piece.text for piece in hunk.pieces if piece.kind != "added")
        new = "".join(piece.text for piece in hunk.pieces if piece.kind != "removed")
        if not any(piece.kind == "left-out" for piece in hunk.pieces):
            assert old in text
            assert new in after


@settings(deadline=None)
@given(edited(), st.integers(24, 130))
def test_no_line_is_wider_than_the_terminal(case, columns):
    text, edits = case
    shown = render_trace(text, [Step("stage", edits=tuple(edits))], columns=columns)
    assert all(width(line) <= columns for line in shown.splitlines())


@settings(deadline=None)
@given(st.text(max_size=120), st.text(max_size=120), st.integers(1, 4))
def test_passages_are_those_of_the_common_shingles(text, other, size):
    found = shared_passages(text, set(shingles(other, size)).__contains__, size)
    common = set(shingles(text, size)) & set(shingles(other, size))
    assert bool(found) == bool(common)
    assert all(start < end for start, end in found)
    assert found == sorted(found)


@pytest.mark.parametrize(
    "text",
    [
        "Straße_1: L\u2019\u00e9t\u00e9, e\u0301 \u6771\u4eac! \ufb01x \u2460",
        "\u30d5\u309a\u30ed\u30b1\u3099\u30fc\u30e0 \u1112\u1161\u11ab\u1100\u1173\u11af",
    ],
)
def test_token_spans_are_the_tokens(text):
    spans = token_spans(text)
    assert [tokens(text[start:end]) for start, end in spans] == [[word] for word in tokens(text)]


@settings(deadline=None)
@given(
    st.text(
        st.sampled_from(
            "aÉßﬁ \u0301\u0323\u0f71\u0f73\u0344か\u3099\u1100\u1161\u11a8가\u09c7\u09be\u0130."
        )
    )
)
def test_there_is_a_span_for_each_token(text):
    spans = token_spans(text)
    assert len(spans) == len(tokens(text))
    assert all(start < end for start, end in spans)
    assert spans == sorted(spans)


def test_who_says_it_twice_does_not_say_the_same():
    once = "the pier opens and the ferry leaves the pier opens and the ferry leaves"
    twice = compare(once, f"{once} {once}", 2)
    assert twice.shared[0] == twice.shared[2]
    assert not twice.is_same
    assert compare(once, f"{once.upper()}!", 2).is_same


def test_a_comparison_counts_what_the_decision_counts():
    found = compare(LATER, NOTICE, 3)
    match = textclean.NearDuplicateIndex(0.5, 3)
    match.add("a", NOTICE)
    assert found.shared[0] / found.shared[2] == match.add("b", LATER).jaccard
    assert [piece.text for piece in found.dropped.pieces("added") if piece.kind == "added"] == [
        " this coming Monday morning."
    ]


def test_whole_words_are_shown(run):
    done = run("explain", "--stage", "mojibake", stdin=jsonl(DIRTY))
    shown = done.out.decode()
    assert re.search(
        "\\[-Caf\u00c3\u00a9-\\]\\{\\+Caf\u00e9\\+\\} at .* mojibake.utf8-as-cp1252\n", shown
    )
    assert re.search("pier:\\[-\u00c2-\\] open\\. +mojibake.lost-nbsp\n", shown)
    assert "Reasons:\n  mojibake.lost-nbsp: " in done.out.decode()


@pytest.mark.parametrize("form", ["--json", "--html", "--no-color", "--color"])
def test_control_and_escape_sequences_are_shown_not_sent(run, form):
    text = "a\x1b]0;title\x07\u009b31m\u202e <p>b</p> \u00c3\u00a9\x1b[2J"
    done = run("explain", form, stdin=jsonl(text)).out.decode()
    assert not re.search("[\x07\x80-\x9f\u202e]", done)
    assert not re.search("\x1b(?!\\[[0-9;]*m)", done)
    assert "<p>b" not in done or form != "--html"


def test_colors_only_when_wanted(run, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert b"\x1b[" in run("explain", "--color", stdin=jsonl(DIRTY)).out
    assert b"\x1b[" not in run("explain", "--no-color", stdin=jsonl(DIRTY)).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert b"\x1b[" not in run("explain", stdin=jsonl(DIRTY)).out


def test_a_pipe_gets_no_colors(run):
    assert b"\x1b[" not in run("explain", stdin=jsonl(DIRTY)).out


def test_ids_stages_and_limit_choose(run):
    stdin = jsonl(DIRTY, "Nothing.", "<p>One</p><p>Two</p>", DIRTY)
    assert "== r3" in run("explain", "--id", "r3", stdin=stdin).out.decode()
    assert "nothing to change" in run("explain", "--id", "r2", stdin=stdin).out.decode()
    assert run("explain", "--stage", "markup", stdin=stdin).out.decode().count("== ") == 1
    done = run("explain", "--limit", "1", stdin=stdin).out.decode()
    assert done.count("== ") == 1
    assert "the first 1" in done


def test_a_missing_id_and_a_misspelt_stage_are_told(run):
    done = run("explain", "--id", "nobody", stdin=jsonl(DIRTY))
    assert (done.code, "no record has the id 'nobody'" in done.err) == (1, True)
    done = run("explain", "--stage", "mojibaked", stdin=jsonl(DIRTY))
    assert (done.code, "did you mean 'mojibake'?" in done.err) == (2, True)


def test_several_files_are_one_stream(run, tmp_path):
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path in paths:
        path.write_bytes(jsonl(NOTICE))
    done = run("explain", *paths).out.decode()
    assert "duplicate.near of r1, similarity 1.0000" in done
    assert "both say the same" in done


def test_json_replays(run):
    stdin = jsonl(f"<p>{DIRTY} a &lt; b</p>", NOTICE, NOTICE.upper())
    rows = [json.loads(line) for line in run("explain", "--json", stdin=stdin).out.splitlines()]
    assert [row["id"] for row in rows] == ["r1", "r3"]
    text = json.loads(stdin.splitlines()[0])["text"]
    for step in rows[0]["steps"]:
        for edit in step["edits"]:
            assert text[edit["start"] : edit["end"]] == edit["before"]
        text = apply_edits(
            text, [Edit(e["start"], e["end"], e["after"], e["reason"]) for e in step["edits"]]
        )
    assert text == textclean.clean(json.loads(stdin.splitlines()[0])["text"])
    [step] = rows[1]["steps"]
    drop = step["drop"]
    assert (drop["duplicate_of"], drop["similarity"], drop["survivor_text"]) == ("r2", 1.0, NOTICE)
    assert [drop["text"][start:end] for start, end in drop["shared"]] == [NOTICE.upper()[:-1]]


def test_html_is_one_page_that_loads_nothing_and_escapes(run):
    hostile = '<script>alert(1)</script><img src=x onerror="alert(2)">\u00c3\u00a9</del>'
    done = run("explain", "--html", stdin=jsonl(hostile, NOTICE, LATER, NOTICE)).out.decode()
    assert "default-src 'none'" in unescape(done)
    assert "<script" not in done
    assert "<img" not in done
    assert "&lt;script&gt;" in done
    assert done.count("<html") == done.count("</html>") == 1
    assert done.count("<section>") == done.count("</section>")


def test_an_index_explains_what_repeats_it(run, tmp_path):
    folder = tmp_path / "seen"
    with IndexFolder(folder) as index:
        index.index.add("old", NOTICE)
        index.commit()
    before = {path: path.read_bytes() for path in folder.iterdir()}
    stdin = jsonl(NOTICE.upper() + " Really.")
    done = run("explain", "--index", folder, stdin=stdin).out.decode()
    assert "duplicate.earlier-run of old, similarity 0.9167" in done
    assert "11 of its 12 shingles are in the survivor (12 in either)" in done
    assert re.search(r"MONDAY\{\+\. Really\.\+\}", done)
    assert before == {path: path.read_bytes() for path in folder.iterdir()}
    refused = run("explain", "--index", folder, "--threshold", "0.7", stdin=stdin)
    assert (refused.code, "threshold" in refused.err) == (1, True)


@pytest.mark.parametrize("measure", ["jaccard", "containment"])
def test_survivors_of_earlier_runs_are_shown_from_their_files(run, tmp_path, measure):
    old, folder = tmp_path / "old.jsonl", tmp_path / "seen"
    records = [{"text": f"<p>{NOTICE}</p>"}, {"text": "Nothing of the kind is said here."}]
    old.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in records))
    options = ("--index", folder, "--measure", measure)
    assert run(*options, "--quiet", old).code == 0
    stdin = jsonl(NOTICE.upper() + ("" if measure == "containment" else " Really."))
    without = run("explain", *options, stdin=stdin).out.decode()
    assert "its text is not at hand (--survivors FILE)" in without
    rows = run("explain", "--json", *options, "--survivors", old, stdin=stdin).out.splitlines()
    [step] = json.loads(rows[0])["steps"]
    assert step["drop"]["survivor_text"] == NOTICE  # cleaned, as it was compared
    assert step["drop"]["duplicate_of"] == f"{old}:1"
    [[start, end]] = step["drop"]["survivor_shared"]
    assert NOTICE[start:end] == NOTICE.rstrip(".")


def test_survivors_are_for_an_index(run, tmp_path):
    done = run("explain", "--survivors", tmp_path / "x", stdin=jsonl(NOTICE))
    assert (done.code, "--survivors needs --index DIR" in done.err) == (2, True)
    (tmp_path / "seen").mkdir()
    run("--index", tmp_path / "seen", "--quiet", stdin=jsonl(NOTICE))
    options = ("--index", tmp_path / "seen", "--survivors", tmp_path / "x")
    done = run("explain", *options, stdin=jsonl(NOTICE))
    assert (done.code, str(tmp_path / "x") in done.err) == (1, True)


def test_a_notebook_shows_the_same():
    result = textclean.explain(DIRTY + "<script>alert(1)</script>")
    shown = result._repr_html_()
    assert "<del>Caf\u00c3\u00a9</del><ins>Caf\u00e9</ins>" in shown
    assert "<script" not in shown
    assert 'title="' in shown


def test_a_drop_without_a_survivor_has_a_phrase():
    step = Step("language", drop=Drop("language.unwanted"))
    assert "dropped: language.unwanted" in render_trace("x", [step])


def test_elements_escape_what_is_no_markup():
    assert element("a", "<", element("b"), href='"<') == '<a href="&quot;&lt;">&lt;<b></b></a>'
    assert join(["<", Html("<i>")]) == "&lt;<i>"


def test_no_file_is_left(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("explain", "--html", stdin=jsonl(DIRTY))
    assert not list(Path().iterdir())


def test_a_sign_and_its_mark_are_one_passage():
    text = "x か\u0301 y"
    held = set(shingles(text, 1))
    assert shared_passages(text, held.__contains__, 1) == [(0, 1), (2, 4), (5, 6)]
    assert shared_passages(text, {"\u0301".encode()}.__contains__, 1) == [(2, 4)]
