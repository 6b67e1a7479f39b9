"""The command line: parses, calls, and turns errors into one line and an exit code."""

import contextlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from textclean.cli.failures import usage_words, words_of
from textclean.cli.help import GroupedCommand
from textclean.cli.options import (
    Choice,
    FileName,
    IndexPath,
    bench_options,
    dedup_options,
    explain_options,
    format_options,
    output_options,
    recipe_file_options,
    recipe_options,
    run_options,
    run_output_options,
    tune_options,
    undo_options,
)
from textclean.dedup.presets import PRESETS, cards
from textclean.errors import TextcleanError, UsageError
from textclean.garbage import look_seldom
from textclean.kernels.compiler import own_process

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143

_EXIT_BY_SIGNAL: dict[int, int] = {
    signal.SIGINT: EXIT_INTERRUPTED,
    signal.SIGTERM: EXIT_TERMINATED,
}
#: Signals that have asked the command to stop, in order.
_stopped_by: list[int] = []

#: The variable by which a shell asks for completions; ``cli.completion`` loads only then.
COMPLETION = "_TEXTCLEAN_COMPLETE"


class StoppedError(KeyboardInterrupt):
    """A signal asked the command to stop.

    A class of its own: a plain ``KeyboardInterrupt`` that passes through ``exec`` (numba and
    dataclasses use it) makes CPython end with the signal even when it is caught.
    """


class DefaultToClean(click.Group):
    """A group in which anything that is no command is an argument of ``clean``."""

    command_class = GroupedCommand

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``clean`` before arguments that name no command."""
        known = {*self.commands, "--help", "-h", "--version"}
        if ctx.resilient_parsing and not args:  # completion: a command may come
            return super().parse_args(ctx, args)
        if not args and sys.stdin is not None and sys.stdin.isatty():
            args = ["--help"]
        elif not args or args[0] not in known:
            self._refuse_misspelt(args)
            args = ["clean", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command, or else a file, which `clean` takes."""
        return super().shell_complete(ctx, incomplete) or [CompletionItem(incomplete, type="file")]

    def _refuse_misspelt(self, args: Sequence[str]) -> None:
        """Refuse a word that is no file but nearly a command."""
        if not args or args[0].startswith("-") or os.path.exists(args[0]):  # noqa: PTH110 - pathlib loads slowly
            return
        from difflib import get_close_matches

        near = get_close_matches(args[0], self.commands, 1, 0.75)
        if near:
            message = (
                f"there is no file and no command {args[0]!r}; did you mean `textclean {near[0]}`?"
            )
            raise UsageError(message)


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if not value or ctx.resilient_parsing:
        return
    from textclean.cli.about import version_text

    click.echo(version_text())
    ctx.exit()


@click.group(
    cls=DefaultToClean,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`textclean < dirty.jsonl > clean.jsonl` is `textclean clean`; see its --help.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the versions of textclean and its libraries, and exit.",
)
def main_group() -> None:
    """Turn a dirty stream of articles into a clean one."""


@main_group.command("clean", short_help="Clean and de-duplicate a stream or files.")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=FileName())
@recipe_file_options
@recipe_options
@format_options
@output_options
@run_options
def clean_command(files: tuple[str, ...], *, print_recipe: bool, **options: Any) -> Any:
    """Clean and de-duplicate; `-` or nothing is stdin; the result goes to stdout."""
    from textclean.cli.clean import clean_files, recipe_of, refuse_too_many_dropped

    recipe = recipe_of(options)
    limit = options.pop("fail_if_dropped_above")
    if print_recipe:
        from textclean.recipe import toml_from_recipe

        click.echo(toml_from_recipe(recipe), nl=False)
        return None
    return refuse_too_many_dropped(clean_files(files, recipe, options), limit)


def _refuse_printing(*, print_recipe: bool) -> None:
    if print_recipe:
        message = "--print-recipe belongs to `textclean clean`"
        raise UsageError(message)


@main_group.command("explain", short_help="Show what would change, and why.")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=FileName())
@explain_options
@recipe_file_options
@recipe_options
@format_options
def explain_command(files: tuple[str, ...], *, print_recipe: bool, **options: Any) -> None:
    """Show what would change and why, word by word; nothing is written."""
    from textclean.cli.clean import recipe_of
    from textclean.cli.explain import Choice, explain_files

    _refuse_printing(print_recipe=print_recipe)
    recipe = recipe_of(options)
    ids, stages, form = options["ids"], options["chosen_stages"], options["form"] or "text"
    choice = Choice(ids, stages, options["limit"], form, options["color"])
    explain_files(
        files,
        recipe,
        choice,
        source_format=options["source"],
        encoding=options["encoding"],
        index=options["index"],
        survivors=options["survivors"],
    )


@main_group.command("dedup", short_help="Near-duplicates of whole files; choose which stays.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FileName())
@dedup_options
@format_options
@run_output_options
def dedup_command(files: tuple[str, ...], **options: Any) -> Any:
    """Drop near-duplicates of whole files, and choose which copy stays.

    The files are read twice. A record goes if one that the rule of --keep puts before it stays
    and is similar enough; the others stand in their order. Texts are not changed.
    """
    from textclean.cli.clean import refuse_too_many_dropped
    from textclean.cli.dedup import dedup_files

    limit = options.pop("fail_if_dropped_above")
    return refuse_too_many_dropped(dedup_files(files, options), limit)


@main_group.command("undo", short_help="Rebuild the input from output and ledger.")
@click.argument("files", nargs=-1, required=True, metavar="OUT...", type=FileName())
@undo_options
def undo_command(files: tuple[str, ...], **options: Any) -> None:
    """Rebuild the input of a run from its output, ledger and dropped records.

    Several outputs stand in the order of their inputs. Texts come back as they were, and so does
    all else in a record, but that JSON may write a character another way, and an added language
    stays.
    """
    from textclean.cli.undo import undo_files

    undo_files(files, options)


@main_group.command("bench", short_help="Speed, memory and quality on your corpus.")
@click.argument("files", nargs=-1, required=True, metavar="CORPUS...", type=FileName())
@bench_options
@recipe_file_options
@recipe_options
@format_options
def bench_command(files: tuple[str, ...], *, print_recipe: bool, **options: Any) -> None:
    """Measure speed and memory on a corpus, and quality on dirt planted into it."""
    from textclean.cli.bench import bench_files
    from textclean.cli.clean import recipe_of

    _refuse_printing(print_recipe=print_recipe)
    if options["target"] is not None:
        message = "--to belongs to `textclean clean`: bench writes no records"
        raise UsageError(message)
    bench_files(files, recipe_of(options), options)


@main_group.group("index", short_help="Look at the folder of --index; make it smaller.")
def index_group() -> None:
    """Look at the folder of `clean --index`, or make it smaller."""


@index_group.command("info")
@click.argument("folder", metavar="DIR", type=IndexPath(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def index_info_command(folder: Path, *, as_json: bool) -> None:
    """Check every byte of an index, and print its settings, its size, and what its bands find."""
    from textclean.cli.index import info_as_json, info_as_text
    from textclean.dedup.store import Store

    info = Store.existing(folder, read_only=True).info()
    click.echo(info_as_json(info) if as_json else info_as_text(info, folder))


@index_group.command("presets")
@click.argument("name", required=False, type=Choice(tuple(PRESETS)))
def index_presets_command(name: str | None) -> None:
    """Print the cards of the presets: what each sets, its source, and what its recipe misses."""
    click.echo(cards() if name is None else PRESETS[name].card(name))


@index_group.command("compact")
@click.argument("folder", metavar="DIR", type=IndexPath(path_type=Path))
def index_compact_command(folder: Path) -> None:
    """Join the segments of an index into one; every article stays."""
    from textclean.cli.index import compact

    compact(folder)


@index_group.command("expire")
@click.argument("folder", metavar="DIR", type=IndexPath(path_type=Path))
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="Forget articles that were kept before this day (UTC), such as 2026-01-31.",
)
def index_expire_command(folder: Path, *, before: datetime) -> None:
    """Forget the articles that runs kept before a day."""
    from textclean.cli.index import expire

    expire(folder, before.date())


@main_group.command("tune", short_help="Choose settings by looking at a sample.")
@click.argument("files", nargs=-1, required=True, metavar="CORPUS...", type=FileName())
@tune_options
@recipe_file_options
@recipe_options
@format_options
def tune_command(files: tuple[str, ...], *, print_recipe: bool, **options: Any) -> None:
    """Show what the settings do to a sample of a corpus: pairs around the threshold, shares.

    Every pair of the sample is compared exactly. Nothing is written.
    """
    from textclean.cli.clean import recipe_of
    from textclean.cli.tune import Choice, tune_files, wants_color

    _refuse_printing(print_recipe=print_recipe)
    recipe = recipe_of(options)
    tune_files(
        files,
        recipe,
        Choice(options["sample"], options["pairs"], wants_color(options["color"])),
        source_format=options["source"],
        encoding=options["encoding"],
    )


@main_group.command("completion", short_help="Teach a shell to complete options.")
@click.argument("shell", type=Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print what teaches a shell to complete commands, options and stages."""
    from textclean.cli.completion import source

    click.echo(source(main_group, shell))


def main(argv: Sequence[str] | None = None) -> Any:
    """Run the command in this process.

    Returns:
        The run's ``Report``; None for commands that make none.

    Raises:
        TextcleanError, OSError, click.ClickException: As the run found them.
    """
    # Not click's own ``main``: it turns a closed pipe into exit 1 before we see it.
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        with main_group.make_context("textclean", words) as context:
            return main_group.invoke(context)
    except click.exceptions.Exit:
        return None  # --help and --version have said all there is


def run() -> NoReturn:
    """Entry point of the command: errors become one line on stderr and an exit code."""
    for number in _EXIT_BY_SIGNAL:
        signal.signal(number, _stop)
    own_process()
    look_seldom()
    sys.exit(exit_code(sys.argv[1:]))


def exit_code(argv: Sequence[str]) -> int:
    """Run the command and return its exit code; messages are on stderr."""
    try:
        _prepare_streams()
        _complete() if COMPLETION in os.environ else main(argv)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        _say(*usage_words(error))
        return EXIT_USAGE
    except (StoppedError, KeyboardInterrupt, click.Abort):
        return _given_up(_EXIT_BY_SIGNAL[_stopped_by[0]] if _stopped_by else EXIT_INTERRUPTED)
    except BrokenPipeError:
        return _given_up(0)
    except UsageError as error:
        _say(f"textclean: {words_of(error)}")
        return EXIT_USAGE
    except (TextcleanError, OSError) as error:
        if not _stopped_by:
            _say(f"textclean: {words_of(error)}")
            return _given_up(EXIT_FAILED)
    except BaseException:
        # A signal in the middle of an import may arrive wrapped in another exception.
        if not _stopped_by:
            raise
    return _given_up(_EXIT_BY_SIGNAL[_stopped_by[0]]) if _stopped_by else 0


def _complete() -> None:
    """Answer a shell that asks for completions."""
    from textclean.cli.completion import answer

    answer(main_group)


def _prepare_streams() -> None:
    """Write UTF-8 whatever the locale; what has no UTF-8 is shown escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _say(*lines: str) -> None:
    """Print lines for people, with nothing in them that a terminal obeys."""
    from textclean.diff.visible import visible

    if sys.stderr is not None:
        print(*map(visible, lines), sep="\n", file=sys.stderr)  # noqa: T201 - for people


def _given_up(code: int) -> int:
    """Point stdout at nothing: what it still holds cannot be written when Python ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        return code
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _stop(number: int, _: object) -> NoReturn:
    _stopped_by.append(number)
    raise StoppedError
