"""The report page: what it shows, what it must never do, and that it does not depend on chance."""

import base64
import gzip
import hashlib
import json
import re
from html import unescape

import pytest
from articles import article, corpus
from conftest import SAMPLES

from textclean.elements import Html
from textclean.engines.journal import Journal
from textclean.engines.surveyor import SHOWN_DROPS, SHOWN_EDITS, SHOWN_SAME
from textclean.pages.charts import Histogram, histogram
from textclean.report import Report
from textclean.survey import Distributions, Look


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("corpus")
    (found / "in.jsonl").write_bytes(corpus(1_500))
    return found


@pytest.fixture
def written(run, folder, tmp_path):
    """Return a function that writes a report and returns it."""

    def write(*options) -> str:
        path = tmp_path / "report.html"
        done = run("--quiet", folder / "in.jsonl", "--report", path, *options)
        assert done.code == 0, done.err
        return path.read_text(encoding="utf-8")

    return write


def test_the_same_for_any_number_of_workers(written):
    page = written("--workers", "1")
    assert page == written("--workers", "2") == written("--workers", "1")


def test_nothing_of_data_is_markup(written):
    page = written()
    assert page.count("<script") == page.count("</script>") == 1
    assert "<img" not in page
    assert not re.search(
        r"\son\w+=", re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    ) or ("&lt;svg/onload" in page)
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "\\u202e\\x1b]" in unescape(page)
    assert not re.search(r"""(src|href)=["'](?!#)""", page)
    assert " style=" not in page


def test_long_ids_and_phrases_are_shown_by_their_ends(run, tmp_path):
    source, path = tmp_path / "in.jsonl", tmp_path / "report.html"
    ids = [f"{letter * 900_000}</script>\x1b[31m\u202e" for letter in "ab"]
    text = "Caf\u00c3\u00a9 " + article(1)
    source.write_text("".join(json.dumps({"id": i, "text": text}) + "\n" for i in ids), "utf-8")
    assert run("--quiet", source, "--report", path).code == 0
    for page in (path.read_bytes(), run("explain", source, "--html").out):
        shown = page.decode()
        assert len(shown) < 50_000
        assert " more characters … " in shown
        assert shown.lower().count("</script>") == shown.count("<script>")
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert len(run("explain", source).out) < 5_000


def test_the_policy_allows_only_the_pages_own_style_and_script(written):
    page = written()
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    for tag in ("style", "script"):
        [text] = re.findall(f"<{tag}>(.*?)</{tag}>", page, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in unescape(policy)
    assert unescape(policy).startswith("default-src 'none'; ")


def test_samples_are_bounded_and_of_every_reason(written, run, folder, tmp_path):
    page = written()
    path = tmp_path / "report.json"
    run("--quiet", folder / "in.jsonl", "--report", path)
    counts = json.loads(path.read_bytes())["stages"]
    shown = re.findall(r'<article class="sample" data-stage="([^"]*)" data-reason="([^"]*)"', page)
    for stage, row in counts.items():
        for reason, number in row["reasons"].items():
            found = shown.count((stage, reason))
            most = SHOWN_DROPS + SHOWN_SAME if reason.startswith("duplicate") else SHOWN_EDITS
            assert 0 < found <= min(most, number)
    assert len(page) < 500_000


def test_a_dropped_text_stands_beside_its_survivor(written):
    page = written()
    assert page.count(">The survivor</p>") == SHOWN_DROPS
    assert "with two more" in page
    assert page.count("Both say the same") == SHOWN_SAME


def test_the_numbers_add_up(written):
    page = written()
    page = re.sub(' role="[a-z]+"| data-label="[a-z ]*"', "", page)
    rows = re.findall(r'<tr><td>([^<]*)</td><td class="number">([−+]?[\d,]+)</td>', page)
    total = 0
    for name, number in rows[[name for name, _ in rows].index("in", 1) :]:
        value = int(number.replace(",", "").replace("−", "-"))
        if name == "out":
            break
        total += value
    assert value == total


def test_a_survivor_of_another_run_is_shown_by_its_hashes(monkeypatch, written):
    monkeypatch.setattr("textclean.engines.survivors.ROOM", 0)
    page = written()
    assert "the survivor&#x27;s text is not at hand" in page
    assert page.count(">The survivor</p>") == 0


def test_the_page_of_a_run_that_was_cut_off_is_the_same(run, tmp_path, monkeypatch):
    monkeypatch.setattr("textclean.engines.finish.CHECKPOINT_BYTES", 2**18)
    source = tmp_path / "in.jsonl.gz"
    source.write_bytes(gzip.compress(corpus(6_000), 1))
    options = ["--quiet", "--workers", "1", source]
    whole = [tmp_path / "whole.jsonl", "--report", tmp_path / "whole.html"]
    assert run(*options, "-o", *whole).code == 0
    cut = [tmp_path / "cut.jsonl", "--report", tmp_path / "cut.html"]
    add = Journal.add

    def stop_after_two(journal, entry):
        add(journal, entry)
        if entry["chunks"] >= 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add", stop_after_two)
        assert run(*options, "-o", *cut).code == 130
    assert not (tmp_path / "cut.html").exists()
    assert run(*options, "--resume", "-o", *cut).code == 0
    assert (tmp_path / "cut.html").read_bytes() == (tmp_path / "whole.html").read_bytes()


def test_other_formats_and_dedup_have_pages(run, tmp_path):
    table = tmp_path / "in.csv"
    copies = [article(1), article(1) + " more", article(2), "Caf\u00c3\u00a9 & co"]
    table.write_text("id,text\n" + "".join(f"{n},{t}\n" for n, t in enumerate(copies)), "utf-8")
    for command in (["clean"], ["dedup"]):
        path = tmp_path / f"{command[0]}.html"
        assert run(*command, "--quiet", table, "--report", path).code == 0
        assert ">The survivor</p>" in path.read_text("utf-8")


@pytest.mark.parametrize("stdin", [b"", b'{"text": "a b"}\n'])
def test_a_run_in_which_nothing_happens_has_a_page(run, tmp_path, stdin):
    path = tmp_path / "report.html"
    assert run("--quiet", "--report", path, stdin=stdin).code == 0
    assert "nothing to change" in path.read_text("utf-8")


def test_another_name_is_refused(run, tmp_path):
    done = run("--report", tmp_path / "report.pdf", stdin=b"")
    assert (done.code, ".json or .html" in done.err) == (2, True)


def test_distributions_survive_a_journal():
    found = Distributions()
    found.add(Look(10, 8, "en", "best ferry", 0.5, {"r.a": (2, 0)}), None, "", 0)
    assert Distributions.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_an_empty_histogram_is_drawn():
    assert isinstance(histogram(Histogram("x", "", ["1"], ["n"], [[0]])), Html)


@pytest.mark.parametrize(
    ("report", "headline"),
    [
        (Report(records_in=100, records_out=59, dropped=41), "41 % dropped"),
        (Report(records_in=9, records_out=9, changed=9, emptied=3), "33 % of the texts became"),
        (Report(records_in=50, records_out=49, set_aside=1), "2.0 % set aside as broken"),
        (Report(records_in=1000, records_out=1000, changed=1), "0.1 % of the texts changed"),
    ],
)
def test_the_most_surprising_thing_comes_first(report, headline):
    assert report.headline().startswith(headline)


def test_the_page_of_the_samples(run, tmp_path, monkeypatch):
    monkeypatch.chdir(SAMPLES.parent)
    path = tmp_path / "report.html"
    run(
        "--quiet",
        "samples/article.txt",
        "samples/articles.jsonl",
        "--to",
        "jsonl",
        "--report",
        path,
    )
    page = path.read_text("utf-8")
    assert "norrhaven harbour board announces" in page.lower()
    assert "bridge-closure-county" in page
    assert " 8.3\u00a0%" in page  # two of 24 dropped; the figure never leaves its sign
