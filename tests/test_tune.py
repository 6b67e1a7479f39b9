"""``tune``: exact pairs of a sample, and what settings would do to it."""

import json
import random
from itertools import combinations

import pytest
from articles import WORDS
from hypothesis import given, settings
from hypothesis import strategies as st

import textclean
from textclean.cli.tune import wants_color
from textclean.dedup.bands import choose_bands
from textclean.dedup.pairs import Pair, all_pairs, effect

NOTICE = "The harbour office opens its new pier to ferries, fishing boats and visitors on Monday."


def jsonl(*texts):
    rows = [{"id": f"r{number}", "text": text} for number, text in enumerate(texts, 1)]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def true_pairs(texts, size, lowest):
    """Return the pairs by Python's sets."""
    sets = [set(textclean.shingles(text, size)) for text in texts]
    found = []
    for first, second in combinations(range(len(texts)), 2):
        both = len(sets[first] | sets[second])
        if sets[first] and sets[second] and len(sets[first] & sets[second]) / both >= lowest:
            found.append(Pair(first, second, len(sets[first] & sets[second]) / both))
    return sorted(found, key=lambda pair: (pair.second, pair.first))


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), max_size=8),
    st.integers(1, 4),
    st.sampled_from([0.3, 0.5, 1.0]),
)
def test_pairs_are_those_of_plain_sets(texts, size, lowest):
    assert all_pairs(texts, size, lowest) == true_pairs(texts, size, lowest)


def test_a_threshold_does_to_the_sample_what_the_pipeline_does():
    choose = random.Random(7)
    texts = []
    for _ in range(60):
        words = [choose.choice(WORDS) + str(choose.randrange(30)) for _ in range(40)]
        texts.append(" ".join(words))
        for _ in range(choose.randrange(3)):
            words[choose.randrange(40)] = "other"
            texts.append(" ".join(words))
    pairs = all_pairs(texts, 3)
    for threshold in (0.5, 0.7, 0.8, 0.9, 1.0):
        kept = textclean.deduplicate(texts, threshold, 3).kept
        assert effect(pairs, threshold).dropped == len(texts) - len(kept)


def test_misses_are_those_of_the_curve():
    pairs = [Pair(0, 1, 0.8), Pair(0, 2, 0.9), Pair(1, 2, 0.8)]
    chance = choose_bands(0.8).probability
    found = effect(pairs, 0.8)
    assert found.dropped == 2
    assert found.missed == pytest.approx(2 - chance(0.8) - chance(0.9))


def test_what_is_printed(run):
    near = NOTICE.replace("Monday", "Tuesday")
    stdin = jsonl(NOTICE, near, "Something else entirely.", NOTICE.lower())
    done = run("tune", "-", "--threshold", "0.7", "--pairs", "1", stdin=stdin).out.decode()
    assert done.startswith("4 of 4 documents, every pair of them compared exactly.\n")
    assert "*       0.7      50.0 %      50.0 %" in done
    assert "Pairs just above: one would go\n\nsimilarity 0.8333\n" in done
    assert "[- Monday.-]" in done
    assert "Pairs just below: both stay\n\n  none within" in done
    for line in ("Repetition: ", "exact", "phrase", "Posts: ", "attribution", "threshold = 0.7"):
        assert line in done


def test_levels_and_modes_are_shown_with_what_they_take(run):
    repeated = "The crew painted the hull blue. Boats came in at noon. "
    post = "Fine day at sea!\n\u2014 Harbour Board (@norrhaven) March 14, 2025\n"
    stdin = jsonl(NOTICE, repeated * 3, f"{NOTICE}\n{post}The fares stay as they are.")
    printed = run("tune", "-", "--pairs", "1", "--embeds", "tag", stdin=stdin).out.decode()
    rows = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line.strip()}
    assert rows["exact"][0] == rows["exact,near,runs,phrase"][0] == "1"
    assert rows["exact"][3] == rows["exact,near,runs,phrase"][3]
    assert int(rows["exact"][3]) == 2 * len(repeated)
    assert rows["runs"][0] == "0"
    assert "exact, for example:\n  r2\n" in printed
    assert "[-" in printed.partition("exact, for example:")[2]
    # two of three copies go: 0.66 is above 0.5, not above 0.7
    assert (rows["0.5"][0], rows["0.7"][0]) == ("1", "0")
    assert "*         tag" in printed
    assert "[embedded" in printed.partition("tag, for example:")[2]


@pytest.mark.parametrize(
    ("asked", "terminal", "variable", "colors"),
    [(None, True, False, True), (None, True, True, False), (None, False, False, False),
     (True, False, True, True), (False, True, False, False)],
)  # fmt: skip
def test_colors_are_for_terminals_without_no_color(monkeypatch, asked, terminal, variable, colors):
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if variable:
        monkeypatch.setenv("NO_COLOR", "1")
    assert wants_color(asked) is colors


def test_an_example_never_holds_a_whole_id_or_a_control_character(run):
    stdin = jsonl("\x1b]0;x\x07 The crew painted the hull blue. Boats came in at noon. " * 3)
    stdin = stdin.replace(b'"r1"', b'"' + b"i" * 1_000_000 + b'"')
    done = run("tune", "-", stdin=stdin).out
    assert b"exact, for example:" in done
    assert b"\x1b" not in done
    assert len(done) < 10_000


def test_the_recipe_lines_are_a_recipe(run, tmp_path):
    chosen = ("--embeds", "tag", "--repetition", "exact,runs", "--measure", "containment")
    done = run("tune", "-", *chosen, stdin=jsonl(NOTICE)).out.decode()
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(done.rpartition("FILE):")[2], "utf-8")
    printed = run("clean", "--recipe", recipe, "--print-recipe").out.decode()
    assert 'embeds = "tag"' in printed
    assert 'repetition = ["exact", "runs"]' in printed
    assert 'measure = "containment"' in printed


def test_a_sample_is_the_same_each_time_and_says_what_it_is(run):
    stdin = jsonl(*(f"{NOTICE} {number}" for number in range(30)))
    done = run("tune", "-", "--sample", "10", stdin=stdin)
    assert done.out.startswith(b"10 of 30 documents")
    assert b"a larger --sample sees more" in done.out
    assert run("tune", "-", "--sample", "10", stdin=stdin).out == done.out


def test_skipped_stages_are_not_tuned(run):
    done = run("tune", "-", "--skip", "embeds,repetition", stdin=jsonl(NOTICE)).out
    assert b"Posts: " not in done
    assert b"Repetition: " not in done


@pytest.mark.parametrize(("stdin", "says"), [(b"", "no documents"), (b"{}\n", "line 1")])
def test_a_corpus_without_sound_documents_is_refused(run, stdin, says):
    done = run("tune", "--from", "jsonl", "-", stdin=stdin)
    assert (done.code, says in done.err) == (1, True)
