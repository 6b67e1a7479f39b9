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


#: The rows of "What can go wrong" by how they begin, and tests that fail where a row is not true.
PROMISES = {
    "a record is broken": [
        "test_cli::test_broken_record_stops_the_run_and_names_its_place",
        "test_cli::test_bad_records_are_set_aside_raw",
        "test_undo::test_broken_records_keep_their_places",
    ],
    "the machine stops": [
        "test_resume::test_a_run_killed_anywhere_goes_on_with_the_same_bytes",
        "test_resume::test_real_kills_are_survived",
        "test_resume::test_broken_records_may_be_set_aside_when_going_on",
        "test_places::test_a_full_disk_leaves_nothing_and_with_room_the_run_goes_on",
        "test_report_page::test_the_page_of_a_run_that_was_cut_off_is_the_same",
    ],
    "`--resume` with another": [
        "test_resume::test_resume_with_anything_else_is_refused",
        "test_resume::test_resume_with_changed_inputs_is_refused",
        "test_resume::test_a_damaged_journal_costs_work_or_is_refused_but_never_bytes",
    ],
    "two runs write one index": ["test_cli_index::test_a_second_writer_is_refused_before_it_reads"],
    "an index made with another": [
        "test_cli_index::test_an_index_of_other_parameters_is_refused",
        "test_index_command::test_flipped_bytes_are_detected_or_harmless",
    ],
    "the index cannot be written": [
        "test_index_places::test_outputs_stand_when_the_index_cannot_learn_at_the_last_step"
    ],
    "the index learned": [
        "test_cli_index::test_resume_is_refused_when_another_run_taught_the_index"
    ],
    "a new run where": [
        "test_resume::test_a_journal_is_not_overwritten_by_a_run_that_forgot_to_resume"
    ],
    "an input changes": [
        "test_faults::test_an_input_that_changes_while_it_is_read_ends_the_run",
        "test_inputs::test_an_object_that_changes_while_it_is_read_is_noticed",
    ],
    "an input is cut": [
        "test_cli::test_a_cut_compressed_stream_is_an_error",
        "test_compression::test_what_stands_behind_compressed_data_is_told_with_its_place",
        "test_parquet::test_unreadable_tables_are_named",
    ],
    "a compressed file that inflates": [
        "test_hostile::test_a_bomb_takes_no_more_memory_than_a_record_may"
    ],
    "a worker dies": ["test_pool::test_a_killed_process_takes_all_with_it_and_leaves_no_output"],
    "Ctrl-C, SIGTERM": [
        "test_pipe::test_signals_end_without_traceback_or_output",
        "test_pipe::test_pool_is_stopped_by_a_signal",
        "test_pipe::test_ctrl_c_while_the_command_loads_is_silent",
        "test_pipe::test_a_signal_at_any_step_ends_the_run_with_its_code",
    ],
    "a side file or output": ["test_faults::test_a_side_file_that_cannot_be_whole_leaves_nothing"],
    "a folder that cannot": [
        "test_places::test_a_folder_that_cannot_be_written_is_told_before_anything_is_read",
        "test_places::test_an_index_that_cannot_be_written_can_be_read",
    ],
    "the folder for temporary": [
        "test_corpus::test_many_hashes_go_to_the_disk_or_stay_where_there_is_room",
        "test_places::test_a_full_temporary_folder_is_named",
    ],
    "a ledger is damaged": [
        "test_undo::test_a_made_up_ledger_is_refused_in_words",
        "test_undo::test_files_that_do_not_belong_together_are_refused",
    ],
    "names, ids or texts": [
        "test_safety::test_what_a_terminal_obeys_is_shown_in_every_message",
        "test_safety::test_a_run_reaches_no_network_executes_nothing_and_writes_where_it_was_told",
    ],
    "an output is an input": [
        "test_cli::test_output_onto_an_input_or_another_output_is_refused",
        "test_faults::test_an_output_that_appears_under_another_name_of_the_input_is_refused",
    ],
    "a CSV row": ["test_delimited::test_broken_rows_are_named_and_can_be_set_aside"],
    "a JSON field": [
        "test_delimited::test_columns_become_fields_and_fields_columns",
        "test_parquet::test_a_field_that_comes_too_late_to_be_a_column_is_told",
    ],
    "one very large record": [
        "test_hostile::test_the_memory_of_a_large_record_is_a_bounded_multiple_of_its_size"
    ],
    "a reader of the output": [
        "test_pipe::test_a_reader_that_stops_stops_us",
        "test_faults::test_memory_does_not_grow_behind_a_stopped_consumer",
    ],
    "text in another encoding": ["test_inputs::test_wrong_encodings_are_named"],
    "what a reader": ["test_undo::test_all_cases_and_samples_come_back_byte_for_byte"],
}


def test_every_promise_has_its_tests():
    """A row of "What can go wrong" without a test is no promise."""
    table = README.partition("### What can go wrong")[2].partition("\n\n")[2].partition("\n\n")[0]
    rows = [line.removeprefix("| ") for line in table.splitlines()[2:]]
    assert len(rows) == len(PROMISES)
    for begins, tests in PROMISES.items():
        assert len([row for row in rows if row.startswith(begins)]) == 1, begins
        for test in tests:
            module, _, name = test.partition("::")
            source = (ROOT / "tests" / f"{module}.py").read_text(encoding="utf-8")
            assert f"\ndef {name}(" in source, test
