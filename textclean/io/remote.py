"""Object stores: inputs and outputs by URL, through fsspec (the extra ``s3``)."""

import contextlib
import re
from pathlib import Path
from typing import Any, BinaryIO, cast

from textclean.errors import InputError, MissingExtraError, OutputError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://")
_GLOB = re.compile(r"[*?\[]")


def is_url(name: str) -> bool:
    """Tell whether a name is a URL.

    >>> is_url("s3://bucket/a.jsonl"), is_url("a.jsonl")
    (True, False)
    """
    return _URL.match(name) is not None


def open_url(url: str) -> BinaryIO:
    """Open an object for reading.

    Raises:
        InputError: It is not there, or the store does not answer.
    """
    try:
        system, path = _system(url)
        return cast("BinaryIO", system.open(path, "rb"))
    except _FAULTS as error:
        raise InputError(_said(error), source=url) from error


def object_facts(url: str) -> tuple[tuple[str, str], ...]:
    """Return by what a change of an object is noticed, as its store has it now.

    Raises:
        InputError: It is not there, or the store does not answer.
    """
    try:
        system, path = _system(url)
        system.invalidate_cache()  # a listing from before says nothing of now
        found = system.info(path)
    except _FAULTS as error:
        raise InputError(_said(error), source=url) from error
    return tuple((key, str(found[key])) for key in _FACTS if found.get(key) is not None)


def list_urls(url: str) -> list[str]:
    """Return the objects a URL stands for: those a pattern matches, those in a folder, or itself.

    Raises:
        InputError: There are none.
    """
    try:
        system, path = _system(url)
        if _GLOB.search(path):
            found = system.glob(path)
        elif system.isdir(path):
            found = system.find(path)
        else:
            return [url]
    except _FAULTS as error:
        raise InputError(_said(error), source=url) from error
    if not found:
        message = "nothing is there"
        raise InputError(message, source=url)
    return [system.unstrip_protocol(name) for name in sorted(found)]


#: What stores tell of an object that is another one when its bytes are: entity tags, versions,
#: sizes and times, under the names that the file systems of fsspec give them.
_FACTS = (
    "ETag",
    "etag",
    "VersionId",
    "version_id",
    "generation",
    "size",
    "LastModified",
    "last_modified",
    "mtime",
    "updated",
    "created",
)


class RemoteOutput:
    """An object that is written; it appears when it is complete.

    Args:
        url: Where.

    Raises:
        OutputError: The store refuses.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._system, path = _system(url)
            self._file: Any = self._system.open(path, "wb", autocommit=False)
        except _FAULTS as error:
            raise self._failure(error) from error
        from textclean.io.compression import open_compressed

        self._writer = open_compressed(Path(path), self._file)

    def write(self, data: bytes) -> None:
        """Write all of the data."""
        try:
            self._writer.write(data)
        except _FAULTS as error:
            raise self._failure(error) from error

    def flush(self) -> None:
        """Nothing to send: the object is not there before it is complete."""

    def finish(self) -> None:
        """Send everything; the object does not appear yet."""
        if self._file.closed:
            return
        try:
            if self._writer is not self._file:
                self._writer.close()
            self._file.close()
        except _FAULTS as error:
            raise self._failure(error) from error

    def commit(self) -> None:
        """Let the object appear."""
        try:
            self._file.commit()
        except _FAULTS as error:
            raise self._failure(error) from error

    def abort(self) -> None:
        """Throw away what was sent."""
        with contextlib.suppress(Exception):  # the fault that led here is the one to report
            self._file.discard()

    def _failure(self, error: Exception) -> OutputError:
        return OutputError(f"cannot write {self.url}: {_said(error)}")


#: What the file systems of fsspec raise; botocore's errors are plain exceptions.
_FAULTS = (Exception,)


def _system(url: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as error:
        raise MissingExtraError(extra="s3", need=f"{url} needs fsspec") from error
    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise MissingExtraError(extra="s3", need=f"{url}: {error}") from error
    return system, path


def _said(error: Exception) -> str:
    if isinstance(error, MissingExtraError):
        raise error
    if isinstance(error, FileNotFoundError):
        return "it is not there"
    return str(error) or type(error).__name__
