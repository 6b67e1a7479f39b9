"""The command line as its users meet it: help, completion, versions, summary, CI."""

import json
import os
import subprocess
import sys

import click
import pytest

from textclean.cli import main_group
from textclean.cli.help import EXAMPLES, GROUPS
from textclean.report import Report, StageCounts

NOTICE = "The harbour office opens its new pier to ferries, fishing boats and visitors on Monday."
DIRTY = "Ferry times:\u00c2 see below."
SHOWN = [n for n, command in main_group.commands.items() if not isinstance(command, click.Group)]


def jsonl(*texts):
    return "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()


def completions(words, place):
    asked = {"_TEXTCLEAN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(place)}
    done = subprocess.run(
        [sys.executable, "-m", "textclean"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return {line.partition(",")[2] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("name", SHOWN)
def test_help_has_examples_and_fits(run, name):
    done = run(name, "--help").out.decode()
    assert "Examples:\n  " in done
    assert all(example in done for example in EXAMPLES[name])
    assert max(map(len, done.splitlines())) <= 100


@pytest.mark.parametrize("name", ["clean", "explain", "dedup"])
def test_no_option_but_help_stands_outside_the_groups(run, name):
    other = run(name, "--help").out.decode().partition("\nOther:\n")[2]
    assert [line.split()[0] for line in other.splitlines() if line.startswith("  -")] == ["-h,"]


def test_groups_name_each_option_once():
    names = [name for group in GROUPS.values() for name in group]
    assert len(names) == len(set(names))


def test_the_list_of_commands_is_not_cut(run):
    listed = run("--help").out.decode().partition("Commands:\n")[2]
    assert listed
    assert "..." not in listed


def test_completion_knows_commands_options_and_stages():
    assert completions("textclean exp", 1) == {"explain"}
    assert completions("textclean clean --thr", 2) == {"--threshold"}
    assert completions("textclean clean --skip mojibake,e", 3) == {"mojibake,embeds"}
    assert "duplicates" in completions("textclean explain --stage ", 3)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_a_shell(run, shell):
    assert b"_TEXTCLEAN_COMPLETE" in run("completion", shell).out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--treshold", "0.5"], "--threshold"),
        (["--skip", "mojibak"], "did you mean 'mojibake'?"),
        (["explian"], "did you mean `textclean explain`?"),
        (["explain", "--stage", "markdup"], "did you mean 'markup'?"),
        (["--embeds", "atribution"], "did you mean 'attribution'?"),
        (["--from", "jsnl"], "did you mean 'jsonl'?"),
        (["--preset", "finweb"], "did you mean 'fineweb'?"),
        (["--detector", "profile"], "did you mean 'profiles'?"),
        (["--extract", "all"], "there are: main"),
        (["dedup", "--keep", "longst", "-"], "did you mean 'longest'?"),
        (["completion", "bsh"], "did you mean 'bash'?"),
    ],
)
def test_what_is_misspelt_is_suggested(run, words, says):
    done = run(*words)
    assert (done.code, done.out) == (2, b"")
    assert says in done.err


def test_a_file_that_is_nearly_a_command_is_a_file(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "explian").write_bytes(jsonl(NOTICE))
    assert run("explian").out == jsonl(NOTICE)


def test_version_names_kernels_and_libraries(run):
    done = run("--version").out.decode()
    assert done.startswith("textclean ")
    for word in ("kernels: compiled", "numba ", "ftfy ", "CPython"):
        assert word in done


def test_the_most_surprising_thing_comes_first_and_points_to_the_file(run, tmp_path):
    done = run(stdin=jsonl(NOTICE, NOTICE, DIRTY)).err
    assert done.startswith("textclean: 33 % dropped as duplicates: see --dropped\n")
    path = tmp_path / "gone.jsonl"
    done = run("--dropped", path, stdin=jsonl(NOTICE, NOTICE)).err
    assert done.startswith(f"textclean: 50 % dropped as duplicates: see {path}\n")


def test_the_summary_fits_80_columns():
    report = Report(records_in=10**10, records_out=10**10 - 10**9, dropped=10**9, changed=10**9)
    counts = StageCounts(10**9)
    counts.reasons.update({f"mojibake.reason-number-{n}": 10**n for n in range(10)})
    report.count("mojibake", counts)
    assert max(map(len, report.summary().splitlines())) <= 80
    assert "reason-number-9 1,000,000,000" in report.summary()


@pytest.mark.parametrize("command", ["clean", "dedup"])
def test_too_many_drops_fail_a_run_whose_outputs_are_complete(run, tmp_path, command):
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(jsonl(NOTICE, NOTICE, DIRTY.replace("\u00c2", ""), "a b c"))
    words = [command, "--quiet", source, "-o", output]
    assert run(*words, "--fail-if-dropped-above", "0.25").code == 0
    done = run(*words, "--fail-if-dropped-above", "0.2")
    assert done.code == 1
    assert "0.2500 of the records were dropped" in done.err
    assert output.read_bytes().count(b"\n") == 3
    assert run(*words, "--fail-if-dropped-above", "2").code == 2
