"""The errors textclean raises on purpose; anything else that escapes is a bug.

Only the command line catches them: each becomes one line on stderr and an exit code.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

#: Names in a message, and the characters of each.
_LISTED, _LONGEST = 8, 40


class TextcleanError(Exception):
    """Base of every error a user can act upon."""


class InputError(TextcleanError):
    """Bad input: names the source, the record's line and byte, and what to do.

    Args:
        message: What is wrong and what to try.
        source: File name, or ``stdin``.
        line: Line of the record, from 1; None when the whole source is meant.
        byte_offset: Offset of the fault in the decompressed stream, from 0.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str | None = None,
        line: int | None = None,
        byte_offset: int | None = None,
    ) -> None:
        self.message = message
        self.source = source
        self.line = line
        self.byte_offset = byte_offset
        super().__init__(message, source, line, byte_offset)

    def __str__(self) -> str:
        """Put the place before the message, as compilers do."""
        places = [self.source] if self.source is not None else []
        if self.line is not None:
            places.append(f"line {self.line}")
        if self.byte_offset is not None:
            places.append(f"byte {self.byte_offset}")
        return ", ".join(places) + ": " + self.message if places else self.message


def listed(names: Iterable[str]) -> str:
    """Return the first names of fields or columns for a message, each cut to what a line holds.

    >>> print(listed(["id", "body"])), print(listed(str(n) for n in range(100)))
    'id', 'body'
    '0', '1', '2', '3', '4', '5', '6', '7' and more
    (None, None)
    """
    first = list(islice(names, _LISTED + 1))
    shown = [repr(n if len(n) <= _LONGEST else n[:_LONGEST] + "…") for n in first[:_LISTED]]
    return ", ".join(shown) + (" and more" if len(first) > _LISTED else "")


class OutputError(TextcleanError):
    """An output cannot be written as asked; the message says where and why."""


@contextmanager
def temporary_files(folder: object) -> Iterator[None]:
    """Name the folder of temporary files in which something went wrong, and the way out.

    Args:
        folder: Its path.

    Raises:
        OutputError: In place of an ``OSError``.

    >>> with temporary_files("here"):  # doctest: +ELLIPSIS
    ...     raise OSError(28, "no space")
    Traceback (most recent call last):
    textclean.errors.OutputError: cannot write a temporary file in here: no space; TMPDIR=FOLDER...
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        what = f"cannot write a temporary file in {folder}: {why}"
        message = f"{what}; TMPDIR=FOLDER names another place"
        raise OutputError(message) from error


class RefusedIndexError(TextcleanError):
    """A near-duplicate index cannot be used: damaged, in use, or made with other parameters."""


class UsageError(TextcleanError):
    """The call itself makes no sense (a target onto an input, two texts on one stdout)."""


class RecipeError(UsageError):
    """A recipe or setting is unusable: names the key and the nearest valid one."""


class MissingExtraError(UsageError, ImportError):
    """A package that only an extra installs is absent: says how to install it.

    >>> print(MissingExtraError(extra="extract", need="--extract main needs trafilatura"))
    --extract main needs trafilatura: python -m pip install 'textclean[extract]'

    Args:
        extra: Name of the extra.
        need: What needs which package.
    """

    def __init__(self, extra: str, need: str) -> None:
        self.extra = extra
        self.need = need
        super().__init__(extra, need)

    def __str__(self) -> str:
        """Put the command that helps behind what is missing."""
        return f"{self.need}: python -m pip install 'textclean[{self.extra}]'"


class EditError(TextcleanError, ValueError):
    """Edits that are unsorted, overlap, or reach outside their text."""
