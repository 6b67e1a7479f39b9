"""What a shell is told when a person presses the tab key."""

import os

import click
from click.shell_completion import (
    FishComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
)

from textclean.errors import UsageError

#: The variable by which a shell asks.
VARIABLE = "_TEXTCLEAN_COMPLETE"


class Fish(FishComplete):
    """Fish, for values that hold commas: click's own function cuts a list of stages at them."""

    source_template = """\
function %(complete_func)s
    set -l answers (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \\
        COMP_CWORD=(commandline -t) %(prog_name)s)
    for answer in $answers
        set -l parts (string split -m 1 "," $answer)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo $parts[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


add_completion_class(Fish)


def source(group: click.Group, shell: str) -> str:
    """Return what a shell must read to complete.

    Raises:
        UsageError: There is no completion for it.
    """
    found = get_completion_class(shell)
    if found is None:
        message = f"there is no completion for {shell}"
        raise UsageError(message)
    return found(group, {}, "textclean", VARIABLE).source()


def answer(group: click.Group) -> None:
    """Answer a shell that asks."""
    shell_complete(group, {}, "textclean", VARIABLE, os.environ[VARIABLE])
