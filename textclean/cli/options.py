"""Options: built from the recipe's fields, so that flag, key and help stand in one place."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from textclean.dedup.presets import PRESETS
from textclean.io.formats import FORMAT_NAMES
from textclean.recipe import CHOICES, STAGE_NAMES, Recipe, did_you_mean, flag_name

Command = Callable[..., Any]

# Older versions of click have these classes, but not as generic ones.
if TYPE_CHECKING:
    _NamesType = click.ParamType[tuple[str, ...]]
    _ChoiceType = click.Choice[str]
    _WordType = click.ParamType[str]
else:
    _NamesType = click.ParamType
    _ChoiceType = click.Choice
    _WordType = click.ParamType

#: The settings of a recipe that ``dedup`` has.
DEDUP_SETTINGS = (
    "threshold",
    "shingle_size",
    "measure",
    "text_field",
    "id_field",
    "max_record_bytes",
)


class Choice(_ChoiceType):
    """One of a few words; a misspelt one is told its nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word, or refuse it."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            known = [str(choice) for choice in self.choices]
            self.fail(did_you_mean("no", str(value), known), param, ctx)


class FileName(_WordType):
    """A file, folder, pattern or URL, as it was written; a shell completes names of files.

    Not ``click.Path``: that forgets the slash at the end which makes a name a folder.
    """

    name = "FILE"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """Let the shell complete names of files."""
        return [CompletionItem(incomplete, type="file")]


class NamedPath(click.Path):
    """A file or folder; an empty name, as of an unset variable, is not the current folder."""

    wanted = "a file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or refuse it."""
        if not str(value) or value == b"":
            self.fail(f"the name is empty; give {self.wanted}", param, ctx)
        return super().convert(value, param, ctx)


class IndexPath(NamedPath):
    """The folder of an index."""

    wanted = "the folder of an index"


class NameList(_NamesType):
    """A comma-separated list.

    Args:
        known: The only items there are; None: any. A recipe checks its own.
    """

    name = "LIST"

    def __init__(self, known: Sequence[str] | None = None) -> None:
        self._known = known

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split at commas; empty items are refused."""
        if isinstance(value, tuple):
            return value
        items = tuple(item.strip() for item in str(value).split(","))
        if not all(items):
            self.fail(f"{value!r} has an empty item", param, ctx)
        for item in items:
            if self._known is not None and item not in self._known:
                self.fail(did_you_mean("no stage", item, self._known), param, ctx)
        return items

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,
        incomplete: str,
    ) -> list[CompletionItem]:
        """Complete the last item of the list."""
        known = self._known
        if known is None:
            known = STAGE_NAMES if param.name in ("stages", "skip") else ()
        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(before + comma + n) for n in known if n.startswith(last)]


def recipe_options(command: Command) -> Command:
    """Add a flag for each field of a recipe; None means it was not given."""
    for setting in reversed(fields(Recipe)):
        default = setting.default
        shown = ", ".join(default) if isinstance(default, tuple) else default
        text = setting.metadata["help"]
        if default not in ((), "", False):
            text = f"{text.rstrip('.')} [default: {shown}]."
        name = f"--{flag_name(setting.name)}"
        if isinstance(default, bool):
            option = click.option(name, is_flag=True, default=None, help=text)
        else:
            kind: Any = NameList() if isinstance(default, tuple) else type(default)
            if setting.name in CHOICES:
                kind = Choice(CHOICES[setting.name])
            option = click.option(name, type=kind, default=None, help=text)
        command = option(command)
    return command


def recipe_file_options(command: Command) -> Command:
    """Add what reads and writes recipe files."""
    path = NamedPath(path_type=Path, dir_okay=False)
    command = click.option(
        "--print-recipe", is_flag=True, help="Print the settings as a recipe file and stop."
    )(command)
    command = _preset_option(command)
    return click.option("--recipe", type=path, help="TOML file with the same names.")(command)


def _preset_option(command: Command) -> Command:
    return click.option(
        "--preset",
        type=Choice(tuple(PRESETS)),
        help="Threshold, shingle size and measure of a published recipe; its card:"
        " `textclean index presets`.",
    )(command)


def format_options(command: Command) -> Command:
    """Add the record formats."""
    names = Choice(FORMAT_NAMES)
    command = click.option(
        "--encoding", help="Encoding of text that is not UTF-8 and has no mark, such as cp1252."
    )(command)
    command = click.option(
        "--to", "target", type=names, help="Format of the output [default: as the input]."
    )(command)
    return click.option(
        "--from", "source", type=names, help="Format of the input [default: by content]."
    )(command)


def output_options(command: Command) -> Command:
    """Add where things are written."""
    path = NamedPath(path_type=Path)
    command = click.option("--edits", type=path, help="Ledger: one edit a line, as JSON.")(command)
    return run_output_options(command, quiet=False)


def run_output_options(command: Command, *, quiet: bool = True) -> Command:
    """Add what every run that writes records has."""
    path = NamedPath(path_type=Path)
    if quiet:
        command = _quiet_options(command)
    rows = [
        (("--dropped",), "Every dropped record, whole, with reason and survivor."),
        (("--bad-records",), "Set broken records aside, raw, and go on."),
        (("--report",), "What happened, as .json, or as .html to look at."),
    ]
    for names, text in reversed(rows):
        command = click.option(*names, type=path, help=text)(command)
    command = click.option(
        "--fail-if-dropped-above",
        type=click.FloatRange(0, 1),
        metavar="SHARE",
        help="Exit 1 when a larger share of the records was dropped, such as 0.3.",
    )(command)
    return click.option(
        "--output", "-o", type=FileName(), help="File, or folder/ [default: stdout]."
    )(command)


def engine_options(command: Command) -> Command:
    """Add where the run takes place."""
    command = click.option(
        "--ray-address", help="Of a running Ray cluster [default: one on this machine]."
    )(command)
    return click.option(
        "--engine",
        type=Choice(["local", "ray"]),
        default="local",
        help="Where to run: here, or on a Ray cluster, with the same bytes [default: local].",
    )(command)


def run_options(command: Command) -> Command:
    """Add how the run behaves."""
    command = engine_options(_quiet_options(command))
    command = click.option(
        "--no-triage",
        "triage",
        flag_value=False,
        default=True,
        help="Every document meets every rule: slow, the same bytes; a check of triage.",
    )(command)
    command = click.option(
        "--resume", is_flag=True, help="Go on with a run into -o that was cut off."
    )(command)
    command = click.option(
        "--index-read-only", is_flag=True, help="Look up in the index, and teach it nothing."
    )(command)
    command = click.option(
        "--index",
        type=IndexPath(path_type=Path),
        help="Folder of a lasting index: articles that earlier runs kept count.",
    )(command)
    return click.option(
        "--workers", type=click.IntRange(min=1), help="Processes [default: all cores]."
    )(command)


def _quiet_options(command: Command) -> Command:
    command = click.option("--no-progress", is_flag=True, help="No progress bar.")(command)
    return click.option("--quiet", is_flag=True, help="No progress bar, no summary.")(command)


def dedup_options(command: Command) -> Command:
    """Add how near-duplicates of whole files are told, and which copy stays."""
    path = NamedPath(path_type=Path)
    defaults = Recipe()
    command = _preset_option(command)
    rows: list[tuple[str, dict[str, Any]]] = [
        (
            "--keep",
            {
                "default": "first",
                "metavar": "RULE",
                "help": "Which copy stays: first, longest, newest:FIELD (a date), max:FIELD (a"
                " number), prefer:FILE [default: first].",
            },
        ),
        ("--clusters", {"type": path, "help": "What went because of what: a survivor a line."}),
    ]
    for name in DEDUP_SETTINGS:
        setting = Recipe.__dataclass_fields__[name]
        default = getattr(defaults, name)
        help_ = f"{setting.metadata['help'].rstrip('.')} [default: {default}]."
        kind = Choice(CHOICES[name]) if name in CHOICES else type(default)
        rows.append((f"--{flag_name(name)}", {"type": kind, "default": None, "help": help_}))
    command = engine_options(command)
    for word, settings in reversed(rows):
        command = click.option(word, **settings)(command)
    return command


def explain_options(command: Command) -> Command:
    """Add which records are shown, and how."""
    path = IndexPath(path_type=Path, file_okay=False, exists=True)
    rows: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("--id", "ids"), {"multiple": True, "help": "Only the record with this id; repeatable."}),
        (
            ("--stage", "chosen_stages"),
            {"type": NameList(STAGE_NAMES), "default": (), "help": "Only what these stages do."},
        ),
        (("--limit",), {"type": click.IntRange(min=1), "help": "Stop after so many records."}),
        (("--html", "form"), {"flag_value": "html", "help": "One HTML page."}),
        (("--json", "form"), {"flag_value": "json", "help": "JSON Lines, a record a line."}),
        (
            ("--index",),
            {"type": path, "help": "Decide on duplicates with this index; it stays as it is."},
        ),
        (
            ("--survivors",),
            {
                "multiple": True,
                "metavar": "FILE",
                "help": "What the runs of --index read, named as then: kept texts are shown from"
                " it; repeatable.",
            },
        ),
        (
            ("--color/--no-color",),
            {"default": None, "help": "Colors [default: on a terminal without NO_COLOR]."},
        ),
    ]
    for words, settings in reversed(rows):
        command = click.option(*words, **settings)(command)
    return command


def bench_options(command: Command) -> Command:
    """Add how much is measured, and where the figures go."""
    path = NamedPath(path_type=Path)
    count = click.IntRange(min=1)
    rows: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("--limit",), {"type": count, "default": 20_000, "help": "Documents at most."}),
        (("--sample",), {"type": count, "default": 500, "help": "Texts that get dirt, about."}),
        (("--repeats",), {"type": count, "default": 3, "help": "Runs of each; medians count."}),
        (
            ("--peer/--no-peer",),
            {"default": True, "help": "Run the pipeline people glue by hand beside it."},
        ),
        (("--json",), {"type": path, "help": "The figures as JSON."}),
        (("--plot",), {"type": path, "help": "The speeds as a picture (SVG)."}),
    ]
    for words, settings in reversed(rows):
        command = click.option(*words, show_default="default" in settings, **settings)(command)
    return command


def tune_options(command: Command) -> Command:
    """Add what is looked at, and how it is shown."""
    rows: list[tuple[str, dict[str, Any]]] = [
        (
            "--sample",
            {
                "type": click.IntRange(2, 20_000),
                "default": 2_000,
                "help": "Documents to compare with each other [default: 2000].",
            },
        ),
        (
            "--pairs",
            {
                "type": click.IntRange(0, 100),
                "default": 3,
                "help": "Pairs shown on either side of the threshold, and edits of each level and"
                " mode [default: 3].",
            },
        ),
        (
            "--color/--no-color",
            {"default": None, "help": "Colors [default: on a terminal without NO_COLOR]."},
        ),
    ]
    for word, settings in reversed(rows):
        command = click.option(word, **settings)(command)
    return command


def undo_options(command: Command) -> Command:
    """Add what a run has left, and where its input is to go."""
    path = NamedPath(path_type=Path)
    names = Choice(FORMAT_NAMES)
    rows: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("--edits",), {"type": path, "help": "The ledger."}),
        (("--dropped",), {"type": path, "help": "The dropped records."}),
        (("--bad-records",), {"type": path, "help": "What was set aside [default: left out]."}),
        (("--output", "-o"), {"type": path, "help": "File [default: stdout]."}),
        (("--from", "source"), {"type": names, "help": "Format of OUT [default: by content]."}),
        (("--text-field",), {"default": "text", "help": "Field that holds the text."}),
        (("--id-field",), {"default": "id", "help": "Field that holds the id."}),
    ]
    for words, settings in reversed(rows):
        command = click.option(*words, **settings)(command)
    return command
