"""The command line as its users meet it: help, completion, versions, summary, CI."""

import contextlib
import fcntl
import json
import os
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
from collections import Counter
from pathlib import Path

import click
import pytest
from conftest import SAMPLES

from textclean.cli import cluster, main_group
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
    "words", ["textclean cra", "textclean clean cra", "textclean clean -o cra"]
)
def test_names_of_files_are_left_to_the_shell(words):
    assert completions(words, len(words.split()) - 1) == {"cra"}


def test_bash_completes_lists_and_files(tmp_path):
    (tmp_path / "crawl.jsonl").touch()
    script = tmp_path / "script"
    script.write_text(
        """eval "$(textclean completion bash)"
        compopt() { echo compopt "$@"; }
        for line in "textclean clean --stages mojibake,em" "textclean tu" "textclean clean cr"; do
            COMPREPLY=(); COMP_WORDS=($line); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _textclean_completion textclean; echo "${COMPREPLY[@]}"
        done"""
    )
    assert told_by("bash", "--norc", script) == [
        "mojibake,embeds",
        "tune",
        "compopt -o default",
        "",
    ]


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish here")
def test_fish_completes_lists_and_files(tmp_path):
    (tmp_path / "crawl.jsonl").touch()
    script = tmp_path / "script"
    lines = ["textclean clean --stages mojibake,em", "textclean tu", "textclean clean cr"]
    asked = "".join(f'complete -C "{line}"\n' for line in lines)
    script.write_text(f"textclean completion fish | source\ncd {tmp_path}\n{asked}")
    told = [line.partition("\t")[0] for line in told_by("fish", "--no-config", script)]
    assert told == ["mojibake,embeds", "tune", "crawl.jsonl"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh here")
def test_zsh_completes_lists_and_files(tmp_path):
    """As a person has it: an interactive shell, a terminal, and the tab key."""
    (tmp_path / "crawl.jsonl").touch()
    script, answers = tmp_path / "script", tmp_path / "answers"
    os.mkfifo(answers)
    script.write_text(
        f"""autoload -Uz compinit; compinit -u -D
        eval "$(textclean completion zsh)"
        cd {tmp_path}
        press-tab() {{ zle expand-or-complete; print -r -- "$BUFFER" >&3; BUFFER="" }}
        zle -N press-tab; bindkey '^T' press-tab
        exec 3> answers; print ready >&3"""
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ours, theirs = os.openpty()
    told = os.open(answers, os.O_RDONLY | os.O_NONBLOCK)

    def answer() -> str:
        assert select.select([told], [], [], 120)[0], "no answer from zsh"
        return os.read(told, 4_096).decode()

    with subprocess.Popen(
        ["zsh", "-f", "-i"],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "PATH": path, "TERM": "dumb"},
    ) as shell:
        try:
            os.write(ours, f"source {script}\n".encode())
            assert answer() == "ready\n"
            for typed, completed in [
                ("textclean clean --stages mojibake,em", "mojibake,embeds"),
                ("textclean tu", "tune"),
                ("textclean clean cr", "crawl.jsonl"),
                ("textclean clean -o cr", "crawl.jsonl"),
            ]:
                os.write(ours, typed.encode() + b"\x14")
                assert answer().split()[-1] == completed
        finally:
            shell.kill()
            for descriptor in (ours, theirs, told):
                os.close(descriptor)


def told_by(*words) -> list[str]:
    """Return the lines that a shell prints in which our command can be found."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        list(map(str, words)),
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.splitlines()


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
    assert done.startswith("textclean: 33 % dropped as duplicates: --dropped FILE keeps them\n")
    path, page = tmp_path / "gone.jsonl", tmp_path / "report.html"
    for options, seen in ((("--dropped", path), path), (("--report", page), page)):
        done = run(*options, stdin=jsonl(NOTICE, NOTICE)).err
        assert done.startswith(f"textclean: 50 % dropped as duplicates: see {seen}\n")
    done = run("--dropped", path, stdin=jsonl(DIRTY)).err
    assert done.startswith("textclean: 100 % of the texts changed: `textclean explain` shows how\n")


@pytest.mark.parametrize(
    ("duplicates", "others", "says"),
    [(3, 0, "30 % dropped as duplicates"), (3, 1, "40 % dropped, most as duplicates"),
     (1, 2, "30 % dropped, most for their language"), (2, 2, "40 % dropped")],
)  # fmt: skip
def test_the_headline_does_not_give_all_drops_one_reason(duplicates, others, says):
    dropped = duplicates + others
    report = Report(records_in=10, records_out=10 - dropped, dropped=dropped)
    report.count("duplicates", StageCounts(reasons=Counter({"duplicate.near": duplicates})))
    report.count("language", StageCounts(reasons=Counter({"language.other": others})))
    assert report.headline() == says


def test_one_is_not_counted_in_the_plural(run):
    done = run("--skip", "duplicates", stdin=jsonl(DIRTY)).err
    assert "  mojibake           1 text   lost-nbsp 1\n" in done
    assert "nothing to change in 1 record\n" in run(stdin=jsonl(NOTICE)).err


def test_the_summary_fits_80_columns():
    report = Report(records_in=10**10, records_out=10**10 - 10**9, dropped=10**9, changed=10**9)
    counts = StageCounts(10**9)
    counts.reasons.update({f"mojibake.reason-number-{n}": 10**n for n in range(10)})
    report.count("mojibake", counts)
    assert max(map(len, report.summary().splitlines())) <= 80
    assert "reason-number-9 1,000,000,000" in report.summary()


@pytest.mark.parametrize("command", ["clean", "dedup"])
@pytest.mark.parametrize(
    ("field", "told"),
    [("ulr", True), ("url", False), ("id", False), ("l" * 99 + "\x1b", True), ("a\x1b", True)],
)
def test_an_id_field_that_no_record_has_is_told(run, tmp_path, command, field, told):
    """Of several records one with an id is enough, and nobody asked for the usual field."""
    source = tmp_path / "in.jsonl"
    source.write_bytes(jsonl(NOTICE) + b'{"url": "stdin:7", "text": "One ferry."}\n')
    done = run(command, "--id-field", field, source, "-o", tmp_path / "out.jsonl")
    lines = [line for line in done.err.splitlines() if "no record has the --id-field" in line]
    assert len(lines) == told
    assert all(len(line) <= 80 and line.endswith("': ids are SOURCE:LINE") for line in lines)
    assert "\x1b" not in done.err


def test_an_id_field_is_not_missed_where_there_is_no_record(run):
    assert "--id-field" not in run("--id-field", "url").err


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


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["in.json"], "there is no file 'in.json'; did you mean 'in.jsonl'?"),
        (["dedup", "none/in.jsonl"], "there is no folder 'none'"),
        (["in.jsonl", "-o", "none/out.jsonl"], "there is no folder 'none' yet (mkdir -p)"),
        (
            ["--recipe", "in.toml", "in.jsonl"],
            "there is no file 'in.toml'; did you mean 'in.jsonl'?",
        ),
        (
            ["explain", "--html", "page.html", "in.jsonl"],
            "--html takes no name and writes to stdout",
        ),
        (["explain", "--json", "x.json"], "--json takes no name and writes to stdout"),
        (
            ["--text-field", "body", "in.jsonl"],
            "no field 'body': it has 'text'; --text-field",
        ),
        (["dedup", "--keep", "newest:day", "in.jsonl"], "no record has a date in a field 'day'"),
        (["--from", "csv", "in.jsonl"], "no column 'text' in '{\"text\": "),
    ],
)
def test_errors_say_what_is_wrong_where_and_what_to_do(run, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_bytes(jsonl(NOTICE, "a, b, " * 500))
    done = run(*words)
    assert done.code in (1, 2)
    assert says in done.err
    assert len(done.err) < 400


@pytest.mark.parametrize(
    ("value", "kind"),
    [("5", "a number"), ("null", "null"), ("true", "true"), ("[1]", "a list"), ("{}", "an object")],
)
def test_a_text_that_is_no_string_is_named_by_its_kind(run, value, kind):
    done = run(stdin=b'{"id": 1, "text": %s}\n' % value.encode())
    assert f"stdin, line 1, byte 18: the field 'text' is {kind}, not a string" in done.err


@pytest.mark.parametrize("columns", [40, 100])
def test_progress_fits_the_terminal(tmp_path, columns):
    source = tmp_path / "in.jsonl"
    source.write_bytes(jsonl(*[NOTICE] * 50))
    out, shown = on_terminal(columns, "-m", "textclean", "--skip", "duplicates", source)
    assert out == source.read_bytes()
    bars = [line for line in re.split(r"[\r\n]+", shown) if "%" in line and "B/s" in line]
    assert bars
    assert all(len(line.rstrip()) < columns for line in bars)
    assert bars[-1].startswith("100")
    assert all(("left" in line) == (columns == 40) for line in bars)


@pytest.mark.parametrize("columns", [12, 40, 100])
def test_the_notice_of_compiling_fits_the_terminal_and_covers_the_bar(columns):
    code = "import sys\nfrom textclean.cli import notices\n"
    code += "print('#' * (notices.columns() - 1), end='', file=sys.stderr)\nnotices.say_compiling()"
    _, shown = on_terminal(columns, "-c", code)
    bar, _, notice = shown.partition("\r")
    lines = notice.splitlines()
    assert bar == "#" * (columns - 1)
    assert {len(line) for line in lines} == {columns - 1}
    said = " ".join(line.rstrip() for line in lines)
    assert said == "textclean: compiling, once for this machine; this takes up to a minute"


def on_terminal(columns: int, *words) -> tuple[bytes, str]:
    """Return what Python prints on stdout, and on stderr, a terminal of so many columns."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, *map(str, words)]
    environment = {**os.environ, "TEXTCLEAN_KERNELS": "python"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        out = process.stdout.read()
        shown = b""
        with contextlib.suppress(OSError):  # a terminal without a process cannot be read
            while piece := os.read(ours, 4_096):
                shown += piece
    os.close(ours)
    assert process.returncode == 0, shown
    return out, shown.decode()


def test_no_progress_in_a_pipe(start, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_bytes(jsonl(NOTICE))
    _, err = start(source).communicate(timeout=300)
    assert b"B/s" not in err
    assert b"\r" not in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--ray-address", "a:1"), "--ray-address goes with --engine ray"),
        (("--ray-address", ""), "--ray-address goes with --engine ray"),
        (("--engine", "ray", "--ray-address", " "), "is empty; leave it out for a cluster"),
        (
            ("--engine", "ray", "--ray-address", "a:1", "--workers", 2),
            "--workers is for a cluster on this machine; one at --ray-address has the cores of",
        ),
        (("--engine", "ray"), "--engine ray needs Ray: python -m pip install 'textclean[ray]'"),
    ],
)
def test_what_does_not_go_with_a_cluster_is_told_before_anything_is_made(
    run, tmp_path, monkeypatch, words, says
):
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)  # wherever Ray may be installed
    out = tmp_path / "new" / "out"
    done = run("clean", *words, SAMPLES / "articles.jsonl", "-o", f"{out}/")
    assert done.code == 2
    assert says in done.err
    assert not out.parent.exists()


def test_a_run_that_fails_leaves_no_empty_folder(run, tmp_path):
    source, there = tmp_path / "a.jsonl", tmp_path / "there"
    source.write_bytes(b'{"text": 7}\n')
    there.mkdir()
    for out in (there, there / "new" / "newer"):
        assert run("--quiet", source, "-o", f"{out}/").code == 1
        assert not list(there.iterdir())
    source.write_bytes(b'{"text": "x"}\n')
    out = there / "new" / "newer"
    assert run("--quiet", source, "-o", f"{out}/").code == 0
    assert [path.name for path in out.iterdir()] == ["a.jsonl"]
    source.write_bytes(b'{"text": 7}\n')
    assert run("--quiet", source, "-o", f"{out}/").code == 1
    assert out.exists()
