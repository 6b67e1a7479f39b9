"""The documents are executed: README examples, and every flag, stage and reason explained."""

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from textclean.cli import main_group
from textclean.recipe import STAGE_NAMES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: Our command and this Python come first.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def blocks(kind: str) -> list[str]:
    """Return the README's fenced blocks of one kind."""
    parts = README.split(f"```{kind}\n")[1:]
    return [part.partition("\n```")[0] + "\n" for part in parts]


def examples(block: str) -> list[tuple[str, str]]:
    """Return commands (after ``$ ``) and what they are shown to print."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].rstrip("\n"), ""))
        elif line.startswith("> "):
            command, shown = found[-1]
            found[-1] = (f"{command}\n{line[2:].rstrip()}", shown)
        else:
            command, shown = found[-1]
            found[-1] = (command, shown + line)
    return found


@pytest.mark.parametrize("block", blocks("console"))
def test_console_example(block, tmp_path):
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    for command, shown in examples(block):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": PATH, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            check=True,
        )
        printed = (done.stdout + done.stderr).decode()
        assert printed == shown, command


def test_python_examples():
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried
    assert not failed


#: What is too long to run here, a command a line, and the same within the text.
UNRUN = [
    *(line for block in blocks("sh") for line in block.splitlines()),
    *re.findall(r"`((?:python|textclean|pip install) [^`$]+)`", README),
]


@pytest.mark.parametrize("line", [line for line in UNRUN if "textclean" in line])
def test_unrun_calls_of_the_command_have_its_options(line):
    for call in re.findall(r"(?:^|&& |^eval ..)(textclean [^|&>)]*)", line):
        words = shlex.split(call)[1:]
        command = main_group.commands["clean"]
        holder = main_group
        while words and words[0] in holder.commands:
            command = holder.commands[words.pop(0)]
            holder = command if isinstance(command, click.Group) else click.Group()
        parameters = [*command.params, *main_group.params]
        known = {name for parameter in parameters for name in parameter.opts} | {"--help"}
        used = {word for word in words if word.startswith("-") and word != "-"}
        assert used <= known, call


@pytest.mark.parametrize("line", [line for line in UNRUN if ".py" in line])
def test_unrun_scripts_have_their_options(line):
    words = shlex.split(line)
    [script] = [word for word in words if word.endswith(".py")]
    source = (ROOT / script).read_text(encoding="utf-8")
    for module in re.findall(r"^from (\w+) import", source, re.MULTILINE):
        beside = ROOT / "benchmarks" / f"{module}.py"
        source += beside.read_text(encoding="utf-8") if beside.is_file() else ""
    for word in words:
        assert not word.startswith("--") or f'"{word}"' in source, word


#: What makes a call of the section on benchmarks end soon: these come last, and the last counts.
SMALL = {
    "textclean bench": "--limit 2 --repeats 1 --no-peer --stages mojibake",
    "benchmarks/quality.py": "--only untouched.bbc_news --sample 2 --jobs 1",
    "benchmarks/speed.py": "--limit 2 --repeats 1 --no-peer --stages mojibake",
    "benchmarks/memory.py": "--limit 2 --times 2",
    "benchmarks/untriaged.py": "--limit 2 --stages markup",
    "benchmarks/ingest_speed.py": "--limit 2 --shares 0.5",
}


@pytest.mark.parametrize(
    "line", [line for line in UNRUN if re.search("bench.* (corpus|DATA)", line)]
)
def test_benchmarks_run_on_a_little_corpus(line, tmp_path):
    [few] = [options for name, options in SMALL.items() if name in line]
    for folder in ("benchmarks", "samples"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "DATA_FOLDER").mkdir()
    for name in ("corpus.jsonl", "DATA_FOLDER/bbc_news.jsonl"):
        shutil.copy(ROOT / "samples/articles.jsonl", tmp_path / name)
    done = subprocess.run(
        ["bash", "-c", f"{line} {few}"],
        cwd=tmp_path,
        env={**os.environ, "PATH": PATH, "TEXTCLEAN_KERNELS": "python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d", done.stdout)


def test_quality_without_data_says_what_it_wants(tmp_path):
    words = [sys.executable, ROOT / "benchmarks/quality.py", tmp_path, "--only", "untouched.bbc"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{tmp_path} has no set for what was asked" in done.stderr
    assert "NAME.jsonl.gz, here of bbc_news" in done.stderr


def test_every_extra_in_the_readme_exists_and_every_extra_is_in_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = set(project["optional-dependencies"])
    named = set(re.findall(r"\.\[(\w+)\]", README))
    assert named <= extras
    for extra in extras - {"adapters", "test"}:
        assert extra in named or f"`{extra}`" in README, extra


def test_there_are_console_examples():
    assert len(blocks("console")) >= 3


@pytest.mark.parametrize("name", [name for name, c in main_group.commands.items() if not c.hidden])
def test_every_flag_is_explained(name):
    command = main_group.commands[name]
    assert command.help
    for parameter in command.params:
        if parameter.param_type_name == "option" and not parameter.hidden:
            assert parameter.help, parameter.name
            if name == "clean":
                assert parameter.opts[0] in README, parameter.opts[0]


def test_every_stage_is_in_the_readme():
    for name in STAGE_NAMES:
        assert f"`{name}`" in README


def test_ci_runs_the_readme_test_command():
    command = "python -m pip install --quiet --editable '.[test]' && pytest"
    assert command in README
    assert command in (ROOT / ".ci/run").read_text(encoding="utf-8")
